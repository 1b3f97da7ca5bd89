# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory task that would take too much away, or touch who is protected, fails before its first write."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest

from tests.in_process import Result
from tests.integration.directories import NO_BRAKES, listed, names, person, stored, team
from tests.integration.test_directory import Directory, directory

PEOPLE = names(40)
ADVICE = re.compile(r"brakes\.(\w+?)(?:\.(number|percent))? to ([\d.]*\d)")


class Case(NamedTuple):
    """A task that trips a brake. count, of, allowed: the numbers that have to be told. sample: who has to be named first."""

    brake: str
    count: int
    of: int
    allowed: int
    sample: str
    task: dict[str, Any]


def removal(group: str, *members: str) -> dict[str, Any]:
    return {"display_name": group, "members": {"remove": list(members)}}


TEAMS = [f"team{number}" for number in range(4)]  # of ten people each
CASES = {
    "deletions": Case("deletions", 5, 40, 2, "p00", {"users": listed(*PEOPLE[:5], state="absent")}),
    "deletions by number": Case(
        "deletions", 4, 40, 3, "p00", {"users": listed(*PEOPLE[:4], state="absent"), "brakes": {"deletions": {"number": 3, "percent": 100}}}
    ),
    "no deletion at all": Case(
        "deletions", 1, 40, 0, "p07", {"users": listed("p07", state="absent"), "brakes": {"deletions": {"number": 0}}}
    ),
    "deletions of those who are not listed": Case(
        "deletions", 3, 40, 2, "p37", {"users": listed(*PEOPLE[:37]), "unlisted": {"users": "delete"}}
    ),
    "deletions of groups": Case(
        "deletions",
        2,
        4,
        1,
        "team0",
        {"groups": [{"display_name": name, "state": "absent"} for name in TEAMS[:2]], "brakes": {"membership_removals": {"percent": 100}}},
    ),
    "deactivations": Case("deactivations", 5, 40, 4, "p00", {"users": listed(*PEOPLE[:5], active=False)}),
    "deactivations as a way of being absent": Case(
        "deactivations", 5, 40, 4, "p00", {"users": listed(*PEOPLE[:5], state="absent", absent_mode="deactivate")}
    ),
    "deactivations of those who are not listed": Case(
        "deactivations", 6, 40, 4, "p34", {"users": listed(*PEOPLE[:34]), "unlisted": {"users": "deactivate"}}
    ),
    "membership removals": Case(
        "membership_removals",
        6,
        40,
        5,
        "p00 from team0",
        {"groups": [removal("team0", "p00", "p01"), removal("team1", "p10", "p11"), removal("team2", "p20", "p21"), removal("team3")]},
    ),
    "membership removals per group": Case(
        "membership_removals_per_group",
        6,
        10,
        5,
        "team0",
        {"groups": [removal("team0", *PEOPLE[:6]), *map(removal, TEAMS[1:])], "brakes": {"membership_removals": {"percent": 50}}},
    ),
    "least members": Case(
        "least_members",
        2,
        10,
        3,
        "team0",
        {
            "groups": [{"display_name": "team0", "members": {"set": PEOPLE[:2]}}],
            "brakes": {"least_members": 3, "membership_removals": {"percent": 100}, "membership_removals_per_group": {"percent": 100}},
        },
    ),
    "changes": Case("changes", 13, 40, 12, "p00", {"users": listed(*PEOPLE[:13], title="Mover")}),
}


def fill(here: Directory) -> None:
    here.service.seed(*map(person, PEOPLE))
    here.service.seed(*(team(name, *PEOPLE[10 * number : 10 * number + 10]) for number, name in enumerate(TEAMS)))


