# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What says nothing new is told without parsing what others said."""

from __future__ import annotations

import json

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.chain import Chain, Head
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.given import normal
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.lines import (
    canonical,
    raw_subject,
    raw_text,
    wrote_nothing,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.sameness import Latest
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.ledger.ledgers import (
    leaver,
    lines_of,
    records,
)
from hypothesis import given
from hypothesis import strategies as st

LEFT = "2026-11-24T09:00:00Z"


def is_known(one, *before):
    [record] = normal([one])
    latest = Latest([record])
    for line in lines_of(before):
        latest.feed(line)
    return latest.is_known(record)


@given(records, st.booleans(), st.booleans())
def test_the_fields_of_a_line_are_found_without_parsing_it_whatever_it_holds(one, signed, mended):
    sign = (lambda message: {"algorithm": "a", "key": "content", "value": "subject"}) if signed else None
    [record] = normal([one])
    line = Chain(Head(), "id", "2026-11-24T10:00:00.000000Z", {"id": '","kind":"', "by": "x"}, '"', "'", sign).line(record, {"bytes": 1} if mended else None)
    entry = json.loads(line)
    assert raw_subject(line) == canonical(entry["subject"])
    for name in ("kind", "content", "outcome"):
        assert raw_text(line, name.encode()).decode() == entry[name]
    assert wrote_nothing(line) == (not entry["operations"])


@given(records, st.lists(records, max_size=3))
def test_a_record_is_the_same_as_itself_and_as_nothing_else(one, others):
    [record] = normal([one])
    others = [other for other in others if normal([other])[0]["subject"] != record["subject"]]
    assert is_known(one, one, *others)
    assert not is_known(one, *others)


def test_whoever_runs_and_when_makes_no_difference():
    for same in ({"written": False}, {"written": False, "stage": "failed"}, {"stage": "planned"}):
        assert is_known(leaver(left_at=LEFT, proven_at="2026-11-25T10:00:00Z", **same), leaver(left_at=LEFT, proven_at=LEFT, **same))


def test_what_was_written_at_another_time_was_written_again():
    assert is_known(leaver(proven_at=LEFT), leaver(proven_at=LEFT))
    assert not is_known(leaver(proven_at="2026-11-25T10:00:00Z"), leaver(proven_at=LEFT))


def test_done_without_operations_says_nothing_new_if_the_verdicts_are_as_before():
    nothing_done = leaver(written=False, left_at=LEFT, note="looked again")
    assert is_known(nothing_done, leaver(left_at=LEFT))
    assert is_known(nothing_done, leaver(left_at=LEFT), leaver("other"), {"kind": "custom", "stage": "done", "subject": "1815"})
    assert not is_known(nothing_done)
    assert not is_known(nothing_done, leaver(left_at=LEFT, verdict="unproven"))
    assert not is_known(nothing_done, leaver(left_at=LEFT), leaver(stage="failed", left_at=LEFT))
    assert not is_known(nothing_done, leaver(left_at=LEFT), leaver(stage="planned", left_at=LEFT))
    assert not is_known({**nothing_done, "kind": "deletion"}, leaver(left_at=LEFT))
    assert not is_known({**nothing_done, "stage": "failed"}, leaver(left_at=LEFT))


def test_another_leaving_of_the_same_person_is_new():
    assert not is_known(leaver(written=False, left_at="2027-11-24T09:00:00Z"), leaver(written=False, left_at=LEFT))
    assert is_known(leaver(written=False, left_at="2026-11-24T10:00:00+01:00"), leaver(written=False, left_at=LEFT))


def test_who_came_back_and_left_as_before_left_again():
    def back(kind, stage="done", operations=({"plane": "account", "verb": "activate"},)):
        return {"kind": kind, "stage": stage, "subject": "1815", "operations": list(operations), "verdicts": {"account": {"verdict": "proven"}}}

    nothing_done = leaver(written=False)
    for kind in ("joiner", "reinstate"):
        assert not is_known(nothing_done, leaver(), back(kind))
        assert not is_known(nothing_done, leaver(), back(kind, "failed"))
        assert is_known(nothing_done, leaver(), back(kind, operations=()))
        assert is_known(nothing_done, leaver(), back(kind), nothing_done)
        assert not is_known(back(kind, operations=()), back(kind), leaver())
    assert is_known(nothing_done, leaver(), back("mover"))
    first, second = normal([back("joiner"), nothing_done])
    latest = Latest([first, second])
    for line in lines_of([leaver()]):
        latest.feed(line)
    latest.note(first)
    assert not latest.is_known(second)


def test_only_the_latest_counts():
    assert not is_known(leaver(note="a"), leaver(note="a"), leaver(note="b"))


def test_within_one_task_the_records_before_count_too():
    first, second = normal([leaver(stage="planned"), leaver()])
    latest = Latest([first, second])
    assert not latest.is_known(first)
    latest.note(first)
    assert latest.is_known(first)
    assert not latest.is_known(second)
    latest.note(second)
    assert not latest.is_known(first)
