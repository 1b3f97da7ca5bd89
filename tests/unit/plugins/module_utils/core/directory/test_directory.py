# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole roster as a wish, and what came of it as records."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.outcome import (
    of_roster,
    outcome,
    table,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.people import Subjects
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.records import (
    done_records,
    planned_records,
    refused_records,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.wish import (
    exact_directory,
    refused_groups,
    settled_directory,
    without_reason,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    Protected,
)

TIMES = {"started_at": "2026-11-29T10:00:00Z", "proven_at": "2026-11-29T10:01:00Z"}
NAMES = ["O'Connor", "von der Leyen", "M\u00fcller", "Mu\u0308ller", "\u0130lker", "\u0634\u0631\u064a\u0641"]
NAMES += ["x" * 200, "\U0001f984", "{{ lookup('pipe','id') }}"]


def person(key: str, phase: str = "active", account: str = "active", groups: tuple[str, ...] = (), **user: Any) -> dict[str, Any]:
    return {
        "key": key,
        "place": f"people.csv:{key}",
        "phase": phase,
        "account": account,
        "left_at": "2026-11-28T23:00:00Z" if phase == "left" else "",
        "user": {"external_id": key, "user_name": f"{key}@example.com", **user},
        "groups": [{"name": name, "rule": f"rule of {name}"} for name in groups],
    }


PEOPLE = [
    person("1", groups=("Staff", "Engines")),
    person("2", groups=("staff",), manager="1"),
    person("3", phase="left", account="inactive", groups=("Staff",)),
    person("4", phase="staged", account="inactive", manager="5"),
    person("5", phase="staged", account="none", groups=("Staff",)),
]


def operation(verb: str, key: str, *changes: dict[str, Any], kind: str = "User", **facts: Any) -> dict[str, Any]:
    return {"verb": verb, "kind": kind, "key": key, "changes": list(changes), **facts}


def members(name: str, add: tuple[str, ...] = (), remove: tuple[str, ...] = (), verb: str = "update") -> dict[str, Any]:
    return operation(verb, name, {"path": "members", "add": list(add), "remove": list(remove)}, kind="Group")


def plan(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"digest": "d1", "counts": {"User": {"create": 1}}, "operations": list(operations)}


def test_each_phase_gets_the_account_it_asks_for():
    wish = exact_directory(PEOPLE, scope=["Board"])
    users = {user["external_id"]: user for user in wish["users"]}
    assert [users[key].get("active") for key in "1234"] == [True, True, None, False]
    assert users["3"] == {"external_id": "3", "user_name": "3@example.com", "state": "absent", "absent_mode": "deactivate"}
    # Who is not due yet and there all the same is deactivated, and nobody's manager.
    assert users["5"] == {"external_id": "5", "user_name": "5@example.com", "state": "absent", "absent_mode": "deactivate"}
    assert users["2"]["manager"] == "1"
    assert "manager" not in users["4"]
    assert wish["waiting"] == ["5"]
    assert {group["display_name"]: group["members"]["set"] for group in wish["groups"]} == {"Board": [], "Staff": ["1", "2"], "Engines": ["1"]}


@pytest.mark.parametrize("pattern", ["1", "1@EXAMPLE.com", "?@example.com"])
def test_a_roster_may_not_hold_a_protected_account(pattern):
    with pytest.raises(Protected, match=r"people\.csv:1: '1' is protected"):
        exact_directory(PEOPLE, protected=[pattern])


@pytest.mark.parametrize("broken", [{"user_name": "a"}, "1815", person("")])
def test_who_is_nobody_of_a_roster_is_refused(broken):
    with pytest.raises(InvalidInput, match=r"people\[0\]"):
        exact_directory([broken])


def test_who_left_goes_in_any_case_and_orphans_as_they_are_told_to():
    wish = exact_directory(PEOPLE, scope=["Board", "Gone"])
    rehearsal = plan(
        members("Staff", remove=("3@example.com", "guest@example.com")),
        members("Engines", remove=("2@example.com",)),
        operation("create", "gone", kind="Group"),
    )
    leftover = without_reason(rehearsal, PEOPLE)
    assert leftover == [
        {"group": "Staff", "member": "3@example.com", "key": "3", "gone": True},
        {"group": "Staff", "member": "guest@example.com", "key": "", "gone": False},
        {"group": "Engines", "member": "2@example.com", "key": "2", "gone": False},
    ]
    reported = settled_directory(wish, rehearsal, PEOPLE, "report")
    assert {group["display_name"]: group["members"] for group in reported["groups"]} == {
        "Staff": {"add": ["1", "2"], "remove": ["3@example.com"]},
        "Engines": {"add": ["1"]},
    }
    assert [(one["group"], one["member"]) for one in reported["orphans"]] == [("Staff", "guest@example.com"), ("Engines", "2@example.com")]
    removed = settled_directory(wish, rehearsal, PEOPLE, "remove")
    assert [group["display_name"] for group in removed["groups"]] == ["Board", "Staff", "Engines"]
    assert removed["orphans"] == []
    with pytest.raises(InvalidInput, match="directory_sync_orphans is 'keep'"):
        settled_directory(wish, rehearsal, PEOPLE, "keep")


def test_a_group_that_is_not_there_is_a_typing_error_unless_it_is_meant():
    respelled = operation("update", "staff", {"path": "display_name", "before": "Staff", "after": "staff"}, kind="Group")
    document = plan(operation("create", "Enginers", kind="Group"), respelled)
    assert [said.split(";")[0] for said in refused_groups(document, create=False)] == [
        "there is no group Enginers",
        "on the service, staff is written in other letters, and would be renamed",
    ]
    assert len(refused_groups(document, create=True)) == 1
    nobody = {**plan(), "warnings": ["members.set: no user 'x' on the service yet; without --check this task fails unless an earlier one creates them", "slow"]}
    assert refused_groups(nobody, create=True, preview=True) == []
    (said,) = refused_groups(nobody, create=True)
    assert said.startswith("members.set: no user 'x' on the service; nothing was written")
    assert refused_groups(plan(members("Staff", add=("1@example.com",))), create=False) == []


def test_everybody_to_whom_something_is_done_has_a_record_by_an_immutable_name_and_without_values():
    document = plan(
        operation("create", "1@example.com", {"path": "external_id", "before": None, "after": "1"}, {"path": "title", "before": None, "after": "Secret title"}),
        operation("update", "2@example.com", {"path": "active", "before": False, "after": True}, external_id="2"),
        operation("deactivate", "old@example.com", {"path": "active", "before": True, "after": False}, external_id="9"),
        members("Staff", add=("1@example.com",), remove=("guest@example.com",)),
        operation("create", "Engines", {"path": "display_name", "before": None, "after": "Engines"}, kind="Group"),
    )
    records = planned_records(document, PEOPLE, kind="directory_sync", times=TIMES)
    assert [(one["subject"], one["kind"], [(done["plane"], done["verb"], done["what"]) for done in one["operations"]]) for one in records] == [
        ("1", "joiner", [("account", "create", "external_id, title"), ("groups", "add", "Staff")]),
        ("2", "joiner", [("account", "reactivate", "active")]),
        ("9", "leaver", [("account", "deactivate", "active")]),
        ("guest@example.com", "mover", [("groups", "remove", "Staff")]),
        ("group:Engines", "group_sync", [("group", "create", "display_name")]),
        ("run:d1", "directory_sync", []),
    ]
    assert records[0]["asked"] == {"phase": "active", "groups": [{"name": "Staff", "rule": "rule of Staff"}, {"name": "Engines", "rule": "rule of Engines"}]}
    assert "Secret title" not in str(records)
    assert planned_records(plan(), PEOPLE, kind="directory_sync", times=TIMES) == []


def test_what_is_left_to_do_is_not_proven_and_the_rest_is():
    document = plan(members("Staff", add=("1@example.com", "2@example.com")), operation("deactivate", "3@example.com", external_id="3"))
    left = plan(members("Staff", add=("2@example.com",)))
    records = {one["subject"]: one for one in done_records(document, left, PEOPLE, kind="directory_sync", times=TIMES)}
    assert {subject: one["stage"] for subject, one in records.items()} == {"1": "done", "2": "failed", "3": "done", "run:d1": "failed"}
    assert records["2"]["verdicts"]["groups"] == {"verdict": "unproven", "why": "read back, and still to do: add Staff"}
    assert records["3"]["times"]["left_at"] == "2026-11-28T23:00:00Z"
    assert records["3"]["kind"] == "leaver"

    nothing_read = done_records(document, None, PEOPLE, kind="directory_sync", times=TIMES)
    assert {one["stage"] for one in nothing_read} == {"failed"}
    for written in ({"unverifiable": [{"kind": "Group", "key": "STAFF"}]}, {"unverifiable": [{"kind": "Group", "key": "Z"}], "truncated": True}):
        hidden = {one["subject"]: one for one in done_records(document, plan(), PEOPLE, kind="directory_sync", written=written, times=TIMES)}
        assert hidden["1"]["verdicts"]["groups"]["why"] == "the service does not show who is in a group"
        assert hidden["3"]["stage"] == "done"


def test_what_the_evidence_still_waits_for_is_told_without_an_operation():
    unfinished = {
        "3": {"kind": "leaver", "folder": ""},
        "1": {"kind": "mover", "folder": "/hr"},
        "run:d0": {"kind": "directory_sync", "folder": "/hr"},
        "2": {"kind": "reinstate", "folder": ""},  # of another workflow, which has more to prove
        "4": {"kind": "joiner", "folder": "/elsewhere"},
        "9": {"kind": "leaver", "folder": ""},  # of no roster of ours
    }
    given = {"kind": "directory_sync", "unfinished": unfinished, "times": TIMES, "folder": "/hr"}
    (gone, moved, run) = done_records(plan(), plan(), PEOPLE, **given)
    assert (gone["kind"], gone["stage"], gone["operations"], gone["verdicts"]["account"]["verdict"]) == ("leaver", "done", [], "proven")
    assert (moved["subject"], moved["kind"], moved["stage"]) == ("1", "mover", "done")
    assert (run["subject"], run["kind"], run["stage"], run["verdicts"]) == ("run:d0", "directory_sync", "done", {})
    left = plan(operation("update", "1@example.com", {"path": "title", "before": "", "after": "x"}, external_id="1"))
    assert [one["stage"] for one in done_records(plan(), left, PEOPLE, **given)] == ["done", "failed", "failed"]
    assert done_records(plan(), plan(), PEOPLE, kind="directory_sync", unfinished={}, times=TIMES) == []
    assert [one["subject"] for one in done_records(plan(), plan(), PEOPLE, kind="directory_sync", times=TIMES)] == ["3"]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_break_things_go_through_unharmed(name):
    someone = person("7", groups=(name,), user_name=name, display_name=name)
    wish = exact_directory([someone])
    assert wish["users"][0]["user_name"] == wish["users"][0]["display_name"] == wish["groups"][0]["display_name"] == name
    document = plan(members(name, add=(name,)))
    (one, dummy) = planned_records(document, [someone], kind="directory_sync", times={})
    assert (one["subject"], one["operations"][0]["what"]) == ("7", name)


def test_a_refusal_is_a_record_of_bounded_length():
    (one,) = refused_records("directory_sync", "x" * 9000, {})
    assert (one["stage"], one["subject"], len(one["note"])) == ("refused", "run:directory_sync", 2000)


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ("users[0] and users[1] have the same user_name, '1@EXAMPLE.com'; nothing was written: drop one", "users[0] and users[1] have the same user_name, '1'"),
        ("expect_plan: not abc any more but def; nothing was written: look; update User 'x' title 'a' -> 'b'", "expect_plan: not abc any more but def"),
        ("people.csv:3: '3' is protected ('guest@*')", "people.csv:3: '3' is protected ((a name))"),
        ("Task failed: Finalization of 'x': The filter plugin 'a.b.c' failed: people[0] is nobody; nothing was written", "people[0] is nobody"),
        ("An unhandled exception. Error was a <class 'A'>, original message: people[0] is nobody", "people[0] is nobody"),
        ("guest@example.com (not on the service)", "(a name) (not on the service)"),
        ("Müller's file is not there", "Müller's file is not there"),
    ],
)
def test_the_reason_of_a_refusal_names_nobody_but_by_external_id(said, note):
    (one,) = refused_records("directory_sync", said, {}, PEOPLE)
    assert one["note"] == note


