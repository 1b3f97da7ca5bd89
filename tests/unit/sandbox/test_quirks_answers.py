# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in refusals, answers and discovery."""

from __future__ import annotations

import pytest
import requests

ACTIVE = {"op": "replace", "path": "active", "value": False}


def stranger(client):
    return requests.get(client.service.url + "/Users", timeout=10)


def test_html_errors(serve):
    client = serve("html_errors", "empty_401")
    answer = client.get("/Users/none")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")
    client.service.set_quirks(["html_errors"])
    assert stranger(client).text.startswith("<!DOCTYPE html>")


def test_empty_401(serve):
    answer = stranger(serve("empty_401"))
    assert (answer.status_code, answer.content) == (401, b"")


def test_status_int(serve):
    client = serve("status_int")
    assert client.get("/Users/none").json()["status"] == 404
    assert stranger(client).json()["status"] == 401


def test_409_without_scimtype(serve):
    client = serve("409_without_scimtype")
    client.seed_user("ada")
    answer = client.create_user("ada")
    assert answer.status_code == 409
    assert "scimType" not in answer.json()


def test_no_location(serve):
    answer = serve("no_location").create_user("ada")
    assert answer.status_code == 201
    assert "Location" not in answer.headers
    assert answer.json()["meta"]["location"]


def test_no_meta(serve):
    client = serve("no_meta")
    assert "meta" not in client.create_user("ada").json()
    assert "meta" not in client.get("/Users").json()["Resources"][0]


def test_active_as_string(serve):
    client = serve("active_as_string")
    user = client.create_user("ada", active=True).json()
    assert user["active"] == "True"
    client.patch(f"/Users/{user['id']}", ACTIVE)
    assert client.get("/Users").json()["Resources"][0]["active"] == "False"


def test_lowercase_usernames(serve):
    client = serve("lowercase_usernames")
    assert client.create_user("Ada@Example.com").json()["userName"] == "ada@example.com"
    assert client.names(filter='userName eq "Ada@Example.com"') == ["ada@example.com"]


def test_etag_meaningless(serve):
    client = serve("etag_meaningless")
    user = client.seed_user("ada")
    answers = [client.get(f"/Users/{user}") for dummy in range(2)]
    assert len({answer.headers["ETag"] for answer in answers}) == 2
    assert len({answer.json()["meta"]["version"] for answer in answers}) == 2
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [ACTIVE]}
    stale = client.ask("PATCH", f"/Users/{user}", json=body, headers={"If-Match": 'W/"stale"'})
    assert stale.status_code == 204
    client.service.set_quirks([])
    assert (
        client.ask("PATCH", f"/Users/{user}", json=body, headers={"If-Match": 'W/"stale"'}).status_code == 412
    )


@pytest.mark.parametrize(
    ("quirk", "query", "status"), [("patch_204", "?attributes=active", 204), ("patch_200", "", 200)]
)
def test_patch_status(serve, quirk, query, status):
    client = serve(quirk)
    user = client.seed_user("ada", active=True)
    answer = client.patch(f"/Users/{user}{query}", ACTIVE)
    assert answer.status_code == status
    assert (answer.content == b"") is (status == 204)
    assert client.stored(user)["active"] is False
    if status == 200:
        assert answer.json()["active"] is False


def test_delete_200_body(serve):
    client = serve("delete_200_body")
    user = client.seed_user("ada")
    answer = client.delete(f"/Users/{user}")
    assert (answer.status_code, answer.json()["userName"]) == (200, "ada")
    assert client.delete(f"/Users/{user}").status_code == 404


def test_429_retry_after(serve):
    client = serve("429_retry_after", "delete_200_body")
    user = client.seed_user("ada")
    assert client.get("/Users").status_code == 200
    assert client.get("/Users").status_code == 200
    answer = client.delete(f"/Users/{user}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert client.stored(user)
    # What the quirks ask among themselves does not count.
    assert client.delete(f"/Users/{user}").status_code == 200
    assert client.get("/Users").status_code == 200


def test_throttle_as_400(serve):
    client = serve("throttle_as_400")
    answers = [client.get("/Users") for dummy in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 400]
    assert answers[-1].json()["__type"] == "ThrottlingException"


def test_max_members_100(serve):
    client = serve("max_members_100")
    group = client.seed_group("staff")
    members = [{"value": str(n)} for n in range(101)]
    path = f"/Groups/{group}"
    refused = client.patch(path, {"op": "add", "path": "members", "value": members})
    assert (refused.status_code, client.members(group)) == (400, [])
    split = [{"op": "add", "path": "members", "value": [member]} for member in members]
    assert client.patch(path, *split).status_code == 400
    assert client.put(path, {"schemas": [], "displayName": "staff", "members": members}).status_code == 400
    assert client.create_group("other", *(str(n) for n in range(101))).status_code == 400
    assert client.patch(path, {"op": "add", "path": "members", "value": members[:100]}).ok
    assert len(client.members(group)) == 100


def test_patch_501(serve):
    client = serve("patch_501")
    user = client.seed_user("ada")
    assert client.patch(f"/Users/{user}", ACTIVE).status_code == 501
    assert client.get("/ServiceProviderConfig").json()["patch"]["supported"] is True


def test_patch_pathless_only(serve):
    client = serve("patch_pathless_only")
    user = client.seed_user("ada", active=True)
    assert client.patch(f"/Users/{user}", ACTIVE).status_code == 400
    assert client.stored(user)["active"] is True
    assert client.patch(f"/Users/{user}", {"op": "replace", "value": {"active": False}}).ok
    assert client.stored(user)["active"] is False


def test_readonly_username(serve):
    client = serve("readonly_username")
    user = client.seed_user("ada")
    path = f"/Users/{user}"
    document = client.get(path).json()
    for refused in (
        client.patch(path, {"op": "replace", "path": "userName", "value": "countess"}),
        client.patch(path, {"op": "replace", "value": {"username": "countess"}}),
        client.put(path, {**document, "userName": "countess"}),
    ):
        assert (refused.status_code, refused.json()["scimType"]) == (400, "mutability")
    assert client.patch(path, {"op": "replace", "path": "userName", "value": "ada"}).ok
    assert client.put(path, {**document, "title": "Countess"}).ok
    assert client.stored(user)["title"] == "Countess"


def test_no_discovery(serve):
    client = serve("no_discovery")
    paths = ("/ServiceProviderConfig", "/Schemas", "/ResourceTypes", "/ResourceTypes/User")
    assert {client.get(path).status_code for path in paths} == {404}
    assert client.get("/Users").status_code == 200


def test_discovery_lies(serve):
    client = serve("discovery_lies")
    client.seed_user("ada")
    assert client.get("/ServiceProviderConfig").json()["filter"]["supported"] is False
    assert client.names(filter='userName eq "ada"') == ["ada"]
