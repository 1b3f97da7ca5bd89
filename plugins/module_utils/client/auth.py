# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a request proves who sends it: bearer token, basic, or OAuth 2.0 client credentials (RFC 6749 section 4.4)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from ..core.errors import InvalidInput
from .redaction import Redactor

try:
    import requests
    from requests.auth import AuthBase, HTTPBasicAuth
except ImportError:  # reported by the runner with the missing library's name
    AuthBase = object  # type: ignore[assignment,misc]


class Credentials(AuthBase):
    """Puts credentials on a request. Given to requests as ``auth``, so that no .netrc entry can take their place."""

    def renew(self, rejected: str) -> bool:
        """Get fresh credentials after a 401; whether there is any point in trying again.

        rejected: the Authorization header that was answered so.
        """
        return False

    def accepted(self, used: str) -> None:
        """A request was answered with success. used: its Authorization header."""


class NoCredentials(Credentials):
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


@dataclass
class BearerToken(Credentials):
    """A fixed token (RFC 6750). option: what gives it, for messages."""

    token: str = field(repr=False)
    option: str = "token"

    def __post_init__(self) -> None:
        if not fits_header(self.token):
            if self.token.lower().startswith("bearer "):
                raise InvalidInput(f"{self.option} begins with the word Bearer; give the token alone, the word is added here")
            raise InvalidInput(f"{self.option} holds white space or characters that no header may carry; was it read with its newline?")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@dataclass
class Basic(Credentials):
    """User name and password (RFC 7617)."""

    username: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if ":" in self.username:
            raise InvalidInput("auth_username holds a colon, which ends a user name in basic authentication")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        basic = HTTPBasicAuth(self.username.encode(), self.password.encode())
        return basic(request)  # type: ignore[no-any-return]


@dataclass
class KeyAndEmail(Credentials):
    """Cloudflare's older way: the global API key of a user, beside the e-mail address (X-Auth-Key, X-Auth-Email)."""

    email: str
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        for option, value in (("api_key", self.key), ("api_email", self.email)):
            if not fits_header(value):
                raise InvalidInput(f"{option} holds white space or characters that no header may carry; was it read with its newline?")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-Auth-Email"] = self.email
        request.headers["X-Auth-Key"] = self.key
        return request


class ClientCredentials(Credentials):
    """A token from an OAuth 2.0 token endpoint, fetched once a task and again when a 401 shows that it has expired.

    A new token that is rejected as well is not renewed: it is not time that is missing then, but a right.
    fetch: asks the endpoint and returns the access token; given by the transport, which knows about TLS and time.
    """

    def __init__(self, fetch: Callable[[], str], redactor: Redactor) -> None:
        self._fetch = fetch
        self._redactor = redactor
        self._token = ""
        self._unproven = False
        self._lock = threading.Lock()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        with self._lock:
            if not self._token:
                self._token = self._fetch()
                self._redactor.add(self._token)
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def renew(self, rejected: str) -> bool:
        with self._lock:
            if rejected != f"Bearer {self._token}":
                return True  # another thread has a new one already
            if self._unproven:
                return False
            self._token, self._unproven = "", True
            return True

    def accepted(self, used: str) -> None:
        if self._unproven:
            with self._lock:
                # What was asked with the old token and is answered late says nothing about the new one.
                self._unproven = self._unproven and used != f"Bearer {self._token}"


def fits_header(token: str) -> bool:
    """Whether a header can carry a token or a tag: visible ASCII."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token
