# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access policies of the Cloudflare account, reusable ones and those of one application."""

from __future__ import annotations

import pytest

EVERYONE = [{"everyone": {}}]
POLICIES = "/access/policies"
SENT = {"name": "staff", "decision": "allow", "include": EVERYONE}


@pytest.fixture
def app(cloudflare):
    """The id of an application, and the path of its policies."""
    app_id = cloudflare.handle.seed_app("Wiki")["id"]
    return app_id, f"/access/apps/{app_id}/policies"


def test_a_life(cloudflare):
    answer = cloudflare.answer("POST", POLICIES, SENT)
    assert answer.status == 201
    policy = answer.body["result"]
    assert policy == {
        "id": policy["id"],
        "uid": policy["id"],
        **SENT,
        "exclude": [],
        "require": [],
        "session_duration": "24h",
        "reusable": True,
        "app_count": 0,
        "created_at": policy["created_at"],
        "updated_at": policy["created_at"],
    }
    path = f"{POLICIES}/{policy['id']}"
    assert cloudflare.result("GET", path) == policy
    assert cloudflare.result("GET", POLICIES) == [policy]
    assert cloudflare.answer("PUT", path, {**SENT, "decision": "deny"}).status == 200
    gone = cloudflare.answer("DELETE", path)
    assert (gone.status, gone.body["result"]) == (202, {"id": policy["id"]})
    for method in ("GET", "DELETE"):
        assert cloudflare.status(method, path) == (404, 12135)
    assert cloudflare.status("PUT", path, SENT) == (404, 12135)


def test_put_replaces_everything(cloudflare):
    whole = {
        **SENT,
        "exclude": EVERYONE,
        "session_duration": "2h45m",
        "approval_required": True,
        "approval_groups": [{"approvals_needed": 1, "email_addresses": ["boss@example.com"]}],
        "purpose_justification_required": True,
        "purpose_justification_prompt": "Why?",
        "mfa_config": {"allowed_authenticators": ["totp"], "mfa_disabled": True},
        "connection_rules": {"ssh": {"usernames": ["root"]}},
    }
    policy = cloudflare.result("POST", POLICIES, whole)
    assert {name: policy[name] for name in whole} == whole
    after = cloudflare.result("PUT", f"{POLICIES}/{policy['id']}", SENT)
    assert after["session_duration"] == "24h"
    assert after["exclude"] == []
    assert not set(after) & (whole.keys() - SENT.keys() - {"exclude", "session_duration"})


def test_booleans_that_are_false_are_left_out(cloudflare):
    sent = {**SENT, "approval_required": False, "isolation_required": True}
    policy = cloudflare.result("POST", POLICIES, sent)
    assert policy["isolation_required"] is True
    assert not {"approval_required", "purpose_justification_required"} & policy.keys()
    cloudflare.handle.set_quirks(["show-false-booleans"])
    policy = cloudflare.result("GET", f"{POLICIES}/{policy['id']}")
    assert policy["approval_required"] is policy["purpose_justification_required"] is False
    own = cloudflare.handle.seed_app_policy(cloudflare.handle.seed_app("Wiki")["id"], "own")
    assert own["reusable"] is False


def test_mfa_disabled_comes_back_unasked(cloudflare):
    sent = {**SENT, "mfa_config": {"allowed_authenticators": ["totp"], "session_duration": "1h"}}
    assert cloudflare.result("POST", POLICIES, sent)["mfa_config"] == {
        **sent["mfa_config"],
        "mfa_disabled": False,
    }


def test_empty_lists_of_clipboard_formats_are_dropped(cloudflare):
    rdp = {
        "allowed_clipboard_local_to_remote_formats": ["text"],
        "allowed_clipboard_remote_to_local_formats": [],
    }
    policy = cloudflare.result("POST", POLICIES, {**SENT, "connection_rules": {"rdp": rdp}})
    assert policy["connection_rules"] == {"rdp": {"allowed_clipboard_local_to_remote_formats": ["text"]}}


@pytest.mark.parametrize("duration", ["300ms", "2h45m", "1.5h", "30m", "10us", "10µs", "5ns", "45s"])
def test_durations(cloudflare, duration):
    assert (
        cloudflare.result("POST", POLICIES, {**SENT, "session_duration": duration})["session_duration"]
        == duration
    )


