# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring what is new in the SCIM update log of Cloudflare to an archive: each event once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from ..client.cloudflare import CloudflareAccount
from ..core.errors import InvalidInput
from ..core.events.event import ALL, RAW, chosen
from ..core.events.selection import beginning
from ..core.events.selection import span as _span
from ..core.events.timestamps import moment, spelled
from ..inquiry.logs.cloudflare import logged, provider_ids, reaches_back
from ..inquiry.logs.windows import Window
from .archive_file import LONGEST_OVERLAP, ArchiveFile, Tail
from .archive_gaps import Gaps

_ALWAYS = ("timestamp", "record_id")  # by which a run finds out where the one before has ended
_PAUSE = 0.5  # seconds between two looks at a file that another process writes

Params = Mapping[str, Any]
Result = dict[str, Any]


def archive(account: CloudflareAccount, params: Params, *, write: bool) -> Result:
    """Append what is new. write: do it; without, the result says what would be done.

    Raises InvalidInput, LifecycleError, NotFound, CloudflareError, Unreachable, OutOfTime.
    """
    gate = account.transport.gate
    now = gate.clock.today()
    first = beginning(params["since"], now)
    overlap = _span(params["overlap"], now, "overlap") or timedelta()
    if overlap > LONGEST_OVERLAP:
        raise InvalidInput(f"overlap: {params['overlap']!r} is out of range; give a day at most")
    expected = _span(params["expected_every"], now, "expected_every")
    fields = _fields(params["fields"])

    def wait() -> None:
        gate.remaining()
        gate.clock.sleep(_PAUSE)

    ids = provider_ids(account, params["providers"])
    with ArchiveFile(params["path"], write=write, wait=wait) as file:
        tail = file.tail(overlap)
        now = gate.clock.today()  # waiting for the file may have taken a while
        gaps = Gaps(tail.last, expected)
        run = _Run(account, ids, tail, gaps, Window(moment(tail.last) - overlap if tail.last else first, now))
        for line in run.lines(fields):
            file.append(line)
        gaps.end(spelled(now))
    cursor = max(tail.last, run.newest)
    before = {"total": tail.total, "cursor": tail.last}
    after = {"total": tail.total + run.appended, "cursor": cursor}
    return {
        "changed": bool(run.appended) or file.torn,
        "appended": run.appended,
        **after,
        "gaps": gaps.found,
        "unparsed": run.unparsed,
        "diff": {"before": before, "after": after},
        "warnings": list(_warnings(params["path"], file.torn, tail, run, gaps)),
    }


class _Run:
    """What one run finds."""

    def __init__(self, account: CloudflareAccount, ids: list[str], tail: Tail, gaps: Gaps, window: Window) -> None:
        self._account = account
        self._ids = ids
        self._tail = tail
        self._gaps = gaps
        self._window = window
        self.appended = self.unparsed = 0
        self.newest = ""

    def lines(self, fields: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        """The lines to append, in the order of time."""
        met = False  # whether the log was seen to begin
        last = self._tail.last
        for entry in logged(self._account, self._ids, self._window):
            if entry.event is None:
                self.unparsed += 1
                continue
            timestamp = entry.event["timestamp"]
            hole = not met and self._is_hole(timestamp)
            met = True
            if entry.event["record_id"] in self._tail.seen:
                continue
            self._gaps.event(timestamp)
            self.appended += 1
            self.newest = max(self.newest, timestamp)
            line = {name: entry.event[name] for name in fields if name in entry.event}
            beside = {"body_sha256": entry.body_sha256, "gap_since": last if hole else ""}
            yield {**line, **{name: value for name, value in beside.items() if value}}
        if not met:
            self._is_hole("")

    def _is_hole(self, begin: str) -> bool:
        """Whether the log, of which we see this much, begins after the end of the archive. begin: "" if we see nothing."""
        last = self._tail.last
        if not last or (begin and begin <= last) or reaches_back(self._account, self._ids, Window(None, moment(last))):
            return False
        self._gaps.not_kept(begin)
        return True


def _fields(given: list[str] | None) -> tuple[str, ...]:
    if RAW in (given or ()):
        raise InvalidInput("fields: raw is not archived, as the bodies of requests hold personal data and passwords; body_sha256 is in its place")
    return chosen([*(given or [ALL]), *_ALWAYS])


def _warnings(path: str, torn: bool, tail: Tail, run: _Run, gaps: Gaps) -> Iterator[str]:
    if torn:
        yield f"{path} ended in a torn line: whoever wrote it was stopped; it is set aside in {path}.torn if it is no event, and read again"
    if tail.damaged:
        yield f"{path} holds {tail.damaged:,} lines near its end that are no events; they are left alone"
    if run.unparsed:
        yield f"{run.unparsed:,} entries of the log are not understood and not archived; please report this bug"
    if gaps.count:
        first = gaps.found[0]
        yield f"{gaps.count:,} gaps, the first one from {first['from']} to {first['to'] or 'now'} ({first['reason']}), see gaps"
