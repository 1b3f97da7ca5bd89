# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time zones by their IANA names, and when a day begins in one (https://www.iana.org/time-zones).

A day does not always begin at midnight. Where clocks go forward at midnight there is none (America/Sao_Paulo until 2018, Africa/Cairo);
where they go back past it there are two (America/St_Johns until 2011). Zones that moved over the date line left out a day (Pacific/Apia
2011-12-30) or had one twice (Pacific/Kwajalein 1969-09-30). So the beginning of a day is the first instant at which it is that day there, or a later one.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from ..errors import InvalidInput
from .problem import word
from .problems import UNKNOWN_TIME_ZONE, Unclear

UTC = "UTC"

# These follow the settings of the host, or count leap seconds: the same row would mean another instant elsewhere.
_OF_THE_HOST = ("localtime", "posixrules", "Factory")
_ANY = "Europe/London"  # every table of zones has it


@lru_cache(maxsize=1024)
def time_zone(name: str, field: str = "time_zone") -> tzinfo:
    """The zone of a name. field: what to call it in the message. Raises Unclear, and InvalidInput where the system has no table of zones."""
    if name == UTC:
        return timezone.utc
    found = None if name in _OF_THE_HOST or name.startswith("right/") else _looked_up(name)
    if found is None and _looked_up(_ANY) is None:
        raise InvalidInput(f"{field} {name!r} cannot be looked up: this host has no table of time zones; install tzdata (the system's package, or Python's)")
    if found is None:
        known = "use a name of the IANA table such as Europe/Vienna (some systems have older names such as US/Pacific in tzdata-legacy)"
        raise Unclear(UNKNOWN_TIME_ZONE, f"{field}{'' if ' ' in name else f' {word(name)}'} is not known; {known}")  # zones have no blanks, people do
    return found


def _looked_up(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not there; a directory, or too long; no name of a file
        return None


@lru_cache(maxsize=65536)
def beginning(day: date, zone: tzinfo) -> datetime:
    """The first instant, in UTC, at which the date in the zone is this one or a later one."""
    midnight = datetime.combine(day, time())
    try:
        first = midnight.replace(tzinfo=zone).astimezone(timezone.utc)
        if first.astimezone(zone).date() == day and first.astimezone(zone).time() == time():
            return first
        # The clocks jump over midnight. Before the jump, this one counts with the offset after it.
        early = midnight.replace(tzinfo=zone, fold=1).astimezone(timezone.utc)
    except OverflowError:  # at either end of the calendar
        return (datetime.min if day.year == 1 else datetime.max).replace(tzinfo=timezone.utc)
    low, high = 0, int((first - early).total_seconds())
    while low < high:
        middle = (low + high) // 2
        if (early + timedelta(seconds=middle)).astimezone(zone).date() >= day:
            high = middle
        else:
            low = middle + 1
    return early + timedelta(seconds=low)
