# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out the tasks of a directory: users, then groups, then removals, each written by many hands and then looked at.

What fails does not keep the others from being done, as long as it is not too much that fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ..client.lookup import Lookup
from ..client.scim import ScimService
from ..core.errors import LifecycleError, OutOfTime, ServerError
from ..core.plan import CREATE, UPDATE, Plan
from ..core.profiles import PUT
from ..core.resources import GROUP, USER
from .apply import is_conflict
from .directory import Directory, Pace, Watch
from .in_bulk import Told, is_for_bulk, refuse_unless_offered, send_in_bulk
from .leave_out import leave_out
from .settle import Settlement
from .task import Task
from .verdict import lost_all_members
from .waves import waves


class Crew:
    """Makes the plan of a directory true, or predicts how on a read-only connection."""

    def __init__(self, service: ScimService, directory: Directory, pace: Pace, watch: Watch) -> None:
        self.service = service
        self.directory = directory
        self.pace = pace
        self.watch = watch
        self._settlements: dict[Task, Settlement] = {}  # of those that were begun and not looked at yet
        self._told: dict[Task, Told] = {}
        self._stopped = ""
        self._lock = threading.Lock()

    def work(self) -> None:
        """Do everything. What becomes of single resources is in the directory."""
        work = self.directory
        self._without_elsewhere(work.users)
        self._without_elsewhere(work.groups)
        self._without_failed(work.groups)
        if work.plan:
            refuse_unless_offered(self.service, self.pace.bulk)
        if self.service.read_only:
            for task in work.tasks:
                task.predict()
            return
        self._send_in_bulk([*work.users, *work.groups])
        self._announce("users", work.users)
        for wave in waves(work.users):
            self._begin(wave)
            # Whoever comes in the next wave may refer to them, so they need an id.
            nameless = [task for task in self._begun(wave) if not self._settlements[task].id]
            self._resume(nameless, self._list_again(nameless), lambda task: None)
        self._look_at(work.users)
        self._stop_if_all_are_hidden(work.users)
        self._without_failed(work.groups)
        self._announce("groups", work.groups)
        self._begin(work.groups)
        self._look_at(work.groups)
        self._send_in_bulk(work.removals)
        self._announce("removals", work.removals)
        self._begin(work.removals)
        for resource in (GROUP, USER):
            self._look_at([task for task in work.removals if task.resource is resource])

    # -- writing ---------------------------------------------------------------------------------------------------

    def _announce(self, step: str, tasks: Sequence[Task]) -> None:
        planned = sum(1 for task in tasks if task.outcome.plan)
        if planned:
            self.watch.step(step, planned)

    def _begin(self, tasks: Sequence[Task]) -> None:
        planned = [task for task in tasks if task.outcome.plan]
        tried = self._tried(planned)
        planned.sort(key=lambda task: task not in self._told)  # if too many failed in Bulk, nobody else is begun
        self._each([task for task in planned if task is not tried], self._begin_one)

    def _tried(self, planned: Sequence[Task]) -> Task | None:
        """Replace one group and look at it before the others: a PUT sends all members back, and not every service stores them (Teleport)."""
        first = next((task for task in planned if task.resource is GROUP and task.verb == UPDATE and task.seen and task.seen.canonical.get("members")), None)
        if first is None or len(planned) == 1 or self.service.known.text("update") != PUT:
            return None
        self._each([first], self._begin_one)
        self._resume(self._begun([first]), None, lambda task: None)
        if lost_all_members(first) and not self._stopped:
            self._stopped = f"group {first.wish.key!r} lost its members by PUT; set capabilities.update to patch if the service takes PATCH"
        return first

    def _begin_one(self, task: Task) -> None:
        told = self._told.get(task)
        if self._stopped and told is None:
            self._skip(task)
            return
        task.service = task.observer.service = self.service.apart()
        if told is not None:
            task.service.deliver = told.before(task.service.deliver)
        (operation,) = task.outcome.plan
        settlement = Settlement(task, operation, told=told is not None)
        with self._lock:
            self._settlements[task] = settlement
        settlement.start()
        if told is None or told.refused or len(task.service.sent) > told.answered:
            self.watch.note(task, "open" if settlement.doubt else "accepted", settlement.doubt)
        self.watch.done(task)

    def _skip(self, task: Task) -> None:
        with self._lock:
            self.directory.not_attempted.append((task, self._stopped))
        self.watch.note(task, "not_attempted")

    def _send_in_bulk(self, tasks: Sequence[Task]) -> None:
        planned = [task for task in tasks if task.outcome.plan]
        if is_for_bulk(self.service, self.pace.bulk, len(planned)) and not self._stopped:
            self.watch.step("bulk", len(planned))
            try:
                send_in_bulk(self.service, planned, self._told, self._heard, self._failures_left())
            except LifecycleError as problem:
                self._stop(problem)

    def _failures_left(self) -> int:
        """How many more may fail, 0 for no end."""
        return max(1, self.pace.max_failures - len(self.directory.failures)) if self.pace.max_failures else 0

    def _heard(self, task: Task, outcome: str, problem: LifecycleError | None) -> None:
        self.watch.note(task, outcome, problem)
        self.watch.done(task, problem)

    # -- looking ---------------------------------------------------------------------------------------------------

    def _look_at(self, tasks: Sequence[Task]) -> None:
        """See what came of those that were begun: in a list of everybody, where that takes fewer requests than asking for each."""
        begun = self._begun(tasks)
        if begun:
            self.watch.step("verification")
            fresh = self._list_again(begun)
            self.watch.step("verification", len(begun))
            self._resume(begun, fresh, self.watch.done)

    def _begun(self, tasks: Sequence[Task]) -> list[Task]:
        """Those that were begun and not looked at yet."""
        return [task for task in tasks if task in self._settlements]

    def _resume(self, begun: Sequence[Task], fresh: Lookup | None, done: Callable[[Task], None]) -> None:
        def look(task: Task) -> None:
            self._settlements.pop(task).resume(fresh)
            for what in ("unconverged", "unverifiable"):
                if getattr(task.outcome, what):
                    self.watch.note(task, what)
            done(task)

        self._each(begun, look)

    def _list_again(self, begun: Sequence[Task]) -> Lookup | None:
        """A list that was read since they were begun; ``None`` if asking for each takes fewer requests."""
        new = sum(operation.verb == CREATE for task in begun for operation in task.outcome.plan)
        before = begun[0].lookup if begun else None
        pages = before.all.pages(new) if before else 0
        if before is None or not pages or pages >= len(begun):
            return None
        fresh = Lookup(self.service, before.resource, before.excluded)
        try:
            fresh.all.everyone()
        except LifecycleError:
            return None  # then each is asked for
        return fresh

    # -- what cannot be done ----------------------------------------------------------------------------------------

    def _each(self, tasks: Sequence[Task], work: Callable[[Task], None]) -> None:
        def one(task: Task) -> None:
            try:
                work(task)
            except LifecycleError as problem:
                self._fail(task, problem)

        waiting = iter(tasks)  # one for all: whoever is free takes the next

        def hand() -> None:
            for task in waiting:
                one(task)

        hands = min(self.pace.concurrency, len(tasks))
        if hands < 2:
            hand()
            return
        with ThreadPoolExecutor(hands) as pool:
            for done in [pool.submit(hand) for dummy in range(hands)]:
                done.result()

    def _fail(self, task: Task, problem: LifecycleError) -> None:
        with self._lock:
            self._settlements.pop(task, None)
            failures = self.directory.failures
            failures.append((task, problem))
            if isinstance(problem, OutOfTime):
                self._stop(problem)
            elif self.pace.max_failures and len(failures) >= self.pace.max_failures:
                self._stopped = f"max_failures is {self.pace.max_failures}"
        task.outcome.requests = task.service.sent if task.service is not self.service else []
        task.outcome.changed = task.outcome.changed or (bool(task.outcome.requests) and task.service.accepted > 0)
        self.watch.note(task, "failed", problem)
        self.watch.done(task, problem)

    def _stop(self, problem: LifecycleError) -> None:
        """Begin nothing more. What was sent in Bulk is finished."""
        self._stopped = "time_budget is used up; raise it or run the task again" if isinstance(problem, OutOfTime) else str(problem)

    def _stop_if_all_are_hidden(self, users: Sequence[Task]) -> None:
        """Whoever sees no user may see no group either, and names of groups need not be unique: all of them would be made twice."""
        planned = [task for task in users if task.outcome.plan]
        refused = {task for task, problem in self.directory.failures if isinstance(problem, ServerError) and is_conflict(problem)}
        if planned and refused.issuperset(planned) and planned[0].lookup and planned[0].lookup.all.shows_nobody:
            self._stopped = (
                "the service shows no users, and refuses to create any because they are there: its lists are broken, or the credentials may not list users"
            )

    def _without_failed(self, groups: Sequence[Task]) -> None:
        """Somebody who could not be created joins no group now; everybody else does."""
        undone = [task for task, dummy in (*self.directory.failures, *self.directory.not_attempted)]
        missing = {task.wish.key for task in undone if task.resource is USER and task.seen is None and not task.outcome.changed}
        for task in groups:
            if leave_out(task, missing) and task in self._told:
                # A Bulk request asked for more than the plan does now: what came of it is looked at first.
                told = self._told.pop(task)
                task.outcome.changed = told.took
                if task.verb == CREATE:
                    task.spare_everybody()
                try:
                    task.observe_again()
                    task.plan()
                except LifecycleError as problem:
                    task.outcome.plan = Plan()  # not once more
                    self._fail(task, problem)

    def _without_elsewhere(self, tasks: Sequence[Task]) -> None:
        """Those of other shards who do not exist yet are for the next run: as members, and as managers."""
        waiting: set[str] = set()
        for task in tasks:
            waiting |= leave_out(task, self.directory.elsewhere.get("User", set()))
        if waiting:
            names = ", ".join(sorted(waiting)[:5])
            self.directory.warnings.append(
                f"{len(waiting)} who belong to other shards do not exist yet ({names}); run this task again when all shards are done"
            )
