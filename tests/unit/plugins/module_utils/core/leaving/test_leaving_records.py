# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What leaves the role leaver for others: records for the evidence, and what managers get to read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.access_steps import (
    AccessIntent,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.cases import Case, cases
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.handover import notice
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.records import (
    ended,
    planned,
    refused,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.steps import Intent

NOW = "2026-12-01T12:00:00Z"
LEFT = "2026-11-30T23:00:00Z"
NAME = {"given_name": "Ada", "family_name": "Lovelace"}
EMAILS = [{"value": "ada@example.com", "primary": True}]
ADA = {"id": "a1", "external_id": "1815", "user_name": "ada", "active": True, "display_name": "Ada L.", "name": NAME, "emails": EMAILS}
PATCH, DELETE = ({"requests": [{"method": method, "path": "/Users/a1"}], "changed": True} for method in ("PATCH", "DELETE"))
USER = {"id": "u1", "email": "ada@example.com", "access_seat": True, "active_device_count": 1, "sessions": [{}]}
POLICY = {"kind": "policy", "id": "p1", "name": "Staff", "application": "Wiki", "action": "changed", "rules": ["include"]}
REVOKE = {"method": "POST", "path": "/accounts/1/access/organizations/revoke_user"}
SEAT = {"method": "PATCH", "path": "/accounts/1/access/seats"}


def loop(result: dict[str, Any], **target: Any) -> dict[str, Any]:
    about = {"number": 0, "id": "a1", "asked": {"id": "a1"}, "email": "ada@example.com", **target}
    return {"results": [{"leaver_target": about, **result}]}


def ran(**more: Any) -> dict[str, Any]:
    """All steps of a run that found Ada in a group, a policy, with a session and a seat, and took it all."""
    return {
        "find": loop({"users": [ADA]}),
        "memberships": loop({"groups": [{"id": "g1", "display_name": "Engineers"}]}),
        "rehearsal": loop(PATCH),
        "account": loop(PATCH),
        "removals": loop({"changed": True}, group_id="g1", group="Engineers"),
        "find_again": loop({"users": [{**ADA, "active": False}]}),
        "memberships_again": loop({"groups": []}),
        "access_user": loop({"users": [USER]}),
        "access_rehearsal": loop({"requests": [REVOKE, SEAT]}),
        "access_named": loop({"objects": [POLICY]}),
        "access_decisions": loop({"decisions": [{"application": "Wiki", "decision": "allowed"}]}),
        "access_sessions": loop({"changed": True}),
        "access_selectors": loop({"changed": True, "objects": [POLICY]}),
        "access_seat": loop({"changed": True}),
        "access_user_again": loop({"users": [{**USER, "access_seat": False, "active_device_count": 0, "sessions": []}]}),
        "access_named_again": loop({"objects": []}),
        "access_decisions_again": loop({"decisions": [{"application": "Wiki", "decision": "denied"}]}),
        **more,
    }


def case_of(steps: dict[str, Any], person: dict[str, Any] | None = None, access: bool = True, **intent: Any) -> Case:
    wanted = Intent(**{"instant": NOW, "access": AccessIntent.from_options({"manage": access}), **intent})
    (case,) = cases([person or {"external_id": "1815", "left_at": LEFT}], steps, wanted)
    return case


# -- evidence -------------------------------------------------------------------------------------------------------------

OPERATIONS = [
    ("account", "deactivate", "a1", ""),
    ("groups", "remove", "g1", "Engineers"),
    ("sessions", "end", "u1", ""),
    ("selectors", "remove", "p1", "policy Staff of Wiki"),
    ("seat", "free", "u1", ""),
]


def operations(record: dict[str, Any]) -> list[tuple[str, ...]]:
    return [tuple(one[name] for name in ("plane", "verb", "id", "what")) for one in record["operations"]]


def test_what_is_planned_is_what_is_then_written() -> None:
    (before,) = planned(case_of(ran()))
    (after,) = ended(case_of(ran()), "2026-12-01T12:00:09Z")
    assert (before["stage"], after["stage"], after["kind"], after["subject"]) == ("planned", "done", "leaver", "1815")
    assert operations(before) == operations(after) == OPERATIONS
    assert after["times"] == {"left_at": LEFT, "started_at": NOW, "proven_at": "2026-12-01T12:00:09Z"}
    assert {plane: one["verdict"] for plane, one in after["verdicts"].items()} == {
        **dict.fromkeys(("account", "groups", "sessions", "selectors", "seat", "access"), "proven"),
        "deletion": "not_applicable",
    }


@pytest.mark.parametrize(
    ("tags", "planes"),
    [
        (["all"], {"account", "groups", "sessions", "selectors", "seat"}),
        (["offboarding", "leaver_account"], {"account", "groups", "sessions", "selectors", "seat"}),
        (["leaver_account"], {"account"}),
        (["leaver_account", "leaver_groups"], {"account", "groups"}),
        (["leaver_access"], {"sessions", "selectors", "seat"}),
    ],
)
def test_single_steps_are_planned_alone(tags: list[str], planes: set[str]) -> None:
    (record,) = planned(case_of(ran()), tags)
    assert {operation["plane"] for operation in record["operations"]} == planes


def test_a_run_with_nothing_to_write_plans_nothing_and_records_its_verdicts() -> None:
    gone = {**ADA, "active": False}
    again = ran(
        find=loop({"users": [gone]}),
        memberships=loop({"groups": []}),
        rehearsal=loop({"requests": []}),
        access_rehearsal=loop({"requests": []}),
        access_named=loop({"objects": []}),
        **{step: loop({"changed": False}) for step in ("account", "removals", "access_sessions", "access_selectors", "access_seat")},
    )
    assert planned(case_of(again)) == []
    (first,), (second,) = ended(case_of(ran())), ended(case_of(again))
    assert second["operations"] == []
    assert second["verdicts"] == first["verdicts"]


def test_no_name_and_no_address_is_in_a_record() -> None:
    failing = ran(
        account=loop({"failed": True, "msg": "409: user ADA@example.com of Ada Lovelace"}),
        find_again=loop({"failed": True, "msg": "409: 'ada' (ada@example.com, Lovelace)"}),
        access_decisions_again=loop({"decisions": [{"application": "Wiki", "decision": "allowed", "said": "allowed: email ada@example.com"}]}),
    )
    case = case_of(failing)
    for record in (*planned(case), *ended(case)):
        text = json.dumps(record).lower()
        assert not [name for name in ("ada@", "lovelace", "ada l.", "'ada'") if name in text], text
    assert ended(case)[0]["stage"] == "failed"
    assert ended(case)[0]["note"] == "could not deactivate or delete the account"
    assert "(the person)" in ended(case)[0]["verdicts"]["access"]["why"]
    assert "proven_at" not in ended(case)[0]["times"]


def test_a_deletion_has_a_record_of_its_own_and_the_next_run_says_the_same() -> None:
    gone = {**ADA, "active": False}
    person = {"external_id": "1815", "left_at": "2026-10-01T00:00:00Z"}
    steps = {
        "find": loop({"users": [gone]}),
        "memberships": loop({"groups": []}),
        "rehearsal": loop(DELETE),
        "account": loop(DELETE),
        "find_again": loop({"users": []}),
        "memberships_again": loop({"groups": []}),
    }
    case = case_of(steps, person, access=False, retention="30d")
    (before,) = planned(case)
    leaving, deletion = ended(case)
    assert (before["kind"], operations(before)) == ("deletion", [("account", "delete", "a1", "")])
    assert (deletion["kind"], operations(deletion), list(deletion["verdicts"])) == ("deletion", [("account", "delete", "a1", "")], ["deletion"])
    assert (leaving["kind"], leaving["operations"], leaving["verdicts"]["deletion"]["verdict"]) == ("leaver", [], "proven")
    nobody = {step: loop({"users": []}, id="", asked={"external_id": "1815"}) for step in ("find", "find_again")}
    next_run, once_more = ended(case_of(nobody, person, access=False, retention="30d"))
    assert next_run["verdicts"] == leaving["verdicts"]
    assert (once_more["verdicts"], once_more["operations"]) == (deletion["verdicts"], [])


def test_who_is_deleted_at_once_has_both_records() -> None:
    case = case_of(ran(rehearsal=loop(DELETE), account=loop(DELETE), find_again=loop({"users": []})), access=False, mode="delete")
    assert [(record["kind"], operations(record)[0][:2]) for record in ended(case)] == [
        ("leaver", ("account", "delete")),
        ("deletion", ("account", "delete")),
    ]


def test_who_is_not_due_has_no_record_and_who_is_refused_has_one() -> None:
    waiting = case_of({}, {"external_id": "1815", "left_at": "2027-01-01T00:00:00Z"})
    assert (planned(waiting), ended(waiting), refused(waiting)) == ([], [], [])
    (record,) = refused(case_of(ran(), protected=("1815",)))
    assert (record["stage"], record["subject"], record["note"]) == ("refused", "1815", "protected")
    (record,) = refused(case_of(ran(), {"external_id": "1815", "legal_hold": True}, mode="delete"))
    assert record["note"] == "on legal hold"


# -- handover -------------------------------------------------------------------------------------------------------------

MANAGER = {"id": "c1", "user_name": "charles@example.com", "display_name": "Charles"}


def test_the_manager_reads_who_leaves_what_ends_and_until_when() -> None:
    case = case_of({**ran(find=loop({"users": [{**ADA, "manager": "id:c1"}]})), "superior": loop({"users": [MANAGER]})}, retention="30d")
    assert case.superior["asked"] == {"id": "c1"}
    found = notice(case)
    for line in (
        "# Handover: `Ada L.`",
        f"- Leaves: `{LEFT}`",
        "- Manager: `Charles` (`charles@example.com`)",
        "- Account: is deactivated now and deleted after `2026-12-30T23:00:00Z`",
        "- `Engineers`",
        "- `Wiki`",
        "- `policy Staff of Wiki`",
        "## To take over before `2026-12-30T23:00:00Z`",
    ):
        assert line in found["text"].splitlines()
    assert (found["to"], found["title"], found["renew"]) == ("charles@example.com", "Handover: Ada L.", True)


def test_a_roster_names_the_manager_where_the_account_does_not() -> None:
    person = {"key": "1815", "phase": "left", "left_at": LEFT, "user": {"user_name": "ada", "manager": "1791"}}
    case = case_of(ran(), person)
    assert case.superior["asked"] == {"external_id": "1791"}
    assert "- Manager: not found (`1791`)" in notice(case)["text"]
    assert notice(case)["to"] == ""


def test_what_a_later_run_finds_replaces_no_handover() -> None:
    """A run that was killed has left a notice that knows all of it."""
    later = ran(find=loop({"users": [{**ADA, "active": False}]}))
    first, second = notice(case_of(ran())), notice(case_of(later))
    assert (first["name"], second["renew"]) == (second["name"], False)
    nothing = ran(memberships=loop({"groups": []}), rehearsal=loop({"requests": []}))
    assert notice(case_of(nothing, access=False)) == {}


ODD = [
    "O'Connor",
    "von der Leyen",
    "M\u00fcller",
    "Mu\u0308ller",
    "\u0130brahim I\u015f\u0131k",
    "\u05d0\u05d3\u05d4 \u05dc\u05d0\u05d1\u05dc\u05d9\u05d9\u05e1",
    "x" * 200,
    "\U0001f469\u200d\U0001f4bb",
    "{{ lookup('pipe','id') }}",
]


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_written_as_it_is(name: str) -> None:
    account = {**ADA, "display_name": name, "user_name": name}
    case = case_of(ran(find=loop({"users": [account]})))
    text = notice(case)["text"]
    assert f"# Handover: `{name}`\n" in text
    assert notice(case)["name"].isascii()
    assert name not in json.dumps([*planned(case), *ended(case)], ensure_ascii=False)


def test_a_name_cannot_end_its_line() -> None:
    account = {**ADA, "display_name": "Ada\n## `To take over`\r\n\u202e"}
    text = notice(case_of(ran(find=loop({"users": [account]}))))["text"]
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        text.splitlines()[0],
        "## Groups that the person was in",
        "## Cloudflare Access",
        "## To take over",
    ]
    assert "\n" not in notice(case_of(ran(find=loop({"users": [account]}))))["title"]


