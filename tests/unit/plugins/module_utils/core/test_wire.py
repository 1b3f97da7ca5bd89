# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths, letter case and references in the JSON of a resource."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.attributes import (
    ENTERPRISE_SCHEMA,
    USER_SCHEMA,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.wire import (
    as_list,
    attribute_of,
    element,
    id_of,
    member_kind,
    on_wire,
    put,
    split,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import (
    references,
)


def body(**attributes):
    return {"schemas": [USER_SCHEMA], **attributes}


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("title", ("", "title")),
        ("name.givenName", ("name", "givenName")),
        (f"{ENTERPRISE_SCHEMA}:department", (ENTERPRISE_SCHEMA, "department")),
        ("URN:x:2.0:User:a", ("URN:x:2.0:User", "a")),
    ],
)
def test_a_path_has_a_parent_and_a_name(path, parts):
    assert split(path) == parts


def test_a_value_is_set_where_the_body_spells_it():
    given = body(Title="a", NAME={"GIVENNAME": "b"})
    put(given, "title", "c")
    put(given, "name.givenName", "d")
    assert given == body(Title="c", NAME={"GIVENNAME": "d"})


def test_an_extension_is_listed_when_it_comes_and_once():
    given = body()
    put(given, f"{ENTERPRISE_SCHEMA}:department", "IT")
    put(given, f"{ENTERPRISE_SCHEMA.lower()}:division", "R")
    assert given == {"schemas": [USER_SCHEMA, ENTERPRISE_SCHEMA], ENTERPRISE_SCHEMA: {"department": "IT", "division": "R"}}


def test_removing_what_is_not_there_leaves_no_trace():
    given = body()
    put(given, f"{ENTERPRISE_SCHEMA}:department", None)
    put(given, "name.givenName", None)
    put(given, "title", None)
    assert given == body()


def test_nothing_is_left_of_an_emptied_parent():
    given = body(name={"givenName": "a"}, **{ENTERPRISE_SCHEMA: {"department": "IT"}})
    put(given, "name.givenName", None)
    put(given, f"{ENTERPRISE_SCHEMA}:department", None)
    assert given == body()


@pytest.mark.parametrize("garbage", [None, "text", 7])
def test_garbage_in_the_place_of_a_parent_is_replaced(garbage):
    given = body(name=garbage, **{ENTERPRISE_SCHEMA: garbage})
    put(given, "name.givenName", "a")
    put(given, f"{ENTERPRISE_SCHEMA}:department", "IT")
    assert given["name"] == {"givenName": "a"}
    assert given[ENTERPRISE_SCHEMA] == {"department": "IT"}


def test_values_are_read_in_any_letter_case():
    core = {"name": {"GivenName": "a"}, ENTERPRISE_SCHEMA.lower(): {"DEPARTMENT": "IT"}, "title": "T"}
    assert on_wire(core, "name.givenName") == "a"
    assert on_wire(core, f"{ENTERPRISE_SCHEMA}:department") == "IT"
    assert on_wire(core, "title") == "T"
    assert on_wire({"name": "text"}, "name.givenName") is None
    assert attribute_of(None, "x") is None


def test_a_bare_value_is_a_list_of_one():
    assert as_list("a") == ["a"]
    assert as_list(("a", "b")) == ("a", "b")


def test_an_id_is_read_in_every_form():
    assert [id_of(item) for item in ({"Value": 7}, "7", {}, None, {"value": None})] == ["7", "7", "", "", ""]


def test_an_element_holds_what_is_known():
    emails = USER.attribute("emails")
    assert element(emails, {"Value": "a@x", "primary": "True", "verified": True, "type": None}) == {"value": "a@x", "primary": True}
    assert element(emails, "a@x") == {"value": "a@x"}
    assert element(emails, None) == {}


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"value": "g0", "type": "User"}, "User"),
        ({"value": "u0", "type": "group"}, "Group"),
        ({"value": "x", "$ref": "https://scim.example/v2/Groups/x"}, "Group"),
        ({"value": "g0"}, "Group"),
        ({"value": "u0"}, "User"),
        ("stranger", "User"),
    ],
)
def test_the_kind_of_a_member(item, kind):
    assert member_kind(item, references()) == kind
