# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When two SCIM values are the same (RFC 7643 sections 2.2 to 2.5)."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.compare import merged, pair, same
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import (
    elements,
    plainly,
)
from hypothesis import given, settings
from hypothesis import strategies as st

EMAILS = USER.attribute("emails")
PHONES = USER.attribute("phone_numbers")
ADDRESSES = USER.attribute("addresses")
ROLES = USER.attribute("roles")


def equal(option, left, right, **how):
    return same(USER.attribute(option), left, right, **how)


# -- single values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", [None, "", (), []])
@pytest.mark.parametrize("option", ["title", "emails", "manager"])
def test_null_empty_and_absent_are_one_and_the_same(option, nothing):
    assert equal(option, None, nothing)
    assert equal(option, nothing, None)


@pytest.mark.parametrize(("left", "right"), [("True", True), ("false", False), (True, "true"), (None, True)])
def test_booleans_may_be_strings_and_who_is_there_is_active(left, right):
    assert equal("active", left, right)


def test_an_inactive_user_is_not_an_active_one():
    assert not equal("active", "False", True)
    assert not equal("active", None, False)


def test_external_ids_are_compared_to_the_letter():
    assert not equal("external_id", "a1", "A1")
    assert not equal("external_id", "a1", "A1", loosely=True)


def test_a_new_spelling_of_a_title_is_tried_but_folding_it_is_keeping_it():
    assert not equal("title", "chief", "Chief")
    assert equal("title", "chief", " Chief ", loosely=True)
    assert not equal("title", "chief", "clerk", loosely=True)


def test_two_letters_are_not_one():
    """weiß and weiss are two people, whatever Unicode's case folding says (RFC 8265 section 3.3: lower case)."""
    for loosely in (False, True):
        assert not equal("user_name", "wei\u00df@example.com", "weiss@example.com", loosely=loosely)
        assert equal("user_name", "WEISS@example.com".lower(), "weiss@example.com", loosely=loosely)


@pytest.mark.parametrize("option", ["user_name", "title"])
def test_an_accent_may_be_a_character_of_its_own(option):
    assert equal(option, "jose\u0301", "jos\u00e9")
    assert equal(option, "jose\u0301", "JOS\u00c9", loosely=True)


def test_a_user_name_may_be_folded_by_the_service():
    assert equal("user_name", "ada", "Ada")


def test_a_user_name_that_was_kept_as_it_came_can_change_its_letter_case():
    assert not equal("user_name", "Ada", "ada")
    assert equal("user_name", "Ada", "ada", loosely=True)
    assert equal("user_name", "Ada", "Ada")


def test_no_user_name_is_no_user_name():
    assert equal("user_name", None, "")


def test_a_manager_is_somebody_to_the_letter():
    assert not equal("manager", "id:aB", "id:ab")


def test_members_are_a_set():
    assert same(GROUP.attribute("members"), ("a", "b"), ("b", "a", "a"))
    assert not same(GROUP.attribute("members"), ("a",), ("a", "b"))


@pytest.mark.parametrize("written", ["+1-201-555-0123", "tel:+1 (201) 555.0123", "TEL:+12015550123"])
def test_the_punctuation_of_a_telephone_number_does_not_count(written):
    assert same(PHONES, ({"value": "+1 201 555 0123"},), ({"value": written},))


@pytest.mark.parametrize("other", ["+12015550124", "12015550123", "+12015550123;ext=5"])
def test_another_telephone_number_is_another_one(other):
    assert not same(PHONES, ({"value": "+12015550123"},), ({"value": other},))


# -- elements ------------------------------------------------------------------------------------------------------------


