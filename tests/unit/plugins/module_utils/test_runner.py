# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task returns, whatever happens: what it wrote, what went wrong, and never a secret."""

from __future__ import annotations

import contextlib
import json
import os

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils import runner
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    SeveralMatches,
    WriteRefusedLocally,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.writes import Request
from ansible_collections.identityops.lifecycle.plugins.modules import scim_directory, scim_group, scim_user
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import serving
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.in_process import outcome_of

TOKEN = "topsecrettoken"
JSON = {"Content-Type": "application/scim+json"}


@pytest.fixture(autouse=True)
def only_our_variables(monkeypatch):
    for name in list(os.environ):
        if name.startswith("SCIM_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


class Directory:
    """A little SCIM service. refuse: what a method is answered with instead. echo: also shows the passwords."""

    def __init__(self, *, refuse=None, echo=False):
        self.resources = {}
        self.refuse = refuse or {}
        self.echo = echo

    def __call__(self, method, path, headers, body):
        path = path.partition("?")[0].removeprefix("/v2")
        if method in self.refuse:
            return self.refuse[method](headers, body)
        if path == "/ServiceProviderConfig":
            return 404, JSON, b"{}"
        if method == "GET" and path.count("/") == 1:
            found = [item for key, item in self.resources.items() if key.startswith(path)]
            return self.said(200, {"totalResults": len(found), "Resources": found})
        if method == "POST":
            resource = {**json.loads(body), "id": str(len(self.resources) + 1)}
            if not self.echo:
                resource.pop("password", None)
            self.resources[f"{path}/{resource['id']}"] = resource
            return self.said(201, resource)
        if path not in self.resources:
            return self.said(404, {"detail": "there is no such resource"})
        if method == "DELETE":
            del self.resources[path]
            return 204, {}, b""
        return self.said(200, self.resources[path])

    @staticmethod
    def said(status, body):
        return status, JSON, json.dumps(body).encode()


@contextlib.contextmanager
def directory(**how):
    service = Directory(**how)
    with serving(service) as (url, asked):
        yield {"url": url, "token": TOKEN, "unkept_file": ""}, service, asked


def writes(asked):
    return [(method, path) for method, path, _headers, _body in asked if method != "GET"]


def user(options, **more):
    return outcome_of(scim_user.main, {**options, "user_name": "ada@example.com", **more})


def test_a_user_is_made_and_the_second_run_changes_nothing():
    with directory() as (options, _service, asked):
        first = user(options)
        second = user(options)
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["requests"] == [{"method": "POST", "path": "/Users"}]
    assert first["user"]["id"] == "1"
    assert writes(asked) == [("POST", "/v2/Users")]


def test_check_mode_predicts_and_writes_nothing():
    with directory() as (options, service, asked):
        result = outcome_of(scim_user.main, {**options, "user_name": "ada"}, check=True)
    assert result["changed"] is True
    assert result["requests"] == [{"method": "POST", "path": "/Users"}]
    assert result["diff"][0]["after"]["user_name"] == "ada"
    assert writes(asked) == []
    assert service.resources == {}


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("echo", [False, True])
def test_a_password_is_nowhere_in_the_result_also_if_the_service_shows_it(check, echo):
    with directory(echo=echo) as (options, service, _asked):
        for _dummy in range(2):
            result = outcome_of(
                scim_user.main,
                {**options, "user_name": "ada", "password": "topsecretperson", "update_password": "always"},
                check=check,
                invocation=True,
            )
            assert "topsecret" not in result["printed"]
    assert len(service.resources) == (0 if check else 1)


def test_a_service_that_tells_our_token_to_everybody_does_not_make_us_tell_it():
    def indiscreet(headers, _body):
        return 403, JSON, json.dumps({"detail": f"no right: {headers['Authorization']}", "scimType": TOKEN}).encode()

    with directory(refuse={"POST": indiscreet}) as (options, _service, _asked):
        result = user(options)
    assert result["failed"] is True
    assert result["msg"].startswith("POST /Users was answered with status 403")
    assert TOKEN not in result["printed"]


def test_who_was_deleted_and_is_still_there_is_told_so():
    with directory(refuse={"DELETE": lambda *_: (204, {}, b"")}) as (options, _service, _asked):
        user(options)
        result = user(options, state="absent")
    assert result["unconverged"] == ["(existence)"]
    assert result["msg"].startswith("User 'ada@example.com': the service accepted that it shall go, and it is still there; deactivate")


def test_many_that_were_not_kept_are_named():
    ada = Directory.said(200, {"id": "1", "userName": "ada"})
    listed = [{"user_name": "ada", "title": "Analyst"}]
    with directory(refuse=dict.fromkeys(("PATCH", "PUT"), lambda *_: ada)) as (options, service, _asked):
        service.resources["/Users/1"] = {"id": "1", "userName": "ada", "active": True}
        result = outcome_of(scim_directory.main, {**options, "users": listed})
    assert "see unconverged: User 'ada' (" in result["msg"]


def test_a_failure_tells_what_was_answered_and_what_was_sent():
    refusal = {"detail": "no more licences", "scimType": "tooMany"}
    with directory(refuse={"POST": lambda *_: Directory.said(400, refusal)}) as (options, _service, _asked):
        result = user(options)
    assert (result["failed"], result["changed"]) == (True, False)
    assert (result["status"], result["scim_type"], result["detail"]) == (400, "tooMany", "no more licences")
    assert result["request"] == {"method": "POST", "path": "/Users"}
    assert result["requests"] == [{"method": "POST", "path": "/Users"}]


# -- any work --------------------------------------------------------------------------------------------------------------


def asking(options, ask, *, probe=False):
    """The result of a module that does nothing but ``ask``."""
    options = {name: value for name, value in options.items() if name != "unkept_file"}
    if probe:
        spec = {"probe": {"type": "bool"}, "fail_if_unhealthy": {"type": "bool"}}
        return outcome_of(lambda: runner.probe(spec, ask), {**options, "probe": True})
    return outcome_of(lambda: runner.inform({}, ask), options)


def test_a_bug_of_ours_is_a_failure_that_says_so_and_hides_secrets():
    def ask(service, _params):
        raise RuntimeError(f"boom {service.transport._session.auth.token} and more")

    with directory() as (options, _service, _asked):
        result = asking(options, ask)
    assert result["failed"] is True
    assert result["msg"] == "unexpected RuntimeError: boom (hidden) and more; please report this bug"
    assert TOKEN not in result["printed"]
    assert result["changed"] is False


def test_a_bug_while_connecting_hides_secrets_too(monkeypatch):
    def broken(get, *, read_only):
        raise RuntimeError(f"boom {get('token')}")

    monkeypatch.setattr(runner, "connect", broken)
    with directory() as (options, _service, _asked):
        result = asking(options, lambda service, params: {})
    assert "please report this bug" in result["msg"]
    assert TOKEN not in result["printed"]
    assert result["requests"] == []


def test_a_failure_after_writes_says_that_something_changed():
    def ask(service, _params):
        for number in range(3):
            service.write(Request("POST", "/Users", {"userName": f"u{number}"}))
        raise SeveralMatches("User 'x'", [str(number) for number in range(1000)])

    with directory() as (options, _service, _asked):
        result = asking(options, ask, probe=True)
    assert (result["failed"], result["changed"]) == (True, True)
    assert len(result["requests"]) == 3
    assert len(result["candidates"]) == 100


def test_a_failure_after_very_many_writes_stays_small():
    def ask(service, _params):
        service.sent += [{"method": "PATCH", "path": f"/Users/{number}"} for number in range(20_000)]
        raise SeveralMatches("User 'x'", ["1", "2"])

    with directory() as (options, _service, _asked):
        assert len(asking(options, ask)["printed"]) < 100_000


def test_a_module_that_reads_cannot_write():
    def ask(service, _params):
        service.write(Request("POST", "/Users", {}))

    with directory() as (options, _service, asked):
        result = asking(options, ask)
    assert result["msg"] == str(WriteRefusedLocally("POST /Users was about to be sent by a read-only connection; please report this bug"))
    assert writes(asked) == []


def test_without_requests_its_name_is_told(monkeypatch):
    monkeypatch.setattr(runner, "REQUESTS_PROBLEM", "Traceback: No module named 'requests'")
    result = asking({"url": "https://scim.example.com"}, lambda service, params: {})
    assert result["failed"] is True
    assert "requests" in result["msg"]
    assert "Python library" in result["msg"]


def test_wrong_options_are_a_failure_in_one_sentence():
    result = asking({"url": "http://scim.example.com", "token": TOKEN}, lambda service, params: {})
    assert result["msg"] == "url: plain http to scim.example.com would show the credentials to the network; use https"
    assert result["changed"] is False


@pytest.mark.parametrize("refused", [{"timeout": "soon"}, {"profile": "topsecretprofile?"}, {"nonsense": 1}])
def test_what_ansible_refuses_shows_no_secret_either(refused):
    result = asking({"url": "https://scim.example.com", "token": TOKEN, "headers": {"X": "topsecretheader"}, **refused}, lambda *_: {})
    assert result["failed"] is True
    assert TOKEN not in result["printed"]
    assert "topsecretheader" not in result["printed"]


def test_a_bad_variable_of_headers_is_named(monkeypatch):
    monkeypatch.setenv("SCIM_HEADERS", '{"X-Key": topsecret}')
    result = asking({"url": "https://scim.example.com"}, lambda *_: {})
    assert "the environment variable SCIM_HEADERS" in result["msg"]
    assert "topsecret" not in result["printed"]


def test_a_header_of_the_environment_is_hidden(monkeypatch):
    monkeypatch.setenv("SCIM_HEADERS", '{"X-Key": "topsecretheader"}')
    with directory() as (options, _service, asked):
        result = asking(options, lambda service, params: {"said": service.transport._session.headers["X-Key"]})
    assert "said" in result
    assert "topsecretheader" not in result["printed"]
    assert asked == []


# -- size --------------------------------------------------------------------------------------------------------------------------


def test_ten_thousand_members_make_a_small_result():
    people = [f"person-{number:05}@corporation.example.com" for number in range(10_000)]
    everybody = [{"id": f"id-{number}", "userName": name} for number, name in enumerate(people)]
    service = Directory()
    service.resources = {f"/Users/{person['id']}": person for person in everybody}
    with serving(service) as (url, asked):
        for check in (True, False):
            result = outcome_of(
                scim_group.main,
                {
                    "url": url,
                    "unkept_file": "",
                    "display_name": "All",
                    "members": {"add": people},
                    "capabilities": {"pagination": "none", "members_per_request": 20_000},
                },
                check=check,
                invocation=True,
            )
            assert result.get("failed") is not True, result["msg"]
            assert result["changed"] is True
            assert len(result["printed"]) < 100_000
    assert writes(asked) == [("POST", "/v2/Groups")]


def test_options_that_were_given_are_echoed_in_part_only():
    with directory() as (options, _service, _asked):
        result = outcome_of(
            lambda: runner.inform({"names": {"type": "list", "elements": "str"}}, lambda *_: {}),
            {**options, "names": [f"name {number}" for number in range(5000)]},
            invocation=True,
        )
    assert len(result["printed"]) < 5000
    assert result["invocation"]["module_args"]["names"][-1] == "... and 4980 more"
    assert result["invocation"]["module_args"]["url"] == options["url"]
    assert TOKEN not in result["printed"]
