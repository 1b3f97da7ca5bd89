# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All resources of one type: read to the end at most once, and found in it by id, externalId and name."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.errors import Unreachable
from ..core.json_values import folded
from ..core.resources import Resource
from ..core.wire import attribute_of
from ..core.writes import Snapshot
from .paging import Listing
from .scim import ScimService


class CompleteList:
    """The list of one endpoint. excluded: attributes that are left out of it, such as the members of groups."""

    def __init__(self, service: ScimService, resource: Resource, excluded: tuple[str, ...] = ()) -> None:
        self.service = service
        self.resource = resource
        self.excluded = excluded
        self._everyone: list[Snapshot] | None = None
        self._listing: Listing | None = None
        self._index: dict[tuple[str, str], list[Snapshot]] = {}

    @property
    def is_read(self) -> bool:
        return self._everyone is not None

    @property
    def shows_nobody(self) -> bool:
        """Whether it was read, and is empty."""
        return self._everyone == []

    def forget(self) -> None:
        """Read it again when it is needed next."""
        self._everyone, self._index = None, {}

    def everyone(self) -> list[Snapshot]:
        """All resources. A list that is known to be incomplete is an error, not an answer."""
        if self._everyone is None:
            self.service.discover()
            listing = self.service.listing(self.resource, excluded=self.excluded)
            found = [self.service.snapshot(self.resource, body) for body in listing]
            if not listing.complete:
                raise Unreachable(
                    f"{self.resource.endpoint} could not be read to its end ({len(found)} read): the service's paging is broken, "
                    "or max_scan is too low; name the resource by its id"
                )
            self.take(found, listing)
        return self._everyone or []

    def read_ahead(self, questions: int) -> None:
        """Read the list ahead of many questions, as far as that takes no more requests than asking them one by one.

        A list whose end cannot be shown is dropped; the questions are then asked.
        """
        self.service.discover()
        listing = self.service.listing(self.resource, excluded=self.excluded)
        found = []
        for body in listing:
            if listing.pages > questions:
                return
            found.append(self.service.snapshot(self.resource, body))
        if listing.complete:
            self.take(found, listing)

    def take(self, everyone: list[Snapshot], listing: Listing) -> None:
        """This is the list, as it was read already."""
        self._everyone, self._listing = everyone, listing

    def is_cut_off(self) -> bool:
        """Whether there is more, though the service says that this is all; see Listing."""
        return self.is_read and self._listing is not None and self._listing.is_cut_off()

    def pages(self, more: int = 0) -> int:
        """How many requests reading it again takes once so many more are in it; 0 if it was not read."""
        if self._everyone is None or self._listing is None:
            return 0
        size = -(-len(self._everyone) // max(self._listing.pages, 1))
        if self._listing.pages == 1:
            size = max(size, self.service.known.number("page_size"))
        return max(1, -(-(len(self._everyone) + more) // max(size, 1)))

    def by(self, wire: str, value: str) -> Sequence[Snapshot]:
        """Those whose id, externalId or name is this."""
        everyone = self.everyone()
        if not self._index:
            index: dict[tuple[str, str], list[Snapshot]] = {}
            for snapshot in everyone:
                index["id", snapshot.id] = [snapshot]
                for known in ("externalId", self.resource.attribute(self.resource.name).wire):
                    index.setdefault((known, form(known, attribute_of(snapshot.body, known))), []).append(snapshot)
            self._index = index  # whole at once: several threads may ask
        return self._index.get((wire, form(wire, value)), [])

    def by_id(self, resource_id: str) -> Snapshot | None:
        """The resource with an id, ``None`` if it is not in the list, or the list was not read."""
        return next(iter(self.by("id", resource_id)), None) if self.is_read else None


def has(snapshot: Snapshot, wire: str, value: str) -> bool:
    """Whether a resource really has the value."""
    return form(wire, attribute_of(snapshot.body, wire)) == form(wire, value)


def form(wire: str, value: object) -> str:
    """How values are compared: externalId and id to the letter, names without regard to case (RFC 7643 sections 3.1, 4.1.1)."""
    text = "" if value is None else str(value)
    return text if wire in ("externalId", "id") else folded(text)
