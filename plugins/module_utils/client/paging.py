# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a whole list from services that page honestly, dishonestly or not at all (RFC 7644 section 3.4.2.4, RFC 9865).

The end of a list is where nothing new comes, never where a server's arithmetic says so. ``totalResults`` is believed
only where it costs nothing to be wrong: a first page that claims to be everything and is exactly full, or as long as the
service pleases, is followed by one more request, because some services count the page and call it the total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..core.errors import ServerError
from ..core.profiles import Capabilities
from ..core.wire import attribute_of

Fetch = Callable[[Mapping[str, Any]], Any]
Body = Mapping[str, Any]
_MOST_BARREN = 10  # pages in a row that bring nobody new
_OF_THE_FILTER = "invalidFilter"  # a refusal that has nothing to do with pages (RFC 7644 table 9)


class Listing:
    """Iterates over the resources of a list, each once. ``complete`` tells, afterwards, whether that was all; ``pages``
    how many were read so far.

    fetch: sends a GET with the given query and returns the JSON. most: stop after so many resources.
    """

    def __init__(self, fetch: Fetch, capabilities: Capabilities, most: int) -> None:
        self._fetch = fetch
        self._capabilities = capabilities
        self._most = most
        self._seen: set[str] = set()
        self._fresh = False  # whether the last page brought somebody new
        self.pages = 0
        self.complete = False
        self._cut_off: bool | None = None

    def __iter__(self) -> Iterator[Body]:
        method = self._capabilities.text("pagination")
        if method == "index":
            try:
                yield from self._by_index()
                return
            except ServerError as error:
                if self._seen or error.status not in (400, 501) or error.scim_type == _OF_THE_FILTER:
                    raise
            method = "cursor"
        yield from self._by_cursor() if method == "cursor" else self._at_once()

    def is_cut_off(self) -> bool:
        """Whether there is more, though the service said that its first page is everything; for lists that were read.

        The pages of services have round lengths, so any other one is believed; who is not in such a list is gone.
        """
        if self._cut_off is None:
            self._cut_off = self._look_beyond()
        return self._cut_off

    def _look_beyond(self) -> bool:
        if self._capabilities.text("pagination") != "index" or self.pages != 1 or not self._seen or len(self._seen) % 5:
            return False
        try:
            beyond = resources_of(self._fetch({"startIndex": len(self._seen) + 1}))
        except ServerError:
            return False
        return any(attribute_of(one, "id") and str(attribute_of(one, "id")) not in self._seen for one in beyond)

    def _by_index(self) -> Iterator[Body]:
        believe_total, known = self._capabilities.flag("totals"), None
        while True:
            try:
                page = self._page({"startIndex": len(self._seen) + 1})
            except ServerError as error:
                if error.status not in (400, 404) or known is None or known > len(self._seen):
                    raise
                # Some services refuse a startIndex beyond the end; only a total that was doubted had us ask there.
                self.complete = True
                return
            resources = resources_of(page)
            yield from self._new(resources)
            known = total_of(page)
            cursor = str(attribute_of(page, "nextCursor") or "")
            if cursor and known is None:
                # Asked by index, a service that pages by cursor alone begins with its first page.
                yield from self._by_cursor(cursor)
                return
            if known is not None and known < len(self._seen):
                believe_total = False
            full = self.pages == 1 and self._capabilities.number("page_size") in (0, len(resources))
            suspicious = bool(resources) and (full or (self.pages > 1 and known == len(resources)))
            if believe_total and known == len(self._seen) and not suspicious:
                self.complete = True
                return
            if not self._fresh or len(self._seen) >= self._most:
                # Nothing new: the end, unless the service says that it has more than it is willing to show.
                self.complete = not self._fresh and (known is None or known <= len(self._seen))
                return

    def _by_cursor(self, cursor: str = "") -> Iterator[Body]:
        used, restarts, barren = {"", cursor}, 0, 0
        while True:
            try:
                page = self._page({"cursor": cursor})
            except ServerError as error:
                if error.scim_type in ("expiredCursor", "invalidCursor") and cursor and not restarts:
                    # What was seen already brings nobody new, and is no sign of going in circles.
                    cursor, used, restarts, barren = "", {""}, 1, -self.pages
                    continue
                raise
            if self._capabilities.text("pagination") != "cursor":
                # Noted when it worked only: a service that refused the filter of a list refuses it by cursor, too.
                self._capabilities.observe("pagination", "cursor")
            yield from self._new(resources_of(page))
            cursor = str(attribute_of(page, "nextCursor") or "")
            barren = 0 if self._fresh else barren + 1
            if not cursor or cursor in used or len(self._seen) >= self._most or barren == _MOST_BARREN:
                # A service that does not know cursors answers with its first page, and with the total.
                self.complete = not cursor and (total_of(page) or 0) <= len(self._seen)
                return
            used.add(cursor)

    def _page(self, query: Mapping[str, Any]) -> Any:
        size = self._capabilities.number("page_size")
        if not size:
            return self._fetch(query)
        try:
            return self._fetch({**query, "count": size})
        except ServerError as error:
            if error.status != 400 or error.scim_type in ("expiredCursor", "invalidCursor", _OF_THE_FILTER):
                raise
        # Some services refuse count; without it they decide the size of a page themselves.
        page = self._fetch(query)
        self._capabilities.observe("page_size", 0)
        return page

    def _at_once(self) -> Iterator[Body]:
        page = self._fetch({})
        yield from self._new(resources_of(page))
        self.complete = (total_of(page) or 0) <= len(self._seen)

    def _new(self, resources: list[Body]) -> Iterator[Body]:
        self._fresh = False
        self.pages += 1
        for resource in resources:
            resource_id = str(attribute_of(resource, "id") or "")
            if resource_id and resource_id not in self._seen:
                self._seen.add(resource_id)
                self._fresh = True
                yield resource


def total_of(page: Any) -> int | None:
    """The totalResults of a ListResponse, ``None`` if that is no number."""
    total = attribute_of(page, "totalResults")
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def is_list(body: Any) -> bool:
    """Whether a body is a ListResponse (RFC 7644 section 3.4.2); an empty one needs no resources."""
    return attribute_of(body, "Resources") is not None or attribute_of(body, "totalResults") is not None


def resources_of(page: Any) -> list[Body]:
    """The resources of a ListResponse; services differ in the case of its names."""
    found = attribute_of(page, "Resources")
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []
