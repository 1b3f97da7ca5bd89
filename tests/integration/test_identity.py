# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is meant: found by broken filters, taken, adopted, changed meanwhile, protected, or more than one."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.scim import ScimService

import sandbox
from tests.in_process import Result, run
from tests.integration.scenario import World, company, person

ADA = {"external_id": "1815", "user_name": "ada@example.com"}
BROKEN_FILTERS = ["filter_500", "filter_zero_for_externalId", "ignore_filter", "discovery_lies"]


def title_of(world: World, name: str) -> Any:
    return world.truth()[name].get("title")


@pytest.mark.parametrize("quirk", BROKEN_FILTERS)
def test_a_broken_filter_makes_no_duplicate(quirk: str, tmp_path: Path) -> None:
    with company(tmp_path / "unkept", quirk) as world:
        before = len(world.truth())
        done = world.run("scim_user", {**ADA, "title": "Countess"})
        assert (done.failed, [request["method"] for request in done["requests"]]) == (False, ["PATCH"])
        assert title_of(world, "ada@example.com") == "Countess"
        assert len(world.truth()) == before


@pytest.mark.parametrize("quirk", ["filter_500", "ignore_filter"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_scan_is_bounded(quirk: str, state: str, tmp_path: Path) -> None:
    """Whoever cannot be looked for to the end is neither made once more nor reported as gone."""
    with company(tmp_path / "unkept", quirk) as world:
        done = world.run("scim_user", {"external_id": "1", "user_name": "new@example.com", "state": state, "max_scan": 5})
        assert done.failed
        assert "max_scan is too low; name the resource by its id" in done["msg"]
        assert world.writes() == 0


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_list_that_cannot_be_read_to_its_end_is_no_answer(state: str, tmp_path: Path) -> None:
    with company(tmp_path / "unkept", "ignore_filter", "startindex_ignored") as world:
        done = world.run("scim_user", {"external_id": "1976", "user_name": "max@example.com", "state": state, "title": "x"})
        assert done.failed
        assert "could not be read to its end" in done["msg"]
        assert world.writes() == 0


def test_several_matches_are_refused_with_the_candidates(tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        world.service.seed({**person("twin", "1815"), "id": "u-twin"})
        for options in ({"external_id": "1815", "title": "x"}, {"external_id": "1815", "state": "absent"}):
            world.service.reset_requests()
            done = world.run("scim_user", options)
            assert done.failed
            assert sorted(done["candidates"]) == ["u-ada", "u-twin"]
            assert "name the one you mean by its id" in done["msg"]
            assert world.writes() == 0
        assert world.run("scim_user", {"id": "u-twin", "title": "Twin"}).changed


@pytest.mark.parametrize("options", [{"title": "x"}, {"state": "absent"}, {"state": "absent", "absent_mode": "deactivate"}], ids=str)
def test_a_name_that_was_given_to_somebody_else_is_not_adopted(options: dict[str, Any], tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        before = world.truth()
        done = world.run("scim_user", {"external_id": "9999", "user_name": "ada@example.com", **options})
        assert done.failed
        assert "another identity holds this name; give scim_user its id (u-ada) if you mean to take it over" in done["msg"]
        assert world.writes() == 0
        assert world.truth() == before


@pytest.mark.parametrize("quirks", [(), ("ignore_filter",)], ids=["filter", "scan"])
def test_who_has_another_letter_is_somebody_else(quirks: tuple[str, ...], tmp_path: Path) -> None:
    """Unicode's case folding takes ß for ss; people do not."""
    with company(tmp_path / "unkept", *quirks) as world:
        world.service.seed(person("weiss", "77", userName="wei\u00df@example.com"))
        gone = world.run("scim_user", {"user_name": "weiss@example.com", "state": "absent"})
        assert (gone.changed, world.writes()) == (False, 0)
        assert world.run("scim_user", {"external_id": "77", "user_name": "weiss@example.com"}).changed
        assert "weiss@example.com" in world.truth()


@pytest.mark.parametrize("quirks", [(), ("ignore_filter",)], ids=["filter", "scan"])
def test_who_is_written_with_accents_apart_is_found(quirks: tuple[str, ...], tmp_path: Path) -> None:
    with company(tmp_path / "unkept", *quirks) as world:
        world.service.seed(person("jose", "79", userName="jose\u0301@example.com", title="x"))
        assert world.run("scim_user", {"user_name": "jos\u00e9@example.com", "title": "x"}).changed is False
        assert world.run("scim_user", {"user_name": "jos\u00e9@example.com", "state": "absent"}).changed
        assert "jose\u0301@example.com" not in world.truth()


def test_somebody_without_an_external_id_gets_one(tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        world.service.seed({"schemas": person("", "")["schemas"], "id": "u-new", "userName": "new@example.com", "active": True})
        done = world.run("scim_user", {"external_id": "2000", "user_name": "new@example.com"})
        assert (done.failed, done.changed) == (False, True)
        assert world.truth()["new@example.com"]["externalId"] == "2000"


def test_nobody_is_not_said_to_be_gone_by_an_external_id_that_nobody_has(tmp_path: Path) -> None:
    with sandbox.running() as service:
        service.seed({"schemas": person("", "")["schemas"], "userName": "ada@example.com", "active": True})
        options = {"url": service.url, "token": service.token}
        gone = run("scim_user", {**options, "external_id": "1815", "state": "absent", "unkept_file": ""})
        assert any("no user on this service has an external_id" in warning for warning in gone.warnings_said)
        for asked, unverifiable in (({"external_id": "1815"}, True), ({"external_id": "1815", "user_name": "joan@example.com"}, False)):
            found = run("scim_user_info", {**options, **asked})
            assert (found["users"], found["unverifiable"]) == ([], unverifiable)
        service.seed({"schemas": person("", "")["schemas"], "userName": "bob@example.com", "externalId": "1", "active": True})
        assert not run("scim_user_info", {**options, "external_id": "1815"})["unverifiable"]
        assert service.requests()["writes"] == 0


def meanwhile(world: World, method: str, happens: Any, module: str, options: dict[str, Any]) -> Result:
    """A task during which something happens just before its first write."""
    original, left = getattr(ScimService, method), [happens]

    def first_something_else(*arguments: Any) -> Any:
        while left:
            left.pop()()
        return original(*arguments)

    with mock.patch.object(ScimService, method, first_something_else):
        return world.run(module, options)


def test_somebody_else_made_the_same_user_meanwhile(tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        options = {"external_id": "2000", "user_name": "new@example.com", "title": "Dr"}
        same = {**person("new", "2000"), "active": False}
        done = meanwhile(world, "create", lambda: world.service.seed(same), "scim_user", options)
        assert (done.failed, done.changed) == (False, True), done.get("msg")
        assert [request["method"] for request in done["requests"]] == ["POST", "PATCH"]
        found = world.truth()["new@example.com"]
        assert (found["title"], found["active"], found["externalId"]) == ("Dr", True, "2000")


def test_somebody_else_took_the_name_meanwhile(tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        other = person("new", "3000")
        options = {"external_id": "2000", "user_name": "new@example.com", "title": "Dr"}
        done = meanwhile(world, "create", lambda: world.service.seed(other), "scim_user", options)
        assert done.failed
        assert "another identity holds this name" in done["msg"]
        assert done.changed is False
        assert "title" not in world.truth()["new@example.com"]


def test_a_password_for_a_new_user_does_not_go_to_one_who_was_there(tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        options = {"external_id": "2000", "user_name": "new@example.com", "password": "Secret-1-word"}
        done = meanwhile(world, "create", lambda: world.service.seed(person("new", "2000")), "scim_user", options)
        assert (done.failed, done.changed, world.applied()) == (False, False, [])
        always = {**options, "external_id": "2001", "user_name": "next@example.com", "update_password": "always"}
        done = meanwhile(world, "create", lambda: world.service.seed(person("next", "2001")), "scim_user", always)
        assert (done.failed, done.changed, world.applied()) == (False, True, ["PATCH"])


@pytest.mark.parametrize("profile", ["full", "cursor"])
def test_a_user_who_changed_meanwhile_is_read_again(profile: str, tmp_path: Path) -> None:
    """The service announces ETags, so If-Match is sent, refused (412), and the plan is made anew: the other change stays."""
    with company(tmp_path / "unkept", profile=profile) as world:

        def somebody_else_writes() -> None:
            operations = [{"op": "replace", "path": "nickName", "value": "Enchantress"}]
            body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
            headers = {"Authorization": f"Bearer {world.service.token}"}
            requests.patch(f"{world.service.url}/Users/u-ada", json=body, headers=headers, timeout=10).raise_for_status()

        done = meanwhile(world, "write", somebody_else_writes, "scim_user", {**ADA, "title": "Countess"})
        assert (done.failed, done.changed) == (False, True), done.get("msg")
        sent = [entry["status"] for entry in world.service.requests()["requests"] if entry["method"] == "PATCH"]
        assert sent == [204, 412, 204]
        assert (world.truth()["ada@example.com"]["nickName"], title_of(world, "ada@example.com")) == ("Enchantress", "Countess")


@pytest.mark.parametrize("quirks", [(), ("lowercase_usernames",)], ids=["kept", "folded"])
def test_another_letter_case_of_a_name_is_tried_once(quirks: tuple[str, ...], tmp_path: Path) -> None:
    with company(tmp_path / "unkept", *quirks) as world:
        options = {"external_id": "1815", "user_name": "Ada@example.com"}
        first, second = (world.run("scim_user", options) for _run in range(2))
        assert (first.failed, second.failed, second.changed, world.writes()) == (False, False, False, 0)
        assert len(first["requests"]) <= 1


def test_a_dropped_external_id_makes_no_second_user(tmp_path: Path) -> None:
    with company(tmp_path / "unkept", "drop_attrs=externalId") as world:
        options = {"external_id": "2000", "user_name": "new@example.com"}
        first = world.run("scim_user", options)
        assert (first.failed, first["unconverged"]) == (True, ["external_id"])
        for _run in range(2):
            again = world.run("scim_user", options)
            assert (again.failed, again.changed, world.writes(), again["unconverged"]) == (True, False, 0, ["external_id"])
        assert "externalId" not in world.truth()["new@example.com"]


def test_an_inactive_user_whom_the_service_hides_is_reactivated_by_id(tmp_path: Path) -> None:
    with company(tmp_path / "unkept", "409_on_inactive") as world:
        done = world.run("scim_user", {"id": "u-ivy"})
        assert (done.failed, done.changed) == (False, True)
        assert world.truth()["ivy@example.com"]["active"] is True


def test_half_of_a_patch_is_a_change(tmp_path: Path) -> None:
    """The service refused the name, and kept what came before it."""
    with company(tmp_path / "unkept", "patch_not_atomic") as world:
        done = world.run("scim_user", {"external_id": "1815", "title": "Countess", "user_name": "hal@example.com"})
        assert (done.failed, done.changed) == (True, True)
        assert done["scim_type"] == "uniqueness"
        assert title_of(world, "ada@example.com") == "Countess"


def test_what_a_put_loses_is_told(tmp_path: Path) -> None:
    with company(tmp_path / "unkept", "patch_501", "drop_attrs") as world:
        done = world.run("scim_user", {**ADA, "nick_name": "A."})
        assert (done.failed, done.changed) == (False, True)
        assert "1815" not in done.warnings_said[0]
        assert "the service lost title, which was sent back as it was" in done.warnings_said[0]


@pytest.mark.parametrize("mode", ["fail", "warn", "ignore"])
def test_what_was_not_kept(mode: str, tmp_path: Path) -> None:
    with company(tmp_path / "unkept", "drop_attrs") as world:
        options = {**ADA, "title": "Countess", "nick_name": "A.", "on_unconverged": mode}
        for changed in (True, False, False):
            done = world.run("scim_user", options)
            assert (done.failed, done.changed, done["unconverged"]) == (mode == "fail", changed, ["title"])
            assert bool(done.warnings_said) is (mode == "warn")
            assert world.writes() == int(changed)


@pytest.mark.parametrize("pattern", ["ada@example.com", "ADA@*", "1815", "u-ada"], ids=["name", "pattern", "external id", "id"])
@pytest.mark.parametrize("by", [{"user_name": "ada@example.com"}, {"external_id": "1815"}, {"id": "u-ada"}], ids=str)
@pytest.mark.parametrize("what", [{"title": "x"}, {"state": "absent"}], ids=["update", "delete"])
def test_the_protected_are_not_written_to(pattern: str, by: dict[str, str], what: dict[str, str], tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        refused = world.run("scim_user", {**by, **what, "protected": ["root", pattern]})
        assert refused.failed
        assert (refused["protected"], world.writes()) == (True, 0)
        assert world.run("scim_user", {**by, "title": "Analyst", "protected": [pattern]}).failed is False  # nothing to do


def test_what_cannot_change_is_refused_before_the_first_write(tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        options = {"external_id": "1815", "user_name": "other@example.com", "capabilities": {"immutable": ["user_name"]}}
        for check in (True, False):
            refused = world.run("scim_user", options, check=check)
            assert "user_name cannot be changed on this service" in refused["msg"]
            assert world.writes() == 0
        assert world.run("scim_user", {**options, "user_name": "ada@example.com", "title": "x"}).changed


def test_what_a_new_user_needs(tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        options = {"user_name": "new@example.com", "capabilities": {"required": ["display_name", "emails"]}}
        for check in (True, False):
            refused = world.run("scim_user", options, check=check)
            assert "this service needs display_name, emails to create a user" in refused["msg"]
            assert world.writes() == 0
        whole = {**options, "display_name": "New", "emails": [{"value": "new@example.com"}]}
        assert world.run("scim_user", whole).changed
        assert world.run("scim_user", {**options, "title": "x"}).changed  # only who is made needs it
