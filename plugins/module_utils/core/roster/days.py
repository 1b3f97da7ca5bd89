# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Days, instants and durations as people and HR systems write them (ISO 8601, RFC 3339)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any

from ..errors import InvalidInput
from .problems import UNREADABLE_DATES, Unclear
from .zones import beginning

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,9})\s*([smhdw]?)", re.ASCII | re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks", "": "days"}

_NO_DATE = date.min  # 0001-01-01 is how some sources write that there is none
_FOR_EVER = date.max  # 9999-12-31 is how some say that there is no end
_A_DAY = timedelta(days=1)
_FIRST = datetime.min.replace(tzinfo=timezone.utc)


def instant_of(text: str, option: str = "instant") -> datetime:
    """The instant that an option names, in UTC: ``2026-11-30T23:00:00Z``, or with an offset. Raises InvalidInput."""
    found = _instant(text)
    if found is None:
        raise InvalidInput(f"{option} is {text!r}; write an instant with its zone, such as 2026-11-30T23:00:00Z or 2026-12-01T00:00:00+01:00")
    return found


def shown(instant: datetime | None) -> str:
    """An instant as results have it, in UTC and whole seconds; "" if there is none."""
    return "" if instant is None else instant.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def begins(field: str, text: str, zone: tzinfo) -> datetime | None:
    """When what is dated so begins: an instant then, a day at its beginning in the zone. ``None`` if there is no date. Raises Unclear."""
    return _read(field, text, zone, timedelta(0))


def ends(field: str, text: str, zone: tzinfo) -> datetime | None:
    """When what is dated so is over: an instant then, a day at its end in the zone. ``None`` if there is no date, or it is 9999-12-31. Raises Unclear."""
    return _read(field, text, zone, _A_DAY)


def before(instant: datetime, span: timedelta) -> datetime:
    """So much earlier, and not before the calendar begins."""
    return instant - span if instant - _FIRST >= span else _FIRST


def _read(field: str, text: str, zone: tzinfo, later: timedelta) -> datetime | None:
    text = text.strip()
    if not text:
        return None
    found = _instant(text)
    if found is not None:
        return found
    day = _day(text)
    if day is None:
        raise Unclear(UNREADABLE_DATES, f"{field} is neither a day such as 2026-11-30 nor an instant with its zone such as 2026-11-30T23:00:00Z")
    if day == _NO_DATE or later and day == _FOR_EVER:
        return None
    return beginning(day + later, zone)


def _instant(text: str) -> datetime | None:
    found = _INSTANT.fullmatch(text.strip())
    if not found:
        return None
    day, clock, offset = found.groups()
    clock += "" if clock.count(":") > 1 else ":00"
    try:
        return datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset in 'zZ' else offset}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def duration(option: str, value: Any) -> timedelta:
    """How long an option says: ``24h``, ``14d``; a number alone is of days. Raises InvalidInput."""
    found = None if isinstance(value, bool) else _DURATION.fullmatch(str(value).strip())
    try:
        if found:
            return timedelta(**{_UNITS[found[2].lower()]: int(found[1])})
    except OverflowError:
        pass
    raise InvalidInput(f"{option} is {value!r}; write a duration such as 24h or 14d")
