# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Points in time as logs write them, in one spelling: UTC, milliseconds, ``Z``. That spelling sorts as time does."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta, timezone
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

# RFC 3339, and what loggers make of it: a space for the T, a comma before the fraction, up to nine digits and more, no colon in the offset.
_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt _](\d\d:\d\d):(\d\d)(?:[.,](\d{1,12}))?\s?([Zz]|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?", re.ASCII)
# A number is seconds up to here (year 5138), then milliseconds, microseconds, nanoseconds: the ranges of real dates do not meet.
_LARGEST_SECONDS = 10**11


def timestamp(value: Any) -> str:
    """A point in time as ``2026-11-24T10:00:00.123Z``, "" if the value names none. What is finer than milliseconds is cut off.

    value: an RFC 3339 text and its common variants (UTC where it has no zone), or a number since 1970 in seconds, milli-, micro- or
    nanoseconds, also as a text.
    """
    if isinstance(value, str):
        value = value.strip()
        found = _DATE_TIME.fullmatch(value)
        if found:
            return _from_parts(*found.groups())
        if _NUMBER.fullmatch(value):
            return _from_number(float(value) if "." in value else int(value))
        return _from_parts(value, "00:00", "00", None, None) if _DATE.fullmatch(value) else ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value)
    return ""


def leading_timestamp(text: str) -> tuple[str, int]:
    """The point in time with which a line of a log begins, and where the rest begins; ("", 0) if it begins otherwise."""
    start = 1 if text[:1] == "[" else 0
    found = _DATE_TIME.match(text, start)
    if not found:
        return "", 0
    moment = _from_parts(*found.groups())
    return (moment, found.end()) if moment else ("", 0)


def spelled(moment: datetime) -> str:
    """An aware datetime in the spelling of events."""
    plain = moment.astimezone(timezone.utc)
    return f"{plain.year:04d}-{plain:%m-%dT%H:%M:%S}.{plain.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """The datetime of a timestamp in the spelling of events. Raises ValueError for another text."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _from_parts(date: str, minutes: str, seconds: str, fraction: str | None, zone: str | None) -> str:
    seconds = "59" if seconds == "60" else seconds  # RFC 3339 allows leap seconds, datetime does not
    try:
        plain = datetime.fromisoformat(f"{date}T{minutes}:{seconds}")
        if zone and zone[0] in "+-":
            hours = int(zone[1:3])
            offset = timedelta(hours=hours, minutes=int(zone[-2:]) if len(zone) > 3 else 0)
            plain = plain - offset if zone[0] == "+" else plain + offset
            date, minutes, seconds = f"{plain.year:04d}-{plain:%m-%d}", f"{plain:%H:%M}", f"{plain:%S}"
    except (ValueError, OverflowError):
        return ""
    return f"{date}T{minutes}:{seconds}.{(fraction or '')[:3].ljust(3, '0')}Z"


def _from_number(value: float) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    scale = 1
    while abs(value) >= _LARGEST_SECONDS * scale and scale < 10**9:
        scale *= 1000
    try:
        return spelled(EPOCH + timedelta(milliseconds=_milliseconds(value, scale)))
    except OverflowError:
        return ""


def _milliseconds(value: float, scale: int) -> int:
    """Whole milliseconds, without what binary fractions lose: 0.123 times 1000 may be less than 123."""
    if isinstance(value, int):
        return value * 1000 // scale
    whole, dummy, fraction = repr(abs(value)).partition(".")
    if scale > 1 or not (whole + fraction).isdigit():
        return math.floor(value * 1000 / scale)
    exact = int(whole) * 1000 + int(fraction[:3].ljust(3, "0"))
    return -exact if value < 0 else exact
