# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources as results show them: in the words of the options, and never more than a result may hold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from ..client.scim import ScimService
from ..core.json_values import folded
from ..core.plan import Canonical
from ..core.resources import GROUP, Resource
from ..core.wire import as_list, attribute_of
from ..core.writes import Snapshot

Entry = TypeVar("Entry")

MOST_CHARACTERS = 600_000  # AWX drops what exceeds 700,000
MOST_MEMBERS = 500  # that a group is shown with


def shown(service: ScimService, resource: Resource, snapshot: Snapshot, *, members: bool, among: frozenset[str] | None = None) -> dict[str, Any]:
    """One resource. members: with its memberships, shortened where they are many. among: the only people to tell, by folded names."""
    result = described(resource, resource.from_wire(snapshot.body, service.references), snapshot)
    memberships = {option: result.pop(option, []) for option in resource.memberships}
    if resource is GROUP and members:
        if among is not None:
            memberships["members"] = [name for name in memberships["members"] if among.intersection(map(folded, service.references.every_name("User", name)))]
        result.update(memberships)
        count_members(result, resource, snapshot, most=MOST_MEMBERS if among is None else len(among))
    return result


def described(resource: Resource, canonical: Canonical, snapshot: Snapshot) -> dict[str, Any]:
    """A resource in the words of the options, with its id and what else the service alone decides."""
    decided = {name: attribute_of(snapshot.body, name) for name in ("meta", "groups")}
    return {**resource.to_options(canonical), "id": snapshot.id, **{name: value for name, value in decided.items() if value}}


def count_members(result: dict[str, Any], resource: Resource, snapshot: Snapshot, most: int = MOST_MEMBERS) -> None:
    """Say in a result how many members there are, and show the first ones only where they are many."""
    result["member_count"] = len(as_list(attribute_of(snapshot.body, "members") or []))
    for option in resource.memberships:
        if len(result.get(option, ())) > most:
            result[option] = result[option][:most]
            result["members_shortened"] = True


def size(value: Any) -> int:
    """How many characters a value takes in a result."""
    return len(json.dumps(value, default=str))


def within(entries: Iterable[Entry], characters: int) -> list[Entry]:
    """The first entries, as many as fit."""
    kept = []
    for entry in entries:
        characters -= size(entry) + 2
        if characters < 0:
            break
        kept.append(entry)
    return kept
