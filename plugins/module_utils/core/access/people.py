# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People as Access knows them: their sessions, seat and second factors, what has to be sent, and what reads prove.

Revoking ends what is running and blocks nobody; a freed seat is taken again at the next login.
https://developers.cloudflare.com/cloudflare-one/team-and-resources/users/seat-management/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidInput
from ..json_values import boolean, folded
from ..plan import Change
from ..verdicts import NOT_APPLICABLE, PREDICTED, PROVEN, UNPROVEN

KIND = "AccessUser"
SESSIONS, MFA, SEAT = "sessions", "mfa", "seat"  # in the order in which they are ended
PLANES = (SESSIONS, MFA, SEAT)

_SHOWN = ("id", "email", "name", "access_seat", "gateway_seat", "seat_uid", "active_device_count")
_WHEN = ("last_successful_login", "created_at", "updated_at")
_SEATS = ("access_seat", "gateway_seat")
_AUTHENTICATORS = ("mfa_authenticators", "authenticators")
_ADDRESS = re.compile(r"[^\s@,;]+@[^\s@,;]+")
# What proves a session, or would let somebody take it over, is no fact about a person.
_TOKEN_NAME = re.compile(r"nonce|token(?!_(id|status)$)|secret|password|cookie|jwt|device_sessions", re.IGNORECASE)
_NONCE_SHOWN = 6

# https://developers.cloudflare.com/api/resources/zero_trust/subresources/identity_providers/subresources/scim/
_STORED = {"id": "id", "active": "active", "displayName": "display_name", "externalId": "external_id", "emails": "emails", "meta": "meta"}

User = Mapping[str, Any]


def checked_email(option: str, email: str) -> str:
    """An e-mail address without spaces around it. Raises InvalidInput."""
    text = email.strip()
    if not _ADDRESS.fullmatch(text):
        raise InvalidInput(f"{option}: {email!r} is no e-mail address")
    return text


def of_email(users: Sequence[User], email: str) -> list[User]:
    """Those of a list who have this e-mail address, whatever its letter case: a filter of the server is not taken at its word."""
    return [user for user in users if folded(str(user.get("email") or "")) == folded(email)]


def path_id(user: User) -> str:
    """The id by which the paths below ``/access/users`` name a person."""
    return str(user.get("id") or user.get("uid") or "")


def device_count(user: User) -> int:
    """How many devices are registered to a person."""
    count = user.get("active_device_count")
    return int(count) if isinstance(count, (int, float)) else 0


def seats(user: User) -> list[str]:
    """The seats that a person takes."""
    return [name for name in _SEATS if boolean(user.get(name)) is True]


def authenticators(user: User) -> list[str] | None:
    """The ids of a person's second factors, ``None`` if they are not shown."""
    for name in _AUTHENTICATORS:
        if isinstance(user.get(name), (list, tuple)):
            entries = [entry.get("id") or entry.get("uid") if isinstance(entry, Mapping) else entry for entry in user[name]]
            return [str(entry) for entry in entries if entry]
    return None


