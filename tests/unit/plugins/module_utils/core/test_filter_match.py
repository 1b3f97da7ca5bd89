# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom a filter selects (RFC 7644 section 3.4.2.2)."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.attributes import ENTERPRISE_SCHEMA
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.filter_parse import parse

ADA = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE_SCHEMA],
    "id": "aB1",
    "externalId": "HR-7",
    "userName": "Ada@Example.com",
    "active": True,
    "name": {"familyName": "Lovelace", "givenName": "José"},
    "title": "",
    "emails": [
        {"type": "work", "value": "ada@example.com", "primary": True},
        {"type": "home", "value": "ada@home.example"},
    ],
    "roles": ["Admin"],
    "phoneNumbers": [],
    "addresses": [{"type": "work"}, {"locality": ""}],
    "groups": [{"value": "gX"}],
    "meta": {"created": "2020-01-01T00:00:00Z", "resourceType": "User"},
    ENTERPRISE_SCHEMA: {"department": "Engines", "manager": {"value": "mX"}},
    "urn:example:Badge": {"number": 7, "level": 2.5, "codes": [1, 2]},
}


def selects(text, **changes):
    return parse("filter", text).matches({**ADA, **changes})


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "ada@example.com"',
        'userName ne "bob"',
        'userName co "EXAMPLE"',
        'userName sw "ada"',
        'userName ew ".COM"',
        'userName gt "abc"',
        'userName ge "ada@example.com"',
        'userName lt "b"',
        'userName le "ada@example.com"',
        "userName pr",
        "active eq true",
        'nickName ne "Countess"',
        "nickName eq null",
        "userName ne null",
        'title eq ""',
        'name.familyName sw "love"',
        'name[familyName eq "lovelace"]',
        f'{ENTERPRISE_SCHEMA}:department eq "engines"',
        f'{ENTERPRISE_SCHEMA}:manager.value eq "mX"',
        f'{ENTERPRISE_SCHEMA}:manager eq "mX"',
        'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ada"',
        "urn:example:Badge:number eq 7",
        "urn:example:Badge:number ge 6.5",
        "urn:example:Badge:level lt 3",
        "urn:example:Badge:codes eq 2",
    ],
)
def test_it_selects(text):
    assert selects(text)


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "ada"',
        'userName ne "ADA@example.com"',
        'userName co "exmple"',
        'userName sw "example"',
        'userName ew "ada"',
        'userName gt "ada@example.com"',
        'userName lt "ada@example.com"',
        "nickName pr",
        "title pr",
        "active eq false",
        "active ne true",
        "active eq 1",
        "urn:example:Badge:number eq true",
        'urn:example:Badge:number eq "7"',
        'urn:example:Badge:number co "7"',
        'nickName eq "Countess"',
        'nickName lt "z"',
        "userName eq null",
        'name eq "Lovelace"',
        f'{ENTERPRISE_SCHEMA}:division eq "Engines"',
        'urn:example:other:department eq "Engines"',
    ],
)
def test_it_does_not_select(text):
    assert not selects(text)


def test_names_and_operators_are_read_in_any_letter_case():
    assert selects('USERNAME EQ "ada@example.com" AND NOT (NAME.FAMILYNAME Eq "x") aNd ACTIVE eq TRUE Or id PR')
    assert selects(f'{ENTERPRISE_SCHEMA.upper()}:DEPARTMENT eq "Engines"')


def test_names_in_a_body_are_read_in_any_letter_case():
    assert parse("filter", 'userName eq "ada" and emails.type eq "work"').matches(
        {"USERNAME": "ada", "Emails": [{"TYPE": "work"}]}
    )


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ('id eq "aB1"', True),
        ('id eq "ab1"', False),
        ('externalId sw "HR-"', True),
        ('externalId sw "hr-"', False),
        ('groups.value eq "gx"', False),
        ('groups eq "gx"', False),
        ('groups[value eq "gx"]', False),
        ('groups[value eq "gX"]', True),
        ('meta.resourceType eq "user"', False),
        (f'{ENTERPRISE_SCHEMA}:manager eq "mx"', False),
    ],
)
def test_ids_are_compared_to_the_letter(text, selected):
    assert selects(text) is selected


def test_both_ways_to_write_an_accent_are_one():
    assert selects('name.givenName eq "JOSE\u0301"')
    assert selects('externalId eq "e\u0301"', externalId="\u00e9")


