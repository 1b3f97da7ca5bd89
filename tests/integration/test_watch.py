# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook watch: what is new is shown once, whatever goes wrong in between, and Ctrl-C ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.filter.sync_health import scim_events_since

import sandbox
from sandbox.exchange import Answer, Handler, Request
from tests.integration.log_world import PATH, entry, write
from tests.integration.many_tasks import WITHIN, play_within
from tests.integration.playbook import ROOT

WATCH = "identityops.lifecycle.watch"
HOSTILE = "{{ 7 * 191 }}\x1b[31m"


@pytest.fixture
def service() -> Iterator[sandbox.Running]:
    with sandbox.running() as service:
        yield service


def test_rounds_show_what_is_new_once_and_survive_a_failure(service: sandbox.Running, tmp_path: Path) -> None:
    cf = service.cloudflare
    entra = str(cf.seed_idp("Entra ID", scim_config={"enabled": True})["id"])
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    write(service, entry(entra, 1, 1, logged_at=now))
    log = tmp_path / "sync.log"
    line = f"{now} SCIM_FAILURE action=user.update user=c{{0}}@example.com status=409\n"
    log.write_text(line.format(1))
    count = 0

    def between_rounds(request: Request, following: Handler) -> Answer:
        """The first request for the log finds one entry, the second is refused, later ones find a second entry."""
        nonlocal count
        if not request.path.endswith(PATH):
            return following(request)
        count += 1
        if count == 2:
            write(service, entry(entra, 2, 2, logged_at=now, status="FAILURE", error_description=HOSTILE))
            log.write_text(line.format(1) + line.format(2))
            return Answer(403, {"success": False, "errors": [{"code": 10000, "message": "no"}], "messages": [], "result": None})
        return following(request)

    service.set_faults([], own=[between_rounds])
    run = play_within(
        {"localhost": {}},
        WATCH,
        {
            "watch_rounds": 3,
            "watch_interval": 0,
            "watch_connectors": ["localhost"],
            "watch_connector_log": {"source": "file", "paths": [str(log)]},
        },
        environment={
            "CLOUDFLARE_BASE_URL": cf.base_url,
            "CLOUDFLARE_ACCOUNT_ID": cf.account_id,
            "CLOUDFLARE_API_TOKEN": cf.api_token,
            "CLOUDFLARE_RATE_FILE": "",
        },
    )
    assert run.code == 0, run.output
    shown = [task.returned["msg"] for task in run.tasks if task.name == "Show what is new" and task.outcome == "ok"]
    assert len(shown) == 3
    assert [len(lines) for lines in shown] == [2, 1, 1]
    assert "p1@example.com" in shown[0][0]
    assert "c1@example.com" in shown[0][1]
    assert "c2@example.com" in shown[1][0]  # the other log goes on while Cloudflare refuses
    assert shown[2][0].endswith("  FAILED  user.create          p2@example.com  \\x7b{ 7 * 191 }}\\x1b[31m")
    assert "status 403" in run.output  # why there was nothing of Cloudflare in the second round
    assert run.changed == []
    assert "1337" not in run.output


def test_every_round_begins_where_the_first_did_or_later_also_if_that_one_failed(service: sandbox.Running) -> None:
    cf = service.cloudflare
    entra = str(cf.seed_idp("Entra ID", scim_config={"enabled": True})["id"])
    earlier = (datetime.now(timezone.utc) - timedelta(minutes=5)).isoformat(timespec="milliseconds")
    write(service, entry(entra, 1, 1, logged_at=earlier))
    asked: list[str] = []

    def refused_once(request: Request, following: Handler) -> Answer:
        if not request.path.endswith(PATH):
            return following(request)
        asked.append(dict(request.query)["since"])
        return Answer(403, {"success": False, "errors": [], "messages": [], "result": None}) if len(asked) == 1 else following(request)

    service.set_faults([], own=[refused_once])
    environment = {
        "CLOUDFLARE_BASE_URL": cf.base_url,
        "CLOUDFLARE_ACCOUNT_ID": cf.account_id,
        "CLOUDFLARE_API_TOKEN": cf.api_token,
        "CLOUDFLARE_RATE_FILE": "",
    }
    given = {"watch_rounds": 3, "watch_interval": 0, "watch_since": "-1m"}
    run = play_within({"localhost": {}}, WATCH, given, environment=environment)
    assert run.code == 0, run.output
    assert len(asked) == 3
    assert asked[0] == asked[1]  # and not a minute before the second round
    assert asked[2] == asked[0]  # late entries are looked for, but nothing from before what was asked for
    assert "p1@example.com" not in run.output


@pytest.mark.parametrize(("since", "now"), [("yesterday", "2026-11-24T10:00:00Z"), ("", "2026-11-24T10:00:00Z"), ("-10m", "soon")])
def test_what_is_no_time_is_refused(since: str, now: str) -> None:
    with pytest.raises(AnsibleFilterError, match="since: .* is no point in time"):
        scim_events_since(since, now)
    assert scim_events_since("-1h30m", "2026-11-24T12:00:00+02:00") == "2026-11-24T08:30:00Z"


def test_ctrl_c_ends_a_watch_that_has_no_end_of_its_own(service: sandbox.Running) -> None:
    cf = service.cloudflare
    entra = str(cf.seed_idp("Entra ID", scim_config={"enabled": True})["id"])
    write(service, entry(entra, 1, 1, logged_at=datetime.now(timezone.utc).isoformat(timespec="milliseconds")))
    with TemporaryDirectory() as folder:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
            **WITHIN,
            "ANSIBLE_CALLBACKS_ENABLED": "forethought",
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
            "ANSIBLE_HOME": folder,
            "PYTHONUNBUFFERED": "1",
            "CLOUDFLARE_BASE_URL": cf.base_url,
            "CLOUDFLARE_ACCOUNT_ID": cf.account_id,
            "CLOUDFLARE_API_TOKEN": cf.api_token,
            "CLOUDFLARE_RATE_FILE": "",
        }
        program = Path(sys.executable).parent / "ansible-playbook"
        given = ["-e", "watch_interval=3600", "-e", json.dumps({"ansible_python_interpreter": sys.executable})]
        # In a group of its own, to which the terminal would send the signal of Ctrl-C.
        with subprocess.Popen(
            # A job in the background of a shell ignores the signal, and so would whatever it starts.
            ["env", "--default-signal=INT", program, WATCH, *given],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "TASK [Wait]" in line:
                    os.killpg(process.pid, signal.SIGINT)
                    break
            said += process.communicate(timeout=60)[0]
    assert process.returncode == 99, said  # what ansible-playbook returns if somebody interrupts it
    assert "p1@example.com" in said
    assert "fatal" not in said
    assert "Traceback" not in said
