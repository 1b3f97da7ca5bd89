# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who joined, moved, left and was let in again over time: by day, week, month or year, whichever a person can still tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from ..page.text import MONTHS

KINDS = ("joiner", "mover", "leaver", "reinstate")
_MOST = 40  # bars side by side on a phone


def periods(events: Iterable[tuple[str, str, date]], first: date | None = None, last: date | None = None) -> list[dict[str, Any]]:
    """Steps without a gap, each ``{"begin", "label", "unit", "joiner", "mover", "leaver", "reinstate"}``; somebody counts once a step.

    events: (kind, subject, day). first, last: the days that the report is about, if they are known.
    """
    found = [event for event in events if event[0] in KINDS]
    days = [day for *dummy, day in found] + [day for day in (first, last) if day]
    if not found:
        return []
    begin, end = min(days), max(days)
    unit = _unit(begin, end)
    steps: dict[date, dict[str, set[str]]] = {}
    at: date | None = None
    after = _floor(begin, unit)
    while after != at and after <= end:  # the calendar ends
        steps[after] = {kind: set() for kind in KINDS}
        at, after = after, _next(after, unit)
    for kind, subject, day in found:
        steps[_floor(day, unit)][kind].add(subject)
    return [_step(at, unit, step) for at, step in steps.items()]


def _step(at: date, unit: str, step: Mapping[str, set[str]]) -> dict[str, Any]:
    return {"begin": at.isoformat(), "label": _label(at, unit), "unit": unit, **{kind: len(who) for kind, who in step.items()}}


def _unit(begin: date, end: date) -> str:
    days = (end - begin).days
    for unit, length in (("day", 1), ("week", 7), ("month", 30)):
        if days < _MOST * length:
            return unit
    return "year"


def _floor(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=min(day.weekday(), (day - date.min).days))
    return day.replace(month=1, day=1) if unit == "year" else day.replace(day=1) if unit == "month" else day


def _next(day: date, unit: str) -> date:
    """The begin of the step after, or the same day if the calendar ends with it."""
    try:
        if unit == "year":
            return day.replace(year=day.year + 1)
        if unit == "month":
            return (day + timedelta(days=31)).replace(day=1)
        return day + timedelta(days=7 if unit == "week" else 1)
    except (ValueError, OverflowError):
        return day


def _label(day: date, unit: str) -> str:
    if unit == "year":
        return str(day.year)
    month = MONTHS[day.month - 1]
    return f"{month} {day.year}" if unit == "month" else f"{day.day} {month} {day.year}"
