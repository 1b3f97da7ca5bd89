# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs that are followed: read again and again, each time from where the last read ended. At least once, hardly ever twice.

A read moves nothing. The position moves only with ``passed`` for each event, and with ``finish`` after the last one.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from .client.cloudflare import CloudflareAccount
from .core.events.event import Event, key
from .core.events.selection import Selection
from .core.events.timestamps import moment, spelled
from .core.patterns import Patterns
from .cursor_file import Position
from .inquiry.logs.cloudflare import updates

NAMESPACE = uuid.UUID("6f1f3f0e-5c0b-5b7e-9a53-0b0c3c8f6a11")  # any constant; ids must be the same in every process


@dataclass(frozen=True)
class Batch:
    """What one read found: events that are new, oldest first, each with its id; cursor: where the next read may begin.

    unparsed: entries that nobody understood. more: whether to read again at once.
    """

    events: list[tuple[str, Event]]
    cursor: str
    unparsed: int = 0
    more: bool = False


class Stream(Protocol):
    """A log that is followed."""

    name: str

    def read(self, position: Position) -> Batch:
        """What is new since a position."""

    def passed(self, position: Position, name: str, event: Event) -> None:
        """An event was dealt with. name: its id."""

    def finish(self, position: Position, batch: Batch) -> None:
        """All events of a batch were dealt with."""


def identified(scope: str, events: list[Event], position: Position) -> list[tuple[str, Event]]:
    """The events that were not seen, each with an id that is the same whenever and wherever it is read again.

    scope: what tells entries apart that are alike to the letter. Those of one scope are numbered, in the order of the log.
    """
    twins: Counter[str] = Counter()
    found = []
    for event in events:
        entry = key(event)
        twins[entry] += 1
        name = str(uuid.uuid5(NAMESPACE, "\n".join([scope, entry, str(twins[entry])])))
        if name not in position.seen:
            found.append((name, event))
    return found


class People:
    """The people in a file whose events are wanted: one name or id on each line, "#" begins a comment. It is read each time.

    path: the file, "" for everybody. A file without a name means nobody.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def among(self, events: list[Event]) -> list[Event]:
        """The events that are about these people. Raises OSError, and ValueError for a file that is no text."""
        if not self._path:
            return events
        lines = Path(self._path).read_text(encoding="utf-8-sig").splitlines()
        wanted = Patterns(line.partition("#")[0] for line in lines)
        return [event for event in events if any(wanted.matching(name) for name in _names(event))]


def _names(event: Event) -> list[str]:
    # The ids of an event about a group are the group's.
    fields = ("user", "external_id", "resource_id") if event.get("resource_type") == "User" else ("user",)
    return [event[name] for name in fields if name in event]


class CloudflareStream:
    """What one identity provider wrote to Access, or all of them that have SCIM enabled.

    connect: gives the account, read-only; a new one for each read, as each has a time budget. provider: its name or id, ""
    for all. selection, people: the filters. overlap: entries may appear that much later than their timestamp says; that much
    of the log is read again, and told by their ids apart. now: a clock.
    """

    def __init__(
        self,
        connect: Callable[[], CloudflareAccount],
        provider: str,
        selection: Selection,
        people: People,
        overlap: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self.name = f"cloudflare {connect().account_id} {provider or 'all'}"
        self._connect = connect
        self._providers = [provider] if provider else None
        self._selection = selection
        self._people = people
        self._overlap = overlap
        self._now = now

    def read(self, position: Position) -> Batch:
        """What is new. Raises LifecycleError, OSError, ValueError."""
        # Whoever leaves after this moment is not to be found in what was logged long before.
        cursor = max(_begin(position), spelled(self._now() - self._overlap))
        selection = replace(self._selection, since=moment(_begin(position)))
        collected = updates(self._connect(), self._providers, selection)
        events = identified("", self._people.among(collected["events"]), position)
        return Batch(events, cursor, int(collected["unparsed"]))

    def passed(self, position: Position, name: str, event: Event) -> None:
        """An event was dealt with, and all that are older. name: its id."""
        position.seen[name] = event["timestamp"]
        # An entry from the future, written by a clock that was wrong, must not make us skip what comes until then.
        self._move(position, spelled(min(moment(event["timestamp"]), self._now()) - self._overlap))

    def finish(self, position: Position, batch: Batch) -> None:
        """All events of a batch were dealt with."""
        self._move(position, batch.cursor)

    def _move(self, position: Position, cursor: str) -> None:
        if cursor > _begin(position):
            position.cursor = cursor
            position.seen = {name: timestamp for name, timestamp in position.seen.items() if timestamp >= cursor}


def _begin(position: Position) -> str:
    return position.cursor or position.since


class FileStream:
    """Stub."""
