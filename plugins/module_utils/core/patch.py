# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes -> the requests that make them (RFC 7644 sections 3.3, 3.5.1, 3.5.2 and 3.6).

Pure: the same operation, service and style always give the same requests, so check mode can show what a run sends.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote as url_quote

from .attributes import ELEMENTS, REFERENCES, Attribute
from .compare import is_absent, pair, same
from .errors import InvalidInput
from .filters import all_of, eq
from .plan import CREATE, DELETE, Change, Operation
from .profiles import PATH, PATHLESS, PUT, REPLACE, VALUE_LIST, WHOLE, Capabilities
from .references import References
from .resources import READ_ONLY, Resource
from .wire import put

PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

PatchOperation = dict[str, Any]


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
    """The path of one resource; ids may hold any character (Zoom's hold ``&``, others are e-mail addresses)."""
    return f"{resource.endpoint}/{url_quote(resource_id, safe='')}"


@dataclass(frozen=True)
class Way:
    """A way to make an update. style: PATH, WHOLE, PATHLESS or PUT. removal: how PATCH removes a member."""

    style: str
    removal: str


def ways(resource: Resource, operation: Operation, capabilities: Capabilities) -> list[Way]:
    """The ways to make an update, the exact one first; the others are for services that refuse it.

    A member is never removed by ``path: members`` with a value list unless the capabilities say so: a service that
    follows the RFC would read it as "remove all" (RFC 7644 section 3.5.2.2).
    """
    style, removal = capabilities.text("update"), capabilities.text("members_remove")
    found = [Way(style, removal)]
    if style == PATH and _has_lists(resource, operation.changes):
        found.append(Way(WHOLE, removal))
    if style in (PATH, WHOLE) and not _removes_members(resource, operation.changes):
        found.append(Way(PATHLESS, removal))
    if style != PUT and capabilities.flag("put"):
        found.append(Way(PUT, removal))
    return found


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
    if way.style == PUT or (way.style == PATHLESS and _removes_members(resource, operation.changes)):
        body = put_body(resource, operation, snapshot.body, references)
        return [Request("PUT", path, body, version)]
    batches = list(_batches(resource, operation, capabilities, references, way))
    # Only the first request can be conditional: it changes the version that the others would have to name.
    versions = [version] + [""] * len(batches)
    return [Request("PATCH", path, _patch(batch), version) for batch, version in zip(batches, versions)]


def _create(
    resource: Resource, operation: Operation, capabilities: Capabilities, references: References
) -> list[Request]:
    after = dict(operation.after or {})
    size = sum(len(after.get(attribute.option) or ()) for attribute in resource.attributes if attribute.kind == REFERENCES)
    if size > capabilities.number("members_per_request") or not capabilities.flag("members_on_create"):
        # The members follow in PATCH requests once the group has an id; see reconcile.
        after = {path: value for path, value in after.items() if resource.attribute(path).kind != REFERENCES}
    return [Request("POST", resource.endpoint, resource.to_wire(after, references))]


def _patch(operations: Sequence[PatchOperation]) -> dict[str, Any]:
    return {"schemas": [PATCH_SCHEMA], "Operations": list(operations)}


def _batches(
    resource: Resource, operation: Operation, capabilities: Capabilities, references: References, way: Way
) -> Iterator[list[PatchOperation]]:
    """The PATCH operations, cut where a request would name more members than the service takes."""
    plain = [change for change in operation.changes if resource.attribute(change.path).kind != REFERENCES]
    batch = _pathless(resource, plain, references) if way.style == PATHLESS else []
    if way.style != PATHLESS:
        for change in plain:
            batch += _change(resource, change, references, way.style)
    limit = capabilities.number("members_per_request")
    named = 0
    for size, member_operation in _memberships(resource, operation, capabilities, references, way):
        if batch and named and named + size > limit:
            yield batch
            batch, named = [], 0
        batch.append(member_operation)
        named += size
    if batch:
        yield batch


def _change(resource: Resource, change: Change, references: References, style: str) -> list[PatchOperation]:
    attribute = resource.attribute(change.path)
    if is_absent(change.after):
        return [{"op": "remove", "path": attribute.wire}]
    if attribute.kind == ELEMENTS and not is_absent(change.before) and style != WHOLE:
        delta = list(_element_operations(attribute, change.before, change.after))
        if delta:
            return delta
    verb = "add" if attribute.kind == ELEMENTS and is_absent(change.before) else "replace"
    return [{"op": verb, "path": attribute.wire, "value": resource.wire_value(change.path, change.after, references)}]


