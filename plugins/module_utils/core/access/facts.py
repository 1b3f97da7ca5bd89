# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of a person who asks Access to let them in. What is not known is neither true nor false."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

GIVEN = "given"
LAST_SEEN = "last seen identity"
BY_DEFAULT = "a person brings none"

NameOf = Callable[[str, str], str]  # (thing, id) -> name, or "" if it is not known


@dataclass(frozen=True)
class Missing:
    """A fact that is not known. form: words with a place for each of names. names: (thing, id) or ("", plain text)."""

    form: str
    names: tuple[tuple[str, str], ...] = ()

    def said(self, name_of: NameOf) -> str:
        """The fact in words, with the names that are known in place of ids."""
        return self.form.format(*((name_of(thing, text) if thing else "") or text for thing, text in self.names))


@dataclass(frozen=True)
class Table:
    """Facts by name. complete: what is not in it is known not to be there."""

    entries: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = False

    def get(self, name: str, otherwise: Any) -> Any:
        """The entry; ``None`` if it is not known; otherwise: what a complete table means by having no entry."""
        return self.entries.get(name, otherwise if self.complete else None)

    def filled(self, more: Table) -> Table:
        """This table, and what another one knows beside it."""
        return Table({**more.entries, **self.entries}, self.complete or more.complete)


@dataclass(frozen=True)
class Facts:
    """What is known of one person. ``None`` is not known, of every field.

    identity_provider: the id of the one they log in with. groups: all that this provider says they are in, by id, name or
    e-mail. service_token, linked_app_token: "" is none, which is what a person at a browser brings. common_name: of the
    client certificate, "" if there is none; whether there is one in somebody's browser nobody knows.
    lists, posture, auth_contexts, external_evaluations: true or false by id or address. saml, oidc: the values by name.
    sources: where each fact came from, by its name among the options.
    """

    email: str
    identity_provider: str | None = None
    groups: frozenset[str] | None = None
    country: str | None = None
    ip: str | None = None
    auth_methods: frozenset[str] | None = None
    saml: Table = Table()
    oidc: Table = Table()
    posture: Table = Table()
    lists: Table = Table()
    auth_contexts: Table = Table()
    external_evaluations: Table = Table()
    service_token: str | None = ""
    certificate: bool | None = None
    common_name: str | None = None
    linked_app_token: str | None = ""
    user_risk_score: str | None = None
    cloudflare_account_member: bool | None = None
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def domain(self) -> str:
        """What stands behind the @ of the e-mail address."""
        return self.email.rpartition("@")[2]

    def filled(self, identity: Mapping[str, Any]) -> Facts:
        """These facts, and what the last seen identity of the person adds. What is known already stays.

        identity: Cloudflare's document. What an identity provider said is left out if it was another one than the given.
        """
        seen = _seen(identity)
        if self.identity_provider is not None and seen.get("identity_provider") != self.identity_provider:
            seen = {name: value for name, value in seen.items() if name not in _BY_PROVIDER}
        known: dict[str, Any] = {}
        sources = dict(self.sources)
        for name, value in seen.items():
            mine = getattr(self, name)
            option = _OPTIONS.get(name, name)
            if isinstance(mine, Table):
                known[name] = mine.filled(value)
                sources[option] = f"{sources[option]}, {LAST_SEEN}" if option in sources else LAST_SEEN
            elif sources.get(option) in (None, BY_DEFAULT):
                known[name] = value
                sources[option] = LAST_SEEN
        return replace(self, **known, sources=sources)


# What the fields are called among the options, where that is another name.
_OPTIONS = {"saml": "saml_attributes", "oidc": "oidc_claims", "posture": "device_posture"}
# What an identity provider says; another one would say something else.
_BY_PROVIDER = frozenset(("identity_provider", "groups", "auth_methods", "saml", "oidc"))
_BROUGHT = ("service_token", "linked_app_token")


def given(email: str, options: Mapping[str, Any]) -> Facts:
    """The facts that a task gives. options: by name, ``None`` is not given; what names something names it by id."""
    known: dict[str, Any] = {}
    for name in (
        "identity_provider",
        "country",
        "ip",
        "service_token",
        "certificate",
        "common_name",
        "linked_app_token",
        "user_risk_score",
        "cloudflare_account_member",
    ):
        known[name] = options.get(name)
    for name in ("groups", "auth_methods"):
        known[name] = None if options.get(name) is None else frozenset(str(one) for one in options[name])
    for name, option in (("saml", "saml_attributes"), ("oidc", "oidc_claims")):
        known[name] = None if options.get(option) is None else _values(options[option], complete=False)
    for name in ("posture", "lists", "auth_contexts", "external_evaluations"):
        entries = options.get(_OPTIONS.get(name, name))
        known[name] = None if entries is None else Table({str(key): bool(value) for key, value in entries.items()})
    if known["common_name"] and known["certificate"] is None:  # only a certificate has one
        known["certificate"] = True
    if known["certificate"] is False and known["common_name"] is None:
        known["common_name"] = ""
    known = {name: value for name, value in known.items() if value is not None}
    sources = dict.fromkeys(_BROUGHT, BY_DEFAULT)
    sources.update({_OPTIONS.get(name, name): GIVEN for name in known})
    return Facts(email, **known, sources={"email": GIVEN, **sources})


def _seen(identity: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in a last seen identity, by field."""
    known: dict[str, Any] = {}
    provider = identity.get("idp")
    if isinstance(provider, Mapping) and provider.get("id"):
        known["identity_provider"] = str(provider["id"])
    if isinstance(identity.get("groups"), list):
        known["groups"] = frozenset(_group_names(identity["groups"]))
    place = identity.get("geo")
    if isinstance(place, Mapping) and place.get("country"):
        known["country"] = str(place["country"])
    if identity.get("ip"):
        known["ip"] = str(identity["ip"])
    if isinstance(identity.get("amr"), list):
        known["auth_methods"] = frozenset(str(one) for one in identity["amr"])
    for name, key in (("saml", "saml_attributes"), ("oidc", "oidc_fields")):
        if isinstance(identity.get(key), Mapping):
            known[name] = _values(identity[key], complete=True)
    checks = identity.get("devicePosture")
    if isinstance(checks, Mapping):  # a check that is not in it may be younger than the login
        done = {str(uid): check.get("success") for uid, check in checks.items() if isinstance(check, Mapping)}
        known["posture"] = Table({uid: success for uid, success in done.items() if isinstance(success, bool)})
    if identity.get("common_name"):
        known.update(common_name=str(identity["common_name"]), certificate=True)
    if identity.get("service_token_status") is True:
        known["service_token"] = str(identity.get("service_token_id") or "") or None
    return known


def _group_names(groups: Iterable[Any]) -> Iterable[str]:
    """All by which a rule may name the groups: identity providers give ids, names, e-mail addresses, or plain texts."""
    for group in groups:
        if isinstance(group, Mapping):
            yield from (str(group[key]) for key in ("id", "name", "email") if group.get(key))
        elif group:
            yield str(group)


def _values(attributes: Mapping[str, Any], *, complete: bool) -> Table:
    """The values of attributes or claims, each a set of texts."""
    return Table({str(name): frozenset(_texts(value)) for name, value in attributes.items()}, complete)


def _texts(value: Any) -> Iterable[str]:
    for one in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(one, bool):
            yield str(one).lower()  # as JSON writes it
        elif one is not None:
            yield str(one)
