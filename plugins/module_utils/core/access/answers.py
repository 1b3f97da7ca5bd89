# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether one selector of a rule is met by what is known of a person: yes, no, or which fact is missing."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Union

from ..json_values import folded
from .facts import Facts, Missing, Table
from .kinds import IDENTITY_PROVIDER, LIST, POSTURE
from .rules import Rule

# True, false, or the facts on which it depends.
Answer = Union[bool, tuple[Missing, ...]]

COUNTRY = Missing("country")
IP = Missing("IP address")
PROVIDER = Missing("identity provider")
METHODS = Missing("authentication method")
SERVICE_TOKEN = Missing("service token")
RISK = Missing("user risk score")
MEMBER = Missing("membership of the Cloudflare account")


def answer(rule: Rule, facts: Facts) -> Answer:
    """Whether a person meets a rule of any kind but ``group``."""
    question = _QUESTIONS.get(rule.key)
    if question is None:
        return (Missing("selector {0}, which is not known here", (("", rule.key),)),)
    return question(rule.inner, facts)


def _everyone(dummy: Mapping[str, Any], _facts: Facts) -> Answer:
    return True


def _email(inner: Mapping[str, Any], facts: Facts) -> Answer:
    return folded(_text(inner, "email")) == folded(facts.email.strip())


def _domain(inner: Mapping[str, Any], facts: Facts) -> Answer:
    return folded(_text(inner, "domain").lstrip("@")) == folded(facts.domain.strip())


def _ip(inner: Mapping[str, Any], facts: Facts) -> Answer:
    if facts.ip is None:
        return (IP,)
    try:
        network = ipaddress.ip_network(_text(inner, "ip"), strict=False)
        address = ipaddress.ip_address(facts.ip.strip())
    except ValueError:
        return (Missing("IP address {0}, which cannot be read", (("", _text(inner, "ip")),)),)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address) in network


def _country(inner: Mapping[str, Any], facts: Facts) -> Answer:
    return (COUNTRY,) if facts.country is None else facts.country.upper() == _text(inner, "country_code").upper()


def _provider(inner: Mapping[str, Any], facts: Facts) -> Answer:
    return (PROVIDER,) if facts.identity_provider is None else facts.identity_provider == _text(inner, "id")


def _method(inner: Mapping[str, Any], facts: Facts) -> Answer:
    return (METHODS,) if facts.auth_methods is None else _text(inner, "auth_method") in facts.auth_methods


def _of_provider(inner: Mapping[str, Any], facts: Facts, met: bool | None, form: str, *names: str) -> Answer:
    """An answer that holds if the person logs in with the identity provider of the rule.

    met: what that provider says, ``None`` if it is not known. form, names: the missing fact, as in Missing, the provider last.
    """
    wanted = _text(inner, "identity_provider_id")
    other = wanted and facts.identity_provider not in (None, wanted)
    if met is False or other:
        return False
    missing: tuple[Missing, ...] = (PROVIDER,) if wanted and facts.identity_provider is None else ()
    if met is None:
        places = tuple(("", name) for name in names)
        missing += (Missing(f"{form} ({{{len(names)}}})" if wanted else form, (*places, (IDENTITY_PROVIDER, wanted))),)
    return missing or True


def _group_of(field: str, *, exactly: bool) -> Callable[[Mapping[str, Any], Facts], Answer]:
    """A rule that names a group of an identity provider. exactly: letter case counts."""

    def question(inner: Mapping[str, Any], facts: Facts) -> Answer:
        name = _text(inner, field)
        met = None if facts.groups is None else _among(name, facts.groups, exactly=exactly)
        return _of_provider(inner, facts, met, "membership of IdP group {0}", name)

    return question


def _github(inner: Mapping[str, Any], facts: Facts) -> Answer:
    """Groups of GitHub are ``organization`` and ``organization/team``."""
    organization, team = _text(inner, "name").lower(), _text(inner, "team").lower()
    met: bool | None = None
    if facts.groups is not None:
        names = {name.lower() for name in facts.groups}
        teams = {name for name in names if name.startswith(organization + "/")}
        met = organization in names or bool(teams)
        if team and met:  # a list of organizations alone does not tell the teams
            met = f"{organization}/{team}" in teams if teams else None
    return _of_provider(inner, facts, met, "membership of GitHub organization {0}", organization + (team and f"/{team}"))


