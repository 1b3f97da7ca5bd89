# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One selector present in, or absent from, many groups and policies of Access: looked at together, refused together, then one
write for each that changes and one more look at the lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...client.cloudflare import CloudflareAccount
from ...core.access.kinds import GROUP as OF_GROUP
from ...core.access.kinds import POLICY as OF_POLICY
from ...core.access.objects import GROUP, POLICY, Objects
from ...core.access.rules import Rule, rules_from_wire
from ...core.access.selectors import (
    CHANGED,
    DELETED,
    DISABLED,
    EXCLUDE,
    INCLUDE,
    REFUSED,
    REQUIRE,
    Edit,
    edited,
    is_disabled,
    named_in,
)
from ...core.access.usage import Place, chain_to, unused_first, uses
from ...core.errors import InvalidInput, LifecycleError, OutcomeUnknown, OutOfTime, Refused
from ...core.plan import DELETE, UPDATE, Change, Operation, Plan
from ..wish import EXISTENCE
from .targets import Targets

Result = dict[str, Any]

_SHOWN = 10  # objects that a message names
_LISTED = 100  # of those that failed or are refused, in a result


@dataclass(frozen=True)
class Step:
    """What is to be done to one place."""

    place: Place
    edit: Edit

    def shown(self) -> dict[str, Any]:
        return {**self.place.shown(), "action": self.edit.action, "rules": list(self.edit.lists)}

    def operation(self) -> Operation:
        """The step as plans and diffs have it."""
        raw, lists = self.place.raw, self.edit.lists
        before = {"name": self.place.name, **{name: rules_from_wire(raw.get(name)) for name in lists}}
        if self.edit.action == DELETED:
            return Operation(DELETE, _kind(self.place).kind, self.place.id, before, None)
        after = {"name": self.place.name, **{name: rules_from_wire(entries) for name, entries in lists.items()}}
        changes = tuple(Change(name, before[name], after[name]) for name in lists)
        return Operation(UPDATE, _kind(self.place).kind, self.place.id, before, after, changes)


@dataclass(frozen=True)
class Failure:
    """A step that did not work."""

    step: Step
    error: LifecycleError

    def shown(self) -> dict[str, Any]:
        said = self.step.place.said
        return {**self.step.place.shown(), "action": self.step.edit.action, "error": f"{said} was not written: {self.error}"}


def selector(account: CloudflareAccount, params: Mapping[str, Any]) -> tuple[Plan, Result]:
    """Do what the options of access_selector say. Gives the plan and the result of the task, with ``failures``.

    Raises Refused, before the first write, if an object would include nobody, or is in use and would be deleted.
    """
    targets = Targets(account, params)
    present, rules = params["state"] == "present", list(dict.fromkeys(params["rules"]))
    if not rules:
        raise InvalidInput("rules is empty; name include, exclude or require")
    warnings = targets.warnings
    wanted = _the_rule(targets, params["selector"])
    examined, steps, kept = targets.places(), [], []
    for place in examined:
        edit = edited(place.raw, wanted, rules, present=present, on_empty=params["on_empty"])
        if not edit.lists:
            continue
        if not present and INCLUDE in edit.lists and targets.is_to_be_kept(place):
            kept.append(place)
            edit = edited(place.raw, wanted, [name for name in rules if name != INCLUDE], present=False)
        if edit.lists:
            steps.append(Step(place, edit))
    _refuse(targets, steps, wanted, present=present)
    if not present:
        warnings += _letting_in(targets, steps)
    if params["everywhere"] and targets.unseen():
        warnings.append(f"Cloudflare does not show the rules of the policies of {_named(targets.unseen())}, so they were not looked at")
    steps = _in_order(steps)
    failures = _carried_out(account, steps)
    unconverged, failures = _verified(account, targets, steps, failures, wanted, present=present)
    failed = {failure.step.place.key for failure in failures}
    done = [step for step in steps if step.place.key not in failed]
    actions = [step.edit.action for step in done]
    result = {
        "objects": [step.shown() for step in done],
        "kept": [place.shown() for place in kept],
        "counts": {
            "examined": len(examined),
            **{action: actions.count(action) for action in (CHANGED, DELETED, DISABLED)},
            "kept": len(kept),
            "failed": len(failures),
        },
        "failures": [failure.shown() for failure in failures[:_LISTED]],
        "unconverged": unconverged,
    }
    changed = account.accepted > 0 if failures else bool(account.sent)
    plan = Plan(tuple(step.operation() for step in done))
    return plan, {**result, "changed": changed, "warnings": warnings}


def _the_rule(targets: Targets, entry: Any) -> Rule:
    found = targets.names.rules("selector", [entry], targets.warnings)
    if len(found) != 1:
        raise InvalidInput(f"selector holds {len(found)} rules; give one rule with one value, and a task for each of several")
    return found[0]