def test_elements_are_an_unordered_set():
    one, two = {"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}
    assert same(EMAILS, (one, two), (two, one))
    assert not same(EMAILS, (one,), (one, two))
    assert not same(EMAILS, (one, two), (one,))


def test_what_the_service_adds_to_an_element_does_not_count():
    assert same(EMAILS, ({"value": "a@x", "type": "work", "display": "A", "primary": True},), ({"value": "A@x"},))


def test_not_primary_and_no_word_about_it_are_the_same():
    assert same(EMAILS, ({"value": "a@x"},), ({"value": "a@x", "primary": False},))
    assert not same(EMAILS, ({"value": "a@x"},), ({"value": "a@x", "primary": True},))


def test_a_role_is_compared_to_the_letter():
    assert not same(ROLES, ({"value": "Admin"},), ({"value": "admin"},))


def test_an_address_is_known_by_its_type():
    have = {"type": "work", "locality": "Ulm", "country": "DE"}
    (matched,) = pair(ADDRESSES, (have,), ({"type": "Work", "locality": "Bonn"},))
    assert matched[0] == have


def test_a_wish_without_a_type_leaves_the_typed_element_to_who_asked_for_it():
    seen = ({"value": "a@x", "type": "work"}, {"value": "a@x", "type": "home"})
    assert same(EMAILS, seen, ({"value": "a@x"}, {"value": "a@x", "type": "work"}))


def test_a_work_address_is_changed_not_exchanged():
    seen = ({"value": "old@x", "type": "work"}, {"value": "h@x", "type": "home"})
    pairs = pair(EMAILS, seen, ({"value": "h@x", "type": "home"}, {"value": "new@x", "type": "work"}))
    assert ({"value": "old@x", "type": "work"}, {"value": "new@x", "type": "work"}) in pairs


def test_two_of_a_type_are_not_guessed_at():
    seen = ({"value": "1@x", "type": "work"}, {"value": "2@x", "type": "work"})
    pairs = pair(EMAILS, seen, ({"value": "new@x", "type": "work"},))
    assert (None, {"value": "new@x", "type": "work"}) in pairs
    assert len(pairs) == 3


def test_a_new_primary_takes_the_mark_from_the_old_one():
    seen = ({"value": "a@x", "primary": True}, {"value": "b@x"})
    after = merged(EMAILS, seen, ({"value": "a@x"}, {"value": "b@x", "primary": True}))
    assert sorted(after, key=lambda e: e["value"]) == [{"value": "a@x", "primary": False}, {"value": "b@x", "primary": True}]


def test_a_folded_value_is_kept_as_the_service_shows_it():
    assert merged(EMAILS, ({"value": "ada@x"},), ({"value": "Ada@X", "type": "work"},)) == ({"value": "ada@x", "type": "work"},)


@settings(deadline=None)
@given(data=st.data(), attribute=st.sampled_from([EMAILS, PHONES, ADDRESSES, ROLES]))
def test_merging_keeps_what_was_not_asked_for_and_makes_the_wish_true(data, attribute):
    seen, wished = (tuple(data.draw(elements(attribute))) for _unused in range(2))
    after = merged(attribute, seen, wished)
    assert same(attribute, after, wished)
    assert plainly({"it": merged(attribute, after, wished)}) == plainly({"it": after})
    assert sum(element.get("primary") is True for element in after or ()) <= 1
    for have, want in pair(attribute, seen, wished):
        if have is None or want is None:
            continue
        result = next(e for e, w in pair(attribute, after, wished) if w is want)
        untouched = {name: value for name, value in have.items() if name not in want and name != "primary"}
        assert untouched.items() <= result.items()


@settings(deadline=None)
@given(data=st.data(), attribute=st.sampled_from([EMAILS, PHONES, ADDRESSES, ROLES]))
def test_every_element_is_in_exactly_one_pair(data, attribute):
    seen, wished = (tuple(data.draw(elements(attribute))) for _unused in range(2))
    pairs = pair(attribute, seen, wished)
    assert sorted(map(id, (have for have, _want in pairs if have is not None))) == sorted(map(id, seen))
    assert sorted(map(id, (want for _have, want in pairs if want is not None))) == sorted(map(id, wished))


@settings(deadline=None)
@given(data=st.data(), attribute=st.sampled_from([EMAILS, PHONES, ADDRESSES, ROLES]))
def test_order_does_not_matter(data, attribute):
    value = data.draw(elements(attribute))
    assert same(attribute, tuple(value), tuple(data.draw(st.permutations(value))))
