# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report: whom it counts, what it says first, and what is missing."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.chain import Chain
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.options import (
    Options,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.periods import (
    periods,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.completeness import (
    Completeness,
    leavers,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.evidence_report.ledgers import (
    BEGIN,
    TAKEN,
    at,
    company,
    entries,
    leaver,
    line,
    made,
    person,
    said,
)
from hypothesis import given, settings
from hypothesis import strategies as st

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
GIVEN = {"since": None, "until": None, "instant": None, "sla": "24h", "sample": 25, "seed": None, "title": None, "names": None}


def test_a_good_ledger_is_said_in_one_sentence():
    found = made([leaver(1, "a", 0), leaver(30, "b", 28)])
    assert (found.state, found.headline, found.reasons) == ("healthy", "All 2 leavers are proven gone within 24 hours", [])
    assert made([leaver(1, "a", 0)]).headline == "The one leaver is proven gone within 24 hours"
    assert made([line(1, "mover", "done", "a")]).headline == "Nobody left"


def test_a_ledger_without_a_record_is_not_called_good():
    found = made([])
    assert (found.state, found.headline) == ("attention", "The evidence holds no record")
    assert made([], [person("ghost", left_at=at(-99))]).headline == "1 of 1 leaver is not proven gone"


@pytest.mark.parametrize(
    ("records", "state", "headline"),
    [
        ([leaver(1, "a", 0), leaver(50, "b", 1, "account")], "failing", "1 of 2 leavers is not proven gone"),
        ([leaver(30, "a", 0), leaver(31, "b", 30)], "attention", "All 2 leavers are proven gone, 1 later than 24 hours"),
        ([leaver(1, "a", 0, "account")], "attention", "1 leaver not proven gone yet, all within 24 hours so far"),
        ([leaver(1, "a", None)], "healthy", "The one leaver is proven gone"),
    ],
)
def test_the_headline(records, state, headline):
    found = made(records)
    assert (found.state, found.headline) == (state, headline)


def test_a_broken_chain_beats_everything():
    found = made([leaver(1, "a", 0)], chain=Chain(False, 1, "0" * 64, "", ("Line 1: altered",), 1))
    assert (found.state, found.headline) == ("failing", "The record is not intact: do not rely on what it says")
    assert found.shown()["chain"]["problems"] == ["Line 1: altered"]


def test_numbers_of_a_company():
    shown = made(company()).shown()
    assert shown["counts"]["joiners"] == 60
    assert shown["counts"]["movers"] == 25
    assert shown["counts"]["leavers"] == 44
    assert shown["unproven"] == ["1791", "1906", "break-glass"]
    assert shown["sla"] == {"seconds": 86400, "kept": 40, "missed": 4, "due": 0, "unknown": 0}
    assert shown["seconds"] == {"measured": 41, "p50": 9000, "p95": 64800, "worst": 90 * 3600}
    assert shown["approvals"] == {"self_approved": 2, "missing": 1}
    assert len(shown["sample"]) == 25


def test_whoever_comes_back_and_leaves_again_left_twice():
    back = line(30, "reinstate", "done", "a", [{"plane": "account", "verb": "activate"}])
    found = made([leaver(1, "a", 0), back, leaver(60, "a", 40, "account")])
    assert [(case.first, case.state) for case in found.cases] == [(3, "unproven"), (1, "proven")]
    nothing = line(30, "reinstate", "done", "a")
    assert len(made([leaver(1, "a", 0), nothing, leaver(60, "a", 0)]).cases) == 1


def test_a_period_follows_its_leavers_beyond_its_end_and_an_instant_ends_that():
    records = [leaver(1, "before", 0), leaver(30, "in", 11, "account"), leaver(41, "in", 11), leaver(45, "after", 44)]
    found = made(records, since=BEGIN + 10 * HOUR, until=BEGIN + 40 * HOUR)
    assert [(case.subject, case.state) for case in found.cases] == [("in", "proven")]
    assert found.shown()["counts"]["records"] == 1
    found = made(records, since=BEGIN + 10 * HOUR, until=BEGIN + 40 * HOUR, as_of=BEGIN + 40 * HOUR)
    assert [(case.subject, case.state) for case in found.cases] == [("in", "unproven")]
    assert (found.state, found.reading.later) == ("failing", 2)
    grown = made([*records, leaver(90, "later", 80)], since=BEGIN + 10 * HOUR, until=BEGIN + 40 * HOUR, as_of=BEGIN + 40 * HOUR, seed="s")
    assert grown.shown()["counts"] == found.shown()["counts"]


def test_who_left_without_a_record_is_not_proven_gone():
    people = [person("a", left_at=at(0)), person("ghost", left_at=at(2)), person("fresh", left_at=at(59)), person("old", left_at=at(-900)),
              {"subject": "by hand", "left_at": at(3)}]
    found = made([leaver(1, "a", 0), leaver(60, "b", 59)], people, since=BEGIN)
    assert [case.subject for case in found.exposed] == ["ghost", "by hand"]
    assert [case.subject for case in found.due] == ["fresh"]
    assert found.headline == "2 of 5 leavers are not proven gone"
    assert "2 people left by the roster and have no record of it" in found.reasons
    assert {case.subject for case in found.sampled} == {"a", "b", "ghost", "fresh", "by hand"}
    assert found.gaps.leavers == 4


_steps = st.tuples(
    st.sampled_from(("leaver", "leaver", "leaver", "deletion", "mover", "reinstate", "joiner")),
    st.sampled_from(("planned", "done", "done", "failed", "refused")),
    st.sampled_from((None, 0, 10, 200)),
    st.sampled_from(((), ("account",), ("sessions",))),
    st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_steps, max_size=6), st.sampled_from((None, 0, 10, 200)), st.integers(0, 300))
def test_the_report_and_evidence_info_never_disagree(steps, left, hours):
    """Whatever is recorded in whatever order: who is complete for one is in time for the other."""
    records = [
        line(number * 20 + 1, kind, stage, "a", TAKEN if wrote else (), said(*unproven), {} if told is None else {"left_at": at(told)})
        for number, (kind, stage, told, unproven, wrote) in enumerate(steps)
    ]
    people = [{"subject": "a", "left_at": "" if left is None else at(left)}]
    now = BEGIN + hours * HOUR
    completeness = Completeness(leavers(people), DAY, now)
    for entry in entries(records):
        if entry["at"] <= f"{now:%Y-%m-%dT%H:%M:%S}.000000Z":  # the report leaves out what comes later
            completeness.feed(entry)
    [person] = completeness.result()["people"]
    found = made(records, people, as_of=now)
    if left is not None and left > hours:  # not a leaver of this report yet
        return
    [case] = found.unrecorded or [found.reading.leavings.open["a"]]
    judged = {"late": "missed", "due": "due"}.get(person["verdict"], {"complete": "kept"}.get(person["verdict"], "missed"))
    assert case.is_open == (person["verdict"] in ("due", "unproven", "missing"))
    assert found.timely(case) in (judged, "unknown" if case.left_at is None else judged)
    assert (case in found.unrecorded) == (not person["records"])
    assert case.delay() == person["delay"]


def test_who_is_gone_by_the_record_and_not_by_the_roster_is_told():
    people = [person("a", "active"), person("new", "active", since=at(5)), person("veteran", "active", since=at(-900)), person("j", "active", since=at(2))]
    joined = line(2, "joiner", "done", "j", [{"plane": "account", "verb": "create"}])
    found = made([leaver(1, "a", 0), joined, leaver(50, "z", 49)], people)
    assert (found.gaps.back, found.gaps.joined, found.gaps.left, found.state) == (["a"], ["new"], [], "attention")
    with pytest.raises(InvalidInput, match=r"people\[0\]"):
        made([leaver(1, "a", 0)], [{"name": "Ada"}])


def test_what_others_did_not_finish_is_told():
    failed = line(2, "mover", "failed", "m", [], said("groups", planes=("groups",)))
    found = made([line(1, "joiner", "planned", "j", [{"plane": "account", "verb": "create"}]), failed])
    assert [outcome.problem for outcome in found.stuck] == ["failed: groups not proven", "begun, and no outcome is recorded"]
    assert (found.state, found.reasons) == ("attention", ["2 joiners, movers or other changes not finished"])


@pytest.mark.parametrize(
    ("asked", "approved", "operations", "flag"),
    [("hr", "boss", 1, ""), ("hr", " HR ", 1, "self_approved"), ("hr", "", 1, "not_approved"), ("hr", "", 0, ""), ("", "boss", 1, "")],
)
def test_who_allowed_what_they_asked_for(asked, approved, operations, flag):
    done = [{"plane": "account", "verb": "deactivate"}] * operations
    found = made([leaver(1, "a", 0, operations=done, requested_by=asked, approved_by=approved)])
    assert [run.flag for run in found.runs] == [flag]


def test_the_order_of_other_people_changes_no_number():
    records = [leaver(1, "a", 0), leaver(1, "b", 0, "account"), line(1, "joiner", "done", "c", [{"plane": "account", "verb": "create"}])]
    wanted = made(records).shown()
    for other in permutations(records):
        shown = made(other).shown()
        assert {name: shown[name] for name in ("counts", "sla", "seconds", "said")} == {name: wanted[name] for name in ("counts", "sla", "seconds", "said")}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("joiner", "leaver", "mover")), st.text(max_size=2), st.dates(date(1999, 12, 25), date(2042, 1, 9))), max_size=20))
