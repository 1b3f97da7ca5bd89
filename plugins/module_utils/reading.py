# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules that only read return: who was asked for, in the words of the options, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .client.scim import ScimService
from .core.errors import InvalidInput
from .core.json_values import folded
from .core.resources import GROUP, USER, Resource
from .core.writes import Snapshot
from .inquiry.members import MEMBERS_HIDDEN, name_members, with_members
from .inquiry.memberships import memberships_of, person_named
from .inquiry.projection import Projection
from .inquiry.selection import Selection, identity_of, one, several
from .inquiry.shown import MOST_CHARACTERS, shown, size, within
from .options import Spec
from .query import compiled

Params = Mapping[str, Any]
Result = dict[str, Any]

# What a module that reads has beside the keys of one resource.
READING: Spec = {
    "id": {"type": "str"},
    "external_id": {"type": "str"},
    "filter": {"type": "str"},
    "attributes": {"type": "list", "elements": "str"},
    "query": {"type": "str"},
    "max_results": {"type": "int", "default": 1000},
}

_NO_MEMBERS = ("members",)


def users(service: ScimService, params: Params) -> Result:
    """The users that the options ask for."""
    answer = _Answer(service, USER, params)
    identity = identity_of(USER, params)
    if identity:
        chosen = one(service, USER, identity)
        return answer.of(chosen, unverifiable=chosen.unverifiable)
    chosen = several(service, USER, answer.most, filter=params["filter"] or "", attributes=answer.projection.wire)
    return answer.of(chosen, unverifiable=False)


def groups(service: ScimService, params: Params) -> Result:
    """The groups that the options ask for, with or without their members."""
    answer = _Answer(service, GROUP, params)
    if params["member"] is not None:
        return _groups_of(service, params, answer)
    identity = identity_of(GROUP, params)
    wanted = _members_wanted(params, answer.projection, default=identity is not None)
    excluded = () if wanted else _NO_MEMBERS
    if identity:
        chosen = one(service, GROUP, identity, excluded)
    else:
        chosen = several(
            service,
            GROUP,
            answer.most,
            filter=params["filter"] or "",
            attributes=answer.projection.wire if wanted == answer.projection.members else (),
            excluded=excluded,
        )
    unverifiable = bool(wanted and chosen.snapshots) and not _show_members(service, chosen, single=identity is not None)
    unverifiable = unverifiable or chosen.unverifiable
    if wanted and params["resolve_members"]:
        name_members(service, chosen.snapshots)
    return answer.of(chosen, members=wanted and not unverifiable, unverifiable=unverifiable)


def _groups_of(service: ScimService, params: Params, answer: _Answer) -> Result:
    """The groups that one person is in."""
    if not params["member"]:
        raise InvalidInput("member: empty; leave it out to ask for groups whoever is in them")
    person = person_named(service, params["member"])
    found = memberships_of(service, person)
    chosen = Selection(found.groups[: answer.most], more=len(found.groups) > answer.most, warnings=found.warnings)
    if person.user is None and not person.id:
        chosen.warnings.append(
            f"member: no user {params['member']!r} on the service; somebody who was deleted may still be in groups, "
            "ask for id: and the id to see"
        )
    wanted = _members_wanted(params, answer.projection, default=False) and not found.unverifiable
    if wanted:
        _show_members(service, chosen, single=False)
    if wanted and params["resolve_members"]:
        name_members(service, chosen.snapshots)
    facts = {"member": person.shown(), "read_from": found.read_from}
    return answer.of(chosen, members=wanted, unverifiable=found.unverifiable, **facts)


def _names(params: Params) -> list[str]:
    """The attributes to return; the option members adds to them or takes away."""
    names = list(params["attributes"] or ())
    if names and params.get("members") is not None:
        names = [name for name in names if name not in GROUP.memberships] + list(GROUP.memberships if params["members"] else ())
    return names or ["id"] if params["attributes"] else []


def _members_wanted(params: Params, projection: Projection, *, default: bool) -> bool:
    if params["members"] is not None:
        return bool(params["members"])
    return projection.members if projection.names else default or bool(params["resolve_members"] or params["members_among"] is not None)


def _show_members(service: ScimService, chosen: Selection, *, single: bool) -> bool:
    """Whether the members can be told. Where a list leaves them out, the groups are read one by one."""
    if service.known.text("members_read") != "group":
        chosen.warnings.append("this service does not show who is in a group; member asks for the groups of one person")
        return False
    if single and "members" in {str(name).lower() for name in chosen.snapshots[0].body}:
        return True
    chosen.snapshots, visible = with_members(service, chosen.snapshots)
    if not visible and not single:
        chosen.warnings.append(MEMBERS_HIDDEN)
    return visible or single


class _Answer:
    """The options that say how the answer looks. Checked before anything is asked.

    most: the most resources in it. among: the only members that are told, ``None`` for all.
    """

    def __init__(self, service: ScimService, resource: Resource, params: Params) -> None:
        self.service = service
        self.resource = resource
        self.projection = Projection(resource, _names(params))
        self.query: Callable[[Any], Any] | None = compiled(params["query"])
        self.among: frozenset[str] | None = None if params.get("members_among") is None else frozenset(map(folded, params["members_among"]))
        self.most: int = params["max_results"]
        if self.most < 1:
            raise InvalidInput(f"max_results: {self.most} is out of range; give a number above 0")

    def of(self, chosen: Selection, *, members: bool = False, **facts: Any) -> Result:
        """The result of the task: the resources in the words of the options, and what query makes of them."""
        name = self.resource.kind.lower() + "s"
        entries = self._shown(chosen.snapshots, members=members)
        result: Result = {"changed": False, **facts}
        left = MOST_CHARACTERS
        if self.query:
            result["result"] = self.query(entries)
            left -= size(result["result"])
            if left < 0:
                raise InvalidInput(f"query: its result is longer than {MOST_CHARACTERS} characters; ask for less")
        kept = within(entries, left)
        warnings = list(chosen.warnings)
        if len(kept) < len(entries):
            warnings.append(
                f"{len(kept)} of {len(entries)} {name} are returned: the result would be too long for AWX; choose attributes"
            )
        elif chosen.more:
            warnings.append(f"there are more than {self.most} {name}; raise max_results or choose with filter")
        truncated = chosen.more or not chosen.complete or len(kept) < len(entries)
        return {**result, name: kept, "count": len(kept), "truncated": truncated, "warnings": warnings}

    def _shown(self, snapshots: Iterable[Snapshot], *, members: bool) -> list[dict[str, Any]]:
        return [self.projection.of(shown(self.service, self.resource, snapshot, members=members, among=self.among)) for snapshot in snapshots]
