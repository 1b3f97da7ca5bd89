# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the module scim_directory, and show on the controller how far it is while it works.

The module writes its progress to a file on the host where it runs. A thread looks at it over a connection of its own.
What it reads is data from another host: numbers and the name of a step that is known, or nothing. The module does all the
work, and works the same without.
"""

from __future__ import annotations

import contextlib
import copy
import json
import math
import secrets
import shlex
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils.progress import STEPS

MODULE = "identityops.lifecycle.scim_directory"
NAME = "scim_directory progress"  # of the thread

# Connections that start a process of their own for each command, so that looking cannot disturb the module that runs.
CONNECTIONS = (
    "local",
    "ssh",
    "community.docker.docker",
    "containers.podman.podman",
    "kubernetes.core.kubectl",
)

FIRST_LOOK = 3.0  # seconds; who is done before needs no progress
PAUSE = 2.0  # seconds between two looks
LEAST = 3.0  # seconds between two lines of the same step
PATIENCE = 2.0  # seconds to wait for a look that is under way when the module has ended
LONGEST = 500  # bytes that are looked at
MOST = 10**9  # of whatever is counted


class ActionModule(ActionBase):
    """The action of the module of the same name."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the module returned, without its options: they may be ten thousand people."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        args = dict(self._task.args)
        watching: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
        if _wants_progress(args) and not self._task.async_val and can_look(self._connection):
            if not args.get("progress_file"):
                args["progress_file"] = f"/tmp/identityops-progress-{secrets.token_hex(16)}.json"
            host = str((task_vars or {}).get("inventory_hostname", ""))
            watching = watched(self._connection, str(args["progress_file"]), host, Display().display)
        with watching:
            result.update(
                self._execute_module(
                    module_name=MODULE, module_args=args, task_vars=task_vars, wrap_async=self._task.async_val
                )
            )
        result.pop("invocation", None)
        return result


def _wants_progress(args: Mapping[str, Any]) -> bool:
    """A value that is no boolean is left to the module, which can say what is wrong with it."""
    with contextlib.suppress(TypeError):
        return bool(boolean(args.get("progress", True)))
    return False


def can_look(connection: Any) -> bool:
    """Whether a second command may run over a connection while the first one does."""
    windows = getattr(getattr(connection, "_shell", None), "_IS_WINDOWS", False)
    return getattr(connection, "transport", None) in CONNECTIONS and not windows


@contextlib.contextmanager
def watched(connection: Any, path: str, host: str, show: Callable[..., Any]) -> Iterator[None]:
    """Show the progress that is in a file on the other end of a connection. show: takes a line of text."""
    over = threading.Event()
    thread = threading.Thread(target=_watch, args=(over, connection, path, host, show), name=NAME, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(PATIENCE)


def _watch(over: threading.Event, connection: Any, path: str, host: str, show: Callable[..., Any]) -> None:
    lines = Lines(host)
    pause = FIRST_LOOK
    # Whatever goes wrong here is no reason to fail, nor to try again and again.
    with contextlib.suppress(Exception):
        while not over.wait(pause):
            line = lines.after(content(connection, path), time.monotonic())
            if line and not over.is_set():
                show(line, stderr=True)  # standard output belongs to the callback plugins, which may write JSON there
            pause = PAUSE


def content(connection: Any, path: str) -> bytes:
    """What is in a file on the other end; nothing if it is not there (yet)."""
    code, found, _said = copy.copy(connection).exec_command(f"cat {shlex.quote(path)}", in_data=None, sudoable=False)
    return bytes(found) if code == 0 else b""


@dataclass(frozen=True)
class State:
    """How far the module is in one step. total: 0 if it is not known. seconds: since the step began."""

    step: str
    done: int
    total: int
    failed: int
    seconds: float


def state_in(text: bytes) -> State | None:
    """The state that a file holds, if it holds one and nothing else."""
    try:
        found = json.loads(text[:LONGEST].split(b"\n", 1)[0])
        state = State(**found)
    except (ValueError, TypeError, RecursionError):
        return None
    counts = (state.done, state.total, state.failed)
    numbers = (*counts, state.seconds)
    if not isinstance(state.step, str) or state.step not in STEPS or any(isinstance(number, bool) for number in numbers):
        return None
    if not all(isinstance(count, int) for count in counts) or not isinstance(state.seconds, (int, float)) or not math.isfinite(state.seconds):
        return None
    return state if all(0 <= number <= MOST for number in numbers) else None


class Lines:
    """The lines that a person reads: the first of every step, and then one every few seconds if something moved."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._shown: State | None = None
        self._shown_at = 0.0

    def after(self, text: bytes, now: float) -> str:
        """The line that is due when the file holds this text; empty if none is. now: seconds on a clock."""
        state, last = state_in(text), self._shown
        if state is None:
            return ""
        if last and state.step == last.step:
            moved = (state.done, state.failed) != (last.done, last.failed)
            if not moved or now - self._shown_at < LEAST:
                return ""
        self._shown, self._shown_at = state, now
        return f"scim_directory on {self._host}: {sentence(state)}"


def sentence(state: State) -> str:
    """``users 1,200 of 10,000, 412/s, 21 s left, 3 failed``."""
    parts = [state.step]
    if state.total:
        parts = [f"{state.step} {state.done:,} of {state.total:,}"]
    elif state.done:
        parts = [f"{state.step} {state.done:,}"]
    if state.done and state.seconds > 0:
        rate = state.done / state.seconds
        parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
        if state.total > state.done:
            parts.append(f"{_duration((state.total - state.done) / rate)} left")
    if state.failed:
        parts.append(f"{state.failed:,} failed")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    """A rough one: nobody needs to know that it takes 3,127 seconds."""
    if seconds < 100:
        return f"{math.ceil(seconds)} s"
    minutes = seconds / 60
    return f"{minutes:,.0f} min" if minutes < 100 else f"{minutes / 60:,.1f} h"
