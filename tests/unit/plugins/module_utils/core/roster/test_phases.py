# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phases: every boundary is at the instant of the person's own zone, and what the row contradicts is not guessed."""

from __future__ import annotations

import os
import time
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster import problems, zones
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.days import (
    duration,
    instant_of,
    shown,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import (
    ACTIVE,
    ACTIVE_ACCOUNT,
    EXPIRED,
    INACTIVE_ACCOUNT,
    LEAVING,
    LEFT,
    NO_ACCOUNT,
    ON_LEAVE,
    SCHEDULED,
    STAGED,
    STANDARD,
    URGENT,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.phases import told
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.settings import Settings
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

DEFAULT = Settings()
SECOND = timedelta(seconds=1)
RANK = {STAGED: 0, ACTIVE: 1, ON_LEAVE: 1, LEAVING: 2, LEFT: 3, EXPIRED: 3}

# Zones that moved over the date line, that change their clocks at midnight, and those at both ends of the world.
ZONES = (
    "UTC", "Europe/Vienna", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Pacific/Apia", "Pacific/Kwajalein", "Pacific/Kiritimati",
    "Etc/GMT+12", "America/St_Johns", "Asia/Kathmandu", "America/Havana", "America/Asuncion", "Asia/Gaza", "Australia/Lord_Howe",
)  # fmt: skip


def phase_of(source, instant, settings=DEFAULT):
    return told(source, instant, settings)[0]


def at(text, settings=DEFAULT, **source):
    return phase_of(source, instant_of(text), settings)


def seen(phase):
    return phase.name, phase.account, phase.lane


def line(source, settings=DEFAULT):
    """Somebody's phases from the first to the last, as ``until`` leads from one to the next."""
    found = [phase_of(source, datetime.min.replace(tzinfo=timezone.utc), settings)]
    while found[-1].until:
        found.append(phase_of(source, instant_of(found[-1].until), settings))
        assert len(found) < 12
    return found


@pytest.mark.parametrize(
    ("zone", "last_day", "end"),
    [
        ("Europe/Vienna", "2026-11-30", "2026-11-30T23:00:00Z"),
        ("Europe/Vienna", "2026-10-25", "2026-10-25T23:00:00Z"),  # 25 hours long
        ("Australia/Melbourne", "2026-11-30", "2026-11-30T13:00:00Z"),
        ("Pacific/Kiritimati", "2026-11-30", "2026-11-30T10:00:00Z"),
        ("Etc/GMT+12", "2026-11-30", "2026-12-01T12:00:00Z"),
        ("America/Sao_Paulo", "2018-11-03", "2018-11-04T03:00:00Z"),  # no midnight: the 4th began at one o'clock
        ("America/Sao_Paulo", "2018-02-17", "2018-02-18T03:00:00Z"),  # the last hour came twice, midnight once
        ("Africa/Cairo", "2024-04-25", "2024-04-25T22:00:00Z"),  # no midnight
        ("Africa/Cairo", "2024-10-31", "2024-10-31T22:00:00Z"),  # the last hour came twice
        ("Asia/Beirut", "2024-03-30", "2024-03-30T22:00:00Z"),  # no midnight
        ("America/St_Johns", "2010-11-06", "2010-11-07T02:30:00Z"),  # midnight came twice, and the first one ends the day
        ("America/Toronto", "1919-03-30", "1919-03-31T04:30:00Z"),  # from 23:30 to 0:30
        ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),  # a day that was not
        ("Pacific/Apia", "2011-12-31", "2011-12-31T10:00:00Z"),
        ("Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00:00Z"),  # a day that was not
        ("Pacific/Kwajalein", "1969-09-30", "1969-10-01T12:00:00Z"),  # 47 hours long: it was there twice
    ],
)
def test_the_last_day_is_over_with_its_last_second_there(zone, last_day, end):
    source = {"status": "active", "last_day": last_day, "time_zone": zone}
    assert phase_of(source, instant_of(end) - SECOND, DEFAULT).name == LEAVING
    gone = phase_of(source, instant_of(end), DEFAULT)
    assert (gone.name, gone.account, gone.since, gone.left_at) == (LEFT, INACTIVE_ACCOUNT, end, end)


def test_at_one_instant_one_has_left_and_one_has_not():
    """On both sides of the date line the last day has the same date, and there are 26 hours between the ends."""
    source = {"status": "active", "last_day": "2026-11-30"}
    for text, east, west in [
        ("2026-11-30T09:59:59Z", LEAVING, LEAVING),
        ("2026-11-30T10:00:00Z", LEFT, LEAVING),
        ("2026-12-01T11:59:59Z", LEFT, LEAVING),
        ("2026-12-01T12:00:00Z", LEFT, LEFT),
    ]:
        assert at(text, **source, time_zone="Pacific/Kiritimati").name == east
        assert at(text, **source, time_zone="Etc/GMT+12").name == west


@given(st.sampled_from(ZONES), st.dates(date(1900, 1, 1), date(2037, 12, 31)))
def test_a_day_begins_at_the_first_instant_that_has_its_date_or_a_later_one(name, day):
    zone = zones.time_zone(name)
    begin = zones.beginning(day, zone)
    assert begin.astimezone(zone).date() >= day
    earlier = [begin - SECOND - timedelta(minutes=15) * step for step in range(200)]
    assert all(instant.astimezone(zone).date() < day for instant in earlier)


@pytest.mark.parametrize("name", ZONES)
def test_a_day_with_a_change_of_clocks_begins_at_its_first_second(name):
    """Each second of the hours around, on every day on which the offset at its end is another than at its beginning."""
    zone, utc = zones.time_zone(name), timezone.utc
    days = [datetime(year, 1, 1, tzinfo=utc) + timedelta(days=number) for year in (1969, 1993, 2010, 2011, 2018, 2024) for number in range(365)]
    changing = [day for day in days if day.astimezone(zone).utcoffset() != (day + timedelta(days=1)).astimezone(zone).utcoffset()]
    for moment in changing:
        for day in {(moment + timedelta(days=number)).astimezone(zone).date() for number in (0, 1)}:
            begin = zones.beginning(day, zone)
            assert begin.astimezone(zone).date() >= day > (begin - SECOND).astimezone(zone).date()


optional_days = st.one_of(st.just(""), st.dates(date(2010, 1, 1), date(2020, 1, 1)).map(date.isoformat))
durations = st.sampled_from([timedelta(0), timedelta(hours=24), timedelta(days=7), timedelta(days=400)])
sources = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["", "prehire", "active", "on_leave", "terminated", " Active "]),
        "start_date": optional_days,
        "last_day": optional_days,
        "termination_date": optional_days,
        "valid_until": optional_days,
        "time_zone": st.sampled_from(["", *ZONES]),
        "for_cause": st.sampled_from(["", "", "", "no", "yes"]),
    }
)
all_settings = st.builds(Settings, durations, durations, durations, st.sampled_from(["keep", "deactivate"]))


