# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the things of Access are, below the account.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/
"""

from __future__ import annotations

from urllib.parse import quote

from .kinds import APPLICATION, GROUP, IDENTITY_PROVIDER, LIST, POLICY, POSTURE, SERVICE_TOKEN

PATHS = {
    POLICY: "/access/policies",
    GROUP: "/access/groups",
    APPLICATION: "/access/apps",
    IDENTITY_PROVIDER: "/access/identity_providers",
    LIST: "/gateway/lists",
    POSTURE: "/devices/posture",
    SERVICE_TOKEN: "/access/service_tokens",
}


def path_of(thing: str, thing_id: str) -> str:
    """The path of one thing below the account."""
    return f"{PATHS[thing]}/{quote(thing_id, safe='')}"


def policies_path(application_id: str, policy_id: str = "") -> str:
    """The path of an application's policies, or of one of them."""
    path = f"{path_of(APPLICATION, application_id)}/policies"
    return f"{path}/{quote(policy_id, safe='')}" if policy_id else path
