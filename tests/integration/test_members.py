# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members: many of them, those who cannot be seen, those who are protected, and the forms in which they are removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.scim import ScimService

import sandbox
from tests.integration.scenario import World, company, group, person

CREW = [f"crew{number:03}" for number in range(250)]


def names(*who: str) -> list[str]:
    return [f"{name}@example.com" for name in who]


def in_group(world: World, group: str) -> set[str]:
    return {name.partition("@")[0] for name in world.truth()[group].get("members", ())}


def operations(world: World) -> list[dict[str, Any]]:
    """The PATCH operations of the last task."""
    sent = [entry for entry in world.service.requests()["requests"] if entry["method"] == "PATCH"]
    return [operation for entry in sent for operation in entry["body"]["Operations"]]


@pytest.mark.parametrize("known", [False, True], ids=["found out", "told"])
def test_250_members_where_100_are_taken_at_once(known: bool, tmp_path: Path) -> None:
    """A chunk is sent for each 100; who did not know that is refused once. The last run writes nothing."""
    options = {"display_name": "Crew", "capabilities": {"members_per_request": 100} if known else None}
    with sandbox.running() as service:
        service.seed(*(person(name, name) for name in [*CREW, "captain"]))
        service.set_quirks(["max_members_100"])
        world = World(service, ["max_members_100"], tmp_path / "unkept")

        def task(writes: int, **change: list[str]) -> None:
            predicted = world.run("scim_group", {**options, "members": change}, check=True)
            done = world.run("scim_group", {**options, "members": change})
            assert done.failed is False, done.get("msg")
            assert done.changed is predicted.changed is (writes > 0)
            assert len(world.applied()) == writes
            if known:
                assert [sent["method"] for sent in done["requests"]] == [sent["method"] for sent in predicted["requests"]]
            again = world.run("scim_group", {**options, "members": change}, forgetful=True)
            assert (again.changed, world.writes()) == (False, 0)

        task(4, add=names(*CREW))  # the group, and 100, 100 and 50 members
        assert in_group(world, "Crew") == set(CREW)
        task(2, remove=names(*CREW[:150]))
        assert in_group(world, "Crew") == set(CREW[150:])
        task(3, set=names("captain", *CREW[:101]))
        assert in_group(world, "Crew") == {"captain", *CREW[:101]}


def test_members_that_a_filter_shows(tmp_path: Path) -> None:
    """As AWS does it: seen one at a time, so there is nothing that could not be verified, and nothing to remember."""
    by_filter = {"capabilities": {"members_read": "filter"}}
    with company(tmp_path / "unkept", "group_members_filter_only") as world:
        for change, members in (
            ({"add": names("ada", "kim")}, {"kim", "lea", "ada"}),
            ({"remove": names("kim", "max")}, {"lea", "ada"}),
        ):
            options = {"display_name": "Board", "members": change, **by_filter}
            predicted = world.run("scim_group", options, check=True)
            done = world.run("scim_group", options)
            assert (done.failed, done.changed, done["unverifiable"]) == (False, True, []), done.get("msg")
            assert done["requests"] == predicted["requests"]
            assert len(done["requests"]) == 1
            assert in_group(world, "Board") == members
            again = world.run("scim_group", options, forgetful=True)
            assert (again.changed, world.writes(), again["unverifiable"]) == (False, 0, [])
        refused = world.run("scim_group", {"display_name": "Board", "members": {"set": []}, **by_filter})
        assert "members.set: this service tells only of one member at a time" in refused["msg"]
        assert in_group(world, "Board") == {"lea", "ada"}


def test_members_that_nothing_shows(tmp_path: Path) -> None:
    """Written once and said to be unverifiable; those who are not named stay. What is new is written."""
    with company(tmp_path / "unkept", "members_write_only") as world:
        options = {"display_name": "Board", "capabilities": {"members_read": "none"}}
        for change, members in (
            ({"add": names("ada")}, {"kim", "lea", "ada"}),
            ({"remove": names("kim")}, {"lea", "ada"}),
            ({"add": names("hal"), "remove": names("lea")}, {"ada", "hal"}),
        ):
            done = world.run("scim_group", {**options, "members": change})
            assert (done.failed, done.changed, done["unverifiable"]) == (False, True, ["members"]), done.get("msg")
            assert "the service does not show members" in done.warnings_said[0]
            assert in_group(world, "Board") == members
            again = world.run("scim_group", {**options, "members": change})
            assert (again.failed, again.changed, world.writes(), again["unverifiable"]) == (False, False, 0, ["members"])


