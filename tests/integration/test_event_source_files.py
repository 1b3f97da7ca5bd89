# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source on log files, the script that it is, and its documentation."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.event_source import FILE, ROOT, SOURCE, ago, engine, in_time, until

LINE = "timestamp=2026-11-24T10:00:{:02d}Z SCIM_FAILURE action=user.create user={} status=409 detail=uniqueness\n"


def line(user: str, second: int = 0) -> str:
    return LINE.format(second, user)


def args(file: Path, **given: Any) -> dict[str, Any]:
    return {"source": "file", "path": [str(file)], "interval": 0.005, "cursor_file": str(file.parent / "cursor.json"), **given}


def write(path: Path, *lines: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(lines)


async def at_the_end(path: Path) -> None:
    """Return when the source has found the end of the file that was there at its start."""
    cursor = path.parent / "cursor.json"
    await until(lambda: cursor.exists() and any(at["cursor"] for at in json.loads(cursor.read_text())["streams"].values()))


def test_what_is_appended_comes_and_what_was_there_does_not(tmp_path):
    log = tmp_path / "scim.log"
    write(log, line("old@example.com"))

    async def test() -> None:
        async with engine(args(log)) as source:
            await at_the_end(log)
            write(log, line("ada@example.com"))
            event = await source.event()
        assert event["user"] == "ada@example.com"
        assert event["action"] == "user.create"
        assert event["status"] == "failure"
        assert event["timestamp"] == "2026-11-24T10:00:00.000Z"

    in_time(test())


def test_since_says_how_much_of_what_was_there_is_wanted(tmp_path):
    log = tmp_path / "scim.log"
    write(log, *(line(f"{second}@example.com", second) for second in range(5)))

    async def test() -> None:
        async with engine(args(log, since="2026-11-24T10:00:03Z")) as source:
            assert [(await source.event())["user"] for _turn in range(2)] == ["3@example.com", "4@example.com"]

    in_time(test())


@pytest.mark.parametrize("packed", [False, True])
def test_nothing_is_lost_when_files_are_rotated_while_the_source_is_down(tmp_path, packed):
    log = tmp_path / "scim.log"
    write(log, line("old@example.com"))

    async def test() -> None:
        async with engine(args(log), feedback=True) as source:
            await at_the_end(log)
            write(log, line("a@example.com", 1), line("b@example.com", 2))
            assert (await source.taken())["user"] == "a@example.com"
            given = await source.event()
        write(log, line("c@example.com", 3))
        log.rename(tmp_path / "scim.log.1")
        if packed:
            with gzip.open(tmp_path / "scim.log.1.gz", "wb") as to, (tmp_path / "scim.log.1").open("rb") as read:
                shutil.copyfileobj(read, to)
            (tmp_path / "scim.log.1").unlink()
        write(log, line("d@example.com", 4))
        async with engine(args(log), feedback=True) as source:
            again = await source.taken()
            assert again["meta"]["uuid"] == given["meta"]["uuid"]
            seen = [again, await source.taken(), await source.taken()]
            assert [event["user"] for event in seen] == ["b@example.com", "c@example.com", "d@example.com"]

    in_time(test())


def test_equal_lines_are_events_of_their_own_in_one_read_and_in_two(tmp_path):
    log = tmp_path / "scim.log"

    async def test() -> None:
        log.touch()
        async with engine(args(log), feedback=True) as source:
            await at_the_end(log)
            write(log, line("ada@example.com"), line("ada@example.com"))
            seen = [await source.taken(), await source.taken()]
            write(log, line("ada@example.com"))
            seen.append(await source.taken())
        assert len({event["meta"]["uuid"] for event in seen}) == 3

    in_time(test())


def test_a_failure_from_the_future_does_not_silence_the_alarm(tmp_path):
    log = tmp_path / "scim.log"
    write(log, "timestamp=2199-01-01T00:00:00Z SCIM_FAILURE action=user.create user=future@example.com\n")

    async def test() -> None:
        async with engine(args(log, since="2026-01-01T00:00:00Z", alarm_failures=3, alarm_within=600)) as source:
            seen = [await source.event()]
            write(log, *(f"timestamp={ago(seconds=5)} SCIM_FAILURE action=user.create user={name}@example.com\n" for name in "ab"))
            seen += [await source.event(), await source.event()]
        assert [event["failures_within"] for event in seen] == [1, 2, 3]
        assert seen[-1]["alarm"] is True

    in_time(test())


def test_lines_without_a_time_keep_their_uuid_when_the_file_grows(tmp_path):
    log = tmp_path / "scim.log"
    log.touch()

    async def test() -> None:
        async with engine(args(log), feedback=True) as source:
            await at_the_end(log)
            write(log, "SCIM_FAILURE action=user.create user=ada@example.com\n")
            given = await source.event()
        os.utime(log, (2_000_000_000, 2_000_000_000))
        async with engine(args(log), feedback=True) as source:
            again = await source.event()
            assert again["meta"] == given["meta"]
            assert again["timestamp"] == "2033-05-18T03:33:20.000Z"

    in_time(test())


def test_what_nobody_understands_is_counted_and_said(tmp_path, caplog):
    log = tmp_path / "scim.log"
    log.touch()

    async def test() -> None:
        async with engine(args(log, report_errors=True)) as source:
            await at_the_end(log)
            log.write_bytes(b"\xff\x00 nonsense {{ 7 }}\n" + b'{"truncated": \n' + line("ada@example.com").encode())
            seen = [await source.event(), await source.event()]
        assert any("2 entries were not understood" in event.get("source_error", "") for event in seen)
        assert "ada@example.com" in {event.get("user") for event in seen}

    in_time(test())


def test_a_file_that_is_not_there_yet_is_said_once_and_followed_later(tmp_path, caplog):
    log, other = tmp_path / "scim.log", tmp_path / "other.log"
    write(other, line("old@example.com"))

    async def test() -> None:
        given = args(log, path=[str(log), str(other)])
        async with engine(given) as source:
            cursor = tmp_path / "cursor.json"
            await until(lambda: cursor.exists() and all(at["cursor"] for at in json.loads(cursor.read_text())["streams"].values()))
            write(other, line("ada@example.com"))
            assert (await source.event())["user"] == "ada@example.com"
            write(log, line("bob@example.com"))
            assert (await source.event())["user"] == "bob@example.com"

    in_time(test())
    assert caplog.text.count("there is no such file") == 1


def test_many_lines_come_in_batches(tmp_path):
    log = tmp_path / "scim.log"
    write(log, *(line(f"{number}@example.com", number % 60) for number in range(2_500)))

    async def test() -> None:
        async with engine(args(log, since="2026-01-01")) as source:
            assert [(await source.event())["user"] for _turn in range(2_500)] == [f"{n}@example.com" for n in range(2_500)]
            write(log, line("last@example.com"))
            assert (await source.event())["user"] == "last@example.com"

    in_time(test())


def test_the_script_shows_events_and_finds_the_collection_wherever_another_one_is(tmp_path):
    """The package ansible brings an ansible_collections that is a regular package."""
    (tmp_path / "site" / "ansible_collections").mkdir(parents=True)
    (tmp_path / "site" / "ansible_collections" / "__init__.py").touch()
    log = tmp_path / "scim.log"
    write(log, line("ada@example.com"))
    given = json.dumps(args(log, since="2026-01-01"))
    running = subprocess.Popen(
        [sys.executable, "-u", FILE, given],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "site")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["user"] == "ada@example.com"
    finally:
        running.kill()
        running.communicate()


def test_the_documentation_says_what_the_options_are():
    documented = yaml.safe_load(SOURCE["DOCUMENTATION"])["options"]
    spec = SOURCE["SPEC"]
    assert set(documented) == set(spec)
    for name, option in spec.items():
        told = documented[name]
        assert told["type"] == option["type"], name
        assert told.get("elements") == option.get("elements"), name
        assert told.get("choices") == option.get("choices"), name
        assert told.get("default") == option.get("default"), name
        assert bool(told.get("required")) == bool(option.get("required")), name


def test_the_examples_are_rulebooks_whose_options_and_playbooks_are_known():
    for name in re.findall(r"identityops\.lifecycle\.(\w+)$", SOURCE["EXAMPLES"], re.MULTILINE):
        assert (ROOT / "playbooks" / f"{name}.yml").exists(), name
    for ruleset in yaml.safe_load(SOURCE["EXAMPLES"]):
        for source in ruleset["sources"]:
            assert set(source["identityops.lifecycle.scim_logs"]) <= set(SOURCE["SPEC"])
            assert set(source) == {"name", "identityops.lifecycle.scim_logs"}


def test_the_guide_names_what_exists():
    guide = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL):
        content = yaml.safe_load(text)
        for ruleset in content if isinstance(content, list) else []:
            for source in ruleset["sources"]:
                assert set(source["identityops.lifecycle.scim_logs"]) <= set(SOURCE["SPEC"])
    rulebooks = {file.stem: file.read_text(encoding="utf-8") for file in (ROOT / "extensions" / "eda" / "rulebooks").glob("*.yml")}
    for name in set(re.findall(r"\b(?:leaver_reappeared|sync_failing)_\w+|report_event_file", guide)) - {"sync_failing_"}:
        assert any(f"{name} " in text or f"{name} }}}}" in text for text in rulebooks.values()), name
    assert {f"identityops.lifecycle.{name}" for name in rulebooks} <= set(re.findall(r"identityops\.lifecycle\.\w+", guide))


def test_the_rulebooks_use_options_that_exist_and_playbooks_that_exist():
    for file in (ROOT / "extensions" / "eda" / "rulebooks").glob("*.yml"):
        (ruleset,) = yaml.safe_load(file.read_text(encoding="utf-8"))
        (source,) = ruleset["sources"]
        assert set(source["identityops.lifecycle.scim_logs"]) <= set(SOURCE["SPEC"])
        assert source["identityops.lifecycle.scim_logs"]["feedback"] is True
        assert "identityops.lifecycle.report_event" in file.read_text(encoding="utf-8")
    assert (ROOT / "playbooks" / "report_event.yml").exists()
