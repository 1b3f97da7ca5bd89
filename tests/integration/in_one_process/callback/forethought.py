# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback that has the modules' code read before ansible-playbook forks for each task, and Ansible's own for files run within it, too."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import filter_loader

import tests.in_process as within

DOCUMENTATION = """
name: forethought
type: aggregate
short_description: Reads the modules' code
description: For tests only.
"""

for module in sorted((Path(within.__file__).parents[1] / "plugins" / "modules").glob("*.py")):
    importlib.import_module(within.MODULES + module.stem)
FILES = ("copy", "file", "find", "slurp", "stat")
for name in FILES:
    importlib.import_module(f"ansible.modules.{name}")
_elsewhere = ActionBase._execute_module


def _execute_module(self: ActionBase, module_name: str | None = None, module_args: Any = None, *more: Any, **others: Any) -> Any:
    """In place of the same of ActionBase; the machine is this one in all of our playbooks."""
    name = (module_name or self._task.action).rpartition(".")[2]
    if name not in FILES:
        return _elsewhere(self, module_name, module_args, *more, **others)
    arguments = dict(self._task.args if module_args is None else module_args)
    unknown = {option: others[option] for option in ("ignore_unknown_opts",) if option in others}
    self._update_module_args(name, arguments, others.get("task_vars") or {}, **unknown)
    return dict(within.run(f"ansible.modules.{name}", arguments, check=bool(self._task.check_mode), diff=bool(self._task.diff)))


ActionBase._execute_module = _execute_module


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "forethought"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Filters are looked for in every file of filters, and would be so in each fork."""
        for file in sorted((Path(within.__file__).parents[1] / "plugins" / "filter").glob("*.yml")):
            filter_loader.get(f"identityops.lifecycle.{file.stem}")
