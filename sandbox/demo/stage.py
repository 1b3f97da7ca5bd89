# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ansible-playbook against a sandbox and counts what the service was asked meanwhile."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from ..running import Running

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache"
KEPT = CACHE / "demo"
EVIDENCE = KEPT / "evidence.jsonl"


class Act(NamedTuple):
    """What a run of a playbook printed, how it ended, and what the service saw of it.

    reads, writes: requests. operations: writes, those within a Bulk request counted one by one.
    """

    output: str
    status: int
    reads: int
    writes: int
    operations: int
    seconds: float

    @property
    def changed(self) -> int:
        """The number of tasks that Ansible counted as changed; -1 if the run did not get that far."""
        recap = re.search(r"^localhost .*\bchanged=(\d+)", self.output, re.MULTILINE)
        return int(recap[1]) if recap else -1


class Stage:
    """service: the sandbox to play against. What the playbooks write is kept in KEPT, from one play to the next."""

    def __init__(self, service: Running) -> None:
        self._service = service
        shutil.rmtree(KEPT, ignore_errors=True)
        KEPT.mkdir(parents=True)

    def play(self, name: str, playbook: str, *arguments: str, **variables: str) -> Act:
        """Run a playbook of this folder. Everything that it prints is kept under the act's name."""
        self._service.reset_requests()
        begin = time.monotonic()
        # By module, not by script: the checkout may lie in a folder whose name no script's first line can hold.
        command = [sys.executable, "-m", "ansible", "playbook", str(HERE / playbook), *arguments]
        given = {"folder": str(KEPT), "lifecycle_evidence_file": str(EVIDENCE), "lifecycle_run_id": f"demo-{name}", **variables}
        run = subprocess.run(
            [*command, "-e", json.dumps(given)],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - begin
        journal = self._service.requests()
        (KEPT / f"{name}.txt").write_text(run.stdout, encoding="utf-8")
        in_bulk = [len(entry["body"]["Operations"]) for entry in journal["requests"] if entry["path"].endswith("/Bulk")]
        operations = journal["writes"] - len(in_bulk) + sum(in_bulk)
        return Act(run.stdout, run.returncode, journal["counts"].get("GET", 0), journal["writes"], operations, seconds)

    def _environment(self) -> dict[str, str]:
        """The caller's, without what would change the play, and with the services and their tokens."""
        cloudflare = self._service.cloudflare
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM_", "ANSIBLE_", "CLOUDFLARE_"))}
        return {
            **kept,
            "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(CACHE / "tree"),
            "ANSIBLE_HOME": str(CACHE / "ansible"),
            "SCIM_URL": self._service.url,
            "SCIM_TOKEN": self._service.token,
            "SCIM_UNKEPT_FILE": str(KEPT / "unkept.json"),
            "CLOUDFLARE_BASE_URL": cloudflare.base_url,
            "CLOUDFLARE_ACCOUNT_ID": cloudflare.account_id,
            "CLOUDFLARE_API_TOKEN": cloudflare.api_token,
            "CLOUDFLARE_RATE_FILE": str(KEPT / "rate.json"),
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
