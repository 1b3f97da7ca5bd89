# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people of Zero Trust: users with their sessions, identities, failed logins and authenticators, seats, revocation.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/users/
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ..exchange import Answer, Request
from . import quirks
from .account import Account, rfc3339
from .envelope import conflict, invalid, not_found, page, result
from .fields import body_of, shown
from .routes import route

User = dict[str, Any]

_DAY = 24 * 60 * 60
_LAGGING_READS = 2

quirks.add("revoke-lags", "after a revocation, the next 2 reads of active_sessions still list the old sessions")


def seed_user(
    account: Account,
    email: str,
    name: str = "",
    *,
    access_seat: bool = True,
    gateway_seat: bool = False,
    sessions: int = 1,
    devices: int = 0,
    identity: Mapping[str, Any] | None = None,
    failed_logins: int = 0,
    authenticators: int = 0,
    **fields: Any,
) -> User:
    """Somebody who has logged in. Numbers: how many of each. identity: on top of what the last seen identity says anyway.

    Facts that are not given, such as groups, geo, ip and idp, are not in that identity. fields: replace others, such as uid.
    """
    with account.lock:
        user = _new(account, email, name)
        user.update(access_seat=access_seat, gateway_seat=gateway_seat, active_device_count=devices)
        user["last_successful_login"] = account.now()
        user.update(fields)
        user["_sessions"] = [_session(account) for dummy in range(sessions)]
        user["_failed_logins"] = [_failed_login(account, user) for dummy in range(failed_logins)]
        kinds = ("totp", "security_key", "biometrics")
        user["_authenticators"] = [
            {"id": account.new_id(), "type": kinds[number % len(kinds)]} for number in range(authenticators)
        ]
        user["_identity"] = {**_identity(account, user), **(identity or {})}
        return copy.deepcopy(account.put("users", user))


def find_user(account: Account, email: str) -> User:
    """A user as really stored. Keys that begin with "_" are what no client sees in a user. KeyError: there is none."""
    with account.lock:
        user = known(account, email)
        if user is None:
            raise KeyError(email)
        return copy.deepcopy(user)


def sessions(account: Account, email: str) -> list[dict[str, Any]]:
    """The active sessions of a user, as really stored."""
    return list(find_user(account, email)["_sessions"])


def known(account: Account, email: str) -> User | None:
    """The stored user with that address, whatever its case; None if Access does not know it."""
    wanted = email.casefold()
    return next((user for user in account.table("users").values() if user["email"].casefold() == wanted), None)


def end_sessions(account: Account, user: User, *, devices: bool = False) -> None:
    """End all sessions, and with devices the registrations of devices. Seats stay."""
    if "revoke-lags" in account.quirks and user["_sessions"]:
        user["_lagging"] = {"reads": _LAGGING_READS, "sessions": user["_sessions"]}
    user["_sessions"] = []
    if devices:
        user["active_device_count"] = 0
    _changed(account, user)


def free_seat(account: Account, user: User) -> None:
    """Take both seats; device registrations go with them, sessions stay."""
    user.update(access_seat=False, gateway_seat=False, active_device_count=0)
    _changed(account, user)


@route("GET", "/access/users")
def list_users(account: Account, request: Request) -> Answer:
    """email and name are compared as a whole, search looks into both; none of them minds the case."""
    wanted = {key: request.query.get(key, "").casefold() for key in ("email", "name", "search")}
    found = [
        shown(user)
        for user in account.table("users").values()
        if all(not wanted[key] or user[key].casefold() == wanted[key] for key in ("email", "name"))
        and any(wanted["search"] in user[key].casefold() for key in ("email", "name"))
    ]
    return page(request, found, default=1000)


@route("POST", "/access/users")
def create_user(account: Account, request: Request) -> Answer:
    document = body_of(request)
    email = _text(document, "email")
    if "@" not in email:
        raise invalid("email is not valid")
    if known(account, email):
        raise conflict("user already exists")
    # Nobody who has never logged in has a seat.
    return result(shown(account.put("users", _new(account, email, str(document.get("name") or "")))), 201)


@route("GET", "/access/users/{user_id}")
def get_user(account: Account, request: Request, user_id: str) -> Answer:
    user = _user(account, user_id)
    seen = shown(user)
    if "no-mfa-list" not in account.quirks:
        # Only the removal of an authenticator is documented, not where their ids are found: this field is our choice.
        seen["mfa_authenticators"] = copy.deepcopy(user["_authenticators"])
    return result(seen)


@route("PUT", "/access/users/{user_id}")
def update_user(account: Account, request: Request, user_id: str) -> Answer:
    user, document = _user(account, user_id), body_of(request)
    if _text(document, "email") != user["email"]:
        raise invalid("email cannot be changed")
    user["name"] = _text(document, "name")
    _changed(account, user)
    return result(shown(user))


@route("DELETE", "/access/users/{user_id}")
def delete_user(account: Account, request: Request, user_id: str) -> Answer:
    """Seats and sessions go with the user. The status is not documented; it is that of other deletions here."""
    account.remove("users", _user(account, user_id)["id"])
    return result({"id": user_id}, 202)


@route("GET", "/access/users/{user_id}/active_sessions")
def list_sessions(account: Account, request: Request, user_id: str) -> Answer:
    user = _user(account, user_id)
    active = _visible_sessions(user)
    lagging = user.get("_lagging")
    if lagging:
        lagging["reads"] -= 1
        if not lagging["reads"]:
            del user["_lagging"]
    return result([_as_listed(account, user, session) for session in active])


@route("GET", "/access/users/{user_id}/active_sessions/{nonce}")
def get_session(account: Account, request: Request, user_id: str, nonce: str) -> Answer:
    user = _user(account, user_id)
    for session in _visible_sessions(user):
        if session["nonce"] == nonce:
            return result({**user["_identity"], "iat": session["iat"], "isActive": True})
    raise not_found()


