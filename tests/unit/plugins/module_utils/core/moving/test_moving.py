# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of people who move, from what tasks returned, made up here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.people import (
    Intent,
    duration_of,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.reads import TARGET
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.result import Moving, table
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.state import (
    FORMAT,
    State,
    state_of,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = "2026-12-01T08:00:00Z"
ADA = {"id": "a1", "external_id": "1815", "user_name": "ada@example.com", "active": True, "title": "Seller"}
BOB = {"id": "b1", "user_name": "bob@example.com", "active": True}
ACCOUNTS = {"users": [ADA, BOB], "truncated": False, "unverifiable": False}
GROUPS = {
    "groups": [
        {"id": "g1", "display_name": "Sales", "members": ["id:a1", "id:b1"]},
        {"id": "g2", "display_name": "Staff", "members": ["id:a1"]},
        {"id": "g3", "display_name": "Engines", "members": []},
    ],
    "truncated": False,
    "unverifiable": False,
}
READ = {"accounts": ACCOUNTS, "groups": GROUPS}
MOVES = [{"external_id": "1815", "groups": ["Staff", {"name": "Engines", "rule": "engineers"}]}]
OPTIONS = {"instant": NOW, "managed": ["Sales"], "orphans": "remove"}
DONE = {"resources": [], "changed": True, "plan": "d1", "requests": [{"method": "PATCH", "path": "/Groups/g1"}]}


def moving(people: Any = None, steps: Any = None, state: Any = "", **options: Any) -> Moving:
    return Moving.of(MOVES if people is None else people, READ if steps is None else steps, Intent.from_options({**OPTIONS, **options}), state_of(state))


def roster(**given: Any) -> dict[str, Any]:
    person = {"key": "1815", "phase": "active", "account": "active", "user": {"external_id": "1815", "user_name": "ada@example.com"}, "groups": []}
    return {**person, **given}


def with_groups(*names_and_members: tuple[str, list[str]]) -> dict[str, Any]:
    ids = {group["display_name"]: group["id"] for group in GROUPS["groups"]}
    return {**GROUPS, "groups": [{"id": ids[name], "display_name": name, "members": members} for name, members in names_and_members]}


def loop(**by_number: Any) -> dict[str, Any]:
    return {"results": [{TARGET: {"number": int(number.lstrip("n"))}, **result} for number, result in by_number.items()]}


def verdict(of: Moving, plane: str, number: int = 0) -> tuple[str, str]:
    shown = of.result()["people"][number]["verdicts"][plane]
    return shown["verdict"], shown["why"]


# -- what is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("1815", "mover_people has to be a list"),
        (["1815"], r"mover_people\[0\] is not a mapping"),
        ([{"groups": []}], r"mover_people\[0\] names nobody"),
        ([{"user_name": "ada"}], r"mover_people\[0\] has no groups"),
        ([{"user_name": "ada", "groups": [], "tittle": "x"}], r"mover_people\[0\] has tittle"),
        ([{"user_name": "ada", "groups": "Staff"}], r"mover_people\[0\].groups has to be a list"),
        ([{"user_name": "ada", "groups": [{"rule": "r"}]}], r"mover_people\[0\].groups\[0\] has no name"),
        ([{"user_name": "ada", "groups": []}, {"user_name": "ADA", "groups": []}], "have the same user_name"),
        ([roster(user={"title": "x"})], r"mover_people\[0\].user names nobody"),
        ([roster(user={"external_id": "1815", "emails": [{"type": "work"}]})], r"mover_people\[0\].user: emails\[0\] has no value"),
    ],
)
def test_a_wrong_list_is_refused_by_its_place(people: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        moving(people).result()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"orphans": "delete"}, "choose one of report, remove"),
        ({"overlap": "14d"}, "mover_overlap needs mover_state_file"),
        ({"overlap": "14", "state_file": "s"}, "no duration; write 14d"),
        ({"instant": "today"}, "mover_instant is 'today'"),
        ({"instant": ""}, "mover_instant is ''"),
        ({"scope": ["a", " "]}, "mover_scope has an empty entry"),
        ({"keep": [{"person": "1815", "group": "Sales"}]}, r"mover_keep\[0\] has no reason"),
        ({"keep": [{"person": "1815", "group": "Sales", "reason": "r", "till": "x"}]}, r"mover_keep\[0\] has to be a mapping with"),
        ({"keep": [{"person": "1815", "group": "Sales", "reason": "r", "until": "soon"}]}, r"mover_keep\[0\].until is 'soon'"),
    ],
)
def test_wrong_options_are_refused_by_their_names(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        moving(**options)


@pytest.mark.parametrize("text", ["{", "[1]", '{"format": "2"}', json.dumps({"format": FORMAT, "without_reason": [{}], "reauthentication": []})])
def test_a_state_that_cannot_be_read_is_not_taken_for_none(text: str) -> None:
    with pytest.raises(InvalidInput, match="holds no state"):
        state_of(text)


@pytest.mark.parametrize(("text", "hours"), [("0", 0), ("", 0), (None, 0), ("90m", 1.5), ("36h", 36), ("14d", 336), ("2W", 336)])
def test_durations(text: Any, hours: float) -> None:
    assert duration_of("mover_overlap", text).total_seconds() == hours * 3600


# -- what is to do --------------------------------------------------------------------------------------------------------


def test_one_plan_for_accounts_and_groups() -> None:
    todo = moving([roster(user={"external_id": "1815", "user_name": "ada@example.com", "title": "Engineer"}, groups=[{"name": "engines", "rule": "e"}])]).todo
    assert todo["users"] == [{"external_id": "1815", "user_name": "ada@example.com", "title": "Engineer", "id": "a1", "active": True}]
    assert {group["id"]: group["members"] for group in todo["groups"]} == {"g3": {"add": ["id:a1"]}, "g1": {"remove": ["id:a1"]}}
    assert todo["refusals"] == []


def test_an_account_that_is_as_it_shall_be_is_not_written_to() -> None:
    todo = moving([roster(groups=[{"name": "Sales", "rule": "s"}, {"name": "Staff", "rule": "s"}])]).todo
    assert (todo["users"], todo["groups"]) == ([], [])


def test_people_whom_the_list_does_not_name_keep_all_they_have() -> None:
    todo = moving().todo
    assert all("id:b1" not in [*group["members"].get("add", []), *group["members"].get("remove", [])] for group in todo["groups"])


@pytest.mark.parametrize("groups", [["Sales"], []])
def test_reading_one_by_one_and_reading_lists_is_the_same(groups: list[str]) -> None:
    people = [{"external_id": "1815", "groups": groups}, {"user_name": "BOB@example.com", "groups": ["Staff"]}]
    alone = {
        "account": loop(n0={"users": [ADA]}, n1={"users": [BOB]}),
        "memberships": loop(n0={"groups": GROUPS["groups"][:2]}, n1={"groups": GROUPS["groups"][:1]}),
    }
    listed, single = moving(people), moving(people, alone)
    assert [move.difference for move in listed.moves] == [move.difference for move in single.moves]


def test_a_list_that_was_cut_is_no_list() -> None:
    cut = moving(steps={"accounts": {**ACCOUNTS, "truncated": True}, "groups": GROUPS})
    assert cut.todo["lists"] == {"accounts": False, "groups": True}
    assert verdict(cut, "groups") == ("unproven", "nobody has looked for the account")


def test_a_manager_is_compared_by_every_name_and_left_out_without_an_account() -> None:
    def of(shown: str, superiors: Any) -> list[str]:
        ada = {**ADA, "manager": shown}
        person = roster(user={"external_id": "1815", "user_name": "ada@example.com", "manager": "1791"})
        steps = {"account": loop(n0={"users": [ada]}), "memberships": loop(n0={"groups": []}), "managers": superiors}
        return [*moving([person], steps).moves[0].attributes]

    charles = loop(n0={"users": [{"id": "c1", "external_id": "1791", "user_name": "charles"}]})
    assert of("id:c1", charles) == of("charles", charles) == []
    assert of("id:b1", charles) == ["manager"]
    assert of("id:b1", loop(n0={"users": []})) == []


def test_groups_that_are_not_there_are_refused_unless_they_are_to_be_made() -> None:
    people = [{"external_id": "1815", "groups": ["Enginers"]}]
    steps = {**READ, "names": {"resources": [{"key": "Enginers", "verb": "create", "id": ""}]}}
    assert moving(people).todo["names"] == [{"display_name": "Enginers"}]
    assert "There is no group Enginers" in moving(people, steps).todo["refusals"][0]
    made = moving(people, steps, create_groups=True).todo
    assert made["refusals"] == []
    assert {"display_name": "Enginers", "members": {"add": ["id:a1"]}} in made["groups"]


@pytest.mark.parametrize("pattern", ["1815", "ADA@*", "id:a1", "a1", "sales", "Engines"])
def test_the_protected_are_refused_by_any_name_and_so_are_groups(pattern: str) -> None:
    (said,) = moving(protected=[pattern]).todo["refusals"]
    assert "is protected" in said
    assert moving(protected=pattern).todo["refusals"] == [said]
    assert moving(protected=["b1", "chess"]).todo["refusals"] == []


@pytest.mark.parametrize(
    ("phase", "account", "said"),
    [("left", "inactive", "not moving"), ("expired", "inactive", "not moving"), ("staged", "none", "not yet")],
)
def test_who_is_not_of_the_mover_is_left_alone(phase: str, account: str, said: str) -> None:
    made = moving([roster(phase=phase, account=account)])
    assert (made.todo["users"], made.todo["groups"], made.todo["targets"]) == ([], [], [])
    assert verdict(made, "groups")[1].startswith(said)
    assert not made.result()["failed"]


def test_of_whom_it_is_not_certain_who_is_meant_nothing_is_written() -> None:
    other = {**ADA, "external_id": "666"}
    doubts = {
        "somebody else's": {"accounts": {**ACCOUNTS, "users": [other]}, "groups": GROUPS},
        "2 accounts answer to it": {"accounts": {**ACCOUNTS, "users": [ADA, {**ADA, "id": "a2"}]}, "groups": GROUPS},
        "no such account": {"accounts": {**ACCOUNTS, "users": []}, "groups": GROUPS},
        "does not show who is in its groups": {"accounts": ACCOUNTS, "groups": {**GROUPS, "unverifiable": True}},
        "timed out": {"accounts": ACCOUNTS, "memberships": loop(n0={"failed": True, "msg": "timed out"})},
    }
    for said, steps in doubts.items():
        people = [{"external_id": "1815", "user_name": "ada@example.com", "groups": ["Engines"]}]
        made = moving(people, steps)
        assert (made.todo["users"], made.todo["groups"]) == ([], [])
        assert verdict(made, "groups")[0] == "unproven"
        assert said in made.result()["msg"]


# -- exceptions and the overlap -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "kept"),
    [(None, True), ("2026-12-01", True), ("2026-11-30", False), ("2026-12-01T08:00:00Z", False), ("2026-12-01T08:00:01Z", True)],
)
def test_an_exception_counts_until_its_end(until: Any, kept: bool) -> None:
    made = moving(keep=[{"person": "ADA@example.com", "group": "sales", "reason": "hands over", "until": until}]).moves[0].difference
    assert (not made.removed) is kept


