# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account's SCIM endpoints: one for each identity provider of Access, and one for the members of the account.

A population is where Access keeps what an identity provider has provisioned.
https://developers.cloudflare.com/cloudflare-one/team-and-resources/users/scim/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..exchange import Answer, Request
from ..quirks.message import body_of, current, endpoint, error, segments
from ..scim import Scim
from . import scim_log, users
from .account import Account
from .envelope import invalid, not_found, page
from .routes import route
from .tokens import ACCOUNT_TOKEN, USER_TOKEN

PREFIX = "/populations"
MOST_IDS = 50
_PATH = re.compile(r"/([^/]+)/scim/v2(/.*)?")
_TOKEN = "behind the population"  # the secret of the identity provider is checked in front of it
_MAY_PROVISION = (f"Bearer {USER_TOKEN}", f"Bearer {ACCOUNT_TOKEN}")

Resource = Mapping[str, Any]


class Populations:
    """Serves /populations/ID/scim/v2 with the secret of the identity provider, and keeps what comes in by population."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._scims: dict[str, Scim] = {}

    def scim(self, population: str) -> Scim:
        """The SCIM service of a population, for seeding and looking as well."""
        with self._account.lock:
            if population not in self._scims:
                made = self._scims[population] = Scim("cloudflare-access", _TOKEN)
                made.store.on_change = self._account.changed
            return self._scims[population]

    def seed(self, idp_id: str, *documents: Resource) -> list[dict[str, Any]]:
        """Store SCIM users and groups of an identity provider without a request. Returns them as stored."""
        return self.scim(self._account.table("idps")[idp_id]["_population"]).seed(documents)

    def state(self) -> Any:
        return {population: scim.state() for population, scim in self._scims.items()}

    def restore(self, state: Any) -> None:
        self._scims.clear()
        for population, stored in state.items():
            self.scim(population).restore(stored)

    def __call__(self, request: Request) -> Answer:
        found = _PATH.fullmatch(request.path)
        idp = self._provider(found[1]) if found else None
        if not found or not idp:
            return error(404, "there is no such population")
        if request.headers.get("authorization") != f"Bearer {idp['scim_config']['secret']}":
            return error(401, "the token is not valid")
        asked = replace(
            request,
            mount=f"{request.mount}/{found[1]}/scim/v2",
            path=found[2] or "/",
            headers={**request.headers, "authorization": f"Bearer {_TOKEN}"},
        )
        # One at a time, so that the log and what follows from a write are those of this write.
        with self._account.lock:
            scim = self.scim(found[1])
            if not asked.is_write or endpoint(asked) not in ("users", "groups"):
                return scim(asked)
            return self._written(idp, scim, asked)

    def _provider(self, population: str) -> dict[str, Any] | None:
        for idp in self._account.table("idps").values():
            if idp.get("_population") == population and (idp.get("scim_config") or {}).get("enabled"):
                return idp
        return None

    def _written(self, idp: dict[str, Any], scim: Scim, request: Request) -> Answer:
        answer, before, after = _noted(self._account, idp["id"], scim, request)
        if answer.ok and endpoint(request) == "users" and before:
            gone = request.method == "DELETE" or after.get("active") is False
            if gone and before.get("active") is not False:
                self._deprovisioned(idp["scim_config"], before)
        return answer

    def _deprovisioned(self, config: Resource, resource: Resource) -> None:
        """What scim_config says is to become of the user in Access, if Access knows one by that address."""
        email = scim_log.email_of(resource)
        user = users.known(self._account, email)
        # Both userName and the address have to be the user's e-mail, or Access does not see who is meant.
        if user is None or str(resource.get("userName")).casefold() != email.casefold():
            return
        if config.get("user_deprovision"):
            users.end_sessions(self._account, user)
            if config.get("seat_deprovision"):
                users.free_seat(self._account, user)
        self._account.on_change()


def mounted(account: Account) -> Populations:
    """The populations of an account, to be served at PREFIX; its dashboard endpoint is mounted by the way."""
    made = Populations(account)
    account.kept["populations"] = made
    account.kept["members"] = _Members(account)
    return made


class _Members:
    """The dashboard endpoint, for the members of the account.

    Its writes stand in the same log, under the id of the account in the place of an identity provider's. That is our choice:
    Cloudflare keeps them in the audit log of the account, whose entries for them are not documented.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._scim = Scim("cloudflare-dashboard", _TOKEN)
        self._scim.store.on_change = account.changed
        account.mount(f"/accounts/{account.id}/scim/v2", self)

    def __call__(self, request: Request) -> Answer:
        if request.headers.get("authorization") not in _MAY_PROVISION:
            return error(401, "the token is not valid")
        asked = replace(request, headers={**request.headers, "authorization": f"Bearer {_TOKEN}"})
        with self._account.lock:
            if not asked.is_write or endpoint(asked) not in ("users", "groups"):
                return self._scim(asked)
            answer, _before, _after = _noted(self._account, self._account.id, self._scim, asked)
            return answer

    def state(self) -> Any:
        return self._scim.state()

    def restore(self, state: Any) -> None:
        self._scim.restore(state)


