# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Size: planning for a hundred thousand people, what a run over them takes in time and memory, and Bulk against single requests.

    python -m tests.benchmark.scale URL FILE    one scim_directory task in this process; prints its numbers as JSON
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import plan
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.references import References
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER

import sandbox
from tests.benchmark import fast_server
from tests.benchmark.pool import bodies
from tests.benchmark.whole import directory, people

ROOT = Path(__file__).resolve().parents[2]
SIZES = (10_000, 100_000)
_AT_ONCE = 1_000


def planning(count: int, times: int = 5) -> tuple[float, float]:
    """Seconds that plan() takes, medians: for so many people against as many, with nothing to do, and with 1 % changed."""
    references = References()
    observed = {body["externalId"]: USER.from_wire({**body, "id": body["externalId"]}, references) for body in bodies(count, "a")}
    changed = {key: {**seen, "title": "Chief"} if number % 100 == 0 else seen for number, (key, seen) in enumerate(observed.items())}
    found = []
    for desired, changes in ((observed, 0), (changed, count // 100)):
        taken = []
        for _dummy in range(times):
            begin = time.perf_counter()
            made = plan(USER, desired, observed)
            taken.append(time.perf_counter() - begin)
            if len(made) != changes:
                raise RuntimeError(f"{len(made)} changes were planned, not {changes}")
        found.append(statistics.median(taken))
    return found[0], found[1]


@contextmanager
def company(count: int) -> Iterator[tuple[str, str]]:
    """A fast server with so many people, and a source file with the same ones: its URL, and the path."""
    with TemporaryDirectory() as folder, fast_server.running(bulk=True) as url:
        source = Path(folder, "people.jsonl")
        source.write_text("".join(json.dumps(person) + "\n" for person in people(count, "a")), encoding="utf-8")
        everybody = bodies(count, "a")
        for start in range(0, count, _AT_ONCE):
            operations = [
                {"method": "POST", "path": "/Users", "bulkId": str(number), "data": body}
                for number, body in enumerate(everybody[start : start + _AT_ONCE])
            ]
            requests.post(url + "/Bulk", json={"Operations": operations}, timeout=60).raise_for_status()
        yield url, str(source)


def alone(url: str, source: str, times: int) -> dict[str, Any]:
    """A converged run in a process of its own: seconds, megabytes at most, requests. Medians of several."""
    command = [sys.executable, "-m", "tests.benchmark.scale", url, source]
    runs = [json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout) for _dummy in range(times)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def task_alone(url: str, source: str) -> dict[str, float]:
    before = megabytes()
    begin = time.perf_counter()
    done = directory(url, source=source)
    taken = time.perf_counter() - begin
    if done.changed:
        raise RuntimeError("the run was to change nothing")
    return {
        "seconds": taken,
        "run": done["duration"],
        "before": before,
        "peak": megabytes(),
        "requests": sum(done["requests_by_method"].values()),
    }


def megabytes() -> float:
    """The most memory that this process has had. On Linux, getrusage() begins with what the parent had."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table() -> list[tuple[str, ...]]:
    head = ("people", "plan(), nothing to do", "plan(), 1 % changed", "whole task, nothing to do", "of it, run", "requests", "memory at most")
    rows = []
    for count in SIZES:
        nothing, some = planning(count)
        with company(count) as (url, source):
            one = alone(url, source, 3 if count == SIZES[0] else 1)
        rows.append(
            (
                f"{count:,}",
                f"{nothing:.2f} s",
                f"{some:.2f} s",
                f"{one['seconds']:.1f} s",
                f"{one['run']:.1f} s",
                f"{one['requests']:.0f}",
                f"{one['peak']:.0f} MB ({one['before']:.0f} before it began)",
            )
        )
    return [head, *rows]


def created(url: str, token: str, users: list[dict[str, Any]], bulk: str) -> float:
    begin = time.perf_counter()
    directory(url, token=token, users=users, bulk=bulk, concurrency=8)
    return time.perf_counter() - begin


def bulk_table() -> list[tuple[str, ...]]:
    """Creating people one by one, 8 at a time, against Bulk: medians of three pairs, each on an empty server."""
    rows = []
    for title, count in (("sandbox", 1_000), ("fast server", 5_000), ("fast server, each answer takes 5 ms", 1_000)):
        users, taken = people(count, "a"), []
        for _dummy in range(3):
            pair = []
            for bulk in ("never", "always"):
                if title == "sandbox":
                    with sandbox.running(profile="full") as service:
                        pair.append(created(service.url, service.token, users, bulk))
                else:
                    with fast_server.running(bulk=True, delay=0.005 if "5 ms" in title else 0.0) as url:
                        pair.append(created(url, "benchmark-token", users, bulk))
            taken.append(pair)
        single, bulk_s = (statistics.median(column) for column in zip(*taken, strict=True))
        ratio = statistics.median(one / other for one, other in taken)
        rows.append((title, f"{count:,}", f"{single:.1f} s", f"{bulk_s:.1f} s", f"{ratio:.1f}"))
    return [("server", "people created", "one by one, 8 at a time", "in Bulk", "times as fast"), *rows]


if __name__ == "__main__":
    print(json.dumps(task_alone(sys.argv[1], sys.argv[2])))
