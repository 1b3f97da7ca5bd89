# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who can be written at the same time: nobody before those whom they refer to exist."""

from __future__ import annotations

from collections.abc import Sequence

from .names import references_of
from .task import Task


def waves(tasks: Sequence[Task]) -> list[list[Task]]:
    """Tasks in waves. tasks: in an order in which everybody comes after those whom they refer to."""
    wave_of: dict[str, int] = {}  # of those who are new, by the name that plans use
    result: list[list[Task]] = []
    for task in tasks:
        given = task.wish.attributes or {}
        number = max((wave_of.get(given[attribute.option], -1) for attribute in references_of(task.wish)), default=-1) + 1
        if task.seen is None:
            wave_of[task.wish.key] = number
        while len(result) <= number:
            result.append([])
        result[number].append(task)
    return result
