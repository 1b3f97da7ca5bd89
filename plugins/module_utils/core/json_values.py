# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON values as SCIM means them (RFC 7643 section 2): no value, booleans, and what belongs to schemas without a table."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, TypeVar

Item = TypeVar("Item")

# An xsd:dateTime (RFC 7643 section 2.3.5): services differ in how they write the same instant.
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.IGNORECASE)


def is_absent(value: Any) -> bool:
    """Whether SCIM sees no value here (RFC 7643 section 2.5); "" is how a task clears a text."""
    return value is None or value == "" or (isinstance(value, (list, tuple, dict, frozenset)) and not value)


def boolean(value: Any) -> Any:
    """``True`` or ``False`` for anything a server writes for them; other values come back as they are."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def composed(text: str) -> str:
    """A text with each letter and its accents as one character: both ways to write it look the same (Unicode NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """A form in which names are equal that differ in letter case only (caseExact false), as RFC 8265 section 3.3 has it.

    Lower case, not Unicode's case folding: to that, "straße" and "strasse" are one name, and they are two people.
    """
    return composed(composed(text).lower())


def same_json(left: Any, right: Any, *, loosely: bool = False) -> bool:
    """Whether two values are equal; ``right`` is the wish, whose keys alone count. Lists are unordered sets."""
    if isinstance(right, Mapping) and right and (isinstance(left, Mapping) or is_absent(left)):
        left = left or {}
        have = {str(name).lower(): value for name, value in left.items()}
        return all(same_json(have.get(str(name).lower()), value, loosely=loosely) for name, value in right.items())
    if _is_empty(left) or is_absent(right):
        return _is_empty(left) and is_absent(right)
    if isinstance(right, (list, tuple)):
        return isinstance(left, (list, tuple)) and _same_items(left, right, loosely)
    if isinstance(left, bool) or isinstance(right, bool):
        return bool(boolean(left) == boolean(right))
    if isinstance(left, str) and isinstance(right, str):
        return bool(_text(left, loosely) == _text(right, loosely))
    return bool(left == right)


def matched(
    left: Sequence[Item], right: Sequence[Item], fits: Callable[[Item, Item], bool]
) -> list[tuple[Item, Item]]:
    """As many pairs of a left and a right one that fits as there can be, each in one pair at most.

    Taking the first that fits is not enough: who fits to several would leave nobody for who fits to one only.
    """
    place: dict[int, int] = {}  # the position of a left one -> the position of the right one that it is paired with

    def find(want: int, asked: set[int]) -> bool:
        fitting = [position for position, have in enumerate(left) if position not in asked and fits(have, right[want])]
        for position in sorted(fitting, key=place.__contains__):  # who is free comes first
            if position in asked:
                continue
            asked.add(position)
            if position not in place or find(place[position], asked):
                place[position] = want
                return True
        return False

    for want in range(len(right)):
        find(want, set())
    return [(left[have], right[want]) for have, want in place.items()]


def merged_json(seen: Any, wished: Any) -> Any:
    """What the service has with what was asked for on top; sub-attributes that the wish clears are left out."""
    if not isinstance(wished, Mapping) or not wished:
        return wished
    result = dict(seen) if isinstance(seen, Mapping) else {}
    spelled = {str(name).lower(): name for name in result}
    for name, value in wished.items():
        name = spelled.get(str(name).lower(), name)
        result[name] = merged_json(result.get(name), value)
    return {name: value for name, value in result.items() if not is_absent(value)}


def settled(value: Any) -> Any:
    """A value with all lists in one order: they are unordered sets, and equal ones become equal for a reader of JSON."""
    if isinstance(value, (list, tuple)):
        if all(isinstance(item, str) for item in value):
            return sorted(value)
        parts = [settled(item) for item in value]
        return sorted(parts, key=_as_json) if len(parts) > 1 else parts
    if isinstance(value, dict):
        return {name: settled(part) for name, part in value.items()}
    return value


_as_json = json.JSONEncoder(sort_keys=True, default=str).encode


def _is_empty(value: Any) -> bool:
    """Whether there is no value here, also not in any sub-attribute."""
    return is_absent(value) or (isinstance(value, Mapping) and all(_is_empty(part) for part in value.values()))


def _same_items(left: Sequence[Any], right: Sequence[Any], loosely: bool) -> bool:
    pairs = matched(left, right, lambda have, want: same_json(have, want, loosely=loosely))
    return len(left) == len(right) == len(pairs)


def _text(value: str, loosely: bool) -> Any:
    """A form in which equal texts are ``==``: of a date and time, the instant."""
    found = _DATE_TIME.fullmatch(value)
    if found:
        seconds, fraction, zone = found.groups()
        zone = "+00:00" if (zone or "Z").upper() == "Z" else zone
        try:
            return datetime.fromisoformat(f"{seconds.upper()}{zone}").astimezone(timezone.utc), (fraction or "").rstrip("0")
        except (ValueError, OverflowError):
            return value
    return folded(value.strip()) if loosely else composed(value)


def without_none(value: Any) -> Any:
    """A value without the suboptions that were not given."""
    if isinstance(value, Mapping):
        return {name: without_none(item) for name, item in value.items() if item is not None}
    return type(value)(map(without_none, value)) if isinstance(value, (list, tuple)) else value
