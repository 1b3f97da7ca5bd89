# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would be if: proposed policies, and one selector removed everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.decide import Policy, decide
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.evaluate import (
    Criteria,
    Evaluator,
    Group,
    Nesting,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.suppose import (
    Application,
    Proposal,
    with_policy,
    without,
    without_selector,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.access.worlds import (
    ANYBODY,
    DOMAIN,
    FACTS,
    FALSE,
    GROUPS,
    LEAVES,
    TRUE,
    criteria,
    facts_of,
    group_rule,
    of,
    policies,
)
from hypothesis import given, settings
from hypothesis import strategies as st

STAFF = Policy("p1", "Staff", "allow", of([DOMAIN]), 2, ("mfa",))
SHARED = Policy("p2", "Shared", "allow", of([ANYBODY]), 4, (), True)


def apps(*lists: Any) -> list[Application]:
    return [Application(f"a{number}", f"App {number}", f"{number}.example.com", tuple(each)) for number, each in enumerate(lists)]


def proposal(name: str, **more: Any) -> Proposal:
    fields = {key: more.pop(key) for key in list(more) if key not in ("id", "applications", "position", "absent")}
    return Proposal("suppose.policies[0]", name=name, fields=fields, **more)


def order(application: Application) -> list[tuple[str, int | None]]:
    return sorted(((policy.name, policy.precedence) for policy in application.policies), key=lambda each: each[1] or 0)


def test_a_new_policy_goes_to_all_applications_that_are_asked_about():
    new = proposal("Deny", decision="deny", include=(TRUE,), position="first")
    after = with_policy(apps([STAFF], [], [SHARED]), new)
    assert [order(each) for each in after] == [[("Deny", 1), ("Staff", 2)], [("Deny", 1)], [("Deny", 3), ("Shared", 4)]]
    first = Policy("p0", "First", "allow", of([DOMAIN]), 1)
    assert order(with_policy(apps([first, STAFF]), new)[0]) == [("Deny", 1), ("First", 2), ("Staff", 3)]


def test_a_new_policy_goes_to_the_applications_that_it_names():
    new = proposal("Deny", decision="deny", include=(TRUE,), applications=frozenset(["a1"]))
    after = with_policy(apps([STAFF], [STAFF]), new)
    assert [order(each) for each in after] == [[("Staff", 2)], [("Staff", 2), ("Deny", 3)]]


def test_a_policy_that_is_there_is_changed_in_its_place():
    after = with_policy(apps([STAFF, SHARED], [SHARED]), proposal("Staff", include=(FALSE,), approval_required=True))
    assert after[0].policies == (Policy("p1", "Staff", "allow", of([FALSE]), 2, ("approval", "mfa")), SHARED)
    assert after[1].policies == (SHARED,)
    after = with_policy(apps([STAFF]), proposal("", id="p1", decision="deny", mfa_config={}))
    assert after[0].policies == (Policy("p1", "Staff", "deny", of([DOMAIN]), 2),)


def test_a_policy_is_moved():
    after = with_policy(apps([STAFF, SHARED]), proposal("Shared", position="first"))
    assert order(after[0]) == [("Shared", 1), ("Staff", 2)]
    after = with_policy(apps([STAFF, SHARED]), proposal("Staff", precedence=4))
    assert order(after[0]) == [("Staff", 4), ("Shared", 5)]  # who has the number makes room behind
    after = with_policy(apps([STAFF, SHARED]), proposal("Staff", position="last"))
    assert order(after[0]) == [("Shared", 4), ("Staff", 5)]


def test_a_policy_is_put_among_those_that_have_no_numbers():
    listed = [Policy(name, name, "allow", of([DOMAIN])) for name in ("x", "y")]
    for position, expected in [("first", ["Deny", "x", "y"]), ("last", ["x", "y", "Deny"])]:
        (after,) = with_policy(apps(listed), proposal("Deny", decision="deny", include=(TRUE,), position=position))
        assert [name for name, _number in order(after)] == expected
        assert None not in [number for _name, number in order(after)]


def test_a_reusable_policy_is_the_same_everywhere_and_an_own_one_is_not():
    changed = proposal("Shared", decision="deny", applications=frozenset(["a0"]))
    assert [each.policies[0].decision for each in with_policy(apps([SHARED], [SHARED]), changed)] == ["deny", "deny"]
    changed = proposal("Staff", decision="deny", applications=frozenset(["a0"]))
    assert [each.policies[0].decision for each in with_policy(apps([STAFF], [STAFF]), changed)] == ["deny", "allow"]


def test_a_policy_that_another_application_has_is_attached():
    attached = proposal("Shared", applications=frozenset(["a1"]))
    assert order(with_policy(apps([SHARED], [STAFF]), attached)[1]) == [("Staff", 2), ("Shared", 3)]
    assert order(with_policy(apps([], [STAFF]), attached, SHARED)[1]) == [("Staff", 2), ("Shared", 3)]


def test_a_policy_is_taken_away():
    assert [order(each) for each in with_policy(apps([STAFF, SHARED], [SHARED]), proposal("Shared", absent=True))] == [[("Staff", 2)], []]
    only = proposal("Shared", absent=True, applications=frozenset(["a1"]))
    assert [len(each.policies) for each in with_policy(apps([SHARED], [SHARED]), only)] == [1, 0]


def test_what_cannot_be_supposed():
    with pytest.raises(InvalidInput, match=r"policies\[0\]: 'New' is not there yet, so it needs a decision and an include"):
        with_policy(apps([STAFF]), proposal("New", decision="allow"))
    twice = [STAFF, Policy("p3", "Staff", "deny", of([ANYBODY]), 3)]
    with pytest.raises(InvalidInput, match="has 2 policies 'Staff'"):
        with_policy(apps(twice), proposal("Staff", decision="deny"))


def test_a_selector_is_removed_from_groups_and_policies():
    one = Policy("p", "P", "allow", of([TRUE, group_rule("g")], exclude=[TRUE]), 1)
    left, groups = without_selector(apps([one]), [Group("g", "G", of([TRUE]))], TRUE)
    assert left[0].policies[0].criteria == of([group_rule("g")], exclude=[TRUE])
    assert groups == [Group("g", "G", of([]))]
    everywhere = ("include", "exclude", "require")
    assert without(of([TRUE], exclude=[TRUE], require=[TRUE, DOMAIN]), TRUE, everywhere) == of([], require=[DOMAIN])


# -- properties ---------------------------------------------------------------------------------------------------------

LEAF = st.sampled_from(LEAVES)


def outcome(application: Application, groups: Any, facts: dict[str, Any]) -> str:
    return decide(application.policies, Evaluator(Nesting(groups), facts_of(facts))).outcome


@settings(deadline=None)
@given(policies(), FACTS, LEAF)
def test_without_a_selector_that_they_do_not_meet_nothing_changes(listed, facts, selector):
    if Evaluator(Nesting([]), facts_of(facts)).rule(selector).value is False:
        before = apps(listed)
        after, groups = without_selector(before, GROUPS, selector)
        assert outcome(after[0], groups, facts) == outcome(before[0], GROUPS, facts)


@settings(deadline=None)
@given(criteria(nested=False), FACTS, LEAF)
def test_taken_from_include_a_selector_lets_nobody_in(one, facts, selector):
    evaluator = Evaluator(Nesting([]), facts_of(facts))
    order = {False: 0, None: 1, True: 2}
    assert order[evaluator.met(without(one, selector)).value] <= order[evaluator.met(one).value]
    assert order[evaluator.met(without(one, selector, ("exclude", "require"))).value] >= order[evaluator.met(one).value]


@settings(deadline=None)
@given(policies(), FACTS)
def test_a_proposal_that_says_nothing_changes_nothing(listed, facts):
    for each in listed:
        after = with_policy(apps(listed), Proposal("x", id=each.id, name=each.name))
        assert outcome(after[0], GROUPS, facts) == outcome(apps(listed)[0], GROUPS, facts)


@settings(deadline=None)
@given(policies(), FACTS)
def test_a_block_in_the_first_place_beats_all_but_bypass_and_service_auth(listed, facts):
    block = Proposal("x", name="Block", fields={"decision": "deny", "include": (TRUE,)}, position="first")
    after = with_policy(apps(listed), block)[0]
    doors = [policy for policy in listed if policy.decision in ("bypass", "non_identity")]
    evaluator = Evaluator(Nesting(GROUPS), facts_of(facts))
    if all(evaluator.met(policy.criteria).value is False for policy in doors):
        assert outcome(after, GROUPS, facts) == "denied"


def test_an_empty_criteria_is_met_by_nobody():
    assert Evaluator(Nesting([]), facts_of({})).met(Criteria()).value is False
