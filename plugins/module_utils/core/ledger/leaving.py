# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Leavings, from what the ledger holds: is access proven gone, since when, and was that in time?

The one rule for it. Whoever judges a leaver, for a page or for a task, asks here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..instants import moment
from .line import NOT_APPLICABLE, PROVEN, Line, is_proven
from .record import DONE, FAILED, PLANNED
from .record import REFUSED as STAGE_REFUSED
from .sameness import COMING_BACK, LEFT_AT

NOTHING = "nothing"  # no plane applies: there was nothing to revoke
UNPROVEN = "unproven"
REFUSED = "refused"
BEGUN = "begun"  # planned, and no outcome is recorded
NO_RECORD = "no_record"  # the roster says that they left, the ledger says nothing
RETURNED = "returned"  # let in again before it was proven
OPEN = (UNPROVEN, REFUSED, BEGUN, NO_RECORD)

KEPT = "kept"
MISSED = "missed"
DUE = "due"  # not proven, and there is time left
UNKNOWN = "unknown"  # nobody told when the person left


@dataclass
class Leaving:
    """One leaving of one person. It ends when they are let in again; what comes after that is another.

    first: the number of its first record, 0 if the ledger has none. left_at: the HR event, by the newest record that tells it, or by
    the roster; told_at: by the records only. planes: the last verdict on each and why; a plane that a later record does not name
    keeps the one it had. proofs: when it was proven, since it was doubted last. newest: when its newest record was true.
    back_at: when they were let in again. records: number, instant and digest of each.
    """

    subject: str
    first: int = 0
    state: str = NO_RECORD
    left_at: datetime | None = None
    told_at: datetime | None = None
    begun_at: datetime | None = None
    newest: datetime | None = None
    back_at: datetime | None = None
    proofs: list[datetime] = field(default_factory=list)
    doubted: int = 0  # how often it was not proven any more
    note: str = ""
    planes: dict[str, tuple[str, str]] = field(default_factory=dict)
    records: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def at(self) -> datetime | None:
        """By what it belongs to a period: the HR event of the records, or the first of them where no event is told."""
        return self.told_at or self.begun_at or self.left_at

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def proven_since(self) -> datetime | None:
        """Since when what proves it has held without a doubt."""
        return self.proofs[0] if self.state == PROVEN and self.proofs else None

    def take(self, line: Line) -> None:
        """Go on with the next record about the person's leaving."""
        self.records.append((line.number, line.at, line.digest))
        self.begun_at = self.begun_at or line.when
        self.newest = line.proven_at or self.newest
        self._move(moment(line.times.get(LEFT_AT)))
        self.planes.update(line.verdicts)
        if line.stage in (PLANNED, STAGE_REFUSED) and self.state in (PROVEN, NOTHING) and not self.doubts():
            return  # that somebody wants more, or may not have it, does not give access back
        state = self._judged(line)
        if state == PROVEN and line.proven_at:
            self.proofs.append(line.proven_at)
        elif self.proofs:
            self.proofs = []
            self.doubted += 1
        self.state = state
        if line.stage != PLANNED:
            self.note = line.note

    def end(self, line: Line) -> None:
        """They were let in again."""
        self.back_at = line.when
        if self.is_open:
            self.state = RETURNED

    def is_about(self, left_at: datetime | None) -> bool:
        """Whether it is the leaving that HR means: it tells the same event, or something about it was found out after that."""
        return left_at is None or self.told_at == left_at or (self.newest is not None and self.newest >= left_at)

    def believe(self, left_at: datetime | None) -> None:
        """HR says when it was. Of what was proven before, only what was proven for that very event counts."""
        if left_at is None:
            return
        self.left_at = left_at
        if self.told_at != left_at:
            self.proofs = [proof for proof in self.proofs if proof >= left_at]
            if self.state == PROVEN and not self.proofs:
                self.state = UNPROVEN

    def _move(self, told: datetime | None) -> None:
        """What was proven before another, later event was proven for the one before."""
        if told is None or told == self.told_at:
            return
        if self.told_at is not None:
            self.proofs = [proof for proof in self.proofs if proof >= told]
            if not self.proofs and self.state in (PROVEN, NOTHING):
                self.state, self.planes = UNPROVEN, {}
        self.told_at = self.left_at = told

    def _judged(self, line: Line) -> str:
        if line.stage in (PLANNED, STAGE_REFUSED):
            return BEGUN if line.stage == PLANNED else REFUSED
        if is_proven(line.stage, self.planes):
            return PROVEN
        said = {verdict for verdict, dummy in self.planes.values()}
        return NOTHING if line.stage == DONE and said == {NOT_APPLICABLE} else UNPROVEN

    def delay(self) -> float | None:
        """Seconds from the HR event to the proof that holds, less than 0 if it was proven before; ``None`` if one is not known."""
        since = self.proven_since
        return (since - self.left_at).total_seconds() if since and self.left_at else None

    def seconds(self) -> float | None:
        """The same, where what was proven before the event took no time."""
        delay = self.delay()
        return None if delay is None else max(0.0, delay)

    def in_time(self, allowed: timedelta, as_of: datetime | None) -> str:
        """Whether the service level was kept: KEPT, MISSED, DUE, UNKNOWN; "" where there was nothing to revoke, or not any more."""
        if self.state == NOTHING:
            return ""
        if self.left_at is None:
            return "" if self.state == RETURNED else UNKNOWN
        delay = self.delay()
        if delay is not None:
            return KEPT if delay <= allowed.total_seconds() else MISSED
        until = self.back_at if self.state == RETURNED else as_of
        if until is None or until - self.left_at > allowed:
            return MISSED  # also where nobody knows what time it is: the ledger is empty
        return "" if self.state == RETURNED else DUE

    def doubts(self) -> list[tuple[str, str]]:
        """The planes that are not proven, and why."""
        return [(plane, why) for plane, (verdict, why) in self.planes.items() if verdict not in (PROVEN, NOT_APPLICABLE)]


