# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloudflare's rate limit, kept before it is hit: passing it blocks every call of the user for five minutes.

One budget for all tasks of a run, in a file: each task is a process of its own, and none knows what the others sent.
https://developers.cloudflare.com/fundamentals/api/reference/limits/
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import stat
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from .cache_file import expanded
from .throttle import Clock, Gate

QUOTA, WINDOW = 1200, 300  # requests in seconds, for each user or token
IN_ONE_SECOND = 80  # 200 are allowed for each address, and seconds begin elsewhere on the way

_MARGIN = 5  # seconds that a window is taken to be longer, because requests take time to arrive
_RESERVE = 10  # requests that are left, to others who use the token and for what is late on its way
_LONGEST = 3600
_LARGEST_FILE = 1_000_000  # characters; the states of fifty busy tokens have a quarter of that
_PARAMETERS = re.compile(r";\s*([a-z]+)=(\d{1,9})(?!\d)")


class PacedGate(Gate):
    """A gate that lets no more requests through than the budget of the whole run has. See Gate."""

    def __init__(self, clock: Clock, time_budget: float, spent: Spent) -> None:
        super().__init__(clock, time_budget)
        self._spent = spent
        self._taking = threading.Lock()

    def wait(self) -> None:
        with self._taking:
            while True:
                super().wait()
                pause = self._spent.take(self._now())
                if not pause:
                    return
                self.hold(pause, "Cloudflare's rate limit (1,200 requests in 5 minutes for each token) is used up for now")

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        self._spent.heard(self._now(), status, headers)

    def _now(self) -> float:
        return self.clock.today().timestamp()


class Spent:
    """What was sent with one token lately, by anybody who shares the file.

    path: the file, "" for a memory of this process only; one that cannot be written is as good as none. token: whose budget
    it is; only a hash of it is written.
    """

    def __init__(self, path: str, token: str) -> None:
        self._path = expanded(path)
        self._key = hashlib.sha256(token.encode()).hexdigest()[:24]
        self._memory: dict[str, Any] = {}
        self._lock = threading.Lock()

    def take(self, now: float) -> float:
        """Take one request from the budget: 0 if it may be sent now, else the seconds until there may be one."""
        with self._state(now) as state:
            pause = _pause(state, now)
            if not pause:
                second = str(int(now))
                state["sent"][second] = state["sent"].get(second, 0) + 1
                if state["left"] is not None:
                    state["left"] -= 1
            return pause

    def heard(self, now: float, status: int, headers: Mapping[str, str]) -> None:
        """Learn from an answer how much is left. headers: by lower-case name."""
        policies = dict(_read(headers.get("ratelimit-policy", ""), "w", "q"))
        left = [(seconds, requests) for requests, seconds in _read(headers.get("ratelimit", ""), "r", "t")]
        wait = re.fullmatch(r"\s*([0-9]{1,9})\s*", headers.get("retry-after", "") if status == 429 else "")
        if not policies and not left and not wait:
            return
        with self._state(now) as state:
            state["windows"].update({str(w): q for w, q in policies.items() if 0 < w <= _LONGEST and q > 0})
            if left:
                seconds, requests = min(left, key=lambda one: one[1])
                same = state["left"] is not None and now < state["until"]
                # What others sent meanwhile is in the answer, what we sent meanwhile is not.
                state["left"] = min(state["left"], requests) if same else requests
                state["until"] = now + min(seconds, _LONGEST)
            if wait:
                state["left"], state["until"] = 0, now + int(wait[1])

    @contextlib.contextmanager
    def _state(self, now: float) -> Iterator[dict[str, Any]]:
        """What is known, to be changed; written back afterwards, without the tokens that nobody used for long."""
        with self._lock, self._file() as file:
            everything = _parsed(file.read(_LARGEST_FILE)) if file else self._memory
            state = _sound(everything.get(self._key))
            yield state
            if file:
                others = {key: _sound(other) for key, other in everything.items() if key != self._key}
                kept = {key: other for key, other in others.items() if max(map(int, other["sent"]), default=0) > now - _LONGEST}
                file.seek(0)
                file.truncate()
                file.write(json.dumps({**kept, self._key: state}))
            else:
                everything[self._key] = state

    @contextlib.contextmanager
    def _file(self) -> Iterator[Any]:
        opened = None
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
                if stat.S_ISREG(os.fstat(descriptor).st_mode):
                    opened = os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace")
                    fcntl.flock(opened, fcntl.LOCK_EX)
                else:  # a device or a pipe may be read for ever
                    os.close(descriptor)
        try:
            yield opened
        finally:
            if opened is not None:
                with contextlib.suppress(OSError):
                    opened.close()


def _pause(state: dict[str, Any], now: float) -> float:
    """Seconds until the next request may be sent; forgets what is too long ago to matter."""
    windows = {int(w): int(q) for w, q in state["windows"].items()}
    oldest = now - max(windows) - _MARGIN - 1
    # What lies far in the future was written by a clock that was wrong.
    state["sent"] = {second: n for second, n in state["sent"].items() if oldest <= int(second) <= now + 60}
    if state["left"] is not None and not now < state["until"] <= now + _LONGEST:
        state["left"] = None
    pause = 0.0
    if state["sent"].get(str(int(now)), 0) >= IN_ONE_SECOND:
        pause = max(int(now) + 1 - now, 0.001)
    for window, quota in windows.items():
        pause = max(pause, _until_room(state["sent"], now, window + _MARGIN, quota - _reserve(quota)))
    if state["left"] is not None and state["left"] <= _reserve(max(windows.values())):
        pause = max(pause, state["until"] - now)
    return pause


def _reserve(quota: int) -> int:
    return min(_RESERVE, quota // 10)


def _until_room(sent: Mapping[str, int], now: float, window: int, quota: int) -> float:
    """Seconds until fewer than ``quota`` requests lie within the window."""
    recent = sorted((int(second), n) for second, n in sent.items() if int(second) + 1 > now - window)
    excess = sum(n for _second, n in recent) - quota + 1
    for second, n in recent:
        if excess <= 0:
            break
        excess -= n
        now_free = second + 1 + window - now
        if excess <= 0:
            return max(now_free, 0.001)
    return 0.0


def _read(header: str, *names: str) -> list[tuple[int, int]]:
    """Two numbers of each item of a list such as ``"default";r=50;t=30`` (draft-ietf-httpapi-ratelimit-headers)."""
    found = []
    for item in header.split(","):
        values = {name: int(value) for name, value in _PARAMETERS.findall(item)}
        if all(name in values for name in names):
            found.append((values[names[0]], values[names[1]]))
    return found


def _parsed(text: str) -> dict[str, Any]:
    with contextlib.suppress(ValueError, RecursionError):
        content = json.loads(text)
        if isinstance(content, dict):
            return content
    return {}


def _sound(state: Any) -> dict[str, Any]:
    """The state of one token, whatever somebody wrote into the file."""
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return {
            "sent": {str(int(second)): int(n) for second, n in state["sent"].items()},
            "windows": {str(WINDOW): QUOTA, **{str(int(w)): int(q) for w, q in state["windows"].items() if int(w) > 0 and int(q) > 0}},
            "left": None if state["left"] is None else int(state["left"]),
            "until": float(state["until"]),
        }
    return {"sent": {}, "windows": {str(WINDOW): QUOTA}, "left": None, "until": 0.0}
