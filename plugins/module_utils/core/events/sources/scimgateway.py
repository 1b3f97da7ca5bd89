# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scimgateway's log: one JSON object for each request that it answered, with both bodies as texts.

https://github.com/jelhub/scimgateway; read from the log of version 6.1.18.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..event import Fields
from ..requests import action_of, body_of, identity_in, resource_in_path
from ..statuses import FAILURE, status_of, status_of_level


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of these."""
    return "category" in record and "time" in record and ("url" in record or "plugin-" in str(record["category"])[:100])


def fields(record: Mapping[str, Any]) -> Fields | None:
    """What a line tells; ``None`` for those about the program itself, unless they are errors."""
    known = {"timestamp": record.get("time"), "idp": record.get("category")}
    if not record.get("url") or not record.get("method"):
        if status_of_level(record.get("level")) != FAILURE:
            return None
        return {**known, "action": "service.error", "status": FAILURE, "detail": record.get("message")}
    resource, in_path = resource_in_path(record["url"])
    answer = body_of(record.get("responseBody"))
    said = {**identity_in(resource, answer), **identity_in(resource, record.get("requestBody"))}
    status = status_of(record.get("status")) or FAILURE
    failed = status == FAILURE
    return {
        **known,
        # Where it tells of nobody, the id in the path is all that says whom the request meant.
        resource: (record.get("target") or said.get(resource) or in_path) if resource != "service" else None,
        "action": action_of(resource, record["method"], record.get("requestBody"), record["url"]),
        "status": status,
        "error_code": record.get("status") if failed else None,
        "scim_type": answer.get("scimType") if failed else None,
        "detail": (answer.get("detail") or record.get("message")) if failed else None,
        "resource_id": in_path or answer.get("id"),
        "external_id": said.get("external_id"),
        "duration_ms": record.get("durationMs"),
    }