def test_who_shall_go_goes_although_nobody_was_seen(tmp_path: Path) -> None:
    """The first task finds out that the service shows no members; the second one has nothing to do."""
    with company(tmp_path / "unkept", "members_write_only") as world:
        options = {"display_name": "Board", "members": {"add": names("ada"), "remove": names("kim")}}
        done = world.run("scim_group", options)
        assert (done.failed, done.changed, done["unverifiable"]) == (False, True, ["members"]), done.get("msg")
        assert in_group(world, "Board") == {"lea", "ada"}
        again = world.run("scim_group", options)
        assert (again.failed, again.changed, world.writes(), again["unverifiable"]) == (False, False, 0, ["members"])


@pytest.mark.parametrize("change", [{"remove": names("kim")}, {"set": []}], ids=str)
def test_a_removal_where_no_members_are_shown_is_no_silent_success(change: dict[str, list[str]], tmp_path: Path) -> None:
    with company(tmp_path / "unkept", "members_write_only") as world:
        for _run in range(2):
            done = world.run("scim_group", {"display_name": "Board", "members": change})
            assert (done.changed, done.get("unverifiable")) == (False, ["members"]), done
            assert world.writes() == 0


def test_what_is_seen_counts_more_than_what_is_remembered(tmp_path: Path) -> None:
    """A service that was slow to show its members, or was mended, is not called blind for a week."""
    with company(tmp_path / "unkept", "members_write_only") as world:
        options = {"display_name": "Board", "members": {"add": names("ada")}}
        assert world.run("scim_group", options)["unverifiable"] == ["members"]
        world.service.set_quirks([])
        done = world.run("scim_group", options)
        assert (done.failed, done.changed, done["unverifiable"]) == (False, False, [])
        done = world.run("scim_group", {**options, "members": {"set": names("ada", "kim")}})
        assert (done.failed, done.get("unverifiable")) == (False, []), done.get("msg")
        assert in_group(world, "Board") == {"ada", "kim"}


def test_a_group_that_is_empty_is_empty(tmp_path: Path) -> None:
    """Other groups show who is in them."""
    with company(tmp_path / "unkept") as world:
        world.service.seed(group("Nobody", "g-12"))
        done = world.run("scim_group", {"display_name": "Nobody", "members": {"remove": names("kim")}})
        assert (done.failed, done.changed, done["unverifiable"]) == (False, False, [])


def test_a_value_list_removes_where_the_task_allows_it(tmp_path: Path) -> None:
    with company(tmp_path / "unkept", "members_remove_value_list_only") as world:
        options = {"display_name": "Board", "members": {"remove": names("kim")}}
        allowed = {**options, "capabilities": {"members_remove": "value_list"}}
        predicted = world.run("scim_group", allowed, check=True)
        done = world.run("scim_group", allowed)
        assert done["requests"] == predicted["requests"]
        assert operations(world) == [{"op": "remove", "path": "members", "value": [{"value": "u-kim"}]}]
        assert in_group(world, "Board") == {"lea"}


def test_a_value_list_is_never_tried_elsewhere(tmp_path: Path) -> None:
    """A strict service would remove everybody (RFC 7644 section 3.5.2.2)."""
    with company(tmp_path / "unkept", "members_remove_value_list_only") as world:
        done = world.run("scim_group", {"display_name": "Board", "members": {"remove": names("kim")}})
        assert done.failed is False
        assert [operation for operation in operations(world) if operation["op"] == "remove" and operation["path"] == "members"] == []
        assert in_group(world, "Board") == {"lea"}


@pytest.mark.parametrize("quirks", [("members_write_only", "members_remove_value_list_only"), ("members_write_only", "patch_501")])
def test_nobody_is_removed_who_cannot_be_seen(quirks: tuple[str, ...], tmp_path: Path) -> None:
    """The only form that is left is the whole list, and it is not known: the task fails, the members stay."""
    with company(tmp_path / "unkept", *quirks) as world:
        options = {"display_name": "Board", "members": {"remove": names("kim")}, "capabilities": {"members_read": "none"}}
        for _run in range(2):
            done = world.run("scim_group", options)
            assert done.failed
            assert done.changed is False
            assert in_group(world, "Board") == {"kim", "lea"}


