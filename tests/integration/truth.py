# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is really stored in a sandbox, whatever its quirks show, and how often it was written to."""

from __future__ import annotations

from typing import Any

from sandbox import Running

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def user(name: str, **attributes: Any) -> dict[str, Any]:
    """A user to seed, in wire form; the id is the name unless told."""
    return {"schemas": [USER], "id": name, "userName": name, "active": True, **attributes}


def group(name: str, *members: str) -> dict[str, Any]:
    """A group to seed, in wire form. members: ids."""
    return {"schemas": [GROUP], "id": f"g-{name}", "displayName": name, "members": [{"value": member} for member in members]}


def stored(service: Running) -> dict[str, dict[str, Any]]:
    """All resources, by userName or displayName."""
    return {resource.get("userName") or resource["displayName"]: resource for resource in service.stored()}


def members(service: Running, name: str) -> set[str]:
    """The ids of the members of a group."""
    return {member["value"] for member in stored(service)[name].get("members") or []}


def writes(service: Running) -> int:
    """How many writes were received since the journal was emptied."""
    return int(service.requests()["writes"])
