# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of people who move as data: from what the tasks of a role returned so far, what is to do.

``moves`` is pure and is asked again after each step. What it proves is in verdicts, what it tells in result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..attributes import ELEMENTS
from ..errors import InvalidInput, Protected
from ..json_values import folded, is_absent
from ..limits import refuse_protected
from ..patterns import Patterns
from ..plan import UPDATE, Operation, Plan
from ..references import ID
from ..resources import USER
from ..roster.person import subject_of
from ..verdicts import Facts, Reading
from .memberships import Difference, Group, Reason, Scope, difference, without_reason
from .people import Intent, Mover, is_meant, movers_of, shown
from .reads import Account, Accounts, Memberships, doubles, groups_in
from .state import State

ACTIVE = "active"
MANAGER = "manager"
_FEW = 20


@dataclass(frozen=True)
class Move:
    """One person: as the list names them, and what was read of them before anything was written, and again.

    superior: the account of the manager, ``{}`` if there is none. again, groups_again: ``None`` if nobody has read them again.
    double: who else of the list has the same account, "" if nobody.
    """

    mover: Mover
    intent: Intent
    scope: Scope
    account: Account | None = None
    reading: Reading | None = None
    superior: Facts = field(default_factory=dict)
    again: Account | None = None
    groups_again: Reading | None = None
    state: State = field(default_factory=State)
    double: str = ""

    # -- who is meant ------------------------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        return self.account.id if self.account else ""

    @property
    def subject(self) -> str:
        """How the evidence and the file of state call the person."""
        there = self.account.found if self.account else {}
        external_id = self.mover.names.get("external_id") or there.get("external_id")
        return subject_of(external_id, self.id or self.mover.names.get("id"), self.mover.names.get("user_name"))

    @cached_property
    def names(self) -> list[str]:
        """Everything that may stand for the person."""
        there = self.account.found if self.account else {}
        known = [self.mover.key, *self.mover.names.values(), there.get("external_id"), there.get("user_name"), self.id]
        return list(dict.fromkeys([*(str(name) for name in known if name), *([ID + self.id] if self.id else [])]))

    @cached_property
    def untouched(self) -> str:
        """Why nothing is to be done, which is in order, or ""."""
        if self.mover.left_alone:
            return self.mover.left_alone
        if self.account and not self.account.doubt and not self.account.found and self.mover.user is not None:
            return "not yet: there is no account; the role joiner makes one"
        return ""

    @cached_property
    def doubt(self) -> str:
        """Why it is not certain who is meant, or what they are in: then nothing is written. "" if it is."""
        if self.untouched:
            return ""
        if self.account is None:
            return "nobody has looked for the account"
        if self.account.doubt:
            return self.account.doubt
        if not self.account.found:
            return "there is no such account"
        if self.double:
            return f"{self.double} is the same account; drop one of the two from the list"
        return self.doubt_of(self.reading)

    @staticmethod
    def doubt_of(reading: Reading | None) -> str:
        """Why a reading does not tell what somebody is in, or "" if it does."""
        if reading is None:
            return "nobody has read the memberships"
        if reading.failure:
            return f"the memberships could not be read: {reading.failure}"
        return "the service does not show who is in its groups" if reading.unverifiable or not reading.complete else ""

    @property
    def target(self) -> dict[str, Any]:
        """The person as loops pass them on. asked: by which names to look for the account."""
        names = self.mover.names
        asked = {"id": self.id or names["id"]} if self.id or "id" in names else dict(names)
        return {"number": self.mover.number, "key": self.mover.key, "id": self.id, "asked": asked}

    # -- memberships -------------------------------------------------------------------------------------------------------

    @property
    def current(self) -> list[Group]:
        return groups_in(self.reading) if self.reading else []

    @cached_property
    def exceptions(self) -> list[Reason]:
        """The reasons that somebody gave by hand and that count now."""
        counting = [exempt for exempt in self.intent.keep if exempt.counts_at(self.intent.now)]
        # An id alone may be the external_id of somebody else, so it has to be given with its prefix.
        external_ids = {self.mover.key, self.mover.names.get("external_id"), (self.account.found if self.account else {}).get("external_id")}
        names = [name for name in self.names if name != self.id or name in external_ids]
        return [Reason(exempt.group, exempt.why) for exempt in counting if is_meant(exempt, names)]

    def bare(self, groups: Iterable[Group]) -> list[Group]:
        """Those of somebody's groups that nothing explains."""
        return without_reason(groups, [*self.mover.deserved, *self.exceptions], self.scope)

    @cached_property
    def difference(self) -> Difference:
        """What is to become of the memberships; nothing, where it is not certain who is meant."""
        if self.untouched or self.doubt:
            return Difference()
        return self.difference_from(self.current)

    def difference_from(self, groups: Sequence[Group]) -> Difference:
        ends = {group.id: self.state.first_seen(self.subject, group.name, self.intent.now) + self.intent.overlap for group in self.bare(groups)}
        waits = {group: f"overlap until {shown(end)}" for group, end in ends.items() if end > self.intent.now}
        return difference(groups, self.mover.deserved, self.scope, exceptions=self.exceptions, waits=waits, remove=self.intent.remove)

    # -- the account -------------------------------------------------------------------------------------------------------

    @cached_property
    def wish(self) -> dict[str, Any]:
        """The account in the language of scim_user; ``{}`` where nothing is said of it. A manager without an account is left out."""
        if self.mover.user is None or self.untouched or self.doubt:
            return {}
        left_out = (MANAGER,) if self.without_superior else ()
        user = {name: value for name, value in self.mover.user.items() if name not in left_out}
        return {**user, "id": self.id, ACTIVE: self.mover.active}

    @property
    def without_superior(self) -> bool:
        return bool(self.mover.superior) and not self.superior.get("id")

    def differs(self, there: Facts, *, loosely: bool = False) -> list[str]:
        """The attributes that are not as wished, by name."""
        wish = dict(self.wish)
        named = {f"{ID}{self.superior.get('id')}", str(self.superior.get("user_name") or "")} if self.superior else set()
        if there.get(MANAGER) and there[MANAGER] in named:
            wish.pop(MANAGER, None)
        try:
            wished = {path: value for path, value in USER.from_options(wish).items() if not USER.attribute(path).write_only}
        except InvalidInput as problem:
            raise InvalidInput(f"mover_people[{self.mover.number}].user: {problem}; nothing was written") from problem
        return [change.path for change in USER.changes(canonical(there), wished, loosely=loosely)] if wish else []

    @cached_property
    def attributes(self) -> list[str]:
        return self.differs(self.account.found) if self.account and self.wish else []

    @property
    def works(self) -> bool:
        """Whether there is something to write on the service."""
        return bool(self.attributes) or self.difference.changes

    @property
    def refusal(self) -> str:
        """Why this person may not be touched, or ""."""
        if self.untouched:
            return ""
        there = self.account.found if self.account else {}
        touched = [*self.names, *(entry.group for entry in self.difference.added), *(group.name for group in self.difference.removed)]
        try:
            refuse_protected(Plan((Operation(UPDATE, USER.kind, self.mover.key, there, there),)), Patterns(self.intent.protected), touched)
        except Protected as problem:
            return str(problem)
        return ""


