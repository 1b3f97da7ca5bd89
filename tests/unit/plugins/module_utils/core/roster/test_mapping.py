# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mapping: checked before a row is read, and applied to each row as it says."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.mapping import compiled
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import Row
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.records import records
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.rows import Rows
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.targets import TARGETS
from hypothesis import given, settings
from hypothesis import strategies as st

VENDOR = "urn:example:params:scim:schemas:vendor:2.0:User"
ODD = (
    "O'Connor",
    "von der Leyen",
    "M\u00fcller",
    "Mu\u0308ller",
    "\u0130brahim K\u0131l\u0131\u00e7",
    "\u202e\u05e2\u05d1\u05e8\u05d9\u05ea",
    "x" * 200,
    "\U0001f600",
    "{{ lookup('pipe','id') }}",
)


def no_library(expression, option):
    raise AssertionError(f"{option}: {expression} needs no library")


def rows_of(*values, nested=False):
    columns = dict.fromkeys(name for row in values for name in row)
    return Rows(tuple(columns), [Row(f"p:{number}", row) for number, row in enumerate(values, 1)], nested=nested)


def read(mapping, *values, nested=False, **more):
    return records(rows_of(*values, nested=nested), compiled(mapping, **more), no_library)


def one(mapping, values, **more):
    (record,), problems = read(mapping, values, **more)
    assert problems == []
    return record


def mistake(mapping, *values, nested=False, **more):
    with pytest.raises(InvalidInput) as caught:
        read(mapping, *values, nested=nested, **more)
    return str(caught.value)


def test_a_record_of_every_kind_of_target():
    mapping = {
        "person_id": "Id",
        "user_name": {"column": "Mail", "lower": True},
        "name": {"given_name": "First", "family_name": "Last"},
        "display_name": {"join": ["First", "Middle", "Last"]},
        "nick_name": {"first": ["Nick", "First"]},
        "user_type": {"constant": "Employee"},
        "home_email": "Private",
        "work_email": "Mail",
        "mobile_phone": {"column": "Mobile", "replace": {"/": "", " ": ""}},
        "work_address": {"locality": "City", "country": {"constant": "AT"}},
        f"extensions.{VENDOR}.badge": "Badge",
        "status": {"column": "Status", "map": {"A": "active"}},
        "last_day": {"column": "Exit", "date": "%d.%m.%Y"},
        "legal_hold": "Hold",
        "manager_id": "Boss",
        "time_zone": {"constant": "Europe/Vienna"},
        "facts": {"location": "City"},
    }
    row = {"Id": " 1815 ", "Mail": "Ada@Example.com", "First": "Ada", "Middle": " ", "Last": "Lovelace", "Nick": "", "Private": "ada@home.example"}
    row |= {"Mobile": "+43 1/234", "City": "Wien", "Badge": "B7", "Status": "A", "Exit": "30.11.2026", "Hold": "Yes", "Boss": "1"}
    record = one(mapping, row)
    assert (record.key, record.place) == ("1815", "p:1")
    assert record.attributes == {
        "external_id": "1815",
        "user_name": "ada@example.com",
        "name": {"given_name": "Ada", "family_name": "Lovelace"},
        "display_name": "Ada Lovelace",
        "nick_name": "Ada",
        "user_type": "Employee",
        "emails": [{"value": "Ada@Example.com", "type": "work", "primary": True}, {"value": "ada@home.example", "type": "home"}],
        "phone_numbers": [{"value": "+431234", "type": "mobile", "primary": True}],
        "addresses": [{"type": "work", "locality": "Wien", "country": "AT"}],
        "extensions": {VENDOR: {"badge": "B7"}},
    }
    assert record.source == {"status": "active", "last_day": "2026-11-30", "legal_hold": "true", "manager_id": "1", "time_zone": "Europe/Vienna"}
    assert record.facts == {"location": "Wien"}
    USER.from_options(record.attributes)


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "person_id"])
def test_every_target_takes_a_column_and_an_empty_one_is_absent(target):
    word = "2026-11-30" if "date" in target or target in ("last_day", "valid_until") else "yes" if target in ("legal_hold", "for_cause") else "Abc"
    word = "Abc@example.com" if target.endswith("_email") else word
    mapping = {"person_id": "id", target: "x"}
    full, empty = (one(mapping, {"id": "1", "x": text}) for text in (word, "  "))
    assert json.dumps([full.attributes, full.source]).count('"true"' if word == "yes" else word) == 1
    assert (empty.attributes, empty.source, empty.facts) == ({"external_id": "1"}, {}, {})
    USER.from_options(full.attributes)


