# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role directory_sync: what to ask for, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.outcome import (
    of_roster,
    table,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.wish import (
    exact_directory,
    settled_directory,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError


def directory_sync_wish(
    people: Sequence[Any],
    scope: Sequence[str] = (),
    protected: Sequence[str] = (),
    rules: Sequence[Mapping[str, Any]] | None = None,
    orphans: str = "",
    exact: Mapping[str, Any] | None = None,
    failures: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """See the documentation of the filter in directory_sync_wish.yml."""
    try:
        wish = exact_directory(people, scope, protected, rules)
        return settled_directory(wish, exact or {}, people, orphans, failures) if orphans else dict(wish)
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def directory_sync_outcome(
    roster: Mapping[str, Any],
    done: Mapping[str, Any] | None = None,
    wish: Mapping[str, Any] | None = None,
    problem: str = "",
) -> dict[str, Any]:
    """See the documentation of the filter in directory_sync_outcome.yml."""
    return of_roster(roster, done or {}, wish or {}, problem)


def directory_sync_table(result: Mapping[str, Any]) -> list[str]:
    """See the documentation of the filter in directory_sync_table.yml."""
    return table(result)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "directory_sync_wish": directory_sync_wish,
            "directory_sync_outcome": directory_sync_outcome,
            "directory_sync_table": directory_sync_table,
        }
