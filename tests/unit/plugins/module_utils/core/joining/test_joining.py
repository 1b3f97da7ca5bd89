# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People who join, as a directory."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.joining.directory import (
    directory,
    outcome,
    table,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.joining.steps import TARGET, Joining


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


# -- people of a roster ---------------------------------------------------------------------------------------------------


def of_roster(key: str, phase: str = "active", account: str = "active", groups: tuple[str, ...] = ("Staff",), **attributes: Any) -> dict[str, Any]:
    granted = [{"name": name, "rule": f"of {name}"} for name in groups]
    user = {"external_id": key, "user_name": f"p{key}@example.com", **attributes}
    return {"key": key, "phase": phase, "account": account, "user": user, "groups": granted, "facts": {}}


ROSTER = [
    of_roster("1", groups=("Staff", "Engines"), manager="2"),
    of_roster("2", "on_leave"),
    of_roster("3", "staged", "inactive", manager="4"),
    of_roster("4", "staged", "none"),
    of_roster("5", "left", "inactive"),
    of_roster("6", "on_leave", "inactive", manager="99"),
    {"user_name": "hand@example.com", "groups": ["Engines"], "manager": "nobody"},
]


def joining(steps: Any = None, plan: Any = None, people: Any = None, groups: Any = (), **options: Any) -> Joining:
    return Joining.of(ROSTER if people is None else people, groups, steps or {}, options, plan or {})


def test_people_of_a_roster_join_at_their_phase() -> None:
    todo = joining(groups=["Everybody"]).todo
    assert [(user.get("external_id"), user.get("active")) for user in todo["users"]] == [("1", True), ("2", True), ("3", False), ("6", False), (None, None)]
    assert {group["display_name"]: group["members"]["add"] for group in todo["groups"]} == {
        "Everybody": ["p1@example.com", "p2@example.com", "hand@example.com"],
        "Staff": ["p1@example.com", "p2@example.com"],
        "Engines": ["p1@example.com", "hand@example.com"],
    }
    states = {person["key"]: person["state"] for person in joining().about["people"]}
    assert states == {"1": "active", "2": "active", "3": "inactive", "4": "not yet", "5": "not joining", "6": "inactive", "hand@example.com": "active"}


def test_every_membership_has_the_rule_that_grants_it() -> None:
    assert joining(groups=["staff"]).about["memberships"][:2] == [
        {"person": "1", "group": "Engines", "rule": "of Engines"},
        {"person": "1", "group": "staff", "rule": "joiner_groups"},
    ]
    assert joining().about["memberships"][-1] == {"person": "hand@example.com", "group": "Engines", "rule": "joiner_people"}


@pytest.mark.parametrize(
    "steps",
    [
        {"managers": {"results": [{TARGET: {"external_id": "4"}, "users": []}, {TARGET: {"external_id": "99"}, "users": [{"id": "x"}]}]}},
        {"all_users": {"users": [{"external_id": "99", "user_name": "x"}], "truncated": False}},
    ],
)
def test_a_manager_without_an_account_is_left_out_and_told(steps: Any) -> None:
    assert joining().todo["managers"] == [{"external_id": "4"}, {"external_id": "99"}]
    made = joining(steps)
    assert [user.get("manager") for user in made.todo["users"]] == ["2", None, None, "99", "nobody"]
    assert made.about["managers"] == [
        {"person": "3", "manager": "4", "said": "the manager 4 has no account (not yet), and was left out; the run after there is one sets it"}
    ]


def test_who_could_not_be_asked_for_is_left_to_the_module() -> None:
    failed = {"managers": {"results": [{TARGET: {"external_id": "4"}, "failed": True}]}}
    cut = {"all_users": {"users": [], "truncated": True}}
    assert joining(failed).about["managers"] == joining(cut).about["managers"] == []


@pytest.mark.parametrize(("pattern", "refused"), [("p1@*", True), ("1", True), ("HAND@example.com", True), ("p4@example.com", False), ("p5@*", False)])
def test_the_protected_are_refused_if_they_join(pattern: str, refused: bool) -> None:
    assert bool(joining(protected=[pattern]).todo["refusals"]) is refused
    assert bool(joining(protected=f"nobody, {pattern}").todo["refusals"]) is refused


RESOURCES = [{"kind": "User", "key": f"p{n}@example.com", "id": f"u{n}", "verb": "create"} for n in (1, 2, 3, 6)]
RESOURCES += [{"kind": "User", "key": "hand@example.com", "id": "h", "verb": "unchanged"}]
RESOURCES += [{"kind": "Group", "key": "Staff", "id": "g1", "verb": "update"}, {"kind": "Group", "key": "engines", "id": "g2", "verb": "unchanged"}]


def verdicts(**directory_result: Any) -> dict[str, tuple[str, str]]:
    people = joining({"directory": {"resources": RESOURCES, **directory_result}}).about["people"]
    return {person["key"]: tuple(one["verdict"] for one in person["verdicts"].values()) for person in people}


