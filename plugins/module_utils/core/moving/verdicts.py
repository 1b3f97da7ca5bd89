# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reads prove about somebody who moved, plane by plane. What was sent proves nothing and does not appear here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..json_values import folded
from ..verdicts import NOT_APPLICABLE, PREDICTED, PROVEN, UNPROVEN
from .moves import ACTIVE, Move
from .reads import groups_in

REAUTHENTICATION = "reauthentication"
PLANES = ("account", "attributes", "groups", REAUTHENTICATION)


class Judged(NamedTuple):
    """The judgement on one plane. why: a sentence that may stay on record. detail: what a service said, which may not."""

    verdict: str
    why: str
    detail: str = ""

    def shown(self) -> dict[str, str]:
        return {"verdict": self.verdict, "why": f"{self.why}: {self.detail}" if self.detail else self.why}


def judged(move: Move, reauthentication: Judged, *, written: bool) -> dict[str, Judged]:
    """The verdicts on one person, by plane.

    written: whether something was sent to the service, so that what was read before proves nothing any more.
    """
    if move.untouched:
        return dict.fromkeys(PLANES, Judged(NOT_APPLICABLE, move.untouched))
    if move.doubt:
        why, dummy, detail = move.doubt.partition(": ")
        return dict.fromkeys(PLANES, Judged(UNPROVEN, why, detail))
    return {**_account(move, written=written), "groups": _groups(move, written=written), REAUTHENTICATION: reauthentication}


def _account(move: Move, *, written: bool) -> dict[str, Judged]:
    planes = ("account", "attributes")
    if not move.wish:
        return dict.fromkeys(planes, Judged(NOT_APPLICABLE, "the list says nothing about it"))
    account = move.again if written else move.account
    if account is None or account.doubt or not account.found:
        detail = account.doubt if account else ""
        return dict.fromkeys(planes, Judged(UNPROVEN, "the account was not read back", detail))
    state = "active" if move.mover.active else "inactive"
    if move.intent.predicting and move.attributes:
        now, rest = ACTIVE in move.attributes, _listed(path for path in move.attributes if path != ACTIVE)
        first = Judged(PREDICTED, f"it would be {state}") if now else Judged(PROVEN, state)
        return {"account": first, "attributes": Judged(PREDICTED, f"would change: {rest}") if rest else _as_wished(move)}
    differing = move.differs(account.found, loosely=True)
    rest = _listed(path for path in differing if path != ACTIVE)
    return {
        "account": Judged(UNPROVEN, f"it is not {state}") if ACTIVE in differing else Judged(PROVEN, state),
        "attributes": Judged(UNPROVEN, f"not kept: {rest}") if rest else _as_wished(move),
    }


def _as_wished(move: Move) -> Judged:
    left_out = "; the manager has no account, so the one who is there stays" if move.without_superior else ""
    return Judged(PROVEN, f"they are as the list says{left_out}")


def _groups(move: Move, *, written: bool) -> Judged:
    planned = move.difference
    if move.intent.predicting and planned.changes:
        joining, leaving = _listed(one.group for one in planned.added), _listed(one.shown for one in planned.removed)
        return Judged(PREDICTED, "; ".join(filter(None, [joining and f"would join {joining}", leaving and f"would leave {leaving}"])))
    reading = move.groups_again if written else move.reading
    doubt = move.doubt_of(reading)
    if reading is None or doubt:
        why, dummy, detail = doubt.partition(": ")
        return Judged(UNPROVEN, why, detail)
    now = groups_in(reading)
    there = {group.id for group in now}
    lasting = _listed(group.shown for group in planned.removed if group.id in there)
    then = move.difference_from(now)
    lacking = _listed(one.group for one in then.added)
    if lasting or lacking:
        return Judged(UNPROVEN, "; ".join(filter(None, [lasting and f"still in {lasting}", lacking and f"not in {lacking}"])))
    orphans = _listed(group.shown for group in then.orphans)
    why = f"{len(then.kept)} in scope, each with a reason"
    return Judged(PROVEN, f"{why}; without one, and left as mover_orphans says: {orphans}" if orphans else why)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=folded))


def unproven(verdicts: Mapping[str, Judged]) -> list[str]:
    """What is not proven, in sentences; planes with the same reason are told together."""
    planes: dict[str, list[str]] = {}
    for plane, verdict in verdicts.items():
        if verdict.verdict == UNPROVEN:
            planes.setdefault(verdict.shown()["why"], []).append(plane)
    return [f"{', '.join(of)}: {why}" for why, of in planes.items()]
