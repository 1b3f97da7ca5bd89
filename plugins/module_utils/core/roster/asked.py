# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rules ask of somebody: attributes of SCIM by their option, facts, and the phase; each may have several values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..attributes import ELEMENTS, USER_ATTRIBUTES
from ..errors import InvalidInput
from ..json_values import is_absent
from .person import Person

PHASE = "phase"
FACTS = "facts."

# What somebody has under a name: their values as texts, none if there is no value.
Reading = Callable[[Person], "tuple[str, ...]"]

_NOT_ASKED = {"password": "nobody may ask for it", "active": "ask for the phase"}


def _paths() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every name that can be asked for, and where its values are in a user."""
    for attribute in USER_ATTRIBUTES:
        path = tuple(attribute.option.split("."))
        if attribute.option in _NOT_ASKED:
            continue
        if attribute.kind != ELEMENTS:
            yield attribute.option, path
            continue
        for sub in attribute.sub:
            yield f"{attribute.option}.{sub.option}", (*path, sub.option)
            if sub.option == "value":
                yield attribute.option, (*path, sub.option)


_PATHS = dict(_paths())


def reading(name: str, where: str) -> Reading:
    """How to read what a rule asks for: an option of scim_user, ``facts.NAME`` or ``phase``. where: for the message. Raises InvalidInput."""
    if name == PHASE:
        return lambda person: (person.phase.name,)
    if name.startswith(FACTS) and name != FACTS:
        fact = name[len(FACTS) :]
        return lambda person: _texts(person.facts.get(fact))
    if name in _NOT_ASKED:
        raise InvalidInput(f"{where}: {name} cannot be asked for; {_NOT_ASKED[name]}")
    path = _PATHS.get(name)
    if path is None:
        raise InvalidInput(f"{where}: {name!r} is no attribute; use an option of scim_user (department, name.given_name), facts.NAME or phase")
    return lambda person: _texts(_at(person.user, path))


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """What is at a path. Of a list, it is what is there in each of its elements."""
    for position, step in enumerate(path):
        if isinstance(value, (list, tuple)):
            return [_at(element, path[position:]) for element in value]
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    if is_absent(value):
        return ()
    if isinstance(value, (list, tuple, frozenset)):
        return tuple(text for item in value for text in _texts(item))
    return (text_of(value),)


def text_of(value: Any) -> str:
    """A value as rules compare it; booleans are ``true`` and ``false``."""
    return str(value).lower() if isinstance(value, bool) else str(value)
