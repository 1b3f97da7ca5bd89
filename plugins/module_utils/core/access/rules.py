# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access rules as values: one form for what options say and what Cloudflare shows, so that both can be compared.

Cloudflare splits a rule with several keys or values into several, and adds /32 to addresses; both are undone here.
"""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .ids import settled
from .kinds import KINDS, Kind

Inner = Mapping[str, Any]

# E-mail addresses and domains are compared without case, as Access does.
_WITHOUT_CASE = frozenset(("email", "domain"))
# Where the content of a rule that is no object stands: a kind of rule that is not known here may have any content.
_BARE = "\0"
_AS_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)


@dataclass(frozen=True)
class Rule:
    """One rule of a list. key: Cloudflare's. text: its content in the one form that is compared. inner: as it came."""

    key: str
    text: str
    inner: Inner = field(compare=False, repr=False)

    @classmethod
    def of(cls, key: str, inner: Inner) -> Rule:
        """The rule with this content. Of kinds that are not known here, nobody can say what is left out without harm."""
        kept = {name: value for name, value in inner.items() if value not in (None, "") or key not in KINDS}
        added = KINDS[key].added if key in KINDS else ()
        compared = {name: _settled(key, name, value) for name, value in kept.items() if name not in added}
        return cls(key, _AS_JSON.encode(compared), kept)

    @property
    def content(self) -> Any:
        """What stands behind the key, as Cloudflare has it."""
        return self.inner[_BARE] if _BARE in self.inner else dict(self.inner)

    @property
    def main(self) -> Any:
        """The value of a rule that one value says it all about, ``None`` for others."""
        kind = KINDS.get(self.key)
        extra = set(self.inner) - {kind.main} if kind and kind.main else set(self.inner)
        return self.inner.get(kind.main) if kind and kind.main and not extra else None

    def wire(self) -> dict[str, Any]:
        """The rule as Cloudflare reads it."""
        return {self.key: self.content}

    def friendly(self) -> dict[str, Any]:
        """The rule as options and results have it: ``{"email": "ada@example.com"}``."""
        kind = KINDS.get(self.key)
        if kind is None:
            return self.wire()
        if self.main is not None:
            return {kind.name: self.main}
        return {kind.name: self.content or True}

    @property
    def said(self) -> str:
        """The rule in words, without knowing the names of what it names by id."""
        kind = KINDS.get(self.key)
        name = (kind.name if kind else self.key).replace("_", " ")
        values = self.main if isinstance(self.main, list) else [self.main] if self.main is not None else self.inner.values()
        return " ".join([name, ", ".join(str(value) for value in values)]).rstrip()


def rules_from_wire(value: Any) -> tuple[Rule, ...]:
    """The rules of a list that Cloudflare showed, in its order, none twice. No list is an empty one."""
    return distinct(rule for entry in value or () if isinstance(entry, Mapping) for rule in split(entry))


def split(entry: Mapping[str, Any]) -> list[Rule]:
    """One rule for each key and each value of an entry, as Cloudflare keeps them."""
    found = []
    for key, inner in entry.items():
        if inner is None:
            continue
        content = inner if isinstance(inner, Mapping) else {_BARE: inner}
        found += [Rule.of(key, single) for single in _singles(KINDS.get(key), content)]
    return found


def _singles(kind: Kind | None, inner: Inner) -> list[Inner]:
    """The content of a rule for each of the values, where it has a list in the place of one. A list of lists is nothing that is known."""
    if kind is None or kind.listed:
        return [inner]
    lists = {name: inner[name] for name in (*kind.needs, kind.main) if name and _is_list_of_values(inner.get(name))}
    return [{**inner, **dict(zip(lists, values))} for values in itertools.product(*lists.values())]


def _is_list_of_values(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(one, list) for one in value)


def distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules in their order, none twice."""
    return tuple(dict.fromkeys(rules))


def kept_in_order(raw: tuple[Rule, ...], wished: Iterable[Rule]) -> tuple[Rule, ...]:
    """The wished rules: those that are there already first, as they are written there, then the new ones."""
    wanted, there = dict.fromkeys(wished), set(raw)
    return (*(rule for rule in raw if rule in wanted), *(rule for rule in wanted if rule not in there))


def unknown_keys(rules: Iterable[Rule]) -> list[str]:
    """The kinds of rules among them that are not known here; Cloudflare adds some every year."""
    return sorted({rule.key for rule in rules if rule.key not in KINDS})


@dataclass(frozen=True)
class Reference:
    """An id in a rule. field: where it stands. thing: what it is the id of. text: the id, or a name that is to be one."""

    field: str
    thing: str
    text: str


def references(rule: Rule) -> list[Reference]:
    """What a rule names by id."""
    kind = KINDS.get(rule.key)
    found = [] if kind is None else kind.things.items()
    return [Reference(name, thing, str(rule.inner[name])) for name, thing in found if rule.inner.get(name)]


def with_ids(rule: Rule, ids: Mapping[str, str]) -> Rule:
    """The rule with other ids. ids: by field."""
    return Rule.of(rule.key, {**rule.inner, **ids}) if ids else rule


def _settled(key: str, name: str, value: Any) -> Any:
    """A value in the form that is compared."""
    if isinstance(value, list):
        return sorted((_settled(key, name, one) for one in value), key=str)
    if not isinstance(value, str):
        return value
    if name in _WITHOUT_CASE:
        return value.lower()
    kind = KINDS.get(key)
    if kind and name in kind.things:
        return settled(value)
    if name == "country_code":
        return value.upper()
    if key == "ip" and name == "ip":
        with contextlib.suppress(ValueError):
            return network(value)
    return value


def network(address: str) -> str:
    """An address or range as Cloudflare shows it: 192.0.2.1 is 192.0.2.1/32. Raises ValueError."""
    return ipaddress.ip_network(address.strip(), strict=False).with_prefixlen
