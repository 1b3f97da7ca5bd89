# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is no filter is refused, with where and what was expected (RFC 7644 section 3.4.2.2)."""

from __future__ import annotations

import contextlib
import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.attributes import (
    ENTERPRISE_SCHEMA,
    GROUP_ATTRIBUTES,
    USER_ATTRIBUTES,
    USER_SCHEMA,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.filter_match import Filter
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.filter_parse import parse
from hypothesis import given, settings
from hypothesis import strategies as st


def refusal(text, *attributes):
    with pytest.raises(InvalidInput) as refused:
        parse("owned.users.filter", text, *attributes)
    assert str(refused.value).startswith("owned.users.filter: at position ")
    return str(refused.value).partition(" at position ")[2]


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 1, "(the end) an attribute was expected"),
        ("  ", 3, "(the end) an attribute"),
        ("userName", 9, "(the end) an operator (eq ne co"),
        ("userName = 5", 10, "('= 5') an operator"),
        ('userName eqq "x"', 10, "an operator"),
        ("userName eq", 12, "(the end) a text in double quotes, a number, true, false or null after eq"),
        ("userName eq ada", 13, "('ada') a text in double quotes"),
        ("userName eq 'ada'", 13, "a text in double quotes"),
        ('userName eq "ada', 13, "a text in double quotes"),
        ('userName eq "a\\q"', 13, "a text in double quotes"),
        ('userName eq "a\nb"', 13, "a text in double quotes"),
        ("urn:x:n eq 01", 12, "a number"),
        ("urn:x:n eq 1.", 12, "a number"),
        ("urn:x:n eq truely", 12, "true"),
        ("userName co 5", 13, "a text in double quotes after co"),
        ("userName sw null", 13, "a text in double quotes after sw"),
        ("active gt true", 11, "('true') a text in double quotes or a number after gt"),
        ("active le null", 11, "or a number after le"),
        ("id pr id pr", 7, "('id pr') and, or, or the end"),
        ("id pr && id pr", 7, "and, or, or the end"),
        ("id pr)", 6, "(')') and, or, or the end"),
        ("id pr and", 10, "(the end) an attribute"),
        ("or id pr", 1, "an attribute"),
        ("(id pr", 7, '(the end) and, or, or ")"'),
        ("()", 2, "an attribute"),
        ("not id pr", 5, '"(" after not'),
        ("not not (id pr)", 5, '"(" after not'),
        ('emails[type eq "work"', 22, 'and, or, or "]"'),
        ('emails[type eq "work")', 22, 'and, or, or "]"'),
        ("emails[]", 8, "an attribute"),
        ('emails[type eq "work"].value eq "x"', 23, "and, or, or the end"),
        ("emails.type[value pr]", 12, "an operator"),
        ("emails[value.x pr]", 8, "the name of a sub-attribute of emails"),
        ("emails[urn:x:y pr]", 8, "the name of a sub-attribute of emails"),
        ("urn:x:y[z[a pr]]", 10, "an operator"),
        (f'{ENTERPRISE_SCHEMA}.department eq "x"', 59, "a colon and the name of an attribute"),
        (f"{USER_SCHEMA} pr", 44, "a colon and the name of an attribute"),
        ("(" * 60 + "id pr" + ")" * 60, 52, "no more than 50 brackets in one another"),
    ],
)
def test_a_refusal_says_where_and_what_was_expected(text, position, expected):
    found, _blank, rest = refusal(text).partition(" ")
    assert int(found) == position
    assert expected in rest


def test_a_long_text_is_cut_in_a_refusal():
    assert len(refusal("userName eq " + "x" * 1000)) < 150


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('user_name eq "x"', "1: user_name is the name of an option; in a filter it is userName"),
        ('id pr and not (User_Name eq "x")', "16: user_name is the name of an option; in a filter it is userName"),
        ('name.given_name eq "x"', "1: name.given_name is the name of an option; in a filter it is name.givenName"),
        ("phone_numbers.type pr", "1: phone_numbers is the name of an option; in a filter it is phoneNumbers"),
        ("phone_numbers[type pr]", "1: phone_numbers is the name of an option; in a filter it is phoneNumbers"),
        ("addresses[street_address pr]", "11: addresses.street_address is the name of an option"),
        ("cost_center pr", f"1: cost_center is the name of an option; in a filter it is {ENTERPRISE_SCHEMA}:costCenter"),
        ("nested_groups pr", "1: nested_groups is the name of an option; in a filter it is members"),
    ],
)
def test_options_are_not_the_names_of_a_filter(text, message):
    assert refusal(text).startswith(message)


