# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rules refer to and is only read here: service tokens, Zero Trust lists, device posture checks."""

from __future__ import annotations

from typing import Any

from ..exchange import Answer, Request
from .account import Account, rfc3339
from .envelope import not_found, page, result
from .fields import matching, shown
from .routes import route

_YEAR = 31_536_000  # seconds


def create_service_token(account: Account, name: str, **fields: Any) -> dict[str, Any]:
    now = account.now()
    own = {
        "name": name,
        "client_id": f"{account.new_secret('client')}.access",
        "duration": "8760h",
        "expires_at": rfc3339(account.clock() + _YEAR),
        "created_at": now,
        "updated_at": now,
    }
    return account.put("service_tokens", {"id": account.new_id(), **own, **fields})


def create_list(account: Account, name: str, kind: str, items: list[str], **fields: Any) -> dict[str, Any]:
    now = account.now()
    own = {
        "name": name,
        "type": kind,
        "description": "",
        "count": len(items),
        "created_at": now,
        "updated_at": now,
    }
    kept = [{"value": value, "description": "", "created_at": now} for value in items]
    return account.put("lists", {"id": account.new_id(), **own, **fields, "_items": kept})


def create_posture(account: Account, name: str, kind: str, **fields: Any) -> dict[str, Any]:
    own = {"name": name, "type": kind, "description": "", "schedule": "5m", "match": [], "input": {}}
    return account.put("postures", {"id": account.new_id(), **own, **fields})


def _one(account: Account, kind: str, object_id: str) -> dict[str, Any]:
    found = account.table(kind).get(object_id)
    if found is None:
        raise not_found()
    return found


@route("GET", "/access/service_tokens")
def list_service_tokens(account: Account, request: Request) -> Answer:
    tokens = matching(request, list(account.table("service_tokens").values()), "name")
    return page(request, [shown(token) for token in tokens], default=1000)


@route("GET", "/access/service_tokens/{token_id}")
def read_service_token(account: Account, request: Request, token_id: str) -> Answer:
    return result(shown(_one(account, "service_tokens", token_id)))


@route("GET", "/gateway/lists")
def list_lists(account: Account, request: Request) -> Answer:
    lists = matching(request, list(account.table("lists").values()), "type")
    return page(request, [shown(one) for one in lists], default=1000)


@route("GET", "/gateway/lists/{list_id}")
def read_list(account: Account, request: Request, list_id: str) -> Answer:
    return result(shown(_one(account, "lists", list_id)))


@route("GET", "/gateway/lists/{list_id}/items")
def read_items(account: Account, request: Request, list_id: str) -> Answer:
    return page(request, _one(account, "lists", list_id)["_items"], default=1000)


@route("GET", "/devices/posture")
def list_postures(account: Account, request: Request) -> Answer:
    return page(request, [shown(check) for check in account.table("postures").values()], default=1000)


@route("GET", "/devices/posture/{check_id}")
def read_posture(account: Account, request: Request, check_id: str) -> Answer:
    return result(shown(_one(account, "postures", check_id)))