@route("GET", "/access/users/{user_id}/last_seen_identity")
def last_seen_identity(account: Account, request: Request, user_id: str) -> Answer:
    identity = _user(account, user_id)["_identity"]
    if not identity:
        raise not_found()
    return result(copy.deepcopy(identity))


@route("GET", "/access/users/{user_id}/failed_logins")
def failed_logins(account: Account, request: Request, user_id: str) -> Answer:
    return result(copy.deepcopy(_user(account, user_id)["_failed_logins"]))


@route("DELETE", "/access/users/{user_id}/mfa_authenticators/{authenticator_id}")
def delete_authenticator(account: Account, request: Request, user_id: str, authenticator_id: str) -> Answer:
    user = _user(account, user_id)
    kept = [found for found in user["_authenticators"] if found["id"] != authenticator_id]
    if len(kept) == len(user["_authenticators"]):
        raise not_found()
    user["_authenticators"] = kept
    _changed(account, user)
    return result({"id": authenticator_id})


@route("PATCH", "/access/seats")
def change_seats(account: Account, request: Request) -> Answer:
    """All of them or, if one is not valid, none."""
    wanted = request.json()
    if not isinstance(wanted, list) or not wanted:
        raise invalid("the body must be a list of seats")
    holders = {user["seat_uid"]: user for user in account.table("users").values()}
    for seat in wanted:
        if not isinstance(seat, dict) or str(seat.get("seat_uid")) not in holders:
            raise invalid("unknown seat_uid")
        if not all(isinstance(seat.get(name), bool) for name in ("access_seat", "gateway_seat")):
            raise invalid("access_seat and gateway_seat are required")
    answered = []
    for seat in wanted:
        user = holders[seat["seat_uid"]]
        flags = {name: seat[name] for name in ("access_seat", "gateway_seat")}
        if "seat-does-nothing" not in account.quirks:
            if any(flags.values()):
                user.update(flags)
                _changed(account, user)
            else:
                free_seat(account, user)
        times = {name: user[name] for name in ("created_at", "updated_at")}
        answered.append({"seat_uid": seat["seat_uid"], **flags, **times})
    return result(answered)


@route("POST", "/access/organizations/revoke_user")
def revoke_user(account: Account, request: Request) -> Answer:
    """End the sessions of an address. What becomes of one that Access does not know is not documented: 404 is our choice."""
    document = body_of(request)
    email = _text(document, "email")
    for name in ("devices", "warp_session_reauth"):
        if not isinstance(document.get(name, False), bool):
            raise invalid(f"{name} must be a boolean")
    user = known(account, email)
    if user is None:
        raise not_found()
    if document.get("user_uid") not in (None, "", user["uid"]):
        raise invalid("user_uid is somebody else's")
    if "revoke-does-nothing" not in account.quirks:
        devices = bool(document.get("devices")) or request.query.get("devices") == "true"
        end_sessions(account, user, devices=devices)
        if document.get("warp_session_reauth"):
            user["_warp_session_reauth"] = True
    # No errors and no messages: this answer is not in the envelope of the others.
    return Answer(200, {"result": True, "success": True})


def _user(account: Account, user_id: str) -> User:
    user = account.table("users").get(user_id)
    if user is None:
        raise not_found()
    return user


def _changed(account: Account, user: User) -> None:
    user["updated_at"] = account.now()
    account.touch()


def _new(account: Account, email: str, name: str) -> User:
    now = account.now()
    return {
        "id": account.new_id(),
        "uid": account.new_id(),
        "email": email,
        "name": name,
        "access_seat": False,
        "gateway_seat": False,
        "seat_uid": account.new_id(),
        "active_device_count": 0,
        "last_successful_login": None,
        "created_at": now,
        "updated_at": now,
        "_sessions": [],
        "_failed_logins": [],
        "_authenticators": [],
        "_identity": {},
    }


def _identity(account: Account, user: User) -> dict[str, Any]:
    return {
        "account_id": account.id,
        "auth_status": "NONE",
        "common_name": "",
        "device_id": "",
        "device_sessions": {},
        "devicePosture": {},
        "email": user["email"],
        "name": user["name"],
        "iat": int(account.clock()),
        "is_gateway": user["gateway_seat"],
        "is_warp": False,
        "service_token_id": "",
        "service_token_status": False,
        "user_uuid": user["uid"],
        "version": 2,
    }


def _session(account: Account) -> dict[str, Any]:
    started = int(account.clock())
    return {"nonce": account.new_secret("nonce"), "iat": started, "expires": started + _DAY, "ttl": _DAY}


def _as_listed(account: Account, user: User, session: Mapping[str, Any]) -> dict[str, Any]:
    apps = {
        app["id"]: {"hostname": app.get("domain", ""), "name": app.get("name", ""), "type": app.get("type", ""), "uid": app["id"]}
        for app in account.table("apps").values()
    }
    name = f"{account.id}:{user['uid']}:{session['nonce']}"
    return {"name": name, "expiration": session["expires"], "metadata": {"apps": apps, **session}}


def _visible_sessions(user: User) -> list[dict[str, Any]]:
    gone: list[dict[str, Any]] = user.get("_lagging", {}).get("sessions", [])
    return [*gone, *user["_sessions"]]


def _failed_login(account: Account, user: User) -> dict[str, Any]:
    now = account.clock()
    metadata = {
        "app_name": "Test App",
        "datetime": rfc3339(now),
        "ray_id": account.new_secret("ray"),
        "user_email": user["email"],
        "user_uuid": user["uid"],
    }
    return {"expiration": int(now) + _DAY, "metadata": metadata}


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(f"{name} is required")
    return value
