# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Log files of this machine, and the cursor that knows them again after whatever was done to them."""

from __future__ import annotations

import gzip
import os
import random
import shutil

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs import files as log_files
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_cursor import (
    WHOLE,
    LogFile,
    age,
    distinct,
    place,
    places_in,
    resumed,
    text_of,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = ["a.log-20261101.gz", "a.log-20261102", "a.log-20261102-1795478400", "a.log.10.gz", "a.log.2.gz", "a.log.1", "a.log"]


def read(log, cursor="", **more):
    batch = log_files.read([str(log)], cursor, **more)
    return [entry.text for _file, entry in batch.entries], batch


def test_names_sort_from_the_oldest_to_the_newest():
    assert sorted(set(NAMES), key=age) == NAMES
    assert [LogFile(name, 1, 1, b"").rotated for name in NAMES] == [True] * 6 + [False]
    for name in ("a.log", "app-2", "2026.log", "app.1x", "x-2026112.log"):
        assert not LogFile(name, 1, 1, b"").rotated, name


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 999), st.binary(min_size=1, max_size=300), st.booleans()), max_size=8))
def test_a_cursor_says_what_it_was_made_of(given_places):
    places = [place(LogFile(f"f{'.1' if old else ''}", inode, 999, head), offset) for inode, offset, head, old in given_places]
    assert places_in(text_of(places)) == places


@given(st.text(max_size=60) | st.lists(st.sampled_from(["file1", ",", "1", ":", "-1", "0123456789abcdef", "l", "r"]), max_size=12).map("".join))
def test_other_texts_are_no_cursor(text):
    try:
        places = places_in(text)
    except InvalidInput:
        return
    assert places_in(text_of(places)) == [at for at in places if at.length]


def test_two_files_that_begin_alike_keep_their_places():
    one, two = LogFile("a", 1, 500, b"same"), LogFile("b", 2, 500, b"same")
    offsets, lost = resumed([place(one, 100), place(two, 200)], [two, one])
    assert (offsets, lost) == ({"a": 100, "b": 200}, 0)
    assert resumed([place(one, 400)], [LogFile("a", 1, 300, b"same")]) == ({"a": 0}, 1)
    assert resumed([place(one, 400)], [LogFile("a.gz", 7, 30, b"same", True)]) == ({"a.gz": 400}, 0)
    assert distinct([one, LogFile("link", 1, 500, b"same")]) in ([one], [LogFile("link", 1, 500, b"same")])


def test_what_is_new_since_the_last_read(tmp_path):
    log = tmp_path / "x.log"
    log.write_text("one\ntwo\nhal")
    texts, batch = read(log)
    assert texts == ["one", "two"]
    with log.open("a") as file:
        file.write("f\nthree\n")
    texts, batch = read(log, batch.cursor)
    assert texts == ["half", "three"]
    assert read(log, batch.cursor)[0] == []


def test_at_most_so_many_and_the_rest_later(tmp_path):
    log = tmp_path / "x.log"
    log.write_text("".join(f"{number}\n" for number in range(10)))
    (tmp_path / "x.log.1").write_text("old\n")
    cursor, found = "", []
    for _step in range(20):
        texts, batch = read(log, cursor, most=3)
        found += texts
        cursor = batch.cursor
        if not batch.more:
            break
    assert found == ["old", *map(str, range(10))]


def test_only_what_comes_from_now_on(tmp_path):
    log = tmp_path / "x.log"
    log.write_text("old\nhal")
    texts, batch = read(log, only_new=True)
    assert texts == []
    with log.open("a") as file:
        file.write("f\n")
    assert read(log, batch.cursor, only_new=True)[0] == ["half"]


@pytest.mark.parametrize("seed", range(25))
def test_whatever_logrotate_does_each_line_is_read_once(tmp_path, seed):
    """Writes, rotations by renaming, compressing and copying in random order, between reads of random size."""
    chance = random.Random(seed)
    log, written, found, cursor = tmp_path / "x.log", 0, [], ""
    log.touch()
    for _step in range(60):
        act = chance.choice(["write", "write", "write", "read", "read", "rename", "compress", "copy"])
        if act == "write":
            with log.open("a") as file:
                for _line in range(chance.randrange(1, 6)):
                    file.write(f"{written:06d} line\n")
                    written += 1
        elif act == "read":
            texts, batch = read(log, cursor, most=chance.choice([1, 3, 1000]))
            found += texts
            cursor = batch.cursor
            assert batch.warnings == []
        elif log.stat().st_size and act in ("rename", "copy"):
            for number in range(30, 0, -1):
                for end in ("", ".gz"):
                    old = tmp_path / f"x.log.{number}{end}"
                    if old.exists():
                        old.rename(tmp_path / f"x.log.{number + 1}{end}")
            if act == "rename":
                log.rename(tmp_path / "x.log.1")
                log.touch()
            else:
                shutil.copy(log, tmp_path / "x.log.1")
                os.truncate(log, 0)
        elif act == "compress":
            old = tmp_path / "x.log.2"
            if old.exists():
                (tmp_path / "x.log.2.gz").write_bytes(gzip.compress(old.read_bytes()))
                old.unlink()
    while True:
        texts, batch = read(log, cursor)
        found += texts
        cursor = batch.cursor
        if not batch.more:
            break
    assert found == [f"{number:06d} line" for number in range(written)]


def test_what_cannot_be_read_is_told_and_hinders_nothing_else(tmp_path):
    (tmp_path / "x.log").write_text("one\n")
    (tmp_path / "x.log.1.gz").write_bytes(gzip.compress(b"zero\n" * 999)[:30])
    os.mkfifo(tmp_path / "pipe")
    batch = log_files.read([str(tmp_path / name) for name in ("x.log", "missing", "pipe")], "")
    assert [entry.text for _file, entry in batch.entries] == ["one"]
    assert len(batch.warnings) == 3


def test_random_bytes_are_entries(tmp_path):
    log = tmp_path / "x.log"
    chance = random.Random(1)
    for _round in range(20):
        data = bytes(chance.choice(b"\n\r \t{}\xff\x00\x1bTa") for _byte in range(chance.randrange(2000)))
        log.write_bytes(data)
        file = log_files.look([str(log)])[0].file
        entries = list(log_files.entries(file))
        assert all(0 <= entry.start < entry.end <= len(data) for entry in entries)
        assert sum(entry.text.count("\n") + 1 for entry in entries) <= data.count(b"\n") + 1


def test_memory_does_not_grow_with_a_line(tmp_path):
    log = tmp_path / "x.log"
    with log.open("wb") as file:
        for _piece in range(10):
            file.write(b"x" * 1_000_000)
        file.write(b"\nnext\n")
    texts, _batch = read(log)
    assert [len(text) for text in texts] == [1_000_000, 4]


def test_the_end_of_a_compressed_file_is_its_whole(tmp_path):
    path = tmp_path / "x.log.1.gz"
    path.write_bytes(gzip.compress(b"one\ntwo"))
    texts, batch = read(path)
    assert texts == ["one", "two"]
    assert places_in(batch.cursor)[0].offset == WHOLE
