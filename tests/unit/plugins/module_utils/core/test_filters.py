# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters say what was meant, whatever is in a value (RFC 7644 section 3.4.2.2)."""

from __future__ import annotations

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.filters import (
    all_of,
    any_of,
    eq,
    misnamed,
    quote,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.scim_model import (
    parse_filter,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import (
    any_texts,
)
from hypothesis import given, settings
from hypothesis import strategies as st


def test_quotes_and_backslashes_are_escaped():
    assert eq("userName", 'a"b\\c') == 'userName eq "a\\"b\\\\c"'


def test_a_value_cannot_break_out():
    assert parse_filter(eq("userName", 'x" or id pr or userName eq "y')) == [[("userName", 'x" or id pr or userName eq "y')]]


def test_letters_of_all_scripts_stay_letters():
    assert quote("Æøå 李") == '"Æøå 李"'


@settings(deadline=None)
@given(any_texts)
def test_a_value_survives(value):
    assert parse_filter(eq("userName", value)) == [[("userName", value)]]


@settings(deadline=None)
@given(st.lists(any_texts, min_size=1, max_size=4))
def test_any_of_asks_for_every_attribute_and_value(values):
    found = parse_filter(any_of(("userName", "externalId"), values))
    assert found == [[(attribute, value)] for value in values for attribute in ("userName", "externalId")]


@settings(deadline=None)
@given(any_texts, any_texts)
def test_all_of_asks_for_both(left, right):
    assert parse_filter(all_of(eq("id", left), eq("members", right))) == [[("id", left), ("members", right)]]


def test_options_are_not_the_names_of_a_filter():
    def found(text):
        return [attribute.option for attribute in misnamed(text, USER.attributes)]

    assert found('user_name eq "ada" and not (external_id pr)') == ["user_name", "external_id"]
    assert found('name.given_name sw "A"') == ["name.given_name"]
    assert found('userName eq "user_name" and displayName co "\\" user_name" or title pr') == []
    assert found('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Engines"') == []
