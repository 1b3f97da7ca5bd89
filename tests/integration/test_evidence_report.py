# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module evidence_report: from a ledger to files, the same bytes every time, and loud where the ledger is not what was written."""

from __future__ import annotations

import csv
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.tests import in_process
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.evidence_report.ledgers import (
    HOSTILE,
    NAMES,
    at,
    company,
    leaver,
    ledger,
    person,
)


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    path = ledger(tmp_path / "evidence.jsonl", company())
    return {"path": str(path), "html": str(tmp_path / "report.html"), "csv": str(tmp_path / "report.csv")}


def run(options: dict[str, Any], **how: Any) -> in_process.Result:
    return in_process.run("evidence_report", options, diff=True, **how)


def table(options: dict[str, Any]) -> list[dict[str, str]]:
    with open(options["csv"], newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_check_mode_predicts_the_run_makes_it_and_a_second_run_changes_nothing(options: dict[str, Any], tmp_path: Path) -> None:
    predicted = run(options, check=True)
    assert (predicted.changed, sorted(os.listdir(tmp_path))) == (True, ["evidence.jsonl"])
    first = run(options)
    assert (first.changed, sorted(os.listdir(tmp_path))) == (True, ["evidence.jsonl", "report.csv", "report.html"])
    assert (first["html"], first["csv"], first["diff"]) == (predicted["html"], predicted["csv"], predicted["diff"])
    before = {name: (Path(options[name]).read_bytes(), os.stat(options[name]).st_ino) for name in ("html", "csv")}
    for again in (run(options), run(options, check=True)):
        assert (again.changed, again["diff"]) == (False, [])
    assert before == {name: (Path(options[name]).read_bytes(), os.stat(options[name]).st_ino) for name in ("html", "csv")}
    assert {stat.S_IMODE(os.stat(options[name]).st_mode) for name in ("html", "csv")} == {0o600}
    assert run({**options, "mode": "0640"}).changed
    assert stat.S_IMODE(os.stat(options["html"]).st_mode) == 0o640


def test_no_name_is_in_the_result(options: dict[str, Any]) -> None:
    result = run({**options, "names": NAMES, "people": [person("ghost", left_at=at(900))]})
    assert "ghost" in result["report"]["unproven"]
    page = Path(options["html"]).read_text(encoding="utf-8")
    assert "Ada Lovelace" in page
    assert "Lovelace" not in str({name: value for name, value in result.items() if name != "invocation"})
    assert "{{" not in page


def test_the_table_has_every_record_and_the_sample_can_be_drawn_from_it(options: dict[str, Any]) -> None:
    result = run(options)
    rows = table(options)
    assert len(rows) == result["rows"]
    assert {int(row["number"]) for row in rows} == set(range(1, result["report"]["chain"]["records"] + 1))
    leavings = {(row["subject"], int(row["leaving"])) for row in rows if row["leaving"]}
    assert len(leavings) == result["report"]["counts"]["leavers"]
    assert {(one["subject"], one["number"]) for one in result["report"]["sample"]} <= leavings
    assert Path(options["csv"]).read_bytes().startswith(b"\xef\xbb\xbfnumber,at,")


def test_of_a_quarter_the_table_has_the_leavings_that_belong_to_it(options: dict[str, Any]) -> None:
    result = run({**options, "since": "2026-10-01T00:00:00Z", "until": "2026-11-01T00:00:00Z"})
    leavings = {row["leaving"] for row in table(options) if row["leaving"]}
    assert len(leavings) == result["report"]["counts"]["leavers"] == 16


def test_a_ledger_that_was_altered_is_reported_and_the_task_fails(options: dict[str, Any]) -> None:
    run(options)
    path = Path(options["path"])
    path.write_bytes(path.read_bytes().replace(b'"verdict":"unproven"', b'"verdict":"proven"', 1))
    result = run(options)
    assert (result.failed, result.changed) == (True, True)
    assert "is broken" in result["msg"]
    assert result["report"]["chain"]["intact"] is False
    page = Path(options["html"]).read_text(encoding="utf-8")
    assert "do not rely on what it says" in page
    again = run(options)
    assert (again.failed, again.changed) == (True, False)


def test_what_was_cut_off_shows_with_an_anchor_and_what_is_no_record_breaks_nothing_else(options: dict[str, Any]) -> None:
    head = in_process.run("evidence_info", {"path": options["path"], "limit": 1})["anchor"]
    assert not run({**options, "anchor": head}).failed
    assert "The anchor that was kept elsewhere stands in the chain" in Path(options["html"]).read_text(encoding="utf-8")
    path = Path(options["path"])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-2]))
    assert not run(options).failed
    assert run({**options, "anchor": head}).failed
    path.write_bytes(b"".join([*lines[:5], b'{"approved_by":"x"}\n', b"\xff\x00\n", *lines[5:], b"torn"]))
    result = run(options)
    assert (result.failed, result["report"]["chain"]["problems_count"]) == (True, 4)
    assert result["report"]["counts"]["joiners"] == 60


def test_texts_of_attackers_are_texts(tmp_path: Path) -> None:
    path = ledger(tmp_path / "l", [leaver(50, HOSTILE, 0, "account", note="=cmd|' /C calc'!A0", requested_by="@x", approved_by="\u202eboss")])
    options = {"path": str(path), "html": str(tmp_path / "h"), "csv": str(tmp_path / "c"), "names": {HOSTILE: "=1+1"}, "title": HOSTILE}
    assert not run(options).failed
    page = Path(options["html"]).read_text(encoding="utf-8")
    assert "<script" not in page
    assert "\u202e" not in page
    (row, *dummy) = table(options)
    assert (row["name"], row["note"], row["requested_by"]) == ("'=1+1", "'=cmd|' /C calc'!A0", "'@x")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"html": None, "csv": None}, "neither html nor csv is set"),
        ({"csv": "evidence.jsonl"}, "csv: .* is the file of the option path"),
        ({"csv": "report.html"}, "csv: .* is the file of the option html"),
        ({"html": "none/report.html"}, "html: .*the folder .* does not exist"),
        ({"html": "."}, "html: .*it is a folder"),
        ({"html": "link"}, "html: .*it is a link"),
        ({"path": "none"}, "path: there is no file"),
        ({"mode": "rw"}, "mode is 'rw'"),
        ({"anchor": "x"}, "anchor"),
        ({"sla": "soon"}, "sla"),
        ({"people": [{"name": "x"}]}, r"people\[0\]"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_written(options: dict[str, Any], tmp_path: Path, change: dict[str, Any], said: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "other")
    before = {name: os.lstat(tmp_path / name).st_mtime_ns for name in os.listdir(tmp_path)}
    placed = {name: str(tmp_path / value) if name in ("html", "csv", "path") and value else value for name, value in change.items()}
    result = run({**options, **placed})
    assert result.failed
    assert re.search(said, result["msg"]), result["msg"]
    assert before == {name: os.lstat(tmp_path / name).st_mtime_ns for name in os.listdir(tmp_path)}
