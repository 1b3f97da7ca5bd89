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
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .attributes import ANY, BOOLEAN, ELEMENTS, NAME, PHONE, REFERENCE, REFERENCES, TEXT, Attribute

Element = Mapping[str, Any]


def is_absent(value: Any) -> bool:
    """Whether SCIM sees no value here (RFC 7643 section 2.5); "" is how a task clears a text."""
    return value is None or value == "" or (isinstance(value, (list, tuple, dict, frozenset)) and not value)


def boolean(value: Any) -> Any:
    """``True`` or ``False`` for anything a server writes for them; other values come back as they are."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def same(attribute: Attribute, left: Any, right: Any, *, loosely: bool = False) -> bool:
    """Whether two canonical values of one attribute are equal.

    loosely: also accept a text that differs in letter case or outer white space only. Planning is strict, so that a
    new spelling of a name is tried; verifying is loose, because a server that folds case has kept the value
    (caseExact false, RFC 7643 section 2.2).
    """
    if attribute.kind == ELEMENTS:
        seen, wished = tuple(left or ()), tuple(right or ())
        return len(seen) == len(wished) and all(
            have is not None and want is not None and _covers(attribute, have, want, loosely)
            for have, want in pair(attribute, seen, wished)
        )
    if attribute.kind == REFERENCES:
        return set(left or ()) == set(right or ())
    if attribute.kind == ANY:
        return _same_json(left, right, loosely)
    equal = bool(_form(attribute, left, loosely) == _form(attribute, right, loosely))
    if equal and attribute.keeps_case and not loosely and left != str(left).lower():
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
    if attribute.kind in (NAME, REFERENCE) or (loosely and attribute.kind == TEXT):
        return text.strip().casefold() if loosely else text.casefold()
    return text


def _covers(attribute: Attribute, have: Element, want: Element, loosely: bool = False) -> bool:
    """Whether an element of the server has everything that was asked of it."""
    return all(
        same(sub, have.get(sub.option), want.get(sub.option), loosely=loosely)
        for sub in attribute.sub
        if sub.option in want
    )


def pair(
    attribute: Attribute, seen: Sequence[Element], wished: Sequence[Element]
) -> list[tuple[Element | None, Element | None]]:
    """Which element of the server is meant by which wished one: ``(seen, wished)``, ``None`` where there is none.

    Matched in this order: everything that was asked for; identifying value and type; identifying value; finally the
    type where it is unique on both sides, which is how a work address or a work e-mail is *changed*.
    """
    identifying = attribute.sub[0]
    kind = next((sub for sub in attribute.sub if sub.option == "type"), identifying)

    def agree(have: Element, want: Element, *on: Attribute) -> bool:
        return all(same(sub, have.get(sub.option), want.get(sub.option)) for sub in on)

    def only_of_its_type(have: Element, want: Element) -> bool:
        alone = sum(agree(have, other, kind) for other in left) == 1 and sum(agree(want, other, kind) for other in todo) == 1
        return alone and not is_absent(want.get("type")) and agree(have, want, kind)

    left, todo = list(seen), list(wished)
    pairs: list[tuple[Element | None, Element | None]] = []
    for matches in (
        lambda have, want: agree(have, want, identifying) and _covers(attribute, have, want),
        lambda have, want: agree(have, want, identifying, kind),
        lambda have, want: agree(have, want, identifying),
        only_of_its_type,
    ):
        for want in list(todo):
            have = next((have for have in left if matches(have, want)), None)
            if have is not None:
                pairs.append((have, want))
                left = [other for other in left if other is not have]
                todo = [other for other in todo if other is not want]
    return pairs + [(None, want) for want in todo] + [(have, None) for have in left]


def merged(attribute: Attribute, seen: Any, wished: Any) -> Any:
    """The value that the server should hold once the wish is true: what it has, with what was asked for on top."""
    if is_absent(wished):
        return None
    if attribute.kind == ELEMENTS:
        return _merged_elements(attribute, tuple(seen or ()), tuple(wished))
    if attribute.kind == ANY and isinstance(wished, Mapping) and isinstance(seen, Mapping):
        return {**seen, **wished}
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


def _same_json(left: Any, right: Any, loosely: bool) -> bool:
    """Equality of values of a schema that we know nothing about; ``right`` is the wish, whose keys alone count."""
    if is_absent(left) or is_absent(right):
        return is_absent(left) and is_absent(right)
    if isinstance(right, Mapping):
        if not isinstance(left, Mapping):
            return False
        have = {str(name).lower(): value for name, value in left.items()}
        return all(_same_json(have.get(str(name).lower()), value, loosely) for name, value in right.items())
    if isinstance(right, (list, tuple)):
        return isinstance(left, (list, tuple)) and _same_items(list(left), right, loosely)
    if isinstance(left, bool) or isinstance(right, bool):
        return bool(boolean(left) == boolean(right))
    if loosely and isinstance(left, str) and isinstance(right, str):
        return left.strip().casefold() == right.strip().casefold()
    return bool(left == right)


def _same_items(left: list[Any], right: Iterable[Any], loosely: bool) -> bool:
    for want in right:
        match = next((i for i, have in enumerate(left) if _same_json(have, want, loosely)), None)
        if match is None:
            return False
        del left[match]
    return not left
