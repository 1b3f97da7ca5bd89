# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which users and groups a task owns."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput, Protected
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.limits import refuse_protected
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ownership import Ownership
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.patterns import Patterns
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import UPDATE, Operation, Plan
from hypothesis import given, settings
from hypothesis import strategies as st

ADA = {"id": "u1", "userName": "ada@example.com", "externalId": "HR-7", "displayName": "Root", "title": "Engineer"}
STAFF = {"id": "g1", "displayName": "Staff", "externalId": "T-1"}


def owned(filter=None, external_id_prefix=None, ignore=None, kind="users"):
    given = {"filter": filter, "external_id_prefix": external_id_prefix}
    return Ownership.from_options(kind, given if filter is not None or external_id_prefix is not None else None, ignore)


@pytest.mark.parametrize("ignore", [None, []])
def test_without_a_rule_all_are_owned(ignore):
    rule = Ownership.from_options("users", None, ignore)
    assert rule == Ownership(None, "", ())
    assert rule.owns(ADA)
    assert rule.owns({})


@pytest.mark.parametrize("given", [{}, {"filter": None, "external_id_prefix": None}])
def test_a_rule_without_a_word_is_refused_too(given):
    with pytest.raises(InvalidInput, match=r"owned.groups is empty; give filter or external_id_prefix, or leave it out"):
        Ownership.from_options("groups", given, None)


@pytest.mark.parametrize("name", ["filter", "external_id_prefix"])
@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_rule_is_refused_because_it_would_own_everybody(name, value):
    with pytest.raises(InvalidInput, match=f"owned.users.{name} is empty"):
        owned(**{name: value})


@pytest.mark.parametrize(
    ("rule", "owns"),
    [
        ({"filter": 'title eq "engineer"'}, True),
        ({"filter": 'title eq "clerk"'}, False),
        ({"external_id_prefix": "HR-"}, True),
        ({"external_id_prefix": "HR-7"}, True),
        ({"external_id_prefix": "HR-77"}, False),
        ({"external_id_prefix": "hr-"}, False),
        ({"external_id_prefix": "R-7"}, False),
        ({"filter": "title pr", "external_id_prefix": "HR-"}, True),
        ({"filter": "title pr", "external_id_prefix": "X-"}, False),
        ({"filter": "nickName pr", "external_id_prefix": "HR-"}, False),
        ({"filter": "title pr", "external_id_prefix": "HR-", "ignore": ["ada@*"]}, False),
        ({"filter": "title pr", "external_id_prefix": "HR-", "ignore": ["bob@*"]}, True),
    ],
)
def test_every_part_of_a_rule_has_to_agree(rule, owns):
    assert owned(**rule).owns(ADA) is owns


@pytest.mark.parametrize("body", [{"id": "u1"}, {"externalId": None}, {"externalId": ""}])
def test_who_has_no_external_id_has_no_prefix(body):
    assert not owned(external_id_prefix="HR-").owns(body)


def test_an_external_id_is_found_in_any_spelling_of_its_name_and_as_a_number():
    assert owned(external_id_prefix="HR-").owns({"EXTERNALID": "HR-1"})
    assert owned(external_id_prefix="70").owns({"externalId": 7001})


@pytest.mark.parametrize("pattern", ["ADA@*", "*@example.com", "hr-?", "u1", "ID:U1", " ada@example.com ", "[a-c]da@*", "\uff41da@*"])
def test_a_user_is_ignored_by_any_of_its_names(pattern):
    rule = owned(ignore=["nobody", pattern])
    assert rule.ignores_body(ADA)
    assert not rule.owns(ADA)


@pytest.mark.parametrize("pattern", ["ada", "root", "engineer", "id", "bob*"])
def test_others_are_not_ignored(pattern):
    rule = owned(ignore=[pattern])
    assert not rule.ignores_body(ADA)
    assert rule.owns(ADA)


@pytest.mark.parametrize("pattern", ["staff", "st*", "t-1", "g1", "id:g1"])
def test_a_group_is_ignored_by_its_display_name_too(pattern):
    assert not owned(ignore=[pattern], kind="groups").owns(STAFF)


def test_names_are_ignored_without_a_body():
    rule = owned(ignore=["svc-*"])
    assert rule.ignores(["ada", "SVC-backup"])
    assert not rule.ignores(["ada"])
    assert not rule.ignores([])
    assert not owned().ignores(["ada"])


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
def test_a_blank_pattern_is_refused_with_its_position(blank):
    with pytest.raises(InvalidInput, match=r"^ignore\.groups: pattern 2 of 3 is blank$"):
        Ownership.from_options("groups", None, ["a", blank, "b"])


@pytest.mark.parametrize("kind", ["users", "groups"])
def test_a_wrong_filter_is_refused_by_its_option(kind):
    with pytest.raises(InvalidInput, match=rf"^owned\.{kind}\.filter: at position 13 "):
        owned(filter='displayName = "x"', kind=kind)


def test_a_filter_of_groups_names_attributes_of_groups():
    assert owned(filter='displayName sw "St"', kind="groups").owns(STAFF)
    with pytest.raises(InvalidInput, match="userName is not in the core schema"):
        owned(filter="userName pr", kind="groups")


_names = st.text("aAbB*?[]!-ß\u00df\uff21é\u0301 ", min_size=1, max_size=4)


@settings(deadline=None)
@given(_names, st.lists(_names, max_size=3))
def test_ignored_is_who_would_be_protected(name, patterns):
    plan = Plan((Operation(UPDATE, "User", name, {}, {}, ()),))
    ignored = Ownership(ignore=tuple(patterns)).ignores([name])
    try:
        refuse_protected(plan, Patterns(patterns))
    except Protected:
        assert ignored
    else:
        assert not ignored
