# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""access_user on the sandbox: what is running for a person is ended once, and judged by what is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Request
from sandbox.running import Running, running
from tests.in_process import Result, run, time_flies

ALL = {"sessions": "absent", "mfa": "absent", "seat": "absent"}


@pytest.fixture(scope="module")
def serving() -> Iterator[Running]:
    with running() as service:
        yield service


@pytest.fixture
def slept() -> Iterator[list[float]]:
    with time_flies() as slept:
        yield slept


@pytest.fixture
def service(serving: Running, slept: list[float]) -> Iterator[Running]:
    yield serving
    serving.cloudflare.set_quirks([])
    serving.set_faults([])


@pytest.fixture
def email(request: pytest.FixtureRequest) -> str:
    """An address of its own for each test."""
    return re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()) + "@example.com"


def ended(service: Running, email: str, *, check: bool = False, diff: bool = False, **options: Any) -> Result:
    """The task. The journal afterwards holds its requests alone."""
    service.reset_requests()
    return run("access_user", {**service.cloudflare.options(), "email": email, **options}, check=check, diff=diff)


def sent(service: Running) -> list[str]:
    """What was asked, by method and the last part of the path that is no id."""
    found = []
    for request in service.requests()["requests"]:
        words = [word for word in request["path"].split("/") if word.replace("_", "").isalpha()]
        found.append(f"{request['method']} {words[-1]}")
    return found


def verdicts(result: Result) -> dict[str, str]:
    return {plane: judged["verdict"] for plane, judged in result["planes"].items()}


def test_check_run_again_diff(service: Running, email: str, slept: list[float]) -> None:
    service.cloudflare.seed_user(email, name="Ada", gateway_seat=True, sessions=2, devices=3, authenticators=1)
    options = {**ALL, "devices": True, "warp_reauth": True}
    before = service.cloudflare.user(email)
    foreseen = ended(service, email, check=True, diff=True, **options)
    reads = ["GET users", "GET active_sessions", "GET users"]
    assert sent(service) == reads
    assert verdicts(foreseen) == dict.fromkeys(("sessions", "mfa", "seat"), "predicted")
    assert service.cloudflare.user(email) == before

    done = ended(service, email, diff=True, **options)
    assert sent(service) == [*reads, "POST revoke_user", "DELETE mfa_authenticators", "PATCH seats", *reads[1:]]
    for key in ("requests", "diff", "changed"):
        assert done[key] == foreseen[key]
    assert {**done["user"], "updated_at": ""} == {**foreseen["user"], "updated_at": ""}
    assert done["diff"][0]["before"] == {
        "active_sessions": 2, "active_device_count": 3, "mfa_authenticators": 1, "access_seat": True, "gateway_seat": True,
    }  # fmt: skip
    assert verdicts(done) == dict.fromkeys(("sessions", "mfa", "seat"), "proven")
    assert "cannot be read" in done["planes"]["sessions"]["said"]
    assert slept == []
    after = service.cloudflare.user(email)
    assert (after["_sessions"], after["_authenticators"], after["active_device_count"]) == ([], [], 0)
    assert (after["access_seat"], after["gateway_seat"], after["_warp_session_reauth"]) == (False, False, True)

    again = ended(service, email, diff=True, **options)
    assert sent(service) == reads
    assert (again.changed, again["diff"], again["requests"]) == (False, [], [])
    assert verdicts(again) == verdicts(done)


@pytest.mark.parametrize(
    ("options", "before", "writes", "after"),
    [
        ({"sessions": "absent"}, ["GET active_sessions"], ["POST revoke_user"], ["GET active_sessions"]),
        ({"sessions": "absent", "devices": True}, ["GET active_sessions"], ["POST revoke_user"], ["GET active_sessions", "GET users"]),
        ({"mfa": "absent"}, ["GET users"], ["DELETE mfa_authenticators"] * 2, ["GET users"]),
        ({"seat": "absent"}, [], ["PATCH seats"], ["GET users"]),
    ],
)
def test_only_what_the_asked_planes_need(
    service: Running, email: str, options: dict[str, Any], before: list[str], writes: list[str], after: list[str]
) -> None:
    service.cloudflare.seed_user(email, sessions=1, devices=1, authenticators=2)
    done = ended(service, email, **options)
    assert sent(service) == ["GET users", *before, *writes, *after]
    assert set(verdicts(done).values()) == {"proven"}
    ended(service, email, **options)
    assert sent(service) == ["GET users", *before]


