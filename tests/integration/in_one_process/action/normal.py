# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules of ours run within ansible-playbook, instead of each in a new Python that reads all of their code anew."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from tests.in_process import run

OURS = "identityops.lifecycle."


class ActionModule(ActionBase):
    """Takes the place of what every module without an action plugin of its own is run by."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        name = self._task.resolved_action or self._task.action
        if not name.startswith(OURS):
            return self._execute_module(task_vars=task_vars)
        task = self._task
        result = run(name.removeprefix(OURS), dict(task.args), check=bool(task.check_mode), diff=bool(task.diff))
        return {**result, "warnings": result.warnings_said}
