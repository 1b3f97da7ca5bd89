# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service as it is when nothing misbehaves."""

from __future__ import annotations

import http.client
import threading
import time

import httpx2
import pytest
import requests
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Context, User
from scim2_tester import Status, check_server

import sandbox
from sandbox.profiles import STAFF


def test_scim2_tester_finds_nothing(serve):
    service = serve().service
    headers = {"Authorization": f"Bearer {service.token}"}
    with httpx2.Client(base_url=service.url, headers=headers) as connection:
        results = check_server(SyncSCIMClient(connection))
    assert len(results) > 100
    assert [result for result in results if result.status is not Status.SUCCESS] == []


def test_a_life(serve):
    client = serve()
    created = client.create_user("ada@example.com", externalId="1")
    assert created.status_code == 201
    User.model_validate(created.json(), scim_ctx=Context.RESOURCE_CREATION_RESPONSE)
    location = created.headers["Location"]
    assert (
        location == created.json()["meta"]["location"] == f"{client.service.url}/Users/{created.json()['id']}"
    )
    path = location.removeprefix(client.service.url)
    assert client.patch(path, {"op": "replace", "path": "active", "value": False}).status_code == 204
    assert client.get(path).json()["active"] is False
    assert client.names(filter='externalId eq "1"') == ["ada@example.com"]
    assert client.create_user("ADA@example.com").json()["scimType"] == "uniqueness"
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.service.stored() == []


def test_attributes_of_a_schema_of_our_own(serve):
    client = serve()
    path = f"/Users/{client.create_user('ada', **{STAFF: {'badge': 'A-17', 'locker': {'floor': 1}}}).json()['id']}"
    change = {"op": "add", "path": f"{STAFF}:locker.number", "value": "7"}
    assert client.patch(path, change).status_code == 204
    assert client.get(path).json()[STAFF] == {"badge": "A-17", "locker": {"floor": 1, "number": "7"}}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}])
def test_strangers_are_turned_away(serve, header):
    client = serve("write_ignored", "429_retry_after")
    for _dummy in range(4):
        answer = requests.post(client.service.url + "/Users", json={}, headers=header, timeout=10)
        assert answer.status_code == 401
        assert answer.json()["status"] == "401"
        assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_a_connection_is_kept(serve):
    service = serve().service
    connection = http.client.HTTPConnection(service.origin.removeprefix("http://"), timeout=10)
    ports = set()
    for _dummy in range(5):
        connection.request("GET", "/scim/v2/Users", headers={"Authorization": f"Bearer {service.token}"})
        ports.add(connection.sock.getsockname()[1])
        answer = connection.getresponse()
        assert (answer.status, answer.version, answer.will_close) == (200, 11, False)
        answer.read()
    connection.close()
    assert len(ports) == 1


def test_only_loopback_is_served(serve):
    assert serve().service.url.startswith("http://127.0.0.1:")


def test_start_and_stop_are_quick():
    with sandbox.running():
        pass
    begun = time.monotonic()
    for _dummy in range(5):
        with sandbox.running() as service:
            assert service.url
    assert (time.monotonic() - begun) / 5 < 0.25


def test_many_clients_at_once(serve):
    client = serve()
    codes = []

    def create(n):
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {client.service.token}"
            for m in range(10):
                document = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"{n}-{m}"}
                codes.append(
                    session.post(client.service.url + "/Users", json=document, timeout=10).status_code
                )

    threads = [threading.Thread(target=create, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [201] * 80
    assert len(client.service.stored()) == client.service.requests()["writes"] == 80


def test_profile_minimal(serve):
    client = serve(profile="minimal")
    user = client.create_user("ada").json()
    assert client.patch(f"/Users/{user['id']}", {"op": "remove", "path": "title"}).status_code == 501
    assert client.get("/Users", filter='userName eq "ada"').status_code == 501
    assert client.put(f"/Users/{user['id']}", {**user, "title": "Dr"}).json()["title"] == "Dr"
    assert client.get("/ServiceProviderConfig").json()["patch"]["supported"] is False


def test_profile_cursor(serve):
    client = serve(profile="cursor")
    client.seed_users(7)
    first = client.get("/Users", cursor="").json()
    second = client.get("/Users", cursor=first["nextCursor"]).json()
    assert [len(page["Resources"]) for page in (first, second)] == [3, 3]
    assert client.get("/ServiceProviderConfig").json()["pagination"]["cursor"] is True


def test_profile_small_pages(serve):
    client = serve(profile="small-pages")
    client.seed_users(7)
    page = client.get("/Users", count=100).json()
    assert (len(page["Resources"]), page["totalResults"]) == (5, 7)
    assert len(client.get("/Users", startIndex=6).json()["Resources"]) == 2


def test_seed_keeps_ids_and_members(serve):
    client = serve()
    client.service.seed(
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "id": "u1"}
    )
    group = client.seed_group("staff", "u1")
    assert client.get("/Users/u1").json()["userName"] == "ada"
    assert [member["value"] for member in client.get(f"/Groups/{group}").json()["members"]] == ["u1"]
    assert client.service.requests()["writes"] == 0
