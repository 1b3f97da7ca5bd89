# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Log files of a host by a real shell, awk and gzip: what is found, in any shape of file, and nothing lost or doubled by rotation."""

from __future__ import annotations

import gzip
import os
import random
import shutil

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs import (
    collection_trail as log_collection_trail,
)
from ansible_collections.identityops.lifecycle.tests.integration.log_host import LOGS, Here, collected, users


def line(number, status="SCIM_FAILURE", **more):
    told = "".join(f" {name}={value}" for name, value in more.items())
    time = f"{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}"
    return f"2026-11-24T{time}Z {status} action=user.create user=u{number}@example.com status=409{told}\n"


def lines(*numbers, **more):
    return "".join(line(number, **more) for number in numbers)


def names(*numbers):
    return [f"u{number}@example.com" for number in numbers]


@pytest.fixture
def log(tmp_path):
    return tmp_path / "sync.log"


def read(log, host=None, **options):
    return collected("file", host, paths=[str(log)], **options)


def test_the_entries_with_the_pattern_are_found_and_no_others(log):
    log.write_text(line(1) + line(2, status="ok") + line(3))
    found = read(log)
    assert users(found) == names(1, 3)
    assert found["counts"] == {"failure": 2}
    assert found["unparsed"] == 0
    assert not found["warnings"]
    assert found["files"] == [{"path": str(log), "state": "read", "size": log.stat().st_size}]


def test_without_a_pattern_every_entry_is_looked_at(log):
    log.write_text(line(1) + "2026-11-24T00:00:02Z started\n" + line(3))
    found = read(log, pattern="")
    assert users(found) == names(1, 3)
    assert found["unparsed"] == 1


def test_a_plain_pattern_is_no_expression_and_an_expression_is_one(log):
    log.write_text(lines(1, 22, 3))
    assert users(read(log, pattern="u.@")) == []
    assert users(read(log, pattern="user=u[0-9]@", regex=True)) == names(1, 3)


def test_a_plain_pattern_is_found_in_any_letter_case_as_with_grep_i(log):
    log.write_text(line(1) + line(2).replace("SCIM_FAILURE", "scim_failure") + line(3).replace("SCIM_FAILURE", "Scim_Failure"))
    assert users(read(log)) == names(1, 2, 3)
    assert users(read(log, pattern="U2@example")) == names(2)
    assert users(read(log, pattern="SCIM_F", regex=True)) == names(1)


def test_a_pattern_means_nothing_to_the_shell(log, tmp_path):
    for number, pattern in enumerate(["$(touch x)", "'; touch x; '", "`touch x`", "-e a", "\\d", "%s %n", '"', "\n", "&& touch x"]):
        log.write_text(line(number).replace("SCIM_FAILURE", "SCIM_FAILURE " + pattern.strip("\n")))
        found = read(log, pattern=pattern)
        assert users(found) == ([] if pattern == "\n" else names(number)), pattern
    assert sorted(os.listdir(tmp_path)) == ["sync.log"]


def test_only_what_matches_crosses_the_wire(log):
    log.write_text("".join(line(number, status="ok") for number in range(5000)) + line(7))
    host = Here()
    seen = []
    run = host.posix
    host.posix = lambda command, **more: seen.append(run(command, **more)) or seen[-1]
    assert users(read(log, host)) == names(7)
    assert sum(len(answer.data) for answer in seen) < 2000


def test_what_belongs_to_an_entry_comes_with_it(log):
    told = 'Traceback (most recent call last):\n  File "sync.py", line 3\nValueError: SCIM_FAILURE user=ada@example.com\n'
    log.write_text(line(1, status="ERROR") + told + line(2, status="ok"))
    found = read(log, fields=["raw", "user"])
    assert len(found["events"]) == 1
    assert "Traceback" in found["events"][0]["raw"]
    assert found["events"][0]["raw"].startswith("2026-11-24T00:00:01Z")
    assert "00:00:02" not in found["events"][0]["raw"]


