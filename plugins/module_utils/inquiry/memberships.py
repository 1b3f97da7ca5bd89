# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which groups one person is in, and whether that answer can be relied on.

This is what somebody who leaves is measured by: an empty answer that is wrong is worse than none. So "in no group" is
said only after the list of groups was read to its end on a service that shows members, or after a service of which it
is known that it answers questions about members was asked about each group. Everything else is ``unverifiable``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..client.lookup import FILTER_REFUSED, Identity, Lookup
from ..client.scim import ScimService
from ..core.errors import ServerError
from ..core.filters import all_of, eq
from ..core.references import ID
from ..core.resources import GROUP, USER
from ..core.wire import as_list, attribute_of, id_of, is_group
from ..core.writes import Snapshot
from .members import MEMBERS_HIDDEN, members_of, with_members

# A well-formed id that nobody has: services that check the form of an id answer a question about it.
NOBODYS_ID = "ffffffff-ffff-4fff-bfff-ffffffffffff"

# Where memberships were read.
BY_FILTER, BY_LIST, BY_QUESTIONS, BY_USER = "filter", "groups", "questions", "user"


@dataclass(frozen=True)
class Person:
    """Who is asked about. id: "" if nobody was found. user: the user, ``None`` if there is none (any more)."""

    id: str
    user: Snapshot | None

    def shown(self) -> dict[str, Any]:
        body: Mapping[str, Any] = self.user.body if self.user else {}
        names = {"user_name": attribute_of(body, "userName"), "external_id": attribute_of(body, "externalId")}
        return {"exists": self.user is not None, "id": self.id, **{k: str(v) for k, v in names.items() if v}}


@dataclass
class Memberships:
    """The groups of a person. unverifiable: there may be others. read_from: where they were seen, as above."""

    groups: list[Snapshot] = field(default_factory=list)
    unverifiable: bool = False
    read_from: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def doubt(self, why: str) -> None:
        self.unverifiable = True
        self.warnings.append(f"memberships cannot be verified: {why}")


def person_named(service: ScimService, name: str) -> Person:
    """The user with this user_name or external_id, or with the id that follows ``id:``. Deleted users keep memberships
    on some services, so an id is taken even if nobody has it any more."""
    if name.startswith(ID):
        wanted = name[len(ID) :]
        return Person(wanted, service.get(USER, wanted))
    lookup = Lookup(service, USER)
    called = lookup.resolve([name]).get(name)
    if called is not None:
        resource_id = service.references.id("User", called)
        return Person(resource_id, service.get(USER, resource_id))
    found = lookup.find(Identity(name=name), prove=True) or lookup.find(Identity(external_id=name), prove=True)
    return Person(found.id if found else "", found)


def memberships_of(service: ScimService, person: Person) -> Memberships:
    """The groups that the person is a member of, directly: nested groups are not expanded."""
    result = Memberships()
    if not person.id or not service.known.flag("groups"):
        return result
    read = service.known.text("members_read")
    if read == "none":
        result.doubt("this service does not show who is in a group (capabilities.members_read: none)")
    elif read == "filter":
        _ask_each_group(service, person, result)
    else:
        _read(service, person, result)
    _add_what_the_user_says(service, person, result)
    return result


# -- groups that show their members ---------------------------------------------------------------------------------------


def _read(service: ScimService, person: Person, result: Memberships) -> None:
    found = _by_filter(service, person)
    if found:
        result.groups, result.read_from = found, [BY_FILTER]
        return
    groups = _list(service, result)
    groups, shown = with_members(service, groups)
    result.groups = [group for group in groups if _has(group, person)]
    result.read_from = [BY_LIST]
    if not shown:
        result.doubt(MEMBERS_HIDDEN)
    elif not all(id_of(member) or attribute_of(member, "$ref") for group in groups for member in members_of(group)):
        result.doubt("groups show members without their ids")


def _by_filter(service: ScimService, person: Person) -> list[Snapshot]:
    """The groups that a filter finds; none where its answer proves nothing. "In no group" is never a filter's word."""
    if not service.known.flag("filter"):
        return []
    found = _filtered(service, person.id) or []
    others = [group for group in found if not _has(group, person)]
    if not others:
        return found
    if any(map(members_of, others)) or _filtered(service, NOBODYS_ID) != []:
        return []  # the filter is ignored, or may be
    return found  # members are not shown, and the filter tells who has this one from who has not


