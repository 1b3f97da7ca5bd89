# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and groups: options <-> canonical <-> wire (RFC 7643)."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.attributes import ENTERPRISE_SCHEMA
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import (
    VENDOR,
    body_of,
    group_wishes,
    plainly,
    references,
    user_options,
    user_wishes,
)
from hypothesis import given, settings


def seen(**body):
    return USER.from_wire(body, references())


def group_seen(*members):
    return GROUP.from_wire({"displayName": "Staff", "members": list(members)}, references())


# -- options -> canonical ---------------------------------------------------------------------------------------------------


def test_none_is_not_given_and_empty_clears():
    options = {"user_name": "ada", "title": None, "locale": "", "emails": [], "name": {"given_name": "", "family_name": None}}
    assert USER.from_options(options) == {"user_name": "ada", "locale": None, "emails": None, "name.given_name": None}


def test_a_user_always_has_a_name():
    with pytest.raises(InvalidInput, match="user_name is empty"):
        USER.from_options({"user_name": ""})


def test_nothing_is_left_of_an_element_but_what_was_given():
    wish = USER.from_options({"emails": [{"value": "a@x", "type": None, "display": "", "primary": False}]})
    assert wish == {"emails": ({"value": "a@x", "primary": False},)}


@pytest.mark.parametrize(
    ("emails", "complaint"),
    [
        ([{"type": "work"}], r"emails\[0\] has no value"),
        ([{"value": "a@x"}, {"value": "A@X"}], r"emails\[0\] and emails\[1\] are the same"),
        # Which of the two the one without a type means, would be a guess.
        ([{"value": "a@x", "type": "work"}, {"value": "a@x"}], r"emails\[0\] and emails\[1\] are the same"),
        ([{"value": "a@x", "primary": True}, {"value": "b@x", "primary": True}], "more than one primary"),
    ],
)
def test_contradictory_elements_are_refused(emails, complaint):
    with pytest.raises(InvalidInput, match=complaint):
        USER.from_options({"emails": emails})


def test_an_address_needs_a_type():
    with pytest.raises(InvalidInput, match=r"addresses\[0\] has no type"):
        USER.from_options({"addresses": [{"locality": "Ulm"}]})


def test_other_schemas_keep_their_path():
    wish = USER.from_options({"extensions": {VENDOR: {"costCode": "7", "badge": None, "desk": {"seat": ""}}}})
    assert wish == {f"{VENDOR}:costCode": "7", f"{VENDOR}:badge": None, f"{VENDOR}:desk": {"seat": ""}}


def test_an_extension_that_we_know_is_the_same_as_the_option():
    wish = USER.from_options({"extensions": {ENTERPRISE_SCHEMA.upper(): {"Department": "IT", "manager": {"value": "7"}}}})
    assert wish == {"department": "IT", "manager": "id:7"}


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"extensions": {"vendor": {}}}, "'vendor' is not a schema URN"),
        ({"extensions": {VENDOR: "x"}}, "has to hold attributes"),
        ({"extensions": {USER.schema: {"title": "x"}}}, "its attributes are options"),
        ({"department": "IT", "extensions": {ENTERPRISE_SCHEMA: {"department": "HR"}}}, "is the option department"),
    ],
)
def test_contradictory_extensions_are_refused(options, complaint):
    with pytest.raises(InvalidInput, match=complaint):
        USER.from_options(options)


# -- wire -> canonical ---------------------------------------------------------------------------------------------------


def test_names_of_attributes_and_schemas_are_read_in_any_letter_case():
    body = {"USERNAME": "ada", "Name": {"GivenName": "Ada"}, ENTERPRISE_SCHEMA.upper(): {"DEPARTMENT": "IT"}}
    assert seen(**body) == {"user_name": "ada", "name.given_name": "Ada", "department": "IT"}


def test_no_value_is_no_key():
    assert seen(userName="ada", title=None, nickName="", emails=[], name={}, phoneNumbers=None) == {"user_name": "ada"}


def test_what_the_service_alone_decides_is_not_seen():
    assert seen(id="1", meta={"version": "x"}, groups=[{"value": "g1"}], schemas=[USER.schema]) == {}


@pytest.mark.parametrize(("sent", "read"), [("True", True), ("false", False), (True, True)])
def test_a_boolean_is_read_as_one(sent, read):
    assert seen(active=sent, emails=[{"value": "a@x", "primary": sent}]) == {
        "active": read,
        "emails": ({"value": "a@x", "primary": read},),
    }


