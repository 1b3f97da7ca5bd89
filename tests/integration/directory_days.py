# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role directory_sync does on a day, with its filters and modules in this process: a day takes a fraction of a second.

That the role does the same is what test_role_directory_sync.py and test_replay.py show, with days that are run by both.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.identityops.lifecycle.plugins.filter.carry_out import (
    carry_out_outcome,
    plan_groups_refused,
    plan_records,
)
from ansible_collections.identityops.lifecycle.plugins.filter.directory_sync import directory_sync_wish
from ansible_collections.identityops.lifecycle.plugins.filter.roster import roster_select

from tests.in_process import Result, run

MAPPING = {
    "person_id": "id",
    "user_name": "login",
    "display_name": "name",
    "department": "department",
    "start_date": {"column": "start", "optional": True},
    "last_day": {"column": "last_day", "optional": True},
    "time_zone": {"column": "zone", "optional": True},
    "status": {"column": "status", "optional": True, "default": "active"},
}
RULES = [{"name": "everybody", "groups": ["Staff"]}, {"name": "departments", "groups": [{"from": "department", "prefix": "dept-"}]}]
# Small companies change much at once.
GATE = {"stale": "off", "first_run": "off", "unchanged": "off", "stale_status": "off", **dict.fromkeys(("phase_share", "leaving_share", "disappeared"), "off")}
BRAKES = {
    **{name: {"number": 100, "percent": 100} for name in ("deactivations", "membership_removals", "membership_removals_per_group", "changes")},
    "least_members": 0,
}


