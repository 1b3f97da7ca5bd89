# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.cursor_file import (
    CursorFile,
    Position,
)


def written(path):
    cursors = CursorFile(str(path))
    position = cursors.position("one")
    position.since, position.cursor = "2026-11-24T10:00:00.000Z", "here"
    position.seen["id"] = "2026-11-24T10:00:01.000Z"
    position.failures["Entra"] = ["2026-11-24T10:00:01.000Z"]
    cursors.save()
    cursors.close()
    return position


def test_what_was_saved_is_there_again_and_for_its_owner_only(tmp_path):
    path = tmp_path / "folder" / "cursor.json"
    position = written(path)
    cursors = CursorFile(str(path))
    assert cursors.position("one") == position
    assert cursors.position("two") == Position()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir() if file.suffix not in (".json", ".lock")] == []


def test_a_file_is_used_by_one_at_a_time(tmp_path):
    path = str(tmp_path / "cursor.json")
    first = CursorFile(path)
    with pytest.raises(InvalidInput, match="used by another process"):
        CursorFile(path)
    first.close()
    CursorFile(path).close()


def test_without_a_file_positions_are_kept_in_memory():
    cursors = CursorFile("")
    cursors.position("one").cursor = "here"
    cursors.save()
    assert cursors.position("one").cursor == "here"


@pytest.mark.parametrize(
    "content", ["", "[]", "null", '{"version": 2, "streams": {}}', '{"version": 1}', '{"version": 1, "streams": {"x": {}}}', "[" * 100_000]
)
def test_what_holds_no_cursors_is_refused_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "cursor.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match="does not hold cursors"):
        CursorFile(str(path))
    assert path.read_text(encoding="utf-8") == content
    path.unlink()
    CursorFile(str(path)).close()  # it was let go


def test_a_path_that_cannot_be_used_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "cursor.json"):
        with pytest.raises(InvalidInput, match="cannot be used"):
            CursorFile(str(path))


def test_a_save_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "cursor.json"
    written(path)
    before = path.read_text(encoding="utf-8")
    cursors = CursorFile(str(path))
    cursors.position("one").cursor = "there"

    def full(descriptor):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        cursors.save()
    assert path.read_text(encoding="utf-8") == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cursor.json", "cursor.json.lock"]
    monkeypatch.undo()
    cursors.save()
    assert json.loads(path.read_text(encoding="utf-8"))["streams"]["one"]["cursor"] == "there"
