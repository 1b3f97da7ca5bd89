# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Birthright: which groups somebody is in because of what they are. Rules are data, and each membership names its rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import InvalidInput
from ..json_values import folded
from .asked import PHASE, Reading
from .conditions import Condition, condition
from .group_names import GroupNames, group_names
from .person import ACTIVE, GONE, LEAVING, NO_ACCOUNT, ON_LEAVE, PHASES, Membership, Person

THERE = (ACTIVE, ON_LEAVE, LEAVING)  # the phases in which a rule grants, unless it says otherwise
GRANT = "grant: "  # so begins what a membership by hand has for a rule

_PARTS = ("name", "when", "groups", "phases")
_HAVE_GROUPS = tuple(phase for phase in PHASES if phase not in GONE)


@dataclass(frozen=True)
class Rule:
    """One rule. All conditions have to hold; without any, it is for everybody."""

    name: str
    conditions: tuple[Condition, ...]
    groups: tuple[GroupNames, ...]
    phases: tuple[str, ...] = THERE

    def holds(self, values: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether its conditions hold for somebody. values: what they have, by attribute."""
        return all(each.holds(values[each.attribute]) for each in self.conditions)

    def asked(self) -> Iterator[str]:
        """The attributes that somebody has to have for it."""
        yield from (each.attribute for each in self.conditions if each.attribute != PHASE)
        yield from (group.attribute for group in self.groups if group.attribute)


@dataclass(frozen=True)
class Rules:
    """Rules that were read and checked, in their order. Make them with ``rules``."""

    rules: tuple[Rule, ...] = ()

    @cached_property
    def _readings(self) -> dict[str, Reading]:
        """How to read what the conditions ask for."""
        return {each.attribute: each.read for rule in self.rules for each in rule.conditions}

    @cached_property
    def _known(self) -> dict[tuple[Any, ...], tuple[Rule, ...]]:
        """The rules for those who were looked at, by what they have: many people have the same."""
        return {}

    @cached_property
    def _in_use(self) -> set[str]:
        """The names of the rules whose conditions hold for somebody who was looked at, whatever their phase."""
        return set()

    def for_nobody(self) -> list[Rule]:
        """The rules whose conditions hold for nobody who was looked at. Those that ask for the phase are not among them: that changes daily."""
        if not self._known:
            return []
        return [rule for rule in self.rules if rule.name not in self._in_use and PHASE not in {each.attribute for each in rule.conditions}]

    def fitting(self, person: Person) -> tuple[Rule, ...]:
        """The rules that are for somebody."""
        if person.phase.account == NO_ACCOUNT:
            return ()
        values = {name: read(person) for name, read in self._readings.items()}
        known = (person.phase.name, *values.values())
        if known not in self._known:
            holding = [rule for rule in self.rules if rule.holds(values)]
            self._in_use.update(rule.name for rule in holding)
            self._known[known] = tuple(rule for rule in holding if person.phase.name in rule.phases)
        return self._known[known]

    def granted(self, person: Person) -> tuple[list[Membership], list[tuple[Rule, str, str]]]:
        """What somebody has by the rules, each by one rule; and ``(rule, attribute, value)`` for which a map has no name."""
        found: list[Membership] = []
        unmapped: list[tuple[Rule, str, str]] = []
        for rule in self.fitting(person):
            for group in rule.groups:
                names, unknown = group.of(person)
                found += [Membership(name, rule.name) for name in names]
                unmapped += [(rule, group.attribute, value) for value in unknown]
        return found, unmapped


def merged(memberships: Iterable[Membership]) -> tuple[Membership, ...]:
    """Each group once, as the first spells it; a group that several rules grant has all of their names, with commas."""
    found: dict[str, tuple[str, list[str]]] = {}
    for membership in memberships:
        name, reasons = found.setdefault(folded(membership.name), (membership.name, []))
        if membership.rule not in reasons:
            reasons.append(membership.rule)
    return tuple(Membership(name, ", ".join(reasons)) for name, reasons in found.values())


def rules(options: Sequence[Mapping[str, Any]] | None) -> Rules:
    """Read rules.

    options: ``[{name, when: {ATTRIBUTE: condition}, groups: [...], phases: [...]}]``; see ``conditions.condition`` and
    ``group_names.group_names``. Without when, a rule is for everybody. phases: default active, on_leave, leaving; nobody who is gone has
    groups. Raises InvalidInput, which names the rule.
    """
    read: list[Rule] = []
    known: set[str] = set()
    for number, given in enumerate(options or (), 1):
        rule = _rule(given, number)
        if folded(rule.name) in known:
            raise InvalidInput(f"rules: there are two named {rule.name!r}; each membership names its rule, so give each a name of its own")
        known.add(folded(rule.name))
        read.append(rule)
    return Rules(tuple(read))


def _rule(given: Any, number: int) -> Rule:
    name = given.get("name") if isinstance(given, Mapping) else None
    if not isinstance(name, str) or not name.strip():
        raise InvalidInput(f"rules: number {number} has no name; write a dictionary with {', '.join(_PARTS)}")
    name = name.strip()
    where = f"rule {name!r}"
    if name.startswith(GRANT.strip()):
        raise InvalidInput(f"{where}: names that begin with {GRANT.strip()!r} are those of memberships by hand")
    unknown = sorted(map(str, set(given) - set(_PARTS)))
    if unknown:
        raise InvalidInput(f"{where} has {unknown[0]!r}, which is no part of a rule; there are {', '.join(_PARTS)}")
    when = {} if given.get("when") is None else given["when"]
    if not isinstance(when, Mapping):
        raise InvalidInput(f"{where}: when has to be a dictionary of attributes and conditions, not {when!r}")
    groups = given.get("groups")
    if not isinstance(groups, (list, tuple)) or not groups:
        raise InvalidInput(f"{where} grants nothing; its groups have to be a list with one group at least")
    return Rule(
        name,
        tuple(condition(str(attribute), wanted, f"{where}: when") for attribute, wanted in when.items()),
        tuple(group_names(group, where) for group in groups),
        _phases(given.get("phases"), where),
    )


def _phases(given: Any, where: str) -> tuple[str, ...]:
    if given is None:
        return THERE
    if not isinstance(given, (list, tuple)) or not given:
        raise InvalidInput(f"{where}: phases have to be a list with one phase at least, not {given!r}")
    odd = [phase for phase in given if phase not in _HAVE_GROUPS]
    if odd:
        reason = "who is gone has no groups" if odd[0] in GONE else f"choose of {', '.join(_HAVE_GROUPS)}"
        raise InvalidInput(f"{where}: phases has {odd[0]!r}; {reason}")
    return tuple(given)
