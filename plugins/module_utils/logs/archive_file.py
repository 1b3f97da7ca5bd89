# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of JSON lines that grows at its end only and is its own memory: its last lines say how far it has come.

Whoever is killed while it writes leaves a last line that is torn. The next one sets that line aside in a file beside it
(``.torn``) and goes on where the last whole line ended. One process at a time writes (flock); a run that fails takes its lines
back.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any

from ..core.errors import InvalidInput, LifecycleError
from ..core.events.timestamps import moment, spelled
from ..files.line_file import LineFile
from ..files.line_file import write_all as _write_all

_BUFFER = 1024 * 1024  # bytes that are written at once
_BEGIN = b'{"timestamp":'  # of every line
LONGEST_OVERLAP = timedelta(days=1)

Line = Mapping[str, Any]


@dataclass
class Tail:
    """What the file holds. total: its events. last: the newest timestamp, "" if there is none.

    seen: the ids of its events whose timestamps are within the overlap before last. damaged: lines there that are no events.
    """

    total: int = 0
    last: str = ""
    seen: set[str] = field(default_factory=set)
    damaged: int = 0


class ArchiveFile:
    """One archive, open for one run.

    path: the file, in a folder that exists. write: whether it may be changed; without, it is never made nor locked.
    wait: called while another process writes, may raise.
    """

    def __init__(self, path: str, *, write: bool, wait: Callable[[], None]) -> None:
        self._file = LineFile(path, write=write, wait=wait)
        self._path = self._file.path
        self._write = write
        self._buffer = bytearray()
        self.torn = False  # whether the last line was, when the file was opened

    def __enter__(self) -> ArchiveFile:
        """Raises InvalidInput for a path that cannot be used."""
        try:
            self._file.open(os.O_APPEND)
            if not self._write:
                self._file.refuse_unwritable()
            self.torn = bool(self._file.torn)
            self._refuse_another_file()
            if self._write and self.torn:
                self._mend()
        except OSError as error:
            self._file.close()
            raise InvalidInput(f"path: {self._path!r} cannot be {'written' if self._write else 'read'}: {error.strerror}") from None
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Keep what was appended, or take it back if the run failed. Raises LifecycleError if it cannot be kept."""
        try:
            if self._write and kind is None:
                self._flush()
                os.fsync(self._file.handle)
        except OSError as problem:
            self._take_back()
            raise LifecycleError(f"{self._path!r} cannot be written any more ({problem.strerror}); nothing was appended") from None
        else:
            if self._write and kind is not None:
                self._take_back()
        finally:
            self._file.discard_empty()
            self._file.close()

    def tail(self, overlap: timedelta) -> Tail:
        """What the file holds at its end. overlap: at most ``LONGEST_OVERLAP``.

        Each run appends in the order of time, and begins within the overlap before the last event of the run before. So whoever
        meets an event that is older than two overlaps has met all that are younger than one, whatever the overlap was then.
        """
        tail = Tail()
        found: dict[str, str] = {}
        for raw in self._backwards():
            event = _event(raw)
            if event is None:
                tail.damaged += bool(raw.strip())
                continue
            timestamp, record_id = event
            tail.last = max(tail.last, timestamp)
            found[record_id] = timestamp
            if timestamp < _before(tail.last, overlap + LONGEST_OVERLAP):
                break
        floor = _before(tail.last, overlap) if tail.last else ""
        tail.seen = {record_id for record_id, timestamp in found.items() if timestamp >= floor}
        tail.total = self._count()
        return tail

    def append(self, line: Line) -> None:
        """Add a line at the end. It is on the disk when the run has ended. Raises LifecycleError."""
        if not self._write:
            return
        # ASCII: what would act on a terminal is spelled out, and half a surrogate pair can be written, too.
        self._buffer += json.dumps(line, separators=(",", ":"), default=str).encode() + b"\n"
        if len(self._buffer) >= _BUFFER:
            try:
                self._flush()
            except OSError as error:
                raise LifecycleError(f"{self._path!r} cannot be written any more ({error.strerror}); nothing was appended") from None

    def _refuse_another_file(self) -> None:
        """Whoever mistakes the log of something else for the archive finds it as it was."""
        lines = False
        for raw in self._backwards():
            if _event(raw):
                return
            lines = lines or bool(raw.strip())
        torn = self._file.torn.strip(b"\0")  # zeros are what a loss of power may leave
        if lines or not (torn.startswith(_BEGIN) or _BEGIN.startswith(torn)):
            raise InvalidInput(f"path: {self._path!r} holds something else than an archive; give another name")

    def _backwards(self) -> Iterator[bytes]:
        """All lines, the last one first."""
        if self.torn and _event(self._file.torn):
            yield self._file.torn
        yield from self._file.backwards()

    def _count(self) -> int:
        """How many lines look like events. Reads the whole file, and parses nothing."""
        whole = sum(line.startswith(b"{") and line.endswith(b"}") for line in self._file.forwards())
        return whole + bool(self._file.torn and _event(self._file.torn))

    def _mend(self) -> None:
        """Set a torn last line aside; end one that only lacks its end."""
        if _event(self._file.torn):
            _write_all(self._file.handle, b"\n")
            self._file.start += len(self._file.torn) + 1
        else:
            self._file.set_aside()
            os.ftruncate(self._file.handle, self._file.start)
        os.fsync(self._file.handle)
        self._file.torn = b""

    def _flush(self) -> None:
        _write_all(self._file.handle, bytes(self._buffer))
        self._buffer.clear()

    def _take_back(self) -> None:
        with contextlib.suppress(OSError):
            os.ftruncate(self._file.handle, self._file.start)
            os.fsync(self._file.handle)


def _event(line: bytes) -> tuple[str, str] | None:
    """Timestamp and id of the event that a line holds, ``None`` if it holds none."""
    try:
        found = json.loads(line)
        timestamp, record_id = found["timestamp"], found["record_id"]
        moment(timestamp)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return (timestamp, record_id) if isinstance(record_id, str) else None


def _before(timestamp: str, span: timedelta) -> str:
    try:
        return spelled(moment(timestamp) - span)
    except OverflowError:
        return ""
