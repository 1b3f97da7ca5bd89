# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access groups."""

from __future__ import annotations

from typing import Any

from ..exchange import Answer, Request
from .account import Account
from .envelope import invalid, not_found, page, result
from .fields import body_of, flag, matching, name_of, shown
from .routes import route
from .rules import count, groups_of, normalised

MOST_GROUPS = 300
MOST_RULES = 1000


def group_from(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    """What a body makes of a group; PUT replaces everything."""
    return {"name": name_of(body), **normalised(account, body), "_is_default": flag(body, "is_default")}


def create(account: Account, fields: dict[str, Any]) -> dict[str, Any]:
    """Store a group. That it is a default is never shown (pulumi-cloudflare issue 954)."""
    now = account.now()
    group_id = account.new_id()
    return account.put(
        "groups", {"id": group_id, "uid": group_id, **fields, "created_at": now, "updated_at": now}
    )


def _checked(account: Account, request: Request) -> dict[str, Any]:
    fields = group_from(account, body_of(request))
    if count(fields) > MOST_RULES:
        raise invalid("maximum number of rules per group reached")
    return fields


def _group(account: Account, group_id: str) -> dict[str, Any]:
    group = account.table("groups").get(group_id)
    if group is None:
        raise not_found()
    return group


@route("GET", "/access/groups")
def list_groups(account: Account, request: Request) -> Answer:
    groups = matching(request, list(account.table("groups").values()), "name")
    return page(request, [shown(group) for group in groups], default=1000)


@route("POST", "/access/groups")
def create_group(account: Account, request: Request) -> Answer:
    fields = _checked(account, request)
    if len(account.table("groups")) >= MOST_GROUPS:
        raise invalid("maximum number of groups reached")
    return result(shown(create(account, fields)), 201)


@route("GET", "/access/groups/{group_id}")
def read_group(account: Account, request: Request, group_id: str) -> Answer:
    return result(shown(_group(account, group_id)))


@route("PUT", "/access/groups/{group_id}")
def replace_group(account: Account, request: Request, group_id: str) -> Answer:
    group = _group(account, group_id)
    kept = {name: group[name] for name in ("id", "uid", "created_at")}
    fields = _checked(account, request)
    return result(shown(account.put("groups", {**kept, **fields, "updated_at": account.now()})))


@route("DELETE", "/access/groups/{group_id}")
def delete_group(account: Account, request: Request, group_id: str) -> Answer:
    _group(account, group_id)
    # What Cloudflare says to this is not known; that it refuses it, and how, is a choice of ours.
    users = [*account.table("policies").values(), *account.table("groups").values()]
    if any(group_id in groups_of(user) for user in users if user["id"] != group_id):
        raise invalid("group is in use")
    account.remove("groups", group_id)
    return result({"id": group_id}, 202)
