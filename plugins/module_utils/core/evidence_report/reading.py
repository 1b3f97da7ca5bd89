# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All records, one after the other, as a report needs them: leavings, others' outcomes, what was changed, and by whom.

What is kept grows with people and runs, and of each record about a leaver holds its number and digest: a ledger of years fits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ..approval import same_person
from ..ledger.leaving import Leavings
from ..ledger.line import NOT_APPLICABLE, PROVEN, Line, line_of
from ..ledger.sameness import COMING_BACK
from .options import Options

LEAVER = "leaver"
PEOPLE = ("joiner", "mover", "reinstate", "deletion")

SELF_APPROVED = "self_approved"
NOT_APPROVED = "not_approved"


@dataclass
class Outcome:
    """The last record of one kind about one person who did not leave. days: on which it was done."""

    kind: str
    subject: str
    line: Line = field(default_factory=Line)
    days: set[date] = field(default_factory=set)

    @property
    def problem(self) -> str:
        """Why somebody should look at it, "" if nobody has to."""
        planes = ", ".join(plane for plane, (verdict, dummy) in self.line.verdicts.items() if verdict not in (PROVEN, NOT_APPLICABLE))
        if self.line.stage == "planned":
            return "begun, and no outcome is recorded"
        if self.line.stage in ("failed", "refused"):
            return f"{self.line.stage}{f': {planes} not proven' if planes else ''}"
        return f"done, {planes} not proven" if planes else ""


@dataclass
class Run:
    """What one job did, for whom, with whose approval. flag: SELF_APPROVED, NOT_APPROVED or ""; what changed nothing needs none."""

    id: str
    by: str
    requested_by: str
    approved_by: str
    begun: str = ""
    ended: str = ""
    records: int = 0
    operations: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def flag(self) -> str:
        if not self.operations:
            return ""
        if not self.approved_by.strip():
            return NOT_APPROVED
        return SELF_APPROVED if same_person(self.requested_by, self.approved_by) else ""


@dataclass
class Reading:
    """What was read so far. entered: who was let in, or was there already."""

    options: Options
    records: int = 0
    later: int = 0  # after the report's time
    first_at: str = ""
    last_at: str = ""
    last: datetime | None = None
    leavings: Leavings = field(default_factory=Leavings)
    entered: set[str] = field(default_factory=set)
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    stages: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind, stage)
    operations: Counter[tuple[str, str]] = field(default_factory=Counter)  # (plane, verb), of what was done
    runs: dict[tuple[str, str, str, str], Run] = field(default_factory=dict)

    def take(self, given: Any) -> tuple[Line, int]:
        """Read the next line. Returns the record, and of the leaving that it is about the number of the first record.

        The number is 0 where it is about none, or about one that does not belong to the report.
        """
        line = line_of(given)
        if self.options.is_later(line.when):
            self.later += 1
            return line, 0
        self.records += 1
        self.first_at = self.first_at or line.at
        if line.when and (self.last is None or line.when >= self.last):
            self.last, self.last_at = line.when, line.at
        number = self._people(line)
        if self.options.holds(line.when):
            self._changes(line)
        return line, number

    def holds(self, line: Line, leaving: int) -> bool:
        """Whether a record belongs to the report: by its time, or because it is about a leaving that does."""
        return not self.options.is_later(line.when) and (bool(leaving) or self.options.holds(line.when))

    def _people(self, line: Line) -> int:
        """Leavings are followed through the whole ledger: a proof that came after the period is one all the same."""
        leaving = self.leavings.take(line)
        if line.kind in COMING_BACK and line.stage in ("done", "failed"):
            self.entered.add(line.subject)
        return leaving.first if leaving and self.options.holds(leaving.at) else 0

    def _changes(self, line: Line) -> None:
        self.stages[line.kind, line.stage] += 1
        if line.stage in ("done", "failed"):
            self.operations.update((plane, verb) for plane, verb, dummy in line.operations)
        if line.kind in PEOPLE:
            outcome = self.outcomes.setdefault((line.kind, line.subject), Outcome(line.kind, line.subject))
            outcome.line = line
            if line.when and line.stage == "done" and line.wrote:
                outcome.days.add(line.when.date())
        key = (line.run, line.run_by, line.requested_by, line.approved_by)
        run = self.runs.get(key)
        if run is None:
            run = self.runs[key] = Run(*key, begun=line.at)
        run.ended = line.at
        run.records += 1
        run.operations += len(line.operations)
        run.kinds[line.kind] += 1
