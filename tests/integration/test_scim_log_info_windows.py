# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Windows event log: real .evtx data by a program that stands in for wevtutil, and the file itself by the library evtx."""

from __future__ import annotations

import json
import random
from xml.etree import ElementTree

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.selection import Selection
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs import evtx_file
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_options import SPEC
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_run import (
    Wanted,
    result,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_sources import evtx
from ansible_collections.identityops.lifecycle.tests.integration.log_host import (
    LOGS,
    NOW,
    STANDIN,
    Here,
    collected,
    users,
)
from evtx import PyEvtxParser

EVTX = LOGS / "scim-connector.evtx"
NAMESPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"


def read(host=None, **options):
    return collected("eventlog", host or Here(STANDIN), **options)


def of_file(path=EVTX, **options):
    given = {name: option.get("default") for name, option in SPEC.items()}
    given.update(options, path=str(path))
    wanted = Wanted.from_options(given, Selection.from_options(given.get, NOW))
    return result(evtx(given, wanted), wanted)


@pytest.fixture(scope="module")
def held():
    """What the file holds, as the library says: record id -> (provider, time to the millisecond, level, first word)."""
    held = {}
    for record in PyEvtxParser(str(EVTX)).records():
        system, data = ElementTree.fromstring(record["data"].partition("?>")[2])[:2]
        time = system.find(NAMESPACE + "TimeCreated").get("SystemTime")
        words = [(item.text or "").strip() for item in data]
        held[str(record["event_record_id"])] = (system.find(NAMESPACE + "Provider").get("Name"), time[:23] + "Z", " ".join(words))
    return held


@pytest.mark.parametrize("way", [read, of_file])
def test_values_are_those_that_the_file_holds(way, held):
    assert len(held) == 25
    found = way(newest=0, fields=["all"])
    wanted = {number: entry for number, entry in held.items() if entry[0] == "SCIM-Connector"}
    assert [event["record_id"] for event in found["events"]] == sorted(wanted, key=int)
    for event in found["events"]:
        _provider, time, words = wanted[event["record_id"]]
        assert event["timestamp"] == time
        assert event["action"] == "user.create"
        assert event["user"] in words
        assert event["status"] == ("failure" if "SCIM_FAILURE" in words else "success")
        assert event["host"] == "CONN01.lab.example"
        assert event.get("error_code") == ("409" if "409" in words else None)
    assert found["unparsed"] == 0


def test_both_ways_say_the_same():
    live, file = read(newest=0, fields=["all"]), of_file(newest=0, fields=["all"])
    assert live["events"] == file["events"]
    assert {"ü4@lab.example", "ü9@lab.example"} <= set(users(live))


def test_the_newest_and_filters(tmp_path):
    calls = tmp_path / "calls"
    host = Here(STANDIN, WEVTUTIL_CALLS=str(calls))
    found = read(host, newest=3)
    assert users(found) == ["u21@lab.example", "u22@lab.example", "u23@lab.example"]
    assert found["truncated"]
    assert json.loads(calls.read_text()) == [
        "qe",
        "Application",
        "/q:*[System[Provider[@Name='SCIM-Connector']]]",
        "/f:RenderedXml",
        "/rd:true",
        "/c:200",
    ]
    assert users(read(status=["failure"], newest=1)) == ["ü19@lab.example"]
    window = {"since": "2026-11-24T00:00:02Z", "until": "2026-11-24T00:00:04Z"}
    assert users(read(**window)) == users(of_file(**window)) == ["u2@lab.example", "u3@lab.example"]


def test_another_provider_and_one_that_is_not_there():
    other = read(provider="MsiInstaller", newest=0)
    assert other["count"] + other["unparsed"] == 5
    quiet = read(provider="Quiet-Source")
    assert (quiet["events"], quiet["cursor"]) == ([], "eventlog1,0")
    with pytest.raises(LifecycleError, match="has no event source 'Nobody'"):
        read(provider="Nobody")
    with pytest.raises(LifecycleError, match="no event log 'Nowhere'"):
        read(log="Nowhere")
    assert "MsiInstaller, SCIM-Connector" in of_file(provider="Nobody")["warnings"][0]


@pytest.mark.parametrize("name", ["", " ", "x'] or *[System", "a&b", "a;b", 'a"b', "a\n", "$(x)", "a/b"])
def test_a_provider_is_a_name_and_nothing_else(name):
    host = Here(STANDIN)
    with pytest.raises(InvalidInput, match="provider"):
        read(host, provider=name)
    assert host.commands == []
    if name:
        with pytest.raises(InvalidInput, match="provider"):
            of_file(provider=name)


@pytest.mark.parametrize("name", ["", "/q:x", "-x", "a'b", "a;b"])
def test_a_log_is_a_name_and_nothing_else(name):
    with pytest.raises(InvalidInput, match="log"):
        read(log=name)


def test_a_cursor_goes_on_behind_the_last_entry():
    first = read(newest=2, until="2026-11-24T00:00:05Z")
    assert users(first) == ["u3@lab.example", "ü4@lab.example"]
    second = read(cursor=first["cursor"], newest=2)
    assert users(second) == ["u5@lab.example", "u7@lab.example"]
    assert second["truncated"]
    third = read(cursor=second["cursor"])
    assert users(third)[0] == "u8@lab.example"
    assert not third["truncated"]
    last = read(cursor=third["cursor"])
    assert (last["events"], last["cursor"], last["warnings"]) == ([], third["cursor"], [])


def test_a_log_that_was_cleared_is_read_from_its_beginning():
    cursor = read(Here(STANDIN, WEVTUTIL_SHIFT="1000"))["cursor"]
    found = read(cursor=cursor)
    assert "was cleared" in found["warnings"][0]
    assert found["count"] == 20


@pytest.mark.parametrize("cursor", ["5", "eventlog1,", "eventlog1,5 or 1", "file1,"])
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(InvalidInput, match="cursor"):
        read(cursor=cursor)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'sh: wevtutil: not found' >&2; exit 127", "there is no wevtutil"),
        ("echo 'Failed to read events. Access is denied.' >&2; exit 5", "Event Log Readers"),
        ("echo something else", "something else"),
        ("echo 'The RPC server is unavailable.' >&2; exit 1", "RPC server is unavailable"),
    ],
)
def test_what_goes_wrong_is_told(tmp_path, script, said):
    program = tmp_path / "wevtutil"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(LifecycleError, match=said):
        read(Here(tmp_path))


