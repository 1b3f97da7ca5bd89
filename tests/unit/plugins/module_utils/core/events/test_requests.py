# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a SCIM request means: above all, that somebody leaves, in every shape in which it is said."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.requests import (
    action_of,
    identity_in,
    resource_in_path,
    resource_of,
)
from hypothesis import given
from hypothesis import strategies as st

URN = "urn:ietf:params:scim:schemas:core:2.0:User:active"


def patch(*operations):
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}


LEAVES = {
    "path, boolean": patch({"op": "replace", "path": "active", "value": False}),
    "path, Entra's text": patch({"op": "Replace", "path": "active", "value": "False"}),
    "path, lower case text": patch({"op": "replace", "path": "active", "value": " false "}),
    "add": patch({"op": "Add", "path": "active", "value": False}),
    "full path": patch({"op": "replace", "path": URN, "value": False}),
    "value object": patch({"op": "replace", "value": {"active": False}}),
    "value object, text": patch({"op": "replace", "value": {"Active": "FALSE", "title": "x"}}),
    "value object, full name": patch({"op": "replace", "value": {URN: False}}),
    "value object in a list": patch({"op": "replace", "path": "", "value": [{"active": False}]}),
    "list": patch({"op": "replace", "path": "active", "value": [False]}),
    "complex value": patch({"op": "replace", "path": "active", "value": {"value": "False"}}),
    "with others": patch({"op": "replace", "path": "title", "value": "x"}, {"op": "replace", "path": "active", "value": False}),
    "the last one counts": patch({"op": "replace", "path": "active", "value": True}, {"op": "replace", "path": "active", "value": False}),
    "other letters": {"operations": [{"OP": "REPLACE", "PATH": "Active", "VALUE": False}]},
    "SCIM 1.1": {"schemas": ["urn:scim:schemas:core:1.0"], "active": False},
}


@pytest.mark.parametrize("body", LEAVES.values(), ids=LEAVES)
def test_a_patch_that_makes_somebody_inactive_is_a_deactivation(body):
    for written in (body, json.dumps(body), json.dumps(json.dumps(body))):
        assert action_of("user", "PATCH", written) == "user.deactivate"
        assert action_of("user", "patch", written) == "user.deactivate"
    assert action_of("user", "DELETE", body) == "user.delete"
    assert action_of("user", "POST", body) == "user.create"


@pytest.mark.parametrize(
    ("method", "body", "action"),
    [
        ("PUT", {"userName": "a", "active": False}, "user.deactivate"),
        ("PUT", {"userName": "a", "active": "False"}, "user.deactivate"),
        ("PUT", {"userName": "a", "active": True}, "user.replace"),
        ("PUT", {"userName": "a"}, "user.replace"),
        ("PATCH", patch({"op": "replace", "path": "active", "value": True}), "user.activate"),
        ("PATCH", patch({"op": "replace", "value": {"active": "True"}}), "user.activate"),
        ("PATCH", patch({"op": "replace", "path": "title", "value": "active false"}), "user.update"),
        ("PATCH", patch({"op": "remove", "path": "active"}), "user.update"),
        ("PATCH", patch({"op": "replace", "path": "active", "value": "perhaps"}), "user.update"),
        ("PATCH", patch({"op": "replace", "path": "x.active", "value": False}), "user.update"),
        ("PATCH", patch({"op": "replace", "path": "x", "value": {"active": False}}), "user.update"),
        ("PATCH", "", "user.update"),
        ("PATCH", "{", "user.update"),
        ("PATCH", None, "user.update"),
        ("PATCH", [], "user.update"),
        ("PATCH", {"Operations": "x"}, "user.update"),
        ("PATCH", {"Operations": [1, None, {}]}, "user.update"),
        ("POST", None, "user.create"),
        ("GET", None, "user.read"),
        ("DELETE", None, "user.delete"),
        ("BREW", None, ""),
        (None, None, ""),
        (7, None, ""),
    ],
)
def test_other_requests_for_users(method, body, action):
    assert action_of("user", method, body) == action


@pytest.mark.parametrize(
    ("body", "action"),
    [
        (patch({"op": "add", "path": "members", "value": [{"value": "1"}]}), "group.member.add"),
        (patch({"op": "Add", "value": {"members": [{"value": "1"}]}}), "group.member.add"),
        (patch({"op": "remove", "path": 'members[value eq "1"]'}), "group.member.remove"),
        (patch({"op": "Remove", "path": "members", "value": [{"value": "1"}]}), "group.member.remove"),
        (patch({"op": "add", "path": "members", "value": []}, {"op": "remove", "path": 'members[value eq "1"]'}), "group.update"),
        (patch({"op": "replace", "path": "members", "value": []}), "group.update"),
        (patch({"op": "replace", "path": "displayName", "value": "x"}), "group.update"),
        (patch({"op": "add", "value": {"members": [], "displayName": "x"}}), "group.update"),
        (patch({"op": "replace", "path": "active", "value": False}), "group.update"),
        ({}, "group.update"),
    ],
)
def test_members_of_groups(body, action):
    assert action_of("group", "PATCH", json.dumps(body)) == action


def test_a_search_by_post_is_a_read():
    assert action_of("user", "POST", {}, "/scim/v2/Users/.search") == "user.read"
    assert action_of("service", "POST", {}, "/scim/v2/Bulk") == "service.create"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("https://h/scim/v2/Users/2819?x=1#y", ("user", "2819")),
        ("/Users/jane%40lab.example", ("user", "jane@lab.example")),
        ("/scim/v2/Groups", ("group", "")),
        ("/Users/.search", ("user", "")),
        ("/scim/v2/Me", ("user", "")),
        ("/Schemas", ("service", "")),
        ("http://[broken/Users/1", ("service", "")),
        (None, ("service", "")),
    ],
)
def test_the_resource_in_a_path(path, found):
    assert resource_in_path(path) == found


def test_resource_words():
    assert [resource_of(word) for word in ("USER", "Users", "group", "ServicePrincipal", None, 3)] == ["user", "user", "group", "", "", ""]


def test_of_whom_a_body_speaks():
    body = {"USERNAME": "ann", "externalId": "e1", "emails": [{"value": "a@example.com"}]}
    assert identity_in("user", json.dumps(body)) == {"user": "ann", "external_id": "e1"}
    assert identity_in("user", {"emails": [None, {"value": 3}, {"value": "a@example.com"}]}) == {"user": "a@example.com"}
    assert identity_in("group", {"displayName": "eng"}) == {"group": "eng"}
    assert identity_in("user", "{") == {}
    assert identity_in("service", body) == {"external_id": "e1"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["op", "path", "value", "Operations", "active", "members", "userName", "emails", "displayName"]), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(["user", "group", "service"]), st.sampled_from(["PATCH", "PUT", "POST", "DELETE"]), JSON)
def test_any_body_has_an_action(resource, method, body):
    assert action_of(resource, method, body).startswith(resource + ".")
    identity_in(resource, body)
