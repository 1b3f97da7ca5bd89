# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies of one application: in which order they count, what is decided, and on which facts it depends."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.decide import (
    ALLOWED,
    DENIED,
    UNDECIDABLE,
    Decision,
    Policy,
    cautious,
    conditions_of,
    decide,
    in_order,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.evaluate import (
    Evaluator,
    Nesting,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.access.worlds import (
    ANYBODY,
    COUNTRY,
    DOMAIN,
    ENGINEERS,
    FACTS,
    FALSE,
    GROUPS,
    POSSIBLE,
    TRUE,
    facts_of,
    group_rule,
    of,
    policies,
    resolutions,
    rule,
)
from hypothesis import given, settings
from hypothesis import strategies as st

FRANCE = rule("geo", country_code="FR")
BLOCKED = rule("email_list", id="blocked")


def policy(name: str, decision: str, *include: Any, precedence: int | None = None, **more: Any) -> Policy:
    conditions = more.pop("conditions", ())
    return Policy(f"id-{name}", name, decision, of(include or [ANYBODY], **more), precedence, conditions)


def decided(ordered: Any, **facts: Any) -> Decision:
    return decide(ordered, Evaluator(Nesting(GROUPS), facts_of(facts)))


def names(thing: str, text: str) -> str:
    return {("identity_provider", "idp"): "Azure AD Contoso", ("list", "blocked"): "blocked-people", ("group", "staff"): "Staff"}.get((thing, text), "")


def said(ordered: Any, **facts: Any) -> str:
    return decided(ordered, **facts).said(names)


def depends(ordered: Any, **facts: Any) -> list[str]:
    return list(decided(ordered, **facts).shown(names)["depends_on"])


def test_bypass_and_service_auth_first_then_by_precedence():
    listed = [
        policy("c", "allow", precedence=3),
        policy("d", "bypass", precedence=4),
        policy("a", "deny", precedence=1),
        policy("b", "non_identity", precedence=2),
        policy("e", "allow"),
    ]
    assert [each.name for each in in_order(listed)] == ["b", "d", "a", "c", "e"]
    assert decided(listed).policy.name == "b"
    assert [each.name for each in in_order([policy("x", "allow"), policy("y", "deny")])] == ["x", "y"]


@pytest.mark.parametrize(("decision", "outcome"), [("allow", ALLOWED), ("bypass", ALLOWED), ("non_identity", ALLOWED), ("deny", DENIED)])
def test_the_first_that_matches_decides(decision, outcome):
    listed = [policy("one", "allow", FALSE, precedence=1), policy("two", decision, precedence=2), policy("three", "deny", precedence=3)]
    found = decided(listed)
    assert (found.outcome, found.policy.name) == (outcome, "two")


def test_who_matches_nothing_is_denied():
    assert said([]) == "denied: the application has no policy"
    assert said([policy("one", "allow", FALSE)]) == "denied: the policy does not match"
    assert said([policy("one", "allow", FALSE), policy("two", "deny", FALSE)]) == "denied: none of 2 policies matches"
    assert (
        said([policy("one", "allow", DOMAIN, require=[FALSE])])
        == "denied: the policy does not match; who would be included lacks what is required: email bob@example.com"
    )
    assert said([policy("one", "allow", exclude=[group_rule("staff")])]) == (
        "denied: the policy does not match; who would be included is excluded by email domain example.com through group 'Staff'"
    )


def test_the_reason_in_a_sentence():
    staff = policy("Staff", "allow", group_rule("staff"), precedence=2)
    assert said([staff]) == "allowed by policy 'Staff' (precedence 2): email domain example.com through group 'Staff'"
    nested = policy("Staff", "deny", group_rule("nested"), precedence=1)
    facts = {"identity_provider": "idp", "groups": ["g1"], "lists": {"blocked": False}}
    assert said([nested], **facts) == (
        "denied by policy 'Staff' (precedence 1): azure ad g1, Azure AD Contoso through group 'Engineers' within group 'Nested'"
    )


def test_what_results_show():
    shown = decided([policy("Staff", "allow", group_rule("staff"), precedence=2, conditions=("approval", "mfa"))]).shown(names)
    assert shown == {
        "decision": "allowed",
        "as_last_seen": "",
        "policy": "Staff",
        "policy_id": "id-Staff",
        "rule": {"email_domain": "example.com"},
        "via": ["Staff"],
        "depends_on": [],
        "conditions": ["approval", "mfa"],
        "said": "allowed by policy 'Staff' (precedence 2): email domain example.com through group 'Staff'; they need approval, mfa",
    }


def test_an_undecidable_one_names_the_facts():
    listed = [policy("Staff", "allow", ENGINEERS, BLOCKED, precedence=1)]
    assert depends(listed) == ["identity provider", "membership of IdP group g1 (Azure AD Contoso)", "list blocked-people"]
    assert said(listed).startswith("undecidable: it depends on identity provider, membership")
    assert decided(listed).policy is None
    # Just so if a group stands between.
    listed = [policy("Staff", "allow", group_rule("engineers"), precedence=1)]
    assert depends(listed) == ["identity provider", "membership of IdP group g1 (Azure AD Contoso)"]


def test_if_all_roads_lead_to_one_outcome_it_is_decided():
    listed = [policy("A", "allow", COUNTRY, precedence=1), policy("B", "allow", TRUE, precedence=2)]
    found = decided(listed)
    assert (found.outcome, found.policy, [each.name for each in found.possible]) == (ALLOWED, None, ["A", "B"])
    assert depends(listed) == []
    assert [fact.said(names) for fact in found.open] == ["country"]
    assert said(listed) == "allowed in any case: by policy 'A' (precedence 1) or policy 'B' (precedence 2)"
    listed = [policy("A", "deny", COUNTRY), policy("B", "allow", FALSE)]
    assert said(listed) == "denied in any case: by policy 'A', or because none matches"


def test_conditions_are_those_that_are_asked_in_any_case():
    one = policy("A", "allow", COUNTRY, precedence=1, conditions=("approval", "mfa"))
    two = policy("B", "allow", precedence=2, conditions=("mfa", "isolation"))
    assert decided([one, two]).conditions == ("mfa",)
    assert decided([one, two], country="DE").conditions == ("approval", "mfa")
    assert decided([replace(one, decision="deny")], country="DE").conditions == ()


def test_only_facts_that_matter_are_named():
    # Whoever is not in DE is denied, by whichever policy.
    listed = [policy("A", "allow", COUNTRY, precedence=1), policy("B", "deny", BLOCKED, precedence=2)]
    assert depends(listed) == ["country"]
    # Whether they are on the list or not, they get in.
    listed = [policy("A", "allow", BLOCKED, precedence=1), policy("B", "allow", exclude=[BLOCKED], precedence=2)]
    assert decided(listed).outcome == ALLOWED
    # A policy behind one that matches in any case does not matter.
    listed = [policy("A", "allow", COUNTRY, precedence=1), policy("B", "deny", precedence=2), policy("C", "allow", BLOCKED, precedence=3)]
    assert depends(listed) == ["country"]


def test_many_open_rules_are_all_named():
    listed = [policy("A", "allow", *(rule("device_posture", integration_uid=str(number)) for number in range(12)))]
    assert len(depends(listed)) == 12


def test_a_decision_that_is_not_known_here():
    listed = [policy("Odd", "quarantine", COUNTRY, precedence=1), policy("B", "allow", precedence=2)]
    assert depends(listed) == ["country", "decision quarantine of policy Odd, which is not known here"]
    assert depends(listed, country="DE") == ["decision quarantine of policy Odd, which is not known here"]
    assert decided(listed, country="FR").outcome == ALLOWED


def test_a_decision_that_is_not_known_here_may_be_one_that_comes_first():
    listed = [policy("Deny", "deny", precedence=1), policy("Odd", "not shown", COUNTRY, precedence=2)]
    assert decided(listed).outcome == UNDECIDABLE
    assert decided(listed, country="FR").outcome == DENIED


def test_an_order_that_the_numbers_do_not_tell():
    allow, deny = policy("A", "allow", precedence=1), policy("D", "deny")
    for listed in ([allow, deny], [deny, allow], [replace(deny, precedence=1), allow]):
        found = decided(listed)
        assert (found.outcome, found.policy, {each.name for each in found.possible}) == (UNDECIDABLE, None, {"A", "D"})
        assert depends(listed) == ["the order of the policies, which their precedence does not tell"]
    # Where none has a number, the list is in order; and where all say the same, or other rules decide, it does not matter.
    assert decided([policy("A", "allow"), policy("D", "deny")]).outcome == ALLOWED
    assert decided([policy("D", "deny"), policy("A", "allow")]).outcome == DENIED
    assert decided([policy("A", "allow", precedence=1), policy("B", "allow", precedence=1)]).outcome == ALLOWED
    assert decided([policy("B", "bypass", precedence=3), allow, deny]).outcome == ALLOWED
    assert decided([policy("A", "allow", FALSE, precedence=1), deny]).outcome == DENIED


def test_what_was_seen_lets_in_and_keeps_nobody_out():
    listed = [policy("A", "allow", COUNTRY, precedence=1)]
    for country, outcome in [("DE", ALLOWED), ("FR", UNDECIDABLE)]:
        seen = decided(listed, country=country)
        found = cautious(decided(listed), seen)
        assert (found.outcome, found.expected, found.as_last_seen) == (outcome, seen.outcome, seen)
    certain = decided([policy("A", "allow", FALSE)])
    assert cautious(certain, certain) is certain


def test_what_was_brought_the_last_time_only_opens_doors():
    token = rule("service_token", token_id="t")
    facts = facts_of({})
    brought = facts.filled({"service_token_status": True})  # of which the id is not shown

    def both(*listed: Policy) -> Decision:
        return cautious(*(decide(listed, Evaluator(Nesting(GROUPS), each)) for each in (facts, brought)))

    door = both(policy("T", "non_identity", token))
    assert (door.outcome, door.said(names)) == (UNDECIDABLE, "undecidable: it depends on service token; as they were last seen")
    assert both(policy("T", "non_identity", rule("any_valid_service_token"))).outcome == UNDECIDABLE
    open_to_people = both(policy("P", "allow", exclude=[token]))
    assert open_to_people.outcome == ALLOWED
    assert open_to_people.said(names) == (
        "allowed by policy 'P': everyone; as they were last seen, undecidable: it depends on service token"
    )


def test_a_policy_as_an_application_shows_it():
    body = {
        "id": "p",
        "name": "Staff",
        "decision": "allow",
        "include": [{"everyone": {}}],
        "precedence": 3,
        "reusable": True,
        "approval_required": True,
        "mfa_config": {"allowed_authenticators": ["totp"]},
    }
    assert Policy.from_wire(body) == Policy("p", "Staff", "allow", of([ANYBODY]), 3, ("approval", "mfa"), True)
    assert Policy.from_wire({"include": []}) == Policy("", "", "", of([]))
    # There is no policy without an include: if none is shown, nobody knows whom it lets in.
    assert decided([Policy.from_wire({"decision": "allow"})]).outcome == UNDECIDABLE


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ()),
        ({"approval_required": False, "isolation_required": None, "mfa_config": {}}, ()),
        ({"mfa_config": {"mfa_disabled": True}}, ()),
        ({"mfa_config": {"mfa_disabled": False}}, ("mfa",)),
        ({"isolation_required": True, "purpose_justification_required": True}, ("purpose_justification", "isolation")),
    ],
)
def test_conditions(body, expected):
    assert conditions_of(body) == expected


