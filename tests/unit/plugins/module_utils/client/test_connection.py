# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import (
    USER_AGENT,
    Connection,
    check_connection,
    check_url,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput


@pytest.mark.parametrize(
    "url",
    [
        "https://scim.example.com",
        "https://scim.example.com/scim/v2/",
        "https://scim.example.com:8443/a/b",
        "https://[2001:db8::1]/scim",
        "http://127.0.0.1:8080/scim/v2",
        "http://127.8.9.10/",
        "http://[::1]:8080/scim",
        "http://localhost:8080/scim",
    ],
)
def test_addresses_that_are_taken(url):
    check_connection(Connection(url))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "is empty"),
        ("scim.example.com/v2", "not an http"),
        ("ftp://scim.example.com", "not an http"),
        ("https://", "not an http"),
        ("https:///v2", "not an http"),
        ("https://[::1/v2", "host or port cannot be read"),
        ("https://scim.example.com:port/v2", "host or port cannot be read"),
        ("https://scim.example.com:99999/v2", "host or port cannot be read"),
        ("https://scim.example.com/v2\n", "white space"),
        (" https://scim.example.com/v2", "white space"),
        ("https://scim.example.com/v2?tenant=1", "no query"),
        ("https://scim.example.com/v2#top", "no fragment"),
        ("https://ada:topsecret@scim.example.com/v2", "holds credentials"),
        ("https://topsecret@scim.example.com/v2", "holds credentials"),
        ("https://@scim.example.com/v2", "holds credentials"),
        ("http://scim.example.com/v2", "use https"),
        ("http://10.0.0.1/v2", "use https"),
        ("http://127.0.0.1.example.com/v2", "use https"),
        ("http://localhost.example.com/v2", "use https"),
        ("http://127.0.0.1@scim.example.com/v2", "holds credentials"),
        ("http://0.0.0.0/v2", "use https"),
        ("http://127.1/v2", "use https"),
    ],
)
def test_addresses_that_are_refused_by_the_name_of_their_option(url, said):
    with pytest.raises(InvalidInput, match=f"^url.*{said}") as caught:
        check_connection(Connection(url))
    assert "topsecret" not in str(caught.value)


def test_a_refused_address_does_not_show_its_query():
    with pytest.raises(InvalidInput) as caught:
        check_url("token_url", "ftp://scim.example.com/?key=topsecret")
    assert str(caught.value).startswith("token_url: 'ftp://scim.example.com/'")


@pytest.mark.parametrize("value", ["topsecret\n", "topsecret\r\nX-Evil: 1", " topsecret", "topsecrät", "topsecret\x00", "topsecret\t"])
def test_a_header_that_cannot_be_sent_is_refused_without_being_shown(value):
    with pytest.raises(InvalidInput, match="^headers: the value of X-Key holds characters that no header may carry") as caught:
        check_connection(Connection("https://scim.example.com", headers={"X-Key": value}))
    assert "topsec" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "X Key", "X-Key:", "X-Key\n", "Schlüssel"])
def test_a_name_that_no_header_has_is_refused(name):
    with pytest.raises(InvalidInput, match="is not the name of a header"):
        check_connection(Connection("https://scim.example.com", headers={name: "1"}))


def test_a_key_without_its_certificate_is_refused():
    with pytest.raises(InvalidInput, match="client_key needs client_cert"):
        check_connection(Connection("https://scim.example.com", client_key="/k.pem"))


def test_no_secret_is_in_what_python_prints_of_a_connection():
    assert "topsecret" not in repr(Connection("https://scim.example.com", headers={"X-Key": "topsecret"}))


def test_the_user_agent_tells_the_version_of_the_collection():
    galaxy = yaml.safe_load((Path(__file__).resolve().parents[5] / "galaxy.yml").read_text(encoding="utf-8"))
    assert USER_AGENT.startswith(f"{galaxy['namespace']}.{galaxy['name']}/{galaxy['version']} ")
    assert f"(+{galaxy['repository']})" in USER_AGENT
