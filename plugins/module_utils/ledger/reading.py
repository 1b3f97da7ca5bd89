# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a ledger that may be damaged, while others append to it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

from ..core.errors import InvalidInput
from ..files.line_file import LineFile


@contextlib.contextmanager
def opened(path: str, wait: Callable[[], None]) -> Iterator[LineFile]:
    """The file: its whole lines as ``forwards()`` gives them, and in ``torn`` what comes after the last one.

    It is as it was when nobody was amid a write; what is appended meanwhile is not seen. wait: called while somebody writes,
    may raise. Raises InvalidInput.
    """
    file = LineFile(path, write=False, wait=wait)
    try:
        if not os.path.lexists(file.path):
            raise InvalidInput(f"path: there is no file {file.path!r} on the host that runs the task")
        file.open(settled=True)
        yield file
    except OSError as error:
        raise InvalidInput(f"path: {file.path!r} cannot be read: {error.strerror}") from None
    finally:
        file.close()
