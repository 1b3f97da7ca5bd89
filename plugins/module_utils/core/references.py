# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which name stands for which id.

Plans name people and groups (``user_name``, ``display_name``), so that a plan can hold a member who does not exist
yet and can be read by a person; SCIM sends ids (``members[].value`` and ``manager.value`` are ids, RFC 7643 sections
4.2 and 4.3). A resource whose name was never needed is called ``id:<its id>``.
"""

from __future__ import annotations

from .errors import NotFound
from .json_values import folded

ID = "id:"


class References:
    """A two-way table of names and ids. Each kind of resource has names of its own: a user may be called as a group is.

    Several threads may learn at once: a name is taken by one of them, in one step (dict.setdefault), without a lock.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], str] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._external_ids: dict[tuple[str, str], str] = {}
        self._expected: dict[tuple[str, str], str] = {}

    def learn(self, kind: str, name: str, resource_id: str) -> str:
        """Remember a resource and return the name by which plans call it.

        A name that looks like an id reference, or that is already taken by another id (group names are not unique),
        is not used: the id is.
        """
        known = self._names.get((kind, resource_id))
        if known is not None:
            return known
        if not name or name.startswith(ID) or self._ids.setdefault((kind, folded(name)), resource_id) != resource_id:
            name = ID + resource_id
        return self._names.setdefault((kind, resource_id), name)

    def expect(self, kind: str, name: str, placeholder: str) -> None:
        """Let something stand for a resource until its id is known, as ``bulkId:`` does (RFC 7644 section 3.7.2)."""
        self._expected[kind, folded(name)] = placeholder

    def disappoint(self, kind: str, name: str) -> None:
        """The resource that was expected did not come."""
        self._expected.pop((kind, folded(name)), None)

    def learn_external_id(self, kind: str, resource_id: str, external_id: str) -> None:
        self._external_ids[kind, resource_id] = external_id

    def external_id(self, kind: str, name: str) -> str:
        """The external id of a resource that plans call by this name, "" if it has none or nobody looked."""
        resource_id = name[len(ID) :] if name.startswith(ID) else self._ids.get((kind, folded(name)), "")
        return self._external_ids.get((kind, resource_id), "")

    def every_name(self, kind: str, name: str) -> tuple[str, ...]:
        """All that is known to stand for a resource that plans call by this name: the name, its id, its external id."""
        resource_id = name[len(ID) :] if name.startswith(ID) else self._ids.get((kind, folded(name)), "")
        called = self._names.get((kind, resource_id), name)
        return tuple(filter(None, (called, resource_id, resource_id and ID + resource_id, self._external_ids.get((kind, resource_id), ""))))

    def name(self, kind: str, resource_id: str) -> str:
        """The name for an id, or ``id:<id>``."""
        return self._names.get((kind, resource_id), ID + resource_id)

    def name_of_member(self, kind: str, value: str) -> str:
        """The name for what a service shows as a member: an id, or what some show instead, the name itself."""
        meant = value if (kind, value) in self._names else self._ids.get((kind, folded(value)), value)
        return self.name(kind, meant)

    def kind(self, resource_id: str) -> str:
        """``Group`` when the id is known to be a group's, else ``User``."""
        return "Group" if ("Group", resource_id) in self._names and ("User", resource_id) not in self._names else "User"

    def id(self, kind: str, name: str) -> str:
        """The id for a name that ``learn`` or ``name`` returned, or what is expected under that name."""
        if name.startswith(ID):
            return name[len(ID) :]
        key = (kind, folded(name))
        found = self._ids.get(key) or self._expected.get(key)
        if found is None:
            raise NotFound(f"{kind} {name!r} does not exist on the service")
        return found
