# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a Bulk request, and what is learned from it."""

from __future__ import annotations

import json

import pytest
import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.bulk import TooMuch, send
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.scim import ScimService
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.bulk import UNKNOWN, Batch
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    ServerError,
    Unreachable,
    WriteRefusedLocally,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import Capabilities
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.writes import Request
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    Service,
    reply,
    transport_to,
)

SECRET = "s3cret-token"
HTML = {"Content-Type": "text/html"}


def service_of(*answers, read_only=False, **capabilities):
    """A service that was asked already what it can do."""
    scripted = Service(reply(404), *answers)
    transport = transport_to(scripted, secrets=[SECRET], read_only=read_only)
    service = ScimService(transport, Capabilities("auto", {"bulk": True, **capabilities}))
    service.discover()
    scripted.asked.clear()
    return service, scripted


def batch_of(number):
    batch = Batch(1000, 10**6)
    for n in range(number):
        batch.add([Request("DELETE", f"/Users/{n}")], "")
    return batch


def deleted(*numbers, **more):
    return reply(200, {"Operations": [{"method": "DELETE", "status": "204", "location": f"/Users/{n}", **more} for n in numbers]})


def statuses(found):
    return [outcome.status for outcome in found]


def test_a_batch_is_one_request():
    service, scripted = service_of(deleted(0, 1))
    batch = batch_of(2)
    assert statuses(send(service, batch)) == [204, 204]
    assert service.sent == [{"method": "POST", "path": "/Bulk"}]
    (asked,) = scripted.asked
    assert (asked.method, asked.url.rsplit("/", 1)[-1]) == ("POST", "Bulk")
    assert json.loads(asked.body) == batch.body()
    assert len(asked.body) == batch.size
    assert service.known.flag("bulk")


def test_nothing_to_send_is_not_sent():
    service, scripted = service_of(reply(500))
    assert send(service, batch_of(0)) == []
    assert scripted.asked == []


def test_after_a_lost_answer_there_are_half_as_many_in_a_batch():
    for count, then in ((8, 4), (1, 1)):
        service, _scripted = service_of(reply(504))
        assert send(service, batch_of(count)) == [UNKNOWN] * count
        assert service.known.number("bulk_max_operations") == then


def test_a_lost_answer_leaves_everything_open_and_says_nothing_about_bulk():
    for lost in (requests.exceptions.ReadTimeout(), reply(504), reply(502, content=b"<html>", headers=HTML)):
        service, scripted = service_of(lost)
        assert send(service, batch_of(2)) == [UNKNOWN, UNKNOWN]
        assert len(scripted.asked) == 1
        assert service.known.flag("bulk")


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, content=b"<html>welcome</html>", headers=HTML),
        reply(204, content=b""),
        reply(202),
        reply(200, {"Resources": [], "totalResults": 0}),
        reply(200, {"Operations": []}),
    ],
)
def test_a_service_that_does_not_tell_what_it_did_gets_no_other(answer):
    service, _scripted = service_of(answer)
    assert send(service, batch_of(2)) == [UNKNOWN, UNKNOWN]
    assert service.known.source("bulk") == "observed while working"
    assert not service.known.flag("bulk")


def test_who_tells_of_some_gets_another():
    service, _scripted = service_of(deleted(1))
    assert statuses(send(service, batch_of(2))) == [0, 204]
    assert service.known.flag("bulk")


@pytest.mark.parametrize("status", [400, 404, 405, 409, 415, 501])
def test_a_service_without_bulk_did_nothing(status):
    service, _scripted = service_of(reply(status, {"detail": "no"}))
    assert send(service, batch_of(2)) is None
    assert not service.known.flag("bulk")


def test_a_redirect_is_not_followed_and_nothing_was_done():
    service, scripted = service_of(reply(302, headers={"Location": "/login"}))
    assert send(service, batch_of(2)) is None
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("status", [500, 507])
def test_a_service_that_breaks_down_may_have_done_a_part(status):
    service, _scripted = service_of(reply(status))
    assert send(service, batch_of(2)) == [UNKNOWN, UNKNOWN]
    assert not service.known.flag("bulk")