@pytest.mark.parametrize("duration", ["", None])
def test_the_duration_of_the_application_is_not_shown(cloudflare, duration):
    assert "session_duration" not in cloudflare.result(
        "POST", POLICIES, {**SENT, "session_duration": duration}
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"decision": "block"},
        {"decision": None},
        {"name": ""},
        {"name": "x" * 351},
        {"session_duration": "1d"},
        {"session_duration": "24"},
        {"session_duration": 24},
        {"approval_required": "yes"},
        {"approval_groups": [{}]},
        {"approval_groups": [{"approvals_needed": -1}]},
        {"approval_groups": [{"approvals_needed": 1, "email_addresses": "x"}]},
        {"mfa_config": {"allowed_authenticators": ["sms"]}},
        {"mfa_config": "x"},
        {"connection_rules": {"vnc": {}}},
        {"connection_rules": {"ssh": {}}},
        {"purpose_justification_prompt": 5},
        {"include": "everyone"},
    ],
)
def test_what_is_refused(cloudflare, wrong):
    assert cloudflare.status("POST", POLICIES, {**SENT, **wrong}) == (400, 12130)
    assert cloudflare.handle.stored("policies") == []


def test_names_need_not_be_unique(cloudflare):
    first, second = (cloudflare.result("POST", POLICIES, SENT) for dummy in range(2))
    assert first["id"] != second["id"]


def test_a_policy_in_use_stays(cloudflare):
    policy = cloudflare.handle.seed_policy("p")
    app = cloudflare.handle.seed_app("Wiki", policies=[policy["id"]])
    cloudflare.handle.seed_app("Chat", policies=[policy["id"]])
    path = f"{POLICIES}/{policy['id']}"
    assert cloudflare.result("GET", path)["app_count"] == 2
    assert cloudflare.status("DELETE", path) == (409, 12132)
    for known in cloudflare.handle.stored("apps"):
        body = {"name": known["name"], "domain": known["domain"], "policies": []}
        assert cloudflare.answer("PUT", f"/access/apps/{known['id']}", body).status == 200
    assert cloudflare.result("GET", path)["app_count"] == 0
    assert cloudflare.result("GET", f"/access/apps/{app['id']}")["policies"] == []
    assert cloudflare.status("DELETE", path)[0] == 202


def test_the_life_of_a_policy_of_an_application(cloudflare, app):
    app_id, path = app
    answer = cloudflare.answer("POST", path, {**SENT, "precedence": 3})
    assert answer.status == 201
    policy = answer.body["result"]
    assert policy["precedence"] == 3
    assert not {"reusable", "app_count", "_app"} & policy.keys()
    own = f"{path}/{policy['id']}"
    assert cloudflare.result("GET", own) == policy
    assert cloudflare.result("GET", path) == [policy]
    assert cloudflare.result("GET", f"/access/apps/{app_id}")["policies"] == [policy]
    # It is not there for the endpoint of the reusable ones.
    assert cloudflare.result("GET", POLICIES) == []
    for method in ("GET", "DELETE", "PUT"):
        assert cloudflare.status(method, f"{POLICIES}/{policy['id']}", SENT) == (404, 12135)
    changed = cloudflare.result("PUT", own, {**SENT, "name": "other"})
    assert (changed["name"], changed["precedence"]) == ("other", 3)
    gone = cloudflare.answer("DELETE", own)
    assert (gone.status, gone.body["result"]) == (202, {"id": policy["id"]})
    for method in ("GET", "DELETE", "PUT"):
        assert cloudflare.status(method, own, SENT) == (404, 12135)
    assert cloudflare.handle.stored("policies") == []


def test_precedences(cloudflare, app):
    path = app[1]
    first = cloudflare.result("POST", path, SENT)
    second = cloudflare.result("POST", path, SENT)
    assert (first["precedence"], second["precedence"]) == (1, 2)
    unique = "policy precedences must be unique"
    assert cloudflare.refusal("POST", path, {**SENT, "precedence": 2}) == unique
    assert cloudflare.refusal("PUT", f"{path}/{first['id']}", {**SENT, "precedence": 2}) == unique
    for wrong in (0, -1, "1", True, 1.5):
        assert cloudflare.status("POST", path, {**SENT, "precedence": wrong}) == (400, 12130)
    assert cloudflare.result("PUT", f"{path}/{first['id']}", {**SENT, "precedence": 1})["precedence"] == 1
    cloudflare.result("PUT", f"{path}/{first['id']}", {**SENT, "precedence": 7})
    assert [policy["id"] for policy in cloudflare.result("GET", path)] == [second["id"], first["id"]]


