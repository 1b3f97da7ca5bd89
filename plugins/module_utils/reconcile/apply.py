# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out one operation: the exact way first, the other ways where the service refuses it.

An error leaves open how much of a request was done (PATCH is not atomic everywhere), so the resource is read again
before another way is tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ..client.scim import ScimService
from ..core.errors import ServerError
from ..core.plan import CREATE, UPDATE, Operation
from ..core.profiles import PUT, REPLACE, WHOLE
from ..core.resources import Resource
from ..core.ways import Way, ways
from ..core.writes import Request, Snapshot, requests_for
from .observe import Observer
from .wish import Seen

NEW_ID = "(id of the new resource)"
_FEW_MEMBERS = 100  # what every service takes in one request

# Refusals that another way of saying the same cannot turn around (RFC 7644 table 9).
_FINAL = ("mutability", "uniqueness", "sensitive", "invalidVers")
_NO_PATCH = (404, 405, 415, 501)


def predicted(service: ScimService, resource: Resource, operation: Operation, seen: Seen | None) -> list[Request]:
    """The requests that a Settlement sends to an obedient service."""
    capabilities, references = service.capabilities, service.references
    snapshot = seen.snapshot if seen else None
    way = _ways(service, resource, operation, seen)[0] if seen and operation.verb == UPDATE else None
    requests = requests_for(resource, operation, snapshot, capabilities, references, way)
    if operation.verb == CREATE:
        later = tuple(change for change in operation.changes if change.path in resource.memberships)
        if later and "members" not in (requests[0].body or {}):
            before = {path: value for path, value in (operation.after or {}).items() if path not in {c.path for c in later}}
            follow_up = Operation("update", operation.kind, operation.key, before, operation.after, later)
            follow_ups = requests_for(resource, follow_up, Snapshot(NEW_ID, {}), capabilities, references)
            requests += [replace(request, path=f"{resource.endpoint}/{NEW_ID}") for request in follow_ups]
    return requests


def _ways(service: ScimService, resource: Resource, operation: Operation, seen: Seen) -> list[Way]:
    return ways(resource, operation, service.capabilities, members_shown=seen.members_shown)


def names_members(resource: Resource, operation: Operation) -> bool:
    """Whether an operation changes who is in a group."""
    return any(change.path in resource.memberships for change in operation.changes)


def shows_members(resource: Resource, operation: Operation) -> bool:
    """Whether there is at least one member in sight, a user or a group."""
    before = operation.before or {}
    return any(before.get(option) for option in resource.memberships)


def is_conflict(error: ServerError) -> bool:
    """Whether a refusal to create says that there is one already; not every service uses 409 for it."""
    if error.status == 409 or error.scim_type == "uniqueness":
        return True
    said = re.search(r"(?i)already (exist|in use|taken)|duplicate|unique|exists", error.detail)
    return error.status in (400, 422, 500) and said is not None


class Apply:
    """Writes to one resource. replan: what is still to do, given how the resource is now."""

    def __init__(
        self, service: ScimService, observer: Observer, replan: Callable[[Seen], Operation | None]
    ) -> None:
        self.service = service
        self.observer = observer
        self.resource = observer.resource
        self.replan = replan

    def create(self, operation: Operation) -> Snapshot | None:
        """POST the resource. ``None`` if the service does not say what it made."""
        try:
            return self._post(operation)
        except ServerError as error:
            if not self._too_many(error, operation):
                raise
        self.service.known.observe("members_per_request", _FEW_MEMBERS)
        return self._post(operation)  # without them; they follow

    def _post(self, operation: Operation) -> Snapshot | None:
        (request,) = requests_for(self.resource, operation, None, self.service.capabilities, self.service.references)
        return self.service.create(self.resource, request)

    def delete(self, operation: Operation, seen: Seen) -> None:
        for request in self._requests(operation, seen):
            self.service.write(request)

    def update(self, operation: Operation, seen: Seen, only: Way | None = None) -> None:
        """Make the changes, in the given way or in the first one that the service does not refuse."""
        refusal: ServerError | None = None
        no_patch = False
        for way in [only] if only else _ways(self.service, self.resource, operation, seen):
            if no_patch and way.style != PUT:
                continue
            if way.style == PUT and refusal and not no_patch and names_members(self.resource, operation) and not shows_members(self.resource, operation):
                continue  # this service may show no members at all; it takes a PATCH, so the others are not put at risk
            try:
                self._send(operation, seen, way)
            except ServerError as error:
                if not self._may_be_the_form(error):
                    raise
                no_patch = no_patch or error.status in _NO_PATCH
                refusal = refusal or error
                now = self.observer.again(seen.id)
                if now is None:
                    raise
                left = self.replan(now)
                if left is None:
                    return
                seen, operation = now, left
                continue
            if refusal:
                self.service.known.observe("update", way.style)
                if way.members == WHOLE:
                    self.service.known.observe("members_remove", REPLACE)
            return
        if refusal:
            raise refusal

    def _send(self, operation: Operation, seen: Seen, way: Way) -> None:
        try:
            for request in self._requests(operation, seen, way):
                self.service.write(request)
        except ServerError as error:
            if not self._too_many(error, operation):
                raise
            self.service.known.observe("members_per_request", _FEW_MEMBERS)
            now = self.observer.again(seen.id)
            todo = self.replan(now) if now else None
            if now and todo:
                for request in self._requests(todo, now, way):
                    self.service.write(request)

    def _requests(self, operation: Operation, seen: Seen, way: Way | None = None) -> list[Request]:
        capabilities = self.service.capabilities
        if way and way.style == PUT:
            # What a PUT leaves out is erased: a list may have shown less than there is, and members may have come since.
            whole = self.observer.whole(seen)
            todo = self.replan(whole) if whole and names_members(self.resource, operation) else operation
            if todo is None:
                return []
            seen, operation = whole or seen, todo
        return requests_for(self.resource, operation, seen.snapshot, capabilities, self.service.references, way)

    def _too_many(self, error: ServerError, operation: Operation) -> bool:
        """Whether the service may have refused the number of members (AWS: 100, FusionAuth: 100, Miro: 8,000)."""
        named = sum(
            len(set(change.before or ()) ^ set(change.after or ()))
            for change in operation.changes
            if change.path in self.resource.memberships
        )
        several = min(named, self.service.known.number("members_per_request")) > _FEW_MEMBERS
        return several and (error.status in (400, 413) or error.scim_type == "tooMany")

    @staticmethod
    def _may_be_the_form(error: ServerError) -> bool:
        """Whether another way to say the same may be accepted."""
        return error.status in (400, 500, *_NO_PATCH) and error.scim_type not in _FINAL
