# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody's leaving on the side of Access: who is meant, what is to do, and what the reads prove."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.access_steps import (
    AccessIntent,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.cases import Case, cases
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.steps import Intent
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.verdicts import ACCESS_PLANES, table
from hypothesis import given, settings
from hypothesis import strategies as st

ADA = {"id": "a1", "external_id": "1815", "user_name": "ada@example.com", "active": True}
POLICY = {"kind": "policy", "id": "p1", "name": "Staff", "application": "Wiki", "action": "changed", "rules": ["include"]}
GROUP = {"kind": "group", "id": "g1", "name": "Engineers", "action": "changed", "rules": ["include"]}
BLOCKED = {"kind": "group", "id": "g9", "name": "Leavers", "action": "changed", "rules": ["include"]}
USER = {"id": "u1", "email": "ada@example.com", "access_seat": True, "gateway_seat": False, "active_device_count": 1, "sessions": [{}]}
NOBODY = {**USER, "access_seat": False, "active_device_count": 0, "sessions": []}


def decision(word: str, application: str = "Wiki") -> dict[str, Any]:
    said = f"{word} by policy 'Staff' (precedence 1): email ada@example.com"
    return {"application": application, "application_id": application.lower(), "decision": word, "policy": "Staff", "said": said}


def loop(*results: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """What `register` keeps of a loop over one person."""
    return {"results": [{"leaver_target": {"number": number, "email": "ada@example.com"}, **result} for result in results]}


def case_of(steps: dict[str, Any], person: dict[str, Any] | None = None, predicting: bool = False, **access: Any) -> Case:
    found = {"results": [{"leaver_target": {"number": 0, "id": "a1", "asked": {"id": "a1"}}, "users": [ADA]}]}
    intent = Intent(predicting=predicting, access=AccessIntent.from_options({"manage": True, **access}))
    (case,) = cases([person or {"external_id": "1815"}], {"find": found, **steps}, intent)
    return case


def ran(**more: Any) -> dict[str, Any]:
    """All steps of a run that took everything."""
    return {
        "access_user": loop({"users": [USER]}),
        "access_rehearsal": loop({"changed": True, "requests": [{"method": "POST"}]}),
        "access_named": loop({"objects": [POLICY, GROUP]}),
        "access_decisions": loop({"decisions": [decision("allowed")]}),
        "access_sessions": loop({"changed": True}),
        "access_selectors": loop({"changed": True}),
        "access_seat": loop({"changed": True}),
        "access_user_again": loop({"users": [NOBODY]}),
        "access_named_again": loop({"objects": []}),
        "access_decisions_again": loop({"decisions": [decision("denied")]}),
        **more,
    }


def verdicts(case: Case) -> list[str]:
    result = case.result()
    return [result[plane]["verdict"] for plane in ACCESS_PLANES]


def test_nothing_is_asked_or_shown_unless_access_is_managed() -> None:
    case = case_of({}, manage=False)
    assert case.access == {}
    assert verdicts(case) == ["not_applicable"] * 4
    assert "access" not in case.before()
    assert table([case.result()])[0] == "PERSON           ACCOUNT   GROUPS"


# -- who is meant -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "account", "email"),
    [
        ({"id": "a1"}, ADA, "ada@example.com"),
        ({"id": "a1", "email": "a.lovelace@example.com"}, ADA, "a.lovelace@example.com"),
        ({"id": "a1"}, {**ADA, "user_name": "ada", "emails": [{"value": "old@x.org"}, {"value": "ada@x.org", "primary": True}]}, "ada@x.org"),
        ({"id": "a1"}, {**ADA, "user_name": "ada", "emails": [{"value": "one@x.org"}]}, "one@x.org"),
        ({"id": "a1"}, {**ADA, "user_name": "ada"}, ""),
        ({"id": "a1"}, {**ADA, "user_name": "@ada"}, ""),
    ],
)
def test_the_email_is_given_or_read(person: dict[str, str], account: dict[str, Any], email: str) -> None:
    found = {"results": [{"leaver_target": {"number": 0, "asked": {"id": "a1"}}, "users": [account]}]}
    case = case_of({"find": found}, person)
    assert case.access.get("email", "") == email
    assert case.target["asked"] == {"id": "a1"}
    if not email:
        assert verdicts(case) == ["unproven"] * 4
        assert "give email" in " ".join(case.result()["problems"])


