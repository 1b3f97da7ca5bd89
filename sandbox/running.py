# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox in this process, for tests and demonstrations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .cloudflare import PREFIX as CLOUDFLARE_PATH
from .cloudflare import Account, Cloudflare, populations
from .cloudflare.limiter import QUOTA
from .control import PREFIX, Control
from .exchange import Layer
from .journal import Journal
from .scim import Scim
from .server import Server
from .site import Site
from .state import StateFile

BASE_PATH = "/scim/v2"
TOKEN = "sandbox-token"


class Running:
    """A sandbox that is being served. url: the base URL of its SCIM service. token: what it accepts.

    cloudflare: the Cloudflare account beside it.
    """

    def __init__(self, origin: str, token: str, site: Site, scim: Scim, cloudflare: Cloudflare) -> None:
        self.origin = origin
        self.url = origin + BASE_PATH
        self.token = token
        self._site = site
        self._scim = scim
        self.cloudflare = cloudflare

    def requests(self) -> dict[str, Any]:
        """The journal, see Journal.content."""
        return self._site.journal.content()

    def reset_requests(self) -> None:
        """Empty the journal."""
        self._site.journal.clear()

    def set_quirks(self, chosen: Iterable[str]) -> None:
        """Replace the quirks, each "NAME" or "NAME=VALUE"."""
        self._scim.set_quirks(chosen)

    def set_faults(self, chosen: Iterable[str], own: Iterable[Layer] = ()) -> None:
        """Replace the faults, each "NAME=VALUE". Their counters start anew.

        own: layers in front of them, for what only one test does to requests; they see the path with BASE_PATH.
        """
        self._site.set_faults(chosen, own)

    def seed(self, *documents: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Store users and groups, in wire form, without a request, past all quirks. Returns them as stored."""
        return self._scim.seed(documents)

    def stored(self) -> list[dict[str, Any]]:
        """All users and groups as they are really stored, past all quirks."""
        return self._scim.stored()


@contextmanager
def running(
    profile: str = "full",
    quirks: Iterable[str] = (),
    faults: Iterable[str] = (),
    token: str = TOKEN,
    port: int = 0,
    state: Path | None = None,
    *,
    log: bool = False,
    rate: int = QUOTA,
    cloudflare_quirks: Iterable[str] = (),
) -> Iterator[Running]:
    """Serve a sandbox on loopback until the block ends. port 0: any free one. state: keeps the resources.

    rate: requests to Cloudflare in 5 minutes.
    """
    scim = Scim(profile, token, quirks)
    site = Site(Journal(log=log), faults)
    site.mount(BASE_PATH, scim)
    account = Account()
    account.limiter.set(rate)
    account.set_quirks(cloudflare_quirks)
    cloudflare = Cloudflare(account)
    site.mount(CLOUDFLARE_PATH, account)
    site.mount(populations.PREFIX, populations.mounted(account))
    site.mount_control(PREFIX, Control(site, scim, cloudflare))
    kept = StateFile(state, scim, account) if state else None
    server = Server(site, port)
    if kept:
        kept.start()
    try:
        origin = account.origin = server.start()
        try:
            yield Running(origin, token, site, scim, cloudflare)
        finally:
            server.stop()
    finally:
        if kept:
            kept.stop()
