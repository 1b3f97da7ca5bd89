# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is in which group, on services that show it in the group, in the list of groups, or nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..client.lookup import FILTER_REFUSED
from ..client.scim import ScimService
from ..core.errors import ServerError
from ..core.filters import any_of
from ..core.references import ID
from ..core.resources import GROUP, USER, Resource
from ..core.wire import as_list, attribute_of, id_of, is_group
from ..core.writes import Snapshot

_SAMPLE = 20  # groups that are read one by one to see whether that shows more than the list does
_FEW = 20  # strangers that are asked for one by one; for more, reading the list is cheaper

MEMBERS_HIDDEN = (
    "no group shows any member here, so nobody can tell an empty group from one whose members are not shown; if the service "
    "does show members, say so with capabilities.members_read: group"
)


def members_of(group: Snapshot) -> Sequence[Any]:
    """The members as the service sent them; empty where it sent none."""
    return as_list(attribute_of(group.body, "members") or [])


def with_members(service: ScimService, groups: list[Snapshot]) -> tuple[list[Snapshot], bool]:
    """Groups from a list with their members, and whether the service shows members at all.

    Some lists leave out what a single group shows. Where no group shows any member, that they are all empty is not
    believed, unless the task or the profile says that members can be read.
    """
    if not groups or any(map(members_of, groups)):
        return groups, True
    for group in groups[:_SAMPLE]:
        alone = service.get(GROUP, group.id)
        if alone and members_of(alone):
            return [found for found in (service.get(GROUP, group.id) for group in groups) if found], True
    return groups, says_it_shows_members(service)


def says_it_shows_members(service: ScimService) -> bool:
    """Whether the task or the profile says that a group shows its members; without a word, that is only hoped."""
    known = service.known
    return known.text("members_read") == "group" and not known.is_assumed("members_read")


def name_members(service: ScimService, groups: Iterable[Snapshot]) -> None:
    """Learn the names of all members, so that they are shown instead of their ids; in few requests."""
    members = [member for group in groups for member in members_of(group)]
    ids = list(dict.fromkeys(filter(None, map(id_of, members))))
    nested = {id_of(member) for member in members if is_group(member)}
    _learn(service, USER, [i for i in ids if i not in nested])
    _learn(service, GROUP, [i for i in ids if _is_stranger(service, i)])


def _is_stranger(service: ScimService, resource_id: str) -> bool:
    name = ID + resource_id
    return service.references.name("User", resource_id) == name == service.references.name("Group", resource_id)


def _learn(service: ScimService, resource: Resource, ids: list[str]) -> None:
    """Meet resources by their ids. Who does not exist any more keeps the id for a name."""
    excluded = ("members",) if resource is GROUP else ()
    known = service.known
    strangers = [i for i in ids if _is_stranger(service, i)]
    if 1 < len(strangers) <= 5 * _FEW and known.flag("filter") and known.flag("filter_or"):
        for start in range(0, len(strangers), _FEW):
            batch = any_of(("id",), strangers[start : start + _FEW])
            try:
                for body in service.listing(resource, filter=batch, excluded=excluded):
                    service.snapshot(resource, body)
            except ServerError as error:
                if error.status not in FILTER_REFUSED:
                    raise
                break
        strangers = [i for i in strangers if _is_stranger(service, i)]
    if len(strangers) > _FEW:
        service.discover()
        for body in service.listing(resource, excluded=excluded):
            service.snapshot(resource, body)
        return
    for resource_id in strangers:
        service.get(resource, resource_id, excluded=excluded)
