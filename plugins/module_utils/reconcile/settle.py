# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""Observe, plan, apply, verify: the one place where a plan meets a server.

A success status is not a proof. After every write the resource is read again and compared with the plan; what the
service did not keep is tried once in another form where that is safe, and reported otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..client.scim import ScimService
from ..client.unkept import Unkept
from ..core.attributes import ELEMENTS, REFERENCES
from ..core.desired import deactivated
from ..core.errors import NotFound, OutcomeUnknown, ServerError
from ..core.limits import refuse_protected
from ..core.patch import Way, check_supported
from ..core.plan import CREATE, DELETE, UPDATE, Canonical, Operation, Plan, plan, simulate
from ..core.profiles import PATH, WHOLE
from .apply import Apply, is_conflict, predicted
from .goal import goal_of
from .observe import HIDDEN_MEMBERS, Observer
from .wish import DEACTIVATE, DELETE_OR_DEACTIVATE, Outcome, Seen, Wish, names_of, resolved

EXISTENCE = "(existence)"  # stands for the resource itself among paths
_ROUNDS = 6
_ATTEMPTS = 4
_FEW_MEMBERS = 100  # up to here, sending the whole list of members is cheap and safe


def reconcile(service: ScimService, wish: Wish, *, protected: Iterable[str] = (), unkept: Unkept) -> Outcome:
    """Make one wish true, or predict how on a read-only connection.

    protected: names and patterns of resources that are never written to. Raises LifecycleError.
    """
    return _Task(service, wish, tuple(protected), unkept).run()


