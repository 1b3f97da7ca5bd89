# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why somebody is in a group, or is not: rule by rule, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import InvalidInput
from ..json_values import folded
from .days import instant_of
from .grants import Grant, grants
from .person import NO_ACCOUNT, Person, is_of_a_roster, person_of
from .rules import THERE, Rule, Rules, rules


@dataclass(frozen=True)
class Explanation:
    """granted: whether the group is birthright. why: a sentence for each rule and grant that has to do with it; none, if nothing has."""

    granted: bool
    why: tuple[str, ...]


def explained(person: Any, group: Any, given_rules: Any, given_grants: Any = None, instant: str | None = None) -> dict[str, Any]:
    """What the filter roster_explain returns, ``{"granted", "why"}``. person: as roster_info returns it; the others: as it takes them.

    Raises InvalidInput.
    """
    if not is_of_a_roster(person):
        raise InvalidInput("roster_explain: this is nobody of a roster; give one of the people that roster_info returns")
    if not isinstance(group, str) or not group.strip():
        raise InvalidInput("roster_explain: give the name of a group")
    for name, given in (("rules", given_rules), ("grants", given_grants)):
        if given is not None and (not isinstance(given, (list, tuple)) or not all(isinstance(entry, Mapping) for entry in given)):
            raise InvalidInput(f"roster_explain: {name} has to be a list of dictionaries, as roster_info takes it")
    if given_grants and not instant:
        raise InvalidInput("roster_explain: grants end; give the instant of the roster, too")
    at = instant_of(instant) if instant else None
    found = explain(person_of(person), group.strip(), rules(given_rules), grants(given_grants), at)
    return {"granted": found.granted, "why": list(found.why) or [f"no rule and no grant names {group.strip()!r}"]}


def explain(person: Person, group: str, known: Rules, by_hand: Sequence[Grant] = (), instant: datetime | None = None) -> Explanation:
    """Why somebody is in a group by birthright, or is not. Values of attributes are not told, only what the rules want.

    person: with the phase at the instant. instant: at which grants are looked at; needed if there are any.
    """
    found = [*_by_rules(person, folded(group), known), *_by_grants(person, folded(group), by_hand, instant)]
    return Explanation(any(granted for granted, why in found), tuple(why for granted, why in found))


def _by_rules(person: Person, group: str, known: Rules) -> Iterator[tuple[bool, str]]:
    for rule in known.rules:
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


def _by_grants(person: Person, group: str, by_hand: Sequence[Grant], instant: datetime | None) -> Iterator[tuple[bool, str]]:
    for grant in by_hand:
        if grant.person != person.key or folded(grant.group) != group:
            continue
        if instant is not None and grant.over(instant, person):
            yield False, f"grant: no; it ended with {grant.until}"
        elif person.phase.name not in THERE:
            yield False, f"grant: no; it applies to {', '.join(THERE)}, and the phase is {person.phase.name}"
        else:
            yield True, f"grant: yes; {grant.reason}, until {grant.until}"
