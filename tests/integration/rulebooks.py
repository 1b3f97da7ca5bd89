# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rulebook of the collection in the real ansible-rulebook, which can be killed and started again. A start takes seconds."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.integration.event_source import ROOT

BIN = ROOT / ".cache" / "venv" / "eda" / "bin"
SECONDS = 60


def missing() -> str:
    """Why rulebooks cannot run here, "" if they can."""
    java = shutil.which("java")
    if java is None:
        return "ansible-rulebook needs Java 17 or newer, and there is no java on the PATH"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    return "" if version and int(version[1]) >= 17 else f"ansible-rulebook needs Java 17 or newer, and this one says {said[:60]!r}"


def prepare() -> None:
    """Install ansible-rulebook, unless it is there."""
    subprocess.run([sys.executable, ROOT / "tests" / "tools" / "environments.py", "eda"], check=True)


class Rulebook:
    """A rulebook and what survives it in a folder: its cursor, its database, and what playbooks reported.

    name: without the collection. variables: for ansible-rulebook; environment: beside PATH and the folders of Ansible.
    """

    def __init__(self, folder: Path, name: str, variables: dict[str, Any], environment: dict[str, str]) -> None:
        self.report = folder / "report"
        self.log = folder / "log"
        self._name = name
        self._folder = folder
        self._running: subprocess.Popen[bytes] | None = None
        kept = {
            f"{name}_cursor_file": str(folder / "cursor.json"),
            "drools_db_file_path": str(folder / "database"),
            "report_event_file": str(self.report),
        }
        (folder / "variables.json").write_text(json.dumps({**kept, **variables}), encoding="utf-8")
        host = {"ansible_connection": "local", "ansible_python_interpreter": str(BIN / "python")}
        (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": {"localhost": host}}}), encoding="utf-8")
        self._environment = {
            "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # for a life of seconds
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
            "ANSIBLE_HOME": str(folder / "ansible"),
            **environment,
        }

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                [
                    *(BIN / "ansible-rulebook", "-r", f"identityops.lifecycle.{self._name}", "--persistence-id", "1"),
                    *("-i", self._folder / "inventory.json", "-e", self._folder / "variables.json"),
                ],
                env=self._environment,
                cwd=self._folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that its playbook can be killed with it
            )

    def kill(self) -> None:
        """End it and its playbook in the middle of whatever they do."""
        if self._running is not None:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()
            self._running = None

    def reported(self) -> list[dict[str, Any]]:
        """What playbooks have reported so far."""
        lines = self.report.read_text(encoding="utf-8").splitlines() if self.report.exists() else []
        return [json.loads(line) for line in lines]

    def wait(self, reports: int) -> list[dict[str, Any]]:
        """Return when there are so many reports."""
        self.until(lambda: len(self.reported()) >= reports)
        return self.reported()

    def until(self, true: Callable[[], Any]) -> None:
        """Return when something is true."""
        deadline = time.monotonic() + SECONDS
        while not true():
            assert self._running is not None
            assert self._running.poll() is None, f"it ended:\n{self.said}"
            assert time.monotonic() < deadline, f"{self.reported()} is all that was reported:\n{self.said}"
            time.sleep(0.02)

    def acknowledged(self) -> int:
        """How many events the cursor file says were dealt with, of those that may be read again."""
        file = self._folder / "cursor.json"
        streams = json.loads(file.read_text(encoding="utf-8"))["streams"] if file.exists() else {}
        return sum(len(at["seen"]) for at in streams.values())

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def __enter__(self) -> Rulebook:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
