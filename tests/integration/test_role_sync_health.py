# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role sync_health and its playbook: leavers first, nothing is healthy because nothing is known, thresholds alone let it fail."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.integration.log_world import entry, write
from tests.integration.many_tasks import play_within
from tests.integration.playbook import Run
from tests.integration.truth import writes

HEALTH = "identityops.lifecycle.sync_health"
UNTIL = "2025-11-01T12:00:00Z"
HOUR = 3600
LEAVES = {"request_method": "PATCH", "request_body": '{"Operations": [{"op": "replace", "path": "active", "value": false}]}'}
HOSTILE = "<script>alert(1)</script>{{ 7 * 191 }}\x1b[31m\u202e\"'"


@pytest.fixture
def service() -> Iterator[sandbox.Running]:
    with sandbox.running() as service:
        yield service


@pytest.fixture
def entra(service: sandbox.Running) -> str:
    return str(service.cloudflare.seed_idp("Entra ID", scim_config={"enabled": True})["id"])


def health(service: sandbox.Running, *options: str, hosts: dict[str, Any] | None = None, **variables: Any) -> Run:
    cf = service.cloudflare
    environment = {
        "CLOUDFLARE_BASE_URL": cf.base_url,
        "CLOUDFLARE_ACCOUNT_ID": cf.account_id,
        "CLOUDFLARE_API_TOKEN": cf.api_token,
        "CLOUDFLARE_RATE_FILE": "",
    }
    given = {"sync_health_until": UNTIL, "sync_health_probe": "none", **variables}
    return play_within(hosts or {"localhost": {}}, HEALTH, given, *options, environment=environment)


def test_a_leaver_who_was_not_deprovisioned_is_the_first_thing_said(service: sandbox.Running, entra: str, tmp_path: Path) -> None:
    okta = str(service.cloudflare.seed_idp("Okta", "okta", {}, scim_config={"enabled": True})["id"])
    write(
        service,
        entry(entra, 9 * HOUR, 1),
        entry(entra, 10 * HOUR, 2, status="FAILURE", error_description="Unauthorized", **LEAVES),
        entry(entra, 10.2 * HOUR, 2, request_method="PUT"),  # of a later change nobody loses access
        entry(entra, 11 * HOUR, 3, status="ERROR", error_description=f"p3@example.com: {HOSTILE}", resource_user_email=f"{HOSTILE}@example.com"),
    )
    page = tmp_path / "health.html"
    run = health(service, sync_health_page=str(page))
    assert run.code == 0, run.output
    result = run.fact("sync_health_result")
    assert (result["healthy"], result["state"], result["failed"], result["problems"]) == (False, "failing", False, [])
    assert result["said"].startswith("1 person could not be deprovisioned")
    assert [(person["who"], person["leaver"]) for person in result["people"]][0] == ("p2@example.com", True)
    assert len(result["people"]) == 2
    assert result["people"][0]["cause"]
    assert result["people"][0]["remedy"]
    assert result["failure_rate"] == 50
    assert {provider["name"]: provider["state"] for provider in result["providers"]} == {"Entra ID": "failing", "Okta": "silent"}
    assert okta not in run.output
    assert "NOT DEPROVISIONED" in run.output
    assert "1337" not in run.output  # 7 * 191: what logs say is not evaluated
    assert "\x1b" not in run.output
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    written = page.read_text(encoding="utf-8")
    assert "<script" not in written
    assert "1337" not in written
    assert written.index("Not deprovisioned") < written.index("Over time")
    assert writes(service) == 0
    assert run.changed == ["Write the page"]


def test_no_events_are_not_healthy_and_check_mode_writes_nothing(service: sandbox.Running, entra: str, tmp_path: Path) -> None:
    page = tmp_path / "health.html"
    run = health(service, "--check", "--diff", sync_health_page=str(page))
    assert run.code == 0, run.output
    result = run.fact("sync_health_result")
    assert (result["healthy"], result["state"]) == (False, "unknown")
    assert "othing was logged in the window" in result["said"]
    assert [provider["said"] for provider in result["providers"]] == ["nothing was logged in the window"]
    assert not page.exists()
    assert "<html" not in run.output
    assert entra not in run.output


