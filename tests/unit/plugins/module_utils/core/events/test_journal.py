# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of systemd's journal, with the traps of its JSON."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.journal import (
    entry_from_journal,
    field,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.events.logs import (
    LOGS,
    journal_entries,
)

BASE = {
    "MESSAGE": "action=user.create user=ann status=ok",
    "__REALTIME_TIMESTAMP": "1795514400123456",
    "__CURSOR": "s=1;i=2",
    "_HOSTNAME": "idp1",
    "_SYSTEMD_UNIT": "scim-sync.service",
    "PRIORITY": "6",
}


def test_a_journal_as_it_is():
    entries = journal_entries((LOGS / "scim-sync.journal-export").read_bytes())
    events = [entry_from_journal(entry) for entry in entries]
    assert len(events) == 21
    assert events.count(None) == 3  # bytes that are no text, at the priority of a warning
    told = [event for event in events if event]
    assert [event["status"] for event in told].count("failure") == 6
    assert {event["user"] for event in told if event["status"] == "failure" and "user" in event} == {f"u{n}@lab.example" for n in (3, 10, 17)}
    assert told[3] == {
        "timestamp": "2026-11-24T00:00:03.000Z",
        "action": "user.create",
        "user": "u3@lab.example",
        "status": "failure",
        "error_code": "409",
        "scim_type": "uniqueness",
        "detail": "uniqueness",
        "resource_type": "User",
        "host": "idp1",
        "unit": "scim-sync.service",
        "source": "journald",
    }
    assert told[5]["action"] == "service.error"
    assert told[5]["detail"] == 'Traceback (most recent call last):\n  File "x", line 1\nValueError: bad é'


def test_time_host_unit_and_cursor_are_the_journals():
    event = entry_from_journal(BASE)
    assert event == {
        "timestamp": "2026-11-24T10:00:00.123Z",
        "action": "user.create",
        "user": "ann",
        "status": "success",
        "resource_type": "User",
        "host": "idp1",
        "unit": "scim-sync.service",
        "source": "journald",
        "record_id": "s=1;i=2",
    }
    own = entry_from_journal({**BASE, "MESSAGE": BASE["MESSAGE"] + " ts=2026-11-24T09:59:59Z"})
    assert own["timestamp"] == "2026-11-24T09:59:59.000Z"
    bare = {name: value for name, value in BASE.items() if name in ("MESSAGE", "_SOURCE_REALTIME_TIMESTAMP")}
    assert entry_from_journal(bare) is None
    assert entry_from_journal({**bare, "_SOURCE_REALTIME_TIMESTAMP": "1795514400123456", "SYSLOG_IDENTIFIER": "scim"})["unit"] == "scim"


def test_a_program_with_a_format_of_its_own_keeps_its_name():
    line = 'time="2026-11-24T10:00:00Z" level=info msg="creating user" user=ann'
    event = entry_from_journal({**BASE, "MESSAGE": line, "PRIORITY": "3"})
    assert (event["source"], event["status"], event["host"]) == ("ssosync", "attempted", "idp1")
    assert entry_from_journal({**BASE, "MESSAGE": line}, format="key_value")["source"] == "journald"


@pytest.mark.parametrize(
    ("message", "priority", "expected"),
    [
        ("creating user ann@example.com", "6", ("user.create", "attempted")),
        ("creating user ann@example.com", "4", ("user.create", "warning")),
        ("creating user ann@example.com", "3", ("user.create", "failure")),
        ("action=user.create user=ann status=ok", "3", ("user.create", "success")),
        ("boom", "2", ("service.error", "failure")),
    ],
)
def test_the_priority_tells_what_the_message_does_not(message, priority, expected):
    event = entry_from_journal({**BASE, "MESSAGE": message, "PRIORITY": priority})
    assert (event["action"], event["status"]) == expected


@pytest.mark.parametrize("message", [None, "", " ", [], {}, 7.5, "boom", list(b"\xff\xfe"), [None]])
def test_entries_without_anything_to_tell_are_none(message):
    assert entry_from_journal({**BASE, "MESSAGE": message}) is None


def test_fields_may_be_numbers_or_several_values():
    assert field(list("action=ü".encode())) == "action=ü"
    assert field([97, 255]) == "a\ufffd"
    assert field(["first", "second"]) == "first"
    assert field([[97], "b"]) == "a"
    assert field(["", None]) == ""
    assert field([300]) == ""
    assert field(5) == "5"
    event = entry_from_journal({**BASE, "MESSAGE": list(BASE["MESSAGE"].encode()), "_HOSTNAME": ["a", "b"]})
    assert (event["user"], event["host"]) == ("ann", "a")


def test_raw_is_the_message_on_request():
    assert entry_from_journal({**BASE, "MESSAGE": BASE["MESSAGE"] + " token=abc"}, raw=True)["raw"] == BASE["MESSAGE"] + " token=********"
