# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which events a task asks for."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.selection import (
    Selection,
    point,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
EVENT = {
    "timestamp": "2026-11-24T10:00:00.000Z",
    "action": "user.deactivate",
    "user": "ann@example.com",
    "status": "failure",
    "resource_type": "User",
    "source": "json",
}


def selection(**options):
    return Selection.from_options(options.get, NOW)


@pytest.mark.parametrize(
    ("options", "matches"),
    [
        ({}, True),
        ({"since": "2026-11-24T10:00:00Z"}, True),
        ({"since": "2026-11-24T10:00:00.001Z"}, False),
        ({"until": "2026-11-24T10:00:00Z"}, False),
        ({"until": "2026-11-24T10:00:00.001Z"}, True),
        ({"since": "-2h", "until": "now"}, True),
        ({"since": "-1h"}, False),
        ({"status": ["failure"]}, True),
        ({"status": "ERROR"}, True),
        ({"status": ["success", "skipped"]}, False),
        ({"action": ["user.*"]}, True),
        ({"action": ["User.Deactivate"]}, True),
        ({"action": ["group.*", "user.delete"]}, False),
        ({"resource_type": ["users"]}, True),
        ({"resource_type": ["GROUP"]}, False),
        ({"user": ["ANN@example.com"]}, True),
        ({"user": ["*@example.com"]}, True),
        ({"user": ["bob*"]}, False),
        ({"group": ["*"]}, False),
        ({"user": ["ann*"], "status": ["success"]}, False),
        ({"user": [" "], "status": []}, True),
    ],
)
def test_events_are_matched(options, matches):
    assert selection(**options).matches(EVENT) is matches


def test_windows_that_meet_share_no_event_and_miss_none():
    edge = "2026-11-24T10:00:00Z"
    assert [selection(since="-1d", until=edge).matches(EVENT), selection(since=edge, until="now").matches(EVENT)] == [False, True]


@pytest.mark.parametrize(
    ("written", "before"),
    [("-2h", timedelta(hours=2)), ("-7d", timedelta(days=7)), ("90s", timedelta(seconds=90)), ("-1h30m", timedelta(minutes=90)), ("-1w", timedelta(7))]
    + [("2 hours ago", timedelta(hours=2)), ("now", timedelta(0)), ("-1 day 2 min", timedelta(days=1, minutes=2))],
)
def test_times_before_now(written, before):
    assert point(written, NOW, "since") == NOW - before


TEN = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)


@pytest.mark.parametrize("written", ["2026-11-24T10:00:00Z", "2026-11-24T11:00:00+01:00", "1795514400", 1795514400, TEN])
def test_times_by_the_calendar(written):
    assert point(written, NOW, "since") == TEN


def test_a_datetime_without_a_zone_is_of_the_zone_of_now():
    assert point(datetime(2026, 11, 24), NOW, "since").isoformat() == "2026-11-24T00:00:00+00:00"
    assert point("", NOW, "since") is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"since": "yesterday"}, "^since: 'yesterday' is no point in time"),
        ({"until": "-2 parsecs"}, "^until: "),
        ({"since": "2026"}, "^since: "),
        ({"since": "-1M"}, "^since: "),
        ({"since": "-999999999w"}, "^since: "),
        ({"since": ["x"]}, "^since: "),
        ({"since": True}, "^since: "),
        ({"since": "-1h", "until": "-2h"}, "^since: .* is later than until"),
        ({"status": ["won"]}, "^status: 'won' is none of success, failure"),
        ({"status": ["200"]}, "^status: "),
        ({"status": 7}, "^status: "),
        ({"resource_type": ["Printer"]}, "^resource_type: 'Printer'"),
        ({"user": [3]}, "^user: "),
        ({"limit": -1}, "^limit: -1"),
        ({"limit": "ten"}, "^limit: "),
    ],
)
def test_what_is_wrong_is_said_by_the_name_of_the_option(options, said):
    with pytest.raises(InvalidInput, match=said):
        selection(**options)


def test_no_limit_is_all():
    assert selection(limit=0).limit is None
    assert selection(limit=5).limit == 5
