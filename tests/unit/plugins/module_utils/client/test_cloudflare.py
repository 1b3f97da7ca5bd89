# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloudflare's envelope, lists and errors."""

from __future__ import annotations

import pytest
import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.auth import (
    BearerToken,
    KeyAndEmail,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.cloudflare import CloudflareAccount
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.dialect import CloudflareDialect
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    CloudflareError,
    InvalidInput,
    OutcomeUnknown,
    ServerError,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    Service,
    reply,
    transport_to,
)

ACCOUNT = "0123456789abcdef0123456789abcdef"
JSON = {"Content-Type": "application/json"}


def said(result, **beside):
    return reply(200, {"success": True, "errors": [], "messages": [], "result": result, **beside}, JSON)


def refused(status, code, message, **error):
    return reply(
        status,
        {
            "success": False,
            "errors": [{"code": code, "message": message, **error}],
            "messages": [],
            "result": None,
        },
        {**JSON, "cf-ray": "8a1b-FRA"},
    )


def account_of(*answers, **settings):
    service = Service(*answers)
    transport = transport_to(
        service,
        credentials=BearerToken("cfat_secret-token"),
        secrets=["cfat_secret-token"],
        dialect=CloudflareDialect(),
        **settings,
    )
    return CloudflareAccount(transport, ACCOUNT), service


def page(ids, total=None, per_page=2):
    info = (
        {}
        if total is None
        else {"result_info": {"page": 1, "per_page": per_page, "count": len(ids), "total_count": total}}
    )
    return said([{"id": one} for one in ids], **info)


def test_a_result_comes_out_of_its_envelope():
    account, service = account_of(said({"id": "1"}))
    assert account.get("/access/policies/1") == {"id": "1"}
    assert service.urls[0].endswith(f"/accounts/{ACCOUNT}/access/policies/1")
    assert service.asked[0].headers["Authorization"] == "Bearer cfat_secret-token"
    assert service.asked[0].headers["Accept"] == "application/json"


def test_a_status_of_200_is_not_enough():
    account, dummy = account_of(
        reply(
            200,
            {
                "success": False,
                "errors": [{"code": 12130, "message": "access.api.error.invalid_request"}],
                "result": None,
            },
            JSON,
        )
    )
    with pytest.raises(
        CloudflareError,
        match=r"GET /accounts/.*/access/groups/1 was answered with status 200: \[12130\] access.api.error.invalid_request",
    ) as caught:
        account.get("/access/groups/1")
    assert caught.value.code == 12130


@pytest.mark.parametrize("body", [{"ok": True}, [], "text", None])
def test_an_answer_without_an_envelope_is_none_of_cloudflare(body):
    account, dummy = account_of(reply(200, body, JSON))
    with pytest.raises(ServerError, match="not one of Cloudflare's API.*base_url"):
        account.get("/access/groups/1")


def test_an_error_carries_code_message_documentation_and_request_id():
    account, dummy = account_of(
        refused(403, 10000, "Authentication error", documentation_url="https://developers.cloudflare.com/x")
    )
    with pytest.raises(CloudflareError) as caught:
        account.listed("/access/groups")
    assert caught.value.facts() == {
        "request": {"method": "GET", "path": f"/accounts/{ACCOUNT}/access/groups"},
        "status": 403,
        "detail": "Authentication error",
        "request_id": "8a1b-FRA",
        "code": 10000,
        "documentation_url": "https://developers.cloudflare.com/x",
    }
    for part in ("[10000]", "8a1b-FRA", "permissions", "https://developers.cloudflare.com/x"):
        assert part in str(caught.value)


def test_an_error_never_shows_the_token():
    account, dummy = account_of(refused(400, 9109, "bad token cfat_secret-token"))
    with pytest.raises(CloudflareError) as caught:
        account.get("/access/groups/1")
    assert "secret-token" not in str(caught.value)
    assert "secret-token" not in str(caught.value.facts())


def test_what_is_not_there_is_none_but_a_wrong_account_is_an_error():
    account, dummy = account_of(
        refused(404, 12135, "access.api.error.not_found"), refused(404, 7003, "could not route")
    )
    assert account.get("/access/policies/1") is None
    with pytest.raises(CloudflareError, match="account_id"):
        account.get("/access/policies/1")


def test_a_list_is_read_to_its_end_and_no_further_than_the_total():
    account, service = account_of(page(["1", "2"], 3), page(["3"], 3))
    assert [one["id"] for one in account.listed("/access/groups", {"name": "x y"}, per_page=2)] == [
        "1",
        "2",
        "3",
    ]
    assert len(service.asked) == 2
    assert service.urls[1].endswith("/access/groups?name=x%20y&page=2&per_page=2")


def test_a_list_without_a_total_ends_with_an_empty_page():
    account, service = account_of(page(["1"]), page(["2"]), page([]))
    assert len(account.listed("/access/tags")) == 2
    assert len(service.asked) == 3


