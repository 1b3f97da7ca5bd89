# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A ledger whose writer was killed at any byte is whole again after the next one, and nothing is lost without a word."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
from hashlib import sha256

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.chain import Chain
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.given import normal
from ansible_collections.identityops.lifecycle.plugins.module_utils.files import line_file
from ansible_collections.identityops.lifecycle.plugins.module_utils.ledger import file as ledger_file
from ansible_collections.identityops.lifecycle.plugins.module_utils.ledger.file import LedgerFile
from ansible_collections.identityops.lifecycle.plugins.module_utils.ledger.reading import opened
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.ledger.ledgers import (
    NOW,
    leaver,
    problems,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.mortal import Died, Mortal


def nobody_else():
    raise AssertionError("nobody else writes")


def append(path, *subjects, write=True):
    """Append a record about each of them, in one write."""
    with LedgerFile(str(path), write=write, wait=nobody_else) as file:
        chain = Chain(file.head, "4f" * 16, NOW)
        lines = [chain.line(one, file.mended if number == 0 else None) for number, one in enumerate(normal([leaver(who) for who in subjects]))]
        file.append(lines)


def entries(path):
    with opened(str(path), nobody_else) as file:
        lines = list(file.forwards())
        assert problems(lines, file.torn) == []
    return [json.loads(line) for line in lines]


def subjects(path):
    return [entry["subject"] for entry in entries(path)]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A disk that need not be asked to keep what it is given."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def test_a_last_write_of_two_records_that_is_cut_at_every_byte(tmp_path):
    path, torn_path = tmp_path / "e", tmp_path / "e.torn"
    append(path, "1")
    first = path.read_bytes()
    append(path, "2", "3")
    whole = path.read_bytes()
    second_ends = whole.index(b"\n", len(first)) + 1
    for length in range(len(first), len(whole) + 1):
        path.write_bytes(whole[:length])
        torn_path.unlink(missing_ok=True)
        append(path, "4")
        found = entries(path)
        kept = ["1", *(["2"] if length >= second_ends - 1 else []), *(["3"] if length >= len(whole) - 1 else [])]
        assert [entry["subject"] for entry in found] == [*kept, "4"]
        rest = whole[:length].rpartition(b"\n")[2]
        if rest and length not in (second_ends - 1, len(whole) - 1):
            assert torn_path.read_bytes() == rest + b"\n"
            assert found[-1]["mended"] == {"bytes": len(rest), "sha256": sha256(rest).hexdigest()}
        else:
            assert not torn_path.exists()
            assert "mended" not in found[-1]


@pytest.mark.parametrize("length", [0, 1, 15, 20, 300])
def test_a_very_first_write_that_is_cut(tmp_path, length):
    path = tmp_path / "e"
    append(path, "1")
    path.write_bytes(path.read_bytes()[:length])
    append(path, "2")
    assert subjects(path) == ["2"]
    assert ("mended" in entries(path)[0]) == (length > 0)


def test_zeros_after_a_loss_of_power(tmp_path):
    path = tmp_path / "e"
    path.write_bytes(b"\0" * 4096)
    append(path, "1")
    with open(path, "ab") as file:
        file.write(b"\0" * 5000)
    append(path, "2")
    assert [entry["mended"]["bytes"] for entry in entries(path)] == [4096, 5000]
    assert subjects(path) == ["1", "2"]


def test_dying_anywhere_also_while_it_sets_aside_what_the_one_before_has_left(tmp_path, monkeypatch):
    path, torn_path = tmp_path / "e", tmp_path / "e.torn"
    append(path, "1")
    append(path, "2")
    left = path.read_bytes()[:-40]
    torn = left.rpartition(b"\n")[2]
    path.write_bytes(left)
    append(path, "3")
    written = len(torn) + 1 + len(path.read_bytes()) - (len(left) - len(torn))  # what is set aside, and the new line
    ends = set()
    for room in [*range(1, written, 5), written - 1, written, written + 1]:
        path.write_bytes(left)
        torn_path.unlink(missing_ok=True)
        mortal = Mortal(room)
        died = False
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", mortal.write)
            patched.setattr(os, "ftruncate", mortal.truncate)
            try:
                append(path, "3")
            except Died:
                died = True
        append(path, "4")
        found = entries(path)
        assert [entry["subject"] for entry in found] in (["1", "4"], ["1", "3", "4"]), room
        ends.add((died, len(found)))
        assert sum("mended" in entry for entry in found) >= 1, room
        assert torn in torn_path.read_bytes(), room
    assert ends == {(True, 2), (True, 3), (False, 3)}


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "e"
    append(path, "1")
    whole = path.read_bytes()

    def full(handle, content):
        os.write(handle, content[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    for before in (whole, whole[:-1], whole + whole[:200]):
        path.write_bytes(before)
        with monkeypatch.context() as patched:
            patched.setattr(ledger_file, "write_all", full)
            with pytest.raises(LifecycleError, match="No space left on device.*nothing was appended"):
                append(path, "2")
        assert path.read_bytes() == before
    with monkeypatch.context() as patched:
        patched.setattr(ledger_file, "write_all", full)
        with pytest.raises(LifecycleError):
            append(tmp_path / "new", "2")
    assert not (tmp_path / "new").exists()


def test_one_task_writes_once(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(ledger_file, "write_all", lambda handle, content: written.append(content) or line_file.write_all(handle, content))
    append(tmp_path / "e", *map(str, range(50)))
    assert len(written) == 1
    assert len(entries(tmp_path / "e")) == 50


def test_only_the_owner_reads_it_and_its_folder(tmp_path):
    path = tmp_path / "made" / "too" / "e"
    append(path, "1")
    path.write_bytes(path.read_bytes()[:-5])
    append(path, "2")
    modes = [stat.S_IMODE(os.stat(name).st_mode) for name in (path, f"{path}.torn", path.parent)]
    assert modes == [0o600, 0o600, 0o700]


def test_nothing_is_made_without_writing(tmp_path):
    path = tmp_path / "made" / "e"
    append(path, "1", write=False)
    assert list(tmp_path.iterdir()) == []
    append(path)
    assert list(path.parent.iterdir()) == []  # nothing to append either


def damaged(tmp_path, change):
    path = tmp_path / "e"
    path.unlink(missing_ok=True)
    append(path, "1", "2")
    append(path, "3")
    path.write_bytes(change(path.read_bytes()))
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content.replace(b'"subject":"3"', b'"subject":"4"'), r"its last line \(3\) was altered"),
        (lambda content: content + b"junk\n", r"its last line \(4\) is no record"),
        (lambda content: content + b"\n", r"its last line \(4\) is no record"),
        (lambda content: content.replace(content.split(b"\n")[1] + b"\n", b""), r"its last line \(2\) does not follow"),
        (lambda content: content.replace(content.split(b"\n")[1], b"junk"), r"its line before the last one \(2\) is no record"),
        (lambda content: content + content.split(b"\n")[2] + b"\n", r"its last line \(4\) does not follow"),
        (lambda content: content.split(b"\n")[2] + b"\n", r"its last line \(1\) does not follow"),
        (lambda content: b"# notes\n" + content, "something else than evidence"),
        (lambda content: b"\n" + content, "something else than evidence"),
        (lambda content: b"no line", "something else than evidence"),
        (lambda content: b'{"a":1}\n', "something else than evidence"),
    ],
)
def test_a_broken_chain_is_not_continued_and_another_file_is_left_alone(tmp_path, change, said):
    path = damaged(tmp_path, change)
    before = path.read_bytes()
    for write in (True, False):
        with pytest.raises(InvalidInput, match=said) as error:
            append(path, "5", write=write)
        assert "evidence_info" in str(error.value) or "another name" in str(error.value)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_regular_file(tmp_path):
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "loose").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("link", "is a link"), ("loose", "is a link"), ("pipe", "no regular file"), ("", "no regular file"), ("target/e", "target")):
        for write in (True, False):
            with pytest.raises(InvalidInput, match=said):
                append(tmp_path / name, "1", write=write)
        if name != "target/e":
            with pytest.raises(InvalidInput, match=said), opened(str(tmp_path / name), nobody_else):
                pass
    with pytest.raises(InvalidInput, match="there is no file"), opened(str(tmp_path / "nothing"), nobody_else):
        pass
    assert target.read_text() == "precious"