@pytest.mark.parametrize("text", ['userName eq "user_name"', 'urn:example:User:user_name eq "x"', "urn:example:x[user_name pr]"])
def test_another_schema_may_use_such_names(text):
    assert isinstance(parse("filter", text), Filter)


@pytest.mark.parametrize("text", ["department pr", "manager.value pr"])
def test_an_attribute_of_an_extension_needs_its_schema(text):
    assert f"in a filter it is {ENTERPRISE_SCHEMA}:{text.split()[0]}" in refusal(text)


@pytest.mark.parametrize("text", ["titel pr", "emails.kind pr", "emails[kind pr]", "name.family pr", "urn pr"])
def test_a_name_that_nobody_has_would_select_nobody_and_is_refused(text):
    assert "is not in the core schema" in refusal(text)


def test_an_attribute_that_a_service_added_can_be_named():
    added = parse("filter", f'{USER_SCHEMA}:orgRole eq "owner" and {USER_SCHEMA}:emails[verified eq true]')
    assert added.matches({"orgRole": "owner", "emails": [{"verified": True}]})
    assert not added.matches({"orgRole": "owner", "emails": [{"verified": False}]})


@pytest.mark.parametrize("attribute", USER_ATTRIBUTES + GROUP_ATTRIBUTES, ids=lambda attribute: attribute.option)
def test_every_attribute_of_ours_can_be_named(attribute):
    assert isinstance(parse("filter", f"{attribute.wire} pr"), Filter)
    for sub in attribute.sub:
        assert isinstance(parse("filter", f"{attribute.wire}.{sub.wire} pr"), Filter)
        assert isinstance(parse("filter", f"{attribute.wire}[{sub.wire} pr]"), Filter)


def test_a_group_has_no_attributes_of_a_user():
    assert isinstance(parse("filter", "members.$ref pr and displayName pr", GROUP_ATTRIBUTES), Filter)
    assert refusal("userName pr", GROUP_ATTRIBUTES).startswith("1: userName is not in the core schema")
    assert refusal("groups pr", GROUP_ATTRIBUTES).startswith("1: groups is not")
    assert refusal("members pr", USER_ATTRIBUTES).startswith("1: members is not")


def test_a_filter_may_be_written_on_several_lines_and_without_blanks():
    text = '\n  userName sw "a"\n  and(emails[ type eq "work" ])\n or not(id pr)\t'
    assert parse("filter", text).matches({"id": "1", "userName": "ada", "emails": [{"type": "work"}]})


def test_names_may_begin_as_keywords_do():
    body = {"urn:x": {"notes": "a", "order": "b", "android": "c", "primary": "d", "nullable": True}}
    names = " and ".join(f"urn:x:{name} pr" for name in body["urn:x"])
    assert parse("filter", names).matches(body)


@settings(deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=20))
def test_a_value_survives(value):
    assert parse("filter", f"externalId eq {json.dumps(value)}").matches({"externalId": value})
    assert parse("filter", f"externalId eq {json.dumps(value, ensure_ascii=False)}").matches({"externalId": value})
    assert not parse("filter", f"externalId eq {json.dumps(value + 'x')}").matches({"externalId": value})


_WORDS = ["userName", "emails", "name.familyName", "urn:x:2.0:y", "eq", "CO", "gt", "pr", "and", "or", "not", "(", ")", "["]
_WORDS += ["]", '"a"', '"', "1", "-", "true", "null", ".", ":", "$ref", "\\", "é"]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(_WORDS), max_size=12), st.sampled_from(["", " "]))
def test_any_text_is_a_filter_or_is_refused(words, between):
    with contextlib.suppress(InvalidInput):
        assert parse("filter", between.join(words)).matches({"userName": "a"}) in (True, False)
