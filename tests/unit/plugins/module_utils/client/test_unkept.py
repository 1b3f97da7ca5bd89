# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import stat
import threading

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client import unkept as module
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.unkept import Unkept

URL = "https://scim.example.com/v2"
MET = {"title": ("Wished", "seen")}


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "deep" / "unkept.json")


@pytest.fixture
def now(monkeypatch):
    """The time, to be set."""
    time = [1_800_000_000.0]
    monkeypatch.setattr(module.time, "time", lambda: time[0])
    return time


def remember(memory, *what, **how):
    memory.remember(*what, **how)
    memory.save()


def knows(path, wished="Wished", seen="seen", url=URL, resource_id="1", attribute="title"):
    return Unkept(path, url).knows("User", resource_id, attribute, wished, seen)


def test_exactly_what_was_met_is_known(path):
    remember(Unkept(path, URL), "User", "1", MET)
    assert knows(path)
    assert not knows(path, wished="another")
    assert not knows(path, seen="another")
    assert not knows(path, url="https://other.example.com")
    assert not knows(path, resource_id="2")
    assert not knows(path, attribute="department")


def test_lists_and_their_absence_are_told_apart(path):
    remember(Unkept(path, URL), "Group", "1", {"members": (("a", "b"), None)})
    assert Unkept(path, URL).knows("Group", "1", "members", ("a", "b"), None)
    assert Unkept(path, URL).knows("Group", "1", "members", ["a", "b"], None)
    assert not Unkept(path, URL).knows("Group", "1", "members", ("a",), None)


def test_it_can_be_forgotten(path):
    memory = Unkept(path, URL)
    remember(memory, "User", "1", {**MET, "department": ("x", "y")})
    remember(memory, "User", "1", {}, forget=("title",))
    assert not knows(path)
    assert knows(path, "x", "y", attribute="department")


@pytest.mark.parametrize(("days", "known"), [(6.9, True), (7.1, False), (-2, False)])
def test_after_seven_days_the_service_gets_another_chance(path, now, days, known):
    remember(Unkept(path, URL), "User", "1", MET)
    now[0] += days * 86400
    assert knows(path) is known


def test_old_entries_leave_the_file(path, now):
    remember(Unkept(path, URL), "User", "1", MET)
    now[0] += 8 * 86400
    remember(Unkept(path, URL), "User", "2", MET)
    with open(path, encoding="utf-8") as file:
        assert len(json.load(file)["entries"]) == 1


def test_the_file_holds_hashes_only_and_belongs_to_one_user(path):
    old = os.umask(0)
    try:
        remember(Unkept(path, URL), "User", "resource-4711", {"title": ("WISHED", "SEEN")})
    finally:
        os.umask(old)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for word in ("WISHED", "SEEN", "title", "4711", "scim.example.com", "User"):
        assert word not in text
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700


def test_two_files_have_different_salts(tmp_path):
    texts = []
    for name in ("a", "b"):
        remember(Unkept(str(tmp_path / name), URL), "User", "1", MET)
        content = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        texts.append(sorted(content["entries"]))
    assert texts[0] != texts[1]


GARBAGE = [
    b"",
    b"garbage",
    b"\xff\xfe\x00",
    b"[]",
    b"null",
    b'{"salt": "s"}',
    b'{"salt": "s", "entries": []}',
    b'{"salt": "s", "entries": {"x": 7}}',
    b'{"salt": "s", "entries": {"x": {"at": "then", "met": "y"}}}',
    b'{"salt": "s", "entries": {"x": {"met": "y"}}}',
    b'{"salt": "s", "entries": {"x": {"at": 1e999, "met": "y"}}}',
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_garbled_file_is_as_good_as_none_and_is_replaced(tmp_path, garbage):
    path = tmp_path / "unkept.json"
    path.write_bytes(garbage)
    assert not knows(str(path))
    remember(Unkept(str(path), URL), "User", "1", MET)
    assert knows(str(path))


def test_a_file_that_got_garbled_in_between_is_replaced(tmp_path):
    path = tmp_path / "unkept.json"
    memory = Unkept(str(path), URL)
    remember(memory, "User", "1", MET)
    path.write_bytes(GARBAGE[7])
    remember(memory, "User", "2", MET)
    assert knows(str(path), resource_id="2")


@pytest.mark.parametrize("path", ["", "/proc/nowhere/unkept.json", "/dev/null/unkept.json", "/nul\x00byte"])
def test_without_a_place_nothing_is_remembered_and_nothing_fails(path):
    memory = Unkept(path, URL)
    remember(memory, "User", "1", MET)
    assert not memory.knows("User", "1", "title", "another", "value")


def test_a_folder_in_its_place_fails_nothing_and_leaves_no_litter(tmp_path):
    (tmp_path / "unkept.json").mkdir()
    remember(Unkept(str(tmp_path / "unkept.json"), URL), "User", "1", MET)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["unkept.json", "unkept.json.lock"]


def test_a_user_without_a_home_remembers_nothing(monkeypatch):
    def homeless(self):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(module.Path, "expanduser", homeless)
    memory = Unkept("~/.cache/unkept.json", URL)
    remember(memory, "User", "1", MET)
    assert not memory.knows("User", "1", "title", "Wished", "seen")


def test_tasks_at_the_same_time_lose_nothing_of_each_other(path):
    def remember_one(number):
        remember(Unkept(path, URL), "User", str(number), MET)

    threads = [threading.Thread(target=remember_one, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [number for number in range(16) if not knows(path, resource_id=str(number))] == []


def test_a_task_that_started_before_the_file_existed_agrees_with_the_others(path):
    early, late = Unkept(path, URL), Unkept(path, URL)
    remember(late, "User", "1", MET)
    remember(early, "User", "2", MET)
    assert knows(path, resource_id="1")
    assert knows(path, resource_id="2")


def test_many_are_written_at_once(path, monkeypatch):
    written = []
    write = Unkept._write
    monkeypatch.setattr(Unkept, "_write", lambda memory, where: written.append(where) or write(memory, where))
    memory = Unkept(path, URL)
    for number in range(50):
        memory.remember("User", str(number), MET)
    memory.save()
    memory.save()
    assert len(written) == 1
    assert all(knows(path, resource_id=str(number)) for number in range(50))
