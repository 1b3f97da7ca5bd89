# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limiter of API v4: so many requests in a window, so many a second, and what its headers say.

https://developers.cloudflare.com/fundamentals/api/reference/limits/
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from ..exchange import Answer, Handler, Request
from .envelope import failure

QUOTA = 1200
WINDOW = 300  # seconds; a client that passed the quota is blocked for as long
PER_SECOND = 200

# The documentation names neither code nor text of the body.
_CODE = 10429
_MESSAGE = "Rate limited. Please wait and consider throttling your request speed"


class Limiter:
    """A layer in front of the account. tripped: how many requests it has answered 429."""

    def __init__(
        self,
        clock: Callable[[], float],
        quota: int = QUOTA,
        window: float = WINDOW,
        per_second: int = PER_SECOND,
    ) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.tripped = 0
        self.set(quota, window, per_second)

    def set(self, quota: int, window: float = WINDOW, per_second: int = PER_SECOND) -> None:
        """Replace the limits and start to count anew. quota: requests in `window` seconds. per_second: 0 is no limit."""
        with self._lock:
            self.quota, self.window, self.per_second = quota, window, per_second
            self._used = 0
            self._ends = self._blocked_until = -math.inf
            self._second, self._in_second = -math.inf, 0

    def __call__(self, request: Request, ask: Handler) -> Answer:
        with self._lock:
            wait = self._wait(self._clock())
            left, reset = self._left(self._clock())
            policy = f'"default";q={self.quota};w={math.ceil(self.window)}'
            self.tripped += wait > 0
        headers = {"Ratelimit": f'"default";r={left};t={reset}', "Ratelimit-Policy": policy}
        if wait:
            answer = failure(429, _CODE, _MESSAGE)
            headers["Retry-After"] = str(wait)
        else:
            answer = ask(request)
        return Answer(answer.status, answer.body, {**answer.headers, **headers}, answer.ending)

    def _wait(self, now: float) -> int:
        """Count a request. 0 if it may pass, else the seconds after which to come again."""
        if now < self._blocked_until:
            return math.ceil(self._blocked_until - now)
        if now >= self._ends:
            self._ends, self._used = now + self.window, 0
        if now >= self._second + 1:
            self._second, self._in_second = now, 0
        if self._used >= self.quota:
            self._blocked_until = self._ends = now + self.window
            return math.ceil(self.window)
        if self.per_second and self._in_second >= self.per_second:
            return 1
        self._used += 1
        self._in_second += 1
        return 0

    def _left(self, now: float) -> tuple[int, int]:
        """How many requests are left, and the seconds until the count starts anew."""
        blocked = now < self._blocked_until
        until = self._blocked_until if blocked else self._ends
        return 0 if blocked else self.quota - self._used, max(0, math.ceil(until - now))
