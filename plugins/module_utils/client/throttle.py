# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a request may be sent: one gate for all threads of a task, and one time budget."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ..core.errors import OutOfTime


class Clock:
    """Time, so that tests can bring their own."""

    def now(self) -> float:
        """Seconds on a clock that never jumps."""
        return time.monotonic()

    def today(self) -> datetime:
        """The date, for Retry-After headers that name one."""
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def jitter(self) -> float:
        """A factor between 0.5 and 1, so that clients that failed together do not come back together."""
        return random.uniform(0.5, 1.0)


class Gate:
    """Lets requests through at the service's pace. One 429 holds every thread, not only the one that got it.

    per_second: the most requests a second, 0 for no limit; may be set at any time. budget: seconds that the whole task may
    take.
    """

    def __init__(self, clock: Clock, budget: float, per_second: float = 0) -> None:
        self.clock = clock
        self.per_second = per_second
        self._budget = budget
        self._deadline = clock.now() + budget
        self._open_at = clock.now()
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """What an answer says about the pace; headers by lower-case name. Refusals and their Retry-After are not its business."""

    def remaining(self) -> float:
        """Seconds left in the budget; raises OutOfTime when there are none."""
        left = self._deadline - self.clock.now()
        if left <= 0:
            raise OutOfTime(f"the task's time budget of {self._budget:g} s is used up; raise time_budget or run it again")
        return left

    def is_over(self) -> bool:
        """Whether the budget is used up."""
        return self.clock.now() >= self._deadline

    def hold(self, seconds: float, why: str) -> None:
        """Let nobody through for a while. A wait beyond the budget is refused at once instead of being slept away.

        why: what the service said, for the refusal.
        """
        if seconds >= self.remaining():
            raise OutOfTime(f"{why}; to wait {seconds:.0f} s, as it takes, is more than is left of time_budget")
        with self._lock:
            self._open_at = max(self._open_at, self.clock.now() + seconds)

    def wait(self) -> None:
        """Return when the next request may be sent.

        One thread waits for the gate and the others for their turn: if all were woken when it opens at a pace, each time
        all but one would have been woken in vain.
        """
        with self._turn:
            while True:
                left = self.remaining()
                with self._lock:
                    now = self.clock.now()
                    pause = self._open_at - now
                    if pause <= 0:
                        if self.per_second:
                            self._open_at = now + 1 / self.per_second
                        return
                self.clock.sleep(min(pause, left))


def retry_after(header: str | None, clock: Clock) -> float | None:
    """Seconds that a Retry-After header asks for, given as seconds or as a date (RFC 9110 section 10.2.3)."""
    text = (header or "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
        return None if math.isnan(seconds) else max(0.0, seconds)
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(text)
        if when.tzinfo is None:
            when = when.replace(tzinfo=timezone.utc)
        return max(0.0, (when - clock.today()).total_seconds())
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def backoff(attempt: int, clock: Clock) -> float:
    """Seconds before the next attempt: 0.25, 0.5, 1, ... at most 15, less some jitter."""
    return float(min(15.0, 0.25 * 2**attempt)) * clock.jitter()
