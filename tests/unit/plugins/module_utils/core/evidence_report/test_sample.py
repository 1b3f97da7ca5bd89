# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sample: drawn by nobody, the same for everybody."""

from __future__ import annotations

import subprocess

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.sample import (
    drawn,
    rank,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.leaving import Leaving
from hypothesis import given, settings
from hypothesis import strategies as st

members = st.lists(st.tuples(st.text(max_size=8), st.integers(0, 99)), unique=True, max_size=30)


def cases(found):
    return [Leaving(subject, first=number) for subject, number in found]


@settings(max_examples=30, deadline=None)
@given(members, st.text(max_size=8), st.integers(0, 40), st.randoms())
def test_the_order_in_which_people_are_read_does_not_matter(found, seed, size, random):
    mixed = list(found)
    random.shuffle(mixed)
    names = [(case.subject, case.first) for case in drawn(cases(found), seed, size)]
    assert names == [(case.subject, case.first) for case in drawn(cases(mixed), seed, size)]
    assert len(names) == min(size, len(found))
    ranks = [rank(seed, *name) for name in names]
    assert ranks == sorted(ranks)
    assert not [one for one in found if one not in names and rank(seed, *one) < max(ranks, default="")]


@settings(max_examples=30, deadline=None)
@given(members, st.text(max_size=8))
def test_who_is_left_out_moves_nobody_else(found, seed):
    names = [(case.subject, case.first) for case in drawn(cases(found), seed, 30)]
    without = [(case.subject, case.first) for case in drawn(cases(found[1:]), seed, 30)]
    assert without == [name for name in names if name not in found[:1]]


def test_another_seed_draws_others():
    people = cases((str(number), number) for number in range(200))
    assert {case.subject for case in drawn(people, "a", 25)} != {case.subject for case in drawn(people, "b", 25)}


def test_an_auditor_draws_it_again_with_what_the_page_says():
    for seed, subject, number in (("4f1a", "1815", 42), ("s", "M\u00fcller O'Connor", 0), ("", "-n", 7)):
        printed = subprocess.run(
            ["/bin/sh", "-c", "printf '%s\\n%s\\n%s' \"$1\" \"$2\" \"$3\" | sha256sum", "sh", seed, subject, str(number)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert printed.split()[0] == rank(seed, subject, number)
