# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Cloudflare account in this process, for tests and demonstrations: seed it, look at it, make it misbehave."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from .account import PREFIX, Account


class Cloudflare:
    """What `running()` gives as `service.cloudflare`. Seeding and looking meet no limits, no quirks, and no journal."""

    def __init__(self, account: Account) -> None:
        self.account = account

    @property
    def base_url(self) -> str:
        """Such as "http://127.0.0.1:PORT/client/v4"."""
        return self.account.origin + PREFIX

    @property
    def account_id(self) -> str:
        return self.account.id

    def set_quirks(self, names: Iterable[str]) -> None:
        """Replace the active quirks."""
        self.account.set_quirks(names)

    def stored(self, kind: str) -> list[dict[str, Any]]:
        """All "policies", "groups", "apps", "idps" or "users" as they are really stored, past all quirks."""
        return self.account.stored(kind)

    # Users are the matter of users.py: seed_user, find_user and sessions there take the account first.

    def seed_user(self, email: str, **fields: Any) -> dict[str, Any]:
        """Store a user. fields: name, access_seat, gateway_seat, sessions, devices, identity, failed_logins, ..."""
        return _part("users").seed_user(self.account, email, **fields)  # type: ignore[no-any-return]

    def user(self, email: str) -> dict[str, Any]:
        """A user as really stored."""
        return _part("users").find_user(self.account, email)  # type: ignore[no-any-return]

    def sessions(self, email: str) -> list[dict[str, Any]]:
        """The active sessions of a user, as really stored."""
        return _part("users").sessions(self.account, email)  # type: ignore[no-any-return]

    # The SCIM endpoints are the matter of populations.py.

    def population_url(self, idp_id: str) -> str:
        """The SCIM base URL of an identity provider."""
        population = self.account.table("idps")[idp_id]["_population"]
        return f"{self.account.origin}/populations/{population}/scim/v2"

    def scim_secret(self, idp_id: str) -> str:
        """The bearer token of that endpoint."""
        return str(self.account.table("idps")[idp_id]["scim_config"]["secret"])

    @property
    def dashboard_scim_url(self) -> str:
        """The SCIM base URL of the account's members."""
        return f"{self.base_url}/accounts/{self.account_id}/scim/v2"


def _part(name: str) -> Any:
    return import_module(f".{name}", __package__)
