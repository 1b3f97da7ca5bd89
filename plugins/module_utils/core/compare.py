# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When two SCIM values are the same (RFC 7643 sections 2.2 to 2.5).

Absent, null and the empty list are one and the same. Booleans may arrive as strings. The elements of a multi-valued
attribute are an unordered set, and of an element only what was asked for is compared: servers add ``display``,
``$ref`` and ``type`` of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .attributes import ANY, BOOLEAN, ELEMENTS, EXACT, NAME, PHONE, REFERENCES, TEXT, Attribute
from .json_values import boolean, composed, folded, is_absent, matched, merged_json, same_json

Element = Mapping[str, Any]


def same(attribute: Attribute, left: Any, right: Any, *, loosely: bool = False) -> bool:
    """Whether two canonical values of one attribute are equal.

    loosely: also accept a text that differs in letter case or outer white space only. Planning is strict, so that a
    new spelling of a name is tried; verifying is loose, because a server that folds case has kept the value
    (caseExact false, RFC 7643 section 2.2).
    """
    if left == right:
        return True  # also most of what is compared, so the rest may take its time
    if attribute.kind == ELEMENTS:
        seen, wished = tuple(left or ()), tuple(right or ())
        covered = matched(seen, wished, lambda have, want: _covers(attribute, have, want, loosely))
        return len(seen) == len(wished) == len(covered)
    if attribute.kind == REFERENCES:
        return not set(left or ()).symmetric_difference(right or ())
    if attribute.kind == ANY:
        return same_json(left, right, loosely=loosely)
    equal = bool(_form(attribute, left, loosely) == _form(attribute, right, loosely))
    if equal and attribute.keeps_case and not loosely and isinstance(left, str) and left != left.lower():
        return bool(left == right)  # "Ada" was kept as it came, so "ada" is a wish that can come true
    return equal


def _form(attribute: Attribute, value: Any, loosely: bool) -> Any:
    """The form of a single value in which equal values are ``==``."""
    if attribute.kind == BOOLEAN:
        return attribute.absent_means if is_absent(value) else boolean(value)
    if is_absent(value):
        return None
    text = str(value)
    if attribute.kind == PHONE:
        return re.sub(r"[\s().-]", "", re.sub(r"^tel:", "", text, flags=re.IGNORECASE)).casefold()
    if attribute.kind == NAME or (loosely and attribute.kind == TEXT):
        return folded(text.strip() if loosely else text)
    return text if attribute.kind == EXACT else composed(text)


def _covers(attribute: Attribute, have: Element, want: Element, loosely: bool = False) -> bool:
    """Whether an element of the server has everything that was asked of it."""
    return all(
        same(sub, have.get(sub.option), want.get(sub.option), loosely=loosely)
        for sub in attribute.sub
        if sub.option in want
    )


def pair(
    attribute: Attribute, seen: Sequence[Element], wished: Sequence[Element], *, loosely: bool = False
) -> list[tuple[Element | None, Element | None]]:
    """Which element of the server is meant by which wished one: ``(seen, wished)``, ``None`` where there is none.

    Matched in this order: everything that was asked for; identifying value and type; identifying value; finally the
    type where it is unique on both sides, which is how a work address or a work e-mail is *changed*.
    """
    identifying = attribute.sub[0]
    kind = next((sub for sub in attribute.sub if sub.option == "type"), identifying)

    def agree(have: Element, want: Element, *on: Attribute) -> bool:
        return all(same(sub, have.get(sub.option), want.get(sub.option), loosely=loosely) for sub in on)

    def type_of(element: Element) -> Any:
        return _form(kind, element.get("type"), loosely)

    def only_of_its_type(have: Element, want: Element) -> bool:
        same_type = type_of(want) is not None and type_of(have) == type_of(want)
        return same_type and seen_types[type_of(have)] == 1 and wished_types[type_of(want)] == 1

    left, todo = list(seen), list(wished)
    pairs: list[tuple[Element | None, Element | None]] = []
    for matches in (
        lambda have, want: _covers(attribute, have, want, loosely),
        lambda have, want: agree(have, want, identifying, kind),
        lambda have, want: agree(have, want, identifying),
        only_of_its_type,
    ):
        seen_types, wished_types = Counter(map(type_of, left)), Counter(map(type_of, todo))
        found = matched(left, todo, matches)
        pairs += found
        left = [have for have in left if all(have is not other for other, _want in found)]
        todo = [want for want in todo if all(want is not other for _have, other in found)]
    return pairs + [(None, want) for want in todo] + [(have, None) for have in left]


def merged(attribute: Attribute, seen: Any, wished: Any) -> Any:
    """The value that the server should hold once the wish is true: what it has, with what was asked for on top."""
    if is_absent(wished):
        return None
    if attribute.kind == ELEMENTS:
        return _merged_elements(attribute, tuple(seen or ()), tuple(wished))
    if attribute.kind == ANY:
        return merged_json(seen, wished)
    return wished


def _merged_elements(attribute: Attribute, seen: Sequence[Element], wished: Sequence[Element]) -> tuple[Element, ...]:
    result = []
    new_primary = any(boolean(want.get("primary")) is True for want in wished)
    for have, want in pair(attribute, seen, wished):
        if want is None:
            continue
        element = dict(have or {})
        for sub in attribute.sub:
            if sub.option in want and not same(sub, element.get(sub.option), want[sub.option]):
                element[sub.option] = want[sub.option]
        if new_primary and "primary" not in want and boolean(element.get("primary")) is True:
            element["primary"] = False  # at most one element is primary (RFC 7643 section 2.4)
        result.append({name: value for name, value in element.items() if not is_absent(value)})
    return tuple(result)
