# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose superior is who, and what is wrong with it: superiors that nobody is, circles, and superiors who have left.

Sources name a superior by person_id; SCIM wants another account. So this is a second pass, when everybody is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .person import GONE, NO_ACCOUNT, Person


@dataclass(frozen=True)
class Superiors:
    """What was found. Everywhere, somebody is named by key, in the order of the people.

    of: who has a superior -> the superior's key. danglers: whose superior nobody is. own: who is their own. cycles: each circle once,
    from its lowest key on and upwards from superior to superior, in the order of those keys. left: whose superior has left. not_yet:
    whose superior has no account yet.
    """

    of: Mapping[str, str]
    danglers: tuple[str, ...]
    own: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]
    left: tuple[str, ...]
    not_yet: tuple[str, ...]

    def usable(self) -> dict[str, str]:
        """Who has a superior whose account can be named -> the superior's key."""
        unusable = {*self.danglers, *self.own, *self.left, *self.not_yet, *(key for cycle in self.cycles for key in cycle)}
        return {key: above for key, above in self.of.items() if key not in unusable}

    def shown(self, places: Mapping[str, str]) -> dict[str, Any]:
        """As a task returns it. places: by key. Each is ``{"place", "key", "manager"}``; a cycle is a list of them."""

        def rows(keys: Iterable[str]) -> list[dict[str, str]]:
            return [{"place": places.get(key, ""), "key": key, "manager": self.of[key]} for key in keys]

        lists = {"danglers": self.danglers, "own": self.own, "left": self.left, "not_yet": self.not_yet}
        return {**{name: rows(keys) for name, keys in lists.items()}, "cycles": [rows(cycle) for cycle in self.cycles]}


def superiors(people: Sequence[Person], manager_ids: Mapping[str, str]) -> Superiors:
    """Find out whose superior is who.

    people: all of a source; of several with one key, the first counts. manager_ids: by key, the person_id of the superior as the source
    has it; "" or missing for those without one. Superiors who have left matter to those who are still there only.
    """
    known: dict[str, Person] = {}
    for person in people:
        known.setdefault(person.key, person)
    of = {key: manager_ids[key].strip() for key in known if manager_ids.get(key, "").strip()}
    here = [key for key in of if known[key].phase.name not in GONE]
    return Superiors(
        of,
        danglers=tuple(key for key, above in of.items() if above not in known),
        own=tuple(key for key, above in of.items() if above == key),
        cycles=tuple(_cycles(of)),
        left=tuple(key for key in here if of[key] in known and known[of[key]].phase.name in GONE),
        not_yet=tuple(key for key, above in of.items() if above != key and above in known and known[above].phase.account == NO_ACCOUNT),
    )


def _cycles(of: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The circles of more than one: whoever goes up from somebody and comes past them again went round one."""
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for first in of:
        way: dict[str, int] = {}  # in the order of the way, with the position
        key = first
        while key in of and key not in seen:
            seen.add(key)
            way[key] = len(way)
            key = of[key]
        if key in way and of[key] != key:
            circle = list(way)[way[key] :]
            lowest = circle.index(min(circle))
            found.append(tuple(circle[lowest:] + circle[:lowest]))
    return sorted(found)
