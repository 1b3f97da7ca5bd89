# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""roster_info on files that look right: ids that changed their spelling, columns that slipped, addresses that come back; and mistakes in options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.patterns import Patterns

from tests.in_process import Result, run
from tests.integration.test_roster_info import MAPPING, NOON, Source, by_check, people, row


@pytest.fixture(name="source")
def file_of_people(tmp_path: Path) -> Source:
    return Source(tmp_path)


WITH_RULE = {"name": "r", "groups": ["G"]}


def document(source: Source, text: str, suffix: str, **options: Any) -> Result:
    """roster_info on a file with this text."""
    file = source.file.with_suffix(suffix)
    file.write_text(text, encoding="utf-8")
    given = {"sources": [{"path": str(file)}], "mapping": {"person_id": "id", "status": "status"}, "instant": NOON, **options}
    return run("roster_info", given)


# -- ids that are the same to people


@pytest.mark.parametrize(
    ("one", "other"), [("a1", "A1"), ("1815", "１８１５"), ("1815", "01815"), ("hr-7", "hr-007"), ("1815-7", "1815\u20117")], ids=ascii
)
def test_ids_that_differ_in_their_spelling_only_are_refused(source: Source, one: str, other: str):
    rows = [row(one, mail="x@example.com", boss=""), row(other, mail="y@example.com", boss="")]
    result = source.read(rows)
    assert [found["key"] for found in by_check(result)["similar_keys"]["rows"]] == [one, other]
    allowed = source.read(rows, gate={"similar_keys": {"except": [other]}})
    assert [person["key"] for person in allowed["people"]] == [one, other]


@pytest.mark.parametrize(("one", "other"), [("100", "1000"), ("A-10", "A-1"), ("0", "00x"), ("ß", "ss")])
def test_other_ids_are_two_people(source: Source, one: str, other: str):
    rows = [row(one, mail="x@example.com", boss=""), row(other, mail="y@example.com", boss="")]
    assert not source.read(rows).failed


def test_an_id_that_lost_its_zeros_since_the_last_run_is_no_newcomer(source: Source):
    before = source.accept(source.read([*people(), row("0815", mail="x@example.com")]))
    rows = [*people(), row("815", mail="new@example.com")]
    result = source.read(rows, **before)
    found = by_check(result)["similar_keys"]
    assert found["rows"] == [{"place": f"{source.file.name}:14", "key": "815"}, {"place": "", "key": "0815"}]
    assert "last accepted run" in found["message"]
    # Whoever said that these are two people, or has both in the source since then, is not asked again.
    accepted = source.accept(source.read(rows, **before, gate={"similar_keys": {"except": ["815"]}}))
    assert not source.read(rows, **accepted).failed


# -- addresses that come back


@pytest.mark.parametrize("since", ["renamed", "emptied"])
def test_an_address_is_remembered_after_its_owner_has_another_one(source: Source, since: str):
    """Somebody marries, or HR empties the address of who left; weeks later, a newcomer gets it, and the old mailbox with it."""
    before = source.accept(source.read(people()))
    then = row(5, mail="married@example.com") if since == "renamed" else row(5, mail="", status="inactive")
    rows = [then if entry["id"] == "5" else entry for entry in people()]
    before = source.accept(source.read(rows, **before))
    assert "p5@example.com" not in json.dumps(json.loads(source.accepted.read_text()))
    before = source.accept(source.read(rows, instant="2026-12-30T12:00:00Z", **before))
    newcomer = [*rows, row(99, mail="p5@example.com")]
    result = source.read(newcomer, instant="2026-12-31T12:00:00Z", **before)
    assert {found["key"] for found in by_check(result)["email_reused"]["rows"]} == {"99", "5"}
    own = [entry if entry["id"] != "5" else row(5) for entry in rows]
    assert not source.read(own, instant="2026-12-31T12:00:00Z", **before).failed, "who gets an own address back"
    before = source.accept(source.read(rows, instant="2028-02-01T12:00:00Z", **before))
    assert not source.read(newcomer, instant="2028-02-02T12:00:00Z", **before).failed, "remember_days are over"


