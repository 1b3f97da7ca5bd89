# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether everybody who left has a record that proves it, in time (ISO/IEC 27001 A.5.18, NIST SP 800-53 PS-4).

The population comes from outside, from HR: a ledger alone cannot show whom it never heard of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import InvalidInput
from ..instants import instant
from ..roster.person import GONE, is_of_a_roster, subject_of
from ..verdicts import NOT_APPLICABLE, PROVEN
from .given import spelled, text
from .lines import Entry
from .record import DONE, FAILED
from .sameness import LEFT_AT

COMPLETE = "complete"  # proven, in time
LATE = "late"  # proven, too late
DUE = "due"  # not proven, and the time is not over
UNPROVEN = "unproven"  # there are records, and the newest one does not prove it
MISSING = "missing"  # there is no record
GAPS = (LATE, UNPROVEN, MISSING)

_LEAVING = ("leaver", "deletion")  # kinds of records that are about somebody's leaving in any case
_COMING_BACK = ("joiner", "reinstate")
_RIGHT = (PROVEN, NOT_APPLICABLE, "not applicable")


@dataclass(frozen=True)
class Leaver:
    """Somebody of the population. left_at: when access had to end, "" if the source does not say; then nobody is late."""

    subject: str
    left_at: str


@dataclass
class _Found:
    """What the ledger says of one leaving."""

    records: list[int] = field(default_factory=list)
    proven_at: str = ""  # first
    newest: str = ""  # the stage of the newest record that is an end: done, or failed


def leavers(people: Sequence[Any]) -> list[Leaver]:
    """Those who left among people of a roster, and entries ``{subject, left_at}``, in one list or mixed. Raises InvalidInput."""
    found: dict[str, Leaver] = {}
    for number, entry in enumerate(people):
        where = f"people[{number}]"
        if is_of_a_roster(entry):
            if entry["phase"] not in GONE:
                continue
            user = entry["user"]
            subject = subject_of(user.get("external_id") or entry.get("key"), user.get("id"), user.get("user_name"))
        elif isinstance(entry, Mapping) and entry.keys() <= {"subject", LEFT_AT}:
            subject = text(entry.get("subject"), f"{where}.subject")
        else:
            raise InvalidInput(f"{where} is neither a person as roster_info returns them nor {{subject, left_at}}")
        if not subject:
            raise InvalidInput(f"{where} names nobody; give the subject of the records, which is the external_id of the person")
        left_at = spelled(entry[LEFT_AT], f"{where}.left_at") if entry.get(LEFT_AT) else ""
        if subject in found and found[subject].left_at != left_at:
            raise InvalidInput(f"{where}: {subject!r} left at {left_at or 'no time'} here and at {found[subject].left_at or 'no time'} before; give one")
        found[subject] = Leaver(subject, left_at)
    return list(found.values())


class Completeness:
    """Takes the records of a ledger one by one, and remembers what is about these people.

    people: see ``leavers``. sla: how long after left_at it has to be proven. at: the instant for which it is asked, aware.
    """

    def __init__(self, people: Iterable[Leaver], sla: timedelta, at: datetime) -> None:
        self._people = {person.subject: person for person in people}
        self._found: dict[str, _Found] = {}
        self._sla = sla
        self._at = at

    def feed(self, entry: Entry) -> None:
        """The next record of the ledger."""
        person = self._people.get(entry["subject"])
        if person is None:
            return
        if entry["kind"] in _COMING_BACK:
            if entry["stage"] == DONE and entry["operations"]:
                self._found.pop(person.subject, None)  # what was proven before is not so any more
            return
        if not _is_about(entry, person.left_at):
            return
        found = self._found.setdefault(person.subject, _Found())
        found.records.append(entry["number"])
        if entry["stage"] == DONE and _is_proof(entry):
            found.proven_at = found.proven_at or _proven_at(entry)
        if entry["stage"] in (DONE, FAILED):
            found.newest = DONE if entry["stage"] == DONE and _is_proof(entry) else FAILED

    def result(self) -> dict[str, Any]:
        """``complete``, ``counts`` by verdict, ``people`` and, of these, ``gaps``.

        Each has subject, left_at, verdict, proven_at, delay (seconds from left_at, less than 0 if it was before; ``None`` if there
        is none) and records (their numbers).
        """
        people = [self._judged(person, self._found.get(person.subject, _Found())) for person in self._people.values()]
        counts = dict.fromkeys((COMPLETE, *GAPS, DUE), 0)
        for person in people:
            counts[person["verdict"]] += 1
        gaps = [person for person in people if person["verdict"] in GAPS]
        return {"complete": not gaps, "counts": counts, "people": people, "gaps": gaps}

    def _judged(self, person: Leaver, found: _Found) -> dict[str, Any]:
        delay = _seconds(person.left_at, found.proven_at)
        if found.proven_at and found.newest == DONE:
            verdict = LATE if delay is not None and delay > self._sla.total_seconds() else COMPLETE
        elif person.left_at and _moment(person.left_at) + self._sla >= self._at:
            verdict = DUE
        else:
            verdict = UNPROVEN if found.records else MISSING
        shown = {"subject": person.subject, "left_at": person.left_at, "verdict": verdict}
        return {**shown, "proven_at": found.proven_at, "delay": delay, "records": found.records}


def _is_about(entry: Entry, left_at: str) -> bool:
    """Whether a record is about this leaving, and not about an earlier one of somebody who came back."""
    said = entry["times"].get(LEFT_AT, "")
    if not said and entry["kind"] not in _LEAVING:
        return False
    return not left_at or said == left_at or _moment(_proven_at(entry)) >= _moment(left_at)


def _is_proof(entry: Entry) -> bool:
    verdicts = [verdict.get("verdict") for verdict in entry["verdicts"].values()]
    return bool(verdicts) and all(verdict in _RIGHT for verdict in verdicts)


def _proven_at(entry: Entry) -> str:
    return str(entry["times"].get("proven_at") or entry["at"])


def _moment(time: str) -> datetime:
    found = instant(time)
    if found is None:  # the ledger was altered
        return datetime.min.replace(tzinfo=timezone.utc)
    seconds, fraction = found
    return seconds + timedelta(microseconds=int(fraction[:6].ljust(6, "0")) if fraction else 0)


def _seconds(begin: str, end: str) -> float | None:
    return (_moment(end) - _moment(begin)).total_seconds() if begin and end else None
