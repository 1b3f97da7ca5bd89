# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A day of directory_sync that is killed anywhere is finished by the next run: in the directory, and in the evidence."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox.exchange import Answer, Ending, Handler, Request
from tests.chaos.killing import AFTER, BEFORE, VICTIM, Death
from tests.integration.directory_days import BRAKES, GATE, MAPPING, RULES, Company, as_csv, row
from tests.integration.role_days import role_runs
from tests.integration.truth import stored, writes

# The sandbox may be writing an answer to the dead.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SURVIVOR = "x-survivor"  # a header by which the next run is known
FIRST, SECOND = "2026-11-29T10:00:00Z", "2026-11-30T10:00:00Z"
BEGIN = [row(1), row(2), row(3, "Sales"), row(4, "Sales")]
# One moves, one is called otherwise, one leaves, one comes, and a department, too.
THEN = [row(1, "Sales"), row(2, name="O'Connor"), row(3, "Sales", status="terminated"), row(4, "Sales"), row(5, "Design")]
OPTIONS = {"orphans": "remove"}


class Days:
    """Runs days in processes of their own."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def run(self, company: Company, rows: list[dict[str, str]], instant: str, death: Death | None = None, dies_at: str = "") -> int:
        """How the process ended. death: kills it from within the service. dies_at: a point at which it does so itself."""
        given = {name: getattr(company, name) for name in ("url", "token", "options", "connection")}
        asked = {"company": {**given, "folder": str(company.folder)}, "rows": rows, "instant": instant, "dies_at": dies_at}
        assert self._server.stdin
        assert self._server.stdout
        print(json.dumps(asked), file=self._server.stdin, flush=True)
        process = int(self._server.stdout.readline())
        if death:
            death.aim(process)
        ended = int(self._server.stdout.readline())
        if death:
            death.wait_until_it_is_quiet()
        return ended


@pytest.fixture(scope="module")
def days() -> Iterator[Days]:
    command = [sys.executable, "-m", "tests.chaos.day_processes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as server:
        yield Days(server)


def company(service: sandbox.Running, folder: Path, *, victim: bool = False, survivor: bool = False) -> Company:
    folder.mkdir(exist_ok=True)
    names = [name for name, meant in ((VICTIM, victim), (SURVIVOR, survivor)) if meant]
    headers = {"headers": dict.fromkeys(names, "it is the one")} if names else {}
    return Company(service.url, service.token, folder, OPTIONS, connection={"bulk": "never", "concurrency": 1, **headers})


def begun(service: sandbox.Running, folder: Path) -> None:
    """The first day is done, by somebody who cannot be killed."""
    assert not company(service, folder).day(BEGIN, FIRST)["failed"]
    service.reset_requests()


def portrait(service: sandbox.Running) -> list[Any]:
    """What is there, without what the service numbers."""
    by_id = {one["id"]: name for name, one in stored(service).items()}
    plain = []
    for name, one in sorted(stored(service).items()):
        members = sorted(by_id[member["value"]] for member in one.get("members") or ())
        plain.append((name, one.get("externalId"), one.get("displayName"), one.get("active"), members))
    return plain


def finished(service: sandbox.Running, folder: Path, wanted: list[Any], *, survivor: bool = False) -> None:
    """The next run ends where an undisturbed one does, and the evidence has everything, once."""
    here = company(service, folder, survivor=survivor)
    result = here.day(THEN, SECOND)
    assert not result["failed"], result["msg"]
    assert portrait(service) == wanted
    assert here.unfinished() == {}
    # Of the second day: what is done with somebody is told once.
    done = Counter((one["subject"], json.dumps(one["operations"])) for one in here.records() if one["stage"] == "done" and one["operations"])
    assert set(done.values()) == {1}
    assert {one["stage"] for one in here.records()} == {"planned", "done"}
    last = {one["subject"]: one["stage"] for one in here.records()}
    assert set(last.values()) == {"done"}
    assert {"1", "2", "3", "5", "group:dept-Design"} <= set(last)
    service.reset_requests()
    before = len(here.records())
    assert not here.day(THEN, SECOND)["changed"]
    served = [one for one in service.requests()["requests"] if one["method"] != "GET" and one["status"] is not None]  # the others are of the dead
    assert (served, len(here.records())) == ([], before)


def test_a_day_that_is_killed_at_any_write_or_between_is_finished_by_the_next(days: Days, tmp_path: Path) -> None:
    with sandbox.running() as service:
        begun(service, tmp_path / "undisturbed")
        assert not company(service, tmp_path / "undisturbed").day(THEN, SECOND)["failed"]
        wanted, number_of_writes = portrait(service), writes(service)
    assert number_of_writes >= 6
    for number, moment in [(1, BEFORE), *((number, AFTER) for number in range(1, number_of_writes + 1))]:
        folder = tmp_path / f"{number}-{moment}"
        with sandbox.running() as service:
            begun(service, folder)
            death = Death(number, moment)
            service.set_faults([], own=[death])
            assert days.run(company(service, folder, victim=True), THEN, SECOND, death) == -signal.SIGKILL
            finished(service, folder, wanted)
    for point in ("planned", "written", "read", "told"):
        with sandbox.running() as service:
            begun(service, tmp_path / point)
            assert days.run(company(service, tmp_path / point), THEN, SECOND, dies_at=point) == -signal.SIGKILL
            finished(service, tmp_path / point, wanted)


def test_what_was_planned_and_is_not_wanted_any_more_is_told_too(days: Days, tmp_path: Path) -> None:
    """The file is another one when the next run comes: who was about to be changed needs nothing, and the evidence says so."""
    with sandbox.running() as service:
        begun(service, tmp_path)
        assert days.run(company(service, tmp_path), THEN, SECOND, dies_at="planned") == -signal.SIGKILL
        here = company(service, tmp_path)
        assert {"1", "2", "3", "5"} <= set(here.unfinished())
        assert here.day(BEGIN, SECOND)["changed"] is False
        assert here.unfinished() == {}
        # Another job on the same service and with the same evidence has nothing to say about it.
        assert days.run(company(service, tmp_path), THEN, SECOND, dies_at="planned") == -signal.SIGKILL
        other = company(service, tmp_path / "other")
        other.ledger, other.options = here.evidence, {}
        waiting = set(here.unfinished())
        assert not other.day([row(9, "Sales")], SECOND)["failed"]
        assert waiting <= set(here.unfinished())


class End:
    """A layer of the sandbox that kills a playbook, the workers and the module with it, once a write of it was done.

    What the dead have sent and nobody has served yet is lost: after that, only SURVIVOR is answered.
    """

    def __init__(self, playbook: Path, number: int) -> None:
        self.playbook = playbook
        self.left = number
        self._one_by_one = threading.Lock()

    def __call__(self, request: Request, ask: Handler) -> Answer:
        with self._one_by_one:
            if SURVIVOR in request.headers:
                return ask(request)
            if self.left <= 0:
                return Answer(0, ending=Ending.DROPPED)
            answer = ask(request)
            self.left -= request.is_write
            if self.left:
                return answer
            self._kill()
        return Answer(0, ending=Ending.DROPPED)

    def _kill(self) -> None:
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError):  # many a process has ended by now
                if process.name.isdigit() and os.fsencode(self.playbook) in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)


def test_ansible_playbook_is_killed_in_the_middle_of_the_role(tmp_path: Path) -> None:
    with sandbox.running(profile="minimal") as service, sandbox.running(profile="minimal") as other:
        for each, folder in ((service, tmp_path / "killed"), (other, tmp_path / "undisturbed")):
            begun(each, folder)
        assert not company(other, tmp_path / "undisturbed").day(THEN, SECOND)["failed"]
        here = company(service, tmp_path / "killed", survivor=True)
        here.options = {**OPTIONS, "brakes": BRAKES}
        (here.folder / "people.csv").write_text(as_csv(THEN), encoding="utf-8")
        roster = {"sources": [{"path": str(here.folder / "people.csv")}], "mapping": MAPPING, "rules": RULES, "gate": GATE}
        service.set_faults([], own=[End(here.folder / "days.yml", 3)])
        assert role_runs(service, here, [{"roster": roster, "instant": SECOND}]).code == -signal.SIGKILL
        assert set(here.unfinished()) >= {"1", "2", "3", "5"}
        finished(service, here.folder, portrait(other), survivor=True)