def test_an_exception_is_no_reason_to_come_in_and_is_of_one_person_only() -> None:
    made = moving(keep=[{"person": "1815", "group": "CRM", "reason": "r"}, {"person": "b1", "group": "Sales", "reason": "r"}], managed=["Sales", "CRM"])
    assert [reason.group for reason in made.moves[0].difference.added] == ["Engines"]
    assert [group.name for group in made.moves[0].difference.removed] == ["Sales"]


def test_two_entries_of_one_account_are_a_doubt_about_both() -> None:
    made = moving([{"external_id": "1815", "groups": ["Engines"]}, {"user_name": "ada@example.com", "groups": ["Sales"]}])
    assert (made.todo["users"], made.todo["groups"]) == ([], [])
    assert verdict(made, "groups") == ("unproven", "mover_people[1] is the same account; drop one of the two from the list")
    assert verdict(made, "groups", 1)[1].startswith("mover_people[0] is the same account")


def test_an_exception_by_id_has_its_prefix() -> None:
    def kept(person: str, **options: Any) -> list[str]:
        made = moving(keep=[{"person": person, "group": "Sales", "reason": "r"}], **options)
        return [one["group"] for one in made.result()["people"][0]["kept"]]

    assert kept("id:a1") == ["Sales", "Staff"]
    assert kept("a1") == ["Staff"], "it may be the external_id of somebody else"
    same = {**READ, "accounts": {**ACCOUNTS, "users": [{**ADA, "external_id": "a1"}]}}
    assert kept("a1", people=[{"user_name": "ada@example.com", "groups": ["Staff"]}], steps=same) == ["Sales", "Staff"]


