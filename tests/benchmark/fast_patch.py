# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What PATCH does to a document (RFC 7644 section 3.5.2): the operations that a client of ours sends, carried out at once."""

from __future__ import annotations

import json
import re
from typing import Any

Document = dict[str, Any]

_CORE = re.compile(r"urn:ietf:params:scim:schemas:core:2\.0:\w+", re.IGNORECASE)
_PATH = re.compile(r"(?:(urn:.+):)?([\w$-]+)(?:\[(.+)\])?(?:\.([\w$-]+))?")
_CONDITION = re.compile(r'(\w+) eq ("(?:[^"\\]|\\.)*"|true|false|[\d.]+)', re.IGNORECASE)


class NoTarget(Exception):
    """The path of an operation is none, or selects nothing."""


def patch(document: Document, operations: list[Document]) -> None:
    """Change a document by the operations of a PatchOp message, in their order."""
    for operation in operations:
        verb, path, value = str(operation["op"]).lower(), operation.get("path"), operation.get("value")
        if path:
            _at(document, path, verb, value)
        else:
            for name, part in value.items():
                if name.lower().startswith("urn:") and isinstance(part, dict):
                    for inner, deeper in part.items():
                        _at(document, f"{name}:{inner}", verb, deeper)
                else:
                    _at(document, name, verb, part)


def _at(document: Document, path: str, verb: str, value: Any) -> None:
    found = _PATH.fullmatch(path)
    if found is None:
        raise NoTarget(path)
    urn, name, condition, sub = found.groups()
    container = document
    if urn and not _CORE.fullmatch(urn):
        container = document.setdefault(urn, {})
        if urn not in document.setdefault("schemas", []):
            document["schemas"].append(urn)
    if condition:
        _elements(container, name, condition, sub, verb, value)
    elif sub:
        _attribute(container.setdefault(name, {}), sub, verb, value)
    else:
        _attribute(container, name, verb, value)
    if container.get(name) in ({}, []):
        del container[name]
    if urn and not container:
        del document[urn]


def _attribute(container: Document, name: str, verb: str, value: Any) -> None:
    now = container.get(name)
    if isinstance(value, dict) and set(value) == {name}:  # some clients wrap what they add: {"members": [...]}
        value = value[name]
    if verb == "remove" and isinstance(now, list) and isinstance(value, list):
        gone = {one.get("value") for one in value}
        container[name] = [one for one in now if one.get("value") not in gone]
    elif verb == "remove" or value in (None, "", []):
        container.pop(name, None)
    elif verb == "add" and isinstance(now, list) and isinstance(value, list):
        there = {one.get("value") for one in now}
        now += [one for one in value if one.get("value") not in there]
    elif isinstance(now, dict) and isinstance(value, dict):
        now.update(value)
    else:
        container[name] = value


def _elements(container: Document, name: str, condition: str, sub: str | None, verb: str, value: Any) -> None:
    conditions = [(one[1], json.loads(one[2])) for one in _CONDITION.finditer(condition)]
    now = container.get(name, [])
    chosen = [one for one in now if conditions and all(one.get(key) == wanted for key, wanted in conditions)]
    if not chosen and verb != "remove":
        raise NoTarget(f"{name}[{condition}]")
    if verb == "remove" and not sub:
        container[name] = [one for one in now if not any(one is other for other in chosen)]
        return
    for element in chosen:
        if sub:
            _attribute(element, sub, verb, value)
        else:
            element.update(value)
