# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one way out: every request of a task goes through here.

Retries by meaning. 429 and 503 say "not processed" and are repeated after the wait that the server asks for. A lost
answer, 502 or 504 leave the outcome open: reads, PUT and DELETE are repeated, for POST and PATCH the caller has to
look first (OutcomeUnknown). Everything else is an answer.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from ..core.errors import OutcomeUnknown, ServerError, Unreachable, WriteRefusedLocally
from .answer import Answer
from .auth import NoCredentials
from .connection import Connection, check_connection
from .dialect import Dialect, ScimDialect
from .exchange import AnswerLost, AnswerTooLong, NeverSent, exchange
from .redaction import Redactor, hide_proxies
from .session import Session
from .throttle import Gate, backoff, retry_after

READS = frozenset(("GET", "HEAD"))
REPEATABLE = READS | {"PUT", "DELETE"}  # RFC 9110 section 9.2.2

_MOST_ATTEMPTS = 8
_MOST_REFUSALS = 8  # in a row, while nobody else gets through either
_MOST_LOST = 4
_MOST_REDIRECTS = 5
# A gateway gave up waiting: nobody knows how far the request came. 52x are Cloudflare's words for it.
_OUTCOME_OPEN = frozenset((408, 502, 504, 520, 521, 522, 523, 524))
_PERHAPS_THROTTLED = frozenset((400, 429, 503))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_AS_JSON = json.JSONEncoder(separators=(",", ":"))


