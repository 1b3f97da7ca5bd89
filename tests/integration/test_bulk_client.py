# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Bulk request to the sandbox, to a sandbox with each of its Bulk quirks, and to a service that others wrote.

Whatever the answer is like: what an outcome says is what was done, and what was done and is not told is unknown.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.auth import BearerToken
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.bulk import TooMuch, send
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import Connection
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.scim import ScimService
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock, Gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.transport import Transport
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.bulk import Batch, Outcome
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import Capabilities
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.writes import PATCH_SCHEMA, Request

import sandbox
from sandbox.quirks import QUIRKS
from sandbox.running import Running
from tests.integration.npm_servers import available, scimmy

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
AS_IT_SHOULD = [201, 200, 204, 409, 404, 201]
# Where something else is told than without a quirk. None: the service did nothing, which send() says so.
DIFFERENT = {
    "bulk_404": None,
    "bulk_short_answer": [0, 0, 0, 409, 404, 0],
    "bulk_no_location": [201, 0, 0, 409, 0, 201],
    "bulk_no_bulkid": [201, 200, 204, 409, 404, 400],
    "bulk_partial": [201, 200, 500, 409, 404, 500],
}
BULK_QUIRKS = [name for name in QUIRKS.entries if name.startswith("bulk_")]


def service_at(url: str, token: str) -> ScimService:
    connection = Connection(url=url, credentials=BearerToken(token))
    service = ScimService(Transport(connection, Gate(Clock(), 60), Redactor([token])), Capabilities())
    service.discover()
    return service


def new_user(name: str) -> Request:
    return Request("POST", "/Users", {"schemas": [USER], "userName": name})


def new_group(name: str, *members: str) -> Request:
    values = [{"value": member, "type": "User"} for member in members]
    return Request("POST", "/Groups", {"schemas": [GROUP], "displayName": name, "members": values})


def titled(path: str, title: str) -> Request:
    return Request("PATCH", path, {"schemas": [PATCH_SCHEMA], "Operations": [{"op": "replace", "path": "title", "value": title}]})


def batch_of(*requests: Request) -> Batch:
    batch = Batch(1000, 10**6)
    for n, request in enumerate(requests):
        assert batch.takes([request])
        batch.add([request], f"b{n}")
    return batch


class Case(NamedTuple):
    """ada and bob are there. ids: theirs."""

    service: ScimService
    running: Running
    ids: dict[str, str]

    def batch(self) -> Batch:
        """Something of everything; the fourth and the fifth cannot be done."""
        return batch_of(
            new_user("eve"),
            titled(f"/Users/{self.ids['ada']}", "Dr"),
            Request("DELETE", f"/Users/{self.ids['bob']}"),
            new_user("ADA"),
            titled("/Users/nobody", "Dr"),
            new_group("staff", "bulkId:b0", self.ids["ada"]),
        )

    def done(self) -> list[bool]:
        """What of the batch is really true."""
        stored = {entry["id"]: entry for entry in self.running.stored()}
        named = {entry.get("userName") or entry["displayName"]: entry for entry in stored.values()}
        members = {member["value"] for member in named.get("staff", {}).get("members", ())}
        return [
            "eve" in named,
            stored[self.ids["ada"]].get("title") == "Dr",
            self.ids["bob"] not in stored,
            "ADA" in named,
            False,
            "eve" in named and members == {named["eve"]["id"], self.ids["ada"]},
        ]


@contextlib.contextmanager
def case(*quirks: str, profile: str = "full") -> Iterator[Case]:
    with sandbox.running(profile=profile, quirks=quirks) as running:
        seeded = running.seed(*[{"schemas": [USER], "userName": name} for name in ("ada", "bob")])
        service = service_at(running.url, running.token)
        yield Case(service, running, {entry["userName"]: entry["id"] for entry in seeded})
        service.close()


def statuses(found: list[Outcome] | None) -> list[int]:
    assert found is not None
    return [outcome.status for outcome in found]


@pytest.mark.parametrize("quirk", ["", *BULK_QUIRKS])
def test_what_is_told_is_what_was_done(quirk: str) -> None:
    with case(*filter(None, [quirk])) as day:
        assert day.service.known.flag("bulk")
        expected = DIFFERENT.get(quirk, AS_IT_SHOULD)
        found = send(day.service, day.batch())
        assert day.service.sent == [{"method": "POST", "path": "/Bulk"}]
        if expected is None:
            assert (found, day.done()) == (None, [False] * 6)
            assert not day.service.known.flag("bulk")
            return
        assert statuses(found) == expected
        assert day.service.known.flag("bulk")
        if quirk == "bulk_ignored":  # nothing but reading back can tell
            assert day.done() == [False] * 6
            return
        assert [status for status, done in zip(expected, day.done(), strict=True) if status and done is not (status < 300)] == []


