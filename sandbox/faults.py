# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What networks and proxies do to requests. Each fault counts, so that a run can be repeated exactly."""

from __future__ import annotations

import time
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from .exchange import Answer, Ending, Handler, Request
from .registry import Every, Registry

FAULTS = Registry("fault")

_BAD_GATEWAY = Answer(
    502, "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
)


@FAULTS.add("slow=MS", "every answer takes that many milliseconds more")
class Slow:
    def __init__(self, value: str) -> None:
        self._seconds = int(value) / 1000

    def __call__(self, request: Request, ask: Handler) -> Answer:
        time.sleep(self._seconds)
        return ask(request)


@FAULTS.add("redirect=URL", "every request is answered 307 to the same path at another origin")
class Redirect:
    def __init__(self, value: str) -> None:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc:
            raise ValueError("a URL such as http://localhost:8080")
        self._origin = value.rstrip("/")

    def __call__(self, request: Request, ask: Handler) -> Answer:
        query = f"?{urlencode(request.query)}" if request.query else ""
        return Answer(307, None, {"Location": self._origin + request.path + query})


class _Refused:
    """Every nth request is refused unserved, and told when to come again if seconds are given."""

    status: int
    seconds: str

    def __init__(self, value: str) -> None:
        number, dummy, seconds = value.partition(":")
        self._every = Every(int(number))
        self._headers = {}
        if seconds or self.seconds:
            self._headers["Retry-After"] = str(int(seconds or self.seconds))

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if not self._every.due():
            return ask(request)
        return Answer(self.status, {"detail": "come again later"}, self._headers)


@FAULTS.add(
    "429=N[:SECONDS]", "every Nth request is answered 429 unserved, with Retry-After (1 second unless told)"
)
class TooManyRequests(_Refused):
    status = 429
    seconds = "1"


@FAULTS.add("503=N[:SECONDS]", "every Nth request is answered 503 unserved, with Retry-After only if told")
class ServiceUnavailable(_Refused):
    status = 503
    seconds = ""


class _NthWrite:
    def __init__(self, value: str) -> None:
        self._every = Every(int(value))

    def hit(self, request: Request) -> bool:
        return request.is_write and self._every.due()


@FAULTS.add("reset_before_write=N", "every Nth write is not applied, its connection is reset")
class ResetBeforeWrite(_NthWrite):
    def __call__(self, request: Request, ask: Handler) -> Answer:
        return Answer(0, ending=Ending.RESET) if self.hit(request) else ask(request)


@FAULTS.add("502_before=N", "every Nth write is not applied and answered 502 in HTML")
class BadGatewayBefore(_NthWrite):
    def __call__(self, request: Request, ask: Handler) -> Answer:
        return _BAD_GATEWAY if self.hit(request) else ask(request)


@FAULTS.add(
    "drop_after_write=N", "every Nth write is applied, then its connection is closed without an answer"
)
class DropAfterWrite(_NthWrite):
    def __call__(self, request: Request, ask: Handler) -> Answer:
        due = self.hit(request)
        answer = ask(request)
        return replace(answer, ending=Ending.DROPPED) if due else answer


@FAULTS.add("502_after=N", "every Nth write is applied, then answered 502 in HTML")
class BadGatewayAfter(_NthWrite):
    def __call__(self, request: Request, ask: Handler) -> Answer:
        due = self.hit(request)
        answer = ask(request)
        return _BAD_GATEWAY if due else answer


@FAULTS.add(
    "truncated_page=N", "every Nth list ends in the middle of the promised body, and the connection with it"
)
class TruncatedPage:
    def __init__(self, value: str) -> None:
        self._every = Every(int(value))

    def __call__(self, request: Request, ask: Handler) -> Answer:
        answer = ask(request)
        if not (answer.ok and _is_list(answer.body) and self._every.due()):
            return answer
        return replace(answer, ending=Ending.TRUNCATED)


def _is_list(body: object) -> bool:
    return isinstance(body, dict) and any(isinstance(body.get(key), list) for key in ("Resources", "result"))