def test_missing_empty_unreadable_and_other_things_are_told_apart(log, tmp_path):
    log.write_text(line(1))
    (tmp_path / "empty.log").touch()
    (tmp_path / "folder.log").mkdir()
    os.mkfifo(tmp_path / "pipe.log")
    (tmp_path / "dangling.log").symlink_to("nowhere")
    paths = [str(tmp_path / f"{name}.log") for name in ("sync", "empty", "folder", "pipe", "missing", "dangling")]
    found = collected("file", paths=[*paths, str(tmp_path / "*.nothing")])
    states = {os.path.basename(entry["path"]): entry["state"] for entry in found["files"]}
    assert states == {
        "sync.log": "read",
        "empty.log": "read",
        "folder.log": "directory",
        "pipe.log": "special",
        "missing.log": "missing",
        "dangling.log": "missing",
        "*.nothing": "missing",
    }
    assert users(found) == names(1)
    assert len(found["warnings"]) == 5
    assert collected("file", paths=[str(tmp_path / "empty.log")])["warnings"] == []
    with pytest.raises(LifecycleError, match=r"missing\.log: there is no such file"):
        collected("file", paths=[str(tmp_path / "missing.log")])


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become somebody who may not read")
def test_who_may_not_read_is_told_so(tmp_path_factory):
    folder = tmp_path_factory.mktemp("private")
    for above in (folder, *folder.parents):
        if above.stat().st_uid == 0 and str(above).startswith("/tmp/"):
            above.chmod(0o755)
    log = folder / "sync.log"
    log.write_text(line(1))
    log.chmod(0o600)
    host = Here(user="65534")
    with pytest.raises(LifecycleError, match="this user may not read it"):
        read(log, host)
    folder.chmod(0o700)
    for path in (log, folder / "*.log"):
        with pytest.raises(LifecycleError, match="this user may not read it"):
            read(path, host)


def test_patterns_for_names_and_nothing_else_in_a_path(tmp_path):
    for name in ("a.log", "b1.log", "b2.log", "b3.log", "c d.log", "$(touch x).log", "new\nline.log", "-r.log", "'q'.log", "é.log"):
        (tmp_path / name).write_text(line(1))

    def found(pattern):
        returned = collected("file", paths=[f"{tmp_path}/{pattern}"], newest=0)
        return sorted(os.path.basename(entry["path"]) for entry in returned["files"])

    assert len(found("*.log")) == 10
    assert "new\\nline.log" in found("*.log")  # nothing in a name acts
    assert found("b[1-2].log") == ["b1.log", "b2.log"]
    assert found("b[!1].log") == ["b2.log", "b3.log"]
    assert found("b?.log") == ["b1.log", "b2.log", "b3.log"]
    assert found("c d.log") == ["c d.log"]
    assert found("$(touch x).log") == ["$(touch x).log"]
    assert found("-r.log") == ["-r.log"]
    assert found("'q'.log") == ["'q'.log"]
    assert len(os.listdir(tmp_path)) == 10
    assert not os.path.exists("x")


@pytest.mark.parametrize("path", ["relative.log", "", "~/x.log", "-rf"])
def test_a_path_is_absolute(path):
    with pytest.raises(InvalidInput, match="paths"):
        collected("file", paths=[path])


def test_old_files_beside_a_file_are_read_from_the_newest_as_far_as_it_takes(log, tmp_path):
    log.write_text(lines(50, 51))
    (tmp_path / "sync.log.1").write_text(lines(40, 41))
    (tmp_path / "sync.log.2.gz").write_bytes(gzip.compress(lines(30, 31).encode()))
    (tmp_path / "sync.log-20261123").write_text(lines(20))
    (tmp_path / "sync.log-2nd").write_text(lines(10))
    for last, name in {51: "sync.log", 41: "sync.log.1", 31: "sync.log.2.gz", 20: "sync.log-20261123"}.items():
        os.utime(tmp_path / name, (1795478400 + last,) * 2)  # as the last line of each says
    assert users(read(log)) == names(20, 30, 31, 40, 41, 50, 51)
    assert users(read(log, rotated=False)) == names(50, 51)
    host = Here()
    found = read(log, host, newest=2)
    assert users(found) == names(50, 51)
    assert len(host.commands) == 2  # one look, one file