def test_a_placeholder_that_everybody_has_makes_no_pairs_of_everybody(source: Source):
    """200 people with the address of 200 users of the server: 40,000 pairs, of which each would be in the result."""
    known = [{"external_id": f"other-{number}", "user_name": f"o{number}", "emails": [{"value": "none@example.com"}]} for number in range(200)]
    rows = [row(number, mail=f"n{number}") for number in range(1, 201)]
    mapping = {**MAPPING, "work_email": {"constant": "none@example.com"}}
    result = source.read(rows, mapping=mapping, known=known)
    assert by_check(result)["email_reused"]["message"].startswith("4,000 ")


# -- columns that slipped


def test_a_text_that_is_no_address_is_not_taken_for_one(source: Source):
    result = source.read([*people(), row(13, mail="Secret Name")])
    found = by_check(result)["mapping"]
    assert found["rows"] == [{"place": f"{source.file.name}:14", "key": "13"}]
    assert "work_email: the value is no e-mail address" in found["message"]
    assert "Secret" not in result.output
    for odd in ("a@x.com; b@x.com", "@x.com", "a@", "Ada <a@x.com>"):
        assert by_check(source.read([*people(), row(13, mail=odd)]))["mapping"]["count"] == 1


def test_a_file_without_people_beside_others_is_refused(source: Source):
    source.write(people())
    other = source.file.with_name("contractors.csv")
    other.write_text(source.file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    sources = [{"path": str(source.file)}, {"path": str(other)}]
    result = source.read(sources=sources)
    assert by_check(result)["shrunken"]["rows"] == [{"place": str(other), "key": ""}]
    assert not source.read(sources=sources, gate={"shrunken": "warn"}).failed


def test_values_of_slipped_columns_are_not_told(source: Source):
    for column in ("status", "zone"):
        result = source.read([*people(), row(13, **{column: "secret@example.com"})])
        assert result.failed
        assert "secret" not in json.dumps([result["msg"], result["findings"]])
    assert "'Actve'" in source.read([*people(), row(13, status="Actve")])["msg"]
    assert "'Europe/Wien'" in source.read([*people(), row(13, zone="Europe/Wien")])["msg"]


def test_a_file_without_a_header_shows_nobody(source: Source):
    result = document(source, "1815,Secret,secret@example.com,2020-01-01\n1816,Other,other@example.com,2020-01-01\n", ".csv")
    assert "no header" in result["msg"]
    assert "secret" not in result.output.lower()


# -- data that works on the reader


def test_aliases_of_yaml_are_not_written_out(source: Source):
    bomb = "x: &a0 [x]\n" + "".join(f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    people_of_it = "people:\n- {id: 1, status: active, more: *a29}\n- {id: 2, status: active, more: [{name: 'M\u00c3\u00bcller'}]}\n"
    sources = [{"path": str(source.file.with_suffix(".yml")), "items": "people"}]
    result = document(source, bomb + people_of_it, ".yml", sources=sources)
    assert by_check(result)["encoding_damage"]["rows"] == [{"place": f"{source.file.stem}.yml[1]", "key": "2"}]


def test_an_expression_that_does_not_fit_names_the_row_and_no_value(source: Source):
    text = json.dumps([{"id": "1", "status": "active", "tags": ["a"]}, {"id": "2", "status": "active", "tags": "Secret"}])
    mapping = {"person_id": "id", "status": "status", "title": "join(' ', tags)"}
    result = document(source, text, ".json", mapping=mapping)
    assert by_check(result)["mapping"]["rows"] == [{"place": f"{source.file.stem}.json[1]", "key": "2"}]
    assert "join()" in result["msg"]
    assert "Secret" not in result.output


# -- mistakes in options


def test_what_yaml_takes_for_true_and_false_is_told(source: Source):
    for option in ({"phases": {"statuses": {True: "active"}}}, {"mapping": {**MAPPING, "status": {"column": "status", "map": {True: "active"}}}}):
        assert "quotes" in source.read([row(1, status="Yes")], **option)["msg"]
    for text in ("Yes", "yes", "true", "on"):
        for condition, groups in (({"not_in": [True]}, []), (True, ["G"]), ([False], [])):
            result = source.read([row(1, dept=text)], rules=[{**WITH_RULE, "when": {"department": condition}}])
            assert [group["name"] for group in result["people"][0]["groups"]] == groups, (text, condition)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"gate": {"required_missing": {"required": ["departement"]}}}, "did you mean department?"),
        ({"gate": {"required_missing": {"required": ["userName"]}}}, "did you mean user_name?"),
        ({"gate": {"stale": {"embedded_date": {"pattern": "([0-9]+)", "format": "yyyyMMdd"}}}}, "such as %Y%m%d"),
        ({"max_reported": -1}, "max_reported"),
        ({"remember_days": -1}, "remember_days"),
    ],
)
def test_mistakes_are_told_as_what_they_are(source: Source, options: dict[str, Any], said: str):
    result = source.read(people(), **options)
    assert result.failed
    assert said in result["msg"]
    assert "findings" not in result


