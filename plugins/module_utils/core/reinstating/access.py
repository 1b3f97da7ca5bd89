# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody's coming back on the side of Cloudflare Access, as data: what is to name their e-mail, and what is not any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..access_planes import called, is_block
from ..verdicts import NOT_APPLICABLE, UNPROVEN, Facts, Reading, Verdict, promised
from .verdicts import selectors_verdict
from .wanted import Intent, Wanted


class Person(Protocol):
    """What is asked of a case."""

    number: int
    wanted: Wanted
    intent: Intent
    results: dict[str, list[Facts]]

    @property
    def touchable(self) -> bool:
        """Whether anything may be asked and written about the person."""

    @property
    def ready(self) -> bool:
        """Whether anything may be given to the person."""

    def first(self, step: str) -> Facts | None:
        """What a step returned."""

    def read(self, step: str, resources: str) -> Reading | None:
        """The same as an answer."""


@dataclass(frozen=True)
class AccessSide:
    """One person as Access knows them: by their e-mail."""

    of: Person

    @property
    def asked(self) -> bool:
        """Whether there is anything to ask."""
        wanted = self.of.wanted
        return self.of.intent.access and bool(wanted.email) and bool(wanted.selectors or wanted.block_group)

    @property
    def target(self) -> dict[str, Any]:
        """The person as loops pass them on; ``{}`` if there is nobody to ask about."""
        if not self.asked or not self.of.touchable:
            return {}
        return {"number": self.of.number, "key": self.of.wanted.key, "email": self.of.wanted.email}

    def _including(self, step: str) -> Reading | None:
        """What includes the e-mail, also what only keeps people out."""
        reading = self.of.read(step, "objects")
        kept = (self.of.first(step) or {}).get("kept") or ()
        return replace(reading, found=(*reading.found, *kept)) if reading else None

    @property
    def _missing(self) -> Sequence[Facts]:
        reading = self._including("access_named")
        if not self.asked or reading is None or reading.failure:
            return ()
        now = {str(thing.get("id")) for thing in reading.found}
        return [thing for thing in self.of.wanted.selectors if str(thing.get("id")) not in now]

    @property
    def _blocking(self) -> Sequence[Facts]:
        reading = self._including("access_named")
        if not self.asked or reading is None or reading.failure:
            return ()
        return [thing for thing in reading.found if is_block(thing, self.of.wanted.block_group)]

    @property
    def additions(self) -> list[dict[str, Any]]:
        """Where the e-mail is to be put, one for each group or policy, so that one that is gone holds up no other."""
        return [self._turn(thing) for thing in self._missing] if self.of.ready else []

    @property
    def removals(self) -> list[dict[str, Any]]:
        """Where it is to be taken out."""
        return [self._turn(thing) for thing in self._blocking] if self.of.ready else []

    def _turn(self, thing: Facts) -> dict[str, Any]:
        option = "groups" if thing.get("kind") == "group" else "policies"
        rules = [str(rule) for rule in thing.get("rules") or ["include"]]
        return {**self.target, "object": str(thing.get("id")), "what": called(thing), "rules": rules, option: [str(thing.get("id"))]}

    @property
    def operations(self) -> list[dict[str, str]]:
        turns = [("include", thing) for thing in self._missing] + [("unblock", thing) for thing in self._blocking]
        return [{"plane": "selectors", "verb": verb, "id": str(thing.get("id")), "what": called(thing)} for verb, thing in turns]

    @property
    def notes(self) -> list[str]:
        """What is to be said where Access is left alone."""
        wanted = self.of.wanted
        if self.of.intent.access and not wanted.email and (wanted.selectors or wanted.block_group):
            return ["no e-mail of the person is known, and Access knows people by nothing else; give email"]
        return []

    def verdict(self) -> Verdict:
        """The judgement on the plane of the selectors."""
        wanted, intent = self.of.wanted, self.of.intent
        if not intent.access:
            return Verdict(NOT_APPLICABLE, "Access is not managed, as reinstate_access says")
        if wanted.undo and not wanted.accesses:
            return Verdict(NOT_APPLICABLE, "the snapshot holds nothing of Access: it was not managed when they left")
        if not wanted.undo and not intent.like_access:
            return Verdict(NOT_APPLICABLE, "rules of Access are not given, as reinstate_like_access says")
        if self.notes:
            return Verdict(UNPROVEN, self.notes[0])
        written = [result for step in ("selectors", "block") for result in self.of.results.get(step, ())]
        changed = frozenset(self._object(result) for result in written if promised(result))
        stuck: Mapping[str, str] = {self._object(result): str(result.get("msg") or "the task failed") for result in written if result.get("failed")}
        return selectors_verdict(
            self._including("access_named_again"),
            wanted.selectors,
            block_group=wanted.block_group,
            stuck=stuck,
            predicted=changed if intent.predicting else None,
        )

    @staticmethod
    def _object(result: Facts) -> str:
        return str(result.get("reinstate_target", {}).get("object"))
