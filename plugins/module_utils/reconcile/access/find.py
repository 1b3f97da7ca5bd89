# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One thing of an Access account by its id, name or domain, for whoever writes to it; readers use the client's."""

from __future__ import annotations

from ...client.access_lookup import (
    POLICY,
    by_id,
    everything,
    find,
    find_policy_of,
    is_id,
    must_find,
    not_found,
    path_of,
    policies_of,
    policies_path,
    policy_of,
    the_only,
)
from ...core.access.kinds import APPLICATION, GROUP, IDENTITY_PROVIDER

__all__ = [
    "APPLICATION",
    "GROUP",
    "IDENTITY_PROVIDER",
    "POLICY",
    "by_id",
    "everything",
    "find",
    "find_policy_of",
    "is_id",
    "must_find",
    "not_found",
    "path_of",
    "policies_of",
    "policies_path",
    "policy_of",
    "the_only",
]
