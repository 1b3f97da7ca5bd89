# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole company costs exactly so many requests, and twice the company no more than twice as many. `make bench` has ten thousand people, too."""

from __future__ import annotations

from math import ceil

import pytest

import sandbox
from tests.benchmark.many import PAGE, SIZES, WAYS, expected, life, pages, taken


@pytest.mark.parametrize("bulk", WAYS)
@pytest.mark.parametrize("size", SIZES[:2])
def test_a_company_costs_exactly_so_many_requests(size: int, bulk: str) -> None:
    with sandbox.running(profile="full") as service:
        for step in life(size):
            service.reset_requests()
            done = taken(step, service.url, service.token, bulk)
            assert not done.failed, done.get("msg")
            assert service.requests()["counts"] == expected(step, bulk), step.title
            assert done["requests_by_method"] == expected(step, bulk), step.title
            assert done["counts"][step.verb] == step.writes, step.title
            assert done.changed is (step.writes > 0), step.title
            assert sum(done["counts"].values()) == sum(len(step.options.get(kind, ())) for kind in ("users", "groups")) + (
                step.writes if "unlisted" in step.options else 0
            ), step.title


def test_who_is_as_they_should_be_costs_a_share_of_a_page() -> None:
    for size in (100, 999, 1001, 10_000, 123_456):
        (again,) = (step for step in life(size) if step.title == "run again")
        assert (again.reads, again.writes) == (1 + ceil(size / PAGE), 0)
    assert pages(PAGE) == 2  # one full page that says it is everything is looked beyond


def test_growth_is_linear() -> None:
    """Ten times the people: no more than ten times the requests."""
    for bulk in WAYS:
        for small, large in zip(life(1_000), life(10_000), strict=True):
            assert sum(expected(large, bulk).values()) <= 10 * sum(expected(small, bulk).values()), small.title


def test_each_change_is_written_once_and_looked_at_in_lists() -> None:
    for step in life(10_000):
        writes = sum(number for method, number in expected(step, "never").items() if method != "GET")
        assert writes == step.writes
        assert step.reads <= 2 + 2 * pages(10_000)
