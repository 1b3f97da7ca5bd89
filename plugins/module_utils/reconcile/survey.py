# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many wishes against what is there: everybody is looked up and every plan is made before the first write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..client.lookup import Lookup
from ..client.scim import ScimService
from ..client.unkept import Unkept
from ..core.brakes import Population
from ..core.errors import InvalidInput, NotFound, Refused, Unreachable
from ..core.patterns import Patterns
from ..core.plan import CREATE
from ..core.references import ID
from ..core.resources import GROUP, USER, Resource
from ..core.wire import attribute_of
from .directory import KEEP, Directory, Extent
from .leave_out import leave_out
from .names import Names
from .task import Task
from .unlisted import unlisted
from .wish import DELETE, Wish

_MANY = 3  # from here on, reading a list ahead may be cheaper than asking


def survey(
    service: ScimService,
    users: Sequence[Wish],
    groups: Sequence[Wish],
    *,
    extent: Extent,
    protected: Iterable[str] = (),
    unkept: Unkept,
) -> Directory:
    """What is to do to make all wishes true.

    users: in the order in which they are written; who is referred to comes first. Raises LifecycleError if the input or
    the service does not allow it; a resource that is in doubt fails alone, and is in the result.
    """
    return _Survey(service, extent, Patterns(protected), unkept).of(users, groups)


