# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of people: every form and encoding gives the same people, and a file that cannot be trusted says what to do."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import time
from unittest import mock

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.identityops.lifecycle.plugins.module_utils import query
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.roster_files import decoded
from ansible_collections.identityops.lifecycle.plugins.module_utils.roster_source import (
    SOURCES_SPEC,
    read_roster,
)

from tests.extracts import ENTRA, ENTRA_MAPPING, ORACLE, ORACLE_JOBS, ORACLE_MAPPING

MAPPING = {"person_id": "id", "display_name": "name", "facts.site": {"column": "site", "optional": True}}
PEOPLE = [{"id": "1", "name": "Müller"}, {"id": "2", "name": "O'Connor"}]
TABLE = "id,name\n1,Müller\n2,O'Connor\n"


@pytest.fixture
def written(tmp_path):
    """Writes a file and gives its path."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def read(path, mapping=None, **source):
    return read_roster([{"path": path, **source}], mapping or MAPPING)


def refusal(path, mapping=None, **source):
    with pytest.raises(InvalidInput) as caught:
        read(path, mapping, **source)
    return str(caught.value)


def names(extract):
    return [(record.key, record.attributes["display_name"]) for record in extract.records]


LDIF = "".join(f"dn: uid={person['id']}\nid: {person['id']}\nname: {person['name']}\n\n" for person in PEOPLE)
YAML = "- {id: 1, name: Müller}\n- {id: '2', name: O'Connor}\n"
FORMS = {
    "p.csv": (TABLE, ["p.csv:2", "p.csv:3"]),
    "p.tsv": (TABLE.replace(",", "\t"), ["p.tsv:2", "p.tsv:3"]),
    "p.json": (json.dumps(PEOPLE), ["p.json[0]", "p.json[1]"]),
    "p.jsonl": ("\n".join(map(json.dumps, PEOPLE)) + "\n\n", ["p.jsonl:1", "p.jsonl:2"]),
    "p.yml": (YAML, ["p.yml[0]", "p.yml[1]"]),
    "P.LDIF": (LDIF, ["P.LDIF:1", "P.LDIF:5"]),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_people(written, name):
    content, places = FORMS[name]
    extract = read(written(name, content))
    assert names(extract) == [("1", "Müller"), ("2", "O'Connor")]
    assert [record.place for record in extract.records] == places
    assert extract.problems == []


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252", "iso-8859-15", "utf-16-le"])
def test_every_encoding_gives_the_same_people(written, name, encoding):
    path = written(name, FORMS[name][0].encode(encoding))
    marked = encoding in ("utf-8-sig", "utf-16", "utf-32")
    assert names(read(path, encoding=None if marked else encoding)) == [("1", "Müller"), ("2", "O'Connor")]


def test_what_the_gate_asks_of_a_file(written):
    path = written("p.csv", TABLE + "3\n")
    os.utime(path, (0, 1_796_000_000.9))
    (facts,) = read(path, sha256="SHA256:" + "AB" * 32).files
    assert facts.path == path
    assert (facts.rows, facts.columns) == (3, ("id", "name"))
    assert facts.sha256 == hashlib.sha256((TABLE + "3\n").encode()).hexdigest()
    assert facts.expected_sha256 == "ab" * 32
    assert facts.mtime == "2026-11-30T00:53:20Z"


def test_several_files_are_one_roster_with_a_mapping_of_their_own(written):
    first = written("p.csv", TABLE)
    second = written("c.json", json.dumps({"data": {"workers": [{"no": 7, "full": "Ada", "where": "Graz"}]}}))
    extract = read_roster(
        [{"path": first}, {"path": second, "items": "data.workers", "mapping": {"person_id": "no", "display_name": "full", "facts.site": "where"}}], MAPPING
    )
    assert [*names(extract), extract.records[2].place, extract.records[2].facts] == [
        ("1", "Müller"), ("2", "O'Connor"), ("7", "Ada"), "c.json[0]", {"site": "Graz"},
    ]  # fmt: skip
    assert [facts.rows for facts in extract.files] == [2, 1]


def test_places_have_the_folder_where_two_files_have_one_name(written):
    paths = [written("a/p.csv", TABLE), written("b/p.csv", TABLE)]
    extract = read_roster([{"path": path} for path in paths], MAPPING)
    assert {record.place for record in extract.records} == {f"{path}:{line}" for path in paths for line in (2, 3)}
    with pytest.raises(InvalidInput, match="has the file .* twice"):
        read_roster([{"path": paths[0]}, {"path": paths[0]}], MAPPING)


def test_columns_are_asked_for_by_jmespath_in_nested_sources_only(written):
    people = [{"id": "1", "mails": [{"type": "home", "value": "h"}, {"type": "work", "value": "w"}]}]
    mapping = {"person_id": "id", "user_name": "mails[?type=='work'].value | [0]"}
    path = written("p.json", json.dumps({"a": [people]}))
    assert read(path, mapping, items="a[0]").records[0].attributes["user_name"] == "w"
    assert "mapping.user_name: 'mails[' is not a JMESPath expression" in refusal(path, {**mapping, "user_name": "mails["}, items="a[0]")
    assert "sources[0].items: 'a[' is not a JMESPath" in refusal(path, mapping, items="a[")
    assert "the file has no column \"mails[?type=='work'].value | [0]\"" in refusal(written("p.csv", "id\n1\n"), mapping)


def test_only_jmespath_needs_jmespath(written):
    mapping = {"person_id": "who.id"}
    path = written("p.json", json.dumps([{"who": {"id": "1"}, "ids": ["1"]}]))
    with mock.patch.object(query, "PROBLEM", "Traceback"):
        assert read(path, mapping).records[0].key == "1"
        with pytest.raises(query.MissingLibrary, match=r"jmespath.*for the option mapping\.person_id"):
            read(path, {"person_id": "ids[0]"})


def test_scalars_of_yaml_stay_as_they_stand(written):
    """0123, no, 12:30 and 2026-01-02 are what readers of YAML guess at; here all values are texts."""
    path = written("p.yml", "- {id: 0123, name: no, site: 2026-01-02}\n- {id: 12:30, name: ~, site: yes}\n")
    extract = read(path, {"person_id": "id", "facts.n": "name", "start_date": {"column": "site", "map": {"yes": ""}, "otherwise": "keep"}})
    assert [(record.key, record.facts, record.source) for record in extract.records] == [
        ("0123", {"n": "no"}, {"start_date": "2026-01-02"}),
        ("12:30", {}, {}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        ("p.csv", TABLE.encode("cp1252"), {}, "line 2 (byte 11 of the file, 0xfc) is not UTF-8; say with the option encoding what it is"),
        ("p.csv", b"\xef\xbb\xbf" + TABLE.encode("cp1252"), {}, "line 2 (byte 14 of the file, 0xfc) is not UTF-8"),
        ("p.csv", TABLE.encode(), {"encoding": "ascii"}, "line 2 (byte 11 of the file, 0xc3) is not ASCII; the option encoding has to be another"),
        ("p.csv", TABLE.encode()[:12], {}, "line 2: the file ends in the middle; it was cut off"),
        ("p.csv", TABLE.encode("utf-16")[:-1], {}, "line 3: the file ends in the middle"),
        ("p.csv", TABLE.encode("utf-16-le"), {}, "is not UTF-8"),
        ("p.csv", "id\n1\n".encode("utf-16-le"), {}, "line 1 has a NUL character; the file is damaged, or in another encoding"),
        ("p.csv", codecs.BOM_UTF8 + b"id\n", {"encoding": "cp1252"}, "its first bytes say that it is UTF-8, and the option encoding says cp1252"),
        ("p.csv", b"id\n", {"encoding": "klingon"}, "the encoding 'klingon' is not known"),
        ("p.csv", b"id\n", {"encoding": "hex"}, "the encoding 'hex' is none of texts"),
        ("p.csv", b"", {}, "the file is empty"),
        ("p.csv", b"PK\x03\x04...", {}, "this is a workbook or a ZIP archive; save the table in it as CSV"),
        ("p.csv", "id,id\n1,2\n", {}, "the column 'id' is there twice"),
        ("p.xlsx", "x", {}, "its name does not say what is in it; set format to one of csv, json, jsonl, yaml, ldif"),
        ("p.json", "{", {}, "the file ends in the middle"),
        ("p.json", '[{"id": 1, "id": 2}]', {}, "p.json[0]: the key 'id' is there twice"),
        ("p.json", '{"a": [{"x": {"id": 1, "id": 2}}]}', {"items": "a"}, "the document: the key 'id' is there twice"),
        ("p.json", '[{"id": NaN}]', {}, "p.json[0]: NaN is no JSON; export null"),
        ("p.json", '{"meta": 1, "employees": []}', {}, "say with the option items where in it the list of people is, for example 'employees'"),
        ("p.json", '{"meta": 1}', {"items": "meta"}, "the option items finds no list in it"),
        ("p.json", '["x"]', {}, "p.json[0] is no object"),
        ("p.jsonl", '{"id": "1"}\n[]\n', {}, "p.jsonl:2 is no object"),
        ("p.yml", "- {1: x}\n", {}, "p.yml[0] is no object"),
        ("p.ldif", "id: 1\n", {}, "line 1: an entry has to begin with its one dn"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(written, name, content, options, said):
    message = refusal(written(name, content), **options)
    assert said in message
    assert message.startswith("source: /")
    assert message.endswith("; nothing was written")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"path": "p.json", "delimiter": ";"}, "sources[0].delimiter is for CSV, and the file is json"),
        ({"path": "p.csv", "items": "x"}, "sources[0].items is for JSON and YAML, and the file is csv"),
        ({"path": "p.csv", "sha256": "abc"}, "sources[0].sha256 has to be 64 hexadecimal digits"),
        ({"path": "p.csv"}, "there is no such file on the host that runs the task"),
        ({"path": "p.csv", "mapping": {"titel": "x"}}, "sources[0].mapping: 'titel' is no target; did you mean title?"),
    ],
)
def test_options_that_do_not_go_together_are_named(source, said):
    with pytest.raises(InvalidInput) as caught:
        read_roster([source], MAPPING)
    assert said in str(caught.value)


def test_no_sources_are_no_roster():
    with pytest.raises(InvalidInput, match="sources is empty"):
        read_roster([], MAPPING)


def test_the_mapping_is_checked_before_a_file_is_opened():
    assert "mapping has no person_id" in refusal("not-there.csv", {"title": "x"})


def test_a_missing_column_names_the_file(written):
    assert refusal(written("p.csv", "id,nam\n1,x\n")).startswith("p.csv: mapping.display_name: the file has no column 'name'; did you mean nam?")


def test_no_refusal_of_a_broken_table_shows_a_value(written):
    for content in ('id,name\n1,"Lovelace\n', "id,name\n1,Love\0lace\n", "id,name\n1,Lovel\u00e4ce\n".encode("cp1252")):
        assert "Lovel" not in refusal(written("p.csv", content))


def test_the_spec_takes_what_a_task_gives():
    result = ArgumentSpecValidator(SOURCES_SPEC).validate({"sources": [{"path": "p.csv", "delimiter": ";"}], "mapping": MAPPING})
    assert not result.error_messages
    (source,) = result.validated_parameters["sources"]
    assert (source["format"], source["mapping"]) == ("auto", None)


# -- real files ----------------------------------------------------------------------------------------------------------


def test_the_extract_of_oracle_is_clean():
    extract = read(str(ORACLE), ORACLE_MAPPING)
    assert (len(extract.records), extract.files[0].rows, extract.problems) == (107, 107, [])
    assert len({record.key for record in extract.records}) == 107
    first = extract.records[0]
    assert (first.key, first.place, first.source) == ("100", "employees.csv:2", {"status": "active", "start_date": "2013-06-17"})
    assert first.attributes["emails"] == [{"value": "sking@example.com", "type": "work", "primary": True}]
    assert sum("department" not in record.attributes for record in extract.records) == 1


def test_the_job_history_of_oracle_is_read():
    extract = read(str(ORACLE_JOBS), {"person_id": "employee_id", "start_date": "start_date", "last_day": "end_date", "title": "job_title"})
    assert (len(extract.records), extract.problems) == (10, [])


def test_the_extract_of_entra_is_read_whole_and_left_to_the_gate():
    extract = read(str(ENTRA), ENTRA_MAPPING)
    assert (len(extract.records), extract.files[0].rows, extract.problems) == (332, 332, [])
    first = extract.records[0]
    assert first.attributes["addresses"] == [
        {"type": "work", "street_address": "101 Woodgrove Way", "locality": "Frankfurt", "postal_code": "79985", "country": "UK"}
    ]
    assert first.source == {"status": "active", "start_date": "2010-07-10", "manager_id": "1959"}
    assert {record.source["status"] for record in extract.records} == {"active", "inactive"}
    assert len({record.key for record in extract.records}) < 332


def test_the_time_grows_with_the_rows(written):
    """Sixteen times the rows are measured against those rows, so that a busy machine does not matter; quadratic work took 256 times."""
    line = "{0},Ada {0},Müller{0},u{0}@example.com,Engines,30.11.2026,active,1\n"
    mapping = {
        "person_id": "id",
        "display_name": {"join": ["first", "last"]},
        "user_name": {"column": "mail", "lower": True},
        "work_email": "mail",
        "department": "unit",
        "last_day": {"column": "end", "date": "%d.%m.%Y"},
        "status": {"column": "status", "map": {"active": "active"}},
        "manager_id": "boss",
    }

    def seconds(count):
        path = written(f"{count}.csv", "id,first,last,mail,unit,end,status,boss\n" + "".join(map(line.format, range(count))))
        begun = time.process_time()
        assert len(read(path, mapping).records) == count
        return time.process_time() - begun

    few = min(seconds(500) for dummy in range(3))
    assert min(seconds(8_000) for dummy in range(2)) < 64 * few


def test_a_text_without_a_mark_is_utf_8():
    assert decoded("p", "Müller".encode()) == "Müller"
