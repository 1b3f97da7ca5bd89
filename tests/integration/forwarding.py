# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reverse proxy with the sandbox's journal, in front of a service that keeps none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import requests

from sandbox.exchange import Answer, Request
from sandbox.journal import Journal
from sandbox.server import Server
from sandbox.site import Site

_PASSED_ON = ("authorization", "accept", "content-type", "if-match", "if-none-match")
_PASSED_BACK = ("content-type", "etag", "location", "www-authenticate")


@contextmanager
def forwarding(url: str) -> Iterator[tuple[str, Journal]]:
    """Everything below the URL, forwarded. Gives the URL to use instead, and the journal."""
    parts = urlsplit(url)
    session = requests.Session()
    session.trust_env = False  # no proxy on the way to loopback

    def forward(request: Request) -> Answer:
        answer = session.request(
            request.method,
            url + quote(request.path),
            params=dict(request.query),
            data=request.body or None,
            headers={name: request.headers[name] for name in _PASSED_ON if name in request.headers},
            allow_redirects=False,
            timeout=20,
        )
        headers = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
        is_json = "json" in headers.get("content-type", "")
        return Answer(
            answer.status_code, answer.json() if is_json and answer.content else answer.text or None, headers
        )

    journal = Journal()
    site = Site(journal)
    site.mount(parts.path, forward)
    server = Server(site)
    origin = server.start()
    try:
        yield origin + parts.path, journal
    finally:
        server.stop()
        session.close()
