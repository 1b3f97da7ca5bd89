# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply and verify: the one place where a plan meets a server.

A success status is not a proof. After every write the resource is read again and compared with the plan; what the
service did not keep is tried once in another form where that is safe, and reported otherwise.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

from ..client.lookup import Lookup
from ..core.attributes import ELEMENTS
from ..core.desired import deactivated
from ..core.errors import LifecycleError, NotFound, OutcomeUnknown, ServerError
from ..core.plan import CREATE, DELETE, UPDATE, Change, Operation
from ..core.profiles import PATH, WHOLE
from ..core.ways import Way
from .apply import Apply, is_conflict, shows_members
from .task import Task
from .verdict import conclude, members_never_shown, tell_what_a_put_lost, tell_who_left
from .wish import DELETE_OR_DEACTIVATE, EXISTENCE, Seen

_ROUNDS = 6
_ATTEMPTS = 4
_FEW_MEMBERS = 100  # up to here, sending the whole list of members is cheap and safe


class Settlement:
    """One operation carried out and looked at, in as many rounds as the service needs.

    ``start`` writes, ``resume`` looks at what came of it and goes on. Between the two there may be other tasks, so that one
    list can show what came of all of them. told: the first answer came with others, in a Bulk response.
    """

    def __init__(self, task: Task, operation: Operation, *, told: bool = False) -> None:
        self.task = task
        self.operation = operation
        self.told = told
        self.id = task.seen.id if task.seen else ""  # "" as long as nobody knows it
        self.doubt: LifecycleError | None = None  # why it is open what came of the first write
        self.service = task.service
        self.resource = task.resource
        self.observer = task.observer
        self.outcome = task.outcome

    def start(self) -> None:
        """Write, without looking. Raises LifecycleError; an error that leaves the outcome open is kept for ``resume``."""
        self.outcome.requests = self.service.sent
        try:
            self.id = self.outcome.id = self._write(self.operation, self.task.seen, None)
        except (OutcomeUnknown, ServerError) as error:
            if not self._is_open(error, self.operation):
                self._note_what_took(self.task.seen)
                raise
            self.doubt = error

    def resume(self, fresh: Lookup | None = None) -> None:
        """Look, go on until it is as wished, and note in the outcome what came of it. fresh: a list read since ``start``."""
        operation = todo = self.operation
        if fresh is not None:
            self.observer.lookup = fresh
        seen, way = self._after_start(listed=fresh is not None), None
        tried: set[str] = set()
        for number in range(_ROUNDS):
            if number:
                seen = self._written(todo, seen, way)
            left = self._left(seen)
            if left is not None and left.verb == DELETE and self.task.wish.absent == DELETE_OR_DEACTIVATE and "deactivate" not in tried:
                tried.add("deactivate")
                self.task.goal = deactivated(seen.canonical if seen else None)
                left, way = self.task.operation(seen), None
                if left is not None:
                    todo = left
                    continue
            if left is None and self.told and number == 0 and self._came_to_nothing(seen):
                left = operation
            if left is None:
                break
            todo, way = left, None
            if number == 0 and (self.told or operation.verb == CREATE):
                continue
            if WHOLE in tried or not self._may_send_whole_lists(left):
                break
            tried.add(WHOLE)
            todo, way = self._as_planned(operation, left), Way(WHOLE, WHOLE)
        seen = self._remove_unseen(seen)
        tell_what_a_put_lost(self.task, seen)
        tell_who_left(self.task, seen)
        self.outcome.changed = self.outcome.changed or (self.service.accepted > 0 and not self._deleted_before(operation, seen))
        conclude(self.task, seen)

    def _after_start(self, *, listed: bool) -> Seen | None:
        """The resource after the first write; what is still to do because the outcome was open, is done."""
        before, error = self.task.seen, self.doubt
        if error is None:
            return self._look(self.operation, self.id, listed=listed)
        now, todo = self._looked_into(error, self.operation, before, listed=listed)
        return now if todo is None else self._written(todo, now, None)

    def _came_to_nothing(self, seen: Seen | None) -> bool:
        """Whether a Bulk request was answered with success for somebody who is not there."""
        return self.operation.verb == CREATE and seen is None and EXISTENCE not in self.outcome.unverifiable

    def _deleted_before(self, operation: Operation, seen: Seen | None) -> bool:
        """Whether somebody who was inactive looks after DELETE as before: a soft delete had been done already."""
        same = seen is not None and not _differs(self.task.seen, seen)
        return operation.verb == DELETE and same and seen is not None and seen.canonical.get("active") is False

    def _left(self, seen: Seen | None) -> Operation | None:
        """What is still not as wished, by the loose measure: a service that folds letter case has kept the value."""
        if self.task.goal is None:
            return self.task.operation(seen) if seen and seen.canonical.get("active") is not False else None
        if seen is None:
            return None
        goal = self.task.visible_goal(seen)
        unsent = {path: goal[path] for path in self.resource.secrets() if path in goal}
        changes = self.resource.changes(seen.canonical, goal, loosely=True) + self.resource.changes(seen.canonical, unsent)
        if not changes:
            return None
        after = {**seen.canonical, **{change.path: change.after for change in changes}}
        return Operation(UPDATE, self.resource.kind, self.task.wish.key, seen.canonical, after, changes)

    def _remove_unseen(self, seen: Seen | None) -> Seen | None:
        """Members were added and none is in sight: this service shows none. Who shall go is told to go, unseen."""
        task, leaving = self.task, {option: m.remove for option, m in self.task.wish.memberships.items() if m.remove}
        if seen is None or task.goal is None or not leaving or not seen.members_shown or not members_never_shown(task, seen):
            return seen
        self.service.known.observe("members_read", "none")
        there = {option: tuple(sorted({*names, *(task.goal.get(option) or ())})) for option, names in leaving.items()}
        seen = replace(seen, canonical={**seen.canonical, **task.goal, **there}, members_shown=False)
        todo = task.operation(seen)
        return self._written(todo, seen, None) if todo else seen

    def _may_send_whole_lists(self, todo: Operation) -> bool:
        """Whether to try once more, with whole lists: some services mishandle single elements while they answer 200."""
        known = self.service.known
        lists = [change for change in todo.changes if self.resource.attribute(change.path).kind == ELEMENTS]
        members = [change for change in todo.changes if change.path in self.resource.memberships]
        few = all(len(change.after or ()) <= _FEW_MEMBERS or self._were_lost(change) for change in members)
        if known.text("update") != PATH or not (lists or members) or not few:
            return False
        if members and known.text("members_read") != "group":
            return False  # without the whole list in sight, sending one would remove people
        # If it shows no members at all, there may be others.
        return not members or shows_members(self.resource, todo)

    def _were_lost(self, change: Change) -> bool:
        """Whether most of the members that a group had before we wrote are to be put back: the service took them out (FusionAuth)."""
        had = set((self.task.seen.canonical if self.task.seen else {}).get(change.path) or ())
        return 2 * len(had & set(change.after or ()) - set(change.before or ())) > len(had)

    def _as_planned(self, operation: Operation, todo: Operation) -> Operation:
        """What is left to do, with lists of elements as they were planned before the service mishandled them.

        What it lost of an element, and no task named, is in the plan only.
        """
        if operation.verb != UPDATE:
            return todo
        planned = {c.path: c.after for c in operation.changes if self.resource.attribute(c.path).kind == ELEMENTS}
        changes = tuple(replace(change, after=planned.get(change.path, change.after)) for change in todo.changes)
        return replace(todo, changes=changes, after={**(todo.after or {}), **{c.path: c.after for c in changes}})

    def _written(self, operation: Operation, seen: Seen | None, way: Way | None) -> Seen | None:
        """Carry out one operation and read the resource again. A lost answer is looked into, not repeated."""
        attempts = 0
        while True:
            attempts += 1
            try:
                resource_id = self._write(operation, seen, way)
            except (OutcomeUnknown, ServerError) as error:
                if attempts == _ATTEMPTS or not self._is_open(error, operation):
                    self._note_what_took(seen)
                    raise
                now, todo = self._looked_into(error, operation, seen)
                if todo is None:
                    return now
                operation, seen = todo, now
            else:
                return self._look(operation, resource_id)

    @staticmethod
    def _is_open(error: LifecycleError, operation: Operation) -> bool:
        """Whether looking at the service tells more than the error does."""
        if isinstance(error, ServerError):
            return error.status == 412 or (operation.verb == CREATE and is_conflict(error))
        return isinstance(error, OutcomeUnknown)

    def _looked_into(
        self, error: LifecycleError, operation: Operation, before: Seen | None, *, listed: bool = False
    ) -> tuple[Seen | None, Operation | None]:
        """The resource after a write whose outcome was open, and what is still to do."""
        if not listed:
            self.observer.forget()
        if isinstance(error, ServerError) and operation.verb == CREATE:
            existing = self.observer.find(self.task.wish.identity, thorough=True)
            if existing is None:
                raise _taken_by_nobody(error, self.resource.kind) from None
            self.task.spare_everybody()
            if self.task.wish.keep_password:
                self._secrets_are_sent()
            return existing, None
        stale = isinstance(error, ServerError)
        if before is None:
            now = self.observer.find(self.task.wish.identity, prove=True)
        else:
            now = (self.observer.listed(before.id) if listed else None) or self.observer.again(before.id)
        if not stale and _differs(before, now):
            self.service.record.accept()  # the answer was lost, the write was not
        if before is None and now is not None:
            self._secrets_are_sent()
        return now, self.task.operation(now, None if stale else before)

    def _write(self, operation: Operation, seen: Seen | None, way: Way | None) -> str:
        """Carry out one operation. The id of the resource, "" if the service does not say what it made."""
        self.task.refuse_protected(operation, seen)
        apply = Apply(self.service, self.observer, self.task.operation)
        if operation.verb == CREATE or seen is None:
            made = apply.create(operation)
            self._secrets_are_sent()
            return made.id if made else ""
        if operation.verb == UPDATE:
            apply.update(operation, seen, way)
            self._secrets_are_sent()
            return seen.id
        try:
            apply.delete(operation, seen)
        except ServerError as error:
            if self.task.wish.absent != DELETE_OR_DEACTIVATE or error.status == 412:
                raise
        return seen.id

    def _look(self, operation: Operation, resource_id: str, *, listed: bool = False) -> Seen | None:
        """The resource after a write that was answered with success."""
        if not resource_id:
            if not listed:
                self.observer.forget()
            return self.observer.find(self.task.wish.identity, prove=True)
        now = self.observer.listed(resource_id) if listed else None
        if now is None and not (listed and operation.verb == DELETE):
            now = self.observer.again(resource_id)  # lists may leave out who is inactive
        if now is not None or operation.verb == DELETE:
            return now
        if operation.verb == CREATE:
            if not self.task.is_shown_at_once():
                self.outcome.unverifiable.append(EXISTENCE)
        elif (operation.after or {}).get("active") is False:
            # Some services show nobody who is inactive (Tealium, Atlassian).
            if self.task.wish.attributes is not None:
                self.outcome.unverifiable.append(EXISTENCE)
        else:
            raise NotFound(f"{self.resource.kind} {self.task.wish.key!r} disappeared while it was being changed")
        return None

    def _secrets_are_sent(self) -> None:
        """A password cannot be read back, so it is not part of the goal once it was sent."""
        secret = self.resource.secrets()
        self.task.goal = {path: value for path, value in (self.task.goal or {}).items() if path not in secret}

    def _note_what_took(self, seen: Seen | None) -> None:
        """Not every service undoes the first half of a PATCH whose second half it refuses (RFC 7644 section 3.5.2)."""
        if seen is None:
            return
        with contextlib.suppress(LifecycleError):
            if _differs(seen, self.observer.again(seen.id)):
                self.service.record.accept()


def _differs(before: Seen | None, now: Seen | None) -> bool:
    return (before and before.canonical) != (now and now.canonical)


def _taken_by_nobody(error: ServerError, kind: str) -> ServerError:
    """The refusal to create, with what can be done about it: some services do not show who is inactive (better-auth)."""
    said = f"{error.detail}; no such {kind.lower()} is shown, perhaps because it is inactive: name it by its id"
    return ServerError(error.method, error.path, error.status, said, error.scim_type, error.request_id)
