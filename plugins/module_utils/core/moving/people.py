# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who moves, as a list names them, and what the role was asked to do with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import InvalidInput
from ..instants import instant
from ..json_values import folded
from ..references import ID
from ..roll import refuse_doubles, refuse_no_list
from ..roster.person import ACTIVE_ACCOUNT, GONE, NO_ACCOUNT, is_of_a_roster
from .memberships import Reason, Scope

KEYS = ("id", "external_id", "user_name")  # the immutable ones first
ORPHANS = ("report", "remove")
BY_HAND = "given in mover_people"
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d{1,6})\s*([mhdw])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class Mover:
    """One person of the list.

    key: how results call them. names: those of KEYS that are given. user: what the account shall be like, in the language of scim_user,
    ``None`` if the list says nothing about it. deserved: the groups that they have a reason to be in.
    """

    number: int
    key: str
    names: Mapping[str, str]
    deserved: tuple[Reason, ...]
    phase: str = ""
    account: str = ""
    user: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def left_alone(self) -> str:
        """Why nothing is done for this person, or ""."""
        if self.phase in GONE:
            return "not moving: whoever has left is for the role leaver"
        return "not yet: there is to be no account" if self.account == NO_ACCOUNT else ""

    @property
    def active(self) -> bool:
        return self.account == ACTIVE_ACCOUNT

    @property
    def superior(self) -> str:
        """The external_id of the manager, "" if none is given."""
        return str((self.user or {}).get("manager") or "")


@dataclass(frozen=True)
class Exempt:
    """A membership that stays without a rule. person: any name of theirs. until: when that ends, ``None`` for never."""

    person: str
    group: str
    reason: str
    until: datetime | None = None

    def counts_at(self, now: datetime) -> bool:
        return self.until is None or now < self.until

    @property
    def why(self) -> str:
        return f"{self.reason} (until {shown(self.until)})" if self.until else self.reason


@dataclass(frozen=True)
class Intent:
    """What the role was asked to do. now: the instant that counts. predicting: nothing is written, modules only say what they would do."""

    now: datetime
    scope: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()
    remove: bool = False
    create_groups: bool = False
    keep: tuple[Exempt, ...] = ()
    overlap: timedelta = timedelta()
    protected: tuple[str, ...] = ()
    access: bool = False
    predicting: bool = False

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Intent:
        """From the variables of the role without their beginning, and ``predicting``. Raises InvalidInput."""
        orphans = str(options.get("orphans") or "report")
        if orphans not in ORPHANS:
            raise InvalidInput(f"mover_orphans is {orphans!r}; choose one of {', '.join(ORPHANS)}")
        overlap = duration_of("mover_overlap", options.get("overlap"))
        if overlap and not options.get("state_file"):
            raise InvalidInput(
                "mover_overlap needs mover_state_file, to remember when a membership was first seen without a reason; nothing was written: "
                "name a file that outlives the run, or leave mover_overlap out"
            )
        return cls(
            now=_instant("mover_instant", options.get("instant")),
            scope=_names("mover_scope", options.get("scope")),
            managed=_names("mover_managed", options.get("managed")),
            remove=orphans == "remove",
            create_groups=bool(options.get("create_groups")),
            keep=tuple(_exempt(number, given) for number, given in enumerate(_list("mover_keep", options.get("keep")))),
            overlap=overlap,
            protected=_names("mover_protected", options.get("protected")),
            access=bool(options.get("access")),
            predicting=bool(options.get("predicting")),
        )

    def touches(self, movers: Iterable[Mover]) -> Scope:
        """Which groups may be touched: those of mover_scope, or all that anybody of the list has a reason to be in, and mover_managed."""
        if self.scope:
            return Scope(patterns=self.scope)
        return Scope([*self.managed, *(reason.group for mover in movers for reason in mover.deserved)])


def movers_of(people: Sequence[Any]) -> list[Mover]:
    """One for each entry, in their order. Raises InvalidInput."""
    refuse_no_list("mover_people", people)
    found = [_of_roster(number, given) if is_of_a_roster(given) else _by_hand(number, given) for number, given in enumerate(people)]
    refuse_doubles("mover_people", [mover.names for mover in found], KEYS)
    return found