@given(sources, all_settings)
@examples(max_examples=400)
def test_phases_follow_each_other_without_a_gap(source, settings):
    try:
        found = line(source, settings)
    except problems.Unclear:
        return
    for earlier, later in zip(found, found[1:]):
        assert earlier.until == later.since != ""
        assert earlier != later
        assert phase_of(source, instant_of(later.since) - SECOND, settings) == earlier
    rehired = source["start_date"] > (source["last_day"] or source["termination_date"] or "9999")
    ranks = [RANK[phase.name] for phase in found]
    assert rehired or ranks == sorted(ranks)
    for phase in found:
        assert (phase.account == ACTIVE_ACCOUNT) <= (phase.name in (ACTIVE, ON_LEAVE, LEAVING))
        assert phase.name != LEAVING or (phase.lane == SCHEDULED and phase.left_at >= phase.since)


@given(sources, st.datetimes(datetime(2009, 1, 1), datetime(2021, 1, 1)), st.timedeltas(timedelta(0), timedelta(days=900)))
def test_who_left_stays_so_unless_a_start_is_ahead(source, moment, later):
    source = {**source, "start_date": ""}
    instant = moment.replace(tzinfo=timezone.utc)
    try:
        first, second = phase_of(source, instant, DEFAULT), phase_of(source, instant + later, DEFAULT)
    except problems.Unclear:
        return
    assert RANK[first.name] <= RANK[second.name]
    assert first.name not in (LEFT, EXPIRED) or second.name == first.name


