# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math
import string
import threading

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import (
    Gate,
    backoff,
    retry_after,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import OutOfTime
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    FakeClock,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 0.5 ", 0.5),
        ("0", 0),
        ("-3", 0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30),
        ("Tue, 24 Nov 2026 12:00:30", 30),
        ("Tue, 24 Nov 2026 13:00:30 +0100", 30),
        ("Tuesday, 24-Nov-26 12:00:30 GMT", 30),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0),
        ("", None),
        (None, None),
        ("soon", None),
        ("nan", None),
        ("Tue, 99 Nov 2026 12:00:30 GMT", None),
        ("Tue, 24 Nov 99999 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert retry_after(header, FakeClock()) == seconds


@settings(deadline=None)
@given(st.text(string.digits + string.ascii_letters + " ,:+-.", max_size=40))
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("Mon, 01 Jan 2026 00:00:00 +99999999999999999999")
@example("1e999")
def test_no_retry_after_is_a_crash_or_less_than_nothing(header):
    seconds = retry_after(header, FakeClock())
    assert seconds is None or (seconds >= 0 and not math.isnan(seconds))


def test_backoff_grows_to_a_bound():
    assert [backoff(attempt, FakeClock()) for attempt in range(8)] == [0.25, 0.5, 1, 2, 4, 8, 15, 15]


def test_one_hold_holds_everybody():
    clock = FakeClock()
    gate = Gate(clock, 100)
    gate.hold(10, "busy")
    came = []

    def come():
        gate.wait()
        came.append(clock.now())

    threads = [threading.Thread(target=come) for dummy in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(came) == 4
    assert min(came) >= 1010


def test_a_shorter_hold_does_not_end_a_longer_one():
    clock = FakeClock()
    gate = Gate(clock, 100)
    gate.hold(10, "busy")
    gate.hold(1, "busy")
    gate.wait()
    assert clock.now() == 1010


def test_a_pace_is_kept():
    clock = FakeClock()
    gate = Gate(clock, 100, per_second=4)
    for _dummy in range(9):
        gate.wait()
    assert clock.now() == pytest.approx(1002)


def test_a_pace_gives_no_credit_for_idle_times():
    clock = FakeClock()
    gate = Gate(clock, 100, per_second=4)
    gate.wait()
    clock.time += 50
    for _dummy in range(5):
        gate.wait()
    assert clock.now() == pytest.approx(1051)


@pytest.mark.parametrize("seconds", [6 * 3600, math.inf, 100])
def test_a_wait_beyond_the_budget_is_refused_at_once(seconds):
    clock = FakeClock()
    gate = Gate(clock, 100)
    with pytest.raises(OutOfTime, match="slow down; to wait .* is more than is left of time_budget"):
        gate.hold(seconds, "slow down")
    assert clock.slept == []


def test_the_budget_ends():
    clock = FakeClock()
    gate = Gate(clock, 100)
    assert not gate.is_over()
    clock.time += 100
    assert gate.is_over()
    with pytest.raises(OutOfTime, match="time budget of 100 s is used up"):
        gate.wait()
