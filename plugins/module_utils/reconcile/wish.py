# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task wants of one resource, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..client.lookup import Identity
from ..core.desired import Membership
from ..core.errors import InvalidInput
from ..core.plan import Canonical, Plan
from ..core.references import ID
from ..core.resources import Resource
from ..core.writes import Snapshot

EXISTENCE = "(existence)"  # stands for the resource itself among paths

DELETE = "delete"
DEACTIVATE = "deactivate"
DELETE_OR_DEACTIVATE = "delete_or_deactivate"


@dataclass(frozen=True)
class Wish:
    """How one resource shall be.

    attributes: the canonical wish, ``None`` if there shall be no such resource. memberships: by option (``members``).
    absent: what "shall not be" means, one of the constants above. keep_password: only a new user gets the password.
    called: a key that tells it apart where its names are those of another one, too.
    """

    resource: Resource
    identity: Identity
    attributes: Canonical | None
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    absent: str = DELETE
    keep_password: bool = True
    called: str = ""

    def __post_init__(self) -> None:
        """Nobody is meant by empty names: "absent" would be true of nobody at once, and look like success."""
        if self.identity == Identity():
            kind = self.resource.kind.lower()
            raise InvalidInput(f"id, external_id and {self.resource.name} are empty; give at least one, to say which {kind} is meant")

    @property
    def key(self) -> str:
        """The name by which plans, limits and messages call the resource."""
        return self.called or self.identity.name or self.identity.external_id or ID + self.identity.id


@dataclass(frozen=True)
class Seen:
    """A resource as it was read. members_shown: whether the service shows who its members are."""

    snapshot: Snapshot
    canonical: Canonical
    members_shown: bool = True

    @property
    def id(self) -> str:
        return self.snapshot.id


@dataclass
class Outcome:
    """What a task did, or would do on a read-only connection.

    plan: from how it was to how it shall be. requests: the writes that were sent or are predicted, without bodies.
    seen: the resource as it is now, ``None`` if it does not exist (or would not, or not yet). id: its id, once it is known.
    unconverged: paths that are not as wished although the service accepted them. unverifiable: paths that the service
    does not show.
    """

    plan: Plan = field(default_factory=Plan)
    changed: bool = False
    requests: list[dict[str, str]] = field(default_factory=list)
    seen: Seen | None = None
    id: str = ""
    unconverged: list[str] = field(default_factory=list)
    unverifiable: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def names_of(seen: Seen | None) -> tuple[Any, ...]:
    """Every name under which a resource is known on the service, for the list of protected ones."""
    if seen is None:
        return ()
    found = (seen.id, ID + seen.id, *(seen.canonical.get(path) for path in ("user_name", "external_id")))
    return tuple(name for name in found if name)
