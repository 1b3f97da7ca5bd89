# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal and the event log of a host, read as scim_log_info is asked to; files are in collection_trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ..core.errors import InvalidInput
from ..core.events.event import Event
from ..core.events.formats import event_from_record
from ..core.events.journal import entry_from_journal
from ..core.events.journal import field as value_of
from ..core.events.windows import events_from_xml
from . import collection_journal as journal
from . import collection_windows as windows
from .collection import CannotCollect
from .collection_options import UNIT
from .collection_run import MOST_ENTRIES, Gathered, Host, Wanted, widening
from .evtx_file import records as evtx_records

_MOST_WINDOWS = 10_000  # entries of an event log: RenderedXml takes some 2,000 bytes for each
# A message may be written down that much later than what it tells of happened.
_LATE = timedelta(minutes=5)


def journald(host: Host, options: Mapping[str, Any], wanted: Wanted) -> Gathered:
    """What a journal holds. Raises CannotCollect, InvalidInput, Unreachable."""
    if host.windows:
        raise InvalidInput("source: a Windows host has no journald; set source to eventlog")
    identifier = str(options.get("identifier") or "")
    units = options.get("unit")
    until = wanted.selection.until
    query = journal.JournalQuery(
        units=tuple(units if units is not None else [] if identifier else [UNIT]),
        identifier=identifier,
        priority=str(options.get("priority") or ""),
        since=wanted.selection.since,
        until=until + _LATE if until else None,
        directory=str(options.get("journal_directory") or ""),
        files=tuple(options.get("journal_files") or ()),
        cursor=wanted.cursor,
    )
    warnings: list[str] = []
    if query.cursor:
        found, more = _journal(host, query, None)
        if not found.cursor_known:
            # What journalctl does by itself, said aloud.
            query = replace(query, cursor="", since=journal.time_of(query.cursor))
            warnings.append(
                "cursor: the journal does not hold the entry that it names (it was rotated away, or is another host's); this goes on "
                "at the time of that entry, so that events may be missing or returned again"
            )
            found, more = _journal(host, query, None)
    else:
        for lines in widening(wanted):
            found, more = _journal(host, query, lines)
            events, unparsed = _events(found.records, wanted, _of_journal)
            more = more or len(found.records) >= lines
            if not more or wanted.enough(events):
                break
        else:
            warnings.append(f"only the newest {MOST_ENTRIES:,} entries were looked at")
    events, unparsed = _events(found.records, wanted, _of_journal)
    cursors = [value_of(record.get("__CURSOR")) for record in found.records]
    last = next((cursor for cursor in reversed(cursors) if cursor), "") or wanted.cursor
    if not last:
        newest, _dummy = _journal(host, journal.JournalQuery(directory=query.directory, files=query.files), 1)
        last = next((value_of(record.get("__CURSOR")) for record in newest.records), "")
        names = ", ".join([*query.units, *([identifier] if identifier else [])])
        if names and not _journal(host, replace(query, since=None, until=None, priority=""), 1)[0].records:
            warnings.append(f"the journal holds no entry of {names}; is that the name of the unit (systemctl list-units)?")
    return Gathered(events, unparsed + found.broken, cursors.__getitem__, last, more, 0, [*warnings, *found.warnings])


def _journal(host: Host, query: journal.JournalQuery, lines: int | None) -> tuple[journal.Found, bool]:
    answer = host.posix(journal.command(query, host.mark, lines), newest=lines is not None)
    return journal.found(query, host.mark, answer), answer.cut


def _events(
    records: Iterable[Mapping[str, Any]], wanted: Wanted, event_of: Callable[[Mapping[str, Any], Wanted], Event | None]
) -> tuple[list[tuple[int, Event]], int]:
    """The events of records that are wanted, by their places, and how many records are none. event_of: the event that one is."""
    events, unparsed = [], 0
    for number, record in enumerate(records):
        event = event_of(record, wanted)
        if event is None:
            unparsed += 1
        elif wanted.selection.matches(event):
            events.append((number, event))
    return events, unparsed