def test_targets_of_the_mapping_can_be_required(source: Source):
    mapping = {**MAPPING, "home_email": {"column": "as_of", "map": {"2026-11-30": ""}, "optional": True}}
    required = ["work_email", "user_name", "name.family_name", "department", "start_date", "facts.as_of"]
    assert not source.read(people(), mapping=mapping, gate={"required_missing": {"required": required}}).failed
    result = source.read(people(), mapping=mapping, gate={"required_missing": {"required": ["home_email"]}})
    assert by_check(result)["required_missing"]["count"] == 12


def test_a_rule_that_is_for_nobody_is_told(source: Source):
    rules = [
        {"name": "typo", "when": {"department": "Engine"}, "groups": ["A"]},
        {"name": "fits", "when": {"department": "engines"}, "groups": ["B"]},
        {"name": "sometimes", "when": {"department": "Engines", "phase": "leaving"}, "groups": ["C"]},
        {"name": "before", "phases": ["staged"], "groups": ["D"]},
    ]
    found = by_check(source.read(people(), rules=rules), "warn")["unused_rules"]
    assert [place["place"] for place in found["rows"]] == ["rule typo"]
    assert "rule typo is for nobody" in found["message"]


# -- cells that are not what they seem


@pytest.mark.parametrize("key", ["1815.0", "1.8E+10", "1,8E+10"])
def test_an_id_that_a_spreadsheet_took_for_a_number_is_refused(source: Source, key: str):
    found = by_check(source.read([*people(), row(key, mail="x@example.com")]))["mapping"]
    assert found["rows"][0]["place"] == f"{source.file.name}:14"
    assert "spreadsheet" in found["message"]
    assert not source.read([*people(), row("1.8.15", mail="x@example.com"), row("1E5", mail="y@example.com")]).failed


@pytest.mark.parametrize("column", ["mail", "id"])
def test_a_character_that_nobody_sees_makes_no_other_name(source: Source, column: str):
    mapping = {**MAPPING, "user_name": "mail", "work_email": {"constant": ""}}
    result = source.read([*people(), row(13, **{column: "p5\u200b"})], mapping=mapping)
    assert by_check(result)["mapping"]["rows"][0]["place"] == f"{source.file.name}:14"
    assert not source.read([*people(), row(13, mail="m\u00fcller o'connor \U0001f600 \u05d0\u05d1")], mapping=mapping).failed


def test_a_quote_that_takes_in_the_next_row_is_found(source: Source):
    source.write([row(1, boss="", last='"open'), row(2), row(3, last='close"'), row(4, last="Two\nlines, and a comma")])
    text = source.file.read_text(encoding="utf-8").replace('"""open"', '"open').replace('"close"""', 'close"')
    source.file.write_text(text, encoding="utf-8")
    found = by_check(source.read())["damaged_rows"]
    assert found["rows"] == [{"place": f"{source.file.name}:2", "key": ""}]
    assert "quote" in found["message"]


def test_a_telephone_number_in_a_column_of_dates_is_not_told(source: Source):
    for number in ("1.515.555.0100", "+43 1 2345678", "0664 1234567"):
        result = source.read([*people(), row(13, end=number)])
        assert by_check(result)["mapping"]["count"] == 1
        assert number not in json.dumps([result["msg"], result["findings"]])
    for date in ("31.12.2026", "2026/12/31", "46387", "20261231", "0000-00-00", "31.12.2026 00:00:00", "-"):
        assert repr(date) in source.read([*people(), row(13, end=date)])["msg"]


def test_an_address_that_a_map_lacks_is_not_told(source: Source):
    rules = [{"name": "r", "groups": [{"from": "emails", "map": {"p1@example.com": "G"}}, {"from": "department", "map": {"Poets": "P"}}]}]
    found = by_check(source.read(people(), rules=rules), "warn")["unmapped_groups"]
    assert "@" not in found["message"]
    assert "'Engines'" in found["message"]