def test_rotation_loses_nothing_and_doubles_nothing(log, tmp_path):
    log.write_text(lines(1, 2, status="SCIM_FAILURE"))
    first = read(log)
    with log.open("a") as file:
        file.write(lines(3))
    log.rename(tmp_path / "sync.log.1")
    log.write_text(lines(4))
    second = read(log, cursor=first["cursor"])
    assert users(second) == names(3, 4)
    # Again, and the older one is compressed, and something was still written to it before.
    with (tmp_path / "sync.log.1").open("a") as file:
        file.write(lines(5))
    packed = gzip.compress((tmp_path / "sync.log.1").read_bytes())
    (tmp_path / "sync.log.1").unlink()
    (tmp_path / "sync.log.2.gz").write_bytes(packed)
    log.rename(tmp_path / "sync.log.1")
    log.write_text(lines(6))
    third = read(log, cursor=second["cursor"])
    assert users(third) == names(5, 6)
    assert third["warnings"] == []
    assert users(read(log, cursor=third["cursor"])) == []


def test_a_file_that_is_copied_and_cut_is_followed(log, tmp_path):
    log.write_text(lines(1, 2))
    first = read(log)
    with log.open("a") as file:
        file.write(lines(3))
    shutil.copy(log, tmp_path / "sync.log.1")
    log.write_text("")
    assert users(read(log, cursor=first["cursor"])) == names(3)
    log.write_text(lines(4))
    assert users(read(log, cursor=first["cursor"])) == names(3, 4)


def test_a_file_that_was_deleted_is_told(log):
    log.write_text(lines(1))
    first = read(log)
    log.unlink()
    log.write_text(lines(2))
    found = read(log, cursor=first["cursor"])
    assert users(found) == names(2)
    assert "are gone" in found["warnings"][0]


def test_another_file_that_begins_alike_is_read_from_its_beginning(log):
    banner = "# " + "=" * 300 + "\n"
    log.write_text(banner + lines(1, 2))
    first = read(log)
    log.write_text(banner + lines(10000, 3, 4, 5))
    found = read(log, cursor=first["cursor"])
    assert "another file" in found["warnings"][0]
    assert users(found) == names(10000, 3, 4, 5) or sorted(users(found)) == sorted(names(10000, 3, 4, 5))


def test_a_line_without_its_end_is_left_to_the_next_run(log):
    log.write_text(line(1) + line(2)[:-20])
    first = read(log)
    assert users(first) == names(1)
    assert "has no end yet" in first["warnings"][0]
    log.write_text(line(1) + line(2))
    assert users(read(log, cursor=first["cursor"])) == names(2)


def test_with_a_cursor_what_does_not_fit_is_left_to_the_next_run(log, tmp_path, monkeypatch):
    (tmp_path / "sync.log.1").write_text(lines(1, 2, 3))
    log.write_text(lines(4, 5, 6))
    start = read(log, newest=1)
    with log.open("a") as file:
        file.write(lines(7, 8, 9))
    cursor, all_of_them = start["cursor"], []
    for _run in range(3):
        found = read(log, cursor=cursor, newest=1)
        all_of_them += users(found)
        assert found["truncated"] == (len(all_of_them) < 3)
        cursor = found["cursor"]
    assert all_of_them == names(7, 8, 9)
    assert users(read(log, cursor=cursor)) == []
    everything = read(log, cursor="file1,1:0:3:0123456789abcdef:r", newest=4)
    assert users(everything) == names(1, 2, 3, 4)
    assert users(read(log, cursor=everything["cursor"])) == names(5, 6, 7, 8, 9)
    monkeypatch.setattr(log_collection_trail, "MOST_CHARACTERS", 100)
    part = read(log, cursor="file1,1:0:3:0123456789abcdef:r")
    rest = read(log, cursor=part["cursor"])
    assert users(part) + users(rest) == names(1, 2, 3, 4, 5, 6, 7, 8, 9)


