# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of schemas that we have no table of."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.json_values import (
    boolean,
    is_absent,
    merged_json,
    same_json,
    settled,
)
from hypothesis import given, settings
from hypothesis import strategies as st

_names = st.sampled_from(["a", "b", "C"])
_plain = st.one_of(st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["", "x", "X"]))
_json = st.recursive(_plain, lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(_names, inner, max_size=3)))


def test_zero_and_false_are_values():
    assert not is_absent(0)
    assert not is_absent(False)
    assert all(is_absent(value) for value in (None, "", [], (), {}, frozenset()))


def test_only_true_and_false_become_booleans():
    assert [boolean(value) for value in ("TRUE", "False", "yes", 1, None)] == [True, False, "yes", 1, None]


def test_only_what_the_wish_names_counts():
    assert same_json({"floor": "1", "seat": "2"}, {"SEAT": "2"})
    assert not same_json({"floor": "1"}, {"seat": "2"})


def test_clearing_what_is_not_there_is_no_change():
    assert same_json(None, {"seat": None})
    assert same_json({"floor": "1"}, {"seat": ""})
    assert not same_json({"seat": "2"}, {"seat": None})


def test_lists_are_unordered_and_counted():
    assert same_json(["a", "b"], ["b", "a"])
    assert not same_json(["a", "b"], ["a", "a"])
    assert not same_json(["a", "b"], ["a"])


def test_a_boolean_may_be_a_string():
    assert same_json("True", True)
    assert not same_json("False", True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.120Z", "2026-01-02t04:04:05.12+01:00"),
    ],
)
def test_an_instant_is_the_same_however_it_is_written(left, right):
    assert same_json(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"), ("2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.2Z")],
)
def test_another_instant_is_another_one(left, right):
    assert not same_json(left, right)


@pytest.mark.parametrize("odd", ["2026-13-02T03:04:05Z", "0001-01-01T00:00:00+10:00", "2026-01-02"])
def test_what_only_looks_like_an_instant_is_a_text(odd):
    assert same_json(odd, odd)
    assert not same_json(odd, odd + "x")


def test_texts_are_compared_to_the_letter_unless_loosely():
    assert not same_json("x", "X")
    assert same_json(["x "], ["X"], loosely=True)


def test_merging_goes_into_the_depth_and_spells_names_as_the_service_does():
    seen = {"Desk": {"floor": "1", "seat": "2"}, "badge": 7}
    assert merged_json(seen, {"desk": {"SEAT": "3"}}) == {"Desk": {"floor": "1", "seat": "3"}, "badge": 7}


@settings(deadline=None)
@given(seen=_json, wished=_json)
def test_merging_makes_the_wish_true_and_changes_nothing_twice(seen, wished):
    after = merged_json(seen, wished)
    assert same_json(after, wished)
    assert merged_json(after, wished) == after


def test_settled_lists_have_one_order_however_deep_they_are():
    one = {"b": [{"x": ["q", "p"]}, {"a": 1}], "a": (3, 1, "2", None)}
    two = {"a": (None, "2", 1, 3), "b": [{"a": 1}, {"x": ["p", "q"]}]}
    assert one != two
    assert json.dumps(settled(one), sort_keys=True) == json.dumps(settled(two), sort_keys=True)
    assert settled("text") == "text"
