# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether everybody who left has a record that proves it, in time (ISO/IEC 27001 A.5.18, NIST SP 800-53 PS-4).

The population comes from outside, from HR: a ledger alone cannot show whom it never heard of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..errors import InvalidInput
from ..instants import moment
from ..roster.person import GONE, is_of_a_roster, subject_of
from .given import spelled, text
from .leaving import DUE as STILL_DUE
from .leaving import MISSED, Leaving, Leavings
from .line import line_of
from .lines import Entry
from .sameness import LEFT_AT

COMPLETE = "complete"  # proven, in time
LATE = "late"  # proven, too late
DUE = "due"  # not proven, and the time is not over
UNPROVEN = "unproven"  # there are records, and they do not prove it
MISSING = "missing"  # there is no record
GAPS = (LATE, UNPROVEN, MISSING)


@dataclass(frozen=True)
class Leaver:
    """Somebody of the population. left_at: when access had to end, "" if the source does not say; then that of the records counts."""

    subject: str
    left_at: str


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
    """Takes the records of a ledger one by one, and remembers what is about these people. The rule is that of ``leaving``.

    people: see ``leavers``. sla: how long after left_at it has to be proven. at: the instant for which it is asked, aware.
    """

    def __init__(self, people: Iterable[Leaver], sla: timedelta, at: datetime) -> None:
        self._people = {person.subject: person for person in people}
        self._leavings = Leavings()
        self._sla = sla
        self._at = at

    def feed(self, entry: Entry) -> None:
        """The next record of the ledger."""
        if entry["subject"] in self._people:
            self._leavings.take(line_of(entry))

    def result(self) -> dict[str, Any]:
        """``complete``, ``counts`` by verdict, ``people`` and, of these, ``gaps``.

        Each has subject, left_at, verdict, proven_at (since when it has been proven without a doubt), delay (seconds from left_at, less
        than 0 if it was before; ``None`` if there is none) and records (their numbers).
        """
        people = [self._judged(person) for person in self._people.values()]
        counts = dict.fromkeys((COMPLETE, *GAPS, DUE), 0)
        for person in people:
            counts[person["verdict"]] += 1
        gaps = [person for person in people if person["verdict"] in GAPS]
        return {"complete": not gaps, "counts": counts, "people": people, "gaps": gaps}

    def _judged(self, person: Leaver) -> dict[str, Any]:
        left_at = moment(person.left_at)
        found = self._leavings.of(person.subject, left_at) or Leaving(person.subject, left_at=left_at)
        in_time = found.in_time(self._sla, self._at)
        if not found.is_open:
            verdict = LATE if in_time == MISSED else COMPLETE
        elif in_time == STILL_DUE:
            verdict = DUE
        else:
            verdict = UNPROVEN if found.records else MISSING
        since = found.proven_since
        return {
            "subject": person.subject,
            "left_at": spelled(found.left_at, LEFT_AT) if found.left_at else "",
            "verdict": verdict,
            "proven_at": spelled(since, "proven_at") if since else "",
            "delay": found.delay(),
            "records": [number for number, dummy, dummy in found.records],
        }
