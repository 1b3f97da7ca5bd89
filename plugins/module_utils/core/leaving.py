# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of somebody's leaving as data: from what the tasks of a role returned so far, what is to do and what is proven.

``cases`` is pure and is asked again after each step, so nothing that a step returned can be lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from json import dumps
from typing import Any

from .errors import InvalidInput, Protected
from .leavers import KEYS, person_of
from .leaving_access import STEPS as ACCESS_STEPS
from .leaving_access import WRITING as ACCESS_WRITING
from .leaving_access import AccessIntent, AccessSide, shared_by
from .limits import refuse_protected
from .patterns import Patterns
from .plan import DELETE, Operation, Plan
from .roll import refuse_no_list
from .verdicts import (
    NOT_APPLICABLE,
    UNPROVEN,
    Facts,
    Reading,
    Verdict,
    account_verdict,
    groups_verdict,
    promised,
    unproven,
)

TARGET = "leaver_target"  # the loop variable of the role: every result carries the person that it is about

# The steps of the role by name, in order, and what a failure of each is called. A rehearsal that fails is told by the real step.
STEPS = {
    "find": "find the account",
    "memberships": "read the memberships",
    "rehearsal": "",
    "account": "deactivate or delete the account",
    "removals": "remove a membership",
    "find_again": "",
    "memberships_again": "",
    **ACCESS_STEPS,
}
WRITING = ("account", "removals", *ACCESS_WRITING)
MODES = ("deactivate", "delete", "delete_or_deactivate")
FOR_GROUPS = ("remove", "keep")
_LONGEST = 60


@dataclass(frozen=True)
class Intent:
    """What the role was asked to do. predicting: nothing is written, the modules only say what they would do. instant: now."""

    mode: str = "deactivate"
    groups: str = "remove"
    protected: tuple[str, ...] = ()
    predicting: bool = False
    access: AccessIntent = field(default_factory=AccessIntent)
    instant: str = ""

    def __post_init__(self) -> None:
        for option, value, choices in (("mode", self.mode, MODES), ("groups", self.groups, FOR_GROUPS)):
            if value not in choices:
                raise InvalidInput(f"leaver_{option} is {value!r}; choose one of {', '.join(choices)}")


