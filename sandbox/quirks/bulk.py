# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in Bulk (RFC 7644 section 3.7). ServiceProviderConfig goes on to say that it works."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from ..exchange import Answer, Handler, Request
from ..registry import Every
from .message import body_of, endpoint, error, key_of
from .registry import quirk as _quirk

quirk = partial(_quirk, in_bulk=False)
_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
Item = dict[str, Any]
"""An operation of a Bulk request, or its result."""


@quirk("bulk_404", "Bulk is answered 404")
def bulk_404(request: Request, ask: Handler) -> Answer:
    return error(404, "not found") if _is_bulk(request) else ask(request)


@quirk("bulk_413[=N]", "more than N operations in a Bulk request (10 unless told) are answered 413")
class Bulk413:
    def __init__(self, value: str) -> None:
        self._most = int(value or 10)
        if self._most < 1:
            raise ValueError("the number is at least 1")

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if len(_operations(request)) > self._most:
            return error(413, "too many operations in one request")
        return ask(request)


@quirk("bulk_ignored", "Bulk is answered as if it was done, but nothing is stored")
def bulk_ignored(request: Request, ask: Handler) -> Answer:
    return ask(replace(request, discard=True) if _is_bulk(request) else request)


@quirk("bulk_short_answer", "the answer to a Bulk request tells of the operations that failed only")
def bulk_short_answer(request: Request, ask: Handler) -> Answer:
    return _rewritten(request, ask, lambda results: [r for r in results if int(r["status"]) >= 400])


@quirk("bulk_status_int", "status in the results of Bulk is a number instead of a text")
def bulk_status_int(request: Request, ask: Handler) -> Answer:
    return _rewritten(request, ask, lambda results: [{**r, "status": int(r["status"])} for r in results])


@quirk("bulk_reversed", "the results of Bulk are in reverse order")
def bulk_reversed(request: Request, ask: Handler) -> Answer:
    return _rewritten(request, ask, lambda results: results[::-1])


@quirk("bulk_no_location", "the results of Bulk have no location")
def bulk_no_location(request: Request, ask: Handler) -> Answer:
    return _rewritten(
        request, ask, lambda results: [{k: v for k, v in r.items() if k != "location"} for r in results]
    )


@quirk("bulk_no_bulkid", "operations of Bulk that refer to bulkId:ID fail with 400")
def bulk_no_bulkid(request: Request, ask: Handler) -> Answer:
    def refusal(operation: Item) -> Answer | None:
        named = json.dumps([operation.get("path"), operation.get("data")])
        return error(400, "no such resource", "invalidValue") if "bulkId:" in named else None

    return _done_in_part(request, ask, refusal)


@quirk("bulk_partial[=N]", "every Nth operation of Bulk (3rd unless told) fails with 500")
class BulkPartial:
    def __init__(self, value: str) -> None:
        self._every = Every(int(value or 3))

    def __call__(self, request: Request, ask: Handler) -> Answer:
        def refusal(dummy: Item) -> Answer | None:
            return error(500, "internal server error") if self._every.due() else None

        return _done_in_part(request, ask, refusal)


def _is_bulk(request: Request) -> bool:
    return endpoint(request) == "bulk" and request.method == "POST"


def _operations(request: Request) -> list[Item]:
    """The operations of a Bulk request; none if it is no Bulk request, or one that makes no sense."""
    document = body_of(request)
    found = document.get(key_of(document, "Operations")) if _is_bulk(request) else None
    return found if isinstance(found, list) and all(isinstance(item, dict) for item in found) else []


def _rewritten(request: Request, ask: Handler, change: Callable[[list[Item]], list[Item]]) -> Answer:
    """The answer with other results."""
    answer = ask(request)
    if not _is_bulk(request) or not answer.ok:
        return answer
    return replace(answer, body={**answer.body, "Operations": change(answer.body["Operations"])})


def _done_in_part(request: Request, ask: Handler, refusal: Callable[[Item], Answer | None]) -> Answer:
    """The answer when some operations are refused and the service sees the others only."""
    operations = _operations(request)
    refused = [refusal(operation) for operation in operations]
    if not any(refused):
        return ask(request)
    kept = [operation for operation, no in zip(operations, refused, strict=True) if no is None]
    answer = Answer(200, {"schemas": [_RESPONSE], "Operations": []}, {"Content-Type": "application/scim+json"})
    if kept:
        answer = ask(request.with_json({**body_of(request), "Operations": kept}))
        if not answer.ok:
            return answer
    done = iter(answer.body["Operations"])
    results = [
        next(done, None) if no is None else _refused(request, operation, no)
        for operation, no in zip(operations, refused, strict=True)
    ]
    return replace(answer, body={**answer.body, "Operations": [result for result in results if result]})


def _refused(request: Request, operation: Item, answer: Answer) -> Item:
    """The result of an operation that was not done (section 3.7.3)."""
    result = {"method": operation.get("method"), "status": str(answer.status), "response": answer.body}
    if operation.get("bulkId"):
        result["bulkId"] = operation["bulkId"]
    if operation.get("method") != "POST":
        result["location"] = f"{request.origin}{request.mount}{operation.get('path')}"
    return result
