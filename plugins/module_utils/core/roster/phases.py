# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where somebody is in their time here, at one instant: worked out from status and dates, each in the person's own time zone.

A row is first read into the stretches of a time line, which no instant has a part in; then the one is picked that holds the
instant. So the end of each is the beginning of the next, whenever it is looked at. What counts, in this order:

1. for_cause: gone at once, whatever the last day is.
2. Dates: last_day, and termination_date where there is no last_day (the last day at work and the end of the contract are two days),
   include the day. A start_date after the end is a rehire. valid_until ends the access as well, and the earlier end counts.
3. status: terminated without an end is gone; prehire without a start is not there yet; on_leave is a leave as long as the person is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from ..errors import InvalidInput
from ..json_values import folded
from .days import before, begins, ends, shown
from .person import (
    ACTIVE,
    ACTIVE_ACCOUNT,
    EXPIRED,
    GONE,
    INACTIVE_ACCOUNT,
    LEAVING,
    LEFT,
    NO_ACCOUNT,
    ON_LEAVE,
    SCHEDULED,
    STAGED,
    STANDARD,
    URGENT,
    Phase,
)
from .problem import in_quotes
from .problem import word as shown_word
from .problems import CONTRADICTORY_DATES, UNKNOWN_STATUS, UNREADABLE_DATES, Unclear
from .settings import AT_WORK, AWAY, DEACTIVATE, PREHIRE, STATUSES, TERMINATED, Settings
from .zones import time_zone

_YES = ("true", "yes", "y", "1")
_NO = ("false", "no", "n", "0", "")


@dataclass(frozen=True)
class _Stretch:
    """A part of somebody's time here, up to the next one. begins: ``None`` if it is not known. end: when access has to end, if it has to."""

    begins: datetime | None
    name: str
    account: str
    lane: str = STANDARD
    end: datetime | None = None


@dataclass(frozen=True)
class _Facts:
    """What a row says. end: of the employment. valid_until: of the access. back: whether start is the one of a rehire."""

    status: str
    start: datetime | None
    end: datetime | None
    valid_until: datetime | None
    for_cause: bool

    @property
    def back(self) -> bool:
        return self.start is not None and self.end is not None and self.start >= self.end


def told(source: Mapping[str, str], instant: datetime, settings: Settings) -> tuple[Phase, list[str]]:
    """The phase of a record's ``source`` at an instant, and in what the status differs from the dates, as sentences for people.

    source: see ``person.Record``; what is missing or "" is not given. instant: with its zone, see ``days.instant_of``.
    Raises Unclear (an InvalidInput) if no phase follows from the row: an unknown status or time zone, dates that cannot be
    read or contradict each other.
    """
    if instant.tzinfo is None:
        raise InvalidInput("the instant has no time zone")
    facts = _facts(source, settings)
    line = _joined(_stretches(facts, settings))
    place = max(position for position, stretch in enumerate(line) if stretch.begins is None or stretch.begins <= instant)
    stretch = line[place]
    # Who left for cause had to go before a last day that is ahead: that day says nothing then.
    known = stretch.end is not None and (stretch.name not in GONE or stretch.end <= instant)
    phase = Phase(
        stretch.name,
        stretch.account,
        stretch.lane,
        since=shown(stretch.begins),
        until=shown(line[place + 1].begins) if place + 1 < len(line) else "",
        left_at=shown(stretch.end) if known else "",
    )
    return phase, _doubts(facts, stretch)


def is_set(field: str, text: str) -> bool:
    """Whether a field such as legal_hold says yes. Raises Unclear."""
    form = folded(text.strip())
    if form not in _YES + _NO:
        raise Unclear(UNREADABLE_DATES, f"{field} is neither true nor false")
    return form in _YES


def zone_of(source: Mapping[str, str], settings: Settings) -> tuple[str, tzinfo]:
    """The time zone of somebody: its name, and the zone. Raises Unclear."""
    name = source.get("time_zone", "").strip() or settings.default_time_zone
    return name, time_zone(name)


def _facts(source: Mapping[str, str], settings: Settings) -> _Facts:
    zone = zone_of(source, settings)[1]
    start = begins("start_date", source.get("start_date", ""), zone)
    last_day, termination, valid_until = (ends(field, source.get(field, ""), zone) for field in ("last_day", "termination_date", "valid_until"))
    facts = _Facts(_status(source, settings), start, last_day or termination, valid_until, is_set("for_cause", source.get("for_cause", "")))
    if last_day and termination and last_day > termination:
        raise _contradiction("last_day is after termination_date")
    if start and valid_until and valid_until <= start:
        raise _contradiction("valid_until is over before start_date")
    if facts.for_cause and facts.end is None and facts.status != TERMINATED:
        raise _contradiction("for_cause is set, and there is no last_day, no termination_date and no status terminated")
    if facts.for_cause and facts.back and facts.status != TERMINATED:
        raise _contradiction("for_cause is set, and start_date is after the last day")
    if not facts.status and start is None and facts.end is None and valid_until is None:
        raise Unclear(UNKNOWN_STATUS, "there is no status and no date")
    return facts


