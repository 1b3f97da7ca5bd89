# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""wevtutil: the arguments that read a log of Windows, and what its answers mean.

https://learn.microsoft.com/windows-server/administration/windows-commands/wevtutil, query language:
https://learn.microsoft.com/windows/win32/wes/consuming-events (XPath 1.0, in part).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone

from ..core.errors import InvalidInput
from .collection import Answer, CannotCollect

PROGRAM = "wevtutil"
PROVIDER = re.compile(r"[\w .-]+")  # it becomes part of a query and of a command line
LOG = re.compile(r"\w[\w ./-]*")
_CURSOR = re.compile(r"eventlog1,(\d{1,20})", re.ASCII)


@dataclass(frozen=True)
class EventLogQuery:
    """Which entries of which log. since, until: aware, or None. after: the record id after which to read, None for any."""

    log: str
    provider: str
    since: datetime | None = None
    until: datetime | None = None
    after: int | None = None

    def __post_init__(self) -> None:
        if not LOG.fullmatch(self.log):
            raise InvalidInput(f"log: {self.log!r} is no name of a log: letters, digits, spaces and ./_- only")
        check_provider(self.provider)


def check_provider(provider: str) -> None:
    """Raises InvalidInput for what could mean more than a name in a query."""
    if not PROVIDER.fullmatch(provider) or not provider.strip():
        raise InvalidInput(f"provider: {provider!r} is no name of an event source: letters, digits, spaces and ._- only")


def after(cursor: str) -> int | None:
    """The record id in a cursor, ``None`` for an empty one. Raises InvalidInput for a text that is no cursor of a log."""
    if not cursor:
        return None
    found = _CURSOR.fullmatch(cursor.strip())
    if not found:
        raise InvalidInput("cursor: this is no cursor of an event log; give the one that the last run returned, or leave it out")
    return int(found[1])


def cursor_of(record_id: int | None) -> str:
    return "" if record_id is None else f"eventlog1,{record_id}"


def arguments(query: EventLogQuery, *, newest: int | None = None, oldest: int | None = None) -> list[str]:
    """Of wevtutil. newest, oldest: as many entries at most, in that order."""
    count = newest if newest is not None else oldest
    limit = [f"/c:{count}"] if count is not None else []
    return ["qe", query.log, f"/q:{_xpath(query)}", "/f:RenderedXml", f"/rd:{'false' if newest is None else 'true'}", *limit]


def of_provider(provider: str) -> list[str]:
    """Arguments that ask whether a host has an event source."""
    check_provider(provider)
    return ["gp", provider]


def _xpath(query: EventLogQuery) -> str:
    parts = [f"Provider[@Name='{query.provider}']"]
    if query.after is not None:
        parts.append(f"EventRecordID>{query.after}")
    times = [f"@SystemTime{sign}'{_time(moment)}'" for sign, moment in ((">=", query.since), ("<=", query.until)) if moment]
    if times:
        parts.append(f"TimeCreated[{' and '.join(times)}]")
    return f"*[System[{' and '.join(parts)}]]"


def _time(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def xml_in(query: EventLogQuery, answer: Answer) -> str:
    """The events that wevtutil found, as XML without a root. Raises CannotCollect if it could not look."""
    text = answer.data.decode("utf-8", "replace")
    if answer.code == 0:
        return text
    said = answer.said + text
    if answer.code == 127 or "is not recognized" in said or "not found" in answer.said.lower() and PROGRAM in answer.said:
        raise CannotCollect("there is no wevtutil on this host; it is part of Windows, and other hosts log to journald or files")
    if answer.code == 15007 or "channel could not be found" in said:  # ERROR_EVT_CHANNEL_NOT_FOUND
        raise CannotCollect(f"log: this host has no event log {query.log!r}; wevtutil el lists those that it has")
    if answer.code == 5 or answer.forbidden:
        raise CannotCollect(f"this user may not read the event log {query.log!r}; it takes a member of Event Log Readers")
    raise CannotCollect(f"wevtutil could not read the event log {query.log!r} (exit code {answer.code}): {answer.told or 'it did not say why'}")


def refuse_unknown_provider(query: EventLogQuery, answer: Answer) -> None:
    """Raises CannotCollect if the host does not know the event source; answer: to the arguments of of_provider."""
    if answer.code == 0:
        return
    if answer.forbidden or answer.code == 5:
        return  # nothing is known
    raise CannotCollect(
        f"provider: this host has no event source {query.provider!r} ({answer.told or f'exit code {answer.code}'}); "
        "the connector may log under another name, or is not installed here"
    )
