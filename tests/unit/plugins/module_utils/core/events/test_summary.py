# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many events as a few numbers."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.statuses import STATUSES
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.summary import (
    failure_rate,
    kind_of,
    summary,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.timestamps import spelled
from hypothesis import given
from hypothesis import strategies as st

SINCE = datetime(2026, 11, 24, tzinfo=timezone.utc)
UNTIL = SINCE + timedelta(hours=24)


def event(hour, status="success", **fields):
    return {"timestamp": spelled(SINCE + timedelta(hours=hour)), "action": "user.create", "status": status, "source": "json", "idp": "okta", **fields}


EVENTS = [
    event(1, user="ann"),
    event(2, "failure", user="bob", error_code="409", detail="user bob@example.com exists"),
    event(3, "failure", user="eve", error_code="409", detail="user eve@example.com exists"),
    event(4, user="Eve"),
    event(5, "failure", user="ann", error_code="500", detail="boom", idp="entra"),
    event(6, "attempted", user="bob"),
    event(7, user="bob", action="user.read"),
    event(24, "skipped"),
    event(25),
]


def test_counts_and_the_last_of_each_provider():
    found = summary(EVENTS, SINCE, UNTIL, bins=24)
    assert found["total"] == 9
    assert found["outside"] == 1
    assert found["status"] == {"success": 4, "failure": 3, "skipped": 1, "attempted": 1}
    assert found["action"] == {"user.create": 8, "user.read": 1}
    assert found["idp"]["okta"] == {
        "total": 8,
        "success": 4,
        "failure": 2,
        "last_success": "2026-11-25T01:00:00.000Z",
        "last_failure": "2026-11-24T03:00:00.000Z",
    }
    assert found["idp"]["entra"]["last_success"] == ""
    assert failure_rate(found["status"]) == 3 / 7
    assert failure_rate({}) is None


def test_errors_of_one_kind_are_counted_together():
    found = summary(EVENTS, SINCE, UNTIL)["errors"]
    assert [(error["error_code"], error["count"]) for error in found] == [("409", 2), ("500", 1)]
    assert found[0]["detail"] == "user eve@example.com exists"
    assert found[0]["last"] == "2026-11-24T03:00:00.000Z"
    assert summary(EVENTS, SINCE, UNTIL, errors=1)["errors"] == found[:1]
    assert kind_of("id=17 of 'x' is 12345678 5f0c1f9e-aaaa-bbbb-cccc-1234567890ab") == kind_of("id=9 of 'yy' is 9999 6f0c1f9e-aaaa-bbbb-cccc-1234567890ab")


def test_people_whose_last_event_failed():
    found = summary(EVENTS, SINCE, UNTIL)
    assert [(event["user"], event["idp"]) for event in found["people"]] == [("ann", "entra"), ("bob", "okta")]
    assert found["people_failed"] == 2
    assert summary(EVENTS, SINCE, UNTIL, people=1)["people"] == found["people"][:1]


@given(st.permutations(EVENTS))
def test_the_order_of_events_makes_no_difference(events):
    assert summary(events, SINCE, UNTIL) == summary(EVENTS, SINCE, UNTIL)


@given(st.integers(1, 60), st.lists(st.floats(-2, 26), max_size=20), st.integers(0, 10**7))
def test_each_event_of_the_window_is_in_one_bucket(bins, hours, width):
    until = SINCE + timedelta(milliseconds=width)
    events = [event(hour) for hour in hours]
    found = summary(events, SINCE, until, bins=bins)
    buckets = found["buckets"]
    assert len(buckets) == bins
    assert buckets[0]["since"] == spelled(SINCE)
    assert buckets[-1]["until"] == spelled(until)
    assert all(one["until"] == two["since"] for one, two in zip(buckets, buckets[1:]))
    assert sum(bucket[status] for bucket in buckets for status in STATUSES) == len(events) - found["outside"]
    assert found["outside"] == sum(not spelled(SINCE) <= each["timestamp"] <= spelled(until) for each in events)


def test_buckets_hold_what_happened_in_them():
    buckets = summary(EVENTS, SINCE, UNTIL, bins=24)["buckets"]
    assert [(bucket["success"], bucket["failure"]) for bucket in buckets[:6]] == [(0, 0), (1, 0), (0, 1), (0, 1), (1, 0), (0, 1)]
    assert buckets[-1]["skipped"] == 1  # at the very end


def test_no_window_no_buckets():
    for arguments in ({"bins": 0}, {"until": SINCE - timedelta(1)}):
        with pytest.raises(ValueError, match="window"):
            summary([], **{"since": SINCE, "until": UNTIL, **arguments})


def test_kinds_of_errors_do_not_fill_the_memory():
    many = (event(1, "failure", detail="".join(chr(97 + int(digit)) for digit in str(number))) for number in range(6_000))
    found = summary(many, SINCE, UNTIL)["errors"]
    assert found[0]["count"] == 1_000
    assert found[0]["detail"] == "…"
