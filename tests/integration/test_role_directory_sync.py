# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role directory_sync by ansible-playbook. What it does on which day is in test_directory_days.py and test_replay.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sandbox
from tests.extracts import ENTRA, ENTRA_MAPPING, ORACLE, ORACLE_MAPPING
from tests.in_process import counts, run
from tests.integration.directory_days import BRAKES, GATE, MAPPING, RULES, Company, as_csv, row
from tests.integration.role_days import role_runs
from tests.integration.truth import members, stored, writes

INSTANT = "2026-11-29T10:00:00Z"
ROSTER = {"sources": [{"path": str(ORACLE)}], "mapping": ORACLE_MAPPING, "rules": RULES}


def test_a_preview_an_approval_that_plan_and_nothing_more(tmp_path: Path) -> None:
    with sandbox.running() as service:
        here = Company(service.url, service.token, tmp_path)
        given = {"roster": ROSTER, "instant": INSTANT}
        previewed = role_runs(service, here, [given], "--check", "--diff", "-vvvv", environment={"EVIDENCE_HMAC_KEY": "key-of-the-evidence"})
        (preview,) = previewed.fact("results")
        assert not preview["failed"], preview["msg"]
        assert (preview["changed"], preview["counts"], preview["phases"]["active"]) == (True, counts(create=119), 107)
        assert (writes(service), here.evidence.exists(), preview["left_to_do"]) == (0, False, None)
        assert not any((tmp_path / name).exists() for name in ("accepted.json", "governed.json", "writes.jsonl"))
        plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
        assert (plan["digest"], len(plan["operations"])) == (preview["plan"], 119)
        assert preview["plan"] in (tmp_path / "plan.md").read_text(encoding="utf-8")
        assert service.token not in previewed.output
        assert "key-of-the-evidence" not in previewed.output

        # Somebody previews something else meanwhile: which plan was approved is said by its digest, not by the file.
        (tmp_path / "plan.json").write_text(json.dumps({**plan, "digest": "0" * 64, "operations": []}), encoding="utf-8")
        approved = {**given, "expect_plan": preview["plan"], "lifecycle_require_approval": True}
        people = {"lifecycle_requested_by": "hr@example.com", "lifecycle_approved_by": "ciso@example.com"}
        done = role_runs(service, here, [{**approved, **people}, {**given, **people}])
        assert done.code == 0, done.output
        first, second = done.fact("results")
        assert (first["changed"], first["counts"], first["left_to_do"]) == (True, counts(create=119), 0)
        assert (second["changed"], second["counts"], second["left_to_do"]) == (False, counts(unchanged=119), 0)
        changed = [task.name for task in done.tasks if task.returned.get("changed")]
        assert changed == ["Append to the evidence", "Make the accounts and memberships", "Append to the evidence"]
        assert len([one for one in stored(service).values() if "userName" in one]) == 107
        assert len(members(service, "Staff")) == 107

        stages: dict[str, list[str]] = {}
        for record in here.records():
            assert (record["requested_by"], record["approved_by"]) == ("hr@example.com", "ciso@example.com")
            stages.setdefault(record["subject"], []).append(record["stage"])
        assert len(stages) == 107 + 12 + 1  # people, groups, the run
        assert set(map(tuple, stages.values())) == {("planned", "done")}
        text = here.evidence.read_text(encoding="utf-8")
        assert "Steven" not in text
        assert "sking" not in text
        verified = run("evidence_info", {"path": str(here.evidence), "limit": 1})
        assert (verified["intact"], verified["unfinished"]) == (True, {})
        assert json.loads((tmp_path / "accepted.json").read_text(encoding="utf-8"))["rows"] == 107


def test_what_is_refused_is_on_record_and_what_a_service_only_says_is_not_believed(tmp_path: Path) -> None:
    files = {
        "people": as_csv([row(1), row(2), row(3, "Sales")]),
        "nobody": as_csv([row(1)]).splitlines()[0] + "\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")

    def roster(name: str) -> dict[str, Any]:
        return {"sources": [{"path": str(tmp_path / f"{name}.csv")}], "mapping": MAPPING, "rules": RULES, "gate": GATE}

    with sandbox.running(quirks=["write_ignored", "bulk_ignored"]) as service:
        here = Company(service.url, service.token, tmp_path, {"brakes": BRAKES, "instant": INSTANT})
        good = {"roster": roster("people")}
        refusals = {
            "duplicate_key": {"roster": {"sources": [{"path": str(ENTRA)}], "mapping": ENTRA_MAPPING, "rules": RULES}},
            "shrunken": {"roster": roster("nobody")},
            "protected": {**good, "lifecycle_protected": ["p3@*"]},
            "expect_plan": {**good, "expect_plan": "0" * 64},
            "there is no group": {**good, "create_groups": False},
            "is empty": {**good, "lifecycle_require_approval": True, "lifecycle_requested_by": "hr@example.com"},
            "who asked for this": {**good, "lifecycle_requested_by": "hr@example.com", "lifecycle_approved_by": "HR@example.com"},
        }
        ran = role_runs(service, here, [*refusals.values(), good])
        results = ran.fact("results")
        for word, result in zip(refusals, results, strict=False):
            assert result["failed"], word
            assert (result["changed"], result["counts"]) == (False, counts()), word
            assert word in result["msg"], result["msg"]
        refused = [one for one in here.records() if one["stage"] == "refused"]
        assert [one["kind"] for one in refused] == ["directory_sync"] * 7
        assert [one["requested_by"] for one in refused[5:]] == ["hr@example.com"] * 2
        assert "1521" in refused[0]["note"] or "duplicate_key" in refused[0]["note"]
        assert not any("@example.com" in one["note"] for one in refused)

        # The last run was allowed, and the service said that everything was done.
        lied = results[-1]
        assert lied["failed"]
        assert lied["left_to_do"] == 6
        assert {(one["subject"], one["verdicts"]["account"]["verdict"]) for one in here.records() if one["stage"] == "failed" and one["kind"] == "joiner"} == {
            ("1", "unproven"),
            ("2", "unproven"),
            ("3", "unproven"),
        }
        assert not (tmp_path / "accepted.json").exists()
        assert set(stored(service)) == set()

        service.set_quirks([])
        finished = here.day(files["people"], INSTANT)
        assert not finished["failed"], finished["msg"]
        assert {subject: stage for subject, dummy, stage in here.told()} == dict.fromkeys(
            ("1", "2", "3", "group:Staff", "group:dept-Engines", "group:dept-Sales"), "done"
        )
        assert here.unfinished() == {}
