# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access policies and groups: what changes, and what a PUT that replaces everything has to hold."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.friendly import (
    rules_from_options,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.objects import GROUP, POLICY

RAW = {
    "id": "1",
    "uid": "1",
    "name": "Staff",
    "decision": "allow",
    "include": [{"email": {"email": "Ada@example.com"}}],
    "session_duration": "24h",
    "app_count": 2,
    "reusable": True,
    "precedence": 3,
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "isolation_required": None,
    "something_new": {"kept": True},
}


def rules(*given):
    return rules_from_options("include", list(given))


def changed(raw, **wish):
    return [change.path for change in POLICY.changes(POLICY.from_wire(raw), POLICY.wish(wish))]


@pytest.mark.parametrize(
    "wish",
    [
        {"name": "Staff", "decision": "allow"},
        {"include": rules({"email": "ADA@example.com"})},
        {"exclude": (), "require": ()},
        {"approval_required": False, "isolation_required": False, "purpose_justification_required": False},
        {"approval_groups": [], "mfa_config": {}, "connection_rules": {}, "purpose_justification_prompt": ""},
        {"mfa_config": {"mfa_disabled": False, "allowed_authenticators": []}},
        {"connection_rules": {"rdp": {"allowed_clipboard_local_to_remote_formats": []}}},
        {"session_duration": "24h", "precedence": 3},
    ],
)
def test_what_is_so_already_is_no_change(wish):
    assert changed(RAW, **wish) == []
    shows_all = {
        **RAW,
        "approval_required": False,
        "mfa_config": {"mfa_disabled": False},
        "exclude": [],
        "require": None,
    }
    assert changed(shows_all, **wish) == []


@pytest.mark.parametrize("unset", [None, ""])
def test_no_session_duration_is_that_of_the_application_however_it_is_shown(unset):
    assert changed({**RAW, "session_duration": unset}, session_duration="") == []
    assert changed(RAW, session_duration="") == ["session_duration"]


def test_approval_groups_are_a_set_and_numbers_may_have_a_point():
    shown = [
        {"approvals_needed": 1.0, "email_addresses": ["b@x.y", "a@x.y"]},
        {"approvals_needed": 2, "email_list_uuid": "l"},
    ]
    wish = [
        {"approvals_needed": 2, "email_list_uuid": "l"},
        {"approvals_needed": 1, "email_addresses": ["a@x.y", "b@x.y"]},
    ]
    assert changed({**RAW, "approval_groups": shown}, approval_groups=wish) == []
    assert changed({**RAW, "approval_groups": shown}, approval_groups=wish[:1]) == ["approval_groups"]


def test_everything_that_is_not_wished_survives_the_put_and_what_only_answers_hold_is_left_out():
    body = POLICY.body(RAW, POLICY.wish({"decision": "deny"}))
    assert body == {
        "name": "Staff",
        "decision": "deny",
        "include": [{"email": {"email": "Ada@example.com"}}],
        "session_duration": "24h",
        "something_new": {"kept": True},
    }


def test_an_application_keeps_the_precedence_of_its_own_policies():
    assert POLICY.body({**RAW, "reusable": False}, {})["precedence"] == 3


def test_rules_that_stay_are_sent_as_they_were_and_new_ones_after_them():
    wish = POLICY.wish({"include": rules({"everyone": True}, {"email": "ada@example.com"})})
    assert POLICY.body(RAW, wish)["include"] == [{"email": {"email": "Ada@example.com"}}, {"everyone": {}}]


def test_a_new_object_is_what_was_wished():
    wish = GROUP.wish({"name": "Staff", "include": rules({"ip": "192.0.2.1"}), "is_default": True})
    assert GROUP.body({}, wish) == {
        "name": "Staff",
        "include": [{"ip": {"ip": "192.0.2.1"}}],
        "is_default": True,
    }


def test_an_empty_list_that_is_wished_is_sent():
    raw = {**RAW, "exclude": [{"geo": {"country_code": "DE"}}]}
    assert POLICY.body(raw, POLICY.wish({"exclude": ()}))["exclude"] == []


def test_results_have_rules_as_options_do():
    shown = POLICY.shown({**RAW, "account_id": "secret?"})
    assert shown["include"] == [{"email": "Ada@example.com"}]
    assert shown["exclude"] == shown["require"] == []
    assert "account_id" not in shown


def test_what_is_switched_off_within_an_option_is_sent_so_and_what_is_not_given_is_not():
    raw = {**RAW, "mfa_config": {"mfa_disabled": True}}
    wish = POLICY.wish({"mfa_config": {"mfa_disabled": False, "session_duration": None}})
    assert POLICY.body(raw, wish)["mfa_config"] == {"mfa_disabled": False}
