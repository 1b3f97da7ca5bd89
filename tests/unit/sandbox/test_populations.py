# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What identity providers send to a Cloudflare account: how it is kept, logged, and what becomes of sessions and seats."""

from __future__ import annotations

import json
import re

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MAIL = "ada@example.com"


class Population:
    """An account with one identity provider that has SCIM on, and requests to both sides of it."""

    def __init__(self, client, **config):
        self.service = client.service
        self.cf = client.service.cloudflare
        self._session = client.session
        self.idp = self.cf.seed_idp("Okta", type="okta", scim_config={"enabled": True, **config})["id"]

    def scim(self, method, path, document=None, *, token=None, url=None, **options):
        headers = {"Authorization": f"Bearer {token or self.cf.scim_secret(self.idp)}"}
        if document is not None:
            options["json"] = document
        url = (url or self.cf.population_url(self.idp)) + path
        return self._session.request(method, url, headers=headers, timeout=10, **options)

    def create(self, mail=MAIL, **attributes):
        mails = [{"value": mail, "type": "work", "primary": True}]
        document = {"schemas": [USER], "userName": mail, "emails": mails, **attributes}
        return self.scim("POST", "/Users", document)

    def patch(self, path, *operations):
        return self.scim("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})

    def deactivate(self, user):
        return self.patch(f"/Users/{user}", {"op": "replace", "path": "active", "value": False})

    def api(self, path, **query):
        url = f"{self.cf.base_url}/accounts/{self.cf.account_id}{path}"
        headers = {"Authorization": f"Bearer {self.cf.options()['api_token']}"}
        return self._session.get(url, headers=headers, params=query, timeout=10)

    def log(self, **query):
        answer = self.api("/access/logs/scim/updates", **{"idp_id": self.idp, **query})
        assert answer.ok, answer.text
        return answer.json()["result"]

    def listed(self, kind, **query):
        answer = self.api(f"/access/identity_providers/{self.idp}/scim/{kind}", **query)
        assert answer.ok, answer.text
        return answer.json()["result"]


@pytest.fixture
def population(serve):
    return lambda **config: Population(serve(), **config)


def test_the_secret_opens_the_door(population):
    there = population()
    assert there.scim("GET", "/Users").json()["totalResults"] == 0
    refused = there.scim("GET", "/Users", token="wrong")
    assert (refused.status_code, refused.headers["Content-Type"]) == (401, "application/scim+json")
    assert there.scim("POST", "/Users", {}, token=there.cf.options()["api_token"]).status_code == 401
    # A request without credentials is no provisioning of this identity provider.
    assert there.log() == []
    assert there.scim("GET", "/Users", url=re.sub("populations/[^/]+", "populations/none", there.cf.population_url(there.idp))).status_code == 404


def test_who_is_provisioned_is_no_user_of_access(population):
    there = population()
    created = there.create()
    assert created.status_code == 201
    assert created.json()["meta"]["location"].startswith(there.cf.population_url(there.idp))
    assert there.cf.stored("users") == []


def test_populations_are_apart(population):
    there = population()
    other = there.cf.seed_idp("Other", type="okta", scim_config={"enabled": True})["id"]
    there.create()
    url = there.cf.population_url(other)
    assert there.scim("GET", "/Users", url=url).status_code == 401
    assert there.scim("GET", "/Users", url=url, token=there.cf.scim_secret(other)).json()["totalResults"] == 0


def test_scim_that_is_off_is_not_served(population):
    there = population()
    there.cf.account.table("idps")[there.idp]["scim_config"]["enabled"] = False
    assert there.scim("GET", "/Users").status_code == 404


@pytest.mark.parametrize("end", ["patch", "put", "delete"])
@pytest.mark.parametrize(
    ("config", "left"),
    [
        ({}, (1, True, 2)),
        ({"user_deprovision": True}, (0, True, 2)),
        ({"user_deprovision": True, "seat_deprovision": True}, (0, False, 0)),
    ],
    ids=["neither", "sessions", "seat"],
)
def test_deprovisioning_does_what_the_provider_says(population, end, config, left):
    there = population(**config)
    there.cf.seed_user(MAIL, devices=2)
    created = there.create().json()
    path = f"/Users/{created['id']}"
    assert len(there.cf.sessions(MAIL)) == 1
    if end == "patch":
        assert there.deactivate(created["id"]).ok
    elif end == "put":
        assert there.scim("PUT", path, {**created, "active": False}).ok
    else:
        assert there.scim("DELETE", path).status_code == 204
    user = there.cf.user(MAIL)
    assert (len(there.cf.sessions(MAIL)), user["access_seat"], user["active_device_count"]) == left


def test_only_who_is_meant_and_only_once(population):
    there = population(user_deprovision=True)
    there.cf.seed_user(MAIL)
    there.cf.seed_user("bob@example.com")
    # userName and the address differ: Access does not see who is meant.
    half = there.create(userName="a.lovelace@example.com").json()["id"]
    assert there.deactivate(half).ok
    assert len(there.cf.sessions(MAIL)) == 1
    user = there.create().json()["id"]
    assert there.patch(f"/Users/{user}", {"op": "replace", "path": "title", "value": "Dr"}).ok
    assert len(there.cf.sessions(MAIL)) == 1
    assert there.deactivate(user).ok
    assert (there.cf.sessions(MAIL), len(there.cf.sessions("bob@example.com"))) == ([], 1)


def test_every_write_is_logged(population):
    there = population()
    user = there.create(externalId="00u1").json()["id"]
    group = there.scim("POST", "/Groups", {"schemas": [GROUP], "displayName": "Staff", "externalId": "00g1"}).json()["id"]
    there.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": user}]})
    there.deactivate(user)
    there.scim("DELETE", f"/Users/{user}")
    there.scim("GET", "/Users")
    log = there.log(direction="asc")
    assert [(entry["request_method"], entry["resource_type"], entry["status"]) for entry in log] == [
        ("POST", "USER", "SUCCESS"),
        ("POST", "GROUP", "SUCCESS"),
        ("PATCH", "GROUP", "SUCCESS"),
        ("PATCH", "USER", "SUCCESS"),
        ("DELETE", "USER", "SUCCESS"),
    ]
    assert {entry["resource_user_email"] for entry in log if entry["resource_type"] == "USER"} == {MAIL}
    assert {(entry["resource_group_name"], entry["idp_resource_id"]) for entry in log[1:3]} == {("Staff", "00g1")}
    assert [entry["cf_resource_id"] for entry in log] == [user, group, group, user, user]
    assert json.loads(log[3]["request_body"])["Operations"][0]["value"] is False
    assert not any("error_description" in entry or "id" in entry for entry in log)
    assert there.log() == log[::-1]


def test_failures_are_logged(population):
    there = population()
    there.create()
    there.create()
    there.scim("POST", "/Users", data=b"{no json")
    there.scim("DELETE", "/Users/none")
    there.deactivate("none")
    log = there.log(direction="asc", status="FAILURE")
    assert [entry["request_method"] for entry in log] == ["POST", "POST", "DELETE", "PATCH"]
    assert log[0]["resource_user_email"] == MAIL
    assert (log[1]["error_description"], log[1]["request_body"]) == ("Invalid JSON body", "{no json")
    assert (log[2]["cf_resource_id"], log[2]["request_body"]) == ("none", "{}")
    assert all(entry["error_description"] for entry in log)


@pytest.mark.parametrize("body", [{"displayName": 5, "externalId": {}}, {"userName": None, "emails": [1, {"value": 2}]}, [], None, 5])
def test_what_makes_no_sense_is_logged_as_texts(population, body):
    there = population()
    for path in ("/Users", "/Groups"):
        assert there.scim("POST", path, data=json.dumps(body)).status_code == 400
    for entry in there.log():
        assert entry["status"] == "FAILURE"
        assert all(isinstance(value, str) for value in entry.values())


def test_the_log_is_asked_for_providers(population):
    there = population()
    other = there.cf.seed_idp("Other", type="okta", scim_config={"enabled": True})["id"]
    there.create()
    there.scim("DELETE", "/Users/x", url=there.cf.population_url(other), token=there.cf.scim_secret(other))
    refused = there.api("/access/logs/scim/updates")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, 12130)
    assert (len(there.log()), len(there.log(idp_id=other)), len(there.log(idp_id=[there.idp, other]))) == (1, 1, 2)
    assert there.log(idp_id="none") == []


