# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in groups and their members."""

from __future__ import annotations

import pytest


@pytest.fixture
def staff(serve):
    """staff(*quirks) gives (client, group, users): three users, two of them members of the group."""

    def start(*quirks, **options):
        client = serve(*quirks, **options)
        users = client.seed_users(3)
        return client, client.seed_group("staff", *users[:2]), users

    return start


def removal(member):
    return {"op": "remove", "path": f'members[value eq "{member}"]'}


def test_members_write_only(staff):
    client, group, users = staff("members_write_only")
    assert "members" not in client.get(f"/Groups/{group}").json()
    assert "members" not in client.get("/Groups").json()["Resources"][0]
    assert "members" not in client.create_group("other", users[0]).json()
    assert client.patch(
        f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": users[2]}]}
    ).ok
    assert client.members(group) == users


def test_group_members_filter_only(staff):
    client, group, users = staff("group_members_filter_only")
    assert "members" not in client.get(f"/Groups/{group}").json()
    totals = []
    for user in users:
        found = client.get("/Groups", filter=f'id eq "{group}" and members eq "{user}"').json()
        totals.append(found["totalResults"])
        assert all("members" not in shown for shown in found["Resources"])
    assert totals == [1, 1, 0]


def test_members_on_create_dropped(staff):
    client, dummy, users = staff("members_on_create_dropped")
    created = client.create_group("other", *users)
    assert created.status_code == 201
    assert "members" not in created.json()
    assert client.members(created.json()["id"]) == []


def test_unknown_member_dropped(staff):
    client, group, users = staff("unknown_member_dropped")
    path = f"/Groups/{group}"
    mixed = [{"value": users[2]}, {"value": "nobody"}]
    assert client.patch(path, {"op": "add", "path": "members", "value": mixed}).ok
    assert client.members(group) == users
    assert client.patch(path, {"op": "replace", "value": {"members": mixed}}).ok
    assert client.members(group) == [users[2]]
    assert client.patch(path, {"op": "add", "path": "members", "value": [{"value": "nobody"}]}).ok
    assert client.members(group) == [users[2]]
    created = client.create_group("other", users[0], "nobody", group).json()
    assert client.members(created["id"]) == [users[0], group]
    assert client.put(path, {**client.get(path).json(), "members": mixed}).ok
    assert client.members(group) == [users[2]]


def test_members_remove_noop(staff):
    client, group, users = staff("members_remove_noop")
    path = f"/Groups/{group}"
    assert client.patch(path, removal(users[0])).status_code == 200
    assert client.members(group) == users[:2]
    assert client.service.requests()["requests"][-1]["applied"] is False
    assert client.patch(path, removal(users[0]), {"op": "replace", "path": "displayName", "value": "crew"}).ok
    assert (client.stored(group)["displayName"], client.members(group)) == ("crew", users[:2])
    assert client.patch(path, {"op": "replace", "path": "members", "value": [{"value": users[1]}]}).ok
    assert client.members(group) == [users[1]]
    assert client.patch("/Groups/none", removal(users[0])).status_code == 404


def test_members_remove_value_list_only(staff):
    client, group, users = staff("members_remove_value_list_only")
    path = f"/Groups/{group}"
    assert client.patch(path, removal(users[0])).status_code == 400
    assert client.members(group) == users[:2]
    values = [{"value": users[0]}, {"value": users[2]}]
    assert client.patch(path, {"op": "Remove", "path": "members", "value": values}).ok
    assert client.members(group) == [users[1]]
    assert client.patch(path, {"op": "remove", "path": "members"}).ok
    assert client.members(group) == []
