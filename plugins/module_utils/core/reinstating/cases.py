# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People who come back: from what the tasks of a role returned so far, what is proven about each.

It is asked again after each step, so nothing that a step returned can be lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..leaving.steps import results_of
from ..verdicts import NOT_APPLICABLE, UNPROVEN, Facts, Verdict, promised, unproven
from .case import TARGET, Case, Shared
from .identity import mistaken, reading_of
from .verdicts import (
    PLANES,
    account_verdict,
    attributes_verdict,
    came_by_itself,
    groups_verdict,
)
from .wanted import KEEP, Intent, Wanted

# The steps of the role by name, in order, and what a failure of each is called. What is told by a verdict has none.
STEPS = {
    "by_id": "find the account",
    "by_external_id": "find the account",
    "find": "find the account",
    "named": "see who has the name",
    "mailed": "",
    "references": "",
    "memberships": "read the memberships",
    "access_named": "look for the e-mail in groups and policies",
    "rehearsal": "",
    "account": "restore the account",
    "additions": "add the membership",
    "selectors": "put the e-mail back",
    "block": "take the e-mail out of what shuts the person out",
    "find_again": "",
    "memberships_again": "",
    "access_named_again": "",
}
WRITING = ("account", "additions", "selectors", "block")


def verdicts_of(case: Case) -> dict[str, Verdict]:
    """The judgement on each plane."""
    doubt, again = case.found.doubt, case.read("find_again")
    wrong = mistaken(case.wanted, again.found[0]) if again and len(again.found) == 1 else ""
    if wrong or doubt or case.refusals:
        said = f"it is not certain who is meant: {wrong or doubt}" if wrong or doubt else "refused, see problems"
        return {**dict.fromkeys(PLANES, Verdict(UNPROVEN, said)), **came_by_itself()}
    return {**_of_account(case), "groups": _of_groups(case), "selectors": case.side.verdict(), **came_by_itself()}


def _of_account(case: Case) -> dict[str, Verdict]:
    wanted, again = case.wanted, case.read("find_again")
    if not wanted.undo:
        return dict.fromkeys(("account", "attributes"), Verdict(NOT_APPLICABLE, "the account of a newcomer is left as it is"))
    promise = case.intent.predicting and promised(case.first("account") or {})
    predicted = ("activated" if case.found.account else "created") if promise else ""
    kept = case.intent.attributes == KEEP and bool(case.found.account)
    return {
        "account": account_verdict(again, wanted=bool(wanted.account), predicted=predicted),
        "attributes": attributes_verdict(again, case.attributes, kept=kept, predicted=promise),
    }


def _of_groups(case: Case) -> Verdict:
    predicted = None
    if case.intent.predicting:
        joined = {str(result[TARGET]["group_id"]) for result in case.results.get("additions", ()) if promised(result)}
        if not case.id and promised(case.first("account") or {}):  # nobody can be added who is not there yet
            joined = {str(group["id"]) for group in case.groups}
        predicted = frozenset(joined)
    reading = case.read("memberships_again", "groups")
    return groups_verdict(reading, case.groups, kept=case.intent.groups == KEEP, predicted=predicted)


def done(case: Case) -> list[dict[str, str]]:
    """What a module said that it did, or in check mode would do; by name, without values."""
    changed = {step: [result for result in case.results.get(step, ()) if result.get("changed")] for step in WRITING}
    groups = {str(result[TARGET]["group_id"]) for result in changed["additions"]}
    objects = {str(result[TARGET]["object"]) for step in ("selectors", "block") for result in changed[step]}
    return [
        one
        for one in case.operations
        if (one["id"] in groups if one["plane"] == "groups" else one["id"] in objects if one["plane"] == "selectors" else changed["account"])
    ]


def result_of(case: Case) -> dict[str, Any]:
    """The entry of ``reinstate_result``."""
    verdicts, key = verdicts_of(case), case.wanted.key
    failures = [
        (step, f"could not {STEPS[step]}{_of(result)}", str(result.get("msg") or "the task failed"))
        for step in STEPS
        if STEPS[step]
        for result in case.results.get(step, ())
        if result.get("failed")
    ]
    judged = [] if case.refusals else [f"{key}: {problem}" for problem in unproven(verdicts, case.found.doubt)]
    problems = [*case.refusals, *judged]
    told = " ".join(problems)
    problems += dict.fromkeys(f"{key}: {what}: {why}" for dummy, what, why in failures if why not in told)
    written = [result for step in WRITING for result in case.results.get(step, ())]
    return {
        "person": dict(case.wanted.names),
        "key": key,
        "id": case.id,
        "source": dict(case.wanted.source),
        "operations": done(case) if written else case.operations,
        "left_out": [left.shown() for left in case.left_out],
        "notes": [*case.wanted.notes, *filter(None, [case.found.note]), *case.side.notes],
        "changed": any(bool(result.get("changed")) for result in written),
        **{plane: verdict.shown() for plane, verdict in verdicts.items()},
        "errors": [{"step": step, "msg": f"{what}: {why}"} for step, what, why in failures],
        "problems": problems,
    }


def _of(result: Facts) -> str:
    name = result.get(TARGET, {}).get("group") or result.get(TARGET, {}).get("what")
    return f" in {name}" if name else ""


def cases(wanted: Iterable[Wanted], steps: Mapping[str, Any], intent: Intent) -> list[Case]:
    """One case for each person, in their order.

    steps: by name, see STEPS, what ``register`` kept of the loop; each of its ``results`` carries the person it is about in TARGET.
    Beside them ``existing``, one answer for each group that is asked for, and ``everybody``, one answer about all accounts.
    """
    shared = Shared(
        frozenset(
            str(result[TARGET]["group_id"])
            for result in results_of(steps.get("existing"))
            if not result.get("failed") and not result.get("skipped") and result.get("groups") == []
        ),
        {
            str(result[TARGET]["group_id"]): str(group.get("display_name") or "")
            for result in results_of(steps.get("existing"))
            for group in result.get("groups") or ()
        },
        reading_of(steps.get("everybody") or None, "users"),
    )
    found = [Case(number, each, intent, shared) for number, each in enumerate(wanted)]
    for step in STEPS:
        for result in results_of(steps.get(step)):
            number = result.get(TARGET, {}).get("number")
            if isinstance(number, int) and number < len(found):
                found[number].results.setdefault(step, []).append(result)
    return found
