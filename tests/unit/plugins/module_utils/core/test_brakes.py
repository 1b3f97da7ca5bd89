# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brakes: counts in number and in percent, one sentence that names the way out, and no trip where nothing goes."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.brakes import (
    DEFAULTS,
    LEAST_MEMBERS,
    Brakes,
    Limit,
    Population,
    tripped,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    BrakeTripped,
    InvalidInput,
    Refused,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import Plan, plan
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from hypothesis import given, settings
from hypothesis import strategies as st

FREE = {name: {"number": 10**6, "percent": 100} for name in DEFAULTS}
NOBODY = Population(0, 0, 0)


def only(**options):
    """Brakes of which nothing holds but what is given."""
    limits = {name: {**FREE[name], **options.pop(name, {})} for name in FREE}
    return Brakes.from_options({"least_members": 0, **limits, **options})


def people(count):
    return {f"p{number:02}": {"user_name": f"p{number:02}", "active": True} for number in range(count)}


def first(count, wish):
    return dict.fromkeys(list(people(count)), wish)


def leavers(gone, of, brakes):
    return tripped(plan(USER, first(gone, None), people(of)), Population(of, 0, 0), brakes)


def group_change(before, after, brakes, **population):
    """What trips when one group's members become others; ``None`` deletes it."""
    wish = None if after is None else {"members": tuple(after)}
    found = plan(GROUP, {"Staff": wish}, {"Staff": {"display_name": "Staff", "members": tuple(before)}})
    return tripped(found, Population(**{"users": 100, "groups": 10, "memberships": len(before), **population}), brakes)


# -- limits ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "percent", "of", "allowed"),
    [
        (50, 5, 40, 2),
        (50, 5, 59, 2),
        (50, 5, 10_000, 50),
        (50, 5, 3, 1),  # one may always go
        (50, 5, 0, 1),
        (0, 5, 100, 0),  # but not if none may
        (50, 0, 100, 0),
        (50, 100, 10, 50),  # 100 % is no limit
        (5000, 2.3, 1000, 23),
        (5000, 0.1, 1000, 1),
    ],
)
def test_the_lower_of_number_and_percent_counts(number, percent, of, allowed):
    assert Limit(number, percent).allowed(of) == allowed


def test_what_is_not_given_keeps_its_default():
    assert Brakes.from_options(None) == Brakes.from_options({}) == Brakes()
    brakes = Brakes.from_options({"deletions": {"number": 10, "percent": None}, "changes": None})
    assert brakes == replace(Brakes(), deletions=Limit(10, DEFAULTS["deletions"].percent))
    assert Brakes.from_options({"least_members": 3}).least_members == 3
    assert Brakes().least_members == LEAST_MEMBERS


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"deletions": {"percent": 101}}, "brakes.deletions.percent has to be a number from 0 to 100, not 101"),
        ({"deletions": {"percent": -0.5}}, "brakes.deletions.percent has to be a number from 0 to 100, not -0.5"),
        ({"deletions": {"percent": float("nan")}}, "brakes.deletions.percent has to be a number from 0 to 100, not nan"),
        ({"changes": {"percent": "half"}}, "brakes.changes.percent has to be a number from 0 to 100, not 'half'"),
        ({"changes": {"number": -1}}, "brakes.changes.number has to be a whole number, 0 or more, not -1"),
        ({"changes": {"number": True}}, "brakes.changes.number has to be a whole number, 0 or more, not True"),
        ({"changes": 5}, "brakes.changes has to be a dictionary with number and percent, not 5"),
        ({"changes": {"numbr": 5}}, "brakes.changes has to be a dictionary with number and percent, not {'numbr': 5}"),
        ({"least_members": -2}, "brakes.least_members has to be a whole number, 0 or more, not -2"),
        ({"deletion": {}}, "brakes.deletion is no brake"),
    ],
)
def test_what_is_no_limit_is_refused_by_its_name(options, said):
    with pytest.raises(InvalidInput) as refusal:
        Brakes.from_options(options)
    assert str(refusal.value).startswith(said)


# -- each brake ------------------------------------------------------------------------------------------------------------


def test_the_sentence_names_the_numbers_and_the_option_that_would_allow_it():
    (trip,) = leavers(12, 40, only(deletions={"number": 50, "percent": 5}))
    assert (trip.brake, trip.kind, trip.count, trip.allowed, trip.of) == ("deletions", "User", 12, 2, 40)
    assert trip.sample == ("p00", "p01", "p02", "p03", "p04")
    assert trip.said == (
        "12 of 40 users would be deleted (30 %), more than brakes.deletions allows (2: number 50, percent 5); "
        "if that is meant, set brakes.deletions.percent to 30 or more: p00, p01, p02, p03, p04, ..."
    )


