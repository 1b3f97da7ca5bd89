# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People out of records: the whole way from what a source says to what roles get."""

from __future__ import annotations

import unicodedata

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster import gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.days import instant_of
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.grants import grants
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.people import people
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import Record
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.rules import rules
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.settings import Settings

NOON = instant_of("2026-06-15T12:00:00Z")
NAMES = [
    "O'Connor", "von der Leyen", "Müller", unicodedata.normalize("NFD", "Müller"), "İnan", "Işık", "ירושלמי", "عبد الله", "x" * 200, "👩🏽‍💻",
    "{{ lookup('pipe','id') }}",
]  # fmt: skip


def record(key, *, facts=None, attributes=None, **source):
    return Record(key, f"people.csv:{key}", {"user_name": f"u{key}@example.com", **(attributes or {})}, {"status": "active", **source}, facts or {})


def roster(*records, when=NOON, settings=None, birthright=None, by_hand=None):
    return people(records, when, settings or Settings(), rules(birthright), grants(by_hand))


def checks(found):
    return [(problem.check, problem.key) for problem in found.problems]


def test_a_person_is_what_roles_take():
    found = roster(
        record("1791", attributes={"external_id": "B-1791"}),
        record(
            "1815",
            facts={"location": "Vienna"},
            attributes={"department": "Engines", "active": True},
            manager_id="1791",
            time_zone="Europe/Vienna",
            legal_hold="yes",
            start_date="2026-06-01",
        ),
        birthright=[{"name": "engineers", "when": {"department": "Engines", "facts.location": "Vienna"}, "groups": ["Engineers"]}],
        by_hand=[{"person": "1815", "group": "Beta", "reason": "pilot", "until": "2026-06-15"}],
    )
    assert found.problems == []
    assert found.people[1].shown() == {
        "key": "1815",
        "place": "people.csv:1815",
        "phase": "active",
        "account": "active",
        "lane": "standard",
        "since": "2026-05-31T22:00:00Z",
        "until": "",
        "left_at": "",
        "legal_hold": True,
        "time_zone": "Europe/Vienna",
        "user": {"user_name": "u1815@example.com", "department": "Engines", "external_id": "1815", "manager": "B-1791"},
        "groups": [{"name": "Engineers", "rule": "engineers"}, {"name": "Beta", "rule": "grant: pilot"}],
        "facts": {"location": "Vienna"},
    }
    assert found.people[0].time_zone == "UTC"
    assert "manager" not in found.people[0].user
    assert found.managers == {"danglers": [], "own": [], "left": [], "not_yet": [], "cycles": []}


def test_names_pass_unharmed():
    found = roster(
        *(record(str(number), attributes={"display_name": name, "department": name}) for number, name in enumerate(NAMES)),
        birthright=[{"name": "departments", "groups": [{"from": "department"}]}],
    )
    assert [person.user["display_name"] for person in found.people] == NAMES
    assert [person.groups[0].name for person in found.people] == NAMES


def test_rows_without_a_phase_are_problems_and_everybody_else_goes_on():
    found = roster(
        record("1", status="on sabbatical"),
        record("2", time_zone="Mars/Base"),
        record("3", last_day="yesterday"),
        record("4", last_day="2026-06-02", termination_date="2026-06-01"),
        record("5", legal_hold="perhaps"),
        record("6", last_day="2026-06-01"),
        record("7", manager_id="1"),
        record("8"),
    )
    assert [person.key for person in found.people] == ["6", "7", "8"]
    assert checks(found) == [
        ("unknown_status", "1"),
        ("unknown_time_zone", "2"),
        ("unreadable_dates", "3"),
        ("contradictory_dates", "4"),
        ("unreadable_dates", "5"),
        ("stale_status", "6"),
        ("manager_danglers", "7"),
    ]
    assert [problem.place for problem in found.problems][:2] == ["people.csv:1", "people.csv:2"]
    assert "yesterday" not in str(found.problems)