def test_nothing_to_revoke_sends_nothing(service: Running, email: str) -> None:
    service.cloudflare.seed_user(email, sessions=0, devices=0)
    done = ended(service, email, sessions="absent", devices=True, warp_reauth=True)
    assert not done.changed
    assert sent(service) == ["GET users", "GET active_sessions"]
    assert verdicts(done) == {"sessions": "proven"}


def test_a_device_is_a_reason_only_if_devices_are_asked_for(service: Running, email: str) -> None:
    service.cloudflare.seed_user(email, sessions=0, devices=1)
    assert not ended(service, email, sessions="absent").changed
    done = ended(service, email, sessions="absent", devices=True)
    assert done["user"]["active_device_count"] == 0
    assert service.requests()["writes"] == 1


def test_the_letter_case_of_an_address_does_not_matter(service: Running, email: str) -> None:
    service.cloudflare.seed_user(email.upper(), sessions=1)
    assert ended(service, email, sessions="absent").changed
    (post,) = [request for request in service.requests()["requests"] if request["method"] == "POST"]
    assert post["body"]["email"] == email.upper()


def test_whom_access_does_not_know(service: Running, email: str) -> None:
    service.cloudflare.seed_user(f"x{email}")  # found by a search, and somebody else
    done = ended(service, email, **ALL)
    assert (done.changed, done["user"]) == (False, {})
    assert verdicts(done) == dict.fromkeys(("sessions", "mfa", "seat"), "not_applicable")
    assert sent(service) == ["GET users", "GET users"]


def test_two_records_of_one_address_are_refused(service: Running, email: str) -> None:
    ids = [service.cloudflare.seed_user(each, sessions=1)["id"] for each in (email, email.upper())]
    refused = ended(service, email, **ALL)
    assert sorted(refused["candidates"]) == sorted(ids)
    assert service.requests()["writes"] == 0


def test_a_revocation_that_takes_its_time(service: Running, email: str, slept: list[float]) -> None:
    service.cloudflare.set_quirks(["revoke-lags"])
    service.cloudflare.seed_user(email, sessions=1)
    done = ended(service, email, sessions="absent")
    assert verdicts(done) == {"sessions": "proven"}
    assert done["unconverged"] == []
    assert slept == [1.0, 2.0]
    assert sent(service)[3:] == ["GET active_sessions"] * 3


@pytest.mark.parametrize(
    ("quirk", "plane", "unconverged"),
    [("revoke-does-nothing", "sessions", "active_sessions"), ("seat-does-nothing", "seat", "access_seat")],
)
def test_what_does_not_take_is_not_proven(
    service: Running, email: str, slept: list[float], quirk: str, plane: str, unconverged: str
) -> None:
    service.cloudflare.set_quirks([quirk])
    service.cloudflare.seed_user(email, sessions=1)
    failed = ended(service, email, **{plane: "absent"})
    assert failed.failed
    assert failed["unconverged"] == [unconverged]
    assert verdicts(failed) == {plane: "unproven"}
    assert slept[:3] == [1.0, 2.0, 4.0]
    assert 20 < sum(slept) <= 30
    assert len(sent(service)) < 12
    slept.clear()
    warned = ended(service, email, **{plane: "absent"}, verify_timeout=0, on_unconverged="warn")
    assert not warned.failed
    assert slept == []


def test_a_service_that_keeps_nothing(service: Running, email: str) -> None:
    service.cloudflare.set_quirks(["keeps-nothing"])
    service.cloudflare.seed_user(email, sessions=1, devices=1, authenticators=1)
    failed = ended(service, email, **ALL, devices=True, verify_timeout=5)
    assert failed["unconverged"] == ["active_sessions", "active_device_count", "mfa_authenticators", "access_seat"]
    assert set(verdicts(failed).values()) == {"unproven"}


def test_second_factors_that_are_not_shown(service: Running, email: str) -> None:
    service.cloudflare.set_quirks(["no-mfa-list"])
    user = service.cloudflare.seed_user(email, authenticators=1)
    (factor,) = [each["id"] for each in user["_authenticators"]]
    blind = ended(service, email, mfa="absent")
    assert (blind.changed, verdicts(blind)) == (False, {"mfa": "unproven"})
    assert any("mfa_authenticators" in warning for warning in blind.warnings_said)

    named = ended(service, email, mfa="absent", mfa_authenticators=[factor])
    assert (named.changed, verdicts(named)) == (True, {"mfa": "unproven"})
    assert service.cloudflare.user(email)["_authenticators"] == []
    assert not ended(service, email, mfa="absent", mfa_authenticators=[factor]).changed


