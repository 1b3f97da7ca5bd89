# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long an account is kept after its person left, and what that says of it at one instant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from ..errors import InvalidInput
from ..instants import Instant, instant

_SPAN = re.compile(r"(\d{1,5})\s*([hdw])", re.ASCII)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}

NEVER = "the account is kept: leaver_retention is empty"


def written(point: Instant) -> str:
    """A point in time as options and results have it, in whole seconds of UTC."""
    return point[0].strftime("%Y-%m-%dT%H:%M:%SZ")


def later(text: str, seconds: float) -> str:
    """An instant some seconds after the one that a text names, "" if it names none."""
    start = instant(text)
    return written((start[0] + timedelta(seconds=seconds), "")) if start else ""


def retention_of(text: str) -> timedelta | None:
    """``30d``, ``4w`` or ``12h`` as a span of time, ``None`` for no text: never. Raises InvalidInput."""
    if not text.strip():
        return None
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise InvalidInput(f"leaver_retention is {text!r}; give a number and d, w or h, such as 30d, or nothing to keep accounts for ever")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@dataclass(frozen=True)
class Deletion:
    """Whether an account is to be deleted. said: why not, for people. at: when it is due, "" if never. held: a legal hold is the reason."""

    due: bool
    said: str = ""
    at: str = ""
    held: bool = False


def deletion(*, mode: str, retention: timedelta | None, left_at: str, legal_hold: bool, active: bool | None, now: str) -> Deletion:
    """What is to happen to an account at one instant.

    mode: ``leaver_mode``. active: what the account was found to be before anything was done, ``None`` if that is not shown or there is
    none. now: the instant. An account that is not seen to be inactive is never deleted because its time is over: it may be in use again.
    """
    if legal_hold:
        return Deletion(False, "the account is kept: legal hold", held=True)
    if mode != "deactivate":
        return Deletion(True, at=now)
    if retention is None:
        return Deletion(False, NEVER)
    left, today = instant(left_at), instant(now)
    if left is None or today is None:
        return Deletion(False, "the account is kept: without left_at, nobody can tell when leaver_retention is over")
    try:
        end = (left[0] + retention, left[1])
    except OverflowError:
        return Deletion(False, NEVER)
    at = written(end)
    if end > today:
        return Deletion(False, f"the account is kept until {at}", at)
    if active is not False:
        return Deletion(False, f"due since {at}, but the account was in use until now; the next run that finds it inactive deletes it", at)
    return Deletion(True, at=at)
