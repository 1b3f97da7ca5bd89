# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os

import pytest
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from ansible_collections.identityops.lifecycle.plugins.module_utils.options import (
    CONNECTION,
    WRITING,
    attribute_options,
    connect,
    memory,
    secrets_of,
)

URL = "https://scim.example.com/v2"
SPEC = {**CONNECTION, **WRITING}


@pytest.fixture(autouse=True)
def only_our_variables(monkeypatch):
    for name in list(os.environ):
        if name.startswith("SCIM_"):
            monkeypatch.delenv(name)


def read(**options):
    """The options as a module gets them: with fallbacks, defaults and types."""
    result = ArgumentSpecValidator(SPEC).validate(options)
    assert result.error_messages == []
    return result.validated_parameters


def connected(**options):
    return connect(read(**{"url": URL, **options}).get, read_only=True)


def test_an_endpoint_for_the_base_url_is_refused():
    with pytest.raises(InvalidInput, match="url ends in /Users; give the base URL"):
        connected(url=URL + "/Users/")


def authorization(service):
    request = requests.Request("GET", URL).prepare()
    return service.transport._session.auth(request).headers.get("Authorization")


# -- the environment -----------------------------------------------------------------------------------------------------


def variables():
    for name, option in SPEC.items():
        fallback = option.get("fallback")
        if fallback:
            for variable in fallback[1]:
                yield name, variable


def test_every_way_to_connect_and_to_sign_in_has_its_variable():
    named = dict(variables())
    assert set(CONNECTION) - set(named) == {"capabilities", "max_scan", "headers"}  # headers: SCIM_HEADERS, see below
    assert named["token"] == "SCIM_TOKEN"


def test_no_variable_begins_with_ansible_or_is_unsafe_when_it_is_false():
    for name, variable in variables():
        assert variable.startswith("SCIM_")
        if SPEC[name]["type"] == "bool":
            assert SPEC[name]["default"] is False  # an AWX credential exports a box that was not ticked as False


@pytest.mark.parametrize(("name", "variable"), sorted(variables()))
def test_an_empty_variable_counts_as_unset(monkeypatch, name, variable):
    options = {"url": URL} if name != "url" else {}
    monkeypatch.setenv(variable, "")
    result = ArgumentSpecValidator(SPEC).validate(options)
    if name == "url":
        assert result.error_messages == ["missing required arguments: url"]
    else:
        assert result.error_messages == []
        default = SPEC[name].get("default")
        assert result.validated_parameters[name] == (os.path.expanduser(default) if SPEC[name]["type"] == "path" and default else default)


def test_variables_are_read_with_their_types(monkeypatch):
    monkeypatch.setenv("SCIM_URL", URL)
    monkeypatch.setenv("SCIM_TIMEOUT", "2.5")
    monkeypatch.setenv("SCIM_SKIP_TLS_VERIFY", "True")
    monkeypatch.setenv("SCIM_PROTECTED", "admin@example.com,breakglass-*")
    options = read()
    assert (options["url"], options["timeout"], options["skip_tls_verify"]) == (URL, 2.5, True)
    assert options["protected"] == ["admin@example.com", "breakglass-*"]
    monkeypatch.setenv("SCIM_SKIP_TLS_VERIFY", "False")
    assert read()["skip_tls_verify"] is False


def test_the_task_beats_the_environment(monkeypatch):
    monkeypatch.setenv("SCIM_TOKEN", "of-the-environment")
    assert authorization(connected(token="of-the-task")) == "Bearer of-the-task"
    assert authorization(connected()) == "Bearer of-the-environment"


# -- headers ---------------------------------------------------------------------------------------------------------------


def test_headers_come_from_the_task_else_from_the_environment(monkeypatch):
    monkeypatch.setenv("SCIM_HEADERS", '{"X-Tenant": 42}')
    assert connected().transport._session.headers["X-Tenant"] == "42"
    service = connected(headers={"X-Other": "1"})
    assert "X-Tenant" not in service.transport._session.headers
    assert "X-Tenant" not in connected(headers={}).transport._session.headers


@pytest.mark.parametrize("text", ["X-Key=topsecret", '{"X-Key": "topsecret"', '["topsecret"]', '"topsecret"'])
def test_a_variable_that_is_no_json_object_is_named_and_not_shown(monkeypatch, text):
    monkeypatch.setenv("SCIM_HEADERS", text)
    with pytest.raises(InvalidInput, match="the environment variable SCIM_HEADERS does not hold a JSON object") as caught:
        connected()
    assert "topsecret" not in str(caught.value)


def test_an_empty_variable_of_headers_counts_as_unset(monkeypatch):
    monkeypatch.setenv("SCIM_HEADERS", "")
    connected()


# -- ways to sign in -----------------------------------------------------------------------------------------------------------

