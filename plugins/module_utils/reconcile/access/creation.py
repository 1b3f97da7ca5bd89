# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One object created once: Cloudflare takes two of one name, so a POST whose answer was lost is not simply sent again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...client.cloudflare import CloudflareAccount
from ...core.errors import OutcomeUnknown


def created(account: CloudflareAccount, path: str, body: Mapping[str, Any], look: Callable[[], Mapping[str, Any] | None]) -> str:
    """Create an object; its id, "" if it is not known, as on a read-only account.

    look: finds what has the name, which nothing had before; so what has it now is ours. Raises OutcomeUnknown.
    """
    for last in (False, True):
        try:
            made = account.write("POST", path, body)
            return str(made.get("id") or "") if isinstance(made, Mapping) else ""
        except OutcomeUnknown:
            there = look()
            if there is not None:
                account.accepted += 1
                return str(there["id"])
            if not last:
                account.sent.pop()  # the next one takes its place
    raise OutcomeUnknown(f"POST {path}: the answer was lost twice, and {body['name']!r} is not there; run the task again")
