# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first write of many tasks in few requests (RFC 7644 section 3.7).

A Bulk request only takes the place of sending: each task is carried out as always, and where its first write was sent
already, it is told what came of it. So whatever a service refuses there, goes the ways that it goes alone.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from ..client.answer import Answer
from ..client.bulk import TooMuch, send
from ..client.scim import Deliver, ScimService
from ..core.bulk import REFERENCE, UNKNOWN, Batch, Outcome
from ..core.errors import InvalidInput, LifecycleError, NotFound, OutcomeUnknown, ServerError, Unreachable
from ..core.plan import CREATE, UPDATE
from ..core.profiles import PUT
from ..core.ways import ways
from ..core.writes import Request, requests_for
from .names import references_of
from .task import Task

_FEW = 2  # fewer are not worth a Bulk request
_NOT_NOW = (429, 503)  # not processed; alone, it waits as long as the service asks

Heard = Callable[[Task, str, "LifecycleError | None"], None]


class Told:
    """What a Bulk response said about the first writes of one task.

    answered: how many of its writes were answered so. refused: whether one was refused, which need not be the end of it.
    """

    def __init__(self, requests: Sequence[Request], outcomes: Sequence[Outcome]) -> None:
        self._outcomes = deque(zip(requests, outcomes))
        self.answered = 0
        self.refused = any(isinstance(problem_of(request, outcome), ServerError) for request, outcome in self._outcomes)

    @property
    def took(self) -> bool:
        """Whether something was written."""
        return any(200 <= outcome.status < 300 for dummy, outcome in self._outcomes)

    def before(self, deliver: Deliver) -> Deliver:
        """Answer the first writes as they were answered, and send those that follow."""

        def answer(request: Request, headers: Mapping[str, str | None]) -> Answer:
            if not self._outcomes:
                return deliver(request, headers)
            sent, outcome = self._outcomes.popleft()
            problem = problem_of(request, outcome)
            if _is_for_alone(sent, outcome) or (isinstance(problem, ServerError) and _differ(request, sent)):
                return deliver(request, headers)
            self.answered += 1
            if problem is not None:
                self._outcomes.clear()  # what follows is said in another way, or not at all
                raise problem
            body = outcome.body
            if outcome.resource_id and body is None:
                body = {"id": outcome.resource_id}
            return Answer(outcome.status, {"etag": outcome.version} if outcome.version else {}, body)

        return answer


def _is_for_alone(sent: Request, outcome: Outcome) -> bool:
    """Whether a refusal says nothing about the same write when it is sent alone: "not now", or a reference inside Bulk led nowhere."""
    return outcome.status in _NOT_NOW or (400 <= outcome.status < 500 and f'"{REFERENCE}' in json.dumps(sent.body))


def _differ(request: Request, sent: Request) -> bool:
    """Whether a task says it in another way by now, because the service was found out to refuse the first one."""
    return (request.method, request.body) != (sent.method, sent.body)


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


def refuse_unless_offered(service: ScimService, bulk: str) -> None:
    """Raises InvalidInput where writes have to go by Bulk and the service says that it has none. bulk: auto, always or never."""
    if bulk == "always" and not service.capabilities.flag("bulk"):
        raise InvalidInput("bulk: always, but the service does not offer Bulk; set bulk: auto, or capabilities.bulk if it does offer it")


def is_for_bulk(service: ScimService, bulk: str, count: int) -> bool:
    """Whether so many writes go by Bulk; not any more once the service was found out to have none after all."""
    few = 1 if bulk == "always" else _FEW
    return bulk != "never" and count >= few and service.capabilities.flag("bulk")


def send_in_bulk(service: ScimService, tasks: Sequence[Task], told: dict[Task, Told], heard: Heard, most_refused: int = 0) -> None:
    """Send the first writes of tasks, in order, as far as Bulk takes them. told: gets what was told, by task.

    most_refused: after so many refusals no further request is sent in Bulk, 0 for no end.
    Raises LifecycleError if there is no use in going on alone either: what was told until then, is in told.
    """
    _Sending(service, told, heard, most_refused).send(tasks)


class _Sending:
    def __init__(self, service: ScimService, told: dict[Task, Told], heard: Heard, most_refused: int) -> None:
        self.service = service
        self.heard = heard
        self.told = told
        self._left = most_refused or -1  # refusals until it is enough
        self._numbered = 0
        self._referred: set[str] = set()  # names by which tasks refer to others, as long as nobody looked whether Bulk is true
        self._sent: list[_Sent] = []
        self._batch = self._empty()

    def _empty(self) -> Batch:
        known = self.service.capabilities
        return Batch(known.number("bulk_max_operations"), known.number("bulk_max_payload_size"))

    def send(self, tasks: Sequence[Task]) -> None:
        waiting = deque(tasks)
        self._referred = {name for task in tasks for name in _referred(task)}
        while (waiting or self._sent) and self._left and self.service.known.flag("bulk"):
            if waiting and self._take(waiting[0]):
                waiting.popleft()
                continue
            if self._sent:
                waiting.extendleft(reversed(self._flush()))
            elif waiting:
                waiting.popleft()  # no batch takes it; it is sent alone

    def _take(self, task: Task) -> bool:
        """Put the first write of a task into the batch, if it fits."""
        try:
            requests = self._requests(task)
        except NotFound:
            requests = []  # it refers to somebody who is not in sight of Bulk
        if not requests or not self._batch.takes(requests):
            return False
        self._numbered += 1
        bulk_id = f"{task.resource.kind.lower()}{self._numbered}"
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
        except Unreachable:
            self.service.known.observe("bulk", False)  # nothing was processed; perhaps it is this address only
            return []
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
        if self._is_untrue(sent, outcomes):
            self.service.known.observe("bulk", False)
            outcomes = [UNKNOWN] * len(batch)
        position = 0
        in_vain = True
        for task, size, name in sent:
            mine = outcomes[position : position + size]
            requests = batch.requests[position : position + size]
            position += size
            if all(_is_for_alone(request, outcome) for request, outcome in zip(requests, mine)):
                continue
            in_vain = False
            self.told[task] = Told(requests, mine)
            if name and mine[0].resource_id:
                self.service.references.learn(task.resource.kind, name, mine[0].resource_id)
            problem = next(filter(None, map(problem_of, requests, mine)), None)
            refused = isinstance(problem, ServerError)
            if refused and self._left > 0:
                self._left -= 1
            self.heard(task, "accepted" if problem is None else "failed" if refused else "open", problem)
        if in_vain:
            self._left = 0

    def _is_untrue(self, sent: Sequence[_Sent], outcomes: Sequence[Outcome]) -> bool:
        """Whether a service says that it made somebody and shows nobody: others would be given a manager or a member who is not there.

        One look tells, at the first of those who were made and are referred to.
        """
        positions = accumulate((one.size for one in sent), initial=0)
        made = ((one.task, outcomes[n].resource_id) for one, n in zip(sent, positions) if one.name in self._referred)
        task, resource_id = next((one for one in made if one[1] and one[0].is_shown_at_once()), (None, ""))
        if task is None:
            return False
        self._referred = set()
        try:
            return self.service.get(task.resource, resource_id) is None
        except LifecycleError:
            return False  # that tells nothing


def _referred(task: Task) -> set[str]:
    """The names by which a task refers to others."""
    given = task.wish.attributes or {}
    members = {name for membership in task.wish.memberships.values() for name in (*membership.add, *(membership.set or ()))}
    return members | {str(given[attribute.option]) for attribute in references_of(task.wish)}
