# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source as ansible-rulebook runs it, and a rule engine that does as it is told; and who writes Cloudflare's log."""

from __future__ import annotations

import asyncio
import contextlib
import runpy
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import requests

from sandbox import Running

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = ROOT / ".cache" / "tree" / "ansible_collections" / "identityops" / "lifecycle"
FILE = COLLECTION / "extensions" / "eda" / "plugins" / "event_source" / "scim_logs.py"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
SECONDS = 20
ACTIVE = '{"Operations": [{"op": "replace", "path": "active", "value": true}]}'
QUICKLY = {"interval": 0.01, "since": "-1h"}

SOURCE = runpy.run_path(str(FILE))


def ago(**given: float) -> str:
    """A time before now, as Cloudflare writes it. given: as for timedelta."""
    return (datetime.now(timezone.utc) - timedelta(**given)).isoformat().replace("+00:00", "Z")


def in_time(test: Coroutine[Any, Any, None]) -> None:
    """Run the coroutine of a test; it hangs no longer than it may."""
    asyncio.run(asyncio.wait_for(test, SECONDS))


class Engine:
    """What ansible-rulebook is for a source. args: the source's."""

    def __init__(self, args: dict[str, Any], *, feedback: bool = False) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue(1)
        self.feedback: asyncio.Queue[Any] | None = asyncio.Queue(1) if feedback else None
        given = {"eda_feedback_queue": self.feedback, "feedback": True} if feedback else {}
        self.task = asyncio.create_task(SOURCE["main"](self.queue, {**args, **given}))

    async def event(self) -> dict[str, Any]:
        """The next event. Fails with the source if that has failed."""
        event = asyncio.create_task(self.queue.get())
        await asyncio.wait({event, self.task}, return_when=asyncio.FIRST_COMPLETED)
        if not event.done():
            event.cancel()
            self.task.result()
        return await event

    async def acknowledge(self, event: dict[str, Any]) -> None:
        assert self.feedback is not None
        await self.feedback.put(event)

    async def taken(self) -> dict[str, Any]:
        """The next event, acknowledged."""
        event = await self.event()
        await self.acknowledge(event)
        return event


@contextlib.asynccontextmanager
async def engine(args: dict[str, Any], *, feedback: bool = False) -> AsyncIterator[Engine]:
    """A source that follows until the block ends; then it is cancelled."""
    running = Engine(args, feedback=feedback)
    try:
        yield running
    finally:
        running.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running.task


async def until(true: Callable[[], Any]) -> None:
    """Return when something is true; the whole test has a deadline."""
    while not true():
        await asyncio.sleep(0.002)


class Provider:
    """An identity provider of the sandbox's Cloudflare account that provisions people."""

    def __init__(self, service: Running, name: str = "Entra ID") -> None:
        self._account = service.cloudflare
        self._service = service
        self.name = name
        self.id = self._account.seed_idp(name, scim_config={"enabled": True})["id"]
        self.url = self._account.population_url(self.id)
        self.headers = {"Authorization": f"Bearer {self._account.scim_secret(self.id)}"}

    def args(self, **given: Any) -> dict[str, Any]:
        """The arguments of a source that follows this provider."""
        return {**self._account.options(), "providers": [self.name], **QUICKLY, **given}

    def create(self, name: str) -> str:
        """Send a user. The id, "" if the service refused."""
        answer = requests.post(f"{self.url}/Users", json={"schemas": [USER], "userName": name}, headers=self.headers, timeout=SECONDS)
        return str(answer.json()["id"]) if answer.ok else ""

    def patch(self, user: str, **values: Any) -> None:
        operations = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
        requests.patch(f"{self.url}/Users/{user}", json=body, headers=self.headers, timeout=SECONDS).raise_for_status()

    def log(self, at: str, user: str, **fields: Any) -> None:
        """Write an entry of one's own. at: its time."""
        entry = {"logged_at": at, "idp_id": self.id, "resource_type": "USER", "request_method": "POST", "request_body": "{}"}
        with self._account.account.lock:
            self._account.account.put("scim_updates", {**entry, "status": "SUCCESS", "resource_user_email": user, **fields})

    def reads(self) -> int:
        """How often the log was read."""
        return sum(request["path"].endswith("/scim/updates") for request in self._service.requests()["requests"])

    async def read_again(self, times: int = 2) -> None:
        """Return when the log was read from the beginning to the end since now."""
        before = self.reads()
        await until(lambda: self.reads() >= before + times)
