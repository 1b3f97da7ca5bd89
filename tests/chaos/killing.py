# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service on which the task's process is killed at one of its writes, before or after that was done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.exchange import Answer, Ending, Handler, Request

VICTIM = "x-victim"  # a header by which the requests of a process are known
BEFORE, AFTER = "before", "after"


class Death:
    """A layer of the sandbox. number: at which write of the victim it comes, from 1. moment: BEFORE or AFTER it is applied.

    What the dead have sent and nobody has begun to serve yet, is lost, so that it is known when everything is over.
    """

    def __init__(self, number: int, moment: str) -> None:
        self.number = number
        self.moment = moment
        self.came = False
        self._writes = 0
        self._process: int | None = None
        self._is_known = threading.Event()
        self._changed = threading.Condition()
        self._serving = 0

    def aim(self, process: int) -> None:
        self._process = process
        self._is_known.set()

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if VICTIM not in request.headers:
            return ask(request)
        with self._changed:
            if self.came:
                return Answer(0, ending=Ending.DROPPED)
            self._writes += request.is_write
            due = request.is_write and self._writes == self.number
            self.came = due
            self._serving += 1
        try:
            if due and self.moment == BEFORE:
                self._kill()
                return Answer(0, ending=Ending.DROPPED)
            answer = ask(request)
            if due:
                self._kill()
                return Answer(0, ending=Ending.DROPPED)
            return answer
        finally:
            with self._changed:
                self._serving -= 1
                self._changed.notify_all()

    def _kill(self) -> None:
        if not self._is_known.wait(10) or self._process is None:
            raise AssertionError("nobody said which process is the victim")
        os.kill(self._process, signal.SIGKILL)

    def wait_until_it_is_quiet(self) -> None:
        """What was being served when the process died is served to its end."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._serving, timeout=10)


class TaskProcesses:
    """Runs scim_directory in processes of their own."""

    def __init__(self, server: subprocess.Popen[str], answer: Path) -> None:
        self._server = server
        self._answer = answer

    def run(self, options: dict[str, Any], death: Death) -> dict[str, Any] | None:
        """The result of a task, ``None`` if it was killed."""
        assert self._server.stdin
        assert self._server.stdout
        self._answer.unlink(missing_ok=True)
        print(json.dumps({"options": options, "answer": str(self._answer)}), file=self._server.stdin, flush=True)
        death.aim(int(self._server.stdout.readline()))
        ended = int(self._server.stdout.readline())
        death.wait_until_it_is_quiet()
        if ended == -signal.SIGKILL:
            return None
        assert ended == 0, f"the task ended with {ended}"
        result: dict[str, Any] = json.loads(self._answer.read_text(encoding="utf-8"))
        return result


@contextmanager
def task_processes(answer: Path) -> Iterator[TaskProcesses]:
    """answer: a path for a file."""
    command = [sys.executable, "-m", "tests.chaos.task_processes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as server:
        yield TaskProcesses(server, answer)
