# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users of a Cloudflare account: what is shown of them, what ends their sessions, what frees their seats."""

from __future__ import annotations

import pytest

MAIL = "ada@example.com"
ITEM = {
    "id",
    "uid",
    "email",
    "name",
    "access_seat",
    "gateway_seat",
    "seat_uid",
    "active_device_count",
    "last_successful_login",
    "created_at",
    "updated_at",
}


class Api:
    """Requests below the account, as JSON."""

    def __init__(self, client):
        self.service = client.service
        self.cf = client.service.cloudflare
        self._session = client.session
        self._headers = {"Authorization": f"Bearer {self.cf.options()['api_token']}"}

    def ask(self, method, path, **options):
        url = f"{self.cf.base_url}/accounts/{self.cf.account_id}{path}"
        return self._session.request(method, url, headers=self._headers, timeout=10, **options)

    def result(self, path, **query):
        answer = self.ask("GET", path, params=query)
        assert answer.ok, answer.text
        return answer.json()["result"]

    def revoke(self, email=MAIL, **more):
        return self.ask("POST", "/access/organizations/revoke_user", json={"email": email, **more})

    def seats(self, *seats):
        return self.ask("PATCH", "/access/seats", json=list(seats))


@pytest.fixture
def api(serve):
    return Api(serve())


