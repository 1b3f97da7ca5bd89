# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of rules that Access policies and groups are made of, as data.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/policies/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What an id within a rule may be the id of.
GROUP = "group"
IDENTITY_PROVIDER = "identity_provider"
APPLICATION = "application"
SERVICE_TOKEN = "service_token"
LIST = "list"
POSTURE = "posture"
# What no rule names, but tasks do.
POLICY = "policy"  # a reusable one


@dataclass(frozen=True)
class Kind:
    """One kind of rule.

    key: Cloudflare's name for it. needs: the fields that it cannot be without. main: the field that a plain value stands
    for, as in ``email: ada@example.com``, "" if a plain value would not say enough. things: what the fields that hold an id
    are the ids of. listed: whether the value of ``main`` is a list by nature. added: what Cloudflare may add of itself, so
    that it does not count when rules are compared.
    """

    key: str
    needs: tuple[str, ...] = ()
    main: str = ""
    things: Mapping[str, str] = field(default_factory=dict)
    listed: bool = False
    added: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What options and results call it."""
        return "azure_ad" if self.key == "azureAD" else self.key.replace("-", "_")


def _of_provider(key: str, *needs: str) -> Kind:
    """A rule about what an identity provider says of a person."""
    return Kind(key, (*needs, "identity_provider_id"), things={"identity_provider_id": IDENTITY_PROVIDER})


def _plain(key: str, main: str, thing: str = "", *, listed: bool = False) -> Kind:
    """A rule that one value says it all about."""
    return Kind(key, (main,), main, {main: thing} if thing else {}, listed)


_ALL = (
    Kind("everyone"),
    _plain("email", "email"),
    _plain("email_domain", "domain"),
    _plain("email_list", "id", LIST),
    _plain("ip", "ip"),
    _plain("ip_list", "id", LIST),
    _plain("geo", "country_code"),
    _plain("group", "id", GROUP),
    _of_provider("azureAD", "id"),
    _of_provider("okta", "name"),
    _of_provider("gsuite", "email"),
    _of_provider("github-organization", "name"),
    _of_provider("saml", "attribute_name", "attribute_value"),
    _of_provider("oidc", "claim_name", "claim_value"),
    _plain("login_method", "id", IDENTITY_PROVIDER),
    _plain("auth_method", "auth_method"),
    _of_provider("auth_context", "id", "ac_id"),
    Kind("device_posture", ("integration_uid",), "integration_uid", {"integration_uid": POSTURE}, added=frozenset(("account_id",))),
    Kind("certificate"),
    _plain("common_name", "common_name"),
    _plain("service_token", "token_id", SERVICE_TOKEN),
    Kind("any_valid_service_token"),
    _plain("linked_app_token", "app_uid", APPLICATION),
    Kind("external_evaluation", ("evaluate_url", "keys_url")),
    _plain("user_risk_score", "user_risk_score", listed=True),
    Kind("cloudflare_account_member", (), "account_id"),
)

KINDS: Mapping[str, Kind] = {kind.key: kind for kind in _ALL}
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}


def kind_named(name: str) -> Kind | None:
    """The kind that a key or a name of an option means, however it is spelled; ``None`` for one that is not known here."""
    plain = name.replace("-", "_").lower()
    return BY_NAME.get("azure_ad" if plain == "azuread" else plain)
