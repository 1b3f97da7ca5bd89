# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who leaves, when it is their turn, and when their account is deleted."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.cases import Case, cases
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.people import leaver_of
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.steps import Intent
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.times import (
    later,
    retention_of,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import (
    PHASES,
    Person,
    Phase,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.verdicts import ACCESS_PLANES, table

NOW = "2026-12-01T12:00:00Z"
ADA = {"id": "a1", "external_id": "1815", "user_name": "ada", "active": True}
GONE = {**ADA, "active": False}


def person(phase: str, *, lane: str = "standard", left_at: str = "", **user: Any) -> dict[str, Any]:
    user = {"external_id": "1815", "user_name": "ada@example.com", "manager": "1791", **user}
    return Person("1815", "people.csv:2", Phase(phase, "active", lane, "", "", left_at), user).shown()


def loop(result: dict[str, Any], number: int = 0) -> dict[str, Any]:
    return {"results": [{"leaver_target": {"number": number, "id": "a1", "asked": {"id": "a1"}}, **result}]}


def case_of(given: dict[str, Any], before: list[dict[str, Any]] | None = None, after: list[dict[str, Any]] | None = None, **intent: Any) -> Case:
    steps = {"find": loop({"users": before or []}), "find_again": loop({"users": after or []}), "memberships_again": loop({"groups": []})}
    (case,) = cases([given], steps, Intent(**{"instant": NOW, **intent}))
    return case


# -- whose turn it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", PHASES)
def test_of_a_roster_only_those_who_have_left_leave(phase: str) -> None:
    assert bool(leaver_of(0, person(phase)).not_due(NOW)) is (phase not in ("left", "expired"))
    urgent = leaver_of(0, person(phase, lane="urgent", left_at="2027-01-01T00:00:00Z"))
    assert bool(urgent.not_due(NOW)) is (phase in ("staged", "active", "on_leave"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ""),
        ({"left_at": "2026-12-01T12:00:00Z"}, ""),
        ({"left_at": "2026-12-01T12:00:01Z"}, "not due: leaves at 2026-12-01T12:00:01Z"),
        ({"left_at": "2026-12-01T13:30:00+01:00"}, "not due: leaves at 2026-12-01T12:30:00Z"),
        ({"left_at": "2026-12-01T12:30:00Z", "lane": "scheduled"}, "not due: leaves at 2026-12-01T12:30:00Z"),
        ({"left_at": "2026-12-01T12:30:00Z", "lane": "urgent"}, ""),
        ({"left_at": datetime(2026, 12, 1, 13, tzinfo=timezone.utc)}, "not due: leaves at 2026-12-01T13:00:00Z"),
    ],
)
def test_who_is_written_down_leaves_when_it_is_time(given: dict[str, Any], said: str) -> None:
    assert leaver_of(0, {"id": "a1", **given}).not_due(NOW) == said


def test_a_time_without_a_zone_is_no_time() -> None:
    for left_at in ("2026-12-01T17:00:00", datetime(2026, 12, 1, 17), "2026-12-01"):
        with pytest.raises(InvalidInput, match="a date, a time and a zone"):
            leaver_of(0, {"id": "a1", "left_at": left_at})


def test_who_is_listed_twice_is_on_legal_hold_if_one_entry_says_so() -> None:
    twice = [{"id": "a1", "left_at": "2026-01-01T00:00:00Z"}, {"user_name": "ADA", "email": "ada@home.example", "legal_hold": True}]
    steps = {"find": {"results": [loop({"users": [GONE]}, number)["results"][0] for number in (0, 1)]}}
    for mode in ("deactivate", "delete_or_deactivate"):
        found = cases(twice, steps, Intent(mode, instant=NOW, retention="30d"))
        assert [(one.mode, one.deletion.held) for one in found] == [("deactivate", True)] * 2
    assert not cases([twice[0], {"id": "b1", "legal_hold": True}], {}, Intent(instant=NOW))[0].leaver.legal_hold


def test_a_roster_whose_left_at_is_ahead_waits_whatever_it_says() -> None:
    assert leaver_of(0, person("left", left_at="2026-12-02T00:00:00Z")).not_due(NOW)


def test_nobody_knows_whose_time_it_is_without_the_time() -> None:
    with pytest.raises(InvalidInput, match="leaver_instant is empty"):
        cases([{"id": "a1", "left_at": NOW}], {}, Intent())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"left_at": "30.11.2026"}, r"leaver_people\[3\].left_at is '30.11.2026'; give a date, a time and a zone"),
        ({"lane": "fast"}, "lane is 'fast'; choose one of standard, urgent, scheduled"),
        ({"lane": "scheduled"}, "lane is scheduled, and nobody can tell for when"),
        ({"legal_hold": "maybe"}, "legal_hold is 'maybe'; choose true or false"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        leaver_of(3, {"id": "a1", **given})


@pytest.mark.parametrize(("text", "hold"), [("no", False), (False, False), (None, False), ("Yes", True), (True, True), ("true", True)])
def test_a_legal_hold_that_is_a_text_is_read(text: Any, hold: bool) -> None:
    assert leaver_of(0, {"id": "a1", "legal_hold": text}).legal_hold is hold


def test_a_person_of_a_roster_is_found_by_the_key_and_known_by_the_email() -> None:
    leaver = leaver_of(0, person("left", user_name="ada", emails=[{"value": "ada@example.com", "primary": True}]))
    assert (leaver.keys, leaver.manager) == ({"external_id": "1815", "user_name": "ada", "email": "ada@example.com"}, "1791")
    assert "email" not in leaver_of(0, person("left", emails=[{"value": "old@example.com"}])).keys


def test_who_is_not_due_is_not_asked_about_and_no_failure() -> None:
    case = case_of(person("leaving", left_at="2026-12-24T23:00:00Z"), protected=("ada@example.com",))
    result = case.result()
    assert (case.target, case.access, case.snapshot, case.removals, case.refusal) == ({}, {}, {}, [], "")
    assert {result[plane]["verdict"] for plane in ("account", "groups", *ACCESS_PLANES, "deletion")} == {"not_applicable"}
    assert (result["due"], result["changed"], result["problems"]) == (False, False, [])


def test_the_table_tells_who_waits_and_how_many() -> None:
    listed = [person("left"), person("leaving", left_at="2026-12-24T23:00:00Z"), person("active"), person("staged")]
    lines = table([case.result() for case in cases(listed, {"find": loop({"users": []}), "find_again": loop({"users": []})}, Intent(instant=NOW))])
    assert lines[1].startswith("ada@example.com  proven (absent)")
    assert lines[-2:] == ["ada@example.com: not due: leaving, leaves at 2026-12-24T23:00:00Z", "not due: 2 others"]
    assert table([case.result() for case in cases(listed[2:], {}, Intent(instant=NOW))]) == ["not due: 2 people"]


# -- when the account is deleted ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "span"), [("30d", timedelta(30)), (" 4 w ", timedelta(28)), ("12h", timedelta(hours=12)), ("", None), (" ", None)])
def test_a_retention_is_a_span(text: str, span: timedelta | None) -> None:
    assert retention_of(text) == span


@pytest.mark.parametrize("text", ["30", "d", "-1d", "1m", "30 days", "1.5d", "999999d"])
def test_a_retention_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="leaver_retention is"):
        Intent(retention=text, instant=NOW)


