# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Cloudflare account in this process, for tests and demonstrations: seed it, look at it, make it misbehave."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..scim import Scim
from . import apps, groups, idps, policies, references, tokens, users
from .account import PREFIX, Account
from .fields import shown
from .limiter import PER_SECOND, WINDOW

Rules = Iterable[Mapping[str, Any]]
"""Rules as on the wire, such as [{"email": {"email": "ada@example.com"}}]."""


class Cloudflare:
    """What `running()` gives as `service.cloudflare`. Seeding and looking meet no limits, no quirks, and no journal."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.api_token = tokens.USER_TOKEN
        self.account_token = tokens.ACCOUNT_TOKEN
        self.reading_token = tokens.READING_TOKEN
        self.api_email, self.api_key = tokens.EMAIL, tokens.KEY

    @property
    def base_url(self) -> str:
        """Such as "http://127.0.0.1:PORT/client/v4"."""
        return self.account.origin + PREFIX

    @property
    def account_id(self) -> str:
        return self.account.id

    def options(self) -> dict[str, Any]:
        """The connection options of a module. Without a file, the rate is nobody else's business."""
        return {
            "base_url": self.base_url,
            "account_id": self.account_id,
            "api_token": self.api_token,
            "rate_file": "",
        }

    # Making it misbehave

    def set_quirks(self, names: Iterable[str]) -> None:
        """Replace the active quirks."""
        self.account.set_quirks(names)

    def set_rate(self, quota: int, window: float = WINDOW, per_second: int = PER_SECOND) -> None:
        """Replace the limits: requests in `window` seconds, and in one second (0: no limit). The count starts anew."""
        self.account.limiter.set(quota, window, per_second)

    @property
    def tripped(self) -> int:
        """How many requests were answered 429 by the limiter."""
        return self.account.limiter.tripped

    def set_clock(self, clock: Callable[[], float]) -> None:
        """Replace the clock, seconds since the epoch, that times, sessions and limits go by."""
        self.account.clock = clock

    # Seeding

    def seed_group(self, name: str, include: Rules = (), **fields: Any) -> dict[str, Any]:
        """An Access group; fields: exclude, require, is_default."""
        with self._seeding():
            body = {"name": name, "include": _or_everyone(include), **fields}
            return _seen(groups.create(self.account, groups.group_from(self.account, body)))

    def seed_policy(
        self, name: str, decision: str = "allow", include: Rules = (), **fields: Any
    ) -> dict[str, Any]:
        """A reusable policy; fields: whatever the body of a request may have."""
        with self._seeding():
            body = {"name": name, "decision": decision, "include": _or_everyone(include), **fields}
            return _seen(policies.create(self.account, policies.policy_from(self.account, body)))

    def seed_app(
        self, name: str, domain: str = "", policies: Iterable[Any] = (), **fields: Any
    ) -> dict[str, Any]:
        """An application; policies: ids or {"id", "precedence"}, attached in this order. Returned as the API shows it."""
        with self._seeding():
            given = {"name": name, "domain": domain or f"{name.lower().replace(' ', '-')}.example.com"}
            app = apps.new_app(self.account, apps.app_from({**given, **fields}))
            apps.attach(self.account, app, list(policies))
            return copy.deepcopy(apps.app_shown(self.account, self.account.put("apps", app)))

    def seed_app_policy(
        self,
        app_id: str,
        name: str,
        decision: str = "allow",
        include: Rules = (),
        precedence: int | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """A policy of one application, the last one without a precedence."""
        with self._seeding():
            app = self.account.table("apps")[app_id]
            body = {"name": name, "decision": decision, "include": _or_everyone(include), **fields}
            number = policies.precedence_of({"precedence": precedence}, app)
            policy = policies.create(self.account, policies.policy_from(self.account, body), app_id)
            policies.link(self.account, app, policy["id"], number)
            return {**_seen(policy), "precedence": number}

    def seed_idp(
        self,
        name: str,
        type: str = "azureAD",
        config: Mapping[str, Any] | None = None,
        scim_config: Mapping[str, Any] | None = None,
        read_only: bool = False,
    ) -> dict[str, Any]:
        """An identity provider; its secrets are in it as stored."""
        with self._seeding():
            default = {"client_id": "client", "client_secret": "idp-secret", "directory_id": "directory"}
            given = (default if type == "azureAD" else {}) if config is None else dict(config)
            body = {"name": name, "type": type, "config": given, "scim_config": scim_config}
            made = idps.create(self.account, idps.idp_from(self.account, body), read_only=read_only)
            return _seen(made)

    def seed_service_token(self, name: str, **fields: Any) -> dict[str, Any]:
        with self._seeding():
            return _seen(references.create_service_token(self.account, name, **fields))

    def seed_list(
        self, name: str, type: str = "EMAIL", items: Iterable[str] = (), **fields: Any
    ) -> dict[str, Any]:
        """A Zero Trust list with these values."""
        with self._seeding():
            return _seen(references.create_list(self.account, name, type, list(items), **fields))

    def seed_posture(self, name: str, type: str = "warp", **fields: Any) -> dict[str, Any]:
        """A device posture check."""
        with self._seeding():
            return _seen(references.create_posture(self.account, name, type, **fields))

    def seed_user(self, email: str, name: str = "", **fields: Any) -> dict[str, Any]:
        """Somebody who has logged in, see users.seed_user."""
        with self._seeding():
            return users.seed_user(self.account, email, name, **fields)

    # Looking

    def stored(self, kind: str) -> list[dict[str, Any]]:
        """All "policies", "groups", "apps", "idps" or "users" as they are really stored, past all quirks."""
        return self.account.stored(kind)

    def user(self, email: str) -> dict[str, Any]:
        """A user as really stored."""
        return users.find_user(self.account, email)

    def sessions(self, email: str) -> list[dict[str, Any]]:
        """The active sessions of a user, as really stored."""
        return users.sessions(self.account, email)

    def population_url(self, idp_id: str) -> str:
        """The SCIM base URL of an identity provider."""
        return idps.population_url(self.account, self.account.table("idps")[idp_id])

    def population(self, idp_id: str) -> Scim:
        """The SCIM service of an identity provider, for its quirks, for seeding and looking."""
        populations: Any = self.account.kept["populations"]
        made: Scim = populations.scim(self.account.table("idps")[idp_id]["_population"])
        return made

    def scim_secret(self, idp_id: str) -> str:
        """The bearer token of that endpoint."""
        return str(self.account.table("idps")[idp_id]["scim_config"]["secret"])

    @property
    def dashboard_scim_url(self) -> str:
        """The SCIM base URL of the account's members."""
        return f"{self.base_url}/accounts/{self.account_id}/scim/v2"

    @contextmanager
    def _seeding(self) -> Iterator[None]:
        """No quirk disturbs it, and rules of any kind may be there already."""
        with self.account.lock:
            active, self.account.quirks = self.account.quirks, frozenset(("new-rule-kinds",))
            try:
                yield
            finally:
                self.account.quirks = active
        self.account.on_change()


def _or_everyone(include: Rules) -> list[Mapping[str, Any]]:
    return list(include) or [{"everyone": {}}]


def _seen(value: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(shown(value))
