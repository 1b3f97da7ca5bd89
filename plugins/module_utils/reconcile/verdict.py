# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of the writes: a success status is not a proof, so what is seen afterwards is compared with the goal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .observe import HIDDEN_MEMBERS
from .task import Task
from .wish import DELETE_OR_DEACTIVATE, EXISTENCE, Seen


def conclude(task: Task, seen: Seen | None) -> None:
    """Compare what is seen after the writes with the goal. The task's own ``seen`` is how it was before."""
    outcome = task.outcome
    outcome.seen = seen
    wanted = task.wish.attributes is not None and task.goal is not None
    task.remember_pending(task.seen, pending=seen is None and wanted)
    if seen is None:
        if wanted and not outcome.unverifiable:
            outcome.unconverged.append(EXISTENCE)
        return
    if task.goal is None:
        _conclude_removal(task, seen)
        return
    task.goal = task.goal_for(seen, task.seen) or {}
    if not seen.members_shown or members_never_shown(task, seen):
        outcome.unverifiable += [option for option, membership in task.wish.memberships.items() if membership.names()]
        seen = replace(seen, members_shown=False)
    visible = task.visible_goal(seen)
    outcome.unconverged += [change.path for change in task.resource.changes(seen.canonical, visible, loosely=True)]
    strict = {change.path for change in task.resource.changes(seen.canonical, visible)} | set(outcome.unverifiable)
    met: dict[str, tuple[Any, Any]] = {
        path: (task.goal.get(path), seen.canonical.get(path)) for path in strict if path != EXISTENCE
    }
    if not seen.members_shown:
        met[HIDDEN_MEMBERS] = (True, True)
    if task.wish.attributes is None and task.wish.absent == DELETE_OR_DEACTIVATE:
        met[EXISTENCE] = (None, seen.canonical.get("active"))
    task.unkept.remember(task.resource.kind, seen.id, met, forget=tuple(set(task.goal) - set(met)))


def _conclude_removal(task: Task, seen: Seen) -> None:
    active = seen.canonical.get("active")
    task.unkept.remember(task.resource.kind, seen.id, {EXISTENCE: (None, active)})
    if active is False:
        task.outcome.seen = None
    else:
        task.outcome.unconverged.append(EXISTENCE)


def members_never_shown(task: Task, seen: Seen) -> bool:
    """Whether members were added, no error came, and still not one is visible: this service shows none."""
    if not task.wish.memberships:
        return False
    wished = any((task.goal or {}).get(option) for option in task.wish.memberships)
    shown = [state.canonical.get(path) for state in (task.seen, seen) if state for path in task.resource.memberships]
    return wished and not any(shown)


def tell_what_a_put_lost(task: Task, seen: Seen | None) -> None:
    """A PUT sends everything back (RFC 7644 section 3.5.1); what the service does not take back is lost."""
    before = task.seen
    if before is None or seen is None or all(request["method"] != "PUT" for request in task.service.sent):
        return
    lost = [path for path in before.canonical if path not in (task.goal or {}) and path not in seen.canonical]
    if lost:
        task.outcome.warnings.append(f"{task.wish.key}: the service lost {', '.join(sorted(lost))}, which was sent back as it was")


def lost_all_members(task: Task) -> bool:
    """Whether nobody is left in a group after it was written to, of those who were in it and were to stay."""
    before, seen = task.seen, task.outcome.seen
    if before is None or seen is None or not (before.members_shown and seen.members_shown):
        return False
    goal = {**before.canonical, **(task.goal or {})}
    stay = {(option, name) for option in task.resource.memberships for name in set(before.canonical.get(option) or ()) & set(goal.get(option) or ())}
    return bool(stay) and not any(name in (seen.canonical.get(option) or ()) for option, name in stay)


def tell_who_left(task: Task, seen: Seen | None) -> None:
    """Members who are gone though no task said so: taken out by somebody else, or lost by the service."""
    before = task.seen
    if before is None or seen is None or task.goal is None or not (before.members_shown and seen.members_shown):
        return
    for option, membership in task.wish.memberships.items():
        left = set(before.canonical.get(option) or ()) - set(seen.canonical.get(option) or ()) - set(membership.remove)
        if left and membership.set is None:
            names = ", ".join(sorted(left)[:20])
            task.outcome.warnings.append(f"{task.wish.key}: not in {option} any more, and not because of this task: {names}")