def test_files_that_are_none_are_told_apart(tmp_path):
    with pytest.raises(InvalidInput, match="no such file"):
        of_file(tmp_path / "missing.evtx")
    with pytest.raises(InvalidInput, match="no file|cannot be read"):
        of_file(tmp_path)
    other = tmp_path / "other.evtx"
    other.write_text("no such thing")
    with pytest.raises(InvalidInput, match=r"no \.evtx file"):
        of_file(other)


def test_the_library_is_asked_for_by_name(monkeypatch):
    monkeypatch.setattr(evtx_file, "HAS_EVTX", False)
    with pytest.raises(InvalidInput, match="Python library evtx is needed on the controller.*pip install evtx"):
        of_file()


def test_damaged_files_are_counted_and_no_trouble(tmp_path):
    whole = EVTX.read_bytes()
    chance = random.Random(3)
    for number in range(30):
        damaged = bytearray(whole)
        if number % 3 == 0:
            del damaged[chance.randrange(8, len(damaged)) :]
        else:
            for _byte in range(chance.choice([1, 20, 500])):
                damaged[chance.randrange(8, len(damaged))] = chance.randrange(256)
        path = tmp_path / "damaged.evtx"
        path.write_bytes(damaged)
        try:
            found = of_file(path, newest=0)
        except InvalidInput:
            continue
        assert found["count"] <= 25
