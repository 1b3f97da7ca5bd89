# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies and groups, evaluated: properties that hold whatever is written in them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.evaluate import (
    Criteria,
    Evaluator,
    Group,
    Nesting,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.facts import given
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.access.worlds import (
    ADA,
    ANYBODY,
    COUNTRY,
    FACTS,
    FALSE,
    GROUPS,
    TRUE,
    criteria,
    facts_of,
    group_rule,
    of,
    resolutions,
    rule,
    rules,
)
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st


def met(one: Criteria, groups: Any = (), **facts: Any) -> Any:
    return Evaluator(Nesting(groups), given(ADA, facts)).met(one)


def value(one: Criteria, groups: Any = (), **facts: Any) -> bool | None:
    return met(one, groups, **facts).value


def missing(one: Criteria, groups: Any = (), **facts: Any) -> list[str]:
    return [fact.said(lambda *_: "") for unknown in met(one, groups, **facts).unknown for fact in unknown.missing]


def test_any_of_include_all_of_require_none_of_exclude():
    assert value(of([TRUE])) is True
    assert value(of([FALSE, TRUE])) is True
    assert value(of([FALSE])) is False
    assert value(of([])) is False
    assert value(of([TRUE], require=[TRUE, FALSE])) is False
    assert value(of([TRUE], require=[TRUE, COUNTRY])) is None
    assert value(of([TRUE], exclude=[FALSE, TRUE])) is False
    assert value(of([TRUE], exclude=[FALSE])) is True


def test_three_values():
    assert value(of([COUNTRY])) is None
    assert missing(of([COUNTRY])) == ["country"]
    assert value(of([COUNTRY, TRUE])) is True
    assert value(of([COUNTRY], exclude=[TRUE])) is False
    assert value(of([COUNTRY], require=[FALSE])) is False
    assert missing(of([COUNTRY, rule("ip", ip="192.0.2.0/24")], require=[COUNTRY])) == ["country", "IP address"]
    assert missing(of([TRUE], require=[COUNTRY, rule("ip", ip="192.0.2.0/24")])) == ["country", "IP address"]
    assert missing(of([TRUE], exclude=[COUNTRY, rule("ip", ip="192.0.2.0/24")])) == ["country", "IP address"]


def test_the_path_through_nested_groups():
    groups = [Group("inner", "Engineers", of([FALSE, ANYBODY])), Group("outer", "Staff", of([group_rule("inner")]))]
    verdict = met(of([group_rule("outer")]), groups)
    assert verdict.value is True
    assert verdict.via == ("Staff", "Engineers")
    assert verdict.rule == ANYBODY


def test_who_is_kept_out_is_told_by_what():
    groups = [Group("bad", "Blocked", of([ANYBODY]))]
    verdict = met(of([ANYBODY], exclude=[group_rule("bad")]), groups)
    assert (verdict.value, verdict.blocked, verdict.via, verdict.rule) == (False, "exclude", ("Blocked",), ANYBODY)
    verdict = met(of([ANYBODY], require=[FALSE]))
    assert (verdict.value, verdict.blocked, verdict.rule) == (False, "require", FALSE)
    assert met(of([COUNTRY], require=[FALSE])).blocked == ""


def test_a_group_that_is_not_there_is_not_known():
    assert value(of([group_rule("gone")])) is None
    assert missing(of([group_rule("gone")])) == ["Access group gone, which is not there"]
    assert value(of([group_rule("gone"), TRUE])) is True


def test_groups_in_a_circle_are_not_known_unless_something_else_says_it():
    a, b = Group("a", "A", of([group_rule("b")])), Group("b", "B", of([group_rule("a")]))
    assert value(of([group_rule("a")]), [a, b]) is None
    assert set(missing(of([group_rule("a")]), [a, b])) <= {f"Access group {name}, which contains itself" for name in "ab"}
    # Whoever is in B by their address is in A, too.
    b = Group("b", "B", of([group_rule("a"), TRUE]))
    assert value(of([group_rule("a")]), [a, b]) is True
    assert value(of([group_rule("a")]), [a, Group("b", "B", of([group_rule("a")], require=[FALSE]))]) is False


def test_a_group_within_itself_and_one_that_excludes_itself():
    assert value(of([group_rule("a")]), [Group("a", "A", of([group_rule("a")]))]) is None
    assert value(of([group_rule("a")]), [Group("a", "A", of([TRUE], exclude=[group_rule("a")]))]) is None


def test_ids_of_groups_do_not_mind_the_letter_case():
    assert value(of([group_rule("ABC")]), [Group("abc", "A", of([TRUE]))]) is True


