# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The web server: HTTP/1.1 with connections that are kept, on loopback only."""

from __future__ import annotations

import errno
import io
import socket
import struct
import threading
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from cheroot import wsgi

from .exchange import Answer, Ending, Handler, Request

_HOST = "127.0.0.1"
_CONNECTION = "sandbox.connection"
_NO_LINGER = struct.pack("ii", 1, 0)  # closing then resets instead of finishing


class _Gateway(wsgi.Gateway_10):
    """Hands the application the exchange itself, so that faults can end its connection."""

    def get_environ(self) -> Any:
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ[_CONNECTION] = self.req
        return environ


class Server:
    """Serves a handler in threads of its own, from start() to stop()."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        self._handler = handler
        self._http = wsgi.Server((_HOST, port), self._application, numthreads=16, server_name="sandbox")
        self._http.gateway = _Gateway
        self._http.request_queue_size = 128
        self._http.keep_alive_conn_limit = 512
        self._http.timeout = 60
        # How long stop() waits for the accepting thread at most.
        self._http.expiration_interval = 0.02
        self._http.shutdown_timeout = 1
        self._thread = threading.Thread(target=self._http.serve, name="sandbox", daemon=True)

    def start(self) -> str:
        """Listen and serve. Returns the origin, "http://127.0.0.1:PORT"."""
        self._http.prepare()
        self._thread.start()
        return f"http://{_HOST}:{self._http.bind_addr[1]}"

    def stop(self) -> None:
        self._http.stop()
        self._thread.join()

    def _application(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = _request(environ)
        answer = self._handler(request)
        if not answer.sent:
            _hang_up(environ[_CONNECTION].conn, reset=answer.ending is Ending.RESET)
        content = answer.encoded()
        start_response(_status_line(answer.status), _headers(answer, len(content)))
        if answer.ending is Ending.TRUNCATED:
            environ[_CONNECTION].close_connection = True
            return [content[: len(content) // 2]]
        return [content]


def _request(environ: Mapping[str, Any]) -> Request:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    }
    pairs = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"].encode("latin-1").decode(errors="replace"),
        query=dict(pairs),
        pairs=tuple(pairs),
        headers=headers,
        body=environ["wsgi.input"].read(),
        origin=f"http://{host}",
    )


def _headers(answer: Answer, length: int) -> list[tuple[str, str]]:
    kept = {name: value for name, value in answer.headers.items() if name.lower() != "content-type"}
    if answer.body is not None:
        given = {name.lower(): value for name, value in answer.headers.items()}
        default = "text/html" if isinstance(answer.body, str) else "application/json"
        kept["Content-Type"] = default if isinstance(answer.body, str) else given.get("content-type", default)
    # RFC 9110 section 8.6: no length with 204 and 304.
    if answer.status not in (204, 304):
        kept["Content-Length"] = str(length)
    return list(kept.items())


def _status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def _hang_up(connection: Any, *, reset: bool) -> None:
    """Close the socket under the server's feet, and tell it that this is what happened."""
    with socket.socket(fileno=connection.socket.detach()) as lost:
        if reset:
            lost.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    connection.wfile = io.BytesIO()  # what cheroot wants to say about the error goes nowhere
    connection.linger = True  # there is nothing left for cheroot to close
    raise ConnectionResetError(errno.ECONNRESET, "the connection was ended on purpose")