def test_filters_of_the_log(population):
    there = population()
    user = there.create(externalId="00u1").json()["id"]
    there.create("bob@example.com")
    there.scim("POST", "/Groups", {"schemas": [GROUP], "displayName": "Staff"})
    there.scim("DELETE", f"/Users/{user}")
    for query, number in [
        ({"status": "SUCCESS"}, 4),
        ({"status": ["SUCCESS", "FAILURE"]}, 4),
        ({"resource_type": "GROUP"}, 1),
        ({"request_method": ["DELETE", "PUT"]}, 1),
        ({"resource_user_email": [MAIL, "bob@example.com"]}, 3),
        ({"resource_group_name": "Staff"}, 1),
        ({"cf_resource_id": user}, 2),
        ({"idp_resource_id": "00u1", "request_method": "POST"}, 1),
        ({"limit": 3}, 3),
        ({"limit": 1, "per_page": 2}, 2),
        ({"per_page": 3, "page": 2}, 1),
        ({"per_page": 3, "page": 3}, 0),
    ]:
        assert len(there.log(**query)) == number, query
    for wrong in ({"status": "ERROR"}, {"direction": "DESC"}, {"since": "yesterday"}, {"until": "2026-01-01T00:00:00"}):
        assert there.api("/access/logs/scim/updates", idp_id=there.idp, **wrong).status_code == 400, wrong


