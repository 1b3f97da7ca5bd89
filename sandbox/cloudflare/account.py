# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Cloudflare account in memory: what is stored, who may ask, and which handler answers."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, Protocol

from ..exchange import Answer, Handler, Request
from . import quirks as known_quirks
from .envelope import Refusal, no_route
from .limiter import Limiter
from .routes import ROUTES, USER_ROUTES
from .tokens import log_in

PREFIX = "/client/v4"
ACCOUNT_ID = "0123456789abcdef0123456789abcdef"


class Kept(Protocol):
    """A part of the account that stores something outside its tables. It goes to the state file, too."""

    def state(self) -> Any:
        """A JSON value with everything that restore() needs."""

    def restore(self, state: Any) -> None:
        """Replace everything by what state() returned earlier."""


class Account:
    """Serves everything below /client/v4. Handlers run one at a time, under `lock`.

    Objects are dicts with an "id" in tables by kind: "policies", "groups", "apps", "idps", "users", ... A key that begins with
    "_" is never shown to clients. origin: "http://127.0.0.1:PORT" once it is served. clock: seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.id = ACCOUNT_ID
        self.origin = ""
        self.clock = clock
        self.lock = threading.RLock()
        self.quirks: frozenset[str] = frozenset()
        self.on_change: Callable[[], None] = lambda: None
        self.kept: dict[str, Kept] = {}
        self.limiter = Limiter(self.seconds)
        self._tables: dict[str, dict[str, dict[str, Any]]] = {}
        self._issued = 0
        self._changes = 0
        self._mounted: dict[str, Handler] = {}

    def seconds(self) -> float:
        """The time by the clock that counts now."""
        return self.clock()

    def changed(self) -> None:
        """Tell whoever listens now that something is stored."""
        self.on_change()

    # What is stored

    def table(self, kind: str) -> dict[str, dict[str, Any]]:
        """The objects of a kind by id, in the order in which they were stored. Call touch() after changing one in place."""
        return self._tables.setdefault(kind, {})

    def put(self, kind: str, value: dict[str, Any]) -> dict[str, Any]:
        """Store an object under its "id", which it is given if it has none. Returns it."""
        if "id" not in value:
            value["id"] = self.new_id()
        self.table(kind)[value["id"]] = value
        self.touch()
        return value

    def remove(self, kind: str, object_id: str) -> None:
        del self.table(kind)[object_id]
        self.touch()

    def touch(self) -> None:
        """Something that is stored was changed: the journal and the state file learn it."""
        self._changes += 1

    def stored(self, kind: str) -> list[dict[str, Any]]:
        """Copies of all objects of a kind as they are really stored, past all quirks."""
        with self.lock:
            return copy.deepcopy(list(self.table(kind).values()))

    def new_id(self) -> str:
        """A UUID. They are numbered, so that a run can be repeated exactly."""
        with self.lock:
            self._issued += 1
            return f"cf000000-0000-4000-8000-{self._issued:012x}"

    def new_secret(self, prefix: str) -> str:
        """A secret that is no real one and can be told from others."""
        with self.lock:
            self._issued += 1
            return f"{prefix}-{self._issued:06}"

    def now(self) -> str:
        """The time in RFC 3339, as Cloudflare writes it."""
        return rfc3339(self.clock())

    def set_quirks(self, names: Iterable[str]) -> None:
        """Replace the active quirks."""
        self.quirks = known_quirks.checked(names)

    def state(self) -> dict[str, Any]:
        """Everything that restore() needs, as JSON."""
        with self.lock:
            kept = {name: part.state() for name, part in self.kept.items()}
            return {"issued": self._issued, "tables": copy.deepcopy(self._tables), "kept": kept}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Replace everything that is stored by what state() returned earlier."""
        with self.lock:
            self._issued = state["issued"]
            self._tables = copy.deepcopy(dict(state["tables"]))
            for name, part in self.kept.items():
                if name in state["kept"]:
                    part.restore(state["kept"][name])

    # How it is asked

    def mount(self, prefix: str, service: Handler) -> None:
        """Serve everything below a prefix such as "/accounts/ID/scim/v2" with a handler that checks tokens itself."""
        self._mounted[prefix] = service

    def __call__(self, request: Request) -> Answer:
        return self.limiter(request, self._behind_limiter)

    def _behind_limiter(self, request: Request) -> Answer:
        for prefix, service in self._mounted.items():
            if request.path == prefix or request.path.startswith(prefix + "/"):
                below = request.path[len(prefix) :] or "/"
                return service(replace(request, mount=request.mount + prefix, path=below))
        with self.lock:
            try:
                return self._serve(request)
            except Refusal as refused:
                return refused.answer()

    def _serve(self, request: Request) -> Answer:
        log_in(request)
        account = f"/accounts/{self.id}"
        if request.path.startswith(account + "/"):
            handler = ROUTES.find(request.method, request.path[len(account) :])
        else:
            handler = USER_ROUTES.find(request.method, request.path)
        if handler is None:
            raise no_route(request.path)
        changes = self._changes
        if request.is_write and (request.discard or "keeps-nothing" in self.quirks):
            before = copy.deepcopy(self._tables)
            try:
                return handler(self, request)
            finally:
                self._tables, self._changes = before, changes
        try:
            return handler(self, request)
        finally:
            if self._changes != changes:
                request.effect.applied = True
                self.on_change()


def rfc3339(seconds: float) -> str:
    """A time since the epoch as "2026-01-01T00:00:00Z"."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
