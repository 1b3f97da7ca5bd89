# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One wish: observe, plan, apply, verify."""

from __future__ import annotations

from collections.abc import Iterable

from ..client.scim import ScimService
from ..client.unkept import Unkept
from ..core.patterns import Patterns
from .names import Names
from .settle import Settlement
from .task import Task
from .wish import Outcome, Wish


def reconcile(service: ScimService, wish: Wish, *, protected: Iterable[str] = (), unkept: Unkept) -> Outcome:
    """Make one wish true, or predict how on a read-only connection.

    protected: names and patterns of resources that are never written to. Raises LifecycleError.
    """
    task = Task(service, wish, Names(service), Patterns(protected), unkept)
    task.observe()
    task.plan()
    if service.read_only:
        task.predict()
        return task.outcome
    try:
        for operation in task.outcome.plan:
            settlement = Settlement(task, operation)
            settlement.start()
            settlement.resume()
    finally:
        unkept.save()
    return task.outcome
