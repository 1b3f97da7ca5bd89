# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The difference between the groups that somebody is in and those that they have a reason to be in."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.json_values import folded
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.memberships import (
    Difference,
    Group,
    Kept,
    Reason,
    Scope,
    difference,
    without_reason,
)
from hypothesis import given
from hypothesis import strategies as st

# Few names, so that they meet; some are one name to a service, and some look as if they were.
NAMES = ("Staff", "STAFF", "Engines", "Straße", "strasse", "M\u00fcller", "Mu\u0308ller", "İ", "{{ 1 }}", "Sales [old]")
names = st.sampled_from(NAMES)
groups = st.builds(lambda name, number: Group(f"{name}-{number}", name), names, st.integers(0, 1))
reasons = st.builds(Reason, names, st.sampled_from(["rule a", "rule b"]))
scopes = st.builds(Scope, st.sets(names), st.sets(st.sampled_from(["s*", "*[[]old]", "M?ller"])))
people = st.fixed_dictionaries(
    {
        "current": st.lists(groups, max_size=8),
        "deserved": st.lists(reasons, max_size=6),
        "scope": scopes,
        "exceptions": st.lists(reasons, max_size=2),
        "remove": st.booleans(),
    }
)


def after(person: dict[str, Any], made: Difference) -> list[Group]:
    """Whom an obedient service shows afterwards."""
    gone = set(made.removed)
    return [group for group in person["current"] if group not in gone] + [Group(f"new-{reason.group}", reason.group) for reason in made.added]


def forms(those: Any, scope: Scope) -> set[str]:
    return {folded(name) for name in those if scope.holds(name)}


@given(people)
def test_with_removal_what_is_left_in_scope_is_exactly_what_is_deserved_or_excepted(person: dict[str, Any]) -> None:
    made = difference(**{**person, "remove": True})
    scope = person["scope"]
    left = forms((group.name for group in after(person, made)), scope)
    deserved = forms((reason.group for reason in person["deserved"]), scope)
    had = forms((group.name for group in person["current"]), scope)
    excepted = forms((reason.group for reason in person["exceptions"]), scope) & had
    assert left == deserved | excepted
    assert made.orphans == ()


@given(people)
def test_nothing_out_of_scope_changes_and_all_of_it_is_told(person: dict[str, Any]) -> None:
    made = difference(**person)
    scope = person["scope"]
    assert all(scope.holds(name) for name in [*(group.name for group in made.removed), *(reason.group for reason in made.added)])
    outside = {group.name for group in person["current"] if not scope.holds(group.name)}
    assert outside <= {reason.group for reason in made.out_of_scope}
    assert all(reason.why.startswith("out of scope") for reason in made.out_of_scope)


@given(people)
def test_every_membership_in_scope_is_kept_with_a_reason_or_ends_or_is_an_orphan_and_only_one_of_it(person: dict[str, Any]) -> None:
    made = difference(**person)
    parts = [[kept.group for kept in made.kept], list(made.removed), list(made.orphans)]
    assert sorted(sum(parts, [])) == sorted({group for group in person["current"] if person["scope"].holds(group.name)})
    assert all(kept.why for kept in made.kept)


@given(people)
def test_a_second_time_there_is_nothing_left_to_do(person: dict[str, Any]) -> None:
    then = difference(**{**person, "current": after(person, difference(**person))})
    assert not then.changes


@given(people, st.randoms(use_true_random=False))
def test_the_order_does_not_count(person: dict[str, Any], chance: Any) -> None:
    shuffled = dict(person)
    shuffled["current"] = chance.sample(person["current"], len(person["current"]))
    made, other = difference(**person), difference(**shuffled)
    assert made == other
    shuffled["deserved"] = chance.sample(person["deserved"], len(person["deserved"]))
    other = difference(**shuffled)
    assert [folded(reason.group) for reason in made.added] == [folded(reason.group) for reason in other.added]
    assert (made.removed, made.orphans) == (other.removed, other.orphans)


@given(people, st.sets(groups))
def test_who_waits_is_kept_and_says_why(person: dict[str, Any], waiting: set[Group]) -> None:
    waits = {group.id: "until later" for group in waiting}
    made = difference(**person, waits=waits)
    bare = without_reason(person["current"], [*person["deserved"], *person["exceptions"]], person["scope"])
    assert {kept.group.id for kept in made.kept if kept.why == "until later"} == {group.id for group in bare} & set(waits)
    assert not {group.id for group in (*made.removed, *made.orphans)} & set(waits)


def test_somebody_moves() -> None:
    made = difference(
        [Group("1", "Sales"), Group("2", "Staff"), Group("3", "Chess"), Group("4", "CRM")],
        [Reason("Engines", "rule engineers"), Reason("staff", "rule everybody")],
        Scope(["Sales", "Staff", "Engines", "CRM"]),
        exceptions=[Reason("CRM", "hands over until May"), Reason("Legal", "never in it")],
        remove=True,
    )
    assert made.kept == (Kept(Group("4", "CRM"), "hands over until May"), Kept(Group("2", "Staff"), "rule everybody"))
    assert made.added == (Reason("Engines", "rule engineers"),)
    assert made.removed == (Group("1", "Sales"),)
    assert made.out_of_scope == (Reason("Chess", "out of scope"),)


def test_what_is_deserved_out_of_scope_is_not_added_but_told() -> None:
    made = difference([], [Reason("Vault", "rule v")], Scope(patterns=["app-*"]), remove=True)
    assert made == Difference(out_of_scope=(Reason("Vault", "out of scope, so not added: rule v"),))


@pytest.mark.parametrize(
    ("name", "held"),
    [("app-crm", True), ("APP-CRM", True), ("crm", False), ("", False), ("Sales [old]", True), ("Sales o", False), ("strasse", False)],
)
def test_a_scope_is_names_and_patterns(name: str, held: bool) -> None:
    assert Scope(["Straße", "Sales [old]"], ["app-*"]).holds(name) is held


def test_a_pattern_may_be_the_name_itself() -> None:
    assert Scope(patterns=["Sales [old]"]).holds("sales [OLD]")
