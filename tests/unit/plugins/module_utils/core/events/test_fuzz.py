# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs hold what strangers wrote: nothing of it makes us fail, acts on anything, or is lost without being counted."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.causes import explain
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.event import (
    FIELDS,
    STATUSES,
    key,
    shown,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.formats import (
    FORMATS,
    event_from_line,
    event_from_record,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.journal import (
    entry_from_journal,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.lines import Lines
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.texts import inert
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.windows import events_from_xml
from hypothesis import example, given, settings
from hypothesis import strategies as st

WHEN = "2026-11-24T10:00:00.000Z"
HOSTILE = [
    "{{ lookup('pipe', 'touch /tmp/owned') }}",
    "{% for x in range(10**9) %}{% endfor %}",
    "\x1b[2J\x1b]0;owned\x07",
    "ann\u202e\u2066\u200b",
    "\ud800",
    "\x00",
    "a\nSCIM_FAILURE action=user.delete user=b",
    '" status=success user=root "',
    "' or 1=1 --",
    "<Event>&#0;]]>",
    "password=hunter2-Secret",
    "x" * 5_000,
    "",
    " ",
]
FORMAT = st.sampled_from(["auto", *FORMATS])
_NAMES = """
timestamp time level msg action user group status error detail url method requestBody responseBody target category durationMs
logged_at request_method resource_type request_body error_description idp_id cf_resource_id resource_user_email activityDateTime
provisioningAction provisioningStatusInfo sourceIdentity targetIdentity modifiedProperties sourceSystem published eventType
outcome transaction uuid actor raw resource provider event_id channel data named message quantity errorInformation errorCode
reason identityType displayName details newValue active type alternateId result id Name email
"""
NAMES = _NAMES.split()
# One record of each format, of which single fields are replaced: so most of them are events.
BASES = [
    {"logged_at": WHEN, "request_method": "PATCH", "resource_type": "USER", "request_body": "{}", "resource_user_email": "a", "status": "FAILURE"},
    {"action": {"time": WHEN, "description": "Create SCIM User", "result": "failure"}, "actor": {}, "raw": {"uri": "/scim/v2/Users"}, "resource": {}},
    {"time": WHEN, "category": "x", "url": "/Users/1", "method": "PUT", "status": 409, "target": "a", "requestBody": "{}", "responseBody": "{}"},
    {"activityDateTime": WHEN, "provisioningAction": "create", "provisioningStatusInfo": {"status": "failure"}, "sourceIdentity": {"identityType": "User"}},
    {"published": WHEN, "eventType": "application.provision.user.push", "outcome": {"result": "FAILURE"}, "target": [{"type": "User", "alternateId": "a"}]},
    {"time": WHEN, "level": "error", "msg": "error creating user", "user": "a", "error": "x"},
    {"time": WHEN, "level": "WARN", "msg": "creating users", "quantity": 3},
    {"provider": "SCIM", "event_id": "1", "channel": "c", "time": WHEN, "level": 2, "data": ["action=user.create user=a status=409"], "message": ""},
    {"timestamp": WHEN, "action": "user.create", "user": "a", "status": "failure", "detail": "x", "request_id": "r"},
]
WORDS = st.sampled_from(
    [*HOSTILE, WHEN, "USER", "Group", "PATCH", "POST", "user.create", "creating user", "application.provision.user.push", "failure", "/Users/1", "error"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=12)


def sound(event):
    """Checks that an event is what it is said to be, and can be shown, written and read."""
    if event is None:
        return
    assert set(event) <= set(FIELDS)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["timestamp"])
    assert re.fullmatch(r"(user|group|service)(\.[a-z_]+)+", event["action"])
    assert event["status"] in STATUSES
    assert event["source"]
    assert all(isinstance(value, (str, int, float)) and value != "" for name, value in event.items() if name != "raw")
    assert "hunter2" not in json.dumps(event)
    json.dumps(event, ensure_ascii=False, allow_nan=False).encode()
    assert len(key(event)) == 32
    explain(event)
    again = event_from_line("json", json.dumps(shown(event, ["all"])))
    assert again == {name: value for name, value in event.items() if name != "raw"}
    for value in event.values():
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|{[{%#]", inert(value))


@given(FORMAT, st.text(max_size=300) | st.sampled_from(HOSTILE))
def test_any_line(format, line):
    sound(event_from_line(format, line, timestamp=WHEN, raw=True))


@settings(max_examples=200)
@given(FORMAT, st.sampled_from([{}, *BASES]), RECORDS)
@example("cloudflare", {}, {"logged_at": WHEN, "request_method": "PATCH", "status": [], "idp_id": {"a": "\ud800"}})
@example("windows", {}, {"data": [["x"]], "level": True, "message": "{"})
def test_any_record_of_any_format(format, base, changes):
    sound(event_from_record(format, {**base, **changes}, timestamp=WHEN, raw=True))


@settings(max_examples=200)
@given(st.sampled_from(BASES), st.data())
def test_any_value_in_any_field(base, data):
    name = data.draw(st.sampled_from(sorted(base)))
    sound(event_from_record("auto", {**base, name: data.draw(VALUES)}, timestamp=WHEN, raw=True))


@pytest.mark.parametrize("base", BASES, ids=lambda base: next(iter(base)))
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_every_text_of_every_format(base, hostile):
    """Every text but the one that makes the record one of its kind, one at a time."""
    for name in base:
        for value in (hostile, {"displayName": hostile, "reason": hostile, "errorInformation": {"reason": hostile}}, [hostile]):
            sound(event_from_record("auto", {**base, name: value}, timestamp=WHEN, raw=True))
    assert event_from_record("auto", base) is not None


@given(FORMAT, st.sampled_from(BASES), RECORDS, st.integers(0, 400))
def test_truncated_json(format, base, changes, length):
    sound(event_from_line(format, json.dumps({**base, **changes})[:length], timestamp=WHEN))


@given(st.binary(max_size=400), st.integers(1, 50))
def test_random_bytes_are_entries_that_are_events_or_counted(noise, longest):
    lines = Lines(longest=longest)
    found = [*lines.feed(noise), *lines.close()]
    made = [event_from_line("auto", entry, timestamp=WHEN) for entry in found]
    assert len(found) == len(made)
    for event in made:
        sound(event)


@given(st.dictionaries(st.sampled_from(["MESSAGE", "PRIORITY", "_HOSTNAME", "__CURSOR", "__REALTIME_TIMESTAMP", "_SYSTEMD_UNIT"]), VALUES))
def test_any_entry_of_a_journal(record):
    sound(entry_from_journal({"__REALTIME_TIMESTAMP": "1795514400123456", **record}, raw=True))


SCHEMA = "http://schemas.microsoft.com/win/2004/08/events/event"


@given(st.text(max_size=60) | st.sampled_from(HOSTILE), st.text(max_size=60))
def test_any_text_between_windows_events(text, other):
    event = f"<Event xmlns='{SCHEMA}'><System><TimeCreated SystemTime='{WHEN}'/><Level>2</Level></System><EventData><Data>x</Data></EventData></Event>"
    found = list(events_from_xml(text + event + other + event))
    assert len(found) >= 2
    for each in found:
        sound(event_from_record("windows", each))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_every_field_is_kept_as_data(hostile):
    names = ("user", "detail", "idp", "request_id", "host", "unit", "resource_id", "external_id", "record_id")
    line = json.dumps({"timestamp": WHEN, "action": "user.create", "status": "failure", **dict.fromkeys(names, hostile)})
    event = event_from_line("auto", line)
    sound(event)
    if "hunter2" not in hostile and hostile.strip() and len(hostile) < 1_000:
        assert {event[name] for name in names} == {hostile.strip().replace("\ud800", "\ufffd")}


def test_a_value_in_quotes_cannot_add_fields():
    event = event_from_line("auto", 'action=user.create user="ann status=success user=root" status=failure', timestamp=WHEN)
    assert (event["user"], event["status"]) == ("ann status=success user=root", "failure")
    event = event_from_line("auto", "status=failure action=user.create user=ann detail=x status=success user=root", timestamp=WHEN)
    assert (event["user"], event["status"]) == ("ann", "failure")


@pytest.mark.parametrize(
    "long",
    [
        b"x" * 10_000_000,
        b"a=" * 5_000_000,
        b'{"a":' * 2_000_000,
        b'{"timestamp":"2026-11-24","action":"user.create","user":"' + b"y" * 10_000_000 + b'"}',
        b'SCIM_FAILURE detail="' + b"\\" * 10_000_000,
        b"<Event " * 1_500_000,
        b"\xff" * 10_000_000,
    ],
    ids=lambda value: repr(value[:12]),
)
def test_lines_of_10_mb(long):
    lines = Lines()
    found = [*lines.feed(long), *lines.feed(b"\naction=user.create user=ann status=ok\n"), *lines.close()]
    assert len(found) == 2
    assert lines.cut == 1
    sound(event_from_line("auto", found[0], timestamp=WHEN))
    assert event_from_line("auto", found[1], timestamp=WHEN)["user"] == "ann"


@pytest.mark.parametrize("depth", [100, 900, 5_000])
def test_records_nested_deep(depth):
    for nested in ('{"a":' * depth + "1" + "}" * depth, '{"user":' + "[" * depth + "]" * depth + ',"action":"user.create","status":"ok","detail":{"a":1}}'):
        for format in ("auto", *FORMATS):
            sound(event_from_line(format, nested, timestamp=WHEN, raw=True))
    inner = json.dumps({"logged_at": WHEN, "request_method": "PATCH", "resource_type": "USER", "request_body": "[" * depth})
    assert event_from_line("auto", inner)["action"] == "user.update"
