# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role access_baseline: the policy, whom it would shut out, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError

# Ansible loads every file of filters in every task that uses one of the collection's. So what a filter needs is imported when it is called.


def baseline_policy(name: str, provisioned: Sequence[Any], applications: Sequence[Any]) -> dict[str, Any]:
    """See the documentation of the filter in baseline_policy.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.baseline import policy

    try:
        return policy(name, provisioned, applications)
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def baseline_preview(
    asked: Mapping[str, Any], number: int = 0, percent: float = 100, found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """See the documentation of the filter in baseline_preview.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.baseline import preview

    return preview(asked, number, percent, found)


def baseline_outcome(seen: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """See the documentation of the filter in baseline_outcome.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.baseline import outcome

    return outcome(seen, written)


def baseline_table(result: Mapping[str, Any]) -> list[str]:
    """See the documentation of the filter in baseline_table.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.baseline import table

    return table(result)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "baseline_policy": baseline_policy,
            "baseline_preview": baseline_preview,
            "baseline_outcome": baseline_outcome,
            "baseline_table": baseline_table,
        }
