# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with one person's row, or with what follows from it: the gate makes findings of these."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InvalidInput

REFUSE = "refuse"
WARN = "warn"

# These leave a person without a phase: nobody can say what their account should be.
UNKNOWN_STATUS = "unknown_status"
UNKNOWN_TIME_ZONE = "unknown_time_zone"
UNREADABLE_DATES = "unreadable_dates"
CONTRADICTORY_DATES = "contradictory_dates"

# These are to be looked at.
STALE_STATUS = "stale_status"  # the status says something else than the dates, which count
UNUSED_RULES = "unused_rules"  # a rule asks for what nobody has
UNMAPPED_GROUPS = "unmapped_groups"  # a group is named after an attribute by a map that lacks the value
EXPIRED_GRANTS = "expired_grants"
UNKNOWN_GRANTS = "unknown_grants"  # for a person that the source does not have
MANAGER_DANGLERS = "manager_danglers"
MANAGER_CYCLES = "manager_cycles"
MANAGER_LEFT = "manager_left"

CHECKS = {
    UNKNOWN_STATUS: REFUSE,
    UNKNOWN_TIME_ZONE: REFUSE,
    UNREADABLE_DATES: REFUSE,
    CONTRADICTORY_DATES: REFUSE,
    STALE_STATUS: WARN,
    UNUSED_RULES: WARN,
    UNMAPPED_GROUPS: WARN,
    EXPIRED_GRANTS: WARN,
    UNKNOWN_GRANTS: WARN,
    MANAGER_DANGLERS: WARN,
    MANAGER_CYCLES: WARN,
    MANAGER_LEFT: WARN,
}


@dataclass(frozen=True)
class Problem:
    """One thing about one person. check: one of CHECKS. message: a sentence without personal data. place, key: the row, "" if none."""

    check: str
    message: str
    place: str = ""
    key: str = ""

    @property
    def severity(self) -> str:
        """What the check is by default: ``refuse`` or ``warn``."""
        return CHECKS[self.check]


class Unclear(InvalidInput):
    """A row from which no phase follows. check: one of CHECKS. The text names the field; whoever has the row adds where it is."""

    def __init__(self, check: str, message: str) -> None:
        super().__init__(message)
        self.check = check
