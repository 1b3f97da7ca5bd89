# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dates: read by the format that was said and by nothing else; what could be two dates is none."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.dates import DateFormat, iso
from hypothesis import given, settings
from hypothesis import strategies as st

FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d%m%Y", "%d-%b-%Y", "%B %d, %Y", "%d %B %Y", "%Y-%m-%d 00:00:00", "100%% %Y/%m/%d")


@settings(max_examples=80, deadline=None)
@given(st.dates(min_value=datetime.date(1000, 1, 1)), st.sampled_from(FORMATS))
def test_a_date_is_read_by_the_format_that_wrote_it(date, form):
    assert DateFormat(form).read(date.strftime(form)) == date.isoformat()
    assert DateFormat(form).read(date.strftime(form).upper()) == date.isoformat()


@settings(max_examples=40, deadline=None)
@given(st.datetimes(min_value=datetime.datetime(1000, 1, 3), max_value=datetime.datetime(9999, 12, 29)), st.integers(-14 * 4, 14 * 4))
def test_an_instant_becomes_utc(local, quarters):
    moment = local.replace(microsecond=0, tzinfo=datetime.timezone(datetime.timedelta(minutes=15 * quarters)))
    wanted = moment.astimezone(datetime.timezone.utc).replace(tzinfo=None).isoformat() + "Z"
    assert iso(moment.isoformat()) == wanted
    assert DateFormat("%d.%m.%Y %H:%M:%S %z").read(moment.strftime("%d.%m.%Y %H:%M:%S %z")) == wanted


@pytest.mark.parametrize(
    ("form", "text", "wanted"),
    [
        ("%d.%m.%Y", "1.2.2026", "2026-02-01"),
        ("%d.%m.%Y", "30.02.2026", None),
        ("%d.%m.%Y", "30.11.2026 ", None),
        ("%d.%m.%Y", "30.11.26", None),
        ("%d.%m.%Y", "3\u0660.11.2026", None),  # digits are those of ASCII
        ("%d%m%Y", "1112026", None),  # 1.11. or 11.1.
        ("%m%d1%Y", "0203" + "1" + "2026", "2026-02-03"),
        ("%d-%b-%Y", "17-JUN-2003", "2003-06-17"),
        ("%d-%b-%Y", "17-MAI-2003", None),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-30T23:00:00.123+01:00", "2026-11-30T22:00:00Z"),
        ("%Y-%m-%dT%H:%M%z", "0001-01-01T00:00+14:00", None),
        ("%Y-%m-%d", "0000-00-00", None),
    ],
)
def test_what_fits_and_what_does_not(form, text, wanted):
    assert DateFormat(form).read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-11-30", "2026-11-30"),
        ("2026-11-30T23:00:00Z", "2026-11-30T23:00:00Z"),
        ("2026-11-30T23:00:00", None),  # where?
        ("2026-11-30 23:00", None),
        ("45991", None),
        ("30.11.2026", None),
    ],
)
def test_iso_is_always_read(text, wanted):
    assert iso(text, [DateFormat("%m/%d/%Y")]) == wanted


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("%d.%m.%y", "a year of two digits"),
        ("%d.%m", "is no format of a date"),
        ("%Y-%m-%d %b", "is no format of a date"),
        ("%Y-%m-%d%d", "is no format of a date"),
        ("%Y-%m-%d %H:%M", "a time of day without a zone"),
        ("%Y-%m-%d %z", "or a zone without a time"),
        ("%Y-%m-%d %p", "has %p, which is not known here"),
        ("%Y-%m-%d%", "has a % at its end"),
        ("dd.MM.yyyy", "is no format of a date"),
    ],
)
def test_a_format_that_could_mean_two_dates_is_refused(form, said):
    with pytest.raises(InvalidInput, match=said):
        DateFormat(form)
