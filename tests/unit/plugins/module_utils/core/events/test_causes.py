# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why it failed and what to do: every row of the table has an event that it explains."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.causes import (
    CAUSES,
    checked,
    explain,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.event import Event

FAILED: Event = {"timestamp": "2026-11-24T10:00:00.000Z", "action": "user.create", "status": "failure", "source": "json", "resource_type": "User"}
CLOUDFLARE: Event = {**FAILED, "source": "cloudflare"}

# What failed -> words of the cause and of the remedy.
EXPLAINED = [
    ({"error_code": "401"}, "rotated, revoked or has expired", "new token"),
    ({"detail": "Invalid access token"}, "rotated, revoked or has expired", "new token"),
    ({"detail": "the token has expired"}, "rotated, revoked or has expired", "new token"),
    ({"detail": "HTTP 401"}, "rotated, revoked or has expired", "new token"),
    ({"error_code": "409"}, "already exists", "link"),
    ({"scim_type": "uniqueness"}, "already exists", "externalId"),
    ({"error_code": "Conflict"}, "already exists", "link"),
    ({"detail": "Duplicate key for property id"}, "already exists", "rename"),
    ({"error_code": "400", "detail": "userName already in use"}, "already exists", "rename"),
    ({"detail": "userName and primary email do not match"}, "not the same", "Map userName"),
    ({"detail": "email must be the same as userName"}, "not the same", "Map userName"),
    ({"detail": "Mismatch of UPN and e-mail"}, "not the same", "Map userName"),
    ({"detail": "group eng is not in scope", "action": "group.create"}, "not in the scope", "Push Groups"),
    ({"status": "skipped", "error_code": "NotEffectivelyEntitled", "detail": "the user is not assigned"}, "not in the scope", "Assign"),
    ({"status": "skipped", "error_code": "EntrySynchronizationSkipped"}, "skipped", "steps"),
    ({"detail": "The job is in quarantine: EncounteredQuarantineException"}, "quarantine", "Restart"),
    ({"error_code": "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable"}, "could not sign in", "Test Connection"),
    ({"error_code": "SystemForCrossDomainIdentityManagementServiceIncompatible"}, "no valid SCIM", "scim_service_info"),
    ({"error_code": "429"}, "more requests than it allows", "Wait"),
    ({"detail": "Rate limit exceeded"}, "more requests than it allows", "Wait"),
    ({"error_code": "413"}, "too large", "smaller parts"),
    ({"error_code": "500"}, "trouble of its own", "status page"),
    ({"error_code": "503"}, "trouble of its own", "status page"),
    ({"error_code": "Timeout"}, "trouble of its own", "status page"),
    ({"detail": "connect ECONNREFUSED 10.0.0.1:443"}, "not reached", "firewall"),
    ({"error_code": "403"}, "may not do this", "permission"),
    ({"error_code": "404"}, "does not exist in the service", "SCIM URL"),
    ({"error_code": "400"}, "as it was sent", "attribute mapping"),
    ({"error_code": "501"}, "does not offer", "SCIM URL"),
    ({"scim_type": "tooMany"}, "more answers", "narrower"),
    ({"scim_type": "mutability"}, "does not let anybody change", "Remove the attribute"),
    ({"error_code": "400", "scim_type": "invalidPath"}, "value, path or filter", "schema"),
    ({"error_code": "500", "scim_type": "invalidSyntax", "detail": "deleteUser error: failed for user id=nobody"}, "does not exist in the service", "by hand"),
    ({"error_code": "LicenseLimitExceeded"}, "no licence or seat", "free seats"),
    ({"detail": "no seats available"}, "no licence or seat", "free seats"),
    ({"error_code": "DuplicateTargetEntries"}, "More than one account", "rename"),
    ({"error_code": "InvalidAnchor"}, "does not exist in the service any more", "restart"),
    ({"error_code": "MissingValues"}, "requires is empty", "Fill it in"),
    ({"error_code": "SchemaAttributeNotFound"}, "does not have or does not accept", "mapping"),
    ({"source": "cloudflare", "detail": "Invalid JSON body"}, "no valid JSON", "special characters"),
    ({"source": "cloudflare", "detail": "User does not exist"}, "does not create people", "log in"),
    ({"source": "cloudflare", "detail": "user must log in first"}, "does not create people", "log in"),
    ({"detail": "The user must sign in once before"}, "signed in to it once", "sign in once"),
    ({"error_code": "409", "detail": "A user with the same userName and email already exists"}, "already exists", "link"),
    ({"error_code": "400", "detail": "userName is required; email must match format"}, "requires is empty", "Fill it in"),
    ({"error_code": "400", "detail": "email does not match the pattern; userName ann"}, "as it was sent", "attribute mapping"),
    ({"error_code": "400", "detail": "Invalid token in JSON at position 3"}, "no valid JSON", "special characters"),
    ({"detail": "Missing required attribute: emails"}, "requires is empty", "Fill it in"),
    ({"detail": "permission denied"}, "may not do this", "permission"),
    ({"detail": "insufficient privileges to complete the operation"}, "may not do this", "permission"),
]


