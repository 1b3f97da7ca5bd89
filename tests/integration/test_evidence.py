# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""evidence and evidence_info: what was done is on record once, whoever runs at the same time or is killed, and no change goes unseen."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils import evidence_options
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock
from ansible_collections.identityops.lifecycle.plugins.module_utils.ledger import file as ledger_file

from tests.in_process import Result, run
from tests.integration.playbook import ROOT

KEY = "correct horse battery staple"
LEFT = "2026-11-24T09:00:00Z"
ODD = [
    "O'Connor",
    "von der Leyen",
    "M\u00fcller",
    "Mu\u0308ller",
    "\u0130stanbul \u0131",
    "\u05d0\u05d1\u05d2 \u202egnp",
    "x" * 200,
    "\U0001f469\u200d\U0001f4bb",
    "{{ lookup('pipe','id') }}",
    '"},"subject":"1',
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evidence" / "evidence.jsonl"


def leaver(subject: str = "1815", stage: str = "done", **fields: Any) -> dict[str, Any]:
    operations = [] if stage == "planned" else [{"plane": "account", "verb": "deactivate", "id": "7", "what": "active"}]
    verdicts = {} if stage == "planned" else {"account": {"verdict": "proven", "why": "it is inactive"}}
    times = {"left_at": LEFT, "proven_at": "2026-11-24T11:00:00Z"}
    return {"kind": "leaver", "stage": stage, "subject": subject, "operations": operations, "verdicts": verdicts, "times": times, **fields}


def appended(path: Path, *records: dict[str, Any], **options: Any) -> Result:
    how = {name: options.pop(name) for name in ("check", "diff", "environment") if name in options}
    return run("evidence", {"path": str(path), "records": list(records), **options}, **how)


def examined(path: Path, **options: Any) -> Result:
    how = {name: options.pop(name) for name in ("environment",) if name in options}
    return run("evidence_info", {"path": str(path), **options}, **how)


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_check_run_and_run_again(path: Path) -> None:
    who = {"run": {"id": "107", "by": "ops"}, "requested_by": "hr", "approved_by": "sec"}
    records = [leaver(stage="planned"), leaver()]
    foreseen = appended(path, *records, check=True, **who)
    assert (foreseen.changed, foreseen["appended"], foreseen["anchor"]) == (True, 2, "")
    assert not path.parent.exists()
    first = appended(path, *records, diff=True, **who)
    assert (first.changed, first["appended"], first["already_there"]) == (True, 2, 0)
    assert first["diff"]["before"] == {"records": 0}
    assert (first["diff"]["after"]["records"], [one["stage"] for one in first["diff"]["after"]["new"]]) == (2, ["planned", "done"])
    assert first["anchor"] == f"2:{first['head']['digest']}"
    again = {**leaver(), "operations": [], "times": {"left_at": LEFT, "proven_at": "2026-11-25T00:00:00Z"}}
    for check in (True, False):
        second = appended(path, again, check=check)
        assert (second.changed, second["already_there"], second["anchor"]) == (False, 1, first["anchor"])
    assert [(entry["number"], entry["run"], entry["approved_by"]) for entry in entries(path)] == [(1, who["run"], "sec"), (2, who["run"], "sec")]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert examined(path, anchor=first["anchor"])["intact"]


def test_names_that_break_things_are_kept_as_they_are(path: Path) -> None:
    result = appended(path, *(leaver(name, asked={name: [name]}, note=name) for name in ODD))
    assert result["appended"] == len(ODD)
    assert not appended(path, *(leaver(name, asked={name: [name]}, note=name) for name in ODD[-1:])).changed
    assert [(entry["subject"], entry["asked"], entry["note"]) for entry in entries(path)] == [(name, {name: [name]}, name) for name in ODD]
    for name in ODD:
        [record] = examined(path, subject=[name])["records"]
        assert record["subject"] == name


def test_what_is_refused_is_refused_before_anything_is_made(path: Path) -> None:
    for options, said in [
        ({"approved_by": "Ada ", "requested_by": "ada"}, "somebody else has to approve"),
        ({"require_approval": True, "requested_by": "ada"}, "approved_by is empty"),
        ({"records": [leaver(), leaver(asked={"api_token": "hunter2"})]}, "records[1].asked.api_token looks like a secret"),
        ({"records": [leaver(subjekt="x")]}, "did you mean subject?"),
        ({"records": [leaver(note="x" * 100_000)]}, "100,000"),
        ({"run": {"id": "x" * 2000}}, "run.id has 2,000 characters"),
        ({"hmac_key": "short"}, "hmac_key: the key has 5 bytes"),
        ({"hmac_key": KEY, "signing_key_file": "/nowhere"}, "choose one way to sign"),
        ({"signing_key_file": "/nowhere"}, "signing_key_file: '/nowhere' cannot be read"),
        ({"wait": -1}, "wait: -1 is out of range"),
    ]:
        for check in (True, False):
            result = run("evidence", {"path": str(path), "records": [leaver()], **options}, check=check)
            assert result.failed
            assert not result.changed
            assert said in result["msg"]
            assert "hunter2" not in result["msg"]
    assert not path.parent.exists()
    assert appended(path, leaver(), require_approval=True, requested_by="ada", approved_by="grace").changed


def _append_many(path: Path, writer: int, start: Any) -> None:
    evidence_options._PAUSE = 0.001
    start.wait()
    for number in range(12):
        result = appended(path, leaver(f"{writer}-{number}", "planned"), leaver(f"{writer}-{number}"))
        if result.failed or result["appended"] != 2:
            os._exit(1)
    os._exit(0)


def in_processes(count: int, target: Callable[..., None], *arguments: Any) -> list[int | None]:
    """The exit codes of processes that begin at the same time."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(count)
    processes = [context.Process(target=target, args=(*arguments, number, start)) for number in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def test_processes_that_append_at_the_same_time_make_one_chain(path: Path) -> None:
    assert in_processes(4, _append_many, path) == [0] * 4
    result = examined(path, limit=0)
    assert (result["intact"], result["total"], result["head"]["number"]) == (True, 96, 96)
    assert {(one["subject"], one["stage"]) for one in result["records"]} == {
        (f"{writer}-{number}", stage) for writer in range(4) for number in range(12) for stage in ("planned", "done")
    }
    subjects = [one["subject"] for one in result["records"]]
    assert subjects[::2] == subjects[1::2]  # both records of a task stand together
    assert len({subject.partition("-")[0] for subject in subjects[:48]}) > 1  # they did append at the same time


def _killed_amid_its_write(path: Path, number: int, start: Any) -> None:
    def half(handle: int, content: bytes) -> None:
        os.write(handle, content[: len(content) * 3 // 4])
        os.kill(os.getpid(), signal.SIGKILL)

    ledger_file.write_all = half
    appended(path, leaver("2", "planned"), leaver("2"))


def test_a_task_that_is_killed_amid_its_write(path: Path) -> None:
    appended(path, leaver("1"))
    whole = path.read_bytes()
    assert in_processes(1, _killed_amid_its_write, path) == [-signal.SIGKILL]
    torn = path.read_bytes().rpartition(b"\n")[2]
    assert torn
    found = examined(path)
    assert found.failed
    assert (found["problem_count"], found["problems"][0]["problem"]) == (1, "torn")
    before = path.read_bytes()
    foreseen = appended(path, leaver("2"), check=True)
    assert (foreseen["appended"], foreseen["mended"]["bytes"]) == (1, len(torn))
    assert path.read_bytes() == before
    result = appended(path, leaver("2", "planned"), leaver("2"))
    assert (result["appended"], result["already_there"]) == (1, 1)  # the first of the two had been written
    assert "ended in a torn line" in result.warnings_said[0]
    assert Path(f"{path}.torn").read_bytes() == torn + b"\n"
    assert [(one["subject"], one["stage"]) for one in entries(path)] == [("1", "done"), ("2", "planned"), ("2", "done")]
    assert entries(path)[2]["mended"] == result["mended"]
    assert path.read_bytes().startswith(whole)
    assert examined(path)["mended"] == 1


def test_a_torn_line_is_told_even_if_there_is_nothing_else_to_tell(path: Path) -> None:
    appended(path, leaver())
    with open(path, "ab") as file:
        file.write(b'{"approved_by":')
    result = appended(path, leaver())
    assert (result["appended"], result["already_there"], result.changed) == (1, 1, True)
    assert (entries(path)[1]["subject"], entries(path)[1]["mended"]["bytes"]) == ("ledger", 15)
    assert not appended(path, leaver()).changed


def test_a_line_that_lacks_its_end_only_is_kept(path: Path) -> None:
    appended(path, leaver("1"), leaver("2"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    result = appended(path, leaver("2"))
    assert (result.changed, result["appended"], result["head"]["number"]) == (True, 0, 2)
    assert "had no end" in result.warnings_said[0]
    assert path.read_bytes() == whole


def test_a_clock_that_is_set_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    appended(path, leaver("1"))
    past = datetime.now(timezone.utc) - timedelta(hours=1)
    monkeypatch.setattr(Clock, "today", lambda clock: past)
    result = appended(path, leaver("2"))
    assert "the clock of this host shows" in result.warnings_said[0]
    first, second = entries(path)
    assert second["at"] == first["at"] > second["clock"]
    assert examined(path)["intact"]


def test_a_file_that_others_can_write_to_is_told(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.touch()
    for mode, told in ((0o644, False), (0o664, True), (0o602, True)):
        path.chmod(mode)
        said = appended(path, leaver(f"{mode}")).warnings_said
        assert [f"can be written by others (mode 0{mode:o})" in warning for warning in said] == [True] * told


def test_whoever_waits_too_long_gives_up(path: Path) -> None:
    appended(path, leaver("1"))
    with ledger_file.LedgerFile(str(path), write=True, wait=lambda: None):
        for result in (appended(path, leaver("2"), wait=0), examined(path, wait=0)):
            assert result.failed
            assert "somebody else has been writing" in result["msg"]


def test_a_broken_chain_is_not_continued(path: Path) -> None:
    appended(path, leaver("1"), leaver("2"))
    path.write_bytes(path.read_bytes().replace(b'"subject":"2"', b'"subject":"3"'))
    result = appended(path, leaver("4"))
    assert re.search(r"its last line \(2\) was altered.*nothing was appended.*evidence_info", result["msg"])
    found = examined(path)
    assert "line 2: record 2 was altered" in found["msg"]
    assert found["problems"][0]["line"] == 2
    assert [record["subject"] for record in found["records"]] == ["1", "3"]
    reported = examined(path, on_problem="report")
    assert (reported.failed, reported["intact"], reported["problem_count"]) == (False, False, 1)


def test_records_that_are_missing_at_the_end_show_with_the_anchor(path: Path) -> None:
    appended(path, leaver("1"))
    anchor = appended(path, leaver("2"))["anchor"]
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert examined(path)["intact"]
    assert "record 2 of the anchor is missing" in examined(path, anchor=anchor)["msg"]
    assert "anchor: 'x' is none" in examined(path, anchor="x")["msg"]


def test_signed_with_a_secret(path: Path, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(f"{KEY}\n")
    key_file.chmod(0o600)
    results = [
        appended(path, leaver("1"), hmac_key=KEY),
        appended(path, leaver("2"), hmac_key_file=str(key_file), environment={"EVIDENCE_HMAC_KEY": "another key of the environment"}),
        appended(path, leaver("3"), environment={"EVIDENCE_HMAC_KEY": KEY, "EVIDENCE_SIGNING_KEY_FILE": ""}),
    ]
    results += [examined(path, hmac_key=KEY), examined(path, hmac_key_file=str(key_file)), examined(path, environment={"EVIDENCE_HMAC_KEY": KEY})]
    assert [result.get("signatures_verified") for result in results] == [None] * 3 + [3] * 3
    assert KEY not in "".join(result.output for result in results) + path.read_text()
    assert (examined(path)["signed"], examined(path)["signatures_verified"]) == (3, 0)
    appended(path, leaver("4"))
    assert "record 4 is not signed" in examined(path, hmac_key=KEY)["msg"]
    assert examined(path, hmac_key="another key of somebody")["problem_count"] == 4


def test_signed_with_a_pair_of_keys_of_openssl(path: Path, tmp_path: Path) -> None:
    private, public = tmp_path / "key", tmp_path / "key.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(private)], check=True)
    subprocess.run(["openssl", "pkey", "-in", str(private), "-pubout", "-out", str(public)], check=True)
    private.chmod(0o600)
    environment = {"EVIDENCE_SIGNING_KEY_FILE": str(private), "EVIDENCE_PUBLIC_KEY_FILE": str(public)}
    assert appended(path, leaver("1"), environment=environment).changed
    assert examined(path, environment=environment)["signatures_verified"] == 1
    assert examined(path, public_key_file=str(public))["signatures_verified"] == 1
    assert "choose one way" in appended(path, leaver("2"), environment={**environment, "EVIDENCE_HMAC_KEY": KEY})["msg"]
    appended(path, leaver("2"), hmac_key=KEY, environment=environment)  # a key that the task gives beats the environment's
    assert entries(path)[1]["signature"]["algorithm"] == "hmac-sha256"
    assert examined(path, hmac_key=KEY, public_key_file=str(public))["signatures_verified"] == 2


def test_questions(path: Path) -> None:
    for number in range(5):
        appended(path, leaver(str(number)), leaver(str(number), kind="mover", stage="failed"), run={"id": f"r{number}", "by": "ops"})
    assert [one["number"] for one in examined(path, limit=3)["records"]] == [8, 9, 10]
    found = examined(path, kind=["mover"], limit=2)
    assert ([one["subject"] for one in found["records"]], found["matched"], found["truncated"]) == (["3", "4"], 5, True)
    assert [one["kind"] for one in examined(path, run="r2", by="ops")["records"]] == ["leaver", "mover"]
    at = entries(path)[4]["at"]
    assert len(examined(path, since=at)["records"]) == 6
    assert len(examined(path, until=at)["records"]) == 4
    assert examined(path, subject=["1"], query="[].[kind, run.id]")["result"] == [["leaver", "r1"], ["mover", "r1"]]
    for options, said in [
        ({"since": "soon"}, "since: 'soon'"),
        ({"since": "-1h", "until": "-2h"}, "since is later than until"),
        ({"limit": -1}, "limit: -1"),
        ({"query": "[?"}, "query: '[?' is not"),
        ({"people": [], "sla": "soon"}, "sla: 'soon' is no length of time"),
        ({"people": [], "sla": ""}, "sla is empty"),
        ({"people": [], "instant": "soon"}, "instant: 'soon'"),
        ({"path": f"{path}x"}, "there is no file"),
    ]:
        assert said in run("evidence_info", {"path": str(path), **options})["msg"]


def test_everybody_who_left_is_on_record(path: Path) -> None:
    person = {"phase": "left", "left_at": LEFT, "user": {"external_id": "1815", "user_name": "ada@example.com"}, "key": "1815"}
    people = [person, {**person, "phase": "active", "user": {"external_id": "7"}}, {"subject": "2", "left_at": LEFT}]
    appended(path, leaver())
    early = examined(path, people=people, instant="2026-11-24T12:00:00Z")
    assert (early["complete"], early["counts"]["due"]) == (True, 1)
    late = examined(path, people=people, instant="2026-11-26T12:00:00Z")
    assert (late["complete"], late["gap_count"], [gap["subject"] for gap in late["gaps"]]) == (False, 1, ["2"])
    assert late["people"][0] == {**late["people"][0], "verdict": "complete", "delay": 7200.0, "records": [1]}
    assert examined(path, people=people, sla="1h")["counts"] == {"complete": 0, "late": 1, "unproven": 0, "missing": 1, "due": 0}


def test_a_result_is_never_too_long_for_awx(path: Path) -> None:
    appended(path, *(leaver(str(number), note="x" * 90_000) for number in range(10)))
    result = examined(path, people=[{"subject": f"missing {number}", "left_at": LEFT} for number in range(5000)], limit=0)
    assert len(result.output) < 700_000
    assert (result["gap_count"], result["counts"]["missing"], result["truncated"]) == (5000, 5000, True)
    assert len(result["unfinished"]) == 5000
    assert [said.partition(" are returned")[0].rpartition(" ")[2] for said in result.warnings_said] == ["gaps", "people", "records"]


def test_the_program_of_the_guide_verifies_with_nothing_of_ours(path: Path) -> None:
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    [program] = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    anchor = appended(path, *(leaver(name) for name in ODD), hmac_key=KEY)["anchor"]

    def said() -> str:
        return subprocess.run([sys.executable, "-I", "-c", program, str(path)], capture_output=True, text=True, check=False).stdout.strip()

    assert said() == anchor
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for number, changed in (
        (1, whole.replace(b"inactive", b"inactiv3", 1)),
        (1, b"".join(lines[1:])),
        (2, b"".join([lines[0], *lines[2:]])),
        (len(lines) + 1, b"".join([*lines, lines[-1]])),
        (len(lines), whole[:-100]),
        (1, b"[]\n"),
    ):
        path.write_bytes(changed)
        assert said() == f"line {number} does not fit"
    path.write_bytes(b"")
    assert said() == "there is no line"
