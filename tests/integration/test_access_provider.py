# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""access_identity_provider and its info module on the sandbox: one field changes, one secret is kept, and none is shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Request
from sandbox.running import Running, running
from tests.in_process import Result, run, time_flies

MODULE = "access_identity_provider"
ON = {"enabled": True, "user_deprovision": True, "seat_deprovision": True, "identity_update_behavior": "reauth"}
OFF = {"enabled": False, "user_deprovision": False, "seat_deprovision": False, "identity_update_behavior": "no_action"}
SECRETS = {"client_secret": "planted-of-entra"}
CONFIG = {"client_id": "c1", "client_secret": "planted-of-entra", "directory_id": "d1", "support_groups": True}


@pytest.fixture(scope="module")
def serving() -> Iterator[Running]:
    with running() as service:
        yield service


@pytest.fixture
def service(serving: Running) -> Iterator[Running]:
    with time_flies():
        yield serving
    serving.cloudflare.set_quirks([])
    serving.set_faults([])


@pytest.fixture
def entra(service: Running, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A provider of its own for each test."""
    return service.cloudflare.seed_idp(request.node.name, config=CONFIG)


def asked(service: Running, provider: dict[str, Any], **options: Any) -> Result:
    """The task. The journal afterwards holds its requests alone."""
    service.reset_requests()
    check, diff = options.pop("check", False), options.pop("diff", False)
    return run(MODULE, {**service.cloudflare.options(), "id": provider["id"], **options}, check=check, diff=diff)


def sent(service: Running) -> list[str]:
    return [request["method"] for request in service.requests()["requests"]]


def stored(service: Running, provider: dict[str, Any]) -> dict[str, Any]:
    """What is really stored, as seed_idp returns it."""
    found = next(each for each in service.cloudflare.stored("idps") if each["id"] == provider["id"])
    return {name: value for name, value in found.items() if not name.startswith("_")}


def test_check_run_again_diff(service: Running, entra: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "secret"
    options = {"scim": ON, "config_secrets": SECRETS, "secret_file": str(file)}
    foreseen = asked(service, entra, check=True, diff=True, **options)
    assert foreseen.changed
    assert sent(service) == ["GET"]
    assert not file.exists()
    assert stored(service, entra) == entra

    done = asked(service, entra, diff=True, **options)
    assert done.changed
    assert sent(service) == ["GET", "PUT", "GET"]
    for key in ("requests", "diff"):
        assert done[key] == foreseen[key]
    assert done["diff"] == [
        {
            "before_header": f"AccessIdentityProvider {entra['name']}",
            "after_header": f"AccessIdentityProvider {entra['name']} (update)",
            "before": {f"scim.{name}": value for name, value in OFF.items()},
            "after": {f"scim.{name}": value for name, value in ON.items()},
        }
    ]
    assert done["identity_provider"] == {**foreseen["identity_provider"], "scim_base_url": done["scim_base_url"]}
    assert done["identity_provider"]["scim"] == ON
    assert done["scim_base_url"] == service.cloudflare.population_url(entra["id"])

    assert file.read_text(encoding="utf-8") == service.cloudflare.scim_secret(entra["id"])
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert os.listdir(tmp_path) == ["secret"]
    for result in (foreseen, done):
        assert service.cloudflare.scim_secret(entra["id"]) not in result.output
        assert "planted" not in result.output

    before = file.stat()
    again = asked(service, entra, diff=True, **options)
    assert not again.changed
    assert sent(service) == ["GET"]
    assert again["diff"] == []
    assert "enabled already" in again["said"]
    assert "scim_secret" not in again
    assert file.stat() == before


def test_all_else_of_the_provider_survives(service: Running, entra: dict[str, Any]) -> None:
    done = asked(service, entra, scim={"user_deprovision": True}, config_secrets=SECRETS)
    assert done["unconverged"] == []
    after = stored(service, entra)
    assert after == {**entra, "version": after["version"], "scim_config": {**entra["scim_config"], "user_deprovision": True}}
    (put,) = [request for request in service.requests()["requests"] if request["method"] == "PUT"]
    assert put["body"] == {
        "name": entra["name"],
        "type": "azureAD",
        "config": CONFIG,
        "scim_config": {**OFF, "user_deprovision": True},
    }


def test_by_name(service: Running, entra: dict[str, Any]) -> None:
    service.reset_requests()
    options = {**service.cloudflare.options(), "name": entra["name"], "scim": {"enabled": False}}
    assert not run(MODULE, options).changed
    assert sent(service) == ["GET"]
    twin = service.cloudflare.seed_idp(entra["name"])
    refused = run(MODULE, options)
    assert sorted(refused["candidates"]) == sorted([entra["id"], twin["id"]])
    assert "there is no identity provider" in run(MODULE, {**options, "name": "nobody"})["msg"]


def test_the_secret_is_returned_only_if_the_task_says_so(service: Running, entra: dict[str, Any]) -> None:
    done = asked(service, entra, scim=ON, config_secrets=SECRETS, return_secret=True)
    assert done["scim_secret"] == service.cloudflare.scim_secret(entra["id"])
    assert "scim_secret" not in asked(service, entra, scim=ON, config_secrets=SECRETS, return_secret=True)


@pytest.mark.parametrize("check", [True, False])
def test_a_secret_without_a_place_is_not_made(service: Running, entra: dict[str, Any], check: bool) -> None:
    refused = asked(service, entra, scim=ON, config_secrets=SECRETS, check=check)
    assert refused.failed
    assert "secret_file" in refused["msg"]
    assert sent(service) == ["GET"]


@pytest.mark.parametrize("check", [True, False])
def test_a_place_that_is_none_is_refused_before_anything_is_asked(
    service: Running, entra: dict[str, Any], tmp_path: Path, check: bool
) -> None:
    refused = asked(service, entra, scim=ON, config_secrets=SECRETS, secret_file=f"{tmp_path}/missing/secret", check=check)
    assert "does not exist" in refused["msg"]
    assert sent(service) == []


def test_a_place_that_is_gone_after_the_write_loses_nothing(
    service: Running, entra: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*dummy: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    options = {"scim": ON, "config_secrets": SECRETS, "secret_file": str(tmp_path / "secret")}
    failed = asked(service, entra, return_secret=True, **options)
    secret = service.cloudflare.scim_secret(entra["id"])
    (left,) = tmp_path.iterdir()
    assert failed.failed
    assert failed.changed
    assert str(left) in failed["msg"]
    assert secret not in failed["msg"]
    assert left.read_text(encoding="utf-8") == secret
    assert failed["scim_secret"] == secret


def test_a_secret_that_is_lost_with_its_answer_is_said_to_be(service: Running, entra: dict[str, Any], tmp_path: Path) -> None:
    lost: list[str] = []

    def loses_the_first(request: Request, ask: Handler) -> Answer:
        answer = ask(request)
        if request.method == "PUT" and not lost:
            lost.append(request.path)
            return Answer(502, None)
        return answer

    service.set_faults([], [loses_the_first])
    done = asked(service, entra, scim=ON, config_secrets=SECRETS, secret_file=str(tmp_path / "secret"))
    assert not done.failed
    assert done["identity_provider"]["scim"]["enabled"] is True
    assert "make a new one" in done.warnings_said[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("check", [True, False])
def test_hidden_secrets_are_not_put_at_risk(service: Running, entra: dict[str, Any], check: bool) -> None:
    service.cloudflare.set_quirks(["redacted-secrets-stored"])
    refused = asked(service, entra, scim={"user_deprovision": True}, check=check)
    assert "client_secret" in refused["msg"]
    assert sent(service) == ["GET"]
    assert stored(service, entra)["config"] == CONFIG
    if not check:
        assert asked(service, entra, scim={"user_deprovision": True}, config_secrets=SECRETS).changed
        assert stored(service, entra)["config"] == CONFIG


def test_what_was_shown_is_sent_back_on_purpose(service: Running, entra: dict[str, Any]) -> None:
    assert asked(service, entra, scim={"user_deprovision": True}, redacted_secrets="send").changed
    assert stored(service, entra)["config"] == CONFIG
    service.cloudflare.set_quirks(["redacted-secrets-stored"])
    asked(service, entra, scim={"user_deprovision": False}, redacted_secrets="send")
    assert stored(service, entra)["config"]["client_secret"] != CONFIG["client_secret"]  # what the option warns of


def test_a_service_that_keeps_nothing(service: Running, entra: dict[str, Any]) -> None:
    service.cloudflare.set_quirks(["keeps-nothing"])
    failed = asked(service, entra, scim={"user_deprovision": True, "seat_deprovision": True}, config_secrets=SECRETS)
    assert failed.failed
    assert failed["unconverged"] == ["scim.user_deprovision", "scim.seat_deprovision"]
    warned = asked(service, entra, scim={"user_deprovision": True}, config_secrets=SECRETS, on_unconverged="warn")
    assert warned["unconverged"] == ["scim.user_deprovision"]
    assert not warned.failed


@pytest.mark.parametrize(
    ("kind", "read_only", "said"),
    [("onetimepin", False, "no SCIM settings"), ("google-apps", False, "Google Workspace"), ("okta", True, "read_only")],
)
def test_providers_that_are_left_alone(service: Running, kind: str, read_only: bool, said: str) -> None:
    provider = service.cloudflare.seed_idp(kind, type=kind, config={}, read_only=read_only)
    refused = asked(service, provider, scim={"user_deprovision": True})
    assert said in refused["msg"]
    assert sent(service) == ["GET"]
    assert not asked(service, provider, scim={"enabled": False}).failed


def test_the_dependency_is_said_before_any_write(service: Running, entra: dict[str, Any]) -> None:
    refused = asked(service, entra, scim={"seat_deprovision": True}, config_secrets=SECRETS)
    assert "add user_deprovision: true" in refused["msg"]
    assert sent(service) == ["GET"]


def test_both_spellings_of_no_action(service: Running, entra: dict[str, Any]) -> None:
    for spelled in ("noaction", "no_action"):
        assert not asked(service, entra, scim={"identity_update_behavior": spelled}).changed


def test_the_info_module(service: Running, entra: dict[str, Any]) -> None:
    asked(service, entra, scim=ON, redacted_secrets="send", return_secret=True)
    service.cloudflare.seed_idp("Not synced")
    where = service.cloudflare.options()

    def told(**options: Any) -> Result:
        service.reset_requests()
        return run("access_identity_provider_info", {**where, **options})

    one = told(id=entra["id"])
    assert [provider["id"] for provider in one["identity_providers"]] == [entra["id"]]
    assert sent(service) == ["GET"]
    assert one["identity_providers"] == told(name=entra["name"])["identity_providers"]
    synced, others, everybody = told(scim_enabled=True), told(scim_enabled=False), told()
    assert sent(service) == ["GET"]
    assert entra["id"] in [provider["id"] for provider in synced["identity_providers"]]
    assert synced["count"] + others["count"] == everybody["count"] == len(service.cloudflare.stored("idps"))
    assert told(name="nobody")["identity_providers"] == told(id="00000000-0000-4000-8000-00000000ffff")["identity_providers"] == []
    assert one["identity_providers"][0]["hidden_secrets"] == ["client_secret"]
    assert "planted" not in everybody.output
    assert service.cloudflare.scim_secret(entra["id"]) not in json.dumps(everybody)
