# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People of a roster, picked; and the result of roster_info, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InvalidInput
from ..roll import refuse_no_list
from .person import (
    ACTIVE_ACCOUNT,
    INACTIVE_ACCOUNT,
    NO_ACCOUNT,
    PHASES,
    SCHEDULED,
    STANDARD,
    URGENT,
    is_of_a_roster,
)

_CHOICES: Mapping[str, Sequence[str]] = {
    "phases": PHASES,
    "accounts": (NO_ACCOUNT, INACTIVE_ACCOUNT, ACTIVE_ACCOUNT),
    "lanes": (STANDARD, SCHEDULED, URGENT),
}
_MOST_PEOPLE = 20  # in a table
_MOST_KEYS = 10
_MOST_ROWS = 5


def select(
    people: Sequence[Any],
    phases: Sequence[str] | None = None,
    accounts: Sequence[str] | None = None,
    lanes: Sequence[str] | None = None,
    keys: Sequence[Any] | None = None,
) -> list[dict[str, Any]]:
    """Those people who fit all of what is given, in their order. keys: person_ids; each has to be there, whatever else is asked for.

    Raises InvalidInput for a word that does not exist, and for keys that nobody has: whoever was to leave must not be missed.
    """
    refuse_no_list("people", people)
    wanted = {"phases": phases, "accounts": accounts, "lanes": lanes}
    for name, words in wanted.items():
        if words is None:
            continue
        refuse_no_list(name, words)
        odd = [word for word in words if word not in _CHOICES[name]]
        if odd:
            raise InvalidInput(f"roster_select: {name} has {odd[0]!r}; choose of {', '.join(_CHOICES[name])}")
    odd_ones = [number for number, person in enumerate(people) if not is_of_a_roster(person)]
    if odd_ones:
        raise InvalidInput(f"roster_select: people[{odd_ones[0]}] is nobody of a roster; give the people that roster_info returns")
    named = None
    if keys is not None:
        refuse_no_list("keys", keys)
        named = set(map(str, keys))
        missing = sorted(named - {person["key"] for person in people})
        if missing:
            more = f", nor {len(missing) - 1:,} others" if missing[1:] else ""
            raise InvalidInput(f"roster_select: nobody in the roster has the person_id {missing[0]!r}{more}")
    return [
        dict(person)
        for person in people
        if (named is None or person["key"] in named)
        and (phases is None or person["phase"] in phases)
        and (accounts is None or person["account"] in accounts)
        and (lanes is None or person["lane"] in lanes)
    ]


def table(result: Mapping[str, Any]) -> list[str]:
    """The result of roster_info as lines: people by phase, who changed, what the gate found, and the first people whose phase will change."""
    counts = {phase: int(result.get("counts", {}).get(phase, 0)) for phase in PHASES}
    changes = result.get("changes") or {}
    lines = [", ".join(f"{number:,} {phase}" for phase, number in counts.items())]
    named = {name: (number, changes[name]) for name, number in changes.get("counts", {}).items() if name in changes}
    withheld = result.get("withheld", ())
    for name, (number, keys) in {**named, "withheld": (len(withheld), withheld)}.items():
        if number:
            lines.append(f"{name}: {number:,} ({', '.join(keys[:_MOST_KEYS])}{', ...' if number > _MOST_KEYS else ''})")
    for finding in result.get("findings", ()):
        lines.append(f"{finding['severity']}: {finding['check']}: {finding['message']}" + (f"; {finding['advice']}" if finding["advice"] else ""))
        lines += [f"    {' '.join(filter(None, (row['place'], row['key'])))}" for row in finding["rows"][:_MOST_ROWS]]
        more = finding["count"] - len(finding["rows"][:_MOST_ROWS])
        lines += [f"    and {more:,} more"] if more else []
    return lines + _coming(result.get("people", ()))


def _coming(people: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who is next to be in another phase."""
    coming = sorted((person for person in people if person["until"]), key=lambda person: (person["until"], person["key"]))
    if not coming:
        return []
    rows = [("UNTIL", "PHASE", "ACCOUNT", "PERSON"), *((p["until"], p["phase"], p["account"], p["key"]) for p in coming[:_MOST_PEOPLE])]
    more = len(coming) - _MOST_PEOPLE
    return [f"{until:<20}  {phase:<8}  {account:<8}  {key}" for until, phase, account, key in rows] + ([f"and {more:,} more"] if more > 0 else [])
