# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was asked and what came of it, for tests that count requests and check bodies."""

from __future__ import annotations

import sys
import threading
from collections import Counter, deque
from typing import Any

from .exchange import Answer, Request

_KEPT = 10_000


class Journal:
    """The last 10,000 requests, and counts of all. Headers, and with them tokens, are never kept."""

    def __init__(self, *, log: bool = False) -> None:
        self._log = log
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._entries: deque[dict[str, Any]] = deque(maxlen=_KEPT)
            self._counts: Counter[str] = Counter()
            self._writes = 0

    def record(self, request: Request, answer: Answer) -> None:
        """Add a request. Its status is None when the client got no answer."""
        entry = {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "status": answer.status if answer.sent else None,
            "applied": request.effect.applied,
            "body": request.json(),
        }
        with self._lock:
            self._entries.append(entry)
            self._counts[request.method] += 1
            self._writes += request.is_write
        if self._log:
            print(
                "{method} {path} {query} -> {status} applied={applied}".format(**entry),
                file=sys.stderr,
                flush=True,
            )

    def content(self) -> dict[str, Any]:
        """{"counts": {method: number}, "writes": number, "requests": [entry, ...]}, oldest first."""
        with self._lock:
            return {"counts": dict(self._counts), "writes": self._writes, "requests": list(self._entries)}
