# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process that dies amid what it writes."""

from __future__ import annotations

import os


class Died(BaseException):
    """Nothing that is done afterwards counts."""


class Mortal:
    """A process that dies when it has written so many bytes."""

    def __init__(self, room):
        self.room = room
        self._write, self._truncate = os.write, os.ftruncate

    def write(self, handle, content):
        written = self._write(handle, content[: self.room])
        self.room -= written
        if self.room <= 0:
            raise Died
        return written

    def truncate(self, handle, length):
        if self.room <= 0:
            raise Died
        self._truncate(handle, length)
