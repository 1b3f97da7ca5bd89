# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that read, on five services: the same in check mode, for real and again, nothing changed, and true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.in_process import Result
from tests.integration.five_services import NAMES
from tests.integration.lives import GRACE, HAL
from tests.integration.world import World, world

COMPANY = {
    "users": [GRACE, {**HAL, "manager": "1906", "department": "Engines"}],
    "groups": [
        {"display_name": "Engines", "members": {"add": ["1906", "hal@example.com"]}},
        {"display_name": "Bridge", "members": {"add": ["grace@example.com"]}},
    ],
}
# The steps of a probe that a service has to be asked for.
FILTERS = ("filter_user_name", "filter_external_id")


@pytest.fixture(scope="module", params=NAMES)
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Grace and Hal and their groups; the tests only read."""
    folder: Path = tmp_path_factory.mktemp("unkept")
    with world(request.param, folder) as made:
        done = made.run("scim_directory", COMPANY)
        assert not done.failed, done.get("msg")
        yield made


def told(here: World, module: str, options: dict[str, Any], *, writes: bool = False) -> Result:
    """What a module says, in check mode, for real and again. writes: whether it may, leaving nothing behind."""
    before = here.service.everything()
    said = []
    for check in (True, False, False):
        result = here.run(module, options, check=check)
        assert not result.failed, result.get("msg")
        assert result.changed is False
        if check or not writes:
            assert here.writes() == []
        assert here.service.everything() == before
        said.append(result)
    if not writes:
        assert {without_times(said[0]), without_times(said[1])} == {without_times(said[2])}
    return said[1]


def without_times(result: Result) -> str:
    kept = {
        name: value for name, value in result.items() if name not in ("invocation", "latency_ms", "reads")
    }
    return repr(sorted(kept.items()))


@pytest.mark.parametrize(
    "key", [{"external_id": "1968"}, {"user_name": "hal@example.com"}, {"user_name": "HAL@example.com"}]
)
def test_a_user_by_key(here: World, key: dict[str, str]) -> None:
    (hal,) = told(here, "scim_user_info", key)["users"]
    assert (hal["user_name"], hal["external_id"]) == ("hal@example.com", "1968")
    assert (hal["active"], hal["department"]) == (True, "Engines")


def test_a_user_by_id(here: World) -> None:
    ((resource_id,),) = [
        [one["id"] for one in here.service.listed("/Users") if one["userName"] == "hal@example.com"]
    ]
    (hal,) = told(here, "scim_user_info", {"id": resource_id})["users"]
    assert hal["user_name"] == "hal@example.com"


def test_nobody(here: World) -> None:
    assert told(here, "scim_user_info", {"external_id": "1"})["users"] == []


def test_everybody(here: World) -> None:
    users = told(here, "scim_user_info", {"attributes": ["user_name", "manager"]})["users"]
    assert sorted((one["user_name"], one.get("manager")) for one in users) == [
        ("grace@example.com", None),
        ("hal@example.com", "grace@example.com"),
    ]


def test_users_by_query(here: World) -> None:
    options = {"query": "[?department=='Engines'].user_name"}
    assert told(here, "scim_user_info", options)["result"] == ["hal@example.com"]


def test_a_group_with_the_names_of_its_members(here: World) -> None:
    options = {"display_name": "Engines", "resolve_members": True}
    (engines,) = told(here, "scim_group_info", options)["groups"]
    assert engines["members"] == ["grace@example.com", "hal@example.com"]


def test_the_groups_of_one_user(here: World) -> None:
    assert names(told(here, "scim_group_info", {"member": "grace@example.com"})) == ["Bridge", "Engines"]
    assert names(told(here, "scim_group_info", {"member": "1968"})) == ["Engines"]


def names(result: Result) -> list[str]:
    assert not result["unverifiable"]
    return sorted(one["display_name"] for one in result["groups"])


def test_the_service(here: World) -> None:
    said = told(here, "scim_service_info", {})
    assert said["healthy"] is True
    assert said["authentication"]["status"] == "ok"
    assert said["capabilities"]["update"]["value"] == ("put" if here.service.name == "minimal" else "patch")


def test_a_probe_says_that_the_service_works_and_leaves_nothing_behind(here: World) -> None:
    said = told(here, "scim_service_info", {"probe": True}, writes=True)
    skipped = FILTERS if here.service.name == "minimal" else ()
    assert said["healthy"] is True
    assert said["left_behind"] == {}
    assert {step["step"]: step["status"] for step in said["steps"]} == {
        name: "skipped" if name in skipped else "ok"
        for name in ("create", *FILTERS, "update", "verify", "deactivate", "delete")
    }
    assert len(here.writes()) >= 3, "it was really tried"
