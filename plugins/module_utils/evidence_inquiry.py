# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module evidence_info: one pass over the ledger that verifies it, finds records, and looks whether everybody who left has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from .client.throttle import Clock
from .core.errors import InvalidInput, LifecycleError
from .core.events.selection import point, span
from .core.ledger.chain import anchored
from .core.ledger.completeness import DUE, MISSING, UNPROVEN, Completeness, leavers
from .core.ledger.query import Selection, micro
from .core.ledger.unfinished import Unfinished
from .core.ledger.verify import Verification
from .evidence_options import checking, waiting
from .inquiry.shown import MOST_CHARACTERS, size, within
from .ledger.reading import opened
from .query import compiled

Params = Mapping[str, Any]
Result = dict[str, Any]


def examine(params: Params, *, write: bool) -> Result:
    """The result of the task, which only reads. Raises InvalidInput, and LifecycleError for a ledger that is not what was written."""
    clock = Clock()
    now = clock.today()
    selection = _selection(params, now)
    completeness = _completeness(params, now)
    unfinished = Unfinished()
    query = compiled(params["query"])
    verification = Verification(anchored(params["anchor"]) if params["anchor"] else None, checking(params))
    with opened(params["path"], waiting(params, clock)) as file:
        for line in file.forwards():
            entry = verification.feed(line)
            if entry is not None:
                selection.feed(entry)
                unfinished.feed(entry)
                if completeness:
                    completeness.feed(entry)
        verification.end(file.torn)
    judged = completeness.result() if completeness else {}
    result = {**_verified(verification), **_shown(selection, query, judged, _unfinished(unfinished, judged))}
    if verification.count and params["on_problem"] == "fail":
        raise _damaged(params["path"], result)
    return result


def _selection(params: Params, now: datetime) -> Selection:
    since, until = (point(params[name], now, name) for name in ("since", "until"))
    if since and until and since > until:
        raise InvalidInput("since is later than until")
    if params["limit"] < 0:
        raise InvalidInput(f"limit: {params['limit']} is out of range; give the number of records, 0 for all")
    return Selection(
        kinds=params["kind"] or (),
        stages=params["stage"] or (),
        subjects=params["subject"] or (),
        since=micro(since) if since else "",
        until=micro(until) if until else "",
        run=params["run"] or "",
        by=params["by"] or "",
        newest=params["limit"],
    )


def _completeness(params: Params, now: datetime) -> Completeness | None:
    if params["people"] is None:
        return None
    sla = span(params["sla"], now, "sla")
    if sla is None:
        raise InvalidInput("sla is empty; say how long after somebody left it may take, as in 24h")
    return Completeness(leavers(params["people"]), sla, point(params["instant"], now, "instant") or now)


def _verified(verification: Verification) -> Result:
    return {
        "changed": False,
        "intact": not verification.count,
        "problems": verification.problems,
        "problem_count": verification.count,
        "total": verification.lines,
        "head": verification.head.shown(),
        "anchor": verification.head.anchor,
        "ledger": verification.ledger,
        "signed": verification.signed,
        "signatures_verified": verification.verified,
        "mended": verification.mended,
    }


def _shown(selection: Selection, query: Callable[[Any], Any] | None, judged: Result, unfinished: Mapping[str, Any]) -> Result:
    """What was asked for, as much of it as AWX keeps: what is unfinished before gaps, these before people, and these before records."""
    result: Result = {name: judged[name] for name in ("complete", "counts") if name in judged}
    left = MOST_CHARACTERS
    if query:
        result["result"] = query(list(selection.records))
        left -= size(result["result"])
        if left < 0:
            raise InvalidInput(f"query: its result is longer than {MOST_CHARACTERS:,} characters; ask for less")
    cut = []
    lists: dict[str, list[Any]] = {"unfinished": list(unfinished.items())}
    lists.update({name: judged[name] for name in ("gaps", "people") if name in judged}, records=list(selection.records))
    for name, entries in lists.items():
        result[name] = within(entries, left)
        left -= size(result[name])
        if len(result[name]) < len(entries):
            cut.append(f"{len(result[name]):,} of {len(entries):,} {name} are returned: the result would be too long for AWX")
    result["unfinished"] = dict(result["unfinished"])
    if judged:
        result["gap_count"] = len(judged["gaps"])
    truncated = len(result["records"]) < selection.matched
    return {**result, "matched": selection.matched, "truncated": truncated, "warnings": cut}


def _unfinished(found: Unfinished, judged: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """By subject: what was planned and never told, and leavers who are not proven."""
    leaving = [person["subject"] for person in judged.get("people", ()) if person["verdict"] in (DUE, MISSING, UNPROVEN)]
    return {**{subject: {"kind": "leaver", "folder": ""} for subject in leaving}, **found.plans}


def _damaged(path: str, result: Result) -> LifecycleError:
    first = result["problems"][0]
    more = f", and {result['problem_count'] - 1:,} more" if result["problem_count"] > 1 else ""
    error = LifecycleError(f"{path} is not what was written: line {first['line']:,}: {first['said']}{more}; see problems")
    error.beside = {name: value for name, value in result.items() if name != "warnings"}
    return error
