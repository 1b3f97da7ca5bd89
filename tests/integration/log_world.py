# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A SCIM update log in the sandbox, with as many entries as a test wants, at the times that it wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox.exchange import Answer, Handler, Request
from sandbox.running import Running
from tests.in_process import time_flies

PATH = "/access/logs/scim/updates"
START = datetime(2025, 11, 1, tzinfo=timezone.utc)

Entry = dict[str, Any]


def at(seconds: float) -> str:
    """So many seconds after START, as Cloudflare writes it."""
    moment = START + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def entry(idp: str, seconds: float, number: int = 0, **fields: Any) -> Entry:
    """The update of a user, a success."""
    return {
        "logged_at": at(seconds),
        "idp_id": idp,
        "cf_resource_id": f"cf-{number}",
        "idp_resource_id": f"idp-{number}",
        "resource_type": "USER",
        "resource_user_email": f"p{number}@example.com",
        "request_method": "POST",
        "request_body": '{"userName": "p"}',
        "status": "SUCCESS",
        **fields,
    }


def write(service: Running, *entries: Entry) -> None:
    """Add entries to the log, sorted as Cloudflare sorts it: by time."""
    account = service.cloudflare.account
    with account.lock:
        stored = [*account.table("scim_updates").values(), *(dict(one) for one in entries)]
        account.table("scim_updates").clear()
        for one in sorted(stored, key=lambda one: datetime.fromisoformat(one["logged_at"])):
            account.put("scim_updates", one)


def clear(service: Running) -> None:
    service.cloudflare.account.table("scim_updates").clear()


def forget(service: Running, before: str) -> None:
    """What Cloudflare does at some time: drop what is old."""
    table = service.cloudflare.account.table("scim_updates")
    for name in [name for name, one in table.items() if one["logged_at"] < before]:
        del table[name]


@contextmanager
def emptied(service: Running) -> Iterator[Running]:
    """The sandbox with an empty log and journal, in a time in which nobody waits; without faults afterwards."""
    clear(service)
    service.reset_requests()
    try:
        with time_flies():
            yield service
    finally:
        service.set_faults([])


def asked(service: Running) -> list[dict[str, Any]]:
    """The requests for the log, in order."""
    requests = service.requests()["requests"]
    return [request for request in requests if request["path"].endswith(PATH)]


def between_pages(happens: Callable[[int], None]) -> Callable[[Request, Handler], Answer]:
    """A layer that lets something happen before each request for the log but the first. happens: takes 1, 2, ..."""
    count = 0

    def layer(request: Request, following: Handler) -> Answer:
        nonlocal count
        if request.path.endswith(PATH):
            if count:
                happens(count)
            count += 1
        return following(request)

    return layer
