# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Completeness: what the roster says and the ledger does not. A sample of records alone would never find who has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..instants import moment
from ..ledger.completeness import leavers
from ..ledger.leaving import BEGUN, Leaving
from ..roster.person import ACTIVE, LEAVING, ON_LEAVE, is_of_a_roster, subject_of
from .reading import Reading


@dataclass
class Gaps:
    """population: people of the roster. leavers: how many of them have left. left: those of whose leaving there is no record.

    joined: who began since the ledger did, without a record. back: recorded as left, and not gone by the roster.
    """

    population: int = 0
    leavers: int = 0
    left: list[Leaving] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)


def gaps(people: Sequence[Any], reading: Reading) -> Gaps | None:
    """people: of ``roster_info``, or ``{subject, left_at}``, see ``completeness.leavers``; without any, nothing can be told, ``None``.

    Raises InvalidInput.
    """
    if not people:
        return None
    options, found = reading.options, Gaps(population=len(people))
    for leaver in leavers(people):
        left_at = moment(leaver.left_at)
        if options.is_later(left_at):
            continue
        recorded = reading.leavings.of(leaver.subject, left_at)
        if options.holds(left_at):
            found.leavers += 1
            if recorded is None:
                found.left.append(Leaving(leaver.subject, left_at=left_at))
    begins = moment(reading.first_at)
    for person in filter(is_of_a_roster, people):
        if person["phase"] not in (ACTIVE, ON_LEAVE, LEAVING):
            continue
        user = person["user"]
        subject = subject_of(user.get("external_id") or person.get("key"), user.get("id"), user.get("user_name"))
        if subject in reading.leavings.open and reading.leavings.open[subject].state != BEGUN:
            found.back.append(subject)
        since = moment(person.get("since"))
        new = person["phase"] == ACTIVE and since and begins and since >= begins and options.holds(since) and not options.is_later(since)
        if new and subject not in reading.entered:
            found.joined.append(subject)
    return found
