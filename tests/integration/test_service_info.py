# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_service_info on the sandbox: what a service is, whether it is healthy, and that the probe leaves nothing behind."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from unittest import mock

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils import probe

import sandbox
from sandbox.quirks import QUIRKS
from tests.in_process import Result, run, time_flies

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PROFILES = ("full", "minimal", "cursor", "small-pages")
ADA = {"schemas": [USER], "id": "ada", "userName": "ada@example.com"}

# Where the probe finds something to complain about, and in which step. Everything else is healthy.
ILL = {
    "drop_attrs=displayName": "verify",
    "filter_500": "filter_user_name",
    "filter_zero_for_externalId": "filter_external_id",
    "ignore_filter": "filter_user_name",
    "write_ignored": "create",
    "no_delete": "delete",
    "delete_500": "delete",
    "delete_ignored": "delete",
    "soft_delete": "delete",
}
CANNOT_DELETE = ("no_delete", "delete_500", "delete_ignored", "soft_delete")


@contextmanager
def service(profile: str = "full", *quirks: str, faults: tuple[str, ...] = ()) -> Iterator[sandbox.running.Running]:
    with sandbox.running(profile, quirks, faults) as running, time_flies():
        running.seed(ADA)
        yield running


def ask(running: Any, **options: Any) -> Result:
    check = options.pop("check", False)
    running.reset_requests()
    return run("scim_service_info", {"url": running.url, "token": running.token, **options}, check=check)


def statuses(result: Result) -> dict[str, str]:
    return {step["step"]: step["status"] for step in result["steps"]}


def left(running: Any) -> list[dict[str, Any]]:
    """Whoever the probe left on the service."""
    return [user for user in running.stored() if user.get("userName", "").startswith("probe-")]


# -- without a probe -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_a_service_is_described(profile: str) -> None:
    with service(profile) as running:
        result = ask(running)
        assert (result["healthy"], result["problem"], result["changed"]) == (True, "", False)
        assert result["authentication"]["status"] == "ok"
        assert [read["status"] for read in result["reads"]] == ["ok"] * 4
        assert {entry["name"] for entry in result["resource_types"]} == {"User", "Group"}
        assert USER in result["schemas"]
        assert result["service_provider_config"]["patch"]["supported"] is (profile != "minimal")
        assert "steps" not in result
        assert running.requests()["counts"] == {"GET": 5}  # four reads, and one as a stranger


def test_capabilities_tell_where_they_come_from() -> None:
    with service("minimal") as running:
        found = ask(running, profile="slack", capabilities={"page_size": 7})["capabilities"]
        assert found["update"] == {"value": "put", "source": "ServiceProviderConfig"}
        assert found["filter"] == {"value": True, "source": "profile slack"}
        assert found["page_size"] == {"value": 7, "source": "option capabilities"}
        assert found["members_read"] == {"value": "group", "source": "RFC 7644"}


@pytest.mark.parametrize("quirks", [["no_discovery"], ["no_discovery", "html_errors"]], ids="-".join)
def test_a_service_without_discovery_is_healthy(quirks: list[str]) -> None:
    with service("full", *quirks) as running:
        result = ask(running)
        assert result["healthy"]
        assert [read["status"] for read in result["reads"]] == ["ok", "failed", "failed", "failed"]
        assert "404" in result["reads"][1]["detail"]
        assert (result["service_provider_config"], result["schemas"]) == ({}, [])


def test_times_come_from_the_clock() -> None:
    with service("full", faults=("429=2:3",)) as running:
        result = ask(running)
        waited = [read["duration_ms"] >= 3000 for read in result["reads"]]
        assert waited.count(True) >= 2
        assert result["latency_ms"] > 0


class Open(BaseHTTPRequestHandler):
    """A service that asks nobody for credentials."""

    def do_GET(self) -> None:
        body = b'{"totalResults": 0, "Resources": []}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("credentials", [{}, {"token": "some-token"}], ids=["without", "with"])
def test_a_service_that_needs_no_credentials_is_told(credentials: dict[str, str]) -> None:
    server = HTTPServer(("127.0.0.1", 0), Open)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        result = run("scim_service_info", {"url": f"http://127.0.0.1:{server.server_port}", **credentials})
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert result["authentication"]["status"] == "not_needed"
    assert bool(result.warnings_said) is bool(credentials)


def test_credentials_in_the_headers_of_the_environment_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with service() as running:
        monkeypatch.setenv("SCIM_HEADERS", json.dumps({"Authorization": f"Bearer {running.token}"}))
        result = run("scim_service_info", {"url": running.url})
        assert result["authentication"]["status"] == "ok"


@pytest.mark.parametrize("quirks", [[], ["empty_401"], ["html_errors"]], ids=["scim", "empty", "html"])
def test_refused_credentials_are_a_result(quirks: list[str]) -> None:
    with service("full", *quirks) as running:
        result = ask(running, token="wrong-token", probe=True)
        assert not result.failed
        assert not result["healthy"]
        assert result["authentication"]["status"] == "refused"
        assert set(statuses(result).values()) == {"skipped"}
        assert running.requests()["writes"] == 0
        assert "wrong-token" not in result.output


def test_an_unhealthy_service_fails_only_if_asked() -> None:
    with service() as running:
        result = ask(running, token="wrong-token", fail_if_unhealthy=True)
        assert result.failed
        assert result["msg"].startswith("the service is not healthy: users cannot be read")
        assert result["authentication"]["status"] == "refused"
        assert not ask(running, fail_if_unhealthy=True).failed


