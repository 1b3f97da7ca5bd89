# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How fast a directory task may be, and when it stops."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock

import sandbox
from sandbox.exchange import Answer, Handler, Request
from tests.in_process import Result, counts, run, time_flies
from tests.integration.directories import NO_BRAKES, listed, names, person, stored
from tests.integration.test_directory import directory

# -- concurrency and rate -----------------------------------------------------------------------------------------------


class AtOnce:
    """Counts the writes that are under way. The first few wait for each other: they have to be under way together."""

    def __init__(self, together: int) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        self._barrier = threading.Barrier(together)
        self._left = together

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if not request.is_write:
            return ask(request)
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            waits, self._left = self._left > 0, self._left - 1
        if waits:
            self._barrier.wait(timeout=20)  # broken, all get an error, if fewer come
        try:
            return ask(request)
        finally:
            with self._lock:
                self._now -= 1


@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_so_many_writes_are_under_way_at_the_same_time_and_no_more(concurrency: int) -> None:
    with directory() as here:
        seen = AtOnce(concurrency)
        here.service.set_faults([], own=[seen])
        result = here.ensure(listed(*names(20)), concurrency=concurrency, bulk="never")
        assert not result.failed, result["msg"]
        assert seen.most == concurrency
        assert result["counts"] == counts(create=20)


@pytest.mark.parametrize("bulk", ["never", "auto"])
@pytest.mark.parametrize("concurrency", [1, 6])
@pytest.mark.parametrize("rate", [2, 10])
def test_no_more_requests_a_second_than_the_rate(rate: int, concurrency: int, bulk: str) -> None:
    with sandbox.running() as service, time_flies() as slept:
        task: dict[str, Any] = {"url": service.url, "token": service.token, "unkept_file": "", "users": listed(*names(12)), "bulk": bulk}
        began = Clock().now()
        assert run("scim_directory", {**task, "rate": rate, "concurrency": concurrency}).changed
        sent = sum(service.requests()["counts"].values())
        assert sent > 3
        assert Clock().now() - began >= (sent - 1) / rate  # of which nearly all was slept
        assert sum(slept) > 0
        slept.clear()
        assert not run("scim_directory", task).failed
        assert sum(slept) == 0  # without a rate, nobody waits


@pytest.mark.parametrize("option", [{"rate": 0}, {"rate": -1}, {"concurrency": 0}, {"max_reported": 0}], ids=str)
def test_a_pace_that_cannot_be_is_refused(option: dict[str, int]) -> None:
    with directory() as here:
        result = here.ensure(listed("ada"), **option)
        assert (result.failed, here.writes) == (True, 0)
        assert next(iter(option)) in result["msg"]


# -- when it stops ----------------------------------------------------------------------------------------------------------


def check_the_record(result: Result, here_names: set[str], people: list[str]) -> None:
    """Everybody is accounted for once, and whoever is called done is there."""
    told = [*(one["key"] for part in ("failures", "not_attempted", "resources") for one in result[part])]
    assert sorted(told) == sorted(people)
    assert {one["key"] for one in result["resources"] if one["verb"] == "create"} <= here_names
    assert not {one["key"] for one in result["not_attempted"]} & here_names


def refuse_the_first_ten(request: Request, ask: Handler) -> Answer:
    refused = request.is_write and str((request.json() or {}).get("userName", "")) in names(10)
    return Answer(400, {"detail": "no", "status": "400"}) if refused else ask(request)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_after_so_many_failures_nothing_more_is_begun(concurrency: int) -> None:
    people = names(30)
    with directory() as here:
        here.service.seed(person("leaver"))
        here.service.set_faults([], own=[refuse_the_first_ten])
        task: dict[str, Any] = {"concurrency": concurrency, "bulk": "never", "brakes": NO_BRAKES, "max_failures": 3}
        users = [*listed(*people), {"user_name": "leaver", "state": "absent"}]
        result = here.ensure([*listed("first"), *users], **task)
        assert (result.failed, result.changed) == (True, True)
        there = set(stored(here.service))
        check_the_record(result, there - {"leaver"}, ["first", *people, "leaver"])
        assert there >= {"first", "leaver"}  # removals are not begun either
        assert all("max_failures" in one["msg"] for one in result["not_attempted"])
        assert "were not attempted" in result["msg"]
        assert 3 <= result["counts"]["failed"] < 3 + concurrency
        assert result["counts"]["not_attempted"] >= 32 - 3 - 3 * concurrency
        here.service.set_faults([])
        assert not here.ensure([*listed("first"), *users], **task).failed
        assert set(stored(here.service)) == {"first", *people}


