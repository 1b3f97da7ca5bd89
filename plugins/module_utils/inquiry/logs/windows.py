# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SCIM update log of Access while it grows: every entry once, none left out.

The log is read page by page in a window of time that does not move. What is written meanwhile is younger than the window, so
pages stay where they are. If the window's total changes all the same (a late entry, an old one that is deleted), pages have
moved: the page is thrown away and a new window begins at the last entry that was read. Entries have no id; those at the edge
come twice and are told by what is in them. Two that are equal to the letter are counted.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/logs/subresources/scim/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from ...client.cloudflare import CloudflareAccount
from ...core.errors import Unreachable
from ...core.events.sources.cloudflare import identity
from ...core.instants import instant

PATH = "/access/logs/scim/updates"
PER_PAGE = 1000  # the most that Cloudflare documents
_MOST_REQUESTS = 10_000
_MOST_IN_VAIN = 20  # windows that were begun anew without a step forward

# Whether since and until are inclusive is not documented: ask for a little more, and compare here.
_MARGIN = timedelta(milliseconds=1)


class Entry(NamedTuple):
    """An entry as Cloudflare has it, and an id of ours: the same one whenever it is read."""

    record: Mapping[str, Any]
    record_id: str


class Window(NamedTuple):
    """Aware datetimes, both inclusive, ``None`` for no bound."""

    since: datetime | None
    until: datetime | None


def entries(account: CloudflareAccount, filters: Mapping[str, Any], window: Window, *, newest_first: bool = False) -> Iterator[Entry]:
    """The entries of a window in the order of time. filters: query parameters, with ``idp_id``.

    Takes one request for each 1,000 entries, and more only if the window changes while it is read.
    Raises CloudflareError, Unreachable.
    """
    for entry in _Reading(account, filters, window, newest_first):
        at = moment_of(entry.record)
        if at is None or not ((window.since and at < window.since) or (window.until and at > window.until)):
            yield entry


def moment_of(record: Mapping[str, Any]) -> datetime | None:
    """When an entry was logged, ``None`` if it does not say so in a way that is understood."""
    found = instant(str(record.get("logged_at") or ""))
    return found and found[0] + timedelta(microseconds=int(found[1][:6].ljust(6, "0")))


class _Reading:
    """One pass over the log. Knows how often each entry was given."""

    def __init__(self, account: CloudflareAccount, filters: Mapping[str, Any], window: Window, newest_first: bool) -> None:
        self._account = account
        self._filters = {**filters, "direction": "desc" if newest_first else "asc", "per_page": PER_PAGE}
        self._newest_first = newest_first
        self._window = Window(window.since and window.since - _MARGIN, window.until and window.until + _MARGIN)
        self._edge: datetime | None = None  # when the last entry that was given was logged
        self._given: Counter[str] = Counter()
        self._met: Counter[str] = Counter()  # in this window

    def __iter__(self) -> Iterator[Entry]:
        page, in_vain = 1, 0
        total: int | None = None
        for _dummy in range(_MOST_REQUESTS):
            items, info = self._page(page)
            now = _number(info, "total_count")
            if total is not None and now != total:
                in_vain = 0 if self._move() else in_vain + 1
                if in_vain > _MOST_IN_VAIN:
                    raise Unreachable(f"GET {PATH}: the log changes faster than it can be read; give until, or fewer identity providers")
                self._met.clear()
                page, total = 1, None
                continue
            yield from self._fresh(items)
            if not items or (now is not None and page * (_number(info, "per_page") or PER_PAGE) >= now):
                return
            page, total = page + 1, now
            if now is None and self._move():  # nobody would notice that pages move: each is a window of its own
                self._met.clear()
                page = 1
        raise Unreachable(f"GET {PATH}: the log did not end after {_MOST_REQUESTS:,} pages")

    def _page(self, page: int) -> tuple[list[dict[str, Any]], Mapping[str, Any]]:
        bounds = {name: rfc3339(at) for name, at in zip(Window._fields, self._window) if at is not None}
        return self._account.page(PATH, {**self._filters, **bounds, "page": page})

    def _fresh(self, items: list[dict[str, Any]]) -> Iterator[Entry]:
        """Those of a page that were not given before."""
        for record in items:
            mark = identity(record)
            self._met[mark] += 1
            self._edge = moment_of(record) or self._edge
            number = self._met[mark]
            if number > self._given[mark]:
                self._given[mark] = number
                yield Entry(record, mark if number == 1 else f"{mark}-{number}")

    def _move(self) -> bool:
        """Let the window begin where the last entry was. Returns whether that is a step forward."""
        since, until = self._window
        if self._edge is not None and self._newest_first:
            until = self._edge + _MARGIN
        elif self._edge is not None:
            since = self._edge - _MARGIN
        moved = (since, until) != self._window
        self._window = Window(since, until)
        return moved


def rfc3339(at: datetime) -> str:
    """Such as ``2026-11-24T10:00:00.123Z``: to the millisecond, rounded down."""
    return at.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(info: Mapping[str, Any], name: str) -> int | None:
    value = info.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
