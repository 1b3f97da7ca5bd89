# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in PATCH (RFC 7644 section 3.5.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..exchange import Answer, Handler, Request
from .message import current, key_of
from .operations import Operation, elements, on_list, operations, patched, with_operations
from .registry import quirk


@quirk("patch_not_atomic", "the operations before one that fails stay applied")
def patch_not_atomic(request: Request, ask: Handler) -> Answer:
    asked = operations(request) if request.method == "PATCH" else []
    if not asked:
        return ask(request)
    for operation in asked:
        answer = ask(with_operations(request, [operation]))
        if not answer.ok:
            break
        # The version that the request names was the one before its first operation.
        request = replace(request, headers={**request.headers, "if-match": "*"})
    return answer


@quirk(
    "patch_lists_only_whole",
    "adding and removing list elements is ignored, replacing the list works",
)
def patch_lists_only_whole(request: Request, ask: Handler) -> Answer:
    asked = operations(request) if request.method == "PATCH" else []
    kept = [operation for operation in asked if not _on_elements(operation)]
    return ask(request) if len(kept) == len(asked) else patched(request, ask, kept)


def _on_elements(operation: Operation) -> bool:
    return on_list(operation) and (
        "[" in operation["path"]
        or operation["op"] == "add"
        or bool(elements(operation))
        and operation["op"] == "remove"
    )


@quirk("replace_list_on_add", "PATCH add to a list replaces the list")
def replace_list_on_add(request: Request, ask: Handler) -> Answer:
    asked = operations(request) if request.method == "PATCH" else []
    if not any(map(_adds_to_list, asked)):
        return ask(request)
    return patched(request, ask, [_as_replacement(operation) for operation in asked])


def _adds_to_list(operation: Operation) -> bool:
    return operation["op"] == "add" and on_list(operation) and "[" not in operation["path"]


def _as_replacement(operation: Operation) -> Operation:
    if not _adds_to_list(operation):
        return operation
    return {"op": "replace", "path": operation["path"], "value": elements(operation)}


@quirk("duplicate_on_add", "PATCH add of an element that is there adds it again", seen_at="scimmy")
def duplicate_on_add(request: Request, ask: Handler) -> Answer:
    asked = operations(request) if request.method == "PATCH" else []
    if not any(map(_adds_to_list, asked)):
        return ask(request)
    resource = current(request, ask)
    if not resource.ok:
        return resource
    lists: dict[str, list[Any]] = {}
    changed: list[Operation] = []
    for operation in asked:
        if not _adds_to_list(operation):
            changed.append(operation)
            continue
        key = key_of(resource.body, operation["path"])
        lists[key] = lists.get(key, resource.body.get(key, [])) + elements(operation)
        changed.append({"op": "replace", "path": key, "value": lists[key]})
    return patched(request, ask, changed)
