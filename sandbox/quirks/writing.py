# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in what becomes of a write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..exchange import Answer, Handler, Request
from .message import body_of, endpoint, is_list, is_one, key_of
from .operations import Operation, operations, patched
from .registry import quirk


@quirk(
    "write_ignored",
    "POST, PUT and PATCH are answered as if they were done, but nothing is stored",
    seen_at="Zoom, for pending users",
)
def write_ignored(request: Request, ask: Handler) -> Answer:
    # Of a Bulk request, each operation comes here for itself.
    ignored = request.is_write and request.method != "DELETE" and endpoint(request) != "bulk"
    return ask(replace(request, discard=True)) if ignored else ask(request)


@quirk(
    "id_equals_username_lowercased",
    "the id of a new user is its userName in lower case",
    seen_at="GitLab (with externalId)",
)
def id_equals_username_lowercased(request: Request, ask: Handler) -> Answer:
    if endpoint(request) != "users" or request.method != "POST" or is_list(request):
        return ask(request)
    document = body_of(request)
    name = document.get(key_of(document, "userName"))
    return ask(replace(request, new_id=name.lower()) if isinstance(name, str) else request)


@quirk(
    "drop_attrs[=NAME,...]",
    "these attributes (title unless told) are accepted but not stored",
    seen_at="langwatch (externalId of groups)",
)
class DropAttributes:
    """Names as in PATCH paths: title, name.middleName, urn:...:User:department."""

    def __init__(self, value: str) -> None:
        self._names = {name.strip().lower() for name in (value or "title").split(",")}

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.method == "PATCH" and is_one(request):
            asked = operations(request)
            kept = [changed for changed in map(self._operation, asked) if changed is not None]
            return ask(request) if kept == asked else patched(request, ask, kept)
        if (
            request.method in ("POST", "PUT")
            and endpoint(request) in ("users", "groups")
            and not is_list(request)
        ):
            return ask(request.with_json(self._document(body_of(request))))
        return ask(request)

    def _operation(self, operation: Operation) -> Operation | None:
        path = str(operation.get("path") or "").lower()
        name = path.partition("[")[0] + path.partition("]")[2]
        if any(name == dropped or name.startswith((dropped + ".", dropped + ":")) for dropped in self._names):
            return None
        value = operation.get("value")
        if not isinstance(value, dict):
            return operation
        return {**operation, "value": self._document(value, name + (":" if name.startswith("urn:") else "."))}

    def _document(self, document: dict[str, Any], prefix: str = "") -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, value in document.items():
            name = prefix + key.lower()
            if name in self._names:
                continue
            if isinstance(value, dict):
                value = self._document(value, name + (":" if name.startswith("urn:") else "."))
            kept[key] = value
        return kept