def test_ids_versions_and_reasons_are_told() -> None:
    with case() as day:
        found = send(day.service, day.batch()) or []
        stored = {entry["id"]: entry for entry in day.running.stored()}
        assert stored[found[0].resource_id]["userName"] == "eve"
        assert found[0].version == stored[found[0].resource_id]["meta"]["version"]
        assert found[1].resource_id == day.ids["ada"]
        assert found[1].version == stored[day.ids["ada"]]["meta"]["version"]
        assert stored[found[5].resource_id]["displayName"] == "staff"
        assert (found[3].scim_type, found[3].resource_id) == ("uniqueness", "")
        assert found[4].detail


def test_without_locations_the_ids_are_unknown() -> None:
    with case("bulk_no_location") as day:
        found = send(day.service, day.batch()) or []
        assert [outcome.resource_id for outcome in found] == [""] * 6


def test_versions_are_conditions() -> None:
    with case() as day:
        version = next(entry["meta"]["version"] for entry in day.running.stored() if entry["id"] == day.ids["ada"])
        path = f"/Users/{day.ids['ada']}"
        batch = batch_of(Request("PATCH", path, titled(path, "Dr").body, version), Request("DELETE", path, None, version))
        assert statuses(send(day.service, batch)) == [200, 412]
        assert day.done()[1]


def test_a_path_of_a_reference_is_one_of_the_service() -> None:
    with case() as day:
        batch = batch_of(new_user("eve"), titled("/Users/bulkId%3Ab0", "Dr"))
        created, patched = send(day.service, batch) or []
        assert (created.status, patched.status) == (201, 200)
        assert created.resource_id == patched.resource_id
        assert [entry.get("title") for entry in day.running.stored() if entry["id"] == created.resource_id] == ["Dr"]


@pytest.mark.parametrize(("quirks", "profile"), [(["bulk_413=2"], "full"), ([], "cursor")])
def test_batches_become_as_small_as_they_have_to(quirks: list[str], profile: str) -> None:
    """Whether or not the service says beforehand how much it takes."""
    with case(*quirks, profile=profile) as day:
        waiting = [new_user(f"user{n}") for n in range(23)]
        rounds = 0
        while waiting:
            rounds += 1
            assert rounds < 30
            known = day.service.known
            batch = Batch(known.number("bulk_max_operations"), known.number("bulk_max_payload_size"))
            while len(batch) < len(waiting) and batch.takes(waiting[len(batch) : len(batch) + 1]):
                batch.add(waiting[len(batch) : len(batch) + 1], f"b{len(batch)}")
            try:
                assert statuses(send(day.service, batch)) == [201] * len(batch)
            except TooMuch:
                continue
            del waiting[: len(batch)]
        assert len(day.running.stored()) == 25
        refused = [entry for entry in day.running.requests()["requests"] if entry["status"] == 413]
        assert bool(refused) is bool(quirks)


def test_a_lost_answer_leaves_everything_open() -> None:
    with case() as day:
        day.running.set_faults(["drop_after_write=1"])
        assert statuses(send(day.service, day.batch())) == [0] * 6
        assert day.done() == [True, True, True, False, False, True]
        assert day.service.known.flag("bulk")


def test_a_service_that_says_that_it_has_none_has_none() -> None:
    with case(profile="minimal") as day:
        assert not day.service.known.flag("bulk")
        assert send(day.service, day.batch()) is None


@pytest.mark.skipif(not available(), reason="Node.js and npm were not found")
def test_a_service_of_somebody_else() -> None:
    """scimmy, whose locations are relative to its host."""
    with scimmy() as server:
        service = service_at(server.url, server.token)
        assert service.known.flag("bulk")
        first = send(service, batch_of(new_user("ada@example.org"), new_user("bob@example.org"))) or []
        assert statuses(first) == [201, 201]
        ada, bob = (outcome.resource_id for outcome in first)
        batch = batch_of(
            titled(f"/Users/{ada}", "Dr"),
            Request("DELETE", f"/Users/{bob}"),
            new_user("eve@example.org"),
            new_user("ada@example.org"),
            new_group("staff", "bulkId:b2"),
            titled("/Users/nobody", "Dr"),
        )
        found = send(service, batch) or []
        assert [status if status < 300 else "no" for status in statuses(found)] == [200, 204, 201, "no", 201, "no"]
        assert [outcome.resource_id for outcome in found[:2]] == [ada, bob]
        group = service.transport.request("GET", f"/Groups/{found[4].resource_id}").body
        assert [member["value"] for member in group["members"]] == [found[2].resource_id]
        for path in (f"/Users/{ada}", f"/Users/{found[2].resource_id}", f"/Groups/{found[4].resource_id}"):
            service.transport.request("DELETE", path)
        service.close()
