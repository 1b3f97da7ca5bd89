# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each request of access_user and access_identity_provider refused, throttled or lost: said, never hidden, and made good by another run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Request
from sandbox.running import Running, running
from tests.in_process import Result, run, time_flies

PLANES = {"sessions": "absent", "devices": True, "mfa": "absent", "seat": "absent"}
SCIM = {"enabled": True, "user_deprovision": True}
SECRETS = {"client_secret": "planted-of-entra"}

# What becomes of one request: refused unserved, refused once and served when it comes again, or served with its answer lost.
FAULTS = {
    "403": (403, False, True),
    "500": (500, False, True),
    "429 once": (429, False, False),
    "lost once": (502, True, False),
    "lost and lost": (502, True, True),
    "never arrived": (502, False, True),
}


@pytest.fixture
def service() -> Iterator[Running]:
    """One for each test, because its rate limit is real."""
    with running() as one:
        yield one


def failing(number: int, fault: str) -> tuple[Any, list[str]]:
    """A layer in which the request of this number fails, and a repetition of it as well if the fault says so."""
    status, served, again = FAULTS[fault]
    seen: list[str] = []
    hit: list[tuple[str, str]] = []

    def layer(request: Request, ask: Handler) -> Answer:
        mark = (request.method, request.path)
        seen.append(" ".join(mark))
        if len(seen) == number or (again and mark in hit):
            hit.append(mark)
            if served:
                ask(request)
            errors = [{"code": 10001, "message": "it did not work"}]
            return Answer(status, {"success": False, "errors": errors, "messages": [], "result": None}, {"Retry-After": "7"})
        return ask(request)

    return layer, seen


def under(service: Running, fault: str, number: int, module: str, options: dict[str, Any]) -> tuple[Result, bool]:
    """The task with a fault, and whether it met it."""
    layer, seen = failing(number, fault)
    service.set_faults([], [layer])
    try:
        with time_flies():
            return run(module, {**service.cloudflare.options(), **options}), len(seen) >= number
    finally:
        service.set_faults([])


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_becomes_of_a_request_a_person_is_signed_out_in_the_end(service: Running, fault: str) -> None:
    cloudflare, number, met = service.cloudflare, 0, True
    while met:
        number += 1
        email = f"{fault.replace(' ', '-')}-{number}@example.com"
        cloudflare.seed_user(email, sessions=2, devices=1, authenticators=1)
        before = cloudflare.user(email)
        options = {"email": email, **PLANES, "verify_timeout": 2}
        result, met = under(service, fault, number, "access_user", options)
        where = f"{fault} at request {number}: {result.get('msg')}"
        after = cloudflare.user(email)
        left = (after["_sessions"], after["_authenticators"], after["active_device_count"], after["access_seat"])
        assert "unexpected" not in result.output, where
        if not result.failed:
            assert left == ([], [], 0, False), where
            assert {judged["verdict"] for judged in result["planes"].values()} == {"proven"}, where
        for plane, judged in result.get("planes", {}).items():
            done = {"sessions": not left[0] and not left[2], "mfa": not left[1], "seat": not left[3]}[plane]
            assert done or judged["verdict"] != "proven", where
        if {**before, "updated_at": ""} != {**after, "updated_at": ""}:
            assert result.changed, where
        with time_flies():
            assert not run("access_user", {**cloudflare.options(), **options}).failed, where
        after = cloudflare.user(email)
        assert (after["_sessions"], after["_authenticators"], after["active_device_count"], after["access_seat"]) == ([], [], 0, False), where
    assert number > 7


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_becomes_of_a_request_the_secret_is_kept_or_said_to_be_lost(service: Running, fault: str, tmp_path: Path) -> None:
    cloudflare, number, met = service.cloudflare, 0, True
    while met:
        number += 1
        provider = cloudflare.seed_idp(f"{fault} {number}", config={"client_id": "c", **SECRETS})
        file = tmp_path / str(number)
        options = {"id": provider["id"], "scim": SCIM, "config_secrets": SECRETS, "secret_file": str(file)}
        result, met = under(service, fault, number, "access_identity_provider", options)
        where = f"{fault} at request {number}: {result.get('msg')}"
        stored = next(each for each in cloudflare.stored("idps") if each["id"] == provider["id"])
        assert "unexpected" not in result.output, where
        assert "planted" not in result.output, where
        secret = cloudflare.scim_secret(provider["id"]) if stored["scim_config"]["enabled"] else ""
        if secret:
            assert secret not in result.output, where
            assert result.changed, where
            assert (file.exists() and file.read_text() == secret) or "make a new one" in result.output, where
        else:
            assert result.failed, where
        assert [each for each in tmp_path.iterdir() if each.name.startswith(".")] == [], where
        again = run("access_identity_provider", {**cloudflare.options(), **options})
        assert not again.failed, where
    assert number > 3


@pytest.mark.parametrize("check", [True, False])
def test_sessions_that_cannot_be_read_are_ended_all_the_same(service: Running, check: bool) -> None:
    cloudflare = service.cloudflare
    cloudflare.seed_user("ada@example.com", sessions=2)

    def hides_sessions(request: Request, ask: Handler) -> Answer:
        if request.path.endswith("/active_sessions"):
            return Answer(403, {"success": False, "errors": [{"code": 10000, "message": "no"}], "messages": [], "result": None})
        return ask(request)

    service.set_faults([], [hides_sessions])
    result = run("access_user", {**cloudflare.options(), "email": "ada@example.com", "sessions": "absent"}, check=check)
    assert result.failed
    assert result["planes"]["sessions"]["verdict"] == "unproven"
    assert "they were revoked all the same" in result["msg"] or check
    assert len(cloudflare.sessions("ada@example.com")) == (2 if check else 0)
    assert [request["method"] for request in result["requests"]] == ["POST"]
    protected = {**cloudflare.options(), "email": "ada@example.com", "sessions": "absent", "protected": ["ada@*"]}
    service.reset_requests()
    assert "is protected" in run("access_user", protected)["msg"]
    assert service.requests()["writes"] == 0
