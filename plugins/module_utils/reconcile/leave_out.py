# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Going on without those who do not exist (yet): as members, and as managers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .names import references_of
from .task import Task


def leave_out(task: Task, missing: Collection[str]) -> set[str]:
    """Plan a task without those who do not exist, by the names that plans use. Who was left out."""
    wish, left_out = task.wish, set()
    memberships = {}
    for option, membership in wish.memberships.items():
        left_out |= {name for name in (*membership.add, *(membership.set or ())) if name in missing}
        memberships[option] = replace(
            membership,
            add=tuple(name for name in membership.add if name not in missing),
            set=None if membership.set is None else tuple(name for name in membership.set if name not in missing),
        )
    attributes = dict(wish.attributes or {})
    for attribute in references_of(wish):
        if attributes[attribute.option] in missing:
            left_out.add(attributes.pop(attribute.option))
    if left_out:
        task.spare(left_out)  # who is in the group already, though nothing else shows them, stays in it
        task.wish = replace(wish, memberships=memberships, attributes=None if wish.attributes is None else attributes)
        task.plan()
    return left_out
