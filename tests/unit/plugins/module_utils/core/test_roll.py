# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roll import (
    refuse_doubles,
    superiors_first,
)
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = ("user_name", "external_id")


def test_the_same_name_twice_is_refused_with_both_positions():
    people = [{"user_name": "ada"}, {"user_name": "bob"}, {"user_name": "ADA"}]
    with pytest.raises(InvalidInput, match=r"users\[0\] and users\[2\] have the same user_name, 'ADA'"):
        refuse_doubles("users", people, NAMES)


def test_external_ids_differ_by_letter_case_and_missing_ones_never_collide():
    refuse_doubles("users", [{"external_id": "a"}, {"external_id": "A"}, {"user_name": "x"}, {"user_name": "y"}], NAMES)


def test_a_circle_of_managers_is_refused_by_name():
    people = [{"user_name": "ada", "manager": "2"}, {"user_name": "bob", "external_id": "2", "manager": "cy"}, {"user_name": "cy", "manager": "BOB"}]
    with pytest.raises(InvalidInput, match="manager: bob -> cy -> bob is a circle"):
        superiors_first(people, NAMES, "manager")


def test_a_manager_is_meant_to_the_letter_where_external_ids_differ_by_letter_case():
    people = [{"user_name": "x", "external_id": "AB", "manager": "ab"}, {"user_name": "y", "external_id": "ab"}]
    assert superiors_first(people, NAMES, "manager") == [1, 0]


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=30), st.randoms(use_true_random=False))
def test_everybody_comes_once_and_after_their_manager(choices, shuffle):
    # The manager of number n is one with a smaller number, or somebody who is not in the list.
    people = [
        {"user_name": f"u{n}", "external_id": f"e{n}", "manager": f"{'ue'[choice % 2]}{choice}" if choice < n else "somebody else"}
        for n, choice in enumerate(choices)
    ]
    shuffle.shuffle(people)
    order = superiors_first(people, NAMES, "manager")
    assert sorted(order) == list(range(len(people)))
    written: set[str] = set()
    for position in order:
        person = people[position]
        assert person["manager"] == "somebody else" or person["manager"] in written
        written |= {person["user_name"], person["external_id"]}
