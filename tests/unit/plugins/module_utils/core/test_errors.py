# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people and tasks learn from an error."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core import errors


def test_every_expected_failure_has_one_root():
    found = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Exception)]
    assert len(found) > 8
    assert all(issubclass(error, errors.LifecycleError) for error in found)


def test_several_matches_name_the_candidates_in_bounds():
    error = errors.SeveralMatches("user_name 'ada'", [str(i) for i in range(500)])
    assert "matches 500 resources (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...)" in str(error)
    assert len(error.facts()["candidates"]) == 100


@pytest.mark.parametrize(
    ("detail", "scim_type", "request_id", "text"),
    [
        ("taken", "uniqueness", "r1", "POST /Users was answered with status 409 (uniqueness): taken [request id r1]"),
        ("", "", "", "POST /Users was answered with status 409 without saying why"),
    ],
)
def test_a_server_error_says_what_was_asked_and_answered(detail, scim_type, request_id, text):
    error = errors.ServerError("POST", "/Users", 409, detail, scim_type, request_id)
    assert str(error) == text
    assert error.facts()["request"] == {"method": "POST", "path": "/Users"}
    assert error.facts()["status"] == 409


def test_an_error_has_no_facts_by_default():
    assert errors.NotFound("gone").facts() == {}
