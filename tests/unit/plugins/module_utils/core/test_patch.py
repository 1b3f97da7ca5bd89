# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PATCH operations (RFC 7644 section 3.5.2), judged by a model service that follows the RFC."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import plan, simulate
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import (
    PATH,
    PATHLESS,
    PUT,
    REPLACE,
    VALUE_LIST,
    VALUE_PATH,
    WHOLE,
    Capabilities,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ways import Way, ways
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.writes import Snapshot, requests_for
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.scim_model import Service
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import (
    PEOPLE,
    VENDOR,
    body_of,
    group_wishes,
    plainly,
    references,
    user_wishes,
)
from hypothesis import given, settings
from hypothesis import strategies as st

EVERY_STYLE = (PATH, WHOLE, PATHLESS, PUT)


def operation_for(resource, body, wish):
    """The one operation that makes a resource as wished, or None."""
    seen = resource.from_wire(body, references())
    return next(iter(plan(resource, {"it": wish}, {"it": seen})), None), seen


def sent(resource, body, wish, style=PATH, removal=VALUE_PATH, **capabilities):
    operation, _seen = operation_for(resource, body, wish)
    known = Capabilities("auto", capabilities)
    return requests_for(resource, operation, Snapshot("1", body), known, references(), Way(style, removal))


def operations(resource, body, wish, style=PATH, removal=VALUE_PATH, **capabilities):
    """The PATCH operations of all requests."""
    requests = sent(resource, body, wish, style, removal, **capabilities)
    return [operation for request in requests for operation in request.body["Operations"]]


def user(**attributes):
    return {"schemas": [USER.schema], "id": "1", "userName": "ada", **attributes}


def group(*people, teams=()):
    entries = [{"value": references().id("User", name)} for name in people]
    entries += [{"value": references().id("Group", name), "type": "Group"} for name in teams]
    return {"schemas": [GROUP.schema], "id": "1", "displayName": "Staff", "members": entries}


# -- one explicit path an operation --------------------------------------------------------------------------------


def test_a_text_is_replaced_at_its_path():
    assert operations(USER, user(title="Clerk"), {"title": "Chief"}) == [{"op": "replace", "path": "title", "value": "Chief"}]


def test_a_sub_attribute_has_a_path_of_its_own():
    assert operations(USER, user(name={"givenName": "A"}), {"name.given_name": "Ada"}) == [
        {"op": "replace", "path": "name.givenName", "value": "Ada"}
    ]


def test_an_attribute_of_an_extension_follows_its_urn_after_a_colon():
    (operation,) = operations(USER, user(), {"department": "IT"})
    assert operation["path"] == "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"


def test_a_manager_is_replaced_as_a_whole_by_id():
    (operation,) = operations(USER, user(), {"manager": "Bob"})
    assert operation["path"].endswith(":User:manager")
    assert operation["value"] == {"value": "u1"}


def test_a_cleared_attribute_is_removed():
    assert operations(USER, user(title="Clerk"), {"title": None}) == [{"op": "remove", "path": "title"}]


def test_a_first_element_is_added():
    wish = {"emails": ({"value": "a@x", "type": "work"},)}
    assert operations(USER, user(), wish) == [{"op": "add", "path": "emails", "value": [{"value": "a@x", "type": "work"}]}]


def test_a_work_address_is_changed_in_its_place():
    body = user(emails=[{"value": "old@x", "type": "work"}, {"value": "h@x", "type": "home"}])
    wish = {"emails": ({"value": "new@x", "type": "work"}, {"value": "h@x", "type": "home"})}
    assert operations(USER, body, wish) == [{"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@x"}]


def test_lists_with_nothing_in_common_are_replaced():
    body = user(emails=[{"value": "old@x"}])
    assert operations(USER, body, {"emails": ({"value": "new@x"},)}) == [
        {"op": "replace", "path": "emails", "value": [{"value": "new@x"}]}
    ]


def test_one_sub_attribute_of_an_unknown_complex_attribute_changes_alone():
    body = user(**{VENDOR: {"desk": {"floor": "1", "seat": "2"}}})
    wish = {f"{VENDOR}:desk": {"seat": "3"}}
    assert operations(USER, body, wish) == [{"op": "replace", "path": f"{VENDOR}:desk.seat", "value": "3"}]


def test_one_sub_attribute_of_an_unknown_complex_attribute_is_removed_alone():
    body = user(**{VENDOR: {"desk": {"floor": "1", "seat": "2"}}})
    assert operations(USER, body, {f"{VENDOR}:desk": {"seat": None}}) == [{"op": "remove", "path": f"{VENDOR}:desk.seat"}]


# -- value paths select exactly one element --------------------------------------------------------------------------


def test_a_double_is_not_removed_together_with_the_one_that_stays():
    body = user(emails=[{"value": "a@x", "type": "work"}, {"value": "a@x", "type": "work"}])
    wish = {"emails": ({"value": "a@x", "type": "work"},)}
    assert Service(body).send(sent(USER, body, wish))["emails"] == [{"value": "a@x", "type": "work"}]


def test_types_that_change_places_do_not_meet():
    body = user(emails=[{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}])
    wish = {"emails": ({"value": "a@x", "type": "home"}, {"value": "b@x", "type": "work"})}
    after = Service(body).send(sent(USER, body, wish))["emails"]
    assert {entry["value"]: entry["type"] for entry in after} == {"a@x": "home", "b@x": "work"}


def test_an_element_whose_type_changes_is_found_again_for_its_other_changes():
    body = user(emails=[{"value": "a@x", "type": "work", "display": "old"}, {"value": "b@x", "type": "other"}])
    wish = {"emails": ({"value": "a@x", "type": "home", "display": "new", "primary": True}, {"value": "b@x"})}
    after = Service(body).send(sent(USER, body, wish))["emails"]
    assert {"value": "a@x", "type": "home", "display": "new", "primary": True} in after


def test_an_element_that_no_filter_can_select_is_never_selected_by_an_empty_one():
    body = user(emails=[{"display": "odd"}, {"value": "a@x"}])
    found = operations(USER, body, {"emails": ({"value": "a@x"},)})
    assert found == [{"op": "replace", "path": "emails", "value": [{"value": "a@x"}]}]


def test_values_that_differ_in_letter_case_only_are_not_selected_by_value():
    body = user(roles=[{"value": "Admin"}, {"value": "admin"}])
    wish = {"roles": ({"value": "Admin"},)}
    assert Service(body, folds=True).send(sent(USER, body, wish))["roles"] == [{"value": "Admin"}]


# -- members -----------------------------------------------------------------------------------------------------------


def test_a_member_is_removed_by_a_value_path():
    body = group("ada", "Bob")
    assert operations(GROUP, body, {"members": ("ada",)}) == [{"op": "remove", "path": 'members[value eq "u1"]'}]


def test_removals_come_before_additions():
    found = operations(GROUP, group("ada"), {"members": ("Bob",)})
    assert [operation["op"] for operation in found] == ["remove", "add"]


def test_members_are_added_in_chunks_that_the_service_takes():
    requests = sent(GROUP, group(), {"members": PEOPLE}, members_per_request=4)
    assert [len(request.body["Operations"][0]["value"]) for request in requests] == [4, 2]


def test_wrapped_members_are_for_services_that_want_them_so():
    (operation,) = operations(GROUP, group(), {"members": ("ada",)}, members_wrapped=True)
    assert operation == {"op": "add", "path": "members", "value": {"members": [{"value": "u0"}]}}


def test_a_value_list_is_for_services_that_want_it_so():
    (operation,) = operations(GROUP, group("ada", "Bob"), {"members": ("ada",)}, removal=VALUE_LIST)
    assert operation == {"op": "remove", "path": "members", "value": [{"value": "u1"}]}


def test_a_nested_group_is_added_with_its_type():
    (operation,) = operations(GROUP, group(), {"nested_groups": ("Red team",)})
    assert operation["value"] == [{"value": "g0", "type": "Group"}]


def test_people_stay_when_nested_groups_are_sent_as_a_whole_list():
    (operation,) = operations(GROUP, group("ada", teams=["Red team"]), {"nested_groups": ()}, WHOLE, WHOLE)
    assert operation == {"op": "replace", "path": "members", "value": [{"value": "u0"}]}


# -- properties ----------------------------------------------------------------------------------------------------------


def ways_of(resource, operation, style, members):
    return ways(resource, operation, Capabilities("auto", {"update": style, "members_remove": members}))


@pytest.mark.parametrize("style", EVERY_STYLE)
@settings(deadline=None, max_examples=150)
@given(before=user_wishes(), wish=user_wishes(), folds=st.booleans(), doubled=st.booleans())
def test_a_user_becomes_what_was_planned(style, before, wish, folds, doubled):
    body = body_of(USER, before, doubled=doubled)
    operation, seen = operation_for(USER, body, wish)
    if operation is None:
        return
    planned = simulate([operation], {"it": seen})["it"]
    for way in ways_of(USER, operation, style, VALUE_PATH):
        requests = requests_for(USER, operation, Snapshot("1", body), Capabilities(), references(), way)
        after = Service(body, folds=folds).send(requests)
        assert plainly(USER.from_wire(after, references())) == plainly(planned)
        assert operation_for(USER, after, wish)[0] is None  # converged
        assert after["x-unknown"] == {"kept": True}
        assert after["urn:example:other"] == {"Kept": [1, 2]}
        assert after["id"] == "1"


@pytest.mark.parametrize("style", EVERY_STYLE)
@pytest.mark.parametrize("members", [VALUE_PATH, VALUE_LIST, REPLACE])
@settings(deadline=None, max_examples=60)
@given(before=group_wishes, wish=group_wishes, limit=st.integers(1, 4), folds=st.booleans())
def test_a_group_becomes_what_was_planned(style, members, before, wish, limit, folds):
    body = body_of(GROUP, before)
    operation, seen = operation_for(GROUP, body, wish)
    if operation is None:
        return
    planned = simulate([operation], {"it": seen})["it"]
    known = Capabilities("auto", {"members_per_request": limit})
    for way in ways_of(GROUP, operation, style, members):
        service = Service(body, folds=folds, value_lists=members == VALUE_LIST)
        requests = requests_for(GROUP, operation, Snapshot("1", body), known, references(), way)
        after = service.send(requests)
        assert plainly(GROUP.from_wire(after, references())) == plainly(planned)
        assert after["x-unknown"] == {"kept": True}
        ids = [entry["value"] for entry in after.get("members", [])]
        assert len(ids) == len(set(ids))
        if way == Way(PATH, VALUE_PATH):
            for request in requests:
                named = [op for op in request.body["Operations"] if "members" in op["path"]]
                assert sum(len(op["value"]) if "value" in op else 1 for op in named) <= limit


@settings(deadline=None, max_examples=150)
@given(before=group_wishes, wish=group_wishes, style=st.sampled_from(EVERY_STYLE))
def test_a_strict_service_never_reads_remove_all(before, wish, style):
    body = body_of(GROUP, before)
    operation, _seen = operation_for(GROUP, body, wish)
    if operation is None:
        return
    for way in ways_of(GROUP, operation, style, VALUE_PATH):
        for request in requests_for(GROUP, operation, Snapshot("1", body), Capabilities(), references(), way):
            for op in request.body.get("Operations", ()):
                assert not (op["op"] == "remove" and op.get("path", "members").lower() == "members")


@settings(deadline=None, max_examples=100)
@given(before=user_wishes(), wish=user_wishes(), doubled=st.booleans())
def test_patch_operations_are_as_the_rfc_writes_them(before, wish, doubled):
    body = body_of(USER, before, doubled=doubled)
    operation, _seen = operation_for(USER, body, wish)
    if operation is None:
        return
    (request,) = requests_for(USER, operation, Snapshot("1", body), Capabilities(), references(), Way(PATH, VALUE_PATH))
    assert request.method == "PATCH"
    assert request.body["Operations"]
    for op in request.body["Operations"]:
        assert op["op"] in ("add", "replace", "remove")
        assert op["path"]
        assert ("value" in op) is (op["op"] != "remove")
        assert op["op"] == "remove" or op["value"] not in (None, "", [])
