# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom a sandbox is filled with before a directory task meets it. An id tells whose it is: "u-ada", "g-Engines"."""

from __future__ import annotations

from typing import Any

import sandbox

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
# Brakes that hold nobody back.
NO_BRAKES: dict[str, Any] = {
    **{
        name: {"number": 1_000_000, "percent": 100}
        for name in ("deletions", "deactivations", "membership_removals", "membership_removals_per_group", "changes")
    },
    "least_members": 0,
}


def person(name: str, **facts: Any) -> dict[str, Any]:
    """A user in wire form. facts: more attributes, in wire names."""
    return {"schemas": [USER], "id": f"u-{name}", "userName": name, "active": True, **facts}


def team(name: str, *members: str, nested: tuple[str, ...] = (), **facts: Any) -> dict[str, Any]:
    """A group in wire form. members: names of people. nested: names of teams."""
    within = [{"value": f"u-{member}", "type": "User"} for member in members]
    within += [{"value": f"g-{group}", "type": "Group"} for group in nested]
    return {"schemas": [GROUP], "id": f"g-{name}", "displayName": name, "members": within, **facts}


def names(count: int, start: int = 0) -> list[str]:
    """So many names: p00, p01, ..."""
    return [f"p{number:02}" for number in range(start, start + count)]


def listed(*people: str, **options: Any) -> list[dict[str, Any]]:
    """Entries of ``users``, all with the same options."""
    return [{"user_name": name, **options} for name in people]


def stored(service: sandbox.Running) -> dict[str, dict[str, Any]]:
    """What is stored, by user or display name."""
    return {str(one.get("userName") or one["displayName"]): one for one in service.stored()}


def content(service: sandbox.Running) -> dict[str, dict[str, Any]]:
    """What is stored, by name, without what the service alone decides: names stand for ids, lists are in one order."""
    found = stored(service)
    called = {one["id"]: name for name, one in found.items()}
    result = {}
    for name, one in found.items():
        facts = {path: value for path, value in one.items() if path not in ("id", "meta", "schemas", "groups")}
        facts["members"] = sorted(called.get(member["value"], "(nobody)") for member in one.get("members") or [])
        work = dict(facts.pop(ENTERPRISE, {}))
        if work.get("manager"):
            work["manager"] = called.get(work["manager"]["value"], "(nobody)")
        result[name] = {**facts, **{path: value for path, value in work.items() if value}}
    return result
