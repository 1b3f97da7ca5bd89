# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Layers that are switched on by name: one registry for the quirks, one for the faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from .exchange import Layer


class UnknownName(ValueError):
    """Nothing is registered under this name, or its value makes no sense."""


@dataclass(frozen=True)
class Entry:
    """A registered layer. usage: its name with its value, if it takes one. seen_at: who behaves like that, if known.

    outside_login: it also sees the requests that the service turns away with 401. in_bulk: it also sees the operations of
    Bulk requests, as if they were requests of their own.
    """

    name: str
    usage: str
    description: str
    seen_at: str
    make: Callable[[str], Layer]
    outside_login: bool = False
    in_bulk: bool = True


class Registry:
    """Entries by name, in the order in which their layers are stacked (the first outermost)."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.entries: dict[str, Entry] = {}

    def add(
        self,
        usage: str,
        description: str,
        *,
        seen_at: str = "",
        outside_login: bool = False,
        in_bulk: bool = True,
    ) -> Callable[[Any], Any]:
        """Decorator. A function is the layer itself; a class is made anew of what follows "=".

        Without "=", that is the empty text.
        """
        name = usage.partition("[")[0].partition("=")[0]

        def register(made: Any) -> Any:
            make = made if isinstance(made, type) else lambda value: _without_value(made, name, value)
            self.entries[name] = Entry(name, usage, description, seen_at, make, outside_login, in_bulk)
            return made

        return register

    def make(self, chosen: Iterable[str]) -> list[tuple[Entry, Layer]]:
        """The layers of texts "NAME" or "NAME=VALUE", outermost first, each with counters of its own."""
        made: dict[str, tuple[Entry, Layer]] = {}
        for text in chosen:
            name, dummy, value = text.partition("=")
            entry = self.entries.get(name)
            if entry is None:
                raise UnknownName(f"unknown {self.kind} {name!r}, known: {', '.join(sorted(self.entries))}")
            try:
                made[name] = (entry, entry.make(value))
            except UnknownName:
                raise
            except ValueError as wrong:
                raise UnknownName(f"{self.kind} {text!r}: write {entry.usage} ({wrong})") from wrong
        return [made[name] for name in self.entries if name in made]

    def help(self) -> str:
        """One line for each entry."""
        width = max(len(entry.usage) for entry in self.entries.values())
        return "\n".join(f"  {entry.usage:{width}}  {entry.description}" for entry in self.entries.values())


def _without_value(layer: Layer, name: str, value: str) -> Layer:
    if value:
        raise UnknownName(f"{name} takes no value")
    return layer


class Every:
    """Counts, and says yes at every nth time."""

    def __init__(self, n: int) -> None:
        if n < 1:
            raise ValueError("the number is at least 1")
        self._n = n
        self._count = 0
        self._lock = threading.Lock()

    def due(self) -> bool:
        with self._lock:
            self._count += 1
            return self._count % self._n == 0
