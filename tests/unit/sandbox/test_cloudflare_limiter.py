# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limiter of the Cloudflare account, by a clock that the test moves."""

from __future__ import annotations

import pytest

from sandbox.cloudflare.limiter import PER_SECOND, QUOTA, WINDOW


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(cloudflare):
    made = Clock()
    cloudflare.handle.set_clock(made)
    return made


def headers(answer):
    return {name: answer.headers.get(name) for name in ("Ratelimit", "Ratelimit-Policy", "Retry-After")}


def test_the_figures_are_those_of_cloudflare():
    assert (QUOTA, WINDOW, PER_SECOND) == (1200, 300, 200)


def test_every_answer_says_what_is_left(cloudflare, clock):
    cloudflare.handle.set_rate(50, 60)
    assert headers(cloudflare.answer("GET", "/access/groups")) == {
        "Ratelimit": '"default";r=49;t=60',
        "Ratelimit-Policy": '"default";q=50;w=60',
        "Retry-After": None,
    }
    clock.now += 29.5
    refused = cloudflare.answer("GET", "/access/nothing")
    assert refused.status == 404
    assert headers(refused)["Ratelimit"] == '"default";r=48;t=31'


def test_who_passes_the_quota_is_blocked_for_as_long(cloudflare, clock):
    cloudflare.handle.set_rate(3, 300)
    for _dummy in range(3):
        clock.now += 10
        assert cloudflare.answer("GET", "/access/groups").status == 200
    clock.now += 10
    answer = cloudflare.answer("GET", "/access/groups")
    assert answer.status == 429
    assert answer.body["success"] is False
    assert headers(answer)["Retry-After"] == "300"
    assert headers(answer)["Ratelimit"] == '"default";r=0;t=300'
    clock.now += 299
    # The window of the count has ended meanwhile, the block has not; and who asks on does not make it longer.
    assert headers(cloudflare.answer("GET", "/access/groups"))["Retry-After"] == "1"
    clock.now += 1
    answer = cloudflare.answer("GET", "/access/groups")
    assert (answer.status, headers(answer)["Ratelimit"]) == (200, '"default";r=2;t=300')
    assert cloudflare.handle.tripped == 2


def test_who_keeps_within_the_quota_is_never_blocked(cloudflare, clock):
    cloudflare.handle.set_rate(2, 10)
    for _dummy in range(20):
        assert cloudflare.answer("GET", "/access/groups").status == 200
        clock.now += 5
    assert cloudflare.handle.tripped == 0


def test_a_request_that_is_refused_by_the_limiter_does_nothing(cloudflare, clock):
    cloudflare.handle.set_rate(1)
    sent = {"name": "Staff", "include": [{"everyone": {}}]}
    assert cloudflare.answer("POST", "/access/groups", sent).status == 201
    assert cloudflare.answer("POST", "/access/groups", sent).status == 429
    assert len(cloudflare.handle.stored("groups")) == 1


def test_so_many_a_second(cloudflare, clock):
    cloudflare.handle.set_rate(1000, 300, per_second=200)
    statuses = [cloudflare.answer("GET", "/access/groups").status for _dummy in range(201)]
    assert statuses == [200] * 200 + [429]
    answer = cloudflare.answer("GET", "/access/groups")
    assert headers(answer)["Retry-After"] == "1"
    clock.now += 1
    assert cloudflare.answer("GET", "/access/groups").status == 200
    assert cloudflare.handle.tripped == 2


def test_strangers_count_too(cloudflare, clock):
    cloudflare.handle.set_rate(1)
    cloudflare.headers = {}
    assert cloudflare.answer("GET", "/access/groups").status == 400
    assert cloudflare.answer("GET", "/access/groups").status == 429
