# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role mover: what is to do for each person, and what was proven."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError

# Ansible loads every file of filters in every task that uses one of the collection's. So what a filter needs is imported when it is called.


def mover_moves(people: Sequence[Any], steps: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None, state: Any = "") -> dict[str, Any]:
    """See the documentation of the filter in mover_moves.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.people import Intent
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.result import Moving
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.state import state_of

    try:
        moving = Moving.of(people, steps or {}, Intent.from_options(options or {}), state_of(state))
        return {**moving.todo, "result": moving.result(), "planned": moving.planned(), "ended": moving.ended()}
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def mover_table(result: Mapping[str, Any]) -> list[str]:
    """See the documentation of the filter in mover_table.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.result import table

    return table(result)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"mover_moves": mover_moves, "mover_table": mover_table}
