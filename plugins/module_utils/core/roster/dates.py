# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dates and instants as HR systems write them, read by formats that are the same in every locale."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from ..errors import InvalidInput

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NAMES = "|".join(_MONTHS)
_SHORT = "|".join(month[:3] for month in _MONTHS)
_NUMBER_OF_MONTH = {month[:3].lower(): number for number, month in enumerate(_MONTHS, 1)}
# Directive of strptime -> the pattern, as it is before a text, and before another directive of digits.
_TWO = ("{2}", "{2}")
_DIGITS = {"Y": ("{4}", "{4}"), "m": ("{1,2}", "{2}"), "d": ("{1,2}", "{2}"), "H": _TWO, "M": _TWO, "S": _TWO, "f": ("{1,9}", "{6}")}
_WORDS = {"b": _SHORT, "B": _NAMES, "z": r"Z|[+-][0-9]{2}:?[0-9]{2}"}
_KNOWN = ", ".join(f"%{letter}" for letter in (*_DIGITS, *_WORDS))
_TIME = set("HMSf")


class DateFormat:
    """One format, with the directives of strptime: ``%d.%m.%Y``, ``%d-%b-%Y``, ``%Y-%m-%dT%H:%M:%S%z``.

    Names of months are English. Days and months may lack their leading zero where no digit follows. A time of day needs a zone; one
    that means nothing can be written as it is: ``%Y-%m-%d 00:00:00``. Raises InvalidInput.
    """

    def __init__(self, text: str) -> None:
        parts = re.split(r"%(.)", text, flags=re.DOTALL)
        letters = [letter for letter in parts[1::2] if letter != "%"]
        self._refuse(text, letters, parts)
        pattern = re.escape(parts[0])
        for position in range(1, len(parts), 2):
            letter, literal = parts[position], parts[position + 1]
            following = parts[position + 2] if not literal and position + 2 < len(parts) else literal[:1]
            tight = following.isdigit() or (not literal and following in _DIGITS)
            pattern += self._pattern(letter, tight) + re.escape(literal)
        self.text = text
        self._matches = re.compile(pattern, re.IGNORECASE).fullmatch
        self._instant = bool(_TIME & set(letters))

    @staticmethod
    def _pattern(letter: str, tight: bool) -> str:
        if letter == "%":
            return "%"
        return f"(?P<{letter}>{_WORDS[letter]})" if letter in _WORDS else f"(?P<{letter}>[0-9]{_DIGITS[letter][tight]})"

    @staticmethod
    def _refuse(text: str, letters: Sequence[str], parts: Sequence[str]) -> None:
        if "y" in letters:
            raise InvalidInput(f"{text!r} has a year of two digits, which can mean two years (31-DEC-12 may be the end of 4712); export four digits")
        unknown = [letter for letter in letters if letter not in _DIGITS and letter not in _WORDS]
        if unknown or "%" in "".join(parts[0::2]):
            raise InvalidInput(f"{text!r} has {'%' + unknown[0] if unknown else 'a % at its end'}, which is not known here; there are {_KNOWN}")
        months = [letter for letter in letters if letter in "mbB"]
        if len(set(letters)) != len(letters) or len(months) != 1 or not {"Y", "d"} <= set(letters):
            raise InvalidInput(f"{text!r} is no format of a date: it needs %Y, %d, and one of %m, %b and %B, each once")
        if (_TIME | {"z"}) & set(letters) and not {"H", "z"} <= set(letters):
            raise InvalidInput(f"{text!r} has a time of day without a zone, or a zone without a time; add %H or %z, or write the time as it is: 00:00:00")

    def read(self, text: str) -> str | None:
        """The date (``2026-11-30``), or the instant in UTC (``2026-11-30T23:00:00Z``); ``None`` if the text has another form."""
        found = self._matches(text)
        if not found:
            return None
        part = found.groupdict()
        month = part.get("m") or _NUMBER_OF_MONTH[(part.get("b") or part.get("B") or "")[:3].lower()]
        try:
            day = date(int(part["Y"]), int(month), int(part["d"]))
            if not self._instant:
                return day.isoformat()
            hour, minute, second = (int(part.get(letter) or 0) for letter in "HMS")
            there = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_zone(part["z"]))
            return f"{there.astimezone(timezone.utc).replace(tzinfo=None).isoformat()}Z"
        except (ValueError, OverflowError):
            return None


def _zone(text: str) -> timezone:
    if text in "Zz":
        return timezone.utc
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


# ISO 8601: can be told from everything else, and is always read. A time without a zone is not among them: it is no instant.
_ISO = tuple(map(DateFormat, ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S.%f%z")))


def iso(text: str, formats: Sequence[DateFormat] = ()) -> str | None:
    """A date or an instant as ISO 8601 has it, read by the first of the formats that fits; ISO 8601 itself always does."""
    return next((found for known in (*formats, *_ISO) for found in [known.read(text)] if found is not None), None)
