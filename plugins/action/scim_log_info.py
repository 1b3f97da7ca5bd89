# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read provisioning logs on a host and make events of them on the controller: the host needs no Python, and nothing is copied to it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ..module_utils.core.errors import LifecycleError
from ..module_utils.core.events.selection import Selection
from ..module_utils.logs.collection import MOST_BYTES, Answer, answer, posix, powershell, words
from ..module_utils.logs.collection_options import CONSTRAINTS, EVENTLOG, FILE, SPEC
from ..module_utils.logs.collection_run import Gathered, Host, Wanted, result
from ..module_utils.logs.collection_sources import eventlog, evtx, journald
from ..module_utils.logs.collection_trail import files


class ActionModule(ActionBase):
    """The action of the module of the same name, which is documentation only."""

    TRANSFERS_FILES = False
    _supports_check_mode = True  # it only reads
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The events of a host, or why there are none."""
        returned: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(argument_spec=SPEC, **CONSTRAINTS)
        host_name = str(self._task.delegate_to or (task_vars or {}).get("inventory_hostname", ""))
        try:
            selection = Selection.from_options(options.get, datetime.now(timezone.utc))
            wanted = Wanted.from_options(options, selection)
            gathered = self._gathered(options, wanted)
        except LifecycleError as error:
            return {**returned, "changed": False, "failed": True, "msg": str(error), **error.facts()}
        if not options.get("path"):
            for _dummy, event in gathered.events:
                event.setdefault("host", host_name)
        return {**returned, "changed": False, **result(gathered, wanted)}

    def _gathered(self, options: dict[str, Any], wanted: Wanted) -> Gathered:
        if options["source"] == EVENTLOG and options.get("path"):
            path = str(options["path"])
            with contextlib.suppress(AnsibleError):  # of a role or beside the playbook, as for other files of the controller
                path = self._find_needle("files", path)
            return evtx({**options, "path": path}, wanted)
        read = {EVENTLOG: eventlog, FILE: files}.get(options["source"], journald)
        return read(_Connected(self), options, wanted)


class _Connected(Host):
    """A host over the connection of the task, whichever that is."""

    def __init__(self, action: ActionModule) -> None:
        self.mark = secrets.token_hex(16)
        self._action = action
        self.windows = bool(getattr(getattr(action._connection, "_shell", None), "_IS_WINDOWS", False))

    def posix(self, command: str, *, newest: bool = False, most: int = MOST_BYTES) -> Answer:
        return self._run(posix(command, self.mark, newest=newest, most=most), most)

    def program(self, name: str, arguments: Sequence[str]) -> Answer:
        if self.windows:
            return self._run(powershell(name, arguments, self.mark))
        return self._run(posix(words([name, *arguments]), self.mark))

    def _run(self, command: str, most: int = MOST_BYTES) -> Answer:
        # With something on standard input, ssh makes no terminal, which would change what passes through it. Windows does not have one,
        # and some connection plugins take no input.
        in_data = b"\n" if getattr(self._action._connection, "has_pipelining", False) and not self.windows else None
        ended = self._action._low_level_execute_command(command, in_data=in_data, encoding_errors="surrogateescape")
        return answer(str(ended["stdout"]), self.mark, errors=str(ended["stderr"]), windows=self.windows, most=most)
