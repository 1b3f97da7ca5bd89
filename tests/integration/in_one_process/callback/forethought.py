# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback that does nothing but to have the modules' code read before ansible-playbook forks for each task."""

from __future__ import annotations

import importlib
from pathlib import Path

from ansible.plugins.callback import CallbackBase

import tests.in_process as within

DOCUMENTATION = """
name: forethought
type: aggregate
short_description: Reads the modules' code
description: For tests only.
"""

for module in sorted((Path(within.__file__).parents[1] / "plugins" / "modules").glob("*.py")):
    importlib.import_module(within.MODULES + module.stem)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "forethought"
    CALLBACK_NEEDS_ENABLED = True