def test_an_id_that_is_a_pattern_leaves_nobody_else_alone(source: Source):
    """withheld_accounts goes to ignore of scim_directory, which takes patterns: a row with * for an id would keep all leavers."""
    rows = [*people(), row("*", end="x"), row("p[1]?", end="x"), row(14, end="x")]
    result = source.read(rows, gate={"mapping": "warn"})
    assert result["withheld"] == ["*", "14", "p[1]?"]
    patterns = Patterns(result["withheld_accounts"])
    assert [name for name in ("*", "p[1]?", "14", "p1x", "1", "anybody@example.com") if patterns.matching(name)] == ["*", "p[1]?", "14"]


def test_two_people_with_one_external_id_are_refused(source: Source):
    mapping = {**MAPPING, "external_id": {"column": "as_of", "map": {"2026-11-30": ""}, "otherwise": "keep"}}
    result = source.read([*people(), row(13, as_of="5")], mapping=mapping)
    assert [found["key"] for found in by_check(result)["external_id_doubled"]["rows"]] == ["5", "13"]
    assert not source.read(people(), mapping=mapping).failed


def test_two_columns_that_changed_places_are_refused(source: Source):
    """Everybody is in another department, and in another group: nobody left, no address is another's, no row is missing."""
    before = source.accept(source.read(people(40)))
    result = source.read(mapping={**MAPPING, "department": "last", "name.family_name": "dept"}, **before)
    found = by_check(result)
    assert list(found) == ["changed_share"]
    assert found["changed_share"]["message"].startswith("40 people of 40 with another department, user_name or e-mail address")
    some = [row(number, dept="Poets") if number <= 12 else row(number) for number in range(1, 41)]
    assert source.read(some, **before)["changes"]["counts"]["moved"] == 12
    assert not source.read(some, rules=[], **before).failed, "groups follow from the rules, too"


def test_an_acceptance_without_people_is_no_memory(source: Source):
    options = source.accept(source.read(people()))
    source.accepted.write_text(json.dumps({**json.loads(source.accepted.read_text()), "people": {}}), encoding="utf-8")
    assert "nobody" in source.read(people(), **options)["msg"]


def test_a_file_of_windows_read_as_latin_1_is_damaged(source: Source):
    source.write([*people(), row(13, last="O\u2019Connor")])
    source.file.write_bytes(source.file.read_text(encoding="utf-8").encode("cp1252"))
    sources = [{"path": str(source.file), "encoding": "iso-8859-1"}]
    assert by_check(source.read(sources=sources))["encoding_damage"]["rows"] == [{"place": f"{source.file.name}:14", "key": "13"}]
    assert not source.read(sources=[{**sources[0], "encoding": "cp1252"}]).failed


def test_a_mapping_that_is_the_wrong_way_round_is_told_as_that(source: Source):
    result = source.read(people(), mapping={"id": "person_id", "mail": "user_name"})
    assert "the wrong way round" in result["msg"]


def test_a_legal_hold_that_is_not_in_the_source_any_more_is_refused(source: Source):
    """A column that is optional and gone would let accounts be deleted whose data a court wants."""
    mapping = {**MAPPING, "legal_hold": {"column": "hold", "optional": True}}
    held = {**mapping, "legal_hold": {"column": "last", "map": {"Secret3": "true"}, "otherwise": "default"}}
    before = source.accept(source.read(people(), mapping=held))
    assert not source.read(people(), mapping=held, **before).failed
    found = by_check(source.read(people(), mapping=mapping, **before))
    assert list(found) == ["holds_lifted"]
    assert found["holds_lifted"]["rows"] == [{"place": f"{source.file.name}:4", "key": "3"}]
    lifted = source.read(people(), mapping=mapping, gate={"holds_lifted": {"except": ["3"]}}, **before)
    assert not source.read(people(), mapping=mapping, **source.accept(lifted)).failed
    damaged = json.loads(source.accepted.read_text(encoding="utf-8"))
    damaged["people"]["3"]["legal_hold"] = "yes"
    source.accepted.write_text(json.dumps(damaged), encoding="utf-8")
    assert "'3' is damaged" in source.read(people(), mapping=mapping, **before)["msg"]
