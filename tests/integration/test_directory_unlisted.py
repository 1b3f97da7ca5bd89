# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is not listed goes if the task says so, and only they: not who is ignored, not owned, or listed in another spelling."""

from __future__ import annotations

from typing import Any

import pytest

from tests.in_process import Result
from tests.integration.directories import NO_BRAKES, listed, names, person, stored, team
from tests.integration.test_directory import Directory, directory

PEOPLE = ["ada", "bob", "cy"]


def fill(here: Directory) -> None:
    here.service.seed(*(person(name, externalId=f"hr-{name}") for name in PEOPLE), person("guest", userType="Contractor"))
    here.service.seed(team("Engines", "ada", "bob", "guest"), team("Looms", "cy", externalId="hr-looms"))


def ensure(here: Directory, *, check: bool = False, **task: Any) -> Result:
    return here.ensure(check=check, **{"brakes": NO_BRAKES, **task})


def there(here: Directory) -> set[str]:
    """Who is left; with a minus, who may not sign in any more."""
    return {("" if one.get("active", True) else "-") + name for name, one in stored(here.service).items()}


@pytest.mark.parametrize("pages", ["full", "small-pages", "cursor", "minimal"])
@pytest.mark.parametrize(
    ("unlisted", "left"),
    [
        ({}, "ada bob cy guest Engines Looms"),
        ({"users": "keep", "groups": "keep"}, "ada bob cy guest Engines Looms"),
        ({"users": "deactivate"}, "ada -bob -cy -guest Engines Looms"),
        ({"users": "delete"}, "ada Engines Looms"),
        ({"groups": "delete"}, "ada bob cy guest Engines"),
        ({"users": "deactivate", "groups": "delete"}, "ada -bob -cy -guest Engines"),
        ({"users": "delete", "groups": "delete"}, "ada Engines"),
    ],
    ids=str,
)
def test_who_is_not_listed_is_kept_deactivated_or_deleted(unlisted: dict[str, str], left: str, pages: str) -> None:
    task: dict[str, Any] = {"users": listed("ada"), "groups": [{"display_name": "Engines"}], "unlisted": unlisted}
    with directory(profile=pages) as here:
        fill(here)
        before = stored(here.service)
        predicted = ensure(here, check=True, **task)
        assert (predicted.failed, here.writes, stored(here.service)) == (False, 0, before)
        real = ensure(here, **task)
        assert not real.failed, real["msg"]
        assert there(here) == set(left.split())
        assert (real["counts_by_kind"], real["plan"], real["diff"]) == (predicted["counts_by_kind"], predicted["plan"], predicted["diff"])
        # Who stays is as before, memberships of those who are gone apart.
        assert stored(here.service)["ada"] == before["ada"]
        again = ensure(here, **task)
        assert (again.failed, again.changed, here.writes) == (False, False, 0)


@pytest.mark.parametrize("unlisted", [{"users": "delete"}, {"users": "deactivate"}, {"groups": "delete"}], ids=str)
@pytest.mark.parametrize("missing", [None, []], ids=["missing", "empty"])
def test_without_a_list_nobody_goes(unlisted: dict[str, str], missing: Any, tmp_path: Any) -> None:
    (kind,) = unlisted
    other: dict[str, Any] = {"users": {"groups": [{"display_name": "Engines"}]}, "groups": {"users": listed("ada")}}[kind]
    with directory() as here:
        fill(here)
        before = stored(here.service)
        task = {**other, "unlisted": unlisted, **({} if missing is None else {kind: missing})}
        for check in (True, False):
            result = ensure(here, check=check, **task)
            assert (result.failed, here.writes) == (True, 0)
            assert kind in result["msg"]
            assert "nothing was written" in result["msg"]
        assert stored(here.service) == before


@pytest.mark.parametrize(
    ("owned", "left"),
    [
        ({"users": {"external_id_prefix": "hr-"}}, "ada guest Engines"),
        ({"users": {"filter": 'userType eq "Contractor"'}}, "ada bob cy Engines"),
        ({"users": {"filter": 'userName sw "b" or userType pr'}}, "ada cy Engines"),
        ({"users": {"filter": "not (userType pr)", "external_id_prefix": "hr-b"}}, "ada cy guest Engines"),
        ({"groups": {"external_id_prefix": "hr-"}}, "ada Engines"),
        ({"groups": {"filter": 'displayName eq "nothing"'}}, "ada Engines Looms"),
    ],
    ids=str,
)
@pytest.mark.parametrize("quirk", ["", "ignore_filter"])
def test_only_who_is_owned_goes(owned: dict[str, Any], left: str, quirk: str) -> None:
    with directory(*filter(None, [quirk])) as here:
        fill(here)
        result = ensure(
            here,
            users=listed("ada"),
            groups=[{"display_name": "Engines"}],
            owned=owned,
            unlisted={"users": "delete", "groups": "delete"},
        )
        assert not result.failed, result["msg"]
        assert there(here) == set(left.split())


