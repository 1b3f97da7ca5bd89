# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Memberships by hand: somebody is in a group beside the rules, for a reason and until a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ..errors import InvalidInput
from .days import ends
from .person import Membership, Person
from .problems import Unclear
from .rules import GRANT, THERE
from .zones import time_zone

_PARTS = ("person", "group", "reason", "until")


@dataclass(frozen=True)
class Grant:
    """One membership by hand. person: the person_id. until: a day, which it includes in the person's time zone, or an instant."""

    person: str
    group: str
    reason: str
    until: str

    def over(self, instant: datetime, person: Person) -> bool:
        """Whether it has ended at an instant."""
        end = ends("until", self.until, time_zone(person.time_zone))
        return end is not None and end <= instant

    def granted(self, person: Person) -> list[Membership]:
        """What it grants somebody; as for the rules, nothing to those who are not there."""
        return [Membership(self.group, GRANT + self.reason)] if person.phase.name in THERE else []


def grants(options: Sequence[Mapping[str, Any]] | None) -> tuple[Grant, ...]:
    """Read ``[{person, group, reason, until}]``; all four are needed. Raises InvalidInput, which names the grant."""
    return tuple(_grant(given, number) for number, given in enumerate(options or (), 1))


def _grant(given: Any, number: int) -> Grant:
    where = f"grants: number {number}"
    if not isinstance(given, Mapping) or set(given) - set(_PARTS):
        raise InvalidInput(f"{where} has to be a dictionary with {', '.join(_PARTS)}, and nothing else")
    texts = {part: _text(given.get(part)) for part in _PARTS}
    missing = [part for part, text in texts.items() if not text]
    if missing:
        raise InvalidInput(f"{where} has no {missing[0]}; a membership by hand needs {', '.join(_PARTS)}")
    try:
        end = ends("until", texts["until"], timezone.utc)
    except Unclear as error:
        raise InvalidInput(f"{where}: {error}") from error
    if end is None:
        raise InvalidInput(f"{where}: until is {texts['until']!r}, which is no end; what has none belongs in a rule")
    return Grant(**texts)


def _text(given: Any) -> str:
    return "" if given is None or isinstance(given, (bool, Mapping, list, tuple)) else str(given).strip()
