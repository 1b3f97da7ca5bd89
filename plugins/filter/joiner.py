# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role joiner: people as users and groups with members, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError

# Ansible loads every file of filters in every task that uses one of the collection's. So what a filter needs is imported when it is called.


def joiner_directory(people: Sequence[Any], groups: Sequence[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """See the documentation of the filter in joiner_directory.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.joining.directory import (
        directory,
    )

    try:
        return directory(people, groups)
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def joiner_steps(
    people: Sequence[Any],
    groups: Sequence[str] = (),
    steps: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """See the documentation of the filter in joiner_steps.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.joining.steps import Joining

    try:
        joining = Joining.of(people, groups, steps or {}, options or {}, plan or {})
        return {**joining.todo, "about": joining.about, "planned": joining.planned, "ended": joining.ended}
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def joiner_outcome(registered: Mapping[str, Any], about: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """See the documentation of the filter in joiner_outcome.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.joining.directory import outcome

    return outcome(registered, about)


def joiner_table(result: Mapping[str, Any]) -> list[str]:
    """See the documentation of the filter in joiner_table.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.joining.directory import table

    return table(result)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "joiner_directory": joiner_directory,
            "joiner_steps": joiner_steps,
            "joiner_outcome": joiner_outcome,
            "joiner_table": joiner_table,
        }
