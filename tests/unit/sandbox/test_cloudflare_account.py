# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Cloudflare account as such: who may ask, the envelope, pages, routes, quirks that store nothing, seeding from outside."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

import sandbox
from sandbox.cloudflare import Account
from sandbox.cloudflare.quirks import KNOWN
from sandbox.cloudflare.tokens import ACCOUNT_TOKEN, EMAIL, KEY, READING_TOKEN, USER_TOKEN
from sandbox.exchange import Request
from sandbox.registry import UnknownName

EVERYONE = [{"everyone": {}}]


def bearer(token):
    return {"authorization": f"Bearer {token}"}


def ask(account, method, path, headers):
    answer = account(Request(method, path, headers=headers, body=b"{}"))
    return answer.status, (answer.body["errors"] or [{"code": 0}])[0]["code"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (400, 10000)),
        ({"authorization": "Basic abc"}, (400, 10000)),
        (bearer("wrong"), (401, 10000)),
        ({"x-auth-email": EMAIL, "x-auth-key": "wrong"}, (401, 10000)),
        ({"x-auth-key": KEY}, (401, 10000)),
        ({"x-auth-email": EMAIL, "x-auth-key": KEY}, (200, 0)),
        (bearer(USER_TOKEN), (200, 0)),
        (bearer(ACCOUNT_TOKEN), (200, 0)),
        (bearer(READING_TOKEN), (200, 0)),
    ],
)
def test_who_may_ask(cloudflare, headers, expected):
    account = cloudflare.handle.account
    assert ask(account, "GET", f"/accounts/{account.id}/access/groups", headers) == expected


def test_a_token_without_the_scope_may_not_write(cloudflare):
    account = cloudflare.handle.account
    path = f"/accounts/{account.id}/access/groups"
    assert ask(account, "POST", path, bearer(READING_TOKEN)) == (403, 9109)
    assert ask(account, "POST", path, bearer(USER_TOKEN)) == (400, 12130)


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/user/tokens/verify", USER_TOKEN, 200),
        ("/user/tokens/verify", ACCOUNT_TOKEN, 401),
        ("/accounts/ID/tokens/verify", ACCOUNT_TOKEN, 200),
        ("/accounts/ID/tokens/verify", USER_TOKEN, 401),
        ("/user/tokens/verify", "wrong", 401),
    ],
)
def test_a_token_is_verified(cloudflare, path, token, status):
    account = cloudflare.handle.account
    answer = account(Request("GET", path.replace("ID", account.id), headers=bearer(token)))
    assert answer.status == status
    if status == 200:
        assert answer.body["result"]["status"] == "active"
        assert len(answer.body["result"]["id"]) == 32


def test_what_leads_nowhere(cloudflare):
    account = cloudflare.handle.account
    for path in ("/accounts/ffffffffffffffffffffffffffffffff/access/groups", "/accounts", "/nothing"):
        assert ask(account, "GET", path, bearer(USER_TOKEN)) == (404, 7003)
    assert cloudflare.status("GET", "/access/nothing") == (404, 7003)
    assert cloudflare.status("DELETE", "/access/groups") == (404, 7003)


def test_the_envelope(cloudflare):
    body = cloudflare.answer("GET", "/access/groups").body
    assert (body["success"], body["errors"], body["messages"], body["result"]) == (True, [], [], [])
    body = cloudflare.answer("GET", "/access/groups/none").body
    assert (body["success"], body["messages"], body["result"]) == (False, [], None)
    assert set(body["errors"][0]) == {"code", "message", "documentation_url"}


def test_pages_end_empty(cloudflare):
    for number in range(5):
        cloudflare.handle.seed_policy(f"p{number}")

    def page(**query):
        body = cloudflare.answer("GET", "/access/policies", query=query).body
        return [policy["name"] for policy in body["result"]], body["result_info"]

    assert page(per_page="2", page="2") == (
        ["p2", "p3"],
        {"page": 2, "per_page": 2, "count": 2, "total_count": 5, "total_pages": 3},
    )
    assert page(per_page="2", page="3")[0] == ["p4"]
    assert page(per_page="2", page="4") == (
        [],
        {"page": 4, "per_page": 2, "count": 0, "total_count": 5, "total_pages": 3},
    )
    assert page()[1]["per_page"] == 100
    assert page(per_page="9999")[1]["per_page"] == 1000
    for wrong in ("0", "-1", "x"):
        assert cloudflare.status("GET", "/access/policies", query={"page": wrong}) == (400, 12130)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"'])
