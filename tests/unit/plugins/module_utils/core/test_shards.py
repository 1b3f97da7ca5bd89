# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everybody belongs to exactly one shard, on every machine to the same."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.shards import Shard
from hypothesis import given, settings
from hypothesis import strategies as st

keys = st.sets(st.text(st.characters(), max_size=12), max_size=30)


@settings(deadline=None)
@given(keys, st.integers(1, 12))
def test_shards_are_disjoint_and_complete(people, count):
    for person in people:
        assert [Shard(index, count).owns(person) for index in range(count)].count(True) == 1


@settings(deadline=None)
@given(st.text(st.characters(), max_size=12), st.integers(1, 5), st.integers(1, 5))
def test_twice_as_many_shards_split_each(person, count, factor):
    inside = [index for index in range(count * factor) if Shard(index, count * factor).owns(person)]
    assert [index for index in range(count) if Shard(index, count).owns(person)] == [index % count for index in inside]


@pytest.mark.parametrize("count", [2, 3, 8, 10])
@pytest.mark.parametrize("pattern", ["user{}@example.com", "{}", "HR-{:08}"])
def test_shards_are_roughly_even(count, pattern):
    people = [pattern.format(number) for number in range(10_000)]
    sizes = [sum(map(Shard(index, count).owns, people)) for index in range(count)]
    assert sum(sizes) == len(people)
    assert max(sizes) < 1.15 * len(people) / count
    assert min(sizes) > 0.85 * len(people) / count


@pytest.mark.parametrize(
    ("key", "of_2", "of_7", "of_1000"),
    [
        ("ada@example.com", 0, 1, 58),
        ("HR-00000007", 0, 1, 526),
        ("", 1, 1, 549),
        ("\u674e", 1, 2, 629),
        ("JOS\xc9", 0, 3, 958),
    ],
)
def test_a_shard_is_the_same_for_ever(key, of_2, of_7, of_1000):
    assert Shard(of_2, 2).owns(key)
    assert Shard(of_7, 7).owns(key)
    assert Shard(of_1000, 1000).owns(key)


@pytest.mark.parametrize(("one", "other"), [("Ada@Example.com", "ada@example.com"), ("JOS\u00c9", "jose\u0301")])
def test_one_identity_in_two_spellings_is_in_one_shard(one, other):
    assert [Shard(index, 1000).owns(one) for index in range(1000)] == [Shard(index, 1000).owns(other) for index in range(1000)]


def test_no_shard_is_everybody():
    assert Shard.from_options(None) is None
    assert Shard(0, 1).owns("anybody")


@pytest.mark.parametrize(("index", "count"), [(0, 1), (0, 4), (3, 4)])
def test_a_shard_is_read(index, count):
    assert Shard.from_options({"index": index, "count": count}) == Shard(index, count)


@pytest.mark.parametrize(
    ("shard", "message"),
    [
        ({"index": 4, "count": 4}, r"^shard\.index: 4 is not one of the 4 shards, which are numbered 0 to 3$"),
        ({"index": -1, "count": 4}, r"^shard\.index: -1 is not"),
        ({"index": 0, "count": 0}, r"^shard\.count: 0 is not possible"),
        ({"index": 0, "count": -2}, r"^shard\.count: -2 is not possible"),
        ({"index": 0}, r"^shard\.count: not given"),
        ({"index": None, "count": 3}, r"^shard\.index: not given"),
        ({}, r"^shard\.index: not given"),
        ({"index": "1", "count": 3}, r"^shard\.index: '1' is not a whole number"),
        ({"index": 0, "count": True}, r"^shard\.count: True is not a whole number"),
    ],
)
def test_a_shard_that_cannot_be_is_refused(shard, message):
    with pytest.raises(InvalidInput, match=message):
        Shard.from_options(shard)