class _Task:
    def __init__(self, service: ScimService, wish: Wish, protected: tuple[str, ...], unkept: Unkept) -> None:
        self.service = service
        self.resource = wish.resource
        self.protected = protected
        self.unkept = unkept
        self.outcome = Outcome()
        self.wish = resolved(service, wish, self.outcome.warnings)
        self.observer = Observer(service, self.resource, self.wish.memberships, unkept)
        self.goal: Canonical | None = None

    def run(self) -> Outcome:
        outcome, wish = self.outcome, self.wish
        seen = self.observer.find(wish.identity, prove=wish.attributes is None)
        if seen is None and wish.identity.id and wish.attributes is not None:
            raise NotFound(f"there is no {wish.resource.kind} with id {wish.identity.id!r}; an id cannot be chosen, only found")
        outcome.seen = seen
        self.goal = goal_of(wish, self.service.known, seen, outcome.warnings)
        if seen is not None and self.goal is None and self._is_soft_deleted(seen):
            outcome.seen = None
            return outcome
        operation = self._leave_out_unkept(self._operation(seen), seen)
        if operation is None:
            return outcome
        outcome.plan = Plan((operation,))
        check_supported(self.resource, operation, self.service.known)
        refuse_protected(outcome.plan, self.protected, names_of(seen))
        if self.service.read_only:
            self._simulate(operation, seen)
        else:
            self._settle(operation, seen)
        return outcome

    # -- what is to do --------------------------------------------------------------------------------

    def _operation(self, seen: Seen | None) -> Operation | None:
        """What is to do so that the goal is reached."""
        key = self.wish.key
        found = plan(self.resource, {key: self.goal}, {key: seen.canonical} if seen else {})
        return next(iter(found), None)

    def _is_soft_deleted(self, seen: Seen) -> bool:
        """Whether this is what a deleted user looks like here: still readable, inactive."""
        if self.wish.absent == DEACTIVATE or seen.canonical.get("active") is not False:
            return False
        remembered = self.unkept.knows(self.resource.kind, seen.id, EXISTENCE, None, False)
        return self.service.known.flag("soft_delete") or remembered

    def _leave_out_unkept(self, operation: Operation | None, seen: Seen | None) -> Operation | None:
        """Drop what was tried before in exactly this situation and did not take. It is still reported."""
        if operation is None or seen is None:
            return operation
        if operation.verb == DELETE:
            if not self.unkept.knows(self.resource.kind, seen.id, EXISTENCE, None, seen.canonical.get("active")):
                return operation
            self.outcome.unconverged = [EXISTENCE]
            return None
        goal = self.goal or {}
        futile = {
            change.path
            for change in operation.changes
            if self.unkept.knows(
                self.resource.kind, seen.id, change.path, goal.get(change.path), seen.canonical.get(change.path)
            )
        }
        if not futile:
            return operation
        for change in self.resource.changes(seen.canonical, {path: goal.get(path) for path in futile}, loosely=True):
            self._report(change.path, seen)
        left = tuple(change for change in operation.changes if change.path not in futile)
        self.goal = {path: value for path, value in goal.items() if path not in futile}
        return replace(operation, changes=left) if left else None

    def _report(self, path: str, seen: Seen) -> None:
        hidden = path in self.wish.memberships and not seen.members_shown
        (self.outcome.unverifiable if hidden else self.outcome.unconverged).append(path)

    # -- check mode ---------------------------------------------------------------------------------------------------

    def _simulate(self, operation: Operation, seen: Seen | None) -> None:
        requests = predicted(self.service, self.resource, operation, seen)
        self.outcome.requests = [request.shown() for request in requests]
        self.outcome.changed = True
        after = simulate(Plan((operation,)), {operation.key: seen.canonical} if seen else {}).get(operation.key)
        self.outcome.seen = replace(seen, canonical=after) if seen and after is not None else None

    # -- for real -----------------------------------------------------------------------------------------------------

    def _settle(self, operation: Operation, seen: Seen | None) -> None:
        before, way = seen, None
        tried: set[str] = set()
        todo = operation
        for number in range(_ROUNDS):
            seen = self._written(todo, seen, way)
            if self.goal is not None and "password" in self.goal:
                self.goal = {path: value for path, value in self.goal.items() if path != "password"}
            left = self._left(seen)
            if left is not None and left.verb == DELETE and self.wish.absent == DELETE_OR_DEACTIVATE and "deactivate" not in tried:
                tried.add("deactivate")
                self.goal = deactivated(seen.canonical if seen else None)
                left, way = self._operation(seen), None
                if left is not None:
                    todo = left
                    continue
            if left is None:
                break
            todo = left
            first_update = operation.verb == CREATE and number == 0
            way = None if first_update else self._whole_lists(todo, tried)
            if not first_update and way is None:
                break
        self._conclude(before, seen)

    def _left(self, seen: Seen | None) -> Operation | None:
        """What is still not as wished, by the loose measure: a service that folds letter case has kept the value."""
        if self.goal is None:
            return self._operation(seen) if seen and seen.canonical.get("active") is not False else None
        if seen is None:
            return None
        changes = self.resource.changes(seen.canonical, self._visible_goal(seen), loosely=True)
        if not changes:
            return None
        after = {**seen.canonical, **{change.path: change.after for change in changes}}
        return Operation(UPDATE, self.resource.kind, self.wish.key, seen.canonical, after, changes)

    def _visible_goal(self, seen: Seen) -> Canonical:
        hidden = () if seen.members_shown else tuple(self.wish.memberships)
        return {path: value for path, value in (self.goal or {}).items() if path not in hidden}

    def _whole_lists(self, todo: Operation, tried: set[str]) -> Way | None:
        """One more try, with whole lists, for services that mishandle single elements while they answer 200."""
        known = self.service.known
        lists = [change for change in todo.changes if self.resource.attribute(change.path).kind == ELEMENTS]
        members = [change for change in todo.changes if self.resource.attribute(change.path).kind == REFERENCES]
        few = all(len(change.after or ()) <= _FEW_MEMBERS for change in members)
        if known.text("update") != PATH or not (lists or members) or not few or WHOLE in tried:
            return None
        if members and known.text("members_read") != "group":
            return None  # without the whole list in sight, sending one would remove people
        tried.add(WHOLE)
        return Way(WHOLE, known.text("members_remove"))

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
                now = self.observer.again(seen.id) if seen else self.observer.find(self.wish.identity, prove=True)
                if now is not None and seen is None:
                    self.outcome.changed = True
                todo = self._operation(now)
                if todo is None:
                    self.outcome.changed = self.outcome.changed or isinstance(error, OutcomeUnknown)
                    return now
                operation, seen = todo, now

    def _once(self, operation: Operation, seen: Seen | None, way: Way | None) -> Seen | None:
        refuse_protected(Plan((operation,)), self.protected, names_of(seen))
        apply = Apply(self.service, self.observer, self._operation)
        if operation.verb == CREATE or seen is None:
            return self._created(apply, operation)
        if operation.verb == UPDATE:
            apply.update(operation, seen, way)
            now = self.observer.again(seen.id)
            if now is None:
                raise NotFound(f"{self.resource.kind} {self.wish.key!r} disappeared while it was being changed")
            return now
        try:
            apply.delete(operation, seen)
        except ServerError:
            if self.wish.absent != DELETE_OR_DEACTIVATE:
                raise
        return self.observer.again(seen.id)

    def _created(self, apply: Apply, operation: Operation) -> Seen | None:
        try:
            made = apply.create(operation)
        except ServerError as error:
            if not is_conflict(error):
                raise
            self.observer.forget()
            existing = self.observer.find(self.wish.identity, thorough=True)
            if existing is None:
                raise
            return existing
        if made is None:
            return self.observer.find(self.wish.identity, prove=True)
        now = self.observer.again(made.id)
        if now is None:
            # Some services show a new user only once an invitation was accepted (GitHub organizations).
            self.outcome.unverifiable.append(EXISTENCE)
        return now

    # -- the verdict ---------------------------------------------------------------------------------------------------

    def _conclude(self, before: Seen | None, seen: Seen | None) -> None:
        outcome = self.outcome
        outcome.requests = list(self.service.sent)
        outcome.changed = outcome.changed or self.service.accepted > 0
        outcome.seen = seen
        if seen is None:
            if self.goal is not None and not outcome.unverifiable:
                outcome.unconverged.append(EXISTENCE)
            return
        if self.goal is None:
            self._conclude_removal(seen)
            return
        if not seen.members_shown or self._members_never_shown(before, seen):
            outcome.unverifiable += [option for option, membership in self.wish.memberships.items() if membership.names()]
            seen = replace(seen, members_shown=False)
        visible = self._visible_goal(seen)
        outcome.unconverged += [change.path for change in self.resource.changes(seen.canonical, visible, loosely=True)]
        strict = {change.path for change in self.resource.changes(seen.canonical, visible)} | set(outcome.unverifiable)
        met: dict[str, tuple[Any, Any]] = {
            path: ((self.goal or {}).get(path), seen.canonical.get(path)) for path in strict if path != EXISTENCE
        }
        if not seen.members_shown:
            met[HIDDEN_MEMBERS] = (True, True)
        if self.wish.attributes is None and self.wish.absent == DELETE_OR_DEACTIVATE:
            met[EXISTENCE] = (None, seen.canonical.get("active"))
        self.unkept.remember(self.resource.kind, seen.id, met, forget=tuple(set(self.goal) - set(met)))

    def _conclude_removal(self, seen: Seen) -> None:
        active = seen.canonical.get("active")
        self.unkept.remember(self.resource.kind, seen.id, {EXISTENCE: (None, active)})
        if active is False:
            self.outcome.seen = None
        else:
            self.outcome.unconverged.append(EXISTENCE)

    def _members_never_shown(self, before: Seen | None, seen: Seen) -> bool:
        """Whether members were added, no error came, and still not one is visible: this service shows none."""
        if not self.wish.memberships or self.resource.kind != "Group":
            return False
        wished = any((self.goal or {}).get(option) for option in self.wish.memberships)
        shown = [state.canonical.get(path) for state in (before, seen) if state for path in ("members", "nested_groups")]
        return wished and not any(shown)
