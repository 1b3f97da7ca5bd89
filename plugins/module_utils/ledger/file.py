# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a ledger: what it ends in, and lines that are appended at once, or not at all.

Whoever is killed while it writes leaves whole lines, and at most one that is torn. The next one copies what is torn to a file
beside it (``.torn``), overwrites it, and says so in the record that comes next.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from types import TracebackType
from typing import Any

from ..core.errors import InvalidInput, LifecycleError
from ..core.ledger.chain import Head, beginning
from ..core.ledger.lines import BEGIN, Entry, is_sealed, parsed
from ..files.line_file import LineFile, sync_folder, write_all

_ADVICE = "see what evidence_info says of it, keep it as it is, and begin a new file under another name"


def new_id() -> str:
    """The id of a new ledger: two ledgers of the same records have nothing in common."""
    return secrets.token_hex(16)


class LedgerFile:
    """One ledger, open for one task.

    path: the file; its folder is made if it is missing. write: whether it may be changed; without, nothing is made or locked.
    wait: called while another process writes, may raise.
    """

    def __init__(self, path: str, *, write: bool, wait: Callable[[], None]) -> None:
        self._file = LineFile(path, write=write, wait=wait)
        self._write = write
        self.path = self._file.path
        self.head = Head()
        self.torn = b""  # what is after the last whole record
        self.mode = 0  # its permissions, 0 if there is no file
        self.unended = False  # whether the last record is whole and lacks its end only

    def __enter__(self) -> LedgerFile:
        """Raises InvalidInput for a path that cannot be used, and for a file to which nothing may be appended."""
        try:
            self._make_folder()
            if self._write or os.path.isdir(self._file.folder):
                self._file.open(settled=True)
                if not self._write:
                    self._file.refuse_unwritable()
                self.mode = self._file.mode
                self._read_end()
        except OSError as error:
            self._file.close()
            raise InvalidInput(f"path: {self.path!r} cannot be {'written' if self._write else 'read'}: {error.strerror}") from None
        except BaseException:
            self._file.discard_empty()
            self._file.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.discard_empty()
        self._file.close()

    @property
    def mended(self) -> dict[str, Any]:
        """What is torn, as the next record tells it; ``{}`` if nothing is."""
        return {"bytes": len(self.torn), "sha256": sha256(self.torn).hexdigest()} if self.torn else {}

    def lines(self) -> Iterator[bytes]:
        """All records as lines, the first one first."""
        yield from self._file.forwards()
        if self.unended:
            yield self._file.torn

    def append(self, lines: Iterable[bytes]) -> None:
        """Add lines, which are on the disk when this returns. Raises LifecycleError; the file is then as it was."""
        content = b"".join([b"\n" if self.unended else b"", *(line + b"\n" for line in lines)])
        if not self._write or not content:
            return
        file = self._file
        begin = file.size if self.unended else file.start
        try:
            if self.torn:
                file.set_aside()
            os.lseek(file.handle, begin, os.SEEK_SET)
            write_all(file.handle, content)
            if self.torn:
                os.ftruncate(file.handle, begin + len(content))
            os.fsync(file.handle)
        except OSError as error:
            self._take_back()
            raise LifecycleError(f"{self.path!r} cannot be written any more ({error.strerror}); nothing was appended") from None

    def _make_folder(self) -> None:
        folder = self._file.folder
        if os.path.isdir(folder):
            return
        if self._write:
            os.makedirs(folder, 0o700, exist_ok=True)
            sync_folder(os.path.dirname(folder))
            return
        while not os.path.lexists(folder):
            folder = os.path.dirname(folder)
        if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
            raise InvalidInput(f"path: the folder of {self.path!r} cannot be made in {folder!r}")

    def _read_end(self) -> None:
        file = self._file
        self._refuse_another_file()
        backwards = file.backwards()
        last, before = next(backwards, None), next(backwards, None)
        if last is not None:
            entry = self._whole(last)
            earlier = None if before is None else parsed(before)
            if before is not None and earlier is None:
                raise self._broken(f"its line before the last one ({self._count() - 1:,}) is no record")
            follows = beginning(str(entry.get("ledger", ""))) if earlier is None else earlier["digest"]
            if entry["previous"] != follows or entry["number"] != (earlier["number"] if earlier else 0) + 1:
                raise self._broken(f"its last line ({self._count():,}) does not follow the one before")
            self.head = Head.of(entry)
        if not file.torn:
            return
        entry_of_torn = parsed(file.torn)
        if entry_of_torn and is_sealed(file.torn, entry_of_torn) and entry_of_torn["number"] == self.head.number + 1:
            follows = self.head.digest or beginning(str(entry_of_torn.get("ledger", "")))
            self.unended = entry_of_torn["previous"] == follows
        if self.unended and entry_of_torn:
            self.head = Head.of(entry_of_torn)
        else:
            self.torn = file.torn

    def _whole(self, last: bytes) -> Entry:
        entry = parsed(last)
        if entry is None:
            raise self._broken(f"its last line ({self._count():,}) is no record")
        if not is_sealed(last, entry):
            raise self._broken(f"its last line ({self._count():,}) was altered: it does not have the digest that it says")
        return entry

    def _refuse_another_file(self) -> None:
        """Whoever mistakes something else for the ledger finds it as it was."""
        if self._file.handle < 0:
            return
        begin = os.pread(self._file.handle, len(BEGIN), 0)
        if not self._file.start:
            begin = begin.strip(b"\0")  # zeros are what a loss of power may leave of the very first record
        if not (begin.startswith(BEGIN) or (not self._file.start and BEGIN.startswith(begin))):
            raise InvalidInput(f"path: {self.path!r} holds something else than evidence; give another name")

    def _broken(self, said: str) -> InvalidInput:
        return InvalidInput(f"path: {self.path!r} is damaged, {said}; nothing was appended: {_ADVICE}")

    def _count(self) -> int:
        return sum(1 for dummy in self._file.forwards())

    def _take_back(self) -> None:
        with contextlib.suppress(OSError):
            os.pwrite(self._file.handle, self._file.torn, self._file.start)
            os.ftruncate(self._file.handle, self._file.start + len(self._file.torn))
            os.fsync(self._file.handle)
