# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""roster_info on real extracts and on poisoned ones: what passes, what is refused with which rows, and what a second run knows."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.extracts import ENTRA, ENTRA_MAPPING, ORACLE, ORACLE_MAPPING
from tests.in_process import Result, run

NOON = "2026-11-30T12:00:00Z"
COLUMNS = ("id", "status", "mail", "last", "dept", "boss", "start", "end", "zone", "as_of")
MAPPING = {
    "person_id": "id",
    "status": "status",
    "user_name": "mail",
    "work_email": "mail",
    "name.family_name": "last",
    "department": "dept",
    "manager_id": "boss",
    "start_date": "start",
    "last_day": "end",
    "time_zone": "zone",
    "facts.as_of": "as_of",
}
RULES = [{"name": "everybody", "groups": ["Staff"]}, {"name": "departments", "groups": [{"from": "department", "prefix": "dept-"}]}]
STATUSES = {"inactive": "terminated"}


def row(key: object, **other: str) -> dict[str, str]:
    boss = "" if key == 1 else "1"
    usual = {"status": "active", "mail": f"p{key}@example.com", "last": f"Secret{key}", "dept": "Engines", "boss": boss, "start": "2020-01-01"}
    return {**dict.fromkeys(COLUMNS, ""), "id": str(key), **usual, "as_of": "2026-11-30", **other}


def people(count: int = 12) -> list[dict[str, str]]:
    return [row(number) for number in range(1, count + 1)]


class Source:
    """A file of people in a folder of its own, and the task that reads it."""

    def __init__(self, folder: Path) -> None:
        self.file, self.accepted = folder / "people-20261130.csv", folder / "accepted.json"

    def read(self, rows: list[dict[str, str]] | None = None, *, check: bool = False, **options: Any) -> Result:
        if rows is not None:
            self.write(rows)
        given = {"sources": [{"path": str(self.file)}], "mapping": MAPPING, "instant": NOON, "rules": RULES, "phases": {"statuses": STATUSES}}
        return run("roster_info", {**given, **options}, check=check)

    def write(self, rows: list[dict[str, str]]) -> None:
        with self.file.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)

    def accept(self, result: Result) -> dict[str, Any]:
        """Write what a run accepted as a playbook does. Returns the options of the next one."""
        self.accepted.write_text(json.dumps(result["acceptance"]), encoding="utf-8")
        return {"accepted_file": str(self.accepted)}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def lines(finding: dict[str, Any]) -> list[int]:
    """The numbers of the lines that a finding names."""
    return [int(found["place"].rpartition(":")[2]) for found in finding["rows"]]


def by_check(result: Result, severity: str = "refuse") -> dict[str, dict[str, Any]]:
    return {finding["check"]: finding for finding in result["findings"] if finding["severity"] == severity}


# -- real extracts


def entra(**options: Any) -> Result:
    phases = {"statuses": STATUSES}
    return run("roster_info", {"sources": [{"path": str(ENTRA)}], "mapping": ENTRA_MAPPING, "instant": NOON, "phases": phases, **options})


def ambiguous() -> tuple[dict[str, list[int]], set[str]]:
    """Of the file of Entra, read by other means: the lines of each WorkerID that is there twice, and those with two statuses."""
    found: dict[str, list[tuple[int, str]]] = {}
    with ENTRA.open(encoding="utf-8", newline="") as file:
        for number, entry in enumerate(csv.DictReader(file), 2):
            found.setdefault(entry["WorkerID"], []).append((number, entry["WorkerStatus"]))
    doubled = {key: rows for key, rows in found.items() if len(rows) > 1}
    numbers = {key: [number for number, dummy in rows] for key, rows in doubled.items()}
    return numbers, {key for key, rows in doubled.items() if len({status for dummy, status in rows}) > 1}


def test_the_extract_with_ambiguous_ids_is_refused_with_all_of_their_lines():
    result = entra()
    assert result.failed
    assert result["people"] == []
    assert "acceptance" not in result
    numbers, disputed = ambiguous()
    assert len(numbers) == 44
    named: dict[str, list[int]] = {}
    for found in by_check(result)["duplicate_key"]["rows"]:
        named.setdefault(found["key"], []).append(int(found["place"].rpartition(":")[2]))
    assert named == numbers
    assert {found["key"] for found in by_check(result)["contradictory_status"]["rows"]} == disputed
    assert len(disputed) == 26
    for said in ("93 rows share 44 person_ids", "entra-employees.csv:7 (person_id '1521')", "and 90 more", "gate.duplicate_key", "26 person_ids"):
        assert said in result["msg"]


