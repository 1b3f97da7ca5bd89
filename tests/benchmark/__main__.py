# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make bench`: count the requests, write the table into docs/performance.md, print it and some ratios of times."""

from __future__ import annotations

import sys

from tests.benchmark.counts import COUNTS, PROFILES
from tests.benchmark.document import DOCUMENT, rendered
from tests.benchmark.ratios import RATIOS
from tests.benchmark.scenarios import SCENARIOS, carried_out, counted, served


def main() -> int:
    """The exit status: 1 if a count is not the one of the table."""
    wrong = 0
    width = max(map(len, COUNTS))
    print("Requests".ljust(width), *(profile.ljust(34) for profile in PROFILES))
    for title, scenario in SCENARIOS.items():
        measured = []
        for profile in PROFILES:
            with served(scenario, profile) as service:
                carried_out(scenario, service)
                measured.append(counted(service))
        print(title.ljust(width), *(counts.ljust(34) for counts in measured), flush=True)
        if tuple(measured) != COUNTS.get(title):
            wrong += 1
            print("    in tests/benchmark/counts.py:", COUNTS.get(title))
    print("\nTimes, as ratios within this run")
    for title, ratio in RATIOS.items():
        print(f"{ratio():8.1f}  {title}", flush=True)
    DOCUMENT.write_text(rendered(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"\n{DOCUMENT.relative_to(DOCUMENT.parents[1])} shows the numbers of tests/benchmark/counts.py.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
