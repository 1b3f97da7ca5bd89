# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that says what it is told to, a clock that nobody waits for, and a real server on loopback."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import Connection
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock, Gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.transport import Transport
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

URL = "https://scim.example.com/v2"
JSON = {"Content-Type": "application/scim+json"}


class FakeClock(Clock):
    """Sleeping moves it. slept: each wait."""

    def __init__(self):
        self.time = 1000.0
        self.slept = []
        self.lock = threading.Lock()

    def now(self):
        return self.time

    def today(self):
        return datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc) + timedelta(seconds=self.time - 1000)

    def sleep(self, seconds):
        assert seconds > 0
        with self.lock:
            self.slept.append(seconds)
            self.time += seconds

    def jitter(self):
        return 1.0


def reply(status=200, body=None, headers=None, content=None):
    """An answer: of JSON, or of bytes."""
    if content is None:
        content = b"" if body is None else json.dumps(body).encode()
        headers = {**JSON, **(headers or {})}
    return status, headers or {}, content


class Service(BaseAdapter):
    """Gives its answers one after the other, the last one for ever. An exception is raised, a function is asked."""

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)
        self.asked = []
        self.settings = []

    def send(self, request, **settings):
        self.asked.append(request)
        self.settings.append(settings)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = answer(request) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        status, headers, content = answer
        response = requests.Response()
        response.status_code = status
        response.headers = CaseInsensitiveDict(headers)
        response.raw = content if hasattr(content, "read") else io.BytesIO(content)
        response.request = request
        response.url = request.url
        return response

    def close(self):
        pass

    @property
    def methods(self):
        return [request.method for request in self.asked]

    @property
    def urls(self):
        return [request.url for request in self.asked]


def transport_to(service, *, budget=300, read_only=False, secrets=(), clock=None, dialect=None, **connection):
    """A transport whose every request goes to a Service."""
    gate = Gate(clock or FakeClock(), budget)
    transport = Transport(Connection(**{"url": URL, **connection}), gate, Redactor(secrets), read_only=read_only, dialect=dialect)
    for scheme in ("https://", "http://"):
        transport._session.mount(scheme, service)
    return transport


@contextlib.contextmanager
def serving(answer, tls=None):
    """A real server on loopback. answer: (method, path, headers, body) -> (status, headers, bytes). Gives its URL and a list
    of what was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append((self.command, self.path, dict(self.headers.items()), body))
            status, headers, content = answer(*asked[-1])
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            """A client that does not trust the certificate hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/v2", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
