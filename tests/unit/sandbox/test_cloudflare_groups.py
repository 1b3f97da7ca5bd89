# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access groups of the Cloudflare account."""

from __future__ import annotations

import pytest

EVERYONE = [{"everyone": {}}]


def test_a_life(cloudflare):
    sent = {"name": "Staff", "include": [{"email_domain": {"domain": "example.com"}}], "is_default": True}
    answer = cloudflare.answer("POST", "/access/groups", sent)
    assert answer.status == 201
    group = answer.body["result"]
    # is_default is accepted and never shown.
    assert set(group) == {"id", "uid", "name", "include", "exclude", "require", "created_at", "updated_at"}
    assert cloudflare.handle.stored("groups")[0]["_is_default"] is True
    path = f"/access/groups/{group['id']}"
    assert cloudflare.result("GET", path) == group
    changed = cloudflare.answer("PUT", path, {"name": "Staff", "include": EVERYONE, "require": EVERYONE})
    assert changed.status == 200
    assert cloudflare.result("PUT", path, {"name": "All", "include": EVERYONE})["require"] == []
    assert cloudflare.handle.stored("groups")[0]["_is_default"] is False
    gone = cloudflare.answer("DELETE", path)
    assert (gone.status, gone.body["result"]) == (202, {"id": group["id"]})
    for method in ("GET", "DELETE"):
        assert cloudflare.status(method, path) == (404, 12135)
    assert cloudflare.status("PUT", path, sent) == (404, 12135)


def test_the_list(cloudflare):
    for name in ("Staff", "Staff of Oslo", "Guests"):
        cloudflare.handle.seed_group(name)

    def names(**query):
        return [group["name"] for group in cloudflare.result("GET", "/access/groups", query=query)]

    assert names() == ["Staff", "Staff of Oslo", "Guests"]
    assert names(name="Staff") == ["Staff"]
    assert names(name="staff") == []
    assert names(search="staff") == ["Staff", "Staff of Oslo"]
    info = cloudflare.answer("GET", "/access/groups").body["result_info"]
    assert info["per_page"] == 1000


@pytest.mark.parametrize("name", [None, "", " ", 5, "x" * 351])
def test_names(cloudflare, name):
    assert cloudflare.status("POST", "/access/groups", {"name": name, "include": EVERYONE}) == (400, 12130)
    assert cloudflare.status("POST", "/access/groups", {"name": "x" * 350, "include": EVERYONE})[0] == 201


def test_a_group_in_use_stays(cloudflare):
    group = cloudflare.handle.seed_group("Inner")
    rule = {"group": {"id": group["id"]}}
    outer = cloudflare.handle.seed_group("Outer", EVERYONE, exclude=[rule])
    path = f"/access/groups/{group['id']}"
    assert cloudflare.refusal("DELETE", path) == "group is in use"
    assert cloudflare.status("DELETE", f"/access/groups/{outer['id']}")[0] == 202
    policy = cloudflare.handle.seed_policy("p", "allow", EVERYONE, require=[rule])
    assert cloudflare.refusal("DELETE", path) == "group is in use"
    assert cloudflare.status("DELETE", f"/access/policies/{policy['id']}")[0] == 202
    # That it names itself keeps nobody from deleting it.
    assert cloudflare.status("PUT", path, {"name": "Inner", "include": [rule]})[0] == 200
    assert cloudflare.status("DELETE", path)[0] == 202


def test_limits(cloudflare):
    rules = [{"common_name": {"common_name": f"c{number}"}} for number in range(1001)]
    sent = {"name": "Big", "include": rules[:1000]}
    assert cloudflare.status("POST", "/access/groups", sent)[0] == 201
    sent["require"] = rules[1000:]
    assert "maximum number of rules" in cloudflare.refusal("POST", "/access/groups", sent)
    for number in range(299):
        cloudflare.handle.seed_group(f"g{number}")
    assert "maximum number of groups" in cloudflare.refusal(
        "POST", "/access/groups", {"name": "x", "include": EVERYONE}
    )
