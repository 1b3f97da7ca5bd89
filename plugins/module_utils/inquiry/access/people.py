# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People whom Access knows, and what it knows of one of them: sessions, identity, failed logins, stored SCIM resources."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from ...client.access_people import USERS, entries_of, person_path, users_of
from ...client.cloudflare import CloudflareAccount
from ...core.access import people
from ...core.access.kinds import IDENTITY_PROVIDER
from ...core.access.paths import path_of
from ...core.errors import InvalidInput
from ..shown import MOST_CHARACTERS, within
from .providers import scim_enabled

SESSIONS, IDENTITY, FAILED_LOGINS, SCIM, SCIM_GROUPS = "sessions", "last_seen_identity", "failed_logins", "scim", "scim_groups"
INCLUDE = (SESSIONS, IDENTITY, FAILED_LOGINS, SCIM, SCIM_GROUPS)
_BY_DEFAULT = (SESSIONS, IDENTITY, FAILED_LOGINS, SCIM)  # groups are not the person's: the store does not say who is in them
_SCIM_PER_PAGE = 100

Params = Mapping[str, Any]
Result = dict[str, Any]


def users(account: CloudflareAccount, params: Params) -> Result:
    """One person with all that is asked for, or everybody, of whom only the records are read."""
    most = params["max_results"]
    if most < 1:
        raise InvalidInput(f"max_results: {most} is out of range; give a number above 0")
    if params["email"] is None:
        if params["include"]:
            raise InvalidInput("include: is read for one person; give email, too")
        found = list(islice(account.each(USERS), most + 1))
        return _answer([people.user_shown(user) for user in found[:most]], more=len(found) > most, most=most)
    email = people.checked_email("email", params["email"])
    wanted = _BY_DEFAULT if params["include"] is None else tuple(params["include"])
    stored = _stored(account, email, wanted) if SCIM in wanted or SCIM_GROUPS in wanted else None
    shown = [_with_details(account, user, wanted, stored) for user in users_of(account, email)]
    result = _answer(shown, more=False, most=most)
    if stored is not None and not shown:
        result["scim"] = within(stored, MOST_CHARACTERS)
    return result


def _with_details(
    account: CloudflareAccount, user: Mapping[str, Any], wanted: tuple[str, ...], stored: list[dict[str, Any]] | None
) -> dict[str, Any]:
    result = people.user_shown(user)
    if SESSIONS in wanted:
        result["sessions"] = [people.session_shown(each) for each in entries_of(account, user, "active_sessions")]
    if IDENTITY in wanted:
        # Nobody who was only enrolled has one: not found is no error here.
        result["last_seen_identity"] = people.without_tokens(account.get(person_path(user, "last_seen_identity")) or {})
    if FAILED_LOGINS in wanted:
        result["failed_logins"] = [people.without_tokens(each) for each in entries_of(account, user, "failed_logins")]
    if stored is not None:
        result["scim"] = stored
    return result


def _stored(account: CloudflareAccount, email: str, wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    """What the SCIM store of each identity provider holds: users of this address, and all groups if they are asked for."""
    found = []
    for provider in scim_enabled(account):
        path = f"{path_of(IDENTITY_PROVIDER, str(provider.get('id')))}/scim"
        entry: dict[str, Any] = {"identity_provider": {"id": provider.get("id"), "name": provider.get("name")}, "users": []}
        if SCIM in wanted:
            listed = account.listed(f"{path}/users", {"email": email}, per_page=_SCIM_PER_PAGE)
            mine = [user for user in listed if people.has_email(user, email)]
            entry["users"] = [people.stored_shown(user) for user in mine]
        if SCIM_GROUPS in wanted:
            groups = account.listed(f"{path}/groups", per_page=_SCIM_PER_PAGE)
            entry["groups"] = [people.stored_shown(group) for group in groups]
        found.append(entry)
    return found


def _answer(entries: list[dict[str, Any]], *, more: bool, most: int) -> Result:
    kept = within(entries, MOST_CHARACTERS)
    warnings = []
    if len(kept) < len(entries):
        warnings.append(f"{len(kept)} of {len(entries)} users are returned: the result would be too long for AWX; choose with email or include")
    elif more:
        warnings.append(f"there are more than {most} users; raise max_results or choose with email")
    truncated = more or len(kept) < len(entries)
    return {"changed": False, "users": kept, "count": len(kept), "truncated": truncated, "warnings": warnings}