def test_a_handover_is_not_replaced_by_one_that_knows_less() -> None:
    """The account was deleted, and the run was killed: what is left to take is in Access alone."""
    assert notice(case_of(ran()))["renew"]
    assert not notice(case_of(ran(find=loop({"users": []}))))["renew"]


@pytest.mark.parametrize(
    ("boss", "to"),
    [
        ({"emails": [{"value": "boss@example.com"}]}, "boss@example.com"),
        ({"emails": [{"value": "boss@example.com"}], "active": False}, ""),
        ({"emails": [{"value": "boss@example.com"}], "id": "a1"}, ""),
        ({"emails": [{"value": "boss@example.com, eve@evil.example"}]}, ""),
        ({"emails": [{"value": "boss@example.com\nBcc: eve@evil.example"}]}, ""),
        ({"user_name": "Boss <eve@evil.example>"}, ""),
    ],
)
def test_a_handover_is_mailed_to_one_address_of_somebody_else_who_is_there(boss: dict[str, Any], to: str) -> None:
    assert notice(case_of(ran(superior=loop({"users": [{"id": "m1", **boss}]}))))["to"] == to


BY_NAME: dict[str, Any] = {"person": {"external_id": "1815", "email": "ada@example.com", "left_at": LEFT}}


def test_a_deletion_whose_run_was_killed_is_told_by_the_next_run() -> None:
    nobody = {step: loop({"users": []}, id="", asked={"external_id": "1815"}) for step in ("find", "find_again")}
    gone = ran(**nobody, **dict.fromkeys(("rehearsal", "account", "memberships", "removals", "memberships_again"), {}))
    for more in ({"retention": "12h"}, {"mode": "delete"}):
        leaving, deletion = ended(case_of(gone, **BY_NAME, **more), NOW)
        assert (deletion["kind"], deletion["stage"], deletion["verdicts"]["deletion"]["verdict"]) == ("deletion", "done", "proven")
        assert (leaving["kind"], deletion["operations"]) == ("leaver", [])
        assert [one["kind"] for one in planned(case_of(gone, **BY_NAME, **more))] == ["leaver"]
    assert [one["kind"] for one in ended(case_of(gone, **BY_NAME, retention="30d"), NOW)] == ["leaver"]
    assert [one["kind"] for one in ended(case_of(gone, **BY_NAME), NOW)] == ["leaver"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"decisions": [{"application": "Wiki", "decision": "denied"}]}, ""),
        ({"decisions": [{"application": "Wiki", "decision": "allowed"}]}, "Wiki: allowed (as ada@home.example, another e-mail of the account"),
        ({"failed": True, "msg": "no answer"}, "no answer (as ada@home.example"),
    ],
)
def test_another_e_mail_that_lets_in_leaves_access_unproven(answer: dict[str, Any], said: str) -> None:
    account = {**ADA, "emails": [*EMAILS, {"value": "Ada@Example.com"}, {"value": "ada@home.example"}]}
    case = case_of(ran(find=loop({"users": [account]}), access_others=loop(answer, email="ada@home.example")))
    assert [other["email"] for other in case.access["others"]] == ["ada@home.example"]
    verdict = case.verdicts()["access"]
    assert verdict.verdict == ("unproven" if said else "proven")
    assert said in verdict.said