def test_verdicts_rest_on_what_the_module_read_back() -> None:
    fine = {"1": ("proven", "proven"), "3": ("proven", "not_applicable"), "4": ("not_applicable", "not_applicable")}
    assert verdicts().items() >= fine.items()
    assert verdicts(failures=[{"kind": "User", "key": "p1@example.com", "msg": "x"}])["1"] == ("unproven", "unproven")
    assert verdicts(unconverged=[{"kind": "User", "key": "p3@example.com", "paths": ["title"]}])["3"] == ("unproven", "not_applicable")
    assert verdicts(unverifiable=[{"kind": "Group", "key": "Staff", "paths": ["members"]}])["2"] == ("proven", "unproven")
    assert verdicts(not_attempted=[{"kind": "Group", "key": "Engines", "msg": "x"}])["hand@example.com"] == ("proven", "unproven")
    cut = {"resources": RESOURCES[:1], "truncated": True}
    assert verdicts(**cut)["2"] == ("proven", "proven"), "all went well, and what is not told is as it should be"
    assert verdicts(**cut, failed=True)["2"] == ("unproven", "unproven")


def test_without_a_result_nothing_is_proven_and_in_a_preview_changes_are_predicted() -> None:
    refused = joining({"directory": {"failed": True, "msg": "a brake"}}).about["people"][0]["verdicts"]
    assert refused["account"] == {"verdict": "unproven", "why": "nothing was written"}
    people = joining({"directory": {"resources": RESOURCES}}, predicting=True).about["people"]
    assert [people[n]["verdicts"][plane]["verdict"] for n, plane in ((0, "account"), (0, "groups"), (6, "account"), (6, "groups"))] == [
        "predicted",
        "predicted",
        "proven",
        "proven",
    ]


def test_in_a_preview_what_a_cut_result_does_not_name_is_told_by_the_counts() -> None:
    def said(**counts: int) -> str:
        cut = {"resources": RESOURCES[:1], "truncated": True, "counts_by_kind": {"User": counts}}
        return str(joining({"directory": cut}, predicting=True).about["people"][1]["verdicts"]["account"]["verdict"])

    assert (said(unchanged=120), said(unchanged=119, update=1), said()) == ("proven", "predicted", "predicted")


def test_access_is_pending_until_it_has_seen_them_and_that_is_no_failure() -> None:
    def states(**steps: Any) -> list[str]:
        return [one["state"] for one in joining(steps, people=[*ROSTER[:2], {"user_name": "nameless"}]).access]

    asked = [{TARGET: {"number": 0}, "users": [{"email": "p1@example.com"}]}, {TARGET: {"number": 1}, "failed": True, "msg": "403"}]
    assert states() == []
    assert states(everybody={"users": [{"email": "P2@example.com"}], "truncated": False}) == ["pending", "seen", "pending"]
    assert states(access_user={"results": asked}) == ["seen", "unknown", "pending"]
    assert states(access_user={"results": [{**asked[0], "users": []}]})[0] == "pending"


PLAN = {
    "digest": "d1",
    "operations": [
        {"verb": "create", "kind": "User", "key": "p1@example.com", "changes": [{"path": "external_id", "before": None, "after": "1"}]},
        {"verb": "update", "kind": "Group", "key": "Staff", "changes": [{"path": "members", "add": ["p1@example.com", "p2@example.com"], "remove": []}]},
    ],
}


def test_what_is_planned_and_what_came_of_it_goes_on_record_person_by_person() -> None:
    made = joining({"directory": {"resources": RESOURCES}}, PLAN)
    assert [(record["stage"], record["subject"], len(record["operations"])) for record in made.planned] == [("planned", "1", 2), ("planned", "2", 1)]
    ended = {record["subject"]: record for record in made.ended}
    assert set(ended) == {"1", "2", "3", "6", "hand@example.com"}
    assert {record["stage"] for record in ended.values()} == {"done"}
    assert (ended["1"]["plan"], ended["3"]["plan"]) == ("d1", "")
    assert "p1@example.com" not in str(made.planned[0])
    refused = joining({"directory": {"failed": True}}, PLAN)
    assert [(record["stage"], record["subject"]) for record in refused.ended] == [("refused", "1"), ("refused", "2")]


def test_the_lines_tell_who_does_not_join_and_why() -> None:
    made = joining({"all_users": {"users": [], "truncated": False}, "directory": {"resources": []}, "everybody": {"users": [], "truncated": False}})
    lines = table(outcome({"resources": [], "counts": {"create": 0}}, made.about))
    assert lines[2:6] == [
        "not yet: 4",
        "not joining: 5",
        "3: the manager 4 has no account (not yet), and was left out; the run after there is one sets it",
        "6: the manager 99 has no account, and was left out; the run after there is one sets it",
    ]
    assert lines[6] == "1: pending in Access: a user of Access appears there only after the first login or enrolment"
