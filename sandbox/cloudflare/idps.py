# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identity providers, with the switch for SCIM and its one-time secret."""

from __future__ import annotations

from typing import Any

from ..exchange import Answer, Request
from .account import Account
from .envelope import conflict, invalid, not_found, page, result
from .fields import body_of, flag, name_of, shown
from .routes import route

MOST_IDPS = 50
REDACTED = "**********"
TYPES = frozenset(
    [
        "onetimepin",
        "azureAD",
        "saml",
        "centrify",
        "facebook",
        "github",
        "google-apps",
        "google",
        "linkedin",
        "oidc",
        "okta",
        "onelogin",
        "pingone",
        "yandex",
        "cloudflare",
    ]
)
ONE_TIME_PIN = "onetimepin"
BEHAVIOURS = ("automatic", "reauth", "no_action")
_SECRETS = ("client_secret", "idp_secret", "api_token", "okta_api_token", "onelogin_api_token", "private_key")


def idp_from(account: Account, body: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a body makes of a provider; before: the stored one that it replaces."""
    kind = body.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise invalid(f"unknown identity provider type {kind}")
    if before and before["type"] != kind:
        raise invalid("type can not be changed")
    config = body.get("config")
    if not isinstance(config, dict):
        raise invalid("config is required")
    idp = {
        "name": name_of(body),
        "type": kind,
        "config": _with_secrets(account, config, before["config"] if before else {}),
        "scim_config": _scim(account, kind, body.get("scim_config"), before["scim_config"] if before else {}),
    }
    if body.get("saml_certificate_set_id"):
        idp["saml_certificate_set_id"] = body["saml_certificate_set_id"]
    return idp


def _with_secrets(account: Account, config: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """A secret that comes back redacted, or not at all, is kept as it was."""
    if "redacted-secrets-stored" in account.quirks:
        return dict(config)
    kept = {
        name: value
        for name, value in before.items()
        if name in _SECRETS and config.get(name, REDACTED) in (REDACTED, None, "")
    }
    return {**config, **kept}


def _scim(account: Account, kind: str, given: Any, before: dict[str, Any]) -> dict[str, Any]:
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise invalid("scim_config must be an object")
    if kind == ONE_TIME_PIN and given:
        raise invalid("onetimepin does not support scim_config")
    scim = {name: flag(given, name) for name in ("enabled", "user_deprovision", "seat_deprovision")}
    if scim["seat_deprovision"] and not scim["user_deprovision"]:
        raise invalid("seat_deprovision requires user_deprovision")
    behaviour = given.get("identity_update_behavior") or "no_action"
    if behaviour not in BEHAVIOURS:
        raise invalid(f"identity_update_behavior must be one of {', '.join(BEHAVIOURS)}")
    kept: dict[str, Any] = {**scim, "identity_update_behavior": behaviour, "secret": None}
    if kept["enabled"]:
        kept["secret"] = before["secret"] if before.get("enabled") else account.new_secret("scim-secret")
    return kept


def create(account: Account, fields: dict[str, Any], *, read_only: bool = False) -> dict[str, Any]:
    """Store a provider. Its population, where SCIM resources are stored, has a UUID that outlives the switch."""
    idp_id = account.new_id()
    own = {
        "id": idp_id,
        "uid": idp_id,
        "version": "1",
        "_population": account.new_id(),
        "read_only": read_only,
    }
    return account.put("idps", {**own, **fields})


def idp_shown(account: Account, idp: dict[str, Any], *, secret: bool = False) -> dict[str, Any]:
    """As it is answered. secret: the one time when the bearer token of its SCIM endpoint is shown."""
    scim = dict(idp["scim_config"])
    if not secret:
        scim["secret"] = None
    if scim["enabled"]:
        scim["scim_base_url"] = population_url(account, idp)
    config = {
        name: REDACTED if name in _SECRETS and value else value for name, value in idp["config"].items()
    }
    whole = {**shown(idp), "config": config, "scim_config": scim}
    if idp["type"] == ONE_TIME_PIN:
        del whole["scim_config"]
    return whole


def population_url(account: Account, idp: dict[str, Any]) -> str:
    """The base URL of its SCIM endpoint."""
    return f"{account.origin}/populations/{idp['_population']}/scim/v2"


def _idp(account: Account, idp_id: str) -> dict[str, Any]:
    idp = account.table("idps").get(idp_id)
    if idp is None:
        raise not_found()
    return idp


def _writable(account: Account, idp_id: str) -> dict[str, Any]:
    idp = _idp(account, idp_id)
    if idp["read_only"]:
        raise invalid("identity provider is read only")
    return idp


@route("GET", "/access/identity_providers")
def list_idps(account: Account, request: Request) -> Answer:
    idps = list(account.table("idps").values())
    if request.query.get("scim_enabled", "").lower() == "true":
        idps = [idp for idp in idps if idp["scim_config"]["enabled"]]
    return page(request, [idp_shown(account, idp) for idp in idps], default=200)


@route("POST", "/access/identity_providers")
def create_idp(account: Account, request: Request) -> Answer:
    fields = idp_from(account, body_of(request))
    known = account.table("idps").values()
    if fields["type"] == ONE_TIME_PIN and any(idp["type"] == ONE_TIME_PIN for idp in known):
        raise conflict("a onetimepin connection already exists")
    if len(known) >= MOST_IDPS:
        raise invalid("maximum number of identity providers reached")
    return result(idp_shown(account, create(account, fields), secret=True), 201)


@route("GET", "/access/identity_providers/{idp_id}")
def read_idp(account: Account, request: Request, idp_id: str) -> Answer:
    return result(idp_shown(account, _idp(account, idp_id)))


@route("PUT", "/access/identity_providers/{idp_id}")
def replace_idp(account: Account, request: Request, idp_id: str) -> Answer:
    before = _writable(account, idp_id)
    fields = idp_from(account, body_of(request), before)
    switched_on = fields["scim_config"]["enabled"] and not before["scim_config"]["enabled"]
    kept = {name: before[name] for name in ("id", "uid", "_population", "read_only")}
    version = str(int(before["version"]) + 1)
    idp = account.put("idps", {**kept, "version": version, **fields})
    return result(idp_shown(account, idp, secret=switched_on))


@route("DELETE", "/access/identity_providers/{idp_id}")
def delete_idp(account: Account, request: Request, idp_id: str) -> Answer:
    _writable(account, idp_id)
    account.remove("idps", idp_id)
    return result({"id": idp_id}, 202)
