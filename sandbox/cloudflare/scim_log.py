# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SCIM update log of Access: every write that identity providers have sent, and what came of it.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/logs/subresources/scim/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..exchange import Answer, Request
from ..quirks.message import endpoint
from .account import Account
from .envelope import invalid, page
from .routes import route

Entry = dict[str, Any]

# Query parameters that name what entries have, and whether they are words of an API or somebody's data.
_WORDS = {
    "status": ("FAILURE", "SUCCESS"),
    "resource_type": ("GROUP", "USER"),
    "request_method": ("DELETE", "PATCH", "POST", "PUT"),
}
_DATA = ("idp_id", "cf_resource_id", "idp_resource_id", "resource_user_email", "resource_group_name")


def note(account: Account, idp_id: str, request: Request, answer: Answer, resource: Mapping[str, Any]) -> None:
    """Add a write. resource: the user or group that it was about, as it is now or was before, {} if there is none."""
    kind = {"users": "USER", "groups": "GROUP"}[endpoint(request)]
    entry: Entry = {
        "logged_at": account.now(),
        "idp_id": idp_id,
        "cf_resource_id": resource.get("id", ""),
        "idp_resource_id": str(resource.get("externalId") or ""),
        "resource_type": kind,
        "request_method": request.method,
        # As it came, and therefore not always JSON.
        "request_body": request.body.decode(errors="replace") or "{}",
        "status": "SUCCESS" if answer.ok else "FAILURE",
    }
    if not answer.ok:
        entry["error_description"] = _said(request, answer)
    if kind == "USER":
        entry["resource_user_email"] = email_of(resource)
    else:
        entry["resource_group_name"] = str(resource.get("displayName") or "")
    with account.lock:
        account.put("scim_updates", entry)


@route("GET", "/access/logs/scim/updates")
def list_updates(account: Account, request: Request) -> Answer:
    """Latest first unless direction is asc. Several values of a parameter mean any of them.

    Our choices, as Cloudflare does not say: since and until are inclusive; limit stands for per_page where that is absent.
    """
    wanted = {name: request.values(name) for name in (*_WORDS, *_DATA)}
    if not wanted["idp_id"]:
        raise invalid("idp_id is required")
    for name, words in _WORDS.items():
        if not set(wanted[name]) <= set(words):
            raise invalid(f"{name} must be one of {', '.join(words)}")
    direction = request.query.get("direction") or "desc"
    if direction not in ("asc", "desc"):
        raise invalid("direction must be one of asc, desc")
    since, until = _instant(request, "since"), _instant(request, "until")
    found = []
    for stored in account.table("scim_updates").values():
        at = datetime.fromisoformat(stored["logged_at"])
        if (since and at < since) or (until and at > until):
            continue
        if all(not values or stored.get(name) in values for name, values in wanted.items()):
            # Entries have no id that anybody sees.
            found.append({key: value for key, value in stored.items() if key != "id"})
    if not request.query.get("per_page") and request.query.get("limit"):
        request = replace(request, query={**request.query, "per_page": request.query["limit"]})
    return page(request, found if direction == "asc" else found[::-1], default=20)


def email_of(user: Mapping[str, Any]) -> str:
    """The address by which a SCIM user is known to Access: that of work, else the primary one, else the userName."""
    mails = [mail for mail in user.get("emails") or [] if isinstance(mail, dict) and isinstance(mail.get("value"), str)]
    chosen = [mail for mail in mails if mail.get("type") == "work"] or [mail for mail in mails if mail.get("primary") is True]
    return str(chosen[0]["value"] if chosen else user.get("userName") or "")


def _said(request: Request, answer: Answer) -> str:
    if request.method != "DELETE" and request.json() is None:
        return "Invalid JSON body"
    detail = answer.body.get("detail") if isinstance(answer.body, dict) else None
    return str(detail or f"status {answer.status}")


def _instant(request: Request, name: str) -> datetime | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"{name} must be a date-time of RFC 3339") from None
    if instant.tzinfo is None:
        raise invalid(f"{name} must have a time zone")
    return instant
