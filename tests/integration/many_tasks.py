# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks that call many modules: ansible-playbook is the real one, and runs our modules within itself.

A task takes a fifth of its time so. That modules run as Ansible runs them elsewhere is what other tests show.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.integration.playbook import CALLBACKS, ROOT, Run, play_on

HERE = Path(__file__).resolve().parent / "in_one_process"
WITHIN = {
    "ANSIBLE_ACTION_PLUGINS": str(HERE / "action"),
    "ANSIBLE_CALLBACK_PLUGINS": os.pathsep.join([str(CALLBACKS), str(HERE / "callback")]),
    "ANSIBLE_CALLBACKS_ENABLED": "record,forethought",
    "PYTHONPATH": os.pathsep.join([str(ROOT / ".cache" / "tree"), str(ROOT)]),
}


def play_within(
    hosts: Mapping[str, Mapping[str, Any]],
    playbook: str,
    variables: Mapping[str, Any],
    *options: str,
    environment: Mapping[str, str] | None = None,
    begun: Callable[[int], None] = lambda process: None,
) -> Run:
    """As play_on does it."""
    return play_on(hosts, playbook, variables, *options, environment={**WITHIN, **(environment or {})}, begun=begun)
