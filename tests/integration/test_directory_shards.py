# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of one task: disjoint, complete, and together the same as the whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.in_process import Result
from tests.integration.directories import NO_BRAKES, content, listed, names, person, team
from tests.integration.test_directory import Directory, directory

COUNT = 4
# A chain of managers, and groups of people who are new: everybody needs somebody of another part.
USERS: list[dict[str, Any]] = [
    {"user_name": name, "external_id": f"hr-{name}", **({"manager": boss} if boss else {})} for name, boss in zip(names(12), ["", *names(11)], strict=True)
]
USERS += [*listed("old0", "old1", state="absent"), *listed("old2", "old3", active=False)]
GROUPS: list[dict[str, Any]] = [
    {"display_name": "Everybody", "members": {"add": names(12)}},
    *({"display_name": f"team{number}", "members": {"set": names(4, start=4 * number)}} for number in range(3)),
    {"display_name": "Old", "state": "absent"},
]


def fill(here: Directory) -> None:
    here.service.seed(*(person(f"old{number}") for number in range(6)), team("Old", "old0"), team("team0", "old1", "old2"))


def part(here: Directory, index: int, *, check: bool = False, count: int = COUNT, **options: Any) -> Result:
    options = {"brakes": NO_BRAKES, "unlisted": {"users": "deactivate"}, **options}
    return here.ensure(USERS, GROUPS, check=check, shard={"index": index, "count": count}, **options)


def keys(result: Result) -> set[tuple[str, str]]:
    return {(entry["kind"], entry["key"]) for entry in result["resources"]}


@pytest.mark.parametrize("bulk", ["never", "auto"])
def test_parts_one_after_the_other_are_the_whole(bulk: str) -> None:
    with directory() as whole:
        fill(whole)
        everything = whole.ensure(USERS, GROUPS, brakes=NO_BRAKES, unlisted={"users": "deactivate"})
        assert not everything.failed, everything["msg"]
        wanted = content(whole.service)
    with directory() as here:
        fill(here)
        first = [part(here, index, bulk=bulk) for index in range(COUNT)]
        assert not any(result.failed for result in first), [result.get("msg") for result in first]
        assert sum(len(keys(result)) for result in first) == len(set().union(*map(keys, first))) == len(keys(everything))
        assert all(keys(result) for result in first)
        # Some needed somebody whom a later part created.
        waited = [warning for result in first for warning in result.warnings_said if "other shards" in warning]
        assert waited
        assert all("run this task again" in warning for warning in waited)
        assert content(here.service) != wanted
        second = [part(here, index, bulk=bulk) for index in range(COUNT)]
        assert not any(result.failed for result in second)
        assert not any("other shards" in warning for result in second for warning in result.warnings_said)
        assert content(here.service) == wanted
        for index in range(COUNT):
            third = part(here, index, bulk=bulk)
            assert (third.failed, third.changed, here.writes) == (False, False, 0)


def test_a_part_predicts_what_it_does() -> None:
    with directory() as here:
        fill(here)
        for index in range(COUNT):
            predicted = part(here, index, check=True)
            assert here.writes == 0
            real = part(here, index, expect_plan=predicted["plan"])
            assert not real.failed, real["msg"]
            assert (real["plan"], real["counts"], real["diff"]) == (predicted["plan"], predicted["counts"], predicted["diff"])
            assert keys(real) == keys(predicted)


def test_each_part_has_a_digest_of_its_own_that_survives_the_others() -> None:
    with directory() as here:
        fill(here)
        approved = [part(here, index, check=True)["plan"] for index in range(COUNT)]
        whole = here.ensure(USERS, GROUPS, check=True, brakes=NO_BRAKES, unlisted={"users": "deactivate"})["plan"]
        assert len({whole, *approved}) == COUNT + 1
        refused = part(here, 1, expect_plan=approved[0])
        assert (refused.failed, here.writes) == (True, 0)
        for index in range(COUNT):
            result = part(here, index, expect_plan=approved[index])
            assert not result.failed, result["msg"]


def test_brakes_look_at_the_whole_plan() -> None:
    with directory() as here:
        here.service.seed(*map(person, names(40)))
        gone = listed(*names(4), state="absent")
        for index in range(COUNT):
            result = here.ensure(gone, shard={"index": index, "count": COUNT}, brakes={"deletions": {"number": 3, "percent": 100}})
            assert (result.failed, here.writes) == (True, 0)
            (trip,) = result["brakes"]
            assert (trip["brake"], trip["count"], trip["of"]) == ("deletions", 4, 40)
        shares = [here.ensure(gone, check=True, shard={"index": index, "count": COUNT}, brakes=NO_BRAKES)["counts"]["delete"] for index in range(COUNT)]
        assert sum(shares) == 4
        assert max(shares) < 4  # alone, no part would have tripped it


def test_what_is_in_doubt_fails_in_one_part_only() -> None:
    with directory() as here:
        here.service.seed(person("ada", externalId="another"))
        users = [{"user_name": "ada", "external_id": "1"}, *listed(*names(8))]
        results = [here.ensure(users, shard={"index": index, "count": COUNT}) for index in range(COUNT)]
        assert [failure["key"] for result in results for failure in result["failures"]] == ["ada"]
        assert len(here.service.stored()) == 9


@pytest.mark.parametrize("shard", [{"index": 4, "count": 4}, {"index": -1, "count": 4}, {"index": 0, "count": 0}], ids=str)
def test_a_part_that_there_is_not_is_refused(shard: dict[str, int]) -> None:
    with directory() as here:
        result = here.ensure(listed("ada"), shard=shard)
        assert (result.failed, here.writes) == (True, 0)
        assert "shard" in result["msg"]
