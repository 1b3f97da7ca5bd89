# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events counted over time: as many equal steps as a person can still tell apart in a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

_MOST = 48
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)
MONDAY = datetime(2001, 1, 1, tzinfo=timezone.utc)  # from where steps are counted, so that those of a week begin with its first day


def step(since: datetime, until: datetime) -> timedelta:
    """How long one step is: the shortest round time of which not too many fit between the two."""
    for minutes in _MINUTES:
        if (until - since) <= timedelta(minutes=minutes) * _MOST:
            return timedelta(minutes=minutes)
    return timedelta(minutes=_MINUTES[-1])


def timeline(events: Iterable[Mapping[str, Any]], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """One entry for each step, also where nothing happened: ``{"since", "minutes", "success", "failure", "other"}``.

    events: with ``at``, the point in time. Steps begin at round times, so the first may begin before since.
    """
    size = step(since, until)
    first = since - (since - MONDAY) % size
    number = max(1, -((first - until) // size))
    found = [
        {
            "since": (first + size * index).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "minutes": int(size.total_seconds() // 60),
            "success": 0,
            "failure": 0,
            "other": 0,
        }
        for index in range(number)
    ]
    for event in events:
        index = min((event["at"] - first) // size, number - 1)
        if index >= 0:
            status = event.get("status")
            found[index][status if status in ("success", "failure") else "other"] += 1
    return found
