# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is running for one person ended: sessions first, then second factors, then the seat. Each is judged by what is read.

Old sessions die within half a minute of their revocation, so reading them back takes patience.
https://developers.cloudflare.com/cloudflare-one/team-and-resources/users/users/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ...client.access_people import entries_of, person_path, users_of
from ...client.cloudflare import CloudflareAccount
from ...core.access import people
from ...core.access.people import MFA, PLANES, SEAT, SESSIONS, Look, Orders
from ...core.errors import InvalidInput, LifecycleError, OutcomeUnknown, Protected, SeveralMatches
from ...core.patterns import Patterns
from ...core.plan import UPDATE, Change, Operation, Plan
from ...core.verdicts import UNPROVEN

Params = Mapping[str, Any]
Result = dict[str, Any]

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 8.0  # seconds between two looks


def settle_person(account: CloudflareAccount, params: Params) -> tuple[Plan, Result]:
    """Make absent what the options say. Gives the plan, for the diff, and the result of the task.

    A plane that fails does not keep the others from being done; it is in ``failures``.
    """
    email = people.checked_email("email", params["email"])
    orders = _orders(params)
    user = user_of(account, email)
    if user is None:
        planes = {plane: people.unknown(email).shown() for plane in PLANES if plane in orders.planes}
        return Plan(), {"changed": False, "unconverged": [], "failures": [], "user": {}, "planes": planes}
    task = _Task(account, user, orders)
    task.look_at_all()
    task.refuse_protected(Patterns(params["protected"]))
    for plane in PLANES:
        task.end(plane)
    task.verify(params["verify_timeout"])
    return task.result()


def user_of(account: CloudflareAccount, email: str) -> dict[str, Any] | None:
    """The record of a person, ``None`` if Access knows nobody of that address. Raises SeveralMatches."""
    found = users_of(account, email)
    if len(found) > 1:
        raise SeveralMatches(f"email {email!r}", [people.path_id(user) for user in found])
    return found[0] if found else None


def _orders(params: Params) -> Orders:
    planes = frozenset(plane for plane in PLANES if params[plane] == "absent")
    for option in ("devices", "warp_reauth"):
        if params[option] and SESSIONS not in planes:
            raise InvalidInput(f"{option}: is done together with the revocation of sessions; set sessions to absent, too")
    given = tuple(dict.fromkeys(each.strip() for each in params["mfa_authenticators"] or () if each.strip()))
    if given and MFA not in planes:
        raise InvalidInput("mfa_authenticators: names what mfa removes; set mfa to absent, too")
    if not 0 <= params["verify_timeout"] <= 600:
        raise InvalidInput(f"verify_timeout: {params['verify_timeout']:g} is out of range; give 0 to 600 seconds")
    return Orders(planes, bool(params["devices"]), bool(params["warp_reauth"]), given)


