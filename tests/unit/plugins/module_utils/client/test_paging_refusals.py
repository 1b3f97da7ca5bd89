# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a refused list teaches about the next one, and where a list by cursor ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.paging import Listing
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import ServerError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import Capabilities


class Service:
    """Seven people by index, two a page. refuses: what the filter is answered with."""

    def __init__(self, refuses: int = 400) -> None:
        self.refuses = refuses

    def page(self, query: Mapping[str, Any]) -> Any:
        first = int(query.get("startIndex", 1))
        people = [{"id": str(number)} for number in range(1, 8)]
        return {"totalResults": 7, "Resources": people[first - 1 : first + 1]}

    def refuse(self, query: Mapping[str, Any]) -> Any:
        raise ServerError("GET", "/Users", self.refuses, "this filter is not supported")


@pytest.mark.parametrize("status", [400, 501])
def test_a_refused_filter_does_not_change_how_lists_are_read(status: int) -> None:
    service, known = Service(status), Capabilities()
    with pytest.raises(ServerError):
        list(Listing(service.refuse, known, 100))

    everyone = Listing(service.page, known, 100)

    assert len(list(everyone)) == 7
    assert everyone.complete
    assert known.source("pagination") == known.source("page_size") == "RFC 7644"


def test_a_list_by_cursor_that_shows_less_than_its_total_is_incomplete() -> None:
    everyone = Listing(Service().page, Capabilities(overrides={"pagination": "cursor"}), 100)
    assert len(list(everyone)) == 2
    assert not everyone.complete


def test_a_service_that_answers_an_index_with_a_cursor_is_read_by_cursor() -> None:
    def page(query: Mapping[str, Any]) -> Any:
        if query.get("startIndex", 1) != 1:
            raise ServerError("GET", "/Users", 501, "pagination by index is not supported")
        first = int(query.get("cursor") or 0)
        following = {"nextCursor": str(first + 2)} if first < 4 else {}
        return {"Resources": [{"id": str(first)}, {"id": str(first + 1)}], **following}

    known = Capabilities()
    everyone = Listing(page, known, 100)

    assert [body["id"] for body in everyone] == ["0", "1", "2", "3", "4", "5"]
    assert everyone.complete
    assert known.text("pagination") == "cursor"


def test_a_refused_count_is_left_out_from_then_on() -> None:
    def page(query: Mapping[str, Any]) -> Any:
        if "count" in query:
            raise ServerError("GET", "/Users", 400, "count is too large")
        return Service().page(query)

    known = Capabilities()
    assert len(list(Listing(page, known, 100))) == 7
    assert known.number("page_size") == 0


def test_a_service_that_says_that_it_refuses_the_filter_is_asked_once() -> None:
    asked = []

    def refuse(query: Mapping[str, Any]) -> Any:
        asked.append(query)
        raise ServerError("GET", "/Users", 400, "eq only", scim_type="invalidFilter")

    with pytest.raises(ServerError):
        list(Listing(refuse, Capabilities(), 100))

    assert len(asked) == 1