@pytest.mark.parametrize(("event", "cause", "remedy"), EXPLAINED, ids=str)
def test_a_failure_is_explained(event, cause, remedy):
    told = explain({**FAILED, **event})
    assert cause in told["cause"]
    assert remedy in told["remedy"]


def test_every_row_explains_something_and_has_the_shape_of_users_rows():
    assert checked(CAUSES) == CAUSES
    used = {explain({**FAILED, **event})["cause"] for event, _cause, _remedy in EXPLAINED}
    assert {row["cause"] for row in CAUSES} == used


@pytest.mark.parametrize("event", [{"status": "success", "detail": "HTTP 401"}, {"status": "attempted", "error_code": "401"}, {"detail": "hm"}, {}])
def test_what_did_not_fail_or_is_not_known_has_no_cause(event):
    assert explain({**FAILED, **event}) == {"cause": "", "remedy": ""}


def test_rows_of_a_user_come_first():
    mine = {"error_code": ["409"], "idp": "HR*", "detail": r"\bEMP-\d+", "cause": "HR sent it twice.", "remedy": "Call HR."}
    event = {**FAILED, "error_code": "409", "idp": "hr-feed", "detail": "emp-17 exists"}
    assert explain(event, [mine]) == {"cause": "HR sent it twice.", "remedy": "Call HR."}
    for change in ({"idp": "okta"}, {"error_code": "400"}, {"detail": "x"}, {"idp": ""}):
        assert explain({**event, **change}, [mine])["cause"] != "HR sent it twice."
    assert checked([mine]) == (mine,)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("x", "^causes: it is a list"),
        (["x"], "^causes: row 1 is no dictionary"),
        ([{"detail": "x"}], "row 1 has no cause and no remedy"),
        ([{"cause": "a", "remedy": " ", "detail": "x"}], "has no remedy"),
        ([{"cause": "a", "remedy": "b"}], "no condition"),
        ([{"cause": "a", "remedy": "b", "colour": "x"}], "asks for colour, which no event has"),
        ([{"cause": "a", "remedy": "b", "raw": "x"}], "asks for raw"),
        ([{"cause": "a", "remedy": "b", "detail": "("}], "no regular expression"),
        ([{"cause": "a", "remedy": "b", "user": {"a": 1}}], "user is a text or a list of texts"),
        ([{"cause": "a", "remedy": "b", "user": [True]}], "user is a text or a list of texts"),
    ],
)
def test_rows_of_another_shape_are_refused(rows, said):
    with pytest.raises(InvalidInput, match=said):
        checked(rows)


def test_a_detail_of_a_stranger_takes_no_time():
    for piece in ("user name ", "group ", "email ", "a", "no seat ", "((("):
        explain({**FAILED, "detail": piece * 5_000})
