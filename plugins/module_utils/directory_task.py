# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task about many resources: look, plan, brake, ask for approval, write, tell."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .client.scim import ScimService
from .client.unkept import Unkept
from .core.brakes import Brakes, tripped
from .core.errors import BrakeTripped, InvalidInput, LifecycleError, Refused
from .core.ownership import Ownership
from .core.plan_document import document, drift
from .core.resources import LISTS
from .core.shards import Shard
from .options import Get, positive
from .plan_file import read_plan, write_plan
from .progress import Progress
from .reconcile.crew import Crew
from .reconcile.directory import KEEP, Directory, Extent, Pace, Watch
from .reconcile.survey import survey
from .reconcile.task import Task
from .reconcile.wish import Wish
from .report_file import ReportFile
from .summary import in_all, planned, summary, who

_FILES = ("source", "plan_file", "report_file", "progress_file", "unkept_file")
Result = dict[str, Any]


@dataclass(frozen=True)
class Orders:
    """The options of a task beside its lists, read and checked before anything is asked of the service."""

    url: str
    extent: Extent
    brakes: Brakes
    pace: Pace
    protected: Sequence[str]
    rate: float
    expect_plan: str
    plan_file: str
    report_file: str
    progress_file: str
    most: int

    @classmethod
    def from_options(cls, get: Get) -> Orders:
        """get: the value of an option. Raises InvalidInput."""
        if get("expect_plan") is not None and not str(get("expect_plan")).strip():
            # The variable of an approval that was never given: nothing was approved.
            raise InvalidInput("expect_plan is empty; give the digest that was approved, or leave the option out")
        _refuse_one_file_for_two(get)
        unlisted, owned, ignore = (get(name) or {} for name in ("unlisted", "owned", "ignore"))
        return cls(
            url=str(get("url")).rstrip("/"),
            extent=Extent(
                unlisted={kind: unlisted.get(name) or KEEP for kind, name in LISTS.items()},
                ownership={kind: Ownership.from_options(name, owned.get(name), ignore.get(name)) for kind, name in LISTS.items()},
                shard=Shard.from_options(get("shard")),
            ),
            brakes=Brakes.from_options(get("brakes")),
            pace=Pace(int(positive(get, "concurrency")), str(get("bulk")), max(0, int(get("max_failures")))),
            protected=tuple(get("protected")),
            rate=positive(get, "rate") if get("rate") is not None else 0,
            expect_plan=str(get("expect_plan") or "").strip().lower(),
            plan_file=str(get("plan_file") or ""),
            report_file=str(get("report_file") or ""),
            progress_file=str(get("progress_file") or ""),
            most=int(positive(get, "max_reported")),
        )


def _refuse_one_file_for_two(get: Get) -> None:
    """What a plan or a report is written to is not what the people are read from."""
    by_place: dict[str, str] = {}
    for option in _FILES:
        if get(option):
            other = by_place.setdefault(os.path.realpath(os.path.expanduser(get(option))), option)
            if other != option:
                raise InvalidInput(f"{option} is the same file as {other}; nothing was written: give each a file of its own")


def directory_task(service: ScimService, users: Sequence[Wish], groups: Sequence[Wish], orders: Orders, unkept: Unkept) -> Result:
    """Make the wishes true, or predict how on a read-only connection: the result, with ``warnings`` to be given.

    Raises LifecycleError if nothing was written because the input, a brake or the missing approval does not allow it.
    """
    gate = service.transport.gate
    began = gate.clock.now()
    if orders.rate:
        gate.per_second = min(orders.rate, gate.per_second or orders.rate)
    progress = Progress(orders.progress_file)
    report = ReportFile("" if service.read_only else orders.report_file)
    try:
        progress.step("reading")
        directory = survey(service, users, groups, extent=orders.extent, protected=orders.protected, unkept=unkept)
        digest = _approved(service, directory, orders)
        report.write(run="started", url=orders.url, plan=digest)
        try:
            Crew(service, directory, orders.pace, _Written(progress, report)).work()
        finally:
            unkept.save()
        result = {
            "plan": digest,
            **summary(directory, orders.most),
            "requests_by_method": dict(sorted(service.transport.counts.items())),
            "duration": round(gate.clock.now() - began, 3),
        }
        report.write(run="finished", counts=result["counts"])
    finally:
        report.close()
        progress.close()
    if report.problem:
        result["warnings"].append(f"report_file is not complete: {report.problem}")
    return result


def _approved(service: ScimService, directory: Directory, orders: Orders) -> str:
    """The digest of the plan, if nothing stands against carrying it out. The brakes look at the whole of it, shard or not."""
    trips = tripped(directory.plan, directory.population, orders.brakes)
    doubtful = directory.failures
    directory.keep(orders.extent.shard)
    plan, counts = directory.plan, planned(directory)
    digest = plan.digest(orders.url)
    now = document(
        plan,
        service=orders.url,
        digest=digest,
        counts=counts,
        warnings=list(dict.fromkeys([*directory.warnings, *(warning for task in directory.tasks for warning in task.outcome.warnings)])),
        brakes=[trip.shown() for trip in trips],
        external_id=partial(service.references.external_id, "User"),
    )
    if orders.plan_file and orders.expect_plan in ("", digest):
        write_plan(orders.plan_file, now)
    try:
        if orders.pace.max_failures and len(doubtful) >= orders.pace.max_failures:
            first = "; ".join(f"{task.resource.kind} {task.wish.key!r}: {problem}" for task, problem in doubtful[:3])
            raise Refused(
                f"{len(doubtful)} entries are in doubt, and max_failures is {orders.pace.max_failures}; nothing was written: {first}"
            )
        if trips:
            raise BrakeTripped(trips)
        if plan and orders.expect_plan not in ("", digest):  # to do nothing needs no approval
            before = read_plan(orders.plan_file) if orders.plan_file else None
            differences = "".join(f"; {one}" for one in drift(before, now)) if before else ""
            raise Refused(
                f"expect_plan: the plan is not {orders.expect_plan} any more but {digest}; nothing was written: look at the new plan, "
                f"then approve it or correct the source{differences}"
            )
    except Refused as refusal:
        refusal.beside = {"plan": digest, "counts": in_all(counts), "counts_by_kind": counts}
        raise
    return digest


class _Written(Watch):
    """Writes down what a run does: numbers for who waits for it, and a line for each write."""

    def __init__(self, progress: Progress, report: ReportFile) -> None:
        self.progress = progress
        self.report = report

    def step(self, name: str, total: int = 0) -> None:
        self.progress.step(name, total)

    def done(self, task: Task, problem: LifecycleError | None = None) -> None:
        self.progress.done(failed=problem is not None)

    def note(self, task: Task, outcome: str, problem: LifecycleError | None = None) -> None:
        facts: Result = {**who(task), "verb": task.verb, "outcome": outcome, "id": task.outcome.id}
        if outcome in ("unconverged", "unverifiable"):
            facts["paths"] = sorted(set(getattr(task.outcome, outcome)))
        if problem is not None:
            facts["msg"] = str(problem)
        self.report.write(**facts)