def canonical(there: Facts) -> dict[str, Any]:
    """An account as scim_user_info shows it, in the form that plans compare."""
    found: dict[str, Any] = {}
    for attribute in USER.attributes:
        value: Any = there
        for step in attribute.option.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if not is_absent(value):
            found[attribute.option] = tuple(map(dict, value)) if attribute.kind == ELEMENTS else value
    for schema, attributes in (there.get("extensions") or {}).items():
        found.update((USER.option_of(f"{schema}:{name}"), value) for name, value in attributes.items())
    return found


def moves(people: Sequence[Any], steps: Mapping[str, Any], intent: Intent, state: State) -> list[Move]:
    """One for each person, in their order.

    people: see ``people.movers_of``. steps: by name, what ``register`` kept: accounts and groups, the lists of everybody; account
    and memberships, the loops over each person; managers, the loop over managers who are not among them; the first four also with
    ``_again``. Raises InvalidInput.
    """
    movers = movers_of(people)
    scope = intent.touches(movers)
    before, after = (Accounts(steps.get(f"accounts{again}"), steps.get(f"account{again}")) for again in ("", "_again"))
    groups, groups_after = memberships(steps), memberships(steps, "_again")
    superiors = Accounts(None, steps.get("managers"))
    found = []
    twice = doubles(movers, before)
    for mover in movers:
        account, again = before.of(mover), after.of(mover)
        there, then = account.found if account else {}, again.found if again else {}
        found.append(
            Move(
                mover=mover,
                intent=intent,
                scope=scope,
                account=account,
                reading=groups.of(mover.number, there) if there else None,
                superior=(before.by_external_id(mover.superior) or superiors.by_external_id(mover.superior)) if mover.superior else {},
                again=again,
                groups_again=groups_after.of(mover.number, then) if then else None,
                state=state,
                double=twice.get(mover.number, ""),
            )
        )
    return found


