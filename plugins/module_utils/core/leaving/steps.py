# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of the role leaver by name, and what was asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ..errors import InvalidInput
from ..instants import instant
from ..verdicts import Facts
from .access_steps import STEPS as ACCESS_STEPS
from .access_steps import WRITING as ACCESS_WRITING
from .access_steps import AccessIntent
from .times import retention_of

TARGET = "leaver_target"  # the loop variable of the role: every result carries the person that it is about

# In order, and what a failure of each is called. A rehearsal that fails is told by the real step; a read-back by its plane.
STEPS = {
    "find": "find the account",
    "memberships": "read the memberships",
    "rehearsal": "",
    "superior": "",  # of whom the notice is as good without a name
    "account": "deactivate or delete the account",
    "removals": "remove a membership",
    "find_again": "",
    "memberships_again": "",
    **ACCESS_STEPS,
}
WRITING = ("account", "removals", *ACCESS_WRITING)
MODES = ("deactivate", "delete", "delete_or_deactivate")
FOR_GROUPS = ("remove", "keep")


@dataclass(frozen=True)
class Intent:
    """What the role was asked to do.

    predicting: nothing is written, the modules only say what they would do. instant: now, in UTC. retention: how long accounts are
    kept, as text. Raises InvalidInput.
    """

    mode: str = "deactivate"
    groups: str = "remove"
    protected: tuple[str, ...] = ()
    predicting: bool = False
    access: AccessIntent = field(default_factory=AccessIntent)
    instant: str = ""
    retention: str = ""
    kept_for: timedelta | None = field(init=False)

    def __post_init__(self) -> None:
        for option, value, choices in (("mode", self.mode, MODES), ("groups", self.groups, FOR_GROUPS)):
            if value not in choices:
                raise InvalidInput(f"leaver_{option} is {value!r}; choose one of {', '.join(choices)}")
        if self.instant and instant(self.instant) is None:
            raise InvalidInput(f"leaver_instant is {self.instant!r}; give a date, a time and a zone, such as 2026-11-30T17:00:00Z")
        if self.retention.strip() and not self.instant:
            raise InvalidInput("leaver_instant is empty; without it, nobody can tell whose leaver_retention is over")
        object.__setattr__(self, "kept_for", retention_of(self.retention))


def results_of(registered: Any) -> Iterable[Facts]:
    """What ``register`` kept of a loop."""
    return (registered.get("results") or ()) if isinstance(registered, Mapping) else ()
