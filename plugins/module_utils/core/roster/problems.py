# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be wrong with people beside what is wrong with their rows (``problem.py``): the checks, as the gate knows them."""

from __future__ import annotations

from ..errors import InvalidInput

# These leave somebody without a phase: nobody can say what their account should be.
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


class Unclear(InvalidInput):
    """A row from which no phase follows. check: one of those above. The text names the field; whoever has the row adds where it is."""

    def __init__(self, check: str, message: str) -> None:
        super().__init__(message)
        self.check = check
