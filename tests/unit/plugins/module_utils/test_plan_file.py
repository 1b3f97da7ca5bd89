# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a plan: what is written is what is read, its owner alone reads it, and there is never half of one."""

from __future__ import annotations

import json
import os

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import Plan, plan
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan_document import FORMAT, document
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER
from ansible_collections.identityops.lifecycle.plugins.module_utils.plan_file import read_plan, write_plan


def content(*names):
    found = plan(USER, {name: {"user_name": name} for name in names}, {})
    return document(found, service="https://directory.example", digest="abc", counts=found.counts())


def test_what_is_written_is_what_is_read(tmp_path):
    path = tmp_path / "plan.json"
    for names in (("ada", "bob\ud800\n"), ("cy",), ()):
        write_plan(str(path), content(*names))
        assert read_plan(str(path)) == content(*names)
        assert (tmp_path / "plan.md").read_text(encoding="utf-8").startswith("# Plan for `https://directory.example`")


def test_nobody_but_the_owner_reads_it_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o644)
    write_plan(str(path), content("ada"))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["plan.json", "plan.md"]
    assert [oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()] == ["0o600", "0o600"]


def test_each_operation_has_a_line(tmp_path):
    write_plan(str(tmp_path / "plan.json"), content("ada", "bob"))
    lines = (tmp_path / "plan.json").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line.rstrip(","))["key"] for line in lines if '"verb"' in line] == ["ada", "bob"]


def test_two_plans_do_not_share_a_summary(tmp_path):
    for name in ("plan.staging", "plan.production", "plan"):
        write_plan(str(tmp_path / name), content())
    summaries = sorted(file.name for file in tmp_path.glob("*.md"))
    assert summaries == ["plan.md", "plan.production.md", "plan.staging.md"]


def test_a_link_is_replaced_and_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_text("mine", encoding="utf-8")
    (tmp_path / "plan.json").symlink_to(other)
    write_plan(str(tmp_path / "plan.json"), content())
    assert other.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "plan.json").is_symlink()


def test_the_home_of_the_user_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write_plan("~/plan.json", content("ada"))
    assert read_plan("~/plan.json") == read_plan(str(tmp_path / "plan.json")) == content("ada")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("plan.md", "is no name for a JSON file"),
        ("Plan.MD", "is no name for a JSON file"),
        ("", "is no name for a JSON file"),
        ("..", "is no name for a JSON file"),
        ("none/plan.json", "does not exist; create it"),
        ("file/plan.json", "does not exist; create it"),
        ("x" * 300 + ".json", "cannot be written (File name too long)"),
        ("a\0b.json", "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_refused_by_the_name_of_the_option(tmp_path, name, said):
    (tmp_path / "file").write_text("", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InvalidInput) as refusal:
        write_plan(f"{tmp_path}/{name}", content())
    assert str(refusal.value).startswith("plan_file: ")
    assert said in str(refusal.value)
    assert sorted(tmp_path.iterdir()) == before


def test_a_full_disk_leaves_the_old_plan_as_it_was(tmp_path, monkeypatch):
    path = str(tmp_path / "plan.json")
    write_plan(path, content("ada"))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InvalidInput, match=r"cannot be written \(No space left on device\)"):
        write_plan(path, content("bob"))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert len(before) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"format": "another"}', '{"format": 1}', "[" * 100_000])
def test_what_is_no_plan_is_no_plan(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    assert read_plan(str(path)) is None
    assert read_plan(str(tmp_path / "none")) is None
    assert read_plan(str(tmp_path)) is None
    path.write_text(json.dumps({"format": FORMAT}), encoding="utf-8")
    assert read_plan(str(path)) == {"format": FORMAT}


def test_bytes_that_are_no_text_are_no_plan(tmp_path):
    (tmp_path / "plan.json").write_bytes(b"\xff\xfe\x00")
    assert read_plan(str(tmp_path / "plan.json")) is None


def test_an_empty_plan_is_json_too(tmp_path):
    write_plan(str(tmp_path / "p.json"), document(Plan(), service="s", digest="d", counts={}))
    assert json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))["operations"] == []


def test_a_pipe_is_no_plan_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "plan.json")
    assert read_plan(str(tmp_path / "plan.json")) is None
