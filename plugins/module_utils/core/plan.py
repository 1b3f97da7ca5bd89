# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan is a value: what has to be done so that what is observed becomes what is desired.

``plan`` is pure. Check mode, diff, digest and summary are derived from its result; only ``reconcile`` lets a plan
meet a server.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .json_values import is_absent, settled

CREATE = "create"
UPDATE = "update"
DELETE = "delete"
DEACTIVATE = "deactivate"  # no verb of its own: an update that ends "active"
HIDDEN = "(hidden)"  # what people see in the place of a secret

Canonical = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One attribute that changes. ``after`` is its whole new value, ``None`` if it is removed."""

    path: str
    before: Any = field(repr=False)
    after: Any = field(repr=False)
    secret: bool = False

    def shown(self) -> dict[str, Any]:
        """The change as people may see it."""
        if self.secret:
            return {"path": self.path, "before": HIDDEN, "after": HIDDEN}
        return {"path": self.path, "before": self.before, "after": self.after}

    def settled(self) -> tuple[str, Any, Any]:
        """The change as digests see it: in one form, in whatever order a service listed the values."""
        if self.secret:
            return self.path, HIDDEN, HIDDEN
        return self.path, settled(self.before), settled(self.after)


@dataclass(frozen=True)
class Operation:
    """One thing to do to one resource.

    verb: CREATE, UPDATE or DELETE. kind: the resource type. key: the identity by which the task names it.
    before, after: the canonical resource, ``None`` where there is none. changes: what differs between the two.
    """

    verb: str
    kind: str
    key: str
    before: Canonical | None = field(repr=False)
    after: Canonical | None = field(repr=False)
    changes: tuple[Change, ...] = ()

    @property
    def effect(self) -> str:
        """The verb for people: who may not sign in any more is not merely updated."""
        ends = any(change.path == "active" and change.after is False for change in self.changes)
        return DEACTIVATE if self.verb == UPDATE and ends else self.verb

    @property
    def whom(self) -> tuple[str, str]:
        """The external id and the name of who is there: somebody else may come to bear a name after a plan was approved."""
        there = self.before or {}
        return str(there.get("external_id") or ""), str(there.get("user_name") or there.get("display_name") or "")

    def shown(self) -> dict[str, Any]:
        """The operation as people may see it."""
        changes = [change.shown() for change in self.changes]
        return {"verb": self.verb, "kind": self.kind, "key": self.key, "changes": changes}


class ResourceType(Protocol):
    """What a plan has to know of the things it plans for."""

    @property
    def kind(self) -> str:
        """Its name: ``User``."""

    def changes(self, seen: Canonical, wish: Canonical) -> tuple[Change, ...]:
        """What has to change so that ``seen`` is as wished."""

    def created(self, wish: Canonical) -> dict[str, Any]:
        """What a resource made from a wish looks like."""

    def secrets(self) -> frozenset[str]:
        """Paths whose values are never shown."""


@dataclass(frozen=True)
class Plan:
    """Operations in the order in which they are carried out."""

    operations: tuple[Operation, ...] = ()

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __len__(self) -> int:
        return len(self.operations)

    def __add__(self, other: Plan) -> Plan:
        return Plan(self.operations + other.operations)

    def counts(self) -> dict[str, int]:
        """How many operations of each verb: ``{"create": 2, "update": 1}``."""
        return dict(Counter(operation.verb for operation in self.operations))

    def digest(self, about: str = "") -> str:
        """SHA-256 over ``about`` and the operations as lines of canonical JSON: equal plans, equal digests, and no secret.

        about: the URL of the service, so that an approval for one service is none for another. Of those who are there,
        their external id and name count as well: another one of that name has to be approved again. The order of the
        operations does not count, nor that of the values of a multi-valued attribute (RFC 7643 section 2.4): services
        list them as they like, and that is no reason to approve a plan again.
        """
        encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=list).encode
        lines = []
        for op in self.operations:
            text = encode([op.kind, op.verb, op.key, [change.settled() for change in op.changes], op.whom])
            lines.append((op.kind, op.verb, op.key, text))
        hashed = hashlib.sha256(encode(about).encode())
        for line in sorted(lines):
            hashed.update(b"\n" + line[-1].encode())  # no line break is left in JSON, so no two plans give one text
        return hashed.hexdigest()


def plan(resource: ResourceType, desired: Mapping[str, Canonical | None], observed: Mapping[str, Canonical]) -> Plan:
    """What to do to make ``desired`` true.

    desired: by key, the wish for a resource, or ``None`` if it shall not exist. Keys that are not named are left alone.
    observed: by key, the resources that exist.
    Deterministic: the order of the operations is the order of the keys, removals last.
    """
    writes, removals = [], []
    for key in sorted(desired):
        wish, seen = desired[key], observed.get(key)
        if wish is None:
            if seen is not None:
                removals.append(Operation(DELETE, resource.kind, key, seen, None))
        elif seen is None:
            after = resource.created(wish)
            secrets = resource.secrets()
            changes = tuple(Change(path, None, value, path in secrets) for path, value in after.items())
            writes.append(Operation(CREATE, resource.kind, key, None, after, changes))
        else:
            changes = resource.changes(seen, wish)
            if changes:
                after = {**seen, **{change.path: change.after for change in changes}}
                writes.append(Operation(UPDATE, resource.kind, key, seen, after, changes))
    return Plan(tuple(writes + removals))


def simulate(the_plan: Plan, observed: Mapping[str, Canonical]) -> dict[str, Canonical]:
    """What would be observed after the plan was carried out on an obedient server, which shows no secret."""
    result = dict(observed)
    for operation in the_plan:
        if operation.after is None:
            result.pop(operation.key, None)
        else:
            hidden = {change.path for change in operation.changes if change.secret}
            shown = {path: value for path, value in operation.after.items() if path not in hidden}
            result[operation.key] = {path: value for path, value in shown.items() if not is_absent(value)}
    return result
