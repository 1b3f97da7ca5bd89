# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One leaving: what proves it, since when, and whether that was in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.case import Case
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.line import line_of
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.evidence_report.ledgers import (
    BEGIN,
    entries,
    leaver,
    line,
    said,
)

DAY = timedelta(hours=24)


def case(*records, allowed=DAY, hours=100.0):
    found = Case("1815")
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


def test_a_line_that_holds_anything_is_read():
    for entry in (None, [], {"number": "x", "verdicts": [1], "operations": {"a": 1}, "times": 7, "run": "r", "at": 5, "subject": None}):
        read = line_of(entry)
        assert (read.number, read.verdicts, read.operations, read.subject) == (0, {}, (), "")
