# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of a person, from options and from a last seen identity, and what the rules make of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.answers import answer
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.evaluate import (
    Criteria,
    Evaluator,
    Nesting,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.facts import (
    BY_DEFAULT,
    GIVEN,
    LAST_SEEN,
    Facts,
    given,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.kinds import KINDS
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.rules import Rule

AZURE, OKTA = "idp-azure", "idp-okta"

IDENTITY = {
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "idp": {"id": AZURE, "type": "azureAD"},
    "groups": [{"id": "AB-12", "name": "Engineers", "email": "engineers@example.com"}, "Plain", {"name": None}, None],
    "geo": {"country": "DE"},
    "ip": "192.0.2.7",
    "amr": ["pwd", "mfa"],
    "devicePosture": {"p1": {"success": True}, "p2": {"success": False}, "p3": {}},
    "saml_attributes": {"department": "Research", "roles": ["a", "b"]},
    "oidc_fields": {"verified": True},
    "common_name": "",
    "service_token_status": False,
}


def ada(**options: Any) -> Facts:
    return given("Ada@Example.com", options)


def asked(facts: Facts, key: str, **inner: Any) -> Any:
    """True, False, or the missing facts in words."""
    found = answer(Rule.of(key, inner), facts)
    return found if isinstance(found, bool) else [missing.said(lambda thing, text: f"<{thing} {text}>") for missing in found]


SEEN = ada().filled(IDENTITY)


@pytest.mark.parametrize(
    ("key", "inner", "unseen", "seen"),
    [
        ("everyone", {}, True, True),
        ("email", {"email": "ADA@example.COM"}, True, True),
        ("email", {"email": "bob@example.com"}, False, False),
        ("email_domain", {"domain": "EXAMPLE.com"}, True, True),
        ("email_domain", {"domain": "ample.com"}, False, False),
        ("email_domain", {"domain": "com"}, False, False),
        ("email_list", {"id": "l1"}, ["list <list l1>"], ["list <list l1>"]),
        ("ip_list", {"id": "l1"}, ["list <list l1>"], ["list <list l1>"]),
        ("ip", {"ip": "192.0.2.0/24"}, ["IP address"], True),
        ("ip", {"ip": "192.0.2.7/32"}, ["IP address"], True),
        ("ip", {"ip": "198.51.100.0/24"}, ["IP address"], False),
        ("ip", {"ip": "2001:db8::/32"}, ["IP address"], False),
        ("geo", {"country_code": "de"}, ["country"], True),
        ("geo", {"country_code": "FR"}, ["country"], False),
        ("login_method", {"id": AZURE}, ["identity provider"], True),
        ("login_method", {"id": OKTA}, ["identity provider"], False),
        ("auth_method", {"auth_method": "mfa"}, ["authentication method"], True),
        ("auth_method", {"auth_method": "hwk"}, ["authentication method"], False),
        ("device_posture", {"integration_uid": "p1"}, ["device posture check <posture p1>"], True),
        ("device_posture", {"integration_uid": "p2"}, ["device posture check <posture p2>"], False),
        ("device_posture", {"integration_uid": "p3"}, ["device posture check <posture p3>"], ["device posture check <posture p3>"]),
        ("external_evaluation", {"evaluate_url": "https://e", "keys_url": "k"}, ["external evaluation https://e"], ["external evaluation https://e"]),
        ("user_risk_score", {"user_risk_score": ["low"]}, ["user risk score"], ["user risk score"]),
        ("cloudflare_account_member", {}, ["membership of the Cloudflare account"], ["membership of the Cloudflare account"]),
        ("quantum_badge", {"serial": 1}, ["selector quantum_badge, which is not known here"], ["selector quantum_badge, which is not known here"]),
        ("service_token", {"token_id": "t"}, False, False),
        ("any_valid_service_token", {}, False, False),
        ("certificate", {}, ["client certificate"], ["client certificate"]),  # browsers present them, too
        ("common_name", {"common_name": "x"}, ["common name of the client certificate"], ["common name of the client certificate"]),
        ("linked_app_token", {"app_uid": "a"}, False, False),
    ],
)
def test_rules_before_and_after_the_last_seen_identity_is_read(key, inner, unseen, seen):
    assert asked(ada(), key, **inner) == unseen
    assert asked(SEEN, key, **inner) == seen


@pytest.mark.parametrize(
    ("key", "inner", "seen", "missing"),
    [
        ("azureAD", {"id": "ab-12"}, True, "membership of IdP group ab-12"),
        ("azureAD", {"id": "zz"}, False, "membership of IdP group zz"),
        ("okta", {"name": "Engineers"}, True, "membership of IdP group Engineers"),
        ("okta", {"name": "engineers"}, False, "membership of IdP group engineers"),
        ("okta", {"name": "Plain"}, True, "membership of IdP group Plain"),
        ("gsuite", {"email": "Engineers@example.com"}, True, "membership of IdP group Engineers@example.com"),
        ("saml", {"attribute_name": "roles", "attribute_value": "b"}, True, "SAML attribute roles"),
        ("saml", {"attribute_name": "roles", "attribute_value": "c"}, False, "SAML attribute roles"),
        ("saml", {"attribute_name": "other", "attribute_value": "c"}, False, "SAML attribute other"),
        ("oidc", {"claim_name": "verified", "claim_value": "true"}, True, "OIDC claim verified"),
        ("github-organization", {"name": "plain"}, True, "membership of GitHub organization plain"),
        ("github-organization", {"name": "acme"}, False, "membership of GitHub organization acme"),
    ],
)
def test_what_an_identity_provider_says(key, inner, seen, missing):
    assert asked(SEEN, key, identity_provider_id=AZURE, **inner) is seen
    assert asked(SEEN, key, identity_provider_id=OKTA, **inner) is False  # they came by another one
    assert asked(SEEN, key, **inner) is seen  # old rules name none
    assert asked(ada(), key, identity_provider_id=AZURE, **inner) == ["identity provider", f"{missing} (<identity_provider {AZURE}>)"]
    assert asked(ada(identity_provider=OKTA), key, identity_provider_id=AZURE, **inner) is False


def test_groups_without_a_provider_are_of_an_unknown_one():
    facts = ada(groups=["1234"])
    assert asked(facts, "azureAD", id="1234", identity_provider_id=AZURE) == ["identity provider"]
    assert asked(facts, "azureAD", id="5678", identity_provider_id=AZURE) is False


def test_a_list_of_organizations_does_not_tell_the_teams():
    rule = {"name": "Acme", "team": "core", "identity_provider_id": AZURE}
    for groups, expected in [
        (["acme"], [f"membership of GitHub organization acme/core (<identity_provider {AZURE}>)"]),
        (["acme/Core"], True),
        (["acme/docs"], False),
        (["other/core"], False),
    ]:
        assert asked(ada(identity_provider=AZURE, groups=groups), "github-organization", **rule) == expected


def test_authentication_contexts():
    rule = {"id": "c", "ac_id": "c1", "identity_provider_id": AZURE}
    assert asked(ada(identity_provider=AZURE), "auth_context", **rule) == [f"authentication context c1 (<identity_provider {AZURE}>)"]
    assert asked(ada(identity_provider=AZURE, auth_contexts={"c1": True}), "auth_context", **rule) is True
    assert asked(ada(identity_provider=AZURE, auth_contexts={"c": False}), "auth_context", **rule) is False
    assert asked(ada(identity_provider=OKTA), "auth_context", **rule) is False


@pytest.mark.parametrize(
    ("options", "key", "inner", "expected"),
    [
        ({"lists": {"l1": True}}, "email_list", {"id": "l1"}, True),
        ({"lists": {"l1": False}}, "ip_list", {"id": "l1"}, False),
        ({"device_posture": {"p": True}}, "device_posture", {"integration_uid": "p"}, True),
        ({"external_evaluations": {"https://e": True}}, "external_evaluation", {"evaluate_url": "https://e"}, True),
        ({"user_risk_score": "low"}, "user_risk_score", {"user_risk_score": ["low", "medium"]}, True),
        ({"user_risk_score": "high"}, "user_risk_score", {"user_risk_score": ["low", "medium"]}, False),
        ({"cloudflare_account_member": True}, "cloudflare_account_member", {}, True),
        ({"service_token": "t"}, "service_token", {"token_id": "t"}, True),
        ({"service_token": "t"}, "service_token", {"token_id": "u"}, False),
        ({"service_token": "t"}, "any_valid_service_token", {}, True),
        ({"certificate": True}, "certificate", {}, True),
        ({"certificate": True}, "common_name", {"common_name": "laptop"}, ["common name of the client certificate"]),
        ({"certificate": False}, "common_name", {"common_name": "laptop"}, False),
        ({"common_name": "laptop"}, "certificate", {}, True),
        ({"common_name": "laptop"}, "common_name", {"common_name": "laptop"}, True),
        ({"linked_app_token": "a"}, "linked_app_token", {"app_uid": "a"}, True),
        ({"ip": "::ffff:192.0.2.7"}, "ip", {"ip": "192.0.2.0/24"}, True),
        ({"ip": "2001:db8::1"}, "ip", {"ip": "2001:db8::/32"}, True),
        ({"ip": "192.0.2.7"}, "ip", {"ip": "nonsense"}, ["IP address nonsense, which cannot be read"]),
        ({"saml_attributes": {"a": ["x"]}, "identity_provider": AZURE}, "saml", {"attribute_name": "a", "attribute_value": "x"}, True),
        ({"oidc_claims": {"a": 7}}, "oidc", {"claim_name": "a", "claim_value": "7"}, True),
        ({"country": "de"}, "geo", {"country_code": "DE"}, True),
    ],
)
def test_facts_that_are_given(options, key, inner, expected):
    assert asked(ada(**options), key, **inner) == expected


def test_every_kind_of_rule_has_an_answer():
    for key in set(KINDS) - {"group"}:
        assert "not known here" not in str(asked(ada(), key)), key


@pytest.mark.parametrize("written", ["ren\u00e9@example.com", "rene\u0301@example.com", "REN\u00c9@Example.com", " ren\u00e9@example.com "])
def test_one_address_in_several_spellings(written):
    facts = given("Rene\u0301@example.com", {})
    rule = Rule.of("email", {"email": written})
    assert answer(rule, facts) is True
    assert Evaluator(Nesting([]), facts).met(Criteria((rule,))).value is True
    assert answer(Rule.of("email", {"email": "rene@example.com"}), facts) is False


def test_a_request_that_brought_a_token_of_which_the_id_is_not_shown():
    facts = ada().filled({"service_token_status": True})
    assert asked(facts, "any_valid_service_token") == ["service token"]
    assert asked(ada().filled({"service_token_status": True, "service_token_id": "t"}), "service_token", token_id="t") is True
    assert asked(ada().filled({"common_name": "laptop"}), "certificate") is True


def test_where_each_fact_comes_from():
    facts = ada(country="FR", saml_attributes={"department": ["Sales"]}).filled(IDENTITY)
    assert facts.sources["email"] == facts.sources["country"] == GIVEN
    assert facts.sources["groups"] == facts.sources["ip"] == LAST_SEEN
    assert facts.sources["saml_attributes"] == f"{GIVEN}, {LAST_SEEN}"
    assert facts.sources["service_token"] == BY_DEFAULT
    assert "lists" not in facts.sources
    assert facts.country == "FR"
    assert facts.saml.get("department", None) == frozenset(["Sales"])
    assert facts.saml.get("roles", None) == frozenset(["a", "b"])


def test_what_another_identity_provider_said_does_not_count():
    facts = ada(identity_provider=OKTA).filled(IDENTITY)
    assert facts.identity_provider == OKTA
    assert facts.groups is None
    assert facts.auth_methods is None
    assert facts.country == "DE"


@pytest.mark.parametrize("odd", [{}, {"groups": "x", "geo": None, "idp": [], "amr": None, "devicePosture": [], "saml_attributes": 1}])
def test_an_odd_document_tells_nothing(odd):
    assert ada().filled(odd) == ada()