# -- properties ---------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(policies(), FACTS, st.data())
def test_what_is_decided_stays_so_whatever_is_learnt(listed, facts, data):
    before = decided(listed, **facts)
    after = decided(listed, **data.draw(resolutions(facts)))
    if before.outcome != UNDECIDABLE:
        assert after.outcome == before.outcome
    if before.policy:
        assert after.policy == before.policy


@settings(max_examples=50, deadline=None)
@given(policies(), FACTS)
def test_it_is_undecidable_only_if_what_is_named_can_change_it(listed, facts):
    found = decided(listed, **facts)
    left = [name for name in POSSIBLE if name not in facts]
    outcomes = set()
    for values in itertools.product(*(POSSIBLE[name] for name in left)):
        outcomes.add(decided(listed, **facts, **dict(zip(left, values))).outcome)
        if len(outcomes) > 1 or len(left) > 6:
            break
    if len(outcomes) > 1:
        assert found.outcome == UNDECIDABLE
    assert bool(found.missing) == (found.outcome == UNDECIDABLE)


@settings(deadline=None)
@given(policies(), FACTS, st.randoms(use_true_random=False))
def test_only_precedence_orders_policies(listed, facts, random):
    shuffled = list(listed)
    random.shuffle(shuffled)
    assert decided(shuffled, **facts) == decided(listed, **facts)
    numbered = [replace(each, precedence=(each.precedence or 0) * 10) for each in shuffled]
    assert decided(numbered, **facts).outcome == decided(listed, **facts).outcome


