# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_log_archive: each event once, over restarts, overlaps, torn lines, late entries and a log that forgets."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.selection import Selection
from ansible_collections.identityops.lifecycle.plugins.module_utils.inquiry.logs import windows
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs import archive_file
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.file_events import events_of_files

from sandbox.exchange import Answer, Handler, Request
from sandbox.running import Running, running
from tests.in_process import Result, run
from tests.integration.log_world import PATH, asked, at, between_pages, emptied, entry, forget, write
from tests.integration.playbook import ROOT

MODULE = "scim_log_archive"
ENTRA = "cf000000-0000-4000-8000-000000000002"  # the sandbox numbers its ids


@pytest.fixture(scope="module")
def serving() -> Iterator[Running]:
    with running() as service:
        service.cloudflare.set_rate(100_000, per_second=0)
        assert service.cloudflare.seed_idp("Entra ID", scim_config={"enabled": True})["id"] == ENTRA
        service.cloudflare.seed_idp("Okta", type="okta", config={})
        yield service


@pytest.fixture
def service(serving: Running) -> Iterator[Running]:
    with emptied(serving) as service:
        yield service


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scim.jsonl"


def archived(service: Running, path: Path, **options: Any) -> Result:
    service.reset_requests()
    check = options.pop("check", False)
    return run(MODULE, {**service.cloudflare.options(), "path": str(path), **options}, check=check)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def people(path: Path) -> list[int]:
    """The numbers of the people in the archive, in its order."""
    return [int(line["external_id"].removeprefix("idp-")) for line in lines(path)]


def fill(service: Running, *numbers: int, **fields: Any) -> None:
    write(service, *(entry(ENTRA, number, number, **fields) for number in numbers))


def test_first_run_second_run_and_more(service: Running, path: Path) -> None:
    fill(service, *range(5))
    first = archived(service, path)
    assert first.changed
    assert (first["appended"], first["total"], first["cursor"]) == (5, 5, "2025-11-01T00:00:04.000Z")
    assert first["diff"] == {"before": {"total": 0, "cursor": ""}, "after": {"total": 5, "cursor": first["cursor"]}}
    assert (first["gaps"], first["unparsed"], first.warnings_said) == ([], 0, [])
    before = path.read_bytes()

    second = archived(service, path)
    assert not second.changed
    assert (second["appended"], second["total"], second["cursor"]) == (0, 5, first["cursor"])
    assert path.read_bytes() == before
    assert len(asked(service)) == 1
    assert asked(service)[0]["query"]["since"] == "2025-10-31T23:45:03.999Z"

    fill(service, 5, 6)
    third = archived(service, path)
    assert (third["appended"], third["total"], third["cursor"]) == (2, 7, "2025-11-01T00:00:06.000Z")
    assert people(path) == list(range(7))
    assert path.read_bytes().startswith(before)


def test_what_is_kept_of_an_event(service: Running, path: Path) -> None:
    body = '{"userName":"p","password":"planted-1"}'
    fill(service, 1, request_body=body, resource_user_email="\x1b[31m{{ 1+1 }}", status="FAILURE", error_description="token=planted-2")
    fill(service, 2, request_body="")
    archived(service, path)
    first, second = lines(path)
    assert first["body_sha256"] == hashlib.sha256(body.encode()).hexdigest()
    assert first["user"] == "\x1b[31m{{ 1+1 }}"
    assert {"timestamp", "action", "status", "idp", "resource_id", "record_id", "detail", "source"} <= set(first)
    assert not {"raw", "request_body"} & set(first)
    assert "body_sha256" not in second
    assert b"planted" not in path.read_bytes()
    assert b"\x1b" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_fields_and_first_since(service: Running, path: Path) -> None:
    fill(service, *range(5))
    archived(service, path, since=at(3), fields=["user"])
    assert [set(line) for line in lines(path)] == [{"timestamp", "user", "record_id", "body_sha256"}] * 2
    assert "bodies of requests hold personal data" in archived(service, path, fields=["raw"])["msg"]
    assert "is no field" in archived(service, path, fields=["wrong"])["msg"]


