# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with one row of a source of people. Checks have the names that the gate knows them by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

MAPPING = "mapping"  # a value is not what the mapping says of its column
DAMAGED_ROWS = "damaged_rows"  # the row has too few or too many fields
ENCODING_DAMAGE = "encoding_damage"  # letters were lost or garbled on their way

_LONGEST = 40


def word(text: str) -> str:
    """A word of a source for a message, such as a status. Nobody's address, where a column slipped."""
    if "@" in text:
        return "(an e-mail address)"
    return repr(text if len(text) <= _LONGEST else text[:_LONGEST] + "...")


def in_quotes(text: str, known: Collection[str]) -> str:
    """What to do where a word is not known because YAML made true or false of it. known: the words, in lower case. "" if it is not that."""
    if text.lower() in ("yes", "no", "on", "off") and not {"true", "false"}.isdisjoint(known):
        return "; YAML takes yes, no, on and off for true and false: put them in quotes"
    return ""


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
