# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report is about: which time, by which rule, under which names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import InvalidInput
from ..events.selection import span
from ..instants import moment

LARGEST_SAMPLE = 1_000
_ANY = datetime(2026, 1, 1, tzinfo=timezone.utc)  # what a span is counted from, which makes no difference


@dataclass(frozen=True)
class Options:
    """since, until: what belongs to the report, from since on and before until; ``None`` for no bound. as_of: records after it are
    left out; ``None`` for the time of the last one. sla: how long it may take from the HR event to the proof. seed: "" for the
    digest of the last record. names: by subject.
    """

    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    sla: timedelta = timedelta(hours=24)
    sample: int = 25
    seed: str = ""
    title: str = "Joiners, movers and leavers"
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_options(cls, get: Callable[[str], Any]) -> Options:
        """Of a task's options. Raises InvalidInput."""
        since, until, as_of = (_instant(get(name), name) for name in ("since", "until", "instant"))
        if since and until and since >= until:
            raise InvalidInput(f"since: {get('since')} is not before until, which is {get('until')}")
        if since and as_of and since >= as_of:
            raise InvalidInput(f"since: {get('since')} is not before instant, which is {get('instant')}")
        sample = get("sample")
        if not 0 <= sample <= LARGEST_SAMPLE:
            raise InvalidInput(f"sample is {sample}; choose a number from 0 to {LARGEST_SAMPLE:,}")
        names = {str(subject): str(name) for subject, name in (get("names") or {}).items() if name}
        sla = span(get("sla"), _ANY, "sla")
        if sla is None or sla <= timedelta(0):
            raise InvalidInput(f"sla is {str(get('sla'))[:40]!r}; say how long after somebody left it may take, as in 24h")
        return cls(since, until, as_of, sla, sample, get("seed") or "", get("title") or cls.title, names)

    def holds(self, when: datetime | None) -> bool:
        """Whether what happened then belongs to the report; what has no time does, so that it is not lost."""
        return when is None or ((self.since is None or when >= self.since) and (self.until is None or when < self.until))

    def is_later(self, when: datetime | None) -> bool:
        """Whether a record is from after the report's time."""
        return bool(self.as_of and when and when > self.as_of)


def _instant(text: Any, option: str) -> datetime | None:
    if not text:
        return None
    found = moment(str(text).strip())
    if found is None:
        raise InvalidInput(f"{option} is {str(text)[:40]!r}, which is no point in time; write it as 2026-11-24T10:00:00Z")
    return found
