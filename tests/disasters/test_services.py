# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that hides people, loses members, refuses long requests or spells names in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Layer, Request
from tests.disasters.company import GROUP, PEOPLE, TEAMS, USER, Company, company, people, teams

EVERYTHING = {"users": "delete", "groups": "delete"}


def shows_nobody(request: Request, ask: Handler) -> Answer:
    """Lists are empty, as if there was nobody; filters work."""
    answer = ask(request)
    if request.method != "GET" or "filter" in request.query or "Resources" not in (answer.body or {}):
        return answer
    return replace(answer, body={**answer.body, "Resources": [], "totalResults": 0})


def shows_no_page(request: Request, ask: Handler) -> Answer:
    """Lists say how many there are, and show nobody."""
    answer = ask(request)
    if request.method != "GET" or "filter" in request.query or "Resources" not in (answer.body or {}):
        return answer
    return replace(answer, body={**answer.body, "Resources": []})


def shows_no_users(request: Request, ask: Handler) -> Answer:
    """Neither a list nor a filter shows a user; groups are shown."""
    answer = ask(request)
    if request.method != "GET" or not request.path.endswith("/Users") or "Resources" not in (answer.body or {}):
        return answer
    return replace(answer, body={**answer.body, "Resources": [], "totalResults": 0})


@pytest.mark.parametrize("bulk", ["never", "auto"])
@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (shows_nobody, "/Users shows nobody, but external_id 'hr-0', name 'person0@example.com' is there: the service's paging is broken"),
        (shows_no_page, "/Users could not be read to its end (0 read): the service's paging is broken"),
    ],
)
def test_the_service_shows_an_empty_list(layer: Layer, said: str, bulk: str) -> None:
    """Everybody would be created again: https://github.com/wso2/product-is/issues/9957 pages wrongly, for example."""
    with company() as here:
        here.service.set_faults([], own=[layer])
        here.refuses(said, users=people(), groups=teams(), unlisted=EVERYTHING, bulk=bulk)


def test_the_list_of_groups_only_is_empty() -> None:
    """Groups may share a name, so nothing keeps the service from making all of them twice."""
    with company() as here:
        here.service.set_faults([], own=[lambda request, ask: shows_nobody(request, ask) if "/Groups" in request.path else ask(request)])
        here.refuses("/Groups shows nobody, but external_id 'team-0', name 'Team 0' is there", users=people(), groups=teams())


@pytest.mark.parametrize("bulk", ["never", "auto"])
def test_users_whom_nothing_shows_do_not_empty_their_groups(bulk: str) -> None:
    """They cannot be created again, so they cannot be put into their groups: that is no reason to take them out."""
    with company() as here:
        here.service.set_faults([], own=[shows_no_users])
        result = here.ensure(users=people(), groups=teams(), bulk=bulk, brakes={"membership_removals": {"percent": 100}})
        assert result.failed
        here.check_nobody_is_harmed()
