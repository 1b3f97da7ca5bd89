# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role leaver: what is to do for each person, and what was proven."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving import Intent, cases
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.leaving_access import AccessIntent
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.verdicts import table


def leaver_cases(
    people: Sequence[Any],
    steps: Mapping[str, Any] | None = None,
    mode: str = "deactivate",
    groups: str = "remove",
    protected: Sequence[str] | None = None,
    predicting: bool = False,
    access: Mapping[str, Any] | None = None,
    instant: str = "",
) -> list[dict[str, Any]]:
    """See the documentation of the filter in leaver_cases.yml."""
    if isinstance(protected, str):  # "a, b", as modules take it; never its letters
        protected = [pattern.strip() for pattern in protected.split(",")]
    try:
        names = tuple(map(str, protected or ()))
        intent = Intent(mode, groups, names, bool(predicting), AccessIntent.from_options(access), str(instant))
        return [
            {
                "target": case.target,
                "access": case.access,
                "refusal": case.refusal,
                "removals": case.removals,
                "snapshot": case.snapshot,
                "result": case.result(),
            }
            for case in cases(people, steps or {}, intent)
        ]
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def verdict_table(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """See the documentation of the filter in verdict_table.yml."""
    return table(results)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"leaver_cases": leaver_cases, "verdict_table": verdict_table}
