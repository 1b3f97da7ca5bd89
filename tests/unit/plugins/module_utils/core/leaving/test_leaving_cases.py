# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Leaving as data: who is meant, what is to do, and what the reads prove."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.cases import Case, cases
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.steps import Intent
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.verdicts import table
from hypothesis import given, settings
from hypothesis import strategies as st

ADA = {"id": "a1", "external_id": "1815", "user_name": "ada", "active": True}
GONE = {**ADA, "active": False}
ENGINEERS = {"id": "g1", "display_name": "Engineers"}


def loop(*results: dict[str, Any], number: int = 0, **target: Any) -> dict[str, Any]:
    """What `register` keeps of a loop over one person."""
    about = {"number": number, "id": "a1", "asked": {"id": "a1"}, **target}
    return {"results": [{"leaver_target": about, **result} for result in results]}


def case_of(steps: dict[str, Any], person: dict[str, Any] | None = None, **intent: Any) -> Case:
    (case,) = cases([person or {"external_id": "1815"}], steps, Intent(**intent))
    return case


def verdicts(case: Case) -> tuple[str, str]:
    result = case.result()
    return result["account"]["verdict"], result["groups"]["verdict"]


def ran(after: list[dict[str, Any]], groups_after: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """All steps of a run that found ada in a group. after: what is read back."""
    return {
        "find": loop({"users": [ADA]}),
        "memberships": loop({"groups": [ENGINEERS], "unverifiable": False}),
        "rehearsal": loop({"requests": [{"method": "PATCH", "path": "/Users/a1"}]}),
        "account": loop({"changed": True}),
        "removals": loop({"changed": True}, group_id="g1", group="Engineers"),
        "find_again": loop({"users": after}),
        "memberships_again": loop({"groups": groups_after, "unverifiable": False}),
        **more,
    }


# -- who is meant -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("ada", "not a mapping"),
        ({}, "names nobody"),
        ({"id": "", "user_name": None}, "names nobody"),
        ({"externalId": "1815"}, "has externalId; only id, external_id and user_name"),
    ],
)
def test_a_person_without_a_key_is_refused(person: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        cases([{"id": "1"}, person], {}, Intent())
    assert "leaver_people[1]" in str(refusal.value)


@pytest.mark.parametrize("people", ["ada", {"user_name": "ada"}, None])
def test_what_is_no_list_is_refused(people: Any) -> None:
    with pytest.raises(InvalidInput, match="leaver_people has to be a list"):
        cases(people, {}, Intent())


@pytest.mark.parametrize("intent", [{"mode": "Delete"}, {"groups": ""}])
def test_what_nobody_offers_is_refused(intent: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="choose one of"):
        Intent(**intent)


def test_a_number_is_a_key_too() -> None:
    assert case_of({}, {"external_id": 1815}).target["asked"] == {"external_id": "1815"}


def test_who_was_found_is_read_again_by_id_and_called_by_name() -> None:
    target = case_of({"find": loop({"users": [ADA]})}).target
    assert target == {"number": 0, "key": "ada", "id": "a1", "writable": True, "mode": "deactivate", "asked": {"id": "a1"}}


def test_who_was_not_found_is_read_again_by_the_given_keys() -> None:
    target = case_of({"find": loop({"users": []})}, {"external_id": "1815", "user_name": "ada"}).target
    asked = {"external_id": "1815", "user_name": "ada"}
    assert target == {"number": 0, "key": "ada", "id": "", "writable": False, "mode": "deactivate", "asked": asked}


@pytest.mark.parametrize(
    "found",
    [
        {"users": [{**ADA, "external_id": "666"}]},
        {"users": [ADA, {**ADA, "id": "a2"}]},
        {"failed": True, "msg": "timeout"},
        {"skipped": True},
    ],
)
def test_who_is_in_doubt_is_not_touched(found: dict[str, Any]) -> None:
    steps = ran([ADA], [ENGINEERS], find=loop(found))
    case = case_of(steps)
    assert not case.target["writable"]
    assert case.removals == []
    assert case.snapshot == {}


def test_another_persons_account_is_never_the_proof() -> None:
    somebody = {**GONE, "external_id": "666"}
    case = case_of(ran([somebody], [], find=loop({"users": [somebody]})), {"id": "a1", "external_id": "1815"})
    assert case.result()["account"]["verdict"] == "unproven"
    assert "somebody else's" in case.result()["account"]["said"]


# -- what is to do ----------------------------------------------------------------------------------------------------------


def test_every_group_is_one_removal() -> None:
    assert case_of(ran([], [])).removals == [{"number": 0, "key": "ada", "id": "a1", "group_id": "g1", "group": "Engineers"}]


def test_memberships_that_are_kept_are_not_removed() -> None:
    case = case_of(ran([GONE], [ENGINEERS]), groups="keep")
    assert case.removals == []
    assert verdicts(case) == ("proven", "not_applicable")


@pytest.mark.parametrize("pattern", ["ada", "A*", "1815", "a1"])
def test_a_protected_person_is_known_by_every_name(pattern: str) -> None:
    case = case_of({"find": loop({"users": [ADA]})}, {"id": "a1"}, protected=("ceo", pattern))
    assert "is protected" in case.refusal
    assert case.refusal in case.result()["problems"][0]


def test_who_is_protected_is_refused_even_if_nobody_was_found() -> None:
    assert case_of({}, {"user_name": "ceo"}, protected=("ceo",)).refusal
    assert not case_of({}, {"user_name": "ada"}, protected=("ceo",)).refusal


def test_a_module_that_refuses_the_protected_is_heard() -> None:
    refused = {"failed": True, "protected": True, "msg": "User 'ada' is protected"}
    assert case_of({"rehearsal": loop(refused)}).refusal == "User 'ada' is protected"
    assert case_of({"rehearsal": loop({"failed": True, "msg": "timeout"})}).refusal == ""


def test_the_snapshot_is_kept_only_if_something_will_be_taken() -> None:
    nothing = {"rehearsal": loop({"requests": []}), "memberships": loop({"groups": []})}
    assert case_of(ran([], [], **nothing)).snapshot == {}
    for taken in ("rehearsal", "memberships"):
        left = {step: value for step, value in nothing.items() if step != taken}
        assert case_of(ran([], [], **left)).snapshot["content"]["account"] == ADA


def test_the_name_of_a_snapshot_stays_in_its_folder_and_belongs_to_its_content() -> None:
    def name(account: dict[str, Any]) -> str:
        return str(case_of(ran([], [], find=loop({"users": [account]}))).snapshot["name"])

    odd = name({**ADA, "user_name": "../../etc/\u00e4" + "x" * 500})
    assert odd.replace("-", "").replace("_", "").replace(".json", "").isalnum()
    assert odd.isascii()
    assert len(odd) < 100
    assert name(ADA) == name(dict(reversed(list(ADA.items()))))
    assert name(ADA) != name({**ADA, "title": "Analyst"})


# -- what is proven -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("users", "verdict", "state"),
    [([], "proven", "absent"), ([GONE], "proven", "inactive"), ([ADA], "unproven", "active"), ([{"id": "a1"}], "unproven", "active")],
)
def test_the_account_is_judged_by_what_is_read_back(users: list[dict[str, Any]], verdict: str, state: str) -> None:
    account = case_of(ran(users, [])).result()["account"]
    assert (account["verdict"], account["evidence"]["state"]) == (verdict, state)


