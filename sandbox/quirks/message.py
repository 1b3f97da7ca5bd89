# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and rewriting SCIM messages, and asking the service below further questions."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..exchange import Answer, Handler, Request

DISCOVERY = frozenset(("serviceproviderconfig", "schemas", "resourcetypes"))
LISTS = frozenset(
    (
        "emails",
        "phonenumbers",
        "ims",
        "photos",
        "addresses",
        "groups",
        "entitlements",
        "roles",
        "x509certificates",
    )
    + ("members",)
)
_MEDIA_TYPE = {"Content-Type": "application/scim+json"}
_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def error(status: int, detail: str, scim_type: str = "") -> Answer:
    """An error answer (RFC 7644 section 3.12)."""
    body = {"schemas": [_ERROR], "status": str(status), "detail": detail}
    return Answer(status, {**body, "scimType": scim_type} if scim_type else body, _MEDIA_TYPE)


def is_sound(request: Request) -> bool:
    """Whether the body, if there is one, has the outline of a SCIM message."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return True
    document = request.json()
    if not isinstance(document, dict) or not _are_objects(document.get(key_of(document, "members")) or []):
        return False
    if request.method != "PATCH":
        return isinstance(document.get("filter", ""), str)
    operations: Any = document.get(key_of(document, "Operations"))
    return _are_objects(operations) and all(map(_is_operation, operations))


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(element, dict) for element in value)


def _is_operation(operation: dict[str, Any]) -> bool:
    path = operation.get("path")
    if path is None:
        return operation.get("value") is None or isinstance(operation["value"], dict)
    return isinstance(path, str)


def segments(request: Request) -> list[str]:
    """["Users", "42"] for /Users/42."""
    return [segment for segment in request.path.split("/") if segment]


def endpoint(request: Request) -> str:
    """ "users", "groups", "schemas" and so on, in lower case; "" at the root."""
    return next(iter(segments(request)), "").lower()


def is_one(request: Request) -> bool:
    """Whether it is about one user or group that exists."""
    return (
        len(segments(request)) == 2
        and endpoint(request) not in DISCOVERY
        and segments(request)[1] != ".search"
    )


def is_list(request: Request) -> bool:
    """Whether it asks for a list of users or groups, with GET or POST to .search (RFC 7644 section 3.4.3)."""
    if request.method == "POST":
        return segments(request)[-1:] == [".search"]
    return request.method == "GET" and len(segments(request)) < 2 and endpoint(request) not in DISCOVERY


def search(request: Request) -> dict[str, Any]:
    """The parameters of a list request, wherever they are written."""
    return dict(request.query) if request.method == "GET" else dict(request.json() or {})


def with_search(request: Request, **changes: Any) -> Request:
    """The list request with parameters set or, with None, removed."""
    changed = {name: value for name, value in (search(request) | changes).items() if value is not None}
    if request.method != "GET":
        return request.with_json(changed)
    return replace(request, query={name: str(value) for name, value in changed.items()})


def number(request: Request, name: str, default: int) -> int:
    """startIndex or count of a list request."""
    try:
        return int(search(request).get(name, default))
    except (TypeError, ValueError):
        return default


def listed(answer: Answer) -> list[dict[str, Any]] | None:
    """The resources of a list answer, None when it is something else."""
    found = answer.body.get("Resources", []) if answer.ok and isinstance(answer.body, dict) else None
    return found if isinstance(found, list) and "totalResults" in answer.body else None


def list_of(resources: list[dict[str, Any]], total: int, start: int = 1) -> Answer:
    """A list answer (RFC 7644 section 3.4.2)."""
    counts = {"totalResults": total, "startIndex": start, "itemsPerPage": len(resources)}
    return Answer(200, {"schemas": [_LIST], **counts, "Resources": resources}, _MEDIA_TYPE)


def page_of(request: Request, resources: list[dict[str, Any]]) -> Answer:
    """The page that the request asks for out of everything that there is."""
    start = max(number(request, "startIndex", 1), 1)
    end = start - 1 + max(number(request, "count", len(resources)), 0)
    return list_of(resources[start - 1 : end], len(resources), start)


def whole_list(request: Request, ask: Handler) -> Answer:
    """Everything that the list request matches, in one answer; or the service's error."""
    found: list[dict[str, Any]] = []
    while True:
        answer = ask(with_search(request, startIndex=len(found) + 1, count=None, cursor=None))
        page = listed(answer)
        if page is None:
            return answer
        found += page
        if not page or len(found) >= answer.body["totalResults"]:
            return list_of(found, len(found))


def current(request: Request, ask: Handler) -> Answer:
    """The resource that the request is about, as it is now."""
    headers = {
        name: value for name, value in request.headers.items() if not name.startswith(("if-", "content-"))
    }
    return ask(replace(request, method="GET", query={}, headers=headers, body=b""))


def rewritten(answer: Answer, change: Callable[[dict[str, Any]], None]) -> Answer:
    """The answer with each of its users and groups changed in place, be it a list or one."""
    if not answer.ok or not isinstance(answer.body, dict):
        return answer
    body = copy.deepcopy(answer.body)
    for resource in body.get("Resources", []) if "totalResults" in body else [body]:
        change(resource)
    return replace(answer, body=body)


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent, empty when it is something else."""
    document = request.json()
    return document if isinstance(document, dict) else {}


def key_of(document: dict[str, Any], name: str) -> str:
    """How an attribute is spelled in a document: names are case-insensitive (RFC 7643 section 2.1)."""
    return next((key for key in document if key.lower() == name.lower()), name)
