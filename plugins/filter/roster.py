# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters for the people of a roster: who is picked, what a roster looks like in a terminal, and why somebody is in a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError

# Ansible loads every file of filters in every task that uses one of the collection's. So what a filter needs is imported when it is called.


def roster_select(
    people: Sequence[Any],
    phases: Sequence[str] | None = None,
    accounts: Sequence[str] | None = None,
    lanes: Sequence[str] | None = None,
    keys: Sequence[Any] | None = None,
) -> list[dict[str, Any]]:
    """See the documentation of the filter in roster_select.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.selection import select

    try:
        return select(people, phases, accounts, lanes, keys)
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def roster_table(result: Mapping[str, Any]) -> list[str]:
    """See the documentation of the filter in roster_table.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.selection import table

    return table(result)


def roster_explain(
    person: Mapping[str, Any],
    group: str,
    rules: Sequence[Mapping[str, Any]],
    grants: Sequence[Mapping[str, Any]] | None = None,
    instant: str | None = None,
) -> dict[str, Any]:
    """See the documentation of the filter in roster_explain.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.explain import explained

    try:
        return explained(person, group, rules, grants, instant)
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"roster_select": roster_select, "roster_table": roster_table, "roster_explain": roster_explain}
