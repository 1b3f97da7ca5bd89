# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long it takes: percentiles by nearest rank, and times in words that never promise more than was."""

from __future__ import annotations

import math

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.durations import (
    distribution,
    percentile,
    spoken,
)
from hypothesis import given, settings
from hypothesis import strategies as st

times = st.lists(st.floats(0, 10**7), min_size=1, max_size=60).map(sorted)


@settings(max_examples=30, deadline=None)
@given(times, st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values, share):
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= share * len(values)
    smaller = [value for value in values if value < found]
    assert not smaller or sum(value <= smaller[-1] for value in values) * 100 < share * len(values)


def test_percentiles_that_anybody_can_count():
    assert [percentile([10, 20, 30, 40, 50], share) for share in (1, 20, 21, 50, 95, 100)] == [10, 10, 20, 30, 50, 50]
    assert percentile(list(range(1, 101)), 95) == 95
    assert percentile([7], 50) == 7
    assert percentile([], 50) is None


@settings(max_examples=30, deadline=None)
@given(times, st.integers(60, 10**6))
def test_the_distribution_counts_everybody_once_and_no_bar_is_both_in_time_and_late(values, allowed):
    bars = distribution(values, allowed)
    assert sum(part["count"] for part in bars) == len(values)
    assert sum(part["count"] for part in bars if part["up_to"] and part["up_to"] <= allowed) == sum(value <= allowed for value in values)
    assert bars[-1]["up_to"] == 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 seconds"), (0.2, "1 second"), (59, "59 seconds"), (60, "1 minute"), (61, "1.1 minutes"), (3600, "1 hour"), (86400, "24 hours"),
     (86401, "24.1 hours"), (2 * 86400, "2 days"), (187000, "2.2 days")],
)
def test_times_in_words(seconds, said):
    assert spoken(seconds) == said


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 10**8))
def test_no_time_is_told_shorter_than_it_was(seconds):
    number, unit = spoken(seconds).replace(",", "").split(" ")
    size = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[unit.rstrip("s")]
    assert float(number) * size >= seconds or math.isclose(float(number) * size, seconds)
