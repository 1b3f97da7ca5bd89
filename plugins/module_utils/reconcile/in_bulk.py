# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first write of many tasks in few requests (RFC 7644 section 3.7).

A Bulk request only takes the place of sending: each task is carried out as always, and where its first write was sent
already, it is told what came of it. So whatever a service refuses there, goes the ways that it goes alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ..client.answer import Answer
from ..client.bulk import TooMuch, send
from ..client.scim import Deliver, ScimService
from ..core.bulk import REFERENCE, Batch, Outcome
from ..core.errors import InvalidInput, LifecycleError, NotFound, OutcomeUnknown, ServerError
from ..core.plan import CREATE, UPDATE
from ..core.profiles import PUT
from ..core.ways import ways
from ..core.writes import Request, requests_for
from .task import Task

_FEW = 2  # fewer are not worth a Bulk request
_NOT_NOW = (429, 503)  # not processed; alone, it waits as long as the service asks

Heard = Callable[[Task, str, "LifecycleError | None"], None]


class Told:
    """What a Bulk response said about the first writes of one task."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._outcomes = deque(outcomes)
        self.answered = len(outcomes)

    @property
    def took(self) -> bool:
        """Whether something was written."""
        return any(200 <= outcome.status < 300 for outcome in self._outcomes)

    def before(self, deliver: Deliver) -> Deliver:
        """Answer the first writes as they were answered, and send those that follow."""

        def answer(request: Request, headers: Mapping[str, str | None]) -> Answer:
            if not self._outcomes:
                return deliver(request, headers)
            outcome = self._outcomes.popleft()
            if outcome.status in _NOT_NOW:
                return deliver(request, headers)
            problem = problem_of(request, outcome)
            if problem is not None:
                raise problem
            body = outcome.body
            if outcome.resource_id and body is None:
                body = {"id": outcome.resource_id}
            return Answer(outcome.status, {"etag": outcome.version} if outcome.version else {}, body)

        return answer


class _Sent(NamedTuple):
    """A task in a batch. size: how many requests it has there. name: what it is called by those who refer to it, if it is new."""

    task: Task
    size: int
    name: str


def problem_of(request: Request, outcome: Outcome) -> LifecycleError | None:
    """What a write would have raised had it been sent alone, ``None`` if it took."""
    if not outcome.status or outcome.status >= 500:
        # Who breaks down over one of many may have done it, and may well do it alone.
        return OutcomeUnknown(f"{request.method} {request.path}: the answer to the Bulk request does not say what came of it")
    if outcome.status >= 300:
        return ServerError(request.method, request.path, outcome.status, outcome.detail, outcome.scim_type)
    return None


def is_offered(service: ScimService, bulk: str, count: int) -> bool:
    """Whether so many writes go by Bulk. bulk: auto, always or never. Raises InvalidInput where it has to and cannot."""
    if bulk == "never" or not count:
        return False
    offered = service.capabilities.flag("bulk")
    if bulk == "always" and not offered:
        raise InvalidInput("bulk: always, but the service does not offer Bulk; set bulk: auto, or capabilities.bulk if it does offer it")
    return offered and (bulk == "always" or count >= _FEW)


def send_in_bulk(service: ScimService, tasks: Sequence[Task], told: dict[Task, Told], heard: Heard) -> None:
    """Send the first writes of tasks, in order, as far as Bulk takes them. told: gets what was told, by task.

    Raises LifecycleError if there is no use in going on alone either: what was told until then, is in told.
    """
    _Sending(service, told, heard).send(tasks)


class _Sending:
    def __init__(self, service: ScimService, told: dict[Task, Told], heard: Heard) -> None:
        self.service = service
        self.heard = heard
        self.told = told
        self._sent: list[_Sent] = []
        self._batch = self._empty()

    def _empty(self) -> Batch:
        known = self.service.capabilities
        return Batch(known.number("bulk_max_operations"), known.number("bulk_max_payload_size"))

    def send(self, tasks: Sequence[Task]) -> None:
        waiting = deque(tasks)
        while (waiting or self._sent) and self.service.known.flag("bulk"):
            if waiting and self._take(waiting[0], len(self.told) + len(self._sent)):
                waiting.popleft()
                continue
            if self._sent:
                waiting.extendleft(reversed(self._flush()))
            elif waiting:
                waiting.popleft()  # no batch takes it; it is sent alone

    def _take(self, task: Task, number: int) -> bool:
        """Put the first write of a task into the batch, if it fits."""
        try:
            requests = self._requests(task)
        except NotFound:
            requests = []  # it refers to somebody who is not in sight of Bulk
        if not requests or not self._batch.takes(requests):
            return False
        bulk_id = f"{task.resource.kind.lower()}{number}"
        self._batch.add(requests, bulk_id)
        (operation,) = task.outcome.plan
        name = str((operation.after or {}).get(task.resource.name) or "") if operation.verb == CREATE else ""
        if name:
            self.service.references.expect(task.resource.kind, name, REFERENCE + bulk_id)
        self._sent.append(_Sent(task, len(requests), name))
        return True

    def _requests(self, task: Task) -> list[Request]:
        service, seen = self.service, task.seen
        (operation,) = task.outcome.plan
        way = ways(task.resource, operation, service.capabilities, members_shown=seen.members_shown)[0] if seen and operation.verb == UPDATE else None
        if way is not None and way.style == PUT:
            return []  # a PUT is made of what is there at that moment
        return requests_for(task.resource, operation, seen.snapshot if seen else None, service.capabilities, service.references, way)

    def _flush(self) -> list[Task]:
        """Send the batch. The tasks that have to be sent once more, in smaller batches."""
        batch, sent = self._batch, self._sent
        try:
            outcomes = send(self.service, batch)
        except TooMuch:
            return [one.task for one in sent]
        finally:
            self._sent = []
            self._batch = self._empty()
            for one in sent:
                if one.name:
                    self.service.references.disappoint(one.task.resource.kind, one.name)
        if outcomes is not None:
            self._tell(sent, batch, outcomes)
        return []

    def _tell(self, sent: Sequence[_Sent], batch: Batch, outcomes: Sequence[Outcome]) -> None:
        position = 0
        for task, count, name in sent:
            mine = outcomes[position : position + count]
            problems = [problem_of(request, outcome) for request, outcome in zip(batch.requests[position:], mine)]
            position += count
            self.told[task] = Told(mine)
            if name and mine[0].resource_id:
                self.service.references.learn(task.resource.kind, name, mine[0].resource_id)
            problem = next(filter(None, problems), None)
            self.heard(task, "accepted" if problem is None else "open" if isinstance(problem, OutcomeUnknown) else "failed", problem)
