# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a mapping does to texts: each setting, their order, and that nothing is evaluated."""

from __future__ import annotations

import unicodedata

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.json_values import folded
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.transforms import (
    NotFitting,
    scalar,
    steps,
)
from hypothesis import given, settings
from hypothesis import strategies as st

TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)


def result(text, shows_words=False, **given_settings):
    return steps("m", given_settings, shows_words)(text)


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_without_settings_a_text_loses_the_space_around_it_and_nothing_else(text):
    assert result(text) == text.strip()
    assert result(text, strip=False) == text


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.sampled_from(["NFC", "NFKC"]))
def test_case_and_form(text, form):
    assert result(text, strip=False, lower=True) == folded(text)
    assert result(text, strip=False, normalize=form) == unicodedata.normalize(form, text)
    assert result(text, strip=False, upper=True) == unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).upper())


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.dictionaries(TEXTS.filter(bool), TEXTS, min_size=1, max_size=3), TEXTS)
def test_a_map_and_what_it_does_not_have(text, words, default):
    kept = result(text, strip=False, map=words, otherwise="keep", default=default)
    assert kept == ((words.get(text, text) if text else "") or default)
    assert result(text, strip=False, map=words, otherwise="default", default=default) == ((words.get(text, "") if text else "") or default)
    if text and text not in words:
        with pytest.raises(NotFitting):
            result(text, strip=False, map=words, default=default)


def test_the_order_is_fixed_whatever_the_order_in_the_mapping_is():
    given_settings = {"default": "none", "suffix": ">", "prefix": "<", "map": {"a-b": "C D"}, "replace": {" ": "-"}, "lower": True, "strip": True}
    assert result("  A B ", **given_settings) == "<C D>"
    assert result("  A B ", **dict(reversed(given_settings.items()))) == "<C D>"
    assert result("   ", **given_settings) == "none"


def test_turkish_letters_become_lower_case_as_names_are_compared():
    assert result("İSTANBUL I", lower=True) == folded("İstanbul i") == "i\u0307stanbul i"
    assert result("KILIÇ", lower=True) == "kiliç"


def test_a_date_becomes_iso_and_what_is_none_is_said_without_what_may_be_a_name():
    assert result("30.11.2026", date="%d.%m.%Y") == "2026-11-30"
    assert result("11/30/2026", date=["%d.%m.%Y", "%m/%d/%Y"]) == "2026-11-30"
    with pytest.raises(NotFitting, match=r"'31\.11\.2026' is no date in the form of '%d\.%m\.%Y' or '%m/%d/%Y'"):
        result("31.11.2026", date=["%d.%m.%Y", "%m/%d/%Y"])
    with pytest.raises(NotFitting) as caught:
        result("Lovelace", date="%d.%m.%Y")
    assert "Lovelace" not in str(caught.value)


def test_a_word_is_quoted_where_words_may_be():
    with pytest.raises(NotFitting, match="^'Gone' is not in map$"):
        result("Gone", True, map={"active": "active"})
    with pytest.raises(NotFitting, match="^the value is not in map$"):
        result("Ada", map={"active": "active"})
    with pytest.raises(NotFitting, match="'Active' is not in map, where letter case counts: see lower"):
        result("Active", True, map={"active": "active"})


def test_booleans_and_numbers_of_yaml_are_words():
    assert result("true", map={True: 1}) == "1"
    assert result("7", map={7: None, 8: "x"}, default="none") == "none"


def test_a_template_is_plain_text_everywhere():
    text = "{{ lookup('pipe','id') }}"
    assert result(text, prefix="{{ 1 }}", replace={"lookup": "{% x %}"}) == "{{ 1 }}{{ {% x %}('pipe','id') }}"
    assert result("", default=text) == text


@pytest.mark.parametrize(
    ("given_settings", "said"),
    [
        ({"strip": "perhaps"}, "m.strip has to be true or false"),
        ({"lower": True, "upper": True}, "both lower and upper"),
        ({"normalize": "NFX"}, "m.normalize has to be one of NFC, NFKC"),
        ({"map": {}}, "m.map has to be a dictionary"),
        ({"map": ["a"]}, "m.map has to be a dictionary"),
        ({"map": {"": "x"}}, "m.map has an empty key"),
        ({"map": {"a": ["b"]}}, "m.map.a has to be a text"),
        ({"replace": {"a": {"b": "c"}}}, "m.replace.a has to be a text"),
        ({"map": {"a": "b"}, "otherwise": "keeps"}, "m.otherwise has to be one of refuse, keep, default; did you mean keep"),
        ({"otherwise": "keep"}, "give map"),
        ({"date": []}, "m.date has to be a format"),
        ({"date": "%d.%m.%y"}, "m.date: '%d.%m.%y' has a year of two digits"),
        ({"prefix": ["a"]}, "m.prefix has to be a text"),
        ({"default": 1.5}, "m.default has to be a text"),
    ],
)
def test_a_wrong_setting_is_named(given_settings, said):
    with pytest.raises(InvalidInput) as caught:
        steps("m", given_settings)
    assert said in str(caught.value)


@pytest.mark.parametrize(("value", "text"), [(None, ""), ("", ""), ("x", "x"), (0, "0"), (1815, "1815"), (True, "true"), ([], ""), (["a"], "a"), ([None], "")])
def test_values_of_json_are_texts(value, text):
    assert scalar(value) == text


@pytest.mark.parametrize(("value", "said"), [(1815.0, "write the number as text"), ({"a": 1}, "no text"), (["a", "b"], "several values")])
def test_what_is_no_text_is_no_value(value, said):
    with pytest.raises(NotFitting, match=said):
        scalar(value)
