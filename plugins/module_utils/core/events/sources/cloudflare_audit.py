# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloudflare's dashboard SCIM: Audit Logs v2, of which only the entries that a SCIM request caused are events of provisioning.

Shape: https://developers.cloudflare.com/api/resources/accounts/subresources/logs/subresources/audit/methods/list/
Actions: "Create SCIM User", "Update SCIM Group" and so on, since 2026-03. No real record of them was seen when this was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..event import Fields
from ..phrases import action_in
from ..requests import action_of, identity_in, resource_in_path
from ..statuses import FAILURE, SUCCESS, status_of


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of these."""
    return isinstance(record.get("action"), Mapping) and isinstance(record.get("actor"), Mapping)


def fields(record: Mapping[str, Any]) -> Fields | None:
    """What an entry tells; ``None`` for entries that have nothing to do with SCIM."""
    action, resource, request = (_part(record, name) for name in ("action", "resource", "raw"))
    words = f"{action.get('type') or ''} {action.get('description') or ''}"
    path = request.get("uri")
    if "scim" not in f"{words} {resource.get('type')} {resource.get('product')} {path}".lower():
        return None
    kind, in_path = resource_in_path(path)
    body = resource.get("request")
    done = action_of(kind, request.get("method"), body, path) if kind != "service" else ""
    done = done or action_in(words.replace("_", " "))
    if not done:
        return None
    kind = done.split(".", 1)[0]
    said = {**identity_in(kind, resource.get("response")), **identity_in(kind, body)}
    code = request.get("status_code")
    status = status_of(action.get("result")) or status_of(code) or FAILURE
    answer = _part(resource, "response")
    return {
        "timestamp": action.get("time"),
        "action": done,
        "user": said.get("user"),
        "group": said.get("group"),
        "status": status,
        "error_code": None if status == SUCCESS else code,
        "scim_type": None if status == SUCCESS else answer.get("scimType"),
        "detail": None if status == SUCCESS else answer.get("detail") or action.get("description"),
        "resource_id": resource.get("id") or in_path,
        "external_id": said.get("external_id"),
        "request_id": request.get("cf_ray_id"),
        "record_id": record.get("id"),
    }


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, Mapping) else {}
