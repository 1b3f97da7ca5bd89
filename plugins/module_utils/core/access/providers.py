# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identity providers of Access: what their SCIM settings are, what has to change, and the PUT that changes nothing else.

A PUT replaces the whole provider, and some of what is shown of it is no secret but asterisks in its place.
https://developers.cloudflare.com/api/resources/zero_trust/subresources/identity_providers/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidInput, Refused
from ..json_values import boolean
from ..plan import Change

KIND = "AccessIdentityProvider"
BEHAVIORS = ("automatic", "reauth", "no_action")
_FLAGS = ("enabled", "user_deprovision", "seat_deprovision")
_BEHAVIOR = "identity_update_behavior"

# What an answer has and a request has not. saml_certificate_set is the set that saml_certificate_set_id names.
_RESPONSE_ONLY = frozenset(("id", "uid", "version", "read_only", "created_at", "updated_at", "saml_certificate_set"))
_SCIM_READ_ONLY = frozenset(("secret", "scim_base_url"))
_WITHOUT_SCIM = {
    "onetimepin": "a one-time PIN is sent to whoever asks, there is no directory behind it",
    "google": "Google does not provision over SCIM into Access",
    "google-apps": "Google Workspace does not provision over SCIM into Access",
}

_REDACTED = re.compile(r"[*•●·.xX-]+|.*\b(redacted|concealed|hidden|masked)\b.*", re.IGNORECASE | re.DOTALL)
_SECRET_NAME = re.compile(r"secret|password|private_key|(^|_)token$", re.IGNORECASE)

Provider = Mapping[str, Any]


def scim_wish(options: Mapping[str, Any]) -> dict[str, Any]:
    """The option ``scim`` as a wish: only what the user specified. Raises InvalidInput."""
    wish = {name: value for name, value in options.items() if value is not None}
    if not wish:
        raise InvalidInput("scim: empty; say at least one of enabled, user_deprovision, seat_deprovision and identity_update_behavior")
    if _BEHAVIOR in wish:
        wish[_BEHAVIOR] = _behavior(wish[_BEHAVIOR])
    if wish.get("seat_deprovision") and wish.get("user_deprovision") is False:
        raise InvalidInput("scim: seat_deprovision needs user_deprovision: Cloudflare frees a seat only of whom it also signs out")
    return wish


def scim_seen(provider: Provider) -> dict[str, Any]:
    """The SCIM settings of a provider. What is not shown is off: Cloudflare leaves out what is false."""
    config = _mapping(provider.get("scim_config"))
    seen: dict[str, Any] = {name: boolean(config.get(name)) is True for name in _FLAGS}
    return {**seen, _BEHAVIOR: _behavior(config.get(_BEHAVIOR))}


def check_dependency(provider: Provider, wish: Mapping[str, Any]) -> None:
    """Raises InvalidInput if a provider with the wish on top would free seats of people whom it does not sign out."""
    after = {**scim_seen(provider), **wish}
    if {"seat_deprovision", "user_deprovision"} & set(wish) and after["seat_deprovision"] and not after["user_deprovision"]:
        missing = "seat_deprovision: false" if "user_deprovision" in wish else "user_deprovision: true"
        raise InvalidInput(
            "scim: seat_deprovision needs user_deprovision: Cloudflare frees a seat only of whom it also signs out; "
            f"add {missing}; nothing was written"
        )


def changes(provider: Provider, wish: Mapping[str, Any]) -> tuple[Change, ...]:
    """What of a wish is not so yet, by the names of the options: ``scim.enabled``."""
    seen = scim_seen(provider)
    return tuple(Change(f"scim.{name}", seen[name], wish[name]) for name in seen if name in wish and seen[name] != wish[name])


def refuse_unchangeable(provider: Provider) -> None:
    """Refuse to write to a provider that can hold no SCIM settings, or is not to be changed."""
    who = f"identity provider {provider.get('name')!r}"
    kind = str(provider.get("type") or "")
    if kind in _WITHOUT_SCIM:
        raise Refused(f"{who} is of type {kind}, which has no SCIM settings: {_WITHOUT_SCIM[kind]}; nothing was written")
    if boolean(provider.get("read_only")) is True:
        raise Refused(f"{who} is read_only: Cloudflare manages it, and it must be left alone; nothing was written")


def is_redacted(value: Any) -> bool:
    """Whether a value stands for a secret that is not shown."""
    return value is None or value == "" or (isinstance(value, str) and _REDACTED.fullmatch(value.strip()) is not None)


