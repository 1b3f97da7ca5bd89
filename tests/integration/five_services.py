# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The five SCIM services that everything has to be true on: three of the sandbox and two that others wrote for Node.js."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

import sandbox
from tests.integration import npm_servers
from tests.integration.forwarding import forwarding

SANDBOXES = ("full", "minimal", "cursor")
NODE = {"scimmy": npm_servers.scimmy, "better_auth": npm_servers.better_auth}
NAMES = (*SANDBOXES, *NODE)


class Service:
    """One of the five. journal: what was asked since the last forget(), as sandbox.journal keeps it. direct: past the journal."""

    def __init__(
        self,
        name: str,
        url: str,
        token: str,
        journal: Callable[[], dict[str, Any]],
        forget: Callable[[], None],
        direct: str,
    ) -> None:
        self.name = name
        self.url = url
        self.token = token
        self.journal = journal
        self.forget = forget
        self.direct = direct
        self._session = requests.Session()
        self._session.trust_env = False

    def writes(self) -> list[dict[str, Any]]:
        """The writes of the journal."""
        return [entry for entry in self.journal()["requests"] if entry["method"] != "GET"]

    def listed(self, path: str) -> list[dict[str, Any]]:
        """All resources as the service lists them, asked plainly and past the journal."""
        found: list[dict[str, Any]] = []
        while True:
            answer = self._session.get(
                self.direct + path,
                params={"startIndex": str(len(found) + 1)},
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=20,
            )
            page = answer.json()
            found += page.get("Resources", [])
            if len(found) >= page["totalResults"]:
                return found

    def everything(self) -> list[dict[str, Any]]:
        return self.listed("/Users") + self.listed("/Groups")


@contextmanager
def started(name: str) -> Iterator[Service]:
    """One of NAMES, fresh and empty."""
    if name in SANDBOXES:
        with sandbox.running(profile=name) as running:
            yield Service(
                name, running.url, running.token, running.requests, running.reset_requests, running.url
            )
    else:
        with NODE[name]() as server, forwarding(server.url) as (url, journal):
            yield Service(name, url, server.token, journal.content, journal.clear, server.url)
