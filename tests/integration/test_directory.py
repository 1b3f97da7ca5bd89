# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_directory: many users and groups in one task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import sandbox
from tests.in_process import Result, counts, run, time_flies

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PEOPLE = [
    # Who is managed comes before the manager on purpose.
    {"external_id": "3", "user_name": "cy@example.com", "manager": "2", "department": "Engines"},
    {"external_id": "2", "user_name": "bob@example.com", "manager": "ada@example.com", "title": "Lead"},
    {"external_id": "1", "user_name": "ada@example.com"},
    {"user_name": "dee@example.com", "emails": [{"value": "dee@example.com", "type": "work"}]},
]
GROUPS = [
    {"display_name": "Engines", "members": {"add": ["3", "bob@example.com"]}},
    {"display_name": "Everybody", "members": {"add": ["1", "2", "3", "dee@example.com"]}},
]


class Directory:
    """One sandbox and the task that is run against it."""

    def __init__(self, service: sandbox.Running) -> None:
        self.service = service

    def ensure(self, users: Any = None, groups: Any = None, *, check: bool = False, **options: Any) -> Result:
        given = {"url": self.service.url, "token": self.service.token, "unkept_file": "", **options}
        given.update({name: value for name, value in (("users", users), ("groups", groups)) if value is not None})
        self.service.reset_requests()
        with time_flies():
            return run("scim_directory", given, check=check, diff=True)

    @property
    def writes(self) -> int:
        return self.service.requests()["writes"]

    def user(self, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.service.stored() if one.get("userName") == name]
        return found

    def members(self, group: str) -> set[str]:
        (found,) = [one for one in self.service.stored() if one.get("displayName") == group]
        names = {one["id"]: one.get("userName") for one in self.service.stored()}
        return {names[member["value"]] for member in found.get("members", [])}


@contextmanager
def directory(*quirks: str, **options: Any) -> Iterator[Directory]:
    with sandbox.running(quirks=quirks, **options) as service:
        yield Directory(service)


