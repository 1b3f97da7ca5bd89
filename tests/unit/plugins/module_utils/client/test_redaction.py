# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import html
import json
import string
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.answer import Answer, server_error
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import HIDDEN, Redactor
from hypothesis import given, settings
from hypothesis import strategies as st

SECRET = "it's a \"p/w\" <&> 50%\\x"
SPELLINGS = {
    "plain": str,
    "json": json.dumps,
    "json in json": lambda text: json.dumps(json.dumps(text)),
    "repr": repr,
    "repr in repr": lambda text: repr({"why": repr(text)}),
    "html": html.escape,
    "html of others": lambda text: text.replace("&", "&#38;").replace("'", "&apos;").replace('"', "&#x22;").replace("<", "&lt;"),
    "url": lambda text: quote(text, safe=""),
    "form": quote_plus,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_is_hidden_however_it_is_spelled(spelling):
    said = Redactor([SECRET]).clean(f"before {SPELLINGS[spelling](SECRET)} after")
    assert said.startswith("before ")
    assert said.endswith(" after")
    assert HIDDEN in said
    assert "it's" not in said
    assert "p/w" not in said
    assert "50" not in said


@settings(deadline=None)
@given(
    st.text(string.ascii_letters + string.digits + string.punctuation + "äß", min_size=4, max_size=20),
    st.sampled_from(sorted(SPELLINGS)),
)
def test_nothing_of_any_secret_remains(secret, spelling):
    marked = f"{secret}zqzq"  # a word that is in no other text here
    assert "zqzq" not in Redactor([marked]).clean(f"before {SPELLINGS[spelling](marked)} after")


def test_the_longer_secret_is_hidden_first():
    assert Redactor(["abcd", "abcdefgh"]).clean("abcdefgh") == HIDDEN


def test_short_values_and_ordinary_words_stay():
    assert Redactor(["abc"]).clean("abc is not long enough") == "abc is not long enough"
    assert Redactor().clean("userName is taken") == "userName is taken"


def test_what_looks_like_a_credential_is_hidden_although_nobody_knows_it():
    said = Redactor().clean('sent "Bearer eyJhbGciOi" and password=hunter22')
    assert "eyJ" not in said
    assert "hunter22" not in said


@pytest.mark.parametrize("length", range(255, 301, 5))
def test_no_half_of_a_secret_remains_where_a_detail_is_cut(length):
    answer = Answer(400, {}, {"detail": "x" * length + " opensesame1234567890"})
    assert "open" not in str(server_error("GET", "/Users", answer, Redactor(["opensesame1234567890"])))


def test_no_secret_is_shown_as_the_kind_of_error_or_the_request_id():
    answer = Answer(400, {"x-request-id": "opensesame"}, {"scimType": "opensesame", "detail": "no"})
    error = server_error("GET", "/Users", answer, Redactor(["opensesame"]))
    assert "opensesame" not in f"{error} {error.facts()}"


@pytest.mark.parametrize("text", ["\\" * 20000, "token" + " " * 20000, "&#" * 10000, "%" * 20000, "password=" * 3000])
def test_a_hostile_text_is_read_in_no_time(text):
    """Quadratic backtracking would take minutes, and the test run has a time limit."""
    assert Redactor(["\\\\'secret", "&&&&&&&&"]).clean(text)
