# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions against a second evaluator, which is as simple as can be: two values, plain recursion, on what the wire shows.

Every way in which the facts that are not known may turn out is tried. What is said to be denied is denied in all of them.
"""

from __future__ import annotations

import itertools
from typing import Any

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.decide import (
    ALLOWED,
    DENIED,
    UNDECIDABLE,
    Policy,
    decide,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.evaluate import (
    Criteria,
    Evaluator,
    Group,
    Nesting,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.facts import (
    given as facts_given,
)
from hypothesis import given, settings
from hypothesis import strategies as st

ADA = "Ada@Example.com"
AZURE, OKTA = "idp-azure", "idp-okta"

# What may be so of a person. Whoever signs in by Okta is in no group of Azure.
POSSIBLE: dict[str, list[Any]] = {
    "country": ["DE", "FR"],
    "ip": ["192.0.2.1", "2001:db8::1", "198.51.100.7"],
    "identity_provider": [AZURE, OKTA],
    "groups": [["g1"], ["g1", "g2"], []],
    "lists": [{"l1": True}, {"l1": False}],
    "certificate": [True, False],
}
RULES: list[dict[str, Any]] = [
    {"everyone": {}},
    {"email": {"email": "ADA@example.com"}},
    {"email": {"email": "bob@example.com"}},
    {"email_domain": {"domain": "example.com"}},
    {"email_domain": {"domain": "sub.example.com"}},
    {"email_domain": {"domain": "ample.com"}},
    {"geo": {"country_code": "DE"}},
    {"ip": {"ip": "192.0.2.0/24"}},
    {"ip": {"ip": "2001:db8::/32"}},
    {"ip": {"ip": "198.51.100.7/32"}},
    {"azureAD": {"id": "g1", "identity_provider_id": AZURE}},
    {"azureAD": {"id": "G2", "identity_provider_id": AZURE}},
    {"login_method": {"id": OKTA}},
    {"email_list": {"id": "l1"}},
    {"certificate": {}},
    {"any_valid_service_token": {}},
    *({"group": {"id": name}} for name in ("a", "b", "c")),
]


def says(rule: dict[str, Any], who: dict[str, Any], groups: dict[str, Any]) -> bool:
    """Whether somebody of whom all is known meets a rule."""
    ((key, inner),) = rule.items()
    if key == "group":
        return meets(groups[inner["id"]], who, groups)
    if key == "azureAD":
        return who["identity_provider"] == AZURE and inner["id"].lower() in who["groups"]
    known = {
        "everyone": lambda: True,
        "email": lambda: inner["email"].lower() == ADA.lower(),
        "email_domain": lambda: ADA.lower().endswith("@" + inner["domain"]),
        "geo": lambda: who["country"] == inner["country_code"],
        "ip": lambda: {"192.0.2.0/24": "192.0.2.1", "2001:db8::/32": "2001:db8::1", "198.51.100.7/32": "198.51.100.7"}[inner["ip"]] == who["ip"],
        "login_method": lambda: who["identity_provider"] == inner["id"],
        "email_list": lambda: who["lists"][inner["id"]],
        "certificate": lambda: who["certificate"],
        "any_valid_service_token": lambda: False,
    }
    return bool(known[key]())


def meets(body: dict[str, Any], who: dict[str, Any], groups: dict[str, Any]) -> bool:
    return (
        any(says(rule, who, groups) for rule in body["include"])
        and not any(says(rule, who, groups) for rule in body["exclude"])
        and all(says(rule, who, groups) for rule in body["require"])
    )


def lets_in(policies: list[dict[str, Any]], who: dict[str, Any], groups: dict[str, Any]) -> bool:
    """Bypass and Service Auth, then Allow and Block by precedence; the first that matches."""
    if any(meets(policy, who, groups) for policy in policies if policy["decision"] in ("bypass", "non_identity")):
        return True
    for policy in sorted(policies, key=lambda policy: policy["precedence"]):
        if policy["decision"] in ("allow", "deny") and meets(policy, who, groups):
            return bool(policy["decision"] == "allow")
    return False


def lists(rules: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    some = st.sampled_from(rules)
    return st.fixed_dictionaries(
        {"include": st.lists(some, min_size=1, max_size=3), "exclude": st.lists(some, max_size=2), "require": st.lists(some, max_size=2)}
    )


@st.composite
def worlds(draw: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The policies of an application, in any order, and three groups, each of which may be within the ones before it."""
    groups = {name: draw(lists(RULES[: len(RULES) - 3 + place])) for place, name in enumerate("abc")}
    words = st.sampled_from(["allow", "allow", "deny", "bypass", "non_identity"])
    numbers = draw(st.lists(st.integers(1, 9), max_size=4, unique=True))
    return [{"id": str(n), "name": str(n), "decision": draw(words), "precedence": n, **draw(lists(RULES))} for n in numbers], groups


KNOWN = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in POSSIBLE.items()})


def ours(world: tuple[list[dict[str, Any]], dict[str, Any]], known: dict[str, Any]) -> str:
    policies, groups = world
    nesting = Nesting(Group(name, name.upper(), Criteria.from_wire(body)) for name, body in groups.items())
    return decide(map(Policy.from_wire, policies), Evaluator(nesting, facts_given(ADA, known))).outcome


@settings(max_examples=300, deadline=None)
@given(worlds(), st.fixed_dictionaries({name: st.sampled_from(values) for name, values in POSSIBLE.items()}))
def test_who_is_known_is_let_in_or_not_just_as_the_simple_evaluator_says(world, who):
    assert ours(world, who) == (ALLOWED if lets_in(world[0], who, world[1]) else DENIED)


@settings(max_examples=120, deadline=None)
@given(worlds(), KNOWN)
def test_what_is_decided_is_so_however_the_rest_turns_out(world, known):
    found = ours(world, known)
    open_facts = [name for name in POSSIBLE if name not in known]
    outcomes = set()
    for values in itertools.product(*(POSSIBLE[name] for name in open_facts)):
        outcomes.add(ALLOWED if lets_in(world[0], {**known, **dict(zip(open_facts, values))}, world[1]) else DENIED)
        if len(outcomes) == 2:
            break
    if found != UNDECIDABLE:
        assert outcomes == {found}
    if len(outcomes) == 2:
        assert found == UNDECIDABLE
    if not open_facts:
        assert found != UNDECIDABLE
