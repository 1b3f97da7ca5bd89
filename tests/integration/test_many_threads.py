# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many threads over one transport, against a service that throttles, drops answers and lets tokens expire."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.auth import (
    BearerToken,
    ClientCredentials,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import Connection
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock, Gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.transport import Transport
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import OutcomeUnknown

import sandbox
from tests.in_process import time_flies

THREADS = 16
PEOPLE = 96


def transport_to(service: sandbox.Running, **connection) -> Transport:
    settings = Connection(service.url, **{"credentials": BearerToken(service.token), "concurrency": THREADS, **connection})
    return Transport(settings, Gate(Clock(), 10_000), Redactor([service.token]))


def create(transport: Transport, number: int) -> str:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"u{number}"}
    try:
        return str(transport.request("POST", "/Users", body=body).body["id"])
    except OutcomeUnknown:
        return "unknown"


def created(transport: Transport) -> list[str]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda number: create(transport, number), range(PEOPLE), timeout=60))


def names(service: sandbox.Running) -> list[str]:
    return sorted(stored["userName"] for stored in service.stored())


EVERYBODY = sorted(f"u{number}" for number in range(PEOPLE))


@pytest.mark.parametrize("faults", [[], ["429=3:1"], ["503=5:2"], ["429=2:1", "503=7:1"]])
def test_each_is_created_once_however_often_they_are_told_to_wait(faults):
    with sandbox.running(faults=faults) as service, time_flies() as slept:
        transport = transport_to(service)
        ids = created(transport)
        transport.close()
        assert len(set(ids)) == PEOPLE
        assert names(service) == EVERYBODY
        assert transport.counts == Counter(service.requests()["counts"])
        assert bool(slept) is bool(faults)
        assert (transport.counts["POST"] > PEOPLE) is bool(faults)


def test_a_dropped_answer_is_told_to_the_one_thread_that_waited_for_it():
    with sandbox.running(faults=["drop_after_write=10"]) as service:
        transport = transport_to(service)
        ids = created(transport)
        transport.close()
        assert ids.count("unknown") == PEOPLE // 10
        assert names(service) == EVERYBODY
        assert transport.counts == Counter(POST=PEOPLE) == Counter(service.requests()["counts"])


def test_a_pace_is_kept_by_all_threads_together():
    with sandbox.running() as service:
        transport = transport_to(service)
        transport.gate.per_second = 200
        begin = time.monotonic()
        created(transport)
        took = time.monotonic() - begin
        transport.close()
    assert took >= (PEOPLE - 1) / 200


def test_a_token_that_expired_is_fetched_once_for_all():
    issued = []
    lock = threading.Lock()
    with sandbox.running() as service:

        def fetch() -> str:
            with lock:
                issued.append(1)
            return "expired-token" if len(issued) == 1 else service.token

        transport = transport_to(service, credentials=ClientCredentials(fetch, Redactor(())))
        ids = created(transport)
        transport.close()
        assert len(set(ids)) == PEOPLE
        assert names(service) == EVERYBODY
    assert len(issued) == 2
