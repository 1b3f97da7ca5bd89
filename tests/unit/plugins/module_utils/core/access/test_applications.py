# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever an application shows goes back with its new policies, and nothing that was hidden is overwritten."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.applications import (
    body_with_policies,
    called,
    policy_ids,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import Refused
from hypothesis import given
from hypothesis import strategies as st

WIKI = {
    "id": "a1",
    "uid": "a1",
    "aud": "0f3c",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-02T00:00:00Z",
    "name": "Wiki",
    "domain": "wiki.example.com",
    "type": "self_hosted",
    "cors_headers": {"allowed_origins": ["*"], "allow_all_methods": True},
    "destinations": [{"type": "public", "uri": "wiki.example.com/*"}],
    "field_of_next_year": {"deep": [1, None, False]},
    "policies": [
        {"id": "p2", "name": "Staff", "precedence": 5, "reusable": True},
        {"id": "p1", "name": "Not leavers", "precedence": 2, "reusable": True},
    ],
}
OF_THE_ANSWER = {"id", "uid", "aud", "created_at", "updated_at"}


def test_everything_but_the_policies_goes_back_as_it_came():
    before = copy.deepcopy(WIKI)
    body = body_with_policies(WIKI, ["p1", "p2"])
    assert before == WIKI
    rest = {field: value for field, value in WIKI.items() if field not in OF_THE_ANSWER}
    assert body == {**rest, "policies": [{"id": "p1", "precedence": 2}, {"id": "p2", "precedence": 5}]}


def test_the_order_is_that_of_the_numbers_or_that_of_the_list():
    assert policy_ids(WIKI) == ["p1", "p2"]
    assert policy_ids({"policies": ["p2", {"id": "p1"}]}) == ["p2", "p1"]
    assert policy_ids({"policies": None}) == policy_ids({}) == []


@pytest.mark.parametrize(
    ("ids", "numbers"),
    [
        (["p1", "p2", "p3"], [2, 5, 6]),
        (["p3", "p1", "p2"], [1, 2, 5]),
        (["p1", "p3", "p2"], [2, 3, 5]),
        (["p2", "p1"], [1, 2]),
        (["p3", "p4", "p1", "p2"], [1, 2, 3, 4]),
        (["p2"], [5]),
        ([], []),
    ],
)
def test_numbers_rise_and_stay_where_they_can(ids, numbers):
    sent = body_with_policies(WIKI, ids)["policies"]
    assert [(each["id"], each["precedence"]) for each in sent] == list(zip(ids, numbers))


@given(st.lists(st.sampled_from(["p1", "p2", "p3", "p4", "p5"]), unique=True))
def test_what_is_sent_is_evaluated_in_the_order_that_was_asked_for(ids):
    sent = body_with_policies(WIKI, ids)
    assert policy_ids(sent) == ids
    assert len({each["precedence"] for each in sent["policies"]}) == len(ids)


def test_fields_of_answers_within_a_saas_application_stay_here():
    saas = {**WIKI, "saas_app": {"auth_type": "oidc", "client_id": "c", "created_at": "x", "updated_at": "x"}}
    assert body_with_policies(saas, [])["saas_app"] == {"auth_type": "oidc", "client_id": "c"}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"scim_config": {"authentication": {"scheme": "httpbasic", "user": "u", "password": "*****"}}}, "scim_config.authentication.password"),
        ({"scim_config": {"authentication": [{"scheme": "oauthbearertoken"}]}}, r"scim_config.authentication\[0\].token"),
        ({"scim_config": {"authentication": {"scheme": "oauth2", "client_secret": None}}}, "scim_config.authentication.client_secret"),
        ({"saas_app": {"client_secret": "[REDACTED]"}}, "saas_app.client_secret"),
        ({"secrets": ["\u2022\u2022\u2022\u2022"]}, r"secrets\[0\]"),
    ],
)
def test_an_application_with_hidden_secrets_is_not_written(fields, path):
    with pytest.raises(Refused, match=f"'Wiki' shows {path} redacted"):
        body_with_policies({**WIKI, **fields}, ["p1"])


def test_secrets_that_are_shown_go_back():
    scim = {"authentication": {"scheme": "httpbasic", "user": "u", "password": "p"}, "remote_uri": "https://x.example.com"}
    assert body_with_policies({**WIKI, "scim_config": scim}, [])["scim_config"] == scim


def test_what_a_policy_shows_is_not_written_and_may_hold_anything():
    policies = [{"id": "p1", "precedence": 1, "purpose_justification_prompt": "***"}]
    assert body_with_policies({**WIKI, "policies": policies}, ["p1"])["policies"] == [{"id": "p1", "precedence": 1}]


def test_an_application_without_a_name_is_called_by_its_domain():
    assert called({"name": "", "domain": "a.example.com", "id": "x"}) == "a.example.com"
    assert called({"id": "x"}) == "x"