def test_who_has_no_account_is_known_by_a_user_name_that_is_an_email() -> None:
    nobody = {"results": [{"leaver_target": {"number": 0, "asked": {"user_name": "ada@example.com"}}, "users": []}]}
    assert case_of({"find": nobody}, {"user_name": "ada@example.com"}).access["email"] == "ada@example.com"


def test_who_is_in_doubt_is_not_touched_in_access_either() -> None:
    """The e-mail may be somebody else's by now."""
    somebody = {"results": [{"leaver_target": {"number": 0, "asked": {}}, "users": [{**ADA, "external_id": "666"}]}]}
    case = case_of(ran(find=somebody), {"external_id": "1815", "user_name": "ada@example.com", "email": "ada@example.com"})
    assert case.access == {}
    assert case.snapshot == {}
    assert verdicts(case) == ["unproven"] * 4
    assert "somebody else's" in case.result()["access"]["said"]
    problems = case_of(ran(find=somebody, find_again=somebody), {"external_id": "1815", "email": "ada@example.com"}).result()["problems"]
    assert sum("somebody else's" in problem for problem in problems) == 1
    assert problems[-1].endswith(": sessions, selectors, seat, access: not touched")


def test_an_email_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"leaver_people\[0\].email is no e-mail address"):
        cases([{"id": "1", "email": "ada"}], {}, Intent())
    with pytest.raises(InvalidInput, match="names nobody by an e-mail alone; .* user_name, even if it is the same"):
        cases([{"email": "ada@example.com"}], {}, Intent())


@pytest.mark.parametrize("option", [{"selectors": "drop"}, {"seat": "sell"}, {"on_empty": "shrug"}])
def test_what_nobody_offers_is_refused(option: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=f"leaver_access_{next(iter(option))} is .*; choose one of"):
        AccessIntent.from_options(option)


def test_a_hurry_that_would_end_no_session_is_refused() -> None:
    """Whoever is in a hurry shall not find out tomorrow that nothing was asked of Access."""
    with pytest.raises(InvalidInput, match="leaver_urgent ends sessions in Access, so it needs leaver_access"):
        AccessIntent.from_options({"manage": False, "urgent": True})
    assert AccessIntent.from_options({"manage": True, "urgent": True}).manage


def test_the_protected_are_known_by_their_email_and_by_what_the_module_knows() -> None:
    intent = Intent(protected=("boss@*",), access=AccessIntent(manage=True))
    (boss,) = cases([{"id": "1", "email": "Boss@example.com"}], {}, intent)
    assert "is protected" in boss.refusal
    refused = loop({"failed": True, "protected": True, "msg": "AccessUser 'ada@example.com' is protected"})
    assert case_of({"access_rehearsal": refused}).refusal == "AccessUser 'ada@example.com' is protected"


# -- what is to do ----------------------------------------------------------------------------------------------------------


def test_what_names_the_person_is_to_lose_the_email_but_not_what_shuts_out() -> None:
    named = {"access_named": loop({"objects": [POLICY, GROUP, BLOCKED]})}
    assert case_of(named, block_group="Leavers").access["removal"] == {"groups": ["g1"], "policies": ["p1"]}
    assert case_of(named, block_group="g9").access["removal"] == {"groups": ["g1"], "policies": ["p1"]}
    assert case_of(named).access["removal"] == {"groups": ["g1", "g9"], "policies": ["p1"]}
    assert case_of(named, selectors="keep").access["removal"] == {}
    assert case_of({"access_named": loop({"objects": [BLOCKED]})}, block_group="Leavers").access["removal"] == {}


ALONE = {**GROUP, "action": "disabled"}  # so it would be told if nothing else were left