def advised(result: Result, given: dict[str, Any], less: int = 0) -> dict[str, Any]:
    """The brakes with what a message says; of several numbers for one option, the largest. less: so much too little."""
    brakes = {name: dict(value) if isinstance(value, dict) else value for name, value in given.items()}
    found: dict[tuple[str, str], float] = {}
    for brake, part, value in ADVICE.findall(result["msg"]):
        found[brake, part] = max(float(value), found.get((brake, part), 0.0))
    assert found, f"no advice in: {result['msg']}"
    for (brake, part), value in found.items():
        if brake == "least_members":
            brakes[brake] = int(value) + less
        else:
            brakes.setdefault(brake, {})[part] = int(value) - less if part == "number" else value - less / 10
    return brakes


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_brake_trips_before_the_first_write_and_its_advice_lets_the_plan_pass(case: Case) -> None:
    with directory() as here:
        fill(here)
        before = stored(here.service)
        checked = here.ensure(check=True, **case.task)
        refused = here.ensure(**case.task)
        for result in (checked, refused):
            assert (result.failed, result.changed, here.writes, result["requests"]) == (True, False, 0, [])
            (trip,) = result["brakes"]
            assert (trip["brake"], trip["count"], trip["of"], trip["allowed"]) == (case.brake, case.count, case.of, case.allowed)
            assert trip["sample"][0] == case.sample
            assert trip["said"] in result["msg"]
            assert "nothing was written" in result["msg"]
            for told in (str(case.count), str(case.of), str(case.allowed), f"brakes.{case.brake}", case.sample):
                assert told in trip["said"]
        assert stored(here.service) == before
        given = case.task.get("brakes", {})
        assert here.ensure(**{**case.task, "brakes": advised(refused, given, less=1)}).failed
        assert (here.writes, stored(here.service)) == (0, before)
        passed = here.ensure(**{**case.task, "brakes": advised(refused, given)})
        assert not passed.failed, passed["msg"]
        assert (passed.changed, stored(here.service) == before) == (True, False)


@pytest.mark.parametrize(
    "task",
    [
        {"users": listed(*PEOPLE[:2], state="absent")},
        {"users": listed(*PEOPLE[:4], active=False)},
        {"groups": [removal("team0", *PEOPLE[:5]), *map(removal, TEAMS[1:])], "brakes": {"membership_removals": {"percent": 12.5}}},
        {"users": listed(*PEOPLE[:12], title="Mover")},
        {"users": listed(*(f"new{number}" for number in range(100)))},
    ],
    ids=["deletions", "deactivations", "membership removals", "changes", "a first load"],
)
def test_a_plan_that_is_just_within_the_limits_passes(task: dict[str, Any]) -> None:
    with directory() as here:
        fill(here)
        assert not here.ensure(check=True, **task).failed
        assert not here.ensure(**task).failed
        assert here.writes > 0


def test_several_brakes_are_told_together_and_following_all_advice_is_enough() -> None:
    task: dict[str, Any] = {
        "users": [*listed(*PEOPLE[:3], state="absent"), *listed(*PEOPLE[3:9], active=False), *listed(*PEOPLE[10:25], title="Mover")],
        "groups": [removal("team0", *PEOPLE[:10]), {"display_name": "team1", "state": "absent"}, {"display_name": "team2", "state": "absent"}],
    }
    with directory() as here:
        fill(here)
        refused = here.ensure(**task)
        tripped = [(trip["brake"], trip["kind"]) for trip in refused["brakes"]]
        assert tripped == [
            ("deletions", "User"),
            ("deletions", "Group"),
            ("deactivations", "User"),
            ("membership_removals", "Group"),
            ("membership_removals_per_group", "Group"),
            ("least_members", "Group"),
            ("changes", ""),
        ]
        assert all(trip["said"] in refused["msg"] for trip in refused["brakes"])
        assert here.writes == 0
        # What the plan would do is told, although it is refused.
        assert refused["counts_by_kind"]["User"]["delete"] == 3
        assert len(refused["plan"]) == 64
        passed = here.ensure(**task, brakes=advised(refused, {}))
        assert not passed.failed, passed["msg"]


def test_a_wrong_brake_is_refused_with_its_name() -> None:
    with directory() as here:
        fill(here)
        for brakes, said in (
            ({"deletions": {"number": -1}}, "brakes.deletions.number"),
            ({"changes": {"percent": 101}}, "brakes.changes.percent"),
            ({"least_members": -1}, "brakes.least_members"),
        ):
            result = here.ensure(listed("p00", title="x"), brakes=brakes)
            assert (result.failed, here.writes) == (True, 0)
            assert said in result["msg"]


# -- protected ------------------------------------------------------------------------------------------------------------

