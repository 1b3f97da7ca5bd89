# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is protected is not touched."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import Refused
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.limits import refuse_protected
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.patterns import Patterns
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import (
    CREATE,
    DELETE,
    UPDATE,
    Change,
    Operation,
    Plan,
)


def plan_of(verb, kind, key, before=None, after=None, *changes):
    return Plan((Operation(verb, kind, key, before, after, changes),))


def update(**after):
    return plan_of(UPDATE, "User", "ada", {"user_name": "ada"}, {"user_name": "ada", **after})


@pytest.mark.parametrize("pattern", ["ada", "ADA", "a*", "?da"])
def test_a_protected_person_is_not_changed(pattern):
    with pytest.raises(Refused, match="'ada' is protected"):
        refuse_protected(update(), Patterns([pattern]))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("jose\u0301@example.com", "jos\u00e9@example.com"),
        ("jos\u00e9@example.com", "JOSE\u0301@*"),
        ("stra\u00dfe", "STRASSE"),
        ("\uff41da", "ada"),
        ("svc[1]", "svc[1]"),
    ],
    ids=["accents apart", "accents together", "sharp s", "wide letters", "brackets"],
)
def test_a_protected_person_is_so_in_every_spelling(name, pattern):
    with pytest.raises(Refused, match="is protected"):
        refuse_protected(plan_of(UPDATE, "User", "7", {"user_name": name}, {"user_name": name}), Patterns([pattern]))


@pytest.mark.parametrize("verb", [CREATE, UPDATE, DELETE])
def test_no_verb_is_allowed(verb):
    with pytest.raises(Refused):
        refuse_protected(plan_of(verb, "User", "ada"), Patterns(["ada"]))


def test_others_may_be_changed():
    refuse_protected(update(), Patterns(["bob", "adam", "", "*b"]))


def test_an_empty_plan_touches_nobody():
    refuse_protected(Plan(), Patterns(["*"]))


def test_nobody_is_renamed_to_a_protected_name():
    with pytest.raises(Refused, match="'root'"):
        refuse_protected(update(user_name="root"), Patterns(["root"]))


def test_the_external_id_of_a_protected_person_is_enough():
    with pytest.raises(Refused):
        refuse_protected(plan_of(DELETE, "User", "id:7", {"user_name": "x", "external_id": "E-1"}), Patterns(["e-1"]))


def test_another_name_of_the_resource_is_enough():
    with pytest.raises(Refused):
        refuse_protected(plan_of(UPDATE, "User", "id:7"), Patterns(["ada"]), aliases=("7", "ada"))


def test_the_display_name_of_a_person_is_no_identity():
    refuse_protected(update(display_name="root"), Patterns(["root"]))


def test_the_display_name_of_a_group_is():
    with pytest.raises(Refused):
        refuse_protected(plan_of(UPDATE, "Group", "id:1", {"display_name": "Admins"}, {"display_name": "Admins"}), Patterns(["admins"]))


@pytest.mark.parametrize("path", ["members", "nested_groups"])
def test_a_protected_member_is_not_taken_out_of_a_group(path):
    change = Change(path, ("ada", "bob"), ("bob",))
    with pytest.raises(Refused, match="'ada'"):
        refuse_protected(plan_of(UPDATE, "Group", "Staff", {}, {}, change), Patterns(["ada"]))


def test_a_protected_member_may_stay_or_come():
    change = Change("members", ("ada",), ("ada", "bob", "eve"))
    refuse_protected(plan_of(UPDATE, "Group", "Staff", {}, {}, change), Patterns(["ada", "eve"]))
