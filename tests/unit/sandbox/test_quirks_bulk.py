# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in Bulk, and what the journal tells of it."""

from __future__ import annotations

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def new(name):
    return {"method": "POST", "path": "/Users", "bulkId": name, "data": {"schemas": [USER], "userName": name}}


def new_group(name, *members):
    values = [{"value": member} for member in members]
    return {"method": "POST", "path": "/Groups", "bulkId": name, "data": {"schemas": [GROUP], "displayName": name, "members": values}}


def gone(user):
    return {"method": "DELETE", "path": f"/Users/{user}"}


def bulk(client, *operations):
    return client.post("/Bulk", {"schemas": [BULK], "Operations": list(operations)})


def results(client, *operations):
    answer = bulk(client, *operations)
    assert answer.status_code == 200, answer.text
    return answer.json()["Operations"]


def statuses(found):
    return [result["status"] for result in found]


def test_without_a_quirk(serve):
    client = serve()
    user = client.seed_user("ada")
    found = results(client, new("bob"), new("ada"), gone(user), new_group("staff", "bulkId:bob"))
    assert statuses(found) == ["201", "409", "204", "201"]
    assert found[2]["location"] == f"{client.service.url}/Users/{user}"
    group = found[3]["location"].rsplit("/", 1)[-1]
    assert client.members(group) == [found[0]["location"].rsplit("/", 1)[-1]]


def test_the_journal_tells_whether_any_operation_was_applied(serve):
    client = serve()
    client.seed_user("ada")
    bulk(client, new("ada"), gone("nobody"))
    bulk(client, new("ada"), new("bob"), gone("nobody"))
    client.service.set_quirks(["bulk_ignored"])
    bulk(client, new("eve"))
    journal = client.service.requests()
    assert [entry["applied"] for entry in journal["requests"]] == [False, True, False]
    assert [len(entry["body"]["Operations"]) for entry in journal["requests"]] == [2, 3, 1]
    assert journal["writes"] == 3


def test_bulk_404(serve):
    client = serve("bulk_404")
    assert bulk(client, new("ada")).status_code == 404
    assert client.get("/ServiceProviderConfig").json()["bulk"]["supported"] is True
    assert client.service.stored() == []
    assert client.create_user("ada").status_code == 201


@pytest.mark.parametrize(("quirk", "most"), [("bulk_413=2", 2), ("bulk_413", 10)])
def test_bulk_413(serve, quirk, most):
    client = serve(quirk)
    assert bulk(client, *(new(f"u{n}") for n in range(most + 1))).status_code == 413
    assert client.service.stored() == []
    assert statuses(results(client, *(new(f"u{n}") for n in range(most)))) == ["201"] * most


def test_bulk_ignored(serve):
    client = serve("bulk_ignored")
    user = client.seed_user("ada")
    assert statuses(results(client, new("bob"), gone(user))) == ["201", "204"]
    assert [found["id"] for found in client.service.stored()] == [user]
    assert client.create_user("bob").status_code == 201


def test_bulk_short_answer(serve):
    client = serve("bulk_short_answer")
    client.seed_user("ada")
    (only,) = results(client, new("bob"), new("ada"))
    assert (only["bulkId"], only["status"]) == ("ada", "409")
    assert len(client.service.stored()) == 2


def test_bulk_status_int(serve):
    client = serve("bulk_status_int")
    assert statuses(results(client, new("bob"), gone("nobody"))) == [201, 404]


def test_bulk_reversed(serve):
    client = serve("bulk_reversed")
    found = results(client, new("ada"), new("bob"), gone("nobody"))
    assert [result.get("bulkId") for result in found] == [None, "bob", "ada"]


def test_bulk_no_location(serve):
    client = serve("bulk_no_location")
    found = results(client, new("ada"), gone("nobody"))
    assert statuses(found) == ["201", "404"]
    assert all("location" not in result for result in found)


def test_bulk_no_bulkid(serve):
    client = serve("bulk_no_bulkid")
    of_bob = {"method": "DELETE", "path": "/Users/bulkId:bob"}
    found = results(client, new_group("staff", "bulkId:bob"), new("bob"), of_bob, new_group("other"))
    assert statuses(found) == ["400", "201", "400", "201"]
    assert [result.get("bulkId") for result in found] == ["staff", "bob", None, "other"]
    assert found[2]["location"] == f"{client.service.url}/Users/bulkId:bob"
    assert len(client.service.stored()) == 2
    assert statuses(results(client, new_group("third", "bulkId:bob"))) == ["400"]


def test_bulk_partial(serve):
    client = serve("bulk_partial=2")
    found = results(client, new("a"), new("b"), new("c"))
    assert statuses(found) == ["201", "500", "201"]
    assert found[1]["bulkId"] == "b"
    assert statuses(results(client, gone("x"))) == ["500"]
    assert found[0]["location"].startswith(client.service.url)
    client = serve("bulk_partial")
    assert statuses(results(client, new("a"), new("b"), new("c"))) == ["201", "201", "500"]


@pytest.mark.parametrize("wrong", [{}, {"Operations": "x"}, {"Operations": [1]}, {"Operations": []}, {"Operations": [{}]}, []])
@pytest.mark.parametrize("quirk", ["bulk_413", "bulk_ignored", "bulk_short_answer", "bulk_status_int", "bulk_no_bulkid", "bulk_partial=1"])
def test_what_is_no_bulk_request_breaks_nothing(serve, quirk, wrong):
    assert serve(quirk).post("/Bulk", wrong).status_code < 500