@given(sources, st.sampled_from(ZONES), st.datetimes(datetime(2009, 1, 1), datetime(2021, 1, 1)))
def test_how_the_instant_is_written_does_not_count(source, zone, moment):
    instant = moment.replace(tzinfo=timezone.utc)
    try:
        assert phase_of(source, instant, DEFAULT) == phase_of(source, instant.astimezone(ZoneInfo(zone)), DEFAULT)
    except problems.Unclear:
        return


def test_the_host_may_be_anywhere(monkeypatch):
    source = {"status": "active", "start_date": "2026-03-01", "last_day": "2026-11-30"}
    found = []
    for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles"):
        monkeypatch.setitem(os.environ, "TZ", zone)
        time.tzset()
        found.append(line(source))
    monkeypatch.undo()
    time.tzset()
    assert found[0] == found[1] == found[2]
    assert found[0][-1].since == "2026-12-01T00:00:00Z"


def test_the_time_line_of_a_joiner_who_leaves():
    source = {"status": "active", "start_date": "2026-03-02", "last_day": "2026-11-30", "time_zone": "Europe/Vienna"}
    assert [(*seen(phase), phase.since, phase.left_at) for phase in line(source)] == [
        (STAGED, NO_ACCOUNT, STANDARD, "", ""),
        (STAGED, INACTIVE_ACCOUNT, STANDARD, "2026-02-22T23:00:00Z", ""),
        (ACTIVE, ACTIVE_ACCOUNT, STANDARD, "2026-03-01T23:00:00Z", ""),
        (LEAVING, ACTIVE_ACCOUNT, SCHEDULED, "2026-11-16T23:00:00Z", "2026-11-30T23:00:00Z"),
        (LEFT, INACTIVE_ACCOUNT, STANDARD, "2026-11-30T23:00:00Z", "2026-11-30T23:00:00Z"),
    ]


def test_the_time_line_of_a_rehire():
    source = {"status": "active", "last_day": "2026-03-31", "start_date": "2026-09-01"}
    assert [(phase.name, phase.account, phase.since) for phase in line(source)] == [
        (ACTIVE, ACTIVE_ACCOUNT, ""),
        (LEAVING, ACTIVE_ACCOUNT, "2026-03-18T00:00:00Z"),
        (LEFT, INACTIVE_ACCOUNT, "2026-04-01T00:00:00Z"),
        (STAGED, INACTIVE_ACCOUNT, "2026-08-25T00:00:00Z"),
        (ACTIVE, ACTIVE_ACCOUNT, "2026-09-01T00:00:00Z"),
    ]
    assert line({**source, "status": "prehire"})[-1] == line(source)[-1]
    weekend = {"status": "active", "last_day": "2026-07-31", "start_date": "2026-08-03"}
    assert [phase.name for phase in line(weekend)] == [ACTIVE, LEAVING, STAGED, ACTIVE]
    assert line(weekend)[2].since == "2026-08-01T00:00:00Z"
    assert [phase.since for phase in line(weekend, Settings(end_early=timedelta(hours=24)))][2:] == ["2026-07-31T00:00:00Z", "2026-08-03T00:00:00Z"]
    for status in ("active", "prehire"):
        next_day = {"status": status, "last_day": "2026-07-31", "start_date": "2026-08-01"}
        assert [phase.name for phase in line(next_day)] == [ACTIVE]


