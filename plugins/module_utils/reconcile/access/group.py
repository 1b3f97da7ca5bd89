# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Access group: found, made as wished, read back; deleted only when nothing names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...client.access_lookup import by_id, everything, same_name, the_only
from ...client.access_names import AccessNames
from ...client.cloudflare import CloudflareAccount
from ...core.access.evaluate import groups_named
from ...core.access.ids import check_one_is_meant
from ...core.access.kinds import APPLICATION, POLICY
from ...core.access.kinds import GROUP as THING
from ...core.access.objects import GROUP, RULE_LISTS
from ...core.access.paths import PATHS, path_of
from ...core.access.usage import Place, chain_to, places, uses
from ...core.errors import InvalidInput, NotFound, Refused
from ...core.plan import CREATE, DELETE, UPDATE, Change, Operation, Plan
from ..wish import EXISTENCE
from .creation import created

Raw = dict[str, Any]
Result = dict[str, Any]
Planned = tuple[Plan, Result]

_SHOWN = 10  # users of a group that a message names


def group(account: CloudflareAccount, params: Mapping[str, Any]) -> Planned:
    """Make one group as the options of access_group say. Gives the plan and the result of the task."""
    check_one_is_meant(params, "Access group")
    task = _Task(account, params)
    seen = task.find()
    if params["state"] == "absent":
        return task.deleted(seen)
    if params.get("id") and seen is None:
        raise NotFound(f"id: there is no Access group {params['id']!r}; an id finds a group and cannot create one")
    return task.created() if seen is None else task.updated(seen)


