# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gate's settings, and what it sees in rows and files: each check finds its case, and nothing where there is none."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.acceptance import LastRun
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.checks import (
    nameless_findings,
    record_findings,
    settled,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.file_checks import (
    content_digest,
    file_findings,
    problem_findings,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.findings import (
    Finding,
    SourceRefused,
    Spot,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.gate import CHECKS, gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import (
    Person,
    Phase,
    Record,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.problem import Problem
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.settings import Settings

AT = datetime(2026, 11, 30, 12, tzinfo=timezone.utc)
SETTINGS = Settings.from_options({"statuses": {"A": "active", "Inactive": "terminated"}})


def row(key, line, status="active", **attributes):
    facts = attributes.pop("facts", {})
    source = {"status": status, **attributes.pop("source", {})}
    return Record(key, f"people.csv:{line}", {"external_id": key, "user_name": f"user{key}", **attributes}, source, facts)


def found(records, **options):
    return {finding.check: finding for finding in record_findings(records, gate(options), SETTINGS.status_of)}


def rows_of(finding):
    return [(spot.place, spot.key) for spot in finding.spots]


class AFile:
    def __init__(self, path="/hr/people-20261130.csv", sha256="ab" * 32, expected="", mtime="2026-11-30T04:00:00Z"):
        self.path, self.sha256, self.expected_sha256, self.mtime = path, sha256, expected, mtime


def of_files(*files, records=(), sums=None, last=None, **options):
    return [(finding.check, finding.message) for finding in file_findings(files, records, sums or {}, AT, last, gate(options))]


# -- settings


def test_every_check_can_be_set_to_anything_in_both_ways_to_write_it():
    for name in CHECKS:
        assert {gate({name: severity})[name].severity for severity in ("refuse", "warn", "off")} == {"refuse", "warn", "off"}
        assert gate({name: {"severity": "warn", "except": [1815, "7"]}})[name].excepted == {"1815", "7"}
        assert gate({name: None})[name] == gate(None)[name]
        assert gate({name: False})[name].severity == "off"  # what YAML 1.1 makes of off
        assert "{" not in gate({})[name].advice


def test_numbers_are_taken_from_templates_too():
    check = gate({"shrunken": {"number": "10", "percent": "2.5"}, "stale": {"max_age": "26h"}})
    assert (check["shrunken"].limit.number, check["shrunken"].limit.percent) == (10, 2.5)
    assert check["stale"].more["max_age"].total_seconds() == 26 * 3600


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"duplicates": "warn"}, "gate.duplicates is no check"),
        ({"duplicate_key": "warning"}, "gate.duplicate_key has to be one of refuse, warn, off"),
        ({"duplicate_key": {"number": 3}}, "gate.duplicate_key.number is no setting"),
        ({"shrunken": {"number": -1}}, "gate.shrunken.number"),
        ({"shrunken": {"number": 1.5}}, "gate.shrunken.number"),
        ({"shrunken": {"percent": 101}}, "gate.shrunken.percent"),
        ({"shrunken": {"percent": "many"}}, "gate.shrunken.percent"),
        ({"stale": {"max_age": "soon"}}, "gate.stale.max_age"),
        ({"stale": {"embedded_date": {"pattern": "x"}}}, "gate.stale.embedded_date"),
        ({"checksum": {"required": "perhaps"}}, "gate.checksum.required"),
        ({"required_missing": {"required": "department"}}, "gate.required_missing.required"),
        ({"email_doubled": {"except": "1815"}}, "gate.email_doubled.except"),
    ],
)
def test_a_wrong_setting_is_named(options, said):
    with pytest.raises(InvalidInput, match=said):
        gate(options)


# -- rows


def test_clean_rows_have_no_finding():
    assert found([row("1", 2, emails=[{"value": "a@example.com"}]), row("2", 3, emails=[{"value": "b@example.com"}])]) == {}


def test_a_key_that_is_there_twice_is_named_with_all_of_its_rows_even_if_they_are_identical():
    seen = found([row("1", 2), row("2", 3), row("1", 4), row("3", 5), row("3", 6, status="A"), row("1", 7)])
    assert set(seen) == {"duplicate_key"}  # A and active are one status
    assert seen["duplicate_key"].message == "5 rows share 2 person_ids"
    assert rows_of(seen["duplicate_key"]) == [("people.csv:2", "1"), ("people.csv:4", "1"), ("people.csv:7", "1"), ("people.csv:5", "3"), ("people.csv:6", "3")]