class Transport:
    """A session with one service, for any number of threads.

    read_only: refuse every write, whoever asks (check mode, info modules). counts: the requests that may have reached the
    service, by method, each repetition counted.
    """

    def __init__(
        self, connection: Connection, gate: Gate, redactor: Redactor, *, read_only: bool = False, dialect: Dialect | None = None
    ) -> None:
        check_connection(connection)
        hide_proxies(redactor)
        self.gate = gate
        self.redactor = redactor
        self.read_only = read_only
        self.dialect: Dialect = dialect or ScimDialect()
        self.counts: Counter[str] = Counter()
        self._successes = 0
        self._counting = threading.Lock()
        self._connection = connection
        self._base = connection.url.rstrip("/")
        self._session = Session(connection, connection.credentials)
        self._session.headers["Accept"] = self.dialect.accept
        self._session.headers.update(connection.headers)

    def close(self) -> None:
        self._session.close()

    @property
    def signed_in(self) -> bool:
        """Whether anything goes along that can prove who asks; a header may be an API key."""
        connection = self._connection
        return not isinstance(connection.credentials, NoCredentials) or bool(connection.headers or connection.client_cert)

    def anonymous(self) -> Transport:
        """The same service without credentials, read-only: to see what it shows to anybody."""
        stranger = replace(self._connection, credentials=NoCredentials(), headers={}, client_cert="", client_key="")
        transport = Transport(stranger, self.gate, self.redactor, read_only=True, dialect=self.dialect)
        transport.counts, transport._counting = self.counts, self._counting
        return transport

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
        Raises ServerError, OutcomeUnknown (writes only), Unreachable, OutOfTime.
        """
        if self.read_only and method not in READS:
            raise WriteRefusedLocally(f"{method} {path} was about to be sent by a read-only connection; please report this bug")
        # A space is %20, which every server reads; "+" is a space to some and a plus sign to others.
        url = self._base + path + (f"?{urlencode(params, doseq=True, quote_via=quote)}" if params else "")
        # Escaped to ASCII: a text that a service sent us with half a surrogate pair can be sent back, too.
        data = None if body is None else _AS_JSON.encode(body).encode()
        redirects = lost = 0
        for attempt in range(_MOST_ATTEMPTS):
            try:
                answer, used = self._unless_throttled(method, path, url, data, headers)
            except NeverSent as problem:
                failure: Exception = Unreachable(f"{method} {path}: {problem}")
                self._pause(attempt, failure)
                continue
            except AnswerLost as problem:
                if method not in REPEATABLE or (isinstance(problem, AnswerTooLong) and method not in READS):
                    raise OutcomeUnknown(f"{method} {path}: the answer was lost ({problem})") from None
                if isinstance(problem, AnswerTooLong):
                    raise Unreachable(f"{method} {path}: {problem}") from None
                lost += 1
                said = f"{method} {path}: the answer was lost {lost} times ({problem})"
                failure = Unreachable(said) if method in READS else OutcomeUnknown(said)
                self._pause(attempt, failure)
                continue
            if answer.status in _REDIRECTS:
                url = self._redirected(method, path, url, answer)
                redirects += 1
                if redirects > _MOST_REDIRECTS:
                    raise Unreachable(f"{method} {path}: more than {_MOST_REDIRECTS} redirects in a row")
                continue
            if 200 <= answer.status < 300:
                self._connection.credentials.accepted(used)
                return answer
            failure = self.refusal(method, path, answer)
            if answer.status == 401 and self._connection.credentials.renew(used):
                continue
            if answer.status in _OUTCOME_OPEN:
                if method not in REPEATABLE:
                    raise OutcomeUnknown(str(failure))
                self._pause(attempt, failure if method in READS else OutcomeUnknown(str(failure)))
                continue
            raise failure
        raise failure

    def refusal(self, method: str, path: str, answer: Answer) -> ServerError:
        """The error that an answer stands for."""
        return self.dialect.error(method, path, answer, self.redactor, signed_in=self.signed_in)

    def _unless_throttled(
        self, method: str, path: str, url: str, data: bytes | None, headers: Mapping[str, str | None] | None
    ) -> tuple[Answer, str]:
        """The first answer that is not to come back later. Meanwhile everybody is held for as long as the service asks.

        Where many threads meet a slow service, most are refused each time that it lets some through: patience ends with
        the time budget then, and after a number of refusals only if nobody gets through.
        """
        refusals, successes = 0, self._successes
        while True:
            self.gate.wait()
            answer, used = self._send(method, url, data, headers)
            self.gate.heard(answer.status, answer.headers)
            if answer.status not in _PERHAPS_THROTTLED:
                return answer, used
            failure = self.refusal(method, path, answer)
            if not _throttled(answer, failure):
                return answer, used
            if successes != self._successes:
                refusals, successes = 0, self._successes
            # To wait no time at all would be a hammer.
            asked = retry_after(answer.headers.get("retry-after"), self.gate.clock)
            self.gate.hold(asked or backoff(refusals, self.gate.clock), str(failure))
            refusals += 1
            if refusals == _MOST_REFUSALS:
                raise failure

    def _pause(self, attempt: int, failure: Exception) -> None:
        """Hold everybody for a moment before the same request is tried again, or give up."""
        if attempt + 1 >= _MOST_LOST:
            raise failure
        self.gate.hold(min(backoff(attempt, self.gate.clock), self.gate.remaining() / 2), str(failure))

    def _send(
        self, method: str, url: str, data: bytes | None, headers: Mapping[str, str | None] | None
    ) -> tuple[Answer, str]:
        extra = {"Content-Type": self.dialect.content_type} if data is not None else {}
        sent = {**extra, **(headers or {})}
        try:
            found = exchange(self._session, method, url, data=data, headers=sent, gate=self.gate, redactor=self.redactor)
        except AnswerLost:
            self._count(method)
            raise
        self._count(method, 200 <= found[0].status < 300)
        return found

    def _count(self, method: str, succeeded: bool = False) -> None:
        with self._counting:
            self.counts[method] += 1
            self._successes += succeeded

    def _redirected(self, method: str, path: str, url: str, answer: Answer) -> str:
        """The address to go on with (RFC 9110 section 15.4).

        Credentials never cross to another origin. Only 307 and 308 promise that a write may be repeated as it is.
        """
        location = answer.headers.get("location") or ""
        origin, target = _origin(url), urljoin(url, location) if location else ""
        if not target:
            raise ServerError(method, path, answer.status, "redirects without saying where to")
        if _origin(target) != origin:
            elsewhere = "{}://{}".format(*_origin(target) or ("another", "address"))
            raise ServerError(method, path, answer.status, f"redirects to {elsewhere}; set url to the address that is meant")
        if method not in READS and answer.status not in (307, 308):
            said = f"redirects to {urlsplit(target).path}, which is followed for reads only; set url to the address that is meant"
            raise ServerError(method, path, answer.status, self.redactor.clean(said)[:500])
        return target


def _origin(url: str) -> tuple[str, str] | None:
    """Scheme, and host with port (RFC 6454); ``None`` if that cannot be told, or there are credentials in it."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or "@" in parts.netloc:
        return None
    shown = parts.hostname if port in (443, 80, None) else f"{parts.hostname}:{port}"
    return parts.scheme, shown


def _throttled(answer: Answer, failure: ServerError) -> bool:
    """Not processed, come back later. AWS also says so with status 400 and a ThrottlingException, as its type or detail."""
    if answer.status in (429, 503):
        return True
    kind = answer.body.get("__type") if isinstance(answer.body, Mapping) else ""
    return answer.status == 400 and "throttling" in f"{kind} {failure.detail}".lower()
