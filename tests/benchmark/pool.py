# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our client against a bare pool of requests sessions: the same bodies, the same number of threads, the same server.

Run it alone: python -m tests.benchmark.pool
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.auth import BearerToken
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import Connection
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.scim import ScimService
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock, Gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.transport import Transport
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import Capabilities
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.writes import Request

from tests.benchmark import fast_server

TOKEN = "benchmark-token"
CONCURRENCY = (1, 4, 8, 16)
DELAYS = (0.0, 0.005)


class Measured(NamedTuple):
    """Writes a second, medians; ratio: the median of the ratios of runs that were made one after the other."""

    concurrency: int
    delay: float
    ours: float
    bare: float
    ratio: float


def bodies(count: int, run: str) -> list[dict[str, Any]]:
    """New users as scim_directory sends them."""
    return [
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "externalId": f"{run}-{number}",
            "userName": f"{run}-{number}@example.com",
            "name": {"givenName": f"Given {number}", "familyName": f"Family {number}"},
            "displayName": f"Given {number} Family {number}",
            "title": "Analyst",
            "active": True,
            "emails": [{"value": f"{run}-{number}@example.com", "type": "work", "primary": True}],
        }
        for number in range(count)
    ]


def ours(url: str, documents: Sequence[dict[str, Any]], concurrency: int) -> float:
    """Seconds that one ScimService takes for all documents, shared by so many threads."""
    connection = Connection(url, BearerToken(TOKEN), concurrency=concurrency)
    transport = Transport(connection, Gate(Clock(), 300), Redactor([TOKEN]))
    service = ScimService(transport, Capabilities("auto", {}))
    service.discover()
    writes = [Request("POST", "/Users", document) for document in documents]

    def create(write: Request) -> None:
        if service.create(USER, write) is None:
            raise RuntimeError("the service does not say what it made")

    try:
        return _seconds(create, writes, concurrency)
    finally:
        service.close()


def bare(url: str, documents: Sequence[dict[str, Any]], concurrency: int) -> float:
    """Seconds that the same takes with requests alone: a session for each thread, nothing looked at twice."""
    own = threading.local()

    def create(document: dict[str, Any]) -> None:
        session = getattr(own, "session", None)
        if session is None:
            session = own.session = requests.Session()
            session.headers["Authorization"] = f"Bearer {TOKEN}"
        response = session.post(url + "/Users", json=document, timeout=30)
        response.raise_for_status()
        if not response.json()["id"]:
            raise RuntimeError("the service does not say what it made")

    return _seconds(create, documents, concurrency)


def _seconds(create: Callable[[Any], None], items: Sequence[Any], concurrency: int) -> float:
    with ThreadPoolExecutor(concurrency) as pool:
        begin = time.perf_counter()
        for done in [pool.submit(create, item) for item in items]:
            done.result()
        return time.perf_counter() - begin


def measured(concurrency: int, delay: float, *, count: int = 0, times: int = 5) -> Measured:
    """Both, one after the other, several times against one server; the first pair warms up and does not count."""
    count = count or (2000 if not delay else min(2000, 150 * concurrency))
    with fast_server.running(delay=delay) as url:
        taken = [
            (ours(url, bodies(count, f"ours{run}"), concurrency), bare(url, bodies(count, f"bare{run}"), concurrency))
            for run in range(times + 1)
        ][1:]
    return Measured(
        concurrency,
        delay,
        statistics.median(count / mine for mine, _theirs in taken),
        statistics.median(count / theirs for _mine, theirs in taken),
        statistics.median(theirs / mine for mine, theirs in taken),
    )


def main() -> None:
    print("threads   delay    ours/s    bare/s   ours : bare")
    for delay in DELAYS:
        for concurrency in CONCURRENCY:
            found = measured(concurrency, delay)
            print(f"{concurrency:7} {delay * 1000:4.0f} ms {found.ours:9.0f} {found.bare:9.0f} {found.ratio:10.2f}", flush=True)


if __name__ == "__main__":
    main()