def test_a_server_that_ignores_the_page_is_not_read_for_ever():
    account, service = account_of(page(["1", "2"], 9))
    assert len(account.listed("/access/tags")) == 2
    assert len(service.asked) == 2


def test_what_comes_twice_does_not_count_for_the_total():
    account, dummy = account_of(page(["1", "2"], 4), page(["2", "3"], 4), page(["4"], 4))
    assert [one["id"] for one in account.listed("/access/tags")] == ["1", "2", "3", "4"]


def test_a_server_that_gives_fewer_than_were_asked_for_is_read_to_its_end():
    pages = [said([{"id": name} for name in names], result_info={"total_count": 5}) for names in ("ab", "cd", "e")]
    account, service = account_of(*pages)
    assert len(account.listed("/access/apps")) == 5
    assert len(service.urls) == 3


def test_result_null_is_an_empty_list():
    account, dummy = account_of(said(None))
    assert account.listed("/access/groups") == []


@pytest.mark.parametrize("odd", [{}, "none", False, 0])
def test_what_is_no_list_is_not_taken_for_an_empty_one(odd):
    account, dummy = account_of(said(odd))
    with pytest.raises(ServerError, match="the answer is no list"):
        account.listed("/access/apps")


def test_repeated_parameters():
    account, service = account_of(said([], result_info={"total_count": 0, "per_page": 20}))
    account.listed("/access/logs/scim/updates", {"idp_id": ["A", "B"]})
    assert "idp_id=A&idp_id=B" in service.urls[0]


def test_writes_are_noted_and_a_read_only_account_only_notes_them():
    account, service = account_of(said({"id": "1"}))
    assert account.write("PUT", "/access/groups/1", {"name": "x"}) == {"id": "1"}
    assert account.sent == [{"method": "PUT", "path": f"/accounts/{ACCOUNT}/access/groups/1"}]
    assert account.accepted == 1
    account, service = account_of(said({"id": "1"}), read_only=True)
    assert account.write("PUT", "/access/groups/1", {"name": "x"}) is None
    assert (len(account.sent), account.accepted, service.asked) == (1, 0, [])


def test_what_is_gone_already_is_deleted():
    account, dummy = account_of(refused(404, 12135, "access.api.error.not_found"))
    assert account.write("DELETE", "/access/groups/1") is None
    assert account.accepted == 1


def test_a_lost_answer_to_a_post_is_not_sent_again():
    account, service = account_of(requests.exceptions.ConnectionError("Connection aborted."))
    with pytest.raises(OutcomeUnknown):
        account.write("POST", "/access/groups", {"name": "x"})
    assert service.methods == ["POST"]


def test_a_token_of_an_account_or_of_a_user_is_verified():
    account, service = account_of(said({"id": "1", "status": "active"}))
    assert account.token_status() == "active"
    account, service = account_of(
        refused(401, 1000, "Invalid API Token"), said({"id": "1", "status": "disabled"})
    )
    assert account.token_status() == "disabled"
    assert service.urls[1].endswith("/v2/user/tokens/verify")
    account, dummy = account_of(refused(401, 1000, "Invalid API Token"))
    with pytest.raises(CloudflareError, match="Invalid API Token"):
        account.token_status()


def test_key_and_email_go_in_their_own_headers():
    service = Service(said({}))
    transport = transport_to(service, credentials=KeyAndEmail("ada@example.com", "cfk_key"))
    CloudflareAccount(transport, ACCOUNT).get("/access/groups/1")
    headers = service.asked[0].headers
    assert (headers["X-Auth-Email"], headers["X-Auth-Key"]) == ("ada@example.com", "cfk_key")
    assert "Authorization" not in headers


@pytest.mark.parametrize(("email", "key"), [("ada@example.com", "key\n"), ("ada @example.com", "key")])
def test_a_key_that_was_read_with_its_newline_is_refused(email, key):
    with pytest.raises(InvalidInput, match="api_"):
        KeyAndEmail(email, key)


@pytest.mark.parametrize(
    ("verified", "said"),
    [
        (said({"status": "active"}), "the token is active, so what it lacks is a permission"),
        (said({"status": "expired"}), "the token is expired; make a new one"),
        (refused(401, 1000, "Invalid API Token"), "Cloudflare does not know this token"),
    ],
)
def test_a_refusal_says_whether_it_is_the_token_or_what_it_may_do(verified, said):
    refusal = refused(403, 10000, "Authentication error")
    account, service = account_of(refusal, verified, refusal)
    account._asks_about_token = True
    with pytest.raises(CloudflareError, match=said) as caught:
        account.get("/access/groups/1")
    assert (caught.value.code, caught.value.path) == (10000, f"/accounts/{ACCOUNT}/access/groups/1")
    asked = len(service.asked)
    with pytest.raises(CloudflareError):
        account.get("/access/groups/1")
    assert len(service.asked) == asked + 1  # it is asked about once
