# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two services on Node.js do what the other tests rely on. Plain requests: nothing of the collection is under test here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.integration.npm_servers import Server, available, better_auth, scimmy

pytestmark = pytest.mark.skipif(not available(), reason="Node.js and npm were not found")

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Service:
    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {server.token}"

    def post(self, path: str, body: dict) -> requests.Response:
        return self.session.post(self.url + path, json=body, timeout=10)

    def get(self, path: str, **params: str) -> requests.Response:
        return self.session.get(self.url + path, params=params, timeout=10)

    def delete(self, path: str) -> requests.Response:
        return self.session.delete(self.url + path, timeout=10)

    def found(self, path: str, condition: str) -> list[dict]:
        return self.get(path, filter=condition).json()["Resources"]


@pytest.fixture(scope="module", params=[scimmy, better_auth], ids=lambda start: start.__name__)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    with request.param() as server:
        yield Service(server)


@pytest.fixture
def user(service: Service) -> Iterator[dict]:
    body = {
        "schemas": [USER, ENTERPRISE],
        "userName": "ada@example.org",
        "externalId": "e-1",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "emails": [{"value": "ada@example.org", "type": "work", "primary": True}],
        ENTERPRISE: {"department": "Engines"},
    }
    answer = service.post("/Users", body)
    assert answer.status_code == 201, answer.text
    yield answer.json()
    service.delete(f"/Users/{answer.json()['id']}")


def test_a_user_is_created_found_and_deleted(service: Service, user: dict) -> None:
    assert user[ENTERPRISE] == {"department": "Engines"}
    assert [one["id"] for one in service.found("/Users", 'userName eq "ada@example.org"')] == [user["id"]]
    assert [one["id"] for one in service.found("/Users", 'externalId eq "e-1"')] == [user["id"]]
    assert service.delete(f"/Users/{user['id']}").status_code == 204
    assert service.get(f"/Users/{user['id']}").status_code == 404
    assert service.found("/Users", 'userName eq "ada@example.org"') == []


def test_a_filter_selects(service: Service, user: dict) -> None:
    body = {"schemas": [USER], "userName": "bob@example.org", "externalId": "e-2", "emails": [{"value": "bob@example.org", "primary": True}]}
    other = service.post("/Users", body).json()
    try:
        assert [one["id"] for one in service.found("/Users", 'externalId eq "e-2"')] == [other["id"]]
        assert [one["id"] for one in service.found("/Users", 'userName eq "ada@example.org"')] == [user["id"]]
        assert service.found("/Users", 'userName eq "nobody@example.org"') == []
    finally:
        service.delete(f"/Users/{other['id']}")


def test_a_user_name_is_taken_in_any_case(service: Service, user: dict) -> None:
    body = {"schemas": [USER], "userName": "ADA@example.org", "emails": [{"value": "ada@example.com", "primary": True}]}
    answer = service.post("/Users", body)
    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")


def test_a_group_keeps_its_members(service: Service, user: dict) -> None:
    answer = service.post("/Groups", {"schemas": [GROUP], "displayName": "Engines", "members": [{"value": user["id"]}]})
    assert answer.status_code == 201, answer.text
    group = service.get(f"/Groups/{answer.json()['id']}").json()
    assert [member["value"] for member in group["members"]] == [user["id"]]
    assert service.delete(f"/Groups/{group['id']}").status_code == 204
    assert service.get(f"/Groups/{group['id']}").status_code == 404


def test_a_wrong_token_is_refused(service: Service) -> None:
    answer = requests.get(service.url + "/Users", headers={"Authorization": "Bearer wrong"}, timeout=10)
    assert answer.status_code == 401