def test_thresholds_let_it_fail_after_the_result_is_there(service: sandbox.Running, entra: str) -> None:
    cf = service.cloudflare
    secret = cf.scim_secret(entra)
    write(service, entry(entra, 6 * HOUR, 1), entry(entra, 7 * HOUR, 2, status="FAILURE"), entry(entra, 8 * HOUR, 2))
    run = health(
        service,
        sync_health_max_failure_rate=20,
        sync_health_max_silence=3,
        sync_health_fail_on_probe=True,
        sync_health_probe="read",
        identityops_cloudflare_api_token=cf.api_token,
    )
    assert run.code != 0
    result = run.fact("sync_health_result")
    assert result["problems"] == [
        "the endpoint was not asked, because no url was given",
        "Entra ID: 33.33% of its events failed, 20% may",
        "Entra ID: no success for 4 hours, 3 hours may pass",
    ]
    assert "; ".join(result["problems"]) in run.said
    assert "Entra ID: no success for 4 hours" in run.output
    assert cf.api_token not in run.output
    assert secret not in run.output


def test_everything_is_healthy_and_the_round_trip_leaves_nothing(service: sandbox.Running, entra: str) -> None:
    write(service, entry(entra, 11 * HOUR, 1))
    run = play_within(
        {"localhost": {}},
        HEALTH,
        {"sync_health_until": UNTIL, "sync_health_probe": "round_trip", "sync_health_fail_on_probe": True, "sync_health_max_silence": 48},
        environment={
            "SCIM_URL": service.url,
            "SCIM_TOKEN": service.token,
            "CLOUDFLARE_BASE_URL": service.cloudflare.base_url,
            "CLOUDFLARE_ACCOUNT_ID": service.cloudflare.account_id,
            "CLOUDFLARE_API_TOKEN": service.cloudflare.api_token,
            "CLOUDFLARE_RATE_FILE": "",
        },
    )
    assert run.code == 0, run.output
    result = run.fact("sync_health_result")
    assert (result["healthy"], result["state"]) == (True, "healthy")
    assert result["probe"]["healthy"] is True
    assert service.stored() == []
    assert run.changed == []


def test_what_cannot_be_read_fails_and_is_told_beside_what_could_be(service: sandbox.Running, tmp_path: Path) -> None:
    now = datetime(2025, 11, 1, 11, tzinfo=timezone.utc)
    log = tmp_path / "sync.log"
    log.write_text(
        "".join(
            f'{(now + timedelta(minutes=number)).isoformat()} SCIM_FAILURE action=user.deactivate user=u{number}@example.com status=401 detail="no"\n'
            for number in range(2)
        )
    )
    hosts: dict[str, dict[str, Any]] = {"localhost": {}, "conn1": {"sync_health_connector_log": {"source": "file", "paths": [str(log)]}}}
    hosts["conn2"] = {"sync_health_connector_log": {"source": "file", "paths": [str(tmp_path / "missing.log")]}}
    variables = {
        "identityops_cloudflare_api_token": "wrong-token-0123456789",
        "sync_health_connectors": ["conn1", "conn2", "conn1", "nobody"],
        "sync_health_causes": [{"error_code": "401", "detail": "no", "cause": "Our proxy refused it.", "remedy": "Call the proxy team."}],
        "sync_health_hosts": "localhost",
    }
    (tmp_path / "groups.json").write_text('{"all": {"children": {"nobody": {}}}}')
    run = health(service, "-i", str(tmp_path / "groups.json"), hosts=hosts, **variables)
    assert run.code != 0
    assert "conn2 could not be read" in run.said
    assert "nobody could not be read: the group has no hosts" in run.said
    assert "Cloudflare could not be read" in run.said
    assert "wrong-token" not in run.output
    result = run.fact("sync_health_result")
    assert [(host["host"], host["failures"], bool(host["problem"])) for host in result["hosts"]] == [("conn1", 2, False), ("conn2", 0, True)]
    assert [(person["who"], person["leaver"], person["cause"]) for person in result["people"]] == [
        ("u1@example.com", True, "Our proxy refused it."),
        ("u0@example.com", True, "Our proxy refused it."),
    ]
    # A log that holds failures only: no rate of it is told.
    assert [provider["failure_rate"] for provider in result["providers"]] == [None]
    assert "not read: Cloudflare, nobody, conn2" in result["reasons"]
