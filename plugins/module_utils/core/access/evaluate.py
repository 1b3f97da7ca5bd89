# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a person meets a policy or a group: any of include, all of require, none of exclude; true, false or not known.

Access groups may be nested. https://developers.cloudflare.com/cloudflare-one/access-controls/policies/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..json_values import folded
from .answers import answer
from .facts import Facts, Missing
from .kinds import GROUP
from .objects import RULE_LISTS
from .rules import Rule, references, rules_from_wire

_NOT_SHOWN = Rule.of("include, of which the rules are not shown", {})


@dataclass(frozen=True)
class Unknown:
    """A rule that cannot be answered. missing: the facts that it depends on."""

    rule: Rule
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether something is met. value: ``None`` is not known.

    rule: the one that says so, where one does, and via: the names of the groups on the way to it.
    unknown: the rules that the value depends on, if it is not known. blocked: "exclude" or "require", where that list keeps
    somebody out whom include lets in.
    """

    value: bool | None
    rule: Rule | None = None
    via: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    blocked: str = ""


NOT_MET = Verdict(False)


@dataclass(frozen=True)
class Criteria:
    """The three lists of rules of a policy or a group."""

    include: tuple[Rule, ...] = ()
    exclude: tuple[Rule, ...] = ()
    require: tuple[Rule, ...] = ()

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Criteria:
        """The lists of a policy or a group as Cloudflare shows it. There is an include always; if none is shown, it is not known."""
        include, exclude, require = (rules_from_wire(body.get(name)) for name in RULE_LISTS)
        return cls(include if body.get("include") is not None else (_NOT_SHOWN,), exclude, require)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of all lists."""
        return self.include + self.exclude + self.require

    @cached_property
    def sorted_out(self) -> Mapping[str, tuple[Mapping[str, Rule], tuple[Rule, ...]]]:
        """Of include and exclude, the rules that name one address, by address, and the others.

        Groups may list thousands of addresses, and everybody is looked for in all of them.
        """
        return {name: _sorted_out(getattr(self, name)) for name in ("include", "exclude")}


@dataclass(frozen=True)
class Group:
    """An Access group."""

    id: str
    name: str
    criteria: Criteria


class Nesting:
    """Access groups, those within others first. Made once for all people.

    order: the ids of groups that contain no cycle. tangled: the ids of those that do.
    """

    def __init__(self, groups: Iterable[Group], roots: Iterable[Rule] | None = None) -> None:
        """roots: only groups that these rules name, and the groups within them, are kept; all are by default."""
        self.groups = {group.id.lower(): group for group in groups}
        if roots is not None:
            wanted = self._reached(roots)
            self.groups = {name: group for name, group in self.groups.items() if name in wanted}
        self.order: list[str] = []
        left = {name: self._within(group) for name, group in self.groups.items()}
        while True:
            settled = set(self.order)
            free = [name for name, within in left.items() if within <= settled]
            if not free:
                break
            self.order += free
            left = {name: within for name, within in left.items() if name not in free}
        self.tangled = list(left)

    def _within(self, group: Group) -> set[str]:
        return groups_named(group.criteria.rules) & set(self.groups)

    def _reached(self, roots: Iterable[Rule]) -> set[str]:
        found: set[str] = set()
        ahead = groups_named(roots) & set(self.groups)
        while ahead:
            found |= ahead
            ahead = {name for one in ahead for name in self._within(self.groups[one])} - found
        return found


def groups_named(rules: Iterable[Rule]) -> set[str]:
    """The ids of the Access groups that rules name, in lower case."""
    return {reference.text.lower() for rule in rules if rule.key == GROUP for reference in references(rule)}


