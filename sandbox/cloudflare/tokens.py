# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may ask: API tokens of a user and of an account, the older pair of e-mail and key, and their verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..exchange import WRITES, Answer, Request
from .envelope import AUTHENTICATION, SCOPE, Refusal, result
from .routes import USER_ROUTES, route

if TYPE_CHECKING:
    from .account import Account

# As long as real ones (40 characters and a checksum), so that whatever redacts those redacts these.
USER_TOKEN = "cfut_" + "SandboxUser".ljust(48, "0")
ACCOUNT_TOKEN = "cfat_" + "SandboxAccount".ljust(48, "0")
READING_TOKEN = "cfut_" + "SandboxReading".ljust(48, "0")
"""May read everything and write nothing."""

EMAIL = "admin@example.com"
KEY = "cfk_" + "SandboxGlobal".ljust(48, "0")

_IDS = {
    USER_TOKEN: "5a4db0c5000000000000000000000001",
    ACCOUNT_TOKEN: "5a4db0c5000000000000000000000002",
    READING_TOKEN: "5a4db0c5000000000000000000000003",
}


def log_in(request: Request) -> None:
    """Refuse a request without credentials (400), with wrong ones (401), or with too weak ones for it (403)."""
    email, key = request.headers.get("x-auth-email"), request.headers.get("x-auth-key")
    if key is not None or email is not None:
        if (email, key) != (EMAIL, KEY):
            raise _stranger(401)
        return
    token = _token(request)
    if token is None:
        raise _stranger(400)
    if token not in _IDS:
        raise _stranger(401)
    if token == READING_TOKEN and request.method in WRITES:
        raise Refusal(403, SCOPE, "Unauthorized to access requested resource: the token lacks a scope")


def _token(request: Request) -> str | None:
    scheme, dummy, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _stranger(status: int) -> Refusal:
    return Refusal(status, AUTHENTICATION, "Authentication error")


@USER_ROUTES.add("GET", "/user/tokens/verify")
def verify_user_token(account: Account, request: Request) -> Answer:
    """Knows the tokens of users only."""
    token = _token(request)
    if token is None or token == ACCOUNT_TOKEN:
        raise Refusal(401, 1000, "Invalid API Token")
    return _verified(token)


@route("GET", "/tokens/verify")
def verify_account_token(account: Account, request: Request) -> Answer:
    """Knows the tokens of the account only."""
    token = _token(request)
    if token != ACCOUNT_TOKEN:
        raise Refusal(401, 1000, "Invalid API Token")
    return _verified(token)


def _verified(token: str) -> Answer:
    return result({"id": _IDS[token], "status": "active"})