def _element_operations(
    attribute: Attribute, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[PatchOperation]:
    """The exact delta between two sets of elements; nothing if they have no element in common (then: replace)."""
    pairs = pair(attribute, before, after)
    if not any(have is not None and want is not None for have, want in pairs):
        return
    for have, want in pairs:
        if have is not None and want is None:
            yield {"op": "remove", "path": _selected(attribute, have, before)}
    # A primary mark is taken away before another one is set: at most one may exist at any time.
    changed = [
        (have, sub, want.get(sub.option))
        for have, want in pairs
        if have is not None and want is not None
        for sub in attribute.sub
        if not same(sub, have.get(sub.option), want.get(sub.option))
    ]
    for have, sub, value in sorted(changed, key=lambda item: item[2] is True):
        path = f"{_selected(attribute, have, before)}.{sub.wire}"
        yield {"op": "remove", "path": path} if is_absent(value) else {"op": "replace", "path": path, "value": value}
    added = [want for have, want in pairs if have is None and want is not None]
    if added:
        wire = {sub.option: sub.wire for sub in attribute.sub}
        value = [{wire.get(name, name): v for name, v in element.items()} for element in added]
        yield {"op": "add", "path": attribute.wire, "value": value}


def _selected(attribute: Attribute, element: Mapping[str, Any], among: Sequence[Mapping[str, Any]]) -> str:
    """A value path that selects exactly this element: by type where that is enough (``emails[type eq "work"]``)."""
    candidates = [sub for sub in attribute.sub if sub.option == "type"] + [attribute.sub[0]]
    usable = [sub for sub in candidates if not is_absent(element.get(sub.option))]
    for chosen in ([usable[0]], [attribute.sub[0]], usable) if usable else ():
        alike = [e for e in among if all(same(sub, e.get(sub.option), element.get(sub.option)) for sub in chosen)]
        if len(alike) == 1:
            return f"{attribute.wire}[{all_of(*(eq(sub.wire, str(element[sub.option])) for sub in chosen))}]"
    return f"{attribute.wire}[{all_of(*(eq(sub.wire, str(element[sub.option])) for sub in usable))}]"


def _memberships(
    resource: Resource, operation: Operation, capabilities: Capabilities, references: References, way: Way
) -> Iterator[tuple[int, PatchOperation]]:
    """Member operations, each with the number of members that it names. Removals come first."""
    changes = [change for change in operation.changes if resource.attribute(change.path).kind == REFERENCES]
    if not changes:
        return
    if way.style == WHOLE or (way.removal == REPLACE and _removes_members(resource, changes)):
        everyone = member_list(resource, operation.after or {}, references)
        yield len(everyone), {"op": "replace", "path": "members", "value": everyone}
        return
    limit, wrapped = capabilities.number("members_per_request"), capabilities.flag("members_wrapped")
    for change in changes:
        attribute = resource.attribute(change.path)
        gone = sorted(set(change.before or ()) - set(change.after or ()))
        new = sorted(set(change.after or ()) - set(change.before or ()))
        ids = [references.id(attribute.target, name) for name in gone]
        if way.removal == VALUE_LIST:
            for part in _chunks(ids, limit):
                yield len(part), {"op": "remove", "path": "members", "value": [{"value": i} for i in part]}
        else:
            for resource_id in ids:
                yield 1, {"op": "remove", "path": f"members[{eq('value', resource_id)}]"}
        for names in _chunks(new, limit):
            value: Any = resource.wire_value(change.path, names, references)
            if way.style == PATHLESS:
                yield len(names), {"op": "add", "value": {"members": value}}
            else:
                yield len(names), {"op": "add", "path": "members", "value": {"members": value} if wrapped else value}


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _has_lists(resource: Resource, changes: Sequence[Change]) -> bool:
    return any(resource.attribute(change.path).multi_valued and change.before for change in changes)


def _removes_members(resource: Resource, changes: Sequence[Change]) -> bool:
    return any(
        resource.attribute(change.path).kind == REFERENCES and set(change.before or ()) - set(change.after or ())
        for change in changes
    )


def member_list(resource: Resource, canonical: Mapping[str, Any], references: References) -> list[Any]:
    """All members of a group as sent, people and nested groups."""
    return [
        entry
        for attribute in resource.attributes
        if attribute.kind == REFERENCES
        for entry in resource.wire_value(attribute.option, canonical.get(attribute.option), references) or []
    ]


def _pathless(resource: Resource, changes: Sequence[Change], references: References) -> list[PatchOperation]:
    """All changes as one operation without a path: its value is a part of the resource (section 3.5.2.3)."""
    if not changes:
        return []
    value: dict[str, Any] = {"schemas": []}
    for change in changes:
        wire = resource.attribute(change.path).wire
        cleared: Any = [] if resource.attribute(change.path).multi_valued else ""
        put(value, wire, cleared if is_absent(change.after) else resource.wire_value(change.path, change.after, references))
    del value["schemas"]
    return [{"op": "replace", "value": value}]


def put_body(
    resource: Resource, operation: Operation, body: Mapping[str, Any], references: References
) -> dict[str, Any]:
    """The resource as the server showed it with the changes merged in: nothing that we do not know gets lost.

    PUT replaces the whole resource (RFC 7644 section 3.5.1), so everything readable is sent back, ``active`` too.
    """
    merged = {name: copy.deepcopy(value) for name, value in body.items() if name.lower() not in READ_ONLY}
    merged["schemas"] = list(merged.get("schemas") or [resource.schema])
    for change in operation.changes:
        attribute = resource.attribute(change.path)
        if attribute.kind == REFERENCES:
            merged.pop("members", None)
            merged["members"] = member_list(resource, operation.after or {}, references)
        else:
            put(merged, attribute.wire, resource.wire_value(change.path, change.after, references))
    return merged


def check_supported(resource: Resource, operation: Operation, capabilities: Capabilities) -> None:
    """Refuse what the service is known not to take, before the first write; names the option and the way out."""
    after, who = operation.after or {}, f"{operation.kind} {operation.key!r}"
    for path in capabilities.texts("immutable"):
        if operation.verb != CREATE and any(change.path == path for change in operation.changes):
            raise InvalidInput(f"{who}: {path} cannot be changed on this service; drop the option or replace the resource")
    for path in capabilities.texts("single_valued"):
        if len(after.get(path) or ()) > 1:
            raise InvalidInput(f"{who}: this service keeps one entry of {path} only, {len(after[path])} are given")
    if operation.verb == CREATE and is_absent(after.get(resource.name)):
        raise InvalidInput(f"{who} does not exist and {resource.name} is not given, so it cannot be created")
    if operation.verb == CREATE and operation.kind == "User":
        missing = [path for path in capabilities.texts("required") if is_absent(after.get(path))]
        if missing:
            raise InvalidInput(f"{who}: this service needs {', '.join(missing)} to create a user")
