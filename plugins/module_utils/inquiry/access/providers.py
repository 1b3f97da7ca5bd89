# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identity providers of an account, as results show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...client.access_lookup import by_id, everything
from ...client.cloudflare import CloudflareAccount
from ...core.access import providers
from ...core.access.kinds import IDENTITY_PROVIDER
from ...core.access.paths import PATHS
from ..shown import MOST_CHARACTERS, within

Params = Mapping[str, Any]
Result = dict[str, Any]


def identity_providers(account: CloudflareAccount, params: Params) -> Result:
    """The providers that the options ask for; an id is read, a name may be that of several."""
    if params["id"] is not None:
        found = [provider for provider in [by_id(account, IDENTITY_PROVIDER, params["id"])] if provider is not None]
    elif params["scim_enabled"]:
        found = scim_enabled(account)
    else:
        found = everything(account, IDENTITY_PROVIDER)
    if params["name"] is not None:
        found = [provider for provider in found if provider.get("name") == params["name"]]
    if params["scim_enabled"] is not None:
        found = [provider for provider in found if providers.scim_seen(provider)["enabled"] is params["scim_enabled"]]
    shown = [providers.shown(provider) for provider in found]
    kept = within(shown, MOST_CHARACTERS)
    warnings = []
    if len(kept) < len(shown):
        warnings.append(f"{len(kept)} of {len(shown)} identity providers are returned: the result would be too long for AWX; choose by name")
    return {
        "changed": False,
        "identity_providers": kept,
        "count": len(kept),
        "truncated": len(kept) < len(shown),
        "warnings": warnings,
    }


def scim_enabled(account: CloudflareAccount) -> list[dict[str, Any]]:
    """The providers that have SCIM enabled; the filter is not believed."""
    listed = account.listed(PATHS[IDENTITY_PROVIDER], {"scim_enabled": "true"})
    return [provider for provider in listed if providers.scim_seen(provider)["enabled"]]
