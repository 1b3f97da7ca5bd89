# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in PATCH, in DELETE and in what becomes of a write."""

from __future__ import annotations

import pytest

WORK = {"type": "work", "value": "ada@work.example"}
HOME = {"type": "home", "value": "ada@home.example"}
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def emails(client, user):
    return [email["value"] for email in client.stored(user).get("emails", [])]


@pytest.mark.parametrize(
    "operation",
    [{"op": "add", "path": "emails", "value": [WORK]}, {"op": "Add", "value": {"emails": [WORK]}}],
    ids=["path", "pathless"],
)
def test_duplicate_on_add(serve, operation):
    client = serve("duplicate_on_add")
    user = client.seed_user("ada", emails=[WORK])
    assert client.patch(f"/Users/{user}", operation).ok
    assert emails(client, user) == [WORK["value"]] * 2
    group = client.seed_group("staff", user)
    assert client.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": user}]}).ok
    assert client.members(group) == [user, user]


def test_replace_list_on_add(serve):
    client = serve("replace_list_on_add")
    user = client.seed_user("ada", emails=[WORK])
    assert client.patch(f"/Users/{user}", {"op": "add", "path": "emails", "value": HOME}).ok
    assert emails(client, user) == [HOME["value"]]
    assert client.patch(f"/Users/{user}", {"op": "add", "path": "title", "value": "Dr"}).ok
    assert client.stored(user)["title"] == "Dr"


def test_patch_lists_only_whole(serve):
    client = serve("patch_lists_only_whole")
    user = client.seed_user("ada", emails=[WORK])
    path = f"/Users/{user}"
    for ignored in (
        {"op": "add", "path": "emails", "value": [HOME]},
        {"op": "remove", "path": 'emails[type eq "work"]'},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@work.example"},
    ):
        assert client.patch(path, ignored).status_code == 200
        assert emails(client, user) == [WORK["value"]]
    assert client.patch(path, {"op": "replace", "path": "emails", "value": [HOME]}).ok
    assert emails(client, user) == [HOME["value"]]
    assert client.patch(path, {"op": "remove", "path": "emails"}).ok
    assert emails(client, user) == []


def test_patch_not_atomic(serve):
    client = serve("patch_not_atomic")
    user = client.seed_user("ada")
    operations = [
        {"op": "replace", "path": "title", "value": "Dr"},
        {"op": "replace", "path": "bogus", "value": 1},
    ]
    failed = client.patch(f"/Users/{user}", *operations)
    assert (failed.status_code, failed.json()["scimType"]) == (400, "invalidPath")
    assert client.stored(user)["title"] == "Dr"
    assert client.service.requests()["requests"][-1]["applied"] is True


def test_patch_not_atomic_is_conditional_once(serve):
    client = serve("patch_not_atomic")
    path = f"/Users/{client.seed_user('ada')}"
    operations = [{"op": "replace", "path": name, "value": "Dr"} for name in ("title", "nickName")]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
    condition = {"If-Match": client.get(path).json()["meta"]["version"]}
    assert client.ask("PATCH", path, json=body, headers=condition).status_code == 204
    assert client.ask("PATCH", path, json=body, headers=condition).status_code == 412


def test_soft_delete(serve):
    for profile in ("full", "minimal"):
        client = serve("soft_delete", profile=profile)
        user = client.seed_user("ada", active=True)
        group = client.seed_group("staff", user)
        assert client.delete(f"/Users/{user}").status_code == 204
        assert client.get(f"/Users/{user}").json()["active"] is False
        assert client.names() == ["ada"]
        assert client.delete(f"/Users/{user}").status_code == 204
        assert client.delete("/Users/none").status_code == 404
        assert client.delete(f"/Groups/{group}").status_code == 204
        assert client.stored(group) is None


def test_no_delete(serve):
    client = serve("no_delete")
    user = client.seed_user("ada")
    answer = client.delete(f"/Users/{user}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT, PATCH")
    assert client.stored(user)


def test_delete_500(serve):
    client = serve("delete_500")
    user = client.seed_user("ada")
    assert client.delete(f"/Users/{user}").status_code == 500
    assert client.stored(user)


def test_delete_ignored(serve):
    client = serve("delete_ignored")
    user = client.seed_user("ada")
    assert client.delete(f"/Users/{user}").status_code == 204
    assert client.get(f"/Users/{user}").status_code == 200
    assert client.service.requests()["requests"][0]["applied"] is False
    assert client.delete("/Users/none").status_code == 404


def test_write_ignored(serve):
    client = serve("write_ignored", "patch_200")
    user = client.seed_user("ada", title="Dr")
    before = client.service.stored()
    created = client.create_user("bob", title="Mr")
    assert (created.status_code, created.json()["title"]) == (201, "Mr")
    assert client.get(f"/Users/{created.json()['id']}").status_code == 404
    replaced = client.put(f"/Users/{user}", {**client.get(f"/Users/{user}").json(), "title": "Prof"})
    assert (replaced.status_code, replaced.json()["title"]) == (200, "Prof")
    assert (
        client.patch(f"/Users/{user}", {"op": "replace", "path": "title", "value": "Prof"}).status_code == 200
    )
    assert client.service.stored() == before
    assert not any(entry["applied"] for entry in client.service.requests()["requests"])
    assert client.create_user("ada").status_code == 409
    assert client.delete(f"/Users/{user}").status_code == 204
    assert client.service.stored() == []


def test_id_equals_username_lowercased(serve):
    client = serve("id_equals_username_lowercased")
    created = client.create_user("Ada@Example.com")
    assert created.json()["id"] == "ada@example.com"
    assert client.get("/Users/ada@example.com").json()["userName"] == "Ada@Example.com"
    assert client.create_user("ADA@example.com").json()["scimType"] == "uniqueness"
    assert client.create_group("staff").json()["id"] != "staff"


def test_drop_attrs(serve):
    client = serve("drop_attrs")
    created = client.create_user("ada", title="Dr", locale="en").json()
    assert ("title" in created, created["locale"]) == (False, "en")


def test_drop_attrs_by_name(serve):
    client = serve(f"drop_attrs=title,name.middleName,emails,{ENTERPRISE}:department")
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE]
    given = {
        "title": "Dr",
        "locale": "en",
        "name": {"givenName": "Ada", "middleName": "K"},
        ENTERPRISE: {"department": "Sums", "division": "West"},
    }
    user = client.create_user("ada", **given, schemas=schemas).json()
    path = f"/Users/{user['id']}"

    def kept():
        stored = client.stored(user["id"])
        return stored.get("title"), stored["locale"], stored["name"], stored[ENTERPRISE], stored.get("emails")

    name, unit = {"givenName": "Ada"}, {"division": "West"}
    assert kept() == (None, "en", name, unit, None)
    assert client.put(path, {**client.get(path).json(), **given, "locale": "de"}).ok
    assert kept() == (None, "de", name, unit, None)
    assert client.patch(path, {"op": "add", "path": "title", "value": "Dr"}).status_code == 200
    assert client.patch(path, {"op": "replace", "value": {**given, "locale": "fr"}}).ok
    assert client.patch(path, {"op": "add", "path": f"{ENTERPRISE}:department", "value": "Sums"}).ok
    assert client.patch(path, {"op": "add", "path": "name.middleName", "value": "K"}).ok
    assert client.patch(path, {"op": "add", "path": "emails", "value": [WORK]}).ok
    assert client.patch(path, {"op": "replace", "path": "name", "value": given["name"]}).ok
    assert kept() == (None, "fr", name, unit, None)
