# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role group_sync: what to ask for, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.groups import given_groups
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.directory.outcome import (
    of_groups,
    table,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError


def group_sync_wish(groups: Sequence[Any], **options: Any) -> dict[str, Any]:
    """See the documentation of the filter in group_sync_wish.yml."""
    try:
        return given_groups(groups, **options)
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def group_sync_outcome(done: Mapping[str, Any], wish: Mapping[str, Any] | None = None, problem: str = "") -> dict[str, Any]:
    """See the documentation of the filter in group_sync_outcome.yml."""
    return of_groups(done, wish or {}, problem)


def group_sync_table(result: Mapping[str, Any]) -> list[str]:
    """See the documentation of the filter in group_sync_table.yml."""
    return table(result)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"group_sync_wish": group_sync_wish, "group_sync_outcome": group_sync_outcome, "group_sync_table": group_sync_table}
