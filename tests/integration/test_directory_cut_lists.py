# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is not listed may only go if everybody was seen: on services that cut their lists off, nobody goes wrongly."""

from __future__ import annotations

import pytest

from tests.integration.directories import NO_BRAKES, listed, names, person, stored
from tests.integration.test_directory import directory


@pytest.mark.parametrize("how", ["deactivate", "delete"])
@pytest.mark.parametrize(
    "quirks",
    [
        ["total_results_is_page_size"],
        ["startindex_ignored"],
        ["wrong_total"],
        ["startindex_ignored", "wrong_total"],
        ["total_results_is_page_size", "startindex_ignored"],
        ["no_pagination"],
        ["last_page_repeats"],
        ["count_rejected=7"],
    ],
    ids=str,
)
def test_nobody_goes_wrongly_where_lists_are_cut_off(quirks: list[str], how: str) -> None:
    people = names(23)
    with directory(*quirks, profile="small-pages") as here:
        here.service.seed(*map(person, people))
        for listing in (people, people[:-3]):
            result = here.ensure(listed(*listing), unlisted={"users": how}, brakes=NO_BRAKES)
            left = stored(here.service)
            gone = {name for name in people if name not in left or not left[name]["active"]}
            assert gone <= set(people) - set(listing), result.get("msg")
            assert len(left) == len(here.service.stored())  # and nobody is there twice
            if result.failed:
                assert not gone
            else:
                assert gone == set(people) - set(listing)


@pytest.mark.parametrize("fault", ["truncated_page=1", "503=1"])
def test_a_list_that_breaks_off_removes_nobody(fault: str) -> None:
    with directory(faults=[fault]) as here:
        here.service.seed(*map(person, names(9)))
        result = here.ensure(listed("p00"), brakes=NO_BRAKES, unlisted={"users": "delete"}, time_budget=100)
        assert (result.failed, here.writes, len(here.service.stored())) == (True, 0, 9)


def test_a_list_beyond_max_scan_removes_nobody() -> None:
    with directory(profile="small-pages") as here:
        here.service.seed(*map(person, names(30)))
        result = here.ensure(listed("p00"), brakes=NO_BRAKES, unlisted={"users": "delete"}, max_scan=10)
        assert (result.failed, here.writes) == (True, 0)
        assert "max_scan" in result["msg"]
