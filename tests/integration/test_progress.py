# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress of a real play against a slow service: over two kinds of connection, and silent where it is not wanted."""

from __future__ import annotations

import glob
import json
import re
from collections import namedtuple

import pytest
from ansible_collections.identityops.lifecycle.tests.integration.playbook import play_on

import sandbox

# The credentials come from the defaults of the action group: an action plugin must not lose them.
PLAY = [
    {
        "hosts": "all",
        "gather_facts": False,
        "module_defaults": {"group/identityops.lifecycle.scim": {"url": "{{ service_url }}", "token": "{{ service_token }}"}},
        "tasks": [
            {
                "name": "People",
                "identityops.lifecycle.scim_directory": {
                    "users": "{{ people }}",
                    "bulk": "never",
                    "concurrency": 1,
                    "progress": "{{ progress | default(true) }}",
                },
                "async": "{{ most_seconds | default(0) }}",
                "poll": 1,
            }
        ],
    }
]
LINE = re.compile(r"^scim_directory on (\w+): (\w+)(?: [\d,]+ of (\d+))?", re.MULTILINE)
PEOPLE = 20
FILES = "/tmp/identityops-progress-*"

# Takes the place of the program ssh and runs the command here: ansible-core's connection plugin cannot tell.
SSH = """\
#!/bin/sh
for last; do :; done
exec /bin/sh -c "$last"
"""

Line = namedtuple("Line", "host step total")


def play(folder, hosts, slow, *options):
    """The run of the play for hosts, and how many users the service has afterwards."""
    playbook = folder / "play.yml"
    playbook.write_text(json.dumps(PLAY), encoding="utf-8")
    of_hosts = {
        host: {**variables, "people": [{"user_name": f"{host}-{number}@example.com"} for number in range(PEOPLE)]}
        for host, variables in hosts.items()
    }
    with sandbox.running(faults=[f"slow={slow}"]) as service:
        run = play_on(of_hosts, str(playbook), {"service_url": service.url, "service_token": service.token}, *options)
        assert run.code == 0, run.output
        return run, len(service.stored())


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """One play for four hosts at the same time; each takes more than twice as long as the first look at the progress."""
    folder = tmp_path_factory.mktemp("progress")
    program = folder / "ssh"
    program.write_text(SSH, encoding="utf-8")
    program.chmod(0o755)
    hosts = {
        "here": {},
        "there": {"ansible_connection": "ssh", "ansible_ssh_executable": str(program), "ansible_ssh_transfer_method": "piped"},
        "silent": {"progress": False},
        "behind": {"most_seconds": 60},
    }
    before = set(glob.glob(FILES))
    run, users = play(folder, hosts, 250, "--forks", "4")
    assert users == PEOPLE * len(hosts)
    assert {task.host: task.returned["counts"]["create"] for task in run.tasks} == dict.fromkeys(hosts, PEOPLE)
    assert set(glob.glob(FILES)) <= before
    return run


@pytest.mark.parametrize("host", ["here", "there"])
def test_lines_appear_while_a_task_works(ended, host):
    steps = [line for line in map(Line._make, LINE.findall(ended.output)) if line.host == host]
    assert ("users", str(PEOPLE)) in [(line.step, line.total) for line in steps]


@pytest.mark.parametrize("host", ["silent", "behind"])
def test_none_appear_without_progress_and_for_a_task_in_the_background(ended, host):
    assert f"scim_directory on {host}" not in ended.output


def test_neither_lines_nor_results_repeat_the_input(ended):
    assert "-1@example.com" not in ended.output
    assert not any("invocation" in task.returned for task in ended.tasks if task.host != "behind")


def test_check_mode_and_a_short_task_are_as_without_it(tmp_path):
    run, users = play(tmp_path, {"here": {}}, 0, "--check", "-vvv")
    assert users == 0
    assert run.tasks[0].returned["counts"]["create"] == PEOPLE
    assert "invocation" not in run.tasks[0].returned
    assert "scim_directory on" not in run.output
