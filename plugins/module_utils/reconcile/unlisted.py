# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is on the service, is owned by the task, and is not listed by it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..client.lookup import Identity
from ..core.json_values import folded
from ..core.ownership import Ownership
from ..core.resources import Resource
from ..core.wire import attribute_of
from ..core.writes import Snapshot
from .wish import Wish


def unlisted(
    resource: Resource,
    everyone: Sequence[Snapshot],
    listed: Sequence[Wish],
    found: Collection[str],
    owner: Ownership,
    absent: str,
) -> Iterator[Wish]:
    """The wish that they be gone, for each who is not listed.

    everyone: the whole list of the service. found: the ids of those that are listed and were found. absent: what "gone"
    means. Whoever bears the name or the external id of a listed entry counts as listed, in whatever spelling: the entry
    may be in doubt, and what is in doubt is not removed.
    """
    names = {folded(name) for wish in listed for name in (wish.identity.name, wish.identity.external_id) if name}
    ids = {wish.identity.id for wish in listed if wish.identity.id} | set(found)
    wire = resource.attribute(resource.name).wire
    for snapshot in everyone:
        name, external_id = (str(attribute_of(snapshot.body, attribute) or "") for attribute in (wire, "externalId"))
        if snapshot.id in ids or folded(name) in names or folded(external_id) in names or not owner.owns(snapshot.body):
            continue
        yield Wish(resource, Identity(snapshot.id, external_id, name), None, absent=absent)
