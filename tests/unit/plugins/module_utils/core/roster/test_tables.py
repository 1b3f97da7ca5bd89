# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables: whatever a table says comes out as it was, with the line where it stands; what is damaged is said."""

from __future__ import annotations

import csv
import io

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.rows import NotReadable
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.tables import read_table
from hypothesis import given, settings
from hypothesis import strategies as st

CHARACTERS = st.characters(blacklist_categories=("Cs",), blacklist_characters="\0")
FIELDS = st.one_of(st.text(CHARACTERS, max_size=12), st.text('ab",;|\t\r\n =', max_size=6), st.sampled_from(["İıß", "עברית", "😀", "{{ x }}", "\u2028"]))
NAMES = st.text("abcdefgh", min_size=1, max_size=4)


def values(rows):
    return [dict(row.values) for row in rows.rows]


def refusal(text, delimiter=""):
    with pytest.raises(NotReadable) as caught:
        read_table("p.csv", text, delimiter)
    return str(caught.value)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(NAMES, min_size=1, max_size=4, unique=True),
    st.lists(st.lists(FIELDS, min_size=4, max_size=4), max_size=5),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_is_written_is_read(names, lines, delimiter, end):
    lines = [line[: len(names)] for line in lines]
    lines = [line for line in lines if any(field.strip() for field in line)]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    places = []
    for line in [names, *lines]:
        places.append(1 + file.getvalue().replace("\r\n", "\n").replace("\r", "\n").count("\n"))
        writer.writerow(line)
    found = read_table("p.csv", file.getvalue(), delimiter)
    assert found.columns == tuple(names)
    assert values(found) == [dict(zip(names, line)) for line in lines]
    assert [row.place for row in found.rows] == [f"p.csv:{place}" for place in places[1:]]
    assert not found.damaged


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_table(delimiter):
    text = delimiter.join(["id", "name", "mail"]) + "\n" + delimiter.join(["1", "O'Connor", "a@example.com"]) + "\n"
    assert values(read_table("p.csv", text)) == [{"id": "1", "name": "O'Connor", "mail": "a@example.com"}]


def test_commas_within_fields_are_no_delimiters_where_only_the_semicolon_takes_all_rows_apart_alike():
    text = "id;name;site, floor\n1;Lovelace, Ada;Vienna\n2;Müller;Graz\n"
    assert read_table("p.csv", text).columns == ("id", "name", "site, floor")


def test_a_table_that_two_delimiters_take_apart_is_refused():
    assert refusal("a,b;c\n1,2;3\n") == "its columns may be separated by a comma or a semicolon; say by which with the option delimiter"
    assert read_table("p.csv", "a,b;c\n1,2;3\n", ";").columns == ("a,b", "c")


def test_a_single_column_is_a_table():
    found = read_table("p.csv", "person_id\n1\n\n2\n")
    assert values(found) == [{"person_id": "1"}, {"person_id": "2"}]
    assert [row.place for row in found.rows] == ["p.csv:2", "p.csv:4"]


def test_excels_first_line_says_the_delimiter_and_is_counted():
    found = read_table("p.csv", "sep=;\r\nid;name, first\r\n1;Ada\r\n")
    assert values(found) == [{"id": "1", "name, first": "Ada"}]
    assert found.rows[0].place == "p.csv:3"
    assert "says that the delimiter is a semicolon" in refusal("sep=;\nid;name\n", ",")


@pytest.mark.parametrize("delimiter", ["tab", "\\t", "\t"])
def test_a_tab_can_be_given_by_name(delimiter):
    assert read_table("p.csv", "id\tname\n1\tAda\n", delimiter).columns == ("id", "name")


@pytest.mark.parametrize("delimiter", ['"', ";;", "\n"])
def test_what_is_no_delimiter_is_refused(delimiter):
    assert "delimiter has to be one character" in refusal("id;name\n", delimiter)


def test_line_ends_may_be_mixed_and_stand_in_quotes():
    found = read_table("p.csv", 'id,note\r1,"a\nb\r\nc"\r\n2,x\n')
    assert values(found) == [{"id": "1", "note": "a\nb\r\nc"}, {"id": "2", "note": "x"}]
    assert [row.place for row in found.rows] == ["p.csv:2", "p.csv:5"]


def test_only_the_ends_of_lines_of_a_table_end_a_line():
    found = read_table("p.csv", "id,note\n3,a\u2028b\x85c\x0bd\n")
    assert values(found) == [{"id": "3", "note": "a\u2028b\x85c\x0bd"}]


def test_rows_with_too_few_and_too_many_fields_are_said_and_left_out():
    found = read_table("p.csv", "id,first,last\n1,Ada\n2,Grace,Hopper\n3,Lovelace, Ada,x\n")
    assert [row.values["id"] for row in found.rows] == ["2"]
    assert [(problem.place, problem.check, problem.message) for problem in found.damaged] == [
        ("p.csv:2", "damaged_rows", "the row has too few fields: 2, and the header has 3"),
        ("p.csv:4", "damaged_rows", "the row has too many fields: 4, and the header has 3"),
    ]
    assert "Ada" not in str(found.damaged)


def test_empty_rows_of_a_spreadsheet_are_no_rows():
    assert len(read_table("p.csv", "id;name\n1;Ada\n;\n ; \n;;;\n").rows) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,id\n1,2\n", "line 1: the column 'id' is there twice"),
        ("id, id \n1,2\n", "line 1: the column 'id' is there twice"),
        ("id,\n1,2\n", "line 1: column 2 of the header has no name"),
        ("\n\n", "there is no header"),
        ("id,name\n1,A\0da\n", "line 2 has a NUL"),
        ('id,name\n1,"Ada\n2,Grace\n', "line 2: a quote that is opened here is never closed"),
        ('id,name\n1,"Ada"x\n', "line 2: a quote ends before its field does"),
        ("id,name\n" + "".join(f"{number},x\n" for number in range(5)) + '7,"' + "y,z\n" * 50_000, "line 7: a quote that is opened"),
    ],
)
def test_a_table_that_cannot_be_trusted_is_refused_as_a_whole(text, said):
    assert said in refusal(text, ",")


def test_names_of_columns_are_compared_as_people_see_them():
    assert read_table("p.csv", "id,Gro\u0308\u00dfe\n1,x\n").columns == ("id", "Gr\u00f6\u00dfe")