def memberships(steps: Mapping[str, Any], again: str = "") -> Memberships:
    """Who is in which group, as the steps read it."""
    return Memberships(steps.get(f"groups{again}"), steps.get(f"memberships{again}"))


def managers(those: Sequence[Move], steps: Mapping[str, Any]) -> list[str]:
    """The external ids of managers who have to be looked for, because nobody who was read bears them."""
    known = Accounts(steps.get("accounts"), steps.get("account"))
    wanted = {move.mover.superior for move in those if move.mover.superior and not move.untouched}
    return [] if known.is_list else sorted(external_id for external_id in wanted if not known.by_external_id(external_id))


class Ids:
    """The ids of groups by name, as far as they were read or asked for. names: what scim_directory said of names, in check mode."""

    def __init__(self, steps: Mapping[str, Any]) -> None:
        self._read = memberships(steps)
        asked = steps.get("names")
        entries = (asked.get("resources") or ()) if isinstance(asked, Mapping) else ()
        self._asked = {folded(str(entry.get("key"))): entry for entry in entries}

    def of(self, name: str) -> str:
        return self._read.id_of(name) or str(self._asked.get(folded(name), {}).get("id") or "")

    def is_missing(self, name: str) -> bool:
        return bool(self._asked.get(folded(name), {}).get("verb") == "create")


def directory(those: Sequence[Move], ids: Ids) -> dict[str, list[dict[str, Any]]]:
    """What M(scim_directory) has to be asked for: the accounts that are not as wished, and each group whose members change, once."""
    users = [move.wish for move in those if move.attributes]
    changed: dict[str, dict[str, Any]] = {}
    moving = [move for move in those if move.difference.changes]
    for move in moving:
        # An id is asked for alone, names together: of many people, that is one request instead of one for each.
        name = str((move.account.found if move.account else {}).get("user_name") or "") if len(moving) > _FEW else ""
        member = name or ID + move.id
        for reason in move.difference.added:
            _entry(changed, ids.of(reason.group), reason.group)["members"].setdefault("add", []).append(member)
        for group in move.difference.removed:
            _entry(changed, group.id, group.name)["members"].setdefault("remove", []).append(member)
    return {"users": users, "groups": [changed[place] for place in sorted(changed)]}


def _entry(changed: dict[str, dict[str, Any]], group_id: str, name: str) -> dict[str, Any]:
    """A group is named by its id, so that it is never renamed; by its name only if it is not there yet."""
    place = f"{ID}{group_id}" if group_id else folded(name)
    return changed.setdefault(place, {"id": group_id, "members": {}} if group_id else {"display_name": name, "members": {}})


def strangers(those: Sequence[Move], steps: Mapping[str, Any]) -> list[dict[str, str]]:
    """Groups that somebody is to join and that nobody has seen yet, to be asked for by name."""
    seen = memberships(steps)
    names = {folded(reason.group): reason.group for move in those for reason in move.difference.added if not seen.id_of(reason.group)}
    return [{"display_name": names[form]} for form in sorted(names)]