class Leavings:
    """Takes the records of a ledger one by one. all: every leaving, in the order of the ledger. open: by person, the one that has not ended."""

    def __init__(self) -> None:
        self.all: list[Leaving] = []
        self.open: dict[str, Leaving] = {}

    def take(self, line: Line) -> Leaving | None:
        """The next record. Returns the leaving that it is about, ``None`` if it is about none."""
        leaving = self.open.get(line.subject)
        if comes_back(line):
            if leaving:
                leaving.end(line)
                del self.open[line.subject]
            return None
        if not self._is_about_a_leaving(line):
            return None
        if leaving is None or _begins_another(leaving, line):
            leaving = self.open[line.subject] = Leaving(line.subject, first=line.number)
            self.all.append(leaving)
        leaving.take(line)
        return leaving

    def of(self, subject: str, left_at: datetime | None) -> Leaving | None:
        """What the ledger says of somebody who left then, by HR; ``None`` if it says nothing of that, but of an earlier leaving at most."""
        leaving = self.open.get(subject)
        if leaving is None or not leaving.is_about(left_at):
            return None
        leaving.believe(left_at)
        return leaving

    def _is_about_a_leaving(self, line: Line) -> bool:
        """Leavers, whatever tells when somebody had to be gone, and what is deleted of them afterwards."""
        if line.kind == "leaver":
            return True
        return line.kind not in COMING_BACK and (LEFT_AT in line.times or (line.kind == "deletion" and line.subject in self.open))


def comes_back(line: Line) -> bool:
    """Whether somebody was let in again: also where that failed, as long as something was written. Who is let in again has not left any more."""
    return line.kind in COMING_BACK and line.stage in (DONE, FAILED) and line.wrote


def _begins_another(leaving: Leaving, line: Line) -> bool:
    """Whether somebody leaves anew who was proven gone, and whose coming back nobody recorded: there is something to take again, for a later event."""
    told, since = moment(line.times.get(LEFT_AT)), leaving.proven_since
    return bool(line.wrote and line.kind != "deletion" and told and since and leaving.told_at and told > leaving.told_at and told > since)