def test_nobody_gets_their_access_back_from_a_row_that_says_that_they_are_gone():
    source = {"status": "terminated", "last_day": "2026-03-31", "start_date": "2026-09-01"}
    assert [phase.name for phase in line(source)] == [ACTIVE, LEAVING, LEFT, STAGED, LEFT]
    phase, doubts = told(source, instant_of("2026-09-01T00:00:00Z"), DEFAULT)
    assert phase.left_at == "2026-04-01T00:00:00Z"
    assert "still terminated" in doubts[0]
    early = phase_of(source, instant_of("2026-09-01T00:00:00Z"), Settings(end_early=timedelta(hours=24)))
    assert early.left_at == "2026-03-31T00:00:00Z"
    next_day = {"status": "terminated", "last_day": "2026-07-31", "start_date": "2026-08-01"}
    assert [(phase.name, phase.since) for phase in line(next_day)][2:] == [(LEFT, "2026-08-01T00:00:00Z")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"status": "active"}, (ACTIVE, ACTIVE_ACCOUNT, STANDARD, "", "")),
        ({"status": "on_leave"}, (ON_LEAVE, ACTIVE_ACCOUNT, STANDARD, "", "")),
        ({"status": "prehire"}, (STAGED, NO_ACCOUNT, STANDARD, "", "")),
        ({"status": "terminated"}, (LEFT, INACTIVE_ACCOUNT, STANDARD, "", "")),
        ({"start_date": "2026-01-01"}, (ACTIVE, ACTIVE_ACCOUNT, STANDARD, "2026-01-01T00:00:00Z", "")),
        # The last day at work ends the access, not the end of the contract; alone, that one does.
        ({"status": "active", "last_day": "2026-05-31", "termination_date": "2026-08-31"}, (LEFT, INACTIVE_ACCOUNT, STANDARD, *["2026-06-01T00:00:00Z"] * 2)),
        ({"last_day": "2026-05-31", "termination_date": "2026-05-31"}, (LEFT, INACTIVE_ACCOUNT, STANDARD, *["2026-06-01T00:00:00Z"] * 2)),
        ({"status": "active", "termination_date": "2026-05-31"}, (LEFT, INACTIVE_ACCOUNT, STANDARD, *["2026-06-01T00:00:00Z"] * 2)),
        # An end that is ahead.
        ({"status": "terminated", "last_day": "2026-12-31"}, (ACTIVE, ACTIVE_ACCOUNT, SCHEDULED, "", "2027-01-01T00:00:00Z")),
        ({"status": "active", "last_day": "2026-12-31"}, (ACTIVE, ACTIVE_ACCOUNT, STANDARD, "", "")),
        ({"status": "on_leave", "last_day": "2026-06-20"}, (LEAVING, ACTIVE_ACCOUNT, SCHEDULED, "2026-06-07T00:00:00Z", "2026-06-21T00:00:00Z")),
        # valid_until
        ({"status": "active", "valid_until": "2026-06-14"}, (EXPIRED, INACTIVE_ACCOUNT, STANDARD, *["2026-06-15T00:00:00Z"] * 2)),
        ({"valid_until": "2026-06-15"}, (LEAVING, ACTIVE_ACCOUNT, SCHEDULED, "2026-06-02T00:00:00Z", "2026-06-16T00:00:00Z")),
        ({"status": "active", "valid_until": "2026-06-14", "last_day": "2026-06-14"}, (LEFT, INACTIVE_ACCOUNT, STANDARD, *["2026-06-15T00:00:00Z"] * 2)),
        ({"status": "terminated", "valid_until": "2027-06-14"}, (LEFT, INACTIVE_ACCOUNT, STANDARD, "", "")),
        ({"status": "terminated", "valid_until": "2026-05-31"}, (LEFT, INACTIVE_ACCOUNT, STANDARD, "", "2026-06-01T00:00:00Z")),
        ({"status": "active", "last_day": "9999-12-31", "valid_until": "9999-12-31"}, (ACTIVE, ACTIVE_ACCOUNT, STANDARD, "", "")),
        ({"status": "active", "last_day": "0001-01-01"}, (ACTIVE, ACTIVE_ACCOUNT, STANDARD, "", "")),
        ({"status": "active", "start_date": "9999-12-31", "time_zone": "Etc/GMT+12"}, (STAGED, NO_ACCOUNT, STANDARD, "", "")),
        # For cause: whatever the last day is.
        ({"status": "active", "for_cause": "yes", "last_day": "2026-12-31"}, (LEFT, INACTIVE_ACCOUNT, URGENT, "", "")),
        ({"status": "terminated", "for_cause": "TRUE"}, (LEFT, INACTIVE_ACCOUNT, URGENT, "", "")),
        ({"status": "active", "for_cause": "1", "last_day": "2026-05-31"}, (LEFT, INACTIVE_ACCOUNT, URGENT, "", "2026-06-01T00:00:00Z")),
        # An instant is one.
        ({"status": "active", "last_day": "2026-06-15T14:00:00+02:00"}, (LEFT, INACTIVE_ACCOUNT, STANDARD, *["2026-06-15T12:00:00Z"] * 2)),
        ({"status": "active", "start_date": "2026-06-15 12:00:01Z"}, (STAGED, INACTIVE_ACCOUNT, STANDARD, "2026-06-08T12:00:01Z", "")),
    ],
)
def test_one_instant(source, expected):
    phase = at("2026-06-15T12:00:00Z", **source)
    assert (*seen(phase), phase.since, phase.left_at) == expected