def test_the_archive_can_be_read_as_a_log(service: Running, path: Path) -> None:
    fill(service, 1, 2)
    fill(service, 3, status="FAILURE", error_description="exists")
    archived(service, path)
    found = events_of_files([str(path)], "auto", Selection(status=("failure",)))
    (event,) = found["events"]
    assert event == {name: value for name, value in lines(path)[2].items() if name != "body_sha256"}
    assert found["unparsed"] == 0


def test_check_mode_predicts_and_writes_nothing(service: Running, path: Path) -> None:
    fill(service, 1, 2)
    foreseen = archived(service, path, check=True)
    assert not path.exists()
    done = archived(service, path)
    for name in ("changed", "appended", "total", "cursor", "gaps", "diff"):
        assert done[name] == foreseen[name]
    fill(service, 3)
    with open(path, "ab") as file:
        file.write(b'{"torn')
    before = path.read_bytes()
    foreseen = archived(service, path, check=True)
    assert (foreseen["appended"], foreseen["total"]) == (1, 3)
    assert path.read_bytes() == before
    done = archived(service, path)
    assert (done["appended"], done["total"]) == (1, 3)
    assert not archived(service, path, check=True).changed


def test_check_mode_says_that_a_file_may_only_be_read(service: Running, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(service, 1)
    archived(service, path)
    # Whoever is root may write everywhere.
    monkeypatch.setattr(archive_file.os, "access", lambda name, mode: name != str(path))
    result = archived(service, path, check=True)
    assert result.failed
    assert "cannot be written" in result["msg"]


def test_nothing_logged_makes_no_file(service: Running, path: Path) -> None:
    result = archived(service, path)
    assert not result.changed
    assert (result["appended"], result["total"], result["cursor"]) == (0, 0, "")
    assert list(path.parent.iterdir()) == []


def test_wherever_the_last_lines_are_torn_each_event_is_there_once(service: Running, path: Path) -> None:
    """At every byte of them, without a service: tests/unit."""
    fill(service, *range(5))
    archived(service, path, fields=["external_id"])
    whole = path.read_bytes()
    third_line = len(b"\n".join(whole.split(b"\n")[:3])) + 1
    for length in sorted({third_line, len(whole) - 1, len(whole), *range(third_line, len(whole), 17)}):
        path.write_bytes(whole[:length])
        result = archived(service, path, fields=["external_id"])
        assert path.read_bytes() == whole, length
        assert result["total"] == 5
        assert result.changed == (length < len(whole))


def test_a_torn_line_is_set_aside(service: Running, path: Path) -> None:
    fill(service, *range(3))
    archived(service, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    result = archived(service, path)
    assert "ended in a torn line" in result.warnings_said[0]
    assert path.read_bytes() == whole
    aside = Path(f"{path}.torn")
    assert whole[:-20].endswith(aside.read_bytes().strip())
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600


def test_a_line_that_lacks_only_its_end_is_kept(service: Running, path: Path) -> None:
    """Cloudflare may have forgotten it."""
    fill(service, *range(3))
    archived(service, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    forget(service, at(100))
    assert archived(service, path)["total"] == 3
    assert path.read_bytes() == whole


DYING = """
import os, sys
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs import archive_file
from tests.in_process import run
import json
options, after = json.loads(sys.argv[1]), int(sys.argv[2])
archive_file._BUFFER = 1

def dying(handle, content):
    global after
    os.write(handle, content[:after])
    after -= len(content)
    if after <= 0:
        os._exit(9)

archive_file._write_all = dying
run("scim_log_archive", options)
"""


def test_a_writer_that_dies_leaves_what_the_next_one_needs(service: Running, path: Path) -> None:
    fill(service, *range(5))
    archived(service, path)
    expected = path.read_bytes()
    for bytes_until_death in (700, 1000):
        path.unlink()
        options = {**service.cloudflare.options(), "path": str(path)}
        dead = subprocess.run(
            [sys.executable, "-c", DYING, json.dumps(options), str(bytes_until_death)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / ".cache" / "tree"), str(ROOT)])},
            cwd=path.parent,
            capture_output=True,
            check=False,
        )
        assert dead.returncode == 9, dead.stderr.decode()
        assert path.read_bytes() == expected[:bytes_until_death]
        assert archived(service, path)["total"] == 5
        assert path.read_bytes() == expected


