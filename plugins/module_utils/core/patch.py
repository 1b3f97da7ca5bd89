# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes -> PATCH operations (RFC 7644 section 3.5.2): the exact delta, one explicit path an operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .attributes import ANY, ELEMENTS, Attribute
from .elements import PatchOperation, element_operations
from .filters import eq
from .json_values import is_absent
from .plan import Change, Operation
from .profiles import PATHLESS, REPLACE, VALUE_LIST, WHOLE, Capabilities
from .references import References
from .resources import Resource
from .ways import Way, removes_members
from .wire import put


def batches(
    resource: Resource, operation: Operation, capabilities: Capabilities, references: References, way: Way
) -> Iterator[list[PatchOperation]]:
    """The PATCH operations, cut where a request would name more members than the service takes."""
    plain = [change for change in operation.changes if change.path not in resource.memberships]
    if way.style == PATHLESS:
        batch = _pathless(resource, plain, references)
    else:
        batch = [found for change in plain for found in _change(resource, change, references, way.style)]
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
        delta = element_operations(attribute, change.before, change.after)
        if delta:
            return delta
    if attribute.kind == ANY and isinstance(change.before, Mapping) and isinstance(change.after, Mapping):
        return _sub_attributes(attribute, change.before, change.after)
    verb = "add" if attribute.kind == ELEMENTS and is_absent(change.before) else "replace"
    return [{"op": verb, "path": attribute.wire, "value": resource.wire_value(change.path, change.after, references)}]


def _memberships(
    resource: Resource, operation: Operation, capabilities: Capabilities, references: References, way: Way
) -> Iterator[tuple[int, PatchOperation]]:
    """Member operations, each with the number of members that it names. Removals come first."""
    changes = [change for change in operation.changes if change.path in resource.memberships]
    if not changes:
        return
    if way.members == WHOLE or (way.members == REPLACE and removes_members(resource, changes)):
        everyone = member_list(resource, operation.after or {}, references)
        yield len(everyone), {"op": "replace", "path": "members", "value": everyone}
        return
    limit, wrapped = capabilities.number("members_per_request"), capabilities.flag("members_wrapped")
    for change in changes:
        attribute = resource.attribute(change.path)
        gone = sorted(set(change.before or ()) - set(change.after or ()))
        new = sorted(set(change.after or ()) - set(change.before or ()))
        ids = [references.id(attribute.target, name) for name in gone]
        if way.members == VALUE_LIST:
            for part in _chunks(ids, limit):
                value: Any = [{"value": i} for i in part]
                yield len(part), {"op": "remove", "path": "members", "value": {"members": value} if wrapped else value}
        else:
            for resource_id in ids:
                yield 1, {"op": "remove", "path": f"members[{eq('value', resource_id)}]"}
        for names in _chunks(new, limit):
            value = resource.wire_value(change.path, names, references)
            if way.style == PATHLESS:
                yield len(names), {"op": "add", "value": {"members": value}}
            else:
                yield len(names), {"op": "add", "path": "members", "value": {"members": value} if wrapped else value}


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def member_list(resource: Resource, canonical: Mapping[str, Any], references: References) -> list[Any]:
    """All members of a group as sent, people and nested groups."""
    return [
        entry
        for option in resource.memberships
        for entry in resource.wire_value(option, canonical.get(option), references) or []
    ]


def _sub_attributes(attribute: Attribute, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[PatchOperation]:
    """The delta of a complex attribute: what a replacement does not name would stay (section 3.5.2.3)."""
    removed = [{"op": "remove", "path": f"{attribute.wire}.{name}"} for name in before if name not in after]
    changed = {name: value for name, value in after.items() if name not in before or before[name] != value}
    return removed + [{"op": "replace", "path": f"{attribute.wire}.{name}", "value": value} for name, value in changed.items()]


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
