# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Eighteen years of a company, day by day: joiners, movers, a rehire; and in the end, what the last extract says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.explain import explain
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.mapping import compiled
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.people import Roster, people
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import (
    ACTIVE,
    GONE,
    LEAVING,
    LEFT,
    NO_ACCOUNT,
    STAGED,
    Person,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.records import records
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.rules import rules
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.settings import Settings
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.tables import read_table
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.zones import (
    beginning,
    time_zone,
)

from tests.extracts import ORACLE, ORACLE_MAPPING
from tests.hr_history import MAPPING, as_csv, as_of, change_days, jobs

ZONE = "America/Los_Angeles"
SETTINGS = Settings.from_options({"default_time_zone": ZONE, "stage_ahead": "7d", "look_ahead": "7d"})
RULES = rules(
    [
        {"name": "staff", "groups": ["Staff"]},
        {"name": "department", "groups": [{"from": "department", "prefix": "dep-"}]},
        {"name": "leaders", "when": {"title": {"glob": "*manager"}}, "groups": ["Leaders"]},
        {"name": "counting", "when": {"department": ["Accounting", "Finance"]}, "groups": ["Ledger"]},
        {"name": "accountants", "when": {"title": {"glob": "*account*"}}, "groups": ["Ledger"]},
    ]
)


def roster(text: str, mapping: dict[str, Any], day: date) -> Roster:
    """The people of a file at the beginning of a day."""
    read, problems = records(read_table("people.csv", text), compiled(mapping), lambda path, option: pytest.fail(path))
    assert problems == []
    return people(read, beginning(day, time_zone(ZONE)), SETTINGS, RULES)


def applied(accounts: dict[str, Any], found: Iterable[Person]) -> dict[str, Any]:
    """The accounts of a service after a run: what is not specified stays."""
    accounts = dict(accounts)
    for person in found:
        if person.phase.account != NO_ACCOUNT:
            had = accounts.get(person.key, {"user": {}})
            accounts[person.key] = {
                "active": person.phase.account == ACTIVE,
                "user": {**had["user"], **person.user},
                "groups": {group.name for group in person.groups},
            }
    return accounts


@pytest.fixture(scope="module")
def days() -> dict[date, Roster]:
    return {day: roster(as_csv(as_of(day)), MAPPING, day) for day in change_days()}


@pytest.fixture(scope="module")
def states(days) -> dict[date, dict[str, Any]]:
    found, accounts = {}, {}
    for day, export in days.items():
        accounts = applied(accounts, export.people)
        found[day] = accounts
    return found


def spells(seen: Iterable[Any]) -> list[Any]:
    """What was seen, one after the other, without repetitions."""
    found: list[Any] = []
    for one in seen:
        if not found or found[-1] != one:
            found.append(one)
    return found


def test_the_history_ends_with_the_extract():
    last = change_days()[-1]
    extract = read_table("employees.csv", ORACLE.read_text(encoding="utf-8"))
    told = [{name: value for name, value in row.items() if name not in ("status", "last_day")} for row in as_of(last)]
    assert told == [dict(row.values) for row in extract.rows]
    assert {(row["status"], row["last_day"]) for row in as_of(last)} == {("active", "")}
    assert len(as_of(change_days()[0])) == 1
    assert max(map(len, jobs().values())) == 3


def test_the_replay_ends_in_exactly_the_state_of_the_extract(days, states):
    last = list(days)[-1]
    extract = roster(ORACLE.read_text(encoding="utf-8"), ORACLE_MAPPING, last)
    assert extract.problems == []
    assert states[last] == applied({}, extract.people)
    assert len(states[last]) == 107
    assert [person.shown() for person in days[last].people] == [
        {**person.shown(), "place": other.place} for person, other in zip(extract.people, days[last].people)
    ]


def test_every_membership_is_explained_by_a_rule_at_each_instant(days):
    names = [rule.name for rule in RULES.rules]
    seen = set()
    for export in days.values():
        for person in export.people:
            seen.add((person.phase.name, bool(person.groups)))
            assert not person.groups or person.phase.name not in (STAGED, *GONE)
            for group in person.groups:
                found = explain(person, group.name, RULES)
                assert found.granted
                granting = [name for name in names if any(why.startswith(f"rule {name}: yes") for why in found.why)]
                assert group.rule == ", ".join(granting)
    assert {(ACTIVE, True), (LEAVING, True), (STAGED, False), (LEFT, False)} <= seen


def test_groups_that_no_rule_explains_are_not_granted(days):
    for person in list(days.values())[-1].people:
        having = {group.name for group in person.groups}
        for name in ("Staff", "Leaders", "Ledger", "dep-Sales", "dep-IT", "Nobody"):
            assert explain(person, name, RULES).granted is (name in having)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("102", [["Staff", "dep-IT"], ["Staff", "dep-Executive"]]),
        ("176", [["Staff", "dep-Sales"], ["Leaders", "Staff", "dep-Sales"], ["Staff", "dep-Sales"]]),
        ("101", [["Ledger", "Staff", "dep-Accounting"], ["Leaders", "Ledger", "Staff", "dep-Accounting"], [], ["Staff", "dep-Executive"]]),
        ("114", [["Staff"], ["Staff", "dep-Shipping"], ["Leaders", "Staff", "dep-Purchasing"]]),
    ],
)
def test_movers_lose_what_they_had(states, key, expected):
    seen = spells(sorted(accounts[key]["groups"]) for accounts in states.values() if key in accounts)
    assert (seen[1:] if seen[0] == [] else seen) == expected  # who was seen staged had none at first


def test_who_came_back_went_through_all_phases_on_the_right_days(days):
    seen = [(day, person.phase.name) for day, export in days.items() for person in export.people if person.key == "101"]
    assert spells(name for day, name in seen) == [STAGED, ACTIVE, LEAVING, LEFT, STAGED, ACTIVE]
    firsts = {name: day for day, name in reversed(seen)}
    assert firsts[ACTIVE] == date(2007, 9, 21)
    assert firsts[LEFT] == date(2015, 3, 16)
    again = [day for day, name in seen if name == ACTIVE and day > firsts[LEFT]]
    assert again[0] == date(2015, 9, 21)


def test_a_second_run_changes_nothing(days, states):
    for day, export in days.items():
        assert applied(states[day], export.people) == states[day]


def test_everybody_ends_up_below_their_manager(days, states):
    assert days[change_days()[0]].managers["danglers"] != []
    last = list(states)[-1]
    managers = {key: account["user"].get("manager") for key, account in states[last].items()}
    assert managers["101"] == "100"
    assert [key for key, manager in managers.items() if manager is None] == ["100"]


def test_the_hour_before_midnight_is_the_day_before():
    day = date(2015, 3, 16)
    text = as_csv(as_of(day))
    read = records(read_table("people.csv", text), compiled(MAPPING), lambda path, option: pytest.fail(path))[0]
    midnight = beginning(day, time_zone(ZONE))
    phases = [
        next(person.phase for person in people(read, instant, SETTINGS, RULES).people if person.key == "101")
        for instant in (midnight - timedelta(seconds=1), midnight)
    ]
    assert [phase.name for phase in phases] == [LEAVING, LEFT]
    assert {phase.left_at for phase in phases} == {"2015-03-16T07:00:00Z"}
