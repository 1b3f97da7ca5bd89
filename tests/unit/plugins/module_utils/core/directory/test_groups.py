# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups from any source as a wish."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.groups import given_groups
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    Protected,
)


def test_groups_get_the_names_of_the_service_and_stay_in_scope():
    wish = given_groups(
        [{"name": "engines", "members": ["a", "b", "a"]}, {"display_name": "admins", "members": [], "external_id": 7}, {"name": "other", "members": ["a"]}],
        names={"map": {"admins": "Administrators"}, "prefix": "team-", "suffix": "!"},
        scope=["TEAM-e*", "Administrators"],
    )
    assert wish["groups"] == [
        {"display_name": "team-engines!", "members": {"set": ["a", "b"]}},
        {"display_name": "Administrators", "external_id": "7", "members": {"set": []}},
    ]
    assert wish["out_of_scope"] == ["team-other!"]


def test_who_is_not_on_the_service_is_skipped_where_that_is_meant():
    known = [{"id": "1", "user_name": "Ada", "external_id": "x1"}]
    wish = given_groups([{"name": "g", "members": ["ADA", "x1", "id:1", "nobody"]}], unknown_members="skip", known=known)
    assert wish["groups"][0]["members"]["set"] == ["ADA", "x1", "id:1"]
    assert wish["skipped"] == [{"group": "g", "member": "nobody"}]
    with pytest.raises(InvalidInput, match="skip needs the users"):
        given_groups([], unknown_members="skip")


def test_adding_nobody_is_no_wish():
    assert given_groups([{"name": "g", "members": []}], members="add")["groups"] == []


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ([{"name": "g", "members": []}, {"name": "G", "members": []}], "'G' is there twice"),
        ([{"name": "", "members": []}], "has no name"),
        ([{"name": "g"}], "has no members"),
        ([{"name": "g", "members": None}], "members has to be a list"),
        ([{"name": "g", "members": "a,b"}], "members has to be a list"),
        ([{"name": "g", "members": ["a", " "]}], "a member without a name"),
        ([{"name": "g", "members": [], "owner": "x"}], "has owner"),
        (["g"], "is not a mapping"),
        ({"name": "g"}, "has to be a list"),
    ],
)
def test_what_could_mean_two_things_is_refused(groups, said):
    with pytest.raises(InvalidInput, match=said):
        given_groups(groups)


@pytest.mark.parametrize(("option", "value"), [("members", "replace"), ("unknown_members", "ignore"), ("names", {"postfix": "x"})])
def test_a_wrong_option_is_named(option, value):
    with pytest.raises(InvalidInput, match=f"group_sync_{option}"):
        given_groups([], **{option: value})


def test_no_source_may_name_a_protected_account():
    with pytest.raises(Protected, match=r"'break-glass-1' is protected"):
        given_groups([{"name": "g", "members": ["break-glass-1"]}], protected=["BREAK-glass-*"])
