# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One transport in the hands of many threads."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.client import redaction
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.auth import ClientCredentials
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import Connection
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.transport import Transport
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    OutcomeUnknown,
    OutOfTime,
    ServerError,
    Unreachable,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    FakeClock,
    Service,
    reply,
    serving,
    transport_to,
)

THREADS = 16
DEADLINE = 60  # seconds, on a busy machine
OK = reply(200, {"id": "1"})


@pytest.fixture(autouse=True)
def threads_take_turns_often():
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    yield
    sys.setswitchinterval(usual)


def at_once(work, times, threads=THREADS):
    """What work(0), work(1) ... return, done by so many threads."""
    with ThreadPoolExecutor(threads) as pool:
        return [done.result(DEADLINE) for done in [pool.submit(work, number) for number in range(times)]]


# -- connections -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concurrency", [1, 4, THREADS])
def test_the_connections_are_kept_and_never_more_than_allowed(concurrency, caplog):
    caplog.set_level(logging.DEBUG, "urllib3")
    together = threading.Barrier(concurrency)

    def answer(*_request):
        together.wait(DEADLINE)  # as many at a time as there may be
        return 201, {"Content-Type": "application/scim+json"}, b'{"id": "1"}'

    with serving(answer) as (url, asked):
        transport = Transport(Connection(url, concurrency=concurrency), Gate(FakeClock(), 300), Redactor(()))
        at_once(lambda number: transport.request("POST", "/Users", body={"number": number}), 4 * THREADS)
        transport.close()
    assert len(asked) == 4 * THREADS
    said = [record.getMessage() for record in caplog.records]
    assert sum("Starting new HTTP connection" in line for line in said) == concurrency
    assert not any("pool is full" in line for line in said)


def test_every_thread_gets_its_own_answer():
    def answer(_method, _path, _headers, body):
        return 201, {"Content-Type": "application/scim+json"}, b'{"id": "1", "said": %s}' % body

    with serving(answer) as (url, _asked):
        transport = Transport(Connection(url, concurrency=8), Gate(FakeClock(), 300), Redactor(()))
        answers = at_once(lambda number: transport.request("POST", "/Users", body=number).body["said"], 200)
        transport.close()
    assert answers == list(range(200))


# -- the gate --------------------------------------------------------------------------------------------------------


class WatchedGate(Gate):
    """Tells when it has been held for the first time."""

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.held = threading.Event()

    def hold(self, seconds, why):
        super().hold(seconds, why)
        self.held.set()


def test_in_a_storm_of_429_nobody_sends_while_one_of_them_has_to_wait():
    """All threads have a request under way; one of these is refused, and the others come back for their next."""
    clock, lock = FakeClock(), threading.Lock()
    gate = WatchedGate(clock, 10_000)
    together = threading.Barrier(THREADS)
    came = []

    def answer(_request):
        with lock:
            came.append(clock.now())
            number = len(came)
        if number > THREADS:
            return OK
        together.wait(DEADLINE)
        if number == 1:
            return reply(429, headers={"Retry-After": "30"})
        assert gate.held.wait(DEADLINE)
        return OK

    service = Service(answer)
    transport = transport_to(service, clock=clock)
    transport.gate = gate
    at_once(lambda number: transport.request("POST", "/Users", body={}), 4 * THREADS)
    assert len(came) == 4 * THREADS + 1
    assert came[:THREADS] == [1000] * THREADS
    assert min(came[THREADS:]) >= 1030


def test_when_all_are_refused_again_and_again_each_wait_is_kept():
    clock, lock = FakeClock(), threading.Lock()
    together = threading.Barrier(THREADS)
    came = []

    def answer(_request):
        with lock:
            came.append(clock.now())
            number = len(came)
        together.wait(DEADLINE)
        return reply(429, headers={"Retry-After": "10"}) if number <= 3 * THREADS else OK

    transport = transport_to(Service(answer), clock=clock, budget=10_000)
    at_once(lambda number: transport.request("POST", "/Users", body={}), THREADS)
    rounds = [came[start : start + THREADS] for start in range(0, 4 * THREADS, THREADS)]
    assert len(came) == 4 * THREADS
    assert all(min(later) >= min(earlier) + 10 for earlier, later in zip(rounds, rounds[1:]))
    assert transport.counts == Counter(POST=4 * THREADS)


def test_who_is_always_refused_is_patient_as_long_as_others_get_through():
    refusals = []

    def answer(request):
        if request.url.endswith("/lucky"):
            return OK
        refusals.append(1)
        if len(refusals) > 40:
            return OK
        transport.request("GET", "/Users/lucky")
        return reply(429, headers={"Retry-After": "1"})

    clock = FakeClock()
    transport = transport_to(Service(answer), clock=clock, budget=10_000)
    assert transport.request("POST", "/Users", body={}).body == {"id": "1"}
    assert clock.slept == [1] * 40


def test_many_threads_finish_against_a_service_that_takes_few_requests_a_second():
    clock, lock = FakeClock(), threading.Lock()
    served = Counter()

    def answer(_request):
        with lock:
            second = int(clock.now())
            served[second] += 1
            return OK if served[second] <= 2 else reply(429, headers={"Retry-After": "1"})

    transport = transport_to(Service(answer), clock=clock, budget=100_000)
    at_once(lambda number: transport.request("POST", "/Users", body={}), 20 * THREADS)
    assert sum(min(2, number) for number in served.values()) == 20 * THREADS
    assert sum(served.values()) > 20 * THREADS


