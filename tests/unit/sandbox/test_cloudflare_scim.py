# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Cloudflare's two SCIM services refuse, and what they allow."""

from __future__ import annotations

import pytest

MAIL = "ada@example.com"
WORK = [{"value": MAIL, "type": "work", "primary": True}]


def replaced(path, value):
    return {"op": "replace", "path": path, "value": value}


@pytest.fixture(params=["access", "dashboard"])
def either(request, serve):
    return serve(profile=f"cloudflare-{request.param}")


@pytest.fixture
def access(serve):
    return serve(profile="cloudflare-access")


@pytest.fixture
def dashboard(serve):
    return serve(profile="cloudflare-dashboard")


def test_what_both_say_of_themselves(either):
    said = either.get("/ServiceProviderConfig").json()
    assert (said["patch"]["supported"], said["filter"]["supported"]) == (True, True)
    assert not any(said[name]["supported"] for name in ("bulk", "sort", "etag", "changePassword"))
    schemas = [schema["id"] for schema in either.get("/Schemas").json()["Resources"]]
    assert not any(":extension:" in schema for schema in schemas)
    assert either.get("/Users").headers["Content-Type"].startswith("application/scim+json")


def test_filters_of_both(either):
    user, group = either.seed_user(MAIL, externalId="7"), either.seed_group("staff")
    assert [found["id"] for found in either.get("/Users", filter=f'userName eq "{MAIL}"').json()["Resources"]] == [user]
    assert [found["id"] for found in either.get("/Groups", filter='displayName EQ "staff"').json()["Resources"]] == [group]
    for wanted in ('externalId eq "7"', 'userName sw "a"', f'userName eq "{MAIL}" or userName eq "b"', "active eq true"):
        answer = either.get("/Users", filter=wanted)
        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")
    assert either.post("/Users/.search", {"filter": f'userName eq "{MAIL}"'}).status_code == 501
    assert either.post("/Bulk", {"Operations": []}).status_code == 501
    assert either.get("/Me").status_code == 501


def test_access_has_the_whole_life(access):
    user = access.create_user(MAIL, emails=WORK, title="Dr").json()["id"]
    group = access.create_group("staff", user).json()["id"]
    assert access.put(f"/Groups/{group}", {**access.get(f"/Groups/{group}").json(), "displayName": "crew"}).ok
    assert access.delete(f"/Groups/{group}").status_code == 204
    assert access.delete(f"/Users/{user}").status_code == 204


def test_access_refuses_groups_in_groups(access):
    inner, outer = access.seed_group("inner"), access.seed_group("outer")
    assert access.create_group("other", inner).status_code == 400
    answer = access.patch(f"/Groups/{outer}", {"op": "add", "path": "members", "value": [{"value": inner}]})
    assert (answer.status_code, access.members(outer)) == (400, [])


def test_dashboard_has_no_delete_of_users_and_no_put_of_groups(dashboard):
    user, group = dashboard.seed_user(MAIL), dashboard.seed_group("staff")
    gone = dashboard.delete(f"/Users/{user}")
    assert (gone.status_code, gone.headers["Allow"]) == (405, "GET, PUT, PATCH")
    assert dashboard.put(f"/Groups/{group}", dashboard.get(f"/Groups/{group}").json()).status_code == 405
    assert dashboard.patch(f"/Users/{user}", replaced("active", False)).ok
    assert dashboard.stored(user)["active"] is False
    assert dashboard.delete(f"/Groups/{group}").status_code == 204
    for path in ("/Schemas", "/ResourceTypes"):
        assert (dashboard.get(path).status_code, dashboard.get(path, count=1).status_code) == (200, 400)


def test_dashboard_wants_an_address_as_name(dashboard):
    assert dashboard.create_user("ada", emails=[{"value": "ada", "primary": True}]).status_code == 400
    assert dashboard.create_user(MAIL).status_code == 400
    assert dashboard.create_user(MAIL, emails=[{"value": "b@example.com", "primary": True}]).status_code == 400
    created = dashboard.create_user(MAIL, emails=WORK)
    assert created.status_code == 201
    path = f"/Users/{created.json()['id']}"
    assert dashboard.patch(path, replaced("title", "Dr")).status_code == 400
    assert dashboard.patch(path, replaced("name.givenName", "Ada"), replaced("active", False)).ok
    assert dashboard.patch(path, replaced('emails[type eq "work"].value', "b@example.com")).ok
    stored = dashboard.stored(created.json()["id"])
    assert (stored["userName"], [mail["value"] for mail in stored["emails"]]) == ("b@example.com", ["b@example.com"])


def test_dashboard_groups(dashboard):
    user, group = dashboard.seed_user(MAIL), dashboard.seed_group("staff")
    system = "cloudflare-v1-1"
    dashboard.service.seed({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Admins", "id": system})
    assert dashboard.create_group("CF-1").status_code == 400
    assert dashboard.patch(f"/Groups/{group}", replaced("displayName", "")).status_code == 400
    assert dashboard.patch(f"/Groups/{group}", replaced("displayName", "crew")).ok
    assert dashboard.patch(f"/Groups/{system}", replaced("displayName", "crew")).status_code == 400
    assert dashboard.patch(f"/Groups/{system}", {"op": "add", "path": "members", "value": [{"value": user}]}).ok
    assert dashboard.members(system) == [user]
    assert dashboard.patch(f"/Groups/{system}", {"op": "remove", "path": f'members[value eq "{user}"]'}).ok
    assert (dashboard.delete(f"/Groups/{system}").status_code, dashboard.members(system)) == (403, [])
