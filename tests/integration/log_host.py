# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_log_info without ansible-playbook: its commands run in a shell of this machine. And real journals, made by systemd itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.selection import Selection
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection import (
    MOST_BYTES,
    Answer,
    answer,
    posix,
    words,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_options import (
    CONSTRAINTS,
    SPEC,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_run import (
    Host,
    Wanted,
    result,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_sources import (
    eventlog,
    journald,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_trail import files

HERE = Path(__file__).resolve().parent
STANDIN = HERE / "standin"
LOGS = HERE.parent / "data" / "logs"
NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
MARK = "5c1d3ab07e5f4c2a9d60b1f2e3a4c5d6"
JOURNAL_REMOTE = Path("/lib/systemd/systemd-journal-remote")
READ = {"journald": journald, "file": files, "eventlog": eventlog}

needs_journal = pytest.mark.skipif(
    not (JOURNAL_REMOTE.exists() and shutil.which("journalctl")),
    reason="making a journal takes the package systemd-journal-remote: apt-get install --no-install-recommends systemd-journal-remote",
)


class Here(Host):
    """This machine. commands: what was run on it. path: where its programs are looked for first."""

    mark = MARK

    def __init__(self, *path: Path, user: str = "", **environment: str) -> None:
        self.commands: list[str] = []
        self._user = user
        where = os.pathsep.join([*map(str, path), os.environ["PATH"]])
        self._environment = {**os.environ, "PATH": where, **environment}

    def posix(self, command: str, *, newest: bool = False, most: int = MOST_BYTES) -> Answer:
        self.commands.append(command)
        shell = ["/bin/sh", "-c", posix(command, self.mark, newest=newest, most=most)]
        if self._user:
            shell = ["setpriv", f"--reuid={self._user}", "--clear-groups", *shell]
        ended = subprocess.run(shell, stdin=subprocess.DEVNULL, capture_output=True, env=self._environment, check=False, timeout=60)
        said = ended.stderr.decode("utf-8", "replace")
        return answer(ended.stdout.decode("utf-8", "surrogateescape"), self.mark, errors=said, most=most)

    def program(self, name: str, arguments: Sequence[str]) -> Answer:
        return self.posix(words([name, *arguments]))


def collected(source: str, host: Host | None = None, **options: Any) -> dict[str, Any]:
    """What a task with these options returns."""
    checked = ArgumentSpecValidator(SPEC, **CONSTRAINTS).validate({"source": source, **options})
    assert checked.error_messages == []
    given: Mapping[str, Any] = checked.validated_parameters
    wanted = Wanted.from_options(given, Selection.from_options(given.get, NOW))
    return result(READ[source](host or Here(), given, wanted), wanted)


def users(returned: Mapping[str, Any]) -> list[str]:
    return [event.get("user", "") for event in returned["events"]]


def journal(folder: Path, exported: bytes, name: str = "system.journal") -> Path:
    """A journal with entries in journald's export format."""
    source, made = folder / f"{name}.export", folder / name
    source.write_bytes(exported)
    subprocess.run([JOURNAL_REMOTE, "-o", made, source], check=True, capture_output=True, timeout=30)
    return made


def entry(number: int, message: bytes, *, unit: str = "scim-sync.service", priority: int = 6, boot: str = "8c" * 16) -> bytes:
    """One entry in the export format; a message that is no line of text in its length-prefixed form."""
    fields = {
        "__REALTIME_TIMESTAMP": str(1795478400000000 + number * 1000000),
        "__MONOTONIC_TIMESTAMP": str(5000000 + number * 1000000),
        "_BOOT_ID": boot,
        "_HOSTNAME": "idp1",
        "PRIORITY": str(priority),
        "SYSLOG_IDENTIFIER": "scim-sync",
        "_SYSTEMD_UNIT": unit,
    }
    head = "".join(f"{name}={value}\n" for name, value in fields.items()).encode()
    return head + b"MESSAGE\n" + len(message).to_bytes(8, "little") + message + b"\n\n"


def message(source: str, made: str) -> None:
    """Make a journal of a log: one entry, with all of its text."""
    made_in = Path(made)
    journal(made_in.parent, entry(0, Path(source).read_bytes()), made_in.name)