def test_a_reusable_policy_is_no_matter_of_the_application(cloudflare):
    policy = cloudflare.handle.seed_policy("p")
    app = cloudflare.handle.seed_app("Wiki", policies=[policy["id"]])
    path = f"/access/apps/{app['id']}/policies/{policy['id']}"
    seen = cloudflare.result("GET", path)
    assert (seen["reusable"], seen["app_count"], seen["precedence"]) == (True, 1, 1)
    assert cloudflare.refusal("PUT", path, SENT) == "can not update reusable policies through this endpoint"
    assert cloudflare.refusal("DELETE", path) == "can not delete reusable policies through this endpoint"
    elsewhere = cloudflare.handle.seed_app("Chat")
    assert cloudflare.status("GET", f"/access/apps/{elsewhere['id']}/policies/{policy['id']}") == (404, 12135)


def test_precedence_says_nothing_to_a_reusable_policy(cloudflare):
    assert "precedence" not in cloudflare.result("POST", POLICIES, {**SENT, "precedence": 4})


def test_make_reusable(cloudflare, app):
    app_id, path = app
    policy = cloudflare.result("POST", path, {**SENT, "precedence": 4})
    promoted = cloudflare.answer("PUT", f"{path}/{policy['id']}/make_reusable", {})
    assert promoted.status == 200
    assert (promoted.body["result"]["reusable"], promoted.body["result"]["app_count"]) == (True, 1)
    assert cloudflare.result("GET", path)[0]["precedence"] == 4
    assert cloudflare.status("PUT", f"{POLICIES}/{policy['id']}", SENT)[0] == 200
    assert cloudflare.status("PUT", f"{path}/{policy['id']}/make_reusable", {}) == (400, 12130)
    assert cloudflare.status("DELETE", f"{POLICIES}/{policy['id']}") == (409, 12132)


def test_an_application_that_is_not_there(cloudflare):
    for method, path in (
        ("GET", ""),
        ("POST", ""),
        ("GET", "/p"),
        ("PUT", "/p"),
        ("DELETE", "/p"),
        ("PUT", "/p/make_reusable"),
    ):
        assert cloudflare.status(method, f"/access/apps/none/policies{path}", SENT) == (404, 11021)


def test_the_pages_of_both_kinds(cloudflare, app):
    assert cloudflare.answer("GET", POLICIES).body["result_info"]["per_page"] == 100
    assert cloudflare.answer("GET", app[1]).body["result_info"]["per_page"] == 200


def test_at_most_500_reusable_policies(cloudflare, app):
    for number in range(500):
        cloudflare.handle.seed_policy(f"p{number}")
    reached = "maximum number of reusable policies reached"
    assert cloudflare.refusal("POST", POLICIES, SENT) == reached
    own = cloudflare.result("POST", app[1], SENT)
    assert cloudflare.refusal("PUT", f"{app[1]}/{own['id']}/make_reusable", {}) == reached


def test_at_most_1000_rules_in_an_application(cloudflare):
    many = [{"common_name": {"common_name": f"c{number}"}} for number in range(1001)]
    big = cloudflare.handle.seed_policy("big", "allow", many[:999])
    app = cloudflare.handle.seed_app("Wiki", policies=[big["id"]])
    path = f"/access/apps/{app['id']}/policies"
    own = cloudflare.result("POST", path, SENT)
    reached = "maximum number of rules per application reached"
    assert cloudflare.refusal("POST", path, SENT) == reached
    assert cloudflare.refusal("PUT", f"{path}/{own['id']}", {**SENT, "require": EVERYONE}) == reached
    assert cloudflare.refusal("PUT", f"{POLICIES}/{big['id']}", {**SENT, "include": many[:1000]}) == reached
    body = {"name": "Wiki", "domain": "wiki.example.com"}
    more = cloudflare.handle.seed_policy("more", "allow", many[:2])
    wanted = {**body, "policies": [big["id"], more["id"]]}
    assert cloudflare.refusal("PUT", f"/access/apps/{app['id']}", wanted) == reached
    assert [link["id"] for link in cloudflare.handle.stored("apps")[0]["policies"]] == [big["id"], own["id"]]
