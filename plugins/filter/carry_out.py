# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role carry_out: what stands against a plan, what to record of it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.outcome import (
    outcome,
    table,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.records import (
    done_records,
    planned_records,
    refused_records,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.wish import refused_groups
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError

STAGES = ("planned", "done", "refused")


def plan_records(
    people: Sequence[Any],
    stage: str,
    kind: str,
    plan: Mapping[str, Any] | None = None,
    left: Mapping[str, Any] | None = None,
    unfinished: Mapping[str, Mapping[str, str]] | None = None,
    written: Mapping[str, Any] | None = None,
    failures: Sequence[Mapping[str, Any]] = (),
    times: Mapping[str, str] | None = None,
    folder: str = "",
    why: str = "",
) -> list[dict[str, Any]]:
    """See the documentation of the filter in plan_records.yml."""
    if stage not in STAGES:
        raise AnsibleFilterError(f"stage is {stage!r}; choose one of {', '.join(STAGES)}")
    try:
        if stage == "planned":
            return planned_records(plan or {}, people, kind=kind, times=times or {}, folder=folder)
        if stage == "refused":
            return refused_records(kind, why, times or {}, people)
        told: dict[str, Any] = {"unfinished": unfinished, "written": written, "failures": failures, "times": times or {}, "folder": folder}
        return done_records(plan or {}, left, people, kind=kind, **told)
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def plan_groups_refused(plan: Mapping[str, Any], create: bool = False, preview: bool = False) -> list[str]:
    """See the documentation of the filter in plan_groups_refused.yml."""
    return refused_groups(plan, create=create, preview=preview)


def carry_out_outcome(
    rehearsal: Mapping[str, Any], written: Mapping[str, Any] | None = None, verified: Mapping[str, Any] | None = None, problem: str = ""
) -> dict[str, Any]:
    """See the documentation of the filter in carry_out_outcome.yml."""
    return outcome(rehearsal, written or {}, verified or {}, problem)


def carry_out_table(result: Mapping[str, Any]) -> list[str]:
    """See the documentation of the filter in carry_out_table.yml."""
    return table(result)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "plan_records": plan_records,
            "plan_groups_refused": plan_groups_refused,
            "carry_out_outcome": carry_out_outcome,
            "carry_out_table": carry_out_table,
        }
