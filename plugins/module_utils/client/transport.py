# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one way out: every request of a task goes through here.

Retries by meaning. 429 and 503 say "not processed" and are repeated after the wait that the server asks for. A lost
answer, 502 or 504 leave the outcome open: reads, PUT and DELETE are repeated, for POST and PATCH the caller has to
look first (OutcomeUnknown). Everything else is an answer.
"""

from __future__ import annotations

import http.cookiejar
import ipaddress
import json
import threading
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..core.errors import InvalidInput, OutcomeUnknown, ServerError, Unreachable, WriteRefusedLocally
from .answer import Answer, server_error
from .auth import Credentials, NoCredentials
from .redaction import Redactor
from .throttle import Gate, backoff, retry_after

try:
    import requests
    from requests.adapters import HTTPAdapter

    REQUESTS_PROBLEM = ""
except ImportError:  # reported by the runner with the missing library's name
    REQUESTS_PROBLEM = traceback.format_exc()
    requests = None  # type: ignore[assignment]

USER_AGENT = "identityops.lifecycle/1.0.0 (+https://github.com/identityops/lifecycle)"
READS = frozenset(("GET", "HEAD"))
REPEATABLE = READS | {"PUT", "DELETE"}  # RFC 9110 section 9.2.2

_MOST_ATTEMPTS = 8
_MOST_REDIRECTS = 5


@dataclass(frozen=True)
class Connection:
    """Where and how to connect. url: the service's base URL. timeout: seconds to wait for a connection or an answer."""

    url: str
    credentials: Credentials = field(default_factory=NoCredentials, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
    skip_tls_verify: bool = False
    timeout: float = 30.0
    concurrency: int = 8


class Transport:
    """A session with one service. read_only: refuse every write, whoever asks (check mode, info modules)."""

    def __init__(self, connection: Connection, gate: Gate, redactor: Redactor, *, read_only: bool = False) -> None:
        check_url("url", connection.url)
        self.gate = gate
        self.redactor = redactor
        self.read_only = read_only
        self.counts: Counter[str] = Counter()
        self.retries = 0
        self._connection = connection
        self._base = connection.url.rstrip("/")
        self._lock = threading.Lock()
        self._session = _session(connection)

    def close(self) -> None:
        self._session.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        """Send a request and return the answer to it, a success.

        path: relative to the base URL. params: the query. body: sent as JSON.
        Raises ServerError, OutcomeUnknown (POST and PATCH only), Unreachable, OutOfTime.
        """
        if self.read_only and method not in READS:
            raise WriteRefusedLocally(f"{method} {path} was about to be sent by a read-only connection; please report this bug")
        url, redirects, lost = self._base + path, 0, 0
        data = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        for attempt in range(_MOST_ATTEMPTS):
            self.gate.wait()
            try:
                answer = self._send(method, url, params, data, headers)
            except _NeverSent as problem:
                failure: Exception = Unreachable(f"{method} {path}: {problem}")
                self._pause(attempt, failure)
                continue
            except _AnswerLost as problem:
                if method not in REPEATABLE:
                    raise OutcomeUnknown(f"{method} {path}: the answer was lost ({problem})") from None
                lost += 1
                failure = Unreachable(f"{method} {path}: the answer was lost {lost} times ({problem})")
                self._pause(attempt, failure)
                continue
            if answer.status in (307, 308) or (answer.status in (301, 302) and method in READS):
                url, params = self._redirected(method, path, url, answer), None
                redirects += 1
                if redirects > _MOST_REDIRECTS:
                    raise Unreachable(f"{method} {path}: more than {_MOST_REDIRECTS} redirects in a row")
                continue
            if 200 <= answer.status < 300:
                return answer
            failure = server_error(method, path, answer, self.redactor)
            if answer.status == 401 and self._connection.credentials.renew():
                continue
            if _throttled(answer, failure):
                wait = retry_after(answer.headers.get("retry-after"), self.gate.clock)
                self.gate.hold(backoff(attempt, self.gate.clock) if wait is None else wait)
                self.retries += 1
                continue
            if answer.status in (502, 504):
                if method not in REPEATABLE:
                    raise OutcomeUnknown(str(failure))
                self._pause(attempt, failure)
                continue
            raise failure
        raise failure

    def _pause(self, attempt: int, failure: Exception) -> None:
        """Hold everybody for a moment before the same request is tried again, or give up."""
        if attempt + 1 >= _MOST_ATTEMPTS // 2:
            raise failure
        self.retries += 1
        self.gate.hold(min(backoff(attempt, self.gate.clock), self.gate.remaining() / 2))

    def _send(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        data: bytes | None,
        headers: Mapping[str, str | None] | None,
    ) -> Answer:
        with self._lock:
            self.counts[method] += 1
        extra = {"Content-Type": "application/scim+json"} if data is not None else {}
        timeout = min(self._connection.timeout, self.gate.remaining())
        try:
            response = self._session.request(
                method,
                url,
                params=params,
                data=data,
                headers={**extra, **(headers or {})},
                timeout=timeout,
                allow_redirects=False,
                # Given with each request: the session's own setting loses against REQUESTS_CA_BUNDLE.
                verify=verification(self._connection),
            )
        except requests.exceptions.SSLError as problem:
            raise Unreachable(f"TLS with {urlsplit(url).netloc} failed: {self.redactor.clean(_root(problem))}") from None
        except (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError) as problem:
            raise _NeverSent(_root(problem)) from None
        except requests.exceptions.ConnectionError as problem:
            if "NewConnectionError" in repr(problem) or "NameResolutionError" in repr(problem):
                raise _NeverSent(f"no connection to {urlsplit(url).netloc} ({_root(problem)})") from None
            raise _AnswerLost("connection closed") from None
        except (requests.exceptions.Timeout, requests.exceptions.ChunkedEncodingError) as problem:
            raise _AnswerLost(type(problem).__name__) from None
        except requests.exceptions.RequestException as problem:
            raise Unreachable(f"{method} could not be sent: {self.redactor.clean(_root(problem))}") from None
        return _answer(response, self.redactor)

    def _redirected(self, method: str, path: str, url: str, answer: Answer) -> str:
        """The address to go on with. Credentials never cross to another origin (RFC 9110 section 15.4)."""
        target = urljoin(url, answer.headers.get("location") or "")
        if urlsplit(target)[:2] != urlsplit(url)[:2]:
            elsewhere = "://".join(urlsplit(target)[:2])
            raise ServerError(method, path, answer.status, f"redirects to {elsewhere}; set url to the address that is meant")
        return target


class _NeverSent(Exception):
    """The request did not reach the server."""


class _AnswerLost(Exception):
    """The request may have reached the server."""


def check_url(option: str, url: str) -> None:
    """Refuse an address that would carry credentials in clear over a network. Loopback is for tests and rehearsals."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput(f"{option}: {parts._replace(netloc=parts.hostname or '').geturl()!r} is not an http(s) address")
    if parts.username or parts.password:
        raise InvalidInput(f"{option} holds credentials; give them in their own options")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise InvalidInput(f"{option}: plain http to {parts.hostname} would show the credentials to the network; use https")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _session(connection: Connection) -> requests.Session:
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=max(1, connection.concurrency), max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.auth = connection.credentials
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/scim+json, application/json;q=0.9"})
    session.headers.update(connection.headers)
    session.cert = certificate(connection)
    return session


def verification(connection: Connection) -> bool | str:
    """What requests calls ``verify``: by the system's authorities, by a file of them, or not at all."""
    return False if connection.skip_tls_verify else connection.ca_file or True


def certificate(connection: Connection) -> str | tuple[str, str] | None:
    """What requests calls ``cert``: the client's certificate, with its key if that is in a file of its own."""
    if connection.client_cert and connection.client_key:
        return connection.client_cert, connection.client_key
    return connection.client_cert or None


def _answer(response: requests.Response, redactor: Redactor) -> Answer:
    """Read a response. JSON that ends too early on a success is a lost answer, not an empty one."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    if not response.content:
        return Answer(response.status_code, headers)
    try:
        return Answer(response.status_code, headers, json.loads(response.content.decode("utf-8")))
    except ValueError:
        if response.ok and "json" in headers.get("content-type", ""):
            raise _AnswerLost("JSON cut short") from None
        # Cleaned before it is cut: half of a secret would not be recognized.
        return Answer(response.status_code, headers, None, redactor.clean(response.text[:20000])[:5000])


def _throttled(answer: Answer, failure: ServerError) -> bool:
    """Not processed, come back later. AWS also says so with status 400 and a ThrottlingException."""
    return answer.status in (429, 503) or (answer.status == 400 and "throttling" in failure.detail.lower())


def _root(problem: BaseException) -> str:
    """The innermost reason of an exception, without the address, whose query names people."""
    while problem.__context__ is not None:
        problem = problem.__context__
    said = f"{type(problem).__name__}: {problem}"
    return said.partition(" (Caused by")[0].partition("url:")[0][:200]