def test_everybody_is_in_one_step_of_each_unit(events):
    steps = periods(events)
    assert bool(steps) is bool(events)
    assert sum(step["leaver"] for step in steps) <= sum(kind == "leaver" for kind, *dummy in events)
    assert {kind for kind, *dummy in events} == {kind for kind in ("joiner", "leaver", "mover") if any(step[kind] for step in steps)}
    assert [step["begin"] for step in steps] == sorted({step["begin"] for step in steps})


def test_a_mistake_of_centuries_does_not_make_a_chart_of_centuries():
    wrong = leaver(1, "a", 0)
    wrong["times"]["left_at"] = "9999-12-31T23:59:59Z"
    assert len(made([wrong, leaver(2, "b", 0)]).steps) == 1
    early = leaver(1, "a", 0)
    early["at"] = "0001-01-01T00:00:00.000000Z"
    assert len(made([early, leaver(2, "b", 0)]).steps) <= 61


@pytest.mark.parametrize(
    ("wrong", "said_of_it"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": at(2), "until": at(1)}, "since"),
        ({"since": at(2), "instant": at(1)}, "since"),
        ({"sla": "soon"}, "sla"),
        ({"sla": "0"}, "sla"),
        ({"sample": -1}, "sample"),
        ({"sample": 100_000}, "sample"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(wrong, said_of_it):
    with pytest.raises(InvalidInput, match=said_of_it):
        Options.from_options({**GIVEN, **wrong}.get)
    assert Options.from_options(GIVEN.get).sla == 24 * HOUR
