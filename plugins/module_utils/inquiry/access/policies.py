# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access policies as they are: one, those of a name, those of an application, or all reusable ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...client.access_lookup import (
    by_id,
    everything,
    must_find,
    not_found,
    policies_of,
    policy_of,
    same_name,
)
from ...client.cloudflare import CloudflareAccount
from ...core.access.ids import check_not_empty, is_id, settled
from ...core.access.kinds import APPLICATION, POLICY
from ...core.access.objects import POLICY as POLICIES
from ...core.errors import CloudflareError


def policies(account: CloudflareAccount, params: Mapping[str, Any]) -> dict[str, Any]:
    """What access_policy_info returns. Raises NotFound for an application that there is not, SeveralMatches for one of several."""
    found = _found(account, params)
    return {"changed": False, "policies": [POLICIES.shown(raw) for raw in found], "count": len(found)}


def _found(account: CloudflareAccount, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    check_not_empty(params, ("id", "name", "application"), "to read all policies")
    policy, name, application = (str(params.get(option) or "") for option in ("id", "name", "application"))
    if not application:
        listed = [by_id(account, POLICY, policy)] if policy else everything(account, POLICY)
    else:
        application = settled(application)
        if not is_id(application):
            application = str(must_find(account, APPLICATION, application, "application")["id"])
        listed = [policy_of(account, application, policy)] if policy else _of_application(account, application)
    return [raw for raw in listed if raw is not None and (not name or same_name(str(raw.get("name") or ""), name))]


def _of_application(account: CloudflareAccount, application: str) -> list[dict[str, Any]]:
    try:
        return policies_of(account, application)
    except CloudflareError as error:
        if error.status != 404:
            raise
        raise not_found(APPLICATION, application, (), "application") from None