def test_who_owes_a_login_owes_it_also_after_a_run_that_leaves_access_alone() -> None:
    owed = json.dumps({"format": FORMAT, "without_reason": [], "reauthentication": ["1815"]})
    assert moving(state=owed, access=False).remembered.pending == {"1815"}


def test_what_a_service_says_about_an_account_is_not_on_record() -> None:
    failed = {"account": loop(n0={"failed": True, "msg": 'GET /Users?filter=userName eq "ada@example.com": 500'})}
    made = moving(steps=failed)
    assert "ada@example.com" in verdict(made, "groups")[1]
    assert {plane["why"] for plane in made.ended()[0]["verdicts"].values()} == {"the account could not be read"}


def test_an_overlap_counts_from_the_first_time_and_is_remembered() -> None:
    first = moving(overlap="14d", state_file="s")
    assert first.moves[0].difference.removed == ()
    assert "overlap until 2026-12-15T08:00:00Z" in [kept["reason"] for kept in first.result()["people"][0]["kept"]]
    remembered = first.todo["state"]
    assert remembered["without_reason"] == [{"person": "1815", "group": "Sales", "since": NOW}]
    on_time = {"overlap": "14d", "state_file": "s", "state": json.dumps(remembered)}
    assert moving(**{**on_time, "instant": "2026-12-15T07:59:59Z"}).todo["state"] == remembered
    over = moving(**{**on_time, "instant": "2026-12-15T08:00:00Z", "predicting": True})
    assert [group.name for group in over.moves[0].difference.removed] == ["Sales"]
    assert over.todo["state"] == {}