@pytest.mark.parametrize("odd", [{"sessions": []}, "none", True])
def test_an_answer_that_is_no_list_proves_nothing(service: Running, email: str, odd: Any) -> None:
    def says_something_else(request: Request, ask: Handler) -> Answer:
        if request.path.endswith("/active_sessions"):
            return Answer(200, {"success": True, "errors": [], "messages": [], "result": odd})
        return ask(request)

    service.set_faults([], [says_something_else])
    service.cloudflare.seed_user(email, sessions=1)
    failed = ended(service, email, sessions="absent", seat="absent")
    assert failed.failed
    assert verdicts(failed) == {"sessions": "unproven", "seat": "proven"}


def test_a_plane_that_fails_does_not_keep_the_others(service: Running, email: str) -> None:
    def no_right_to_revoke(request: Request, ask: Handler) -> Answer:
        if request.path.endswith("/revoke_user"):
            body = {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}], "messages": [], "result": None}
            return Answer(403, body)
        return ask(request)

    service.set_faults([], [no_right_to_revoke])
    service.cloudflare.seed_user(email, sessions=1)
    failed = ended(service, email, sessions="absent", seat="absent")
    assert failed.failed
    assert failed.changed
    assert "Authentication error" in failed["msg"]
    assert [failure["plane"] for failure in failed["failures"]] == ["sessions"]
    assert verdicts(failed) == {"sessions": "unproven", "seat": "proven"}
    assert service.cloudflare.user(email)["access_seat"] is False


@pytest.mark.parametrize("done_before", [True, False])
def test_a_lost_answer_is_looked_up_before_it_is_sent_again(service: Running, email: str, done_before: bool) -> None:
    lost: list[str] = []

    def loses_the_first(request: Request, ask: Handler) -> Answer:
        if request.is_write and request.path.endswith(("/revoke_user", "/seats")) and request.path not in lost:
            lost.append(request.path)
            if done_before:
                ask(request)
            return Answer(502, None)
        return ask(request)

    service.set_faults([], [loses_the_first])
    service.cloudflare.seed_user(email, sessions=1)
    done = ended(service, email, sessions="absent", seat="absent")
    assert verdicts(done) == {"sessions": "proven", "seat": "proven"}
    assert done.changed
    writes = [request for request in sent(service) if not request.startswith("GET")]
    assert len(writes) == (2 if done_before else 4)


def test_a_seat_that_cannot_be_named(service: Running, email: str) -> None:
    service.cloudflare.seed_user(email, seat_uid=None)
    done = ended(service, email, seat="absent")
    assert (done.changed, verdicts(done), done["unconverged"]) == (False, {"seat": "unproven"}, [])
    assert any("seat_uid" in warning for warning in done.warnings_said)


def test_a_record_that_goes_meanwhile_takes_all_with_it(service: Running, email: str) -> None:
    user = service.cloudflare.seed_user(email)

    def goes(request: Request, ask: Handler) -> Answer:
        answer = ask(request)
        if request.method == "PATCH":
            service.cloudflare.account.remove("users", user["id"])
        return answer

    service.set_faults([], [goes])
    done = ended(service, email, seat="absent")
    assert verdicts(done) == {"seat": "proven"}
    assert done["user"]["email"] == email


def test_the_protected(service: Running, email: str) -> None:
    service.cloudflare.seed_user(email, name="Break glass", sessions=1)
    for pattern in (email.upper(), "break*"):
        refused = ended(service, email, **ALL, protected=[pattern])
        assert refused["protected"] is True
        assert service.requests()["writes"] == 0
    service.cloudflare.seed_user(f"a{email}", name="Break glass", sessions=0)
    assert not ended(service, f"a{email}", sessions="absent", protected=["break*"]).failed


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "one of the following is required"),
        ({"seat": "absent", "devices": True}, "devices"),
        ({"seat": "absent", "warp_reauth": True}, "warp_reauth"),
        ({"seat": "absent", "mfa_authenticators": ["a"]}, "mfa_authenticators"),
        ({"seat": "absent", "verify_timeout": -1}, "verify_timeout"),
        ({"seat": "absent", "email": "ada"}, "no e-mail address"),
    ],
)
def test_options_that_make_no_sense(service: Running, options: dict[str, Any], said: str) -> None:
    refused = ended(service, **{"email": "ada@example.com", **options})
    assert said in refused["msg"]
    assert sent(service) == []
