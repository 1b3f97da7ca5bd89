# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a playbook with the real ansible-playbook and see what each of its tasks returned. A run takes seconds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox import Running

ROOT = Path(__file__).resolve().parents[2]
CALLBACKS = Path(__file__).resolve().parent / "callbacks"
SECONDS = 120


@dataclass(frozen=True)
class Task:
    """What one task returned for one host. outcome: ok, failed or skipped."""

    host: str
    name: str
    outcome: str
    returned: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A playbook that has ended. code: its exit status. output: what it printed."""

    code: int
    output: str
    tasks: tuple[Task, ...]

    def fact(self, name: str, host: str = "localhost") -> Any:
        """The value that set_fact gave a variable of a host last."""
        facts = [task.returned.get("ansible_facts", {}) for task in self.tasks if task.host == host]
        given = [of_task[name] for of_task in facts if name in of_task]
        assert given, f"no task set {name}:\n{self.output}"
        return given[-1]

    @property
    def changed(self) -> list[str]:
        return [task.name for task in self.tasks if task.returned.get("changed")]

    @property
    def said(self) -> str:
        """The messages of all tasks that failed, on all hosts."""
        return " ".join(str(task.returned.get("msg", "")) for task in self.tasks if task.outcome == "failed")


def play(
    service: Running, playbook: str, variables: Mapping[str, Any], *options: str, environment: Mapping[str, str] | None = None
) -> Run:
    """Run a playbook for localhost against a sandbox, with credentials from the environment.

    playbook: a file, or the full name of one of the collection.
    """
    credentials = {"SCIM_URL": service.url, "SCIM_TOKEN": service.token}
    return play_on({"localhost": {}}, playbook, variables, *options, environment={**credentials, **(environment or {})})


def play_on(
    hosts: Mapping[str, Mapping[str, Any]],
    playbook: str,
    variables: Mapping[str, Any],
    *options: str,
    environment: Mapping[str, str] | None = None,
    begun: Callable[[int], None] = lambda process: None,
) -> Run:
    """Run a playbook for several names of this machine. hosts: the variables of each. PWD among the environment: where to run it.

    begun: is told the group of processes in which it runs.
    """
    with TemporaryDirectory() as folder:
        given, record, inventory = Path(folder, "variables.json"), Path(folder, "record"), Path(folder, "inventory.yml")
        given.write_text(json.dumps({"ansible_python_interpreter": sys.executable, **variables}), encoding="utf-8")
        inventory.write_text(json.dumps({"all": {"hosts": dict(hosts)}}), encoding="utf-8")
        program = Path(sys.executable).parent / "ansible-playbook"
        with subprocess.Popen(
            [program, "-i", inventory, "-c", "local", playbook, "-e", f"@{given}", *options],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "SCIM_"))},
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
                "ANSIBLE_HOME": folder,
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "ANSIBLE_INVENTORY_ENABLED": "yaml",
                "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
                "ANSIBLE_CALLBACKS_ENABLED": "record",
                "ANSIBLE_NOCOLOR": "true",
                "PLAYBOOK_RECORD": str(record),
                "SCIM_UNKEPT_FILE": str(Path(folder, "unkept.json")),
                **(environment or {}),
            },
            cwd=(environment or {}).get("PWD", folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as running:
            begun(running.pid)
            try:
                output = running.communicate(timeout=SECONDS)[0]
            except BaseException:
                os.killpg(running.pid, signal.SIGKILL)
                raise
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    tasks = [Task(line["host"], line["task"], line["outcome"], line["returned"]) for line in map(json.loads, lines)]
    assert tasks or running.returncode == -signal.SIGKILL, f"nothing ran:\n{output}"
    return Run(running.returncode, output, tuple(tasks))


def verdicts(run: Run, host: str = "localhost") -> list[tuple[str, str]]:
    """What the role leaver says of account and groups, for each person."""
    return [(result["account"]["verdict"], result["groups"]["verdict"]) for result in run.fact("leaver_result", host)]
