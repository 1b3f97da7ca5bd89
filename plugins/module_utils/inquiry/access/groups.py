# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access groups as they are, and what names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...client.access_lookup import by_id, same_name
from ...client.cloudflare import CloudflareAccount
from ...core.access.ids import check_not_empty
from ...core.access.kinds import APPLICATION, POLICY
from ...core.access.kinds import GROUP as THING
from ...core.access.objects import GROUP
from ...core.access.paths import PATHS
from ...core.access.usage import places, uses


def groups(account: CloudflareAccount, params: Mapping[str, Any]) -> dict[str, Any]:
    """The groups that the options of access_group_info name: ``{"changed": False, "groups": [...], "count": 1}``.

    Raises InvalidInput for an empty id or name: an empty variable does not ask for everything.
    """
    check_not_empty(params, ("id", "name"), "to read all groups")
    # A list of all groups is one request, as a filter is, and no filter has to be believed.
    listed = account.listed(PATHS[THING]) if params["usage"] or not params.get("id") else []
    if params.get("id"):
        one = by_id(account, THING, params["id"])
        found = [] if one is None else [one]
    else:
        found = [raw for raw in listed if not params.get("name") or same_name(str(raw.get("name") or ""), params["name"])]
    shown = [GROUP.shown(raw) for raw in found]
    if params["usage"]:
        used = uses(places(listed, account.listed(PATHS[POLICY]), account.listed(PATHS[APPLICATION])))
        for group in shown:
            group["used_by"] = [place.shown() for place in used.get(str(group["id"]).lower(), ())]
    return {"changed": False, "groups": shown, "count": len(shown)}
