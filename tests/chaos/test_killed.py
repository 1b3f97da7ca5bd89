# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is killed at any of its writes is finished by the next one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.chaos.courses import COURSES, ensure, undisturbed
from tests.chaos.killing import AFTER, BEFORE, VICTIM, Death, TaskProcesses, task_processes
from tests.chaos.small_company import OPTIONS, doubles, portrait, seed

# The sandbox may be writing an answer to the dead.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TaskProcesses]:
    with task_processes(tmp_path_factory.mktemp("answers") / "answer.json") as started:
        yield started


@pytest.mark.parametrize("moment", [BEFORE, AFTER])
@pytest.mark.parametrize("course", COURSES)
def test_a_run_that_is_killed_at_a_write_is_finished_by_the_next(course: str, moment: str, processes: TaskProcesses, tmp_path: Path) -> None:
    options, profile, width = COURSES[course]
    finished, writes = undisturbed(course)
    for number in range(1, writes + 1):
        here = tmp_path / str(number)
        files = {name: str(here / name) for name in ("report_file", "unkept_file", "plan_file")}
        here.mkdir()
        death = Death(number, moment)
        with sandbox.running(profile=profile) as service:
            service.set_faults([], own=[death])
            seed(service)
            given = {"url": service.url, "token": service.token, "headers": {VICTIM: "1"}, **OPTIONS, **options, **files}
            assert processes.run(given, death) is None, f"write {number} never came"
            assert death.came
            check_the_report(here / "report_file", service, finished, width)

            second = ensure(service, {**options, **files})
            assert not second.failed, (number, second["msg"])
            assert portrait(service) == finished, number
            assert doubles(service) == []

            service.reset_requests()
            third = ensure(service, {**options, **files})
            assert (third.changed, service.requests()["writes"]) == (False, 0), number


def check_the_report(report: Path, service: sandbox.Running, finished: list[dict[str, Any]], width: int) -> None:
    """Every line that was written to its end is true, and not much is missing. finished: how everything is in the end."""
    text = report.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    assert lines[0]["run"] == "started"
    accepted = [line for line in lines if line.get("outcome") == "accepted"]
    there = {name_of(one): one for one in portrait(service)}
    for line in accepted:
        assert (line["verb"] == "delete") if line["key"] not in there else there[line["key"]] in finished, line
    assert not [line for line in lines if line.get("outcome") == "failed"]
    assert len({(line["kind"], line["key"]) for line in accepted}) == len(accepted)
    assert len(applied(service)) - len(accepted) <= width


def name_of(resource: dict[str, Any]) -> str:
    return str(resource.get("userName") or resource["displayName"])


def applied(service: sandbox.Running) -> list[str]:
    """The writes that were done: one entry for each, those within a Bulk request counted by themselves."""
    done = []
    for entry in service.requests()["requests"]:
        if entry["applied"]:
            inner = (entry["body"] or {}).get("Operations", []) if entry["path"].endswith("/Bulk") else [entry]
            done += [f"{one['method']} {one['path']}" for one in inner]
    return done


def test_nobody_is_killed_after_the_last_write(processes: TaskProcesses) -> None:
    """The machinery itself: the process does its work, and its result is the one that is compared with."""
    finished, writes = undisturbed("one by one")
    death = Death(writes + 1, BEFORE)
    with sandbox.running() as service:
        service.set_faults([], own=[death])
        seed(service)
        result = processes.run({"url": service.url, "token": service.token, "unkept_file": "", "headers": {VICTIM: "1"}, **OPTIONS, "bulk": "never"}, death)
        assert result is not None
        assert not result.get("failed"), result["msg"]
        assert (portrait(service), death.came) == (finished, False)
