# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources as results show them: in the words of the options, and never more than a result may hold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ..client.scim import ScimService
from ..core.resources import GROUP, Resource
from ..core.wire import as_list, attribute_of
from ..core.writes import Snapshot

MOST_CHARACTERS = 600_000  # AWX drops what exceeds 700,000
_MOST_MEMBERS = 500


def shown(service: ScimService, resource: Resource, snapshot: Snapshot, *, members: bool) -> dict[str, Any]:
    """One resource. members: with its memberships, shortened where they are many."""
    result: dict[str, Any] = {"id": snapshot.id}
    result.update(resource.to_options(resource.from_wire(snapshot.body, service.references)))
    for name in ("meta", "groups"):
        value = attribute_of(snapshot.body, name)
        if value:
            result[name] = value
    if resource is not GROUP:
        return result
    for option in resource.memberships:
        names = result.pop(option, [])
        if members:
            result[option] = names[:_MOST_MEMBERS]
            if len(names) > _MOST_MEMBERS:
                result["members_shortened"] = True
    if members:
        result["member_count"] = len(as_list(attribute_of(snapshot.body, "members") or []))
    return result


def size(value: Any) -> int:
    """How many characters a value takes in a result."""
    return len(json.dumps(value, default=str))


def within(entries: Iterable[dict[str, Any]], characters: int) -> list[dict[str, Any]]:
    """The first entries, as many as fit."""
    kept = []
    for entry in entries:
        characters -= size(entry) + 2
        if characters < 0:
            break
        kept.append(entry)
    return kept
