# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of lines that grows at its end only, and of which a last line may be torn. One process at a time writes (flock)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Callable, Iterator

from ..core.errors import InvalidInput

_BLOCK = 64 * 1024


class LineFile:
    """path: the file. write: whether it may be changed; without, it is never made.

    wait: called while another process has the file locked, may raise. option: what the path is called in messages.
    """

    def __init__(self, path: str, *, write: bool, wait: Callable[[], None], option: str = "path") -> None:
        self.path = os.path.abspath(os.path.expanduser(path))
        self.handle = -1  # if there is no file
        self.made = False
        self.start = 0  # where the last whole line ends
        self.torn = b""  # what comes after it
        self._write = write
        self._wait = wait
        self._option = option

    @property
    def folder(self) -> str:
        return os.path.dirname(self.path)

    @property
    def size(self) -> int:
        return os.fstat(self.handle).st_size if self.handle >= 0 else 0

    @property
    def mode(self) -> int:
        return stat.S_IMODE(os.fstat(self.handle).st_mode) if self.handle >= 0 else 0

    def open(self, flags: int = 0, *, settled: bool = False) -> None:
        """Open it, to write under a lock that lasts until it is closed; a file that may be written is made.

        flags: those of ``os.open`` beside the usual ones. settled: where it is only read, wait until nobody is amid a write, so
        that what is torn was left behind. Raises InvalidInput, OSError.
        """
        if not os.path.isdir(self.folder):
            raise InvalidInput(f"{self._option}: the folder {self.folder!r} does not exist")
        if os.path.islink(self.path):
            raise InvalidInput(f"{self._option}: {self.path!r} is a link, which is not followed")
        if os.path.lexists(self.path) and not stat.S_ISREG(os.lstat(self.path).st_mode):
            raise InvalidInput(f"{self._option}: {self.path!r} is no regular file")
        if self._write:
            while not self._locked(os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | flags):
                self.close()
                self.made = False
            if self.made:
                sync_folder(self.folder)
        elif os.path.lexists(self.path):
            self.handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            if settled:
                self._flock(fcntl.LOCK_SH)
        self.torn, self.start = self._after_the_last_line()
        if settled and self.handle >= 0 and not self._write:
            fcntl.flock(self.handle, fcntl.LOCK_UN)

    def refuse_unwritable(self) -> None:
        """Say what opening it for writing would say. Raises InvalidInput."""
        if os.path.lexists(self.path):
            if not os.access(self.path, os.W_OK):
                raise InvalidInput(f"{self._option}: {self.path!r} cannot be written")
        elif not os.access(self.folder, os.W_OK | os.X_OK):
            raise InvalidInput(f"{self._option}: the folder {self.folder!r} cannot be written to")

    def close(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    def discard_empty(self) -> None:
        """Take a file back that was made and got no line."""
        if self.made and self.size == 0:
            with contextlib.suppress(OSError):
                os.unlink(self.path)

    def backwards(self) -> Iterator[bytes]:
        """All whole lines without their ends, the last one first."""
        if not self.start:
            return
        rest, end = b"", self.start - 1
        while end > 0:
            begin = max(0, end - _BLOCK)
            lines = (os.pread(self.handle, end - begin, begin) + rest).split(b"\n")
            rest, end = lines[0], begin
            yield from reversed(lines[1:])
        yield rest

    def forwards(self) -> Iterator[bytes]:
        """All whole lines without their ends, the first one first. What is appended meanwhile is not among them."""
        if self.handle < 0:
            return
        left = self.start
        with os.fdopen(os.dup(self.handle), "rb", buffering=_BLOCK) as lines:
            lines.seek(0)
            for line in lines:
                left -= len(line)
                if left < 0:
                    return
                yield line[:-1]

    def set_aside(self) -> None:
        """Keep what is torn in a file beside this one, before it is overwritten or cut off. Raises OSError."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(f"{self.path}.torn", flags, 0o600)
        try:
            write_all(handle, self.torn + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def _locked(self, flags: int) -> bool:
        """Open the file and wait until it is ours. Returns whether it still is the one that the path names."""
        try:
            self.handle = os.open(self.path, flags | os.O_CREAT | os.O_EXCL, 0o600)
            self.made = True
        except FileExistsError:
            try:
                self.handle = os.open(self.path, flags)
            except FileNotFoundError:  # whoever made it took it back
                return False
        self._flock(fcntl.LOCK_EX)
        try:
            named = os.stat(self.path)
        except FileNotFoundError:
            return False
        mine = os.fstat(self.handle)
        return (named.st_dev, named.st_ino) == (mine.st_dev, mine.st_ino)

    def _flock(self, kind: int) -> None:
        while True:
            try:
                return fcntl.flock(self.handle, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                self._wait()

    def _after_the_last_line(self) -> tuple[bytes, int]:
        """The bytes after the last whole line, and where they begin."""
        end = self.size
        torn = b""
        while end > 0:
            begin = max(0, end - _BLOCK)
            block = os.pread(self.handle, end - begin, begin)
            line_end = block.rfind(b"\n")
            if line_end >= 0:
                return block[line_end + 1 :] + torn, begin + line_end + 1
            torn, end = block + torn, begin
        return torn, 0


def write_all(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]


def sync_folder(folder: str) -> None:
    """So that the name of a new file survives a loss of power, too."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