def test_only_what_is_too_low_is_named():
    by_number = leavers(12, 40, only(deletions={"number": 5, "percent": 50}))[0].said
    assert "set brakes.deletions.number to 12 or more" in by_number
    both = leavers(12, 40, only(deletions={"number": 5, "percent": 5}))[0].said
    assert "set brakes.deletions.number to 12 and brakes.deletions.percent to 30 or more" in both


def test_as_many_as_allowed_trip_nothing():
    assert leavers(2, 40, only(deletions={"number": 50, "percent": 5})) == []
    assert leavers(1, 3, Brakes()) == []


def test_users_and_groups_are_deleted_by_separate_counts():
    found = plan(USER, first(3, None), people(3)) + plan(GROUP, {"A": None, "B": None}, {"A": {}, "B": {}})
    brakes = only(deletions={"number": 2})
    (trip,) = tripped(found, Population(3, 2, 0), brakes)
    assert (trip.kind, trip.count, trip.of) == ("User", 3, 3)
    (trip,) = tripped(found, Population(3, 2, 0), only(deletions={"percent": 50}))[1:]
    assert (trip.kind, trip.count, trip.of, trip.sample) == ("Group", 2, 2, ("A", "B"))
    assert "2 of 2 groups would be deleted (100 %)" in trip.said


def test_a_deactivation_is_counted_once_and_only_where_somebody_could_sign_in():
    seen = {"a": {"active": True}, "b": {}, "c": {"active": False}, "d": {"active": "False"}}
    found = plan(USER, dict.fromkeys(seen, {"active": False, "title": "x"}), seen)
    assert len(found) == 4
    (trip,) = tripped(found, Population(4, 0, 0), only(deactivations={"number": 0}))
    assert (trip.count, trip.sample) == (2, ("a", "b"))
    back = plan(USER, {"c": {"active": True}}, seen)
    assert tripped(back, Population(4, 0, 0), only(deactivations={"number": 0})) == []


def test_memberships_that_end_are_counted_over_all_groups():
    seen = {"A": {"members": ("ada", "bob"), "nested_groups": ("X",)}, "B": {"members": ("cy",)}}
    found = plan(GROUP, {"A": {"members": ("bob", "eve"), "nested_groups": ()}, "B": None}, seen)
    (trip,) = tripped(found, Population(9, 2, 4), only(membership_removals={"number": 2}))
    assert (trip.count, trip.of) == (3, 4)
    assert trip.sample == ("ada from A", "X from A", "cy from B")


def test_a_group_that_is_deleted_does_not_lose_members_but_memberships_end():
    brakes = only(membership_removals_per_group={"number": 0}, least_members=2)
    assert group_change("abc", None, brakes) == []
    (trip,) = group_change("abc", None, only(membership_removals={"number": 0}))
    assert (trip.brake, trip.count) == ("membership_removals", 3)


def test_one_group_may_not_lose_most_of_its_members():
    (trip,) = group_change("abcdef", "ab", only(membership_removals_per_group={"percent": 50}), memberships=10_000)
    assert (trip.brake, trip.count, trip.allowed, trip.of, trip.sample) == ("membership_removals_per_group", 4, 3, 6, ("Staff",))
    assert trip.said == (
        "group Staff would lose 4 of its 6 members (66.7 %), more than brakes.membership_removals_per_group allows "
        "(3: number 1000000, percent 50); if that is meant, set brakes.membership_removals_per_group.percent to 66.7 or more: Staff"
    )


def test_several_groups_are_one_trip_whose_advice_holds_for_all():
    seen = {name: {"members": tuple(range_)} for name, range_ in {"A": "abcd", "B": "abcdefghij", "C": "ab"}.items()}
    found = plan(GROUP, {"A": {"members": ()}, "B": {"members": ("a", "b")}, "C": {"members": ("a",)}}, seen)
    (trip,) = tripped(found, Population(0, 3, 16), only(membership_removals_per_group={"number": 5, "percent": 50}))
    assert trip.sample == ("B", "A")
    assert "group B would lose 8 of its 10" in trip.said
    assert "and so would 1 more group;" in trip.said
    assert "number to 8 and brakes.membership_removals_per_group.percent to 100" in trip.said


def test_no_group_is_emptied():
    (trip,) = group_change("ab", "", only(least_members=1))
    assert (trip.brake, trip.count, trip.allowed, trip.of) == ("least_members", 0, 1, 2)
    assert trip.said == (
        "group Staff would be left with 0 of its 2 members, fewer than brakes.least_members (1); "
        "if that is meant, set brakes.least_members to 0: Staff"
    )
    assert group_change("ab", "", only(least_members=0)) == []
    assert group_change("ab", "c", only(least_members=1)) == []  # everybody goes, and somebody comes


