# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One leaving: what proves it, since when, and whether that was in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.leaving import (
    Leaving,
    Leavings,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.line import line_of
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.evidence_report.ledgers import (
    BEGIN,
    entries,
    leaver,
    line,
    said,
)

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)


def case(*records, allowed=DAY, hours=100.0):
    found = Leaving("1815")
    for entry in entries(records):
        found.take(line_of(entry))
    return found, found.in_time(allowed, BEGIN + timedelta(hours=hours))


def test_proven_in_time_to_the_second():
    found, judged = case(leaver(24, "1815", 0))
    assert (found.state, found.seconds(), judged) == ("proven", 86400, "kept")
    assert case(leaver(24.001, "1815", 0))[1] == "missed"


@pytest.mark.parametrize(
    ("records", "state", "judged"),
    [
        ([leaver(1, "1815", 0, "account")], "unproven", "missed"),
        ([leaver(1, "1815", 0, stage="planned")], "begun", "missed"),
        ([leaver(1, "1815", 99, "account")], "unproven", "due"),
        ([line(1, "leaver", "refused", "1815", times={"left_at": "2026-09-01T08:00:00Z"})], "refused", "missed"),
        ([leaver(1, "1815", None)], "proven", "unknown"),
        ([leaver(1, "1815", 0, stage="failed")], "unproven", "missed"),  # the planes are proven, the run failed
        ([line(1, "leaver", "done", "1815")], "unproven", "unknown"),  # no plane at all
        ([line(1, "leaver", "done", "1815", verdicts={"seat": {"verdict": "not_applicable"}})], "nothing", ""),
        ([line(1, "leaver", "done", "1815", verdicts={"account": {"verdict": "predicted"}})], "unproven", "unknown"),
        ([line(1, "leaver", "done", "1815", verdicts={"account": {"verdict": "perfect"}})], "unproven", "unknown"),
    ],
)
def test_how_it_stands(records, state, judged):
    found, said_of_it = case(*records)
    assert (found.state, said_of_it) == (state, judged)


def test_what_was_proven_and_is_not_any_more_counts_from_the_proof_that_holds():
    found, judged = case(leaver(1, "1815", 0), leaver(50, "1815", 0, "sessions"))
    assert (found.state, found.seconds(), judged, found.doubted) == ("unproven", None, "missed", 1)
    found, judged = case(leaver(1, "1815", 0), leaver(50, "1815", 0, "sessions"), leaver(60, "1815", 0))
    assert (found.state, found.seconds(), judged) == ("proven", 60 * 3600, "missed")


def test_a_later_run_that_proves_it_again_does_not_make_it_late():
    found, judged = case(leaver(1, "1815", 0), leaver(49, "1815", 0, stage="planned"), leaver(50, "1815", 0))
    assert (found.seconds(), judged, found.doubted) == (3600, "kept", 0)
    refused = line(60, "leaver", "refused", "1815", note="no approval")
    assert case(leaver(1, "1815", 0), refused)[0].state == "proven"


def test_a_plane_that_a_later_record_does_not_name_stays_as_it_was():
    later = line(2, "leaver", "done", "1815", verdicts=said(planes=("account",)), times={"left_at": "2026-09-01T08:00:00Z"})
    found, dummy = case(leaver(1, "1815", 0, "sessions"), later)
    assert (found.state, found.doubts()) == ("unproven", [("sessions", "the account is still active")])


def test_a_proof_before_the_event_took_no_time_and_one_after_its_own_record_is_not_believed():
    assert case(leaver(1, "1815", 10))[0].seconds() == 0
    forged = leaver(30, "1815", 0)
    forged["times"] = {**forged["times"], "proven_at": "2026-12-24T00:00:00Z"}
    assert case(forged)[0].seconds() == 30 * 3600


def leavings(*records):
    found = Leavings()
    for entry in entries(records):
        found.take(line_of(entry))
    return found


def test_who_was_hired_again_without_a_record_left_twice():
    found = leavings(leaver(1, "1815", 0), leaver(990, "1815", 900, stage="planned"), leaver(1000, "1815", 900))
    assert [(one.first, one.seconds(), one.in_time(DAY, None)) for one in found.all] == [(1, 3600, "kept"), (2, 100 * 3600, "missed")]
    # Nothing was taken: HR told another time for the same leaving, for which it was proven by this record only.
    found = leavings(leaver(1, "1815", 0), leaver(34, "1815", 30, operations=[]))
    assert [(one.first, one.seconds()) for one in found.all] == [(1, 4 * 3600)]
    found = leavings(leaver(1, "1815", 0), leaver(34, "1815", 30, "account", operations=[]))
    assert [(one.state, one.in_time(DAY, BEGIN + 50 * HOUR)) for one in found.all] == [("unproven", "due")]


def test_whoever_is_let_in_again_has_not_left_any_more():
    back = line(30, "reinstate", "failed", "1815", [{"plane": "account", "verb": "activate"}], said("groups"))
    assert leavings(leaver(1, "1815", 0), back).of("1815", None) is None
    [ended] = leavings(leaver(1, "1815", 0, "account"), back).all
    assert (ended.state, ended.is_open, ended.in_time(DAY, None)) == ("returned", False, "missed")
    assert ended.in_time(timedelta(hours=40), BEGIN + 99 * HOUR) == ""
    nothing = line(30, "reinstate", "failed", "1815")
    assert leavings(leaver(1, "1815", 0), nothing).of("1815", None).state == "proven"


def test_what_is_planned_with_a_doubt_takes_the_proof_back():
    doubt = line(30, "leaver", "planned", "1815", [{"plane": "account", "verb": "deactivate"}], said("account"))
    [found] = leavings(leaver(1, "1815", 0), doubt, leaver(40, "1815", 0)).all
    assert (found.seconds(), found.doubted) == (40 * 3600, 1)


def test_when_somebody_left_is_for_hr_to_say():
    def of(left, *records):
        found = leavings(*records).of("1815", BEGIN + left * HOUR)
        return found and (found.state, found.seconds())

    assert of(0, leaver(1, "1815", 0)) == ("proven", 3600)
    assert of(-5, leaver(1, "1815", 0)) == ("proven", 6 * 3600)
    assert of(500, leaver(1, "1815", 0)) is None
    assert of(500, leaver(1, "1815", 0), line(501, "leaver", "refused", "1815")) == ("unproven", None)
    assert of(500, leaver(1, "1815", 0), leaver(502, "1815", 0)) == ("proven", 2 * 3600)
    assert of(500, leaver(1, "1815", None)) is None


def test_a_line_that_holds_anything_is_read():
    for entry in (None, [], {"number": "x", "verdicts": [1], "operations": {"a": 1}, "times": 7, "run": "r", "at": 5, "subject": None}):
        read = line_of(entry)
        assert (read.number, read.verdicts, read.operations, read.subject) == (0, {}, (), "")