def duration_of(option: str, given: Any) -> timedelta:
    """``14d``, ``2w``, ``36h`` or ``90m``; nothing and 0 are none. Raises InvalidInput."""
    text = str(given or "").strip().lower()
    if text in ("", "0"):
        return timedelta()
    found = _DURATION.fullmatch(text)
    if not found:
        raise InvalidInput(f"{option} is {text!r}, which is no duration; write 14d, 2w, 36h or 90m, or 0 for none")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def shown(moment: datetime) -> str:
    """An instant as results write it."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _of_roster(number: int, given: Mapping[str, Any]) -> Mover:
    user = {name: value for name, value in given["user"].items() if value is not None}
    names = {name: str(user[name]) for name in KEYS if user.get(name)}
    if not names:
        raise InvalidInput(f"mover_people[{number}].user names nobody; give external_id, user_name, or both")
    key = str(given.get("key") or next(iter(names.values())))
    deserved = _deserved(number, given.get("groups"))
    wanted = {name: value for name, value in user.items() if name not in ("id", "active")}
    return Mover(number, key, names, deserved, str(given["phase"]), str(given.get("account") or ACTIVE_ACCOUNT), wanted)


def _by_hand(number: int, given: Any) -> Mover:
    if not isinstance(given, Mapping):
        raise InvalidInput(f"mover_people[{number}] is not a mapping with id, external_id or user_name, and groups")
    unknown = sorted(str(name) for name in given if name not in (*KEYS, "groups"))
    if unknown:
        raise InvalidInput(f"mover_people[{number}] has {', '.join(unknown)}; only id, external_id, user_name and groups are known")
    names = {name: str(given[name]) for name in KEYS if given.get(name) not in (None, "")}
    if not names:
        raise InvalidInput(f"mover_people[{number}] names nobody; give id, external_id or user_name")
    if given.get("groups") is None:  # nothing would say that all are meant to end
        raise InvalidInput(f"mover_people[{number}] has no groups; an empty list says that the person is to be in none")
    key = names.get("user_name") or names.get("external_id") or f"{ID}{names['id']}"
    return Mover(number, key, names, _deserved(number, given["groups"]))


def _deserved(number: int, given: Any) -> tuple[Reason, ...]:
    option = f"mover_people[{number}].groups"
    found = []
    for place, entry in enumerate(_list(option, given)):
        name, rule = (entry.get("name"), entry.get("rule")) if isinstance(entry, Mapping) else (entry, "")
        if not isinstance(name, str) or not name.strip():
            raise InvalidInput(f"{option}[{place}] has no name; nothing was written: correct the source, or drop the entry")
        found.append(Reason(name, f"rule {rule}" if rule else BY_HAND))
    return tuple(found)


def _exempt(number: int, given: Any) -> Exempt:
    option = f"mover_keep[{number}]"
    if not isinstance(given, Mapping) or set(given) - {"person", "group", "reason", "until"}:
        raise InvalidInput(f"{option} has to be a mapping with person, group, reason and perhaps until")
    for name in ("person", "group", "reason"):
        if not str(given.get(name) or "").strip():
            raise InvalidInput(f"{option} has no {name}; nothing was written: whatever is kept without a rule says whose, which and why")
    until = given.get("until")
    return Exempt(str(given["person"]), str(given["group"]), str(given["reason"]), _instant(f"{option}.until", until) if until else None)


def _instant(option: str, given: Any) -> datetime:
    """A point in time; of a date alone, its end in UTC."""
    text = str(given or "")
    day = bool(_DATE.fullmatch(text))
    found = instant(f"{text}T00:00:00Z" if day else text)
    if found is None:
        raise InvalidInput(f"{option} is {text!r}, which is no instant; write 2027-01-31T17:00:00Z, or a date")
    return found[0] + timedelta(days=1) if day else found[0]


def _list(option: str, given: Any) -> Sequence[Any]:
    if given is None:
        return ()
    refuse_no_list(option, given)
    return given if isinstance(given, Sequence) else ()


def _names(option: str, given: Any) -> tuple[str, ...]:
    """Names of a list; an empty one would be a pattern that matches nobody, or a variable that was not set."""
    if isinstance(given, str):  # "a, b", as modules take it; never its letters
        given = [part.strip() for part in given.split(",") if part.strip()]
    names = tuple(map(str, _list(option, given)))
    if any(not name.strip() for name in names):
        raise InvalidInput(f"{option} has an empty entry; nothing was written: correct it, or drop it")
    return names


def is_meant(exempt: Exempt, names: Iterable[str]) -> bool:
    """Whether an exception names the person with these names: to the letter, or a name without regard to letter case."""
    return any(exempt.person == name or folded(exempt.person) == folded(name) for name in names)
