# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of scim_log_info to events: what is run on a host, how often, and what is kept.

Without a cursor the newest events are wanted, and as few entries are read as that takes. With one, everything that came after it is,
the oldest first: what does not fit into the result is left to the next run, which begins behind the last event that was returned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.errors import InvalidInput
from ..core.events.event import Event, chosen, shown
from ..core.events.selection import Selection
from ..inquiry.shown import MOST_CHARACTERS, size
from .collection import MOST_BYTES, Answer
from .collection_options import NEWEST

MOST_ENTRIES = 100_000  # that one run looks at
_FIRST = 200
_WIDER = 10


class Host:
    """A host, as far as collecting logs takes one. mark: random hexadecimal digits; see collection.posix.

    windows: whether its commands are PowerShell's. A test gives its own.
    """

    mark: str = ""
    windows: bool = False

    def posix(self, command: str, *, newest: bool = False, most: int = MOST_BYTES) -> Answer:
        """Run a command of a POSIX shell. newest: of an output of more than most bytes, the end is kept."""
        raise NotImplementedError

    def program(self, name: str, arguments: Sequence[str]) -> Answer:
        """Run a program with arguments, on Windows or elsewhere."""
        raise NotImplementedError


@dataclass
class Gathered:
    """Entries that were read so far, in the order of the log.

    events: those that are wanted, each with a number that grows with the place in the log. unparsed: entries that are no event.
    cursors: number -> the cursor behind that entry. cursor: behind all that was read. more: whether there is more.
    """

    events: list[tuple[int, Event]] = field(default_factory=list)
    unparsed: int = 0
    cursors: Callable[[int], str] | None = None
    cursor: str = ""
    more: bool = False
    shortened: int = 0
    warnings: list[str] = field(default_factory=list)
    beside: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What a task asks for, whichever the source is. newest: how many at most, None for as many as fit."""

    selection: Selection
    newest: int | None
    fields: Sequence[str] | None
    cursor: str
    format: str = "auto"

    @classmethod
    def from_options(cls, options: Mapping[str, Any], selection: Selection) -> Wanted:
        """Raises InvalidInput with the name of the option."""
        newest, cursor = options.get("newest"), str(options.get("cursor") or "").strip()
        if newest is None:
            newest = 0 if cursor else NEWEST
        if newest < 0:
            raise InvalidInput(f"newest: {newest} is no number of events; 0 is all of them")
        chosen(options.get("fields"))
        return cls(selection, newest or None, options.get("fields"), cursor, str(options.get("format") or "auto"))

    @property
    def raw(self) -> bool:
        """Whether the line itself is asked for."""
        return "raw" in (self.fields or ())

    def enough(self, events: Sequence[Any]) -> bool:
        """Whether more entries would not change what is returned."""
        return self.newest is not None and len(events) >= self.newest


def widening(wanted: Wanted, most: int = MOST_ENTRIES) -> list[int]:
    """How many of the newest entries to look at, until there are enough events among them."""
    steps = []
    step = max(_FIRST, _WIDER * wanted.newest) if wanted.newest else most
    while step < most:
        steps.append(step)
        step *= _WIDER
    return [*steps, most]


def result(gathered: Gathered, wanted: Wanted) -> dict[str, Any]:
    """What the task returns: events from the oldest to the newest, as many as are wanted and fit."""
    events, cursor, truncated = gathered.events, gathered.cursor, gathered.more
    warnings = list(gathered.warnings)
    if not wanted.cursor:  # with one, the order of the log decides, as the next run goes on in it
        events = sorted(events, key=lambda numbered: str(numbered[1]["timestamp"]))
    if wanted.enough(events) and wanted.newest is not None and len(events) > wanted.newest:
        events = events[: wanted.newest] if wanted.cursor else events[-wanted.newest :]
        truncated = True
    kept = _fitting(events if wanted.cursor else events[::-1], wanted.fields)
    if kept < len(events):
        truncated = True
        events = events[:kept] if wanted.cursor else events[len(events) - kept :]
        rest = "the cursor is behind the last one, and the next run returns the others" if wanted.cursor else "these are the newest"
        warnings.append(f"the result holds {kept:,} events, as it may not be longer than {MOST_CHARACTERS:,} characters; {rest}")
    if wanted.cursor and len(events) < len(gathered.events) and gathered.cursors is not None:
        cursor = gathered.cursors(events[-1][0]) if events else wanted.cursor
    if gathered.shortened:
        warnings.append(f"{gathered.shortened:,} entries are longer than a million bytes and were shortened")
    found = sorted((event for dummy, event in events), key=lambda event: str(event["timestamp"]))
    counts = Counter(str(event["status"]) for event in found)
    return {
        "events": [shown(event, wanted.fields) for event in found],
        "count": len(found),
        "counts": dict(sorted(counts.items())),
        "unparsed": gathered.unparsed,
        "truncated": truncated,
        "cursor": cursor,
        "warnings": warnings,
        **gathered.beside,
    }


def _fitting(events: Sequence[tuple[int, Event]], fields: Sequence[str] | None) -> int:
    """How many of the first events fit into a result."""
    room = MOST_CHARACTERS
    for number, numbered in enumerate(events):
        room -= size(shown(numbered[1], fields)) + 2
        if room < 0:
            return max(number, 1)  # else one that is too long would never be passed
    return len(events)
