# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who left and has no record that proves it in time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.completeness import (
    Completeness,
    leavers,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.ledger.ledgers import (
    leaver,
    lines_of,
)

LEFT = "2026-11-24T09:00:00Z"
SOON, LATE = "2026-11-24T11:30:00Z", "2026-11-26T09:00:00Z"
EARLIER = "2024-05-01T09:00:00Z"
MUCH_LATER = datetime(2027, 1, 1, tzinfo=timezone.utc)


def judged(*records, left_at=LEFT, at=MUCH_LATER, now="2026-12-31T00:00:00.000000Z"):
    """The person 1815 of a ledger that holds these records, and others about somebody else."""
    completeness = Completeness(leavers([{"subject": 1815, "left_at": left_at}]), timedelta(hours=24), at)
    for line in lines_of([leaver("someone else", left_at=LEFT, proven_at=SOON), *records], now=now):
        completeness.feed(json.loads(line))
    result = completeness.result()
    [person] = result["people"]
    assert result["complete"] == (person["verdict"] in ("complete", "due"))
    assert result["gaps"] == ([] if result["complete"] else [person])
    assert result["counts"][person["verdict"]] == sum(result["counts"].values()) == 1
    return person["verdict"], person["delay"], person["records"]


def test_proven_in_time_too_late_not_at_all():
    assert judged(leaver(left_at=LEFT, proven_at=SOON)) == ("complete", 9000, [2])
    assert judged(leaver(left_at=LEFT, proven_at="2026-11-25T09:00:00Z")) == ("complete", 86400, [2])
    assert judged(leaver(left_at=LEFT, proven_at="2026-11-25T09:00:00.5Z")) == ("late", 86400.5, [2])
    assert judged(leaver(left_at=LEFT, verdict="unproven")) == ("unproven", None, [2])
    assert judged(leaver(stage="planned", left_at=LEFT), leaver(stage="failed", left_at=LEFT)) == ("unproven", None, [2, 3])
    assert judged() == ("missing", None, [])


def test_every_plane_has_to_be_right():
    both = {"account": {"verdict": "proven"}, "groups": {"verdict": "not_applicable"}}
    assert judged(leaver(left_at=LEFT, proven_at=SOON, verdicts=both))[0] == "complete"
    assert judged(leaver(left_at=LEFT, proven_at=SOON, verdicts={**both, "seat": {"verdict": "unproven"}}))[0] == "unproven"
    assert judged(leaver(left_at=LEFT, proven_at=SOON, verdicts={}))[0] == "unproven"


def test_when_it_was_appended_counts_where_it_does_not_say_when_it_was_proven():
    assert judged(leaver(left_at=LEFT), now="2026-11-24T10:00:00.000000Z") == ("complete", 3600, [2])


def test_whose_time_is_not_over_is_due():
    at = datetime(2026, 11, 25, 9, tzinfo=timezone.utc)
    assert judged(at=at)[0] == "due"
    assert judged(leaver(stage="failed", left_at=LEFT), at=at)[0] == "due"
    assert judged(at=at + timedelta(microseconds=1))[0] == "missing"
    assert judged(leaver(left_at=LEFT, proven_at=LATE), at=at)[0] == "late"


def test_the_proof_that_holds_counts():
    first, again = leaver(left_at=LEFT, proven_at=SOON), leaver(left_at=LEFT, proven_at=LATE)
    assert judged(first, again) == ("complete", 9000, [2, 3])
    assert judged(first, leaver(stage="failed", left_at=LEFT))[0] == "unproven"
    assert judged(first, leaver(left_at=LEFT, verdict="unproven"))[0] == "unproven"
    assert judged(first, leaver(stage="failed", left_at=LEFT), again) == ("late", 172800, [2, 3, 4])
    assert judged(first, leaver(stage="planned", left_at=LEFT))[0] == "complete"


def test_an_earlier_leaving_of_somebody_who_was_hired_again_does_not_count():
    assert judged(leaver(left_at=EARLIER, proven_at="2024-05-01T10:00:00Z")) == ("missing", None, [])
    assert judged(leaver(proven_at="2024-05-01T10:00:00Z")) == ("missing", None, [])
    assert judged(leaver(proven_at=SOON))[0] == "complete"
    # HR corrected the date: proven after it, under the date before.
    assert judged(leaver(left_at="2026-11-23T09:00:00Z", proven_at=SOON)) == ("complete", 9000, [2])
    # Gone before the end, for this very leaving.
    assert judged(leaver(left_at=LEFT, proven_at="2026-11-24T08:00:00Z")) == ("complete", -3600, [2])


def test_whoever_came_back_has_to_leave_again():
    back = {"kind": "reinstate", "stage": "done", "subject": "1815", "operations": [{"plane": "account", "verb": "activate"}]}
    gone = leaver(left_at=LEFT, proven_at=SOON)
    assert judged(gone, back) == ("missing", None, [])
    assert judged(gone, {**back, "kind": "joiner"})[0] == "missing"
    assert judged(gone, {**back, "stage": "planned"})[0] == "complete"
    assert judged(gone, {**back, "operations": []})[0] == "complete"
    assert judged(gone, back, leaver(left_at=LEFT, proven_at=LATE))[0] == "late"


def test_records_of_other_kinds_count_if_they_are_about_a_leaving():
    assert judged(leaver(kind="directory_sync", left_at=LEFT, proven_at=SOON))[0] == "complete"
    assert judged(leaver(kind="mover", proven_at=SOON))[0] == "missing"
    assert judged(leaver(kind="deletion", left_at=LEFT, proven_at=SOON))[0] == "complete"
    assert judged(leaver(left_at=LEFT, proven_at=SOON), leaver(kind="deletion", verdict="unproven"))[0] == "unproven"
    assert judged(leaver(kind="deletion", proven_at=SOON))[0] == "missing"  # whose account that was, and why it was deleted, is not told


def test_without_a_time_nobody_is_late_and_nobody_is_due():
    assert judged(leaver(proven_at=SOON), left_at="") == ("complete", None, [2])
    assert judged(left_at="", at=datetime(2026, 1, 1, tzinfo=timezone.utc))[0] == "missing"


def test_those_of_a_roster_who_left():
    def person(key, phase, **more):
        return {"key": key, "phase": phase, "left_at": LEFT, "user": {"external_id": key}, **more}

    people = [person("1", "left"), person("2", "expired"), person("3", "active"), person("4", "leaving"), {"subject": "5", "left_at": LEFT}]
    assert [one.subject for one in leavers(people)] == ["1", "2", "5"]
    assert [one.subject for one in leavers([person("6", "left", user={"user_name": "ada"}), person("", "left", user={"id": "7"})])] == ["6", "id:7"]
    assert len(leavers([person("1", "left"), {"subject": "1", "left_at": "2026-11-24T10:00:00+01:00"}])) == 1


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (["1815"], r"people\[0\] is neither"),
        ([{"subject": "1", "name": "x"}], r"people\[0\] is neither"),
        ([{"left_at": LEFT}], r"people\[0\] names nobody"),
        ([{"subject": "1", "left_at": "soon"}], r"people\[0\].left_at: 'soon' is no point in time"),
        ([{"subject": "1", "left_at": LEFT}, {"subject": "1", "left_at": LATE}], r"people\[1\]: '1' left at"),
    ],
)
def test_people_who_are_none(people, said):
    with pytest.raises(InvalidInput, match=said):
        leavers(people)