def test_a_bare_value_is_an_element():
    assert seen(roles=["Admin", None, ""], emails="a@x") == {"roles": ({"value": "Admin"},), "emails": ({"value": "a@x"},)}


@pytest.mark.parametrize("sent", [{"value": "u1"}, "u1", {"VALUE": "u1", "displayName": "Bob", "$ref": "../Users/u1"}])
def test_a_manager_is_read_in_every_form(sent):
    assert seen(**{ENTERPRISE_SCHEMA: {"manager": sent}}) == {"manager": "Bob"}


@pytest.mark.parametrize("garbage", [None, "text", 7, [], [1]])
def test_garbage_in_the_place_of_an_extension_is_passed_over(garbage):
    assert seen(userName="ada", **{VENDOR: garbage, ENTERPRISE_SCHEMA: garbage}) == {"user_name": "ada"}


def test_members_are_people_and_groups():
    found = group_seen(
        {"value": "u0"},
        {"value": "g0", "type": "Group"},
        {"value": "x", "$ref": "https://scim.example/v2/Groups/x"},
        {"value": "g1"},
        "u1",
        {"display": "nobody"},
        None,
    )
    assert found["members"] == ("Bob", "ada")
    assert found["nested_groups"] == ("Blue team", "Red team", "id:x")


def test_a_member_who_is_listed_twice_is_one():
    assert group_seen({"value": "u0"}, {"value": "u0"})["members"] == ("ada",)


# -- changes -------------------------------------------------------------------------------------------------------------


def test_an_attribute_of_an_unknown_schema_is_found_in_any_letter_case():
    have = seen(userName="ada", **{VENDOR.upper(): {"CostCode": "7"}})
    assert USER.changes(have, {f"{VENDOR}:costCode": "7"}) == ()
    (change,) = USER.changes(have, {f"{VENDOR}:costCode": "8"})
    assert (change.path, change.before, change.after) == (f"{VENDOR.upper()}:CostCode", "7", "8")


def test_a_password_is_never_compared_and_never_read_back():
    (change,) = USER.changes({"user_name": "ada"}, {"password": "s3cret"})
    assert change.secret
    assert USER.changes({"user_name": "ada"}, {"password": "s3cret"}, loosely=True) == ()
    assert USER.changes({"user_name": "ada"}, {"password": None}) == ()
    assert USER.secrets() == {"password"}


# -- canonical -> wire ------------------------------------------------------------------------------------------------------


def test_every_schema_that_is_used_is_listed():
    body = USER.to_wire({"user_name": "ada", "department": "IT", f"{VENDOR}:badge": 7}, references())
    assert body == {
        "schemas": [USER.schema, ENTERPRISE_SCHEMA, VENDOR],
        "userName": "ada",
        ENTERPRISE_SCHEMA: {"department": "IT"},
        VENDOR: {"badge": 7},
    }


def test_people_and_groups_share_the_list_of_members():
    body = GROUP.to_wire({"display_name": "Staff", "members": ("ada",), "nested_groups": ("Red team",)}, references())
    assert body["members"] == [{"value": "u0"}, {"value": "g0", "type": "Group"}]


def test_a_manager_is_sent_by_id():
    assert USER.to_wire({"manager": "Bob"}, references())[ENTERPRISE_SCHEMA] == {"manager": {"value": "u1"}}


@settings(deadline=None)
@given(user_wishes())
def test_a_user_survives_the_wire(wish):
    made = USER.created(wish)
    assert USER.from_wire(USER.to_wire(made, references()), references()) == made


@settings(deadline=None)
@given(group_wishes)
def test_a_group_survives_the_wire(wish):
    made = GROUP.created(wish)
    assert GROUP.from_wire(GROUP.to_wire(made, references()), references()) == made


@settings(deadline=None)
@given(user_wishes())
def test_nothing_unasked_is_read(wish):
    body = body_of(USER, wish)
    assert set(USER.from_wire(body, references())) == {*USER.created(wish), "urn:example:other:Kept"}


# -- canonical -> options ---------------------------------------------------------------------------------------------------


def test_a_result_shows_no_secret():
    assert USER.to_options({"user_name": "ada", "password": "s3cret", "title": None}) == {"user_name": "ada"}


@settings(deadline=None)
@given(user_options())
def test_what_is_shown_is_what_a_task_accepts(options):
    made = USER.created(USER.from_options(options))
    assert plainly(USER.from_options(USER.to_options(made))) == plainly(made)
