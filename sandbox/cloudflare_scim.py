# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Cloudflare's two SCIM services refuse: one is for identities of Access, one for members of an account.

https://developers.cloudflare.com/cloudflare-one/team-and-resources/users/scim/ and
https://developers.cloudflare.com/fundamentals/account/account-security/scim-setup/
"""

from __future__ import annotations

import re
from typing import Any

from .exchange import Answer, Handler, Layer, Request
from .quirks.message import body_of, current, endpoint, error, is_list, is_one, key_of, search, segments
from .quirks.operations import Operation, elements, operations, root, with_operations

SYSTEM_GROUP = "cloudflare-v1-"

# Only one comparison, and only with eq. For the Access service this is undocumented; being strict is our choice.
_FILTERS = {
    "users": re.compile(r'\s*userName\s+eq\s+"(?:[^"\\]|\\.)*"\s*', re.IGNORECASE),
    "groups": re.compile(r'\s*displayName\s+eq\s+"(?:[^"\\]|\\.)*"\s*', re.IGNORECASE),
}
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_WORK_MAIL = re.compile(r'emails\[\s*type\s+eq\s+"work"\s*\]\.value', re.IGNORECASE)
# emails itself as a whole is a guess: it is how clients without the path of one element write the same.
_USER_PATHS = frozenset(("username", "name", "name.givenname", "name.familyname", "active", "externalid", "emails"))
_GROUP_PATHS = frozenset(("members", "displayname", "externalid"))


def for_access(request: Request, ask: Handler) -> Answer:
    """Filters but one eq on userName or displayName, Bulk, and groups in groups are refused (in part our guess)."""
    return _refused(request) or _with_nested(request, ask) or ask(request)


def for_dashboard(request: Request, ask: Handler) -> Answer:
    """The same, and DELETE of users, PUT of groups, and other attributes than names and active."""
    return _refused(request) or _refused_by_dashboard(request, ask) or ask(_renamed(request))


# What a service of a profile refuses although scim2-server would not.
REFUSALS: dict[str, Layer] = {"cloudflare-access": for_access, "cloudflare-dashboard": for_dashboard}


def _refused(request: Request) -> Answer | None:
    if endpoint(request) in ("bulk", "me"):
        return error(501, "not supported")
    if segments(request)[-1:] == [".search"]:
        return error(501, "not supported")
    asked = search(request).get("filter") if is_list(request) else None
    allowed = _FILTERS.get(endpoint(request))
    if asked and not (allowed and allowed.fullmatch(str(asked))):
        return error(400, 'only userName eq "..." and displayName eq "..." are supported', "invalidFilter")
    return None


def _with_nested(request: Request, ask: Handler) -> Answer | None:
    """The refusal of members that are groups, which Access does not know."""
    if endpoint(request) != "groups" or not request.is_write:
        return None
    for member in _new_members(request):
        wanted = member.get("value") if isinstance(member, dict) else member
        group = Request("GET", f"/Groups/{wanted}", headers=request.headers, origin=request.origin, mount=request.mount)
        if isinstance(wanted, str) and ask(group).ok:
            return error(400, "nested groups are not supported", "invalidValue")
    return None


def _new_members(request: Request) -> list[Any]:
    if request.method != "PATCH":
        document = body_of(request)
        return list(document.get(key_of(document, "members")) or [])
    wanted = [operation for operation in operations(request) if operation["op"] != "remove"]
    return [member for operation in wanted if root(operation) == "members" for member in elements(operation)]


def _refused_by_dashboard(request: Request, ask: Handler) -> Answer | None:
    kind = endpoint(request)
    if kind in ("schemas", "resourcetypes") and request.query:
        return error(400, "query parameters are not supported", "invalidValue")
    if kind == "users" and request.method == "DELETE":
        return error(405, "DELETE is not allowed").with_headers(allow="GET, PUT, PATCH")
    if kind == "groups" and request.method == "PUT":
        return error(405, "PUT is not allowed").with_headers(allow="GET, PATCH, DELETE")
    if kind == "users" and request.is_write:
        return _refused_user(request)
    if kind == "groups" and request.is_write:
        return _refused_group(request, ask)
    return None


def _renamed(request: Request) -> Request:
    """The request with emails[type eq "work"].value as what it is an alias of: userName, and the address beside it."""
    if endpoint(request) != "users" or request.method != "PATCH":
        return request
    changed: list[Operation] = []
    for operation in operations(request):
        if not _WORK_MAIL.fullmatch(str(operation.get("path") or "")):
            changed.append(operation)
            continue
        mail = {"value": operation.get("value"), "type": "work", "primary": True}
        changed.append({"op": "replace", "path": "userName", "value": operation.get("value")})
        changed.append({"op": "replace", "path": "emails", "value": [mail]})
    return with_operations(request, changed)


def _refused_user(request: Request) -> Answer | None:
    if request.method == "PATCH":
        return next((error(400, f"{path} cannot be changed", "invalidPath") for path in _strange(request, _USER_PATHS)), None)
    document = body_of(request)
    name = document.get(key_of(document, "userName"))
    if not isinstance(name, str) or not _MAIL.fullmatch(name):
        return error(400, "userName has to be an e-mail address", "invalidValue")
    mails = document.get(key_of(document, "emails"))
    primary = [mail.get("value") for mail in mails or [] if isinstance(mail, dict) and mail.get("primary") is True]
    if request.method == "POST" and primary != [name]:
        return error(400, "userName has to be the primary e-mail address", "invalidValue")
    return None


def _refused_group(request: Request, ask: Handler) -> Answer | None:
    system = is_one(request) and segments(request)[1].startswith(SYSTEM_GROUP) and current(request, ask).ok
    if request.method == "DELETE":
        return error(403, "a system group cannot be deleted") if system else None
    if request.method == "PATCH":
        allowed = frozenset(("members",)) if system else _GROUP_PATHS
        for path in _strange(request, allowed):
            return error(400, f"{path} cannot be changed", "invalidPath")
        names = [operation.get("value") for operation in operations(request) if root(operation) == "displayname"]
    else:
        document = body_of(request)
        names = [document.get(key_of(document, "displayName"))]
    if any(not name or str(name).startswith("CF") for name in names):
        return error(400, "displayName must not be empty or begin with CF", "invalidValue")
    return None


def _strange(request: Request, allowed: frozenset[str]) -> list[str]:
    return [str(found.get("path")) for found in operations(request) if not _is_allowed(found, allowed)]


def _is_allowed(operation: Operation, allowed: frozenset[str]) -> bool:
    path = str(operation.get("path") or "")
    if _WORK_MAIL.fullmatch(path):
        return "username" in allowed
    # Members are named one by one; of other attributes, only the path as it is documented will do.
    return root(operation) in allowed if root(operation) == "members" else path.lower() in allowed