class _Task:
    """What one task knows while it works."""

    def __init__(self, account: CloudflareAccount, user: dict[str, Any], orders: Orders) -> None:
        self.account = account
        self.orders = orders
        self.before = self.after = Look(user)
        self.looked = False  # whether what comes is a second look
        self.failed: dict[str, str] = {}
        self.sent: list[str] = []  # planes
        self.gone_before: set[str] = set()  # planes of which all that was sent was not needed

    def look_at_all(self) -> None:
        """Read what the asked planes need beside the record, which has the seat and the number of devices."""
        for plane in PLANES:
            if plane in self.orders.planes and plane != SEAT:
                self._try([plane], partial(self._look_again, [plane]))
        self.before = self.after
        self.looked = True

    def refuse_protected(self, protected: Patterns) -> None:
        """Raises Protected before anything is sent."""
        user = self.before.user
        if not any(self._pending(plane) for plane in PLANES) and SESSIONS not in self.failed:
            return
        for name in ("email", "name", "id", "uid"):
            pattern = protected.matching(str(user.get(name) or ""))
            if pattern is not None:
                raise Protected(
                    f"{people.KIND} {user.get('email')!r} is protected ({pattern!r} in protected): nothing was written; "
                    "change it by hand, or take it off the list on purpose"
                )

    def end(self, plane: str) -> None:
        """Send what a plane needs, if it needs anything."""
        if plane == SESSIONS and plane in self.failed:
            self._end_unseen_sessions()
        if not self._pending(plane):
            return
        if plane == SEAT and not self.before.user.get("seat_uid"):
            return
        send = {SESSIONS: self._revoke, MFA: self._remove_authenticators, SEAT: self._free_seat}[plane]
        if self._try([plane], send):
            self.sent.append(plane)

    def verify(self, timeout: float) -> None:
        """Read until nothing of what was ended is shown any more, for at most so many seconds."""
        if self.account.read_only:
            self.after = people.simulated(self.before, frozenset(self.sent), self.orders)
            return
        clock = self.account.transport.gate.clock
        until, pause = clock.now() + timeout, _FIRST_PAUSE
        waiting = [plane for plane in self.sent if plane != MFA or self.before.authenticators is not None]
        while waiting:
            if not self._try(waiting, partial(self._look_again, waiting)):
                return
            waiting = [plane for plane in waiting if people.left_over(plane, self.before, self.after, self.orders)]
            left = until - clock.now()
            if not waiting or left <= 0:
                return
            clock.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)

    def result(self) -> tuple[Plan, Result]:
        planes: dict[str, dict[str, str]] = {}
        unconverged: list[str] = []
        warnings: list[str] = []
        changes: list[Change] = []
        for plane in [plane for plane in PLANES if plane in self.orders.planes]:
            sent = plane in self.sent
            if plane in self.failed:
                planes[plane] = people.Judged(UNPROVEN, self.failed[plane]).shown()
            else:
                predicted = self.account.read_only
                judged = people.judged(plane, self.before, self.after, self.orders, sent=sent, predicted=predicted)
                planes[plane] = judged.shown()
                left = people.left_over(plane, self.before, self.after, self.orders) if sent else []
                unconverged += left
                if judged.verdict == UNPROVEN and not left:
                    warnings.append(f"{plane}: {judged.said}")
            if sent and plane not in self.gone_before:
                changes += people.changes(plane, self.before, self.orders)
        user = people.shown(self.after)
        shown_before = {"name": user["email"]}
        after = {**shown_before, **{change.path: change.after for change in changes}}
        operation = Operation(UPDATE, people.KIND, user["email"], shown_before, after, tuple(changes))
        return Plan((operation,) if changes else ()), {
            "changed": bool(changes or (self.failed and self.account.accepted)),
            "unconverged": unconverged,
            "failures": [{"plane": plane, "error": error} for plane, error in self.failed.items()],
            "user": user,
            "planes": planes,
            "warnings": warnings,
        }

    def _pending(self, plane: str) -> bool:
        wanted = plane in self.orders.planes and plane not in self.failed
        return wanted and people.pending(plane, self.before, self.orders)

    def _end_unseen_sessions(self) -> None:
        """Whether any is open could not be read. To end them does no harm, not to end them may; that they ended stays unproven."""
        unread = self.failed[SESSIONS]
        ended = self._try([SESSIONS], self._revoke)
        self.failed[SESSIONS] = f"{unread}; {'they were revoked all the same' if ended else self.failed[SESSIONS]}"

    def _revoke(self) -> None:
        body = people.revocation(self.before.user, self.orders)
        self._once(SESSIONS, lambda: self.account.write("POST", "/access/organizations/revoke_user", body))

    def _remove_authenticators(self) -> None:
        shown = self.before.authenticators
        removed = 0
        for each in self.orders.given if shown is None else shown:
            answer = self.account.write("DELETE", person_path(self.before.user, "mfa_authenticators", each))
            removed += answer is not None  # None: it was not there, which only matters where they are not shown
        if shown is None and not removed and not self.account.read_only:
            self.gone_before.add(MFA)

    def _free_seat(self) -> None:
        body = people.seat_release(self.before.user)
        self._once(SEAT, lambda: self.account.write("PATCH", "/access/seats", body))

    def _once(self, plane: str, send: Callable[[], Any]) -> None:
        """Send; where the answer is lost, look, and send again only if it is still needed."""
        try:
            send()
        except OutcomeUnknown:
            self._look_again([plane])
            if people.left_over(plane, self.before, self.after, self.orders):
                send()

    def _look_again(self, planes: list[str]) -> None:
        """Read what tells of these planes."""
        by_record = MFA in planes or SEAT in planes or (SESSIONS in planes and self.orders.devices and self.looked)
        if SESSIONS in planes:
            sessions = people.nonces(entries_of(self.account, self.before.user, "active_sessions"))
            self.after = replace(self.after, sessions=sessions)
        if by_record:
            record = self.account.get(person_path(self.before.user))
            if not isinstance(record, Mapping):  # somebody deleted the record; its sessions and seat went with it
                record = {name: self.before.user.get(name) for name in ("id", "uid", "email", "name")}
                record = {**record, "mfa_authenticators": []}
            shown = people.authenticators(record)
            factors = self.after.authenticators if MFA not in self.orders.planes else (None if shown is None else tuple(shown))
            self.after = replace(self.after, user=record, authenticators=factors)

    def _try(self, planes: list[str], action: Callable[[], None]) -> bool:
        """Whether it worked. If it did not, the planes have failed, and the others go on."""
        try:
            action()
        except LifecycleError as error:
            self.account.accepted += isinstance(error, OutcomeUnknown)  # it may have taken
            self.failed.update(dict.fromkeys(planes, str(error)))
            return False
        return True