def refused(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_users_are_listed_by_pages_and_found(api):
    for number in range(3):
        api.cf.seed_user(f"user{number}@example.com", name=f"User {number}")
    answer = api.ask("GET", "/access/users", params={"per_page": 2, "page": 2}).json()
    assert [user["email"] for user in answer["result"]] == ["user2@example.com"]
    assert (answer["result_info"]["count"], answer["result_info"]["total_count"]) == (1, 3)
    assert api.result("/access/users", page=2) == []
    assert [user["name"] for user in api.result("/access/users", email="USER1@example.com")] == ["User 1"]
    assert api.result("/access/users", email="user1") == []
    assert [user["name"] for user in api.result("/access/users", name="user 2")] == ["User 2"]
    assert len(api.result("/access/users", search="EXAMPLE")) == 3
    assert set(api.result("/access/users")[0]) == ITEM


def test_life_of_a_user(api):
    created = api.ask("POST", "/access/users", json={"email": MAIL, "name": "Ada"})
    user = created.json()["result"]
    assert (created.status_code, user["access_seat"], user["last_successful_login"]) == (201, False, None)
    assert api.service.requests()["requests"][-1]["applied"]
    assert refused(api.ask("POST", "/access/users", json={"email": MAIL.upper()})) == (409, 12132)
    path = f"/access/users/{user['id']}"
    changed = api.ask("PUT", path, json={"email": MAIL, "name": "Ada L."})
    assert (changed.status_code, api.result(path)["name"]) == (200, "Ada L.")
    assert refused(api.ask("PUT", path, json={"email": "b@example.com", "name": "Ada"})) == (400, 12130)
    assert refused(api.ask("PUT", path, json={"email": MAIL})) == (400, 12130)
    assert refused(api.ask("GET", f"{path}/last_seen_identity")) == (404, 12135)
    assert api.ask("DELETE", path).json()["result"] == {"id": user["id"]}
    assert refused(api.ask("GET", path)) == (404, 12135)
    assert api.cf.stored("users") == []


@pytest.mark.parametrize("body", [None, [], {}, {"email": ""}, {"email": "ada"}, {"email": 5}])
def test_who_has_no_address_is_refused(api, body):
    assert refused(api.ask("POST", "/access/users", json=body)) == (400, 12130)


def test_sessions_and_what_was_seen(api):
    api.cf.seed_user(
        MAIL, sessions=2, failed_logins=2, identity={"groups": [{"name": "Staff"}], "geo": {"country": "DE"}}
    )
    path = f"/access/users/{api.cf.user(MAIL)['id']}"
    first, second = api.result(f"{path}/active_sessions")
    nonce = first["metadata"]["nonce"]
    assert nonce != second["metadata"]["nonce"]
    assert (
        first["expiration"]
        == first["metadata"]["expires"]
        == first["metadata"]["iat"] + first["metadata"]["ttl"]
    )
    one = api.result(f"{path}/active_sessions/{nonce}")
    assert (one["email"], one["isActive"], one["geo"]) == (MAIL, True, {"country": "DE"})
    assert refused(api.ask("GET", f"{path}/active_sessions/none")) == (404, 12135)
    seen = api.result(f"{path}/last_seen_identity")
    assert (seen["email"], seen["groups"], "ip" in seen) == (MAIL, [{"name": "Staff"}], False)
    failed = api.result(f"{path}/failed_logins")
    assert [login["metadata"]["user_email"] for login in failed] == [MAIL, MAIL]


def test_revocation_ends_sessions_and_frees_no_seat(api):
    api.cf.seed_user(MAIL, sessions=2, devices=3)
    answer = api.revoke("ADA@example.com")
    assert (answer.status_code, answer.json()) == (200, {"result": True, "success": True})
    user = api.cf.user(MAIL)
    assert (api.cf.sessions(MAIL), user["active_device_count"], user["access_seat"]) == ([], 3, True)
    assert api.revoke(devices=True, warp_session_reauth=True, user_uid=user["uid"]).ok
    user = api.cf.user(MAIL)
    assert (user["active_device_count"], user["_warp_session_reauth"]) == (0, True)
    assert refused(api.revoke("nobody@example.com")) == (404, 12135)
    assert refused(api.revoke(user_uid="other")) == (400, 12130)
    assert refused(api.revoke(devices="yes")) == (400, 12130)


def test_devices_may_stand_in_the_query(api):
    api.cf.seed_user(MAIL, devices=3)
    assert api.ask(
        "POST", "/access/organizations/revoke_user", params={"devices": "true"}, json={"email": MAIL}
    ).ok
    assert api.cf.user(MAIL)["active_device_count"] == 0


def test_revoke_does_nothing(api):
    api.cf.seed_user(MAIL, devices=1)
    api.cf.set_quirks(["revoke-does-nothing"])
    assert api.revoke(devices=True).json() == {"result": True, "success": True}
    assert (len(api.cf.sessions(MAIL)), api.cf.user(MAIL)["active_device_count"]) == (1, 1)
    assert api.service.requests()["requests"][-1]["applied"] is False


def test_revoke_lags(api):
    api.cf.seed_user(MAIL, sessions=2)
    api.cf.set_quirks(["revoke-lags"])
    assert api.revoke().ok
    path = f"/access/users/{api.cf.user(MAIL)['id']}/active_sessions"
    assert [len(api.result(path)) for dummy in range(4)] == [2, 2, 0, 0]
    assert api.cf.sessions(MAIL) == []


def test_a_seat_is_freed_and_devices_go_with_it(api):
    api.cf.seed_user(MAIL, gateway_seat=True, devices=2)
    seat = api.cf.user(MAIL)["seat_uid"]
    half = {"seat_uid": seat, "access_seat": True, "gateway_seat": False}
    assert api.seats(half).ok
    user = api.cf.user(MAIL)
    assert (user["access_seat"], user["gateway_seat"], user["active_device_count"]) == (True, False, 2)
    free = {**half, "access_seat": False}
    answered = api.seats(free)
    assert (answered.status_code, answered.json()["result"][0].items() >= free.items()) == (200, True)
    user = api.cf.user(MAIL)
    assert (user["access_seat"], user["active_device_count"], len(api.cf.sessions(MAIL))) == (False, 0, 1)


@pytest.mark.parametrize(
    "change",
    [{"seat_uid": "none"}, {"seat_uid": []}, {"access_seat": None}, {"gateway_seat": "false"}],
    ids=str,
)
def test_one_wrong_seat_refuses_all(api, change):
    api.cf.seed_user(MAIL)
    seat = {"seat_uid": api.cf.user(MAIL)["seat_uid"], "access_seat": False, "gateway_seat": False}
    assert refused(api.seats(seat, {**seat, **change})) == (400, 12130)
    assert refused(api.ask("PATCH", "/access/seats", json=seat)) == (400, 12130)
    assert api.cf.user(MAIL)["access_seat"] is True


def test_seat_does_nothing(api):
    api.cf.seed_user(MAIL, devices=1)
    api.cf.set_quirks(["seat-does-nothing"])
    answer = api.seats(
        {"seat_uid": api.cf.user(MAIL)["seat_uid"], "access_seat": False, "gateway_seat": False}
    )
    assert answer.json()["result"][0]["access_seat"] is False
    user = api.cf.user(MAIL)
    assert (user["access_seat"], user["active_device_count"]) == (True, 1)


def test_authenticators(api):
    api.cf.seed_user(MAIL, authenticators=2)
    path = f"/access/users/{api.cf.user(MAIL)['id']}"
    first, second = api.result(path)["mfa_authenticators"]
    assert (first["type"], second["type"]) == ("totp", "security_key")
    assert "mfa_authenticators" not in api.result("/access/users")[0]
    assert api.ask("DELETE", f"{path}/mfa_authenticators/{first['id']}").ok
    assert refused(api.ask("DELETE", f"{path}/mfa_authenticators/{first['id']}")) == (404, 12135)
    assert api.result(path)["mfa_authenticators"] == [second]
    api.cf.set_quirks(["no-mfa-list"])
    assert "mfa_authenticators" not in api.result(path)
    assert api.ask("DELETE", f"{path}/mfa_authenticators/{second['id']}").ok


def test_nobody_is_known_by_an_unknown_address(api):
    with pytest.raises(KeyError):
        api.cf.user(MAIL)
