# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloudflare's SCIM log while it grows, shrinks and has twins in it: every entry once, and no request too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.cloudflare_options import (
    ACCESS,
    connect_account,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import Unreachable
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.formats import (
    event_from_record,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.selection import Selection
from ansible_collections.identityops.lifecycle.plugins.module_utils.inquiry.logs import windows
from ansible_collections.identityops.lifecycle.plugins.module_utils.inquiry.logs.cloudflare import updates

from sandbox.exchange import Answer, Handler, Request
from sandbox.running import Running, running
from tests.integration.log_world import (
    PATH,
    START,
    asked,
    at,
    between_pages,
    emptied,
    entry,
    forget,
    write,
)

ENTRA = "cf000000-0000-4000-8000-000000000002"  # the sandbox numbers its ids


@pytest.fixture(scope="module")
def serving() -> Iterator[Running]:
    with running() as service:
        service.cloudflare.set_rate(100_000, per_second=0)
        assert service.cloudflare.seed_idp("Entra ID", scim_config={"enabled": True})["id"] == ENTRA
        yield service


@pytest.fixture
def service(serving: Running) -> Iterator[Running]:
    with emptied(serving) as service:
        yield service


@pytest.fixture(autouse=True)
def small_pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten, so that a test has many of them."""
    if "of_the_real_size" not in request.node.name:
        monkeypatch.setattr(windows, "PER_PAGE", 10)


def read(service: Running, **selection: Any) -> dict[str, Any]:
    options = {name: option.get("default") for name, option in ACCESS.items()} | service.cloudflare.options()
    account = connect_account(options.get, read_only=True)
    try:
        return updates(account, [ENTRA], Selection(**selection))
    finally:
        account.close()


def people(collected: dict[str, Any]) -> list[str]:
    return [event["user"].partition("@")[0] for event in collected["events"]]


def expected(*numbers: int) -> list[str]:
    return [f"p{number}" for number in numbers]


def test_ten_thousand_events_take_ten_requests_of_the_real_size(service: Running) -> None:
    write(service, *(entry(ENTRA, number, number) for number in range(10_000)))
    collected = read(service)
    requests = asked(service)
    assert people(collected) == expected(*range(10_000))
    assert len(requests) == 10
    assert {(request["query"]["per_page"], request["query"]["direction"]) for request in requests} == {("1000", "asc")}
    assert len({request["query"]["until"] for request in requests}) == 1
    assert all("limit" not in request["query"] for request in requests)
    assert len({event["record_id"] for event in collected["events"]}) == 10_000
    assert collected["cursor"] == collected["events"][-1]["timestamp"]
    assert (collected["unparsed"], collected["truncated"]) == (0, False)


@pytest.mark.parametrize(("entries", "requests"), [(0, 1), (1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (95, 10)])
def test_requests_are_the_least_that_it_takes(service: Running, entries: int, requests: int) -> None:
    write(service, *(entry(ENTRA, number, number) for number in range(entries)))
    assert people(read(service)) == expected(*range(entries))
    assert len(asked(service)) == requests


def test_what_is_logged_meanwhile_waits_for_the_next_time(service: Running) -> None:
    write(service, *(entry(ENTRA, number, number) for number in range(95)))
    soon = (datetime.now(timezone.utc) + timedelta(days=1)).isoformat()

    def more(number: int) -> None:
        write(service, entry(ENTRA, 0, 1000 + number, logged_at=soon))

    service.set_faults([], own=[between_pages(more)])
    assert people(read(service)) == expected(*range(95))
    assert len(asked(service)) == 10


@pytest.mark.parametrize("seconds", [0.5, 14.5, 30.0, 94.5])
@pytest.mark.parametrize("page", [1, 2, 5, 9])
def test_an_entry_that_comes_late_shifts_and_doubles_nothing(service: Running, seconds: float, page: int) -> None:
    write(service, *(entry(ENTRA, number, number) for number in range(95)))

    def late(number: int) -> None:
        if number == page:
            write(service, entry(ENTRA, seconds, 1000))

    service.set_faults([], own=[between_pages(late)])
    found = people(read(service))
    assert [name for name in found if name != "p1000"] == expected(*range(95))
    # What comes late before the place that is read is found next time, by whoever reads with an overlap.
    assert found.count("p1000") == (seconds > page * 10 - 1)
    assert len(asked(service)) <= 12


def test_a_late_entry_before_every_page(service: Running) -> None:
    write(service, *(entry(ENTRA, number, number) for number in range(95)))
    service.set_faults([], own=[between_pages(lambda number: write(service, entry(ENTRA, 94 + number / 100, 1000 + number)))])
    found = people(read(service))
    assert [name for name in found if name < "p1000" or len(name) < 5] == expected(*range(95))
    assert max(Counter(found).values()) == 1


@pytest.mark.parametrize("limit", [None, 35])
@pytest.mark.parametrize("gone", [5, 25, 60])
def test_old_entries_that_go_take_no_younger_ones_with_them(service: Running, gone: int, limit: int | None) -> None:
    write(service, *(entry(ENTRA, number, number) for number in range(95)))
    service.set_faults([], own=[between_pages(lambda number: forget(service, at(gone)) if number == 2 else None)])
    found = people(read(service, limit=limit))
    still_there = range(max(gone, 95 - (limit or 95)), 95)
    assert set(expected(*still_there)) <= set(found)
    assert max(Counter(found).values()) == 1


def test_many_entries_of_one_instant(service: Running) -> None:
    write(service, *(entry(ENTRA, 5, number) for number in range(35)), entry(ENTRA, 6, 99))
    assert sorted(people(read(service))) == sorted([*expected(*range(35)), "p99"])


@pytest.mark.parametrize("limit", [None, 50])
def test_twins_are_two_and_keep_their_ids(service: Running, limit: int | None) -> None:
    twins = [entry(ENTRA, 5, 7) for _number in range(25)]
    write(service, entry(ENTRA, 1, 1), *twins)
    first = [event["record_id"] for event in read(service, limit=limit)["events"]]
    assert len(set(first)) == 26
    assert set(first) == {event["record_id"] for event in read(service)["events"]}


def test_the_id_of_an_entry_is_the_one_that_it_has_in_a_file(service: Running) -> None:
    one = entry(ENTRA, 1, 1)
    write(service, one)
    (event,) = read(service)["events"]
    assert event == event_from_record("cloudflare", one)


def without_total(request: Request, following: Handler) -> Answer:
    """Cloudflare does not always say how many there are."""
    answer = following(request)
    if isinstance(answer.body, dict):
        answer.body.pop("result_info", None)
    return answer


@pytest.mark.parametrize("entries", [0, 1, 10, 25, 100])
@pytest.mark.parametrize("limit", [None, 15])
def test_without_a_total(service: Running, entries: int, limit: int | None) -> None:
    write(service, *(entry(ENTRA, number // 12, number) for number in range(entries)))
    service.set_faults([], own=[without_total])
    assert people(read(service, limit=limit)) == expected(*range(entries))[-(limit or 1000) :]


def test_without_a_total_a_shift_loses_nothing_either(service: Running) -> None:
    write(service, *(entry(ENTRA, number, number) for number in range(95)))
    service.set_faults([], own=[without_total, between_pages(lambda number: forget(service, at(number)))])
    assert people(read(service)) == expected(*range(95))


def test_a_log_that_never_stands_still_is_given_up(service: Running) -> None:
    write(service, *(entry(ENTRA, 5, number) for number in range(95)))
    service.set_faults([], own=[between_pages(lambda number: write(service, entry(ENTRA, 5, 1000 + number)))])
    with pytest.raises(Unreachable, match="changes faster than it can be read"):
        read(service)


@pytest.mark.parametrize("limit", [1, 10, 20, 25])
def test_the_newest_ones_are_read_from_the_end(service: Running, limit: int) -> None:
    write(service, *(entry(ENTRA, number, number) for number in range(95)))
    collected = read(service, limit=limit)
    assert people(collected) == expected(*range(95 - limit, 95))
    assert collected["truncated"] is True
    assert len(asked(service)) == -(-(limit + 1) // 10)


def exclusive(request: Request, following: Handler) -> Answer:
    """As if since and until were exclusive, which nobody says."""
    answer = following(request)
    if request.path.endswith(PATH) and isinstance(answer.body, dict):
        for name in ("since", "until"):
            bound = request.query.get(name)
            answer.body["result"] = [one for one in answer.body["result"] if not bound or one["logged_at"].replace("Z", ".000Z") != bound]
    return answer


@pytest.mark.parametrize("layers", [[], [exclusive]])
def test_the_window_does_not_depend_on_what_the_server_takes_it_for(service: Running, layers: list[Any]) -> None:
    write(service, *(entry(ENTRA, number, number) for number in range(9)))
    service.set_faults([], own=layers)
    found = read(service, since=START + timedelta(seconds=3), until=START + timedelta(seconds=6))
    assert people(found) == expected(3, 4, 5)


def test_entries_that_are_no_entries_are_counted(service: Running) -> None:
    write(service, entry(ENTRA, 1, 1), entry(ENTRA, 2, 2, request_method="BREW"))
    collected = read(service)
    assert (people(collected), collected["unparsed"]) == (["p1"], 1)
