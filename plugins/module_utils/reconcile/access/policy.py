# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Access policy, reusable or of one application: made as wished, read back, and deleted only where nobody misses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...client.access_lookup import everything, policies_of, same_name, the_only
from ...client.access_names import AccessNames
from ...client.cloudflare import CloudflareAccount
from ...core.access.ids import check_not_empty, check_one_is_meant
from ...core.access.kinds import LIST
from ...core.access.kinds import POLICY as THING
from ...core.access.objects import POLICY, RULE_LISTS
from ...core.access.policy_wish import check_options, settings
from ...core.access.precedence import NEW, moves
from ...core.errors import InvalidInput, NotFound, Refused
from ...core.plan import CREATE, UPDATE, Change, Operation, Plan
from ..wish import EXISTENCE
from .attachments import Applications, Attachments, emptied
from .creation import created
from .policy_found import Found, find_policy
from .policy_gone import deleted

Raw = dict[str, Any]
Result = dict[str, Any]

_NEEDED = ("name", "decision", "include")


def policy(account: CloudflareAccount, params: Mapping[str, Any]) -> tuple[Plan, Result]:
    """Make one policy as the options of access_policy say. Gives the plan, for the diff, and the result of the task."""
    check_one_is_meant(params, "policy")
    check_not_empty(params, ("application",), "for a reusable policy")
    check_options(params)
    attachments = Attachments.from_options(params.get("applications"))
    task = _Task(account, params)
    found = find_policy(account, task.names, params)
    if params["state"] == "absent":
        return deleted(account, task.names, params, found)
    return task.present(found, attachments)


