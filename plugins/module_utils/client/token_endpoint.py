# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An OAuth 2.0 token endpoint: the client credentials grant (RFC 6749 section 4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ..core.errors import Unreachable
from .answer import Answer, server_error
from .auth import Basic, fits_header
from .connection import Connection, check_url
from .exchange import AnswerLost, NeverSent, exchange
from .redaction import Redactor, in_base64
from .session import Session
from .throttle import Gate, backoff, retry_after

_MOST_ATTEMPTS = 4
_AGAIN = (429, 502, 503, 504)  # to ask for a token twice does no harm


@dataclass
class TokenEndpoint:
    """Where access tokens come from. connection: whose TLS settings and timeout count here too."""

    connection: Connection
    gate: Gate
    redactor: Redactor
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""

    def __post_init__(self) -> None:
        check_url("token_url", self.url)

    def fetch(self) -> str:
        """A new access token. Raises ServerError, Unreachable or OutOfTime."""
        where = f"token_url {urlsplit(self.url).netloc}"
        for attempt in range(_MOST_ATTEMPTS):
            wait = None
            try:
                answer = self._ask()
            except (NeverSent, AnswerLost) as problem:
                failure: Exception = Unreachable(f"{where} could not be asked for a token: {problem}")
            else:
                token = _text(answer.body, "access_token") if answer.status == 200 else ""
                if fits_header(token):
                    self.redactor.add(token)
                    return token
                said = "there is no access_token in the answer"
                body = answer.body if answer.status != 200 else {"error": said}
                failure = server_error("POST", where, Answer(answer.status, answer.headers, body, answer.text or said), self.redactor)
                if answer.status not in _AGAIN:
                    raise failure
                wait = retry_after(answer.headers.get("retry-after"), self.gate.clock)
            if attempt + 1 == _MOST_ATTEMPTS:
                break
            self.gate.hold(wait or backoff(attempt, self.gate.clock), str(failure))
            self.gate.wait()
        raise failure

    def _ask(self) -> Answer:
        form = {"grant_type": "client_credentials", **({"scope": self.scope} if self.scope else {})}
        # The id and the secret are form-encoded before they become a user name and a password (section 2.3.1).
        basic = (quote(self.client_id, safe=""), quote(self.client_secret, safe=""))
        self.redactor.add(in_base64(*basic))
        with Session(self.connection, Basic(*basic)) as session:
            answer, _used = exchange(
                session,
                "POST",
                self.url,
                data=urlencode(form),
                headers={"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
                gate=self.gate,
                redactor=self.redactor,
            )
        return answer


def _text(body: Any, name: str) -> str:
    """One text of a JSON object, "" if it is not one."""
    value = body.get(name) if isinstance(body, Mapping) else None
    return value if isinstance(value, str) else ""
