# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People out of records: phase, groups and manager of each, at one instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from .grants import Grant
from .person import Person, Record
from .problems import Problem
from .rules import Rules
from .settings import Settings


class Roster(NamedTuple):
    """What follows from the records.

    people: in the order of the records, without those that have no phase: a problem of severity ``refuse`` says why.
    managers: ``{"danglers": [...], "own": [...], "cycles": [[...]], "left": [...], "not_yet": [...]}`` of ``{"place", "key", "manager"}``.
    """

    people: list[Person]
    problems: list[Problem]
    managers: dict[str, Any]


def people(records: Iterable[Record], instant: datetime, settings: Settings, rules: Rules, grants: Sequence[Grant] = ()) -> Roster:
    """People out of records. instant: aware, see ``days.instant_of``. rules: see ``rules.rules``. grants: see ``grants.grants``."""
    raise NotImplementedError
