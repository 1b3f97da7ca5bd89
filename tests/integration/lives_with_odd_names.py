# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that have to be quoted: in filters, in PATCH paths, in URLs."""

from __future__ import annotations

from typing import Any

from tests.integration.lives import Step, entries

IRISH = 'o\'brien+"x"@example.com'
IRISH_ID = 'q"uo\\te'
PATHLIKE = "a/b?c#d&e%20@example.com"
UMLAUTS = "zoë@exämple.com"
GROUP = 'A "quoted" \\ group / Ü 日本'


def joins(title: str, user_name: str, address: str, **more: str) -> Step:
    options: dict[str, Any] = {
        "user_name": user_name,
        "emails": [{"value": address, "primary": True}],
        **more,
    }
    becomes = {"userName": user_name, "active": True, "emails": entries({"value": address, "primary": True})}
    if "external_id" in more:
        becomes["externalId"] = more["external_id"]
    return Step(title, "scim_user", options, user_name, becomes)


OF_ODD_NAMES = [
    joins("A quoted name", IRISH, "irish@example.com", external_id=IRISH_ID),
    joins("A name like a path", PATHLIKE, "path@example.com"),
    joins("A name with umlauts", UMLAUTS, "zoe@example.com"),
    Step(
        "A title for a quoted id",
        "scim_user",
        {"external_id": IRISH_ID, "title": 'The "X"'},
        IRISH,
        {"title": 'The "X"'},
    ),
    Step("A title for a path", "scim_user", {"user_name": PATHLIKE, "title": "/"}, PATHLIKE, {"title": "/"}),
    Step(
        "A quoted group",
        "scim_group",
        {"display_name": GROUP, "members": {"add": [IRISH_ID, PATHLIKE]}},
        GROUP,
        {"displayName": GROUP, "members": frozenset({IRISH, PATHLIKE})},
    ),
    Step(
        "Others are in it",
        "scim_group",
        {"display_name": GROUP, "members": {"set": [UMLAUTS, IRISH]}},
        GROUP,
        {"members": frozenset({UMLAUTS, IRISH})},
    ),
    Step("The quoted group is gone", "scim_group", {"display_name": GROUP, "state": "absent"}, GROUP, None),
    Step("The umlauts are gone", "scim_user", {"user_name": UMLAUTS, "state": "absent"}, UMLAUTS, None),
]
