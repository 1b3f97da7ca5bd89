# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in filters and pages (RFC 7644 section 3.4.2, RFC 9865)."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any

from ..exchange import Answer, Handler, Request
from .message import (
    endpoint,
    error,
    is_list,
    list_of,
    listed,
    number,
    page_of,
    search,
    whole_list,
    with_search,
)
from .registry import quirk

_PAGE = 100


def _with_total(answer: Answer, total: int) -> Answer:
    return replace(answer, body={**answer.body, "totalResults": total})


@quirk(
    "total_results_is_page_size",
    "totalResults counts the page, not the result",
    seen_at="Keycloak add-on of Metatavu",
)
def total_results_is_page_size(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    page = listed(answer) if is_list(request) else None
    return answer if page is None else _with_total(answer, len(page))


@quirk("wrong_total", "totalResults is half of what there is")
def wrong_total(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    if not is_list(request) or listed(answer) is None:
        return answer
    return _with_total(answer, answer.body["totalResults"] // 2)


@quirk(
    "no_pagination",
    "every list is answered whole, whatever page is asked for",
    seen_at="Google Cloud Identity",
)
def no_pagination(request: Request, ask: Handler) -> Answer:
    return whole_list(request, ask) if is_list(request) else ask(request)


class _Paged:
    """A quirk with a page size of its own."""

    def __init__(self, value: str) -> None:
        self.page = int(value or _PAGE)
        if self.page < 1:
            raise ValueError("the page holds at least 1")


@quirk(
    "count_rejected[=PAGE]",
    "a count above the page (100 unless told) is answered 400",
)
class CountRejected(_Paged):
    def __call__(self, request: Request, ask: Handler) -> Answer:
        if not is_list(request):
            return ask(request)
        count = number(request, "count", self.page)
        if count > self.page:
            return error(400, f"count must not exceed {self.page}", "invalidValue")
        return ask(with_search(request, count=count))


@quirk(
    "cursor_only[=PAGE]",
    "pages only by cursor, without totalResults; startIndex above 1 is answered 501",
    seen_at="AWS IAM Identity Center (in part)",
)
class CursorOnly(_Paged):
    def __call__(self, request: Request, ask: Handler) -> Answer:
        if endpoint(request) == "serviceproviderconfig":
            return self._announced(ask(request))
        if not is_list(request):
            return ask(request)
        if number(request, "startIndex", 1) > 1:
            return error(501, "pagination by index is not supported")
        seen = _position(str(search(request).get("cursor") or ""))
        if seen is None:
            return error(
                400, "the cursor is not one of this service", "invalidCursor"
            )  # RFC 9865 section 2.1
        count = min(number(request, "count", self.page), self.page)
        return _cursored(ask(with_search(request, cursor=None, startIndex=seen + 1, count=count)), seen)

    def _announced(self, answer: Answer) -> Answer:
        offered: dict[str, Any] = {"cursor": True, "index": False, "defaultPaginationMethod": "cursor"}
        sizes = {"defaultPageSize": self.page, "maxPageSize": self.page}
        return replace(answer, body={**answer.body, "pagination": offered | sizes})


def _cursored(answer: Answer, seen: int) -> Answer:
    page = listed(answer)
    if page is None:
        return answer
    body = {key: value for key, value in answer.body.items() if key not in ("totalResults", "startIndex")}
    if page and seen + len(page) < answer.body["totalResults"]:
        body["nextCursor"] = (
            base64.urlsafe_b64encode(f"after {seen + len(page)}".encode()).decode().rstrip("=")
        )
    return replace(answer, body=body)


def _position(cursor: str) -> int | None:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return int(text.removeprefix("after ")) if cursor else 0
    except ValueError:
        return None


@quirk("startindex_ignored", "every page is the first")
def startindex_ignored(request: Request, ask: Handler) -> Answer:
    return ask(with_search(request, startIndex=None)) if is_list(request) else ask(request)


@quirk("last_page_repeats", "a startIndex beyond the end is answered with the first page", seen_at="scimmy")
def last_page_repeats(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    if is_list(request) and listed(answer) == [] and answer.body["totalResults"]:
        return ask(with_search(request, startIndex=1))
    return answer


@quirk("filter_500", "a filter is answered 500")
def filter_500(request: Request, ask: Handler) -> Answer:
    if is_list(request) and search(request).get("filter"):
        return error(500, "internal server error")
    return ask(request)


@quirk("filter_zero_for_externalId", "a filter on externalId finds nothing")
def filter_zero_for_external_id(request: Request, ask: Handler) -> Answer:
    if is_list(request) and re.search(r"\bexternalId\b", str(search(request).get("filter")), re.IGNORECASE):
        return list_of([], 0)
    return ask(request)


@quirk("ignore_filter", "every filter matches everything", seen_at="Keycloak add-on of Metatavu (groups)")
def ignore_filter(request: Request, ask: Handler) -> Answer:
    return ask(with_search(request, filter=None)) if is_list(request) else ask(request)


@quirk(
    "409_on_inactive",
    "inactive users are not listed or found, but their userName is taken",
    seen_at="better-auth, FusionAuth",
)
def conflict_on_inactive(request: Request, ask: Handler) -> Answer:
    if not is_list(request) or endpoint(request) != "users":
        return ask(request)
    everyone = whole_list(
        with_search(request, filter=None, attributes="active", excludedAttributes=None), ask
    )
    inactive = {user["id"] for user in listed(everyone) or [] if user.get("active") is False}
    found = whole_list(request, ask)
    if listed(found) is None:
        return found
    return page_of(request, [user for user in found.body["Resources"] if user["id"] not in inactive])
