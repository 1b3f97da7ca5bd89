# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One wish on its way from the task's options to a plan: what is there, what is to do, and what would be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..client.lookup import Lookup
from ..client.scim import ScimService
from ..client.unkept import Unkept
from ..core.bulk import REFERENCE as BULK_REFERENCE
from ..core.errors import NotFound
from ..core.limits import refuse_protected
from ..core.patterns import Patterns
from ..core.plan import CREATE, DELETE, Canonical, Operation, Plan, plan, simulate
from ..core.references import ID
from ..core.writes import check_supported
from .apply import names_members, predicted
from .goal import goal_of
from .names import Names, references_of
from .observe import Observer
from .wish import DEACTIVATE, EXISTENCE, Outcome, Seen, Wish, names_of


class Task:
    """One wish: observe(), then plan(), then predict(), or the Settlement of settle.py. Nothing here writes to the service.

    names: who is meant by the names in the wish. lookup: finds resources of this type, shared with other tasks. spared:
    whether a member, by kind and name, is left where they are whatever the wish says.
    """

    def __init__(
        self,
        service: ScimService,
        wish: Wish,
        names: Names,
        protected: Patterns,
        unkept: Unkept,
        lookup: Lookup | None = None,
        spared: Callable[[str, str], bool] = lambda kind, name: False,
    ) -> None:
        self.service = service
        self.spared = spared
        self.wish = wish
        self.resource = wish.resource
        self.names = names
        self.protected = protected
        self.unkept = unkept
        self.outcome = Outcome()
        self.goal: Canonical | None = None
        self.seen: Seen | None = None
        self.lookup = lookup

    @property
    def verb(self) -> str:
        """What the plan does: create, update, deactivate, delete or, if there is none, "unchanged"."""
        return next((operation.effect for operation in self.outcome.plan), "unchanged")

    def observe(self) -> None:
        """Find the resource that is meant."""
        self.wish = wish = self.names.with_members(self.wish, self.outcome.warnings)
        self.observer = Observer(self.service, self.resource, wish.memberships, self.unkept, self.lookup)
        self.seen = self.observer.find(wish.identity, prove=wish.attributes is None)
        if self.seen is None and wish.identity.id and wish.attributes is not None:
            raise NotFound(f"there is no {wish.resource.kind} with id {wish.identity.id!r}; an id cannot be chosen, only found")
        if self.seen is None and wish.attributes is None:
            self.outcome.warnings += filter(None, [self.observer.lookup.cannot_tell(wish.identity)])

    def observe_again(self) -> None:
        """See how the resource is now: it may have been written to since."""
        self.observer.forget()
        self.seen = self.observer.again(self.seen.id) if self.seen else self.observer.find(self.wish.identity, prove=True)

    def plan(self) -> None:
        """Work out what is to do, and refuse what may not or cannot be done."""
        outcome, seen = self.outcome, self.seen
        self.wish = wish = self.names.with_references(self.wish, outcome.warnings)
        if seen is not None and (references_of(wish) or self._has_strangers(seen)):
            # It was read before its manager or its members had names.
            self.seen = seen = self.observer.named_again(seen)
        outcome.seen, outcome.plan, outcome.id = seen, Plan(), seen.id if seen else ""
        self.goal = goal_of(wish, self.service.known, seen, outcome.warnings)
        if seen is not None and self.goal is None and self._is_soft_deleted(seen):
            outcome.seen = None
            return
        if seen is not None and not self.service.read_only:
            self.remember_pending(seen, pending=False)
        if seen is None and self.goal is not None and self._is_pending():
            (outcome.unconverged if self.is_shown_at_once() else outcome.unverifiable).append(EXISTENCE)
            return
        operation = self._leave_out_unkept(self.operation(seen), seen)
        if seen is not None and (operation is None or not names_members(self.resource, operation)):
            outcome.unverifiable += self.observer.unseen_removals(seen)
        if operation is None:
            return
        outcome.plan = Plan((operation,))
        check_supported(self.resource, operation, self.service.known)
        self.refuse_protected(operation, seen)

    def spare(self, names: set[str]) -> None:
        """These members are left where they are, too."""
        before = self.spared
        self.spared = lambda kind, name: name in names or before(kind, name)

    def spare_everybody(self) -> None:
        """Whoever is in a group that was not there when the plan was made: no brake has looked at its members."""
        self.spared = lambda kind, name: True

    def refuse_protected(self, operation: Operation, seen: Seen | None) -> None:
        """Refuse to touch whoever is protected, by whatever name: the resource itself, and members who are to go."""
        if not self.protected:
            return
        leaving = [
            name
            for change in operation.changes
            if change.path in self.resource.memberships
            for member in set(change.before or ()) - set(change.after or ())
            for name in self.service.references.every_name(self.resource.attribute(change.path).target, member)
        ]
        if operation.verb == DELETE and operation.kind == "Group" and seen is not None:
            leaving += self.observer.names_of_members(seen)
        refuse_protected(Plan((operation,)), self.protected, (*names_of(seen), *leaving))

    # -- what is to do --------------------------------------------------------------------------------

    def operation(self, seen: Seen | None, before: Seen | None = None) -> Operation | None:
        """What is to do so that the goal is reached. before: how it was when something was written to it."""
        key = self.wish.key
        found = plan(self.resource, {key: self.goal_for(seen, before)}, {key: seen.canonical} if seen else {})
        return next(iter(found), None)

    def goal_for(self, seen: Seen | None, before: Seen | None = None) -> Canonical | None:
        """The goal for the resource as it is now: who came into a group or left it meanwhile, and is not named, is left alone.

        Only where nobody is left of those who were there before we wrote, the service took them out (it reads "add" as
        "replace"), and they shall be in again.
        """
        if self.goal is None:
            return None
        named, now = self.wish.memberships, self._members_of(seen)
        lost = {option: set(was) - set(getattr(named.get(option), "remove", ())) for option, was in self._members_of(before).items()}
        if not any(set(now[option]) & names for option, names in lost.items()):
            now = {option: tuple(sorted({*now[option], *names})) for option, names in lost.items()}
        lists = {option: self._wished(option, members) for option, members in now.items()}
        return {**self.goal, **lists}

    def _wished(self, option: str, now: tuple[str, ...]) -> tuple[str, ...]:
        """Who shall be in a group, given who is."""
        membership = self.wish.memberships.get(option)
        if membership is None:
            return now
        kind = self.resource.attribute(option).target
        # Nobody has such an id: a service that does not know of bulkId took the reference for one.
        real = tuple(name for name in now if not name.startswith(ID + BULK_REFERENCE))
        left_alone = {name for name in real if self.spared(kind, name)}
        if membership.set is not None and self.seen is not None:
            # Whoever came since the plan was made: no brake has looked at them, and the next run will.
            id_of = self.service.references.id
            then = {id_of(kind, name) for name in self.seen.canonical.get(option) or ()}
            left_alone |= {name for name in real if id_of(kind, name) not in then}
        return tuple(sorted({*membership.of(real), *left_alone}))

    def _members_of(self, seen: Seen | None) -> dict[str, tuple[str, ...]]:
        """Who is in a group, by each option that the goal speaks of."""
        return {option: tuple((seen.canonical if seen else {}).get(option) or ()) for option in self.resource.memberships if option in (self.goal or {})}

    def _has_strangers(self, seen: Seen) -> bool:
        return any(name.startswith(ID) for option in self.wish.memberships for name in seen.canonical.get(option) or ())

    def is_shown_at_once(self) -> bool:
        """Whether a new resource has to be in sight, or the service kept nothing: invitations and the inactive may be hidden."""
        return self.service.known.flag("shows_new") and (self.goal or {}).get("active") is not False

    def _is_pending(self) -> bool:
        """Whether exactly this one was created before and is not shown since: an invitation that nobody accepted yet."""
        named = self._named(None)
        return bool(named) and all(self.unkept.knows(self.resource.kind, name, EXISTENCE, self._spelled(), None) for name in named)

    def remember_pending(self, seen: Seen | None, *, pending: bool) -> None:
        """Note that what was created is not shown, so that the next run does not create it once more; or that it is over."""
        for name in self._named(seen):
            met = {EXISTENCE: (self._spelled(), None)} if pending else {}
            self.unkept.remember(self.resource.kind, name, met, () if pending else (EXISTENCE,))

    def _named(self, seen: Seen | None) -> list[str]:
        """What stands for the id of one that is not shown: each of its names."""
        identity = self.wish.identity
        names = {("external_id", identity.external_id), (self.resource.name, identity.name)}
        names |= {(path, str(seen.canonical.get(path) or "")) for path in ("external_id", self.resource.name)} if seen else set()
        return [f"({path} {value})" for path, value in sorted(names) if value]

    def _spelled(self) -> list[Any]:
        secret = self.resource.secrets()
        return sorted((path, value) for path, value in (self.wish.attributes or {}).items() if path not in secret)

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

    def visible_goal(self, seen: Seen) -> Canonical:
        """The goal without what the service does not show."""
        hidden = () if seen.members_shown else tuple(self.wish.memberships)
        return {path: value for path, value in (self.goal_for(seen, self.seen) or {}).items() if path not in hidden}

    def _report(self, path: str, seen: Seen) -> None:
        hidden = path in self.wish.memberships and not seen.members_shown
        (self.outcome.unverifiable if hidden else self.outcome.unconverged).append(path)

    # -- check mode ---------------------------------------------------------------------------------------------------

    def predict(self) -> None:
        """What carrying out the plan on an obedient service sends and leads to."""
        outcome, seen = self.outcome, self.seen
        for operation in outcome.plan:
            if operation.verb == CREATE:
                # Whoever refers to it later in the same task is predicted, too.
                self.service.references.learn(self.resource.kind, self.wish.identity.name, f"(the id of {self.wish.key})")
            requests = predicted(self.service, self.resource, operation, seen)
            outcome.requests += [request.shown() for request in requests]
            outcome.changed = True
            after = simulate(Plan((operation,)), {operation.key: seen.canonical} if seen else {}).get(operation.key)
            outcome.seen = replace(seen, canonical=after) if seen and after is not None else None