@dataclass
class Case:
    """One person: as named, and everything that the steps returned about them."""

    number: int
    person: dict[str, str]
    intent: Intent
    results: dict[str, list[Facts]] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()  # what of Access names others who leave, too

    # -- what the reads say ----------------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """How messages call the person."""
        name = self.person.get("user_name") or self.account.get("user_name")
        return str(name) if name else " ".join(next(iter(self._keys.items())))

    @property
    def _keys(self) -> dict[str, str]:
        return {name: self.person[name] for name in KEYS if name in self.person}

    def _first(self, step: str) -> Facts | None:
        """What a step that is taken once for each person returned, ``None`` if it was not taken."""
        return next(iter(self.results.get(step, ())), None)

    def _read(self, step: str, resources: str) -> Reading | None:
        result = self._first(step)
        if result is None or result.get("skipped"):
            return None
        target = result.get(TARGET, {})
        asked = {"member": "id:" + target.get("id", "")} if resources == "groups" else target.get("asked", {})
        if result.get("failed"):
            return Reading(asked, failure=str(result.get("msg") or "the task failed"))
        if resources not in result:
            return Reading(asked, failure=f"the answer holds no {resources}")  # which is not the same as: there are none
        return Reading(
            asked,
            tuple(result[resources] or ()),
            unverifiable=bool(result.get("unverifiable")),
            complete=not result.get("truncated"),
            source=tuple(result.get("read_from") or ()),
        )

    @property
    def account(self) -> Facts:
        """The account before anything was done, ``{}`` if there is none or it is in doubt."""
        reading = self._read("find", "users")
        return reading.found[0] if reading and len(reading.found) == 1 else {}

    @property
    def id(self) -> str:
        return str(self.account.get("id") or self.person.get("id") or "")

    @property
    def doubt(self) -> str:
        """Why it is not certain who is meant, or "" if it is."""
        reading = self._read("find", "users")
        if reading is None:
            return "nobody has looked for the account"
        if reading.failure:
            return reading.failure
        return self._mistaken(reading)

    def _mistaken(self, reading: Reading) -> str:
        """Why what was found is not certainly this person's account, or ""."""
        if len(reading.found) > 1:
            ids = ", ".join(str(account.get("id", "")) for account in reading.found[:10])
            return f"{len(reading.found)} accounts answer to it ({ids}); name the one you mean by its id"
        for account in reading.found:
            theirs, ours = str(account.get("external_id") or ""), self.person.get("external_id", "")
            if theirs and ours and theirs != ours:
                return f"the account {account.get('id')!r} has the external_id {theirs!r}, not {ours!r}: it is somebody else's"
        return ""

    # -- what is to do -----------------------------------------------------------------------------------------------------

    @property
    def target(self) -> dict[str, Any]:
        """The person as loops pass them on. asked: by which keys to read the account again."""
        asked = {"id": self.id} if self.id else self._keys
        writable = bool(self.account) and not self.doubt
        return {"number": self.number, "key": self.key, "id": self.id, "writable": writable, "asked": asked}

    @property
    def side(self) -> AccessSide:
        """The same person as Cloudflare Access knows them."""
        intent = self.intent
        return AccessSide(intent.access, self.person, self.account, self.doubt, intent.predicting, TARGET, self.results, self.shared)

    @property
    def access(self) -> dict[str, Any]:
        """The person as the loops about Access pass them on; ``{}`` if there is nobody to ask about."""
        side = self.side
        if not side.touchable:
            return {}
        return {"number": self.number, "key": self.key, "email": side.email, "removal": side.removal, "rest": side.rest}

    @property
    def removals(self) -> list[dict[str, Any]]:
        """The memberships to remove, one for each group."""
        reading = self._read("memberships", "groups")
        if self.intent.groups != "remove" or self.doubt or reading is None:
            return []
        return [
            {
                "number": self.number,
                "key": self.key,
                "id": self.id,
                "group_id": str(group.get("id", "")),
                "group": str(group.get("display_name", "")),
            }
            for group in reading.found
        ]

    @property
    def refusal(self) -> str:
        """Why this person may not be touched, or ""."""
        rehearsal = self._first("rehearsal") or {}
        if rehearsal.get("failed") and rehearsal.get("protected"):
            return str(rehearsal.get("msg", ""))
        if self.side.refusal:
            return self.side.refusal
        try:
            leaving = Operation(DELETE, "User", self.key, self.account, None)
            names = filter(None, [*self.person.values(), self.id, self.side.email])
            access = self.intent.access
            patterns = Patterns([*self.intent.protected, *(access.protected if access.manage else ())])
            refuse_protected(Plan((leaving,)), patterns, names)
        except Protected as problem:
            return str(problem)
        return ""

    @property
    def snapshot(self) -> dict[str, Any]:
        """The pre-image and a file name that belongs to exactly this one; ``{}`` if the run would take nothing."""
        rehearsal = self._first("rehearsal") or {}
        takes_account = self.target["writable"] and (rehearsal.get("requests") or rehearsal.get("failed"))
        if not takes_account and not self.removals and not self.side.takes:
            return {}
        content = {"person": self.person, **self.before(), "left": self.left}
        safe = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in self.key)[:_LONGEST]
        mark = sha256(dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]  # not of the time: the same again is the same
        content["taken_at"] = self.intent.instant
        return {"number": self.number, "key": self.key, "name": f"leaver-{safe}-{mark}.json", "content": content}

    @property
    def left(self) -> dict[str, Any]:
        """How the person leaves, for whoever undoes it."""
        access = {"access": self.intent.access.shown()} if self.intent.access.manage else {}
        return {"mode": self.intent.mode, "groups": self.intent.groups, **access}

    def before(self) -> dict[str, Any]:
        """The pre-image. groups_shown: whether the groups are all there are."""
        reading = self._read("memberships", "groups")
        groups = reading.groups if reading else []
        shown = bool(reading and not reading.failure and not reading.unverifiable and reading.complete)
        access = {"access": self.side.before()} if self.intent.access.manage else {}
        return {"account": dict(self.account), "groups": groups, "groups_shown": shown, **access}

    # -- what came of it ---------------------------------------------------------------------------------------------------

    def _account_verdict(self) -> Verdict:
        reading = self._read("find_again", "users")
        if reading and self._mistaken(reading):
            return Verdict(UNPROVEN, f"it is not certain who is meant: {self._mistaken(reading)}", {"asked": dict(reading.asked)})
        predicted = self.intent.predicting and any(map(promised, self.results.get("account", ())))
        return account_verdict(reading, delete=self.intent.mode == "delete", predicted=predicted)

    def _groups_verdict(self) -> Verdict:
        if self.intent.groups != "remove":
            return Verdict(NOT_APPLICABLE, "memberships are kept, as leaver_groups says")
        reading = self._read("memberships_again", "groups")
        if reading is None and not self.id:
            if self.doubt:
                return Verdict(UNPROVEN, "without the account, nobody can tell which groups list it")
            return Verdict(NOT_APPLICABLE, "there is no account that a group could list")
        going = {str(result[TARGET].get("group_id", "")) for result in self.results.get("removals", ()) if promised(result)}
        before = self._read("memberships", "groups")
        return groups_verdict(reading, before=before, predicted=frozenset(going if self.intent.predicting else ()))

    def result(self) -> dict[str, Any]:
        """The entry of ``leaver_result``."""
        verdicts = {"account": self._account_verdict(), "groups": self._groups_verdict(), **self.side.verdicts()}
        failures = [
            (step, f"could not {STEPS[step]}{_of(result)}", result)
            for step in STEPS
            if STEPS[step]
            for result in self.results.get(step, ())
            if result.get("failed")
        ]
        problems = [*filter(None, [self.refusal]), *unproven(verdicts, self.doubt)]
        told = " ".join(problems)  # why the account was not found is mostly why it was not read back either
        reasons = [(what, self.side.why(step, result)) for step, what, result in failures]
        problems += dict.fromkeys(f"{what}: {why}" for what, why in reasons if why not in told)
        written = [result for step in WRITING for result in self.results.get(step, ())]
        return {
            "person": self.person,
            "key": self.key,
            "id": self.id,
            "before": self.before(),
            "changed": any(bool(result.get("changed")) for result in written),
            **{plane: verdict.shown() for plane, verdict in verdicts.items()},
            "errors": [{"step": step, "msg": f"{what}: {result.get('msg') or 'the task failed'}"} for step, what, result in failures],
            "problems": [f"{self.key}: {problem}" for problem in problems],
        }


def _of(result: Facts) -> str:
    group = result.get(TARGET, {}).get("group", "")
    return f" in {group}" if group else ""


def cases(people: Sequence[Any], steps: Mapping[str, Any], intent: Intent) -> list[Case]:
    """One case for each person, in their order.

    people: ``[{"id"|"external_id"|"user_name": ..., "email": ...}, ...]``; the e-mail is for Access alone.
    steps: by name, see STEPS, what ``register`` kept of the loop; each of its ``results`` carries the person it is about in TARGET. Raises InvalidInput.
    """
    refuse_no_list("leaver_people", people)
    found = [Case(number, person_of(number, given), intent) for number, given in enumerate(people)]
    for step in STEPS:
        for result in _results(steps.get(step)):
            number = result.get(TARGET, {}).get("number")
            if isinstance(number, int) and number < len(found):
                found[number].results.setdefault(step, []).append(result)
    shared = shared_by(case.side for case in found)
    return [replace(case, shared=shared) for case in found]


def _results(registered: Any) -> Iterable[Facts]:
    return (registered.get("results") or ()) if isinstance(registered, Mapping) else ()