@pytest.mark.parametrize("quirk", ["duplicate_on_add", "replace_list_on_add", "members_remove_noop", "members_on_create_dropped"])
def test_members_that_are_there_are_not_sent(quirk: str, tmp_path: Path) -> None:
    with company(tmp_path / "unkept", quirk) as world:
        done = world.run("scim_group", {"display_name": "Everybody", "members": {"add": names("kim", "grace"), "remove": names("ada")}})
        assert (done.failed, done.changed, world.writes()) == (False, False, 0)


@pytest.mark.parametrize("pattern", ["kim@example.com", "KIM@*", "1972", "u-kim"], ids=["name", "pattern", "external id", "id"])
@pytest.mark.parametrize("change", [{"remove": ["kim@example.com"]}, {"remove": ["1972"]}, {"remove": ["id:u-kim"]}, {"set": ["lea@example.com"]}], ids=str)
def test_a_protected_member_stays(pattern: str, change: dict[str, list[str]], tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        for check in (True, False):
            refused = world.run("scim_group", {"display_name": "Board", "members": change, "protected": [pattern]}, check=check)
            assert refused.failed, refused
            assert refused["protected"] is True
            assert world.writes() == 0
        assert in_group(world, "Board") == {"kim", "lea"}


def test_a_protected_member_may_join(tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        assert world.run("scim_group", {"display_name": "Board", "members": {"add": names("ada")}, "protected": ["u-ada"]}).changed


@pytest.mark.parametrize("pattern", ["Board", "b*", "g-10", "g-Board"], ids=["name", "pattern", "external id", "id"])
def test_a_protected_group_is_not_written_to(pattern: str, tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        for options in ({"display_name": "Board", "members": {"add": names("ada")}}, {"external_id": "g-10", "state": "absent"}):
            refused = world.run("scim_group", {**options, "protected": [pattern]})
            assert refused.failed, refused
            assert refused["protected"] is True
            assert world.writes() == 0


@pytest.mark.parametrize("pattern", ["kim@*", "1972", "u-kim", "id:u-kim"], ids=["pattern", "external id", "id", "named by id"])
def test_a_group_with_a_protected_member_is_not_deleted(pattern: str, tmp_path: Path) -> None:
    """The member would lose what the group gives."""
    with company(tmp_path / "unkept") as world:
        for check in (True, False):
            refused = world.run("scim_group", {"display_name": "Board", "state": "absent", "protected": [pattern]}, check=check)
            assert (refused.failed, refused["protected"], world.writes()) == (True, True, 0)
        assert world.run("scim_group", {"display_name": "Board", "state": "absent", "protected": ["ada@*"]}).changed


def test_nobody_comes_and_goes_at_once_by_two_names(tmp_path: Path) -> None:
    with company(tmp_path / "unkept") as world:
        refused = world.run("scim_group", {"display_name": "Board", "members": {"add": names("max"), "remove": ["1976"]}})
        assert (refused.failed, world.writes()) == (True, 0)
        assert "max@example.com is in add and in remove, by different names" in refused["msg"]


def test_members_that_are_shown_by_their_names(tmp_path: Path) -> None:
    """Some services take ids and show another identifier: who is seen by name neither joins again nor stays unnoticed."""
    original = ScimService.snapshot

    def snapshot(service: ScimService, resource: Any, body: Any, *more: Any) -> Any:
        shown = [{"value": f"{entry['value'].removeprefix('u-')}@example.com"} for entry in body.get("members", ())]
        return original(service, resource, {**body, "members": shown} if shown else body, *more)

    with company(tmp_path / "unkept") as world, mock.patch.object(ScimService, "snapshot", snapshot):
        for change, who in (({"add": names("ada")}, {"ada", "kim", "lea"}), ({"remove": names("kim")}, {"ada", "lea"})):
            for changed in (True, False):
                done = world.run("scim_group", {"display_name": "Board", "members": change}, forgetful=True)
                assert (done.failed, done.changed, world.writes()) == (False, changed, int(changed)), done.get("msg")
            assert in_group(world, "Board") == who
