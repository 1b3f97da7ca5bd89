# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CSV: what a spreadsheet reads is what was recorded, and nothing in it is computed."""

from __future__ import annotations

import csv
import io

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.table import (
    HEADINGS,
    neutral,
    rows,
    written,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.line import line_of
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.evidence_report.ledgers import (
    HOSTILE,
    NAMES,
    entries,
    leaver,
    line,
)
from hypothesis import given, settings
from hypothesis import strategies as st

texts = st.text(st.one_of(st.sampled_from("=+-@\t\r\n,\"';"), st.characters()), max_size=12)


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(texts, min_size=2, max_size=4), max_size=6))
def test_a_reader_finds_what_was_written_and_no_cell_begins_as_a_formula(found):
    text = written(found)
    shown = read(text)
    assert [[cell.lstrip("'") for cell in row] for row in shown] == [[neutral(cell).lstrip("'") for cell in row] for row in found]
    assert not [cell for row in shown for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert text.count("\r\n") >= len(found)
    text.encode()


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "=cmd|' /C calc'!A0"])
def test_a_formula_is_a_text(formula):
    assert neutral(formula) == f"'{formula}"


@pytest.mark.parametrize("name", [*NAMES.values(), "a=b", "", " =1"])
def test_a_name_is_left_as_it_is(name):
    assert neutral(name) == name


def table(*records, names=None):
    found = []
    for entry in entries(records):
        found += rows(line_of(entry), 7, names or {})
    return [dict(zip(HEADINGS, row)) for row in found]


def test_a_row_for_each_record_and_plane():
    shown = table(leaver(2, "1815", 0, "account"), names={"1815": "Ada"})
    assert [row["plane"] for row in shown] == ["account", "groups", "sessions", "selectors", "seat", "access"]
    assert shown[0]["verdict"] == "unproven"
    assert shown[1]["operations"] == "remove Engineers"
    assert {row["name"] for row in shown} == {"Ada"}
    assert {row["leaving"] for row in shown} == {"7"}
    assert {row["hours_to_proof"] for row in shown} == {""}
    assert table(leaver(2, "1815", 0))[0]["hours_to_proof"] == "2.00"


def test_what_was_changed_on_a_plane_without_a_verdict_has_a_row_too_and_so_has_a_record_of_nothing():
    done = line(1, "custom", "done", "x", [{"plane": "mail", "verb": "forward", "what": "box"}], approved_by="")
    assert [(row["plane"], row["operations"], row["approval"]) for row in table(done)] == [("mail", "forward box", "missing")]
    assert [(row["plane"], row["approval"]) for row in table(line(1, "custom", "done", "x"))] == [("", "not needed")]
    own = line(1, "custom", "done", "x", [{"plane": "mail", "verb": "forward"}], requested_by="Ada", approved_by="ada")
    assert table(own)[0]["approval"] == "own"


def test_hostile_texts_stay_in_their_cells():
    record = leaver(1, HOSTILE, 0, "account", note=HOSTILE, requested_by="=HYPERLINK(1)")
    (head, *shown) = read(written([HEADINGS, *rows(line_of(entries([record])[0]), 1, {HOSTILE: HOSTILE})]))
    assert all(len(row) == len(head) for row in shown)
    assert shown[0][head.index("name")] == HOSTILE
    assert shown[0][head.index("requested_by")] == "'=HYPERLINK(1)"
