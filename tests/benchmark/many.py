# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scim_directory asks of a service for a whole company, as formulas: requests, exactly, for any number of people.

The steps follow each other, as in the life of a directory. All of them are asserted against the sandbox and, for ten thousand
people, against the fast server.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any, NamedTuple

from tests.benchmark import fast_server
from tests.benchmark.scenarios import names, people
from tests.in_process import Result, run

PAGE = 1000  # resources a page, and operations in a Bulk request: what both servers offer
MEMBERS = 100  # of each group
SIZES = (100, 1_000, 10_000)
WAYS = ("never", "auto")  # of the option bulk
LIMITS = {"brakes": {brake: {"number": 1_000_000, "percent": 100} for brake in ("changes", "deletions", "deactivations")}}


class Step(NamedTuple):
    """A task in the life of a directory. options: beside those that all have. verb: what it
    does, so often as ``writes`` says; method: by which request, where each has its own. reads: requests that read, discovery included."""

    title: str
    options: dict[str, Any]
    verb: str
    writes: int
    method: str
    reads: int


def pages(count: int) -> int:
    """Requests that read a list. Where one full page seems to be everything, or nobody seems to be there, one more shows that it is so."""
    return max(1, ceil(count / PAGE)) + (count in (0, PAGE))


def looked_at(writes: int, count: int) -> int:
    """Requests that show what became of so many writes: a list, or one for each where those are fewer."""
    return min(writes, pages(count))


def life(count: int) -> Iterator[Step]:
    """The steps for so many people."""
    changed, called = count // 100, names(count)
    groups = [
        {"display_name": f"Team {team}", "members": {"set": [called[(team * MEMBERS + n) % count] for n in range(MEMBERS)]}}
        for team in range(max(10, count // MEMBERS))
    ]
    everybody = people(count, title="Analyst")
    chiefs = [{**one, "title": "Chief"} for one in everybody[:changed]] + everybody[changed:]
    stay = chiefs[changed:]
    known = 1 + pages(count)
    yield Step("all created", {"users": everybody}, "create", count, "POST", 1 + pages(0) + looked_at(count, count))
    yield Step("run again", {"users": everybody}, "update", 0, "", known)
    yield Step("1 % changed", {"users": chiefs}, "update", changed, "PATCH", known + looked_at(changed, count))
    yield Step("groups of 100 members", {"users": chiefs, "groups": groups}, "create", len(groups), "POST", known + pages(0) + 1)
    yield Step("run again, with groups", {"users": chiefs, "groups": groups}, "update", 0, "", known + 1)
    unlisted = {"users": stay, "unlisted": {"users": "deactivate"}}
    yield Step("1 % unlisted, deactivated", unlisted, "deactivate", changed, "PATCH", known + looked_at(changed, count))
    unlisted = {"users": stay, "unlisted": {"users": "delete"}}
    yield Step("1 % unlisted, deleted", unlisted, "delete", changed, "DELETE", known + looked_at(changed, count - changed))


def expected(step: Step, bulk: str) -> dict[str, int]:
    """The requests of a step by method."""
    method, number = step.method, step.writes
    if bulk == "auto" and number > 1:
        method, number = "POST", ceil(number / PAGE)
    return dict(sorted({"GET": step.reads, **({method: number} if number else {})}.items()))


def shown(requests: dict[str, int]) -> str:
    """Reads first: "12 GET, 10,000 POST"."""
    return ", ".join(f"{requests[method]:,} {method}" for method in sorted(requests, key=lambda method: (method != "GET", method)))


def taken(step: Step, url: str, token: str, bulk: str) -> Result:
    """The step, carried out."""
    common = {"url": url, "token": token, "unkept_file": "", "concurrency": 8, "bulk": bulk, **LIMITS}
    return run("scim_directory", {**common, **step.options})


def wrong_counts() -> list[str]:
    """What costs other requests than expected, on the fast server, for the largest number of people, too."""
    wrong = []
    for bulk in WAYS:
        for count in SIZES:
            with fast_server.running(bulk=True) as url:
                for step in life(count):
                    done = taken(step, url, "benchmark-token", bulk)
                    if done.failed or done["requests_by_method"] != expected(step, bulk):
                        found = done["msg"] if done.failed else shown(done["requests_by_method"])
                        wrong.append(f"{step.title}, {count} people, bulk {bulk}: {found}, not {shown(expected(step, bulk))}")
    return wrong


def table() -> list[tuple[str, ...]]:
    """The rows for docs/performance.md."""
    columns = [(count, bulk) for count in SIZES for bulk in WAYS]
    head = ("step", *(f"{count:,} users{', Bulk' if bulk == 'auto' else ''}" for count, bulk in columns))
    by_column = [[shown(expected(step, bulk)) for step in life(count)] for count, bulk in columns]
    titles = [step.title for step in life(SIZES[0])]
    return [head, *((title, *(column[row] for column in by_column)) for row, title in enumerate(titles))]
