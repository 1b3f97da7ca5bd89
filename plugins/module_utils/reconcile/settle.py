# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Observe, plan, apply, verify: the one place where a plan meets a server.

A success status is not a proof. After every write the resource is read again and compared with the plan; what the
service did not keep is tried once in another form where that is safe, and reported otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..client.scim import ScimService
from ..client.unkept import Unkept
from ..core.attributes import ELEMENTS, REFERENCES
from ..core.desired import deactivated
from ..core.errors import NotFound, OutcomeUnknown, ServerError
from ..core.limits import refuse_protected
from ..core.plan import CREATE, DELETE, UPDATE, Operation, Plan
from ..core.profiles import PATH, WHOLE
from ..core.ways import Way
from .apply import Apply, is_conflict
from .names import Names
from .task import Task
from .verdict import conclude
from .wish import DELETE_OR_DEACTIVATE, EXISTENCE, Outcome, Seen, Wish, names_of

_ROUNDS = 6
_ATTEMPTS = 4
_FEW_MEMBERS = 100  # up to here, sending the whole list of members is cheap and safe


def reconcile(service: ScimService, wish: Wish, *, protected: Iterable[str] = (), unkept: Unkept) -> Outcome:
    """Make one wish true, or predict how on a read-only connection.

    protected: names and patterns of resources that are never written to. Raises LifecycleError.
    """
    task = Task(service, wish, Names(service), tuple(protected), unkept)
    task.observe()
    task.plan()
    return carry_out(task)


def carry_out(task: Task) -> Outcome:
    """Make a task's plan true, or predict how on a read-only connection. Raises LifecycleError."""
    if task.service.read_only:
        task.predict()
    else:
        for operation in task.outcome.plan:
            _Settlement(task).run(operation)
    return task.outcome


class _Settlement:
    """One operation carried out and looked at, in as many rounds as the service needs."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.service = task.service
        self.resource = task.resource
        self.observer = task.observer
        self.outcome = task.outcome

    def run(self, operation: Operation) -> None:
        """Carry it out, and note in the outcome what came of it."""
        task, service = self.task, self.service
        sent, accepted = len(service.sent), service.accepted
        seen, way = task.seen, None
        tried: set[str] = set()
        todo = operation
        for number in range(_ROUNDS):
            seen = self._written(todo, seen, way)
            if self.task.goal is not None and "password" in self.task.goal:
                self.task.goal = {path: value for path, value in self.task.goal.items() if path != "password"}
            left = self._left(seen)
            if left is not None and left.verb == DELETE and self.task.wish.absent == DELETE_OR_DEACTIVATE and "deactivate" not in tried:
                tried.add("deactivate")
                self.task.goal = deactivated(seen.canonical if seen else None)
                left, way = self.task.operation(seen), None
                if left is not None:
                    todo = left
                    continue
            if left is None:
                break
            todo = left
            first_update = operation.verb == CREATE and number == 0
            way = None if first_update else self._whole_lists(operation, todo, tried)
            if not first_update and way is None:
                break
        self.outcome.requests = service.sent[sent:]
        self.outcome.changed = self.outcome.changed or service.accepted > accepted
        conclude(task, seen)

    def _left(self, seen: Seen | None) -> Operation | None:
        """What is still not as wished, by the loose measure: a service that folds letter case has kept the value."""
        if self.task.goal is None:
            return self.task.operation(seen) if seen and seen.canonical.get("active") is not False else None
        if seen is None:
            return None
        changes = self.resource.changes(seen.canonical, self.task.visible_goal(seen), loosely=True)
        if not changes:
            return None
        after = {**seen.canonical, **{change.path: change.after for change in changes}}
        return Operation(UPDATE, self.resource.kind, self.task.wish.key, seen.canonical, after, changes)

    def _whole_lists(self, operation: Operation, todo: Operation, tried: set[str]) -> Way | None:
        """One more try, with whole lists, for services that mishandle single elements while they answer 200.

        operation: what was to do in the first place. todo: what is left of it.
        """
        known = self.service.known
        lists = [change for change in todo.changes if self.resource.attribute(change.path).kind == ELEMENTS]
        members = [change for change in todo.changes if self.resource.attribute(change.path).kind == REFERENCES]
        few = all(len(change.after or ()) <= _FEW_MEMBERS for change in members)
        if known.text("update") != PATH or not (lists or members) or not few or WHOLE in tried:
            return None
        if members and known.text("members_read") != "group":
            return None  # without the whole list in sight, sending one would remove people
        if members and operation.verb != CREATE and not any(change.before for change in members):
            return None  # this service may show no members at all: there may be others
        tried.add(WHOLE)
        return Way(WHOLE, WHOLE)

    def _written(self, operation: Operation, seen: Seen | None, way: Way | None) -> Seen | None:
        """Carry out one operation and read the resource again. A lost answer is looked into, not repeated."""
        attempts = 0
        while True:
            attempts += 1
            try:
                return self._once(operation, seen, way)
            except (OutcomeUnknown, ServerError) as error:
                stale = isinstance(error, ServerError) and error.status == 412
                if attempts == _ATTEMPTS or not (stale or isinstance(error, OutcomeUnknown)):
                    raise
                self.observer.forget()
                now = self.observer.again(seen.id) if seen else self.observer.find(self.task.wish.identity, prove=True)
                if now is not None and seen is None:
                    self.outcome.changed = True
                todo = self.task.operation(now)
                if todo is None:
                    self.outcome.changed = self.outcome.changed or isinstance(error, OutcomeUnknown)
                    return now
                operation, seen = todo, now

    def _once(self, operation: Operation, seen: Seen | None, way: Way | None) -> Seen | None:
        refuse_protected(Plan((operation,)), self.task.protected, names_of(seen))
        apply = Apply(self.service, self.observer, self.task.operation)
        if operation.verb == CREATE or seen is None:
            return self._created(apply, operation)
        if operation.verb == UPDATE:
            apply.update(operation, seen, way)
            now = self.observer.again(seen.id)
            if now is None:
                raise NotFound(f"{self.resource.kind} {self.task.wish.key!r} disappeared while it was being changed")
            return now
        try:
            apply.delete(operation, seen)
        except ServerError:
            if self.task.wish.absent != DELETE_OR_DEACTIVATE:
                raise
        return self.observer.again(seen.id)

    def _created(self, apply: Apply, operation: Operation) -> Seen | None:
        try:
            made = apply.create(operation)
        except ServerError as error:
            if not is_conflict(error):
                raise
            self.observer.forget()
            existing = self.observer.find(self.task.wish.identity, thorough=True)
            if existing is None:
                raise
            return existing
        if made is None:
            return self.observer.find(self.task.wish.identity, prove=True)
        now = self.observer.again(made.id)
        if now is None:
            # Some services show a new user only once an invitation was accepted (GitHub organizations).
            self.outcome.unverifiable.append(EXISTENCE)
        return now