def test_who_reads_waits_until_nobody_writes_and_does_not_see_what_comes_after(tmp_path):
    path = tmp_path / "e"
    append(path, "1")
    writer = LedgerFile(str(path), write=True, wait=nobody_else)
    writer.__enter__()
    waited = []

    def finish():
        waited.append(True)
        [record] = normal([leaver("2")])
        writer.append([Chain(writer.head, "", NOW).line(record)])
        writer.__exit__(None, None, None)

    with opened(str(path), finish) as file:
        append(path, "3")  # nobody is kept from writing while it is read
        assert [json.loads(line)["subject"] for line in file.forwards()] == ["1", "2"]
    assert waited == [True]
    assert subjects(path) == ["1", "2", "3"]


def test_lines_from_the_end_are_those_from_the_beginning(tmp_path, monkeypatch):
    path = tmp_path / "e"
    for content in (b"", b"\n", b"a", b"a\n", b"\n\na\n\nbb\n\n\n", b"aaaaaaaa\nb\n", b"a\nb\ntorn"):
        path.write_bytes(content)
        for block in range(2, 6):
            monkeypatch.setattr(line_file, "_BLOCK", block)
            with contextlib.closing(line_file.LineFile(str(path), write=False, wait=nobody_else)) as file:
                file.open()
                assert list(file.backwards())[::-1] == list(file.forwards()) == content.split(b"\n")[:-1]
                assert file.torn == content.rpartition(b"\n")[2]
