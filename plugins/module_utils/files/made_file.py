# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that is made anew as a whole: whoever looks finds the old one or the new one, and the same content is no change."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from hashlib import sha256
from types import TracebackType
from typing import BinaryIO

from ..core.errors import InvalidInput, LifecycleError
from .writable import why_not

_BLOCK = 1024 * 1024


class MadeFile:
    """path: the file, in a folder that exists. option: what it is called in messages. mode: its permissions.

    write: whether it may be changed; without, what it would become is only compared. The content comes in parts; ``settle`` gives
    it the name. Used as a context, what was not settled leaves nothing behind.
    """

    def __init__(self, path: str, option: str, *, mode: int, write: bool) -> None:
        self.path = os.path.abspath(os.path.expanduser(path))
        self.size = 0
        self._option = option
        self._mode = mode
        self._write = write
        self._digest = sha256()
        self._name = ""
        self._file: BinaryIO | None = None
        self.before = ""  # size and digest of what is there, for people; "" if there is nothing

    def __enter__(self) -> MadeFile:
        """Raises InvalidInput for a path to which nothing can be written."""
        reason = "it is a folder" if os.path.isdir(self.path) else why_not(self.path, os.path.dirname(self.path))
        if reason:
            raise InvalidInput(f"{self._option}: {self.path!r} cannot be written: {reason}")
        try:
            self.before = self._described_before()
            if self._write:
                handle, self._name = tempfile.mkstemp(dir=os.path.dirname(self.path), prefix=f".{os.path.basename(self.path)[:100]}.")  # mode 0600
                self._file = os.fdopen(handle, "wb", buffering=_BLOCK)
        except OSError as error:
            raise InvalidInput(f"{self._option}: {self.path!r} cannot be written: {error.strerror}") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None
        if self._name:
            with contextlib.suppress(OSError):
                os.unlink(self._name)
            self._name = ""

    @property
    def after(self) -> str:
        """Size, digest and permissions of the new content, for people."""
        return _described(self.size, self._digest.hexdigest(), self._mode)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    @property
    def changed(self) -> bool:
        return self.after != self.before

    def add(self, text: str) -> None:
        """The next part. Raises LifecycleError."""
        data = text.encode("utf-8", "replace")
        self.size += len(data)
        self._digest.update(data)
        if self._file:
            try:
                self._file.write(data)
            except OSError as error:
                raise self._unwritable(error) from None

    def settle(self) -> None:
        """All parts are there: give it its name, unless the same is there already. Raises LifecycleError."""
        if not self._file or not self.changed:
            return
        try:
            self._file.flush()
            os.fchmod(self._file.fileno(), self._mode)
            os.fsync(self._file.fileno())
            os.replace(self._name, self.path)
        except OSError as error:
            raise self._unwritable(error) from None
        self._name = ""

    def _unwritable(self, error: OSError) -> LifecycleError:
        return LifecycleError(f"{self._option}: {self.path!r} cannot be written ({error.strerror}); the file there is as it was")

    def _described_before(self) -> str:
        digest, size = sha256(), 0
        try:
            with open(self.path, "rb") as file:
                found = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                for block in iter(lambda: file.read(_BLOCK), b""):
                    digest.update(block)
                    size += len(block)
        except FileNotFoundError:
            return ""
        return _described(size, digest.hexdigest(), found)


def _described(size: int, digest: str, mode: int) -> str:
    return f"{size} bytes, sha256 {digest}, mode {mode:04o}"
