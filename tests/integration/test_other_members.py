# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of whom nobody asked stay members, also where the service does not show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.reconcile.apply import Apply

import sandbox
from tests.in_process import run, time_flies
from tests.integration.scenario import company

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture(params=[(), ("members_write_only",), ("patch_501",), ("replace_list_on_add",)], ids=" ".join)
def service(request: pytest.FixtureRequest) -> Iterator[sandbox.Running]:
    """A group with ada in it."""
    with sandbox.running(quirks=request.param) as running:
        ada, _bob, _eve = running.seed(*({"schemas": [USER], "userName": name} for name in ("ada", "bob", "eve")))
        running.seed({"schemas": [GROUP], "displayName": "Staff", "members": [{"value": ada["id"]}]})
        yield running


def members(service: sandbox.Running) -> set[str]:
    stored = service.stored()
    (group,) = [one for one in stored if one.get("displayName") == "Staff"]
    names = {one["id"]: one.get("userName") for one in stored}
    return {names[entry["value"]] for entry in group.get("members", [])}


@pytest.mark.parametrize("change", [{"add": ["bob"]}, {"add": ["bob"], "remove": ["eve"]}], ids=["add", "add and remove"])
def test_others_stay(service: sandbox.Running, change: dict[str, list[str]], tmp_path) -> None:
    options = {"url": service.url, "token": service.token, "unkept_file": str(tmp_path / "unkept")}
    with time_flies():
        for _run in range(2):
            run("scim_group", {**options, "display_name": "Staff", "members": change, "on_unconverged": "warn"})
            assert "ada" in members(service)


@pytest.mark.parametrize("profile", ["full", "minimal"])
@pytest.mark.parametrize("quirks", [(), ("etag_meaningless",), ("patch_501",)], ids=" ".join)
@pytest.mark.parametrize("task", ["scim_group", "scim_directory"])
def test_who_comes_and_goes_meanwhile_is_left_alone(profile: str, quirks: tuple[str, ...], task: str, tmp_path) -> None:
    """Between our first look and our write somebody else adds kim and removes lea; our task names neither."""
    with company(tmp_path / "unkept", *quirks, profile=profile) as world:

        def somebody_else_writes() -> None:
            with world.behaving():
                everyone = [{"value": "u-kim"}, {"value": "u-max"}]
                body = {"schemas": [GROUP], "displayName": "Board", "externalId": "g-10", "members": everyone}
                headers = {"Authorization": f"Bearer {world.service.token}"}
                requests.put(f"{world.service.url}/Groups/g-Board", json=body, headers=headers, timeout=10).raise_for_status()

        entry = {"display_name": "Board", "members": {"add": ["hal@example.com"]}}
        options = {"groups": [entry]} if task == "scim_directory" else entry
        original, left = Apply.update, [somebody_else_writes]

        def first_something_else(*arguments: Any) -> None:
            while left:
                left.pop()()
            original(*arguments)

        with mock.patch.object(Apply, "update", first_something_else):
            done = world.run(task, options)
        assert not left
        assert (done.failed, done.changed) == (False, True), done.get("msg")
        (group,) = [one for one in world.service.stored() if one.get("displayName") == "Board"]
        assert {member["value"] for member in group["members"]} == {"u-kim", "u-max", "u-hal"}
        (said,) = done.warnings_said
        assert "not in members any more, and not because of this task" in said
        assert "lea" in said
        again = world.run(task, options)
        assert (again.changed, world.writes()) == (False, 0)
