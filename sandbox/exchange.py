# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request and its answer, as every part of the sandbox passes them on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

WRITES = frozenset(("POST", "PUT", "PATCH", "DELETE"))


@dataclass
class Effect:
    """What a request has done. Shared by all copies of the request, so that the journal learns it."""

    applied: bool = False


@dataclass(frozen=True)
class Request:
    """A request. path: below the mount, such as "/Users/42". headers: by lower-case name. query: decoded.

    query has the last value of each parameter; values() has all of them, for services where parameters are repeated.

    origin is "http://127.0.0.1:PORT", mount the prefix that was removed from the path, such as "/scim/v2".
    discard: serve it truthfully, then take back what it changed. new_id: the id of the resource it creates.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = ""
    mount: str = ""
    effect: Effect = field(default_factory=Effect)
    discard: bool = False
    new_id: str | None = None
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def is_write(self) -> bool:
        """Whether it asks for a change. POST to .search is a read (RFC 7644 section 3.4.3)."""
        return self.method in WRITES and not self.path.rstrip("/").endswith("/.search")

    def values(self, name: str) -> list[str]:
        """All values of a query parameter, in the order in which they were sent."""
        if self.pairs:
            return [value for known, value in self.pairs if known == name]
        return [self.query[name]] if name in self.query else []

    def json(self) -> Any:
        """The parsed body, None when there is none or it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_json(self, document: Any) -> Request:
        """The same request with another body."""
        return replace(self, body=json.dumps(document).encode())


class Ending(Enum):
    """How the connection ends after an answer."""

    WHOLE = "whole"  # the answer is sent and the connection is kept
    TRUNCATED = "truncated"  # half of the body is sent, then the connection is closed
    DROPPED = "dropped"  # closed without an answer
    RESET = "reset"  # reset without an answer


@dataclass(frozen=True)
class Answer:
    """An answer. body: a JSON document; a str is sent as HTML; None is no body at all."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Ending = Ending.WHOLE

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def sent(self) -> bool:
        """Whether the client gets to see a status."""
        return self.ending in (Ending.WHOLE, Ending.TRUNCATED)

    def with_headers(self, **changes: str | None) -> Answer:
        """The same answer with headers set or, with None, removed; retry_after is Retry-After."""
        names = {name.replace("_", "-").lower(): value for name, value in changes.items()}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in names}
        added = {name.title(): value for name, value in names.items() if value is not None}
        return replace(self, headers={**kept, **added})

    def encoded(self) -> bytes:
        """The body as it is sent."""
        if self.body is None:
            return b""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


Handler = Callable[[Request], Answer]
"""Serves a request."""

Layer = Callable[[Request, Handler], Answer]
"""Serves a request with the help of the handler below it. Every quirk and every fault is one."""


def layered(layers: list[Layer], handler: Handler) -> Handler:
    """The handler behind the layers, the first layer outermost."""
    for layer in reversed(layers):
        handler = _behind(layer, handler)
    return handler


def _behind(layer: Layer, handler: Handler) -> Handler:
    return lambda request: layer(request, handler)
