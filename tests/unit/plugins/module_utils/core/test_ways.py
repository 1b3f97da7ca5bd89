# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ways to say an update there are, and which there must not be."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import UPDATE, Change, Operation
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
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ways import ways

TITLE = Change("title", "a", "b")
EMAILS = Change("emails", ({"value": "a@x"},), ({"value": "b@x"},))
JOINS = Change("members", (), ("ada",))
ONE_MORE = Change("members", ("ada",), ("Bob", "ada"))
LEAVES = Change("members", ("Bob", "ada"), ("Bob",))
NAME = Change("display_name", "a", "b")


def styles(resource, *changes, members_shown=True, **capabilities):
    operation = Operation(UPDATE, resource.kind, "it", {}, {}, changes)
    known = Capabilities("auto", capabilities)
    return [(way.style, way.members) for way in ways(resource, operation, known, members_shown=members_shown)]


def test_the_exact_way_comes_first_and_put_last():
    assert styles(USER, TITLE) == [(PATH, VALUE_PATH), (PATHLESS, VALUE_PATH), (PUT, VALUE_PATH)]


def test_lists_can_be_sent_whole():
    assert styles(USER, EMAILS)[:2] == [(PATH, VALUE_PATH), (WHOLE, WHOLE)]
    assert (WHOLE, WHOLE) in styles(GROUP, LEAVES)


def test_a_first_member_is_no_reason_to_send_a_whole_list():
    assert (WHOLE, WHOLE) not in styles(GROUP, JOINS)


def test_put_only_where_there_is_one():
    assert PUT not in dict(styles(USER, TITLE, put=False))
    assert styles(USER, TITLE, update=PUT) == [(PUT, VALUE_PATH)]


def test_a_value_list_is_used_only_where_it_is_known_to_be_understood():
    for changes in ((JOINS,), (ONE_MORE,), (LEAVES,), (NAME, LEAVES)):
        for style in (PATH, WHOLE, PATHLESS, PUT):
            assert VALUE_LIST not in [members for _style, members in styles(GROUP, *changes, update=style)]
    assert styles(GROUP, LEAVES, members_remove=VALUE_LIST)[0] == (PATH, VALUE_LIST)


@pytest.mark.parametrize(
    "change",
    [
        LEAVES,
        Change("manager", "ada", None),
        Change("urn:x:y:badge", 7, None),
        Change("urn:x:y:desk", {"seat": "1", "floor": "2"}, {"floor": "2"}),
    ],
)
def test_what_cannot_be_said_without_a_path_is_said_otherwise(change):
    resource = GROUP if change is LEAVES else USER
    assert PATHLESS not in dict(styles(resource, change))
    assert styles(resource, change, update=PATHLESS)[0] == (PUT, VALUE_PATH)
    assert styles(resource, change, update=PATHLESS, put=False) == [(PATH, VALUE_PATH)]


@pytest.mark.parametrize("blind", [{"members_read": "filter"}, {"members_read": "none"}, {"members_shown": False}])
@pytest.mark.parametrize("changes", [(JOINS,), (ONE_MORE,), (LEAVES,), (NAME,), (NAME, LEAVES)])
def test_members_who_are_not_shown_are_not_removed_by_replacing_the_list(blind, changes):
    found = styles(GROUP, *changes, **blind)
    assert found[0] == (PATH, VALUE_PATH)
    assert PUT not in dict(found)
    if changes != (NAME,):
        assert (WHOLE, WHOLE) not in found


@pytest.mark.parametrize(("capability", "changes"), [({"update": PUT}, (NAME,)), ({"members_remove": REPLACE, "put": False}, (LEAVES,))])
def test_where_only_the_whole_list_can_be_sent_unseen_members_are_a_refusal(capability, changes):
    with pytest.raises(InvalidInput, match="does not show all members"):
        styles(GROUP, *changes, members_read="none", **capability)


def test_users_have_no_members_to_lose():
    assert styles(USER, TITLE, members_read="none", update=PUT) == [(PUT, VALUE_PATH)]
