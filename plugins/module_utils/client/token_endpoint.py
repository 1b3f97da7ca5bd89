# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An OAuth 2.0 token endpoint: the client credentials grant (RFC 6749 section 4.4)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from ..core.errors import Unreachable
from .answer import Answer, server_error
from .redaction import Redactor, in_base64
from .throttle import Gate
from .transport import Connection, certificate, check_url, verification

try:
    import requests
except ImportError:  # reported by the runner with the missing library's name
    requests = None  # type: ignore[assignment]


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

    def fetch(self) -> str:
        """A new access token. Raises ServerError or Unreachable."""
        check_url("token_url", self.url)
        form = {"grant_type": "client_credentials", **({"scope": self.scope} if self.scope else {})}
        # The id and the secret are form-encoded before they become a user name and a password (section 2.3.1).
        basic = (quote(self.client_id, safe=""), quote(self.client_secret, safe=""))
        self.redactor.add(in_base64(*basic))
        host = urlsplit(self.url).netloc
        settings = self.connection
        try:
            response = requests.post(
                self.url,
                data=form,
                auth=basic,
                headers={"Accept": "application/json"},
                timeout=min(settings.timeout, self.gate.remaining()),
                allow_redirects=False,
                verify=verification(settings),
                cert=certificate(settings),
            )
        except requests.exceptions.RequestException as problem:
            raise Unreachable(f"token_url: {host} could not be asked for a token ({type(problem).__name__})") from None
        token = _member(response.text, "access_token") if response.status_code == 200 else ""
        if not token:
            headers = {name.lower(): value for name, value in response.headers.items()}
            said = _member(response.text, "error_description") or _member(response.text, "error")
            body = {"error": said or "there is no access_token in the answer"}
            raise server_error("POST", f"token_url {host}", Answer(response.status_code, headers, body), self.redactor)
        self.redactor.add(token)
        return token


def _member(text: str, name: str) -> str:
    """One text of a JSON object, "" if it is not one."""
    try:
        value = json.loads(text)[name]
    except (ValueError, KeyError, TypeError):
        return ""
    return value if isinstance(value, str) else ""
