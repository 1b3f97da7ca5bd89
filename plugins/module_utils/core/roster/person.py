# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A person of a source of people: what the source says, and what follows from it at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STAGED = "staged"  # hired, and not there yet
ACTIVE = "active"
ON_LEAVE = "on_leave"
LEAVING = "leaving"  # there still, with an end that is near
LEFT = "left"
EXPIRED = "expired"  # valid_until is over
PHASES = (STAGED, ACTIVE, ON_LEAVE, LEAVING, LEFT, EXPIRED)
GONE = (LEFT, EXPIRED)

# What a phase asks of the account.
NO_ACCOUNT = "none"  # not yet
INACTIVE_ACCOUNT = "inactive"
ACTIVE_ACCOUNT = "active"

# How somebody leaves.
STANDARD = "standard"
SCHEDULED = "scheduled"  # the end is ahead
URGENT = "urgent"  # for cause: at once, whatever the last day is


@dataclass(frozen=True)
class Row:
    """One row of a source. place: ``file:line``, for people who look for it. values: by column, as the source has them."""

    place: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """A row as the mapping reads it: attributes under their names of here.

    key: the person_id. attributes: those of SCIM, in the language of scim_user; ``manager_id`` is not among them. source: status,
    start_date, last_day, termination_date, valid_until, time_zone, legal_hold, for_cause, manager_id: texts, as mapped.
    facts: what rules may ask and SCIM does not have.
    """

    key: str
    place: str
    attributes: Mapping[str, Any]
    source: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Membership:
    """A group that somebody is in, by birthright. rule: the name of the rule that grants it."""

    name: str
    rule: str


@dataclass(frozen=True)
class Phase:
    """Where somebody is in their time here, at one instant. since, until, left_at: instants in UTC, "" if not known."""

    name: str
    account: str
    lane: str = STANDARD
    since: str = ""
    until: str = ""
    left_at: str = ""


@dataclass(frozen=True)
class Person:
    """What roles get to know of somebody. user: in the language of scim_user, without active; its manager is an external_id."""

    key: str
    place: str
    phase: Phase
    user: Mapping[str, Any]
    groups: tuple[Membership, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    legal_hold: bool = False
    time_zone: str = ""

    def shown(self) -> dict[str, Any]:
        """The person as plain data, which is what ``roster_info`` returns and every role takes."""
        return {
            "key": self.key,
            "place": self.place,
            "phase": self.phase.name,
            "account": self.phase.account,
            "lane": self.phase.lane,
            "since": self.phase.since,
            "until": self.phase.until,
            "left_at": self.phase.left_at,
            "legal_hold": self.legal_hold,
            "time_zone": self.time_zone,
            "user": dict(self.user),
            "groups": [{"name": group.name, "rule": group.rule} for group in self.groups],
            "facts": dict(self.facts),
        }


def person_of(entry: Mapping[str, Any]) -> Person:
    """The person of which ``Person.shown`` made this; see ``is_of_a_roster``."""
    phase = Phase(entry["phase"], *(str(entry.get(name, "")) for name in ("account", "lane", "since", "until", "left_at")))
    groups = tuple(Membership(group["name"], group["rule"]) for group in entry.get("groups", ()))
    hold, zone = bool(entry.get("legal_hold")), str(entry.get("time_zone") or "UTC")
    return Person(str(entry.get("key", "")), str(entry.get("place", "")), phase, entry["user"], groups, entry.get("facts") or {}, hold, zone)


def is_of_a_roster(entry: Any) -> bool:
    """Whether an entry of a list of people is what ``Person.shown`` makes, and not a person as written by hand."""
    return isinstance(entry, Mapping) and isinstance(entry.get("user"), Mapping) and entry.get("phase") in PHASES


def subject_of(external_id: Any = "", id: Any = "", user_name: Any = "") -> str:  # noqa: A002 - SCIM's name
    """By what the evidence calls a person: the least personal name that there is and that stays."""
    if external_id:
        return str(external_id)
    return f"id:{id}" if id else str(user_name or "")
