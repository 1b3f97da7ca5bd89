# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault over a real socket: what the client sees and what became of the write."""

from __future__ import annotations

import time

import pytest
import requests


def codes(client, number):
    return [client.get("/Users").status_code for dummy in range(number)]


def test_429(serve):
    client = serve(faults=["429=3"])
    assert codes(client, 6) == [200, 200, 429, 200, 200, 429]
    client.service.set_faults(["429=1:20"])
    assert client.get("/Users").headers["Retry-After"] == "20"
    assert client.create_user("ada").status_code == 429
    assert client.service.stored() == []


def test_503(serve):
    client = serve(faults=["503=2"])
    assert codes(client, 4) == [200, 503, 200, 503]
    assert "Retry-After" not in client.create_user("ada").headers
    client.service.set_faults(["503=1:5"])
    assert client.get("/Users").headers["Retry-After"] == "5"


def test_drop_after_write(serve):
    client = serve(faults=["drop_after_write=2"])
    assert client.create_user("ada").status_code == 201
    with pytest.raises(requests.ConnectionError, match="without response"):
        client.create_user("bob")
    assert client.names() == ["ada", "bob"]
    last = client.service.requests()["requests"][1]
    assert (last["status"], last["applied"]) == (None, True)


def test_reset_before_write(serve):
    client = serve(faults=["reset_before_write=2"])
    assert client.create_user("ada").status_code == 201
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        client.create_user("bob")
    assert client.names() == ["ada"]
    assert client.create_user("bob").status_code == 201
    assert [entry["applied"] for entry in client.service.requests()["requests"]] == [True, False, False, True]


def test_slow(serve):
    client = serve(faults=["slow=120"])
    begun = time.monotonic()
    client.get("/Users")
    assert time.monotonic() - begun >= 0.12


def test_truncated_page(serve):
    client = serve(faults=["truncated_page=2"])
    user = client.seed_user("ada")
    assert client.get("/Users").status_code == 200
    assert client.get(f"/Users/{user}").status_code == 200
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        client.get("/Users")
    assert client.get("/Users").status_code == 200


@pytest.mark.parametrize(("fault", "names"), [("502_after=2", ["ada", "bob"]), ("502_before=2", ["ada"])])
def test_502(serve, fault, names):
    client = serve(faults=[fault])
    assert client.create_user("ada").status_code == 201
    answer = client.create_user("bob")
    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "text/html"
    assert client.names() == names
    assert client.service.requests()["requests"][1]["applied"] is ("bob" in names)


def test_redirect(serve):
    client = serve(faults=["redirect=http://elsewhere.example:81/"])
    answer = client.get("/Users", filter='userName eq "a b"')
    assert answer.status_code == 307
    assert (
        answer.headers["Location"] == "http://elsewhere.example:81/scim/v2/Users?filter=userName+eq+%22a+b%22"
    )


def test_several_at_once(serve):
    client = serve(faults=["502_after=2", "429=3:0"])
    got = [client.create_user(name).status_code for name in ("a", "b", "c", "d")]
    assert got == [201, 502, 429, 201]
    assert client.names() == ["a", "b", "d"]
