# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document of a plan: all of it, JSON, no secret; and in sentences, what an approved plan did not have."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import HIDDEN, Plan, plan
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan_document import (
    FORMAT,
    document,
    drift,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import (
    PEOPLE,
    body_of,
    references,
    user_wishes,
)
from hypothesis import given, settings
from hypothesis import strategies as st

SERVICE = "https://directory.example/scim/v2"


def documented(found, service=SERVICE):
    return document(found, service=service, digest=found.digest(service), counts=found.counts())


def read_again(content):
    return json.loads(json.dumps(content))


def users(**titles):
    """A plan in which people get a title, or are deleted."""
    seen = {name: {"user_name": name, "title": "old"} for name in titles}
    return plan(USER, {name: title and {"title": title} for name, title in titles.items()}, seen)


def group(*members, before=("ada", "bob")):
    return plan(GROUP, {"Staff": {"members": members}}, {"Staff": {"display_name": "Staff", "members": before}})


# -- the document ----------------------------------------------------------------------------------------------------------


def test_a_document_is_the_whole_plan_as_json():
    emails = ({"value": "ada@x", "type": "work"},)
    found = users(ada="new", bob=None) + plan(USER, {"cy": {"user_name": "cy", "emails": emails, "password": "s3cret"}}, {})
    content = document(found, service=SERVICE, digest="abc", counts={"User": {"unchanged": 7}}, warnings=["look"], brakes=[{"brake": "changes"}])
    assert read_again(content) == content
    assert content == {
        "format": FORMAT,
        "service": SERVICE,
        "digest": "abc",
        "counts": {"User": {"unchanged": 7}},
        "warnings": ["look"],
        "brakes": [{"brake": "changes"}],
        "operations": [
            {"verb": "update", "kind": "User", "key": "ada", "changes": [{"path": "title", "before": "old", "after": "new"}]},
            {"verb": "delete", "kind": "User", "key": "bob", "changes": []},
            {
                "verb": "create",
                "kind": "User",
                "key": "cy",
                "changes": [
                    {"path": "emails", "before": None, "after": [{"value": "ada@x", "type": "work"}]},
                    {"path": "password", "before": HIDDEN, "after": HIDDEN},
                    {"path": "user_name", "before": None, "after": "cy"},
                ],
            },
        ],
    }


def test_of_memberships_a_document_shows_who_comes_and_who_goes():
    (operation,) = documented(group("bob", "cy"))["operations"]
    assert operation["changes"] == [{"path": "members", "add": ["cy"], "remove": ["ada"]}]


def test_a_group_that_is_deleted_says_how_many_it_has():
    found = plan(GROUP, {"A": None}, {"A": {"members": ("ada", "bob"), "nested_groups": ("B",)}})
    assert documented(found)["operations"] == [{"verb": "delete", "kind": "Group", "key": "A", "changes": [], "members": 3}]


# -- drift -----------------------------------------------------------------------------------------------------------------


def test_the_same_plan_has_not_drifted():
    content = documented(users(ada="new", bob=None) + group("cy"))
    assert drift(read_again(content), content) == []


def test_drift_says_what_came_first_then_what_is_different_then_what_is_gone():
    approved = read_again(documented(users(ada="new", bob="new", cy=None)))
    now = documented(users(ada=None, bob="newer", eve="new"))
    assert drift(approved, now) == [
        "delete User 'ada' was not in the approved plan",
        "update User 'eve' was not in the approved plan",
        "update User 'bob' was approved with other changes: title 'old' -> 'newer' (approved: 'old' -> 'new')",
        "delete User 'cy' was approved and is not needed any more",
        "update User 'ada' was approved and is not needed any more",
    ]


def test_drift_names_the_members_who_come_and_go():
    (said,) = drift(documented(group("ada", "cy")), documented(group("cy")))
    assert said == "update Group 'Staff' was approved with other changes: members +['cy'] -['ada', 'bob'] (approved: +['cy'] -['bob'])"


def test_drift_names_paths_that_only_one_of_the_plans_changes():
    seen = {"ada": {"user_name": "ada"}}
    one, two = (plan(USER, {"ada": wish}, seen) for wish in ({"title": "x"}, {"locale": "de"}))
    (said,) = drift(documented(one), documented(two))
    assert said.endswith("other changes: locale null -> 'de' (not approved), title is not changed any more")


def test_an_approval_for_another_service_is_drift():
    found = users(ada="new")
    assert drift(documented(found, "https://staging.example"), documented(found)) == [
        f"the approval is for 'https://staging.example', and this is '{SERVICE}'"
    ]


def test_drift_is_short_however_much_there_is_of_it():
    wide = plan(USER, {"\n" * 500: {"title": "x" * 10_000}}, {"\n" * 500: {"title": "y" * 10_000}})
    many = users(**{f"p{number}": "new" for number in range(500)})
    crowd = tuple(f"p{number:04}" for number in range(1000))
    said = drift(documented(Plan()), documented(many + wide)) + drift(documented(group("ada")), documented(group(*crowd)))
    assert len(said) == 22
    assert said[20] == "and 481 more differences"
    assert "'p0004', and 995 more]" in said[21]
    assert all(sentence.isprintable() and len(sentence) < 1000 for sentence in said)


def test_somebody_else_of_that_name_is_not_who_was_approved():
    def deleted(**seen):
        return documented(plan(USER, {"ada": None}, {"ada": {"user_name": "ada", **seen}}))

    (said,) = drift(read_again(deleted(external_id="1")), deleted(external_id="2"))
    assert said == "delete User 'ada' was approved with other changes: who is called so has external_id '2' (approved: external_id '1')"
    (said,) = drift(read_again(deleted(external_id="1")), deleted())
    assert said.endswith("who is called so has no external_id (approved: external_id '1')")
    assert drift(read_again(deleted(external_id="1")), deleted(external_id="1")) == []


@pytest.mark.parametrize(
    "content", [{}, {"operations": None}, {"operations": [1, None, {}, {"changes": [3, {}]}, {"changes": 7, "key": ["x"]}]}]
)
def test_a_file_that_somebody_broke_is_compared_as_far_as_it_goes(content):
    said = drift(content, documented(users(ada="new")))
    assert "update User 'ada' was not in the approved plan" in said


# -- properties ------------------------------------------------------------------------------------------------------------


@st.composite
def plans(draw):
    wishes, keys = user_wishes(passwords=True), st.sampled_from(PEOPLE)
    external_ids = st.sampled_from([{}, {"external_id": "1"}, {"external_id": "2"}])
    seen = {key: {**wish, **draw(external_ids)} for key, wish in draw(st.dictionaries(keys, user_wishes(), max_size=2)).items()}
    observed = {key: USER.from_wire(body_of(USER, wish), references()) for key, wish in seen.items()}
    return plan(USER, draw(st.dictionaries(keys, st.none() | wishes, max_size=3)), observed)


@settings(deadline=None, max_examples=100)
@given(one=plans(), two=plans())
def test_drift_is_empty_exactly_if_the_digests_are_equal(one, two):
    assert drift(read_again(documented(one)), documented(one)) == []
    assert (drift(read_again(documented(one)), documented(two)) == []) == (one.digest(SERVICE) == two.digest(SERVICE))


@settings(deadline=None, max_examples=60)
@given(found=plans())
def test_no_document_holds_a_secret(found):
    secrets = [change.after for operation in found for change in operation.changes if change.secret]
    shown = [c for operation in documented(found)["operations"] for c in operation["changes"] if c["path"] == "password"]
    assert len(shown) == len(secrets)
    assert all((change["before"], change["after"]) == (HIDDEN, HIDDEN) for change in shown)