def test_the_external_id_on_the_service_says_who_a_member_is():
    document = {**plan(members("Staff", remove=("old.name@example.com", "1@example.com"))), "people": {"old.name@example.com": "3", "1@example.com": "77"}}
    assert [(one["key"], one["gone"]) for one in without_reason(document, PEOPLE)] == [("3", True), ("", False)]
    assert [one["subject"] for one in planned_records(document, PEOPLE, kind="group_sync", times={})] == ["3", "77", "run:d1"]
    new = operation("create", "n@example.com", {"path": "external_id", "before": None, "after": "88"})
    records = planned_records(plan(new, members("Staff", add=("N@example.com",))), [], kind="custom", times={})
    assert [(one["subject"], len(one["operations"])) for one in records] == [("88", 2), ("run:d1", 0)]
    alike = [person("a1", user_name="x"), person("A1", user_name="y")]
    assert Subjects(alike).person("A1")["key"] == "A1"
    assert Subjects([person("1", user_name="2"), person("2", user_name="z")]).by_id("2")["user"]["user_name"] == "z"


def test_groups_that_rules_name_and_those_that_were_governed_stay_so_in_whatever_letters():
    rules = [
        {"name": "everybody", "groups": ["staff", "Board"]},
        {"name": "departments", "groups": [{"from": "department", "map": {"IT": "Engines", "HR": "People"}, "prefix": "dept-"}, {"from": "title"}]},
    ]
    wish = exact_directory(PEOPLE, scope=["Staff", "STAFF"], rules=rules)
    assert [group["display_name"] for group in wish["groups"]] == ["Staff", "Board", "dept-Engines", "dept-People", "Engines"]
    missing = plan(operation("create", "Board", kind="Group"))
    for orphans in ("report", "remove"):
        assert settled_directory(wish, missing, PEOPLE, orphans)["governed"] == ["Staff", "dept-Engines", "dept-People", "Engines"]


