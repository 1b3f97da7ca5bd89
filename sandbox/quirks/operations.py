# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PATCH operations in one form, whichever of the forms of RFC 7644 section 3.5.2 they came in."""

from __future__ import annotations

from typing import Any

from ..exchange import Answer, Handler, Request
from .message import LISTS, body_of, current, key_of

Operation = dict[str, Any]


def operations(request: Request) -> list[Operation]:
    """[{"op": "add", "path": "emails", "value": [...]}, ...]: op in lower case, a path wherever it is known."""
    document = body_of(request)
    found: list[Operation] = []
    for sent in document.get(key_of(document, "Operations"), []):
        operation = {**sent, "op": str(sent.get("op", "")).lower()}
        # remove needs a path; without one it is left for the service to refuse.
        if (
            operation.get("path")
            or operation["op"] == "remove"
            or not isinstance(operation.get("value"), dict)
        ):
            found.append(operation)
            continue
        for path, value in _attributes(operation["value"]):
            found.append({"op": operation["op"], "path": path, "value": value})
    return found


def _attributes(value: dict[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, given in value.items():
        if name.lower().startswith("urn:") and isinstance(given, dict):
            found += [(f"{name}:{inner}", inner_value) for inner, inner_value in given.items()]
        elif name.lower() not in ("schemas", "id", "meta"):
            found.append((name, given))
    return found


def with_operations(request: Request, changed: list[Operation]) -> Request:
    """The PATCH request with these operations instead."""
    schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    return request.with_json({"schemas": schemas, "Operations": changed})


def patched(request: Request, ask: Handler, changed: list[Operation]) -> Answer:
    """The answer to the PATCH with these operations instead; with none, the resource as it is."""
    return ask(with_operations(request, changed)) if changed else current(request, ask)


def root(operation: Operation) -> str:
    """The attribute that an operation changes, in lower case: "emails" for emails[type eq "work"].value."""
    path = str(operation.get("path") or "").partition("[")[0]
    if not path.lower().startswith("urn:"):
        return path.partition(".")[0].lower()
    return path.lower()


def on_list(operation: Operation) -> bool:
    """Whether it changes a multi-valued attribute or elements of one."""
    return root(operation) in LISTS


def elements(operation: Operation) -> list[Any]:
    """The value as a list."""
    value = operation.get("value")
    return value if isinstance(value, list) else [] if value is None else [value]
