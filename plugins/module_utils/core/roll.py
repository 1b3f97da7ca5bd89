# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list of people or groups as a task gives it: whether it is one, who is named twice, and who has to come before whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import InvalidInput
from .json_values import folded

Entry = Mapping[str, Any]
PLANNED = ("create", "update", "deactivate", "delete", "unchanged")  # what a plan has for an entry
VERBS = (*PLANNED, "failed", "not_attempted")  # what may come of it


def refuse_no_list(option: str, given: Any) -> None:
    """Refuse one entry, or several names in one text, in the place of a list: it would be taken apart."""
    if isinstance(given, (str, Mapping)) or not isinstance(given, Sequence):
        raise InvalidInput(f"{option} has to be a list, also where it has one entry only; nothing was written")


def refuse_doubles(option: str, entries: Sequence[Entry], keys: Sequence[str]) -> None:
    """Refuse a list in which two entries have the same key: which one counts would be a guess.

    option: the list's name, for the message. keys: the options by which an entry is known; names without regard to
    letter case, external_id to the letter (RFC 7643 sections 3.1 and 4.1.1).
    """
    for key in keys:
        first: dict[str, int] = {}
        for position, entry in enumerate(entries):
            value = str(entry.get(key) or "")
            form = value if key == "external_id" else folded(value)
            if value and first.setdefault(form, position) != position:
                raise InvalidInput(
                    f"{option}[{first[form]}] and {option}[{position}] have the same {key}, {value!r}; nothing was written: "
                    "correct the source, or drop one of them"
                )


def refuse_nobody(option: str, entries: Sequence[Entry], keys: Sequence[str], what: str) -> None:
    """Refuse a list with an entry whose every name is empty. what: the kind of entry, for the message."""
    for position, entry in enumerate(entries):
        if not any(entry.get(key) for key in keys):
            named = " and ".join(filter(None, (", ".join(keys[:-1]), keys[-1])))
            raise InvalidInput(f"{option}[{position}]: {named} are empty; give at least one, to say which {what} is meant")


def superiors_first(entries: Sequence[Entry], names: Sequence[str], refers: str) -> list[int]:
    """The positions of the entries in an order in which everybody comes after the one they refer to.

    names: the options by which an entry can be referred to. refers: the option that refers to another entry. Who is not
    in the list does not matter here. Raises InvalidInput if entries refer to each other in a circle.
    """
    by_name: dict[str, int] = {}
    for spelled in (folded, str):  # the exact spelling counts first: external ids may differ in letter case only
        by_name.update({spelled(str(e[name])): position for position, e in enumerate(entries) for name in names if e.get(name)})
    order: list[int] = []
    done: set[int] = set()
    for start in range(len(entries)):
        chain: list[int] = []
        position: int | None = start
        while position is not None and position not in done:
            if position in chain:
                circle = " -> ".join(str(entries[i].get(names[0]) or entries[i].get(names[-1])) for i in [*chain[chain.index(position) :], position])
                raise InvalidInput(f"{refers}: {circle} is a circle; nothing was written: correct the source")
            chain.append(position)
            superior = str(entries[position].get(refers) or "")
            position = by_name.get(superior, by_name.get(folded(superior)))
        order += reversed(chain)
        done.update(chain)
    return order
