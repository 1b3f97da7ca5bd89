# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People out of records: phase, groups and manager of each, at one instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from .asked import reading
from .grants import Grant
from .person import Membership, Person, Record
from .phases import is_set, told, zone_of
from .problem import Problem, word
from .problems import (
    EXPIRED_GRANTS,
    MANAGER_CYCLES,
    MANAGER_DANGLERS,
    MANAGER_LEFT,
    STALE_STATUS,
    UNKNOWN_GRANTS,
    UNMAPPED_GROUPS,
    UNUSED_RULES,
    Unclear,
)
from .rules import Rules, merged
from .settings import Settings
from .superiors import Superiors, superiors


class Roster(NamedTuple):
    """What follows from the records.

    people: in the order of the records, without those that have no phase: a problem says why. problems: their checks are those of
    ``problems.py``. managers: ``{"danglers", "own", "left", "not_yet", "cycles"}``, see ``superiors.Superiors.shown``.
    """

    people: list[Person]
    problems: list[Problem]
    managers: dict[str, Any]


def people(records: Iterable[Record], instant: datetime, settings: Settings, rules: Rules, grants: Sequence[Grant] = ()) -> Roster:
    """People out of records.

    instant: with its zone, see ``days.instant_of``. rules: see ``rules.rules``. grants: see ``grants.grants``. Whoever has no external_id
    gets the key for one. A manager who is not known, is part of a circle, has left or has no account yet is left unspecified, so that
    what the service has stays. Raises InvalidInput where the host has no table of time zones.
    """
    found: list[Person] = []
    problems: list[Problem] = []
    manager_ids: dict[str, str] = {}
    for record in records:
        try:
            person, doubts = _person(record, instant, settings)
        except Unclear as error:
            problems.append(Problem(record.place, record.key, error.check, str(error)))
            continue
        found.append(person)
        problems += [Problem(record.place, record.key, STALE_STATUS, doubt) for doubt in doubts]
        manager_ids.setdefault(record.key, record.source.get("manager_id", ""))
    above = superiors(found, manager_ids)
    problems += _about_superiors(found, above)
    by_hand, about_grants = _by_hand(found, grants, instant)
    found = _with_managers(found, above)
    with_groups = []
    for person in found:
        granted, unmapped = rules.granted(person)
        problems += [
            Problem(person.place, person.key, UNMAPPED_GROUPS, f"rule {rule.name}: its map has no group for {attribute} {word(value)}")
            for rule, attribute, value in unmapped
        ]
        with_groups.append(replace(person, groups=merged([*granted, *by_hand.get(person.key, ())])))
    problems += _about_rules(found, rules)
    return Roster(with_groups, problems + about_grants, above.shown({person.key: person.place for person in found}))


def _person(record: Record, instant: datetime, settings: Settings) -> tuple[Person, list[str]]:
    """Somebody without groups and manager, and in what the status differs from the dates. Raises Unclear."""
    phase, doubts = told(record.source, instant, settings)
    user = {name: value for name, value in record.attributes.items() if name not in ("active", "manager")}
    user["external_id"] = user.get("external_id") or record.key
    hold = is_set("legal_hold", record.source.get("legal_hold", ""))
    zone = zone_of(record.source, settings)[0]
    return Person(record.key, record.place, phase, user, facts=record.facts, legal_hold=hold, time_zone=zone), doubts


def _with_managers(found: Sequence[Person], above: Superiors) -> list[Person]:
    usable = above.usable()
    accounts: dict[str, Any] = {}
    for person in found:
        accounts.setdefault(person.key, person.user["external_id"])
    return [
        replace(person, user={**person.user, "manager": accounts[usable[person.key]]}) if person.key in usable else person for person in found
    ]


def _about_superiors(found: Sequence[Person], above: Superiors) -> list[Problem]:
    places = {person.key: person.place for person in found}
    circles = [key for cycle in above.cycles for key in cycle]
    return [
        *(Problem(places[key], key, MANAGER_DANGLERS, "nobody in the source is the manager") for key in above.danglers),
        *(Problem(places[key], key, MANAGER_CYCLES, "the manager is the person") for key in above.own),
        *(Problem(places[key], key, MANAGER_CYCLES, "the manager is below the person") for key in circles),
        *(Problem(places[key], key, MANAGER_LEFT, "the manager has left") for key in above.left),
    ]


def _by_hand(found: Sequence[Person], grants: Sequence[Grant], instant: datetime) -> tuple[Mapping[str, list[Membership]], list[Problem]]:
    known = {person.key: person for person in found}
    granted: dict[str, list[Membership]] = {}
    problems = []
    for grant in grants:
        person = known.get(grant.person)
        if person is None:
            problems.append(Problem("grants", grant.person, UNKNOWN_GRANTS, "nobody in the source is the person of a grant"))
        elif grant.over(instant, person):
            problems.append(Problem("grants", grant.person, EXPIRED_GRANTS, f"a grant ended with {grant.until}"))
        else:
            granted.setdefault(grant.person, []).extend(grant.granted(person))
    return granted, problems


def _about_rules(found: Sequence[Person], rules: Rules) -> list[Problem]:
    """Which rules ask for what nobody has: a typing error, or a column that is not mapped, would take groups from everybody."""
    asked = _asked_in_vain(found, rules)
    unknown = [(rule, name) for rule in rules.rules for name in dict.fromkeys(rule.asked()) if name in asked and found]
    idle = [rule for rule in rules.for_nobody() if rule not in [known for known, dummy in unknown]]
    return [
        *(Problem(f"rule {rule.name}", "", UNUSED_RULES, f"rule {rule.name} asks for {name}, which nobody has") for rule, name in unknown),
        *(Problem(f"rule {rule.name}", "", UNUSED_RULES, f"rule {rule.name} is for nobody: its conditions hold for none of the people") for rule in idle),
    ]


def _asked_in_vain(found: Sequence[Person], rules: Rules) -> set[str]:
    """The attributes that rules ask for and nobody has."""
    asked = {name: reading(name, "rules") for rule in rules.rules for name in rule.asked()}
    for person in found:
        asked = {name: read for name, read in asked.items() if not read(person)}
        if not asked:
            break
    return set(asked)