def test_all_threads_together_keep_the_pace_and_use_it():
    clock = FakeClock()
    gate = Gate(clock, 10_000, per_second=8)
    at_once(lambda number: gate.wait(), 161)
    assert clock.now() == pytest.approx(1020)
    # One of them waits for each place: nobody is woken to find it taken.
    assert clock.slept == pytest.approx([1 / 8] * 160)


def test_the_pace_may_be_set_while_they_work():
    clock = FakeClock()
    gate = Gate(clock, 10_000)
    at_once(lambda number: gate.wait(), 50)
    assert clock.now() == 1000
    gate.per_second = 4
    at_once(lambda number: gate.wait(), 41)
    assert clock.now() == pytest.approx(1010)
    gate.per_second = 0
    at_once(lambda number: gate.wait(), 50)
    assert clock.now() <= 1010.25 + 1e-6


def test_the_end_of_the_budget_reaches_everybody_who_waits():
    clock = FakeClock()
    gate = Gate(clock, 100, per_second=0.1)
    passed = []

    def come(_number):
        try:
            gate.wait()
            passed.append(clock.now())
        except OutOfTime:
            return "out of time"
        return "passed"

    results = Counter(at_once(come, THREADS))
    assert results == Counter({"passed": 10, "out of time": THREADS - 10})
    with pytest.raises(OutOfTime):
        gate.remaining()


# -- what was sent -------------------------------------------------------------------------------------------------------


def test_requests_are_counted_by_method_and_none_is_forgotten():
    transport = transport_to(Service(OK))
    at_once(lambda number: transport.request(("GET", "POST", "PATCH")[number % 3], "/Users", body={}), 1500)
    assert transport.counts == Counter(GET=500, POST=500, PATCH=500)


def test_a_request_that_may_have_arrived_counts_and_one_that_never_left_does_not():
    lost, refused = requests.exceptions.ReadTimeout("read"), requests.exceptions.ConnectTimeout("no")
    for answers, raised, counts in (
        ([reply(429), lost, OK], (), Counter(GET=3)),
        ([refused, refused, OK], (), Counter(GET=1)),
        ([refused], Unreachable, Counter()),
        ([reply(403)], ServerError, Counter(GET=1)),
        ([requests.exceptions.SSLError("no")], Unreachable, Counter()),
    ):
        transport = transport_to(Service(*answers))
        with contextlib.suppress(raised):
            transport.request("GET", "/Users")
        assert transport.counts == counts
    transport = transport_to(Service(lost))
    with pytest.raises(OutcomeUnknown):
        transport.request("POST", "/Users", body={})
    assert transport.counts == Counter(POST=1)


def test_what_is_asked_anonymously_is_counted_with_the_rest():
    with serving(lambda *request: (200, {}, b"{}")) as (url, asked):
        transport = Transport(Connection(url), Gate(FakeClock(), 300), Redactor(()))
        transport.request("GET", "/Users")
        stranger = transport.anonymous()
        stranger.request("GET", "/Users")
        stranger.close()
        transport.close()
    assert len(asked) == 2
    assert transport.counts == Counter(GET=2)


# -- credentials and secrets -----------------------------------------------------------------------------------------------


def signed(credentials):
    request = requests.PreparedRequest()
    request.headers = requests.structures.CaseInsensitiveDict()
    return credentials(request).headers["Authorization"]


def test_threads_that_begin_together_fetch_one_token():
    issued = []
    together = threading.Barrier(THREADS)
    credentials = ClientCredentials(lambda: issued.append(1) or f"token-{len(issued)}", Redactor(()))

    def sign(_number):
        together.wait(DEADLINE)
        return signed(credentials)

    assert set(at_once(sign, THREADS)) == {"Bearer token-1"}
    assert issued == [1]


def test_a_late_success_of_the_old_token_proves_nothing_about_the_new_one():
    issued = []
    credentials = ClientCredentials(lambda: issued.append(1) or f"token-{len(issued)}", Redactor(()))
    old = signed(credentials)
    assert credentials.renew(old)
    new = signed(credentials)
    credentials.accepted(old)
    assert not credentials.renew(new)
    credentials.accepted(new)
    assert credentials.renew(new)


def test_a_secret_that_is_added_while_another_thread_is_compiling_is_hidden(monkeypatch):
    redactor = Redactor(["first-secret"])
    spellings = redaction._spellings

    def slowly(character):
        redactor.add("late-secret")
        return spellings(character)

    monkeypatch.setattr(redaction, "_spellings", slowly)
    redactor.clean("first-secret")
    assert redactor.clean("first-secret late-secret") == "(hidden) (hidden)"


def test_no_secret_that_threads_add_is_lost():
    redactor = Redactor()

    def add(number):
        redactor.add(f"secret<{number}>")
        return redactor.clean(f"it is secret<{number}>")

    assert set(at_once(add, 300)) == {"it is (hidden)"}
    assert redactor.clean(" ".join(f"secret<{number}>" for number in range(300))).split() == ["(hidden)"] * 300