class _Task:
    """What one task knows while it works."""

    def __init__(self, account: CloudflareAccount, params: Mapping[str, Any]) -> None:
        self.account = account
        self.params = params
        self.names = AccessNames(account)
        self.warnings: list[str] = []

    @property
    def key(self) -> str:
        return str(self.params.get("name") or self.params.get("id"))

    def find(self) -> Raw | None:
        """The group as it is. A list of all groups is one request, as a filter is, and no filter has to be believed."""
        if self.params.get("id"):
            return by_id(self.account, THING, self.params["id"])
        return the_only(THING, self.params["name"], self.names.everything(THING), "name")

    def created(self) -> Planned:
        wish = self.wish()
        if not wish.get("include"):
            raise InvalidInput(f"include: Access group {self.key!r} does not exist, and a new one has to include somebody")
        plan = _plan(CREATE, self.key, None, wish, tuple(Change(name, None, value) for name, value in wish.items()))
        body = GROUP.body({}, wish)
        made = created(self.account, PATHS[THING], body, lambda: the_only(THING, body["name"], everything(self.account, THING), "name"))
        raw = by_id(self.account, THING, made) if made else None
        return self.result(plan, raw or {}, body, raw is not None, wish)

    def updated(self, raw: Raw) -> Planned:
        wish = self.wish()
        seen = GROUP.from_wire(raw)
        unshown = {name: wish[name] for name in ("is_default",) if name in wish and name not in raw}
        changes = GROUP.changes(seen, {name: value for name, value in wish.items() if name not in unshown})
        if unshown:
            self.warnings.append(
                f"Access group {self.key!r}: Cloudflare does not show is_default, so it could not be compared; "
                + ("it was sent with the other changes" if changes else "it is only sent together with another change")
            )
        if not changes:
            return self.result(Plan(), raw, {}, True, {})
        self.refuse_taken(raw, wish)
        self.refuse_itself(raw, wish)
        body = {**GROUP.body(raw, wish), **unshown}
        self.account.write("PUT", path_of(THING, raw["id"]), body)
        after = None if self.account.read_only else by_id(self.account, THING, raw["id"])
        plan = _plan(UPDATE, self.key, seen, {**seen, **{change.path: change.after for change in changes}}, changes)
        return self.result(plan, after or raw, body, after is not None, wish)

    def deleted(self, raw: Raw | None) -> Planned:
        if raw is None:
            return self.finished(Plan(), {}, [])
        self.refuse_used(raw)
        self.account.write("DELETE", path_of(THING, raw["id"]))
        left = not self.account.read_only and by_id(self.account, THING, raw["id"]) is not None
        plan = _plan(DELETE, self.key, GROUP.from_wire(raw), None, ())
        return self.finished(plan, raw if left else {}, [EXISTENCE] if left else [])

    def wish(self) -> dict[str, Any]:
        """The wish with ids in the place of names. Everything that is wrong in it is said before the first write."""
        rules = {name: self.names.rules(name, self.params[name], self.warnings) for name in RULE_LISTS if self.params.get(name) is not None}
        if "include" in rules and not rules["include"]:
            raise InvalidInput("include: an Access group has to include somebody; to end what it gives, delete it or include nobody@disabled.invalid")
        given = {name: self.params.get(name) for name in ("name", "is_default")}
        if not given["name"]:
            del given["name"]
        return GROUP.wish({**given, **rules})

    def refuse_taken(self, raw: Raw, wish: Mapping[str, Any]) -> None:
        """Cloudflare would take the name of another group, and nobody could name either of them any more."""
        name, old = wish.get("name"), str(raw.get("name") or "")
        if name is None or same_name(name, old):
            return
        taken = [str(each.get("id")) for each in self.names.everything(THING) if same_name(str(each.get("name") or ""), name)]
        if taken:
            raise Refused(f"another Access group has the name {name!r} ({', '.join(taken)}); nothing was written")

    def refuse_itself(self, raw: Raw, wish: Mapping[str, Any]) -> None:
        """A group within itself admits nobody that one can tell; Cloudflare does not say what it makes of it."""
        start = groups_named(rule for name in RULE_LISTS for rule in wish.get(name, ()))
        if not start:
            return
        listed = self.names.everything(THING)
        way = chain_to(sorted(start), raw["id"], listed)
        if way:
            called = {str(each.get("id")).lower(): str(each.get("name")) for each in listed}
            through = ", ".join(repr(called.get(each, each)) for each in way[:-1])
            raise Refused(f"Access group {raw.get('name')!r} would contain itself{through and f' through {through}'}; nothing was written")

    def refuse_used(self, raw: Raw) -> None:
        used_by = users_of(self.account, self.names, raw["id"])
        if used_by:
            named = ", ".join(place.said for place in used_by[:_SHOWN]) + (f" and {len(used_by) - _SHOWN} more" if len(used_by) > _SHOWN else "")
            error = Refused(f"Access group {raw.get('name')!r} is not deleted, because it is named by {named}; take it out of them first")
            error.beside = {"used_by": [place.shown() for place in used_by]}
            raise error

    def result(self, plan: Plan, raw: Raw, body: Raw, there: bool, wish: Mapping[str, Any]) -> Planned:
        """The result of what was written. raw: the group as it is now, or was. body: what was sent. there: whether raw is
        what the service shows now."""
        if self.account.read_only and body:
            return self.finished(plan, {**raw, **body}, [])
        shown = {name: value for name, value in wish.items() if name != "is_default" or name in raw}
        missed = [change.path for change in GROUP.changes(GROUP.from_wire(raw), shown)] if there else [EXISTENCE]
        return self.finished(plan, raw if there else {}, missed)

    def finished(self, plan: Plan, raw: Raw, unconverged: list[str]) -> Planned:
        result = {"group": GROUP.shown(raw) if raw else {}, "unconverged": unconverged, "changed": bool(self.account.sent)}
        return plan, {**result, "warnings": self.warnings}


def users_of(account: CloudflareAccount, names: AccessNames, group_id: str) -> list[Place]:
    """The groups and policies, also those of applications, that name a group."""
    everywhere = places(names.everything(THING), everything(account, POLICY), names.everything(APPLICATION))
    return uses(everywhere).get(group_id.lower(), [])


def _plan(verb: str, key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, changes: tuple[Change, ...]) -> Plan:
    return Plan((Operation(verb, GROUP.kind, key, before, after, changes),))