def _refuse(targets: Targets, steps: Sequence[Step], wanted: Rule, *, present: bool) -> None:
    """Refuse everything that is to be refused at once, before the first write."""
    gone = {step.place.key for step in steps if step.edit.action == DELETED}
    used = uses(place for place in targets.everything() if place.key not in gone) if any(kind == OF_GROUP for kind, dummy in gone) else {}
    refused = []
    for step in steps:
        reason, used_by = "", []
        if step.edit.action == REFUSED:
            reason = "nothing would be left in its include"
        elif step.edit.action == DELETED:
            used_by = _users(targets, step.place, used)
            reason = f"it is in use by {_named([str(each['name']) for each in used_by])}" if used_by else ""
        elif present and wanted.key == "group" and step.place.kind == OF_GROUP:
            way = chain_to([str(wanted.inner.get("id"))], step.place.id, (place.raw for place in targets.groups()))
            reason = "it would contain itself" if way else ""
        if reason:
            refused.append((step.place, reason, used_by))
    if not refused:
        return
    said = _named([f"{place.said}: {reason}" for place, reason, dummy in refused], "; ")
    advice = "; choose on_empty=disable, or put another rule there first" if any(step.edit.action in (REFUSED, DELETED) for step in steps) else ""
    error = Refused(f"nothing was written, because {len(refused)} of {len(steps)} groups and policies cannot be changed: {said}{advice}")
    error.beside = {"refused": [{**place.shown(), "reason": reason, "used_by": used_by} for place, reason, used_by in refused[:_LISTED]]}
    raise error


def _users(targets: Targets, place: Place, used: Mapping[str, list[Place]]) -> list[dict[str, Any]]:
    """What uses a place that is to be deleted. A policy of one application is in nobody's way."""
    if place.kind == OF_GROUP:
        return [each.shown() for each in used.get(place.id.lower(), ())]
    if place.application:
        return []
    attached = [
        application
        for application in targets.applications()
        if any(isinstance(each, Mapping) and each.get("id") == place.id for each in application.get("policies") or ())
    ]
    return [{"kind": "application", "id": str(each.get("id")), "name": str(each.get("name") or "")} for each in attached]


def _letting_in(targets: Targets, steps: Sequence[Step]) -> list[str]:
    """Warnings about removals that may let somebody in."""
    found = []
    for name, what in ((EXCLUDE, "who was kept out by it may get in"), (REQUIRE, "fewer conditions have to be met")):
        places = [step.place.said for step in steps if name in step.edit.lists]
        if places:
            found.append(f"the selector is taken out of {name}, so that {what}: {_named(places)}")
    blocking = [step.place.said for step in steps if INCLUDE in step.edit.lists and targets.keeps_out(step.place)]
    if blocking:
        found.append(f"the selector is taken out of what keeps people out, so that it may get in: {_named(blocking)}")
    return found


def _in_order(steps: Sequence[Step]) -> list[Step]:
    """Changes first; then deletions, in an order in which nothing that is named by another one goes first."""
    doomed = {step.place.key: step for step in steps if step.edit.action == DELETED}
    changes = [step for step in steps if step.place.key not in doomed]
    return changes + [doomed[place.key] for place in unused_first([step.place for step in doomed.values()])]


def _carried_out(account: CloudflareAccount, steps: Sequence[Step]) -> list[Failure]:
    """Write them all, one request each. Gives those that failed; when the time is up, all that are left."""
    failures: list[Failure] = []
    for number, step in enumerate(steps):
        try:
            if step.edit.action == DELETED:
                account.write("DELETE", step.place.path)
            else:
                account.write("PUT", step.place.path, {**_kind(step.place).body(step.place.raw, {}), **step.edit.lists})
        except OutOfTime as error:
            return failures + [Failure(left, error) for left in steps[number:]]
        except LifecycleError as error:
            failures.append(Failure(step, error))
    return failures


def _verified(
    account: CloudflareAccount, targets: Targets, steps: Sequence[Step], failures: list[Failure], wanted: Rule, *, present: bool
) -> tuple[list[str], list[Failure]]:
    """What did not take although it was accepted, and the failures that are left: an answer that was lost may have been yes.

    One more listing of what was written shows all of it.
    """
    if account.read_only or not account.accepted and not any(isinstance(failure.error, OutcomeUnknown) for failure in failures):
        return [], failures
    if any(isinstance(failure.error, OutOfTime) for failure in failures):
        return [], failures  # there is no time left to look
    now = targets.again([step.place for step in steps])
    failed = {failure.step.place.key: failure for failure in failures}
    unconverged = []
    for step in steps:
        missed = _missed(step, now.get(step.place.key), wanted, present=present)
        failure = failed.get(step.place.key)
        if failure is None:
            unconverged += [f"{step.place.said}: {name}" for name in missed]
        elif isinstance(failure.error, OutcomeUnknown) and not missed:
            account.accepted += 1
            del failed[step.place.key]
    return unconverged, list(failed.values())


def _missed(step: Step, now: Place | None, wanted: Rule, *, present: bool) -> list[str]:
    """The lists of a place that are not as they were sent. now: the place as it is listed after the write."""
    if step.edit.action == DELETED:
        return [EXISTENCE] if now else []
    if now is None:
        return [EXISTENCE] if present else []
    if step.edit.action == DISABLED and not is_disabled(now.raw):
        return [INCLUDE]
    holding = named_in(now.raw, wanted, list(step.edit.lists))
    lost = [name for name, sent in step.edit.lists.items() if not set(rules_from_wire(sent)) <= set(rules_from_wire(now.raw.get(name)))]
    return [name for name in step.edit.lists if (name in holding) is not present or name in lost]


def _kind(place: Place) -> Objects:
    return POLICY if place.kind == OF_POLICY else GROUP


def _named(texts: Sequence[str], between: str = ", ") -> str:
    more = f"{between}and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return between.join(texts[:_SHOWN]) + more
