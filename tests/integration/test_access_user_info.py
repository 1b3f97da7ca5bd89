# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""access_user_info on the sandbox: what it returns, what it asks, and what it never shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.running import Running, running
from tests.in_process import Result, run, time_flies

ADA = "ada@example.com"


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    """Ada, with everything, and eleven others who have nothing; two providers, of which one has SCIM enabled."""
    with running() as service, time_flies():
        cf = service.cloudflare
        cf.seed_user(ADA, name="Ada", sessions=2, devices=1, failed_logins=1, identity={"groups": [{"name": "Staff"}], "geo": {"country": "DE"}})
        for number in range(11):
            cf.seed_user(f"p{number}@example.com", sessions=0, access_seat=False)
        cf.seed_app("Wiki", "wiki.example.com")
        cf.seed_idp("No SCIM")
        cf.seed_idp("Entra", scim_config={"enabled": True})
        yield service


@pytest.fixture
def entra(service: Running) -> dict[str, Any]:
    return next(idp for idp in service.cloudflare.stored("idps") if idp["name"] == "Entra")


@pytest.fixture
def provisioned(service: Running, entra: dict[str, Any]) -> None:
    """Ada and a group, as the identity provider of Entra writes them."""
    where = {"url": service.cloudflare.population_url(entra["id"]), "token": service.cloudflare.scim_secret(entra["id"])}
    user = {"user_name": ADA, "display_name": "Ada", "external_id": "1815", "emails": [{"value": ADA, "type": "work", "primary": True}]}
    assert not run("scim_user", {**where, **user}).failed
    assert not run("scim_group", {**where, "display_name": "Staff"}).failed


def told(service: Running, **options: Any) -> Result:
    service.reset_requests()
    return run("access_user_info", {**service.cloudflare.options(), **options})


def requests(service: Running) -> int:
    assert service.requests()["writes"] == 0
    return len(service.requests()["requests"])


def test_one_person_with_everything(service: Running, entra: dict[str, Any], provisioned: None) -> None:
    found = told(service, email="ADA@example.com")
    assert requests(service) == 6  # user, sessions, identity, failed logins, providers, one store
    (ada,) = found["users"]
    assert (found["count"], found["truncated"]) == (1, False)
    assert (ada["email"], ada["access_seat"], ada["active_device_count"]) == (ADA, True, 1)
    assert [[app["name"] for app in session["apps"]] for session in ada["sessions"]] == [["Wiki"], ["Wiki"]]
    assert ada["last_seen_identity"]["groups"] == [{"name": "Staff"}]
    assert ada["failed_logins"][0]["metadata"]["app_name"] == "Test App"
    (store,) = ada["scim"]
    assert store["identity_provider"] == {"id": entra["id"], "name": "Entra"}
    assert [(user["external_id"], user["active"]) for user in store["users"]] == [("1815", True)]
    assert "groups" not in store


def test_no_session_can_be_taken_over(service: Running) -> None:
    found = told(service, email=ADA)
    for session in service.cloudflare.sessions(ADA):
        assert session["nonce"] not in found.output


@pytest.mark.parametrize(
    ("include", "asked", "keys"),
    [
        ([], 1, set()),
        (["sessions"], 2, {"sessions"}),
        (["last_seen_identity", "failed_logins"], 3, {"last_seen_identity", "failed_logins"}),
        (["scim"], 3, {"scim"}),
        (["scim_groups"], 3, {"scim"}),
        (["scim", "scim_groups"], 4, {"scim"}),
    ],
)
def test_only_what_is_asked_for_is_read(service: Running, include: list[str], asked: int, keys: set[str]) -> None:
    found = told(service, email=ADA, include=include)
    assert requests(service) == asked
    assert keys == {"sessions", "last_seen_identity", "failed_logins", "scim"} & set(found["users"][0])


def test_groups_of_the_stores(service: Running, provisioned: None) -> None:
    found = told(service, email=ADA, include=["scim_groups"])
    assert [group["display_name"] for group in found["users"][0]["scim"][0]["groups"]] == ["Staff"]


def test_whom_access_does_not_know(service: Running, entra: dict[str, Any]) -> None:
    found = told(service, email="nobody@example.com")
    assert (found["users"], found["count"]) == ([], 0)
    assert found["scim"] == [{"identity_provider": {"id": entra["id"], "name": "Entra"}, "users": []}]
    assert requests(service) == 4


def test_everybody(service: Running) -> None:
    found = told(service)
    assert (found["count"], found["truncated"]) == (12, False)
    assert requests(service) == 1
    assert "sessions" not in json.dumps(found["users"])


def test_bounds(service: Running) -> None:
    found = told(service, max_results=5)
    assert (found["count"], found["truncated"]) == (5, True)
    assert "raise max_results" in found.warnings_said[0]
    assert told(service, max_results=12)["truncated"] is False
    assert "out of range" in told(service, max_results=0)["msg"]
    assert "give email" in told(service, include=["sessions"])["msg"]
    assert "no e-mail address" in told(service, email="ada")["msg"]


def test_a_result_that_would_be_too_long_is_cut(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    where = "ansible_collections.identityops.lifecycle.plugins.module_utils.inquiry.access.people.MOST_CHARACTERS"
    monkeypatch.setattr(where, 1000)
    found = told(service)
    assert 0 < found["count"] < 12
    assert found["truncated"] is True
    assert "too long for AWX" in found.warnings_said[0]
