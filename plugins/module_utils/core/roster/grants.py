# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Memberships by hand: somebody is in a group beside the rules, for a reason and until a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Grant:
    """One membership by hand. person: the person_id. until: a day, which it includes, or an instant."""

    person: str
    group: str
    reason: str
    until: str


def grants(options: Sequence[Mapping[str, Any]] | None) -> tuple[Grant, ...]:
    """Read ``[{person, group, reason, until}]``; all four are needed. Raises InvalidInput."""
    raise NotImplementedError
