# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which groups and policies of Access name a group, and which groups keep people out instead of letting them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .evaluate import groups_named
from .kinds import GROUP, POLICY
from .objects import RULE_LISTS
from .paths import path_of, policies_path
from .rules import rules_from_wire
from .selectors import EXCLUDE

DENY = "deny"


@dataclass(frozen=True)
class Place:
    """A group or a policy, and where it is. application: the application that the policy belongs to, {} for all others."""

    kind: str
    raw: Mapping[str, Any] = field(repr=False)
    application: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        return str(self.raw.get("id") or "")

    @property
    def name(self) -> str:
        return str(self.raw.get("name") or "")

    @property
    def key(self) -> tuple[str, str]:
        """What tells it apart from all others."""
        return self.kind, self.id

    @property
    def path(self) -> str:
        """Where it is read and written, below the account."""
        if self.application:
            return policies_path(str(self.application["id"]), self.id)
        return path_of(self.kind, self.id)

    @property
    def said(self) -> str:
        """For people: "policy 'Staff' (id) of application 'Wiki'"."""
        of = f" of application {str(self.application.get('name') or self.application.get('id'))!r}" if self.application else ""
        return f"{self.kind} {self.name!r} ({self.id}){of}"

    def shown(self) -> dict[str, Any]:
        """As results name it."""
        result = {"kind": self.kind, "id": self.id, "name": self.name}
        if self.application:
            result["application"] = str(self.application.get("name") or "")
            result["application_id"] = str(self.application.get("id") or "")
        return result


def places(
    groups: Iterable[Mapping[str, Any]], policies: Iterable[Mapping[str, Any]], applications: Iterable[Mapping[str, Any]]
) -> list[Place]:
    """Every group and policy once: groups, reusable policies, and those that belong to one application.

    policies: the reusable ones. applications: as the service lists them, with the policies of each. Reusable ones that are
    shown there, and that the list of policies left out, count as what they are: a restricted token may see a part only.
    What is shown without its rules is left out: nobody can tell what it names, and to write it would end all of them.
    """
    found = {place.key: place for place in (Place(GROUP, raw) for raw in groups)}
    for raw in policies:
        place = Place(POLICY, raw)
        found.setdefault(place.key, place)
    for application in applications:
        for raw in application.get("policies") or ():
            if isinstance(raw, Mapping) and raw.get("id") and "include" in raw:
                place = _of_application(raw, application)
                found.setdefault(place.key, place)
    return list(found.values())


def _of_application(raw: Mapping[str, Any], application: Mapping[str, Any]) -> Place:
    if not raw.get("reusable"):
        return Place(POLICY, raw, application)
    return Place(POLICY, {name: value for name, value in raw.items() if name != "precedence"})  # its place in this application


def groups_of(raw: Mapping[str, Any], lists: Sequence[str] = RULE_LISTS) -> list[str]:
    """The ids of the Access groups that an object in wire form names, in lower case, each once."""
    naming = [entry for name in lists for entry in raw.get(name) or () if isinstance(entry, Mapping) and entry.get(GROUP)]
    return sorted(groups_named(rules_from_wire(naming)))


def uses(everything: Iterable[Place]) -> dict[str, list[Place]]:
    """By the id of a group, the places that name it."""
    found: dict[str, list[Place]] = {}
    for place in everything:
        for group in groups_of(place.raw):
            found.setdefault(group, []).append(place)
    return found


def chain_to(start: Iterable[str], goal: str, groups: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of groups from one of ``start`` to ``goal``, each of which names the next; [] if no way leads there.

    It is how a group would contain itself: start with the groups that its rules name.
    """
    named = {str(raw.get("id") or "").lower(): groups_of(raw) for raw in groups}
    goal = goal.lower()
    waiting = [[group.lower()] for group in start]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop(0)
        if way[-1] == goal:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            waiting.extend([*way, group] for group in named.get(way[-1], ()))
    return []


def signs(everything: Iterable[Place]) -> dict[str, frozenset[int]]:
    """By the id of a group, what being in it is good for: 1 lets people in somewhere, -1 keeps them out somewhere.

    A policy that denies turns what its lists mean around, and so does an exclude. Groups that no policy names, directly
    or through others, are left out.
    """
    everything = list(everything)
    inside = {place.id.lower(): place for place in everything if place.kind == GROUP}
    found: dict[str, set[int]] = {}
    waiting: list[tuple[str, int]] = []
    for place in everything:
        if place.kind == POLICY:
            waiting.extend(_named_with_sign(place, -1 if place.raw.get("decision") == DENY else 1))
    while waiting:
        group, sign = waiting.pop()
        if sign not in found.setdefault(group, set()):
            found[group].add(sign)
            if group in inside:
                waiting.extend(_named_with_sign(inside[group], sign))
    return {group: frozenset(values) for group, values in found.items()}


def _named_with_sign(place: Place, sign: int) -> Iterator[tuple[str, int]]:
    for name in RULE_LISTS:
        for group in groups_of(place.raw, [name]):
            yield group, -sign if name == EXCLUDE else sign


def sign_of(place: Place, known: Mapping[str, frozenset[int]]) -> frozenset[int]:
    """What being included by a place is good for, as in ``signs``, which gives ``known``."""
    if place.kind == POLICY:
        return frozenset({-1 if place.raw.get("decision") == DENY else 1})
    return known.get(place.id.lower(), frozenset())


def unused_first(doomed: Sequence[Place]) -> list[Place]:
    """Places in an order in which they can be deleted: who names a group goes before the group."""
    left, result = list(doomed), []
    while left:
        named = uses(left)
        free = [place for place in left if place.kind == POLICY or place.id.lower() not in named] or left[:1]
        result += free
        done = {place.key for place in free}
        left = [place for place in left if place.key not in done]
    return result