def test_a_deleted_account_that_is_still_shown_is_not_called_deleted() -> None:
    assert "not deleted" in case_of(ran([GONE], []), mode="delete").result()["account"]["said"]
    assert "not deleted" not in case_of(ran([GONE], []), mode="delete_or_deactivate").result()["account"]["said"]


def test_nobody_of_that_name_is_not_nobody() -> None:
    nobody = {"find": loop({"users": []}), "find_again": loop({"users": []}, id="", asked={"user_name": "ada"})}
    case = case_of(nobody, {"user_name": "ada"})
    assert verdicts(case) == ("proven", "not_applicable")
    assert "under another name" in case.result()["account"]["said"]
    assert any("under another name" in line for line in table([case.result()]))


UNREAD = [{}, loop({}), loop({"failed": True, "msg": "timeout"}), loop({"skipped": True}), {"skipped": True, "results": []}]


@pytest.mark.parametrize("step", ["find_again", "memberships_again"])
@pytest.mark.parametrize("answer", UNREAD)
def test_what_was_not_read_back_is_not_proven(step: str, answer: dict[str, Any]) -> None:
    case = case_of(ran([GONE], [], **{step: answer}))
    assert sorted(verdicts(case)) == ["proven", "unproven"]
    assert len(case.result()["problems"]) == 1


def test_memberships_that_nobody_can_see_are_not_proven() -> None:
    hidden = loop({"groups": [], "unverifiable": True})
    assert verdicts(case_of(ran([GONE], [], memberships=hidden, memberships_again=hidden))) == ("proven", "unproven")


