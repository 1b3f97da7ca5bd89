# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which resources a task asks about: one by its identity, those that a filter selects, or all.

What the service sends is never more than what was asked for: one by identity is verified, and a service that ignores
filters is found out, because everybody would be taken for those who were meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..client.lookup import FILTER_REFUSED, Identity, Lookup
from ..client.scim import ScimService
from ..core.errors import InvalidInput, Refused, ServerError
from ..core.filters import eq, misnamed
from ..core.resources import Resource
from ..core.writes import Snapshot

# Nobody has this name: ``.invalid`` is reserved (RFC 2606 section 2).
NOBODY = "nobody@identityops.invalid"


@dataclass
class Selection:
    """Resources that were asked for. more: there are others beyond the most that were to be read. complete: the service
    showed its list to the end. unverifiable: that there is nobody cannot be told."""

    snapshots: list[Snapshot]
    more: bool = False
    complete: bool = True
    unverifiable: bool = False
    warnings: list[str] = field(default_factory=list)


def identity_of(resource: Resource, options: Mapping[str, Any]) -> Identity | None:
    """The one resource that a task names, ``None`` if it names none.

    An empty key is refused: it is a variable that was not set, and would otherwise ask for everybody.
    """
    keys = ("id", "external_id", resource.name)
    given = {key: options[key] for key in keys if options.get(key) is not None}
    if not given:
        return None
    if not any(given.values()):
        raise InvalidInput(f"{' and '.join(given)}: empty; leave it out to ask for all {resource.kind.lower()}s")
    return Identity(*(str(given.get(key) or "") for key in keys))


def one(service: ScimService, resource: Resource, identity: Identity, excluded: tuple[str, ...] = ()) -> Selection:
    """The resource with this identity, or nobody. That there is nobody is made sure of; see Lookup.find."""
    lookup = Lookup(service, resource, excluded)
    found = lookup.find(identity, prove=True)
    doubt = "" if found else lookup.cannot_tell(identity)
    return Selection([found] if found else [], unverifiable=bool(doubt), warnings=[doubt] if doubt else [])


def several(
    service: ScimService,
    resource: Resource,
    most: int,
    *,
    filter: str = "",
    attributes: tuple[str, ...] = (),
    excluded: tuple[str, ...] = (),
) -> Selection:
    """The resources that a filter selects, or all of them; at most so many."""
    for attribute in misnamed(filter, resource.attributes):
        raise InvalidInput(f"filter: {attribute.option} is the name of an option; in a filter it is {attribute.wire}")
    service.discover()
    left_out = () if attributes else excluded  # RFC 7644 section 3.9: one or the other
    ahead = min(most + 1, service.max_scan)
    listing = service.listing(resource, filter=filter, attributes=attributes, excluded=left_out, most=ahead)
    chosen = Selection([])
    try:
        for body in listing:
            if len(chosen.snapshots) == most:
                chosen.more = True
                break
            chosen.snapshots.append(service.snapshot(resource, body))
    except ServerError as error:
        if attributes and not chosen.snapshots and error.status in FILTER_REFUSED:
            # SCIMMY cannot choose attributes of an extension. What is not wanted is left out of the result anyway.
            return several(service, resource, most, filter=filter, excluded=excluded)
        if not filter or error.status not in FILTER_REFUSED:
            raise
        raise InvalidInput(
            f"filter: the service refuses {filter!r} ({error}); correct it, or leave filter out and choose with query, "
            "which is applied here"
        ) from None
    chosen.complete = listing.complete or chosen.more
    if filter and chosen.snapshots and _ignores_filters(service, resource):
        raise Refused(
            f"filter: the service ignores filters and answers {filter!r} with everybody; leave filter out and choose with "
            "query, which is applied here"
        )
    if not chosen.complete:
        chosen.warnings.append(
            f"{resource.endpoint} could not be read to its end ({len(chosen.snapshots)} read): the service's paging is "
            "broken, or max_scan is too low; there may be more"
        )
    return chosen


def _ignores_filters(service: ScimService, resource: Resource) -> bool:
    """Whether the service finds somebody who cannot exist."""
    try:
        return bool(service.search(resource, eq(resource.attribute(resource.name).wire, NOBODY)))
    except ServerError:
        return False
