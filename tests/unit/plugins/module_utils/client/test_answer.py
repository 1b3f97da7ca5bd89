# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.answer import Answer, server_error
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from hypothesis import given, settings
from hypothesis import strategies as st

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
HTML = """<!DOCTYPE html><html><head><TITLE>502 Bad &amp; ugly</TITLE><style>a{}</style></head><body>nginx</body></html>"""


def error(status=400, body=None, text="", headers=None, secrets=()):
    return server_error("POST", "/Users", Answer(status, headers or {}, body, text), Redactor(secrets))


@pytest.mark.parametrize(
    ("body", "detail", "scim_type"),
    [
        ({"schemas": [ERROR], "status": "409", "scimType": "uniqueness", "detail": "userName is taken"}, "userName is taken", "uniqueness"),
        ({"status": 409, "detail": "taken"}, "taken", ""),
        ({"error": "invalid_client", "error_description": "unknown client"}, "unknown client", ""),
        ({"error": {"code": 3}, "message": "no"}, "no", ""),
        ({"Errors": [{"description": "invalid_authentication", "code": 401}]}, "invalid_authentication", ""),
        ({"errors": ["plain"]}, "", ""),
        ({"detail": {"not": "a text"}, "scimType": 7}, "", ""),
        (["a", "list"], "", ""),
        ("text", "", ""),
        (None, "", ""),
    ],
)
def test_the_services_own_words_are_found_whatever_the_body(body, detail, scim_type):
    found = error(body=body)
    assert (found.status, found.detail, found.scim_type) == (400, detail, scim_type)
    assert (detail or "without saying why") in str(found)


def test_an_html_page_is_its_title():
    assert error(502, text=HTML).detail == "502 Bad & ugly"
    assert error(502, text="<h1>Down</h1>\n<p>for now").detail == "Down for now"


def test_a_long_detail_is_cut_and_stays_on_one_line():
    found = error(body={"detail": "a\r\n\x1b[31mb\t" + "x" * 1000})
    assert len(found.detail) == 300
    assert found.detail.startswith("a [31mb xxx")


def test_a_secret_at_the_cut_leaves_nothing_behind():
    found = error(body={"detail": "x" * 290 + "topsecrettoken"}, secrets=["topsecrettoken"])
    assert "topsecret" not in str(found)


@pytest.mark.parametrize("name", ["x-request-id", "cf-ray", "x-amzn-requestid"])
def test_the_id_by_which_support_finds_a_request_is_told(name):
    found = error(headers={name: "id-4711"})
    assert found.facts()["request_id"] == "id-4711"
    assert "[request id id-4711]" in str(found)


def test_a_request_id_can_be_long_hostile_or_a_secret():
    found = error(headers={"x-request-id": "a\x1b" + "b" * 1000 + "topsecrettoken"}, secrets=["topsecrettoken"])
    assert len(found.request_id) <= 100
    assert found.request_id.isprintable()
    assert "topsecret" not in str(error(headers={"x-request-id": "topsecrettoken"}, secrets=["topsecrettoken"]))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab<>&;\n\x00\ud800", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["detail", "errors", "scimType", "message"]), inner),
)


@settings(deadline=None)
@given(st.integers(300, 599), JSON_VALUES, st.text("<title>/a&;b \n\x00", max_size=60))
def test_no_error_body_is_a_crash(status, body, text):
    found = error(status, body, text)
    assert isinstance(found.detail, str)
    assert found.detail.isprintable()