def nonces(sessions: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """What tells sessions apart. It never leaves this process."""
    return frozenset(str(_metadata(session).get("nonce") or session.get("name") or number) for number, session in enumerate(sessions))


@dataclass(frozen=True)
class Look:
    """What was read of one person. Only what the asked planes need is read; the rest is ``None``.

    user: the record. sessions: the nonces of the active sessions. authenticators: ids, ``None`` if they are not shown.
    """

    user: User = field(repr=False)
    sessions: frozenset[str] | None = field(default=None, repr=False)
    authenticators: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Orders:
    """What a task wants to be gone. devices: with the sessions, the registrations of devices. given: ids of second factors."""

    planes: frozenset[str]
    devices: bool = False
    warp_reauth: bool = False
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """The verdict on one plane, from what was read. said: a sentence for people."""

    verdict: str
    said: str

    def shown(self) -> dict[str, str]:
        return {"verdict": self.verdict, "said": self.said}


def pending(plane: str, look: Look, orders: Orders) -> bool:
    """Whether a read shows something of a plane that has to go."""
    if plane == SESSIONS:
        return bool(look.sessions) or (orders.devices and device_count(look.user) > 0)
    if plane == MFA:
        return bool(orders.given if look.authenticators is None else look.authenticators)
    return bool(seats(look.user))


def revocation(user: User, orders: Orders) -> dict[str, Any]:
    """The body of ``POST /access/organizations/revoke_user``."""
    body: dict[str, Any] = {"email": user.get("email")}
    if user.get("uid") or user.get("id"):
        body["user_uid"] = user.get("uid") or user.get("id")
    if orders.devices:
        body["devices"] = True
    if orders.warp_reauth:
        body["warp_session_reauth"] = True
    return body


def seat_release(user: User) -> list[dict[str, Any]]:
    """The body of ``PATCH /access/seats``: an array, with both seats false, or the seat is not freed."""
    return [{"seat_uid": user.get("seat_uid"), "access_seat": False, "gateway_seat": False}]


def changes(plane: str, look: Look, orders: Orders) -> tuple[Change, ...]:
    """What a plane's requests change, as a diff shows it: numbers and flags, no session."""
    if plane == SESSIONS:
        found = [Change("active_sessions", len(look.sessions), 0)] if look.sessions else []
        if orders.devices and device_count(look.user):
            found.append(Change("active_device_count", device_count(look.user), 0))
        return tuple(found)
    if plane == MFA:
        going = orders.given if look.authenticators is None else look.authenticators
        return (Change("mfa_authenticators", len(going), 0),) if going else ()
    return tuple(Change(name, True, False) for name in seats(look.user))


def left_over(plane: str, before: Look, after: Look, orders: Orders) -> list[str]:
    """The paths of a plane that were to go and are still shown. A session that began meanwhile was not among them."""
    if plane == SESSIONS:
        found = ["active_sessions"] if (before.sessions or frozenset()) & (after.sessions or frozenset()) else []
        return found + (["active_device_count"] if orders.devices and device_count(after.user) else [])
    if plane == MFA:
        return ["mfa_authenticators"] if after.authenticators else []
    return seats(after.user)


def simulated(look: Look, planes: frozenset[str], orders: Orders) -> Look:
    """What would be read after the requests of these planes on an obedient server."""
    user = dict(look.user)
    if SEAT in planes:
        user.update(dict.fromkeys(_SEATS, False))
    if SESSIONS in planes and orders.devices:
        user["active_device_count"] = 0
    sessions = frozenset[str]() if SESSIONS in planes and look.sessions is not None else look.sessions
    factors = () if MFA in planes and look.authenticators is not None else look.authenticators
    return Look(user, sessions, factors)


def judged(plane: str, before: Look, after: Look, orders: Orders, *, sent: bool, predicted: bool) -> Judged:
    """The verdict on a plane. before, after: what was read; the same if nothing had to be sent.

    sent: whether something was sent or, if ``predicted``, would be.
    """
    if plane == SEAT and seats(before.user) and not before.user.get("seat_uid"):
        return Judged(UNPROVEN, "the person takes a seat, and Access does not show its seat_uid, by which it is freed")
    if predicted and sent:
        return Judged(PREDICTED, _would(plane, before, orders))
    return {SESSIONS: _said_of_sessions, MFA: _said_of_mfa, SEAT: _said_of_seat}[plane](before, after, orders, sent)


def unknown(email: str) -> Judged:
    """The verdict on every plane of somebody whom Access does not know."""
    return Judged(NOT_APPLICABLE, f"Access knows nobody with the e-mail address {email}: there is no session, second factor or seat")


def shown(look: Look) -> dict[str, Any]:
    """A person as results show them. Sessions and second factors are numbers."""
    result = user_shown(look.user)
    if look.sessions is not None:
        result["active_sessions"] = len(look.sessions)
    if look.authenticators is not None:
        result["mfa_authenticators"] = len(look.authenticators)
    return result


def user_shown(user: User) -> dict[str, Any]:
    """A record of ``/access/users`` as results show it. A flag that is not shown is false."""
    result = {name: user.get(name) for name in _SHOWN}
    result.update({name: boolean(user.get(name)) is True for name in _SEATS}, active_device_count=device_count(user))
    return {**{name: "" if value is None else value for name, value in result.items()}, **{n: user[n] for n in _WHEN if user.get(n)}}


def session_shown(session: Mapping[str, Any]) -> dict[str, Any]:
    """An active session as results show it: of its nonce only the beginning, by which people tell two apart. Times are epochs."""
    metadata = _metadata(session)
    apps = metadata.get("apps")
    result = {name: metadata[name] for name in ("iat", "expires", "ttl") if metadata.get(name) is not None}
    if session.get("expiration") is not None:
        result["expiration"] = session["expiration"]
    nonce = str(metadata.get("nonce") or "")
    if len(nonce) > 2 * _NONCE_SHOWN:
        result["nonce"] = f"{nonce[:_NONCE_SHOWN]}..."
    result["apps"] = [without_tokens(app) for app in apps.values()] if isinstance(apps, Mapping) else []
    return result


def without_tokens(value: Any) -> Any:
    """A document without what proves a session."""
    if isinstance(value, Mapping):
        return {name: without_tokens(part) for name, part in value.items() if not _TOKEN_NAME.search(str(name))}
    if isinstance(value, (list, tuple)):
        return [without_tokens(part) for part in value]
    return value


def stored_shown(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A user or group as the SCIM store of an identity provider holds it, in the words of our options."""
    return {ours: stored[theirs] for theirs, ours in _STORED.items() if stored.get(theirs) is not None}


def has_email(stored: Mapping[str, Any], email: str) -> bool:
    """Whether a stored SCIM user has this address."""
    entries = stored.get("emails")
    found = [entry.get("value") if isinstance(entry, Mapping) else entry for entry in entries] if isinstance(entries, list) else []
    return folded(email) in [folded(str(value)) for value in found]


def _said_of_sessions(before: Look, after: Look, orders: Orders, sent: bool) -> Judged:
    left = left_over(SESSIONS, before, after, orders) if sent else []
    if left:
        still = {"active_sessions": f"{len(after.sessions or ())} sessions are", "active_device_count": f"{device_count(after.user)} devices are"}
        return Judged(UNPROVEN, " and ".join(still[path] for path in left) + " still shown")
    if after.sessions:
        return Judged(UNPROVEN, "the old sessions are gone, and the person has signed in again: revoking does not block")
    devices = " and no registered device" if orders.devices else ""
    reauth = "; whether WARP asks to sign in again cannot be read" if sent and orders.warp_reauth else ""
    return Judged(PROVEN, f"there is no active session{devices}{reauth}")


def _said_of_mfa(before: Look, after: Look, orders: Orders, sent: bool) -> Judged:
    if after.authenticators is None:
        if orders.given:
            return Judged(UNPROVEN, "the second factors that were named were removed or did not exist; Access does not show which are left")
        return Judged(UNPROVEN, "Access does not show the person's second factors; name them in mfa_authenticators to remove them")
    if after.authenticators:
        return Judged(UNPROVEN, f"{len(after.authenticators)} second factors are still shown")
    return Judged(PROVEN, "there is no second factor")


def _said_of_seat(before: Look, after: Look, orders: Orders, sent: bool) -> Judged:
    if seats(after.user):
        return Judged(UNPROVEN, f"{' and '.join(seats(after.user))} still taken")
    return Judged(PROVEN, "no seat is taken")


def _would(plane: str, look: Look, orders: Orders) -> str:
    parts = [f"{change.path} is {'taken' if change.before is True else change.before} now" for change in changes(plane, look, orders)]
    return f"{', '.join(parts)}; a run would end that"


def _metadata(session: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = session.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}
