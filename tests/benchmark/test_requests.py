# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests are what a user pays for, so they are asserted exactly. A change of a number is a change of tests.benchmark.counts."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.benchmark.counts import COUNTS, PROFILES
from tests.benchmark.document import DOCUMENT, rendered
from tests.benchmark.scenarios import SCENARIOS, carried_out, counted, served
from tests.in_process import time_flies

WELL_BEHAVED = [PROFILES.index(name) for name in ("full", "cursor")]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("title", COUNTS)
def test_a_task_costs_exactly_so_many_requests(title: str, profile: str) -> None:
    scenario = SCENARIOS[title]
    with served(scenario, profile) as service, time_flies():
        done = carried_out(scenario, service)
        assert not done.failed, done.get("msg")
        assert done.changed is scenario.changed
        assert counted(service) == COUNTS[title][PROFILES.index(profile)]


def test_every_scenario_is_counted() -> None:
    assert list(COUNTS) == list(SCENARIOS)


@pytest.mark.parametrize("column", WELL_BEHAVED)
def test_a_user_who_is_as_they_should_be_costs_two_requests_at_most(column: int) -> None:
    for title in ("by external_id", "by user_name", "by id", "manager named"):
        assert requests_of(COUNTS[f"user, nothing to do, {title}"][column]) <= Counter({"GET": 2})


@pytest.mark.parametrize("column", WELL_BEHAVED)
def test_an_update_costs_four_requests_at_most(column: int) -> None:
    for title in ("user, updated", "user, updated, by id", "user, deactivated"):
        assert requests_of(COUNTS[title][column]) <= Counter({"GET": 3, "PATCH": 1})


def test_many_members_are_set_in_one_write() -> None:
    for column in COUNTS["group, 250 members set"]:
        assert [number for method, number in requests_of(column).items() if method != "GET"] == [1]


def test_the_documentation_shows_these_numbers() -> None:
    """`make bench` writes them there."""
    assert DOCUMENT.read_text(encoding="utf-8") == rendered(DOCUMENT.read_text(encoding="utf-8"))
    assert all(title in DOCUMENT.read_text(encoding="utf-8") for title in COUNTS)


def requests_of(counts: str) -> Counter[str]:
    """How many of each method: "5 GET, 1 POST"."""
    pairs = (pair.split() for pair in counts.split(", "))
    return Counter({method: int(number) for number, method in pairs})
