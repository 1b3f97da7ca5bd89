# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.bursts import MOST, burst
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.timestamps import spelled
from hypothesis import given
from hypothesis import strategies as st

START = datetime(2026, 11, 24, tzinfo=timezone.utc)


def alarms(seconds, failures=3, within=10):
    """For each failure, in the order in which they are read: how many there are, and whether they are too many now."""
    times, seen = (), []
    for second in seconds:
        counted = burst(times, spelled(START + timedelta(seconds=second)), failures, timedelta(seconds=within))
        times = counted.times
        seen.append((len(times), counted.alarm))
    return seen


def test_there_is_one_alarm_for_a_burst_and_another_after_it_has_ended():
    assert alarms([0, 1, 2, 3, 4]) == [(1, False), (2, False), (3, True), (4, False), (5, False)]
    assert alarms([0, 1, 2, 100, 101, 102]) == [(1, False), (2, False), (3, True), (1, False), (2, False), (3, True)]


def test_failures_far_apart_are_never_too_many():
    assert not any(alarm for dummy, alarm in alarms(range(0, 1000, 6)))


def test_a_steady_rate_is_one_alarm():
    assert [alarm for dummy, alarm in alarms(range(0, 1000, 4))].count(True) == 1


def test_one_is_too_many_if_that_is_said():
    assert alarms([0, 1, 50], failures=1) == [(1, True), (2, False), (1, True)]


def test_one_that_is_read_late_counts_where_it_was():
    assert alarms([0, 8, 4]) == [(1, False), (2, False), (3, True)]
    assert alarms([0, 20, 5])[-1] == (1, False)


def test_what_is_remembered_stays_small_and_no_time_is_too_early():
    assert len(burst(["2026-11-24T00:00:00.000Z"] * MOST, "2026-11-24T00:00:00.000Z", 5, timedelta(1)).times) == MOST
    assert burst([], "0001-01-01T00:00:00.000Z", 1, timedelta(1)).alarm


@given(st.lists(st.integers(0, 100), max_size=40))
def test_in_order_the_count_is_the_number_within_the_time(seconds):
    seconds = sorted(seconds)
    expected = [sum(second - 10 < earlier for earlier in seconds[: n + 1]) for n, second in enumerate(seconds)]
    assert [count for count, dummy in alarms(seconds)] == expected
