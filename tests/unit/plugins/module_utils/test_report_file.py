# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a task: appended as it happens, readable line by line, private, and refused before anything is done."""

from __future__ import annotations

import json
import os
import stat
import threading
from datetime import datetime, timedelta, timezone
from unittest import mock

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.report_file import ReportFile


class Calendar(Clock):
    def today(self):
        return datetime(2026, 11, 24, 1, 2, 3, 45678, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "report.jsonl"


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_a_line_begins_with_its_instant_and_keeps_the_order_of_its_facts(path):
    report = ReportFile(str(path), Calendar())
    report.write(verb="create", kind="User", key="ädä", id=None)
    assert path.read_text(encoding="utf-8") == (
        '{"at": "2026-11-23T23:02:03.045Z", "verb": "create", "kind": "User", "key": "ädä", "id": null}\n'
    )


def test_it_is_there_as_soon_as_it_happened(path):
    report = ReportFile(str(path))
    for number in range(3):
        report.write(number=number)
        assert [line["number"] for line in lines_of(path)] == list(range(number + 1))
    report.close()
    assert report.problem == ""


def test_it_is_private_and_appended_to(path):
    for number in range(2):
        report = ReportFile(str(path))
        report.write(number=number)
        report.close()
    assert [line["number"] for line in lines_of(path)] == [0, 1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_half_a_line_of_a_task_that_was_killed_does_not_spoil_the_next(path):
    path.write_text('{"number": 0}\n{"numb', encoding="utf-8")
    ReportFile(str(path)).write(number=2)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[1] == '{"numb'
    assert json.loads(lines[2])["number"] == 2


def test_any_text_makes_one_line_of_json(path):
    report = ReportFile(str(path))
    texts = ["a\nb", "\u2028", "\ud800", "\0", '"']
    for text in texts:
        report.write(text=text)
    report.write(text={1, 2})
    assert [line["text"] for line in lines_of(path)][:5] == texts


def test_workers_write_whole_lines(path):
    report = ReportFile(str(path))
    workers = [
        threading.Thread(target=lambda name=name: [report.write(worker=name, number=n) for n in range(200)]) for name in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted((line["worker"], line["number"]) for line in lines_of(path)) == [(w, n) for w in range(4) for n in range(200)]


def test_each_line_is_written_by_one_call(path):
    report = ReportFile(str(path))
    with mock.patch("os.write", side_effect=os.write) as written:
        report.write(text="x" * 100_000)
    assert written.call_count == 1


def test_a_file_that_cannot_be_written_is_refused_at_once(path, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(path)
    os.mkfifo(tmp_path / "pipe")
    for wrong, reason in (
        (tmp_path / "none" / "report", "cannot be opened: No such file or directory"),
        (tmp_path, "cannot be opened: Is a directory"),
        (link, "cannot be opened: Too many levels of symbolic links"),
        (tmp_path / "pipe", "is no regular file"),
        ("a\0b", "cannot be opened: no valid path"),
    ):
        with pytest.raises(InvalidInput) as caught:
            ReportFile(str(wrong))
        assert str(caught.value) == f"report_file: {wrong} {reason}; nothing was written"
    assert not path.exists()


def test_a_disk_that_is_full_is_remembered_and_stops_nothing(path):
    report = ReportFile(str(path))
    report.write(number=0)
    with mock.patch("os.write", side_effect=OSError(28, "No space left on device")):
        report.write(number=1)
    with mock.patch("os.write", side_effect=lambda file, line: os.pwrite(file, line[:5], 0)):
        report.write(number=2)
    report.write(number=3)
    report.close()
    assert report.problem == "No space left on device"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["number"] == 0
    assert json.loads(lines[-1])["number"] == 3


def test_a_disk_that_fails_at_the_end_is_remembered(path):
    report = ReportFile(str(path))
    with mock.patch("os.fsync", side_effect=OSError(5, "Input/output error")):
        report.close()
    assert report.problem == "Input/output error"
    report.write(number=1)
    report.close()
    assert path.read_text(encoding="utf-8") == ""


def test_without_a_path_nothing_is_written():
    for nothing in (None, ""):
        report = ReportFile(nothing)
        report.write(number=1)
        report.close()
        assert report.problem == ""
