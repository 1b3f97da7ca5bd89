# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brakes: what a plan may never do, whatever the task says. Checked before the first write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .errors import Protected
from .patterns import Patterns
from .plan import Operation, Plan


def refuse_protected(plan: Plan, protected: Patterns, aliases: Iterable[str] = ()) -> None:
    """Refuse a plan that touches a protected person or group, or takes a protected member out of a group.

    protected: names or shell patterns, without regard to letter case. aliases: other names of the one resource that the
    plan is about (its id, its names on the server), so that a protected account cannot be reached by another name.
    """
    for operation in plan:
        for name in (*_names(operation), *aliases):
            pattern = protected.matching(name)
            if pattern is not None:
                # A group is not touched because of a member who would leave it.
                said = f"{operation.kind} {name!r}" if name == operation.key else f"{operation.kind} {operation.key!r}: {name!r}"
                raise Protected(
                    f"{said} is protected ({pattern!r} in protected): nothing was written; "
                    "change it by hand, or take it off the list on purpose"
                )


def _names(operation: Operation) -> Iterator[str]:
    """Every name by which an operation's subjects are known."""
    yield operation.key
    for state in (operation.before, operation.after):
        for path in ("user_name", "display_name", "external_id"):
            if operation.kind == "User" and path == "display_name":
                continue
            if state and state.get(path):
                yield str(state[path])
    for change in operation.changes:
        if change.path in ("members", "nested_groups"):
            yield from sorted(set(change.before or ()) - set(change.after or ()))