def test_a_service_that_is_not_there_is_a_result() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/scim/v2"
        with time_flies():
            result = run("scim_service_info", {"url": url, "token": "some-token", "probe": True})
    assert not result.failed
    assert not result["healthy"]
    assert result["authentication"]["status"] == "unknown"
    assert [read["step"] for read in result["reads"]] == ["users"]
    assert result["latency_ms"] is None


def test_an_address_that_is_no_scim_service_is_a_result() -> None:
    with service() as running:
        result = ask(running, url=f"{running.url}/nowhere")
        assert (result["healthy"], result.failed) == (False, False)


def test_a_wrong_option_is_a_failure() -> None:
    with service() as running:
        assert ask(running, url="http://directory.example.com/scim/v2").failed


# -- the probe -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_the_probe_succeeds_and_leaves_nothing(profile: str) -> None:
    with service(profile) as running:
        before = running.stored()
        result = ask(running, probe=True)
        assert (result["healthy"], result["changed"], result["left_behind"]) == (True, False, {})
        without = {"filter_user_name", "filter_external_id"} if profile == "minimal" else set()
        assert statuses(result) == {step: "skipped" if step in without else "ok" for step in probe.STEPS}
        assert all(step["duration_ms"] >= 0 and step["detail"] for step in result["steps"])
        assert running.stored() == before
        update = "PUT" if profile == "minimal" else "PATCH"
        assert running.requests()["writes"] == 4
        assert running.requests()["counts"][update] == 2


def test_the_probe_is_skipped_in_check_mode() -> None:
    with service() as running:
        result = ask(running, probe=True, check=True)
        assert set(statuses(result).values()) == {"skipped"}
        assert (result["healthy"], result["changed"]) == (True, False)
        assert any("check mode" in warning for warning in result.warnings_said)
        assert running.requests()["writes"] == 0


def test_nothing_is_written_without_a_probe() -> None:
    with service() as running:
        ask(running)
        assert running.requests()["writes"] == 0


@pytest.mark.parametrize("quirk", [*QUIRKS.entries, "drop_attrs=displayName"])
def test_the_probe_tells_what_is_wrong_and_cleans_up(quirk: str) -> None:
    with service("full", quirk) as running:
        result = ask(running, probe=True)
        assert not result.failed
        failed = [step for step, status in statuses(result).items() if status == "failed"]
        assert failed[:1] == ([ILL[quirk]] if ILL.get(quirk) else [])
        assert result["healthy"] is (not failed)
        assert bool(result["problem"]) is bool(failed)
        if quirk in CANNOT_DELETE:
            (user,) = left(running)
            assert user["active"] is False
            assert result["left_behind"] == {"id": user["id"], "user_name": user["userName"]}
            assert result["changed"]
            assert any(user["id"] in warning and user["userName"] in warning for warning in result.warnings_said)
        else:
            assert left(running) == []
            assert (result["left_behind"], result["changed"]) == ({}, False)


@pytest.mark.parametrize(
    "capabilities", [{"delete": False}, {"soft_delete": True}], ids=["no delete", "soft delete"]
)
def test_what_is_known_of_a_service_is_no_illness(capabilities: dict[str, Any]) -> None:
    with service("full", "soft_delete") as running:
        result = ask(running, probe=True, capabilities=capabilities)
        assert result["healthy"]
        assert statuses(result)["delete"] == ("ok" if "soft_delete" in capabilities else "skipped")
        assert result["left_behind"]["id"] == left(running)[0]["id"]
        assert left(running)[0]["active"] is False
        assert result["changed"]


@pytest.mark.parametrize("fault", ["drop_after_write", "502_after", "502_before", "reset_before_write"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_faults_leave_nothing_behind(fault: str, number: int) -> None:
    """Every first, second or third write goes wrong: at each of the probe's writes once."""
    with service("full", faults=(f"{fault}={number}",)) as running:
        result = ask(running, probe=True)
        assert not result.failed
        assert left(running) == []
        assert (result["left_behind"], result["changed"]) == ({}, False)
        if number == 1:
            assert statuses(result)["create"] == "failed"


def test_a_lost_create_is_said_and_cleaned_up() -> None:
    with service("full", faults=("drop_after_write=1",)) as running:
        result = ask(running, probe=True)
        created = result["steps"][0]
        assert created["status"] == "failed"
        assert "was found by its name" in created["detail"]
        assert running.requests()["requests"][-1]["status"] == 404
        assert left(running) == []


def test_a_create_that_is_lost_and_filters_that_lie_leave_nothing_behind() -> None:
    with service("full", "filter_500", "delete_200_body", faults=("drop_after_write=3",)) as running:
        ask(running, probe=True)
        assert left(running) == []


def test_a_bug_on_the_way_leaves_nothing_behind() -> None:
    with service() as running, mock.patch.object(probe.Probe, "_verify", side_effect=ZeroDivisionError("a bug")):
        result = ask(running, probe=True)
        assert result.failed
        assert "please report this bug" in result["msg"]
        assert left(running) == []


def test_the_time_budget_does_not_keep_the_probe_from_cleaning_up() -> None:
    def slow(self: Any) -> str:
        self.service.transport.gate.clock.sleep(1000)
        return "slept"

    with service() as running, mock.patch.object(probe.Probe, "_update", slow):
        result = ask(running, probe=True, time_budget=60)
        assert statuses(result)["verify"] == "failed"
        assert statuses(result)["delete"] == "ok"
        assert left(running) == []


def test_somebody_else_is_never_touched() -> None:
    with service("full", "ignore_filter", faults=("drop_after_write=1",)) as running:
        ask(running, probe=True)
        (ada,) = running.stored()
        assert ada["userName"] == "ada@example.com"
        paths = {entry["path"] for entry in running.requests()["requests"] if entry["method"] != "GET"}
        assert not any(path.endswith("/ada") for path in paths)
