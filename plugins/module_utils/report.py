# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans and resources as the results of tasks that write show them: small, and without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .core.access.objects import RULE_LISTS
from .core.access.rules import Rule
from .core.plan import Change, Operation, Plan
from .core.resources import GROUP, USER, Resource
from .core.wire import attribute_of
from .inquiry.shown import MOST_MEMBERS, count_members, described
from .reconcile.wish import Seen

_MOST_IN_DIFF = 100
_LONGEST_TEXT = 4000
_NAMES = {resource.kind: resource.name for resource in (USER, GROUP)}


def diff_of(plan: Plan) -> list[dict[str, Any]]:
    """Ansible's diff: for each operation, only the paths that change; of memberships and rules only what comes and what goes."""
    return [_difference(operation) for operation in plan]


def _difference(operation: Operation) -> dict[str, Any]:
    who = f"{operation.kind} {_called(operation)}"
    created, deleted = operation.before is None, operation.after is None
    return {
        "before_header": who,
        "after_header": f"{who} ({operation.verb})",
        "before": {"state": "present"} if deleted else {} if created else _side(operation.changes, "before"),
        "after": {"state": "absent"} if deleted else _side(operation.changes, "after"),
    }


def _called(operation: Operation) -> str:
    """The name that people know: a task may have named the resource by its id."""
    state = operation.before or operation.after or {}
    return str(state.get(_NAMES.get(operation.kind, "name")) or operation.key)


def _side(changes: tuple[Change, ...], side: str) -> dict[str, Any]:
    shown = {}
    for change in changes:
        value = change.shown()[side]
        other = getattr(change, "after" if side == "before" else "before") or ()
        if change.path in GROUP.memberships:
            value = sorted(set(value or ()) - set(other))
        elif change.path in RULE_LISTS:
            value = _rules(value or (), other)
        shown[change.path] = shortened(value, _MOST_IN_DIFF)
    return shown


def _rules(rules: tuple[Rule, ...], other: tuple[Rule, ...]) -> list[Any]:
    """The rules of one side that the other one does not have, and how many both have: an empty list would say that none are left."""
    staying = set(other)
    shown: list[Any] = [rule.friendly() for rule in rules if rule not in staying]
    stay = sum(rule in staying for rule in rules)
    return shown + ([f"... and {stay} more, unchanged"] if stay else [])


def shortened(value: Any, most: int) -> Any:
    """A value with its long lists and texts cut. Where names are missing, a last one says how many."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}... ({len(value)} characters)"
    if isinstance(value, Mapping):
        return {name: shortened(item, most) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        shown = [shortened(item, most) for item in value[:most]]
        if len(value) > most and isinstance(value[0], str):
            shown.append(f"... and {len(value) - most} more")
        return shown
    return value


def shown(resource: Resource, seen: Seen | None) -> dict[str, Any]:
    """A resource as the service shows it, in the words of the options; ``{}`` if there is none."""
    if seen is None:
        return {}
    result = described(resource, seen.canonical, seen.snapshot)
    memberships = {option: result.pop(option) for option in resource.memberships if option in result}
    result = {**shortened(result, MOST_MEMBERS), **memberships}
    if resource is GROUP and attribute_of(seen.snapshot.body, "members") is not None:
        count_members(result, resource, seen.snapshot)
    return result
