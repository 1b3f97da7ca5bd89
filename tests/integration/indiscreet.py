# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that repeats whatever it was sent, in every place where a client might show it to somebody."""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class Indiscreet(ThreadingHTTPServer):
    """url: of its root; the first part of a path below it says how a secret is given away. elsewhere: of another server."""

    daemon_threads = True

    def __init__(self, access_token: str, elsewhere: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.access_token = access_token
        self.elsewhere = elsewhere
        self.asked: list[str] = []


@contextmanager
def indiscreet(access_token: str = "", elsewhere: str = "") -> Iterator[Indiscreet]:
    server = Indiscreet(access_token, elsewhere)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Indiscreet

    def handle_any(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        self.server.asked.append(self.path)
        getattr(self, "at_" + self.path.split("/")[1].split("?")[0])()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def log_message(self, *_: Any) -> None:
        pass

    @property
    def heard(self) -> str:
        """Everything that the client said."""
        headers = " ".join(self.headers.values())
        return f"{headers} {self.body}"

    def answer(self, status: int, body: Any, kind: str = "application/scim+json", **headers: str) -> None:
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def at_detail(self) -> None:
        self.answer(400, {"schemas": [ERROR], "status": "400", "detail": f"visible-detail {self.heard}"})

    def at_bare(self) -> None:
        """The credentials without the word that usually stands before them."""
        bare = self.headers.get("authorization", "").split(" ")[-1]
        self.answer(400, {"schemas": [ERROR], "status": "400", "detail": f"visible-bare {bare}"})

    def at_late(self) -> None:
        """Where the detail is cut, half of a secret would remain."""
        bare = self.headers.get("authorization", "").split(" ")[-1]
        self.answer(400, {"schemas": [ERROR], "status": "400", "detail": f"visible-late {'x' * 270} {bare}"})

    def at_type(self) -> None:
        bare = self.headers.get("authorization", "").split(" ")[-1]
        self.answer(400, {"schemas": [ERROR], "scimType": bare, "detail": "visible-type"}, X_Request_Id=bare)

    def at_html(self) -> None:
        page = f"<html><title>visible-html {html.escape(self.heard)}</title></html>"
        self.answer(500, page, "text/html")

    def at_long(self) -> None:
        """Where the page is cut, half of a secret would remain."""
        bare = html.escape(self.headers.get("authorization", "").split(" ")[-1])
        begin = "<b>visible-long</b>"
        self.answer(500, begin + " " * (4990 - len(begin)) + bare, "text/html")

    def at_away(self) -> None:
        self.answer(307, "", Location=f"{self.server.elsewhere}/away/?{quote(self.heard)}")

    def at_nonsense(self) -> None:
        self.answer(200, [self.heard])

    def at_refusal(self) -> None:
        """A token endpoint that refuses."""
        self.answer(401, {"error": "invalid_client", "error_description": f"visible-refusal {self.heard}"})

    def at_grant(self) -> None:
        """A token endpoint that grants."""
        self.answer(200, {"access_token": self.server.access_token, "token_type": "Bearer"})

    def at_mirror(self) -> None:
        """A directory whose users wear what was sent on the outside. Everybody is found in it once created."""
        if self.command == "POST":
            sent = json.loads(self.body)
            self.answer(201, {**sent, "id": "1", "active": True, "nickName": f"visible-mirror {sent.get('password')}"})
        elif self.command == "GET" and parse_qs(self.path.partition("?")[2]).get("filter"):
            self.answer(200, {"schemas": [LIST], "totalResults": 0, "Resources": []})
        else:
            self.answer(404, {"schemas": [ERROR], "status": "404", "detail": f"visible-mirror {self.heard}"})
