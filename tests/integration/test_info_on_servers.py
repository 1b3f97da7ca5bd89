# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that read, on the five services: they agree with what the service really holds, and write nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.in_process import Result, run, time_flies
from tests.integration import npm_servers
from tests.integration.five_services import NAMES, NODE, Service, started

PEOPLE = ("ada", "bob", "eve")
GROUPS = {"Engineers": ("ada", "bob"), "On call": ("ada",), "Empty": ()}


@pytest.fixture(scope="module", params=NAMES)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    if request.param in NODE and not npm_servers.available():
        pytest.skip("needs Node.js")
    with ExitStack() as stack:
        running = stack.enter_context(started(request.param))
        stack.enter_context(time_flies())
        for who in PEOPLE:
            person = {"user_name": f"{who}@example.com", "external_id": f"hr-{who}", "name": {"given_name": who, "family_name": "X"}}
            emails = [{"value": f"{who}@example.com", "primary": True}]
            assert not task(running, "scim_user", **person, emails=emails, unkept_file="").failed
        for name, members in GROUPS.items():
            wanted = {"add": [f"{who}@example.com" for who in members]}
            assert not task(running, "scim_group", display_name=name, members=wanted, unkept_file="").failed
        yield running


def task(running: Service, module: str, **options: Any) -> Result:
    return run(module, {"url": running.url, "token": running.token, **options})


def ask(running: Service, module: str, **options: Any) -> Result:
    running.forget()
    result = task(running, module, **options)
    assert not result.failed, result["msg"]
    assert running.writes() == []
    return result


@pytest.mark.parametrize("key", ["user_name", "external_id", "id"])
def test_users_are_found_by_every_key(service: Service, key: str) -> None:
    bob = next(user for user in service.listed("/Users") if user["userName"] == "bob@example.com")
    value = {"user_name": "bob@example.com", "external_id": "hr-bob", "id": bob["id"]}[key]
    result = ask(service, "scim_user_info", **{key: value})
    assert [user["id"] for user in result["users"]] == [bob["id"]]
    assert ask(service, "scim_user_info", **{key: "nobody"})["users"] == []


def test_everybody_is_listed(service: Service) -> None:
    result = ask(service, "scim_user_info", attributes=["user_name"], query="sort([].user_name)")
    assert result["result"] == [f"{who}@example.com" for who in PEOPLE]
    assert all(set(user) == {"id", "user_name"} for user in result["users"])
    assert not result["truncated"]


@pytest.mark.parametrize("who", PEOPLE)
def test_the_groups_of_a_person_are_those(service: Service, who: str) -> None:
    result = ask(service, "scim_group_info", member=f"{who}@example.com", query="sort([].display_name)")
    assert result["result"] == sorted(name for name, members in GROUPS.items() if who in members)
    assert not result["unverifiable"]


def test_members_are_named(service: Service) -> None:
    result = ask(service, "scim_group_info", members=True, resolve_members=True)
    found = {group["display_name"]: group["members"] for group in result["groups"]}
    assert found == {name: [f"{who}@example.com" for who in members] for name, members in GROUPS.items()}


def test_the_probe_is_healthy_and_leaves_nothing(service: Service) -> None:
    before = service.everything()
    result = task(service, "scim_service_info", probe=True)
    assert (result["healthy"], result["problem"], result["changed"]) == (True, "", False)
    assert service.everything() == before
