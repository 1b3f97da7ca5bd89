# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why somebody is in a group, or is not: rule by rule, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..json_values import folded
from .grants import Grant
from .person import NO_ACCOUNT, Person
from .rules import THERE, Rule, Rules


@dataclass(frozen=True)
class Explanation:
    """granted: whether the group is birthright. why: a sentence for each rule and grant that has to do with it; none, if nothing has."""

    granted: bool
    why: tuple[str, ...]


def explain(person: Person, group: str, rules: Rules, grants: Sequence[Grant] = (), instant: datetime | None = None) -> Explanation:
    """Why somebody is in a group by birthright, or is not. Values of attributes are not told, only what the rules want.

    person: with the phase at the instant. instant: at which grants are looked at; needed if there are any.
    """
    found = [*_by_rules(person, folded(group), rules), *_by_grants(person, folded(group), grants, instant)]
    return Explanation(any(granted for granted, why in found), tuple(why for granted, why in found))


def _by_rules(person: Person, group: str, rules: Rules) -> Iterator[tuple[bool, str]]:
    for rule in rules.rules:
        named = [entry for entry in rule.groups if group in map(folded, entry.of(person)[0])]
        after = [entry.attribute for entry in rule.groups if entry.attribute]
        if named:
            yield _judged(person, rule)
        elif after:
            yield False, f"rule {rule.name}: no; it names its groups after {' and '.join(after)}, which does not make this one"


def _judged(person: Person, rule: Rule) -> tuple[bool, str]:
    against = [f"{each.said} does not hold" for each in rule.conditions if not each.holds(each.read(person))]
    if person.phase.name not in rule.phases:
        against.insert(0, f"it applies to {', '.join(rule.phases)}, and the phase is {person.phase.name}")
    if person.phase.account == NO_ACCOUNT:
        against.insert(0, "there is no account yet")
    if against:
        return False, f"rule {rule.name}: no; {'; '.join(against)}"
    return True, f"rule {rule.name}: yes; {' and '.join(each.said for each in rule.conditions) or 'it is for everybody'}"


def _by_grants(person: Person, group: str, grants: Sequence[Grant], instant: datetime | None) -> Iterator[tuple[bool, str]]:
    for grant in grants:
        if grant.person != person.key or folded(grant.group) != group:
            continue
        if instant is not None and grant.over(instant, person):
            yield False, f"grant: no; it ended with {grant.until}"
        elif person.phase.name not in THERE:
            yield False, f"grant: no; it applies to {', '.join(THERE)}, and the phase is {person.phase.name}"
        else:
            yield True, f"grant: yes; {grant.reason}, until {grant.until}"
