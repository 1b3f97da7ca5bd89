# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets do not leave, and what is not secret stays."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.redaction import (
    HIDDEN,
    is_secret,
    redacted,
    redacted_value,
)
from hypothesis import given
from hypothesis import strategies as st

SECRET = "s3cr3t-Value_9"


@pytest.mark.parametrize(
    "text",
    [
        f"password={SECRET} user=ann",
        f"Password: {SECRET}",
        f'password="{SECRET} with blanks"',
        f"'passwd': '{SECRET}'",
        f'{{"password":"{SECRET}"}}',
        f'"body": "{{\\"password\\":\\"{SECRET}\\"}}"',
        f'{{\\\\"client_secret\\\\": \\\\"{SECRET}\\\\"}}',
        f"Authorization: Bearer {SECRET}",
        f"authorization=Basic {SECRET}",
        f"'Authorization': 'Bearer {SECRET}'",
        f"sent with Bearer {SECRET} to",
        f"token={SECRET}",
        f"access_token={SECRET}&x=1",
        f"accessToken: {SECRET}",
        f"SCIM_TOKEN={SECRET}",
        f"x-api-key: {SECRET}",
        f"api_key={SECRET}",
        f"secret => {SECRET}",
        f"Cookie: {SECRET}",
        f"https://user:{SECRET}@example.com/scim",
        f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
        f'{{"op":"replace","path":"password","value":"{SECRET}"}}',
        f'{{"op":"replace","value":"{SECRET}","path":"password"}}',
        f'password="{SECRET} has no end',
    ],
)
def test_values_of_secrets_are_hidden(text):
    assert SECRET not in redacted(text)
    assert HIDDEN in redacted(text)
    assert redacted(redacted(text)) == redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "cfut_" + "a1B2" * 10,
        "cfat_" + "a1B2" * 10,
        "ghp_" + "a1B2" * 9,
    ],
)
def test_tokens_are_known_by_their_form(text):
    assert redacted(f"got {text}.") in (f"got {HIDDEN}.", f"got {HIDDEN}")


@pytest.mark.parametrize(
    "text",
    ["", "the password was changed", "Duplicate key for property id: ann", "401 token rotated", "user=ann status=409", "group password-reset team"]
    + ["Basic information is missing", "see https://example.com/a@b", "bearer of bad news"],
)
def test_other_texts_stay(text):
    assert redacted(text) == text


def test_records_are_redacted_by_name_form_and_path():
    record = {
        "password": SECRET,
        "headers": [{"Authorization": f"Bearer {SECRET}"}],
        "urn:example:User:clientSecret": SECRET,
        "body": json.dumps({"password": SECRET, "userName": "ann"}),
        "Operations": [{"op": "add", "path": "password", "value": SECRET}],
        "userName": "ann",
        "tokens": 3,
        "has_password": True,
        "number": float("inf"),
    }
    clean = redacted_value(record)
    assert SECRET not in json.dumps(clean)
    assert clean["userName"] == "ann"
    assert clean["tokens"] == 3
    assert clean["has_password"] is True
    assert clean["number"] is None
    assert json.loads(clean["body"])["userName"] == "ann"


def test_names_of_secrets():
    assert all(map(is_secret, ["password", "Password", "client_secret", "my-token", "X-Auth-Key", "Authorization", "urn:a:b:password"]))
    assert not any(map(is_secret, ["user", "keyboard", "tokens", "passwordless", "key", ""]))


def deep(levels: int):
    value = SECRET
    for _dummy in range(levels):
        value = [value]
    return value


def test_what_is_nested_too_deep_is_left_out():
    assert SECRET not in json.dumps(redacted_value({"password": deep(3)}))
    assert SECRET not in json.dumps(redacted_value(deep(90)))


@given(st.text(max_size=200))
def test_any_text_survives_and_is_clean_after_once(text):
    once = redacted(text)
    assert redacted(once) == once


def test_long_texts_take_a_time_that_grows_with_their_length_only():
    for piece in ("a-", "password=", 'password="', "Bearer ", "://a:", "eyJ", '"value":"', "-----BEGIN A PRIVATE KEY-----", "token token "):
        redacted(piece * (300_000 // len(piece)))
