# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of somebody who leaves: as whom they are listed, which account is theirs, and whether that is certain."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..json_values import folded
from ..roster.person import subject_of
from ..verdicts import Facts, Reading
from .people import KEYS, Leaver
from .steps import TARGET, Intent


@dataclass
class Known:
    """One person: as listed, and everything that the steps returned about them. not_due: why it is not their turn, "" if it is."""

    number: int
    leaver: Leaver
    intent: Intent
    not_due: str = ""
    results: dict[str, list[Facts]] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()  # what of Access names others who leave, too

    @property
    def person(self) -> dict[str, str]:
        """By which names the person was listed."""
        return dict(self.leaver.keys)

    @property
    def subject(self) -> str:
        """By what the evidence calls the person."""
        external_id, number, user_name = (self.leaver.keys.get(name) or self.account.get(name) for name in ("external_id", "id", "user_name"))
        return subject_of(external_id, number, user_name)

    @property
    def key(self) -> str:
        """How messages call the person."""
        name = self.leaver.keys.get("user_name") or self.account.get("user_name")
        return str(name) if name else " ".join(next(iter(self.named.items())))

    @property
    def named(self) -> dict[str, str]:
        """By which of them an account is looked for."""
        return {name: self.leaver.keys[name] for name in KEYS if name in self.leaver.keys}

    @property
    def known_by(self) -> set[tuple[str, str]]:
        """The same and the id of the account, as they are compared."""
        known = {**self.named, **({"id": self.id} if self.id else {})}
        return {(name, folded(value) if name == "user_name" else value) for name, value in known.items()}

    def first(self, step: str) -> Facts | None:
        """What a step that is taken once for each person returned, ``None`` if it was not taken."""
        return next(iter(self.results.get(step, ())), None)

    def read(self, step: str, resources: str) -> Reading | None:
        """The answer of a step that reads, ``None`` if it was not taken. resources: what it is called in the result."""
        result = self.first(step)
        if result is None or result.get("skipped"):
            return None
        target = result.get(TARGET, {})
        asked = {"member": "id:" + target.get("id", "")} if resources == "groups" else target.get("asked", {})
        if result.get("failed"):
            return Reading(asked, failure=str(result.get("msg") or "the task failed"))
        if resources not in result:
            return Reading(asked, failure=f"the answer holds no {resources}")  # which is not the same as: there are none
        return Reading(
            asked,
            tuple(result[resources] or ()),
            unverifiable=bool(result.get("unverifiable")),
            complete=not result.get("truncated"),
            source=tuple(result.get("read_from") or ()),
        )

    @property
    def account(self) -> Facts:
        """The account before anything was done, ``{}`` if there is none or it is in doubt."""
        reading = self.read("find", "users")
        return reading.found[0] if reading and len(reading.found) == 1 else {}

    @property
    def id(self) -> str:
        """The id of the account on the service, "" if it is not known."""
        return str(self.account.get("id") or self.person.get("id") or "")

    @property
    def doubt(self) -> str:
        """Why it is not certain who is meant, or "" if it is."""
        reading = self.read("find", "users")
        if reading is None:
            return "nobody has looked for the account"
        if reading.failure:
            return reading.failure
        return self.mistaken(reading)

    def mistaken(self, reading: Reading) -> str:
        """Why what was found is not certainly this person's account, or ""."""
        if len(reading.found) > 1:
            ids = ", ".join(str(account.get("id", "")) for account in reading.found[:10])
            return f"{len(reading.found)} accounts answer to it ({ids}); name the one you mean by its id"
        for account in reading.found:
            theirs, ours = str(account.get("external_id") or ""), self.person.get("external_id", "")
            if theirs and ours and theirs != ours:
                return f"the account {account.get('id')!r} has the external_id {theirs!r}, not {ours!r}: it is somebody else's"
        return ""