def hidden_secrets(provider: Provider) -> list[str]:
    """Names in ``config`` whose secrets exist or may exist and are not shown.

    A client that has an id and shows no secret at all has one that was left out: OAuth clients of Access sign in with it.
    """
    config = _mapping(provider.get("config"))
    hidden = {name for name, value in config.items() if isinstance(value, str) and value and is_redacted(value)}
    hidden |= {name for name, value in config.items() if _SECRET_NAME.search(name) and is_redacted(value)}
    if config.get("client_id") and "client_secret" not in config:
        hidden.add("client_secret")
    return sorted(hidden)


def secrets_for(provider: Provider, given: Mapping[str, Any], *, send_redacted: bool) -> dict[str, Any]:
    """What to put into ``config`` of the PUT for the secrets that are not shown.

    given: secrets by their names in ``config``. Whether Cloudflare keeps a secret that comes back redacted is not
    documented. If it does not, nobody can sign in any more; so that is done only if the task says so.
    Raises Refused with the names that are missing.
    """
    hidden = hidden_secrets(provider)
    missing = [name for name in hidden if is_redacted(given.get(name))]
    if missing and not send_redacted:
        names = ", ".join(missing)
        raise Refused(
            f"identity provider {provider.get('name')!r} does not show {names} of its config, and a change replaces all of it: "
            f"give {names} in config_secrets, or set redacted_secrets to send to send back what was shown; nothing was written"
        )
    return {name: given[name] for name in hidden if name not in missing}


def check_secrets_given(provider: Provider, given: Mapping[str, Any]) -> None:
    """Raises InvalidInput for what is given as a secret and is none of this provider."""
    known = set(hidden_secrets(provider)) | {name for name in _mapping(provider.get("config")) if _SECRET_NAME.search(name)}
    for name in given:
        if name not in known:
            has = f"; it has {', '.join(sorted(known))}" if known else ""
            raise InvalidInput(f"config_secrets: identity provider {provider.get('name')!r} has no secret {name!r}{has}")


def put_body(provider: Provider, wish: Mapping[str, Any], secrets: Mapping[str, Any]) -> dict[str, Any]:
    """The body that replaces a provider by itself with the wish on top. What nobody here knows survives, too.

    secrets: what secrets_for returned. The secret and the URL of SCIM are Cloudflare's to say and are not sent.
    """
    body = {name: value for name, value in provider.items() if name not in _RESPONSE_ONLY}
    body["config"] = {**_mapping(provider.get("config")), **secrets}
    scim = {name: value for name, value in _mapping(provider.get("scim_config")).items() if value is not None}
    body["scim_config"] = {**{name: value for name, value in scim.items() if name not in _SCIM_READ_ONLY}, **wish}
    return body


def one_time_secret(answer: Any) -> str:
    """The SCIM secret in the answer to the PUT that enabled SCIM, "" if it is not shown."""
    secret = _mapping(_mapping(answer).get("scim_config")).get("secret")
    return secret if isinstance(secret, str) and not is_redacted(secret) else ""


def lost(before: Provider, after: Provider) -> list[str]:
    """Names of what else a write has changed, as far as it is shown: a full replace may lose what it was not told."""
    left, right = shown(before), shown(after)
    config = sorted(name for name in {*left["config"], *right["config"]} if left["config"].get(name) != right["config"].get(name))
    return [name for name in ("name", "type") if left[name] != right[name]] + [f"config.{name}" for name in config]


def predicted(provider: Provider, wish: Mapping[str, Any]) -> dict[str, Any]:
    """The provider as an obedient server would show it after the PUT."""
    return {**provider, "scim_config": {**_mapping(provider.get("scim_config")), **wish}}


def shown(provider: Provider) -> dict[str, Any]:
    """A provider as results show it: in the words of the options, and without any secret."""
    config = _mapping(provider.get("config"))
    base_url = _mapping(provider.get("scim_config")).get("scim_base_url")
    return {
        "id": provider.get("id") or "",
        "name": provider.get("name") or "",
        "type": provider.get("type") or "",
        "read_only": boolean(provider.get("read_only")) is True,
        "scim": scim_seen(provider),
        "scim_base_url": base_url or "",
        "config": _without_secrets(config),
        "hidden_secrets": hidden_secrets(provider),
    }


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: part for name, part in value.items() if not _SECRET_NAME.search(str(name))}
        return {name: _without_secrets(part) for name, part in kept.items() if not (isinstance(part, str) and is_redacted(part))}
    if isinstance(value, (list, tuple)):
        return [_without_secrets(part) for part in value]
    return value


def _behavior(value: Any) -> str:
    """Older clients of the API spell it noaction; not shown is the default, which changes nothing."""
    text = str(value or "no_action")
    return "no_action" if text == "noaction" else text


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
