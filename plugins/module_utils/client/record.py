# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was written: by one task, and by the whole run that it is a part of."""

from __future__ import annotations

import threading


class Record:
    """The writes that were sent, in order, without bodies, and how many were answered with success.

    whole: the record of the run, which hears of everything, too; several threads may write to it.
    """

    def __init__(self, whole: Record | None = None) -> None:
        self.sent: list[dict[str, str]] = []
        self.accepted = 0
        self._whole = whole
        self._lock = threading.Lock()

    def send(self, request: dict[str, str]) -> None:
        """A write is about to be sent. request: its method and path."""
        with self._lock:
            self.sent.append(request)
        if self._whole is not None:
            self._whole.send(request)

    def accept(self) -> None:
        """A write took, whether its answer said so or was lost."""
        with self._lock:
            self.accepted += 1
        if self._whole is not None:
            self._whole.accept()