def test_a_reason_that_comes_back_is_forgotten_and_others_are_not() -> None:
    given = {"format": FORMAT, "without_reason": [{"person": p, "group": "Sales", "since": NOW} for p in ("1815", "7")], "reauthentication": ["7"]}
    back = moving([{"external_id": "1815", "groups": ["Sales", "Staff"]}], overlap="14d", state_file="s", state=given)
    assert back.todo["state"] == {**given, "without_reason": [{"person": "7", "group": "Sales", "since": NOW}]}


@given(st.dictionaries(st.tuples(st.text(max_size=5), st.text(max_size=5)), st.just(0), max_size=4), st.sets(st.text(max_size=3)))
def test_a_state_comes_back_as_it_was(places: Any, pending: set[str]) -> None:
    content = {
        "format": FORMAT,
        "without_reason": [{"person": person, "group": group, "since": NOW} for person, group in places],
        "reauthentication": sorted(pending),
    }
    state = state_of(json.dumps(content))
    assert state_of(json.dumps(state.content)) == state == state_of(state.content)
    assert State().content == {}


# -- what is proven -------------------------------------------------------------------------------------------------------

AFTER = with_groups(("Sales", ["id:b1"]), ("Staff", ["id:a1"]), ("Engines", ["id:a1"]))


def test_what_was_read_again_is_the_proof() -> None:
    done = moving(steps={**READ, "directory": DONE, "accounts_again": ACCOUNTS, "groups_again": AFTER})
    assert verdict(done, "groups") == ("proven", "2 in scope, each with a reason")
    assert (done.result()["changed"], done.result()["failed"], done.result()["plan"]) == (True, False, "d1")


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (GROUPS, "still in Sales; not in Engines"),
        (with_groups(("Sales", []), ("Staff", []), ("Engines", ["id:a1"])), "not in Staff"),
        ({**GROUPS, "unverifiable": True}, "the service does not show who is in its groups"),
        ({"failed": True, "msg": "gone"}, "nobody has read the memberships"),
    ],
)
def test_what_is_not_read_so_is_not_proven(again: Any, said: str) -> None:
    lied = moving(steps={**READ, "directory": DONE, "accounts_again": ACCOUNTS, "groups_again": again})
    assert verdict(lied, "groups") == ("unproven", said)
    assert lied.result()["failed"]


