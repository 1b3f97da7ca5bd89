# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""What a task wants of one resource, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..client.lookup import Identity, Lookup
from ..client.scim import ScimService
from ..core.attributes import REFERENCE
from ..core.desired import Membership
from ..core.errors import InvalidInput
from ..core.patch import Snapshot
from ..core.plan import Canonical, Plan
from ..core.references import ID
from ..core.resources import GROUP, USER, Resource

DELETE = "delete"
DEACTIVATE = "deactivate"
DELETE_OR_DEACTIVATE = "delete_or_deactivate"

_RESOURCES = {resource.kind: resource for resource in (USER, GROUP)}


@dataclass(frozen=True)
class Wish:
    """How one resource shall be.

    attributes: the canonical wish, ``None`` if there shall be no such resource. memberships: by option (``members``).
    absent: what "shall not be" means, one of the constants above. keep_password: only a new user gets the password.
    """

    resource: Resource
    identity: Identity
    attributes: Canonical | None
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    absent: str = DELETE
    keep_password: bool = True

    @property
    def key(self) -> str:
        """The name by which plans, limits and messages call the resource."""
        return self.identity.name or self.identity.external_id or ID + self.identity.id


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
    seen: the resource as it is now, ``None`` if it does not exist (or would not, or not yet).
    unconverged: paths that are not as wished although the service accepted them. unverifiable: paths that the service
    does not show.
    """

    plan: Plan = field(default_factory=Plan)
    changed: bool = False
    requests: list[dict[str, str]] = field(default_factory=list)
    seen: Seen | None = None
    unconverged: list[str] = field(default_factory=list)
    unverifiable: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def resolved(service: ScimService, wish: Wish, warnings: list[str]) -> Wish:
    """The wish with everybody whom it refers to looked up, in few requests, before anything is written.

    Unknown names are refused, all in one message. On a read-only connection they are a warning: in a playbook under
    ``--check``, an earlier task may be about to create them.
    """
    wanted: dict[str, dict[str, None]] = {"User": {}, "Group": {}}
    references = [
        attribute
        for attribute in wish.resource.attributes
        if attribute.kind == REFERENCE and (wish.attributes or {}).get(attribute.option)
    ]
    for attribute in references:
        wanted[attribute.target][(wish.attributes or {})[attribute.option]] = None
    for option, membership in wish.memberships.items():
        wanted[wish.resource.attribute(option).target].update(dict.fromkeys(membership.names()))
    names = {
        kind: Lookup(service, _RESOURCES[kind], ("members",) if kind == "Group" else ()).resolve(of_kind) if of_kind else {}
        for kind, of_kind in wanted.items()
    }

    def known(option: str, target: str, given: tuple[str, ...]) -> tuple[str, ...]:
        missing = [name for name in given if name not in names[target]]
        if missing:
            said = f"{option}: no {target.lower()} {', '.join(map(repr, missing[:20]))} on the service"
            if not service.read_only:
                raise InvalidInput(f"{said}; create them first, or name them by user_name, external_id or id:<id>")
            warnings.append(f"{said} yet; without --check this task fails unless an earlier one creates them")
            for name in missing:
                names[target][name] = service.references.learn(target, name, f"(the id of {name})")
        return tuple(names[target][name] for name in given)

    attributes = dict(wish.attributes or {})
    for attribute in references:
        (attributes[attribute.option],) = known(attribute.option, attribute.target, (attributes[attribute.option],))
    memberships = {}
    for option, membership in wish.memberships.items():
        target = wish.resource.attribute(option).target
        # Somebody who does not exist is a member of nothing, unless a deleted person's id was left behind.
        leaving = (names[target].get(name, ID + name.removeprefix(ID)) for name in membership.remove)
        memberships[option] = Membership(
            known(f"{option}.add", target, membership.add),
            tuple(leaving),
            None if membership.set is None else known(f"{option}.set", target, membership.set),
        )
    return replace(wish, attributes=None if wish.attributes is None else attributes, memberships=memberships)


def names_of(seen: Seen | None) -> tuple[Any, ...]:
    """Every name under which a resource is known on the service, for the list of protected ones."""
    if seen is None:
        return ()
    found = (seen.id, *(seen.canonical.get(path) for path in ("user_name", "external_id")))
    return tuple(name for name in found if name)
