# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of policies and groups: what the Cloudflare account accepts, refuses, and makes of them."""

from __future__ import annotations

import pytest

from sandbox.cloudflare.rules import KINDS

ID = "11111111-2222-4333-8444-555555555555"
MAIL = "ada@example.com"
VALID = {
    "everyone": {},
    "email": {"email": MAIL},
    "email_domain": {"domain": "example.com"},
    "email_list": {"id": ID},
    "ip": {"ip": "192.0.2.0/24"},
    "ip_list": {"id": ID},
    "geo": {"country_code": "DE"},
    "group": {"id": "GROUP"},
    "azureAD": {"id": "entra-group", "identity_provider_id": ID},
    "okta": {"name": "Staff", "identity_provider_id": ID},
    "gsuite": {"email": "staff@example.com", "identity_provider_id": ID},
    "github-organization": {"name": "acme", "identity_provider_id": ID, "team": "ops"},
    "saml": {"attribute_name": "dept", "attribute_value": "IT", "identity_provider_id": ID},
    "oidc": {"claim_name": "dept", "claim_value": "IT", "identity_provider_id": ID},
    "login_method": {"id": ID},
    "auth_method": {"auth_method": "mfa"},
    "auth_context": {"id": "c1", "ac_id": "c1", "identity_provider_id": ID},
    "device_posture": {"integration_uid": ID},
    "certificate": {},
    "common_name": {"common_name": "device.example.com"},
    "service_token": {"token_id": ID},
    "any_valid_service_token": {},
    "linked_app_token": {"app_uid": ID},
    "external_evaluation": {"evaluate_url": "https://x.example/e", "keys_url": "https://x.example/k"},
    "user_risk_score": {"user_risk_score": ["low", "high"]},
    "cloudflare_account_member": {},
}


@pytest.fixture
def kept(cloudflare):
    """The include that is kept of one that is sent, or the (status, code) of a refusal."""

    def post(*rules, **more):
        sent = {"name": "g", "include": list(rules), **more}
        answer = cloudflare.answer("POST", "/access/groups", sent)
        if not answer.ok:
            return answer.status, answer.body["errors"][0]["code"]
        return cloudflare.result("GET", f"/access/groups/{answer.body['result']['id']}")["include"]

    return post


def test_there_are_26_kinds():
    assert len(KINDS) == 26
    assert VALID.keys() == KINDS.keys()


@pytest.mark.parametrize("key", VALID)
def test_each_kind_is_kept_as_it_came(cloudflare, kept, key):
    inner = dict(VALID[key])
    if key == "group":
        inner["id"] = cloudflare.handle.seed_group("Staff")["id"]
    assert kept({key: inner}) == [{key: inner}]


@pytest.mark.parametrize("key", VALID)
def test_no_field_may_be_missing_or_unknown(kept, key):
    inner = VALID[key]
    assert kept({key: {**inner, "more": "x"}}) == (400, 12130)
    assert kept({key: None}) == (400, 12130)
    assert kept({key: "text"}) == (400, 12130)
    for name in inner:
        if name != "team":
            assert kept({key: {other: value for other, value in inner.items() if other != name}}) == (
                400,
                12130,
            )
            assert kept({key: {**inner, name: ""}}) == (400, 12130)
            assert kept({key: {**inner, name: 5}}) == (400, 12130)


def test_optional_fields(kept):
    with_account = {"cloudflare_account_member": {"account_id": "a"}}
    assert kept(with_account) == [with_account]
    posture = {"device_posture": {"integration_uid": ID, "account_id": "a"}}
    assert kept(posture) == [posture]
    github = {"github-organization": {"name": "acme", "identity_provider_id": ID, "team": None}}
    assert kept(github) == [{"github-organization": {"name": "acme", "identity_provider_id": ID}}]