RANK = {DENIED: 0, UNDECIDABLE: 1, ALLOWED: 2}


@settings(deadline=None)
@given(policies(), FACTS, policies(1))
def test_a_further_block_admits_nobody_and_a_further_allow_shuts_nobody_out(listed, facts, more):
    for word, direction in (("deny", -1), ("allow", 1)):
        added = [replace(each, decision=word, precedence=99) for each in more]
        moved = RANK[decided([*listed, *added], **facts).outcome] - RANK[decided(listed, **facts).outcome]
        assert moved * direction >= 0


@settings(deadline=None)
@given(policies(), FACTS)
def test_whoever_bypasses_is_never_blocked(listed, facts):
    bypass = policy("door", "bypass", precedence=99)
    assert decided([*listed, bypass], **facts).outcome == ALLOWED


@settings(deadline=None)
@given(policies(), FACTS)
def test_the_one_that_decides_matches_and_none_before_it_does(listed, facts):
    found = decided(listed, **facts)
    evaluator = Evaluator(Nesting(GROUPS), facts_of(facts))
    if found.policy:
        ordered = in_order(listed)
        place = ordered.index(found.policy)
        assert [evaluator.met(each.criteria).value for each in ordered[: place + 1]] == [False] * place + [True]
        assert found.verdict.rule is not None
