# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long it takes from an HR event to the proof that access is gone."""

from __future__ import annotations

from collections.abc import Sequence

from ..page.text import counted

_STEPS = (15 * 60, 3600, 4 * 3600, 12 * 3600, 24 * 3600, 3 * 86400, 7 * 86400)  # where a bar of the distribution ends


def percentile(values: Sequence[float], share: int) -> float | None:
    """The nearest rank: the smallest value that at least so many percent of all do not exceed. ``None`` of no values.

    values: sorted. share: 1 to 100. Nothing is interpolated, so it always is a value that somebody had.
    """
    return values[-(-share * len(values) // 100) - 1] if values else None


def distribution(values: Sequence[float], allowed: int) -> list[dict[str, int]]:
    """How many took how long: ``[{"above", "up_to", "count"}]`` in seconds; up_to is 0 in the last, which has no end.

    allowed: the service level, which is one of the ends, so that no bar holds both what was kept and what was not.
    """
    ends = sorted({*_STEPS, allowed})
    return [
        {"above": above, "up_to": up_to, "count": sum(above < value <= up_to if up_to else value > above for value in values)}
        for above, up_to in zip([-1, *ends], [*ends, 0])
    ]


def spoken(seconds: float) -> str:
    """For people: 40 seconds, 12 minutes, 3.5 hours, 24 hours, 2.2 days. Never shorter than it was, to the digit that is told."""
    for size, name, least in ((86400, "day", 2 * 86400), (3600, "hour", 3600), (60, "minute", 60)):
        if seconds >= least:
            tenths = -int(-seconds * 10 // size)
            whole, rest = divmod(tenths, 10)
            return f"{whole:,}.{rest} {name}s" if rest else counted(whole, name)
    return counted(-int(-seconds // 1), "second")
