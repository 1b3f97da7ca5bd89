# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of policies and groups: the 26 kinds, what Cloudflare refuses, and the form it keeps them in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .account import Account
from .envelope import UNKNOWN_GROUP, Refusal, internal, invalid

LISTS = ("include", "exclude", "require")
RISKS = frozenset(("low", "medium", "high", "unscored"))
MOST_VALUES = 1000
"""E-mails or IPs in one list of rules, https://developers.cloudflare.com/cloudflare-one/account-limits/"""

Check = Callable[[str], str]
"""Returns a value as it is kept; raises Refusal."""


def is_id(text: object) -> bool:
    """Whether it looks like an id: a UUID, with hyphens or without."""
    return (
        isinstance(text, str)
        and re.fullmatch(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", text) is not None
    )


def _text(value: str) -> str:
    return value


def _id(value: str) -> str:
    # A name where an id is due is an internal error there (terraform-provider-cloudflare issue 683).
    if not is_id(value):
        raise internal()
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise invalid(f"invalid email: {value}")
    return value


def _domain(value: str) -> str:
    if not re.fullmatch(r"[^@\s.]+(\.[^@\s.]+)+", value):
        raise invalid(f"invalid domain: {value}")
    return value


def _ip(value: str) -> str:
    try:
        interface = ipaddress.ip_interface(value)
    except ValueError:
        raise invalid(f"invalid ip: {value}") from None
    # A lone address comes back as a network (terraform-provider-cloudflare issue 6059).
    return value if "/" in value else f"{value}/{interface.max_prefixlen}"


def _country(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]{2}", value):
        raise invalid(f"invalid country code: {value}")
    return value


@dataclass(frozen=True)
class Kind:
    """The members of the inner object, each with its check. A rule with a list as its first member becomes several."""

    required: dict[str, Check]
    optional: dict[str, Check]


def _kind(*optional: str, **required: Check) -> Kind:
    return Kind(required, dict.fromkeys(optional, _text))


KINDS: dict[str, Kind] = {
    "everyone": _kind(),
    "email": _kind(email=_email),
    "email_domain": _kind(domain=_domain),
    "email_list": _kind(id=_id),
    "ip": _kind(ip=_ip),
    "ip_list": _kind(id=_id),
    "geo": _kind(country_code=_country),
    "group": _kind(id=_id),
    "azureAD": _kind(id=_text, identity_provider_id=_id),
    "okta": _kind(name=_text, identity_provider_id=_id),
    "gsuite": _kind(email=_email, identity_provider_id=_id),
    "github-organization": _kind("team", name=_text, identity_provider_id=_id),
    "saml": _kind(attribute_name=_text, attribute_value=_text, identity_provider_id=_id),
    "oidc": _kind(claim_name=_text, claim_value=_text, identity_provider_id=_id),
    "login_method": _kind(id=_id),
    "auth_method": _kind(auth_method=_text),
    "auth_context": _kind(id=_text, ac_id=_text, identity_provider_id=_id),
    "device_posture": _kind("account_id", integration_uid=_id),
    "certificate": _kind(),
    "common_name": _kind(common_name=_text),
    "service_token": _kind(token_id=_id),
    "any_valid_service_token": _kind(),
    "linked_app_token": _kind(app_uid=_id),
    "external_evaluation": _kind(evaluate_url=_text, keys_url=_text),
    "user_risk_score": _kind(),  # its one member is a list, see _risk
    "cloudflare_account_member": _kind("account_id"),
}


def normalised(
    account: Account, body: dict[str, Any], *, linked_app: bool = True
) -> dict[str, list[dict[str, Any]]]:
    """{"include", "exclude", "require"} of a body as they are kept: one key and one value a rule, null as [].

    linked_app: whether linked_app_token is allowed.
    """
    found = {name: _rules(account, name, body.get(name)) for name in LISTS}
    if not found["include"]:
        raise invalid("include must have at least one rule")
    if not linked_app and any("linked_app_token" in rule for rules in found.values() for rule in rules):
        raise invalid("linked_app_token needs the decision non_identity or bypass")
    return found


def groups_of(thing: dict[str, Any]) -> set[str]:
    """The ids of the groups that the rules of a policy or a group name."""
    return {rule["group"]["id"] for name in LISTS for rule in thing.get(name, ()) if "group" in rule}


def count(thing: dict[str, Any]) -> int:
    """How many rules a policy or a group has."""
    return sum(len(thing.get(name, ())) for name in LISTS)


def _rules(account: Account, where: str, value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(f"{where} must be a list")
    rules = [rule for given in value for rule in _split(account, where, given)]
    for key in ("email", "ip"):
        if sum(key in rule for rule in rules) > MOST_VALUES:
            raise invalid(f"maximum number of {key} values reached")
    return rules


def _split(account: Account, where: str, given: Any) -> Iterator[dict[str, Any]]:
    """The rules of one key and one value that a rule stands for (terraform-provider-cloudflare issue 1215)."""
    if not isinstance(given, dict) or not given:
        raise invalid(f"{where} must have objects with a rule")
    for key, inner in given.items():
        if key not in KINDS:
            if "new-rule-kinds" not in account.quirks:
                raise invalid(f"unknown rule {key}")
            yield {key: inner}
            continue
        for one in inner if isinstance(inner, list) else [inner]:
            for single in _singles(key, one):
                yield {key: _inner(account, key, single)}


def _singles(key: str, inner: Any) -> Iterable[Any]:
    first = next(iter(KINDS[key].required), "")
    if not isinstance(inner, dict) or not isinstance(inner.get(first), list):
        return [inner]
    return [{**inner, first: value} for value in inner[first]]


def _inner(account: Account, key: str, inner: Any) -> dict[str, Any]:
    if not isinstance(inner, dict):
        raise invalid(f"{key} must be an object")
    if key == "user_risk_score":
        return _risk(inner)
    kind = KINDS[key]
    for name in inner:
        if name not in kind.required and name not in kind.optional:
            raise invalid(f"unknown field {key}.{name}")
    kept: dict[str, Any] = {}
    for name, check in {**kind.required, **kind.optional}.items():
        value = inner.get(name)
        if name in kind.optional and value in (None, ""):
            continue
        if not isinstance(value, str) or not value:
            raise invalid(f"{key}.{name} is required")
        kept[name] = check(value)
    if key == "group" and kept["id"] not in account.table("groups"):
        raise Refusal(400, UNKNOWN_GROUP, "access.api.error.failed_to_load_group")
    return kept


def _risk(inner: dict[str, Any]) -> dict[str, Any]:
    levels = inner.get("user_risk_score")
    known = isinstance(levels, list) and all(isinstance(level, str) and level in RISKS for level in levels)
    if set(inner) != {"user_risk_score"} or not levels or not known:
        raise invalid("user_risk_score.user_risk_score must be a list of low, medium, high, unscored")
    return {"user_risk_score": list(levels)}
