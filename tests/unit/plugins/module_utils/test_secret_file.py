# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a secret that is shown once: its owner alone reads it, no link is followed, and nothing is lost."""

from __future__ import annotations

import errno
import os
from unittest import mock

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.secret_file import SecretFile


def kept(path, secret="s3cret"):
    file = SecretFile(str(path))
    file.reserve()
    file.keep(secret)


def test_its_owner_alone_reads_it_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "secret"
    path.write_text("old and longer than the new one", encoding="utf-8")
    path.chmod(0o644)
    kept(path)
    assert path.read_text(encoding="utf-8") == "s3cret"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert os.listdir(tmp_path) == ["secret"]


def test_looking_writes_nothing(tmp_path):
    SecretFile(str(tmp_path / "secret"))
    assert os.listdir(tmp_path) == []


def test_the_old_one_is_there_until_the_new_one_is(tmp_path):
    path = tmp_path / "secret"
    path.write_text("old", encoding="utf-8")
    file = SecretFile(str(path))
    file.reserve()
    assert path.read_text(encoding="utf-8") == "old"
    assert all(oct(found.stat().st_mode & 0o777) == "0o600" for found in tmp_path.iterdir() if found != path)
    file.discard()
    file.discard()
    assert os.listdir(tmp_path) == ["secret"]


def test_a_link_is_refused_and_one_that_comes_later_is_replaced(tmp_path):
    other, path = tmp_path / "other", tmp_path / "secret"
    other.write_text("mine", encoding="utf-8")
    path.symlink_to(other)
    with pytest.raises(InvalidInput, match="link"):
        SecretFile(str(path))
    path.unlink()
    file = SecretFile(str(path))
    file.reserve()
    path.symlink_to(other)
    file.keep("s3cret")
    assert other.read_text(encoding="utf-8") == "mine"
    assert not path.is_symlink()
    assert path.read_text(encoding="utf-8") == "s3cret"


@pytest.mark.parametrize(
    ("path", "said"),
    [("missing/secret", "does not exist"), ("folder", "no regular file"), ("folder/", "name of a folder"), ("a\0b", "no valid path")],
)
def test_what_cannot_be_written_is_known_before(tmp_path, path, said):
    (tmp_path / "folder").mkdir()
    with pytest.raises(InvalidInput, match=f"secret_file: .*{said}.*nothing was written"):
        SecretFile(f"{tmp_path}/{path}")


def test_a_folder_that_cannot_be_written_to_is_known_before(tmp_path):
    with mock.patch("os.access", return_value=False), pytest.raises(InvalidInput, match="cannot be written to"):
        SecretFile(str(tmp_path / "secret"))


def test_a_full_disk_is_known_before_there_is_a_secret(tmp_path):
    file = SecretFile(str(tmp_path / "secret"))
    with mock.patch("os.write", side_effect=OSError(errno.ENOSPC, "disk full")), pytest.raises(InvalidInput, match="disk full"):
        file.reserve()
    assert os.listdir(tmp_path) == []


def test_a_secret_that_cannot_get_its_name_is_not_lost(tmp_path):
    path = tmp_path / "secret"
    file = SecretFile(str(path))
    file.reserve()
    path.mkdir()
    with pytest.raises(LifecycleError, match="move it from there") as caught:
        file.keep("s3cret")
    assert "s3cret" not in str(caught.value)
    file.discard()
    (left,) = [found for found in tmp_path.iterdir() if found != path]
    assert oct(left.stat().st_mode & 0o777) == "0o600"
    assert left.read_text(encoding="utf-8") == "s3cret"
