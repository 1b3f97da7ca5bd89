# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures that come close together, counted by the times in the log: neither a pause nor a restart of whoever counts changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from .timestamps import moment, spelled

MOST = 1_000  # times that are remembered, and therefore the most that can be counted


@dataclass(frozen=True)
class Burst:
    """times: when the failures were that count, in order. alarm: whether this one made them as many as are too many."""

    times: tuple[str, ...]
    alarm: bool


def burst(times: Sequence[str], timestamp: str, failures: int, within: timedelta) -> Burst:
    """Count one more failure. times: those that counted before. failures: so many within that time are too many, 1 to MOST.

    The alarm is raised once, until there are fewer again.
    """
    counted = sorted([*times, timestamp])
    try:
        oldest = spelled(moment(counted[-1]) - within)
    except OverflowError:  # the time before this is no date
        oldest = ""
    counted = [time for time in counted if time > oldest][-MOST:]
    fewer_before = len(times) < failures or len(counted) == 1  # the only one now: there was none a moment ago
    return Burst(tuple(counted), fewer_before and len(counted) >= failures)