def test_people_whose_rows_contradict_each_other_are_withheld_where_that_is_wanted():
    result = entra(gate={"duplicate_key": "warn", "contradictory_status": "warn", "user_name_doubled": "warn"})
    numbers, disputed = ambiguous()
    assert not result.failed, result.get("msg")
    assert disputed <= set(result["withheld"]) <= set(numbers)
    assert not {person["key"] for person in result["people"]} & set(result["withheld"])
    assert any("duplicate_key: 93 rows" in warning for warning in result.warnings_said)
    assert by_check(result, "warn")["manager_danglers"]["count"] == len(result["managers"]["danglers"]) > 100


def test_the_clean_extract_passes_and_a_second_run_changes_nothing(source: Source):
    options = {"sources": [{"path": str(ORACLE)}], "mapping": ORACLE_MAPPING, "instant": NOON, "accepted_file": str(source.accepted)}
    first = run("roster_info", options)
    assert not first.failed, first.get("msg")
    assert (first["counts"]["active"], first["changes"]["counts"]["joined"], [*by_check(first, "warn")]) == (107, 107, ["first_run"])
    source.accept(first)
    shuffled = ORACLE.read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(7).shuffle(rest := shuffled[1:])
    source.file.write_text("".join([shuffled[0], *rest]), encoding="utf-8")
    again = run("roster_info", {**options, "sources": [{"path": str(source.file)}]}, check=True)
    assert not again.changed
    assert (again["changes"]["counts"]["unchanged"], again["findings"], again["digest"]) == (107, [], first["digest"])
    assert "nyang@example.com" not in source.accepted.read_text(encoding="utf-8")


# -- poisoned extracts: one for each check, each with the rows that it has to name


def poisoned(change: Callable[[list[dict[str, str]]], Any]) -> list[dict[str, str]]:
    rows = people()
    change(rows)
    return rows


POISON: dict[str, tuple[Callable[[list[dict[str, str]]], Any], list[int]]] = {
    "duplicate_key": (lambda rows: rows.append(dict(rows[3])), [5, 14]),
    "contradictory_status": (lambda rows: rows.append({**rows[3], "status": "Inactive"}), [5, 14]),
    "required_missing": (lambda rows: (rows[1].update(id=""), rows[2].update(status="", start="")), [3, 4]),
    "unknown_status": (lambda rows: rows[4].update(status="retired"), [6]),
    "unknown_time_zone": (lambda rows: rows[4].update(zone="Mars/Olympus"), [6]),
    "mapping": (lambda rows: rows[4].update(start="01.02.2020"), [6]),
    "user_name_doubled": (lambda rows: rows[7].update(mail="P1@Example.com"), [2, 9]),
    "email_doubled": (lambda rows: rows[7].update(mail="P1@Example.com"), [2, 9]),
    "encoding_damage": (lambda rows: rows[5].update(last="M\u00c3\u00bcller"), [7]),
    "manager_danglers": (lambda rows: rows[5].update(boss="99"), [7]),
    "manager_cycles": (lambda rows: (rows[1].update(boss="3"), rows[2].update(boss="2")), [3, 4]),
}


@pytest.mark.parametrize("check", POISON)
def test_a_poisoned_source_is_refused_with_its_rows_and_can_be_let_through(source: Source, check: str):
    change, wrong = POISON[check]
    usual = "warn" if check.startswith("manager") else "refuse"
    result = source.read(poisoned(change))
    assert result.failed == (usual == "refuse")
    assert lines(by_check(result, usual)[check]) == wrong
    for severity in ("refuse", "warn"):
        forced = source.read(gate={name: severity if name == check else "off" for name in POISON})
        assert forced.failed == (severity == "refuse")
        assert lines(by_check(forced, severity)[check]) == wrong
    assert f"gate.{check}" in result.get("msg", "") or usual == "warn"
    for personal in ("Secret", "example.com", "Müller"):  # of people, keys alone are told
        assert personal not in json.dumps([result["findings"], result.get("msg"), result.warnings_said])


