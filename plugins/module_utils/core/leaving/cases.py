# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of somebody's leaving as data: from what the tasks of a role returned so far, what is to do and what is proven.

``cases`` is pure and is asked again after each step, so nothing that a step returned can be lost on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from json import dumps
from typing import Any

from ..errors import Protected
from ..limits import refuse_protected
from ..patterns import Patterns
from ..plan import DELETE, Operation, Plan
from ..roll import refuse_no_list
from ..roster.person import URGENT
from ..verdicts import (
    ACCESS_PLANES,
    NOT_APPLICABLE,
    UNPROVEN,
    Facts,
    Verdict,
    account_verdict,
    deletion_verdict,
    groups_verdict,
    promised,
    unproven,
)
from .access import AccessSide, shared_by
from .people import leaver_of
from .reads import Known
from .steps import STEPS, TARGET, WRITING, Intent, results_of
from .times import Deletion, deletion

_LONGEST = 60
_NOTHING: Facts = {"before": {"account": {}, "groups": [], "groups_shown": False}, "changed": False, "errors": [], "refused": "", "problems": []}
_PLANES = ("account", "groups", *ACCESS_PLANES, "deletion")


@dataclass
class Case(Known):
    """One person, from the first question to the verdict."""

    # -- what is to do -----------------------------------------------------------------------------------------------------

    @property
    def target(self) -> dict[str, Any]:
        """The person as loops pass them on, ``{}`` if it is not their turn. asked: by which keys to read the account again."""
        if self.not_due:
            return {}
        asked = {"id": self.id} if self.id else self.named
        writable = bool(self.account) and not self.doubt
        return {"number": self.number, "key": self.key, "id": self.id, "writable": writable, "mode": self.mode, "asked": asked}

    @property
    def mode(self) -> str:
        """What happens to the account of this person. Whoever is on legal hold is deactivated where that is allowed."""
        if self.intent.mode == "deactivate":
            return "delete" if self.deletion.due else "deactivate"
        return "deactivate" if self.leaver.legal_hold else self.intent.mode

    @property
    def deletion(self) -> Deletion:
        """Whether the account is to be deleted now, and when it will be."""
        if self.doubt and self.intent.mode == "deactivate":
            return Deletion(False, f"not touched: {self.doubt}")
        return deletion(
            mode=self.intent.mode,
            retention=self.intent.kept_for,
            left_at=self.leaver.left_at,
            legal_hold=self.leaver.legal_hold,
            active=self.account.get("active"),
            now=self.intent.instant,
        )

    @property
    def side(self) -> AccessSide:
        """The same person as Cloudflare Access knows them."""
        intent = self.intent
        return AccessSide(intent.access, self.leaver.keys, self.account, self.doubt, intent.predicting, TARGET, self.results, self.shared)

    @property
    def access(self) -> dict[str, Any]:
        """The person as the loops about Access pass them on; ``{}`` if there is nobody to ask about."""
        side = self.side
        if self.not_due or not side.touchable:
            return {}
        return {
            "number": self.number,
            "key": self.key,
            "email": side.email,
            "removal": side.removal,
            "rest": side.rest,
            "urgent": self.intent.access.urgent or self.leaver.lane == URGENT,
            "back": side.back,
            "others": [{"number": self.number, "key": self.key, "email": email} for email in side.others],
        }

    @property
    def superior(self) -> dict[str, Any]:
        """Whose account has to be read, so that the handover can name them; ``{}`` if nobody knows of any, or nothing is handed over."""
        named = str(self.account.get("manager") or "")
        asked = {"id": named[3:]} if named.startswith("id:") else {"external_id": self.leaver.manager} if self.leaver.manager else {}
        return {"number": self.number, "key": self.key, "asked": asked} if asked and self.snapshot else {}

    @property
    def removals(self) -> list[dict[str, Any]]:
        """The memberships to remove, one for each group."""
        reading = self.read("memberships", "groups")
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
        if self.not_due:
            return ""
        rehearsal = self.first("rehearsal") or {}
        if rehearsal.get("failed") and rehearsal.get("protected"):
            return str(rehearsal.get("msg", ""))
        if self.side.refusal:
            return self.side.refusal
        try:
            leaving = Operation(DELETE, "User", self.key, self.account, None)
            names = filter(None, [*self.leaver.keys.values(), self.id, self.side.email])
            access = self.intent.access
            patterns = Patterns([*self.intent.protected, *(access.protected if access.manage else ())])
            refuse_protected(Plan((leaving,)), patterns, names)
        except Protected as problem:
            return str(problem)
        if self.leaver.legal_hold and self.intent.mode == "delete":
            return f"{self.key!r} is on legal hold, and leaver_mode delete would delete the account; choose deactivate"
        return ""

    @property
    def snapshot(self) -> dict[str, Any]:
        """The pre-image and a file name that belongs to exactly this one; ``{}`` if the run would take nothing."""
        if self.not_due:
            return {}
        rehearsal = self.first("rehearsal") or {}
        takes_account = self.target["writable"] and (rehearsal.get("requests") or rehearsal.get("failed"))
        if not takes_account and not self.removals and not self.side.takes:
            return {}
        content = {"person": self.person, **self.before(), "left": self.left}
        mark = sha256(dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]  # not of the time: the same again is the same
        content["taken_at"] = self.intent.instant
        return {"number": self.number, "key": self.key, "name": file_name("leaver", self.key, mark, "json"), "content": content}

    @property
    def left(self) -> dict[str, Any]:
        """How the person leaves, for whoever undoes it."""
        access = {"access": self.intent.access.shown()} if self.intent.access.manage else {}
        leaver = self.leaver
        return {"mode": self.mode, "groups": self.intent.groups, "lane": leaver.lane, "left_at": leaver.left_at, **access}

    def before(self) -> dict[str, Any]:
        """The pre-image. groups_shown: whether the groups are all there are."""
        reading = self.read("memberships", "groups")
        groups = reading.groups if reading else []
        shown = bool(reading and not reading.failure and not reading.unverifiable and reading.complete)
        access = {"access": self.side.before()} if self.intent.access.manage else {}
        return {"account": dict(self.account), "groups": groups, "groups_shown": shown, **access}

    # -- what came of it ---------------------------------------------------------------------------------------------------

    def _account_verdict(self) -> Verdict:
        reading = self.read("find_again", "users")
        if reading and self.mistaken(reading):
            return Verdict(UNPROVEN, f"it is not certain who is meant: {self.mistaken(reading)}", {"asked": dict(reading.asked)})
        predicted = self.intent.predicting and any(map(promised, self.results.get("account", ())))
        return account_verdict(reading, delete=self.mode == "delete", predicted=predicted)

    def _groups_verdict(self) -> Verdict:
        if self.intent.groups != "remove":
            return Verdict(NOT_APPLICABLE, "memberships are kept, as leaver_groups says")
        reading = self.read("memberships_again", "groups")
        if reading is None and not self.id:
            if self.doubt:
                return Verdict(UNPROVEN, "without the account, nobody can tell which groups list it")
            return Verdict(NOT_APPLICABLE, "there is no account that a group could list")
        going = {str(result[TARGET].get("group_id", "")) for result in self.results.get("removals", ()) if promised(result)}
        before = self.read("memberships", "groups")
        return groups_verdict(reading, before=before, predicted=frozenset(going if self.intent.predicting else ()))

    def _deletion_verdict(self) -> Verdict:
        reading = self.read("find_again", "users")
        return deletion_verdict(
            None if reading and self.mistaken(reading) else reading,
            wanted=self.deletion,
            refusable=self.mode == "delete_or_deactivate",
            there=bool(self.account),
            predicted=self.intent.predicting and any(map(promised, self.results.get("account", ()))),
            in_access=bool(self.side.user_id),
        )

    def verdicts(self) -> dict[str, Verdict]:
        """The judgement on each plane."""
        own = {"account": self._account_verdict(), "groups": self._groups_verdict()}
        return {**own, **self.side.verdicts(), "deletion": self._deletion_verdict()}

    @property
    def changed(self) -> bool:
        """Whether anything was written, or would be."""
        return any(bool(result.get("changed")) for step in WRITING for result in self.results.get(step, ()))

    @property
    def failures(self) -> list[tuple[str, str, Facts]]:
        """The steps that failed: which, what could not be done, and what was returned."""
        return [
            (step, f"could not {STEPS[step]}{_of(result)}", result)
            for step in STEPS
            if STEPS[step]
            for result in self.results.get(step, ())
            if result.get("failed")
        ]

    def problems(self, verdicts: Mapping[str, Verdict]) -> list[str]:
        """Why the role fails."""
        problems = [*filter(None, [self.refusal]), *unproven(verdicts, self.doubt)]
        told = " ".join(problems)  # why the account was not found is mostly why it was not read back either
        reasons = [(what, self.side.why(step, result)) for step, what, result in self.failures]
        problems += dict.fromkeys(f"{what}: {why}" for what, why in reasons if why not in told)
        return [f"{self.key}: {problem}" for problem in problems]

    def result(self) -> dict[str, Any]:
        """The entry of ``leaver_result``."""
        known = {"person": self.person, "key": self.key, "due": not self.not_due, "lane": self.leaver.lane, "left_at": self.leaver.left_at}
        if self.not_due:  # of a whole roster, that is nearly everybody
            waiting = Verdict(NOT_APPLICABLE, self.not_due).shown()
            return {**known, **_NOTHING, "id": self.leaver.keys.get("id", ""), **dict.fromkeys(_PLANES, waiting)}
        verdicts = self.verdicts()
        return {
            **known,
            "id": self.id,
            "before": self.before(),
            "changed": self.changed,
            **{plane: verdict.shown() for plane, verdict in verdicts.items()},
            "errors": [{"step": step, "msg": f"{what}: {result.get('msg') or 'the task failed'}"} for step, what, result in self.failures],
            "refused": self.refusal,
            "problems": self.problems(verdicts),
        }


