# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which events a task asks for: since and until when, with which outcome, of whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..errors import InvalidInput
from ..patterns import Patterns
from .event import ACTION, STATUSES, Event
from .requests import resource_of
from .statuses import status_of
from .timestamps import moment, spelled, timestamp

_BEFORE = re.compile(r"-?\s?((?:\d{1,9}\s?[a-z]{1,7}\s?){1,6}?)(?:\s?ago)?", re.ASCII)
_PART = re.compile(r"(\d+)\s?([a-z]+)", re.ASCII)
_EPOCH = 10**8  # a number below it (1973) is more likely a mistake than seconds since 1970
_SKEW = timedelta(days=1)  # a timestamp of an event may be given, and the clock that wrote it be ahead
_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400, "w": 604800, "week": 604800}


@dataclass(frozen=True)
class Selection:
    """What a task asks for; what is empty asks for all.

    since, until: aware; an event at since belongs to it, one at until does not, so that windows that meet share none and miss none.
    status: of ``STATUSES``. action, user, group: names or shell patterns, without regard to letter case. resource_type: User, Group.
    limit: how many at most, the newest ones; ``None`` for all.
    """

    since: datetime | None = None
    until: datetime | None = None
    status: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    resource_type: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    limit: int | None = None

    def __post_init__(self) -> None:
        patterns = {name: Patterns(getattr(self, name)) for name in ("action", "user", "group") if getattr(self, name)}
        object.__setattr__(self, "_patterns", patterns)
        object.__setattr__(self, "_since", spelled(self.since) if self.since else "")
        object.__setattr__(self, "_until", spelled(self.until) if self.until else "")

    @classmethod
    def from_options(cls, get: Callable[[str], Any], now: datetime) -> Selection:
        """The selection of a task's options. Raises InvalidInput with the name of the option.

        get: the value of an option by its name, ``None`` for one that is not given or not there. now: aware.
        """
        since, until = beginning(get("since"), now), point(get("until"), now, "until")
        if since and until and since > until:
            raise InvalidInput(f"since: {spelled(since)} is later than until, which is {spelled(until)}")
        limit = get("limit")
        if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 0):
            raise InvalidInput(f"limit: {limit!r} is no number of events; 0 is all of them")
        return cls(
            since,
            until,
            tuple(_status(word) for word in _texts(get("status"), "status")),
            tuple(_action(word) for word in _texts(get("action"), "action")),
            tuple(_resource_type(word) for word in _texts(get("resource_type"), "resource_type")),
            _texts(get("user"), "user"),
            _texts(get("group"), "group"),
            limit or None,
        )

    def matches(self, event: Event) -> bool:
        """Whether an event is one of those that are asked for. The limit is for whoever counts."""
        when = event["timestamp"]
        if (self._since and when < self._since) or (self._until and when >= self._until):  # type: ignore[attr-defined]
            return False
        if self.status and event["status"] not in self.status:
            return False
        if self.resource_type and event.get("resource_type") not in self.resource_type:
            return False
        patterns: dict[str, Patterns] = self._patterns  # type: ignore[attr-defined]
        return all(name in event and wanted.matching(event[name]) is not None for name, wanted in patterns.items())


def beginning(value: Any, now: datetime) -> datetime | None:
    """The instant that ``since`` names, see ``point``. Of the future nothing is logged: it is a mistake that would find nothing."""
    since = point(value, now, "since")
    if since and since - now > _SKEW:
        raise InvalidInput(f"since: {spelled(since)} is in the future; now it is {spelled(now)}")
    return since


def point(value: Any, now: datetime, option: str) -> datetime | None:
    """The instant that an option names: RFC 3339, a date, seconds since 1970, ``now``, or a time before now as in -2h, -7d, -1h30m.

    Raises InvalidInput with the name of the option.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=now.tzinfo)
    words = value.strip() if isinstance(value, str) else value
    if isinstance(words, str) and words.lower() == "now":
        return now
    before = _BEFORE.fullmatch(words) if isinstance(words, str) else None
    try:
        if before:
            return now - timedelta(seconds=sum(int(count) * _unit(unit) for count, unit in _PART.findall(before[1])))
        number = float(words) if isinstance(words, (int, float)) or words.lstrip("-").isdigit() else _EPOCH
        named = timestamp(words)
        if named and number >= _EPOCH:
            return moment(named)
    except (KeyError, OverflowError, AttributeError):
        pass
    raise InvalidInput(f"{option}: {value!r} is no point in time; write 2026-11-24T10:00:00Z, or -2h or -7d for a time before now")


def span(value: str | None, now: datetime, option: str) -> timedelta | None:
    """How long an option says: ``90s``, ``15m``, ``6h``, ``1d``; ``0`` is no time at all."""
    if value is None or not value.strip():
        return None
    if value.strip() == "0":
        return timedelta()
    try:
        if re.fullmatch(r"[\d\s]*\d\s*[A-Za-z][\dA-Za-z\s]*", value):
            begin = point(value, now, option)
            if begin is not None and begin <= now:
                return now - begin
    except InvalidInput:
        pass
    raise InvalidInput(f"{option}: {value!r} is no length of time; write 90s, 15m, 6h or 1d")


def _unit(word: str) -> int:
    return _UNITS[word] if word in _UNITS else _UNITS[word[:-1] if word.endswith("s") else word]


def _texts(value: Any, option: str) -> tuple[str, ...]:
    if value is None:
        return ()
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, Sequence) or not all(isinstance(item, str) for item in found):
        raise InvalidInput(f"{option}: {value!r} is no list of texts")
    return tuple(item.strip() for item in found if item.strip())


def _action(word: str) -> str:
    if not (ACTION.match(word.lower()) or set(word) & set("*?[")):
        raise InvalidInput(f"action: {word!r} is no action of an event; write user.create, or a pattern such as user.* or *.create")
    return word


def _status(word: str) -> str:
    found = status_of(word)
    if not found or word.isdigit():
        raise InvalidInput(f"status: {word!r} is none of {', '.join(STATUSES)}")
    return found


def _resource_type(word: str) -> str:
    found = resource_of(word)
    if not found or word.strip().lower() == "me":
        raise InvalidInput(f"resource_type: {word!r} is neither User nor Group")
    return found.capitalize()
