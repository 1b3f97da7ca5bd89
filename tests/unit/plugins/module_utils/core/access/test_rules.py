# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access rules: one form for what options say and what Cloudflare shows."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.friendly import (
    rules_from_options,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.kinds import (
    BY_NAME,
    KINDS,
    kind_named,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.rules import (
    kept_in_order,
    references,
    rules_from_wire,
    unknown_keys,
    with_ids,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from hypothesis import example, given
from hypothesis import strategies as st

ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"

# One of each kind: as options have it, as the wire has it.
EACH = [
    ({"everyone": True}, {"everyone": {}}),
    ({"email": "ada@example.com"}, {"email": {"email": "ada@example.com"}}),
    ({"email_domain": "example.com"}, {"email_domain": {"domain": "example.com"}}),
    ({"email_list": ID}, {"email_list": {"id": ID}}),
    ({"ip": "192.0.2.0/24"}, {"ip": {"ip": "192.0.2.0/24"}}),
    ({"ip_list": ID}, {"ip_list": {"id": ID}}),
    ({"geo": "DE"}, {"geo": {"country_code": "DE"}}),
    ({"group": ID}, {"group": {"id": ID}}),
    (
        {"azure_ad": {"id": "g", "identity_provider_id": ID}},
        {"azureAD": {"id": "g", "identity_provider_id": ID}},
    ),
    (
        {"okta": {"name": "g", "identity_provider_id": ID}},
        {"okta": {"name": "g", "identity_provider_id": ID}},
    ),
    (
        {"gsuite": {"email": "g@example.com", "identity_provider_id": ID}},
        {"gsuite": {"email": "g@example.com", "identity_provider_id": ID}},
    ),
    (
        {"github_organization": {"name": "o", "identity_provider_id": ID, "team": "t"}},
        {"github-organization": {"name": "o", "identity_provider_id": ID, "team": "t"}},
    ),
    (
        {"saml": {"attribute_name": "a", "attribute_value": "b", "identity_provider_id": ID}},
        {"saml": {"attribute_name": "a", "attribute_value": "b", "identity_provider_id": ID}},
    ),
    (
        {"oidc": {"claim_name": "a", "claim_value": "b", "identity_provider_id": ID}},
        {"oidc": {"claim_name": "a", "claim_value": "b", "identity_provider_id": ID}},
    ),
    ({"login_method": ID}, {"login_method": {"id": ID}}),
    ({"auth_method": "mfa"}, {"auth_method": {"auth_method": "mfa"}}),
    (
        {"auth_context": {"id": "c", "ac_id": "c1", "identity_provider_id": ID}},
        {"auth_context": {"id": "c", "ac_id": "c1", "identity_provider_id": ID}},
    ),
    ({"device_posture": ID}, {"device_posture": {"integration_uid": ID}}),
    ({"certificate": True}, {"certificate": {}}),
    ({"common_name": "host"}, {"common_name": {"common_name": "host"}}),
    ({"service_token": ID}, {"service_token": {"token_id": ID}}),
    ({"any_valid_service_token": True}, {"any_valid_service_token": {}}),
    ({"linked_app_token": ID}, {"linked_app_token": {"app_uid": ID}}),
    (
        {"external_evaluation": {"evaluate_url": "https://e.example", "keys_url": "https://k.example"}},
        {"external_evaluation": {"evaluate_url": "https://e.example", "keys_url": "https://k.example"}},
    ),
    ({"user_risk_score": ["low", "medium"]}, {"user_risk_score": {"user_risk_score": ["low", "medium"]}}),
    ({"cloudflare_account_member": True}, {"cloudflare_account_member": {}}),
]


def test_all_26_kinds_are_known():
    assert len(KINDS) == len(BY_NAME) == len(EACH) == 26
    assert {key for _friendly, wire in EACH for key in wire} == set(KINDS)


@pytest.mark.parametrize(("friendly", "wire"), EACH, ids=[next(iter(wire)) for _friendly, wire in EACH])
def test_every_kind_goes_out_as_cloudflare_has_it_and_comes_back_as_people_write_it(friendly, wire):
    (rule,) = rules_from_options("include", [friendly])
    assert rule.wire() == wire
    assert rules_from_wire([wire]) == (rule,)
    assert rules_from_wire([wire])[0].friendly() == friendly
    assert rules_from_options("include", [wire]) == (rule,)
    assert rule.said


@pytest.mark.parametrize(
    ("options", "wire"),
    [
        ([{"email": "Ada@Example.COM"}], [{"email": {"email": "ada@example.com"}}]),
        ([{"ip": "192.0.2.1"}], [{"ip": {"ip": "192.0.2.1/32"}}]),
        ([{"ip": "2001:DB8::1"}], [{"ip": {"ip": "2001:db8::1/128"}}]),
        ([{"geo": "de"}], [{"geo": {"country_code": "DE"}}]),
        (
            [{"email": "a@b.c", "ip": "192.0.2.1"}],
            [{"email": {"email": "a@b.c"}}, {"ip": {"ip": "192.0.2.1/32"}}],
        ),
        ([{"email": ["a@b.c", "d@e.f"]}], [{"email": {"email": "a@b.c"}}, {"email": {"email": "d@e.f"}}]),
        ([{"email": {"email": "a@b.c"}, "everyone": {}}], [{"email": {"email": "a@b.c"}}, {"everyone": {}}]),
        (
            [{"user_risk_score": ["medium", "low"]}],
            [{"user_risk_score": {"user_risk_score": ["low", "medium"]}}],
        ),
        (
            [{"github_organization": {"name": "o", "identity_provider": ID, "team": ""}}],
            [{"github-organization": {"name": "o", "identity_provider_id": ID}}],
        ),
        ([{"email": "a@b.c"}, {"email": "A@b.c"}], [{"email": {"email": "a@b.c"}}]),
    ],
)
def test_spellings_that_mean_the_same_are_the_same(options, wire):
    assert set(rules_from_options("include", options)) == set(rules_from_wire(wire))
    assert len(rules_from_options("include", options)) == len(wire)


def test_what_cloudflare_adds_of_itself_is_no_difference():
    shown = rules_from_wire([{"device_posture": {"integration_uid": ID, "account_id": "f" * 32}}])
    assert shown == rules_from_options("include", [{"device_posture": ID}])
    assert shown[0].wire()["device_posture"]["account_id"] == "f" * 32


def test_what_cloudflare_leaves_out_is_an_empty_list():
    assert rules_from_wire(None) == rules_from_wire([]) == rules_from_wire([{"email": None}]) == ()


def test_a_kind_that_is_not_known_here_goes_through_untouched():
    wire = {"moon_phase": {"phase": "full", "of": ["x"]}}
    assert [rule.wire() for rule in rules_from_wire([wire])] == [wire]
    (rule,) = rules_from_options("include", [wire])
    assert rule.wire() == wire
    assert unknown_keys([rule, *rules_from_wire([{"everyone": {}}])]) == ["moon_phase"]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("ada@example.com", r"include has to be a list of rules"),
        (
            ["ada@example.com"],
            r"include\[0\]: 'ada@example.com' is no rule; .* did you mean \{email: ada@example.com\}",
        ),
        ([{"everyone": True}, {}], r"include\[1\]: \{\} is no rule"),
        (
            [{"email": "example.com"}],
            r"include\[0\]: 'example.com' is no e-mail address; a whole domain is email_domain",
        ),
        ([{"email_domain": "@example.com"}], r"include\[0\]: '@example.com' is no domain"),
        ([{"email": None}], r"include\[0\]: email has no value"),
        ([{"email": ""}], r"include\[0\]: email has no value"),
        ([{"email": []}], r"include\[0\]: email has no value"),
        ([{"geo": "Germany"}], r"include\[0\]: 'Germany' is no country code"),
        ([{"ip": "300.1.1.1"}], r"include\[0\]: '300.1.1.1' is no IP address"),
        ([{"azure_ad": "group"}], r"include\[0\]: azure_ad takes a mapping, as in"),
        ([{"azure_ad": {"id": "g"}}], r"include\[0\]: azure_ad needs identity_provider, as in"),
        ([{"everyone": "maybe"}], r"include\[0\]: everyone takes no value"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_place(rules, said):
    with pytest.raises(InvalidInput, match=said):
        rules_from_options("include", rules)


def test_nobody_can_meet_two_values_of_one_kind_in_require():
    with pytest.raises(InvalidInput, match=r"require\[0\]: every rule of require has to hold"):
        rules_from_options("require", [{"email": ["a@b.c", "d@e.f"]}])


def test_names_stand_where_ids_do_until_they_are_looked_up():
    (rule,) = rules_from_options("include", [{"okta": {"name": "staff", "identity_provider": "Okta"}}])
    (found,) = references(rule)
    assert (found.field, found.thing, found.text) == ("identity_provider_id", "identity_provider", "Okta")
    assert with_ids(rule, {found.field: ID}).wire() == {"okta": {"name": "staff", "identity_provider_id": ID}}
    assert references(rules_from_options("include", [{"everyone": True}])[0]) == []


def test_rules_that_stay_are_sent_back_as_they_were_written():
    raw = rules_from_wire([{"email": {"email": "Ada@example.com"}}, {"geo": {"country_code": "DE"}}])
    wished = rules_from_options("include", [{"everyone": True}, {"email": "ada@EXAMPLE.com"}])
    assert [rule.wire() for rule in kept_in_order(raw, wished)] == [
        {"email": {"email": "Ada@example.com"}},
        {"everyone": {}},
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("azureAD", "azureAD"),
        ("azure_ad", "azureAD"),
        ("github-organization", "github-organization"),
        ("GitHub_Organization", "github-organization"),
    ],
)
def test_kinds_are_known_by_either_name(name, key):
    found = kind_named(name)
    assert found is not None
    assert found.key == key


_RULES = st.lists(st.sampled_from([friendly for friendly, _wire in EACH]), max_size=8)


@given(_RULES, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(rules, random):
    shuffled = [*rules, *rules[:2]]
    random.shuffle(shuffled)
    assert set(rules_from_options("include", shuffled)) == set(rules_from_options("include", rules))


@given(_RULES)
def test_what_was_written_reads_back_the_same(rules):
    made = rules_from_options("include", rules)
    assert rules_from_wire([rule.wire() for rule in made]) == made
    assert rules_from_options("include", [rule.friendly() for rule in made]) == made


@pytest.mark.parametrize(
    "entry",
    [
        {"moon": "full"},
        {"moon": ["full", "new"]},
        {"moon": [{"phase": "full"}]},
        {"moon": False},
        {"moon": 0},
        {"moon": ""},
        {"moon": {"phase": None, "of": ""}},
        {"moon": {}},
        {"everyone": [[]]},
    ],
)
def test_what_is_not_known_goes_back_as_it_came(entry):
    (rule,) = rules_from_wire([entry])
    assert rule.wire() == rule.friendly() == entry
    assert "everyone" in entry or rules_from_options("include", [entry]) == (rule,)
    assert rule.said.startswith(rule.key)


@pytest.mark.parametrize(
    ("options", "singles"),
    [
        (
            {"azure_ad": {"id": ["a", "b"], "identity_provider": ID}},
            [{"azureAD": {"id": name, "identity_provider_id": ID}} for name in "ab"],
        ),
        (
            {"okta": {"name": ["a", "b"], "identity_provider": [ID]}},
            [{"okta": {"name": name, "identity_provider_id": ID}} for name in "ab"],
        ),
        (
            {"saml": {"attribute_name": "team", "attribute_value": ["a", "b"], "identity_provider": ID}},
            [
                {"saml": {"attribute_name": "team", "attribute_value": name, "identity_provider_id": ID}}
                for name in "ab"
            ],
        ),
    ],
)
def test_several_values_are_several_rules_also_beside_an_identity_provider(options, singles):
    """Cloudflare would split them, and the rule would never be found again (terraform-provider-cloudflare issue 1215)."""
    assert [rule.wire() for rule in rules_from_options("include", [options])] == singles


def test_a_list_that_is_not_known_is_not_taken_apart():
    entry = {"device_posture": {"integration_uid": ID, "platforms": ["linux", "mac"], "rest": []}}
    assert [rule.wire() for rule in rules_from_wire([entry])] == [entry]


def test_ids_are_compared_without_case():
    one, other = rules_from_wire([{"group": {"id": ID}}]), rules_from_options("include", [{"group": ID.upper()}])
    assert one == other
    assert rules_from_options("include", [{"group": "Staff"}]) != rules_from_options("include", [{"group": "staff"}])


def test_blanks_around_values_are_slips():
    (*rules,) = rules_from_options("include", [{"email": ["ada@example.com", " bob@example.com "]}, {"geo": " de"}])
    assert [rule.wire() for rule in rules] == [
        {"email": {"email": "ada@example.com"}},
        {"email": {"email": "bob@example.com"}},
        {"geo": {"country_code": "de"}},
    ]


def test_several_values_within_require_are_refused_in_words_that_are_true():
    """Somebody can be in two groups, but nobody has two addresses; a list does not say which is meant."""
    with pytest.raises(InvalidInput, match="so all 2 values of group would have to match; if that is meant, write a rule for each"):
        rules_from_options("require", [{"group": ["Staff", "Crew"]}])


def test_a_kind_may_have_several_objects():
    groups = [{"id": name, "identity_provider": ID} for name in "ab"]
    assert rules_from_options("include", [{"azure_ad": groups}]) == rules_from_options(
        "include", [{"azure_ad": group} for group in groups]
    )
    assert len(rules_from_options("include", [{"group": ["Staff", {"id": ID}]}])) == 2
    with pytest.raises(InvalidInput, match="every rule of require has to hold"):
        rules_from_options("require", [{"azure_ad": groups}])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"email": [""]}, "email has no value"),
        ({"email": ["ada@example.com", None]}, "email has no value"),
        ({"email": []}, "email has no value"),
        ({"email": " "}, "email has no value"),
        ({"geo": False}, "geo: False is no text; put quotes around words that YAML takes for something else, such as NO"),
        ({"geo": ["DE", False]}, "geo: False is no text"),
        ({"geo": {"country_code": False}}, "geo: False is no text"),
        ({"email": [["ada@example.com"]]}, "email: ['ada@example.com'] is no text"),
        ({"group": {"id": {"name": "Staff"}}}, "group: {'name': 'Staff'} is no text"),
        ({"group": {"name": "Staff"}}, "group needs id, as in {group: ...}"),
        ({"azure_ad": {"id": "a"}}, "azure_ad needs identity_provider, as in {azure_ad: {id: ..., identity_provider: ...}}"),
        ({"azure_ad": {"id": [], "identity_provider": ID}}, "azure_ad needs id, as in"),
        ({"azure_ad": {"id": ["a", ""], "identity_provider": ID}}, "azure_ad needs id, as in"),
        ({"okta": "Staff"}, "okta takes a mapping, as in {okta: {name: ..., identity_provider: ...}}"),
    ],
)
def test_values_that_are_missing_are_said_in_the_words_of_the_options(entry, said):
    with pytest.raises(InvalidInput) as raised:
        rules_from_options("include", [entry])
    assert str(raised.value).startswith(f"include[0]: {said}")