SPELLINGS = ["root@x", "ROOT@X", "emp-0", "id:u-root@x", "u-root@x", "root@*"]
ATTACKS: dict[str, dict[str, Any]] = {
    "update": {"users": listed("root@x", title="x")},
    "update by another name": {"users": [{"external_id": "emp-0", "title": "x"}]},
    "update by id": {"users": [{"id": "u-root@x", "title": "x"}]},
    "deactivate": {"users": listed("root@x", active=False)},
    "absent": {"users": listed("root@x", state="absent")},
    "unlisted are deactivated": {"users": listed("ada"), "unlisted": {"users": "deactivate"}},
    "unlisted are deleted": {"users": listed("ada"), "unlisted": {"users": "delete"}},
    "leaves a group": {"groups": [removal("Admins", "root@x")]},
    "leaves a group by another name": {"groups": [removal("Admins", "emp-0")]},
    "leaves a group by id": {"groups": [removal("Admins", "id:u-root@x")]},
    "is not in a list of members": {"groups": [{"display_name": "Admins", "members": {"set": ["ada"]}}]},
    "a group ends": {"groups": [{"display_name": "Admins", "state": "absent"}]},
    "an unlisted group ends": {"groups": [{"display_name": "Other"}], "unlisted": {"groups": "delete"}},
}


def fill_with_root(here: Directory) -> None:
    here.service.seed(person("root@x", externalId="emp-0"), person("ada"), person("bob"))
    here.service.seed(team("Admins", "root@x", "ada", externalId="grp-0"), team("Other", "ada"))


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_who_is_protected_is_safe_from_every_plan_by_every_name(attack: dict[str, Any]) -> None:
    with directory() as here:
        fill_with_root(here)
        before = stored(here.service)
        for spelling in SPELLINGS:
            for check in (True, False):
                # Somebody else is to be created, who would be written first.
                task = {**attack, "users": [*attack.get("users", []), {"user_name": "new"}]}
                result = here.ensure(check=check, protected=["other", spelling], brakes=NO_BRAKES, **task)
                assert (result.failed, here.writes, result.get("protected")) == (True, 0, True), (spelling, result.get("msg"))
                assert "is protected" in result["msg"]
        assert stored(here.service) == before
        # It would have been done.
        done = here.ensure(protected=["other", "roo", "emp-00"], brakes=NO_BRAKES, **attack)
        assert not done.failed, done["msg"]
        assert stored(here.service) != before


@pytest.mark.parametrize("spelling", ["Admins", "admins", "grp-0", "id:g-Admins", "g-Admins", "adm*"])
@pytest.mark.parametrize(
    "task",
    [
        {"groups": [{"display_name": "Admins", "members": {"add": ["bob"]}}]},
        {"groups": [{"external_id": "grp-0", "display_name": "Gone"}]},
        {"groups": [{"display_name": "Admins", "state": "absent"}]},
        {"groups": [{"display_name": "Other"}], "unlisted": {"groups": "delete"}},
    ],
    ids=["a member comes", "another name", "absent", "unlisted"],
)
def test_a_group_that_is_protected_is_safe_by_every_name(task: dict[str, Any], spelling: str) -> None:
    with directory() as here:
        fill_with_root(here)
        before = stored(here.service)
        result = here.ensure(protected=[spelling], brakes=NO_BRAKES, **task)
        assert (result.failed, result.get("protected"), here.writes) == (True, True, 0), result.get("msg")
        assert not here.ensure(brakes=NO_BRAKES, **task).failed
        assert stored(here.service) != before


def test_who_is_protected_and_as_listed_keeps_nobody_from_working() -> None:
    with directory() as here:
        fill_with_root(here)
        result = here.ensure(listed("root@x", "ada", "new"), [{"display_name": "Admins", "members": {"add": ["root@x"]}}], protected=["root@x", "Admins"])
        assert not result.failed, result["msg"]
        assert result["counts"]["create"] == 1


def test_many_protected_members_of_a_large_group_are_seen() -> None:
    """More than are asked for one by one: the list of everybody tells who they are."""
    with directory() as here:
        here.service.seed(*(person(name, externalId=f"e-{name}") for name in PEOPLE))
        here.service.seed(team("Everybody", *PEOPLE))
        result = here.ensure(groups=[{"display_name": "Everybody", "state": "absent"}], brakes=NO_BRAKES, protected=["e-p39"])
        assert (result.failed, result.get("protected"), here.writes) == (True, True, 0)
