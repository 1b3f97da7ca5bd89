# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is meant by the names in plans: people of a roster, and others whose external id is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..json_values import folded
from ..roster.person import subject_of

Person = Mapping[str, Any]  # as ``roster_info`` returns them
Document = Mapping[str, Any]  # see plan_document


class Subjects:
    """By which names plans know people. people: of a roster. documents: plans, which tell the external ids of members and of newcomers.

    An external id counts to the letter, a user name in any letters (RFC 7643 sections 3.1 and 4.1.1). Somebody may still be called
    otherwise on the service than in the roster: there, their external id says who they are.
    """

    def __init__(self, people: Iterable[Person], *documents: Document) -> None:
        self._by_id: dict[str, Person] = {}
        self._by_name: dict[str, Person] = {}
        for person in people:
            user = person["user"]
            if user.get("external_id"):
                self._by_id.setdefault(str(user["external_id"]), person)
            if user.get("user_name"):
                self._by_name.setdefault(folded(str(user["user_name"])), person)
        named = (pair for document in documents for pairs in (_newcomers(document), (document.get("people") or {}).items()) for pair in pairs)
        self._external_ids = {folded(str(name)): str(external_id) for name, external_id in named}

    def by_id(self, external_id: str) -> Person:
        """Somebody of the roster by external id, ``{}`` if nobody has it."""
        return self._by_id.get(external_id, {})

    def person(self, name: str) -> Person:
        """Whom a plan calls so: by what the service says of them, then by user name, then by external id; ``{}`` if not of the roster."""
        external_id = self._external_ids.get(folded(name), "")
        return self.by_id(external_id) if external_id else self._by_name.get(folded(name)) or self.by_id(name)

    def of(self, name: str, external_id: str = "") -> str:
        """What the evidence calls them. external_id: where it is known."""
        known = external_id or self._external_ids.get(folded(name), "")
        return subject_of(known or self.person(name).get("user", {}).get("external_id"), "", name)


def external_id_of(operation: Mapping[str, Any]) -> str:
    """The external id of the user of an operation: the one that they have, or else the one that they get; "" if there is none."""
    given = (change.get("after") for change in operation.get("changes") or () if isinstance(change, Mapping) and change.get("path") == "external_id")
    return str(operation.get("external_id") or next(given, "") or "")


def _newcomers(document: Document) -> Iterator[tuple[str, str]]:
    """Who is created, or gets an external id: the name in the plan, and the external id."""
    for operation in document.get("operations") or ():
        external_id = external_id_of(operation) if operation.get("kind") == "User" else ""
        if external_id:
            yield from ((str(operation[name]), external_id) for name in ("key", "name") if operation.get(name))