def test_a_service_that_showed_members_before_shows_by_empty_groups_that_they_are_gone() -> None:
    emptied = {"groups": [], "unverifiable": True, "truncated": False}
    assert verdicts(case_of(ran([GONE], [], memberships_again=loop(emptied))))[1] == "proven"
    assert verdicts(case_of(ran([GONE], [], memberships_again=loop({**emptied, "truncated": True}))))[1] == "unproven"


def test_an_account_that_nobody_could_find_is_not_proven_to_be_absent() -> None:
    nobody = loop({"users": [], "unverifiable": True})
    assert verdicts(case_of(ran([], [], find=nobody, find_again=nobody)))[0] == "unproven"


def test_what_is_left_is_named() -> None:
    problems = case_of(ran([ADA], [ENGINEERS])).result()["problems"]
    assert problems == ["ada: account: the account is still active", "ada: groups: the person is still in Engineers"]


def test_a_step_that_failed_is_a_problem_even_if_the_reads_are_fine() -> None:
    failed = loop({"failed": True, "msg": "status 500", "changed": True}, group_id="g1", group="Engineers")
    result = case_of(ran([GONE], [], removals=failed)).result()
    assert result["problems"] == ["ada: could not remove a membership in Engineers: status 500"]
    assert result["changed"]


def test_one_reason_is_told_once() -> None:
    failed = loop({"failed": True, "msg": "status 401"})
    result = case_of({"find": failed, "find_again": failed}).result()
    assert sum("status 401" in problem for problem in result["problems"]) == 1
    assert [error["step"] for error in result["errors"]] == ["find"]


def test_check_mode_predicts_only_what_a_module_promised() -> None:
    assert verdicts(case_of(ran([ADA], [ENGINEERS]), predicting=True)) == ("predicted", "predicted")
    assert verdicts(case_of(ran([GONE], []), predicting=True)) == ("proven", "proven")
    refused = {"account": loop({"failed": True, "changed": True, "msg": "x"}), "removals": loop({"changed": True}, group_id="other")}
    assert verdicts(case_of(ran([ADA], [ENGINEERS], **refused), predicting=True)) == ("unproven", "unproven")


ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "failed": st.booleans(),
        "changed": st.booleans(),
        "skipped": st.booleans(),
        "msg": st.text("ab ", max_size=3),
        "protected": st.booleans(),
        "requests": st.lists(st.just({"method": "PATCH"}), max_size=1),
        "users": st.lists(st.sampled_from([ADA, GONE, {**ADA, "id": "a2"}]), max_size=2),
        "groups": st.lists(st.just(ENGINEERS), max_size=1),
        "unverifiable": st.booleans(),
    },
)
LOOP = st.one_of(st.just({}), ANSWER.map(loop))
WRITING = ("rehearsal", "account", "removals")
READING = ("find", "memberships", "find_again", "memberships_again")


@settings(deadline=None)
@given(
    reads=st.fixed_dictionaries(dict.fromkeys(READING, LOOP)),
    one=st.fixed_dictionaries(dict.fromkeys(WRITING, LOOP)),
    other=st.fixed_dictionaries(dict.fromkeys(WRITING, LOOP)),
)
def test_a_verdict_depends_on_reads_alone_and_is_never_silent(reads: dict, one: dict, other: dict) -> None:
    first, second = case_of({**reads, **one}).result(), case_of({**reads, **other}).result()
    for plane in ("account", "groups"):
        assert first[plane] == second[plane]
    assert bool(first["problems"]) >= ("unproven" in (first["account"]["verdict"], first["groups"]["verdict"]))
    assert first["before"] == second["before"]


def test_each_result_belongs_to_its_person() -> None:
    steps = {"find": {"results": loop({"users": [ADA]}, number=1)["results"] + loop({"users": []}, number=0)["results"]}}
    first, second = cases([{"user_name": "x"}, {"external_id": "1815"}], steps, Intent())
    assert (first.id, second.id) == ("", "a1")


def test_the_table_is_aligned_and_tells_what_is_wrong() -> None:
    lines = table([case_of(ran([GONE], [])).result(), case_of(ran([ADA], [ENGINEERS])).result()])
    assert lines == [
        "PERSON  ACCOUNT            GROUPS",
        "ada     proven (inactive)  proven (0 of 1 left)",
        "ada     unproven (active)  unproven (1 of 1 left)",
        "ada: account: the account is still active",
        "ada: groups: the person is still in Engineers",
    ]