@pytest.mark.parametrize("name", ODD)
def test_names_that_break_things_pass_as_they_are(name):
    record = one({"person_id": "id", "display_name": "n", "facts.n": "n", "department": {"join": ["n", "n"], "with": "/"}}, {"id": "1", "n": name})
    assert record.attributes["display_name"] == record.facts["n"] == name
    assert record.attributes["department"] == f"{name}/{name}"


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["id", "a", "b", "c"]), st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf")), max_size=8), min_size=4))
def test_parts_that_are_empty_are_no_parts(row):
    stripped = {name: text.strip() for name, text in row.items()}
    mapping = {"person_id": "id", "facts.joined": {"join": ["a", "b", "c"], "with": "|"}, "facts.first": {"first": ["a", "b", "c"]}}
    (record,), _problems = read({**mapping, "person_id": {"constant": "1"}}, row)
    parts = [stripped[name] for name in "abc" if stripped[name]]
    assert record.facts.get("joined", "") == "|".join(parts)
    assert record.facts.get("first", "") == (parts or [""])[0]


def test_an_empty_value_clears_where_the_mapping_says_so():
    clear = {"column": "x", "empty": "clear"}
    mapping = {"person_id": "id", "title": clear, "name.middle_name": clear, "work_email": clear, "work_address.locality": clear, "department": "x"}
    assert one(mapping, {"id": "1", "x": ""}).attributes == {
        "external_id": "1",
        "title": "",
        "name": {"middle_name": ""},
        "emails": [],
        "addresses": [],
    }


def test_a_home_address_is_the_primary_one_where_there_is_no_other():
    mapping = {"person_id": "id", "work_email": {"column": "w", "empty": "clear"}, "home_email": "h"}
    assert one(mapping, {"id": "1", "w": "", "h": "a@home"}).attributes["emails"] == [{"value": "a@home", "type": "home", "primary": True}]


def test_rows_that_the_mapping_cannot_take_are_said_and_make_no_record():
    mapping = {
        "person_id": "id",
        "status": {"column": "s", "map": {"active": "active"}},
        "last_day": "d",
        "for_cause": "c",
    }
    found, problems = read(
        mapping,
        {"id": "1", "s": "active", "d": "", "c": ""},
        {"id": "2", "s": "gone", "d": "30.11.2026", "c": ""},
        {"id": "3", "s": "active", "d": "Lovelace", "c": "Lovelace"},
        {"id": "", "s": "", "d": "", "c": "No"},
        {"id": "18\u200b15", "s": "", "d": "", "c": ""},
    )
    assert [(record.key, record.place) for record in found] == [("1", "p:1"), ("", "p:4")]
    assert [(problem.place, problem.key, problem.check) for problem in problems] == [
        ("p:2", "2", "mapping"),
        ("p:2", "2", "mapping"),
        ("p:3", "3", "mapping"),
        ("p:3", "3", "mapping"),
        ("p:5", "", "mapping"),
    ]
    said = [problem.message for problem in problems]
    assert said[0] == "status: 'gone' is not in map"
    assert said[1].startswith("last_day: '30.11.2026' is no date")
    assert said[3].startswith("for_cause: the value is neither true nor false")
    assert "a character is in it that cannot be seen" in said[4]
    assert "Lovelace" not in str(problems)


def test_garbled_rows_are_said_and_make_a_record():
    found, problems = read({"person_id": "id"}, {"id": "1", "unmapped": "M\u00c3\u00bcller"}, {"id": "2", "unmapped": "M\u00fcller"})
    assert [record.key for record in found] == ["1", "2"]
    (problem,) = problems
    assert (problem.place, problem.key, problem.check) == ("p:1", "1", "encoding_damage")
    assert "column unmapped" in problem.message
    assert "ller" not in problem.message.replace("letters", "")


# -- nested sources ------------------------------------------------------------------------------------------------------


def test_nested_values_are_reached_by_their_path_without_a_library():
    row = {"id": 1815, "name": {"given": "Ada"}, "a.b": "dotted", "ids": ["x", "y"], "remote": True, "nothing": None}
    mapping = {"person_id": "id", "name.given_name": "name.given", "title": "a.b", "department": {"join": ["ids"], "with": "+"}}
    mapping |= {"division": {"first": ["ids"]}, "facts.ids": "ids", "facts.remote": "remote", "cost_center": "nothing"}
    record = one(mapping, row, nested=True)
    assert record.key == "1815"
    assert record.attributes == {
        "external_id": "1815",
        "name": {"given_name": "Ada"},
        "title": "dotted",
        "department": "x+y",
        "division": "x",
    }
    assert record.facts == {"ids": ["x", "y"], "remote": "true"}


def test_values_that_are_no_text_are_said():
    mapping = {"person_id": "id", "title": "t"}
    for value, said in ((["a", "b"], "several values"), ({"a": "b"}, "no text"), (1815.0, "write the number as text")):
        found, (problem,) = read(mapping, {"id": "1", "t": value}, nested=True)
        assert not found
        assert said in problem.message