def test_what_bulk_did_is_told_although_too_many_failed_in_it() -> None:
    people = names(20)
    with directory("readonly_username") as here:
        here.service.seed(*(person(name, externalId=f"hr-{name}") for name in people))
        users = [{"external_id": f"hr-{name}", "user_name": f"{name}.king" if name < "p05" else name, "title": "x"} for name in people]
        result = here.ensure(users, bulk="always", max_failures=3, brakes=NO_BRAKES, concurrency=1)
        assert result.failed
        done = {name for name, one in stored(here.service).items() if one.get("title") == "x"}
        assert done >= set(people[5:])  # they were in the same request
        assert {one["key"] for one in result["resources"] if one["verb"] == "update"} == done
        assert not {one["key"] for one in result["not_attempted"]} & done
        assert len(result["failures"]) + len(result["not_attempted"]) == 20 - len(done)


def test_zero_never_stops() -> None:
    people = names(70)
    with directory("409_on_inactive") as here:
        here.service.seed(*(person(name, active=False) for name in people[:60]))
        result = here.ensure(listed(*people), max_failures=0)
        assert result["counts"] == counts(failed=60, create=10)
        assert here.ensure(listed(*people))["counts"]["failed"] >= 50  # which is the default


def test_so_many_in_doubt_keep_everything_from_being_written() -> None:
    people = [{"user_name": name, "external_id": f"hr-{name}"} for name in names(6)]
    with directory() as here:
        here.service.seed(*(person(one["user_name"], externalId="another") for one in people[:3]))
        for check in (True, False):
            refused = here.ensure(people, max_failures=3, check=check)
            assert (refused.failed, here.writes) == (True, 0)
            assert "max_failures is 3" in refused["msg"]
            assert "'p00'" in refused["msg"]
        assert here.ensure(people, max_failures=4)["counts"] == counts(failed=3, create=3)


def refusing(status: int, seconds: int, *, after: int) -> Any:
    """Every write after the first few is told to come again much later."""
    writes = []

    def layer(request: Request, ask: Handler) -> Answer:
        if request.is_write:
            writes.append(request)
            if len(writes) > after:
                return Answer(status, {"detail": "later"}, {"Retry-After": str(seconds)})
        return ask(request)

    return layer


@pytest.mark.parametrize("bulk", ["never", "always"])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_when_the_time_is_used_up_the_record_is_true_and_the_next_run_finishes(concurrency: int, bulk: str) -> None:
    people = names(23)
    with directory(profile="cursor") as here:  # its Bulk requests take five
        here.service.set_faults([], own=[refusing(429, 1000, after=3)])
        task: dict[str, Any] = {"concurrency": concurrency, "bulk": bulk}
        result = here.ensure(listed(*people), time_budget=300, **task)
        assert (result.failed, result.changed) == (True, True)
        there = set(stored(here.service))
        assert 0 < len(there) < 23
        check_the_record(result, there, people)
        assert result["counts"]["not_attempted"] > 0
        assert "time_budget" in result["msg"]
        here.service.set_faults([])
        assert not here.ensure(listed(*people), **task).failed
        assert len(here.service.stored()) == 23


def forbidding(status: int) -> Any:
    def layer(request: Request, ask: Handler) -> Answer:
        return Answer(status, {"detail": "no Bulk for you", "status": str(status)}) if request.path.endswith("/Bulk") else ask(request)

    return layer


def test_who_may_not_use_bulk_writes_one_by_one() -> None:
    with directory() as here:
        here.service.set_faults([], own=[forbidding(403)])
        result = here.ensure(listed(*names(5)), bulk="auto")
        assert not result.failed, result["msg"]
        assert result["counts"] == counts(create=5)


def test_who_is_not_signed_in_stops_at_once() -> None:
    with directory() as here:
        here.service.set_faults([], own=[forbidding(401)])
        result = here.ensure(listed(*names(5)), bulk="auto")
        assert (result.failed, result.changed) == (True, False)
        assert result["counts"] == counts(not_attempted=5)
        assert "401" in result["msg"]
        assert here.writes == 1


def test_many_unknown_names_are_not_asked_for_in_every_way() -> None:
    """Under check mode, an earlier task may be about to create them."""
    groups = [{"display_name": f"g{number}", "members": {"add": [f"ghost{number}-{n}" for n in range(50)]}} for number in range(3)]
    with directory() as here:
        here.service.seed(*map(person, names(20)))
        result = here.ensure(groups=groups, check=True)
        assert result["counts"] == counts(create=3)
        # One by one only by id: a list does not have to show who is inactive.
        assert here.service.requests()["counts"]["GET"] <= 150 + 20