def test_a_body_that_is_no_object(cloudflare, body):
    account = cloudflare.handle.account
    for path in ("policies", "groups", "apps", "identity_providers"):
        request = Request(
            "POST", f"/accounts/{account.id}/access/{path}", headers=bearer(USER_TOKEN), body=body
        )
        assert account(request).body["errors"][0]["code"] == 12130


def test_keeps_nothing(cloudflare):
    policy = cloudflare.handle.seed_policy("staff")
    cloudflare.handle.set_quirks(["keeps-nothing"])
    before = cloudflare.handle.account.state()["tables"]
    sent = {"name": "other", "decision": "deny", "include": EVERYONE}
    assert cloudflare.answer("POST", "/access/policies", sent).status == 201
    answer = cloudflare.answer("PUT", f"/access/policies/{policy['id']}", sent)
    assert (answer.status, answer.body["result"]["name"]) == (200, "other")
    assert cloudflare.answer("DELETE", f"/access/policies/{policy['id']}").status == 202
    assert cloudflare.handle.account.state()["tables"] == before


@pytest.mark.parametrize("name", KNOWN)
def test_each_quirk_is_documented(name):
    readme = Path(sandbox.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert f"| `{name}` | {KNOWN[name]} |" in readme


def test_a_quirk_that_is_not_known():
    with pytest.raises(UnknownName, match="'nonsense'"):
        Account().set_quirks(["nonsense"])


def test_seeding_meets_no_quirk(cloudflare):
    cloudflare.handle.set_quirks(["keeps-nothing"])
    cloudflare.handle.seed_group("Staff", [{"brand_new": {"x": 1}}])
    assert [group["name"] for group in cloudflare.handle.stored("groups")] == ["Staff"]
    assert cloudflare.handle.account.quirks == {"keeps-nothing"}


def test_the_journal_tells_what_was_applied_and_has_no_token():
    with sandbox.running() as service:
        cloudflare = service.cloudflare
        base = f"{cloudflare.base_url}/accounts/{cloudflare.account_id}/access/groups"
        headers = {"Authorization": f"Bearer {cloudflare.api_token}"}
        sent = {"name": "Staff", "include": EVERYONE}
        assert requests.post(base, json=sent, headers=headers, timeout=10).status_code == 201
        assert requests.post(base, json={}, headers=headers, timeout=10).status_code == 400
        query = [("idp_id", "a"), ("idp_id", "b")]
        assert requests.get(base, params=query, headers=headers, timeout=10).status_code == 200
        journal = service.requests()
        assert journal["counts"] == {"POST": 2, "GET": 1}
        assert [entry["applied"] for entry in journal["requests"]] == [True, False, False]
        assert cloudflare.api_token not in str(journal)
        assert cloudflare.options() == {
            "base_url": cloudflare.base_url,
            "account_id": cloudflare.account_id,
            "api_token": cloudflare.api_token,
            "rate_file": "",
        }


def test_seeding_from_outside():
    with sandbox.running() as service:
        control = service.origin + "/__sandbox/cloudflare"

        def post(kind, **fields):
            return requests.post(f"{control}/{kind}", json=fields, timeout=10)

        group = post("groups", name="Staff", include=EVERYONE)
        assert group.status_code == 201
        policy = post("policies", name="p", include=[{"group": {"id": group.json()["id"]}}]).json()
        app = post("apps", name="Wiki", policies=[policy["id"]]).json()
        assert [found["id"] for found in app["policies"]] == [policy["id"]]
        assert post("app_policies", app_id=app["id"], name="own").json()["precedence"] == 2
        assert post("groups").status_code == 400
        assert post("groups", name="x", include=[{"group": {"id": "no"}}]).status_code == 400
        stored = requests.get(f"{control}/groups", timeout=10).json()
        assert stored == service.cloudflare.stored("groups")
        assert requests.put(f"{control}/quirks", json=["no-mfa-list"], timeout=10).status_code == 200
        assert requests.get(f"{control}/quirks", timeout=10).json() == ["no-mfa-list"]
        assert requests.put(f"{control}/quirks", json=["nonsense"], timeout=10).status_code == 400
        assert service.requests()["requests"] == []