def _of_journal(record: Mapping[str, Any], wanted: Wanted) -> Event | None:
    return entry_from_journal(record, format=wanted.format, raw=wanted.raw)


def _of_windows(record: Mapping[str, Any], wanted: Wanted) -> Event | None:
    return event_from_record("windows", record, raw=wanted.raw) if record else None


def eventlog(host: Host, options: Mapping[str, Any], wanted: Wanted) -> Gathered:
    """What an event log of a host holds. Raises CannotCollect, InvalidInput, Unreachable."""
    query = windows.EventLogQuery(
        log=str(options.get("log") or ""),
        provider=str(options.get("provider") or ""),
        since=wanted.selection.since,
        until=wanted.selection.until,
        after=windows.after(wanted.cursor),
    )
    warnings: list[str] = []
    if query.after is not None:
        records, more = _log(host, query, oldest=_MOST_WINDOWS)
        if not records:
            # A log that was cleared or made anew counts from 1 again.
            newest, _dummy = _log(host, replace(query, after=None, since=None, until=None), newest=1)
            if newest and _record_id(newest[0]) < query.after:
                warnings.append("cursor: the event log was cleared since; this begins at its oldest entry")
                records, more = _log(host, replace(query, after=0), oldest=_MOST_WINDOWS)
    else:
        for count in widening(wanted, _MOST_WINDOWS):
            records, more = _log(host, query, newest=count)
            records.reverse()
            events, unparsed = _events(records, wanted, _of_windows)
            if not more or wanted.enough(events):
                break
        else:
            warnings.append(f"only the newest {len(records):,} entries were looked at")
    if not records and not query.after:
        windows.refuse_unknown_provider(query, host.program(windows.PROGRAM, windows.of_provider(query.provider)))
    events, unparsed = _events(records, wanted, _of_windows)
    ids = [_record_id(record) for record in records]
    last = max([number for number in ids if number], default=query.after or 0)
    return Gathered(events, unparsed, lambda number: windows.cursor_of(ids[number]), windows.cursor_of(last), more, 0, warnings)


def _log(host: Host, query: windows.EventLogQuery, *, newest: int | None = None, oldest: int | None = None) -> tuple[list[dict[str, Any]], bool]:
    """The entries of a log in the order that was asked for, and whether there may be more."""
    answer = host.program(windows.PROGRAM, windows.arguments(query, newest=newest, oldest=oldest))
    text = windows.xml_in(query, answer)
    records = list(events_from_xml(text))
    if not records and text.strip():
        raise CannotCollect("wevtutil printed no events but something else; is it the program of Windows?")
    more = answer.cut or len(records) >= (newest or oldest or 0)
    if answer.cut and records and not records[-1]:
        records.pop()
    return records, more


def evtx(options: Mapping[str, Any], wanted: Wanted) -> Gathered:
    """What a file of an event log on the controller holds. Raises InvalidInput."""
    provider = str(options.get("provider") or "")
    if provider:
        windows.check_provider(provider)
    gathered = Gathered()
    providers: set[str] = set()
    for text in evtx_records(str(options["path"])):
        record = next(events_from_xml(text), {})
        if not record:
            gathered.unparsed += 1
            continue
        providers.add(str(record.get("provider") or ""))
        if provider and str(record.get("provider") or "").lower() != provider.lower():
            continue
        events, unparsed = _events([record], wanted, _of_windows)
        gathered.unparsed += unparsed
        gathered.events += events
    if provider and provider.lower() not in {name.lower() for name in providers}:
        names = ", ".join(sorted(filter(None, providers))[:10]) or "none"
        gathered.warnings.append(f"provider: the file holds no entry of {provider!r}; of these it does: {names}")
    return gathered


def _record_id(record: Mapping[str, Any]) -> int:
    told = str(record.get("record_id") or "")
    return int(told) if told.isdigit() and told.isascii() and len(told) < 21 else 0
