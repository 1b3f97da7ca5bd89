# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts tasks as processes of their own, in milliseconds: everything is imported once, and then forked.

One line of JSON on standard input is one task: {"options": {...}, "answer": "a file for the result"}. Two lines on standard
output answer it: the id of its process at once, and, when it is over, how it ended, as os.waitstatus_to_exitcode() has it.
The end of the input ends it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

from tests.in_process import run, time_flies

# Whatever a task needs has to be imported before it is forked.
importlib.import_module("ansible_collections.identityops.lifecycle.plugins.modules.scim_directory")


def serve() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            with time_flies():
                result = run("scim_directory", asked["options"])
            Path(asked["answer"]).write_text(json.dumps(result), encoding="utf-8")
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
