# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where an archive of events may lack some: entries that the log does not keep any more, and silence that lasts too long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ..core.events.timestamps import moment

NOT_KEPT = "not_kept"  # the log begins later than the archive ends: what was logged between is lost
SILENCE = "silence"  # longer between two events than is expected
_MOST = 100

Gap = dict[str, Any]


class Gaps:
    """The gaps that one run meets, in the order of time. last: the newest timestamp of the archive, "" if it is empty.

    expected: how long it is between two events at most, ``None`` if that is not known.
    """

    def __init__(self, last: str, expected: timedelta | None) -> None:
        self._last = last
        self._expected = expected
        self.found: list[Gap] = []
        self.count = 0

    def not_kept(self, until: str) -> None:
        """The log does not show the archive's last event any more, nor anything before. until: where it begins, "" if it is empty."""
        self._note(NOT_KEPT, until)

    def event(self, timestamp: str) -> None:
        """The next event that is new."""
        self._silence(timestamp)
        self._last = max(self._last, timestamp)

    def end(self, now: str) -> None:
        """There is no further event until now."""
        self._silence(now)

    def _silence(self, until: str) -> None:
        if self._expected is not None and self._last and moment(until) - moment(self._last) > self._expected:
            self._note(SILENCE, until)

    def _note(self, reason: str, until: str) -> None:
        self.count += 1
        if len(self.found) < _MOST:
            self.found.append({"reason": reason, "from": self._last, "to": until})
