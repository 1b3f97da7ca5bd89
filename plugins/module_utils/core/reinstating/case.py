# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One person who comes back, as data: from what the tasks of a role returned so far, what is to be asked, and what is to do.

Somebody who gets what somebody else has goes the same way, without the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..errors import Protected
from ..filters import eq
from ..json_values import folded
from ..leaving.people import is_email
from ..limits import refuse_protected
from ..patterns import Patterns
from ..plan import UPDATE, Operation, Plan
from ..verdicts import Facts, Reading
from .access import AccessSide
from .identity import Found, Looks, newcomer, reading_of, users_of, who_was
from .wanted import FAIL, KEEP, Intent, Left, Wanted, differing, references

TARGET = "reinstate_target"  # the loop variable of the role: every result carries the person that it is about
# What may be missing of an account that goes on nevertheless: nothing by which somebody is known or let in.
_ESSENTIAL = ("active", "user_name", "external_id", "emails", "(existence)")


@dataclass(frozen=True)
class Shared:
    """What is asked once for all: gone: ids of groups that there are not any more. names: of the others, by id. everybody: all accounts, if they were read."""

    gone: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    everybody: Reading | None = None


@dataclass
class Case:
    """One person: what they are to have, and everything that the steps returned about them. Nothing is added once it was asked."""

    number: int
    wanted: Wanted
    intent: Intent
    shared: Shared = field(default_factory=Shared)
    results: dict[str, list[Facts]] = field(default_factory=dict)

    # -- what the reads say ----------------------------------------------------------------------------------------------

    def first(self, step: str) -> Facts | None:
        """What a step that is taken once for each person returned, ``None`` if it was not taken."""
        return next((result for result in self.results.get(step, ()) if not result.get("skipped")), None)

    def read(self, step: str, resources: str = "users") -> Reading | None:
        return reading_of(self.first(step), resources)

    @cached_property
    def found(self) -> Found:
        """The account of the person now."""
        if not self.wanted.undo:
            return newcomer(self.wanted, self.read("find"))
        named, mailed = self.results.get("named", ()), self.results.get("mailed", ())
        failures = [str(result.get("msg") or "the task failed") for result in named if result.get("failed")]
        unasked = [str(result.get(TARGET, {}).get("name", "")) for result in mailed if result.get("failed")]
        holders = users_of((*named, *mailed))
        looks = Looks(self.read("by_id"), self.read("by_external_id"), holders, (failures or [""])[0], unasked, self.shared.everybody)
        return who_was(self.wanted, looks)

    @property
    def created(self) -> str:
        """The id of the account that this run made, "" if it made none."""
        result = self.first("account") or {}
        user = result.get("user")
        return str(user.get("id") or "") if isinstance(user, Mapping) else ""

    @property
    def id(self) -> str:
        return str(self.found.account.get("id") or self.created)

    @cached_property
    def refusals(self) -> list[str]:
        """Why nobody may be touched, as far as this person is the reason."""
        found = [*self.wanted.refusals, *self.found.refusals]
        if not found and not self.found.doubt:
            if self.intent.missing_groups == FAIL and self.intent.groups != KEEP:
                lost: dict[str, list[str]] = {}
                for group in self.wanted.groups:
                    lost.setdefault(self._lost(group), []).append(str(group["display_name"] or group["id"]))
                said = "make it and add the person by hand, or set reinstate_missing_groups: skip"
                found += [f"{', '.join(names)}: {why}; {said}" for why, names in lost.items() if why]
            if self.wanted.undo and self.wanted.account and not self.found.account and not self.wanted.attributes.get("user_name"):
                found.append("the account is gone, and without a user_name in the snapshot it cannot be made again")
        return [f"{self.wanted.key}: {why}" for why in found] + list(filter(None, [self._protection]))

    @property
    def _protection(self) -> str:
        rehearsal = self.first("rehearsal") or {}
        if rehearsal.get("failed") and rehearsal.get("protected"):
            return str(rehearsal.get("msg", ""))
        account = self.found.account
        touched = Operation(UPDATE, "User", self.wanted.key, account, account)
        try:
            names = filter(None, [*self.wanted.all_names, self.id, str(account.get("external_id") or "")])
            refuse_protected(Plan((touched,)), Patterns(self.intent.protected), names)
        except Protected as problem:
            return str(problem)
        return ""

    # -- what is to be asked ------------------------------------------------------------------------------------------------

    @property
    def target(self) -> dict[str, Any]:
        """The person as loops pass them on. known: by which the account is found. again: by which it is read back."""
        names = dict(self.wanted.names)
        account = {"id": self.id} if self.id else {name: value for name, value in names.items() if name != "id"}
        return {"number": self.number, "key": self.wanted.key, "known": names, "id": self.id, "again": account}

    @property
    def names(self) -> list[dict[str, Any]]:
        """The names that nobody else may have. filter: for e-mails."""
        return [
            {"number": self.number, "key": self.wanted.key, "name": name, "filter": eq("emails.value", name) if is_email(name) else ""}
            for name in self.wanted.held
        ]

    @property
    def references(self) -> list[dict[str, Any]]:
        """Other accounts that the attributes name, where they are not named already."""
        if self.intent.attributes == KEEP and self.found.account:
            return []
        named = references(self.wanted.attributes)
        changed = differing(named, self.found.account)
        return [
            {"number": self.number, "key": self.wanted.key, "attribute": name, "id": value[3:] if value.startswith("id:") else "", "name": value}
            for name, value in named.items()
            if name in changed
        ]

    @property
    def absent(self) -> list[Facts]:
        """Those of them that do not."""
        if self.intent.groups == KEEP:
            return []
        reading = self.read("memberships", "groups")
        now = {str(group["id"]) for group in reading.groups} if reading else set()
        return [group for group in self.groups if str(group["id"]) not in now]

    @property
    def groups(self) -> list[Facts]:
        """The groups that are to list the person, as far as they are what they were."""
        return [group for group in self.wanted.groups if not self._lost(group)]

    def _lost(self, group: Facts) -> str:
        """Why a group is not the one that the person was in any more, or "". Whoever has its id by now may let people into anything."""
        if str(group["id"]) in self.shared.gone:
            return "there is no such group any more"
        before, now = str(group.get("display_name") or ""), self.shared.names.get(str(group["id"]), "")
        return f"its id is that of {now!r} now" if before and now and folded(before) != folded(now) else ""

    # -- what is to do -----------------------------------------------------------------------------------------------------

    @property
    def touchable(self) -> bool:
        return not self.found.doubt and not self.refusals

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes to write: less those that name somebody who is gone."""
        return {name: value for name, value in self.wanted.attributes.items() if name not in self._dangling}

    @cached_property
    def _dangling(self) -> list[str]:
        asked = self.results.get("references", ())
        return [str(result[TARGET]["attribute"]) for result in asked if not result.get("failed") and not result.get("skipped") and not result.get("users")]

    @cached_property
    def user(self) -> dict[str, Any]:
        """The account in the language of scim_user; ``{}`` if there is nothing to write."""
        account = self.found.account
        if not self.wanted.undo or not self.wanted.account or not self.touchable:
            return {}
        if not account:
            return {"state": "present", **self.attributes}
        attributes = {} if self.intent.attributes == KEEP else self.attributes
        if account.get("active") is not False and not differing(attributes, account):
            return {}
        return {"id": self.id, "state": "present", **attributes}

    @property
    def rehearsal(self) -> dict[str, Any]:
        """What a module is asked in check mode, so that it tells whether it protects the account; ``{}`` if there is nothing to ask."""
        account = self.found.account
        if not self.touchable:
            return {}
        if account and account.get("active") is not False:
            return {"id": self.id, "state": "absent", "absent_mode": "deactivate"}
        return self.user or ({"id": self.id, "state": "present"} if account else {})

    @property
    def ready(self) -> bool:
        """Whether the person may be given anything: their account is what it was."""
        if not self.touchable:
            return False
        result = self.first("account")
        if not self.user or result is None or not result.get("failed"):
            return True
        lost = [str(path) for path in result.get("unconverged") or ()]
        return bool(lost) and not any(path.split("[")[0] in _ESSENTIAL for path in lost)

    @property
    def additions(self) -> list[dict[str, Any]]:
        """The memberships to add, one for each group."""
        if not self.ready or not self.id:
            return []
        return [
            {
                "number": self.number,
                "key": self.wanted.key,
                "id": self.id,
                "group_id": str(group["id"]),
                "group": str(group.get("display_name") or group["id"]),
            }
            for group in self.absent
        ]

    @property
    def side(self) -> AccessSide:
        """The same person as Cloudflare Access knows them."""
        return AccessSide(self)

    @property
    def left_out(self) -> list[Left]:
        """What is not given, and why."""
        lost = [(group, why) for group, why in ((group, self._lost(group)) for group in self.wanted.groups) if why]
        return [
            *self.wanted.left_out,
            *(Left("attributes", name, "the account that it names is gone") for name in self._dangling),
            *(Left("groups", str(group["display_name"] or group["id"]), why) for group, why in lost),
        ]

    @property
    def operations(self) -> list[dict[str, str]]:
        """What there is to do, or was before it was done: by name, without values."""
        done: list[dict[str, str]] = []
        account, user = self.found.account, self.user
        if user and not account:
            done.append({"plane": "account", "verb": "create", "id": self.created, "what": ", ".join(sorted(self.attributes))})
        elif user:
            if account.get("active") is False:
                done.append({"plane": "account", "verb": "activate", "id": self.id, "what": "active"})
            changed = differing({name: value for name, value in user.items() if name not in ("id", "state")}, account)
            done += [{"plane": "attributes", "verb": "set", "id": self.id, "what": name} for name in changed]
        if self.touchable:
            done += [
                {"plane": "groups", "verb": "add", "id": str(group["id"]), "what": str(group.get("display_name") or "")} for group in self.absent
            ]
            done += self.side.operations
        return done