class _Task:
    """What one task knows while it makes a policy."""

    def __init__(self, account: CloudflareAccount, params: Mapping[str, Any]) -> None:
        self.account = account
        self.params = params
        self.names = AccessNames(account)
        self.applications = Applications(account, self.names)
        self.warnings: list[str] = []

    def present(self, found: Found, attachments: Attachments) -> tuple[Plan, Result]:
        self._check_kind(found, attachments)
        raw, seen = found.raw, POLICY.from_wire(found.raw) if found.raw else None
        wish = self._wish(seen)
        if seen is None:
            self._check_new(wish)
        steps = self._moves(found, wish)
        attached = self.applications.reordered(raw, attachments)
        changes = POLICY.changes(seen, wish) if seen is not None else tuple(Change(name, None, value) for name, value in wish.items())
        if seen is not None and any(change.path == "name" for change in changes):
            self._refuse_taken(found, wish["name"])
        # From here on, there is nothing left that could be refused on this side.
        body = POLICY.body(raw, wish)
        for other, number in steps:
            self.account.write("PUT", found.path(str(other["id"])), POLICY.body(other, {"precedence": number}))
        made = found.id
        if seen is None:
            made = self._create(found, body)
        elif changes:
            self.account.write("PUT", found.path(found.id), body)
            self._tell_who_shares(found)
        others = [(other, number) for other, number in steps if other["id"] != found.id]
        plan = self._plan(found, seen, wish, changes) + Plan(tuple(_moved(other, number) for other, number in others))
        plan += Plan(tuple(change.operation({found.id or NEW: str(wish.get("name") or raw.get("name") or "")}) for change in attached))
        self.warnings += emptied(attached)
        if self.account.read_only or not (changes or attached):
            for change in attached:
                self.applications.write(change, made)
            shown = {**raw, **body} if changes else raw
            return self._result(plan, shown if seen is not None else {**shown, "reusable": found.reusable}, [])
        now, missed = self._read_back(found, made, wish, others) if changes else (raw, [])
        if missed and attached:
            # Half a policy may let in whom the whole one would not.
            return self._result(plan, now, [*missed, *(change.path for change in attached)])
        for change in attached:
            self.applications.write(change, str(now["id"]))
        if attached:
            missed = self.applications.not_kept(attached, str(now["id"]))
            now = self.account.get(found.path(str(now["id"]))) or now  # it shows how many applications it has
        return self._result(plan, now, missed)

    def _check_kind(self, found: Found, attachments: Attachments) -> None:
        """Refuse options that the kind of policy does not have."""
        if self.params.get("id") and not found.raw:
            where = f"application {self.params['application']!r} has no policy" if self.params.get("application") else "there is no policy"
            raise NotFound(f"id: {where} {self.params['id']!r}; an id finds a policy and cannot create one")
        if found.reusable and self.params.get("precedence") is not None:
            raise InvalidInput(
                "precedence: a reusable policy has its place in each application it is attached to; use applications with position"
                if not self.params.get("application")
                else f"precedence: policy {found.said} is reusable, and gets its place with applications and position, without application"
            )
        if not found.reusable and attachments:
            raise InvalidInput(f"applications: policy {found.said} belongs to one application, and cannot be attached to others")

    def _check_new(self, wish: Mapping[str, Any]) -> None:
        missing = [option for option in _NEEDED if not wish.get(option)]
        if missing:
            raise InvalidInput(f"there is no policy {self.params['name']!r} yet, and to create it {', '.join(missing)} is missing")

    def _wish(self, seen: Mapping[str, Any] | None) -> dict[str, Any]:
        """The wish in canonical form, with ids in the place of names."""
        wish = settings(self._with_lists(), seen)
        for option in RULE_LISTS:
            if self.params.get(option) is None:
                continue
            wish[option] = self.names.rules(option, self.params[option], self.warnings)
        return wish

    def _with_lists(self) -> Mapping[str, Any]:
        """The options with the ids of lists of approvers in the place of their names."""
        groups = self.params.get("approval_groups") or ()
        if not any(group.get("email_list_uuid") for group in groups):
            return self.params
        with_ids = [
            {**group, "email_list_uuid": self.names.id_of(LIST, group["email_list_uuid"], f"approval_groups[{index}].email_list_uuid")}
            if group.get("email_list_uuid")
            else group
            for index, group in enumerate(groups)
        ]
        return {**self.params, "approval_groups": with_ids}

    def _moves(self, found: Found, wish: Mapping[str, Any]) -> list[tuple[Raw, int]]:
        """Which policies are renumbered, in order, so that the wanted precedence is free; the policy itself may be one of them."""
        wanted = wish.get("precedence")
        if wanted is None or wanted == found.raw.get("precedence"):
            return []
        listed = found.listed if found.listed is not None else policies_of(self.account, found.application)
        inside = {str(raw["id"]): raw for raw in listed if isinstance(raw.get("precedence"), int)}
        fixed = {each for each, raw in inside.items() if raw.get("reusable")}
        numbers = {each: int(raw["precedence"]) for each, raw in inside.items()}
        # The last step is the policy itself, with all its changes.
        return [(inside[each], number) for each, number in moves(numbers, found.id or NEW, wanted, fixed)[:-1]]

    def _create(self, found: Found, body: Raw) -> str:
        return created(self.account, found.path(), body, lambda: the_only(THING, body["name"], self._list(found), "name"))

    def _refuse_taken(self, found: Found, name: str) -> None:
        """Cloudflare would take the name of another policy, and no task could name either of them any more."""
        listed = found.listed if found.listed is not None else self._list(found)
        taken = [str(raw.get("id")) for raw in listed if same_name(str(raw.get("name") or ""), name) and raw.get("id") != found.id]
        if taken:
            whose = "" if found.reusable else " of the application"
            raise Refused(f"another policy{whose} has the name {name!r} ({', '.join(taken)}); nothing was written")

    def _list(self, found: Found) -> list[Raw]:
        return everything(self.account, THING) if found.reusable else policies_of(self.account, found.application)

    def _tell_who_shares(self, found: Found) -> None:
        if found.reusable and self.params.get("application"):
            count = found.raw.get("app_count")
            whom = f"all {count} applications" if isinstance(count, int) and count > 1 else "every application"
            self.warnings.append(f"policy {found.said} is reusable, so it was changed for {whom} that it is attached to")

    def _read_back(self, found: Found, made: str, wish: Mapping[str, Any], others: list[tuple[Raw, int]]) -> tuple[Raw, list[str]]:
        """The policy as it is now, and what was written and not kept, as paths."""
        if others or not made:
            listed = self._list(found)
            numbers = {raw.get("id"): raw.get("precedence") for raw in listed}
            missed = [f"precedence of {other.get('name')}" for other, number in others if numbers.get(other["id"]) != number]
            now = next((raw for raw in listed if raw.get("id") == made), None) if made else the_only(THING, wish["name"], listed, "name")
        else:
            now, missed = self.account.get(found.path(made)), []
        if not now:
            return {}, [EXISTENCE, *missed]
        return now, [*(change.path for change in POLICY.changes(POLICY.from_wire(now), wish)), *missed]

    def _plan(self, found: Found, seen: Mapping[str, Any] | None, wish: Mapping[str, Any], changes: tuple[Change, ...]) -> Plan:
        key = str(self.params.get("name") or found.raw.get("name") or found.id)
        if seen is None:
            return Plan((Operation(CREATE, POLICY.kind, key, None, POLICY.created(wish), changes),))
        if not changes:
            return Plan()
        return Plan((Operation(UPDATE, POLICY.kind, key, seen, {**seen, **{change.path: change.after for change in changes}}, changes),))

    def _result(self, plan: Plan, raw: Raw, missed: list[str]) -> tuple[Plan, Result]:
        return plan, {
            "changed": bool(self.account.sent),
            "warnings": self.warnings,
            "unconverged": missed,
            "policy": POLICY.shown(raw) if raw else {},
        }


def _moved(raw: Raw, number: int) -> Operation:
    """Another policy that gets another place."""
    seen, change = POLICY.from_wire(raw), Change("precedence", raw["precedence"], number)
    return Operation(UPDATE, POLICY.kind, str(raw.get("name") or raw["id"]), seen, {**seen, "precedence": number}, (change,))
