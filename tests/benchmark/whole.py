# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole scim_directory task against a bare pool of requests: the same people, the same number of threads, the same kind of server.

The task is all of it, from its arguments to its result: checking the options, discovery, reading the list, planning, brakes, writing
and looking at what came of it. The pool only sends the POST requests.
"""

from __future__ import annotations

import statistics
import time
from typing import Any, NamedTuple

from tests.benchmark import fast_server
from tests.benchmark.many import LIMITS
from tests.benchmark.pool import TOKEN, bare, bodies
from tests.in_process import run

CONCURRENCY = (8, 16)
DELAYS = (0.0, 0.005)
COUNT = 2000


class Whole(NamedTuple):
    """Medians of seconds. task: the whole of it. run: the part of it that is ours, without what ansible-core does with the options."""

    concurrency: int
    delay: float
    task: float
    run: float
    bare: float
    ratio: float


def people(count: int, called: str) -> list[dict[str, Any]]:
    """The people of pool.bodies(), as options."""
    return [
        {
            "external_id": body["externalId"],
            "user_name": body["userName"],
            "name": {"given_name": body["name"]["givenName"], "family_name": body["name"]["familyName"]},
            "display_name": body["displayName"],
            "title": body["title"],
            "emails": body["emails"],
        }
        for body in bodies(count, called)
    ]


def directory(url: str, **options: Any) -> Any:
    """A scim_directory task that is stopped by nothing. Raises RuntimeError if it fails."""
    done = run("scim_directory", {"url": url, "token": TOKEN, "unkept_file": "", **LIMITS, **options})
    if done.failed:
        raise RuntimeError(done["msg"])
    return done


def measured(concurrency: int, delay: float, *, count: int = COUNT, times: int = 5) -> Whole:
    """Both, one after the other, several times, each against an empty server of its own; the first pair warms up."""
    taken = []
    users = people(count, "a")
    documents = bodies(count, "a")
    for _dummy in range(times + 1):
        with fast_server.running(delay=delay) as url:
            begin = time.perf_counter()
            done = directory(url, users=users, concurrency=concurrency, bulk="never")
            task = time.perf_counter() - begin
        with fast_server.running(delay=delay) as url:
            taken.append((task, done["duration"], bare(url, documents, concurrency)))
    task, ours, theirs = (statistics.median(column) for column in zip(*taken[1:], strict=True))
    ratio = statistics.median(bare / task for task, _run, bare in taken[1:])
    return Whole(concurrency, delay, task, ours, theirs, ratio)


def table() -> list[tuple[str, ...]]:
    found = [measured(concurrency, delay) for delay in DELAYS for concurrency in CONCURRENCY]
    head = ("threads", "each answer takes", "bare pool, writes/s", "whole task, users/s", "of the bare pool's", "without ansible-core's checks of the options")
    rows = [
        (
            str(one.concurrency),
            f"{one.delay * 1000:.0f} ms",
            f"{COUNT / one.bare:,.0f}",
            f"{COUNT / one.task:,.0f}",
            f"{one.ratio:.2f}",
            f"{one.bare / one.run:.2f}",
        )
        for one in found
    ]
    return [head, *rows]


if __name__ == "__main__":
    for row in table():
        print(*row, sep="\t")
