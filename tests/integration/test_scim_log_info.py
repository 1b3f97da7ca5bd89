# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_log_info in a real ansible-playbook: on hosts without Python, over two kinds of connection, and with text that wants to act."""

from __future__ import annotations

import json
import os
import subprocess
from types import SimpleNamespace

import pytest
from ansible_collections.identityops.lifecycle.plugins.action import scim_log_info
from ansible_collections.identityops.lifecycle.tests.integration.log_host import LOGS, STANDIN
from ansible_collections.identityops.lifecycle.tests.integration.playbook import play_on

HOSTILE = "{{ lookup('pipe', 'touch evaluated') }}\x1b[31m"
LOG = f"2026-11-24T00:00:01Z SCIM_FAILURE action=user.create user=ada@example.com status=409 detail=\"{HOSTILE}\" token=s3cr3t\n"

SSH = """\
#!/bin/sh
for word; do case $word in -tt) exit 99;; esac; done
for last; do :; done
exec /bin/sh -c "$last"
"""

TASKS = [
    {"name": "file", "identityops.lifecycle.scim_log_info": {"source": "file", "paths": ["{{ folder }}/*.log"], "fields": ["all"]}, "register": "first"},
    {
        "name": "again",
        "identityops.lifecycle.scim_log_info": {"source": "file", "paths": ["{{ folder }}/*.log"], "cursor": "{{ first.cursor }}"},
    },
    {
        "name": "check",
        "identityops.lifecycle.scim_log_info": {"source": "file", "paths": ["{{ folder }}/*.log"], "fields": ["all"]},
        "check_mode": True,
    },
    {"name": "use", "ansible.builtin.set_fact": {"told": "{{ first.events[0].detail }}"}},
    {"name": "eventlog", "identityops.lifecycle.scim_log_info": {"source": "eventlog", "newest": 2}},
    {
        "name": "evtx",
        "identityops.lifecycle.scim_log_info": {"source": "eventlog", "path": "held.evtx", "newest": 1},
    },
    {"name": "missing", "identityops.lifecycle.scim_log_info": {"source": "file", "paths": ["/nowhere/x.log"]}, "ignore_errors": True},
    {"name": "wrong", "identityops.lifecycle.scim_log_info": {"source": "file"}, "ignore_errors": True},
    {"name": "unknown", "identityops.lifecycle.scim_log_info": {"unti": "x"}, "ignore_errors": True},
    {"name": "no time", "identityops.lifecycle.scim_log_info": {"since": "yesterday"}, "ignore_errors": True},
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hosts")
    (folder / "sync.log").write_text(LOG)
    (folder / "play.yml").write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": TASKS}]))
    (folder / "files").mkdir()
    (folder / "files" / "held.evtx").symlink_to(LOGS / "scim-connector.evtx")
    ssh = folder / "ssh"
    ssh.write_text(SSH)
    ssh.chmod(0o755)
    hosts = {"here": {}, "there": {"ansible_connection": "ssh", "ansible_ssh_executable": str(ssh)}}
    ended = play_on(
        hosts,
        str(folder / "play.yml"),
        {"ansible_python_interpreter": "/nonexistent", "folder": str(folder)},
        "--forks=2",
        environment={"PATH": os.pathsep.join([str(STANDIN), os.environ["PATH"]])},
    )
    assert ended.code == 0, ended.output
    assert not list(folder.glob("**/evaluated"))
    return ended


def returned(run, host, name):
    return next(task.returned for task in run.tasks if task.host == host and task.name == name)


@pytest.mark.parametrize("host", ["here", "there"])
def test_hosts_without_python_return_the_same(run, host):
    first = returned(run, host, "file")
    assert first["changed"] is False
    assert first["counts"] == {"failure": 1}
    event = first["events"][0]
    assert (event["user"], event["error_code"], event["host"]) == ("ada@example.com", "409", host)
    assert returned(run, host, "check") == first
    assert returned(run, host, "again")["events"] == []
    assert [event["user"] for event in returned(run, host, "eventlog")["events"]] == ["u22@lab.example", "u23@lab.example"]
    assert returned(run, host, "evtx")["events"][0]["user"] == "u23@lab.example"


def test_text_of_a_log_is_data(run):
    assert "lookup('pipe'" in run.fact("told", "here")
    assert "s3cr3t" not in run.output
    assert "s3cr3t" not in str([task.returned for task in run.tasks])


def test_mistakes_are_told_in_the_words_of_the_options(run):
    assert "/nowhere/x.log: there is no such file" in returned(run, "here", "missing")["msg"]
    assert "paths" in returned(run, "here", "wrong")["msg"]
    assert "unti" in returned(run, "here", "unknown")["msg"]
    assert "since: 'yesterday'" in returned(run, "here", "no time")["msg"]


class Windows:
    """A connection to Windows, as far as this machine can be one: it reads the script that PowerShell would get."""

    def __init__(self):
        self._connection = SimpleNamespace(_shell=SimpleNamespace(_IS_WINDOWS=True), has_pipelining=True)
        self.scripts = []

    def _low_level_execute_command(self, script, in_data=None, encoding_errors=""):
        assert in_data is None
        self.scripts.append(script)
        call, _separator, rest = script.partition("; & ")[2].partition("; $code = $LASTEXITCODE; ")
        name, arguments = call.split(" ", 1)[0], _quoted(call)
        ended = subprocess.run([STANDIN / name, *arguments], capture_output=True, text=True, check=False)
        mark = rest.split("'")[3]
        return {"rc": 0, "stdout": f"{ended.stdout}\r\n\r\n{mark}\r\n{mark} rc {ended.returncode}\r\n", "stderr": ended.stderr}


def _quoted(call):
    """Words in PowerShell's single quotes."""
    words, position = [], call.index("'")
    while position >= 0:
        word = ""
        position += 1
        while call[position] != "'" or call[position : position + 2] == "''":
            word += call[position]
            position += 2 if call[position] == "'" else 1
        words.append(word)
        position = call.find("'", position + 1)
    return words


def test_a_windows_host_gets_a_script_for_powershell():
    action = Windows()
    host = scim_log_info._Connected(action)
    answer = host.program("wevtutil", ["qe", "Application", "/q:*[System[Provider[@Name='SCIM-Connector']]]", "/f:RenderedXml", "/rd:true", "/c:2"])
    assert answer.code == 0
    assert answer.data.decode().count("<Event ") == 2
    assert "[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false" in action.scripts[0]
    assert "'/q:*[System[Provider[@Name=''SCIM-Connector'']]]'" in action.scripts[0]
    assert host.program("wevtutil", ["gp", "Nobody"]).code != 0
    assert "could not be found" in host.program("wevtutil", ["gp", "Nobody"]).said