def test_orphans_are_told_and_left() -> None:
    told = moving(orphans="report", steps={**READ, "directory": DONE, "accounts_again": ACCOUNTS, "groups_again": AFTER})
    assert told.result()["people"][0]["orphans"] == ["Sales"]
    left = moving([{"external_id": "1815", "groups": ["Staff"]}], orphans="report")
    assert verdict(left, "groups") == ("proven", "1 in scope, each with a reason; without one, and left as mover_orphans says: Sales")


def test_attributes_and_account_are_judged_by_the_account_as_read_again() -> None:
    person = [roster(account="inactive", phase="on_leave", user={"external_id": "1815", "title": "Engineer"})]
    steps = {**READ, "directory": DONE, "groups_again": AFTER}
    kept = moving(person, {**steps, "accounts_again": {**ACCOUNTS, "users": [{**ADA, "active": False, "title": "engineer"}]}})
    assert [verdict(kept, plane) for plane in ("account", "attributes")] == [("proven", "inactive"), ("proven", "they are as the list says")]
    lied = moving(person, {**steps, "accounts_again": ACCOUNTS})
    assert [verdict(lied, plane) for plane in ("account", "attributes")] == [("unproven", "it is not inactive"), ("unproven", "not kept: title")]
    predicted = moving(person, {**READ, "directory": DONE}, predicting=True)
    assert [verdict(predicted, plane)[0] for plane in ("account", "attributes", "groups")] == ["predicted"] * 3


def test_a_plan_that_was_refused_did_nothing() -> None:
    refused = moving(steps={**READ, "directory": {"failed": True, "msg": "brakes.membership_removals; nothing was written"}})
    result = refused.result()
    assert (result["changed"], result["failed"]) == (False, True)
    assert result["msg"].startswith("brakes.membership_removals")
    assert [record["stage"] for record in refused.ended()] == ["refused"]


# -- Cloudflare Access ----------------------------------------------------------------------------------------------------

PROVIDERS = {
    "identity_providers": [
        {"id": "p1", "scim": {"enabled": True, "identity_update_behavior": "reauth"}},
        {"id": "p2", "scim": {"enabled": True, "identity_update_behavior": "no_action"}},
        {"id": "p3", "scim": {"enabled": False, "identity_update_behavior": "automatic"}},
    ]
}


@pytest.mark.parametrize(("provider", "ends"), [("p1", False), ("p2", True), ("p3", True), ("p9", True), (None, True)])
def test_sessions_end_unless_the_provider_of_the_last_login_does_it(provider: str | None, ends: bool) -> None:
    seen = loop(n0={"users": [{"last_seen_identity": {"idp": {"id": provider}}}]} if provider else {"failed": True})
    made = moving(access=True, steps={**READ, "directory": DONE, "providers": PROVIDERS, "access_user": seen})
    assert made.todo["access"] == [{"number": 0, "key": "1815", "email": "ada@example.com"}]
    assert made.todo["ends"] == (made.todo["access"] if ends else [])
    assert verdict(made, "reauthentication")[0] == ("unproven" if ends else "not_applicable")


