# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Superiors: who is nobody's, who goes round in a circle, and that a hundred thousand take no time."""

from __future__ import annotations

import time

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import (
    ACTIVE,
    ACTIVE_ACCOUNT,
    INACTIVE_ACCOUNT,
    LEFT,
    NO_ACCOUNT,
    STAGED,
    Person,
    Phase,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.superiors import superiors
from hypothesis import given
from hypothesis import strategies as st

THERE = Phase(ACTIVE, ACTIVE_ACCOUNT)
GONE = Phase(LEFT, INACTIVE_ACCOUNT)
NOT_YET = Phase(STAGED, NO_ACCOUNT)


def found(above, phases=None):
    people = [Person(key, f"people.csv:{number}", (phases or {}).get(key, THERE), {}) for number, key in enumerate(above, 2)]
    return superiors(people, above)


def test_whatever_can_be_wrong_is_found():
    above = {"1": "", "2": "1", "3": " 2 ", "4": "99", "5": "5", "6": "8", "7": "6", "8": "7", "9": "8", "10": "11", "11": "1", "12": "13", "13": ""}
    seen = found(above, {"5": NOT_YET, "11": GONE, "13": NOT_YET})
    assert seen.danglers == ("4",)
    assert seen.own == ("5",)
    assert seen.cycles == (("6", "8", "7"),)
    assert seen.left == ("10",)
    assert seen.not_yet == ("12",)
    assert seen.usable() == {"2": "1", "3": "2", "9": "8", "11": "1"}  # below a circle is not in it
    shown = seen.shown({"4": "people.csv:5"})
    assert shown["danglers"] == [{"place": "people.csv:5", "key": "4", "manager": "99"}]
    assert [row["manager"] for row in shown["cycles"][0]] == ["8", "7", "6"]


def test_who_is_gone_may_have_a_manager_who_is_gone():
    assert found({"1": "", "2": "1"}, {"1": GONE, "2": GONE}).left == ()


def test_keys_are_what_they_are():
    assert found({"007": "", "7": "007", "8": "07"}).usable() == {"7": "007"}


def test_of_several_with_one_key_the_first_counts():
    people = [Person("1", "a:1", THERE, {}), Person("1", "a:2", GONE, {}), Person("2", "a:3", THERE, {})]
    assert superiors(people, {"2": "1"}).left == ()


keys = st.integers(0, 12).map(str)


@given(st.dictionaries(keys, keys))
def test_as_if_everybody_were_followed_up(above):
    """The definition: whoever comes back to themselves is in a circle."""
    seen = found(above)
    round_about = set()
    for key in above:
        way, at = [], key
        while at in above and at not in way:
            way.append(at)
            at = above[at]
        if at == key and len(way) > 1:
            round_about.add(key)
    assert {key for cycle in seen.cycles for key in cycle} == round_about
    assert sum(map(len, seen.cycles)) == len(round_about)
    for cycle in seen.cycles:
        assert cycle[0] == min(cycle)
        assert [above[key] for key in cycle] == [*cycle[1:], cycle[0]]
    assert found(dict(reversed(above.items()))).cycles == seen.cycles == tuple(sorted(seen.cycles))
    assert set(seen.usable()) == set(above) - round_about - set(seen.danglers) - set(seen.own)


def test_a_hundred_thousand_below_each_other():
    people = [Person(str(number), "", THERE, {}) for number in range(100_000)]
    round_about = {str(number): str((number + 1) % 100_000) for number in range(100_000)}
    began = time.process_time()
    assert len(superiors(people, round_about).cycles[0]) == 100_000
    assert time.process_time() - began < 4
