# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Points in time, however a log writes them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.timestamps import (
    leading_timestamp,
    moment,
    spelled,
    timestamp,
)
from hypothesis import given
from hypothesis import strategies as st

SAME = "2026-11-24T10:00:00.123Z"


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24T10:00:00.123Z",
        "2026-11-24t10:00:00.123z",
        "2026-11-24 10:00:00,123",
        "2026-11-24T10:00:00.1234567Z",
        "2026-11-24T10:00:00.123456789Z",
        "2026-11-24T12:00:00.123+02:00",
        "2026-11-24T04:30:00.123-0530",
        "2026-11-24T12:00:00.123+02",
        "2026-11-24 10:00:00.123 UTC",
        1795514400.123,
        1795514400123,
        1795514400123456,
        1795514400123456789,
        "1795514400.123",
        "1795514400123",
        "1795514400123456",
    ],
)
def test_one_instant_has_many_spellings(written):
    assert timestamp(written) == SAME


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-24", "2026-11-24T00:00:00.000Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
        ("2026-01-01T00:00:00.9+14:00", "2025-12-31T10:00:00.900Z"),
        ("0001-01-02T00:00:00+01:00", "0001-01-01T23:00:00.000Z"),
        (0, "1970-01-01T00:00:00.000Z"),
        (-1.5, "1969-12-31T23:59:58.500Z"),
    ],
)
def test_corners(written, expected):
    assert timestamp(written) == expected


@pytest.mark.parametrize(
    "written",
    ["", "soon", "2026-13-01T00:00:00Z", "2026-11-24T25:00:00Z", "0001-01-01T00:00:00+01:00", "24/11/2026", None, True, [], {}, 10**300, float("nan")]
    + [float("inf"), "9" * 400, "٢٠٢٦-١١-٢٤T١٠:٠٠:٠٠Z"],
)
def test_what_names_no_instant_is_empty(written):
    assert timestamp(written) == ""


@given(st.datetimes(min_value=datetime(1973, 4, 1), max_value=datetime(5000, 1, 1)))
def test_numbers_of_any_unit_agree_with_the_text(plain):
    when = plain.replace(microsecond=plain.microsecond // 1000 * 1000, tzinfo=timezone.utc)
    since = when - datetime(1970, 1, 1, tzinfo=timezone.utc)
    milliseconds = since // timedelta(milliseconds=1)
    found = {timestamp(when.isoformat()), timestamp(milliseconds), timestamp(milliseconds * 1000), timestamp(str(milliseconds * 10**6))}
    assert found | {timestamp(milliseconds / 1000)} == {spelled(when)}
    assert moment(spelled(when)) == when


@given(st.lists(st.datetimes(timezones=st.just(timezone.utc)), max_size=10))
def test_the_spelling_sorts_as_time_does(moments):
    assert [spelled(when) for when in sorted(moments)] == sorted(spelled(when) for when in moments)


def test_a_line_may_begin_with_a_time():
    assert leading_timestamp("2026-11-24T11:00:00.123+01:00 host x") == (SAME, 29)
    assert leading_timestamp("[2026-11-24 10:00:00,123] x")[0] == SAME
    assert leading_timestamp("x 2026-11-24 10:00:00") == ("", 0)
    assert leading_timestamp("2026-99-24 10:00:00") == ("", 0)
