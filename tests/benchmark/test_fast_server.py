# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fast server is honest: what it says is what was written, and our client is faster than bare requests against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.benchmark import fast_server
from tests.benchmark.fast_patch import NoTarget, patch
from tests.benchmark.pool import bodies, measured
from tests.in_process import run

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.fixture
def url() -> Iterator[str]:
    with fast_server.running(bulk=True) as address:
        yield address


def directory(url: str, **options: Any) -> Any:
    return run("scim_directory", {"url": url, "token": "any", "unkept_file": "", **options})


def test_a_directory_converges(url: str) -> None:
    users = [
        {"user_name": f"u{n}", "external_id": f"e{n}", "title": "Analyst", "emails": [{"value": f"u{n}@example.com", "type": "work"}]}
        for n in range(30)
    ]
    groups = [{"display_name": "Engines", "members": {"set": [f"u{n}" for n in range(20)]}}]
    for wanted in (
        {"users": users, "groups": groups},
        {"users": [{**user, "title": "Chief", "manager": "u0"} for user in users[1:6]]},
        {"users": [{"user_name": "u3", "emails": [{"value": "new@example.com", "type": "work"}]}]},
        {"groups": [{"display_name": "Engines", "members": {"remove": ["u3", "u4"], "add": ["u25"]}}]},
        {"users": [{"user_name": "u5", "state": "absent"}]},
    ):
        first, again = directory(url, **wanted), directory(url, **wanted)
        assert not first.failed, first.get("msg")
        assert first.changed
        assert not again.failed, again.get("msg")
        assert not again.changed


def test_lists_and_filters(url: str) -> None:
    for document in bodies(25, "a"):
        assert requests.post(url + "/Users", json=document, timeout=5).status_code == 201

    def listed(**params: Any) -> tuple[int, list[str]]:
        page = requests.get(url + "/Users", params=params, timeout=5).json()
        assert page["itemsPerPage"] == len(page["Resources"])
        return page["totalResults"], [one["userName"] for one in page["Resources"]]

    assert listed(startIndex=21, count=10) == (25, [f"a-{n}@example.com" for n in range(20, 25)])
    for text in ('userName eq "A-7@example.com"', 'externalId eq "a-7"', 'id eq "00000008"', 'emails.value eq "a-7@example.com"'):
        assert listed(filter=text) == (1, ["a-7@example.com"])
    assert listed(filter='externalId sw "a-2"')[0] == 6
    assert listed(filter='userName eq "nobody"') == (0, [])
    assert requests.get(url + "/Users", params={"filter": "active pr"}, timeout=5).status_code == 400
    requests.patch(
        url + "/Users/00000008", json={"Operations": [{"op": "replace", "path": "userName", "value": "b"}]}, timeout=5
    ).raise_for_status()
    assert listed(filter='userName eq "b"') == (1, ["b"])
    assert listed(filter='userName eq "a-7@example.com"') == (0, [])
    assert requests.post(url + "/Users", json={"userName": "B"}, timeout=5).status_code == 409
    assert requests.get(url + "/Users/00000008", timeout=5).json()["userName"] == "b"
    assert requests.delete(url + "/Users/00000008", timeout=5).status_code == 204
    assert requests.get(url + "/Users/00000008", timeout=5).status_code == 404
    assert listed()[0] == 24


def test_no_password_is_told(url: str) -> None:
    made = requests.post(url + "/Users", json={"userName": "a", "password": "secret", "id": "mine"}, timeout=5).json()
    assert "password" not in made
    assert made["id"] != "mine"


def test_bulk_creates_a_group_of_people_who_are_made_in_the_same_request(url: str) -> None:
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "p", "data": {"userName": "a"}},
        {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"displayName": "G", "members": [{"value": "bulkId:p"}]}},
        {"method": "POST", "path": "/Users", "bulkId": "q", "data": {"userName": "A"}},
    ]
    answered = requests.post(url + "/Bulk", json={"Operations": operations}, timeout=5).json()["Operations"]
    assert [one["status"] for one in answered] == ["201", "201", "409"]
    user, group = (requests.get(one["location"], timeout=5).json() for one in answered[:2])
    assert group["members"] == [{"value": user["id"]}]
    with fast_server.running() as other:
        assert requests.post(other + "/Bulk", json={"Operations": []}, timeout=5).status_code == 404


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        ({"op": "replace", "path": "title", "value": "B"}, {"title": "B"}),
        ({"op": "Replace", "value": {"title": "B", "name.givenName": "X"}}, {"title": "B", "name": {"givenName": "X", "familyName": "F"}}),
        ({"op": "remove", "path": "title"}, {"title": None}),
        ({"op": "replace", "path": "name.givenName", "value": "X"}, {"name": {"givenName": "X", "familyName": "F"}}),
        ({"op": "add", "path": "members", "value": [{"value": "2"}, {"value": "3"}]}, {"members": [{"value": "1"}, {"value": "2"}, {"value": "3"}]}),
        ({"op": "remove", "path": 'members[value eq "1"]'}, {"members": [{"value": "2"}]}),
        ({"op": "remove", "path": "members", "value": [{"value": "1"}, {"value": "2"}]}, {"members": None}),
        ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "n"}, {"emails": [{"type": "work", "value": "n"}]}),
        ({"op": "replace", "path": f"{ENTERPRISE}:department", "value": "D"}, {ENTERPRISE: {"manager": {"value": "9"}, "department": "D"}}),
        ({"op": "remove", "path": f"{ENTERPRISE}:manager"}, {ENTERPRISE: None}),
    ],
)
def test_operations(operation: dict[str, Any], after: dict[str, Any]) -> None:
    document = {
        "schemas": [ENTERPRISE],
        "title": "A",
        "name": {"givenName": "G", "familyName": "F"},
        "members": [{"value": "1"}, {"value": "2"}],
        "emails": [{"type": "work", "value": "o"}],
        ENTERPRISE: {"manager": {"value": "9"}},
    }
    expected = {name: value for name, value in {**document, **after}.items() if value is not None}
    patch(document, [operation])
    assert document == expected


def test_an_operation_without_a_target_is_refused() -> None:
    with pytest.raises(NoTarget):
        patch({"emails": []}, [{"op": "replace", "path": 'emails[type eq "home"].value', "value": "n"}])


def test_the_measurement_measures_both() -> None:
    found = measured(4, 0.0, count=40, times=1)
    assert found.ours > 0
    assert found.bare > 0
    assert found.ratio == pytest.approx(found.ours / found.bare)
