# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small world for tests of decisions: a few rules, groups, and facts of which each may be unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.decide import Policy
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.evaluate import (
    Criteria,
    Group,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.facts import Facts, given
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.rules import Rule
from hypothesis import strategies as st

ADA = "ada@example.com"


def rule(key: str, **inner: Any) -> Rule:
    return Rule.of(key, inner)


def group_rule(name: str) -> Rule:
    return rule("group", id=name)


ANYBODY = rule("everyone")
TRUE = rule("email", email=ADA)
FALSE = rule("email", email="bob@example.com")
DOMAIN = rule("email_domain", domain="example.com")
COUNTRY = rule("geo", country_code="DE")


def of(include: Sequence[Rule], *, exclude: Sequence[Rule] = (), require: Sequence[Rule] = ()) -> Criteria:
    return Criteria(tuple(include), tuple(exclude), tuple(require))


ENGINEERS = rule("azureAD", id="g1", identity_provider_id="idp")
LEAVES = [
    ANYBODY,
    TRUE,
    FALSE,
    DOMAIN,
    COUNTRY,
    rule("geo", country_code="FR"),
    rule("ip", ip="192.0.2.0/24"),
    ENGINEERS,
    rule("login_method", id="idp"),
    rule("auth_method", auth_method="mfa"),
    rule("email_list", id="blocked"),
    rule("device_posture", integration_uid="disk"),
    rule("any_valid_service_token"),
    rule("saml", attribute_name="department", attribute_value="Research", identity_provider_id="idp"),
]
GROUPS = [
    Group("staff", "Staff", of([DOMAIN])),
    Group("engineers", "Engineers", of([ENGINEERS])),
    Group("nested", "Nested", of([group_rule("engineers"), FALSE], exclude=[rule("email_list", id="blocked")])),
    Group("at-home", "At home", of([group_rule("staff")], require=[COUNTRY])),
]

# Every fact that the leaves may depend on, and what it may be.
POSSIBLE: dict[str, list[Any]] = {
    "country": ["DE", "FR", "US"],
    "ip": ["192.0.2.1", "198.51.100.1"],
    "identity_provider": ["idp", "other"],
    "groups": [["g1"], []],
    "auth_methods": [["mfa"], ["pwd"]],
    "lists": [{"blocked": True}, {"blocked": False}],
    "device_posture": [{"disk": True}, {"disk": False}],
    "saml_attributes": [{"department": ["Research"]}, {"department": []}],
}
FACTS = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in POSSIBLE.items()})


def facts_of(options: dict[str, Any]) -> Facts:
    return given(ADA, options)


def resolutions(facts: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The facts, and what may be learnt beside them."""
    left = {name: st.sampled_from(values) for name, values in POSSIBLE.items() if name not in facts}
    return st.fixed_dictionaries({}, optional=left).map(lambda more: {**facts, **more})


def rules(most: int = 3, *, nested: bool = True) -> st.SearchStrategy[tuple[Rule, ...]]:
    every = [*LEAVES, *(group_rule(group.id) for group in GROUPS)] if nested else LEAVES
    return st.lists(st.sampled_from(every), max_size=most, unique=True).map(tuple)


def criteria(*, nested: bool = True) -> st.SearchStrategy[Criteria]:
    return st.builds(Criteria, rules(nested=nested), rules(1, nested=nested), rules(2, nested=nested))


@st.composite
def policies(draw: Any, most: int = 4) -> list[Policy]:
    """The policies of one application, each with a number of its own."""
    numbers = draw(st.lists(st.integers(1, 9), max_size=most, unique=True))
    words = st.sampled_from(["allow", "allow", "deny", "deny", "bypass", "non_identity"])
    return [Policy(f"p{number}", f"P{number}", draw(words), draw(criteria()), number) for number in numbers]