def test_a_group_that_has_too_few_already_may_lose_them():
    assert group_change("ab", "", only(least_members=3)) == []
    assert group_change("abc", "ab", only(least_members=3))[0].brake == "least_members"


def test_the_least_that_is_advised_does_not_catch_a_smaller_group():
    seen = {"Large": {"members": tuple("abcdef")}, "Small": {"members": tuple("abcd")}}
    found = plan(GROUP, {"Large": {"members": tuple("abc")}, "Small": {"members": tuple("ab")}}, seen)
    (trip,) = tripped(found, Population(0, 2, 10), only(least_members=5))
    assert trip.sample == ("Large",)
    assert "set brakes.least_members to 2:" in trip.said


def test_what_is_created_is_no_change():
    assert tripped(plan(USER, people(50), {}), NOBODY, Brakes.from_options({"changes": {"number": 0}})) == []


def test_who_only_gets_a_manager_or_members_is_not_counted_as_changed():
    none = only(changes={"number": 0})
    managed = plan(USER, {"p00": {"manager": "p01"}, "p01": {"manager": "p02", "title": "x"}}, people(3))
    assert [(trip.count, trip.sample) for trip in tripped(managed, Population(3, 0, 0), none)] == [(1, ("p01",))]
    moved = plan(USER, {"p00": {"manager": "p02"}}, {"p00": {"user_name": "p00", "manager": "p01"}})
    assert [trip.count for trip in tripped(moved, Population(1, 0, 0), none)] == [1]
    joined = plan(GROUP, {"A": {"members": ("a", "b")}, "B": {"members": ("b",)}}, {"A": {"members": ("a",)}, "B": {"members": ("a",)}})
    assert [(trip.brake, trip.sample) for trip in tripped(joined, Population(0, 2, 9), none)] == [("changes", ("B",))]


def test_changes_are_counted_over_users_and_groups_with_deletions_and_deactivations():
    wishes = {**first(14, {"title": "x"}), "p00": None, "p01": {"active": False}, "new": {"user_name": "new"}}
    found = plan(USER, wishes, people(38)) + plan(GROUP, {"A": {"external_id": "1"}, "B": {"display_name": "B"}}, {"A": {}})
    (trip,) = tripped(found, Population(38, 2, 0), only(changes={"percent": 30}))
    assert (trip.kind, trip.count, trip.allowed, trip.of) == ("", 15, 12, 40)
    assert "15 of 40 users and groups would be changed or deleted (37.5 %)" in trip.said


def test_a_few_are_allowed_whatever_their_share():
    assert [Limit(50, 10, few=3).allowed(of) for of in (0, 5, 29, 30, 40)] == [3, 3, 3, 3, 4]
    assert [Limit(*none, few=3).allowed(40) for none in ((0, 10), (50, 0), (2, 10))] == [0, 0, 2]
    team = plan(USER, first(3, {"title": "x"}), people(4))
    assert tripped(team, Population(4, 0, 0), Brakes()) == []  # all of a small team may move
    assert DEFAULTS["deletions"].few == 1


def test_nothing_that_is_there_needs_no_percentage():
    (trip,) = leavers(2, 2, only(deletions={"number": 1}))
    assert "100 %" in trip.said
    (trip,) = tripped(plan(USER, first(2, None), people(2)), NOBODY, only(deletions={"percent": 50}))
    assert "2 of 0 users would be deleted, more than" in trip.said
    assert trip.said.endswith("set brakes.deletions.percent to 100: p00, p01")


# -- the refusal -----------------------------------------------------------------------------------------------------------


def test_the_refusal_says_every_sentence_and_that_nothing_was_written():
    trips = leavers(20, 40, Brakes())
    refusal = BrakeTripped(trips)
    assert [trip.brake for trip in trips] == ["deletions", "changes"]
    assert isinstance(refusal, Refused)
    assert all(trip.said in str(refusal) for trip in trips)
    assert str(refusal).endswith("; nothing was written")
    shown = json.loads(json.dumps(refusal.facts()))["brakes"]
    assert shown[0]["sample"] == ["p00", "p01", "p02", "p03", "p04"]
    assert {key: shown[1][key] for key in ("brake", "kind", "count", "allowed", "of")} == {
        "brake": "changes",
        "kind": "",
        "count": 20,
        "allowed": 12,
        "of": 40,
    }


def test_a_name_cannot_break_a_line_or_fill_a_screen():
    names = ["a\nFAILED", "\u202egod", "x" * 5000]
    found = plan(USER, dict.fromkeys(names), {name: {"user_name": name} for name in names})
    (trip,) = tripped(found, Population(3, 0, 0), only(deletions={"number": 0}))
    assert trip.said.isprintable()
    assert len(trip.said) < 500


# -- properties ------------------------------------------------------------------------------------------------------------

