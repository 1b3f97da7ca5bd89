# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_directory in Bulk requests: when no more of them are sent, and what becomes of what they did."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.exchange import Answer, Ending, Handler, Request
from tests.in_process import Result, counts
from tests.integration.directories import listed, names
from tests.integration.test_directory import Directory, directory
from tests.integration.test_directory_bulk import alone, batches


def refuse_everybody(request: Request, ask: Handler) -> Answer:
    """A service that takes nobody, in Bulk or alone."""
    if not request.is_write:
        return ask(request)
    said = {"status": "400", "detail": "nobody is welcome"}
    if not request.path.endswith("/Bulk"):
        return Answer(400, said)
    results = [
        {"method": one["method"], "bulkId": one.get("bulkId"), "location": request.origin + "/scim/v2" + one["path"], "status": "400", "response": said}
        for one in request.json()["Operations"]
    ]
    return Answer(200, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": results})


@pytest.mark.parametrize(("most", "requests"), [(3, 1), (7, 2), (0, 8)])
def test_after_so_many_refusals_nothing_more_is_sent(most: int, requests: int) -> None:
    people = names(40)
    with directory(profile="cursor") as here:
        here.service.set_faults([], own=[refuse_everybody])
        result = here.ensure(listed(*people), max_failures=most, concurrency=1)
        assert (result.failed, result.changed) == (True, False)
        assert len(batches(here)) == requests
        assert alone(here) == []
        assert result["counts"]["failed"] == 5 * requests
        assert result["counts"]["not_attempted"] == 40 - 5 * requests
        assert {one["detail"] for one in result["failures"]} == {"nobody is welcome"}


def ending_with(answer: Answer, *, after: int) -> Any:
    """The first few writes are served, the others are answered so."""
    writes = []

    def layer(request: Request, ask: Handler) -> Answer:
        if request.is_write:
            writes.append(request)
            if len(writes) > after:
                return answer
        return ask(request)

    return layer


def check_the_record(here: Directory, result: Result, people: list[str]) -> None:
    """Whoever is there is told as made, and nobody else; everybody is accounted for once."""
    told = [one["key"] for part in ("failures", "not_attempted", "resources") for one in result[part]]
    assert sorted(told) == sorted(people)
    assert {one["key"] for one in result["resources"] if one["verb"] == "create"} == {one["userName"] for one in here.service.stored()}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(401, {"detail": "come in again"}), "come in again"),
        (Answer(403, {"detail": "enough for today"}), "enough for today"),
        (Answer(500, {"detail": "out of memory"}), "out of memory"),
        (Answer(429, {"detail": "later"}, {"Retry-After": "9999"}), "time_budget"),
        (Answer(0, ending=Ending.RESET), "the answer was lost"),
        (Answer(307, None, {"Location": "?again"}), "redirects in a row"),
    ],
    ids=["401", "403", "500", "429", "reset", "unreachable"],
)
def test_what_earlier_requests_did_is_not_lost(answer: Answer, said: str) -> None:
    people = names(23)
    with directory(profile="cursor") as here:
        here.service.set_faults([], own=[ending_with(answer, after=2)])
        result = here.ensure(listed(*people), concurrency=2, max_failures=8)
        assert (result.failed, result.changed) == (True, True)
        assert result["counts"]["create"] == 10
        assert said in result["msg"]
        check_the_record(here, result, people)
        here.service.set_faults([])
        assert here.ensure(listed(*people))["counts"] == counts(create=13, unchanged=10)
