# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task did, one JSON line for each thing as it happens: a task that is killed leaves a true record behind."""

from __future__ import annotations

import json
import os
import stat
import threading
from datetime import timezone
from typing import Any

from .client.throttle import Clock
from .core.errors import InvalidInput

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class ReportFile:
    """path: the file, to which is appended; None for no report. The methods may be called by any thread.

    problem: why the record is not complete, empty if it is. Raises InvalidInput, before anything was written.
    """

    def __init__(self, path: str | None, clock: Clock | None = None) -> None:
        self.problem = ""
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._file: int | None = None
        self._within_line = False
        if path:
            self._file = _opened(path)
            # A task that was killed, or a disk that was full, may have left half a line.
            self._within_line = not _ends_with_a_line(self._file)

    def write(self, **facts: Any) -> None:
        """One line. facts: plain values, in the order in which they are read."""
        if self._file is None:
            return
        with self._lock:
            at = self._clock.today().astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            # A lone surrogate becomes \udxxx, which is what JSON calls it.
            line = json.dumps({"at": at, **facts}, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace") + b"\n"
            self._append(b"\n" + line if self._within_line else line)

    def close(self) -> None:
        """Everything is on the disk when this returns."""
        with self._lock:
            if self._file is None:
                return
            file, self._file = self._file, None
            try:
                os.fsync(file)
            except OSError as error:
                self._remember(error)
            finally:
                os.close(file)

    def _append(self, line: bytes) -> None:
        if self._file is None:
            return
        try:
            written = os.write(self._file, line)
        except OSError as error:
            self._remember(error)
            return
        self._within_line = written < len(line)
        if self._within_line:
            self.problem = self.problem or "a line was written in part only; the disk may be full"

    def _remember(self, error: OSError) -> None:
        self.problem = self.problem or str(error.strerror)


def _opened(path: str) -> int:
    try:
        file = os.open(path, _FLAGS, 0o600)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no valid path"
        raise InvalidInput(f"report_file: {path} cannot be opened: {reason}; nothing was written") from None
    if stat.S_ISREG(os.fstat(file).st_mode):
        return file
    os.close(file)
    raise InvalidInput(f"report_file: {path} is no regular file; nothing was written")


def _ends_with_a_line(file: int) -> bool:
    size = os.fstat(file).st_size
    return not size or os.pread(file, 1, size - 1) == b"\n"
