# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of whom nobody asked stay members, also where the service does not show them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sandbox
from tests.in_process import run, time_flies

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