def test_settings_move_the_boundaries():
    settings = Settings.from_options({"stage_ahead": 0, "look_ahead": "24h", "end_early": "17h", "on_leave": "deactivate", "default_time_zone": "Asia/Tokyo"})
    source = {"status": "on_leave", "start_date": "2026-03-01", "last_day": "2026-11-30"}
    assert [(phase.name, phase.account, phase.since) for phase in line(source, settings)] == [
        (STAGED, NO_ACCOUNT, ""),
        (ON_LEAVE, INACTIVE_ACCOUNT, "2026-02-28T15:00:00Z"),
        (LEAVING, INACTIVE_ACCOUNT, "2026-11-28T22:00:00Z"),  # to be leaving is no reason to come back from leave
        (LEFT, INACTIVE_ACCOUNT, "2026-11-29T22:00:00Z"),
    ]
    beyond = Settings.from_options({"look_ahead": "99999999d", "stage_ahead": "99999999d", "end_early": "99999999d"})
    assert [phase.name for phase in line(source, beyond)] == [STAGED, LEFT]


@pytest.mark.parametrize(
    ("source", "check", "said"),
    [
        ({"status": "gone fishing"}, problems.UNKNOWN_STATUS, "'gone fishing'"),
        ({}, problems.UNKNOWN_STATUS, "no status and no date"),
        ({"status": "active", "time_zone": "Europe/Wien"}, problems.UNKNOWN_TIME_ZONE, "'Europe/Wien'"),
        ({"status": "active", "time_zone": "Europe"}, problems.UNKNOWN_TIME_ZONE, "'Europe'"),
        ({"status": "active", "time_zone": "../../etc/passwd"}, problems.UNKNOWN_TIME_ZONE, "passwd"),
        ({"status": "active", "time_zone": "x" * 5000}, problems.UNKNOWN_TIME_ZONE, "xxx"),
        ({"status": "active", "time_zone": "\ud800"}, problems.UNKNOWN_TIME_ZONE, "time_zone"),
        ({"status": "active", "time_zone": "localtime"}, problems.UNKNOWN_TIME_ZONE, "localtime"),
        ({"status": "active", "time_zone": "right/UTC"}, problems.UNKNOWN_TIME_ZONE, "right/UTC"),
        ({"status": "active", "last_day": "31.12.2026"}, problems.UNREADABLE_DATES, "last_day"),
        ({"status": "active", "last_day": "2026-02-30"}, problems.UNREADABLE_DATES, "last_day"),
        ({"status": "active", "start_date": "20260230"}, problems.UNREADABLE_DATES, "start_date"),
        ({"status": "active", "valid_until": "2026-06-15T12:00:00"}, problems.UNREADABLE_DATES, "valid_until"),
        ({"status": "active", "for_cause": "perhaps", "last_day": "2026-06-15"}, problems.UNREADABLE_DATES, "for_cause"),
        ({"status": "active", "last_day": "2026-06-02", "termination_date": "2026-06-01"}, problems.CONTRADICTORY_DATES, "after termination_date"),
        ({"status": "active", "start_date": "2026-06-02", "valid_until": "2026-06-01"}, problems.CONTRADICTORY_DATES, "valid_until"),
        ({"status": "active", "for_cause": "yes"}, problems.CONTRADICTORY_DATES, "for_cause"),
        ({"status": "active", "for_cause": "yes", "last_day": "2026-06-01", "start_date": "2026-07-01"}, problems.CONTRADICTORY_DATES, "for_cause"),
    ],
)
def test_what_is_unclear_is_not_guessed(source, check, said):
    with pytest.raises(problems.Unclear) as raised:
        at("2026-06-15T12:00:00Z", **source)
    assert raised.value.check == check
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        ({"status": "active", "last_day": "2026-05-31"}, LEFT, "the last day is over"),
        ({"status": "prehire", "start_date": "2026-05-31"}, ACTIVE, "taken as active"),
        ({"status": "prehire"}, STAGED, "no start_date"),
        ({"status": "active", "last_day": "2026-05-31", "start_date": "2026-06-20"}, STAGED, "taken as staged"),
        ({"status": "active", "last_day": "2026-12-31"}, ACTIVE, ""),
        ({"status": "prehire", "last_day": "2026-05-31", "start_date": "2026-12-01"}, LEFT, ""),
        ({"status": "active", "start_date": "2026-06-20"}, STAGED, ""),
        ({"status": "terminated", "last_day": "2026-05-31"}, LEFT, ""),
        ({"status": "active", "last_day": "2026-05-31", "for_cause": "yes"}, LEFT, ""),
        ({"status": "active", "last_day": "2026-05-31", "start_date": "2026-06-02"}, ACTIVE, ""),
    ],
)
def test_dates_beat_a_stale_status_and_say_so(source, name, said):
    phase, doubts = told(source, instant_of("2026-06-15T12:00:00Z"), DEFAULT)
    assert phase.name == name
    assert (said in doubts[0]) if said else doubts == []


