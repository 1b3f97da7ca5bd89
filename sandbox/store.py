# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim2-server's storage in memory, which also tells whether a request changed anything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from scim2_models import Resource, ResourceType, UniquenessException
from scim2_server.memory import InMemoryStorage

from .exchange import Request


class Store(InMemoryStorage):
    """Users and groups. on_change is called after each request that changed something.

    Ids and versions are numbered, so that the same requests have the same answers; lists are in the order of the ids.
    """

    def __init__(self) -> None:
        super().__init__()
        self.on_change: Callable[[], None] = lambda: None
        self.issued = 0
        self._current = threading.local()

    @contextmanager
    def serving(self, request: Request) -> Iterator[None]:
        """Around the serving of one request by this thread: notes its effect, takes it back if asked to."""
        self._current.new_id = request.new_id
        self._current.changed = False
        if not request.discard:
            yield
            if self._current.changed:
                request.effect.applied = True
                self.on_change()
            return
        with self.lock:
            # Stored resources are replaced, never modified in place, so the list is a complete snapshot.
            before = self.resources
            yield
            if self._current.changed:
                self.resources = before

    def restore(self, resources: list[Resource[Any]], issued: int) -> None:
        """Take over resources that were stored earlier, and go on behind the last number issued then."""
        with self.lock:
            self.resources = resources
            self.issued = issued

    def _number(self) -> int:
        with self.lock:
            self.issued += 1
            return self.issued

    def next_version(self) -> str:
        return f'W/"{self._number()}"'

    def generate_id(self, resource_type: ResourceType, resource: Resource[Any]) -> str:
        wanted: str | None = getattr(self._current, "new_id", None)
        if wanted is None:
            return f"00000000-0000-4000-8000-{self._number():012}"
        if wanted in self._resources.get(resource_type.name, {}):
            raise UniquenessException()
        return wanted

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        created = super().create(resource_type, resource)
        self._current.changed = True
        return created

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        updated = super().update(resource_type, resource, expected_version=expected_version)
        self._current.changed = True
        return updated

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        super().delete(resource_type, resource_id, expected_version=expected_version)
        self._current.changed = True