def test_what_would_be_empty_stays_and_keeps_nothing_else_from_being_written() -> None:
    named = {"access_named": loop({"objects": [POLICY, ALONE]})}
    assert case_of(named).access["removal"] == {"groups": [], "policies": ["p1"]}
    assert case_of(named, on_empty="disable").access["removal"] == {"groups": ["g1"], "policies": ["p1"]}
    assert case_of({"access_named": loop({"objects": [ALONE]})}).access["removal"] == {}
    result = case_of(ran(access_named_again=loop({"objects": [ALONE]}))).result()
    assert result["selectors"]["verdict"] == "unproven"
    assert "group Engineers would include nobody" in result["selectors"]["said"]
    preview = case_of(unchanged(**named, access_named_again=loop({"objects": [POLICY, ALONE]})), predicting=True).result()
    assert (preview["selectors"]["verdict"], preview["access"]["verdict"]) == ("unproven", "unproven")


def test_what_was_refused_keeps_nothing_else_from_being_written() -> None:
    """The last one in a group is known only when the others have gone, and what uses a group only when it is to be deleted."""
    used = {"kind": "group", "id": "g1", "name": "Engineers", "reason": "it is in use by Staff", "used_by": []}
    refused = {"failed": True, "msg": "nothing was written, because 1 of 2 groups and policies cannot be changed: ...", "refused": [used]}
    assert case_of(ran()).access["rest"] == {}
    assert case_of(ran(access_selectors=loop({"failed": True, "msg": "status 500"}))).access["rest"] == {}
    assert case_of(ran(access_selectors=loop({**refused, "refused": [used, POLICY]}))).access["rest"] == {}
    case = case_of(ran(access_selectors=loop(refused), access_named_again=loop({"objects": [GROUP]})), on_empty="delete")
    assert case.access["rest"] == {"groups": [], "policies": ["p1"]}
    problems = case.result()["problems"]
    assert problems[-1].endswith("could not take the e-mail out of groups and policies: group Engineers: it is in use by Staff")
    assert "nothing was written" not in " ".join(problems)
    stuck = case_of(ran(access_selectors=loop(refused), access_named_again=loop({"objects": [ALONE]}))).result()
    assert stuck["problems"][-1] == "ada@example.com: selectors: " + stuck["selectors"]["said"]
    assert [error["step"] for error in stuck["errors"]] == ["access_selectors"]


def test_what_access_had_of_the_person_is_in_the_snapshot() -> None:
    content = case_of(ran()).snapshot["content"]["access"]
    assert content["email"] == "ada@example.com"
    assert content["user"]["sessions"] == 1
    assert [thing["name"] for thing in content["named_in"]] == ["Staff", "Engineers"]
    assert [entry["decision"] for entry in content["decisions"]] == ["allowed"]
    nothing = {"access_rehearsal": loop({"requests": []}), "access_named": loop({"objects": []})}
    assert case_of(ran(**nothing)).snapshot == {}


# -- what is proven -----------------------------------------------------------------------------------------------------------


def test_everything_is_proven_by_what_is_read_back() -> None:
    result = case_of(ran()).result()
    assert [result[plane]["said"] for plane in ACCESS_PLANES] == [
        "no session is open and no device is registered",
        "no group and no policy includes the e-mail",
        "no seat is taken",
        "denied at Wiki",
    ]
    assert result["changed"]
    assert table([result])[0].split() == ["PERSON", "ACCOUNT", "GROUPS", "SESSIONS", "SELECTORS", "SEAT", "ACCESS"]
    assert table([result])[1].split()[-4:] == ["proven"] * 4


@pytest.mark.parametrize(
    ("step", "answer", "plane", "said"),
    [
        ("access_user_again", {"users": [{**NOBODY, "sessions": [{}, {}]}]}, "sessions", "still there: 2 sessions"),
        ("access_user_again", {"users": [{**NOBODY, "active_device_count": 1}]}, "sessions", "still there: 1 device"),
        ("access_user_again", {"users": [{**NOBODY, "access_seat": True, "gateway_seat": True}]}, "seat", "still taken: the seats for Access and Gateway"),
        ("access_user_again", {"users": [{**NOBODY, "gateway_seat": True}]}, "seat", "still taken: the seat for Gateway"),
        ("access_named_again", {"objects": [POLICY]}, "selectors", "the e-mail is still in policy Staff of Wiki"),
        ("access_decisions_again", {"decisions": [decision("allowed")]}, "access", "Wiki: allowed by policy 'Staff' (precedence 1)"),
        ("access_decisions_again", {"decisions": [decision("undecidable")]}, "access", "Wiki: undecidable"),
    ],
)
def test_what_is_left_is_named(step: str, answer: dict[str, Any], plane: str, said: str) -> None:
    result = case_of(ran(**{step: loop(answer)})).result()
    assert result[plane]["verdict"] == "unproven"
    assert said in result[plane]["said"]
    assert any(said in problem for problem in result["problems"])
    assert sum(result[each]["verdict"] == "unproven" for each in ACCESS_PLANES) == 1


