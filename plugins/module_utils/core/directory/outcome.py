# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of a plan, as data and as lines to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..roll import VERBS
from ..roster.person import PHASES

Registered = Mapping[str, Any]

_MOST = 20  # entries of a list that are printed
_LISTS = ("resources", "failures", "not_attempted", "unconverged", "unverifiable", "requests", "brakes")


def outcome(rehearsal: Registered, written: Registered, verified: Registered, problem: str = "") -> dict[str, Any]:
    """The variable ``carry_out_result``, in one form whether the role succeeded, failed or was refused.

    rehearsal, written, verified: what ``scim_directory`` returned when it made the plan, carried it out, and made it anew; each is ``{}`` if
    it was not called, and written is if nothing was to do. problem: why the role ended early, "" if it did not.
    """
    shown = written or rehearsal
    refused = "resources" not in shown or (bool(problem) and not written)
    counts = dict.fromkeys(VERBS, 0) if refused else dict(shown.get("counts") or {})
    read_back = "counts" in verified  # in check mode there is nothing to read back
    left = sum(number for verb, number in (verified.get("counts") or {}).items() if verb != "unchanged")
    in_doubt = any(shown.get(name) for name in ("failures", "not_attempted", "unconverged"))
    msg = (str(shown.get("msg") or "the task failed") if written.get("failed") or in_doubt else "") or problem
    return {
        "changed": bool(written.get("changed")) and not refused,
        "failed": bool(msg) or bool(left),
        "msg": msg or (f"{_entries(left)} not as written: read again, there is still something to do" if left else ""),
        "plan": str(shown.get("plan") or ""),
        "counts": counts,
        "left_to_do": left if read_back else None,
        **{name: [] if refused and name not in ("brakes", "requests") else list(shown.get(name) or ()) for name in _LISTS},
    }


def _entries(number: int) -> str:
    return f"{number:,} {'entry is' if number == 1 else 'entries are'}"


def of_roster(roster: Registered, done: Mapping[str, Any], wish: Mapping[str, Any], problem: str = "") -> dict[str, Any]:
    """The variable ``directory_sync_result``. roster: what ``roster_info`` returned. done: ``carry_out_result``, ``{}`` if it came not so far.

    wish: from ``settled_directory``. problem: why it came not so far.
    """
    return {
        **_reached(done, problem),
        "phases": dict(roster.get("counts") or {}),
        "findings": [dict(one) for one in roster.get("findings") or ()],
        "waiting": list(wish.get("waiting") or ()),
        "orphans": [dict(one) for one in wish.get("orphans") or ()],
    }


def _reached(done: Mapping[str, Any], problem: str) -> dict[str, Any]:
    """``carry_out_result``, or what it would be if it had come so far; failed if there was a problem before or after.

    Without a problem it came not so far because that was not asked for, by tags.
    """
    reached = dict(done) or outcome({}, {}, {}, problem)
    return {**reached, "failed": bool(reached["failed"]) or bool(problem), "msg": reached["msg"] or problem}


def of_groups(done: Mapping[str, Any], wish: Mapping[str, Any], problem: str = "") -> dict[str, Any]:
    """The variable ``group_sync_result``. done: ``carry_out_result``, ``{}`` if it came not so far. wish: from ``given_groups``. problem: why."""
    return {**_reached(done, problem), "out_of_scope": list(wish.get("out_of_scope") or ()), "skipped": [dict(one) for one in wish.get("skipped") or ()]}


def table(result: Mapping[str, Any]) -> list[str]:
    """``carry_out_result``, ``directory_sync_result`` or ``group_sync_result`` as lines to print."""
    phases = [f"{result['phases'][phase]} {phase}" for phase in PHASES if result.get("phases", {}).get(phase)]
    lines = [f"people: {', '.join(phases)}"] if phases else []
    lines += [f"{finding['severity']}: {finding['check']}: {finding['message']}" for finding in result.get("findings", ())]
    done = [one for one in result["resources"] if one.get("verb") != "unchanged"]
    lines += _some([f"{one['verb']:<10}  {one['kind']:<5}  {one['key']}" for one in done])
    lines += _some([f"failed      {one['kind']:<5}  {one['key']}: {one['msg']}" for one in result["failures"]])
    lines += _some([f"orphan      {one['member']} is in {one['group']}: no rule grants it" for one in result.get("orphans", ())])
    lines += _some([f"skipped     {one['member']} of {one['group']}: not on the service" for one in result.get("skipped", ())])
    lines += _some([f"left alone  {name}: out of scope" for name in result.get("out_of_scope", ())])
    lines += [brake["said"] for brake in result["brakes"]]
    counts = ", ".join(f"{number} {verb}" for verb, number in result["counts"].items() if number)
    lines += [f"{counts or 'nothing was done'}"]
    if result["left_to_do"] is not None:
        lines += ["verified: read again, nothing is left to do" if result["left_to_do"] == 0 else "unproven: read again, not all of it took"]
    return lines + ([result["msg"]] if result["msg"] else [])


def _some(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _MOST
    return [*lines[:_MOST], *([f"... {more} more like these"] if more > 0 else [])]
