# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ends something for a person, and what is proven by what is read: nothing by what was sent."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access import people
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.people import (
    MFA,
    PLANES,
    SEAT,
    SESSIONS,
    Look,
    Orders,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.verdicts import (
    PREDICTED,
    PROVEN,
    UNPROVEN,
)
from hypothesis import given
from hypothesis import strategies as st

users = st.fixed_dictionaries(
    {"id": st.just("u1"), "uid": st.just("u2"), "email": st.just("ada@example.com"), "seat_uid": st.sampled_from(("s1", "s1", None))},
    optional={
        "access_seat": st.sampled_from((True, False, None)),
        "gateway_seat": st.booleans(),
        "active_device_count": st.none() | st.integers(0, 3) | st.just(2.0),
    },
)
looks = st.builds(
    Look,
    users,
    st.frozensets(st.sampled_from("abc")),
    st.none() | st.lists(st.sampled_from("xyz"), unique=True).map(tuple),
)
orders = st.builds(
    Orders,
    st.just(frozenset(PLANES)),
    devices=st.booleans(),
    warp_reauth=st.booleans(),
    given=st.sampled_from(((), ("x",))),
)


@given(looks, orders)
def test_after_obedient_requests_nothing_is_pending_and_all_that_is_shown_is_proven(look, wanted):
    ended = frozenset(plane for plane in PLANES if people.pending(plane, look, wanted))
    after = people.simulated(look, ended, wanted)
    for plane in PLANES:
        assert people.left_over(plane, look, after, wanted) == [] or plane not in ended
        judged = people.judged(plane, look, after, wanted, sent=plane in ended, predicted=False)
        hidden = (plane == MFA and look.authenticators is None) or (plane == SEAT and people.seats(look.user) and not look.user["seat_uid"])
        assert judged.verdict == (UNPROVEN if hidden else PROVEN)
        if not hidden:
            assert not people.pending(plane, after, wanted)


@given(looks, orders)
def test_requests_that_do_nothing_prove_nothing(look, wanted):
    for plane in PLANES:
        pending = people.pending(plane, look, wanted)
        assert bool(people.changes(plane, look, wanted)) == pending
        judged = people.judged(plane, look, look, wanted, sent=pending, predicted=False)
        if pending:
            assert judged.verdict == UNPROVEN
            assert people.left_over(plane, look, look, wanted) or (plane == MFA and look.authenticators is None)
            dry = people.judged(plane, look, look, wanted, sent=True, predicted=True)
            assert dry.verdict == (UNPROVEN if plane == SEAT and not look.user["seat_uid"] else PREDICTED)


def test_devices_are_a_reason_to_revoke_only_if_they_are_asked_for():
    look = Look({"active_device_count": 1}, frozenset())
    assert not people.pending(SESSIONS, look, Orders(frozenset([SESSIONS])))
    assert people.pending(SESSIONS, look, Orders(frozenset([SESSIONS]), devices=True))
    assert not people.pending(SESSIONS, Look({}, frozenset()), Orders(frozenset([SESSIONS]), devices=True, warp_reauth=True))


def test_a_new_session_is_no_old_one_that_stayed():
    before, after = Look({}, frozenset("ab")), Look({}, frozenset("c"))
    wanted = Orders(frozenset([SESSIONS]))
    assert people.left_over(SESSIONS, before, after, wanted) == []
    judged = people.judged(SESSIONS, before, after, wanted, sent=True, predicted=False)
    assert (judged.verdict, "revoking does not block" in judged.said) == (UNPROVEN, True)
    assert people.left_over(SESSIONS, before, Look({}, frozenset("bc")), wanted) == ["active_sessions"]


def test_the_requests():
    user = {"id": "u1", "uid": "u2", "email": "ada@example.com", "seat_uid": "s1"}
    assert people.revocation(user, Orders(frozenset())) == {"email": "ada@example.com", "user_uid": "u2"}
    wanted = Orders(frozenset(), devices=True, warp_reauth=True)
    assert people.revocation(user, wanted) == {"email": "ada@example.com", "user_uid": "u2", "devices": True, "warp_session_reauth": True}
    assert people.seat_release(user) == [{"seat_uid": "s1", "access_seat": False, "gateway_seat": False}]


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({}, None),
        ({"mfa_authenticators": None}, None),
        ({"mfa_authenticators": []}, []),
        ({"mfa_authenticators": [{"id": "a"}, "b", {"type": "totp"}]}, ["a", "b"]),
        ({"authenticators": [{"uid": "a"}]}, ["a"]),
    ],
)
def test_second_factors_that_are_not_shown_are_not_none(record, found):
    assert people.authenticators(record) == found


def test_a_filter_is_not_taken_at_its_word():
    listed = [{"email": "ada@example.com.evil"}, {"email": "Ada@Example.com", "id": "1"}, {"email": None}]
    assert people.of_email(listed, "ada@example.COM") == [listed[1]]


@pytest.mark.parametrize("text", ["", "ada", "ada@", "@b", "a b@c", "a@b, c@d"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidInput, match="email: "):
        people.checked_email("email", text)
    assert people.checked_email("email", " ada@example.com ") == "ada@example.com"


def test_no_session_can_be_taken_over_with_what_is_shown():
    nonce = "planted-nonce-000000000000"
    session = {
        "name": f"account:user:{nonce}",
        "expiration": 2,
        "metadata": {"nonce": nonce, "iat": 1, "expires": 2, "ttl": 1, "apps": {"x": {"name": "Wiki", "app_token": "planted"}}},
    }
    shown = people.session_shown(session)
    assert shown == {"iat": 1, "expires": 2, "ttl": 1, "expiration": 2, "nonce": "plante...", "apps": [{"name": "Wiki"}]}
    assert people.session_shown({"metadata": {"nonce": "short"}}) == {"apps": []}
    identity = {"email": "a@b.c", "service_token_id": "t", "service_token_status": True, "device_sessions": {"planted": 1}, "x": [{"id_token": "planted"}]}
    assert people.without_tokens(identity) == {"email": "a@b.c", "service_token_id": "t", "service_token_status": True, "x": [{}]}
    assert "planted" not in json.dumps(people.without_tokens(identity))


def test_sessions_are_told_apart():
    assert len(people.nonces([{"metadata": {"nonce": "a"}}, {"metadata": {"nonce": "b"}}, {"name": "c"}, {}])) == 4


def test_stored_scim_users():
    stored = {"id": "1", "displayName": "Ada", "emails": [{"value": "ADA@example.com"}], "externalId": "7", "active": False, "schemas": []}
    assert people.stored_shown(stored) == {
        "id": "1", "active": False, "display_name": "Ada", "external_id": "7", "emails": [{"value": "ADA@example.com"}],
    }  # fmt: skip
    assert people.has_email(stored, "ada@example.com")
    assert not people.has_email({"emails": None}, "ada@example.com")
