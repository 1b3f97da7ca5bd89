# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody's leaving on the side of Cloudflare Access, as data: under which e-mail, what is to do, and what is proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..access_planes import (
    access_verdict,
    called,
    decided,
    is_block,
    named,
    seat_verdict,
    selectors_verdict,
    sessions_verdict,
)
from ..verdicts import ACCESS_PLANES, NOT_APPLICABLE, PROVEN, UNPROVEN, Facts, Reading, Verdict, promised
from .access_steps import AccessIntent
from .people import is_email, primary_email


@dataclass(frozen=True)
class AccessSide:
    """One person as Access knows them: by their e-mail.

    person: as the caller named them. account: theirs on the SCIM service, ``{}`` if there is none. doubt: why it is not certain
    who is meant, or "". results: what the steps returned, by name. target: the name of the loop variable. shared: the ids of groups
    and policies that name others who leave, too.
    """

    intent: AccessIntent
    person: Mapping[str, str]
    account: Facts
    doubt: str
    predicting: bool
    target: str
    results: Mapping[str, Sequence[Facts]] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()

    @property
    def email(self) -> str:
        """The e-mail by which Access knows the person, "" if nobody can tell: given, else a user name that is one, else the primary one."""
        user_name = str(self.account.get("user_name") or self.person.get("user_name", ""))
        candidates = [self.person.get("email", ""), user_name, primary_email(self.account.get("emails"))]
        return next((candidate.strip() for candidate in candidates if is_email(candidate)), "")

    @property
    def others(self) -> list[str]:
        """Other e-mails of the account, by which Access may let the person in as well."""
        listed = self.account.get("emails") or ()
        names = [self.account.get("user_name"), *(entry.get("value") for entry in listed if isinstance(entry, Mapping))]
        found = {str(name).strip().lower(): str(name).strip() for name in names if name and is_email(str(name))}
        return [found[name] for name in sorted(found) if name != self.email.lower()]

    @property
    def touchable(self) -> bool:
        """Whether Access may be asked, and written to, about this person."""
        return self.intent.manage and not self.doubt and bool(self.email)

    # -- what the reads say ----------------------------------------------------------------------------------------------

    def _first(self, step: str) -> Facts | None:
        return next((result for result in self.results.get(step, ()) if not result.get("skipped")), None)

    def _read(self, step: str, resources: str) -> Reading | None:
        result = self._first(step)
        if result is None:
            return None
        asked = {"email": str(result.get(self.target, {}).get("email", self.email))}
        if result.get("failed"):
            return Reading(asked, failure=str(result.get("msg") or "the task failed"))
        if resources not in result:
            return Reading(asked, failure=f"the answer holds no {resources}")
        return Reading(asked, tuple(result[resources] or ()), complete=not result.get("truncated"))

    def _named(self, step: str) -> Reading | None:
        """The objects that are to lose the e-mail. Those that only keep people out are not among them, nor is the group of the blocked."""
        reading = self._read(step, "objects")
        if reading is None:
            return None
        return replace(reading, found=tuple(thing for thing in reading.found if not self._shuts_out(thing)))

    def _shuts_out(self, thing: Facts) -> bool:
        """Whether being named there is what keeps the person out: to take the e-mail away would let them in."""
        return is_block(thing, self.intent.block_group)

    # -- what is to do -----------------------------------------------------------------------------------------------------

    @property
    def removal(self) -> dict[str, list[str]]:
        """The ids of what is to lose the e-mail; ``{}`` if there is nothing to remove."""
        found: dict[str, list[str]] = {"groups": [], "policies": []}
        for thing in self.losing:
            found["groups" if thing.get("kind") == "group" else "policies"].append(_id(thing))
        return found if any(found.values()) else {}

    @property
    def losing(self) -> list[Facts]:
        """The groups and policies that are going to lose the e-mail."""
        reading = self._named("access_named") if self.intent.selectors == "remove" else None
        return [thing for thing in reading.found if not self._emptied(thing)] if reading else []

    @property
    def rest(self) -> dict[str, list[str]]:
        """What of it is left to be tried, where nothing was written because some cannot be changed; ``{}`` if that is not so.

        Only the module sees which those are: what others left as well may be empty by now, what is in use may not be deleted.
        """
        refused = {_id(thing) for result in self.results.get("access_selectors", ()) for thing in result.get("refused") or ()}
        left = {kind: [each for each in ids if each not in refused] for kind, ids in self.removal.items()} if refused else {}
        return left if any(left.values()) else {}

    @property
    def named_in(self) -> frozenset[str]:
        """The ids of the groups and policies that are to lose the e-mail."""
        reading = self._named("access_named")
        return frozenset(map(_id, reading.found)) if reading else frozenset()

    def _emptied(self, thing: Facts) -> bool:
        """Whether an object would include nobody any more, and shall rather stay as it is. It keeps no other one from being written."""
        return self.intent.on_empty == "refuse" and thing.get("action") == "disabled"

    def before(self) -> dict[str, Any]:
        """The pre-image: what Access knew of the person, what named them, and what let them in."""
        user, things, decisions = (
            self._read("access_user", "users"),
            self._read("access_named", "objects"),
            self._read("access_decisions", "decisions"),
        )
        seen: dict[str, Any] = {"email": self.email, "user": {}}
        if user and user.found:
            names = ("id", "email", "name", "access_seat", "gateway_seat", "active_device_count", "last_successful_login")
            seen["user"] = {name: user.found[0][name] for name in names if name in user.found[0]}
            seen["user"]["sessions"] = len(user.found[0].get("sessions") or ())
        seen["named_in"] = [named(thing) for thing in things.found] if things else []
        if self.intent.block_group:  # who was shut out before is not let in by whoever undoes this
            listed = self._first("access_named") or {}
            seen["blocked"] = any(map(self._shuts_out, (*(listed.get("objects") or ()), *(listed.get("kept") or ()))))
        seen["decisions"] = [decided(decision) for decision in decisions.found] if decisions else []
        return seen

    @property
    def user_id(self) -> str:
        """The id of the person's record in Access, "" if there is none."""
        reading = self._read("access_user", "users")
        return _id(reading.found[0]) if reading and reading.found else ""

    @property
    def back(self) -> bool:
        """Whether the read-back shows a session, a device or a seat that was ended or freed before: somebody was let in meanwhile."""
        reading = self._read("access_user_again", "users")
        if self.predicting or reading is None or not reading.found:
            return False
        user = reading.found[0]
        seat = self.intent.seat == "free" and (user.get("access_seat") or user.get("gateway_seat"))
        return bool(user.get("sessions") or user.get("active_device_count") or seat)

    @property
    def takes(self) -> bool:
        """Whether the run is going to take something here."""
        rehearsal = self._first("access_rehearsal") or {}
        return self.touchable and bool(rehearsal.get("requests") or rehearsal.get("failed") or self.removal)

    @property
    def refusal(self) -> str:
        """Why a module refuses to touch the person, or ""."""
        rehearsal = self._first("access_rehearsal") or {}
        return str(rehearsal.get("msg", "")) if rehearsal.get("failed") and rehearsal.get("protected") else ""

    # -- what came of it ---------------------------------------------------------------------------------------------------

    def verdicts(self) -> dict[str, Verdict]:
        """The judgement on each plane of ACCESS_PLANES."""
        if not self.intent.manage:
            return dict.fromkeys(ACCESS_PLANES, Verdict(NOT_APPLICABLE, "Access is not managed, as leaver_access says"))
        if not self.touchable:
            nameless = "no e-mail of the person is known, and Access knows people by nothing else; give email"
            return dict.fromkeys(ACCESS_PLANES, Verdict(UNPROVEN, f"not touched: {self.doubt}" if self.doubt else nameless))
        user = self._read("access_user_last", "users") or self._read("access_user_again", "users")
        planes = {
            "sessions": sessions_verdict(user, predicted=self._promised("access_sessions")),
            "selectors": self._selectors_verdict(),
            "seat": seat_verdict(user, predicted=self._promised("access_seat")),
            "access": self._as_others(self._access_verdict()),
        }
        if self.intent.selectors != "remove":
            planes["selectors"] = Verdict(NOT_APPLICABLE, "the e-mail stays in groups and policies, as leaver_access_selectors says")
        if self.intent.seat != "free":
            planes["seat"] = Verdict(NOT_APPLICABLE, "the seat is kept, as leaver_access_seat says")
        return planes

    def _selectors_verdict(self) -> Verdict:
        reading = self._named("access_named_again")
        stuck = self._stuck("access_named_again")
        return selectors_verdict(reading, stuck=stuck, predicted=self._promised("access_selectors"), shared=self._depending())

    def _stuck(self, step: str) -> list[Facts]:
        """What would include nobody without the e-mail, and shall not."""
        reading = self._named(step)
        return [thing for thing in reading.found if self._emptied(thing)] if reading else []

    def _depending(self) -> list[Facts]:
        """What may come to be stuck, because others leave it as well."""
        reading = self._named("access_named") if self.intent.on_empty == "refuse" else None
        return [thing for thing in reading.found if _id(thing) in self.shared and not self._emptied(thing)] if reading else []

    def why(self, step: str, result: Facts) -> str:
        """Why a step failed, in what is not told by a verdict already; "" if all of it is."""
        refused = result.get("refused") if step == "access_selectors" else None
        if not refused:
            return str(result.get("msg") or "the task failed")
        told = set(map(_id, self._stuck("access_named_again")))
        return "; ".join(f"{called(thing)}: {thing.get('reason')}" for thing in refused if _id(thing) not in told)

    def _access_verdict(self) -> Verdict:
        reading = self._read("access_decisions_again", "decisions")
        facts = self.intent.facts
        if not self.predicting or reading is None or reading.failure:
            return access_verdict(reading, facts=facts)
        supposed = reading.found
        if self._promised("access_selectors") and not self._stuck("access_named"):
            supposed = (self._first("access_decisions_again") or {}).get("supposed") or reading.found
        now = self._read("access_decisions", "decisions")  # what is given is true only once they have left
        if now and not now.failure:
            reading = replace(now, complete=now.complete and reading.complete)
        blocked = self.intent.block_group if self._promised("access_block") else ""
        return access_verdict(reading, supposed=supposed, blocked=blocked, shared=self._depending(), facts=facts)

    def _as_others(self, verdict: Verdict) -> Verdict:
        """Nothing is proven while another e-mail of the account lets the person in."""
        for result in self.results.get("access_others", ()) if verdict.verdict == PROVEN else ():
            email = str(result.get(self.target, {}).get("email", ""))
            decisions = None if result.get("failed") else result.get("decisions")
            read = Reading({"email": email}, decisions or (), "" if decisions is not None else str(result.get("msg") or "no answer"))
            told = access_verdict(replace(read, complete=not result.get("truncated")))
            if told.verdict == UNPROVEN:
                more = "another e-mail of the account; list the person once more, with it as email"
                return Verdict(UNPROVEN, f"{told.said} (as {email}, {more})", told.evidence)
        return verdict

    def _promised(self, step: str) -> bool:
        """In check mode, whether a module said that the run would change this."""
        return self.predicting and any(map(promised, self.results.get(step, ())))


def shared_by(sides: Iterable[AccessSide]) -> frozenset[str]:
    """The ids of what is to lose the e-mail of more than one of them. Somebody who is listed twice is one."""
    counted = Counter(thing for dummy, things in {(side.email.lower(), side.named_in) for side in sides} for thing in things)
    return frozenset(thing for thing, count in counted.items() if count > 1)


def _id(thing: Facts) -> str:
    return str(thing.get("id", ""))
