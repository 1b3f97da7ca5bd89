# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words, levels and numbers that tell how it went."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.statuses import (
    code_in,
    scim_type_in,
    status_in,
    status_of,
    status_of_level,
)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("SUCCESS", "success"),
        ("Success", "success"),
        ("ok", "success"),
        ("FAILURE", "failure"),
        ("ERROR", "failure"),
        ("Failed", "failure"),
        ("SKIPPED", "skipped"),
        ("warning", "warning"),
        ("Attempted", "attempted"),
        ("in-progress", "attempted"),
        ("UNKNOWN", "unknown"),
        (200, "success"),
        ("201", "success"),
        (404, "failure"),
        ("500", "failure"),
        (True, "success"),
        (False, "failure"),
        ("", ""),
        ("perhaps", ""),
        ("99", ""),
        ("²00", ""),
        (10**400, ""),
        (float("nan"), ""),
        (None, ""),
        ([], ""),
    ],
)
def test_status_words_and_codes(word, status):
    assert status_of(word) == status


def test_levels():
    assert [status_of_level(level) for level in ("ERROR", "fatal", "Warn", "info", "debug", None, 3)] == ["failure", "failure", "warning", "", "", "", ""]


def test_sentences():
    assert status_in("Failed to create user successfully") == "failure"
    assert status_in("user created successfully") == "success"
    assert status_in("creating user") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("HTTP 409", "409"),
        ("HTTP/1.1 503 Service Unavailable", "503"),
        ("answered with status 429: slow down", "429"),
        ("status code: 401", "401"),
        ('{"status":"409","scimType":"uniqueness"}', "409"),
        ('{\\"status\\": 413}', "413"),
        ("StatusCode: BadRequest Message: x", "400"),
        ("StatusCode: Conflict", "409"),
        ("Error: 404 Not Found", "404"),
        ("(401) Unauthorized", "401"),
        ("first HTTP 200, then HTTP 500", "500"),
        ("room 404", ""),
        ("409 people", ""),
        ("status 200", ""),
        ("", ""),
    ],
)
def test_the_code_in_a_text(text, code):
    assert code_in(text) == code


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("uniqueness", "uniqueness"),
        ("UNIQUENESS", "uniqueness"),
        ('{"scimType":"invalidValue"}', "invalidValue"),
        ('{\\"scimType\\":\\"mutability\\"}', "mutability"),
        ("scim_type=toomany", "tooMany"),
        ("failed with invalidFilter here", "invalidFilter"),
        ("sensitive", "sensitive"),
        ("names are case sensitive", ""),
        ("unique names", ""),
    ],
)
def test_the_keyword_in_a_text(text, keyword):
    assert scim_type_in(text) == keyword
