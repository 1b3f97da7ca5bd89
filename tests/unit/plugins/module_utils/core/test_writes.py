# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests that carry out an operation."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.attributes import ENTERPRISE_SCHEMA
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import DELETE, Operation, plan
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import (
    PATH,
    PUT,
    VALUE_PATH,
    Capabilities,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ways import Way
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.writes import (
    Snapshot,
    check_supported,
    requests_for,
    resource_path,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import (
    PEOPLE,
    VENDOR,
    references,
)


def user(**attributes):
    return {"schemas": [USER.schema], "id": "1", "userName": "ada", "meta": {"version": "v"}, **attributes}


def operation_for(resource, wish, body=None):
    seen = {"it": resource.from_wire(body, references())} if body else {}
    return next(iter(plan(resource, {"it": wish}, seen)))


def writes(resource, wish, body=None, way=None, version="", **capabilities):
    snapshot = Snapshot("1", body, version) if body else None
    known = Capabilities("auto", capabilities)
    return requests_for(resource, operation_for(resource, wish, body), snapshot, known, references(), way)


def put_of(wish, **attributes):
    (request,) = writes(USER, wish, user(**attributes), Way(PUT, VALUE_PATH))
    assert (request.method, request.path) == ("PUT", "/Users/1")
    return request.body


# -- paths and versions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("resource_id", "path"), [("a&b", "/Users/a%26b"), ("a@x/y", "/Users/a%40x%2Fy"), ("é", "/Users/%C3%A9")])
def test_an_id_may_hold_any_character(resource_id, path):
    assert resource_path(USER, resource_id) == path


@pytest.mark.parametrize("resource_id", ["", ".", ".."])
def test_what_would_lead_to_another_place_is_no_id(resource_id):
    with pytest.raises(InvalidInput, match="is not the id of a user"):
        resource_path(USER, resource_id)


def test_a_version_is_named_only_where_it_means_something():
    assert writes(USER, {"title": "x"}, user(), version='W/"1"')[0].version == ""
    assert writes(USER, {"title": "x"}, user(), version='W/"1"', etag=True)[0].version == 'W/"1"'


def test_only_the_first_of_several_requests_is_conditional():
    body = {"schemas": [GROUP.schema], "id": "1", "displayName": "Staff"}
    found = writes(GROUP, {"members": PEOPLE}, body, version="v", etag=True, members_per_request=2)
    assert [request.version for request in found] == ["v", "", ""]


def test_a_request_is_shown_without_its_body():
    (request,) = writes(USER, {"user_name": "ada", "password": "s3cret"})
    assert request.shown() == {"method": "POST", "path": "/Users"}
    assert "s3cret" not in repr(request)
    assert "s3cret" not in repr(Snapshot("1", {"password": "s3cret"}))


# -- create and delete ---------------------------------------------------------------------------------------------------


def test_a_user_is_created_with_what_the_wish_gives_a_value():
    (request,) = writes(USER, {"user_name": "ada", "title": None, "password": "s3cret"})
    assert request.body == {"schemas": [USER.schema], "userName": "ada", "password": "s3cret"}


def test_a_group_is_created_with_its_members():
    (request,) = writes(GROUP, {"display_name": "Staff", "members": ("ada",)})
    assert request.body["members"] == [{"value": "u0"}]


@pytest.mark.parametrize("capability", [{"members_on_create": False}, {"members_per_request": 1}])
def test_members_follow_later_where_they_have_to(capability):
    (request,) = writes(GROUP, {"display_name": "Staff", "members": ("Bob", "ada")}, **capability)
    assert request.body == {"schemas": [GROUP.schema], "displayName": "Staff"}


def test_a_resource_is_deleted_by_its_id():
    operation = Operation(DELETE, "User", "ada", {}, None)
    (request,) = requests_for(USER, operation, Snapshot("1", user(), "v"), Capabilities("auto", {"etag": True}), references())
    assert (request.method, request.path, request.body, request.version) == ("DELETE", "/Users/1", None, "v")


# -- PUT -------------------------------------------------------------------------------------------------------------------


def test_a_put_keeps_everything_that_is_not_ours():
    body = put_of({"title": "Chief"}, active=False, externalId="E1", vendorFlag=[1], **{VENDOR: {"a": {"b": None}}})
    assert body == {
        "schemas": [USER.schema],
        "userName": "ada",
        "active": False,
        "externalId": "E1",
        "vendorFlag": [1],
        VENDOR: {"a": {"b": None}},
        "title": "Chief",
    }


def test_a_put_leaves_out_what_the_service_alone_decides():
    manager = {"value": "u1", "$ref": "../Users/u1", "displayName": "Bob"}
    body = put_of({"title": "x"}, groups=[{"value": "g0"}], **{ENTERPRISE_SCHEMA: {"manager": manager}})
    assert not {"id", "meta", "groups"} & set(body)
    assert body[ENTERPRISE_SCHEMA] == {"manager": {"value": "u1"}}
    assert manager["displayName"] == "Bob"  # the snapshot itself stays as it was


def test_a_put_leaves_out_what_the_service_alone_decides_in_any_letter_case():
    (request,) = writes(USER, {"title": "x"}, {"SCHEMAS": [USER.schema], "ID": "1", "Meta": {}}, Way(PUT, VALUE_PATH))
    assert request.body == {"schemas": [USER.schema], "title": "x"}


def test_a_put_leaves_members_as_they_are_but_for_what_follows_from_them():
    members = [{"value": "u0", "$ref": "x", "display": "Ada", "type": "User"}, {"display": "no id"}]
    body = {"schemas": [GROUP.schema], "id": "1", "displayName": "Staff", "members": members}
    (request,) = writes(GROUP, {"display_name": "Crew"}, body, Way(PUT, VALUE_PATH))
    assert request.body["members"] == [{"value": "u0", "type": "User"}, {"display": "no id"}]


def test_a_put_replaces_members_however_they_are_spelled():
    body = {"schemas": [GROUP.schema], "id": "1", "displayName": "Staff", "MEMBERS": [{"value": "u0"}]}
    (request,) = writes(GROUP, {"members": ("Bob",)}, body, Way(PUT, VALUE_PATH))
    assert {name: value for name, value in request.body.items() if name.lower() == "members"} == {"members": [{"value": "u1"}]}


def test_a_put_keeps_unknown_sub_attributes_of_the_elements_that_stay():
    emails = [{"value": "a@x", "type": "work", "verified": True}, {"value": "b@x", "verified": True}]
    body = put_of({"emails": ({"value": "a@x", "type": "home"}, {"value": "c@x"})}, emails=emails)
    assert sorted(body["emails"], key=lambda e: e["value"]) == [
        {"value": "a@x", "type": "home", "verified": True},
        {"value": "c@x"},
    ]


def test_a_put_clears_by_leaving_out():
    assert "title" not in put_of({"title": None}, title="Chief")
    assert ENTERPRISE_SCHEMA not in put_of({"department": None}, **{ENTERPRISE_SCHEMA: {"department": "IT"}})


def test_a_service_without_patch_gets_a_put():
    (request,) = writes(USER, {"title": "x"}, user(), update=PUT)
    assert request.method == "PUT"


# -- what the service does not take ---------------------------------------------------------------------------------------


def check(resource, wish, body=None, profile="auto", **capabilities):
    check_supported(resource, operation_for(resource, wish, body), Capabilities(profile, capabilities))


def test_a_change_of_what_cannot_change_is_refused():
    with pytest.raises(InvalidInput, match="user_name cannot be changed"):
        check(USER, {"user_name": "eve"}, user(), immutable=["user_name"])


def test_what_cannot_change_may_be_given_once():
    check(USER, {"user_name": "ada", "external_id": "E"}, None, immutable=["user_name", "external_id"])
    check(USER, {"external_id": "E"}, user(), immutable=["external_id"])


def test_a_fact_about_groups_is_none_about_users():
    group = {"schemas": [GROUP.schema], "id": "1", "displayName": "Staff", "externalId": "E"}
    with pytest.raises(InvalidInput, match="external_id cannot be changed"):
        check(GROUP, {"external_id": "F"}, group, "keycloak")
    check(USER, {"external_id": "F"}, user(externalId="E"), "keycloak")
    check(USER, {"display_name": "New"}, user(displayName="Old"), "jfrog")


def test_more_than_one_entry_is_refused_where_one_is_kept():
    with pytest.raises(InvalidInput, match="one entry of emails only, 2 are given"):
        check(USER, {"emails": ({"value": "a@x"}, {"value": "b@x"})}, user(), "aws")


def test_what_a_service_needs_has_to_be_given():
    with pytest.raises(InvalidInput, match="needs display_name, name.given_name, name.family_name"):
        check(USER, {"user_name": "ada"}, None, "aws")
    check(USER, {"title": "x"}, user(), "aws")


def test_nobody_is_created_without_a_name():
    with pytest.raises(InvalidInput, match="user_name is not given"):
        check(USER, {"external_id": "E1"})


def test_members_that_cannot_be_seen_are_not_put_at_risk():
    group = {"schemas": [GROUP.schema], "id": "1", "displayName": "Staff"}
    with pytest.raises(InvalidInput, match="does not show all members"):
        check(GROUP, {"members": ("ada",)}, group, update=PUT, members_read="none")
    check(GROUP, {"members": ("ada",)}, group, update=PATH, members_read="none")
