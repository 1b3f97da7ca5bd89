# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of Access cost, exactly. A change of a number is a change of tests.benchmark.access."""

from __future__ import annotations

import re

import pytest

from tests.benchmark.access import SCENARIOS, measured
from tests.benchmark.document import DOCUMENT, rendered


@pytest.mark.parametrize("title", SCENARIOS)
def test_a_task_costs_exactly_so_many_requests(title: str) -> None:
    scenario = SCENARIOS[title]
    done, costs = measured(scenario)
    assert not done.failed, done.get("msg")
    assert done.changed is scenario.changed
    assert costs == scenario.costs


def test_a_policy_that_is_as_it_shall_be_costs_two_requests_at_most() -> None:
    costs = [scenario.costs for title, scenario in SCENARIOS.items() if title.startswith("policy, nothing to do") and scenario.policies <= 100]
    assert set(costs) == {"1 GET", "2 GET"}


def test_a_person_costs_two_listings_and_one_write_for_each_policy_that_names_them() -> None:
    for scenario in SCENARIOS.values():
        if scenario.module == "access_selector" and scenario.naming:
            pages = -(-scenario.policies // 100)
            look, again = 2 + pages, pages  # groups and applications have one page each, and nothing of theirs is written
            numbers = {method: int(number) for number, method in re.findall(r"(\d+) (\w+)", scenario.costs)}
            assert numbers == ({"GET": look} if scenario.again else {"GET": look + again, "PUT": scenario.naming})


def test_the_documentation_shows_these_numbers() -> None:
    """`make bench` writes them there."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == rendered(text)
    assert all(title in text for title in SCENARIOS)
