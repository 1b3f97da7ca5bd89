# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets never leave: not on the screen of ansible-playbook -vvvv --diff, not in its log, whichever way a task fails.

Every secret begins with the same word, so half of one is found as well. What is no secret begins with "visible" and
has to be found beside it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from ansible.module_utils.basic import AnsibleModule

import sandbox
from tests.in_process import run
from tests.integration.indiscreet import Indiscreet, indiscreet

PLAYBOOKS = Path(__file__).parent / "secrets"
SECRETS = {
    "token": 'planted"token<&>-5f0c1e7a94',
    "password": "planted'password%40-21d8e6b3",
    "client_secret": "planted+client/secret=-c07fa1",
    "header": "planted-header-88d1f3a2e6",
    "user_password": "planted-user-password-3b9e",
}
ACCESS_TOKEN = "planted-access-token-a64be1"
PROXY_PASSWORD = "planted-proxy-password-77c2"
# As they look where HTTP carries them: the basic credentials of a user, of a client, of the proxy.
ENCODED = [
    base64.b64encode(f"{user}:{secret}".encode()).decode().rstrip("=")
    for user, secret in (
        ("visible-username", SECRETS["password"]),
        ("visible-client", "planted%2Bclient%2Fsecret%3D-c07fa1"),
        ("visible-proxy", PROXY_PASSWORD),
    )
]
HEADER = r"authorization['\"]*\s*[:=]"
LEAK = re.compile("|".join(["planted", HEADER, *(re.escape(text[:24]) for text in ENCODED)]), re.IGNORECASE)


def leaks(output: str) -> list[str]:
    """The lines that give something away."""
    return [line for line in output.splitlines() if LEAK.search(line)]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Indiscreet]:
    with indiscreet() as server:
        yield server


@pytest.fixture(scope="module")
def servers(elsewhere: Indiscreet) -> Iterator[dict[str, str]]:
    with sandbox.running() as service, indiscreet(ACCESS_TOKEN, elsewhere.url) as server, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but not listening: connections are refused
        yield {
            "sandbox": service.url,
            "right_token": service.token,
            "indiscreet": server.url,
            "nobody": f"http://127.0.0.1:{nobody.getsockname()[1]}",
        }


def play(playbook: str, variables: dict[str, str], folder: Path, **environment: str) -> str:
    """Everything that a run shows and logs. It has to succeed, the failures in it are expected ones."""
    file, log = folder / "variables.json", folder / "ansible.log"
    file.write_text(json.dumps(variables))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM_", "ANSIBLE_"))}
    command = [sys.executable, "-m", "ansible", "playbook", "-vvvv", "--diff", "-e", f"@{file}", PLAYBOOKS / playbook]
    done = subprocess.run(
        command,
        env={
            **kept,
            "ANSIBLE_COLLECTIONS_PATH": str(Path(__file__).parents[2] / ".cache" / "tree"),
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_LOG_PATH": str(log),
            "ANSIBLE_INJECT_INVOCATION": "true",  # as ansible-core before 2.20 always does at -vvv
            "ANSIBLE_PIPELINING": "true",
            "SCIM_UNKEPT_FILE": str(folder / "unkept.json"),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    output = done.stdout + done.stderr + log.read_text()
    assert done.returncode == 0, done.stdout[-2000:]
    return output


@pytest.fixture(scope="module")
def options_run(servers: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    proxy = f"http://visible-proxy:{PROXY_PASSWORD}@127.0.0.1:{servers['nobody'].rpartition(':')[2]}"
    folder = tmp_path_factory.mktemp("options")
    return play("options.yml", {**servers, **SECRETS}, folder, HTTPS_PROXY=proxy)


def test_no_failing_task_shows_a_secret_of_its_options(options_run: str) -> None:
    assert leaks(options_run) == []


def test_what_is_no_secret_is_shown_beside_them(options_run: str) -> None:
    markers = set(re.findall(r"user_name: (visible-[a-z-]+)", (PLAYBOOKS / "options.yml").read_text()))
    assert len(markers) > 15
    assert {marker for marker in markers if marker not in options_run} == set()


def test_a_leak_would_be_found(options_run: str) -> None:
    for secret in (*SECRETS.values(), ACCESS_TOKEN, PROXY_PASSWORD, *ENCODED):
        assert leaks(options_run + f"\n{secret}") == [secret]
    assert leaks("half of one: planted-us")
    assert leaks("'Authorization': 'Bearer x'")


def test_no_credential_follows_a_redirect_to_another_origin(options_run: str, elsewhere: Indiscreet) -> None:
    assert "visible-away" in options_run
    assert elsewhere.asked == []


@pytest.mark.parametrize("address", ["{sandbox}", "https://visible:{password}@visible.example.com/scim/v2"])
def test_the_system_log_gets_no_secret(address: str, servers: dict[str, str], tmp_path: Path) -> None:
    """Modules tell the system's log how they were invoked, before any code of ours runs."""
    logged: list[str] = []
    options = {
        "url": address.replace("{sandbox}", servers["sandbox"]).replace("{password}", SECRETS["header"]),
        "token": SECRETS["token"],
        "headers": json.dumps({"X-Api-Key": SECRETS["header"]}),
        "password": SECRETS["user_password"],
        "user_name": "visible-logged",
        "unkept_file": str(tmp_path / "unkept.json"),
    }
    with mock.patch.object(AnsibleModule, "log", lambda _, *said, **more: logged.append(f"{said} {more}")):
        result = run("scim_user", options)
    assert result.failed
    assert leaks(result.output) == []
    assert leaks("\n".join(logged)) == []
    assert "visible-logged" in "\n".join(logged)


@pytest.mark.parametrize(
    ("said", "variables"),
    [
        ("visible-detail", {"SCIM_TOKEN": SECRETS["token"], "SCIM_HEADERS": json.dumps({"X-Api-Key": SECRETS["header"]})}),
        ("visible-detail", {"SCIM_USERNAME": "visible-username", "SCIM_PASSWORD": SECRETS["password"]}),
        (
            "visible-refusal",
            {"SCIM_TOKEN_URL": "{indiscreet}/refusal", "SCIM_CLIENT_ID": "visible-client", "SCIM_CLIENT_SECRET": SECRETS["client_secret"]},
        ),
    ],
    ids=["token", "basic", "oauth"],
)
def test_no_failing_task_shows_a_secret_of_the_environment(
    said: str, variables: dict[str, str], servers: dict[str, str], tmp_path: Path
) -> None:
    environment = {name: value.replace("{indiscreet}", servers["indiscreet"]) for name, value in variables.items()}
    output = play("environment.yml", {**servers, "said": said}, tmp_path, **environment)
    assert leaks(output) == []
    assert "visible-environment" in output
    assert said in output
