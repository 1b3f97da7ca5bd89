# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stream of bytes becomes entries, however it is cut into chunks, and within bounded memory."""

from __future__ import annotations

import tracemalloc

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.lines import Lines
from hypothesis import example, given
from hypothesis import strategies as st

CHAINED = (
    "Traceback (most recent call last):\n"
    '  File "x", line 1\n'
    "ValueError: bad\n"
    "\n"
    "During handling of the above exception, another exception occurred:\n"
    "\n"
    "Traceback (most recent call last):\n"
    '  File "y", line 2\n'
    "KeyError: 'é'"
)


def entries(*chunks: bytes, longest: int = 1_000_000) -> list[str]:
    lines = Lines(longest=longest)
    return [entry for chunk in chunks for entry in lines.feed(chunk)] + list(lines.close())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n \n", []),
        ("a\nb\r\nc", ["a", "b", "c"]),
        ("a\n b\n\tc\nd\n", ["a\n b\n\tc", "d"]),
        (f"before\n{CHAINED}\nafter\n", ["before", CHAINED, "after"]),
        (f"ERROR sync failed\n{CHAINED}\nafter\n", [f"ERROR sync failed\n{CHAINED}", "after"]),
        (f'{{"level":"error"}}\n{CHAINED}\n', ['{"level":"error"}', CHAINED]),
        (f"{CHAINED}\n{CHAINED}\n", [CHAINED, CHAINED]),
        ("Traceback (most recent call last):\n  x\nValueError: bad\nuser=ann status=ok\n", None),
        ("Traceback (most recent call last):\n  x\nstatus=ok user=ann\n", ["Traceback (most recent call last):\n  x", "status=ok user=ann"]),
        ("boom\n\tat A.b(C.java:1)\nCaused by: x\n\t... 3 more\nnext\n", ["boom\n\tat A.b(C.java:1)\nCaused by: x\n\t... 3 more", "next"]),
        ('{\n  "a": 1\n}\n{"b": 2}\n', ['{\n  "a": 1\n}', '{"b": 2}']),
        ("a\n\n  indented after a gap\n", ["a", "  indented after a gap"]),
    ],
)
def test_what_belongs_together_is_one_entry(text, expected):
    found = entries(text.encode())
    assert found == (expected or ["Traceback (most recent call last):\n  x\nValueError: bad", "user=ann status=ok"] if text.strip() else [])


@given(st.lists(st.sampled_from([b"a", b"\n", b" ", b"\r\n", b"Traceback (most recent call last):\n", b"E: x\n", b"{", b"\xff", b"\n\n"]), max_size=40))
@example([b"\n", b"Traceback (most recent call last):\n", b"\n", b" "])
def test_chunks_make_no_difference_and_every_byte_is_accounted_for(pieces):
    whole = b"".join(pieces)
    for longest in (3, 1_000_000):
        lines, at_once = Lines(longest=longest), Lines(longest=longest)
        found, places = [], []
        for piece in pieces:
            for entry in lines.feed(piece):
                found.append(entry)
                places.append((lines.began, lines.consumed))
        for entry in lines.close():
            found.append(entry)
            places.append((lines.began, lines.consumed))
        assert found == list(at_once.feed(whole)) + list(at_once.close())
        assert lines.cut == at_once.cut
        assert lines.consumed == len(whole)
        assert all(before[1] <= after[0] for before, after in zip(places, places[1:]))


@given(st.lists(st.sampled_from(["a", "b c", "ERROR x", " more", CHAINED]), max_size=8), st.integers(0, 7))
def test_who_goes_on_from_where_an_entry_ended_misses_nothing(written, stop):
    whole = "".join(line + "\n" for line in written).encode()
    lines = Lines()
    found, ends = [], []
    for entry in lines.feed(whole):
        found.append(entry)
        ends.append(lines.consumed)
    if stop < len(ends):
        assert found[: stop + 1] + entries(whole[ends[stop] :]) == entries(whole)


def test_an_entry_waits_for_more_until_the_stream_pauses():
    lines = Lines()
    assert list(lines.feed(b"one\ntw")) == []
    assert list(lines.feed(b"o\n")) == ["one"]
    assert lines.consumed == 4
    assert list(lines.settle()) == ["two"]
    assert (lines.began, lines.consumed) == (4, 8)
    assert list(lines.feed(b"thr")) == []
    assert list(lines.settle()) == []
    assert list(lines.close()) == ["thr"]
    assert list(lines.close()) == []


def test_what_is_no_utf8_is_replaced():
    assert entries(b"a\xff\xfe\xc3b\n") == ["a\ufffd\ufffd\ufffdb"]


def test_what_is_too_long_is_cut_and_counted():
    lines = Lines(longest=10)
    found = list(lines.feed(b"x" * 25 + b"\nshort\nfirst\n and much more of it\n")) + list(lines.close())
    assert found == ["x" * 10, "short", "first\n and"]
    assert lines.cut == 2
    assert lines.consumed == 25 + 1 + 6 + 6 + 21


@pytest.mark.parametrize(
    ("filler", "chunks"), [(b"x", 160), (b"  " + b"x" * 997 + b"\n", 160), (b"\n", 1), (b"Traceback (most recent call last):\n", 16)]
)
def test_memory_stays_within_the_longest_entry(filler, chunks):
    lines = Lines(longest=100_000)
    chunk = filler * (64_000 // len(filler))
    tracemalloc.start()
    try:
        for _dummy in range(chunks):  # 10 MB of 160
            assert sum(1 for _entry in lines.feed(chunk)) < 2_000
        assert sum(1 for _entry in lines.close()) < 2
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert lines.consumed == chunks * len(chunk)
    assert peak < 1_000_000
