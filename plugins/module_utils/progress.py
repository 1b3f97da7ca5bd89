# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a task has come, in a small file on the host that runs it. The action plugin on the controller reads it.

The file holds numbers and the name of a step, and nobody's name. Whatever goes wrong with it is not worth a word: the
task works the same without.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading

from .client.throttle import Clock

# The steps of a task, as the controller shows them. What it reads is data from another host: other names are dropped.
STEPS = ("reading", "users", "groups", "removals", "bulk", "verification")

_PAUSE = 0.5  # seconds from one writing to the next within a step
_WIDTH = 200  # every state has the same length, so that none leaves the end of a longer one behind it


class Progress:
    """path: the file, which must not exist yet; None for no progress. The methods may be called by any thread."""

    def __init__(self, path: str | None, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._path = path
        self._step = ""
        self._total = self._done = self._failed = 0
        self._began = self._written = self._clock.now()
        self._file = _created(path) if path else None

    def step(self, name: str, total: int = 0) -> None:
        """A step begins. name: one of STEPS. total: how much there is to do, 0 if that is not known."""
        with self._lock:
            self._step, self._total, self._done, self._failed = name, total, 0, 0
            self._began = self._clock.now()
            self._write()

    def done(self, failed: bool = False) -> None:
        """One more is done."""
        with self._lock:
            self._done += 1
            self._failed += failed
            if self._done == self._total or self._clock.now() - self._written >= _PAUSE:
                self._write()

    def close(self) -> None:
        """Remove the file."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            if self._file is not None and self._path:
                file, self._file = self._file, None
                os.close(file)
                os.unlink(self._path)

    def _write(self) -> None:
        if self._file is None:
            return
        self._written = self._clock.now()
        seconds = round(self._written - self._began, 1)
        state = {"step": self._step, "done": self._done, "total": self._total, "failed": self._failed, "seconds": seconds}
        with contextlib.suppress(OSError):
            os.pwrite(self._file, json.dumps(state).ljust(_WIDTH).encode("ascii") + b"\n", 0)


def _created(path: str) -> int | None:
    """A new file that everybody may read: who signs in to look need not be the user who runs the task."""
    with contextlib.suppress(OSError, ValueError):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        with contextlib.suppress(OSError):
            os.fchmod(file, 0o644)  # whatever the umask
        return file
    return None
