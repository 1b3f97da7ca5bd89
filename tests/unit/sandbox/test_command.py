# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""python -m sandbox as a process of its own, and the file that keeps its state."""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

import sandbox
from sandbox.cloudflare import quirks as cloudflare_quirks
from sandbox.faults import FAULTS
from sandbox.quirks import QUIRKS

ROOT = Path(sandbox.__file__).parents[1]
HEADERS = {"Authorization": "Bearer sandbox-token"}
ADA = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada"}


@contextlib.contextmanager
def started(*arguments):
    """The process and the URL of its first line; it is killed if it is still there at the end."""
    command = [sys.executable, "-m", "sandbox", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                assert selector.select(20), "no ready line within 20 seconds"
            line = process.stdout.readline()
            assert line.startswith("sandbox: http://127.0.0.1:"), line + process.stderr.read()
            second = process.stdout.readline()
            assert re.fullmatch(
                r"cloudflare: http://127\.0\.0\.1:\d+/client/v4 account [0-9a-f]{32}\n", second
            ), second
            yield process, line.removeprefix("sandbox: ").strip()
        finally:
            process.kill()


def eventually(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within 10 seconds"
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_start_and_clean_end(number, tmp_path):
    state = tmp_path / "state.json"
    with started("--port", "0", "--quirk", "no_meta", "--fault", "slow=1", "--state", str(state)) as (
        process,
        url,
    ):
        assert url.endswith("/scim/v2")
        created = requests.post(url + "/Users", json=ADA, headers=HEADERS, timeout=10)
        assert "meta" not in created.json()
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
        assert (process.returncode, output, errors) == (0, "", "")
    assert [user["userName"] for user in json.loads(state.read_text())["scim"]["resources"]] == ["ada"]


def test_log_requests_goes_to_standard_error():
    with started("--log-requests", "--token", "t0p") as (process, url):
        requests.get(url + "/Users", headers={"Authorization": "Bearer t0p"}, timeout=10)
        process.terminate()
        output, errors = process.communicate(timeout=10)
    assert output == ""
    assert "GET /scim/v2/Users {} -> 200 applied=False" in errors
    assert "t0p" not in errors


def test_help_lists_everything():
    process = subprocess.run(
        [sys.executable, "-m", "sandbox", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    for name, description in cloudflare_quirks.KNOWN.items():
        assert name in process.stdout
        assert description in process.stdout
    for entry in [*QUIRKS.entries.values(), *FAULTS.entries.values()]:
        assert entry.usage in process.stdout
        assert entry.description in process.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--quirk", "nonsense"],
        ["--fault", "429"],
        ["--profile", "huge"],
        ["--cloudflare-quirk", "nonsense"],
        ["--rate", "0"],
    ],
)
def test_wrong_arguments_are_explained(arguments):
    process = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert process.returncode == 2
    assert arguments[0] in process.stderr
    assert "Traceback" not in process.stderr


def test_a_taken_port_is_explained():
    with sandbox.running() as service:
        port = service.origin.rpartition(":")[2]
        command = [sys.executable, "-m", "sandbox", "--port", port]
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert process.returncode == 1
    assert process.stderr.startswith("sandbox: ")
    assert "Traceback" not in process.stderr


def test_state_survives(tmp_path):
    state = tmp_path / "state.json"
    with sandbox.running(state=state) as service:
        users = [service.seed({**ADA, "userName": name, "password": "pw"})[0] for name in ("ada", "bob")]
        service.seed(
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "displayName": "staff",
                "members": [{"value": users[0]["id"]}],
            }
        )
        before = service.stored()
        eventually(lambda: state.exists() and json.loads(state.read_text())["scim"]["resources"] == before)
    assert os.stat(state).st_mode & 0o777 == 0o600
    with sandbox.running(state=state) as service:
        assert service.stored() == before
        known = {user["meta"]["version"] for user in before}
        fresh = requests.post(
            service.url + "/Users", json={**ADA, "userName": "cyd"}, headers=HEADERS, timeout=10
        )
        assert fresh.json()["meta"]["version"] not in known
        assert requests.post(service.url + "/Users", json=ADA, headers=HEADERS, timeout=10).status_code == 409


def test_the_cloudflare_account_survives(tmp_path):
    state = tmp_path / "state.json"
    with sandbox.running(state=state) as service:
        cloudflare = service.cloudflare
        group = cloudflare.seed_group("Staff", [{"email_domain": {"domain": "example.com"}}])
        policy = cloudflare.seed_policy("staff", "allow", [{"group": {"id": group["id"]}}])
        cloudflare.seed_app("Wiki", policies=[policy["id"]])
        provider = cloudflare.seed_idp("Entra", scim_config={"enabled": True})
        cloudflare.seed_user("ada@example.com")
        before = cloudflare.account.state()
        secret = cloudflare.scim_secret(provider["id"])
    with sandbox.running(state=state) as service:
        assert service.cloudflare.account.state() == before
        assert service.cloudflare.scim_secret(provider["id"]) == secret
        fresh = service.cloudflare.seed_group("More")
        assert fresh["id"] not in {group["id"], policy["id"], provider["id"]}


def test_a_state_file_from_before_there_was_an_account(tmp_path):
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"scim": {"issued": 0, "resources": []}}))
    with sandbox.running(state=state) as service:
        assert service.cloudflare.stored("groups") == []
