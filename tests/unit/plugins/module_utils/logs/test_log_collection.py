# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What commands on hosts give back: cut off, changed by a terminal, damaged, random. And the arguments that they get."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timezone

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
    Unreachable,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs import collection_journal as journal
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs import collection_windows as windows
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection import (
    Answer,
    answer,
    posix,
    powershell,
    words,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_cursor import LogFile
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_files import (
    listed,
    listing,
    part_of,
    reading,
)
from hypothesis import given
from hypothesis import strategies as st

MARK = "5c1d3ab07e5f4c2a9d60b1f2e3a4c5d6"
NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
TOKEN = MARK.encode()

some_bytes = st.binary(max_size=300)
# What is nearly right finds more than what is random.
pieces = st.lists(
    st.sampled_from([b"\n", b" ", TOKEN, TOKEN + b" ", TOKEN + b" end 5 0 0", b"end", b"*", b"-1", b"3", b"9" * 20, b"{", b"\xff", b"\0", b"read"])
    | st.binary(max_size=5),
    max_size=30,
).map(b"".join)


def framed(data, said="", code=0):
    return (data + f"\n{MARK}\n{said}\n{MARK} rc {code}\n".encode()).decode("utf-8", "surrogateescape")


@given(some_bytes | pieces, st.text(max_size=50), st.integers(0, 255))
def test_output_messages_and_code_come_back_as_they_were(data, said, code):
    if "\r" in said or b"\r" in data:
        return
    got = answer(framed(data, said.encode("utf-8", "replace").decode(), code), MARK)
    assert (got.data, got.code) == (data, code)


@pytest.mark.parametrize("output", ["", "half of a li", f"data\n{MARK}\n", f"data\n{MARK}\nsaid", MARK])
def test_an_output_that_broke_off_is_no_output(output):
    with pytest.raises(Unreachable, match=r"broke off.*\(Connection reset"):
        answer(output, MARK, errors="Connection reset by peer")


def test_a_terminal_in_between_changes_nothing():
    got = answer(framed(b'{"a":1}\n{"b":2}', "no permission", 1).replace("\n", "\r\n"), MARK)
    assert (got.data, got.said.strip(), got.code) == (b'{"a":1}\n{"b":2}', "no permission", 1)


def test_what_a_host_says_is_shown_once_and_does_not_act():
    assert Answer(b"", "a\na\n \x1b[31mb\n", 1).told == "a; \\x1b[31mb"


def test_arguments_are_arguments():
    assert words(["journalctl", "--unit=$(x)'"]) == """journalctl '--unit=$(x)'"'"''"""
    script = powershell("wevtutil", ["qe", "/q:[@Name='x']", "a $b `c"], MARK)
    assert "& wevtutil 'qe' '/q:[@Name=''x'']' 'a $b `c'" in script
    assert "\n" not in script
    assert "\n" not in posix("true", MARK)


def test_the_journal_is_asked_in_words_that_systemd_252_reads():
    query = journal.JournalQuery(units=["scim-sync"], since=NOON, until=NOON, priority="err", identifier="x", directory="/d")
    command = journal.command(query, MARK, 200)
    for word in ("--unit=scim-sync", "--since=@1795521600.000000", "--until=@1795521600.000000", "--all", "--lines=200", "--priority=err"):
        assert word in command
    assert "--after-cursor" not in command
    with_cursor = journal.command(journal.JournalQuery(cursor="s=1;i=1;t=1f", since=NOON), MARK, None)
    assert "'--after-cursor=s=1;i=1;t=1f'" in with_cursor
    assert "--since" not in with_cursor  # journalctl takes only one of them


def test_lines_of_a_journal_that_are_no_entries_are_counted():
    lines = b'-- Reboot --\n{"MESSAGE":"a"}\nnonsense\n[1]\n-- No entries --\n{"MESSAGE":null}'
    got = journal.found(journal.JournalQuery(), MARK, Answer(lines, "", 0))
    assert (len(got.records), got.broken) == (2, 2)
    cut = journal.found(journal.JournalQuery(), MARK, Answer(b'":1}\n{"a":1}\n{"b"', "", 0, cut=True))
    assert (len(cut.records), cut.broken) == (1, 0)


def test_windows_are_asked_for_what_is_wanted():
    query = windows.EventLogQuery("Application", "SCIM-Connector", NOON, NOON, 7)
    assert windows.arguments(query, oldest=5) == [
        "qe",
        "Application",
        "/q:*[System[Provider[@Name='SCIM-Connector'] and EventRecordID>7 and "
        "TimeCreated[@SystemTime>='2026-11-24T12:00:00.000Z' and @SystemTime<='2026-11-24T12:00:00.000Z']]]",
        "/f:RenderedXml",
        "/rd:false",
        "/c:5",
    ]


@pytest.mark.parametrize("code", [15002, 2, 1])
def test_a_source_that_windows_does_not_know(code):
    query = windows.EventLogQuery("Application", "Nobody")
    with pytest.raises(LifecycleError, match="no event source 'Nobody'"):
        windows.refuse_unknown_provider(query, Answer(b"", "could not be found", code))
    windows.refuse_unknown_provider(query, Answer(b"", "Access is denied.", 5))  # nothing is known
    windows.refuse_unknown_provider(query, Answer(b"name: x", "", 0))


def test_a_name_of_a_file_means_nothing_to_the_shell():
    command = listing(["/var/log/a b$(x).log", "/x/*.[!a-c]?"], rotated=False)
    assert "for f in '/var/log/a b$(x).log'; do" in command
    assert "for f in /x/*.[!a-c]?; do" in command
    assert "< '/x/$(y)'" in reading(LogFile("/x/$(y)", 1, 1, b""), 0, MARK)
    assert "tail -c +5 < /x/y" in reading(LogFile("/x/y", 1, 1, b""), 5, MARK)
    assert "gzip -dc < /x/y.gz | tail -c +5" in reading(LogFile("/x/y.gz", 1, 1, b"", True), 5, MARK)


@given(some_bytes | pieces)
def test_random_answers_are_no_trouble(data):
    for cut in (False, True):
        got = Answer(data, data.decode("utf-8", "replace"), 0, cut)
        for newest in (False, True):
            part = part_of(got, MARK, 3, newest=newest)
            assert all(entry.text is not None for entry in part.entries)
        listed(got)
        for query in (journal.JournalQuery(), journal.JournalQuery(cursor="s=1;i=1;t=1")):
            with contextlib.suppress(LifecycleError):
                journal.found(query, MARK, got)
        assert windows.xml_in(windows.EventLogQuery("A", "B"), got) == data.decode("utf-8", "replace")


@given(st.text(max_size=40))
def test_random_names_and_cursors_are_taken_or_refused(text):
    for make in (lambda: journal.JournalQuery(units=[text], cursor=text), lambda: windows.EventLogQuery(text, text), lambda: windows.after(text)):
        try:
            make()
        except InvalidInput:
            continue


@given(st.lists(st.dictionaries(st.text(max_size=10), st.none() | st.integers() | st.text(max_size=10), max_size=3), max_size=5))
def test_every_object_of_a_journal_is_found(records):
    lines = "\n".join(json.dumps(record) for record in records).encode()
    got = journal.found(journal.JournalQuery(), MARK, Answer(lines, "", 0))
    assert (got.records, got.broken) == (records, 0)