def check_everything_is_there(here: Directory) -> None:
    assert len(here.service.stored()) == 6
    assert here.members("Everybody") == {person["user_name"] for person in PEOPLE}
    assert here.members("Engines") == {"bob@example.com", "cy@example.com"}
    enterprise = here.user("cy@example.com")["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
    assert enterprise["manager"]["value"] == here.user("bob@example.com")["id"]


@pytest.mark.parametrize("profile", ["full", "minimal", "cursor", "small-pages"])
def test_people_their_managers_and_groups_in_one_task(profile: str) -> None:
    with directory(profile=profile) as here:
        predicted = here.ensure(PEOPLE, GROUPS, check=True)
        assert (predicted.changed, here.writes) == (True, 0)
        real = here.ensure(PEOPLE, GROUPS)
        assert not real.failed, real["msg"]
        assert real["counts"] == predicted["counts"] == counts(create=6)
        assert real["requests"] == predicted["requests"] == [{"method": "POST", "path": "/Users"}] * 4 + [{"method": "POST", "path": "/Groups"}] * 2
        assert real["diff"] == predicted["diff"]
        check_everything_is_there(here)
        again = here.ensure(PEOPLE, GROUPS)
        assert (again.changed, again["counts"]["unchanged"], here.writes) == (False, 6, 0)


@pytest.mark.parametrize(
    ("quirks", "faults"),
    [
        (["ignore_filter"], []),
        (["no_pagination"], []),
        (["startindex_ignored", "wrong_total"], []),
        (["total_results_is_page_size"], []),
        (["cursor_only"], []),
        (["no_discovery", "patch_204", "no_location", "no_meta"], []),
        (["lowercase_usernames", "active_as_string"], []),
        ([], ["drop_after_write=2"]),
        ([], ["reset_before_write=2"]),
        ([], ["429=3"]),
    ],
    ids=str,
)
def test_the_same_on_services_that_misbehave(quirks: list[str], faults: list[str]) -> None:
    with directory(*quirks, faults=faults) as here:
        assert not here.ensure(PEOPLE, GROUPS).failed
        check_everything_is_there(here)
        again = here.ensure(PEOPLE, GROUPS)
        assert (again.failed, again.changed, here.writes) == (False, False, 0)


def test_a_list_is_read_once_and_not_asked_for_one_by_one() -> None:
    people = [{"user_name": f"user{n}@example.com"} for n in range(250)]
    with directory() as here:
        here.service.seed(*({"schemas": [USER], "userName": person["user_name"], "active": True} for person in people))
        result = here.ensure(people)
        assert (result.changed, result["counts"]["unchanged"]) == (False, 250)
        # Discovery, then one page: the service says that it gives up to 1,000.
        assert here.service.requests()["counts"] == {"GET": 2}
        assert result["truncated"]
        assert 50 < len(result["resources"]) <= 100


def test_few_people_among_many_are_asked_for() -> None:
    with directory(profile="small-pages") as here:
        here.service.seed(*({"schemas": [USER], "userName": f"user{n}@example.com", "active": True} for n in range(100)))
        result = here.ensure([{"user_name": f"user{n}@example.com"} for n in (5, 50, 99)])
        assert not result.changed
        assert here.service.requests()["counts"]["GET"] < 10


def test_updates_leave_everything_else_alone() -> None:
    with directory() as here:
        here.service.seed({"schemas": [USER], "userName": "ada@example.com", "externalId": "1", "nickName": "A", "active": False})
        here.service.seed({"schemas": [USER], "userName": "bystander@example.com", "title": "Bystander"})
        before = here.user("bystander@example.com")
        result = here.ensure([{"external_id": "1", "user_name": "ada.king@example.com"}])
        assert result["counts"]["update"] == 1
        assert (here.user("ada.king@example.com")["nickName"], here.user("ada.king@example.com")["active"]) == ("A", True)
        assert here.user("bystander@example.com") == before


@pytest.mark.parametrize(
    ("users", "groups", "said"),
    [
        ([], None, "users is empty"),
        (None, [], "groups is empty"),
        ([{"user_name": "a"}, {"user_name": "A"}], None, r"users[0] and users[1] have the same user_name"),
        (None, [{"display_name": "g"}, {"display_name": "G"}], r"groups[0] and groups[1] have the same display_name"),
        ([{"user_name": "a", "manager": "b"}, {"user_name": "b", "manager": "a"}], None, "is a circle"),
        ([{"title": "x"}], None, "external_id, user_name"),
        ([{"user_name": "a"}, {"user_name": "b", "manager": "ghost"}], None, "no user 'ghost'"),
        ([{"user_name": "a"}], [{"display_name": "g", "members": {"add": ["ghost"]}}], "no user 'ghost'"),
        ([{"user_name": "a"}, {"external_id": "7"}], None, "user_name is not given"),
        ([{"user_name": "a"}, {"user_name": "root@example.com"}], None, "is protected"),
        ([{"user_name": "a"}, {"user_name": "new", "external_id": "old"}, {"user_name": "ada@example.com"}], None, "are the same user"),
    ],
    ids=str,
)
def test_a_wrong_list_is_refused_before_the_first_write(users: Any, groups: Any, said: str) -> None:
    with directory() as here:
        here.service.seed({"schemas": [USER], "userName": "ada@example.com", "externalId": "old", "active": True})
        result = here.ensure(users, groups, protected=["root@*"])
        assert result.failed
        assert said in result["msg"]
        assert here.writes == 0


def test_who_fails_does_not_keep_the_others_from_being_done() -> None:
    with directory() as here:
        # The name is taken by somebody with another external id, in the list's second place.
        here.service.seed({"schemas": [USER], "userName": "bob@example.com", "externalId": "another", "active": True})
        result = here.ensure(PEOPLE[2:3] + PEOPLE[1:2], [{"display_name": "Everybody", "members": {"add": ["1"]}}])
        assert result.failed
        assert result.changed
        assert result["counts"] == counts(create=2, failed=1)
        (failure,) = result["failures"]
        assert (failure["kind"], failure["key"]) == ("User", "bob@example.com")
        assert "another identity holds this name" in failure["msg"]
        assert here.members("Everybody") == {"ada@example.com"}


def test_who_could_not_be_created_joins_no_group_and_the_next_run_finishes() -> None:
    with directory("409_on_inactive") as here:
        # Invisible, but the name is taken: the creation fails in the middle of the run.
        here.service.seed({"schemas": [USER], "userName": "ada@example.com", "active": False})
        people = [{"user_name": "ada@example.com"}, {"user_name": "bob@example.com"}]
        groups = [{"display_name": "g", "members": {"add": ["ada@example.com", "bob@example.com"]}}]
        result = here.ensure(people, groups)
        assert [failure["key"] for failure in result["failures"]] == ["ada@example.com"]
        assert here.members("g") == {"bob@example.com"}
        here.service.set_quirks([])
        assert not here.ensure(people, groups).failed
        assert here.members("g") == {"ada@example.com", "bob@example.com"}


def test_a_group_that_only_waits_for_who_failed_is_left_as_it_is() -> None:
    with directory("409_on_inactive") as here:
        here.service.seed({"schemas": [USER], "userName": "ada@example.com", "active": False})
        here.ensure(groups=[{"display_name": "g"}])
        result = here.ensure([{"user_name": "ada@example.com"}], [{"display_name": "g", "members": {"add": ["ada@example.com"]}}])
        assert [(failure["kind"], failure["key"]) for failure in result["failures"]] == [("User", "ada@example.com")]
        assert result["counts"] == counts(unchanged=1, failed=1)


@pytest.mark.parametrize("spelling", ["ada@example.com", "Ada@example.com"])
def test_the_name_of_somebody_in_doubt_does_not_stand_for_another_one(spelling: str) -> None:
    with directory() as here:
        here.service.seed({"schemas": [USER], "userName": spelling, "externalId": "1815", "id": "former"})
        people = [{"external_id": "2", "user_name": "ada@example.com"}, {"user_name": "bob@example.com", "manager": "ada@example.com"}]
        groups = [{"display_name": "Admins", "members": {"add": ["ada@example.com", "bob@example.com"]}}]
        predicted = here.ensure(people, groups, check=True)
        real = here.ensure(people, groups)
        assert "another identity holds this name" in real["msg"]
        assert here.members("Admins") == {"bob@example.com"}
        assert "former" not in str(here.user("bob@example.com")), "the manager is whoever had the name before"
        assert real["counts"] == predicted["counts"] == counts(create=2, failed=1)
        assert real["plan"] == predicted["plan"]


def test_external_ids_may_differ_in_letter_case_only() -> None:
    people = [{"external_id": "AB", "user_name": "x", "manager": "ab"}, {"external_id": "ab", "user_name": "y"}]
    with directory() as here:
        result = here.ensure(people, [{"display_name": "g", "members": {"add": ["AB"]}}])
        assert not result.failed, result["msg"]
        assert here.members("g") == {"x"}
        manager = here.user("x")["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["manager"]["value"]
        assert manager == here.user("y")["id"]
        assert here.ensure(people).changed is False


def test_a_name_that_looks_like_an_id_is_refused() -> None:
    """A group that names it would take in somebody else: the one with that id."""
    with directory() as here:
        here.service.seed({"schemas": [USER], "userName": "root@example.com", "id": "u-root"})
        result = here.ensure([{"user_name": "id:u-root"}], [{"display_name": "g", "members": {"add": ["id:u-root"]}}])
        assert (result.failed, here.writes) == (True, 0)
        assert "begins with id:" in result["msg"]


def test_what_the_service_does_not_keep_is_named() -> None:
    with directory("drop_attrs=title") as here:
        result = here.ensure(PEOPLE)
        assert result.failed
        assert result["unconverged"] == [{"kind": "User", "key": "bob@example.com", "paths": ["title"]}]
        assert not here.ensure(PEOPLE, on_unconverged="ignore").failed


def test_results_stay_small() -> None:
    with directory() as here:
        result = here.ensure([{"user_name": f"user{n}@example.com", "display_name": "x" * 100} for n in range(400)], max_reported=10)
        assert result["counts"]["create"] == 400
        assert len(result["requests"]) == len(result["diff"]) == 10
        assert result["truncated"]


def test_long_entries_do_not_make_a_long_result() -> None:
    people = [{"user_name": f"user{n}@example.com", "emails": [{"value": f"{m}.{n}@example.com"} for m in range(40)]} for n in range(100)]
    with directory() as here:
        result = here.ensure(people, check=True)
        assert result["counts"]["create"] == 100
        assert result["truncated"]
        assert 0 < len(result["diff"]) < 100
