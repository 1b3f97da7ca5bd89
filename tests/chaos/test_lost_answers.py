# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are lost, refused or cut: one run ends where an undisturbed one does, and makes nobody twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

import sandbox
from sandbox.exchange import Answer, Ending, Handler, Layer, Request
from tests.chaos.courses import COURSES, ensure, undisturbed
from tests.chaos.small_company import doubles, portrait, seed

LOST = Answer(0, ending=Ending.DROPPED)
BAD_GATEWAY = Answer(502, "<html><body>502 Bad Gateway</body></html>")


class Once:
    """A layer that does something to one write. number: which one, from 1."""

    def __init__(self, number: int, fate: Layer) -> None:
        self.came = False
        self._number = number
        self._fate = fate
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self, request: Request, ask: Handler) -> Answer:
        with self._lock:
            self._count += request.is_write
            due = request.is_write and self._count == self._number
        if not due:
            return ask(request)
        self.came = True
        return self._fate(request, ask)


def dropped_after(request: Request, ask: Handler) -> Answer:
    return replace(ask(request), ending=Ending.DROPPED)


def bad_gateway_after(request: Request, ask: Handler) -> Answer:
    ask(request)
    return BAD_GATEWAY


def reset_before(request: Request, ask: Handler) -> Answer:
    return Answer(0, ending=Ending.RESET)


def bad_gateway_before(request: Request, ask: Handler) -> Answer:
    return BAD_GATEWAY


def truncated_after(request: Request, ask: Handler) -> Answer:
    """The answer itself is cut; 204 has nothing that could be."""
    answer = ask(request)
    return replace(answer, ending=Ending.TRUNCATED if answer.body else Ending.DROPPED)


def all_of_them(fate: Layer) -> Layer:
    """Every write, also those that are sent again."""
    return lambda request, ask: fate(request, ask) if request.is_write else ask(request)


class CutWhileVerifying:
    """Of the lists that are read after the first write, every other one ends in the middle."""

    def __init__(self) -> None:
        self.cut = 0
        self._written = False
        self._lists = 0
        self._lock = threading.Lock()

    def __call__(self, request: Request, ask: Handler) -> Answer:
        answer = ask(request)
        with self._lock:
            self._written = self._written or request.is_write
            if not self._written or request.is_write or not (isinstance(answer.body, dict) and "Resources" in answer.body):
                return answer
            self._lists += 1
            if self._lists % 2 == 0:
                return answer
            self.cut += 1
            return replace(answer, ending=Ending.TRUNCATED)


def check(course: str, *, own: Sequence[Layer] = (), faults: Sequence[str] = ()) -> dict[str, Any]:
    """One run with these layers and faults, then one without. Returns the journal of the first."""
    options, profile, _width = COURSES[course]
    finished, _writes = undisturbed(course)
    with sandbox.running(profile=profile) as service:
        seed(service)
        service.set_faults(faults, own=own)
        result = ensure(service, options)
        journal = service.requests()
        assert not result.failed, result["msg"]
        assert portrait(service) == finished
        assert doubles(service) == []
        assert result.changed
        service.set_faults([])
        service.reset_requests()
        again = ensure(service, options)
        assert (again.changed, service.requests()["writes"]) == (False, 0)
        return journal


@pytest.mark.parametrize("fate", [dropped_after, bad_gateway_after, truncated_after, reset_before, bad_gateway_before])
@pytest.mark.parametrize("course", [course for course in COURSES if course != "one by one"])
def test_the_answer_to_any_one_write_may_be_lost(course: str, fate: Layer) -> None:
    for number in range(1, undisturbed(course)[1] + 1):
        once = Once(number, fate)
        check(course, own=[once])
        assert once.came, number


@pytest.mark.parametrize("fate", [dropped_after, bad_gateway_after, truncated_after])
@pytest.mark.parametrize("course", COURSES)
def test_the_answers_to_all_writes_may_be_lost(course: str, fate: Layer) -> None:
    journal = check(course, own=[all_of_them(fate)])
    if COURSES[course][0]["bulk"] == "never":  # what is lost in bulk is sent alone
        assert sum(entry["applied"] for entry in journal["requests"]) == undisturbed(course)[1], "something was done twice"


@pytest.mark.parametrize("fault", ["429=2:30", "503=2", "503=3:7", "reset_before_write=2", "502_before=2", "truncated_page=2"])
@pytest.mark.parametrize("course", COURSES)
def test_storms_pass(course: str, fault: str) -> None:
    journal = check(course, faults=[fault])
    if not fault.startswith("truncated"):
        assert [entry for entry in journal["requests"] if entry["status"] in (None, 429, 502, 503)]


@pytest.mark.parametrize("course", COURSES)
def test_all_kinds_of_faults_at_once(course: str) -> None:
    check(course, faults=["429=7:1", "503=11:1", "reset_before_write=4", "502_before=5", "drop_after_write=3", "502_after=7", "truncated_page=3"])


@pytest.mark.parametrize("course", COURSES)
def test_lists_may_be_cut_while_it_is_verified(course: str) -> None:
    cut = CutWhileVerifying()
    check(course, own=[cut])
    assert cut.cut
