# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Bulk request taken apart (RFC 7644 section 3.7), so that quirks meet its operations as they meet single requests.

scim2-server still reads it, refuses what makes no sense, and knows the order and what bulkId references stand for.
"""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from scim2_models import SCIMException
from scim2_server.bulk import BulkPlan, BulkStep, replace_bulk_ids
from scim2_server.service import ScimService

from .exchange import Answer, Handler, Request
from .quirks.message import body_of, endpoint, error, key_of

_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


def is_bulk(request: Request) -> bool:
    return endpoint(request) == "bulk" and request.method == "POST"


def taken_apart(request: Request, service: ScimService, alone: Handler) -> Answer | None:
    """The answer when each operation is served by itself; ``None`` if the service would refuse the whole request."""
    try:
        with service.provider:
            plan = service.read_bulk(request.body, request.headers.get("content-type"))
    except SCIMException:
        return None
    results: dict[int, dict[str, Any]] = {}
    for step in plan:
        operation = plan.operation(step)
        method, asked = str(operation.method), None
        result = {"method": operation.method, "bulkId": operation.bulk_id}
        if method != "POST":
            result["location"] = f"{request.origin}{request.mount}{operation.path}"
        try:
            with service.provider:
                resource_type = service.route_bulk_operation(operation)
            asked = _request(request, plan, step) if resource_type else None
            answer = alone(asked) if asked else error(400, "an operation has a method and a path", "invalidValue")
        except SCIMException as wrong:
            refused = wrong.to_error()
            answer = error(refused.status or 400, refused.detail or "", refused.scim_type or "")
        if asked and method != "POST":
            result["location"] = f"{request.origin}{request.mount}{asked.path}"
        results[step.index] = _told(result, answer)
        made: Any = SimpleNamespace(id=_id_of(answer)) if method == "POST" and answer.ok else None
        plan.record(step, {"status": answer.status, "bulk_id": operation.bulk_id}, made)
    told = [results[index] for index in sorted(results)]
    return Answer(200, {"schemas": [_RESPONSE], "Operations": told}, {"Content-Type": "application/scim+json"})


def _request(request: Request, plan: BulkPlan, step: BulkStep) -> Request:
    """An operation as a request of its own, with ids in the place of references."""
    operation = plan.resolve(step)
    document = body_of(request)
    sent = document[key_of(document, "Operations")][step.index]
    data = replace_bulk_ids(sent.get(key_of(sent, "data")), lambda bulk_id: str(plan.created[bulk_id].id))
    headers = {name: value for name, value in request.headers.items() if not name.startswith("if-")}
    if operation.version:
        headers["if-match"] = operation.version
    body = b"" if data is None else json.dumps(data).encode()
    return replace(request, method=str(operation.method), path=str(operation.path), headers=headers, body=body)


def _told(result: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """The result of an operation (section 3.7.3)."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    result["status"] = str(answer.status)
    if answer.ok:
        result["location"] = result.get("location") or headers.get("location")
        result["version"] = headers.get("etag")
    else:
        result["response"] = answer.body
    return {name: value for name, value in result.items() if value is not None}


def _id_of(answer: Answer) -> str:
    return str(answer.body["id"]) if isinstance(answer.body, dict) else ""