def test_a_run_that_fails_takes_its_lines_back(service: Running, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "PER_PAGE", 2)
    monkeypatch.setattr(archive_file, "_BUFFER", 1)
    fill(service, 0)
    archived(service, path)
    before = path.read_bytes()
    fill(service, *range(1, 9))

    def failing(request: Request, following: Handler) -> Answer:
        if request.path.endswith(PATH) and request.query["page"] == "3":
            errors = [{"code": 10000, "message": "Authentication error"}]
            return Answer(403, {"success": False, "errors": errors, "messages": [], "result": None})
        return following(request)

    service.set_faults([], own=[failing])
    result = archived(service, path)
    assert result.failed
    assert result["changed"] is False
    assert "Access: SCIM Logs Read" in result["msg"]
    assert path.read_bytes() == before
    service.set_faults([])
    assert archived(service, path)["appended"] == 8


@pytest.mark.parametrize("buffer", [1, 10_000])
def test_a_full_disk_leaves_the_archive_as_it_was(service: Running, path: Path, monkeypatch: pytest.MonkeyPatch, buffer: int) -> None:
    fill(service, 0)
    archived(service, path)
    before = path.read_bytes()
    fill(service, 1, 2)
    monkeypatch.setattr(archive_file, "_BUFFER", buffer)
    room = len(before) + 100

    def full(handle: int, content: bytes) -> None:
        left = max(0, room - os.fstat(handle).st_size)
        os.write(handle, content[:left])
        if left < len(content):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive_file, "_write_all", full)
    result = archived(service, path)
    assert "No space left on device" in result["msg"]
    assert path.read_bytes() == before


def test_twins_and_late_entries(service: Running, path: Path) -> None:
    write(service, *(entry(ENTRA, 1000, 7) for _number in range(2)), entry(ENTRA, 1001, 8))
    assert archived(service, path)["total"] == 3
    write(service, entry(ENTRA, 1000, 7), entry(ENTRA, 500, 1), entry(ENTRA, 2, 0))
    result = archived(service, path)
    assert sorted(people(path)) == [1, 7, 7, 7, 8]  # what is later than the overlap is not looked for
    assert result["cursor"] == "2025-11-01T00:16:41.000Z"
    assert not archived(service, path).changed
    assert archived(service, path, overlap="1h")["appended"] == 1
    assert archived(service, path, overlap="0")["appended"] == 0
    assert archived(service, path, overlap="1d")["appended"] == 0
    assert len({line["record_id"] for line in lines(path)}) == 6


def test_what_is_logged_while_it_is_read_comes_the_next_time(service: Running, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "PER_PAGE", 5)
    fill(service, *range(30))
    service.set_faults([], own=[between_pages(lambda number: fill(service, 100 + number) if number < 4 else None)])
    archived(service, path)
    service.set_faults([])
    archived(service, path)
    assert sorted(people(path)) == [*range(30), 101, 102, 103]


def test_a_log_that_forgot_is_a_gap(service: Running, path: Path) -> None:
    fill(service, *range(3))
    archived(service, path)
    forget(service, at(100))
    gone = archived(service, path)
    last = "2025-11-01T00:00:02.000Z"
    assert gone["gaps"] == [{"reason": "not_kept", "from": last, "to": ""}]
    assert not gone.changed
    fill(service, 5000, 5001)
    result = archived(service, path)
    assert result["gaps"] == [{"reason": "not_kept", "from": last, "to": at(5000).replace("Z", ".000Z")}]
    assert "1 gaps, the first one from 2025-11-01" in result.warnings_said[0]
    assert [line.get("gap_since") for line in lines(path)] == [None, None, None, last, None]
    assert archived(service, path)["gaps"] == []


def test_another_provider_is_no_gap(service: Running, path: Path) -> None:
    fill(service, *range(3))
    archived(service, path)
    okta = next(provider["id"] for provider in service.cloudflare.stored("idps") if provider["name"] == "Okta")
    write(service, entry(okta, 1, 100), entry(okta, 5000, 101))
    result = archived(service, path, providers=["Okta"])
    assert (result["appended"], result["gaps"]) == (2, [])


def test_silence_that_is_too_long_is_a_gap(service: Running, path: Path) -> None:
    fill(service, 0, 100, 5000)
    result = archived(service, path, expected_every="1h")
    first, now = result["gaps"]
    assert first == {"reason": "silence", "from": "2025-11-01T00:01:40.000Z", "to": "2025-11-01T01:23:20.000Z"}
    assert (now["reason"], now["from"]) == ("silence", "2025-11-01T01:23:20.000Z")
    assert len(archived(service, path, expected_every="1h")["gaps"]) == 1
    assert archived(service, path, expected_every="36500d")["gaps"] == []


