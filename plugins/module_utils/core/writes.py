# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An operation of a plan -> the requests that carry it out (RFC 7644 sections 3.3, 3.5.1, 3.5.2 and 3.6).

Pure: the same operation, service and way always give the same requests, so check mode can show what a run sends.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote as url_quote

from .attributes import ELEMENTS, REFERENCE, REFERENCES, Attribute
from .compare import pair
from .elements import PatchOperation
from .errors import InvalidInput
from .json_values import is_absent
from .patch import batches, member_list
from .plan import CREATE, DELETE, UPDATE, Operation
from .profiles import PUT, Capabilities
from .references import References
from .resources import READ_ONLY, Resource
from .ways import Way, ways
from .wire import as_list, attribute_of, element, on_wire, put, spelled

PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Request:
    """A write. path is relative to the service's base URL; version is the ETag that If-Match shall carry."""

    method: str
    path: str
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    version: str = ""

    def shown(self) -> dict[str, str]:
        """The request without its body, which holds personal data."""
        return {"method": self.method, "path": self.path}


@dataclass(frozen=True)
class Snapshot:
    """A resource as a service sent it: its id, its JSON and its version, if it came with one."""

    id: str
    body: Mapping[str, Any] = field(repr=False)
    version: str = ""


def resource_path(resource: Resource, resource_id: str) -> str:
    """The path of one resource; ids may hold any character (Zoom's hold ``&``, others are e-mail addresses).

    Only the two names that mean another place (RFC 3986 section 5.2.4) cannot be one: ``/Users/.`` is ``/Users/``.
    """
    if resource_id in ("", ".", ".."):
        raise InvalidInput(f"{resource_id!r} is not the id of a {resource.kind.lower()}")
    return f"{resource.endpoint}/{url_quote(resource_id, safe='')}"


def requests_for(
    resource: Resource,
    operation: Operation,
    snapshot: Snapshot | None,
    capabilities: Capabilities,
    references: References,
    way: Way | None = None,
) -> list[Request]:
    """The writes for one operation, in order. snapshot is ``None`` for a create only; way is for updates."""
    if operation.verb == CREATE or snapshot is None:
        return _create(resource, operation, capabilities, references)
    path = resource_path(resource, snapshot.id)
    # Some web frameworks invent an ETag for every body; If-Match is for services that say that they mean it.
    version = snapshot.version if capabilities.flag("etag") else ""
    if operation.verb == DELETE:
        return [Request("DELETE", path, None, version)]
    way = way or ways(resource, operation, capabilities)[0]
    if way.style == PUT:
        body = put_body(resource, operation, snapshot.body, references)
        return [Request("PUT", path, body, version)]
    bodies = list(batches(resource, operation, capabilities, references, way))
    # Only the first request can be conditional: it changes the version that the others would have to name.
    versions = [version] + [""] * len(bodies)
    return [Request("PATCH", path, _patch(batch), version) for batch, version in zip(bodies, versions)]


def _create(
    resource: Resource, operation: Operation, capabilities: Capabilities, references: References
) -> list[Request]:
    after = dict(operation.after or {})
    size = sum(len(after.get(option) or ()) for option in resource.memberships)
    if size > capabilities.number("members_per_request") or not capabilities.flag("members_on_create"):
        # The members follow in PATCH requests once the group has an id; see reconcile.
        after = {path: value for path, value in after.items() if path not in resource.memberships}
    return [Request("POST", resource.endpoint, resource.to_wire(after, references))]


def _patch(operations: Sequence[PatchOperation]) -> dict[str, Any]:
    return {"schemas": [PATCH_SCHEMA], "Operations": list(operations)}


def put_body(
    resource: Resource, operation: Operation, body: Mapping[str, Any], references: References
) -> dict[str, Any]:
    """The resource as the server showed it with the changes merged in: nothing that we do not know gets lost.

    PUT replaces the whole resource (RFC 7644 section 3.5.1), so everything readable is sent back, ``active`` too. What
    the service alone decides is left out: it must ignore that, but not every one does.
    """
    merged = {name: copy.deepcopy(value) for name, value in body.items() if name.lower() not in (*READ_ONLY, "schemas")}
    merged["schemas"] = list(attribute_of(body, "schemas") or [resource.schema])
    for attribute in resource.attributes:
        if attribute.kind in (REFERENCE, REFERENCES):
            for entry in _references_in(merged, attribute):
                _drop_derived(entry)
    for change in operation.changes:
        attribute = resource.attribute(change.path)
        if attribute.kind == REFERENCES:
            merged.pop(spelled(merged, "members"), None)
            merged["members"] = member_list(resource, operation.after or {}, references)
        else:
            value = resource.wire_value(change.path, change.after, references)
            if attribute.kind == ELEMENTS and value:
                value = _with_unknown(attribute, value, as_list(attribute_of(body, attribute.wire) or ()), change.after)
            put(merged, attribute.wire, value)
    return merged


def _references_in(body: Mapping[str, Any], attribute: Attribute) -> list[dict[str, Any]]:
    found = on_wire({name.lower(): value for name, value in body.items()}, attribute.wire)
    return [entry for entry in as_list(found) if isinstance(entry, dict)]


def _drop_derived(entry: dict[str, Any]) -> None:
    """Take out of a reference what follows from its value (readOnly, RFC 7643 sections 4.2 and 4.3)."""
    if attribute_of(entry, "value"):
        for name in ("$ref", "display", "displayName"):
            entry.pop(spelled(entry, name), None)


def _with_unknown(
    attribute: Attribute, value: Sequence[dict[str, Any]], items: Sequence[Any], after: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Elements as sent, those that stay with the sub-attributes that we know nothing of."""
    shown = [element(attribute, item) for item in items]
    known = {sub.wire.lower() for sub in attribute.sub}
    meant = {id(want): have for have, want in pair(attribute, shown, after) if have is not None and want is not None}
    result = []
    for entry, want in zip(value, after):
        item = next((item for item, have in zip(items, shown) if have is meant.get(id(want))), None)
        unknown = {k: v for k, v in item.items() if k.lower() not in known} if isinstance(item, Mapping) else {}
        result.append({**copy.deepcopy(unknown), **entry})
    return result


def check_supported(resource: Resource, operation: Operation, capabilities: Capabilities) -> None:
    """Refuse what the service is known not to take, before the first write; names the option and the way out."""
    after, who = operation.after or {}, f"{operation.kind} {operation.key!r}"
    for change in operation.changes:
        fixed = {change.path, f"{operation.kind}.{change.path}"} & set(capabilities.texts("immutable"))
        if fixed and not is_absent(change.before):
            raise InvalidInput(
                f"{who}: {change.path} cannot be changed on this service; drop the option or replace the resource"
            )
    for path in capabilities.texts("single_valued"):
        if len(after.get(path) or ()) > 1:
            raise InvalidInput(f"{who}: this service keeps one entry of {path} only, {len(after[path])} are given")
    if operation.verb == CREATE and is_absent(after.get(resource.name)):
        raise InvalidInput(f"{who} does not exist and {resource.name} is not given, so it cannot be created")
    if operation.verb == CREATE and operation.kind == "User":
        missing = [path for path in capabilities.texts("required") if is_absent(after.get(path))]
        if missing:
            raise InvalidInput(f"{who}: this service needs {', '.join(missing)} to create a user")
    if operation.verb == UPDATE:
        ways(resource, operation, capabilities)
