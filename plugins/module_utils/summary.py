# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a task about many resources: counts of everything, and samples that stay small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .core.errors import LifecycleError
from .core.resources import GROUP, USER
from .core.roll import PLANNED, VERBS
from .inquiry.shown import within
from .reconcile.directory import Directory
from .reconcile.task import Task
from .report import diff_of

_LONGEST_LIST = 11_000  # characters: seven lists and the rest stay below 100,000
_MOST_WARNINGS = 20
_LONGEST_WARNINGS = 8_000  # all together, as JSON
_LONGEST_WARNING = 300
_MOST_NAMES = 30  # paths or ids of one entry
_LONGEST_TEXT = 500  # of one entry, so that a list shows something in any case


def summary(directory: Directory, most: int) -> dict[str, Any]:
    """The result as data, with ``warnings`` to be given, and ``beyond``: how many entries were cut off, for messages.

    most: how many entries each list holds at most; ``truncated`` tells whether any was cut.
    """
    failed = {task for task, dummy in directory.failures}
    not_attempted = {task for task, dummy in directory.not_attempted}
    done = [task for task in directory.tasks if task not in failed and task not in not_attempted]
    lists: dict[str, list[Any]] = {
        "diff": [entry for task in done if task.outcome.changed for entry in diff_of(task.outcome.plan)],
        "requests": [request for task in directory.tasks for request in task.outcome.requests],
        "resources": [{**who(task), "id": task.outcome.seen.id if task.outcome.seen else "", "verb": _verb(task)} for task in done],
        "failures": [_failure(task, problem) for task, problem in directory.failures],
        "not_attempted": [{**who(task), "msg": reason} for task, reason in directory.not_attempted],
        "unconverged": _paths(done, "unconverged"),
        "unverifiable": _paths(done, "unverifiable"),
    }
    # What was done comes before what was as it should be: that is what people look for in a list that is cut.
    lists["resources"].sort(key=lambda entry: entry["verb"] == "unchanged")
    kept = {name: within(map(_brief, entries[:most]), _LONGEST_LIST) for name, entries in lists.items()}
    said = dict.fromkeys([*directory.warnings, *(warning for task in directory.tasks for warning in task.outcome.warnings)])
    counts = {
        kind: Counter({"failed": _number(kind, failed), "not_attempted": _number(kind, not_attempted)})
        + Counter(_verb(task) for task in done if task.resource.kind == kind)
        for kind in (USER.kind, GROUP.kind)
    }
    return {
        "changed": any(task.outcome.changed for task in [*directory.tasks, *failed]),
        "counts": in_all(counts),
        "counts_by_kind": {kind: {verb: found[verb] for verb in VERBS} for kind, found in counts.items()},
        "ignored": directory.ignored,
        "truncated": any(len(kept[name]) < len(entries) for name, entries in lists.items()),
        **kept,
        "beyond": {name: len(lists[name]) - len(kept[name]) for name in ("unconverged", "unverifiable")},
        "warnings": within(map(_short, list(said)[:_MOST_WARNINGS]), _LONGEST_WARNINGS),
    }


def planned(directory: Directory) -> dict[str, dict[str, int]]:
    """By kind, how many resources a plan would create, update, deactivate and delete, and how many are as they should be."""
    found: dict[str, dict[str, int]] = {}
    for kind in (USER.kind, GROUP.kind):
        verbs = Counter(task.verb for task in directory.tasks if task.resource.kind == kind)
        found[kind] = {verb: verbs[verb] for verb in PLANNED}
    return found


def in_all(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """The counts of all kinds together."""
    return {verb: sum(found.get(verb, 0) for found in counts.values()) for verb in VERBS}


def headline(result: dict[str, Any]) -> str:
    """What failed, in a sentence: the first few, with the reason that the service gave."""
    counts = result["counts"]
    total = sum(counts.values())
    others = ""
    if counts["not_attempted"]:
        reason = "; ".join(entry["msg"] for entry in result["not_attempted"][:1])
        others = f", {counts['not_attempted']} were not attempted ({reason})"
    elif counts["failed"] < total:
        others = ", the others are done"
    first = "; ".join(map(_said, result["failures"][:3]))
    return f"{counts['failed']} of {total} failed{others}{first and ': '}{first}"


def who(task: Task) -> dict[str, str]:
    """Which resource a task is about."""
    return {"kind": task.resource.kind, "key": task.wish.key}


def _number(kind: str, tasks: set[Task]) -> int:
    return sum(task.resource.kind == kind for task in tasks)


def _short(text: str, longest: int = _LONGEST_WARNING) -> str:
    return text if len(text) <= longest else text[:longest] + "..."


def _brief(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: _brief_value(value) for name, value in entry.items()}


def _brief_value(value: Any) -> Any:
    if isinstance(value, str):
        return _short(value, _LONGEST_TEXT)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [_short(item) for item in value[:_MOST_NAMES]]
    return value


def _said(failure: dict[str, Any]) -> str:
    named = f"{failure['kind']} {failure['key']!r}"
    return str(failure["msg"]) if failure["msg"].startswith(named) else f"{named}: {failure['msg']}"


def _verb(task: Task) -> str:
    return task.verb if task.outcome.changed else "unchanged"


def _failure(task: Task, problem: LifecycleError) -> dict[str, Any]:
    return {**who(task), "msg": str(problem), **problem.facts()}


def _paths(tasks: list[Task], what: str) -> list[dict[str, Any]]:
    return [{**who(task), "paths": sorted(set(getattr(task.outcome, what)))} for task in tasks if getattr(task.outcome, what)]
