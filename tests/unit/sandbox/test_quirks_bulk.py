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
@pytest.mark.parametrize(
    "quirk",
    ["bulk_413", "bulk_ignored", "bulk_short_answer", "bulk_status_int", "bulk_no_bulkid", "bulk_partial=1", "no_delete"],
)
def test_what_is_no_bulk_request_breaks_nothing(serve, quirk, wrong):
    assert serve(quirk).post("/Bulk", wrong).status_code < 500


# -- other quirks inside Bulk --------------------------------------------------------------------------------------------


def patched(user, path, value):
    operations = [{"op": "replace", "path": path, "value": value}]
    schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    return {"method": "PATCH", "path": f"/Users/{user}", "data": {"schemas": schemas, "Operations": operations}}


def test_a_quirk_that_finds_nothing_to_do_changes_no_outcome(serve):
    """Whether scim2-server serves a Bulk request or the sandbox takes it apart."""
    told = []
    for quirks in ([], ["no_delete"]):
        client = serve(*quirks)
        user = client.seed_user("ada")
        version = client.get(f"/Users/{user}").json()["meta"]["version"]
        found = results(
            client,
            new_group("staff", "bulkId:bob"),
            new("bob"),
            new("ada"),
            {**patched(user, "title", "Dr"), "version": version},
            {**patched(user, "title", "Prof"), "version": version},
            patched("nobody", "title", "Dr"),
            patched("bulkId:bob", "title", "Dr"),
            patched("bulkId:eve", "title", "Dr"),
            patched(user, "bogus", "Dr"),
            {"method": "DELETE", "path": "/Bulk"},
            {"method": "POST", "path": "/Users/.search", "bulkId": "s", "data": {}},
        )
        group = found[0]["location"].rsplit("/", 1)[-1]
        assert client.members(group) == [found[1]["location"].rsplit("/", 1)[-1]]
        shapes = [{k: v for k, v in result.items() if k not in ("location", "version", "response")} for result in found]
        told.append([{**shape, "status": "200" if shape["status"] == "204" else shape["status"]} for shape in shapes])
        places = [result["location"].removeprefix(client.service.url) for result in found if "location" in result]
        told[-1].append(places)
        reasons = [(result["response"].get("scimType"), result["response"]["status"]) for result in found if "response" in result]
        told[-1].append(reasons)
    assert told[0] == told[1]


def test_operations_in_bulk_meet_quirks(serve):
    client = serve("soft_delete", "drop_attrs=title", "readonly_username", "id_equals_username_lowercased")
    user = client.seed_user("ada")
    titled = new("Bob")
    titled["data"]["title"] = "Mr"
    found = results(client, titled, patched(user, "title", "Dr"), patched(user, "userName", "eve"), gone(user))
    assert statuses(found) == ["201", "200", "400", "204"]
    assert found[0]["location"] == f"{client.service.url}/Users/bob"
    assert found[2]["response"]["scimType"] == "mutability"
    assert "title" not in client.stored("bob")
    assert client.stored(user)["active"] is False
    assert "title" not in client.stored(user)
    (entry,) = client.service.requests()["requests"]
    assert entry["applied"] is True


@pytest.mark.parametrize(
    ("quirk", "expected"),
    [
        ("patch_501", ["201", "501", "204"]),
        ("no_delete", ["201", "204", "405"]),
        ("delete_500", ["201", "204", "500"]),
        ("patch_200", ["201", "200", "204"]),
    ],
)
def test_quirks_refuse_single_operations(serve, quirk, expected):
    client = serve(quirk)
    user = client.seed_user("ada")
    assert statuses(results(client, new("bob"), patched(user, "title", "Dr"), gone(user))) == expected


def test_ignored_writes_are_ignored_in_bulk_and_deletions_are_not(serve):
    client = serve("write_ignored")
    user = client.seed_user("ada")
    assert statuses(results(client, new("bob"), patched(user, "title", "Dr"))) == ["201", "204"]
    assert client.service.requests()["requests"][-1]["applied"] is False
    assert "title" not in client.stored(user)
    assert statuses(results(client, gone(user))) == ["204"]
    assert client.service.stored() == []


def test_throttling_counts_a_bulk_request_once(serve):
    client = serve("429_retry_after")
    assert statuses(results(client, *(new(f"u{n}") for n in range(5)))) == ["201"] * 5
    assert bulk(client, new("a")).status_code == 200
    assert bulk(client, new("b")).status_code == 429


def test_limits_hold_when_a_request_is_taken_apart(serve):
    client = serve("no_delete", profile="cursor")
    assert bulk(client, *(new(f"u{n}") for n in range(6))).status_code == 413
    assert serve("no_delete", profile="minimal").post("/Bulk", {"schemas": [BULK], "Operations": []}).status_code == 501
