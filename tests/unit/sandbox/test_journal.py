# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal and the other paths below /__sandbox, in process and over the socket."""

from __future__ import annotations

import json

import requests


def control(client, method, path, **options):
    return requests.request(method, f"{client.service.origin}/__sandbox/{path}", timeout=10, **options)


def test_what_was_asked_is_told(serve):
    client = serve()
    client.create_user("ada", title="Countess")
    client.create_user("ada")
    client.get("/Users", filter='userName eq "ada"')
    client.post("/Users/.search", {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]})
    journal = control(client, "GET", "requests").json()
    assert journal == client.service.requests()
    assert journal["counts"] == {"POST": 3, "GET": 1}
    assert journal["writes"] == 2
    first, second, third, fourth = journal["requests"]
    assert first["body"]["title"] == "Countess"
    assert (first["method"], first["path"], first["status"], first["applied"]) == (
        "POST",
        "/scim/v2/Users",
        201,
        True,
    )
    assert (second["status"], second["applied"]) == (409, False)
    assert third["query"] == {"filter": 'userName eq "ada"'}
    assert third["body"] is None
    assert (fourth["status"], fourth["applied"]) == (200, False)


def test_a_patch_that_changes_nothing_is_not_applied(serve):
    client = serve()
    user = client.seed_user("ada", title="Dr")
    for value in ("Dr", "Prof"):
        client.patch(f"/Users/{user}", {"op": "replace", "path": "title", "value": value})
    assert [entry["applied"] for entry in client.service.requests()["requests"]] == [False, True]


def test_clearing(serve):
    client = serve()
    client.get("/Users")
    assert control(client, "DELETE", "requests").status_code == 204
    assert control(client, "GET", "requests").json() == {"counts": {}, "writes": 0, "requests": []}
    client.get("/Users")
    client.service.reset_requests()
    assert client.service.requests()["counts"] == {}


def test_tokens_are_not_kept(serve, capfd):
    client = serve(token="s3cret-token", log=True)
    client.get("/Users")
    assert "s3cret" not in json.dumps(client.service.requests())
    logged = capfd.readouterr().err
    assert "GET /scim/v2/Users" in logged
    assert "s3cret" not in logged


def test_quirks_and_faults_are_replaced_at_run_time(serve):
    client = serve("filter_500")
    assert control(client, "GET", "quirks").json() == ["filter_500"]
    assert control(client, "PUT", "quirks", json=["no_discovery"]).status_code == 200
    assert control(client, "PUT", "faults", json=["429=1:7"]).json() == ["429=1:7"]
    assert client.get("/Users").headers["Retry-After"] == "7"
    client.service.set_faults([])
    assert client.get("/Users", filter='userName eq "x"').status_code == 200
    assert client.get("/Schemas").status_code == 404
    client.service.set_quirks([])
    assert client.get("/Schemas").status_code == 200


def test_unknown_names_change_nothing(serve):
    client = serve("no_discovery")
    for path, wrong in (
        ("quirks", ["no_such"]),
        ("quirks", ["no_meta=1"]),
        ("quirks", "no_meta"),
        ("faults", ["429=zero"]),
        ("faults", ["429=0"]),
        ("faults", ["redirect=ftp://x"]),
    ):
        assert control(client, "PUT", path, json=wrong).status_code == 400, wrong
    assert control(client, "GET", "quirks").json() == ["no_discovery"]
    assert client.get("/Schemas").status_code == 404


def test_nothing_else_is_there(serve):
    client = serve()
    assert control(client, "GET", "other").status_code == 404
    assert requests.get(client.service.origin + "/other", timeout=10).status_code == 404
    assert requests.get(client.service.origin + "/scim/v20/Users", timeout=10).status_code == 404
