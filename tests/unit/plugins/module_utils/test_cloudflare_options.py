# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Cloudflare account a task is about, and how it signs in."""

from __future__ import annotations

import os

import pytest
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.identityops.lifecycle.plugins.module_utils.cloudflare_options import (
    ACCESS,
    ACCESS_WRITING,
    connect_account,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.options import secrets_of

ACCOUNT = "0123456789abcdef0123456789ABCDEF"
SPEC = {**ACCESS, **ACCESS_WRITING}


@pytest.fixture(autouse=True)
def only_our_variables(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("CLOUDFLARE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CLOUDFLARE_RATE_FILE", str(tmp_path / "rate.json"))


def read(**options):
    """The options as a module gets them: with fallbacks, defaults and types."""
    result = ArgumentSpecValidator(SPEC).validate({"account_id": ACCOUNT, **options})
    assert result.error_messages == []
    return result.validated_parameters


def headers_of(account):
    request = requests.Request("GET", "https://api.cloudflare.com").prepare()
    return account.transport._session.auth(request).headers


def connected(**options):
    return connect_account(read(**options).get, read_only=True)


def test_an_account_is_asked_with_a_token():
    account = connected(api_token="cfat_token")
    assert headers_of(account)["Authorization"] == "Bearer cfat_token"
    assert account.account_id == ACCOUNT.lower()
    assert account.read_only


def test_everything_can_come_from_the_environment(monkeypatch):
    for name, value in {"ACCOUNT_ID": "f" * 32, "API_KEY": "cfk_key", "EMAIL": "ada@example.com", "BASE_URL": "http://127.0.0.1:1/client/v4"}.items():
        monkeypatch.setenv("CLOUDFLARE_" + name, value)
    parameters = ArgumentSpecValidator(SPEC).validate({}).validated_parameters
    account = connect_account(parameters.get, read_only=False)
    headers = headers_of(account)
    assert (account.account_id, headers["X-Auth-Email"], headers["X-Auth-Key"]) == ("f" * 32, "ada@example.com", "cfk_key")
    assert account.transport._base == "http://127.0.0.1:1/client/v4"


def test_what_the_task_gives_beats_the_environment(monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_API_KEY", "cfk_key")
    monkeypatch.setenv("CLOUDFLARE_EMAIL", "ada@example.com")
    assert headers_of(connected(api_token="cfat_token"))["Authorization"] == "Bearer cfat_token"


def test_an_address_that_is_in_the_environment_anyway_does_not_matter_beside_a_token(monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_EMAIL", "ada@example.com")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "cfat_token")
    assert headers_of(connected())["Authorization"] == "Bearer cfat_token"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"account_id": "example.com"}, "account_id: 'example.com' is no id of an account"),
        ({"api_token": "Bearer x"}, "api_token begins with the word Bearer"),
        ({"api_token": "x\n"}, "api_token holds white space"),
        ({"api_token": "x", "api_key": "y", "api_email": "a@b.c"}, "api_token and api_key are given; choose one"),
        ({"api_key": "y"}, "api_key needs api_email beside it"),
        ({"api_email": "a@b.c"}, "api_email needs api_key beside it"),
        ({"base_url": "http://api.example.com/client/v4"}, "base_url: plain http to api.example.com"),
        ({"base_url": "https://api.cloudflare.com/client/v4?x=1"}, "base_url: a base address has no query"),
        ({"ca_file": "/nowhere"}, "ca_file: there is no file '/nowhere'"),
        ({"time_budget": 0}, "time_budget: 0 is out of range"),
    ],
)
def test_what_could_not_work_is_refused_by_its_option(options, said):
    with pytest.raises(InvalidInput, match=said):
        connected(**options)


def test_secrets_are_known_to_be_secrets():
    secrets = secrets_of({"api_token": "one1", "api_key": "two2", "config_secrets": {"client_secret": "three3"}}.get)
    assert secrets == {"one1", "two2", "three3"}
    assert connected(api_token="cfat_token").transport.redactor.clean("it is cfat_token") == "it is (hidden)"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"api_token": "cfat_one"}, {"api_token": "cfat_one", "base_url": "https://api.cloudflare.com/client/v4/"}),
        ({"api_key": "k", "api_email": "Ada@example.com"}, {"api_key": "other", "api_email": "ada@example.com"}),
    ],
)
def test_however_it_is_written_a_user_has_one_budget(one, two):
    first, second = connected(**one), connected(**two)
    first.transport.gate.heard(429, {"retry-after": "300"})
    assert second.transport.gate._spent.take(first.transport.gate._now()) > 0


def test_tasks_with_one_token_share_a_budget_and_other_tokens_have_their_own():
    first, second, other = connected(api_token="cfat_one"), connected(api_token="cfat_one"), connected(api_token="cfat_two")
    first.transport.gate.heard(429, {"retry-after": "300"})
    now = first.transport.gate._now()
    assert second.transport.gate._spent.take(now) > 0
    assert other.transport.gate._spent.take(now) == 0