UNREAD = [{}, loop({}), loop({"failed": True, "msg": "timeout"}), loop({"skipped": True})]


@pytest.mark.parametrize("answer", UNREAD)
@pytest.mark.parametrize(
    ("step", "planes"), [("access_user_again", 2), ("access_named_again", 1), ("access_decisions_again", 1)]
)
def test_what_was_not_read_back_is_not_proven(step: str, planes: int, answer: dict[str, Any]) -> None:
    assert verdicts(case_of(ran(**{step: answer}))).count("unproven") == planes


def test_who_never_logged_in_has_no_session_and_no_seat_to_prove() -> None:
    assert verdicts(case_of(ran(access_user_again=loop({"users": []})))) == ["not_applicable", "proven", "not_applicable", "proven"]


def test_what_is_kept_is_not_judged() -> None:
    case = case_of(ran(access_named_again=loop({"objects": [POLICY]}), access_user_again=loop({"users": [USER]})), selectors="keep", seat="keep")
    assert verdicts(case) == ["unproven", "not_applicable", "not_applicable", "proven"]


def test_the_blocked_group_may_name_the_person() -> None:
    assert verdicts(case_of(ran(access_named_again=loop({"objects": [BLOCKED]})), block_group="Leavers"))[1] == "proven"
    assert verdicts(case_of(ran(access_named_again=loop({"objects": [BLOCKED]}))))[1] == "unproven"


def unchanged(**more: Any) -> dict[str, Any]:
    """Check mode: the reads after are the reads before."""
    same = {"access_user_again": loop({"users": [USER]}), "access_named_again": loop({"objects": [POLICY, GROUP]})}
    after = {"decisions": [decision("allowed")], "supposed": [decision("denied")]}
    return ran(**{**same, "access_decisions_again": loop(after), **more})


def test_check_mode_predicts_only_what_modules_promised() -> None:
    case = case_of(unchanged(), predicting=True)
    assert verdicts(case) == ["predicted"] * 4
    assert case.result()["access"]["said"] == "let in at Wiki now, and nowhere after the run"
    silent = dict.fromkeys(("access_sessions", "access_selectors", "access_seat"), loop({"changed": False}))
    assert verdicts(case_of(unchanged(**silent), predicting=True)) == ["unproven"] * 4
    assert verdicts(case_of(unchanged())) == ["unproven"] * 4


def test_check_mode_does_not_promise_what_depends_on_the_others_who_leave() -> None:
    """Each is looked at as if nobody else left. Whoever is the last one in a group then stays, if it may not be empty."""

    def previewed(*emails: str, **access: Any) -> dict[str, Any]:
        answers = {step: loop_of["results"][0] for step, loop_of in unchanged(find=loop({"users": [{**ADA, "external_id": ""}]})).items()}
        targets = [{"number": number, "email": email} for number, email in enumerate(emails)]
        steps = {step: {"results": [{**answer, "leaver_target": target} for target in targets]} for step, answer in answers.items()}
        intent = Intent(predicting=True, access=AccessIntent.from_options({"manage": True, **access}))
        return cases([{"external_id": "1815", "email": email} for email in emails], steps, intent)[0].result()

    both = previewed("ada@example.com", "bob@example.com")
    for plane in ("selectors", "access"):
        assert both[plane]["verdict"] == "predicted"
        assert "would then include nobody: others who leave are named there, too" in both[plane]["said"]
    assert "nowhere after the run, unless policy Staff of Wiki, group Engineers would" in both["access"]["said"]
    assert "unless" not in previewed("ada@example.com", "bob@example.com", on_empty="disable")["access"]["said"]
    assert "unless" not in previewed("ada@example.com", "Ada@example.com")["access"]["said"]


