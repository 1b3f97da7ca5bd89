# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy gets its number, nobody ever has somebody else's, and it takes no move too many."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.precedence import (
    FIRST,
    LAST,
    NEW,
    moves,
    placed,
    without,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import Refused
from hypothesis import given
from hypothesis import strategies as st

numberings = st.lists(st.integers(1, 12), unique=True, max_size=8).map(
    lambda numbers: {f"p{index}": number for index, number in enumerate(numbers)}
)


def states(numbers, steps):
    """The numbers before and after each move; no move may meet a number that is taken."""
    now = dict(numbers)
    yield dict(now)
    for policy, number in steps:
        assert number >= 1
        assert number not in {taken for each, taken in now.items() if each != policy}
        now[policy] = number
        yield dict(now)


def order(numbers, policy):
    return sorted((each for each in numbers if each != policy), key=numbers.__getitem__)


@given(numberings, st.integers(0, 8), st.integers(1, 12))
def test_the_number_is_taken_without_a_collision_and_the_others_keep_their_order(numbers, index, wanted):
    policy = f"p{index}" if f"p{index}" in numbers else NEW
    steps = moves(numbers, policy, wanted)
    last = dict(numbers)
    for last in states(numbers, steps):
        assert order(last, policy) == order(numbers, policy)
    assert last[policy] == wanted
    assert moves(last, policy, wanted) == []
    before = {number: each for each, number in numbers.items()}.get(wanted)
    if before not in (None, policy):
        behind = order(last, policy)
        at_or_after = [each for each in behind if last[each] > wanted]
        assert at_or_after[0] == before
    assert {each for each in numbers if last[each] < numbers[each]} <= {policy}
    if policy == NEW:
        assert [each for each, _number in steps].count(NEW) == 1
        assert steps[-1] == (NEW, wanted)


def fewest(numbers, policy, wanted):
    """The length of the shortest way, by trying them all."""
    owner = {number: each for each, number in numbers.items()}.get(wanted)
    names = sorted({*numbers, policy})
    others = order(numbers, policy)
    highest = max([*numbers.values(), wanted]) + 2

    def done(state):
        now = dict(zip(names, state))
        if now[policy] != wanted or order(now, policy) != others:
            return False
        return owner in (None, policy) or all((now[each] > wanted) == (numbers[each] >= wanted) for each in others)

    edge, length = {tuple(numbers.get(each, 0) for each in names)}, 0
    seen = set(edge)
    while not any(done(state) for state in edge):
        edge = {
            (*state[:at], number, *state[at + 1 :])
            for state in edge
            for at in range(len(names))
            for number in range(1, highest + 1)
            if number not in state
        } - seen
        seen |= edge
        length += 1
    return length


@pytest.mark.parametrize("numbers", list(itertools.combinations(range(1, 7), 4)), ids=str)
def test_no_way_is_shorter(numbers):
    named = dict(zip("abcd", numbers))
    for policy, wanted in (("d", numbers[0]), ("c", numbers[0]), ("a", numbers[2]), ("b", numbers[1] + 1)):
        assert len(moves(named, policy, wanted)) == fewest(named, policy, wanted)


def test_who_goes_down_a_full_row_needs_no_second_step_if_the_end_is_free():
    assert moves({"a": 1, "b": 2, "c": 3}, "c", 1) == [("b", 4), ("a", 2), ("c", 1)]


def test_who_is_held_in_between_steps_aside():
    assert moves({"a": 1, "b": 2, "c": 3, "d": 4}, "c", 1) == [("c", 5), ("b", 3), ("a", 2), ("c", 1)]
    assert moves({"a": 2, "b": 3, "c": 4}, "b", 2) == [("b", 1), ("a", 3), ("b", 2)]


def test_a_policy_whose_number_is_right_stays():
    assert moves({"a": 1, "b": 2}, "b", 2) == []


def test_a_reusable_policy_is_not_moved():
    with pytest.raises(Refused, match="the reusable policy at 2"):
        moves({"a": 1, "r": 2, "c": 3}, NEW, 1, fixed={"r"})
    assert moves({"a": 1, "r": 3}, NEW, 1, fixed={"r"}) == [("a", 2), (NEW, 1)]


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.sampled_from("abcdefg"), st.sampled_from([FIRST, LAST, None]))
def test_the_others_keep_their_order_around_a_policy_that_is_placed(ids, policy, position):
    result = placed(ids, policy, position)
    assert without(result, policy) == without(ids, policy)
    assert result.count(policy) == 1
    assert placed(result, policy, position) == result
    if position == FIRST:
        assert result[0] == policy
    if position == LAST or policy not in ids:
        assert result[0 if position == FIRST else -1] == policy
    elif position is None:
        assert result == ids
