# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups that somebody is in against those that they have a reason to be in: a set difference with removals.

Groups are known by name, without regard to letter case (RFC 7643 section 4.2, displayName); a group that exists has an id, too.
What is not in scope is nobody's business here: it is told, and never changes.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..json_values import folded

OUT_OF_SCOPE = "out of scope"


class Group(NamedTuple):
    """A group that somebody is in."""

    id: str
    name: str

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.name or self.id


class Reason(NamedTuple):
    """Why somebody is to be in a group. group: its name. why: the rule that grants it, or somebody's words; never empty."""

    group: str
    why: str


class Kept(NamedTuple):
    """A membership that stays, with its reason."""

    group: Group
    why: str


class Scope:
    """Which groups may be touched: names, and shell patterns, without regard to letter case."""

    def __init__(self, names: Iterable[str] = (), patterns: Iterable[str] = ()) -> None:
        self._names = frozenset(map(folded, names))
        self._patterns = [(folded(pattern), re.compile(fnmatch.translate(folded(pattern)))) for pattern in patterns]

    def holds(self, name: str) -> bool:
        """Whether a group of this name may be touched. A group without a name may not."""
        form = folded(name)
        if not form:
            return False
        return form in self._names or any(form == text or pattern.match(form) for text, pattern in self._patterns)


@dataclass(frozen=True)
class Difference:
    """What is to become of somebody's memberships.

    kept: each with its reason. added: what they are to be in and are not. removed: what ends. orphans: memberships in scope that have
    no reason and stay all the same. out_of_scope: what is not touched, each with why it is told.
    """

    kept: tuple[Kept, ...] = ()
    added: tuple[Reason, ...] = ()
    removed: tuple[Group, ...] = ()
    orphans: tuple[Group, ...] = ()
    out_of_scope: tuple[Reason, ...] = ()

    @property
    def changes(self) -> bool:
        return bool(self.added or self.removed)


def without_reason(current: Iterable[Group], reasons: Iterable[Reason], scope: Scope) -> list[Group]:
    """The memberships in scope that nothing explains, in one order, whatever the order they were read in."""
    explained = {folded(reason.group) for reason in reasons}
    return [group for group in _in_order(current) if scope.holds(group.name) and folded(group.name) not in explained]


def difference(
    current: Sequence[Group],
    deserved: Sequence[Reason],
    scope: Scope,
    *,
    exceptions: Sequence[Reason] = (),
    waits: Mapping[str, str] | None = None,
    remove: bool,
) -> Difference:
    """What is to become of the memberships of one person.

    current: the groups that they are in. deserved: what they are to be in; of several reasons for one group, the first is told.
    exceptions: reasons to stay in a group that are no reason to come into it. waits: by the id of a group, why a membership without
    a reason does not end yet. remove: whether a membership without a reason ends; if not, it is an orphan.
    """
    why: dict[str, str] = {}
    for reason in (*deserved, *exceptions):
        why.setdefault(folded(reason.group), reason.why)
    there = _in_order(current)
    bare = {group.id for group in without_reason(there, (*deserved, *exceptions), scope)}
    waiting = {group.id: (waits or {})[group.id] for group in there if group.id in bare and group.id in (waits or {})}
    kept = [Kept(group, why[folded(group.name)]) for group in there if scope.holds(group.name) and group.id not in bare]
    kept += [Kept(group, waiting[group.id]) for group in there if group.id in waiting]
    ending = tuple(group for group in there if group.id in bare and group.id not in waiting)
    names = {folded(group.name) for group in there}
    missing = {folded(reason.group): Reason(reason.group, why[folded(reason.group)]) for reason in reversed(deserved) if folded(reason.group) not in names}
    absent = [missing[form] for form in sorted(missing)]
    outside = [Reason(group.shown, OUT_OF_SCOPE) for group in there if not scope.holds(group.name)]
    outside += [Reason(reason.group, f"{OUT_OF_SCOPE}, so not added: {reason.why}") for reason in absent if not scope.holds(reason.group)]
    return Difference(
        kept=tuple(sorted(kept, key=lambda one: _place(one.group))),
        added=tuple(reason for reason in absent if scope.holds(reason.group)),
        removed=ending if remove else (),
        orphans=() if remove else ending,
        out_of_scope=tuple(outside),
    )


def _place(group: Group) -> tuple[str, str]:
    return folded(group.name), group.id


def _in_order(groups: Iterable[Group]) -> list[Group]:
    """Each group once, by name."""
    return sorted({group.id: group for group in groups}.values(), key=_place)