def test_what_takes_its_time_ends_later() -> None:
    assert later("2026-12-31T23:59:30Z", 45.7) == "2027-01-01T00:00:15Z"


LONG_AGO = {"id": "a1", "left_at": "2026-10-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("given", "before", "intent", "mode", "said"),
    [
        (LONG_AGO, GONE, {"retention": "30d"}, "delete", ""),
        (LONG_AGO, GONE, {"retention": "365d"}, "deactivate", "the account is kept until 2027-10-01T00:00:00Z"),
        (LONG_AGO, GONE, {}, "deactivate", "the account is kept: leaver_retention is empty"),
        (LONG_AGO, ADA, {"retention": "30d"}, "deactivate", "due since 2026-10-31T00:00:00Z, but the account was in use until now"),
        (LONG_AGO, {"id": "a1"}, {"retention": "30d"}, "deactivate", "due since 2026-10-31T00:00:00Z, but"),  # nobody shows that it is inactive
        ({**LONG_AGO, "legal_hold": True}, GONE, {"retention": "30d"}, "deactivate", "the account is kept: legal hold"),
        ({"id": "a1"}, GONE, {"retention": "30d"}, "deactivate", "without left_at, nobody can tell"),
        (LONG_AGO, ADA, {"mode": "delete"}, "delete", ""),
        ({**LONG_AGO, "legal_hold": True}, ADA, {"mode": "delete_or_deactivate"}, "deactivate", "the account is kept: legal hold"),
    ],
)
def test_only_an_inactive_account_whose_time_is_over_is_deleted(
    given: dict[str, Any], before: dict[str, Any], intent: dict[str, Any], mode: str, said: str
) -> None:
    case = case_of(given, [before], [{**before, "active": False}], **intent)
    assert (case.target["mode"], case.mode) == (mode, mode)
    deletion = case.result()["deletion"]
    assert deletion["verdict"] == ("unproven" if mode == "delete" else "not_applicable")
    assert said in deletion["said"]
    assert bool(case.result()["problems"]) is (mode == "delete")


