# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which resources a SCIM filter selects, told from their JSON (RFC 7644 section 3.4.2.2).

Our own, because some services ignore filters and answer with everybody: who is selected has to be known here.
filter_parse.py makes these conditions from text. All of them are immutable and ask of a value whether it ``holds``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

from .attributes import ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA
from .instants import instant
from .json_values import boolean, composed, folded
from .wire import as_list, attribute_of

# What is compared to the letter (caseExact true): RFC 7643 section 3.1, ids wherever they stand, and binary values.
_EXACT = frozenset(
    {"id", "externalid", "meta.resourcetype", "meta.version", "members.value", "groups.value", "x509certificates.value"}
    | {f"{ENTERPRISE_SCHEMA}:manager.value".lower()}
)
_CORE_SCHEMAS = (USER_SCHEMA.lower(), GROUP_SCHEMA.lower())

_TEXTUAL: dict[str, Callable[[str, str], bool]] = {"co": str.__contains__, "sw": str.startswith, "ew": str.endswith}
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "ge": ge, "lt": lt, "le": le}
_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {"eq": eq, **_ORDERED}
EQUALITY, TEXTUAL, ORDERED = ("eq", "ne"), tuple(_TEXTUAL), tuple(_ORDERED)


@dataclass(frozen=True)
class Path:
    """An attribute's path: ``[schema:]name[.sub]``. Letter case does not count (RFC 7643 section 2.1)."""

    name: str
    sub: str = ""
    schema: str = ""

    def __post_init__(self) -> None:
        for part in ("name", "sub", "schema"):
            object.__setattr__(self, part, getattr(self, part).lower())

    @property
    def extension(self) -> str:
        """The schema in whose object the attribute is; those of the core schemas are in the resource itself."""
        return "" if self.schema in _CORE_SCHEMAS else self.schema

    def value(self, holder: Mapping[str, Any]) -> Any:
        """What a resource or an element has by the name, whatever the sub-attribute."""
        extension = self.extension
        return attribute_of(attribute_of(holder, extension) if extension else holder, self.name)

    def values(self, holder: Mapping[str, Any]) -> Iterator[Any]:
        """Every single value at the path; one ``None`` if there is none."""
        found = self.value(holder)
        for item in as_list(found) or (None,):
            if self.sub or isinstance(item, Mapping):
                # A complex attribute without its sub-attribute means its value, as in: emails co "example.com".
                yield attribute_of(element(item), self.sub or "value")
            else:
                yield item

    def exact(self, within: Path | None = None) -> bool:
        """Whether values are compared to the letter. within: the attribute that this is a sub-attribute of, in brackets."""
        head, sub = (within, self.name) if within else (self, self.sub)
        name = f"{head.extension}:{head.name}" if head.extension else head.name
        return f"{name}.{sub or 'value'}" in _EXACT or (not sub and name in _EXACT)


class Condition:
    """What may be true of a resource, or of one element of a multi-valued attribute."""

    def holds(self, holder: Mapping[str, Any]) -> bool:
        raise NotImplementedError


@dataclass(frozen=True)
class Comparison(Condition):
    """``path operator literal``, with the operator in lower case. Of a multi-valued attribute one value is enough, also for ``ne``."""

    path: Path
    operator: str
    literal: Any
    exact: bool = False

    def holds(self, holder: Mapping[str, Any]) -> bool:
        return any(compares(value, self.operator, self.literal, exact=self.exact) for value in self.path.values(holder))


@dataclass(frozen=True)
class Present(Condition):
    """``path pr``."""

    path: Path

    def holds(self, holder: Mapping[str, Any]) -> bool:
        if self.path.sub:
            return any(map(is_present, self.path.values(holder)))
        return is_present(self.path.value(holder))


@dataclass(frozen=True)
class Element(Condition):
    """``path[condition]``: there is an element of which the condition holds."""

    path: Path
    condition: Condition

    def holds(self, holder: Mapping[str, Any]) -> bool:
        found = self.path.value(holder)
        return found is not None and any(self.condition.holds(element(item)) for item in as_list(found))


@dataclass(frozen=True)
class Not(Condition):
    condition: Condition

    def holds(self, holder: Mapping[str, Any]) -> bool:
        return not self.condition.holds(holder)


@dataclass(frozen=True)
class Every(Condition):
    """``a and b and c``."""

    conditions: tuple[Condition, ...]

    def holds(self, holder: Mapping[str, Any]) -> bool:
        return all(condition.holds(holder) for condition in self.conditions)


@dataclass(frozen=True)
class Either(Condition):
    """``a or b or c``."""

    conditions: tuple[Condition, ...]

    def holds(self, holder: Mapping[str, Any]) -> bool:
        return any(condition.holds(holder) for condition in self.conditions)


@dataclass(frozen=True)
class Filter:
    """A filter: the text as the task has it, and what it means."""

    text: str
    condition: Condition

    def matches(self, body: Mapping[str, Any]) -> bool:
        """Whether the filter selects the resource with this JSON."""
        return self.condition.holds(body)


def element(item: Any) -> Mapping[str, Any]:
    """An element of a multi-valued attribute; a bare value is its ``value`` (roles and schemas of some services)."""
    return item if isinstance(item, Mapping) else {"value": item}


def is_present(value: Any) -> bool:
    """Whether ``pr`` is true: there is a value, or somewhere in a complex attribute one. False and 0 are values."""
    if isinstance(value, Mapping):
        return any(map(is_present, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(is_present, value))
    return value is not None and value != ""


def compares(have: Any, operator: str, want: Any, *, exact: bool = False) -> bool:
    """Whether one value has the relation to a literal. Values of different types are unequal and in no order."""
    if operator == "ne":
        return not compares(have, "eq", want, exact=exact)
    if isinstance(have, bool) or isinstance(want, bool):
        have, want = boolean(have), boolean(want)  # some services write active as "True"
        return operator == "eq" and isinstance(have, bool) and have is want
    if isinstance(have, str) and isinstance(want, str):
        return _compares_texts(have, operator, want, exact)
    if have is None and want is None:
        return operator == "eq"
    if isinstance(have, (int, float)) and isinstance(want, (int, float)):
        return operator in _RELATIONS and _RELATIONS[operator](have, want)
    return False


def _compares_texts(have: str, operator: str, want: str, exact: bool) -> bool:
    form = composed if exact else folded
    if operator in _TEXTUAL:
        return _TEXTUAL[operator](form(have), form(want))
    times = instant(have), instant(want)
    if None in times or exact:
        return _RELATIONS[operator](form(have), form(want))
    return _RELATIONS[operator](*times)