def _contradiction(said: str) -> Unclear:
    return Unclear(CONTRADICTORY_DATES, said)


def _status(source: Mapping[str, str], settings: Settings) -> str:
    word = source.get("status", "")
    status = settings.status_of(word)
    if status is None and word.strip():
        known = f"it is one of {', '.join(STATUSES)}, or named in phases.statuses{in_quotes(word.strip(), settings.statuses)}"
        raise Unclear(UNKNOWN_STATUS, f"status {shown_word(word.strip())} is not known; {known}")
    return status or ""


def _doubts(facts: _Facts, stretch: _Stretch) -> list[str]:
    name = stretch.name
    if facts.status == PREHIRE and facts.start is None:
        return ["status is prehire, and there is no start_date: there will be no account before one is given"]
    if facts.status == PREHIRE and not facts.back and name in (ACTIVE, LEAVING, LEFT):
        return [f"status is prehire, and the dates say otherwise: taken as {name}"]
    if facts.status == TERMINATED and facts.back and stretch.begins == facts.start:
        return ["start_date is after the last day and has come, and status is still terminated: taken as left"]
    if facts.status in (AT_WORK, AWAY) and not facts.for_cause and (name == LEFT or name == STAGED and facts.back):
        return [f"status is {facts.status}, and the last day is over: taken as {name}"]
    return []


def _stretches(facts: _Facts, settings: Settings) -> Iterator[_Stretch]:
    """The stretches of a time line. The first has no beginning; one that begins when another does, or before, takes its place."""
    before_that = AT_WORK if facts.status == PREHIRE else facts.status  # to be hired again is no status of the time before
    if facts.for_cause:
        yield _Stretch(None, LEFT, INACTIVE_ACCOUNT, URGENT, facts.end)
    elif facts.status == TERMINATED and facts.end is None:
        yield _Stretch(None, LEFT, INACTIVE_ACCOUNT, STANDARD, facts.valid_until)
    elif facts.start is None or facts.end is None or not facts.back:
        yield from _employment(facts, settings)
    elif facts.start == facts.end and facts.status != TERMINATED:  # one contract follows the other
        yield from _employment(replace(facts, status=before_that, start=None, end=None), settings)
    else:
        yield from _employment(replace(facts, status=before_that, start=None), settings)
        over = before(facts.end, settings.end_early)
        yield _Stretch(max(over, before(facts.start, settings.stage_ahead)), STAGED, INACTIVE_ACCOUNT)
        if facts.status == TERMINATED:  # nobody gets their access back from a row that says that they are gone
            yield _Stretch(facts.start, LEFT, INACTIVE_ACCOUNT, STANDARD, over)
        else:
            yield from list(_employment(replace(facts, end=None), settings))[2:]


def _employment(facts: _Facts, settings: Settings) -> Iterator[_Stretch]:
    """One employment: not there yet, there, leaving, gone."""
    start, end, gone = facts.start, facts.end, LEFT
    if facts.valid_until and (end is None or facts.valid_until < end):
        end, gone = facts.valid_until, EXPIRED
    if end:
        end = before(end, settings.end_early)
        end = max(end, start) if start else end
    there = ON_LEAVE if facts.status == AWAY else ACTIVE
    account = INACTIVE_ACCOUNT if facts.status == AWAY and settings.on_leave == DEACTIVATE else ACTIVE_ACCOUNT
    announced = facts.status == TERMINATED and end is not None
    if start or facts.status == PREHIRE:
        yield _Stretch(None, STAGED, NO_ACCOUNT)
    if start:
        yield _Stretch(before(start, settings.stage_ahead), STAGED, INACTIVE_ACCOUNT)
    if start or facts.status != PREHIRE:
        yield _Stretch(start, there, account, SCHEDULED if announced else STANDARD, end if announced else None)
    if end:
        if start or facts.status != PREHIRE:
            leaving = before(end, settings.look_ahead)
            yield _Stretch(max(leaving, start) if start else leaving, LEAVING, account, SCHEDULED, end)
        yield _Stretch(end, gone, INACTIVE_ACCOUNT, STANDARD, end)


def _joined(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """The stretches that somebody goes through, one after the other."""
    line: list[_Stretch] = []
    for stretch in stretches:
        while line and stretch.begins is not None and line[-1].begins is not None and line[-1].begins >= stretch.begins:
            line.pop()
        line.append(stretch)
    return line