def test_the_retention_begins_with_the_leaving_and_ends_to_the_second() -> None:
    def mode(left_at: str) -> str:
        return case_of({"id": "a1", "left_at": left_at}, [GONE], [GONE], retention="30d").mode

    assert mode("2026-11-01T12:00:00Z") == "delete"
    assert mode("2026-11-01T12:00:01Z") == "deactivate"


def test_a_deletion_is_proven_by_what_is_read_back_alone() -> None:
    deleted = case_of(LONG_AGO, [GONE], [], retention="30d").result()
    assert (deleted["deletion"]["verdict"], deleted["problems"]) == ("proven", [])
    kept = case_of(LONG_AGO, [GONE], [GONE], retention="30d").result()
    assert kept["problems"] == ["ada: deletion: the service still shows the account, so it is not deleted"]
    unread = cases([LONG_AGO], {"find": loop({"users": [GONE]})}, Intent(retention="30d", instant=NOW))[0].result()
    assert unread["deletion"]["verdict"] == "unproven"


def test_an_account_that_a_service_hides_once_it_is_inactive_is_not_called_deleted() -> None:
    assert case_of({"id": "a1"}, [ADA], []).result()["deletion"]["verdict"] == "not_applicable"


def test_whoever_is_in_doubt_is_not_deleted() -> None:
    somebody = {**GONE, "external_id": "666"}
    case = case_of({"external_id": "1815", "left_at": LONG_AGO["left_at"]}, [somebody], [somebody], retention="30d")
    assert (case.mode, case.target["writable"]) == ("deactivate", False)
    assert "somebody else's" in case.result()["deletion"]["said"]


def test_a_legal_hold_refuses_to_delete_now() -> None:
    held = case_of({"id": "a1", "legal_hold": True}, [ADA], [], mode="delete")
    assert "is on legal hold" in held.refusal
    assert held.result()["refused"] == held.refusal
    assert case_of({"id": "a1", "legal_hold": True}, [ADA], [], mode="delete_or_deactivate").refusal == ""


def test_check_mode_predicts_a_deletion_that_a_module_promised() -> None:
    steps = {"find": loop({"users": [GONE]}), "find_again": loop({"users": [GONE]})}
    intent = Intent(retention="30d", instant=NOW, predicting=True)
    (promised,) = cases([LONG_AGO], {**steps, "account": loop({"changed": True})}, intent)
    assert promised.result()["deletion"]["verdict"] == "predicted"
    assert cases([LONG_AGO], steps, intent)[0].result()["deletion"]["verdict"] == "unproven"