def test_other_expressions_are_asked_of_the_library():
    asked = []

    def ask(expression, option):
        asked.append((expression, option))
        return lambda values: values["mails"][0]["value"]

    rows = rows_of({"id": "1", "mails": [{"value": "a@b"}]}, nested=True)
    (record,), _problems = records(rows, compiled({"person_id": "id", "user_name": "mails[0].value"}), ask)
    assert record.attributes["user_name"] == "a@b"
    assert asked == [("mails[0].value", "mapping.user_name")]


def test_what_nobody_has_is_missing_unless_it_may_be():
    mapping = {"person_id": "id", "last_day": "end.date"}
    assert mistake(mapping, {"id": "1", "end": {}}, nested=True).startswith("mapping.last_day: nothing in the file is found by 'end.date'")
    assert not one({**mapping, "last_day": {"column": "end.date", "optional": True}}, {"id": "1"}, nested=True).source
    assert read(mapping, nested=True) == ([], [])


# -- mistakes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"user_nam": "x"}, "mapping: 'user_nam' is no target; did you mean user_name?"),
        ({"userName": "x"}, "did you mean user_name?"),
        ({"zzz": "x"}, "'zzz' is no target; there are person_id, status"),
        ({"active": "x"}, "active is no target; whether somebody is active follows from status"),
        ({"password": "x"}, "a source of people has no passwords"),
        ({"manager": "x"}, "give manager_id"),
        ({"emails": "x"}, "give work_email"),
        ({"name": "x"}, "name has parts"),
        ({"name.givenName": "x"}, "did you mean name.given_name?"),
        ({"facts": {"a.b": "x"}}, "a name without a dot"),
        ({"facts": "x"}, "facts has parts"),
        ({"extensions": {"vendor": {"a": "x"}}}, "an attribute of another schema is extensions, its URN and its name"),
        ({"extensions": {VENDOR: "x"}}, "has to be a dictionary with attributes"),
        ({"extensions.urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department": "x"}, "give department"),
        ({"extensions.urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager": "x"}, "give manager_id"),
        ({"extensions.urn:ietf:params:scim:schemas:core:2.0:User.title": "x"}, "targets of their own"),
        ({"name.given_name": "x", "name": {"given_name": "y"}}, "mapping: name.given_name is there twice"),
        ({"title": None}, "title has no value"),
        ({"title": ["x"]}, "mapping.title has to be the name of a column"),
        ({"title": 7}, "mapping.title has to be the name of a column"),
        ({"title": ""}, "mapping.title.column has to be the name of a column"),
        ({"title": {"colum": "x"}}, "mapping.title has no setting 'colum'; did you mean column?"),
        ({"title": {"column": "x", "constant": "y"}}, "needs one of column, constant, join, first; it has column and constant"),
        ({"title": {"lower": True}}, "it has none"),
        ({"title": {"join": "x"}}, "mapping.title.join has to be a list of columns"),
        ({"title": {"first": []}}, "mapping.title.first has to be a list of columns"),
        ({"title": {"column": ["x"]}}, "mapping.title.column has to be the name of a column"),
        ({"title": {"column": "x", "with": "-"}}, "with is what join puts between"),
        ({"title": {"column": "x", "empty": "wipe"}}, "mapping.title.empty has to be one of keep, clear"),
        ({"status": {"column": "x", "empty": "clear"}}, "status is none that can be"),
        ({"user_name": {"column": "x", "empty": "clear"}}, "user_name is none that can be"),
        ({"start_date": {"constant": "soon"}}, "mapping.start_date.constant: the value is no date"),
        ({"start_date": {"column": "x", "default": "1.1.2026"}}, "mapping.start_date.default: '1.1.2026' is no date"),
        ({"title": {"column": "x", "date": "%y"}}, "mapping.title.date: '%y' has a year of two digits"),
        ({"title": "X"}, "mapping.title: the file has no column 'X'; did you mean x?"),
        ({"title": "Beruf"}, "the file has no column 'Beruf'; it has id, x (optional: true is for what a file may lack)"),
    ],
)
def test_a_mistake_names_the_option_and_what_is_near(values, said):
    assert said in mistake({"person_id": "id", **values}, {"id": "1", "x": "y"})


def test_a_person_needs_an_id():
    assert "mapping has no person_id" in mistake({"title": "x"}, {"x": "y"})


def test_a_single_column_is_probably_several():
    said = mistake({"person_id": "id"}, {"id^name": "1^Ada"})
    assert "it has one column only, 'id^name': if these are several, say with delimiter what separates them" in said


def test_a_source_says_more_and_less():
    mapping = {"person_id": "id", "title": "job", "last_day": "end"}
    record = one(mapping, {"id": "1", "role": "Analyst"}, overrides={"title": "role", "last_day": None}, source="sources[1].mapping")
    assert record.attributes["title"] == "Analyst"
    assert "sources[1].mapping: 'titel' is no target; did you mean title?" in mistake(mapping, {}, overrides={"titel": None}, source="sources[1].mapping")
