# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limit of a token is kept by everybody who shares its file, before it is hit."""

from __future__ import annotations

import json
import os
import threading

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.rate import (
    IN_ONE_SECOND,
    QUOTA,
    WINDOW,
    PacedGate,
    Spent,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import OutOfTime
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    FakeClock,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_800_000_000.0
ALLOWED = QUOTA - 10  # a few are left to others


def taken(spent, number, now=NOW):
    """How many of so many requests, twenty a second, may be sent."""
    return sum(not spent.take(now + i / 20) for i in range(number))


class Limiter:
    """Cloudflare's: a window opens with the first request; one too many blocks everybody for as long as a window."""

    def __init__(self, quota=QUOTA, window=WINDOW):
        self.quota, self.window = quota, window
        self.opened, self.count, self.tripped = float("-inf"), 0, 0

    def arrived(self, now):
        if now >= self.opened + self.window:
            self.opened, self.count = now, 0
        self.count += 1
        self.tripped += self.count > self.quota
        left = max(0, self.quota - self.count)
        return {"ratelimit": f'"default";r={left};t={int(self.opened + self.window - now)}'}


def test_the_budget_of_a_window_is_never_passed_and_comes_back():
    spent, sent = Spent("", "token"), []
    now = NOW
    while len(sent) < 3 * ALLOWED:
        pause = spent.take(now)
        if pause:
            now += pause
        else:
            sent.append(now)
            now += 0.01
    for i in range(len(sent) - ALLOWED):
        assert sent[i + ALLOWED] - sent[i] > WINDOW
    assert sent[-1] - sent[0] < 3 * (WINDOW + 10)  # and no time is wasted


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 40)), min_size=1, max_size=150), st.integers(1, 25))
def test_however_many_take_turns_no_window_is_passed(turns, quota):
    spent = [Spent("", "token")] * 4
    limiter, now = Limiter(quota, 30), NOW
    spent[0].heard(now, 200, {"ratelimit-policy": f'"default";q={quota};w=30, "other";q=5000;w=60'})
    for who, wait in turns:
        now += wait
        pause = spent[who].take(now)
        while pause:
            now += pause
            pause = spent[who].take(now)
        spent[who].heard(now, 200, limiter.arrived(now))
    assert limiter.tripped == 0