def test_words_of_the_source_are_named():
    settings = Settings.from_options({"statuses": {"Inactive": "terminated", "Ausgeschieden": "terminated", "ÜBERLASSEN": "on_leave"}})
    assert at("2026-06-15T12:00:00Z", settings, status=" INACTIVE").name == LEFT
    assert at("2026-06-15T12:00:00Z", settings, status="u\u0308berlassen").name == ON_LEAVE
    assert at("2026-06-15T12:00:00Z", settings, status="Active").name == ACTIVE


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"stage_a_head": 1}, "phases.stage_a_head is no option"),
        ({"look_ahead": "soon"}, "phases.look_ahead is 'soon'"),
        ({"look_ahead": -1}, "phases.look_ahead is -1"),
        ({"look_ahead": True}, "phases.look_ahead is True"),
        ({"end_early": "999999999w"}, "phases.end_early"),
        ({"on_leave": "drop"}, "phases.on_leave is 'drop'"),
        ({"default_time_zone": "Mars/Base"}, "phases.default_time_zone 'Mars/Base' is not known"),
        ({"statuses": ["active"]}, "phases.statuses has to be a dictionary"),
        ({"statuses": {"In": "here"}}, "phases.statuses.In is 'here'"),
        ({"statuses": {"In": "active", "IN": "terminated"}}, "two meanings"),
    ],
)
def test_settings_are_checked(options, said):
    with pytest.raises(InvalidInput) as raised:
        Settings.from_options(options)
    assert said in str(raised.value)


def test_a_host_without_a_table_of_zones_says_which_package_is_missing(monkeypatch):
    monkeypatch.setattr(zones, "_looked_up", lambda name: None)
    zones.time_zone.cache_clear()
    with pytest.raises(InvalidInput) as raised:
        at("2026-06-15T12:00:00Z", status="active", time_zone="Europe/Vienna")
    assert "install tzdata" in str(raised.value)
    assert not isinstance(raised.value, problems.Unclear)  # it is no fault of the row
    assert at("2026-06-15T12:00:00Z", status="active").name == ACTIVE


def test_instants_and_durations():
    assert shown(instant_of("2026-12-01T00:00+01:00")) == "2026-11-30T23:00:00Z"
    assert shown(instant_of("2026-11-30t23:00:00.999z")) == "2026-11-30T23:00:00Z"
    for text in ("2026-11-30", "2026-11-30T23:00:00", "today", "", "2026-11-30T25:00:00Z", "0001-01-01T00:00:00+10:00"):
        with pytest.raises(InvalidInput):
            instant_of(text)
    with pytest.raises(InvalidInput):
        phase_of({"status": "active"}, datetime(2026, 1, 1), DEFAULT)
    assert [duration("x", text) for text in ("24h", "1d", 1, "1440m", "1 D", "86400s")] == [timedelta(days=1)] * 6
