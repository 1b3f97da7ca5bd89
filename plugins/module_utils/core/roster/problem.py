# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with one row of a source of people. Checks have the names that the gate knows them by."""

from __future__ import annotations

from dataclasses import dataclass

MAPPING = "mapping"  # a value is not what the mapping says of its column
DAMAGED_ROWS = "damaged_rows"  # the row has too few or too many fields
ENCODING_DAMAGE = "encoding_damage"  # letters were lost or garbled on their way


@dataclass(frozen=True)
class Problem:
    """place: ``file:line``. key: the person_id, "" if it is not known. check: one of the constants above.

    message: what is wrong, in a few words that name columns and targets; of values, only status words and dates. The same
    mistake in two rows has the same message, if neither is a word or a date.
    """

    place: str
    key: str
    check: str
    message: str
