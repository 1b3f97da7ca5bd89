# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs that are followed: read again and again, each time from where the last read ended. At least once, hardly ever twice.

A read moves nothing. The position moves only with ``passed`` for each event, and with ``finish`` after the last one.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

from ..client.cloudflare import CloudflareAccount
from ..core.events.event import Event, key
from ..core.events.formats import event_from_line
from ..core.events.selection import Selection
from ..core.events.timestamps import moment, spelled
from ..core.patterns import Patterns
from ..inquiry.logs.cloudflare import updates
from .cursor_file import Position
from .files import read as read_files

_COMMENT = re.compile(r"(?:\A|\s)#.*")
MOST_LINES = 1_000  # of files, in one batch: what an unfinished batch remembers stays small


@dataclass(frozen=True)
class Batch:
    """What one read found: events that are new, oldest first, each with its id.

    cursor: where the next read may begin when all of them were dealt with. more: whether there is more to be read at once.
    warnings: sentences for people, about entries that nobody understood, too.
    """

    events: list[tuple[str, Event]]
    cursor: str
    more: bool = False
    warnings: list[str] = field(default_factory=list)


class Stream(Protocol):
    """A log that is followed. name: the same in every process."""

    name: str

    def read(self, position: Position) -> Batch:
        """What is new since a position. Raises LifecycleError, OSError, ValueError."""

    def passed(self, position: Position, name: str, event: Event) -> None:
        """An event was dealt with, and all before it. name: its id."""

    def finish(self, position: Position, batch: Batch) -> None:
        """All events of a batch were dealt with."""


class People:
    """The people in a file whose events are wanted: one name or id on each line. It is read each time.

    A "#" begins a comment at the beginning of a line or after a blank: names of guests in Entra hold #EXT#.

    path: the file, "" for everybody. A file without a name means nobody.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def now(self) -> Callable[[Event], bool]:
        """Whether an event is about one of them. Raises OSError, and ValueError for a file that is no text."""
        if not self._path:
            return lambda event: True
        lines = Path(self._path).read_text(encoding="utf-8-sig").splitlines()
        wanted = Patterns(_COMMENT.sub("", line) for line in lines)
        return lambda event: any(wanted.matching(name) is not None for name in _names(event))


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
        """What is new."""
        # Whoever leaves after this moment is not to be found in what was logged long before.
        cursor = max(_begin(position), spelled(self._now() - self._overlap))
        wanted = self._people.now()
        collected = updates(self._connect(), self._providers, replace(self._selection, since=moment(_begin(position))))
        events = []
        twins: Counter[str] = Counter()
        for event in collected["events"]:
            entry = key(event)
            twins[entry] += 1
            name = identity(entry, twins[entry])
            if name not in position.seen and wanted(event):
                events.append((name, event))
        unparsed = int(collected["unparsed"])
        return Batch(events, cursor, warnings=[f"{unparsed} entries were not understood"] if unparsed else [])

    def passed(self, position: Position, name: str, event: Event) -> None:
        """An event was dealt with, and all that are older."""
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
    """What is written to a file, or to all files that a pattern matches, through rotations.

    Without selection.since, what is there at the very first read is passed over. With it, the times of the lines decide; a line
    without a time has that of its file.
    """

    def __init__(self, path: str, kind: str, selection: Selection, people: People) -> None:
        self.name = f"file {path}"
        self._path = path
        self._kind = kind
        self._selection = selection
        self._people = people
        self._from_now = selection.since is None

    def read(self, position: Position) -> Batch:
        """What is new."""
        wanted = self._people.now()
        found = read_files([self._path], position.cursor, most=MOST_LINES, only_new=self._from_now)
        # Whoever forwards lines may have a clock that is behind ours, so what is appended is not judged by its time.
        selection = self._selection if self._from_now else replace(self._selection, since=moment(position.since))
        events = []
        unparsed: list[str] = []
        twins: Counter[str] = Counter()
        changed = {file.name: _changed(file.name) for file, dummy in found.entries}
        for file, entry in found.entries:
            twins[entry.text] += 1
            # Not by core.events.key: the time of a line without one would be another one the next time.
            name = identity(self.name, position.cursor, entry.text, twins[entry.text])
            event = event_from_line(self._kind, entry.text, record_id=str(entry.start), timestamp=changed[file.name])
            if event is None:
                unparsed.append(f"byte {entry.start} of {file.name}")
            elif name not in position.seen and selection.matches(event) and wanted(event):
                events.append((name, event))
        warnings = [f"{len(unparsed)} entries were not understood, the first at {unparsed[0]}"] if unparsed else []
        return Batch(events, found.cursor, found.more, [*found.warnings, *warnings])

    def passed(self, position: Position, name: str, event: Event) -> None:
        """An event was dealt with."""
        position.seen[name] = event["timestamp"]

    def finish(self, position: Position, batch: Batch) -> None:
        """All events of a batch were dealt with."""
        position.cursor, position.seen = batch.cursor, {}


def identity(*parts: object) -> str:
    """A UUID that is the same wherever the same parts are put together."""
    told = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return str(uuid.UUID(bytes=hashlib.sha256(told).digest()[:16], version=5))


def _changed(path: str) -> str:
    """When a file was written to last."""
    try:
        at = os.stat(path).st_mtime
    except OSError:  # rotated just now
        return spelled(datetime.now(timezone.utc))
    return spelled(datetime.fromtimestamp(at, timezone.utc))
