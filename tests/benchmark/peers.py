# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""New people on a service, as it is done today, and with scim_directory: the same sandbox, empty each time, the same people.

The loops take so long that they get a few people only; what ten thousand would take, is what one more takes, times ten thousand.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient

import sandbox
from tests.benchmark.many import LIMITS
from tests.benchmark.pool import bodies
from tests.benchmark.whole import people

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY, COMPANY = 20, 1_000, 10_000
TIMES = 3
_MOST_IN_BULK = 100  # scim2-cli waits five seconds for an answer, in which a busy sandbox does not do many more

Way = Callable[[sandbox.Running, int], None]

_URI = {
    "ansible.builtin.uri": {
        "url": "{{ lookup('env', 'SCIM_URL') }}/Users",
        "method": "POST",
        "headers": {"Authorization": "Bearer {{ lookup('env', 'SCIM_TOKEN') }}", "Content-Type": "application/scim+json"},
        "body": "{{ item }}",
        "body_format": "json",
        "status_code": [201],
    },
    "loop": "{{ bodies }}",
    "loop_control": {"label": "{{ item.userName }}"},
}
_SCIM_USER = {
    "identityops.lifecycle.scim_user": {
        name: f"{{{{ item.{name} }}}}" for name in ("external_id", "user_name", "display_name", "title", "name", "emails")
    },
    "loop": "{{ people }}",
    "loop_control": {"label": "{{ item.user_name }}"},
}
_NOTHING = {"ansible.builtin.meta": "noop"}


def directory(bulk: str) -> Any:
    return {
        "identityops.lifecycle.scim_directory": {
            "source": "{{ source }}",
            "bulk": bulk,
            "concurrency": 8,
            "progress": False,
            **LIMITS,
        }
    }


def played(task: Any) -> Way:
    """One task, by the real ansible-playbook, on this machine."""

    def way(service: sandbox.Running, count: int) -> None:
        with TemporaryDirectory() as folder:
            playbook, given, source = (Path(folder, name) for name in ("site.yml", "given.json", "people.jsonl"))
            playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
            source.write_text("".join(json.dumps(person) + "\n" for person in people(count, "a")), encoding="utf-8")
            lists = {"people": people(count, "a"), "bodies": bodies(count, "a")} if "loop" in task else {}
            given.write_text(json.dumps({"ansible_python_interpreter": sys.executable, "source": str(source), **lists}), encoding="utf-8")
            ended(
                [Path(sys.executable).parent / "ansible-playbook", "-i", "localhost,", "-c", "local", playbook, "-e", f"@{given}"],
                SCIM_URL=service.url,
                SCIM_TOKEN=service.token,
                SCIM_UNKEPT_FILE="",
                ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".cache" / "tree"),
                ANSIBLE_HOME=folder,
                ANSIBLE_LOCALHOST_WARNING="false",
            )

    return way


def client_loop(service: sandbox.Running, count: int) -> None:
    """scim2-client, one person after the other, in one process."""
    with httpx2.Client(base_url=service.url, headers={"Authorization": f"Bearer {service.token}"}) as http:
        client = SyncSCIMClient(http)
        client.discover()
        user = client.get_resource_model("User")
        assert user is not None
        for body in bodies(count, "a"):
            client.create(user.model_validate(body))


def command_line(service: sandbox.Running, count: int) -> None:
    """scim2-cli, Bulk requests of so many, each by a command of its own."""
    documents = bodies(count, "a")
    for start in range(0, count, _MOST_IN_BULK):
        operations = [
            {"method": "POST", "path": "/Users", "bulkId": str(number), "data": body}
            for number, body in enumerate(documents[start : start + _MOST_IN_BULK])
        ]
        request = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
        headers = f"Authorization: Bearer {service.token}"
        ended([Path(sys.executable).parent / "scim2", "-u", service.url, "bulk"], json.dumps(request), SCIM_CLI_HEADERS=headers)


def ended(command: list[Any], given: str = "", **environment: str) -> None:
    """A program that has ended well. Raises RuntimeError."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "SCIM_"))}
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, env={**others, **environment})
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout[-2000:]} {done.stderr[-2000:]}")


def seconds(way: Way, count: int, times: int = TIMES, *, made: bool = True) -> float:
    """The median of several runs, each against an empty sandbox. made: whether everybody has to be there afterwards."""
    taken = []
    for _dummy in range(times):
        with sandbox.running(profile="full") as service:
            begin = time.perf_counter()
            way(service, count)
            taken.append(time.perf_counter() - begin)
            if made and len(service.stored()) != count:
                raise RuntimeError(f"not all of {count} were made")
    return statistics.median(taken)


def table() -> list[tuple[str, ...]]:
    """Seconds for a few and for many people, and for a company."""
    one_by_one, in_bulk = played(directory("never")), played(directory("auto"))
    start = seconds(played(_NOTHING), 0, made=False)
    rows: list[tuple[str, float, float, bool]] = []  # title, seconds for FEW, for COMPANY, whether that was measured
    loops: list[tuple[str, Way, float]] = [
        ("loop of ansible.builtin.uri (POST only)", played(_URI), start),
        ("loop of scim_user", played(_SCIM_USER), start),
        ("loop of scim2-client (create only, no Ansible)", client_loop, 0.0),
    ]
    for title, way, before in loops:
        few = seconds(way, FEW)
        rows.append((title, few, before + (few - before) / FEW * COMPANY, False))
    if shutil.which("scim2", path=str(Path(sys.executable).parent)):
        few, many = seconds(command_line, FEW), seconds(command_line, MANY)
        rows.append(("scim2-cli, bulk (create only, no Ansible)", few, many * COMPANY / MANY, False))
    for title, way in (("scim_directory, one by one, 8 at a time", one_by_one), ("scim_directory, Bulk", in_bulk)):
        rows.append((title, seconds(way, FEW), seconds(way, COMPANY, 1), True))
    best = rows[-1][2]
    head = ("way", f"{FEW} people, s", f"{COMPANY:,} people, s", "", f"as many times as long as scim_directory, for {COMPANY:,}")
    return [
        head,
        ("ansible-playbook with nothing to do", f"{start:.1f}", "", "", ""),
        *(
            (title, f"{few:.1f}", f"{company:,.0f}", "measured" if measured else "extrapolated", f"{company / best:.1f}")
            for title, few, company, measured in rows
        ),
    ]


if __name__ == "__main__":
    for row in table():
        print(*row, sep="\t")