def _value_of(table: str, name: str, value: str, form: str) -> Callable[[Mapping[str, Any], Facts], Answer]:
    """A rule about an attribute or a claim. table: the field of the facts. name, value: the fields of the rule."""

    def question(inner: Mapping[str, Any], facts: Facts) -> Answer:
        entries: Table = getattr(facts, table)
        values = entries.get(_text(inner, name), frozenset())
        met = None if values is None else _text(inner, value) in values
        return _of_provider(inner, facts, met, form, _text(inner, name))

    return question


def _listed(table: str, field: str, form: str, thing: str = "") -> Callable[[Mapping[str, Any], Facts], Answer]:
    """A rule that is met or not as a table of the facts says. field: where the rule has the name of the entry."""

    def question(inner: Mapping[str, Any], facts: Facts) -> Answer:
        name = _text(inner, field)
        entries: Table = getattr(facts, table)
        met = entries.get(name, None)
        return (Missing(form, ((thing, name),)),) if met is None else bool(met)

    return question


def _context(inner: Mapping[str, Any], facts: Facts) -> Answer:
    met = next((met for met in (facts.auth_contexts.get(_text(inner, key), None) for key in ("id", "ac_id")) if met is not None), None)
    return _of_provider(inner, facts, met, "authentication context {0}", _text(inner, "ac_id") or _text(inner, "id"))


def _brought(name: str, field: str, form: str) -> Callable[[Mapping[str, Any], Facts], Answer]:
    """A rule about what a request brings along. name: the field of the facts. field: where the rule names the one it wants."""

    def question(inner: Mapping[str, Any], facts: Facts) -> Answer:
        brought = getattr(facts, name)
        if brought is None:
            return (Missing(form),)
        return bool(brought) and (not field or brought == _text(inner, field))

    return question


def _risk(inner: Mapping[str, Any], facts: Facts) -> Answer:
    wanted = inner.get("user_risk_score")
    scores = wanted if isinstance(wanted, (list, tuple)) else [wanted]
    return (RISK,) if facts.user_risk_score is None else facts.user_risk_score in scores


def _member(dummy: Mapping[str, Any], facts: Facts) -> Answer:
    return (MEMBER,) if facts.cloudflare_account_member is None else facts.cloudflare_account_member


_QUESTIONS: Mapping[str, Callable[[Mapping[str, Any], Facts], Answer]] = {
    "everyone": _everyone,
    "email": _email,
    "email_domain": _domain,
    "email_list": _listed("lists", "id", "list {0}", LIST),
    "ip": _ip,
    "ip_list": _listed("lists", "id", "list {0}", LIST),
    "geo": _country,
    "azureAD": _group_of("id", exactly=False),
    "okta": _group_of("name", exactly=True),
    "gsuite": _group_of("email", exactly=False),
    "github-organization": _github,
    "saml": _value_of("saml", "attribute_name", "attribute_value", "SAML attribute {0}"),
    "oidc": _value_of("oidc", "claim_name", "claim_value", "OIDC claim {0}"),
    "login_method": _provider,
    "auth_method": _method,
    "auth_context": _context,
    "device_posture": _listed("posture", "integration_uid", "device posture check {0}", POSTURE),
    "certificate": _brought("certificate", "", "client certificate"),
    "common_name": _brought("common_name", "common_name", "common name of the client certificate"),
    "service_token": _brought("service_token", "token_id", "service token"),
    "any_valid_service_token": _brought("service_token", "", "service token"),
    "linked_app_token": _brought("linked_app_token", "app_uid", "token of a linked application"),
    "external_evaluation": _listed("external_evaluations", "evaluate_url", "external evaluation {0}"),
    "user_risk_score": _risk,
    "cloudflare_account_member": _member,
}


def _text(inner: Mapping[str, Any], field: str) -> str:
    value = inner.get(field)
    return "" if value is None else str(value).strip()


def _among(name: str, names: Iterable[str], *, exactly: bool) -> bool:
    return name in names if exactly else name.lower() in {one.lower() for one in names}