def test_all_who_share_the_file_share_the_budget(tmp_path):
    path = str(tmp_path / "deep" / "rate.json")
    takers = [Spent(path, "token") for _request in range(4)]
    threads = [threading.Thread(target=taken, args=(one, QUOTA // 4, NOW + 15 * i)) for i, one in enumerate(takers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Spent(path, "token").take(NOW + 60) == pytest.approx(WINDOW - 60, abs=10)
    assert Spent(path, "another token").take(NOW) == 0
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert "token" not in (tmp_path / "deep" / "rate.json").read_text()


def test_a_run_that_starts_later_begins_where_another_stopped(tmp_path):
    path = str(tmp_path / "rate.json")
    assert taken(Spent(path, "token"), QUOTA) == ALLOWED
    assert 0 < Spent(path, "token").take(NOW + 200) <= WINDOW - 200 + 10
    assert Spent(path, "token").take(NOW + WINDOW + 10) == 0


def test_not_too_many_are_sent_in_one_second_either():
    spent = Spent("", "token")
    assert sum(not spent.take(NOW + 0.25) for _request in range(250)) == IN_ONE_SECOND
    assert spent.take(NOW + 0.25) == 0.75
    assert spent.take(NOW + 1) == 0


def test_what_others_use_is_heard_and_obeyed_before_a_429_comes():
    spent = Spent("", "token")
    assert spent.take(NOW) == 0
    spent.heard(NOW, 200, {"ratelimit": '"default";r=12;t=120'})
    assert [spent.take(NOW), spent.take(NOW)] == [0, 0]
    assert spent.take(NOW) == 120
    assert spent.take(NOW + 121) == 0


def test_an_answer_that_was_late_does_not_give_back_what_was_spent_since():
    spent = Spent("", "token")
    spent.heard(NOW, 200, {"ratelimit": '"default";r=13;t=120'})
    assert [spent.take(NOW) for _request in range(3)] == [0, 0, 0]
    spent.heard(NOW, 200, {"ratelimit": '"default";r=13;t=120'})
    assert spent.take(NOW) == 120


def test_a_429_holds_everybody_for_as_long_as_it_says(tmp_path):
    path = str(tmp_path / "rate.json")
    Spent(path, "token").heard(NOW, 429, {"retry-after": "300"})
    assert Spent(path, "token").take(NOW + 1) == 299
    assert Spent(path, "token").take(NOW + 301) == 0


def test_the_stricter_of_several_policies_counts():
    spent = Spent("", "token")
    spent.heard(NOW, 200, {"ratelimit-policy": '"burst";q=100;w=60,"default";q=1200;w=300'})
    assert taken(spent, 150) == 90
    assert spent.take(NOW + 8) == pytest.approx(52, abs=10)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ratelimit": ""},
        {"ratelimit": "12"},
        {"ratelimit": '"default";r=x;t=1'},
        {"ratelimit-policy": '"d";q=0;w=0'},
        {"ratelimit": '"d";r=' + "9" * 5000 + ";t=1"},
        {"retry-after": "\u00b2"},  # a digit, and no number
    ],
)
def test_headers_that_say_nothing_change_nothing(headers):
    spent = Spent("", "token")
    for status in (200, 429):
        spent.heard(NOW, status, headers)
    assert taken(spent, QUOTA + 5) == ALLOWED


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"x": 1}',
        json.dumps({"KEY": 1}),
        json.dumps({"KEY": {"sent": {"a": 1}}}),
        json.dumps({"KEY": {"sent": [], "windows": {}, "left": None, "until": 0}}),
        '{"KEY": {"sent": {}, "windows": {}, "left": 1e999, "until": 0}}',
        '{"KEY": {"sent": {}, "windows": {"300": 1e999}, "left": null, "until": NaN}}',
        '{"x": "' + "x" * 2_000_000,
        "[" * 200_000,
    ],
)
def test_a_file_that_is_damaged_is_as_good_as_none(tmp_path, content):
    path = tmp_path / "rate.json"
    spent = Spent(str(path), "token")
    path.write_text(content.replace("KEY", spent._key))
    assert spent.take(NOW) == 0
    assert Spent(str(path), "token").take(NOW) == 0


def test_what_is_no_file_is_as_good_as_none(tmp_path):
    os.mkfifo(tmp_path / "fifo")  # which would be read for ever
    for path in (tmp_path / "fifo", tmp_path, "/dev/zero", "/dev/full"):
        assert taken(Spent(str(path), "token"), QUOTA + 5) == ALLOWED


def test_tokens_that_nobody_used_for_long_are_forgotten(tmp_path):
    path = tmp_path / "rate.json"
    for number in range(20):
        Spent(str(path), f"token {number}").take(NOW + 1000 * number)
    assert len(json.loads(path.read_text())) <= 5


def test_a_file_that_cannot_be_written_is_as_good_as_none(tmp_path):
    (tmp_path / "file").write_text("")
    spent = Spent(str(tmp_path / "file" / "rate.json"), "token")
    assert taken(spent, QUOTA + 5) == ALLOWED


def test_a_clock_that_was_wrong_does_not_block_for_ever(tmp_path):
    path = str(tmp_path / "rate.json")
    tomorrow = Spent(path, "token")
    taken(tomorrow, QUOTA, NOW + 86400)
    tomorrow.heard(NOW + 86400, 429, {"retry-after": "300"})
    assert Spent(path, "token").take(NOW) == 0


def gate(clock, budget=900.0, spent=None):
    return PacedGate(clock, budget, spent or Spent("", "token"))


def test_the_gate_waits_for_room_and_refuses_to_wait_beyond_the_time_budget():
    clock = FakeClock()
    one = gate(clock)
    for _request in range(ALLOWED + 1):
        one.wait()
    assert clock.now() - 1000 > WINDOW
    assert clock.now() - 1000 < WINDOW + QUOTA / IN_ONE_SECOND + 10
    impatient = gate(FakeClock(), budget=60)
    for _request in range(ALLOWED):
        impatient.wait()
    with pytest.raises(OutOfTime, match="rate limit"):
        impatient.wait()
