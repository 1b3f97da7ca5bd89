# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How phases are told: what ``roster_info`` takes as ``phases``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ..errors import InvalidInput
from ..json_values import folded
from .days import duration
from .zones import time_zone

PREHIRE = "prehire"
AT_WORK = "active"
AWAY = "on_leave"
TERMINATED = "terminated"
STATUSES = (PREHIRE, AT_WORK, AWAY, TERMINATED)

KEEP = "keep"
DEACTIVATE = "deactivate"

_DURATIONS = ("stage_ahead", "look_ahead", "end_early")
_OPTIONS = (*_DURATIONS, "on_leave", "default_time_zone", "statuses")


@dataclass(frozen=True)
class Settings:
    """How phases are told.

    stage_ahead: so long before the start there is an account, inactive. look_ahead: so long before the end somebody is leaving.
    end_early: access ends so much before the end, for sources that tell of it late. on_leave: whether the account of somebody on leave
    is kept (``keep``) or not (``deactivate``). default_time_zone: of those whose row has none. statuses: what the source calls a
    status, folded -> one of STATUSES.
    """

    stage_ahead: timedelta = timedelta(days=7)
    look_ahead: timedelta = timedelta(days=14)
    end_early: timedelta = timedelta(0)
    on_leave: str = KEEP
    default_time_zone: str = "UTC"
    statuses: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_options(cls, options: Mapping[str, Any] | None) -> Settings:
        """Read ``{stage_ahead: 7d, look_ahead: 14d, end_early: 0, on_leave: keep, default_time_zone: UTC, statuses: {Inactive: terminated}}``.

        What is not given keeps its default. A duration is a number with s, m, h, d or w; a number alone is of days. Raises InvalidInput.
        """
        given = {str(name): value for name, value in (options or {}).items() if value is not None}
        unknown = sorted(set(given) - set(_OPTIONS))
        if unknown:
            raise InvalidInput(f"phases.{unknown[0]} is no option; there are {', '.join(_OPTIONS)}")
        read: dict[str, Any] = {name: duration(f"phases.{name}", given[name]) for name in _DURATIONS if name in given}
        if given.get("on_leave", KEEP) not in (KEEP, DEACTIVATE):
            raise InvalidInput(f"phases.on_leave is {given['on_leave']!r}; choose {KEEP} or {DEACTIVATE}")
        if "default_time_zone" in given:
            time_zone(str(given["default_time_zone"]), "phases.default_time_zone")
        read.update({name: str(given[name]) for name in ("on_leave", "default_time_zone") if name in given})
        return cls(**read, statuses=_statuses(given.get("statuses", {})))

    def status_of(self, word: str) -> str | None:
        """What a word of the source means, one of STATUSES; ``None`` if it is not known."""
        form = folded(word.strip())
        return self.statuses.get(form) or (form if form in STATUSES else None)


def _statuses(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise InvalidInput(f"phases.statuses has to be a dictionary of words and what they mean, not {given!r}")
    read: dict[str, str] = {}
    for word, meaning in given.items():
        form = folded(str(word).strip())
        if meaning not in STATUSES:
            raise InvalidInput(f"phases.statuses.{word} is {meaning!r}; choose one of {', '.join(STATUSES)}")
        if read.setdefault(form, str(meaning)) != meaning:
            raise InvalidInput(f"phases.statuses has {word!r} with two meanings; letter case does not count")
    return read
