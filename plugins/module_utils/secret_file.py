# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a secret that is shown once: whether it can be written is known before the secret exists.

Only its owner reads it, whoever looks finds an old file or a new one, and no link is followed.
"""

from __future__ import annotations

import contextlib
import os
import tempfile

from .core.errors import InvalidInput, LifecycleError
from .files.writable import why_not

_ROOM = 4096  # bytes that are reserved; a secret of SCIM has less than 100


class SecretFile:
    """path: the file, in a folder that exists. Raises InvalidInput for a path to which nothing can be written."""

    def __init__(self, path: str, option: str = "secret_file") -> None:
        self.path = os.path.expanduser(path)
        self._option = option
        self._reserved = ""
        folder = os.path.dirname(self.path) or "."
        named = os.path.basename(self.path) or "\0" in self.path
        reason = why_not(self.path, folder) if named else "it is the name of a folder"
        if reason:
            raise InvalidInput(f"{option}: {path!r} cannot be written: {reason}; nothing was written")

    def reserve(self) -> None:
        """Take the room beside the file under another name, before there is a secret. Raises InvalidInput."""
        handle = -1
        try:
            folder, name = os.path.split(self.path)
            handle, self._reserved = tempfile.mkstemp(dir=folder or ".", prefix=f".{name[:100]}.")  # mode 0600
            os.write(handle, b" " * _ROOM)
            os.fsync(handle)
        except OSError as error:
            self.discard()
            raise InvalidInput(f"{self._option}: {self.path!r} cannot be written: {error.strerror}; nothing was written") from None
        finally:
            if handle >= 0:
                os.close(handle)

    def keep(self, secret: str) -> None:
        """Write the secret in the reserved room, and give it its name. Raises LifecycleError, which says where it is then."""
        room, self._reserved = self._reserved, ""
        where = "it is lost: have Cloudflare make a new one"
        try:
            handle = os.open(room, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                os.pwrite(handle, secret.encode(), 0)
                os.ftruncate(handle, len(secret.encode()))
                os.fsync(handle)
            finally:
                os.close(handle)
            where = f"it is in {room!r}, move it from there"
            os.replace(room, self.path)  # replaces a link, and does not follow it
        except OSError as error:
            raise LifecycleError(
                f"the secret was made, and {self._option} {self.path!r} cannot be written any more ({error.strerror}); {where}"
            ) from None

    def discard(self) -> None:
        """Give the room back: there is no secret after all."""
        if self._reserved:
            with contextlib.suppress(OSError):
                os.unlink(self._reserved)
            self._reserved = ""