def test_a_clean_source_is_not_refused_by_any_of_these(source: Source):
    result = source.read(people())
    assert [finding["check"] for finding in result["findings"]] == ["first_run"]
    assert [person["groups"] for person in result["people"][:1]] == [
        [{"name": "Staff", "rule": "everybody"}, {"name": "dept-Engines", "rule": "departments"}]
    ]


def test_dates_that_contradict_each_other(source: Source):
    rows = [*people(), row(13, end="2027-03-31", as_of="2026-12-31")]
    result = source.read(rows, mapping={**MAPPING, "termination_date": {"column": "as_of", "map": {"2026-11-30": ""}, "otherwise": "keep"}})
    assert lines(by_check(result)["contradictory_dates"]) == [14]


def test_rows_that_are_damaged(source: Source):
    source.write(people())
    text = source.file.read_text(encoding="utf-8").splitlines()
    text[4] = text[4].rpartition(",")[0]
    source.file.write_text("\n".join(text) + "\n", encoding="utf-8")
    assert lines(by_check(source.read())["damaged_rows"]) == [5]
    let = source.read(gate={"damaged_rows": "warn"})
    assert len(let["people"]) == 11


@pytest.mark.parametrize("damage", [lambda data: data + b',"', lambda data: b"\xff" + data, lambda data: b"", lambda data: data.replace(b"mail", b"e-mail")])
def test_a_file_that_is_damaged_as_a_whole_is_refused(source: Source, damage: Callable[[bytes], bytes]):
    source.write(people())
    source.file.write_bytes(damage(source.file.read_bytes()))
    result = source.read()
    assert result.failed
    assert source.file.name in result["msg"]


def test_files_that_are_old_from_the_future_or_not_those_that_were_meant(source: Source):
    source.write(people())
    os.utime(source.file, (written := 1_796_000_000, written))  # 2026-11-30T00:53:20Z
    assert not source.read(gate={"stale": {"max_age": "12h"}}).failed
    for options in ({"gate": {"stale": {"max_age": "11h"}}}, {"gate": {"stale": {"max_age": "12h"}}, "instant": "2026-11-29T12:00:00Z"}):
        assert [*by_check(source.read(**options))] == ["stale"]
    for embedded in ({"pattern": r"(\d{8})", "format": "%Y%m%d"}, {"fact": "as_of", "format": "%Y-%m-%d"}):
        stale = {"stale": {"max_age": "36h", "embedded_date": embedded}}
        assert not source.read(gate=stale).failed
        assert [*by_check(source.read(gate=stale, instant="2026-12-01T12:01:00Z"))] == ["stale"]
    right = hashlib.sha256(source.file.read_bytes()).hexdigest()
    assert [*by_check(source.read(gate={"checksum": {"required": True}}))] == ["checksum"]
    assert [*by_check(source.read(sources=[{"path": str(source.file), "sha256": "0" * 64}]))] == ["checksum"]
    beside = source.file.with_name(source.file.name + ".sha256")
    beside.write_text(f"{right}  {source.file.name}\n{'1' * 64}  other.csv\n", encoding="utf-8")
    assert not source.read(gate={"checksum": {"required": True}}).failed
    beside.write_text(f"{'1' * 64} *{source.file.name}\n", encoding="utf-8")
    assert [*by_check(source.read())] == ["checksum"]
    beside.write_text(f"{right}  other.csv\n", encoding="utf-8")
    assert "has no checksum" in source.read()["msg"]


def test_everybody_has_to_have_what_is_required(source: Source):
    result = source.read([*people(), row(13, dept="")], gate={"required_missing": {"required": ["department"]}})
    assert lines(by_check(result)["required_missing"]) == [14]
    nameless = source.read([*people(), row(13, mail=""), row(14, mail="", status="inactive")])
    assert lines(by_check(nameless)["required_missing"]) == [14]


# -- the last run, and the server