def test_who_is_not_owned_is_not_counted() -> None:
    """Forty strangers must not make room for the deletion of four of five."""
    with directory() as here:
        here.service.seed(*(person(name, externalId=f"hr-{name}") for name in names(5)), *map(person, names(40, start=10)))
        task: dict[str, Any] = {"users": listed("p00"), "unlisted": {"users": "delete"}, "owned": {"users": {"external_id_prefix": "hr-"}}}
        result = here.ensure(**task)
        (trip,) = result["brakes"]
        assert (trip["brake"], trip["count"], trip["of"], here.writes) == ("deletions", 4, 5, 0)
        ignored = here.ensure(listed("p00"), unlisted={"users": "delete"}, ignore={"users": ["p1*", "p2?", "p3*", "p4*"]})
        assert [(trip["count"], trip["of"]) for trip in ignored["brakes"]] == [(4, 5)]


def test_a_listed_entry_is_carried_out_whoever_owns_it() -> None:
    with directory() as here:
        fill(here)
        result = ensure(here, users=listed("guest", title="Visitor"), owned={"users": {"external_id_prefix": "hr-"}})
        assert not result.failed, result["msg"]
        assert here.user("guest")["title"] == "Visitor"


@pytest.mark.parametrize("owned", [{"users": {"filter": "userName eq"}}, {"users": {"filter": 'salary gt 3'}}], ids=str)
def test_a_filter_that_cannot_be_read_removes_nobody(owned: dict[str, Any]) -> None:
    with directory() as here:
        fill(here)
        result = ensure(here, users=listed("ada"), owned=owned, unlisted={"users": "delete"})
        assert (result.failed, here.writes) == (True, 0)
        assert "owned.users.filter" in result["msg"]


def test_a_service_that_does_not_delete_is_not_asked_to() -> None:
    with directory() as here:
        fill(here)
        result = ensure(here, users=listed("ada"), unlisted={"users": "delete"}, capabilities={"delete": False})
        assert (result.failed, here.writes) == (True, 0)
        assert "deactivate" in result["msg"]


# -- ignored ----------------------------------------------------------------------------------------------------------------

SPELLINGS = ["bob", "BOB", "hr-bob", "id:u-bob", "u-bob", "bo?"]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("how", ["deactivate", "delete"])
def test_who_is_ignored_does_not_go(how: str, spelling: str) -> None:
    with directory() as here:
        fill(here)
        before = here.user("bob")
        result = ensure(here, users=listed("ada"), unlisted={"users": how}, ignore={"users": [spelling]})
        assert not result.failed, result["msg"]
        assert here.user("bob") == before
        assert there(here) >= {"ada", "bob"}
        assert not there(here) & {"cy", "guest"}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    "entry",
    [
        {"user_name": "bob", "title": "x"},
        {"external_id": "hr-bob", "title": "x"},
        {"id": "u-bob", "title": "x"},
        {"user_name": "bob", "state": "absent"},
        {"user_name": "bob", "state": "absent", "absent_mode": "deactivate"},
        {"user_name": "bob", "active": False},
    ],
    ids=str,
)
def test_who_is_ignored_is_left_alone_although_listed(entry: dict[str, Any], spelling: str) -> None:
    with directory() as here:
        fill(here)
        before = stored(here.service)
        result = ensure(here, users=[entry, {"user_name": "ada"}], ignore={"users": [spelling]})
        assert (result.failed, here.writes, stored(here.service)) == (False, 0, before), result.get("msg")
        assert result["ignored"] == 1
        assert result["counts"]["unchanged"] == 1


def test_who_is_ignored_is_not_created_either() -> None:
    with directory() as here:
        result = ensure(here, users=listed("svc-backup", "ada"), ignore={"users": ["svc-*"]})
        assert (result["ignored"], there(here)) == (1, {"ada"})


