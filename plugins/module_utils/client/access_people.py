# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people of an Access account: who has an address, and what there is below a person's record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..core.access.people import of_email, path_id
from ..core.errors import ServerError
from .cloudflare import CloudflareAccount

USERS = "/access/users"


def users_of(account: CloudflareAccount, email: str) -> list[dict[str, Any]]:
    """All records with an address. That there is none is not believed of one filter, which may mind the letter case."""
    for filtered in ("email", "search"):
        found = of_email(account.listed(USERS, {filtered: email}), email)
        if found:
            return [dict(user) for user in found]
    return []


def person_path(user: Mapping[str, Any], *below: str) -> str:
    """The path of a person's record, or of something below it."""
    return "/".join([USERS, *(quote(part, safe="") for part in (path_id(user), *below))])


def entries_of(account: CloudflareAccount, user: Mapping[str, Any], below: str) -> list[dict[str, Any]]:
    """A list below a person's record: ``active_sessions`` or ``failed_logins``, which have no pages. Raises ServerError."""
    path = person_path(user, below)
    found = account.get(path)
    if not isinstance(found, (list, type(None))):  # that there is none is a proof, so it has to be said
        raise ServerError("GET", path, 200, "the answer is no list")
    return [dict(entry) for entry in found or () if isinstance(entry, Mapping)]
