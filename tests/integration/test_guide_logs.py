# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/logs.md: each command runs as it stands there, against the sandbox and the sample logs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.running import running
from tests.integration import log_world
from tests.integration.log_host import LOGS, journal, needs_journal
from tests.integration.playbook import ROOT

PAGE = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)\n```", PAGE, re.MULTILINE | re.DOTALL)
LINES = "SCIM_FAILURE action=user.create user=ada@example.com status=409 detail=uniqueness\nall is well\n"


@pytest.fixture(scope="module")
def account():
    """Two entries, of which one is a failure, a minute ago."""
    with running() as service:
        idp = service.cloudflare.seed_idp("Entra ID", scim_config={"enabled": True})["id"]
        recent = service.cloudflare.account.now()
        entries = [log_world.entry(idp, 0, 1), log_world.entry(idp, 0, 2, status="FAILURE", error_description="Invalid JSON body")]
        log_world.write(service, *({**one, "logged_at": recent} for one in entries))
        yield service.cloudflare.options()


def said(command: str, folder: Path, account: dict[str, str], more: str = "") -> str:
    """What a command prints. more: what is put behind its options, to name a log that is not where it would be."""
    words = shlex.split(command)
    if more:
        words = [*words[:-1], f"{words[-1]} {more}"] if "-a" in words else [*words, "-a", more]
    (folder / "hosts").write_text("localhost ansible_connection=local\nidp1 ansible_connection=local\n", encoding="utf-8")
    interpreter = json.dumps({"ansible_python_interpreter": sys.executable})  # whose path may hold a space
    ended = subprocess.run(
        [str(Path(sys.executable).parent / words[0]), *words[1:], "-i", str(folder / "hosts"), "-e", interpreter],
        cwd=folder,
        env={
            **os.environ,
            "PWD": str(folder),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_NOCOLOR": "true",
            "CLOUDFLARE_BASE_URL": account["base_url"],
            "CLOUDFLARE_ACCOUNT_ID": account["account_id"],
            "CLOUDFLARE_API_TOKEN": account["api_token"],
            "CLOUDFLARE_RATE_FILE": "",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def command(beginning: str) -> str:
    (found,) = [one for one in COMMANDS if one.startswith(beginning)]
    return found


def test_every_command_is_tried_here():
    assert len(COMMANDS) == 9


def test_what_cloudflare_logged(tmp_path, account):
    printed = said(command('ansible localhost -m debug -a "msg={{ query(\'identityops.lifecycle.scim_logs\', since'), tmp_path, account)
    assert "p1@example.com" in printed
    assert '"action": "user.create"' in printed


def test_what_failed_and_why(tmp_path, account):
    printed = said(command('ansible localhost -m debug -a "msg={{ query(\'identityops.lifecycle.scim_logs\', status'), tmp_path, account)
    assert "Invalid JSON body" in printed
    assert "p1@example.com" not in printed


@needs_journal
def test_what_the_connector_logged(tmp_path, account):
    made = journal(tmp_path, (LOGS / "scim-sync.journal-export").read_bytes())
    plain, errors = (one for one in COMMANDS if one.startswith("ansible idp1") and "source=" not in one)
    assert '"count": 18' in said(plain, tmp_path, account, f"journal_files={made}")
    assert '"count": 0' in said(errors, tmp_path, account, f"journal_files={made}")  # of the last hour


def test_what_a_file_holds(tmp_path, account):
    log = tmp_path / "scim-sync.log"
    log.write_text(LINES, encoding="utf-8")
    there = command('ansible idp1 -m identityops.lifecycle.scim_log_info -a "source=file').replace("/var/log/scim-sync.log", str(log))
    printed = said(there, tmp_path, account)
    assert json.loads(printed.partition("=> ")[2])["count"] == 1


def test_what_an_event_log_that_was_sent_holds(tmp_path, account):
    pytest.importorskip("evtx")
    (tmp_path / "scim-connector.evtx").write_bytes((LOGS / "scim-connector.evtx").read_bytes())
    printed = said(command('ansible localhost -m identityops.lifecycle.scim_log_info -a "source=eventlog path'), tmp_path, account)
    assert '"count": 20' in printed


def test_watching(tmp_path, account):
    printed = said(command("ansible-playbook identityops.lifecycle.watch") + " -e watch_rounds=1", tmp_path, account)
    assert "p2@example.com" in printed


def test_the_report(tmp_path, account):
    printed = said(command("ansible-playbook identityops.lifecycle.sync_health"), tmp_path, account)
    assert "Entra ID" in printed
    assert "<svg" in (tmp_path / "sync-health.html").read_text(encoding="utf-8")


def test_windows_is_asked_as_the_page_says():
    assert 'source=eventlog"' in command("ansible win1")  # there is no Windows here; test_scim_log_info_windows has a stand-in
