# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which records of a ledger somebody asks for."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .lines import Entry


def micro(moment: datetime) -> str:
    """An aware datetime as records have it in ``at``: UTC, microseconds. That spelling sorts as time does."""
    plain = moment.astimezone(timezone.utc)
    return f"{plain.year:04d}-{plain:%m-%dT%H:%M:%S}.{plain.microsecond:06d}Z"


@dataclass
class Selection:
    """What is empty asks for all.

    kinds, stages, subjects: one of each. since, until: ``at``, see ``micro``; a record at since belongs to it, one at until does
    not. run, by: the run's id, and who ran it. newest: how many are kept, the newest ones; 0 for all.
    matched: how many there are. records: those that are kept, the oldest first.
    """

    kinds: Sequence[str] = ()
    stages: Sequence[str] = ()
    subjects: Sequence[str] = ()
    since: str = ""
    until: str = ""
    run: str = ""
    by: str = ""
    newest: int = 0
    matched: int = 0
    records: deque[Entry] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.records = deque(maxlen=self.newest or None)
        self._wanted = {name: frozenset(values) for name, values in self._lists() if values}

    def feed(self, entry: Entry) -> None:
        """The next record of the ledger."""
        if self.matches(entry):
            self.matched += 1
            self.records.append(entry)

    def matches(self, entry: Entry) -> bool:
        return (
            all(entry[name] in values for name, values in self._wanted.items())
            and (not self.since or entry["at"] >= self.since)
            and (not self.until or entry["at"] < self.until)
            and (not self.run or entry["run"].get("id") == self.run)
            and (not self.by or entry["run"].get("by") == self.by)
        )

    def _lists(self) -> list[tuple[str, Sequence[str]]]:
        return [("kind", self.kinds), ("stage", self.stages), ("subject", self.subjects)]
