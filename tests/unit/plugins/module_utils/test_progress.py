# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file that tells how far a task is: there while it works, always one whole line, and never a reason to fail."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from pathlib import Path
from unittest import mock

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock
from ansible_collections.identityops.lifecycle.plugins.module_utils.progress import STEPS, Progress

UTILS = Path(__file__).resolve().parents[4] / "plugins" / "module_utils"


class Watch(Clock):
    """A clock that is set by hand."""

    seconds = 100.0

    def now(self):
        return self.seconds


def state_of(path):
    """What a reader takes: the first line."""
    return json.loads(path.read_text(encoding="ascii").splitlines()[0])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "progress.json"


def test_every_step_that_a_task_tells_is_one_that_the_controller_knows():
    sources = "".join(file.read_text(encoding="utf-8") for file in sorted(UTILS.rglob("*.py")))
    told = set(re.findall(r"""\b(?:step|_announce)\("(\w+)\"""", sources))
    assert "users" in told
    assert told == set(STEPS)


def test_a_step_is_told_at_once(path):
    progress = Progress(str(path), Watch())
    for name in STEPS:
        progress.step(name, 10)
        assert state_of(path) == {"step": name, "done": 0, "total": 10, "failed": 0, "seconds": 0.0}


def test_within_a_step_it_is_told_twice_a_second_at_most(path):
    watch = Watch()
    progress = Progress(str(path), watch)
    progress.step("users", 1000)
    with mock.patch("os.pwrite", side_effect=os.pwrite) as written:
        for number in range(100):
            watch.seconds += 0.05
            progress.done(failed=number < 3)
    assert 9 <= written.call_count <= 10
    state = state_of(path)
    assert 90 <= state["done"] <= 100
    assert state["failed"] == 3
    assert 4.5 <= state["seconds"] <= 5.0


def test_the_last_of_a_step_is_told_at_once(path):
    progress = Progress(str(path), Watch())
    progress.step("users", 3)
    for _number in range(3):
        progress.done()
    assert state_of(path)["done"] == 3


def test_a_shorter_state_leaves_nothing_of_a_longer_one(path):
    progress = Progress(str(path), Watch())
    progress.step("verification", 10**9)
    progress.step("users")
    text = path.read_text(encoding="ascii")
    assert text.count("\n") == 1
    assert state_of(path)["total"] == 0


def test_workers_lose_no_count(path):
    progress = Progress(str(path), Watch())
    progress.step("users", 4000)
    workers = [threading.Thread(target=lambda: [progress.done() for _number in range(1000)]) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert state_of(path)["done"] == 4000


def test_everybody_may_read_it_and_it_is_gone_at_the_end(path):
    before = os.umask(0o077)
    try:
        progress = Progress(str(path), Watch())
    finally:
        os.umask(before)
    progress.step("users")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    progress.close()
    assert not path.exists()
    progress.step("groups")
    progress.done()
    progress.close()
    assert not path.exists()


def test_what_was_there_before_is_neither_written_nor_removed(path, tmp_path):
    path.write_text("mine", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for taken in (path, link):
        progress = Progress(str(taken), Watch())
        progress.step("users", 1)
        progress.done()
        progress.close()
    assert path.read_text(encoding="utf-8") == "mine"
    assert link.is_symlink()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("impossible", [None, "", "/nonexistent/progress.json", "a\0b"])
def test_without_a_file_the_task_works_the_same(impossible):
    progress = Progress(impossible)
    progress.step("users", 1)
    progress.done(failed=True)
    progress.close()


def test_a_disk_that_is_full_and_a_file_that_was_taken_away_are_no_reason_to_fail(path):
    progress = Progress(str(path), Watch())
    with mock.patch("os.pwrite", side_effect=OSError(28, "No space left on device")) as tried:
        progress.step("users", 1)
        progress.done()
    assert tried.called
    path.unlink()
    progress.step("groups")
    progress.close()
