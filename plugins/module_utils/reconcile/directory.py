# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many wishes in one task: everybody is looked up and every plan is checked before the first write.

Then users are written before groups, one after the other. What fails does not keep the others from being done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..client.lookup import Lookup
from ..client.scim import ScimService
from ..client.unkept import Unkept
from ..core.errors import InvalidInput, LifecycleError, NotFound, OutOfTime, Refused
from ..core.resources import GROUP, USER, Resource
from .names import Names
from .settle import carry_out
from .task import Task
from .wish import Wish

_MANY = 3  # from here on, reading a list ahead may be cheaper than asking


@dataclass
class Directory:
    """What came of many wishes: tasks, in the order in which they were done, and the errors of those that failed."""

    tasks: list[Task] = field(default_factory=list)
    failures: list[tuple[Task, LifecycleError]] = field(default_factory=list)


def reconcile_all(
    service: ScimService,
    users: Sequence[Wish],
    groups: Sequence[Wish],
    *,
    protected: Iterable[str] = (),
    unkept: Unkept,
) -> Directory:
    """Make all wishes true, or predict how on a read-only connection.

    users: in the order in which they are written; who is referred to comes first. Raises LifecycleError if nothing was
    written because the input or the service does not allow it; what happens to single resources is in the result.
    """
    people = Lookup(service, USER)
    names = Names(service, people)
    patterns = tuple(protected)
    result = Directory()

    def tasks_for(resource: Resource, wishes: Sequence[Wish], lookup: Lookup) -> list[Task]:
        if len(wishes) >= _MANY:
            lookup.all.read_ahead(len(wishes))
        tasks = [Task(service, wish, names, patterns, unkept, lookup) for wish in wishes]
        found = _observed(tasks, result)
        _refuse_one_twice(resource, found)
        return found

    of_users = tasks_for(USER, users, people)
    for task in of_users:
        called = service.references.name("User", task.seen.id) if task.seen else task.wish.key
        identity = task.wish.identity
        names.learn("User", identity.name, identity.external_id, called)
    names.ask("User", [member for wish in groups for option in wish.memberships for member in wish.memberships[option].names()])
    of_groups = tasks_for(GROUP, groups, Lookup(service, GROUP))
    for task in of_users + of_groups:
        task.plan()
    result.tasks = of_users + of_groups
    for task in result.tasks:
        _carry_out(task, result)
    return result


def _observed(tasks: Sequence[Task], result: Directory) -> list[Task]:
    """Those whose resource is known. A resource that is in doubt fails alone; a service that fails, fails everything."""
    found = []
    for task in tasks:
        try:
            task.observe()
            found.append(task)
        except (Refused, NotFound) as problem:
            result.failures.append((task, problem))
    return found


def _refuse_one_twice(resource: Resource, tasks: Sequence[Task]) -> None:
    first: dict[str, Task] = {}
    for task in tasks:
        if task.seen and first.setdefault(task.seen.id, task) is not task:
            raise InvalidInput(
                f"{task.wish.identity} and {first[task.seen.id].wish.identity} are the same {resource.kind.lower()} on the "
                f"service, with the id {task.seen.id}; nothing was written: drop one of them"
            )


def _carry_out(task: Task, result: Directory) -> None:
    if result.failures and isinstance(result.failures[-1][1], OutOfTime):
        result.failures.append((task, OutOfTime("not attempted: time_budget is used up; raise it or run the task again")))
        return
    try:
        _leave_out_failed(task, result)
        carry_out(task)
    except LifecycleError as problem:
        result.failures.append((task, problem))


def _leave_out_failed(task: Task, result: Directory) -> None:
    """Somebody who could not be created joins no group now; everybody else does."""
    if not task.wish.memberships:
        return
    missing = {other.wish.key for other, dummy in result.failures if other.resource is USER and other.seen is None}
    memberships = {
        option: replace(membership, add=tuple(name for name in membership.add if name not in missing))
        for option, membership in task.wish.memberships.items()
    }
    if memberships != task.wish.memberships:
        task.wish = replace(task.wish, memberships=memberships)
        task.plan()
