# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run about many resources: what it is about, how it goes about it, and what came of it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core.brakes import Population
from ..core.errors import LifecycleError
from ..core.ownership import Ownership
from ..core.plan import Plan
from ..core.resources import LISTS
from ..core.shards import Shard
from .task import Task
from .wish import Wish

KEEP = "keep"


@dataclass(frozen=True)
class Extent:
    """Whom a run is about beside those who are listed.

    unlisted: by kind, what becomes of those that it owns and does not list: KEEP, DEACTIVATE or DELETE. ownership: by
    kind, which are its own. shard: the part that it carries out, ``None`` for all.
    """

    unlisted: Mapping[str, str] = field(default_factory=dict)
    ownership: Mapping[str, Ownership] = field(default_factory=dict)
    shard: Shard | None = None

    def owner(self, kind: str) -> Ownership:
        return self.ownership.get(kind) or Ownership(kind=LISTS[kind])


@dataclass(frozen=True)
class Pace:
    """How a run writes. concurrency: how many at the same time. bulk: auto, always or never. max_failures: 0 for no end."""

    concurrency: int = 1
    bulk: str = "never"
    max_failures: int = 0


@dataclass
class Directory:
    """The tasks of a run, in the order in which they are carried out, and what came of them.

    failures: who failed, and why. not_attempted: who was not attempted any more, and why. ignored: how many listed entries the
    run leaves alone because of ``ignore``. elsewhere: by kind, the names of those who do not exist and belong to other shards.
    """

    users: list[Task] = field(default_factory=list)
    groups: list[Task] = field(default_factory=list)
    removals: list[Task] = field(default_factory=list)
    failures: list[tuple[Task, LifecycleError]] = field(default_factory=list)
    not_attempted: list[tuple[Task, str]] = field(default_factory=list)
    population: Population = Population(0, 0, 0)
    ignored: int = 0
    elsewhere: dict[str, set[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def tasks(self) -> list[Task]:
        return [*self.users, *self.groups, *self.removals]

    @property
    def plan(self) -> Plan:
        """Everything that is to do, as one value."""
        return Plan(tuple(operation for task in self.tasks for operation in task.outcome.plan))

    def keep(self, shard: Shard | None) -> None:
        """Leave everything to the others that is not of a shard. Limits have looked at the whole before."""
        if shard is None:
            return
        others = [task for task in self.tasks if not shard.owns(shard_key(task.wish))]
        self.users, self.groups, self.removals = (
            [task for task in tasks if shard.owns(shard_key(task.wish))] for tasks in (self.users, self.groups, self.removals)
        )
        self.failures = [(task, problem) for task, problem in self.failures if shard.owns(shard_key(task.wish))]
        for task in others:
            if task.seen is None:
                self.elsewhere.setdefault(task.resource.kind, set()).add(task.wish.key)


def shard_key(wish: Wish) -> str:
    """What says to which shard a resource belongs: the key that it keeps longest."""
    identity = wish.identity
    return identity.external_id or identity.name or identity.id


class Watch:
    """Hears what a run does while it does it. This one lets it pass; the runner has one that writes it down."""

    def step(self, name: str, total: int = 0) -> None:
        """A step begins. total: how many resources it is about."""

    def done(self, task: Task, problem: LifecycleError | None = None) -> None:
        """A step is done with one resource."""

    def note(self, task: Task, outcome: str, problem: LifecycleError | None = None) -> None:
        """What came of a write, as far as is known: accepted, failed, open, unconverged or not_attempted."""