@route("GET", "/access/identity_providers/{idp_id}/scim/users")
def list_users(account: Account, request: Request, idp_id: str) -> Answer:
    """In the envelope of API v4. Neither userName nor groups are shown."""
    return _listed(account, request, idp_id, "User", ("username", "email", "name"), _shown_user)


@route("GET", "/access/identity_providers/{idp_id}/scim/groups")
def list_groups(account: Account, request: Request, idp_id: str) -> Answer:
    """In the envelope of API v4. Members are not shown."""
    return _listed(account, request, idp_id, "Group", ("name",), _shown_group)


def _listed(
    account: Account,
    request: Request,
    idp_id: str,
    kind: str,
    filters: Iterable[str],
    shown: Callable[[Resource], dict[str, Any]],
) -> Answer:
    idp = account.table("idps").get(idp_id)
    if idp is None:
        raise not_found()
    part = account.kept["populations"]
    found: list[Resource] = []
    if isinstance(part, Populations) and idp.get("_population"):
        found = [item for item in part.scim(idp["_population"]).stored() if item["meta"]["resourceType"] == kind]
    by_ids = [name for name in ("cf_resource_id", "idp_resource_id") if request.values(name)]
    by_text = [name for name in filters if request.query.get(name)]
    if len(by_ids) > 1 or (by_ids and by_text):
        raise invalid("cf_resource_id and idp_resource_id go with no other filter")
    for name in by_ids:
        wanted = request.values(name)
        if len(wanted) > MOST_IDS:
            raise invalid(f"at most {MOST_IDS} values of {name}")
        found = [item for item in found if item.get("id" if name == "cf_resource_id" else "externalId") in wanted]
    for name in by_text:
        text = request.query[name].casefold()
        found = [item for item in found if text in _texts(item, name)]
    return page(request, [shown(item) for item in found], default=100, most=100)


def _texts(resource: Resource, name: str) -> list[str]:
    """What a filter compares with, as a whole and without minding the case."""
    if name == "username":
        return [str(resource.get("userName")).casefold()]
    if name == "email":
        return [str(mail.get("value")).casefold() for mail in resource.get("emails") or []]
    return [_name(resource).casefold()]


def _shown_user(resource: Resource) -> dict[str, Any]:
    mails = [
        {"primary": bool(mail.get("primary")), "type": mail.get("type") or "", "value": mail.get("value") or ""}
        for mail in resource.get("emails") or []
    ]
    return {**_shown_group(resource), "active": resource.get("active") is not False, "emails": mails}


def _shown_group(resource: Resource) -> dict[str, Any]:
    meta = {name: resource["meta"].get(name) for name in ("created", "lastModified")}
    return {
        "id": resource["id"],
        "displayName": _name(resource),
        "externalId": resource.get("externalId") or "",
        "meta": meta,
        "schemas": list(resource["schemas"]),
    }


def _name(resource: Resource) -> str:
    name = resource.get("name") or {}
    parts = " ".join(part for part in (name.get("givenName"), name.get("familyName")) if part)
    return str(resource.get("displayName") or name.get("formatted") or parts)


def _noted(
    account: Account, idp_id: str, scim: Scim, request: Request
) -> tuple[Answer, Resource, Resource]:
    """Serve a write and note it in the log. With the answer: the user or group before and after it, {} if there was none."""
    before = _resource(scim, request)
    answer = scim(request)
    after: Resource = {}
    if answer.ok and request.method != "DELETE":
        after = answer.body if request.method == "POST" else _resource(scim, request)
    scim_log.note(account, idp_id, request, answer, after or before or _wanted(request))
    return answer, before, after


def _resource(scim: Scim, request: Request) -> Resource:
    """The user or group that a request is about, as it is now; {} if there is none."""
    if len(segments(request)) != 2:
        return {}
    answer = current(request, scim)
    return answer.body if answer.ok else {}


def _wanted(request: Request) -> Resource:
    """What is known of a resource that is not there: its id from the path, the rest from the body."""
    sent = body_of(request) if request.method in ("POST", "PUT") else {}
    known: dict[str, Any] = {name: sent[name] for name in ("userName", "displayName", "externalId", "emails") if name in sent}
    if not isinstance(known.get("emails"), list):
        known.pop("emails", None)
    return {"id": "".join(segments(request)[1:2]), **known}