NAMES = [f"n{number}" for number in range(12)]
TEAMS = ["A", "B", "C"]
limits = st.builds(Limit, st.integers(0, 12), st.sampled_from([0, 0.1, 5, 12.5, 30, 33.3, 50, 99.9, 100]))
brakes_ = st.builds(Brakes, limits, limits, limits, limits, limits, st.integers(0, 6))
rosters = st.lists(st.sampled_from(NAMES), unique=True).map(lambda names: tuple(sorted(names)))
groups_ = st.dictionaries(st.sampled_from(TEAMS), rosters)


def group_plan(seen, wished):
    state = {key: {"display_name": key, "members": members} for key, members in seen.items()}
    return plan(GROUP, {key: None if members is None else {"members": members} for key, members in wished.items()}, state)


def population_of(users, groups):
    return Population(len(users), len(groups), sum(map(len, groups.values())))


@st.composite
def cases(draw):
    """A plan over a small directory, and what there is."""
    users = {name: {"user_name": name, "active": draw(st.booleans())} for name in draw(rosters)}
    wishes = st.sampled_from([None, {"active": False}, {"active": True}, {"title": "x"}])
    desired = draw(st.dictionaries(st.sampled_from(NAMES), wishes))
    groups = draw(groups_)
    wished = draw(st.dictionaries(st.sampled_from(TEAMS), st.none() | rosters))
    return plan(USER, desired, users) + group_plan(groups, wished), population_of(users, groups)


@settings(deadline=None, max_examples=100)
@given(case=cases(), brakes=brakes_)
def test_what_the_sentences_advise_makes_the_trips_go_away(case, brakes):
    found, population = case
    options = {name: {"number": getattr(brakes, name).number, "percent": getattr(brakes, name).percent} for name in DEFAULTS}
    options["least_members"] = brakes.least_members
    for trip in tripped(found, population, brakes):
        advised = re.findall(r"brakes\.(\w+)(?:\.(\w+))? to ([\d.]+)", trip.said)
        assert {name for name, _part, _value in advised} == {trip.brake}
        for name, part, value in advised:
            if part:
                more = float(value) if part == "percent" else int(value)
                assert more > getattr(getattr(brakes, name), part)
                options[name][part] = max(options[name][part], more)  # deletions may be advised for users and for groups
            else:
                assert int(value) < brakes.least_members
                options[name] = int(value)
    assert tripped(found, population, Brakes.from_options(options)) == []


@settings(deadline=None, max_examples=100)
@given(users=rosters, groups=groups_, brakes=brakes_, population=st.builds(Population, *[st.integers(0, 20)] * 3))
def test_a_first_load_never_trips(users, groups, brakes, population):
    created = plan(USER, {name: {"user_name": name} for name in users}, {}) + group_plan({}, groups)
    assert tripped(created, population, brakes) == []


@settings(deadline=None, max_examples=100)
@given(seen=groups_, more=groups_, brakes=brakes_)
def test_what_only_adds_trips_nothing_but_changes(seen, more, brakes):
    wished = {key: tuple(sorted({*seen.get(key, ()), *names})) for key, names in more.items()}
    wished = {key: names for key, names in wished.items() if names}
    trips = tripped(group_plan(seen, wished), population_of((), seen), brakes)
    assert {trip.brake for trip in trips} <= {"changes"}


@settings(deadline=None, max_examples=50)
@given(case=cases(), other=cases(), brakes=brakes_)
def test_a_longer_plan_trips_no_less(case, other, brakes):
    population = case[1]
    longer = Plan(case[0].operations + other[0].operations)
    before, after = (tripped(found, population, brakes) for found in (case[0], longer))
    assert {(trip.brake, trip.kind) for trip in before} <= {(trip.brake, trip.kind) for trip in after}


@settings(deadline=None, max_examples=50)
@given(case=cases(), brakes=brakes_, name=st.sampled_from(list(DEFAULTS)), looser=limits)
def test_a_looser_limit_trips_no_more(case, brakes, name, looser):
    tight = getattr(brakes, name)
    loose = Limit(max(tight.number, looser.number), max(tight.percent, looser.percent))
    before, after = (tripped(*case, used) for used in (brakes, replace(brakes, **{name: loose})))
    assert {(trip.brake, trip.kind) for trip in after} <= {(trip.brake, trip.kind) for trip in before}


@settings(deadline=None, max_examples=100)
@given(limit=limits, of=st.integers(0, 1000))
def test_never_more_than_the_number_or_the_share_but_one(limit, of):
    allowed = limit.allowed(of)
    assert allowed <= limit.number
    assert limit.percent == 100 or allowed <= max(1, limit.percent * of / 100)
    assert (allowed == 0) == (0 in (limit.number, limit.percent))
