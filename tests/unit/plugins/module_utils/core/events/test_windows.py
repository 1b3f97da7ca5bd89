# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows events, as wevtutil prints them and as readers of EVTX files do."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.formats import (
    event_from_line,
    event_from_record,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.windows import events_from_xml

SCHEMA = "http://schemas.microsoft.com/win/2004/08/events/event"


def xml(text="SCIM_FAILURE action=user.create user=ann@example.com status=409", *, level=2, event_id=2001, message=None, data=None, record=7):
    items = "".join(f"<Data>{item}</Data>" for item in (data or [text]))
    rendered = "" if message is None else f"<RenderingInfo Culture='en-US'><Message>{message}</Message><Level>Error</Level></RenderingInfo>"
    return (
        f"<Event xmlns='{SCHEMA}'><System><Provider Name='SCIM-Connector'/><EventID Qualifiers='0'>{event_id}</EventID><Level>{level}</Level>"
        f"<TimeCreated SystemTime='2026-11-24T10:00:00.123456700Z'/><EventRecordID>{record}</EventRecordID><Channel>Application</Channel>"
        f"<Computer>CONN01</Computer></System><EventData>{items}</EventData>{rendered}</Event>"
    )


def events(text):
    return [event_from_record("windows", found) for found in events_from_xml(text)]


def test_an_event_as_a_dict_and_as_an_event():
    assert list(events_from_xml(xml())) == [
        {
            "provider": "SCIM-Connector",
            "event_id": "2001",
            "level": 2,
            "time": "2026-11-24T10:00:00.123456700Z",
            "record_id": "7",
            "channel": "Application",
            "computer": "CONN01",
            "data": ["SCIM_FAILURE action=user.create user=ann@example.com status=409"],
            "named": {},
            "message": "",
        }
    ]
    assert events(xml()) == [
        {
            "timestamp": "2026-11-24T10:00:00.123Z",
            "action": "user.create",
            "user": "ann@example.com",
            "status": "failure",
            "error_code": "409",
            "detail": "SCIM_FAILURE action=user.create user=ann@example.com status=409",
            "resource_type": "User",
            "idp": "SCIM-Connector",
            "host": "CONN01",
            "unit": "Application",
            "source": "windows",
            "record_id": "7",
        }
    ]


def test_events_come_without_a_root_one_after_the_other():
    text = "\r\n".join(xml(record=number) for number in range(3))
    for written in (text, f"<Events>{text}</Events>", f'<?xml version="1.0" encoding="utf-8"?>\n{text}'):
        assert [event["record_id"] for event in events(written)] == ["0", "1", "2"]


def test_a_reader_of_evtx_writes_the_same_with_room_around():
    text = xml(data=["user.create ann@example.com", "success", ""], level=4).replace("><", ">\n  <").replace("'", '"')
    (event,) = events(f'<?xml version="1.0" encoding="utf-8"?>\n{text}')
    assert (event["action"], event["user"], event["status"]) == ("user.create", "ann@example.com", "success")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ({"text": "creating user ann@example.com", "level": 4}, ("user.create", "attempted", None)),
        ({"text": "creating user ann@example.com", "level": 3}, ("user.create", "warning", "2001")),
        ({"text": "creating user ann@example.com", "level": 2}, ("user.create", "failure", "2001")),
        ({"text": "creating user ann@example.com", "level": 1}, ("user.create", "failure", "2001")),
        ({"text": "action=user.create user=ann status=success", "level": 2}, ("user.create", "success", None)),
        ({"text": "it broke", "level": 2}, ("service.error", "failure", "2001")),
        ({"text": "it broke: HTTP 503", "level": 2}, ("service.error", "failure", "503")),
        ({"text": "17", "message": "Failed to delete user &quot;bob&quot;&#xD;&#xA;Status: 404", "level": 2}, ("user.delete", "failure", "404")),
        ({"text": '{"action":"user.delete","user":"a","status":"ok"}'}, ("user.delete", "success", None)),
    ],
)
def test_the_level_tells_what_the_text_does_not(made, expected):
    (event,) = events(xml(**made))
    assert (event["action"], event["status"], event.get("error_code")) == expected


def test_information_that_tells_nothing_is_none():
    assert events(xml("service started", level=4)) == [None]


def test_named_data_are_fields():
    text = xml(data=["x"], level=4).replace("<Data>x</Data>", "<Data Name='Action'>user.delete</Data><Data Name='User'>ann</Data><Data Name='Result'>OK</Data>")
    (event,) = events(text)
    assert (event["action"], event["user"], event["status"]) == ("user.delete", "ann", "success")


@pytest.mark.parametrize("sign", ["\x00", "\x1b[31m", "\x0b", "\ufffe", "&#x1b;", "&#0;", "&#xFFFF;", "&#99999999;"])
def test_characters_that_xml_does_not_allow_do_not_lose_the_event(sign):
    (event,) = events(xml(f"SCIM_FAILURE {sign} action=user.create user=ann"))
    assert event["user"] == "ann"


def test_what_cannot_be_read_is_an_empty_dict_and_the_others_stay():
    broken = xml(record=1).replace("</Level>", "")
    cut = xml(record=2)[:200]
    bomb = xml(record=3).replace("<System>", '<!DOCTYPE x [<!ENTITY a "aaaa">]><System>')
    found = list(events_from_xml(broken + cut + bomb + xml(record=4) + xml(record=5)[:-5]))
    assert [event.get("record_id") for event in found] == [None, None, None, "4", None]
    assert [event_from_record("windows", event) for event in found][:3] == [None, None, None]
    assert list(events_from_xml("Access is denied.")) == []
    assert list(events_from_xml("")) == []


def test_an_event_inside_an_event_belongs_to_it():
    text = xml().replace("<EventData>", "<UserData><Event xmlns='urn:other'><User>bob</User></Event></UserData><EventData>")
    (found,) = events_from_xml(text)
    assert found["named"] == {"User": "bob"}


def test_one_event_may_be_a_line():
    assert event_from_line("auto", xml())["source"] == "windows"
    assert event_from_line("windows", xml())["user"] == "ann@example.com"
    assert event_from_line("windows", "plain") is None


@pytest.mark.parametrize("record", [{}, {"level": []}, {"data": 3, "level": 2}, {"data": [1], "named": 7, "message": {}, "level": "2"}])
def test_records_of_any_shape_are_events_or_none(record):
    event_from_record("windows", record, timestamp="2026-11-24")
