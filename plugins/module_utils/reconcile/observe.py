# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a resource is now: finding it, reading it, and seeing its members where the service shows them at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..client.complete_list import CompleteList
from ..client.lookup import Identity, Lookup
from ..client.scim import ScimService
from ..client.unkept import Unkept
from ..core.desired import Membership
from ..core.errors import InvalidInput, LifecycleError
from ..core.filters import all_of, eq
from ..core.references import ID
from ..core.resources import GROUP, USER, Resource
from ..core.wire import as_list, attribute_of, id_of, member_kind
from ..core.writes import Snapshot
from .wish import Seen

HIDDEN_MEMBERS = "(members are not shown)"
_ONE_BY_ONE = 20  # beyond that many strangers, reading the list is cheaper


class Observer:
    """Reads one kind of resource with an eye on certain memberships, which are resolved."""

    def __init__(
        self,
        service: ScimService,
        resource: Resource,
        memberships: Mapping[str, Membership],
        unkept: Unkept,
        lookup: Lookup | None = None,
    ) -> None:
        self.service = service
        self.resource = resource
        self.memberships = memberships
        self.unkept = unkept
        self._members: Snapshot | None = None
        # A group may have ten thousand members: they are read only when the task is about them.
        excluded = ("members",) if resource is GROUP and not memberships else ()
        self.lookup = lookup or Lookup(service, resource, excluded)

    def find(self, identity: Identity, *, prove: bool = False, thorough: bool = False) -> Seen | None:
        """The resource that is meant; see Lookup.find."""
        snapshot = self.lookup.find(identity, prove=prove, thorough=thorough)
        if snapshot is None:
            return None
        return self._seen(self._with_members(snapshot))

    def _with_members(self, snapshot: Snapshot) -> Snapshot:
        """A list may leave out what a single resource shows."""
        if self.memberships and self._members_read == "group" and attribute_of(snapshot.body, "members") is None:
            return self.service.get(self.resource, snapshot.id) or snapshot
        return snapshot

    def forget(self) -> None:
        """Trust no list that was read before: something was written since. Other tasks may go on with theirs."""
        self.lookup = Lookup(self.service, self.resource, self.lookup.excluded)

    def again(self, resource_id: str) -> Seen | None:
        """The resource as it is now."""
        snapshot = self.service.get(self.resource, resource_id, excluded=self.lookup.excluded)
        return self._seen(snapshot) if snapshot else None

    def listed(self, resource_id: str) -> Seen | None:
        """The resource as the list of this observer's lookup shows it, ``None`` if it is not in the list."""
        snapshot = self.lookup.all.by_id(resource_id)
        return self._seen(self._with_members(snapshot)) if snapshot else None

    def whole(self, seen: Seen) -> Seen | None:
        """Everything that the service shows of a resource: what a PUT has to send back."""
        snapshot = self.service.get(self.resource, seen.id)
        return self._seen(snapshot) if snapshot else None

    def named_again(self, seen: Seen) -> Seen:
        """The same with the names that were learned since it was read: what is planned depends on no order of reading."""
        canonical = self.resource.from_wire(seen.snapshot.body, self.service.references)
        hidden = self.memberships if not seen.members_shown or self._members_read != "group" else ()
        return replace(seen, canonical={**canonical, **{option: seen.canonical[option] for option in hidden if option in seen.canonical}})

    def unseen_removals(self, seen: Seen) -> list[str]:
        """Memberships of which nobody can tell whether they ended: the group shows no member, as every other one does.

        A service that shows no members at all is not to be told from one whose groups are empty.
        """
        asked = [option for option, membership in self.memberships.items() if membership.remove or membership.set is not None]
        in_sight = attribute_of(seen.snapshot.body, "members") or not seen.members_shown or self._members_read != "group"
        if not asked or in_sight:
            return []
        with contextlib.suppress(LifecycleError):
            if any(attribute_of(body, "members") for body in self.service.listing(GROUP, most=1)):
                return []
        return asked

    @property
    def _members_read(self) -> str:
        return self.service.known.text("members_read")

    def _seen(self, snapshot: Snapshot) -> Seen:
        references = self.service.references
        if not self.memberships:
            return Seen(snapshot, self.resource.from_wire(snapshot.body, references))
        self._name_strangers(snapshot)
        canonical = self.resource.from_wire(snapshot.body, references)
        read = self._members_read
        # What was remembered is no more true once a member is seen.
        in_sight = any(canonical.get(option) for option in self.resource.memberships)
        if read == "none" or (not in_sight and self.unkept.knows("Group", snapshot.id, HIDDEN_MEMBERS, True, True)):
            self._refuse_set("does not show the members of a group")
            # Who shall go is taken for a member: a removal that cannot be seen to be needless has to be sent.
            named = {option: tuple(sorted(membership.remove)) for option, membership in self.memberships.items()}
            assumed = {option: members for option, members in named.items() if members}
            return Seen(snapshot, {**canonical, **assumed}, members_shown=False)
        if read == "filter":
            self._refuse_set("tells only of one member at a time")
            asked = {option: self._asked(snapshot.id, option) for option in self.memberships}
            return Seen(snapshot, {**canonical, **asked})
        return Seen(snapshot, canonical)

    def _refuse_set(self, why: str) -> None:
        for option, membership in self.memberships.items():
            if membership.set is not None:
                raise InvalidInput(f"{option}.set: this service {why}, so nobody can tell who is too many; use add and remove")

    def _asked(self, group_id: str, option: str) -> tuple[str, ...]:
        """Which of the named are members, by a filter for each (AWS shows memberships in no other way)."""
        attribute = self.resource.attribute(option)
        members = []
        for name in self.memberships[option].names():
            member_id = self.service.references.id(attribute.target, name)
            found = self.service.search(self.resource, all_of(eq("id", group_id), eq("members", member_id)), ("members",))
            if any(snapshot.id == group_id for snapshot in found):
                members.append(name)
        return tuple(sorted(members))

    def _name_strangers(self, snapshot: Snapshot) -> None:
        """Learn who is about to lose a membership through ``set``: by name for people to read and for limits to match.

        It also tells users from nested groups where the service leaves out the type of a member.
        """
        if any(membership.set is not None for membership in self.memberships.values()):
            self._meet(snapshot)

    def names_of_members(self, group: Seen) -> Iterator[str]:
        """Every name of everybody who is in a group: they lose their membership when it is deleted."""
        if self._members is None:
            self._members = self.service.get(GROUP, group.id) or group.snapshot
            self._meet(self._members)
        references = self.service.references
        for item in as_list(attribute_of(self._members.body, "members") or ()):
            kind = member_kind(item, references)
            yield from references.every_name(kind, references.name(kind, id_of(item)))

    def _meet(self, snapshot: Snapshot) -> None:
        """Learn the name of every member of a group."""
        references = self.service.references
        ids = [id_of(item) for item in as_list(attribute_of(snapshot.body, "members") or ())]
        strangers = [i for i in ids if references.name("User", i) == ID + i and references.name("Group", i) == ID + i]
        if len(strangers) > _ONE_BY_ONE:
            for resource in (USER, GROUP):
                CompleteList(self.service, resource, ("members",) if resource is GROUP else ()).everyone()
        else:
            self._ask_for(strangers)

    def _ask_for(self, ids: Iterable[str]) -> None:
        for resource_id in ids:
            if self.service.get(USER, resource_id) is None:
                self.service.get(GROUP, resource_id, excluded=("members",))