def file_name(kind: str, key: str, mark: str, ending: str) -> str:
    """A name for a file about somebody that stays in its folder, whatever the person is called."""
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in key)[:_LONGEST]
    return f"{kind}-{safe}-{mark}.{ending}"


def _of(result: Facts) -> str:
    group = result.get(TARGET, {}).get("group", "")
    return f" in {group}" if group else ""


def cases(people: Sequence[Any], steps: Mapping[str, Any], intent: Intent) -> list[Case]:
    """One case for each person, in their order.

    people: ``[{"id"|"external_id"|"user_name": ..., "email": ..., "left_at": ..., "lane": ..., "legal_hold": ...}, ...]``, or people of a
    roster (roster.person); the e-mail is for Access alone.
    steps: by name, see STEPS, what ``register`` kept of the loop; each of its ``results`` carries the person it is about in TARGET. Raises InvalidInput.
    """
    refuse_no_list("leaver_people", people)
    listed = [leaver_of(number, given) for number, given in enumerate(people)]
    found = [Case(number, leaver, intent, leaver.not_due(intent.instant)) for number, leaver in enumerate(listed)]
    for step in STEPS:
        for result in results_of(steps.get(step)):
            number = result.get(TARGET, {}).get("number")
            if isinstance(number, int) and number < len(found):
                found[number].results.setdefault(step, []).append(result)
    found = _held(found)
    shared = shared_by(case.side for case in found if not case.not_due)
    return [replace(case, shared=shared) if shared else case for case in found]


def _held(found: Sequence[Case]) -> list[Case]:
    """Whoever is listed twice, with two e-mails or by two names, is on legal hold if one of the entries says so."""
    names = {name for case in found if case.leaver.legal_hold for name in case.known_by}
    return [replace(case, leaver=replace(case.leaver, legal_hold=True)) if names & case.known_by else case for case in found] if names else list(found)
