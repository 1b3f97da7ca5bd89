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
import fcntl
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any

from ..core.errors import InvalidInput, LifecycleError
from ..core.events.timestamps import moment, spelled

_BLOCK = 64 * 1024
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
        self._path = os.path.abspath(os.path.expanduser(path))
        self._write = write
        self._wait = wait
        self._handle = -1
        self._start = 0  # where the lines of this run begin
        self._made = False
        self._torn = b""
        self._buffer = bytearray()
        self.torn = False  # whether the last line was, when the file was opened

    def __enter__(self) -> ArchiveFile:
        """Raises InvalidInput for a path that cannot be used."""
        try:
            self._open()
            self._torn, self._start = self._after_the_last_line()
            self.torn = bool(self._torn)
            self._refuse_another_file()
            if self._write and self._torn:
                self._mend()
        except OSError as error:
            self._close()
            raise InvalidInput(f"path: {self._path!r} cannot be {'written' if self._write else 'read'}: {error.strerror}") from None
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Keep what was appended, or take it back if the run failed. Raises LifecycleError if it cannot be kept."""
        try:
            if self._write and kind is None:
                self._flush()
                os.fsync(self._handle)
        except OSError as problem:
            self._take_back()
            raise LifecycleError(f"{self._path!r} cannot be written any more ({problem.strerror}); nothing was appended") from None
        else:
            if self._write and kind is not None:
                self._take_back()
        finally:
            if self._made and os.fstat(self._handle).st_size == 0:
                with contextlib.suppress(OSError):
                    os.unlink(self._path)
            self._close()

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

    def _open(self) -> None:
        folder = os.path.dirname(self._path)
        if not os.path.isdir(folder):
            raise InvalidInput(f"path: the folder {folder!r} does not exist")
        if os.path.islink(self._path):
            raise InvalidInput(f"path: {self._path!r} is a link, which is not followed")
        if os.path.lexists(self._path) and not stat.S_ISREG(os.lstat(self._path).st_mode):
            raise InvalidInput(f"path: {self._path!r} is no regular file")
        if not self._write:
            if os.path.lexists(self._path):
                if not os.access(self._path, os.W_OK):
                    raise InvalidInput(f"path: {self._path!r} cannot be written")
                self._handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            elif not os.access(folder, os.W_OK | os.X_OK):
                raise InvalidInput(f"path: the folder {folder!r} cannot be written to")
            return
        while not self._lock():
            self._close()
            self._made = False
        if self._made:
            _sync_folder(folder)

    def _lock(self) -> bool:
        """Open the file and wait until it is ours. Returns whether it still is the one that the path names."""
        flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._handle = os.open(self._path, flags | os.O_CREAT | os.O_EXCL, 0o600)
            self._made = True
        except FileExistsError:
            try:
                self._handle = os.open(self._path, flags)
            except FileNotFoundError:  # whoever made it took it back
                return False
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                self._wait()
        try:
            named = os.stat(self._path)
        except FileNotFoundError:
            return False
        mine = os.fstat(self._handle)
        return (named.st_dev, named.st_ino) == (mine.st_dev, mine.st_ino)

    def _refuse_another_file(self) -> None:
        """Whoever mistakes the log of something else for the archive finds it as it was."""
        lines = False
        for raw in self._backwards():
            if _event(raw):
                return
            lines = lines or bool(raw.strip())
        torn = self._torn.strip(b"\0")  # zeros are what a loss of power may leave
        if lines or not (torn.startswith(_BEGIN) or _BEGIN.startswith(torn)):
            raise InvalidInput(f"path: {self._path!r} holds something else than an archive; give another name")

    def _close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _after_the_last_line(self) -> tuple[bytes, int]:
        """The bytes after the last whole line, and where they begin."""
        end = self._size()
        torn = b""
        while end > 0:
            begin = max(0, end - _BLOCK)
            block = os.pread(self._handle, end - begin, begin)
            line_end = block.rfind(b"\n")
            if line_end >= 0:
                return block[line_end + 1 :] + torn, begin + line_end + 1
            torn, end = block + torn, begin
        return torn, 0

    def _backwards(self) -> Iterator[bytes]:
        """All lines, the last one first."""
        if self._torn and _event(self._torn):
            yield self._torn
        rest, end = b"", self._start
        while end > 0:
            begin = max(0, end - _BLOCK)
            lines = (os.pread(self._handle, end - begin, begin) + rest).split(b"\n")
            rest, end = lines[0], begin
            yield from reversed(lines[1:])
        if rest:
            yield rest

    def _count(self) -> int:
        """How many lines look like events. Reads the whole file, and parses nothing."""
        if self._handle < 0:
            return 0
        with os.fdopen(os.dup(self._handle), "rb") as lines:
            lines.seek(0)
            whole = sum(line.startswith(b"{") and line.endswith(b"}\n") for line in lines)
        return whole + bool(self._torn and _event(self._torn))

    def _size(self) -> int:
        return os.fstat(self._handle).st_size if self._handle >= 0 else 0

    def _mend(self) -> None:
        """Set a torn last line aside; end one that only lacks its end."""
        if _event(self._torn):
            _write_all(self._handle, b"\n")
            self._start += len(self._torn) + 1
        else:
            self._keep_torn()
            os.ftruncate(self._handle, self._start)
        os.fsync(self._handle)
        self._torn = b""

    def _keep_torn(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(f"{self._path}.torn", flags, 0o600)
        try:
            _write_all(handle, self._torn + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def _flush(self) -> None:
        _write_all(self._handle, bytes(self._buffer))
        self._buffer.clear()

    def _take_back(self) -> None:
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, self._start)
            os.fsync(self._handle)


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


def _write_all(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]


def _sync_folder(folder: str) -> None:
    """So that the name of a new file survives a loss of power, too."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