def test_a_key_that_is_active_and_inactive_at_once_is_named():
    seen = found([row("1", 2, "Active"), row("2", 3), row("1", 4, "inactive"), row("2", 5)], duplicate_key="off")
    assert seen["contradictory_status"].message == "1 person_id with more than one status, in 2 rows"
    assert rows_of(seen["contradictory_status"]) == [("people.csv:2", "1"), ("people.csv:4", "1")]


def test_rows_that_say_the_same_count_once_and_those_that_differ_are_withheld():
    kept, withheld = settled([row("1", 2), row("2", 3), row("1", 4), row("2", 5, status="Inactive"), row("", 6)])
    assert [record.place for record in kept] == ["people.csv:2"]
    assert withheld == ["2"]


def test_what_everybody_has_to_have():
    records = [row("", 2), row("2", 3, status=""), row("3", 4, status="", source={"valid_until": "2027-01-01"}), row("4", 5, facts={"site": "Vienna"})]
    seen = found(records, required_missing={"required": ["name.given_name", "facts.site"]})["required_missing"]
    assert seen.message == "4 rows without person_id (1), name.given_name (4), facts.site (3), status or dates (1)"
    assert rows_of(found(records)["required_missing"]) == [("people.csv:2", ""), ("people.csv:3", "2")]
    assert found(records[2:], required_missing={"required": ["name.given_name"]})["required_missing"].message == "2 rows without name.given_name (2)"


def test_two_people_with_one_name_or_address_in_whatever_spelling():
    u, composed = "u\u0308", "\u00fc"
    records = [
        row("1", 2, user_name=f"M{u}ller", emails=[{"value": "A@Example.com"}]),
        row("2", 3, user_name=f" m{composed}ller", emails=[{"value": "b@example.com"}, {"value": "a@example.com "}]),
        row("3", 4, user_name="stra\u00dfe", emails=[{"value": "c@example.com"}]),
        row("4", 5, user_name="strasse", emails=[]),
        row("1", 6, user_name=f"M{composed}ller", emails=[{"value": "a@example.com"}]),
    ]
    seen = found(records, duplicate_key="off")
    assert rows_of(seen["user_name_doubled"]) == rows_of(seen["email_doubled"]) == [("people.csv:2", "1"), ("people.csv:3", "2")]
    assert seen["email_doubled"].message == "1 e-mail address of more than one person, in 2 rows"
    assert set(found(records, duplicate_key="off", user_name_doubled={"except": ["2"]})) == {"email_doubled"}


def test_who_needs_an_account_needs_a_name_and_who_left_does_not():
    def person(key, phase, account="inactive"):
        return Person(key, f"people.csv:{key}", Phase(phase, account), {"external_id": key})

    people = [person("1", "left"), person("2", "staged"), person("3", "expired"), person("4", "staged", "none")]
    seen = nameless_findings(people, gate({}))
    assert [(finding.message, rows_of(finding)) for finding in seen] == [("1 person without user_name who needs an account", [("people.csv:2", "2")])]


# -- files


def test_a_file_is_the_one_that_was_meant():
    path = AFile().path
    assert of_files(AFile(expected="AB" * 32), sums={path: "ab" * 32}) == of_files(AFile()) == []
    for wrong in (of_files(AFile(expected="cd" * 32)), of_files(AFile(), sums={path: "cd" * 32})):
        assert wrong == [("checksum", "1 file with another sha256 than expected")]
    assert of_files(AFile(), checksum={"required": True}) == [("checksum", "1 file without a sha256, which neither sources nor a file beside has")]