def test_who_is_not_signed_in_is_told_so():
    service, _scripted = service_of(reply(401))
    with pytest.raises(ServerError, match="POST /Bulk was answered with status 401"):
        send(service, batch_of(2))
    assert service.known.flag("bulk")


def test_who_may_not_use_bulk_may_write_all_the_same():
    service, _scripted = service_of(reply(403))
    assert send(service, batch_of(2)) is None
    assert not service.known.flag("bulk")


def test_what_was_never_sent_is_an_error():
    service, _scripted = service_of(requests.exceptions.ConnectTimeout())
    with pytest.raises(Unreachable):
        send(service, batch_of(2))


def test_a_read_only_connection_sends_nothing():
    service, scripted = service_of(reply(200), read_only=True)
    with pytest.raises(WriteRefusedLocally):
        send(service, batch_of(1))
    assert scripted.asked == []


def test_a_throttled_batch_is_sent_again():
    service, scripted = service_of(reply(429, headers={"Retry-After": "1"}), deleted(0))
    assert statuses(send(service, batch_of(1))) == [204]
    assert len(scripted.asked) == 2


@pytest.mark.parametrize("refusal", [reply(413), reply(413, content=b"<html>", headers=HTML), reply(400, {"scimType": "TooMany"})])
def test_too_much_is_halved(refusal):
    service, _scripted = service_of(refusal)
    batch = batch_of(7)
    with pytest.raises(TooMuch, match="7 operations in .* bytes are too much"):
        send(service, batch)
    assert service.known.number("bulk_max_operations") == 3
    assert service.known.number("bulk_max_payload_size") == batch.size // 2
    with pytest.raises(TooMuch):
        send(service, batch)  # another thread had filled it before
    assert service.known.number("bulk_max_operations") == 3
    assert service.known.flag("bulk")


def test_halving_comes_to_an_end():
    service, scripted = service_of(reply(413))
    turns = 0
    while service.known.flag("bulk") and turns < 50:
        turns += 1
        batch = Batch(service.known.number("bulk_max_operations"), service.known.number("bulk_max_payload_size"))
        while len(batch) < 1000 and batch.takes([Request("DELETE", "/Users/1")]):
            batch.add([Request("DELETE", "/Users/1")], "")
        if not len(batch):
            break
        try:
            assert send(service, batch) is None
        except TooMuch:
            continue
    assert turns < 20
    assert len(scripted.asked) <= turns


def test_one_operation_that_is_too_much_is_for_a_single_request():
    service, _scripted = service_of(reply(413))
    batch = batch_of(1)
    assert send(service, batch) is None
    assert service.known.flag("bulk")
    assert service.known.number("bulk_max_operations") == 1000
    assert service.known.number("bulk_max_payload_size") == batch.size - 1
    service.known.observe("bulk_max_operations", 1)
    assert send(service, batch) is None
    assert not service.known.flag("bulk")


def test_the_words_of_a_refusal_are_cleaned_and_shortened():
    long = {"detail": f"no {SECRET} Bearer abcdef {'x' * 1000}", "scimType": "mutability", "status": "400"}
    (found,) = send(service_of(deleted(0, status="400", response=long))[0], batch_of(1))
    assert found.detail.startswith("no (hidden) Bearer (hidden) xxx")
    assert len(found.detail) == 300
    assert found.scim_type == "mutability"
    (found,) = send(service_of(deleted(0, status="400", response={"message": f"other words {SECRET}"}))[0], batch_of(1))
    assert found.detail == "other words (hidden)"
    (found,) = send(service_of(deleted(0, status="400", response=f"bare\nwords {SECRET}"))[0], batch_of(1))
    assert found.detail == "bare words (hidden)"
