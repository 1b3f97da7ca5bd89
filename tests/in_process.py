# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module of the collection in this process: its real main(), arguments in, JSON out. A task takes milliseconds."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

from ansible.module_utils import _internal as context
from ansible.module_utils.common import warnings as recorded
from ansible.module_utils.testing import patch_module_args
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roll import VERBS

MODULES = "ansible_collections.identityops.lifecycle.plugins.modules."


class Result(dict[str, Any]):
    """What a task returned. output: everything that it printed, as a text."""

    output: str

    @property
    def changed(self) -> bool:
        return bool(self["changed"])

    @property
    def failed(self) -> bool:
        return bool(self.get("failed"))

    @property
    def warnings_said(self) -> list[str]:
        return [warning if isinstance(warning, str) else warning["event"]["msg"] for warning in self.get("warnings", [])]


def run(
    module: str,
    options: dict[str, Any],
    *,
    check: bool = False,
    diff: bool = False,
    environment: dict[str, str] | None = None,
) -> Result:
    """One task. module: its short name, or where Python finds one that is not ours.

    environment: the variables of this task, beside PATH and HOME as they are.
    """
    arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": diff}
    printed = io.StringIO()
    main = importlib.import_module(module if "." in module else MODULES + module).main
    with (
        patch_module_args(arguments),
        # Once a test has imported a plugin of the controller, modules would take this process for one.
        mock.patch.object(context, "is_controller", False),
        mock.patch.dict(recorded._global_warnings, clear=True),
        mock.patch.dict("os.environ", environment or {}),
        contextlib.redirect_stdout(printed),
        contextlib.suppress(SystemExit),
    ):
        main()
    result = Result(json.loads(printed.getvalue().strip().splitlines()[-1]))
    result.output = printed.getvalue()
    return result


def counts(**given: int) -> dict[str, int]:
    """The counts of a task about many; those that are not given are 0."""
    return {**dict.fromkeys(VERBS, 0), **given}


@contextlib.contextmanager
def time_flies() -> Iterator[list[float]]:
    """Nobody sleeps: the collection's clock jumps ahead instead. Gives the list of seconds that would have been slept."""
    slept: list[float] = []
    now, today = Clock.now, Clock.today
    with (
        mock.patch.object(Clock, "now", lambda clock: now(clock) + sum(slept)),
        mock.patch.object(Clock, "today", lambda clock: today(clock) + timedelta(seconds=sum(slept))),
        mock.patch.object(Clock, "sleep", lambda clock, seconds: slept.append(seconds)),
    ):
        yield slept
