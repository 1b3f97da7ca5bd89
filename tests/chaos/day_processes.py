# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Days of directory_days.py as processes of their own, which may be killed. See task_processes.py; the line is another one.

{"company": {arguments of Company}, "rows": [...], "instant": "...", "dies_at": a point at which the process kills itself, or ""}
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from tests.in_process import run, time_flies
from tests.integration.directory_days import Company

# Whatever a day needs has to be imported before it is forked.
for module in ("scim_directory", "roster_info", "evidence", "evidence_info"):
    run(module, {})


def serve() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            company = Company(**{**asked["company"], "folder": Path(asked["company"]["folder"])})
            company.reached = lambda point, dies_at=asked["dies_at"]: os.kill(os.getpid(), signal.SIGKILL) if point == dies_at else None
            with time_flies():
                company.day(asked["rows"], asked["instant"])
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
