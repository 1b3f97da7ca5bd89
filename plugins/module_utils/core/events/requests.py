# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a SCIM request means as an action, and of whom it speaks: from its method, path and body (RFC 7644 sections 3.3 to 3.7).

A person who leaves is deactivated in one of several ways: a PATCH of ``active`` by path or inside a value, as a boolean or as the text
"False" (https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility),
SCIM 1.1's partial resource, or a PUT. All of them are ``user.deactivate``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from ..json_values import boolean
from .texts import parsed, text

_RESOURCES = {"user": "user", "users": "user", "group": "group", "groups": "group", "me": "user"}
_VERBS = {"POST": "create", "PUT": "replace", "PATCH": "update", "DELETE": "delete", "GET": "read", "HEAD": "read"}
_MEMBERS = re.compile(r"members(?:\[.*\])?(?:\.\w+)?\Z", re.IGNORECASE | re.DOTALL)
_MOST_OPERATIONS = 1_000


def resource_of(word: Any) -> str:
    """``user`` or ``group`` for what a log calls them (USER, Users, Group), "" for anything else."""
    return _RESOURCES.get(word.strip().lower(), "") if isinstance(word, str) else ""


def resource_in_path(path: Any) -> tuple[str, str]:
    """The resource of a request's URL or path and its id: ("user", "2819c223") for /scim/v2/Users/2819c223, ("service", "") for others."""
    if not isinstance(path, str):
        return "service", ""
    try:
        parts = [part for part in urlsplit(path[:4_000]).path.split("/") if part]
    except ValueError:  # brackets in what should be a host
        return "service", ""
    for position in range(len(parts) - 1, -1, -1):
        if parts[position] in ("Users", "Groups", "Me"):
            rest = unquote(parts[position + 1]) if position + 1 < len(parts) else ""
            return _RESOURCES[parts[position].lower()], "" if rest.startswith(".") else rest
    return "service", ""


def action_of(resource: str, method: Any, body: Any = None, path: Any = "") -> str:
    """The action that a request stands for, "" for a method that SCIM does not have.

    resource: user, group or service. body: the request's body, parsed or as JSON text; broken and missing ones tell nothing.
    """
    verb = _VERBS.get(method.strip().upper(), "") if isinstance(method, str) else ""
    if not verb:
        return ""
    if verb == "create" and isinstance(path, str) and path.split("?", 1)[0].rstrip("/").endswith("/.search"):
        verb = "read"  # RFC 7644 section 3.4.3
    if verb in ("replace", "update"):
        content = body_of(body)
        if resource == "user":
            active = _active(content, verb)
            verb = verb if active is None else "activate" if active and verb == "update" else verb if active else "deactivate"
        elif resource == "group" and verb == "update":
            verb = _membership(content) or verb
    return f"{resource}.{verb}"


def body_of(body: Any) -> Mapping[str, Any]:
    """A body as an object: parsed, or as JSON text, or as JSON text that was encoded once more. Empty for anything else."""
    for _dummy in range(2):
        if isinstance(body, str):
            body = parsed(body)
    return body if isinstance(body, Mapping) else {}


def identity_in(resource: str, body: Any) -> dict[str, str]:
    """Of whom a body speaks: ``user`` or ``group``, and ``external_id``, as far as it says so."""
    content = body_of(body)
    names = {"user": "username", "group": "displayname"}
    found = {resource: text(_member(content, names[resource]))} if resource in names else {}
    if resource == "user" and not found["user"]:
        emails = _member(content, "emails")
        found["user"] = next((text(e["value"]) for e in emails[:20] if isinstance(e, Mapping) and isinstance(e.get("value"), str)), "") if (
            isinstance(emails, list)
        ) else ""
    external = _member(content, "externalid")
    found["external_id"] = text(external) if isinstance(external, (str, int)) else ""
    return {name: value for name, value in found.items() if value}


def _member(content: Mapping[str, Any], name: str) -> Any:
    """A member of an object whose name is given in lower case: names do not depend on it (RFC 7643 section 2.1)."""
    for spelled, value in content.items():
        if isinstance(spelled, str) and spelled.lower() == name:
            return value
    return None


def _operations(content: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """The operations of a PATCH: op and path in lower case without the schema's URN, and the value."""
    operations = _member(content, "operations")
    found = []
    for operation in operations[:_MOST_OPERATIONS] if isinstance(operations, list) else ():
        if isinstance(operation, Mapping):
            path = text(_member(operation, "path"), 4_000)
            found.append((text(_member(operation, "op")).lower(), _attribute(path), _member(operation, "value")))
    return found


def _attribute(path: str) -> str:
    """A path without the URN of the core schemas before it."""
    plain = path.strip().lower()
    for urn in ("urn:ietf:params:scim:schemas:core:2.0:user:", "urn:ietf:params:scim:schemas:core:2.0:group:"):
        if plain.startswith(urn):
            return plain[len(urn) :]
    return plain


def _active(content: Mapping[str, Any], verb: str) -> bool | None:
    """What a body sets ``active`` to, ``None`` if it leaves it alone. Of several operations the last one counts."""
    found = None
    for op, path, value in _operations(content):
        if op not in ("add", "replace"):
            continue
        for part in value if isinstance(value, list) else [value]:
            set_to = _truth(part) if path == "active" else _active_in(part) if not path else None
            found = found if set_to is None else set_to
    return _active_in(content) if found is None and (verb == "replace" or not _operations(content)) else found


def _active_in(value: Any) -> bool | None:
    if not isinstance(value, Mapping):
        return None
    found = [_truth(part) for name, part in value.items() if isinstance(name, str) and _attribute(name) == "active"]
    return found[-1] if found else None


def _truth(value: Any) -> bool | None:
    if isinstance(value, Mapping):  # a simple value in a complex one's clothes
        value = _member(value, "value")
    plain = boolean(value.strip() if isinstance(value, str) else value)
    return plain if isinstance(plain, bool) else None


def _membership(content: Mapping[str, Any]) -> str:
    """``member.add`` or ``member.remove`` if a PATCH does only that, else ""."""
    done = set()
    for op, path, value in _operations(content):
        inside = not path and isinstance(value, Mapping) and {str(name).lower() for name in value} <= {"members", "id", "schemas"}
        if not (_MEMBERS.match(path) or (inside and isinstance(value, Mapping) and any(str(name).lower() == "members" for name in value))):
            return ""
        done.add({"add": "member.add", "remove": "member.remove"}.get(op, ""))
    return done.pop() if len(done) == 1 else ""