def test_nesting_as_deep_as_an_account_allows():
    chain = [Group("g0", "0", of([TRUE]))] + [Group(f"g{n}", str(n), of([group_rule(f"g{n - 1}")])) for n in range(1, 300)]
    assert value(of([group_rule("g299")]), reversed(chain)) is True


def test_only_groups_that_matter_are_kept():
    groups = [Group(name, name, of([group_rule(within)] if within else [TRUE])) for name, within in [("a", "b"), ("b", ""), ("c", "")]]
    assert set(Nesting(groups, [group_rule("a")]).groups) == {"a", "b"}
    assert set(Nesting(groups).groups) == {"a", "b", "c"}


# -- properties ---------------------------------------------------------------------------------------------------------


def evaluated(one: Criteria, facts: dict[str, Any], groups: Any = None) -> bool | None:
    return Evaluator(Nesting(GROUPS if groups is None else groups), facts_of(facts)).met(one).value


@drawn(criteria(), FACTS, rules())
def test_exclude_beats_include(one, facts, named):
    both = Criteria((*one.include, *named), (*one.exclude, ANYBODY), one.require)
    assert evaluated(both, facts) is False
    for each in named:
        if evaluated(Criteria((each,)), facts) is True:
            assert evaluated(Criteria(one.include, (*one.exclude, each), one.require), facts) is False


ORDER = {False: 0, None: 1, True: 2}


@drawn(criteria(), FACTS, rules(1))
def test_more_that_is_required_or_excluded_admits_nobody(one, facts, more):
    before = evaluated(one, facts)
    assert ORDER[evaluated(Criteria(one.include, one.exclude, (*one.require, *more)), facts)] <= ORDER[before]
    assert ORDER[evaluated(Criteria(one.include, (*one.exclude, *more), one.require), facts)] <= ORDER[before]
    assert ORDER[evaluated(Criteria((*one.include, *more), one.exclude, one.require), facts)] >= ORDER[before]


@drawn(criteria(), FACTS, st.randoms(use_true_random=False))
def test_the_order_of_rules_is_irrelevant(one, facts, random):
    lists = [list(each) for each in (one.include, one.exclude, one.require)]
    for each in lists:
        random.shuffle(each)
    assert evaluated(Criteria(*map(tuple, lists)), facts) is evaluated(one, facts)


@drawn(criteria(), FACTS, st.data())
def test_what_is_decided_stays_so_whatever_is_learnt(one, facts, data):
    decided = evaluated(one, facts)
    more = data.draw(resolutions(facts))
    if decided is not None:
        assert evaluated(one, more) is decided


@drawn(criteria(), FACTS)
def test_who_knows_all_about_it_gets_an_answer(one, facts):
    verdict = Evaluator(Nesting(GROUPS), facts_of(facts)).met(one)
    assert (verdict.value is None) == bool(verdict.unknown)
    for world in (True, False):
        assumed = {unknown.rule: world for unknown in verdict.unknown}
        assert Evaluator(Nesting(GROUPS), facts_of(facts), assumed).met(one).value is not None


@settings(max_examples=50)
@drawn(criteria(nested=False), criteria(nested=False), FACTS, st.sampled_from(["include", "exclude", "require"]))
def test_nested_is_inlined(inner, outer, facts, place):
    """A group says what its own lists say: alone in one, it counts as their value does."""
    group = Group("inner", "Inner", inner)
    alone = evaluated(inner, facts)
    stand_in = {True: ANYBODY, False: FALSE, None: rule("quantum_badge", serial=1)}[alone]
    lists = {"include": outer.include, "exclude": outer.exclude, "require": outer.require}
    nested = Criteria(**{**lists, place: (*lists[place], group_rule("inner"))})
    inlined = Criteria(**{**lists, place: (*lists[place], stand_in)})
    assert evaluated(nested, facts, [group]) is evaluated(inlined, facts, [group])


@settings(max_examples=50)
@drawn(rules(), criteria(), FACTS)
def test_a_group_of_includes_is_its_includes(inside, outer, facts):
    nested = Criteria((*outer.include, group_rule("inner")), outer.exclude, outer.require)
    inlined = Criteria((*outer.include, *inside), outer.exclude, outer.require)
    group = Group("inner", "Inner", Criteria(inside))
    assert evaluated(nested, facts, [*GROUPS, group]) is evaluated(inlined, facts, [*GROUPS, group])


@pytest.mark.parametrize("value_of_all", [True, False])
def test_the_small_world_has_all_three_answers(value_of_all):
    facts = {"country": "DE", "groups": ["g1"] if value_of_all else []}
    assert evaluated(of([group_rule("engineers")]), {"identity_provider": "idp", **facts}) is value_of_all
    assert evaluated(of([group_rule("engineers")]), {}) is None