@pytest.mark.parametrize(
    "rule",
    [
        {"email": {"email": "no address"}},
        {"email_domain": {"domain": "@example.com"}},
        {"email_domain": {"domain": "example"}},
        {"ip": {"ip": "300.0.0.1"}},
        {"ip": {"ip": "10.0.0.0/99"}},
        {"geo": {"country_code": "Germany"}},
        {"user_risk_score": {"user_risk_score": ["huge"]}},
        {"user_risk_score": {"user_risk_score": []}},
        {"user_risk_score": {"user_risk_score": [{}]}},
        {"azureAD": {"id": "x", "connection_id": ID}},
        {"azure_ad": {"id": "x", "identity_provider_id": ID}},
        {"github_organization": {"name": "x", "identity_provider_id": ID}},
        {},
        "everyone",
    ],
)
def test_what_is_refused(kept, rule):
    assert kept(rule) == (400, 12130)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("2001:db8::/32", "2001:db8::/32"),
    ],
)
def test_a_lone_address_becomes_a_network(kept, sent, shown):
    assert kept({"ip": {"ip": sent}}) == [{"ip": {"ip": shown}}]


def test_a_rule_of_several_keys_is_split(kept):
    assert kept({"email": {"email": MAIL}, "geo": {"country_code": "DE"}}, {"everyone": {}}) == [
        {"email": {"email": MAIL}},
        {"geo": {"country_code": "DE"}},
        {"everyone": {}},
    ]


@pytest.mark.parametrize(
    "inner", [{"email": [MAIL, "bob@example.com"]}, [{"email": MAIL}, {"email": "bob@example.com"}]]
)
def test_a_rule_of_several_values_is_split(kept, inner):
    assert kept({"email": inner}) == [{"email": {"email": MAIL}}, {"email": {"email": "bob@example.com"}}]


def test_a_name_where_an_id_is_due(kept):
    for key, name in (
        ("group", "id"),
        ("login_method", "id"),
        ("email_list", "id"),
        ("ip_list", "id"),
        ("service_token", "token_id"),
        ("device_posture", "integration_uid"),
    ):
        assert kept({key: {name: "Staff"}}) == (500, 10001)
    assert kept({"azureAD": {"id": "x", "identity_provider_id": "Entra"}}) == (500, 10001)


def test_a_group_that_is_not_there(kept):
    assert kept({"group": {"id": ID}}) == (400, 11020)


def test_a_kind_that_is_not_documented(cloudflare, kept):
    rule = {"brand_new": {"x": [1]}}
    assert kept(rule) == (400, 12130)
    cloudflare.handle.set_quirks(["new-rule-kinds"])
    assert kept(rule) == [rule]


@pytest.mark.parametrize("include", [[], None])
def test_an_empty_include_is_refused(cloudflare, include):
    sent = {"name": "x", "decision": "allow", "include": include, "exclude": [{"everyone": {}}]}
    for path in ("/access/groups", "/access/policies"):
        assert cloudflare.refusal("POST", path, sent) == "include must have at least one rule"
    del sent["include"]
    assert cloudflare.status("POST", "/access/policies", sent) == (400, 12130)


def test_null_is_an_empty_list(cloudflare):
    sent = {"name": "x", "include": [{"everyone": {}}], "exclude": None}
    made = cloudflare.result("POST", "/access/groups", sent)
    assert (made["exclude"], made["require"]) == ([], [])


def test_a_linked_token_needs_a_service_decision(cloudflare):
    sent = {"name": "x", "include": [{"linked_app_token": {"app_uid": ID}}]}
    for decision, status in (("allow", 400), ("deny", 400), ("non_identity", 201), ("bypass", 201)):
        assert cloudflare.status("POST", "/access/policies", {**sent, "decision": decision})[0] == status


def test_at_most_1000_addresses_in_a_list(kept):
    rules = [{"email": {"email": f"u{number}@example.com"}} for number in range(1001)]
    assert len(kept(*rules[:1000])) == 1000
    assert kept(*rules) == (400, 12130)
    networks = [{"ip": {"ip": f"10.0.{number // 250}.{number % 250}"}} for number in range(1001)]
    assert kept(*networks) == (400, 12130)