def test_a_second_run_knows_who_is_who(source: Source):
    known = source.accept(source.read([*people(30), row(31, status="inactive"), row(32, start="2026-12-04")]))
    rows = people(30)
    rows[0]["mail"] = "married@example.com"  # renamed
    rows[1]["dept"] = "Sales"  # moved
    rows[2]["end"] = "2026-11-29"  # left at midnight
    rows[3]["end"] = "2026-12-05"  # leaving
    rows[4]["status"] = "on_leave"
    del rows[5]  # disappeared: not a leaver
    rows += [row(31), row(32, start="2026-11-30"), row(33)]
    result = source.read(rows, **known)
    assert not result.failed, result.get("msg")
    changes = result["changes"]
    assert {name: keys for name, keys in changes.items() if keys and name not in ("counts", "against")} == {
        "renamed": ["1"],
        "moved": ["2"],
        "left": ["3"],
        "leaving": ["4"],
        "on_leave": ["5"],
        "disappeared": ["6"],
        "rehired": ["31"],
        "started": ["32"],
        "joined": ["33"],
    }
    assert (changes["against"], changes["counts"]["unchanged"]) == (NOON, 24)
    assert by_check(result, "warn")["disappeared"]["rows"] == [{"place": "", "key": "6"}]
    again = source.read(rows, **source.accept(result))
    assert again["changes"]["counts"] == {**dict.fromkeys(changes["counts"], 0), "unchanged": 32, "disappeared": 1}


def test_a_shrunken_another_or_an_unlikely_source_is_refused(source: Source):
    known = source.accept(source.read(people(40)))
    assert not source.read(people(36), **known).failed
    assert set(by_check(source.read(people(35), **known))) == {"shrunken", "disappeared"}
    assert set(by_check(source.read([row(number) for number in range(21, 61)], **known))) == {"disappeared"}
    leavers = [*people(40)[:30], *(row(number, end="2026-11-01") for number in range(31, 41))]
    refusal = source.read(leavers, **known)
    assert set(by_check(refusal)) == {"leaving_share"}  # ten may change their phase whatever their share
    assert refusal["changes"]["counts"]["left"] == 10
    assert not source.read(leavers, **known, gate={"leaving_share": {"percent": 25}}).failed
    assert set(by_check(source.read(leavers, **known, gate={"leaving_share": "off", "phase_share": {"number": 9}}))) == {"phase_share"}
    source.file.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    assert set(by_check(source.read(**known))) >= {"shrunken"}
    assert set(by_check(source.read())) == {"shrunken"}  # no rows are refused without a last run, too


def test_an_address_of_somebody_else_is_refused(source: Source):
    known = source.accept(source.read(people()))
    rows = [*people()[:-1], row(13, mail="P12@example.com")]
    result = source.read(rows, **known)
    assert by_check(result)["email_reused"]["rows"] == [{"place": f"{source.file.name}:13", "key": "13"}, {"place": "", "key": "12"}]
    let = source.read(rows, **known, gate={"email_reused": {"except": ["13"]}})
    assert not let.failed
    assert not source.read(rows, **source.accept(let)).failed
    server = [{"external_id": "12", "user_name": "p12@example.com", "active": False}]
    assert set(by_check(source.read(rows, known=server))) == {"email_reused"}


def test_the_server_tells_who_is_there_where_there_was_no_last_run(source: Source):
    server: list[dict[str, Any]] = [{"id": f"u{key}", "external_id": str(key), "user_name": f"p{key}@example.com", "active": key != 2} for key in range(1, 11)]
    result = source.read([*people(), row(13)], known=[*server, {"id": "u11", "user_name": "p11@example.com", "active": True}])
    changes = result["changes"]
    assert {name: changes[name] for name in ("joined", "rehired", "adoptable")} == {"joined": ["11", "12", "13"], "rehired": ["2"], "adoptable": ["11"]}
    assert set(by_check(source.read(people(5), known=server))) == {"shrunken", "disappeared"}


def test_somebody_is_in_another_phase_at_another_instant(source: Source):
    december = {"start": "2026-12-01", "end": "2026-12-31"}
    source.write([row(1, **december, zone="Pacific/Kiritimati"), row(2, **december, zone="Pacific/Pago_Pago")])

    def phases(instant: str) -> list[str]:
        return [person["phase"] for person in source.read(instant=instant)["people"]]

    assert phases("2026-11-30T09:59:59Z") == ["staged", "staged"]
    assert phases("2026-11-30T10:00:00Z") == ["active", "staged"]
    assert phases("2026-12-01T11:00:00Z") == ["active", "active"]
    assert phases("2026-12-31T23:00:00+13:00") == ["left", "leaving"]


