# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exact delta between two sets of elements, as PATCH operations with value paths (RFC 7644 section 3.5.2).

Operations are carried out one after the other, so every path is chosen by what the elements are like at that point: two
addresses may change their types with each other. A path has to select exactly one element, whether or not the service
minds letter case; where none does, there is no delta and the whole list has to be replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .attributes import Attribute
from .compare import Element, pair, same
from .filters import all_of, eq
from .json_values import is_absent

PatchOperation = dict[str, Any]


def element_operations(
    attribute: Attribute, before: Sequence[Element], after: Sequence[Element]
) -> list[PatchOperation] | None:
    """The delta; ``None`` if the two have nothing in common, or if an element cannot be told from another one."""
    pairs = pair(attribute, before, after)
    if not any(have is not None and want is not None for have, want in pairs):
        return None
    found: list[PatchOperation] = []
    now = [dict(have) for have, _want in pairs if have is not None]
    elements = iter(now)
    for_each = [(next(elements) if have is not None else None, want) for have, want in pairs]

    for element, want in for_each:
        if element is not None and want is None:
            path = _selecting(attribute, element, now)
            if path is None:
                return None
            found.append({"op": "remove", "path": path})
            now = [other for other in now if other is not element]
    changed = [
        (element, sub, want.get(sub.option))
        for element, want in for_each
        if element is not None and want is not None
        for sub in attribute.sub
        if not same(sub, element.get(sub.option), want.get(sub.option))
    ]
    # A primary mark is taken away before another one is set: at most one may exist at any time.
    for element, sub, value in sorted(changed, key=lambda item: item[2] is True):
        path = _selecting(attribute, element, now)
        if path is None:
            return None
        if is_absent(value):
            found.append({"op": "remove", "path": f"{path}.{sub.wire}"})
        else:
            found.append({"op": "replace", "path": f"{path}.{sub.wire}", "value": value})
        element[sub.option] = value
    added = [want for have, want in for_each if have is None and want is not None]
    if added:
        wire = {sub.option: sub.wire for sub in attribute.sub}
        value = [{wire.get(name, name): v for name, v in element.items()} for element in added]
        found.append({"op": "add", "path": attribute.wire, "value": value})
    return found


def _selecting(attribute: Attribute, element: Element, among: Sequence[Element]) -> str | None:
    """A value path that selects exactly this element: by type where that is enough (``emails[type eq "work"]``)."""
    by_type = [sub for sub in attribute.sub if sub.option == "type"]
    by_value = [attribute.sub[0]]
    for chosen in (by_type, by_value, by_type + by_value):
        values = [element.get(sub.option) for sub in chosen]
        if not all(isinstance(value, str) and value for value in values):
            continue
        alike = [other for other in among if all(_alike(other.get(s.option), v) for s, v in zip(chosen, values))]
        if len(alike) == 1:
            return f"{attribute.wire}[{all_of(*(eq(sub.wire, str(value)) for sub, value in zip(chosen, values)))}]"
    return None


def _alike(left: Any, right: Any) -> bool:
    return str(left).casefold() == str(right).casefold()