class _Survey:
    def __init__(self, service: ScimService, extent: Extent, protected: Patterns, unkept: Unkept) -> None:
        self.service = service
        self.extent = extent
        self.protected = protected
        self.unkept = unkept
        self.result = Directory()
        self.lookups = {"User": Lookup(service, USER), "Group": Lookup(service, GROUP)}
        self.names = Names(service, self.lookups["User"])

    def of(self, users: Sequence[Wish], groups: Sequence[Wish]) -> Directory:
        result = self.result
        of_users = self._observed(USER, users)
        for task in of_users:
            if task.wish.attributes is not None:
                called = self.service.references.name("User", task.seen.id) if task.seen else task.wish.key
                identity = task.wish.identity
                self.names.learn("User", identity.name, identity.external_id, called)
        self.names.ask("User", [member for wish in groups for option in wish.memberships for member in wish.memberships[option].names()])
        of_groups = self._observed(GROUP, groups)
        tasks = of_users + of_groups
        removals = [task for task in of_groups + of_users if task.wish.attributes is None]
        removals += self._unlisted(GROUP, groups, tasks) + self._unlisted(USER, users, tasks)
        result.users = [task for task in of_users if task.wish.attributes is not None]
        result.groups = [task for task in of_groups if task.wish.attributes is not None]
        result.removals = sorted(removals, key=lambda task: task.resource is USER)  # groups first
        self._count_members([task for task in removals if task.resource is GROUP and task.seen])
        _tell_apart(result.tasks)
        for task in result.tasks:
            task.plan()
        self._without_doubtful()
        result.population = self._population()
        return result

    def _observed(self, resource: Resource, wishes: Sequence[Wish]) -> list[Task]:
        """Those whose resource is known. A resource that is in doubt fails alone; a service that fails, fails everything."""
        lookup, owner = self.lookups[resource.kind], self.extent.owner(resource.kind)
        if self.extent.unlisted.get(resource.kind, KEEP) != KEEP or owner.filter or owner.external_id_prefix:
            lookup.all.everyone()
        elif len(wishes) >= _MANY:
            lookup.all.read_ahead(len(wishes))
        if wishes and lookup.hides(wishes[0].identity):
            raise Unreachable(
                f"{resource.endpoint} shows nobody, but {wishes[0].identity} is there: the service's paging is broken, or the credentials "
                "may not list everybody; nothing was written: without the list, everybody would be created again"
            )
        found = []
        for wish in wishes:
            if owner.ignores(filter(None, (wish.identity.id, wish.identity.external_id, wish.identity.name))):
                self.result.ignored += 1
                continue
            task = self._task(wish, lookup)
            try:
                task.observe()
            except (Refused, NotFound) as problem:
                self.result.failures.append((task, problem))
                continue
            if task.seen and owner.ignores_body(task.seen.snapshot.body):
                self.result.ignored += 1
                continue
            found.append(task)
        _refuse_one_twice(resource, found)
        return found

    def _without_doubtful(self) -> None:
        """Whoever bears the name of a user in doubt may be somebody else: nobody is given a membership or a report by that name."""
        doubtful = [task.wish.identity for task, dummy in self.result.failures if task.resource is USER]
        names = self.names.meant_by("User", [name for identity in doubtful for name in (identity.name, identity.external_id) if name])
        if names:
            for task in self.result.users + self.result.groups:
                leave_out(task, names)

    def _task(self, wish: Wish, lookup: Lookup) -> Task:
        return Task(self.service, wish, self.names, self.protected, self.unkept, lookup, spared=self._spared)

    def _spared(self, kind: str, name: str) -> bool:
        """Whether a membership is left alone whatever the task says, because the member is ignored."""
        owner = self.extent.owner(kind)
        return bool(owner.ignore) and owner.ignores(self.service.references.every_name(kind, name) or (name,))

    def _unlisted(self, resource: Resource, wishes: Sequence[Wish], tasks: Sequence[Task]) -> list[Task]:
        """Those who are owned, there, and not listed, as tasks that remove them."""
        absent = self.extent.unlisted.get(resource.kind, KEEP)
        if absent == KEEP:
            return []
        if absent == DELETE and resource is USER and not self.service.known.flag("delete"):
            raise InvalidInput("unlisted.users: this service does not delete users; use deactivate")
        lookup = self.lookups[resource.kind]
        seen = {task.seen.id for task in tasks if task.seen and task.resource is resource}
        found = []
        for wish in unlisted(resource, lookup.all.everyone(), wishes, seen, self.extent.owner(resource.kind), absent):
            task = self._task(wish, lookup)
            task.observe()
            found.append(task)
        return found

    def _count_members(self, going: Sequence[Task]) -> None:
        """See the members of groups that go, where a list leaves members out: brakes count the memberships that end."""
        whole = self.lookups["Group"].all
        shown = [snapshot.body for snapshot in whole.everyone()] if whole.is_read else [task.seen.snapshot.body for task in going if task.seen]
        if self.service.known.text("members_read") != "group" or any(attribute_of(body, "members") for body in shown):
            return
        for task in going:
            task.seen = (task.observer.whole(task.seen) or task.seen) if task.seen else None

    def _population(self) -> Population:
        """How many there are now that are this run's own. A list that was not read has at least those that are known."""
        result = self.result
        memberships = sum(
            len(task.seen.canonical.get(option) or ())
            for task in result.groups + [task for task in result.removals if task.resource is GROUP]
            if task.seen
            for option in GROUP.memberships
        )
        users, groups = (self._count(resource) for resource in (USER, GROUP))
        return Population(users, groups, memberships)

    def _count(self, resource: Resource) -> int:
        whole, owner = self.lookups[resource.kind].all, self.extent.owner(resource.kind)
        if whole.is_read:
            return sum(owner.owns(snapshot.body) for snapshot in whole.everyone())
        known = [task for task in self.result.tasks if task.resource is resource and task.seen]
        if all(operation.verb == CREATE for task in known for operation in task.outcome.plan):
            return len(known)  # nothing is counted, so nobody has to be asked
        return max(len(known), self.service.count(resource))


def _tell_apart(tasks: Sequence[Task]) -> None:
    """Give those a key of their own who would share one: names of groups are not unique (RFC 7643 section 4.2)."""
    times = Counter((task.resource.kind, task.wish.key) for task in tasks)
    for task in tasks:
        if task.seen and times[task.resource.kind, task.wish.key] > 1:
            task.wish = replace(task.wish, called=f"{task.wish.key} ({ID}{task.seen.id})")


def _refuse_one_twice(resource: Resource, tasks: Sequence[Task]) -> None:
    first: dict[str, Task] = {}
    for task in tasks:
        if task.seen and first.setdefault(task.seen.id, task) is not task:
            raise InvalidInput(
                f"{task.wish.identity} and {first[task.seen.id].wish.identity} are the same {resource.kind.lower()} on the "
                f"service, with the id {task.seen.id}; nothing was written: drop one of them"
            )