class Evaluator:
    """Evaluates policies for one person.

    assumed: rules that cannot be answered, and what to take for the answer: to see what depends on it.
    """

    def __init__(self, nesting: Nesting, facts: Facts, assumed: Mapping[Rule, bool] | None = None) -> None:
        self.nesting = nesting
        self.facts = facts
        self._address = folded(facts.email.strip())
        self._assumed = assumed or {}
        self._answers: dict[Rule, Verdict] = {}
        self._groups: dict[str, Verdict] = {}
        self._groups_done = False
        self._policies: dict[Criteria, Verdict] = {}

    def assuming(self, assumed: Mapping[Rule, bool]) -> Evaluator:
        """The same with assumptions. What is decided without them stays so."""
        other = Evaluator(self.nesting, self.facts, assumed)
        other._answers = {rule: verdict for rule, verdict in self._answers.items() if verdict.value is not None}
        other._groups = {name: verdict for name, verdict in self._groups.items() if verdict.value is not None}
        return other

    def met(self, criteria: Criteria) -> Verdict:
        """Whether the person meets a policy or a group."""
        if criteria not in self._policies:
            self._policies[criteria] = self._met(criteria)
        return self._policies[criteria]

    def rule(self, rule: Rule) -> Verdict:
        """Whether the person meets one rule."""
        if rule.key == GROUP:
            return self._in_group(rule)
        if rule not in self._answers:
            found = answer(rule, self.facts)
            self._answers[rule] = Verdict(found, rule) if isinstance(found, bool) else self._unknown(rule, *found)
        return self._answers[rule]

    def _met(self, criteria: Criteria) -> Verdict:
        include = self._any(criteria, "include")
        if include.value is False:
            return NOT_MET
        exclude = self._any(criteria, "exclude")
        require = self._all(criteria.require)
        for name, verdict, keeps_out in (("exclude", exclude, True), ("require", require, False)):
            if verdict.value is keeps_out:
                return replace(verdict, value=False, unknown=(), blocked=name if include.value else "")
        parts = (include, exclude, require)
        if any(part.value is None for part in parts):
            return Verdict(None, include.rule, include.via, _together(parts))
        return include

    def _any(self, criteria: Criteria, name: str) -> Verdict:
        addresses, others = criteria.sorted_out[name]
        if self._address in addresses:
            return self.rule(addresses[self._address])
        verdicts = [self.rule(rule) for rule in others]
        for value in (True, None):
            first = next((verdict for verdict in verdicts if verdict.value is value), None)
            if first is not None:
                return first if value else replace(first, unknown=_together(verdicts))
        return NOT_MET

    def _all(self, rules: tuple[Rule, ...]) -> Verdict:
        verdicts = [self.rule(rule) for rule in rules]
        for value in (False, None):
            first = next((verdict for verdict in verdicts if verdict.value is value), None)
            if first is not None:
                return first if value is False else replace(first, unknown=_together(verdicts))
        return Verdict(True)

    def _in_group(self, rule: Rule) -> Verdict:
        if not self._groups_done:
            self._groups_done = True
            self._evaluate_groups()
        name = next(iter(groups_named((rule,))), "")
        inside = self._groups.get(name)
        if inside is None:
            return self._unknown(rule, Missing("Access group {0}, which is not there", ((GROUP, name),)))
        via = (self.nesting.groups[name].name, *inside.via)
        return replace(inside, rule=inside.rule or rule, via=via, blocked="") if inside.value is not False else Verdict(False, rule)

    def _evaluate_groups(self) -> None:
        """Every group once, those within others first. Groups in a cycle start as not known, until nothing more is learnt."""
        groups, known = self.nesting.groups, self._groups
        for name in self.nesting.order:
            if name not in known:
                known[name] = self._met(groups[name].criteria)
        tangled = [name for name in self.nesting.tangled if name not in known]
        for name in tangled:
            rule = Rule.of(GROUP, {"id": name})
            known[name] = self._unknown(rule, Missing("Access group {0}, which contains itself", ((GROUP, name),)))
        open_ones = [name for name in tangled if known[name].value is None]
        rounds, learnt = 2 * len(open_ones), True
        while learnt and rounds:
            before = {name: known[name] for name in open_ones}
            for name in open_ones:
                known[name] = self._met(groups[name].criteria)
            rounds, learnt = rounds - 1, not all(_same(before[name], known[name]) for name in before)

    def _unknown(self, rule: Rule, *missing: Missing) -> Verdict:
        if rule in self._assumed:
            return Verdict(self._assumed[rule], rule)
        return Verdict(None, rule, unknown=(Unknown(rule, missing),))


def _sorted_out(rules: tuple[Rule, ...]) -> tuple[Mapping[str, Rule], tuple[Rule, ...]]:
    addresses = {folded(str(rule.inner.get("email")).strip()): rule for rule in rules if rule.key == "email"}
    return addresses, tuple(rule for rule in rules if rule.key != "email")


def _together(verdicts: Iterable[Verdict]) -> tuple[Unknown, ...]:
    """The rules that any of the verdicts depends on, each once, in order."""
    return tuple(dict.fromkeys(unknown for verdict in verdicts if verdict.value is None for unknown in verdict.unknown))


def _same(left: Verdict, right: Verdict) -> bool:
    return left.value is right.value and set(left.unknown) == set(right.unknown)