@pytest.mark.parametrize(
    ("mtime", "said"),
    [
        ("2026-11-29T09:59:00Z", "26.0 hours old by the time when it was written; at most 26.0 hours"),
        ("2026-11-29T10:00:00Z", ""),
        ("2026-11-30T13:00:00Z", ""),
        ("2026-11-30T13:01:00Z", "from the future by the time when it was written, by 1.0 hours"),
    ],
)
def test_a_file_is_neither_old_nor_from_the_future(mtime, said):
    seen = of_files(AFile(mtime=mtime), stale={"max_age": "26h"})
    assert [check for check, message in seen] == (["stale"] if said else [])
    assert all(said in message for check, message in seen)
    assert of_files(AFile(mtime=mtime)) == []  # only who knows how often a file comes knows what is old


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("people-20261130.csv", ""),
        ("people-20261129.csv", ""),
        ("people-20261128.csv", "60.0 hours old by its embedded date"),
        ("people-20261202.csv", "from the future by its embedded date"),
        ("people-20261332.csv", "no date of the form %Y%m%d"),
        ("people.csv", "no date of the form %Y%m%d"),
    ],
)
def test_the_date_in_the_name_of_a_file_goes_before_its_time(name, said):
    embedded = {"pattern": r"-(\d{8})\.", "format": "%Y%m%d"}
    seen = of_files(AFile(f"/hr/{name}", mtime="2020-01-01T00:00:00Z"), stale={"max_age": "48h", "embedded_date": embedded})
    assert [check for check, message in seen] == (["stale"] if said else [])
    assert all(said in message for check, message in seen)


def test_the_date_in_a_fact_of_each_row():
    records = [row("1", 2, facts={"as_of": "2026-11-30"}), row("2", 3, facts={"as_of": "2026-11-01"}), row("3", 4)]
    options = {"stale": {"max_age": "2d", "embedded_date": {"fact": "as_of", "format": "%Y-%m-%d"}}}
    seen = file_findings([AFile()], records, {}, AT, None, gate(options))
    assert [rows_of(finding) for finding in seen] == [[("people.csv:4", "3")], [("people.csv:3", "2")]]


@pytest.mark.parametrize("pattern", ["(", r"\d{8}", r"(\d{4})(\d{4})"])
def test_a_pattern_without_one_group_is_refused(pattern):
    with pytest.raises(InvalidInput, match=r"gate\.stale\.embedded_date\.pattern"):
        of_files(AFile(), stale={"embedded_date": {"pattern": pattern, "format": "%Y%m%d"}})


def test_a_source_that_never_changes_is_told_and_a_run_never_goes_back_in_time():
    first = LastRun("2026-11-29T12:00:00Z", 1, {}, "", "2026-11-20T12:00:00Z")
    same = LastRun(first.instant, 1, {}, content_digest([AFile()]), first.since)
    assert of_files(AFile(), last=first) == []
    assert of_files(AFile(), last=same) == [("unchanged", "the sources have been the same for 240.0 hours")]
    assert of_files(AFile(), last=same, unchanged={"max_age": "10d"}) == []
    assert [check for check, message in of_files(AFile(), last=LastRun("2026-11-30T12:00:01Z", 1, {}, "", first.since))] == ["stale"]


def test_problems_of_rows_become_one_finding_for_each_check():
    problems = [Problem("p:2", "1", "mapping", "start_date is wrong"), Problem("p:3", "2", "mapping", "start_date is wrong")]
    problems += [Problem("p:3", "2", "mapping", "status is wrong"), Problem("p:4", "", "damaged_rows", "too few fields")]
    problems.append(Problem("", "", "unused_rules", "rule a"))
    seen = problem_findings(problems, gate({"damaged_rows": "off"}))
    assert [(finding.check, finding.severity, finding.message, rows_of(finding)) for finding in seen] == [
        ("mapping", "refuse", "in 2 places: start_date is wrong (2); status is wrong", [("p:2", "1"), ("p:3", "2")]),
        ("unused_rules", "warn", "rule a", []),
    ]


def test_a_refusal_names_checks_numbers_first_rows_and_what_to_do():
    finding = Finding("duplicate_key", "refuse", "5 rows share 2 person_ids", "do this", tuple(Spot(f"p:{line}", "1") for line in range(2, 7)))
    text = str(SourceRefused([finding, Finding("first_run", "warn", "first")], {}))
    assert "duplicate_key: 5 rows share 2 person_ids [p:2 (person_id '1'), p:3" in text
    assert "and 2 more]: do this" in text
    assert "first_run" not in text
    assert finding.shown(1)["count"] == 5
    assert len(finding.shown(1)["rows"]) == 1
