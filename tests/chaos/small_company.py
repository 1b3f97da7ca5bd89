# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small company for which every kind of write is to do, and how it looks to people: without ids."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sandbox

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

USERS = [
    {"external_id": "3", "user_name": "cy@example.com", "manager": "2", "department": "Engines"},
    {"external_id": "2", "user_name": "bob@example.com", "manager": "1", "title": "Lead"},
    {"external_id": "1", "user_name": "ada@example.com", "emails": [{"value": "ada@example.com", "type": "work"}]},
    {"external_id": "4", "user_name": "dee@example.com", "title": "Weaver", "manager": "1"},
    {"external_id": "6", "user_name": "fay@example.com"},
    {"external_id": "5", "user_name": "eve@example.com", "state": "absent"},
]
GROUPS = [
    {"external_id": "e", "display_name": "Engines", "members": {"set": ["3", "bob@example.com"]}},
    {"external_id": "l", "display_name": "Looms", "members": {"set": ["4", "1"]}},
]
# The default brakes are for more people than there are here.
OPTIONS = {"users": USERS, "groups": GROUPS, "brakes": {"deletions": {"percent": 50}}}


def seed(service: sandbox.Running) -> None:
    """Dee, who is to be changed, in a group that is to be changed, and Eve, who is to go."""
    dee, eve = service.seed(
        {"schemas": [USER], "userName": "dee@example.com", "externalId": "4", "title": "Spinner", "active": True},
        {"schemas": [USER], "userName": "eve@example.com", "externalId": "5", "active": True},
    )
    members = [{"value": dee["id"]}, {"value": eve["id"]}]
    service.seed({"schemas": [GROUP], "displayName": "Looms", "externalId": "l", "members": members})


def portrait(service: sandbox.Running) -> list[dict[str, Any]]:
    """Everything that is stored, with names in the place of ids, in an order that does not depend on when it was written."""
    stored = service.stored()
    names = {one["id"]: str(one.get("userName") or one.get("displayName")) for one in stored}
    return sorted((_without_ids(one, names) for one in stored), key=repr)


def _without_ids(resource: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    seen = {key: value for key, value in resource.items() if key not in ("id", "meta", "groups", "members")}
    if "members" in resource:
        seen["members"] = sorted(names[member["value"]] for member in resource["members"])
    if "manager" in (seen.get(ENTERPRISE) or {}):
        seen[ENTERPRISE] = {**seen[ENTERPRISE], "manager": names[seen[ENTERPRISE]["manager"]["value"]]}
    return dict(sorted(seen.items()))


def doubles(service: sandbox.Running) -> list[str]:
    """Who is there more than once."""
    names = Counter(str(one.get("userName") or one.get("displayName")).casefold() for one in service.stored())
    return [name for name, times in names.items() if times > 1]
