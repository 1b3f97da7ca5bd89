# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People who join, as a directory."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.joining import (
    directory,
    outcome,
    table,
)


def test_groups_are_taken_from_people_and_from_everybody() -> None:
    made = directory([{"user_name": "ada", "title": "Analyst", "groups": ["Engineers"]}, {"external_id": "2", "groups": None}], ["Staff"])
    assert made == {
        "users": [{"user_name": "ada", "title": "Analyst"}, {"external_id": "2"}],
        "groups": [
            {"display_name": "Staff", "members": {"add": ["ada", "2"]}},
            {"display_name": "Engineers", "members": {"add": ["ada"]}},
        ],
        "names": [{"display_name": "Staff"}, {"display_name": "Engineers"}],
    }


def test_a_group_is_one_group_however_it_is_written() -> None:
    made = directory([{"user_name": "ada", "groups": ["staff", "STAFF"]}], ["Staff"])
    assert made["groups"] == [{"display_name": "Staff", "members": {"add": ["ada"]}}]


def test_names_that_are_two_to_every_service_are_two_groups() -> None:
    made = directory([{"user_name": "ada", "groups": ["Stra\u00dfe"]}, {"user_name": "bob", "groups": ["Strasse"]}], [])
    assert [group["members"]["add"] for group in made["groups"]] == [["ada"], ["bob"]]


def test_nobody_joins_no_group() -> None:
    assert directory([], ["Staff"]) == {"users": [], "groups": [], "names": []}


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("ada", "not a mapping"),
        ({"title": "Analyst"}, "names nobody"),
        ({"user_name": "ada", "groups": "Staff"}, "groups is not a list"),
        ({"user_name": "ada", "groups": [""]}, "a group without a name"),
    ],
)
def test_what_is_no_person_is_refused(person: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        directory([{"user_name": "grace"}, person], [])
    assert "joiner_people[1]" in str(refusal.value)


@pytest.mark.parametrize("given", ["Staff", {"user_name": "ada"}, None, 1])
def test_what_is_no_list_is_refused(given: Any) -> None:
    with pytest.raises(InvalidInput, match="joiner_people has to be a list"):
        directory(given, [])
    with pytest.raises(InvalidInput, match="joiner_groups has to be a list"):
        directory([], given)


def test_the_people_are_left_as_they_were() -> None:
    person = {"user_name": "ada", "groups": ["Staff"]}
    directory([person], [])
    assert person == {"user_name": "ada", "groups": ["Staff"]}


def test_a_task_that_never_ran_is_a_failure_and_one_that_was_skipped_is_not() -> None:
    assert outcome({})["failed"]
    assert outcome({})["msg"] == "nothing was written"
    assert not outcome({"skipped": True, "changed": False})["failed"]


def test_a_refused_plan_did_nothing() -> None:
    refused = {"failed": True, "msg": "a brake; nothing was written", "counts": {"create": 7}, "brakes": [{"brake": "changes"}]}
    result = outcome(refused)
    assert set(result["counts"].values()) == {0}
    assert table(result)[-1] == "a brake; nothing was written"


def test_a_failure_keeps_what_was_done() -> None:
    returned = {
        "failed": True,
        "changed": True,
        "msg": "1 of 2 failed",
        "counts": {"create": 1, "update": 0, "unchanged": 0, "failed": 1},
        "resources": [{"kind": "User", "key": "ada", "id": "1", "verb": "create"}],
        "failures": [{"kind": "User", "key": "eve", "msg": "no licence"}],
    }
    result = outcome(returned)
    assert (result["failed"], result["changed"]) == (True, True)
    assert table(result) == [
        "DONE       WHAT   WHO",
        "create     User   ada",
        "failed     User   eve: no licence",
        "1 create, 0 update, 0 unchanged, 1 failed",
    ]
    doubtful = {"unconverged": [{"kind": "User", "key": "ada", "paths": ["title"]}]}
    doubtful["unverifiable"] = [{"kind": "Group", "key": "Staff", "paths": ["members"]}]
    assert table(outcome({**returned, **doubtful}))[4:] == [
        "User ada: not kept: title",
        "Group Staff: not shown by the service, so not verified: members",
    ]
