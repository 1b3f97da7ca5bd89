# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose sessions in Cloudflare Access end because their groups changed: Access sees the groups of an identity provider at login.

Whoever signed in by a provider whose SCIM settings update identities, or ask for a new login, needs nothing from here.
https://developers.cloudflare.com/cloudflare-one/identity/users/scim/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..leaving.people import is_email, primary_email
from ..verdicts import NOT_APPLICABLE, PREDICTED, PROVEN, UNPROVEN, Facts
from .moves import Move
from .reads import by_number
from .verdicts import Judged

SUFFICIENT = {
    "automatic": "its SCIM updates identities at once",
    "reauth": "its SCIM asks for a new login when memberships change",
}


@dataclass(frozen=True)
class Reauthentication:
    """One person's side of Access.

    due: whether memberships changed in this run, or in an earlier one that did not come so far. provider: that of the last login, with
    its SCIM settings; ``{}`` if it is not known. ended: what access_user returned, ``None`` if it was not asked.
    """

    move: Move
    due: bool = False
    provider: Facts = field(default_factory=dict)
    ended: Facts | None = None

    @property
    def target(self) -> dict[str, Any]:
        """The person as loops pass them on; ``{}`` if there is nobody to sign out."""
        email = email_of_move(self.move)
        return {"number": self.move.mover.number, "key": self.move.mover.key, "email": email} if self.due and email else {}

    @property
    def sufficient(self) -> str:
        """Why nothing has to be ended, or "" if it has."""
        scim = self.provider.get("scim") or {}
        why = SUFFICIENT.get(str(scim.get("identity_update_behavior"))) if scim.get("enabled") else None
        return f"the identity provider does it, {why} (identity_update_behavior: {scim['identity_update_behavior']})" if why else ""

    @property
    def ends(self) -> dict[str, Any]:
        """The person as the loop that ends sessions passes them on; ``{}`` if they need not end."""
        return {} if self.sufficient else self.target

    @property
    def verdict(self) -> Judged:
        if not self.move.intent.access:
            return Judged(NOT_APPLICABLE, "mover_access is off")
        if not self.due:
            return Judged(NOT_APPLICABLE, "no membership changed")
        if not self.target:
            return Judged(NOT_APPLICABLE, "there is no e-mail address, and Access knows people by nothing else")
        if self.sufficient:
            return Judged(NOT_APPLICABLE, self.sufficient)
        if self.ended is None:
            return Judged(UNPROVEN, "the sessions were not ended")
        plane = (self.ended.get("planes") or {}).get("sessions")
        if self.ended.get("failed") or not plane:
            return Judged(UNPROVEN, "the sessions could not be ended", str(self.ended.get("msg") or "the task failed"))
        verdict = plane["verdict"] if plane["verdict"] in (PROVEN, UNPROVEN, PREDICTED, NOT_APPLICABLE) else UNPROVEN
        return Judged(verdict, str(plane.get("said") or ""))

    @property
    def pending(self) -> bool:
        """Whether a later run has to come back to it."""
        return self.due and self.verdict.verdict == UNPROVEN


def reauthentications(those: list[Move], steps: Mapping[str, Any], *, written: bool) -> list[Reauthentication]:
    """One for each person, in their order.

    steps: providers, what access_identity_provider_info returned; access_user, the loop of access_user_info with last_seen_identity;
    sessions, the loop of access_user. written: whether memberships were changed, or would be.
    """
    listed = steps.get("providers")
    entries = (listed.get("identity_providers") or ()) if isinstance(listed, Mapping) else ()
    providers = {str(entry.get("id")): entry for entry in entries}
    seen, ended = by_number(steps.get("access_user")), by_number(steps.get("sessions"))
    found = []
    for move in those:
        number = move.mover.number
        due = move.intent.access and not move.untouched and not move.doubt
        due = due and ((written and move.difference.changes) or move.subject in move.state.pending)
        users = [user for one in seen.get(number, ()) for user in one.get("users") or ()]
        last = [str(((user.get("last_seen_identity") or {}).get("idp") or {}).get("id") or "") for user in users]
        provider = providers.get(last[0], {}) if len(last) == 1 else {}
        found.append(Reauthentication(move, due, provider, next(iter(ended.get(number, ())), None)))
    return found


def email_of_move(move: Move) -> str:
    """The address by which Access knows a person, "" if there is none: that of their last login, so what the account had before counts first."""
    there, user = move.account.found if move.account else {}, move.mover.user or {}
    candidates = (there.get("user_name"), user.get("user_name"), primary_email(there.get("emails")), primary_email(user.get("emails")))
    return next((str(candidate).strip() for candidate in candidates if candidate and is_email(str(candidate))), "")
