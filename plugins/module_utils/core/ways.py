# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to say an update (RFC 7644 sections 3.5.1 and 3.5.2), the exact one first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .attributes import ANY, BOOLEAN, REFERENCE
from .errors import InvalidInput
from .json_values import is_absent
from .plan import Change, Operation
from .profiles import PATH, PATHLESS, PUT, REPLACE, WHOLE, Capabilities
from .resources import Resource


@dataclass(frozen=True)
class Way:
    """A way to make an update.

    style: PATH, WHOLE, PATHLESS or PUT. members: how PATCH removes a member, VALUE_PATH, VALUE_LIST or REPLACE; WHOLE
    if the whole list is sent even to add somebody.
    """

    style: str
    members: str


def ways(
    resource: Resource, operation: Operation, capabilities: Capabilities, *, members_shown: bool = True
) -> list[Way]:
    """The ways to make an update, the exact one first; the others are for services that refuse it.

    A member is never removed by ``path: members`` with a value list unless the capabilities say so: a service that
    follows the RFC would read it as "remove all" (RFC 7644 section 3.5.2.2). Where not every member of a group can be
    seen, nothing that replaces the whole list is a way: it would remove those who are not shown.
    """
    style, changes = capabilities.text("update"), operation.changes
    members = capabilities.text("members_remove")
    found = [Way(style, members)]
    if style in (PATH, WHOLE):
        if _has_lists(resource, changes):
            found.append(Way(WHOLE, WHOLE))
        found.append(Way(PATHLESS, members))
    if style != PUT and capabilities.flag("put"):
        found.append(Way(PUT, members))
    if style == PATHLESS:
        found.append(Way(PATH, members))  # for what cannot be said without a path
    if not _can_be_said_without_paths(resource, changes):
        found = [way for way in found if way.style != PATHLESS]
    if resource.memberships and not (members_shown and capabilities.text("members_read") == "group"):
        found = [way for way in found if not _replaces_members(resource, way, changes)]
    if not found:
        raise InvalidInput(
            f"{operation.kind} {operation.key!r}: this service does not show all members and can only replace the whole "
            "list, which would remove the others; set capabilities.update or members_remove if it can do better"
        )
    return found


def _has_lists(resource: Resource, changes: Sequence[Change]) -> bool:
    return any(resource.attribute(change.path).multi_valued and change.before for change in changes)


def removes_members(resource: Resource, changes: Sequence[Change]) -> bool:
    return any(
        change.path in resource.memberships and set(change.before or ()) - set(change.after or ())
        for change in changes
    )


def _can_be_said_without_paths(resource: Resource, changes: Sequence[Change]) -> bool:
    """Whether a part of the resource can say it: "" clears a text and [] a list, but nothing clears other values."""
    if removes_members(resource, changes):
        return False
    for change in changes:
        kind = resource.attribute(change.path).kind
        if kind in (ANY, BOOLEAN, REFERENCE) and is_absent(change.after):
            return False
        if kind == ANY and isinstance(change.before, Mapping) and set(change.before) - set(change.after):
            return False
    return True


def _replaces_members(resource: Resource, way: Way, changes: Sequence[Change]) -> bool:
    touched = any(change.path in resource.memberships for change in changes)
    in_patch = way.members == WHOLE or (way.members == REPLACE and removes_members(resource, changes))
    return way.style == PUT or (touched and in_patch)
