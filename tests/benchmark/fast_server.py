# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that is fast enough to measure a client: a process of its own, on loopback, with nothing between it and the socket.

    with running() as url: ...
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmark.fast_directory import Directory

BASE_PATH = "/scim/v2"
_REASONS = {200: b"OK", 201: b"Created", 204: b"No Content", 400: b"Bad Request", 404: b"Not Found", 409: b"Conflict"}


class Exchange(asyncio.Protocol):
    """One connection, kept alive. delay: the seconds that each answer takes, as that of a service far away does."""

    def __init__(self, directory: Directory, delay: float) -> None:
        self._directory = directory
        self._delay = delay
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        while self._received:
            head = self._received.find(b"\r\n\r\n")
            if head < 0:
                return
            needed = head + 4 + _length(self._received[:head])
            if len(self._received) < needed:
                return
            request, self._received = self._received[:needed], self._received[needed:]
            answer = self._answer(request, head)
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
            else:
                self._transport.write(answer)

    def _answer(self, request: bytes, head: int) -> bytes:
        method, target, _version = request[: request.index(b"\r\n")].decode("ascii").split(" ")
        if not target.startswith(BASE_PATH):
            status, content, location = 404, b"{}", ""
        else:
            status, content, location = self._directory.answer(method, target[len(BASE_PATH) :], request[head + 4 :])
        where = b"Location: %s\r\n" % location.encode() if location else b""
        if status == 204:
            return b"HTTP/1.1 204 No Content\r\n%s\r\n" % where
        return b"HTTP/1.1 %d %s\r\nContent-Type: application/scim+json\r\nContent-Length: %d\r\n%s\r\n%s" % (
            status,
            _REASONS.get(status, b"Refused"),
            len(content),
            where,
            content,
        )


def _length(head: bytes) -> int:
    start = head.lower().find(b"\r\ncontent-length:")
    return int(head[start + 17 :].split(b"\r\n", 1)[0]) if start >= 0 else 0


async def serve(delay: float, *, bulk: bool) -> None:
    """Serve until the process ends; prints the address first."""
    loop = asyncio.get_running_loop()
    made: list[Directory] = []
    server = await loop.create_server(lambda: Exchange(made[0], delay), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{BASE_PATH}"
    made.append(Directory(url, bulk=bulk))
    print(url, flush=True)
    await server.serve_forever()


@contextmanager
def running(bulk: bool = False, delay: float = 0.0) -> Iterator[str]:
    """An empty directory in a process of its own; gives its base URL. delay: seconds that each answer takes."""
    command = [sys.executable, "-m", "tests.benchmark.fast_server", str(delay), *(["bulk"] if bulk else [])]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError("the server did not start")
            yield url
        finally:
            process.terminate()
            process.wait(10)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), bulk="bulk" in sys.argv[2:]))