def test_a_run_does_not_go_back_in_time(source: Source):
    known = source.accept(source.read(people()))
    assert set(by_check(source.read(**known, instant="2026-11-30T11:59:59Z"))) == {"stale"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not the acceptance"),
        (b"[]", "is not the acceptance"),
        (b'{"kind": "identityops.lifecycle.roster", "version": 1, "people": {"1": {"phase', "is not the acceptance"),
        (b'{"kind": "identityops.lifecycle.roster", "kind": "identityops.lifecycle.roster"}', "is not the acceptance"),
        (b'{"kind": "identityops.lifecycle.roster", "version": 9}', "version 9"),
        (b"\xff\xfe", "is not the acceptance"),
    ],
)
def test_an_accepted_file_that_is_damaged_is_refused(source: Source, content: bytes, said: str):
    source.accepted.write_bytes(content)
    result = source.read(people(), accepted_file=str(source.accepted))
    assert result.failed
    assert said in result["msg"]
    assert "take it from a backup" in result["msg"]


def test_an_accepted_file_that_cannot_be_one(source: Source, tmp_path: Path):
    source.write(people())
    os.mkfifo(tmp_path / "pipe")
    for path, said in ((tmp_path, "is a directory"), (tmp_path / "pipe", "no regular file"), (tmp_path / "no" / "x.json", "does not exist")):
        assert said in source.read(accepted_file=str(path))["msg"]


# -- options


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"instant": "2026-11-30T12:00:00"}, "instant"),
        ({"instant": "today"}, "instant"),
        ({"gate": {"duplicate_keys": "warn"}}, "duplicate_keys"),
        ({"gate": {"duplicate_key": "ignore"}}, "gate.duplicate_key"),
        ({"phases": {"stage_ahead": "soon"}}, "phases.stage_ahead"),
        ({"rules": [{"name": "x"}]}, "rule 'x'"),
        ({"grants": [{"person": "1", "group": "G", "reason": "r", "until": "never"}]}, "grants: number 1"),
        ({"mapping": {"person_id": "nobody"}}, "mapping.person_id"),
        ({"known": [{"id": "u1"}]}, "known[0]"),
        ({"sources": []}, "sources"),
    ],
)
def test_a_wrong_option_is_named(source: Source, options: dict[str, Any], said: str):
    result = source.read(people(), **options)
    assert result.failed
    assert said in result["msg"]
    assert "people" not in result


def test_a_check_may_be_off_as_yaml_writes_it_and_findings_are_cut_where_they_are_many(source: Source):
    rows = [*people(), *people()]
    assert [*by_check(source.read(rows, gate={"duplicate_key": False}))] == []
    finding = by_check(source.read(rows, max_reported=3))["duplicate_key"]
    assert (finding["count"], len(finding["rows"])) == (24, 3)


NAMES = ["O'Connor", "von der Leyen", "Müller", "Mu\u0308ller", "İpek Işık", "محمد", "x" * 200, "🦊", "{{ lookup('pipe','id') }}", "=1+1"]


def test_names_pass_unharmed(source: Source):
    result = source.read([row(number, last=name) for number, name in enumerate(NAMES, 1)])
    assert not result.failed, result.get("msg")
    assert [person["user"]["name"]["family_name"] for person in result["people"]] == NAMES


def test_ten_thousand_people_are_read_in_full_and_refused_in_short(source: Source):
    rows = people(10_000)
    begun = time.process_time()
    result = source.read(rows)
    assert time.process_time() - begun < 20  # two seconds on an idle machine
    assert len(result["people"]) == len(result["acceptance"]["people"]) == 10_000
    assert len(result.output) < 12_000_000
    known = source.accept(result)
    refusal = source.read([*rows[:5000], *rows[:2500]], **known)
    assert set(by_check(refusal)) == {"duplicate_key", "shrunken", "disappeared"}
    assert len(refusal.output) < 600_000