def _filtered(service: ScimService, member_id: str) -> list[Snapshot] | None:
    """What the filter finds, ``None`` if it is refused or its list has no end."""
    listing = service.listing(GROUP, filter=eq("members.value", member_id))
    try:
        found = [service.snapshot(GROUP, body) for body in listing]
    except ServerError as error:
        if error.status not in FILTER_REFUSED:
            raise
        return None
    return found if listing.complete else None


def _has(group: Snapshot, person: Person) -> bool:
    """Whether a group shows the person among its members: by id, or by user_name, which some services show instead.

    Letter case does not count, as in GUIDs: taking one too many for a member is safe, missing one is not.
    """
    names = {person.id.casefold(), str(person.shown().get("user_name", "")).casefold()} - {""}
    for member in members_of(group):
        reference = str(attribute_of(member, "$ref") or "").rstrip("/").rpartition("/")[2]
        if not is_group(member) and names & {id_of(member).casefold(), reference.casefold()}:
            return True
    return False


def _list(service: ScimService, result: Memberships, excluded: tuple[str, ...] = ()) -> list[Snapshot]:
    """All groups. A list that could not be read to its end, or not at all, leaves the answer in doubt."""
    service.discover()
    listing = service.listing(GROUP, excluded=excluded)
    try:
        groups = [service.snapshot(GROUP, body) for body in listing]
    except ServerError as error:
        if error.status != 404:
            raise
        result.doubt(f"{error}; if the service has no groups, say so with capabilities.groups: false")
        return []
    if not listing.complete:
        result.doubt(
            f"{GROUP.endpoint} could not be read to its end ({len(groups)} read): the service's paging is broken, or max_scan "
            "is too low"
        )
    return groups


# -- groups that only answer questions ------------------------------------------------------------------------------------


def _ask_each_group(service: ScimService, person: Person, result: Memberships) -> None:
    """One question for each group, which is how AWS tells of memberships."""
    groups = _list(service, result, ("members",))
    result.read_from = [BY_QUESTIONS]
    try:
        if groups and _says_yes_to_everything(service, groups[0]):
            result.doubt("the service ignores the filter that asks whether somebody is in a group")
            return
        result.groups = [group for group in groups if _is_member(service, group, person.id)]
    except ServerError as error:
        if error.status not in FILTER_REFUSED:
            raise
        result.doubt(f"the service refuses the question whether somebody is in a group: {error}")


def _says_yes_to_everything(service: ScimService, group: Snapshot) -> bool:
    try:
        return _is_member(service, group, NOBODYS_ID)
    except ServerError:
        return False


def _is_member(service: ScimService, group: Snapshot, member_id: str) -> bool:
    question = all_of(eq("id", group.id), eq("members", member_id))
    return any(found.id == group.id for found in service.search(GROUP, question, ("members",)))


# -- what the user's own record says ----------------------------------------------------------------------------------------


def _add_what_the_user_says(service: ScimService, person: Person, result: Memberships) -> None:
    """Groups that only the user's record names (RFC 7643 section 4.1.2). It never proves that there are no others.

    An entry that does not say "direct" may come from a nested group; it counts where nothing better is to be had.
    """
    known = {group.id for group in result.groups}
    for entry in as_list((attribute_of(person.user.body, "groups") if person.user else None) or []):
        resource_id = id_of(entry)
        kind = str(attribute_of(entry, "type") or "").lower()
        if not resource_id or resource_id in known or kind == "indirect" or (kind != "direct" and not result.unverifiable):
            continue
        known.add(resource_id)
        display = attribute_of(entry, "display") if isinstance(entry, Mapping) else None
        group = service.get(GROUP, resource_id, excluded=("members",))
        result.groups.append(group or Snapshot(resource_id, {"id": resource_id, "displayName": display}))
        if BY_USER not in result.read_from:
            result.read_from.append(BY_USER)