def as_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """Rows as a file of people; what a row lacks is empty."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(column for row in rows for column in row)), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def row(number: int | str, department: str = "Engines", **columns: str) -> dict[str, str]:
    """A person; the columns that every file has are there in any case."""
    whole = {"id": str(number), "login": f"p{number}@example.com", "name": f"Person {number}", "department": department, "start": "2020-01-01"}
    return {**whole, "last_day": "", "zone": "", "status": "active", **columns}


@dataclass
class Company:
    """A service, a folder with what is remembered, and the options of the role without ``directory_sync_``."""

    url: str
    token: str
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    mapping: Mapping[str, Any] = field(default_factory=lambda: MAPPING)
    rules: list[dict[str, Any]] = field(default_factory=lambda: RULES)
    gate: Mapping[str, Any] = field(default_factory=lambda: GATE)
    ledger: Path | None = None  # the evidence, if it is not in the folder
    connection: Mapping[str, Any] = field(default_factory=dict)  # further options of the connection
    reached: Callable[[str], None] = lambda point: None  # is told how far a run has come: planned, written, read, told
    # Of the last day.
    people: list[dict[str, Any]] = field(default_factory=list)
    wish: dict[str, Any] = field(default_factory=dict)

    @property
    def evidence(self) -> Path:
        return self.ledger or self.folder / "evidence.jsonl"

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.evidence.read_text(encoding="utf-8").splitlines()] if self.evidence.exists() else []

    def told(self, *stages: str) -> list[tuple[str, str, str]]:
        """Subject, kind and stage of each record about a person or a group, in order; of these stages, if any are given."""
        records = [one for one in self.records() if not stages or one["stage"] in stages]
        return [(one["subject"], one["kind"], one["stage"]) for one in records if not one["subject"].startswith("run:")]

    def unfinished(self) -> dict[str, Any]:
        """About whom the evidence waits. It is verified on the way."""
        found = run("evidence_info", {"path": str(self.evidence), "people": roster_select(self.people, phases=["left", "expired"])})
        assert not found.failed, found["msg"]
        assert found["intact"]
        return dict(found["unfinished"])

    def day(self, rows: Iterable[Mapping[str, str]] | str, instant: str) -> dict[str, Any]:
        """One run of the role. rows: of the file of the day. Returns carry_out_result, or, if the roster was refused, its failed task."""
        source = self.folder / "people.csv"
        source.write_text(rows if isinstance(rows, str) else as_csv(rows), encoding="utf-8")
        asked = {"sources": [{"path": str(source)}], "mapping": dict(self.mapping), "rules": self.rules, "gate": dict(self.gate)}
        roster = run("roster_info", {**asked, "instant": instant, "accepted_file": str(self.folder / "accepted.json")})
        if roster.failed:
            self._append(plan_records([], "refused", "directory_sync", why=roster["msg"]))
            return roster
        self.people = roster["people"]
        governed = self.folder / "governed.json"
        given: dict[str, Any] = {
            "scope": [*self.options.get("scope", []), *(json.loads(governed.read_text()) if governed.exists() else [])],
            "protected": self.options.get("protected", []),
            "rules": self.rules,
        }
        ignored = [*given["protected"], *roster["withheld_accounts"]]
        ignore = {"ignore": {"users": ignored}} if ignored else {}
        exact = directory_sync_wish(self.people, **given)
        every = {"brakes": {**BRAKES, "changes": {"number": 10**6, "percent": 100}}, "unkept_file": ""}
        looked = self._directory({**_lists(exact), **ignore, **every}, "exact.json", check=True)
        assert "resources" in looked, looked["msg"]
        given.update(orphans=self.options.get("orphans", "report"), exact=self._document("exact.json"), failures=looked["failures"])
        self.wish = directory_sync_wish(self.people, **given)
        result = self.carry_out({**_lists(self.wish), **ignore, "unlisted": {"users": self.options.get("unlisted", "keep")}}, instant)
        if not result["failed"]:
            governed.write_text(json.dumps(self.wish["governed"]), encoding="utf-8")
            (self.folder / "accepted.json").write_text(json.dumps(roster["acceptance"]), encoding="utf-8")
        return result

    def carry_out(self, asked: dict[str, Any], instant: str) -> dict[str, Any]:
        """What the role carry_out does."""
        kind, folder = "directory_sync", str(self.folder)
        options = {**asked, "brakes": self.options.get("brakes", BRAKES)}
        rehearsal = self._directory(options, "plan.json", check=True)
        if {path for one in rehearsal.get("unconverged", ()) for path in one["paths"]} & {"active", "members", "(existence)"}:
            options["unkept_file"] = ""
            rehearsal = self._directory(options, "plan.json", check=True)
        create = self.options.get("create_groups", True)
        why = rehearsal["msg"] if "resources" not in rehearsal else "; ".join(plan_groups_refused(self._document("plan.json"), create=create))
        if why:
            self._append(plan_records(self.people, "refused", kind, why=why))
            return carry_out_outcome(rehearsal, problem=why)
        plan = self._document("plan.json")
        times = {"started_at": instant}
        self._append(plan_records(self.people, "planned", kind, plan=plan, times=times, folder=folder))
        self.reached("planned")
        written: dict[str, Any] = {}
        if plan["operations"]:
            written = self._directory({**options, "expect_plan": rehearsal["plan"]}, "", check=False)
        self.reached("written")
        remember = {"unkept_file": ""} if "unkept_file" in options or written.get("unconverged") or rehearsal["unconverged"] else {}
        verified = self._directory({**asked, **remember, "brakes": BRAKES}, "left.json", check=True)
        unfinished = self.unfinished() if self.evidence.exists() else None
        left = self._document("left.json")
        self.reached("read")
        told = {"plan": plan, "left": left, "unfinished": unfinished, "written": written, "failures": verified["failures"], "times": times, "folder": folder}
        self._append(plan_records(self.people, "done", kind, **told))
        self.reached("told")
        return carry_out_outcome(rehearsal, written, verified)

    def _directory(self, options: dict[str, Any], plan_file: str, *, check: bool) -> Result:
        connection = {"url": self.url, "token": self.token, "unkept_file": str(self.folder / "unkept.json"), **self.connection}
        plan = {"plan_file": str(self.folder / plan_file)} if plan_file else {}
        given = {name: value for name, value in options.items() if value not in ([], {})}
        return run("scim_directory", {**connection, **plan, **given}, check=check)

    def _document(self, name: str) -> dict[str, Any]:
        return dict(json.loads((self.folder / name).read_text(encoding="utf-8")))

    def _append(self, records: list[dict[str, Any]]) -> None:
        if records:
            appended = run("evidence", {"path": str(self.evidence), "records": records})
            assert not appended.failed, appended["msg"]


def _lists(wish: Mapping[str, Any]) -> dict[str, Any]:
    return {"users": wish["users"], "groups": wish["groups"]}