@pytest.mark.parametrize("shown", ["True", "true", "TRUE", True])
def test_an_active_user_is_active_however_the_service_writes_it(shown):
    assert selects("active eq true", active=shown)
    assert selects("active ne false", active=shown)
    assert not selects("active eq false", active=shown)


def test_who_has_no_active_is_neither():
    body = {"userName": "ada"}
    assert not parse("filter", "active eq true").matches(body)
    assert not parse("filter", "active eq false").matches(body)


# -- multi-valued attributes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'emails.value eq "ada@home.example"',
        'emails co "@home"',
        'emails eq "ADA@example.com"',
        'emails.type eq "home"',
        'emails.type ne "home"',
        "emails.primary eq true",
        "emails.primary eq null",
        'emails[type eq "work" and value co "@example"]',
        'emails[type eq "home" and not (value co "@example.com")]',
        'emails[(type eq "other" or type eq "home") and primary ne true]',
        "emails pr",
        "emails.primary pr",
        "emails[primary pr]",
        "addresses pr",
        'roles eq "admin"',
        'roles.value eq "admin"',
        'roles[value eq "admin"]',
        f'schemas eq "{ENTERPRISE_SCHEMA}"',
        "phoneNumbers eq null",
        'phoneNumbers ne "1"',
    ],
)
def test_one_element_is_enough(text):
    assert selects(text)


@pytest.mark.parametrize(
    "text",
    [
        'emails[type eq "work" and value co "@home"]',
        'emails[type eq "other"]',
        "emails.display pr",
        "addresses.locality pr",
        "phoneNumbers pr",
        "phoneNumbers[type eq null]",
        'ims[not (type eq "x")]',
        'roles[type eq "admin"]',
    ],
)
def test_no_element_is_not_enough(text):
    assert not selects(text)


def test_not_equal_is_true_of_a_list_as_soon_as_one_value_differs():
    """RFC 7644 section 3.4.2.2: "the filter matches if any of the values match the specified criterion"."""
    assert selects('emails.type ne "work"')
    assert not selects('not (emails.type eq "work")')
    assert not selects('emails.type ne "work"', emails=[{"type": "work"}])


def test_a_single_value_without_its_list_is_an_element():
    assert selects('emails[type eq "work"]', emails={"type": "work"})
    assert selects('emails co "ada"', emails="ada@example.com")


@pytest.mark.parametrize("value", [False, 0, [0], {"a": {"b": 0}}])
def test_present_are_values_that_are_false(value):
    assert selects("urn:example:Badge:x pr", **{"urn:example:Badge": {"x": value}})


@pytest.mark.parametrize("value", [None, "", [], {}, [{}], [{"a": ""}], {"a": {"b": None}}, [[]]])
def test_absent_is_what_has_no_value_anywhere(value):
    assert not selects("urn:example:Badge:x pr", **{"urn:example:Badge": {"x": value}})


# -- together ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("a", ["id pr", "nickName pr"])
@pytest.mark.parametrize("b", ["id pr", "nickName pr"])
@pytest.mark.parametrize("c", ["id pr", "nickName pr"])
def test_not_binds_tighter_than_and_and_that_tighter_than_or(a, b, c):
    x, y, z = (part == "id pr" for part in (a, b, c))
    assert selects(f"{a} or {b} and {c}") is (x or (y and z))
    assert selects(f"{a} and {b} or {c}") is ((x and y) or z)
    assert selects(f"({a} or {b}) and {c}") is ((x or y) and z)
    assert selects(f"not ({a}) and {b}") is (not x and y)
    assert selects(f"not ({a} and {b}) or {c}") is (not (x and y) or z)


# -- dates ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'meta.created eq "2020-01-01T01:00:00+01:00"',
        'meta.created eq "2020-01-01T00:00:00.000Z"',
        'meta.created gt "2020-01-01T00:30:00+01:00"',
        'meta.created lt "2019-12-31T23:30:00-01:00"',
        'meta.created lt "2020-01-01T00:00:00.5Z"',
        'meta.created sw "2020-"',
        'meta.created ge "2020"',
    ],
)
def test_dates_are_compared_as_time(text):
    assert selects(text)


def test_ids_that_look_like_dates_are_none():
    assert not selects('externalId eq "2020-01-01T01:00:00+01:00"', externalId="2020-01-01T00:00:00Z")


def test_a_filter_keeps_its_text():
    assert parse("filter", "id  pr").text == "id  pr"