def test_numbers_are_texts_to_cloudflare():
    options = [{"common_name": 7}, {"okta": {"name": 7, "identity_provider": ID}}]
    assert [rule.wire() for rule in rules_from_options("include", options)] == [
        {"common_name": {"common_name": "7"}},
        {"okta": {"name": "7", "identity_provider_id": ID}},
    ]


_FIELDS = st.sampled_from(["id", "email", "ip", "domain", "identity_provider_id", "news", ""])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=3),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(_FIELDS, inside, max_size=3),
    max_leaves=5,
)


@example([{"ip": {"ip": [[]]}}])
@given(st.lists(st.dictionaries(st.sampled_from([*KINDS, "moon"]), _JSON, max_size=2), max_size=3))
def test_whatever_cloudflare_shows_is_read_and_goes_back(entries):
    for rule in rules_from_wire(entries):
        assert rules_from_wire([rule.wire()]) == (rule,)
        assert isinstance(rule.said, str)
        assert isinstance(references(rule), list)


@given(st.dictionaries(st.sampled_from([*BY_NAME, "moon"]), _JSON, max_size=2))
def test_whatever_a_task_says_is_one_rule_or_a_mistake(entry):
    try:
        rules = rules_from_options("include", [entry])
    except InvalidInput:
        return
    for rule in rules:
        assert rules_from_options("include", [rule.friendly()]) == rules_from_wire([rule.wire()]) == (rule,)
