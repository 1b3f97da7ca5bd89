# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rewriting a wish before it is planned."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.desired import (
    Membership,
    deactivated,
    password_only_on_create,
    with_memberships,
    without,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import members
from hypothesis import given, settings


def test_set_excludes_add_and_remove():
    with pytest.raises(InvalidInput, match="members: set already says"):
        Membership.from_options("members", {"set": ["a"], "add": ["b"]})


def test_nobody_is_added_and_removed_at_once_in_any_letter_case():
    with pytest.raises(InvalidInput, match="ada is in add and in remove"):
        Membership.from_options("members", {"add": ["Ada"], "remove": ["ada"]})


@pytest.mark.parametrize("name", ["", " ", "id:"])
@pytest.mark.parametrize("list_of", ["add", "remove", "set"])
def test_a_variable_that_is_not_set_is_no_member(list_of, name):
    with pytest.raises(InvalidInput, match=r"members\.(add|remove|set)\[1\] is empty"):
        Membership.from_options("members", {list_of: ["ada", name]})


def test_an_empty_set_means_nobody():
    assert Membership.from_options("members", {"set": []}).of(("a", "b")) == ()


def test_nothing_given_changes_nothing():
    assert Membership.from_options("members", {"add": None}).of(("b", "a")) == ("a", "b")


def test_names_are_each_named_once():
    assert Membership(add=("b", "a"), remove=("c", "a")).names() == ("b", "a", "c")


@settings(deadline=None)
@given(current=members, add=members, remove=members)
def test_others_stay_and_the_named_come_and_go(current, add, remove):
    remove = tuple(set(remove) - set(add))
    after = set(Membership(add, remove).of(current))
    assert set(add) <= after
    assert not set(remove) & after
    assert after - set(add) == set(current) - set(remove) - set(add)


@settings(deadline=None)
@given(current=members, add=members, remove=members)
def test_a_membership_is_reached_at_once(current, add, remove):
    membership = Membership(add, tuple(set(remove) - set(add)))
    assert membership.of(membership.of(current)) == membership.of(current)


def test_memberships_are_worked_out_against_what_is_there():
    wish = {"display_name": "Staff"}
    assert with_memberships(wish, {"members": Membership(add=("b",))}, {"members": ("a",)}) == {
        "display_name": "Staff",
        "members": ("a", "b"),
    }
    assert with_memberships(wish, {"members": Membership(add=("b",))}, None)["members"] == ("b",)
    assert wish == {"display_name": "Staff"}


def test_nobody_is_deactivated_who_is_not_there():
    assert deactivated(None) is None
    assert deactivated({"user_name": "ada"}) == {"active": False}


def test_a_password_is_for_new_users():
    wish = {"user_name": "ada", "password": "s3cret"}
    assert password_only_on_create(wish, None) == wish
    assert password_only_on_create(wish, {"user_name": "ada"}) == {"user_name": "ada"}


def test_what_the_service_does_not_keep_is_left_out():
    assert without({"title": "Chief", "ims": ()}, ("ims", "photos")) == {"title": "Chief"}
