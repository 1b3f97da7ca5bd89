# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rule calls the groups that it grants: by name, or after an attribute of the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput
from ..json_values import folded
from .asked import Reading, reading, text_of
from .person import Person

_PARTS = ("from", "prefix", "suffix", "map")


@dataclass(frozen=True)
class GroupNames:
    """The names of groups that one entry of ``groups`` stands for.

    name: the group's, "" if it is named after an attribute. attribute, read: that attribute. mapped: value, folded -> name; ``None``
    if the value itself is the name.
    """

    name: str = ""
    attribute: str = ""
    read: Reading | None = None
    prefix: str = ""
    suffix: str = ""
    mapped: Mapping[str, str] | None = None

    def of(self, person: Person) -> tuple[list[str], list[str]]:
        """The names of the groups for somebody, none if they have no value; and the values that the map lacks."""
        if self.read is None:
            return [self.name], []
        names, unmapped = [], []
        for value in self.read(person):
            name = value.strip() if self.mapped is None else self.mapped.get(folded(value.strip()))
            if name is None:
                unmapped.append(value)
            elif name:
                names.append(f"{self.prefix}{name}{self.suffix}")
        return names, unmapped


def group_names(given: Any, where: str) -> GroupNames:
    """Read one entry of ``groups``: a name, or ``{from: ATTRIBUTE, prefix, suffix, map: {VALUE: NAME}}``. Raises InvalidInput naming where."""
    if isinstance(given, str) and given.strip():
        return GroupNames(name=given.strip())
    if not isinstance(given, Mapping) or not isinstance(given.get("from"), str):
        raise InvalidInput(f"{where}: {given!r} is no group; write its name, or a dictionary with from: ATTRIBUTE")
    unknown = sorted(map(str, set(given) - set(_PARTS)))
    if unknown:
        raise InvalidInput(f"{where}: a group has no {unknown[0]!r}; there are {', '.join(_PARTS)}")
    attribute = given["from"]
    prefix, suffix = (_part(given.get(part), f"{where}: {part}") for part in ("prefix", "suffix"))
    return GroupNames("", attribute, reading(attribute, where), prefix, suffix, _map(given.get("map"), where))


def _part(given: Any, where: str) -> str:
    if given is None:
        return ""
    if isinstance(given, (bool, Mapping, list, tuple)):
        raise InvalidInput(f"{where} is {given!r}; it has to be a text")
    return str(given)


def _map(given: Any, where: str) -> dict[str, str] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or not given:
        raise InvalidInput(f"{where}: map has to be a dictionary of values and names of groups, not {given!r}")
    read: dict[str, str] = {}
    for value, name in given.items():
        form = folded(text_of(value).strip())
        if not isinstance(name, str) or not name.strip():
            raise InvalidInput(f"{where}: map.{value} is {name!r}; it has to be the name of a group")
        if form in read:
            raise InvalidInput(f"{where}: map has {value!r} twice; letter case does not count")
        read[form] = name.strip()
    return read
