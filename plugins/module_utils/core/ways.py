# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to say an update (RFC 7644 sections 3.5.1 and 3.5.2), the exact one first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .attributes import REFERENCES
from .plan import Change, Operation
from .profiles import PATH, PATHLESS, PUT, WHOLE, Capabilities
from .resources import Resource


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
    if style in (PATH, WHOLE) and not removes_members(resource, operation.changes):
        found.append(Way(PATHLESS, removal))
    if style != PUT and capabilities.flag("put"):
        found.append(Way(PUT, removal))
    return found


def _has_lists(resource: Resource, changes: Sequence[Change]) -> bool:
    return any(resource.attribute(change.path).multi_valued and change.before for change in changes)


def removes_members(resource: Resource, changes: Sequence[Change]) -> bool:
    return any(
        resource.attribute(change.path).kind == REFERENCES and set(change.before or ()) - set(change.after or ())
        for change in changes
    )