@pytest.mark.parametrize("cursor", ["nonsense", "file1,1:2", "eventlog1,3", "s=1;i=2", "file1," + "9" * 400])
def test_what_is_no_cursor_is_refused(log, cursor):
    log.touch()
    with pytest.raises(InvalidInput, match="cursor"):
        read(log, cursor=cursor)


def test_hostile_bytes_are_no_trouble(log):
    noise = random.Random(5).randbytes(200_000).replace(b"\n", b"")
    hostile = [
        b"\xff\xfe\x00SCIM_FAILURE\x1b[31m{{ lookup('pipe','id') }}\n",
        line(1).encode(),
        noise + b"SCIM_FAILURE\n",
        b'{"a":' * 5000 + b"SCIM_FAILURE\n",
        line(2).replace("\n", "\r\n").encode(),
        b"SCIM_FAILURE " + b"x" * 3_000_000 + b"\n",
        line(3).encode(),
    ]
    log.write_bytes(b"".join(hostile))
    found = read(log, newest=0, fields=["all"])
    assert [user for user in users(found) if user] == names(1, 2, 3)
    assert found["unparsed"] + len(found["events"]) == 7
    assert "shortened" in " ".join(found["warnings"])
    assert users(read(log, cursor=found["cursor"])) == []


def test_a_damaged_archive_gives_what_it_holds_and_a_warning(log, tmp_path):
    log.write_text(lines(100))
    packed = gzip.compress(lines(*range(90)).encode())
    (tmp_path / "sync.log.1.gz").write_bytes(packed[: len(packed) // 2])
    found = read(log, newest=0)
    assert users(found)[-1:] == names(100)
    assert "sync.log.1.gz: gzip" in " ".join(found["warnings"])
    (tmp_path / "other.xz").write_bytes(b"\xfd7zXZ\x00" + bytes(100))
    with pytest.raises(LifecycleError, match="compressed by something else"):
        collected("file", paths=[str(tmp_path / "other.xz")])


def test_links_and_copies_are_read_once(log, tmp_path):
    log.write_text(lines(1))
    (tmp_path / "current.log").symlink_to(log)
    (tmp_path / "sync.log.1").write_text(lines(2))
    (tmp_path / "sync.log.1.gz").write_bytes(gzip.compress(lines(2).encode()))
    assert users(collected("file", paths=[f"{tmp_path}/*"])) == names(1, 2)


def test_a_real_log_of_scimgateway_is_read():
    found = collected("file", paths=[str(LOGS / "scimgateway.jsonl")], pattern="", newest=0)
    assert found["count"] > 5
    assert {"user.create", "user.delete"} <= {event["action"] for event in found["events"]}
    of_host = collected("file", paths=[str(LOGS / "scimgateway.jsonl")], pattern='"level":"error"', newest=0)
    assert 0 < of_host["count"] + of_host["unparsed"] < found["count"] + found["unparsed"]


@pytest.mark.parametrize("program", ["gawk", "busybox", "original-awk"])
def test_other_kinds_of_awk_find_the_same(program, log, tmp_path):
    real = shutil.which(program)
    if not real:
        pytest.skip(f"{program} is not installed")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "awk").symlink_to(real)
    log.write_text(lines(1, 2) + "é ü\n" + line(3, status="ok") + line(4) + "tail")
    mine, theirs = read(log), read(log, Here(folder))
    assert theirs == mine
    assert users(theirs) == names(1, 2, 4)


def test_of_many_failures_only_the_last_cross_the_wire(log):
    log.write_text(lines(*range(10_000)))
    host = Here()
    seen = []
    run = host.posix
    host.posix = lambda command, **more: seen.append(run(command, **more)) or seen[-1]
    found = read(log, host, newest=2)
    assert users(found) == names(9998, 9999)
    assert found["truncated"]
    assert sum(len(answer.data) for answer in seen) < 300_000
    assert users(read(log, user=["u7@*"])) == names(7)  # it takes a second look
    with log.open("a") as file:
        file.write(lines(5))
    assert users(read(log, cursor=found["cursor"])) == names(5)
