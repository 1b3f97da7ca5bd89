# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The events of files on this machine: logs of lines, also compressed ones, and files of the Windows event log."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timezone
from typing import Any

from ..core.errors import NotFound
from ..core.events.event import Event
from ..core.events.formats import event_from_line, event_from_record
from ..core.events.selection import Selection
from ..core.events.texts import inert
from ..core.events.timestamps import spelled
from ..core.events.windows import events_from_xml
from .collection_files import SAID
from .evtx_file import records
from .files import UnreadableLog, entries, look

Collected = dict[str, Any]
_ROOM = 10_000  # events beyond the limit that are kept until the oldest are thrown away


def events_of_files(paths: Sequence[str], format: str, selection: Selection, *, raw: bool = False) -> Collected:
    """The events that are selected, oldest first: ``{"events", "unparsed", "truncated", "cursor"}``; cursor is "".

    paths: files or shell patterns. format: a name of ``FORMATS``, or ``auto``. A line without a timestamp has that of the file's last
    change. raw: events with their lines in them. Raises NotFound, UnreadableLog, InvalidInput.
    """

    def read(path: str) -> Iterator[Event | None]:
        for seen in look([path], rotated=False):
            if seen.file is None:
                raise UnreadableLog(f"{inert(seen.path)}: {SAID[seen.state]}")
            changed = _changed(seen.path)
            for entry in entries(seen.file):
                if entry.text.strip():
                    yield event_from_line(format, entry.text, record_id=str(entry.start), timestamp=changed, raw=raw)

    return _collected(paths, read, selection)


def events_of_evtx(paths: Sequence[str], selection: Selection, *, raw: bool = False) -> Collected:
    """The same of files of the Windows event log. Raises NotFound, and InvalidInput if the library that reads them is missing."""

    def read(path: str) -> Iterator[Event | None]:
        for text in records(path):
            found: Iterable[Any] = events_from_xml(text) if text else [None]
            yield from (None if record is None else event_from_record("windows", record, raw=raw) for record in found)

    return _collected(paths, read, selection)


def _collected(paths: Sequence[str], read: Callable[[str], Iterator[Event | None]], selection: Selection) -> Collected:
    events: list[Event] = []
    unparsed = matched = 0
    for event in (event for path in _files(paths) for event in read(path)):
        if event is None:
            unparsed += 1
        elif selection.matches(event):
            events.append(event)
            matched += 1
            if selection.limit and len(events) > selection.limit + _ROOM:
                _cut(events, selection.limit)
    _cut(events, selection.limit)
    return {"events": events, "unparsed": unparsed, "truncated": len(events) < matched, "cursor": ""}


def _cut(events: list[Event], limit: int | None) -> None:
    """Sort, and keep the newest ones."""
    events.sort(key=lambda event: str(event["timestamp"]))
    if limit:
        del events[:-limit]


def _changed(path: str) -> str:
    """When a file was written to last; now, if it was moved away just now."""
    try:
        return spelled(datetime.fromtimestamp(os.stat(path).st_mtime, timezone.utc))
    except FileNotFoundError:
        return spelled(datetime.now(timezone.utc))


def _files(paths: Sequence[str]) -> list[str]:
    """The files that names and patterns stand for, each once. Raises NotFound."""
    found: dict[str, None] = {}
    for path in paths:
        names = [path] if os.path.lexists(path) else sorted(name for name in glob.glob(path) if not os.path.isdir(name))
        if not names:
            raise NotFound(f"there is no file {inert(path)} on the controller")
        found.update(dict.fromkeys(names))
    return list(found)
