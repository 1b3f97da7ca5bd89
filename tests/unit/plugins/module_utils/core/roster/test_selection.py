# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is picked of a roster, and what it looks like in a terminal."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import (
    Person,
    Phase,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.selection import (
    select,
    table,
)


def person(key, phase="active", account="active", lane="standard", until=""):
    return Person(key, f"people.csv:{key}", Phase(phase, account, lane, until=until), {"external_id": key, "user_name": f"{key}@example.com"}).shown()


PEOPLE = [person("1"), person("2", "left", "inactive", "urgent"), person("3", "staged", "none", until="2026-12-01T00:00:00Z"), person("4", "left", "inactive")]


def keys(**asked):
    return [one["key"] for one in select(PEOPLE, **asked)]


def test_who_fits_all_of_what_is_asked_for():
    assert keys() == ["1", "2", "3", "4"]
    assert keys(phases=["left", "staged"]) == ["2", "3", "4"]
    assert keys(phases=["left"], lanes=["urgent"]) == ["2"]
    assert keys(accounts=["none"]) == ["3"]
    assert keys(keys=[4, "1"]) == ["1", "4"]
    assert keys(keys=["1"], phases=["left"]) == []
    assert keys(keys=[]) == keys(phases=[]) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"phases": ["gone"]}, "phases has 'gone'"),
        ({"phases": "left"}, "phases has to be a list"),
        ({"accounts": ["on"]}, "accounts has 'on'"),
        ({"lanes": ["fast"]}, "lanes has 'fast'"),
        ({"keys": ["9"]}, "nobody in the roster has the person_id '9'$"),
        ({"keys": ["9", "8", "1"]}, "nobody in the roster has the person_id '8', nor 1 others"),
    ],
)
def test_what_cannot_be_asked_for(asked, said):
    with pytest.raises(InvalidInput, match=said):
        keys(**asked)


def test_people_written_by_hand_are_not_of_a_roster():
    with pytest.raises(InvalidInput, match=r"people\[0\] is nobody of a roster"):
        select([{"user_name": "ada"}])
    with pytest.raises(InvalidInput, match="people has to be a list"):
        select(PEOPLE[0])


def test_a_table_names_people_by_key_only():
    rows = [{"place": f"people.csv:{line}", "key": "1"} for line in range(2, 9)]
    findings = [{"check": "duplicate_key", "severity": "refuse", "message": "7 rows share 1 person_id", "advice": "do this", "count": 12, "rows": rows}]
    many = [str(number) for number in range(12)]
    changes = {"counts": {"joined": 12, "left": 0, "unchanged": 3}, "joined": many, "left": []}
    lines = table({"counts": {"active": 1, "left": 2}, "changes": changes, "findings": findings, "withheld": ["7"], "people": PEOPLE})
    assert lines == [
        "0 staged, 1 active, 0 on_leave, 0 leaving, 2 left, 0 expired",
        "joined: 12 (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...)",
        "withheld: 1 (7)",
        "refuse: duplicate_key: 7 rows share 1 person_id; do this",
        *(f"    people.csv:{line} 1" for line in range(2, 7)),
        "    and 7 more",
        "UNTIL                 PHASE     ACCOUNT   PERSON",
        "2026-12-01T00:00:00Z  staged    none      3",
    ]
    assert table({"msg": "sources is empty", "failed": True}) == ["0 staged, 0 active, 0 on_leave, 0 leaving, 0 left, 0 expired"]
    assert table({"people": [person(str(number), until="2027") for number in range(30)]})[-1] == "and 10 more"
