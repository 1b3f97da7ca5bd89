# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a task about many resources: counts of everything, and samples that stay small."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .core.errors import LifecycleError
from .core.plan import CREATE
from .core.roll import VERBS
from .inquiry.shown import within
from .reconcile.directory import Directory
from .reconcile.task import Task
from .report import diff_of

_LONGEST_LIST = 80_000  # characters: six lists stay far below the 700,000 that AWX takes


def summary(directory: Directory, sent: list[dict[str, str]], most: int) -> dict[str, Any]:
    """The result as data.

    sent: the writes that were sent; where there are none, those that are predicted count. most: how many entries each
    list holds at most; ``truncated`` tells whether any was cut.
    """
    failures = [_failure(task, problem) for task, problem in directory.failures]
    failed = {id(task) for task, dummy in directory.failures}
    done = [task for task in directory.tasks if id(task) not in failed]
    verbs = Counter(_verb(task) for task in done)
    verbs["failed"] = len(failures)
    lists: dict[str, list[Any]] = {
        "diff": [entry for task in done for entry in diff_of(task.outcome.plan)],
        "requests": sent or [request for task in directory.tasks for request in task.outcome.requests],
        "resources": [{**_who(task), "id": task.outcome.seen.id if task.outcome.seen else "", "verb": _verb(task)} for task in done],
        "failures": failures,
        "unconverged": _paths(done, "unconverged"),
        "unverifiable": _paths(done, "unverifiable"),
    }
    kept = {name: within(entries[:most], _LONGEST_LIST) for name, entries in lists.items()}
    return {
        "changed": any(task.outcome.changed for task in directory.tasks),
        "counts": {verb: verbs[verb] for verb in VERBS},
        "truncated": any(len(kept[name]) < len(entries) for name, entries in lists.items()),
        **kept,
    }


def headline(result: dict[str, Any]) -> str:
    """What failed, in a sentence: the first few, with the reason that the service gave."""
    counts = result["counts"]
    total = sum(counts.values())
    others = ", the others are done" if counts["failed"] < total else ""
    return f"{counts['failed']} of {total} failed{others}: {'; '.join(map(_said, result['failures'][:3]))}"


def _said(failure: dict[str, Any]) -> str:
    who = f"{failure['kind']} {failure['key']!r}"
    return failure["msg"] if failure["msg"].startswith(who) else f"{who}: {failure['msg']}"


def _verb(task: Task) -> str:
    if not task.outcome.changed:
        return "unchanged"
    return "create" if any(operation.verb == CREATE for operation in task.outcome.plan) else "update"


def _who(task: Task) -> dict[str, str]:
    return {"kind": task.resource.kind, "key": task.wish.key}


def _failure(task: Task, problem: LifecycleError) -> dict[str, Any]:
    return {**_who(task), "msg": str(problem), **problem.facts()}


def _paths(tasks: list[Task], what: str) -> list[dict[str, Any]]:
    return [{**_who(task), "paths": sorted(set(getattr(task.outcome, what)))} for task in tasks if getattr(task.outcome, what)]