def test_check_mode_says_if_the_run_would_not_be_enough() -> None:
    still = loop({"decisions": [decision("allowed")], "supposed": [decision("allowed"), decision("allowed", "Payroll")]})
    case = case_of(unchanged(access_decisions_again=still), predicting=True)
    assert case.result()["access"]["verdict"] == "unproven"
    assert "would not be enough: Wiki: allowed by policy" in case.result()["access"]["said"]
    assert "Payroll" not in case.result()["access"]["said"]  # denied now, and so after the run
    blocked = case_of(unchanged(access_decisions_again=still, access_block=loop({"changed": True})), predicting=True, block_group="Leavers")
    assert blocked.result()["access"]["verdict"] == "predicted"
    assert "only the run shows" in blocked.result()["access"]["said"]


def test_one_failure_is_told_once_however_often_it_was_tried() -> None:
    again = [{"failed": True, "msg": "status 403"}] * 3
    result = case_of(ran(access_sessions=loop(*again), access_user_again=loop({"users": [USER]}))).result()
    assert sum("could not end the sessions" in problem for problem in result["problems"]) == 1
    assert len(result["errors"]) == 3


def test_what_is_given_is_told_with_what_it_proves() -> None:
    """Groups of the identity provider are known as of the last login. That they are gone only the caller can know."""
    known = {"groups": []}
    proven = case_of(ran(), facts=known).result()["access"]
    assert (proven["verdict"], proven["evidence"]["facts"]) == ("proven", known)
    assert proven["said"] == "denied at Wiki, if leaver_access_facts is true"
    after = loop({"decisions": [decision("denied")], "supposed": [decision("denied")]})
    predicted = case_of(unchanged(access_decisions_again=after), predicting=True, facts=known).result()["access"]
    assert predicted["verdict"] == "predicted"
    assert predicted["said"] == "let in at Wiki now, and nowhere after the run, if leaver_access_facts is true"
    assert "facts" not in case_of(ran()).result()["access"]["evidence"]
    failed = case_of(unchanged(access_decisions_again=loop({"failed": True, "msg": "x"})), predicting=True).result()["access"]
    assert failed["verdict"] == "unproven"


def test_a_step_that_failed_is_a_problem_even_if_the_reads_are_fine() -> None:
    result = case_of(ran(access_block=loop({"failed": True, "msg": "status 500"})), block_group="Leavers").result()
    assert result["problems"][-1].endswith("could not put the e-mail into the group of those who are shut out: status 500")
    assert [error["step"] for error in result["errors"]] == ["access_block"]


ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "failed": st.booleans(),
        "changed": st.booleans(),
        "skipped": st.booleans(),
        "msg": st.text("ab ", max_size=3),
        "users": st.lists(st.sampled_from([USER, NOBODY]), max_size=1),
        "objects": st.lists(st.sampled_from([POLICY, BLOCKED]), max_size=2),
        "decisions": st.lists(st.sampled_from([decision("allowed"), decision("denied")]), max_size=2),
    },
)
LOOP = st.one_of(st.just({}), ANSWER.map(loop))
WRITING = ("access_sessions", "access_selectors", "access_rest", "access_block", "access_seat")
READING = ("access_user", "access_named", "access_decisions", "access_user_again", "access_named_again", "access_decisions_again")


@settings(deadline=None, max_examples=60)
@given(
    reads=st.fixed_dictionaries(dict.fromkeys(READING, LOOP)),
    one=st.fixed_dictionaries(dict.fromkeys(WRITING, LOOP)),
    other=st.fixed_dictionaries(dict.fromkeys(WRITING, LOOP)),
)
def test_a_verdict_depends_on_reads_alone_and_is_never_silent(reads: dict, one: dict, other: dict) -> None:
    first, second = case_of({**reads, **one}).result(), case_of({**reads, **other}).result()
    for plane in ACCESS_PLANES:
        assert first[plane] == second[plane]
    assert bool(first["problems"]) >= ("unproven" in [first[plane]["verdict"] for plane in ACCESS_PLANES])
    assert first["before"] == second["before"]