def test_since_and_until_are_inclusive(population):
    there = population()
    account = there.cf.account
    for second in range(3):
        account.clock = lambda second=second: 1_750_000_000.0 + second
        there.create(f"user{second}@example.com")
    times = [entry["logged_at"] for entry in there.log(direction="asc")]
    assert len(set(times)) == 3
    assert [entry["logged_at"] for entry in there.log(since=times[1], until=times[1])] == [times[1]]
    assert [entry["logged_at"] for entry in there.log(since=times[1])] == [times[2], times[1]]
    assert [entry["logged_at"] for entry in there.log(until=times[1].replace("Z", "+00:00"))] == [times[1], times[0]]


def test_what_is_kept_is_listed_in_the_envelope(population):
    there = population()
    user = there.create(externalId="00u1", name={"givenName": "Ada", "familyName": "Lovelace"}, title="Dr").json()["id"]
    there.create("bob@example.com", active=False)
    group = there.scim("POST", "/Groups", {"schemas": [GROUP], "displayName": "Staff", "members": [{"value": user}]}).json()
    first = there.listed("users", cf_resource_id=user)[0]
    assert set(first) == {"id", "active", "displayName", "emails", "externalId", "meta", "schemas"}
    assert (first["displayName"], first["externalId"], set(first["meta"])) == ("Ada Lovelace", "00u1", {"created", "lastModified"})
    assert first["emails"] == [{"primary": True, "type": "work", "value": MAIL}]
    assert [found["active"] for found in there.listed("users")] == [True, False]
    assert [set(found) for found in there.listed("groups")] == [{"id", "displayName", "externalId", "meta", "schemas"}]
    assert there.listed("groups", name="staff")[0]["id"] == group["id"]
    for query in ({"username": MAIL}, {"email": MAIL.upper()}, {"name": "ada lovelace"}, {"idp_resource_id": ["00u1", "x"]}):
        assert [found["id"] for found in there.listed("users", **query)] == [user], query
    assert len(there.listed("users", per_page=1000)) == 2
    path = f"/access/identity_providers/{there.idp}/scim/users"
    assert there.api(path, cf_resource_id=user, email=MAIL).status_code == 400
    assert there.api(path, cf_resource_id=[str(number) for number in range(51)]).status_code == 400
    assert there.api("/access/identity_providers/none/scim/users").status_code == 404


def test_who_is_seeded_is_kept(population):
    there = population()
    there.cf.account.kept["populations"].seed(there.idp, {"schemas": [USER], "userName": MAIL, "id": "u1"})
    assert [found["id"] for found in there.listed("users")] == ["u1"]
    assert there.log() == []


def test_the_dashboard_is_another_endpoint(population):
    there = population()
    token, url = there.cf.options()["api_token"], there.cf.dashboard_scim_url
    document = {"schemas": [USER], "userName": MAIL, "emails": [{"value": MAIL, "primary": True}]}
    created = there.scim("POST", "/Users", document, url=url, token=token)
    assert created.status_code == 201
    path = f"/Users/{created.json()['id']}"
    assert created.json()["meta"]["location"] == url + path
    assert there.scim("DELETE", path, url=url, token=token).status_code == 405
    assert there.scim("GET", "/Users", url=url).status_code == 401
    # Members of the account are not among the identities of a provider.
    assert (there.log(), there.listed("users")) == ([], [])
    logged = there.log(idp_id=there.cf.account_id, direction="asc")
    assert [(entry["request_method"], entry["status"], entry["resource_user_email"]) for entry in logged] == [
        ("POST", "SUCCESS", MAIL),
        ("DELETE", "FAILURE", MAIL),
    ]


def test_everything_is_kept_from_one_run_to_the_next(population):
    there = population()
    there.create()
    account = there.cf.account
    state = json.loads(json.dumps(account.state()))
    there.create("bob@example.com")
    account.restore(state)
    assert [found["emails"][0]["value"] for found in there.listed("users")] == [MAIL]
    assert len(there.log()) == 1
