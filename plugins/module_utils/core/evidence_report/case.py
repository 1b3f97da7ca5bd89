# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One leaving of one person, from what the ledger holds: is access proven gone, since when, and was that in time?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..page.text import moment
from .line import NOT_APPLICABLE, PROVEN, Line, is_proven

NOTHING = "nothing"  # no plane applies: there was nothing to revoke
UNPROVEN = "unproven"
REFUSED = "refused"
BEGUN = "begun"  # planned, and no outcome is recorded
NO_RECORD = "no_record"  # the roster says that they left, the ledger says nothing
OPEN = (UNPROVEN, REFUSED, BEGUN, NO_RECORD)

KEPT = "kept"
MISSED = "missed"
DUE = "due"  # not proven, and there is time left
UNKNOWN = "unknown"  # nobody told when the person left


@dataclass
class Case:
    """Somebody's leaving. It ends when they are let in again; what comes after that is another.

    first: the number of its first record, 0 if the ledger has none. planes: the last verdict on each and why; a plane that a later
    record does not name keeps the one it had. proven_since: since when what proves it has held without a doubt.
    records: number, instant and digest of each.
    """

    subject: str
    first: int = 0
    state: str = NO_RECORD
    left_at: datetime | None = None
    begun_at: datetime | None = None
    proven_since: datetime | None = None
    doubted: int = 0  # how often it was not proven any more
    note: str = ""
    planes: dict[str, tuple[str, str]] = field(default_factory=dict)
    records: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def at(self) -> datetime | None:
        """By what it belongs to a period: the HR event, or the first record where no event is told."""
        return self.left_at or self.begun_at

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def take(self, line: Line) -> None:
        """Go on with the next record about the person's leaving."""
        self.records.append((line.number, line.at, line.digest))
        self.begun_at = self.begun_at or line.when
        self.left_at = moment(line.times.get("left_at")) or self.left_at
        self.planes.update(line.verdicts)
        if line.stage in ("planned", "refused") and self.state in (PROVEN, NOTHING) and not self.doubts():
            return  # that somebody wants more, or may not have it, does not give access back
        if line.stage == "planned":
            self.state = BEGUN
            return
        self.note = line.note
        state = self._judged(line)
        if state == PROVEN:
            self.proven_since = self.proven_since or line.proven_at
        elif self.proven_since:
            self.proven_since = None
            self.doubted += 1
        self.state = state

    def _judged(self, line: Line) -> str:
        if line.stage == "refused":
            return REFUSED
        if is_proven(line.stage, self.planes):
            return PROVEN
        said = {verdict for verdict, dummy in self.planes.values()}
        return NOTHING if line.stage == "done" and said == {NOT_APPLICABLE} else UNPROVEN

    def seconds(self) -> float | None:
        """From the HR event to the proof that holds; what was proven before the event took no time."""
        if self.state != PROVEN or self.proven_since is None or self.left_at is None:
            return None
        return max(0.0, (self.proven_since - self.left_at).total_seconds())

    def in_time(self, allowed: timedelta, as_of: datetime | None) -> str:
        """Whether the service level was kept: KEPT, MISSED, DUE, UNKNOWN; "" where there was nothing to revoke."""
        if self.state == NOTHING:
            return ""
        if self.left_at is None:
            return UNKNOWN
        seconds = self.seconds()
        if seconds is not None:
            return KEPT if seconds <= allowed.total_seconds() else MISSED
        return MISSED if as_of and as_of - self.left_at > allowed else DUE

    def doubts(self) -> list[tuple[str, str]]:
        """The planes that are not proven, and why."""
        return [(plane, why) for plane, (verdict, why) in self.planes.items() if verdict not in (PROVEN, NOT_APPLICABLE)]