OAUTH = {"token_url": "https://login.example.com/token", "client_id": "me", "client_secret": "topsecret"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"token": "abc", "auth_username": "ada", "auth_password": "p"}, "token and auth_username are given; choose one way to sign in"),
        ({"token": "abc", **OAUTH}, "token and token_url are given; choose one"),
        ({"auth_username": "ada", "auth_password": "p", **OAUTH}, "auth_username and token_url are given; choose one"),
        ({"auth_username": "ada"}, "auth_username needs auth_password beside it"),
        ({"auth_password": "topsecret"}, "auth_password needs auth_username beside it"),
        ({"client_id": "me"}, "client_id needs token_url and client_secret beside it"),
        ({"client_id": "me", "client_secret": "topsecret"}, "client_id and client_secret need token_url beside it"),
        ({**OAUTH, "token_url": "http://login.example.com"}, "token_url: plain http"),
        ({"client_key": __file__}, "client_key needs client_cert"),
        ({"token": "two words"}, "token holds white space"),
        ({"auth_username": "a:b", "auth_password": "p"}, "auth_username holds a colon"),
        ({"ca_file": "/nowhere/ca.pem"}, "ca_file: there is no file '/nowhere/ca.pem' on the host that runs the task"),
        ({"timeout": 0}, "timeout: 0 is out of range"),
        ({"time_budget": -1}, "time_budget: -1 is out of range"),
        ({"time_budget": "nan"}, "time_budget: nan is out of range"),
        ({"max_scan": 0}, "max_scan: 0 is out of range"),
        ({"capabilities": {"members_per_request": 0}}, "capabilities.members_per_request: 0 is out of range"),
        ({"capabilities": {"page_size": -1}}, "capabilities.page_size: -1 is out of range"),
        ({"headers": {"X-Key": "topsecret\n"}}, "headers: the value of X-Key"),
        ({"url": ""}, "url is empty"),
        ({"url": "http://scim.example.com"}, "use https"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_sent(options, said):
    with pytest.raises(InvalidInput, match=said) as caught:
        connected(**options)
    assert "topsecret" not in str(caught.value)


def test_nothing_given_is_nobody():
    assert authorization(connected()) is None


def test_the_ways_to_sign_in(monkeypatch):
    assert authorization(connected(token="abc")) == "Bearer abc"
    assert authorization(connected(auth_username="ada", auth_password="p")) == "Basic YWRhOnA="
    service = connected(**OAUTH, scope="scim")
    monkeypatch.setattr(service.transport._session.auth, "_fetch", lambda: "fetched")
    assert authorization(service) == "Bearer fetched"


def test_one_way_of_the_task_beats_another_one_of_the_environment(monkeypatch):
    monkeypatch.setenv("SCIM_USERNAME", "ada")
    monkeypatch.setenv("SCIM_PASSWORD", "p")
    assert authorization(connected(token="abc")) == "Bearer abc"
    monkeypatch.setenv("SCIM_TOKEN", "abc")
    with pytest.raises(InvalidInput, match="choose one way to sign in"):
        connected()
    assert authorization(connected(auth_username="bob")) == "Basic Ym9iOnA="


# -- secrets, and what is remembered ---------------------------------------------------------------------------------------------


def test_every_secret_is_known_to_the_redactor(monkeypatch):
    monkeypatch.setenv("SCIM_HEADERS", '{"X-Env": "secret-of-env"}')
    secrets = {"token": "secret-token", "client_secret": "secret-client", "password": "secret-person", "auth_password": "secret-basic"}
    known = secrets_of({**secrets, "auth_username": "ada", "url": "https://ada:secret-url@x", "headers": None}.get)
    assert {*secrets.values(), "secret-of-env", "secret-url"} <= known
    assert "secret-key" in secrets_of({"headers": {"X-Key": "secret-key"}}.get)


def test_options_that_are_secret_are_not_logged():
    secret = {name for name, option in CONNECTION.items() if option.get("no_log")}
    assert secret == {"token", "auth_password", "client_secret", "headers"}
    assert attribute_options(USER)["password"]["no_log"] is True


def test_the_memory_is_told_services_apart_but_not_trailing_slashes(tmp_path):
    path = str(tmp_path / "unkept.json")
    remembering = memory({"unkept_file": path, "url": URL + "/"}.get)
    remembering.remember("User", "1", {"title": ("a", "b")})
    remembering.save()
    assert memory({"unkept_file": path, "url": URL}.get).knows("User", "1", "title", "a", "b")
    assert not memory({"unkept_file": path, "url": URL + "2"}.get).knows("User", "1", "title", "a", "b")
    assert not memory({"unkept_file": None, "url": URL}.get).knows("User", "1", "title", "a", "b")


def test_attribute_options_are_the_words_of_the_resource():
    user, group = attribute_options(USER), attribute_options(GROUP)
    assert user["name"]["options"]["given_name"] == {"type": "str"}
    assert user["active"] == {"type": "bool"}
    assert user["emails"]["elements"] == "dict"
    assert set(user["emails"]["options"]) >= {"value", "type", "primary"}
    assert set(group["members"]["options"]) == {"add", "remove", "set"}


def test_the_specification_is_plain_data():
    json.dumps(SPEC, default=lambda fallback: fallback.__name__)
