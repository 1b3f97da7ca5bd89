# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a service is and how it is connected to: address, TLS, proxies, headers."""

from __future__ import annotations

import importlib
import ipaddress
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..core.errors import InvalidInput
from .auth import Credentials, NoCredentials

try:
    importlib.import_module("requests")
    REQUESTS_PROBLEM = ""
except ImportError:  # reported by the runner with the missing library's name
    REQUESTS_PROBLEM = traceback.format_exc()

USER_AGENT = "identityops.lifecycle/1.0.0 (+https://github.com/identityops/lifecycle)"

_NO_PROXY = {"http": None, "https": None, "all": None}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2


@dataclass(frozen=True)
class Connection:
    """Where and how to connect.

    url: the service's base URL. option: what gives it, for messages. timeout: seconds to wait for a connection or an answer.
    """

    url: str
    credentials: Credentials = field(default_factory=NoCredentials, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
    skip_tls_verify: bool = False
    timeout: float = 30.0
    concurrency: int = 8
    option: str = "url"

    def settings(self, url: str) -> dict[str, Any]:
        """What requests to an address need beside the environment's proxies and authorities; where both speak, this counts.

        A proxy is never asked for an address on this host: it would see plain http, and could not reach it anyway.
        """
        return {
            "verify": False if self.skip_tls_verify else self.ca_file or True,
            # The key is named in any case: OpenSSL would ask the terminal for the password of one that it finds itself.
            "cert": (self.client_cert, self.client_key or self.client_cert) if self.client_cert else None,
            "proxies": _NO_PROXY if is_loopback(urlsplit(url).hostname or "") else None,
        }


def check_url(option: str, url: str) -> None:
    """Refuse an address that would carry credentials in clear over a network. Loopback is for tests and rehearsals."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise InvalidInput(f"{option} is not an http(s) address: its host or port cannot be read") from None
    if not url:
        raise InvalidInput(f"{option} is empty")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise InvalidInput(f"{option} holds white space; was it read with its newline?")
    if parts.scheme not in ("http", "https") or not host:
        shown = parts._replace(netloc=host or "", query="", fragment="").geturl()
        raise InvalidInput(f"{option}: {shown!r} is not an http(s) address")
    if "@" in parts.netloc:
        raise InvalidInput(f"{option} holds credentials; give them in their own options")
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidInput(f"{option}: plain http to {host} would show the credentials to the network; use https")


def check_connection(connection: Connection) -> None:
    """Refuse what could not work, before anything is sent; names the option, never a value that is a secret."""
    check_url(connection.option, connection.url)
    if urlsplit(connection.url).query or urlsplit(connection.url).fragment:
        raise InvalidInput(f"{connection.option}: a base address has no query and no fragment, paths are put after it; leave out ? or # and the rest")
    if connection.client_key and not connection.client_cert:
        raise InvalidInput("client_key needs client_cert beside it")
    for name, value in connection.headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise InvalidInput(f"headers: {name!r} is not the name of a header")
        if not value.isascii() or not (value.isprintable() and value == value.strip()):
            raise InvalidInput(f"headers: the value of {name} holds characters that no header may carry; was it read with its newline?")


def is_loopback(host: str) -> bool:
    """Whether a host is this one, for certain."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
