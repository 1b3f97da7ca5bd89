# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One selector in the rule lists of an object: whatever else stands there is left as it came."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.rules import rules_from_wire
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.selectors import (
    CHANGED,
    DELETED,
    DISABLED,
    ON_EMPTY,
    PLACEHOLDER,
    REFUSED,
    RULE_LISTS,
    UNCHANGED,
    edited,
    is_disabled,
    named_in,
)
from hypothesis import given
from hypothesis import strategies as st

ADA = {"email": {"email": "ada@example.com"}}
BOB = {"email": {"email": "bob@example.com"}}
ADDRESS = {"ip": {"ip": "192.0.2.1/32"}}
NEWER = {"quantum_badge": {"serial": [1, {"x": None}], "note": "as it came"}}  # Cloudflare adds kinds every year
NEWEST = {"moon_phase": "full"}

POOL = [ADA, BOB, ADDRESS, NEWER, NEWEST, PLACEHOLDER, {"everyone": {}}, {"group": {"id": "g1"}}]
POOL += [{**ADA, "group": {"id": "g1"}}, {"email_domain": {"domain": "Example.com"}}, {"email": {"email": "ADA@example.com"}}]

entries = st.lists(st.sampled_from(POOL), max_size=5)
objects = st.fixed_dictionaries({"name": st.just("x"), "include": entries, "exclude": entries | st.none()}, optional={"require": entries})
lists = st.lists(st.sampled_from(RULE_LISTS), min_size=1, unique=True)


def rule(entry):
    (found,) = rules_from_wire([entry])
    return found


selectors = st.sampled_from([entry for entry in POOL if len(entry) == 1 and entry is not PLACEHOLDER]).map(rule)


def after(raw, edit):
    """The object as it is once an edit was written."""
    return {**raw, **edit.lists}


def others(raw, selector, name):
    """Every rule of a list but the selector and the placeholder, in order, as it came."""
    return [found.wire() for found in rules_from_wire(raw.get(name)) if found not in (selector, rule(PLACEHOLDER))]


@given(objects, selectors, lists, st.booleans(), st.sampled_from(ON_EMPTY))
def test_every_other_rule_stays_as_it_came_and_where_it_was(raw, selector, rules, present, on_empty):
    edit = edited(raw, selector, rules, present=present, on_empty=on_empty)
    assert set(edit.lists) <= set(rules)
    for name in RULE_LISTS:
        assert others(after(raw, edit), selector, name) == others(raw, selector, name)
    verbatim = [entry for name in edit.lists for entry in edit.lists[name] if selector not in rules_from_wire([entry])]
    split = [found.wire() for name in RULE_LISTS for entry in raw.get(name) or () if len(entry) > 1 for found in rules_from_wire([entry])]
    assert all(entry in [*(raw.get("include") or ()), *(raw.get("exclude") or ()), *(raw.get("require") or ()), PLACEHOLDER, *split] for entry in verbatim)


@given(objects, selectors, lists, st.booleans(), st.sampled_from(ON_EMPTY))
def test_a_second_time_there_is_nothing_to_do(raw, selector, rules, present, on_empty):
    edit = edited(raw, selector, rules, present=present, on_empty=on_empty)
    if edit.action in (UNCHANGED, CHANGED, DISABLED):
        assert edited(after(raw, edit), selector, rules, present=present, on_empty=on_empty).action == UNCHANGED
        wrong = [name for name in rules if (name in named_in(after(raw, edit), selector)) is not present]
        assert wrong == []


@given(objects, selectors, lists, st.sampled_from(ON_EMPTY), st.randoms(use_true_random=False))
def test_the_order_of_rules_and_of_lists_is_irrelevant(raw, selector, rules, on_empty, chance):
    shuffled = {**raw, **{name: chance.sample(raw[name], len(raw[name])) for name in RULE_LISTS if raw.get(name)}}
    turned = chance.sample(rules, len(rules))
    for present in (True, False):
        one = edited(raw, selector, rules, present=present, on_empty=on_empty)
        other = edited(shuffled, selector, turned, present=present, on_empty=on_empty)
        assert one.action == other.action
        for name in RULE_LISTS:
            assert set(rules_from_wire(one.lists.get(name))) == set(rules_from_wire(other.lists.get(name)))


@given(objects, selectors, lists)
def test_present_then_absent_is_as_before(raw, selector, rules):
    if named_in(raw, selector, rules):
        return
    there = after(raw, edited(raw, selector, rules, present=True))
    gone = edited(there, selector, rules, present=False, on_empty="disable" if is_disabled(raw) else "refuse")
    if raw["include"]:
        assert gone.action == (DISABLED if is_disabled(raw) and "include" in rules else CHANGED)
        for name in RULE_LISTS:
            assert rules_from_wire(after(there, gone).get(name)) == rules_from_wire(raw.get(name))


@given(objects, selectors, lists, st.booleans(), st.sampled_from(ON_EMPTY))
def test_an_include_is_never_emptied(raw, selector, rules, present, on_empty):
    edit = edited(raw, selector, rules, present=present, on_empty=on_empty)
    if edit.action in (DELETED, REFUSED):
        assert edit.lists["include"] == []
        assert set(rules_from_wire(raw["include"])) == {selector}
        assert edit.action == {"delete": DELETED, "refuse": REFUSED}[on_empty]
    else:
        assert edit.lists.get("include", True)


@pytest.mark.parametrize("spelled", [{"email": {"email": "Ada@Example.COM"}}, {"email": {"email": ["x@example.com", "ada@example.com"]}}])
def test_however_an_address_is_spelled_it_is_removed(spelled):
    edit = edited({"include": [BOB, spelled]}, rule(ADA), ["include"], present=False)
    assert rule(ADA) not in rules_from_wire(edit.lists["include"])
    assert edit.lists["include"][0] == BOB


def test_an_address_without_its_mask_is_the_same_one():
    bare = rule({"ip": {"ip": "192.0.2.1"}})
    assert edited({"include": [ADDRESS, BOB]}, bare, ["include"], present=False).lists == {"include": [BOB]}
    assert edited({"include": [ADDRESS]}, bare, ["include"], present=True).action == UNCHANGED


def test_of_an_entry_with_several_keys_only_one_goes():
    edit = edited({"include": [{**ADA, "group": {"id": "g1"}}]}, rule(ADA), ["include"], present=False)
    assert edit.lists == {"include": [{"group": {"id": "g1"}}]}


def test_an_object_is_disabled_and_comes_back():
    raw = {"include": [ADA], "exclude": [BOB]}
    off = edited(raw, rule(ADA), ["include"], present=False, on_empty="disable")
    assert off.action == DISABLED
    assert after(raw, off) == {"include": [PLACEHOLDER], "exclude": [BOB]}
    assert is_disabled(after(raw, off))
    on = edited(after(raw, off), rule(BOB), ["include"], present=True)
    assert after(raw, on) == {"include": [BOB], "exclude": [BOB]}


def test_the_placeholder_itself_goes_when_others_are_there_and_stays_when_not():
    assert edited({"include": [PLACEHOLDER, ADA]}, rule(PLACEHOLDER), ["include"], present=False).lists == {"include": [ADA]}
    assert edited({"include": [PLACEHOLDER]}, rule(PLACEHOLDER), ["include"], present=False, on_empty="disable").action == UNCHANGED


def test_an_object_that_includes_nobody_already_is_not_in_the_way():
    assert edited({"include": None, "exclude": [ADA]}, rule(ADA), ["exclude"], present=False).action == CHANGED