def test_every_check_is_one_of_the_gate():
    found = roster(
        record("1", status="?"),
        record("2", time_zone="?"),
        record("3", last_day="?"),
        record("4", last_day="2026-06-02", termination_date="2026-06-01"),
        record("5", last_day="2026-06-01"),
        record("6", manager_id="99"),
        record("7", manager_id="7"),
        record("8", manager_id="5"),
        record("9", facts={"location": "Graz"}),
        birthright=[{"name": "r", "when": {"nick_name": "x"}, "groups": ["G"]}, {"name": "s", "groups": [{"from": "facts.location", "map": {"Wien": "W"}}]}],
        by_hand=[
            {"person": "6", "group": "G", "reason": "r", "until": "2026-06-14"},
            {"person": "99", "group": "G", "reason": "r", "until": "2026-06-16"},
        ],
    )
    seen = {problem.check for problem in found.problems}
    assert len(seen) == 12
    assert seen <= set(gate.CHECKS)


def test_managers_are_named_by_their_accounts_or_not_at_all():
    found = roster(
        record("1", attributes={"external_id": "E1"}),
        record("2", manager_id="1"),
        record("3", manager_id="4"),
        record("4", manager_id="3"),
        record("5", manager_id="6"),
        record("6", last_day="2026-05-31", status="terminated"),
        record("7", manager_id="8"),
        record("8", start_date="2026-12-01"),
    )
    assert {person.key: person.user["manager"] for person in found.people if "manager" in person.user} == {"2": "E1"}
    assert checks(found) == [("manager_cycles", "3"), ("manager_cycles", "4"), ("manager_left", "5")]
    assert found.managers["not_yet"] == [{"place": "people.csv:7", "key": "7", "manager": "8"}]
    assert [[row["key"] for row in cycle] for cycle in found.managers["cycles"]] == [["3", "4"]]


def test_rules_may_ask_for_the_manager():
    found = roster(record("1"), record("2", manager_id="1"), birthright=[{"name": "team", "when": {"manager": "1"}, "groups": ["Team 1"]}])
    assert [[group.name for group in person.groups] for person in found.people] == [[], ["Team 1"]]


def test_rules_that_ask_for_what_nobody_has_are_told():
    rule = {"name": "vienna", "when": {"facts.lokation": "Vienna"}, "groups": ["Vienna", {"from": "division"}]}
    found = roster(record("1", facts={"location": "Vienna"}), record("2"), birthright=[rule])
    assert [problem.message for problem in found.problems] == [
        "rule vienna asks for facts.lokation, which nobody has",
        "rule vienna asks for division, which nobody has",
    ]
    assert roster(birthright=[rule]).problems == []


@pytest.mark.parametrize(("when", "expected"), [("2026-06-30T21:59:59Z", ["Beta"]), ("2026-06-30T22:00:00Z", [])])
def test_a_grant_ends_with_its_day_where_the_person_is(when, expected):
    found = roster(
        record("1", time_zone="Europe/Vienna"),
        when=instant_of(when),
        by_hand=[{"person": "1", "group": "Beta", "reason": "pilot", "until": "2026-06-30"}],
    )
    assert [group.name for group in found.people[0].groups] == expected
    assert checks(found) == ([] if expected else [("expired_grants", "1")])


def test_rules_and_grants_for_one_group_are_one_membership():
    found = roster(
        record("1"),
        record("2", last_day="2026-05-31", status="terminated"),
        birthright=[{"name": "a", "groups": ["Staff"]}, {"name": "b", "groups": ["STAFF"]}],
        by_hand=[{"person": key, "group": "staff", "reason": "pilot", "until": "2026-06-30"} for key in ("1", "2")],
    )
    assert [person.shown()["groups"] for person in found.people] == [[{"name": "Staff", "rule": "a, b, grant: pilot"}], []]


def test_the_order_of_the_records_does_not_count():
    records = [record(str(number), manager_id=str(number // 2), last_day=f"2026-06-{number:02d}") for number in range(1, 29)]
    birthright = [{"name": "all", "groups": ["Staff"]}]
    there, back = roster(*records, birthright=birthright), roster(*reversed(records), birthright=birthright)
    assert there.people == back.people[::-1]
    assert sorted(checks(there)) == sorted(checks(back))
