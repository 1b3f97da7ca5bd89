# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloudflare Access: the provisioning updates of GET /accounts/{account_id}/access/logs/scim/updates.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/logs/subresources/scim/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ..event import Fields
from ..requests import action_of, identity_in, resource_of
from ..statuses import FAILURE, UNKNOWN, status_of

# What makes a record that record, as it has no id. A closed list: a field that Cloudflare adds one day must not make old entries new ones.
_RECORD = (
    "logged_at",
    "idp_id",
    "cf_resource_id",
    "idp_resource_id",
    "resource_type",
    "resource_user_email",
    "resource_group_name",
    "request_method",
    "request_body",
    "status",
    "error_description",
)


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of these."""
    return "logged_at" in record and "request_method" in record


def identity(record: Mapping[str, Any]) -> str:
    """What tells a record from others, 32 hexadecimal digits. Of the body of the request it holds no more than a hash."""
    told = [record.get(name) for name in _RECORD]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:32]


def fields(record: Mapping[str, Any]) -> Fields | None:
    """What an update tells. Its request_body is JSON in a text, and may be empty or broken: that is one of the failures."""
    # No field is promised, so the name tells what it is about where the type does not.
    named = {"user": record.get("resource_user_email"), "group": record.get("resource_group_name")}
    resource = resource_of(record.get("resource_type")) or next((kind for kind, name in named.items() if name), "service")
    body = record.get("request_body")
    said = identity_in(resource, body)
    description = record.get("error_description")
    return {
        "timestamp": record.get("logged_at"),
        "action": action_of(resource, record.get("request_method"), body),
        "user": (named["user"] or said.get("user")) if resource == "user" else None,
        "group": (named["group"] or said.get("group")) if resource == "group" else None,
        "status": _status(record.get("status")),
        "detail": description,
        "resource_id": record.get("cf_resource_id"),
        "external_id": record.get("idp_resource_id") or said.get("external_id"),
        "idp": record.get("idp_id"),
        "record_id": identity(record),
    }


def _status(word: Any) -> str:
    """The API says SUCCESS and FAILURE, the dashboard ERROR; whatever else there may be is no success."""
    if not word:
        return UNKNOWN
    return status_of(word) or FAILURE
