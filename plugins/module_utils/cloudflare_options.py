# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the Access modules, declared once, and the Cloudflare account that they connect to."""

from __future__ import annotations

import os
import re
from typing import Any

from .client.auth import BearerToken, Credentials, KeyAndEmail, NoCredentials
from .client.cloudflare import CloudflareAccount
from .client.connection import Connection
from .client.dialect import CloudflareDialect
from .client.rate import PacedGate, Spent
from .client.redaction import Redactor
from .client.throttle import Clock
from .client.transport import Transport
from .core.errors import InvalidInput
from .options import Get, Spec, from_environment, positive, readable_file, secrets_of

BASE_URL = "https://api.cloudflare.com/client/v4"

_ENVIRONMENT = {
    "api_token": "CLOUDFLARE_API_TOKEN",
    "api_key": "CLOUDFLARE_API_KEY",
    "api_email": "CLOUDFLARE_EMAIL",
}

# How to reach an account: the same for every module.
ACCESS: Spec = {
    "account_id": {"type": "str", "required": True, "fallback": from_environment("CLOUDFLARE_ACCOUNT_ID")},
    "api_token": {"type": "str", "no_log": True, "fallback": from_environment("CLOUDFLARE_API_TOKEN")},
    "api_key": {"type": "str", "no_log": True, "fallback": from_environment("CLOUDFLARE_API_KEY")},
    "api_email": {"type": "str", "fallback": from_environment("CLOUDFLARE_EMAIL")},
    "base_url": {"type": "str", "default": BASE_URL, "fallback": from_environment("CLOUDFLARE_BASE_URL")},
    "ca_file": {"type": "path", "fallback": from_environment("CLOUDFLARE_CA_FILE")},
    "skip_tls_verify": {"type": "bool", "default": False, "fallback": from_environment("CLOUDFLARE_SKIP_TLS_VERIFY")},
    "timeout": {"type": "float", "default": 30.0, "fallback": from_environment("CLOUDFLARE_TIMEOUT")},
    "time_budget": {"type": "float", "default": 900.0, "fallback": from_environment("CLOUDFLARE_TIME_BUDGET")},
    "rate_file": {
        "type": "path",
        "default": "~/.cache/identityops.lifecycle/cloudflare-rate.json",
        "fallback": from_environment("CLOUDFLARE_RATE_FILE"),
    },
}

# What a module that writes has beside it.
ACCESS_WRITING: Spec = {
    "on_unconverged": {"type": "str", "choices": ["fail", "warn", "ignore"], "default": "fail"},
}


def connect_account(get: Get, *, read_only: bool) -> CloudflareAccount:
    """The account that the options name. get: the value of an option, ``None`` where it is not given.

    read_only: refuse every write on the way out. Raises InvalidInput.
    """
    account_id = str(get("account_id") or "").strip()
    if not account_id:
        raise InvalidInput("account_id is not set; it may stand in CLOUDFLARE_ACCOUNT_ID in the environment, too")
    if not re.fullmatch(r"[0-9a-fA-F]{32}", account_id):
        raise InvalidInput(f"account_id: {account_id[:64]!r} is no id of an account, which has 32 hexadecimal digits")
    credentials, identity = _credentials(get)
    base_url = str(get("base_url") or BASE_URL).rstrip("/")
    connection = Connection(
        url=base_url,
        credentials=credentials,
        ca_file=readable_file(get, "ca_file"),
        skip_tls_verify=bool(get("skip_tls_verify")),
        timeout=positive(get, "timeout"),
        option="base_url",
    )
    spent = Spent(str(get("rate_file") or ""), f"{base_url} {identity}")
    gate = PacedGate(Clock(), positive(get, "time_budget"), spent)
    transport = Transport(connection, gate, Redactor(secrets_of(get)), read_only=read_only, dialect=CloudflareDialect())
    return CloudflareAccount(transport, account_id.lower(), by_token=isinstance(credentials, BearerToken))


def _credentials(get: Get) -> tuple[Credentials, str]:
    """How to sign in, and whose rate limit it is: the user's or the token's. What the task gives beats the environment."""
    given = {name: str(get(name)) for name in _ENVIRONMENT if get(name)}
    by_task: dict[str, Any] = {name: value for name, value in given.items() if value != os.environ.get(_ENVIRONMENT[name])}
    for source in (by_task, given):
        if "api_token" in source and "api_key" in source:
            raise InvalidInput("api_token and api_key are given; choose one way to sign in")
        if "api_token" in source:
            return BearerToken(given["api_token"], "api_token"), given["api_token"]
        if "api_key" in source or "api_email" in source:
            for name, other in (("api_key", "api_email"), ("api_email", "api_key")):
                if name not in given:
                    raise InvalidInput(f"{other} needs {name} beside it")
            return KeyAndEmail(given["api_email"], given["api_key"]), given["api_email"].lower()
    return NoCredentials(), ""
