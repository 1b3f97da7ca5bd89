# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make bench`: count the requests, take the times, print the tables and write them into docs/performance.md.

Nothing that is timed is asserted. A count that is not the one that the tests know makes it fail.
"""

from __future__ import annotations

import datetime
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version

from tests.benchmark import access, events, ledger, many, peers, scale, whole
from tests.benchmark.counts import COUNTS, PROFILES
from tests.benchmark.document import DOCUMENT, Rows, counts, markdown, plain, rendered, with_part
from tests.benchmark.ratios import RATIOS
from tests.benchmark.scenarios import SCENARIOS, carried_out, counted, served

TIMES: dict[str, Callable[[], Rows]] = {
    "whole": whole.table,
    "peers": peers.table,
    "scale": scale.table,
    "bulk": scale.bulk_table,
    "events": events.table,
    "evidence": ledger.table,
}


def main() -> int:
    """The exit status: 1 if a count is not the one of the table."""
    wrong = wrong_counts() + many.wrong_counts() + access.wrong_counts()
    document = rendered(DOCUMENT.read_text(encoding="utf-8"))
    print(f"{plain(counts())}\n\n{plain(many.table())}\n\n{plain(access.table())}\n", flush=True)
    for name, table in TIMES.items():
        rows = table()
        print(f"{plain(rows)}\n", flush=True)
        document = with_part(document, name, f"{markdown(rows)}\n\n{conditions()}")
        DOCUMENT.write_text(document, encoding="utf-8")
    print("Ratios within this run")
    for title, ratio in RATIOS.items():
        print(f"{ratio():8.1f}  {title}", flush=True)
    for said in wrong:
        print(said, file=sys.stderr)
    return 1 if wrong else 0


def wrong_counts() -> list[str]:
    """What of the table of single tasks is not as it is."""
    wrong = []
    for title, scenario in SCENARIOS.items():
        measured = []
        for profile in PROFILES:
            with served(scenario, profile) as service:
                carried_out(scenario, service)
                measured.append(counted(service))
        if tuple(measured) != COUNTS.get(title):
            wrong.append(f"{title}: {tuple(measured)}, not {COUNTS.get(title)} as in tests/benchmark/counts.py")
    return wrong


def conditions() -> str:
    """Under which the times were taken, in a sentence."""
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    return (
        f"Taken on {today} with Python {platform.python_version()} and ansible-core {version('ansible-core')}, client and server "
        f"on one {platform.machine()} machine with {os.cpu_count()} cores, {load()}."
    )


def load() -> str:
    """How busy the machine is beside: times of a busy one are long, and their ratios are rough."""
    busy = os.getloadavg()[2]
    return f"on average {busy:.1f} processes running in the last 15 minutes"


if __name__ == "__main__":
    sys.exit(main())