def test_who_is_ignored_cannot_fail() -> None:
    """The name belongs to somebody else; that is no concern of this task."""
    with directory() as here:
        fill(here)
        entry = {"user_name": "bob", "external_id": "another"}
        assert ensure(here, users=[entry, {"user_name": "ada"}]).failed
        result = ensure(here, users=[entry, {"user_name": "ada"}], ignore={"users": ["bob"]}, max_failures=1)
        assert (result.failed, result["ignored"]) == (False, 1), result.get("msg")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    "members", [{"set": ["ada"]}, {"remove": ["bob", "guest"]}, {"remove": ["hr-bob", "guest"]}, {"remove": ["id:u-bob", "guest"]}], ids=str
)
def test_who_is_ignored_keeps_their_memberships(members: dict[str, Any], spelling: str) -> None:
    with directory() as here:
        fill(here)
        task: dict[str, Any] = {"groups": [{"display_name": "Engines", "members": members}], "ignore": {"users": [spelling]}}
        predicted = ensure(here, check=True, **task)
        result = ensure(here, **task)
        assert not result.failed, result["msg"]
        assert here.members("Engines") == {"ada", "bob"}
        assert result["diff"] == predicted["diff"]
        again = ensure(here, **task)
        assert (again.changed, here.writes) == (False, 0)


def test_groups_are_ignored_and_stay_in_others() -> None:
    with directory() as here:
        fill(here)
        here.service.seed(team("Outer", "ada", nested=("Looms", "Engines")))
        result = ensure(
            here,
            groups=[{"display_name": "Outer", "nested_groups": {"set": []}}, {"display_name": "Engines", "state": "absent"}],
            unlisted={"groups": "delete"},
            ignore={"groups": ["LOOMS"]},
        )
        assert not result.failed, result["msg"]
        assert {name for name in there(here) if name[0].isupper()} == {"Outer", "Looms"}
        assert {member["value"] for member in stored(here.service)["Outer"]["members"]} == {"u-ada", "g-Looms"}


def test_a_blank_pattern_is_refused() -> None:
    with directory() as here:
        fill(here)
        result = ensure(here, users=listed("ada"), unlisted={"users": "delete"}, ignore={"users": ["bob", " "]})
        assert (result.failed, here.writes) == (True, 0)
        assert "ignore.users" in result["msg"]


# -- who counts as listed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        {"user_name": "BOB"},
        {"external_id": "HR-BOB", "user_name": "other"},
        {"external_id": "hr-bob"},
        {"id": "u-bob"},
        {"user_name": "hr-bob"},
        {"external_id": "bob", "user_name": "other"},
        # These fail: the name is held by another identity.
        {"user_name": "bob", "external_id": "another"},
        {"user_name": "Bob", "external_id": "HR-BOB"},
    ],
    ids=str,
)
@pytest.mark.parametrize("how", ["deactivate", "delete"])
def test_who_bears_a_listed_name_in_any_spelling_does_not_go(entry: dict[str, Any], how: str) -> None:
    with directory() as here:
        fill(here)
        ensure(here, users=[entry, {"user_name": "ada"}], unlisted={"users": how})
        assert (here.user("bob")["id"], here.user("bob")["active"]) == ("u-bob", True)
        assert not there(here) & {"cy", "guest"}  # it was carried out


def test_accents_written_in_two_ways_are_one_name() -> None:
    with directory() as here:
        here.service.seed(person("jose\u0301", id="u-jose"), person("ada"), person("cy"))
        ensure(here, users=listed("JOS\u00c9", "ada"), unlisted={"users": "delete"})
        assert "u-jose" in {one["id"] for one in here.service.stored()}
        assert "cy" not in there(here)


def test_two_groups_of_one_name_are_told_apart() -> None:
    """Group names are not unique (RFC 7643 section 4.2): each has a key of its own in what is told and approved."""
    with directory() as here:
        fill(here)
        here.service.seed(team("Dup", "ada", id="g-1"), team("Dup", "bob", id="g-2"))
        task: dict[str, Any] = {"groups": [{"display_name": "Engines"}, {"display_name": "Looms"}], "unlisted": {"groups": "delete"}}
        predicted = ensure(here, check=True, **task)
        keys = [entry["key"] for entry in predicted["resources"] if entry["verb"] == "delete"]
        assert len(set(keys)) == len(keys) == 2
        assert all("Dup" in key for key in keys)
        assert {key.split("id:")[1].rstrip(")") for key in keys} == {"g-1", "g-2"}
        result = ensure(here, expect_plan=predicted["plan"], **task)
        assert not result.failed, result["msg"]
        assert "Dup" not in there(here)
        assert ensure(here, protected=["Dup"], **task).failed is False  # nothing is left to protect


def test_two_groups_of_one_name_are_protected_by_that_name() -> None:
    with directory() as here:
        fill(here)
        here.service.seed(team("Dup", "ada", id="g-1"), team("Dup", "bob", id="g-2"))
        result = ensure(here, groups=[{"display_name": "Engines"}], unlisted={"groups": "delete"}, protected=["dup"])
        assert (result.failed, result.get("protected"), here.writes) == (True, True, 0)
