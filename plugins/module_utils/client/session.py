# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session of requests for many threads, in which what is the same for each request is worked out once.

For every request anew, requests asks the environment, the cookies, the redirects and the files of certificates, which takes
it longer than to send the request. Here its own code decides about them as well, the first time that a service is asked.
"""

from __future__ import annotations

import functools
import http.cookiejar
from collections.abc import Mapping
from typing import Any

from .auth import Credentials
from .connection import USER_AGENT, Connection

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.structures import CaseInsensitiveDict
    from requests.utils import select_proxy

    RequestsSession = requests.Session
except ImportError:  # reported by the runner with the missing library's name
    RequestsSession = HTTPAdapter = object  # type: ignore[assignment,misc]


class Session(RequestsSession):
    """Asks one service: no cookies, no redirects, no repetitions, and no more connections than the connection allows."""

    auth: Credentials

    def __init__(self, connection: Connection, credentials: Credentials) -> None:
        super().__init__()
        adapter = Adapter(pool_connections=2, pool_maxsize=max(1, connection.concurrency), max_retries=0, pool_block=True)
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self.auth = credentials
        self.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self.headers["User-Agent"] = USER_AGENT
        self._connection = connection
        self.timeout = connection.timeout
        self._settings: dict[str, dict[str, Any]] = {}

    def ask(
        self, method: str, url: str, data: bytes | str | None, headers: Mapping[str, str | None], timeout: float
    ) -> requests.Response:
        """Send a request, with credentials. The content of the answer is still to be read. Raises what requests raises.

        headers: beside those of the session; ``None`` leaves one of these out.
        """
        asked = requests.PreparedRequest()
        address = _prepared(url)
        asked.method, asked.url = method, address
        asked.headers = CaseInsensitiveDict(self.headers)  # type: ignore[arg-type]
        for name, value in headers.items():
            if value is None:
                asked.headers.pop(name, None)
            else:
                asked.headers[name] = value
        asked.body = data
        if data is not None or method not in ("GET", "HEAD"):
            asked.headers["Content-Length"] = str(len(data or b""))
        asked = self.auth(asked)
        return self.get_adapter(address).send(asked, stream=True, timeout=timeout, **self._settings_for(address))

    def _settings_for(self, url: str) -> dict[str, Any]:
        """How a service is reached: TLS and proxies, as the connection says and, where it is silent, the environment."""
        origin = _origin(url)
        if origin not in self._settings:
            wanted = self._connection.settings(url)
            proxies = dict(wanted["proxies"] or {})  # which is changed in place
            found: dict[str, Any] = dict(self.merge_environment_settings(url, proxies, True, wanted["verify"], wanted["cert"]))
            if not select_proxy(url, found["proxies"]):
                found["proxies"] = {}
            del found["stream"]
            self._settings[origin] = found
        return self._settings[origin]


class Adapter(HTTPAdapter):
    """The connections to a service, all of which have the same settings, as those of a Session do."""

    def __init__(self, **settings: Any) -> None:
        self._pools: dict[str, Any] = {}
        self._certified: set[Any] = set()
        super().__init__(**settings)

    def get_connection_with_tls_context(self, request: requests.PreparedRequest, *arguments: Any, **settings: Any) -> Any:
        """The pool of connections to the service of a request; requests from 2.32 on."""
        origin = _origin(str(request.url))
        if origin not in self._pools:
            self._pools[origin] = super().get_connection_with_tls_context(request, *arguments, **settings)
        return self._pools[origin]

    def get_connection(self, url: str | bytes, proxies: Mapping[str, str] | None = None) -> Any:
        """The same for an older requests."""
        origin = _origin(str(url))
        if origin not in self._pools:
            self._pools[origin] = super().get_connection(url, proxies)
        return self._pools[origin]

    def close(self) -> None:
        self._pools.clear()
        self._certified.clear()
        super().close()

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        if conn not in self._certified:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
            self._certified.add(conn)

    def request_url(self, request: requests.PreparedRequest, proxies: Mapping[str, str] | None) -> str:
        return super().request_url(request, proxies) if proxies else request.path_url

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Without the cookies, which are not for us."""
        response = requests.Response()
        response.status_code = resp.status
        response.headers = resp.headers
        response.raw = resp
        response.request = req
        response.url = str(req.url)
        return response


@functools.lru_cache(maxsize=64)
def _prepared(url: str) -> str:
    """An address as requests sends it. People are created at one and the same."""
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    return str(request.url)


def _origin(url: str) -> str:
    """The part of a prepared address that settings and connections depend on."""
    scheme, _slashes, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