def test_lines_that_are_no_events_are_left_alone_and_said(service: Running, path: Path) -> None:
    fill(service, 0)
    archived(service, path)
    with open(path, "ab") as file:
        file.write(b'{"timest\n\n[]\n{"timestamp": 5, "record_id": 6}\n\x00\xff\n')
    before = path.read_bytes()
    fill(service, 1)
    result = archived(service, path)
    assert "4 lines near its end that are no events" in result.warnings_said[0]
    assert path.read_bytes().startswith(before)
    assert result["appended"] == 1


def test_long_archives_are_read_from_their_end(service: Running, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = '{"timestamp":"2025-10-%02dT00:00:%02d.000Z","record_id":"old-%d","action":"user.create","status":"success"}\n'
    path.write_text("".join(old % (1 + number // 60, number % 60, number) for number in range(1500)))
    parsed: list[bytes] = []
    event = archive_file._event
    monkeypatch.setattr(archive_file, "_event", lambda line: parsed.append(line) or event(line))
    fill(service, 0)
    result = archived(service, path)
    assert (result["appended"], result["total"]) == (1, 1501)
    assert len(parsed) < 200


def test_only_one_writes_at_a_time(service: Running, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(service, 0)
    archived(service, path)
    fill(service, 1)
    other = open(path, "rb")  # noqa: SIM115, closed by the sleeper
    fcntl.flock(other, fcntl.LOCK_EX)
    monkeypatch.setattr(Clock, "sleep", lambda clock, seconds: other.close())
    assert archived(service, path)["appended"] == 1


def test_whoever_waits_too_long_gives_up(service: Running, path: Path) -> None:
    fill(service, 0)
    archived(service, path)
    with open(path, "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        result = archived(service, path, time_budget=5)
        assert result.failed
        assert "time_budget" in result["msg"]
        assert archived(service, path, check=True)["total"] == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"path": "/nowhere/scim.jsonl"}, "the folder '/nowhere' does not exist"),
        ({"path": "/"}, "is no regular file"),
        ({"path": "/dev/null"}, "is no regular file"),
        ({"overlap": "2d"}, "overlap: '2d' is out of range"),
        ({"overlap": "soon"}, "overlap: 'soon' is no length of time"),
        ({"expected_every": "2026-11-24"}, "expected_every: '2026-11-24' is no length of time"),
        ({"since": "soon"}, "since: 'soon' is no point in time"),
        ({"since": "2999-01-01"}, "since: 2999-01-01T00:00:00.000Z is in the future"),
        ({"providers": ["Entra"]}, "did you mean 'Entra ID'?"),
    ],
)
def test_mistakes(service: Running, path: Path, options: dict[str, Any], said: str) -> None:
    for check in (True, False):
        result = run(MODULE, {**service.cloudflare.options(), "path": str(path), **options}, check=check)
        assert said in result["msg"]
    assert asked(service) == []


@pytest.mark.parametrize("content", [b'{"time":"2026-11-24","msg":"create"}\n{"time":"2026-11-25"}\n', b"# notes\n\n", b"no line", b'{"a":1}'])
def test_a_file_that_is_no_archive_is_refused_and_left_alone(service: Running, path: Path, content: bytes) -> None:
    fill(service, 0)
    path.write_bytes(content)
    for check in (True, False):
        result = archived(service, path, check=check)
        assert result.failed
        assert "holds something else than an archive" in result["msg"]
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"\n", b'{"time', b'{"timestamp":"2026-11', b"\x00\x00\x00"])
def test_what_the_very_first_run_left_when_it_was_killed_is_no_other_file(service: Running, path: Path, content: bytes) -> None:
    fill(service, 0)
    path.write_bytes(content)
    assert archived(service, path)["total"] == 1


def test_links_are_not_followed(service: Running, path: Path) -> None:
    target = path.parent / "target"
    target.write_text("precious")
    path.symlink_to(target)
    fill(service, 0)
    assert "is a link" in archived(service, path)["msg"]
    assert target.read_text() == "precious"
