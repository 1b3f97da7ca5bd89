# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in filters and pages."""

from __future__ import annotations

SEARCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}


def test_ignore_filter(serve):
    client = serve("ignore_filter")
    client.seed_users(3)
    assert len(client.names(filter='userName eq "nobody"')) == 3
    assert (
        client.post("/Users/.search", {**SEARCH, "filter": 'userName eq "nobody"'}).json()["totalResults"]
        == 3
    )


def test_filter_zero_for_external_id(serve):
    client = serve("filter_zero_for_externalId")
    client.seed_user("ada", externalId="7")
    assert client.get("/Users", filter='externalid eq "7"').json()["totalResults"] == 0
    assert client.names(filter='userName eq "ada"') == ["ada"]


def test_filter_500(serve):
    client = serve("filter_500")
    client.seed_user("ada")
    assert client.get("/Users", filter='userName eq "ada"').status_code == 500
    assert client.names() == ["ada"]


def test_startindex_ignored(serve):
    client = serve("startindex_ignored")
    client.seed_users(4)
    assert client.names(startIndex=3, count=2) == client.names(startIndex=1, count=2)


def test_last_page_repeats(serve):
    client = serve("last_page_repeats")
    client.seed_users(3)
    assert client.names(startIndex=3, count=2) == ["user002@example.com"]
    assert client.names(startIndex=4, count=2) == ["user000@example.com", "user001@example.com"]


def test_count_rejected(serve):
    client = serve("count_rejected=2")
    client.seed_users(3)
    assert client.get("/Users", count=3).status_code == 400
    assert len(client.names(count=2)) == len(client.names()) == 2
    client.service.set_quirks(["count_rejected"])
    assert client.get("/Users", count=101).status_code == 400
    assert client.get("/Users", count=100).status_code == 200


def test_cursor_only(serve):
    client = serve("cursor_only=2")
    client.seed_users(5)
    found, cursor, pages = [], "", 0
    while cursor is not None:
        page = client.get("/Users", cursor=cursor, count=50).json()
        assert "totalResults" not in page
        found += [user["userName"] for user in page["Resources"]]
        cursor = page.get("nextCursor")
        pages += 1
    assert (len(set(found)), pages) == (5, 3)
    assert client.get("/Users", startIndex=3).status_code == 501
    assert client.get("/Users", cursor="made up").json()["scimType"] == "invalidCursor"
    assert client.get("/ServiceProviderConfig").json()["pagination"]["index"] is False


def test_no_pagination(serve):
    client = serve("no_pagination", profile="small-pages")
    client.seed_users(12)
    page = client.get("/Users", startIndex=3, count=1).json()
    assert (len(page["Resources"]), page["totalResults"], page["startIndex"]) == (12, 12, 1)


def test_total_results_is_page_size(serve):
    client = serve("total_results_is_page_size")
    client.seed_users(5)
    assert client.get("/Users", count=2).json()["totalResults"] == 2


def test_wrong_total(serve):
    client = serve("wrong_total")
    client.seed_users(5)
    page = client.get("/Users").json()
    assert (page["totalResults"], len(page["Resources"])) == (2, 5)


def test_409_on_inactive(serve):
    client = serve("409_on_inactive")
    for name, active in (("ada", True), ("bob", False), ("cyd", True)):
        client.seed_user(name, active=active)
    client.seed_user("dan")
    assert client.names() == ["ada", "cyd", "dan"]
    assert client.names(startIndex=2, count=1, attributes="userName") == ["cyd"]
    assert client.get("/Users", filter='userName eq "bob"').json()["totalResults"] == 0
    assert client.create_user("bob").status_code == 409


def test_409_on_inactive_with_soft_delete(serve):
    client = serve("409_on_inactive", "soft_delete", profile="small-pages")
    users = client.seed_users(7)
    assert client.delete(f"/Users/{users[0]}").status_code == 204
    assert len(client.get("/Users", startIndex=1).json()["Resources"]) == 6
    assert client.create_user("user000@example.com").status_code == 409