def test_the_outcome_is_the_same_form_however_it_ended():
    written = {"changed": True, "counts": {"create": 1, "unchanged": 2}, "resources": [{"verb": "create", "kind": "User", "key": "a"}], "plan": "d1"}
    proven = outcome({}, written, {"counts": {"create": 0, "unchanged": 3}})
    assert (proven["failed"], proven["left_to_do"], proven["changed"]) == (False, 0, True)
    assert table(proven)[-1] == "verified: read again, nothing is left to do"
    lost = outcome({}, written, {"counts": {"update": 1, "unchanged": 2}})
    assert (lost["failed"], lost["left_to_do"]) == (True, 1)
    assert "1 entry is not as written" in lost["msg"]
    refused = outcome({**written, "changed": False}, {}, {}, "the brakes hold")
    assert (refused["changed"], refused["failed"], refused["msg"], refused["resources"]) == (False, True, "the brakes hold", [])
    unread = outcome(written, written, {"failed": True}, "it could not be read back")
    assert (unread["changed"], unread["failed"], unread["left_to_do"], unread["counts"]) == (True, True, None, written["counts"])
    nothing = outcome({**written, "counts": {"unchanged": 3}}, {}, {"counts": {"unchanged": 3}})
    assert (nothing["changed"], nothing["failed"], nothing["counts"]) == (False, False, {"unchanged": 3})
    looked = of_roster({"counts": {"active": 3}}, {}, {})
    assert (looked["failed"], looked["msg"], looked["left_to_do"], table(looked)) == (False, "", None, ["people: 3 active", "nothing was done"])
    late = of_roster({}, nothing, {}, "accepted.json could not be written")
    assert (late["failed"], late["msg"], late["counts"]) == (True, "accepted.json could not be written", {"unchanged": 3})
    early = of_roster({"findings": [{"severity": "refuse", "check": "duplicate_key", "message": "m"}]}, {}, {}, "duplicate_key: 3 rows")
    assert (early["failed"], early["msg"], set(early) - set(proven)) == (True, "duplicate_key: 3 rows", {"phases", "findings", "waiting", "orphans"})
    assert "refuse: duplicate_key: m" in table(early)