@pytest.mark.parametrize(
    ("returned", "shown"),
    [
        ({"planes": {"sessions": {"verdict": "proven", "said": "no active session"}}}, "proven"),
        ({"planes": {"sessions": {"verdict": "unproven", "said": "1 left"}}, "failed": True, "msg": "1 left"}, "unproven"),
        ({"failed": True, "msg": "403"}, "unproven"),
        ({"planes": {"sessions": {"verdict": "not_applicable", "said": "unknown"}}}, "not_applicable"),
    ],
)
def test_what_is_not_proven_is_owed_to_a_later_run(returned: dict[str, Any], shown: str) -> None:
    steps = {**READ, "directory": DONE, "accounts_again": ACCOUNTS, "groups_again": AFTER, "sessions": loop(n0=returned)}
    made = moving(access=True, state_file="s", steps=steps)
    assert made.todo["beforehand"]["reauthentication"] == ["1815"]
    assert verdict(made, "reauthentication")[0] == shown
    assert made.todo["state"].get("reauthentication", []) == (["1815"] if shown == "unproven" else [])


def test_a_run_that_was_killed_is_finished_by_the_next_one() -> None:
    owed = {"format": FORMAT, "without_reason": [], "reauthentication": ["1815"]}
    nothing_to_move = {"accounts": ACCOUNTS, "groups": AFTER}
    made = moving(access=True, state_file="s", steps=nothing_to_move, state=owed)
    assert made.todo["groups"] == []
    assert [one["email"] for one in made.todo["ends"]] == ["ada@example.com"]
    assert [record["stage"] for record in made.planned()] == ["planned"]


# -- evidence and lines ---------------------------------------------------------------------------------------------------


def test_the_evidence_names_nobody_and_no_value() -> None:
    person = [roster(user={"external_id": "1815", "user_name": "ada@example.com", "title": "Top secret"}, groups=[{"name": "Engines", "rule": "e"}])]
    again = {**ACCOUNTS, "users": [{**ADA, "title": "Top secret"}]}
    after = with_groups(("Sales", []), ("Staff", []), ("Engines", ["id:a1"]))
    done = moving(person, {**READ, "directory": DONE, "accounts_again": again, "groups_again": after})
    records = [*done.planned(), *done.ended()]
    assert [(record["stage"], record["subject"]) for record in records] == [("planned", "1815"), ("done", "1815")]
    assert not any(word in json.dumps(records) for word in ("Top secret", "ada@"))


def test_a_second_run_hands_over_records_without_operations_and_with_the_same_states() -> None:
    ended = {"planes": {"sessions": {"verdict": "proven", "said": "none"}}, "changed": True}
    steps = {**READ, "directory": DONE, "accounts_again": ACCOUNTS, "groups_again": AFTER, "sessions": loop(n0=ended)}
    (first,) = moving(access=True, steps=steps).ended()
    (second,) = moving(access=True, steps={"accounts": ACCOUNTS, "groups": AFTER}).ended()
    assert first["verdicts"] == second["verdicts"]
    assert {one["plane"] for one in first["operations"]} == {"groups", "reauthentication"}
    assert second["operations"] == []
    assert moving(steps={"accounts": ACCOUNTS, "groups": AFTER}).planned() == []


def test_the_lines() -> None:
    lines = table(moving(steps={**READ, "directory": DONE, "accounts_again": ACCOUNTS, "groups_again": AFTER}).result())
    assert lines == [
        "PERSON  WHAT    WHICH    WHY",
        "1815    join    Engines  rule engineers",
        "        leave   Sales    no reason",
        "        keep    Staff    given in mover_people",
        "        proven  groups   2 in scope, each with a reason",
        "1 people, 1 moving, 1 kept, 1 added, 1 removed",
    ]
