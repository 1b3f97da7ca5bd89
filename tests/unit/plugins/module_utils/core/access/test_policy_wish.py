# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says of a policy: nested settings are merged, a duration that is not shown is kept, nonsense is refused."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.objects import POLICY
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.policy_wish import (
    check_options,
    settings,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput

RAW = {
    "id": "p1",
    "name": "Staff",
    "decision": "allow",
    "include": [{"everyone": {}}],
    "mfa_config": {"allowed_authenticators": ["totp"], "mfa_disabled": False, "news": 1},
    "reusable": True,
}
SEEN = POLICY.from_wire(RAW)


@pytest.mark.parametrize(
    ("wished", "sent"),
    [
        ({"session_duration": "5m", "mfa_disabled": None}, {"allowed_authenticators": ["totp"], "session_duration": "5m", "news": 1}),
        ({"allowed_authenticators": []}, {"news": 1}),
        ({"mfa_disabled": True}, {"allowed_authenticators": ["totp"], "mfa_disabled": True, "news": 1}),
        ({"mfa_disabled": False}, {"allowed_authenticators": ["totp"], "mfa_disabled": False, "news": 1}),
        ({"allowed_authenticators": None}, {}),
        ({}, {}),
    ],
)
def test_of_nested_settings_only_what_is_given_counts(wished, sent):
    wish = settings({"mfa_config": wished}, SEEN)
    assert list(wish) == ["mfa_config"]
    assert POLICY.body(RAW, wish)["mfa_config"] == sent


def test_what_is_not_given_is_no_wish():
    assert settings({"name": "", "decision": None}, SEEN) == {}


def test_a_duration_that_is_not_shown_stays_that_of_the_application():
    assert POLICY.body(RAW, {"decision": "deny"})["session_duration"] == ""
    assert POLICY.body({**RAW, "session_duration": "1h"}, {"decision": "deny"})["session_duration"] == "1h"
    assert POLICY.body(RAW, {"session_duration": "2h"})["session_duration"] == "2h"
    assert "session_duration" not in POLICY.body({}, {"name": "Staff"})


def test_that_nobody_has_to_approve_is_sent_as_it_is():
    groups = [{"approvals_needed": 0, "email_addresses": ["kim@example.com"], "email_list_uuid": None}]
    assert POLICY.body({}, settings({"approval_groups": groups}, None))["approval_groups"] == [
        {"approvals_needed": 0, "email_addresses": ["kim@example.com"]}
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "n" * 351}, "name is longer than 350"),
        ({"include": []}, "include is empty"),
        ({"session_duration": "24"}, "'24' is no duration"),
        ({"session_duration": "24 h"}, "'24 h' is no duration"),
        ({"session_duration": "-1h"}, "'-1h' is no duration"),
        ({"precedence": 0}, "precedence: 0"),
        ({"approval_groups": [{"approvals_needed": None}]}, "approval_groups.0.: approvals_needed"),
        ({"mfa_config": {"session_duration": "43201m"}}, "from 0m to 720h"),
    ],
)
def test_what_cannot_be_meant_names_its_option(options, said):
    with pytest.raises(InvalidInput, match=said):
        check_options(options)


@pytest.mark.parametrize("duration", ["300ms", "2h45m", "1.5h", "10\u00b5s", "10\u03bcs", "0", "", None])
def test_durations_as_go_reads_them(duration):
    check_options({"session_duration": duration, "mfa_config": {"session_duration": "720h"}})
