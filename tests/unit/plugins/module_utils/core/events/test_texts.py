# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people look at acts on nothing; what is kept stays what it was."""

from __future__ import annotations

import unicodedata

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.texts import (
    inert,
    kind_of,
    parsed,
    text,
    without_colours,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\x00b\rc\x07\x7f\x9b", "a\\x00b\\x0dc\\x07\\x7f\\x9b"),
        ("one\ntwo\tthree", "one\\ntwo\\tthree"),
        ("{{ lookup('pipe', 'id') }}", "\\x7b{ lookup('pipe', 'id') }}"),
        ("{% if x %}{# y #}", "\\x7b% if x %}\\x7b# y #}"),
        ("ann\u202egpj.exe", "ann\\u202egpj.exe"),
        ("\u2066x\u2069\u200b\u2028y", "\\u2066x\\u2069\\u200b\\u2028y"),
        ("Zoë 東京 {x}", "Zoë 東京 {x}"),
    ],
)
def test_what_would_act_is_spelled_out(written, expected):
    assert inert(written) == expected


@given(st.text(max_size=300))
def test_no_shown_text_has_anything_that_acts(written):
    shown = inert(written)
    assert not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in shown)
    assert not any(unicodedata.bidirectional(sign) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI") for sign in shown)
    assert not any(mark in shown for mark in ("{{", "{%", "{#"))
    shown.encode()


def test_values_become_texts():
    assert [text(value) for value in (None, "  a ", True, 3, 1.5, [1, "é"], {"a": None})] == ["", "a", "true", "3", "1.5", '[1,"é"]', '{"a":null}']
    assert text("x" * 11, 10) == "x" * 9 + "…"
    assert text(10**5000) == ""


@pytest.mark.parametrize("broken", ["", "{", "{'a':1}", "[" * 100_000, '{"a":' * 100_000, "1" * 10_000, None, 3, b"{}"])
def test_what_is_no_json_is_none(broken):
    assert parsed(broken) is None


def test_json_has_no_infinity():
    assert parsed('\ufeff{"a": NaN, "b": -Infinity}') == {"a": None, "b": None}


def test_colours_of_a_terminal_are_no_part_of_a_line():
    assert without_colours("\x1b[1;31mERRO\x1b[0m[0001] x") == "ERRO[0001] x"


def test_details_of_one_kind_are_told_together():
    said = kind_of("id=17 of 'x' is 12345678 5f0c1f9e-aaaa-bbbb-cccc-1234567890ab")
    assert said == kind_of("id=9 of 'yy' is 9999 6f0c1f9e-aaaa-bbbb-cccc-1234567890ab")
    assert kind_of("user eve@example.com exists") == kind_of("user ann@example.com exists") != kind_of("user ann@example.com is gone")
