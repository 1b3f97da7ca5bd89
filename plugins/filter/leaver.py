# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role leaver: what is to do for each person, and what was proven."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible.plugins.loader import module_loader
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError

MAIL = ("host", "port", "username", "password", "secure", "sender", "to")

# Ansible loads every file of filters in every task that uses one of the collection's. So what a filter needs is imported when it is called.
if TYPE_CHECKING:
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.cases import Case


def leaver_cases(
    people: Sequence[Any],
    steps: Mapping[str, Any] | None = None,
    mode: str = "deactivate",
    groups: str = "remove",
    protected: Sequence[str] | None = None,
    predicting: bool = False,
    access: Mapping[str, Any] | None = None,
    instant: str = "",
    retention: str = "",
) -> list[dict[str, Any]]:
    """See the documentation of the filter in leaver_cases.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.handover import notice

    def shown(case: Case) -> dict[str, Any]:
        return {
            "target": case.target,
            "access": case.access,
            "refusal": case.refusal,
            "removals": case.removals,
            "snapshot": case.snapshot,
            "superior": case.superior,
            "handover": notice(case),
            "result": case.result(),
        }

    return [shown(case) for case in _cases(people, steps, mode, groups, protected, predicting, access, instant, retention)]


def leaver_records(
    people: Sequence[Any],
    stage: str,
    tags: Sequence[str] | None = None,
    took: float = 0,
    **asked: Any,
) -> list[dict[str, Any]]:
    """See the documentation of the filter in leaver_records.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.records import (
        ended,
        planned,
        refused,
    )
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.times import later

    of_stage: dict[str, Callable[[Case], list[dict[str, Any]]]] = {
        "planned": lambda case: planned(case, tuple(tags or ())),
        "ended": lambda case: ended(case, later(case.intent.instant, float(took))),
        "refused": refused,
    }
    if stage not in of_stage:
        raise AnsibleFilterError(f"stage is {stage!r}; choose one of {', '.join(of_stage)}")
    return [record for case in _cases(people, **asked) for record in of_stage[stage](case)]


def _cases(
    people: Sequence[Any],
    steps: Mapping[str, Any] | None = None,
    mode: str = "deactivate",
    groups: str = "remove",
    protected: Sequence[str] | None = None,
    predicting: bool = False,
    access: Mapping[str, Any] | None = None,
    instant: str = "",
    retention: str = "",
) -> list[Case]:
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.access_steps import (
        AccessIntent,
    )
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.cases import cases
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving.steps import Intent

    if isinstance(protected, str):  # "a, b", as modules take it; never its letters
        protected = [pattern.strip() for pattern in protected.split(",")]
    names = tuple(map(str, protected or ()))
    try:
        wanted = AccessIntent.from_options(access)
        return cases(people, steps or {}, Intent(mode, groups, names, bool(predicting), wanted, str(instant or ""), str(retention or "")))
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def verdict_table(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """See the documentation of the filter in verdict_table.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.verdicts import table

    return table(results)


def leaver_mail_problems(mail: Mapping[str, Any] | None, folder: str = "") -> list[str]:
    """See the documentation of the filter in leaver_mail_problems.yml."""
    if not mail:
        return []
    unknown = sorted(str(name) for name in mail if name not in MAIL)
    problems = [f"leaver_handover_mail has {', '.join(unknown)}; it takes {', '.join(MAIL)}"] if unknown else []
    if not mail.get("host"):
        problems.append("leaver_handover_mail has no host")
    if not folder:
        problems.append("leaver_handover_mail sends what is written to leaver_handover_dir, which is empty")
    if not module_loader.has_plugin("community.general.mail"):
        problems.append("leaver_handover_mail needs the collection community.general, which is not installed; install it, or leave it empty")
    return problems


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "leaver_cases": leaver_cases,
            "leaver_mail_problems": leaver_mail_problems,
            "leaver_records": leaver_records,
            "verdict_table": verdict_table,
        }
