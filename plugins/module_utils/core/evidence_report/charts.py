# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two charts of the report: how long it took until access was proven gone, and who came and went over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..page.bars import Bars, Panel, Tick
from ..page.text import counted, html
from .durations import spoken

Steps = Sequence[Mapping[str, Any]]

WORDS = {"joiner": "Joined", "mover": "Moved", "leaver": "Left", "reinstate": "Let in again"}
_MOST_TICKS = 4
_ROW = 30  # pixels
_LEFT = 104  # pixels, where bars begin
_LONGEST = 54  # percent


def over_time(steps: Steps) -> str:
    """The SVG of who came and went."""
    kinds = [kind for kind in WORDS if kind != "reinstate" or any(step[kind] for step in steps)]
    panels = [Panel(WORDS[kind], ((kind, f"k-{kind}"),)) for kind in kinds]
    apart = -(-len(steps) // _MOST_TICKS)
    ticks = _ticks([(index * 100 / len(steps), step) for index, step in enumerate(steps) if index % apart == 0])
    each = {"day": "a day", "week": "a week", "month": "a month", "year": "a year"}[steps[0]["unit"]]
    return Bars("People who joined, moved and left over time", told(steps), panels, ticks, each, _step_told, "over-time", 52).drawn(steps)


def told(steps: Steps) -> str:
    """The chart in a sentence, for those who do not see it."""
    parts = [f"{sum(int(step[kind]) for step in steps):,} {word.lower()}" for kind, word in WORDS.items()]
    busiest = max(steps, key=lambda step: int(step["leaver"]))
    most = f"; most left, {busiest['leaver']:,}, in the {steps[0]['unit']} of {busiest['label']}" if busiest["leaver"] else ""
    return f"{', '.join(parts)}, by {steps[0]['unit']}, from {steps[0]['label']} to {steps[-1]['label']}{most}."


def _ticks(marked: Sequence[tuple[float, Mapping[str, Any]]]) -> list[Tick]:
    """Days and months under the bars, and the year below where it is another."""
    ticks, last = [], ""
    for place, step in marked:
        short, dummy, year = str(step["label"]).rpartition(" ")
        ticks.append(Tick(place, short or year, year if short and year != last else ""))
        last = year
    return ticks


def _step_told(step: Mapping[str, Any]) -> str:
    return f"{step['label']}: " + ", ".join(f"{step[kind]:,} {word.lower()}" for kind, word in WORDS.items() if step[kind])


def bars_of(spread: Sequence[Mapping[str, int]], unproven: int) -> list[tuple[str, int, bool]]:
    """The distribution as bars: what it is called, how many, and whether it is more than allowed. unproven: who has no time yet."""
    return [(_range(part), part["count"], False) for part in spread] + ([("not proven", unproven, True)] if unproven else [])


def how_long(spread: Sequence[Mapping[str, int]], allowed: int, unproven: int) -> str:
    """The SVG of the distribution: a bar for each range of time, and a line where the service level ends."""
    rows = bars_of(spread, unproven)
    most = max((count for dummy, count, *dummies in rows), default=0)
    within = sum(1 for part in spread if part["up_to"] and part["up_to"] <= allowed)
    drawn, y = [], 4
    for number, (label, count, _none) in enumerate(rows):
        if number == within:
            drawn.append(
                f'<rect class="ground" width="100%" y="{y + 2}" height="1"/>'
                f'<text class="scale" x="100%" text-anchor="end" y="{y + 18}">more than {html(spoken(allowed))}</text>'
            )
            y += 24
        kind = "succeeded" if number < within else "failed"
        wide = max(0.6, count / most * _LONGEST) if count else 0
        drawn_bar = f'<rect class="{kind}" width="{wide:.3f}%" y="{y + 5}" height="18"/>' if count else ""
        drawn.append(
            f'<g transform="translate({_LEFT},0)"><text dx="-10" text-anchor="end" y="{y + 19}">{html(label)}</text>{drawn_bar}'
            f'<text class="{"name" if count else "scale"}" x="{wide:.3f}%" dx="8" y="{y + 19}">{count:,}</text></g>'
        )
        y += _ROW
    return (
        f'<svg class="chart" role="img" aria-labelledby="how-long-title how-long-desc" width="100%" height="{y + 4}">'
        f'<title id="how-long-title">Time from the HR event to the proof</title><desc id="how-long-desc">{html(_spread_told(rows))}</desc>'
        f"{''.join(drawn)}</svg>"
    )


def _spread_told(rows: Sequence[tuple[str, int, bool]]) -> str:
    return "; ".join(f"{label}: {counted(count, 'leaver')}" for label, count, *dummy in rows if count) + "."


def _range(part: Mapping[str, int]) -> str:
    return f"up to {_short(part['up_to'])}" if part["up_to"] else f"over {_short(part['above'])}"


def _short(seconds: int) -> str:
    """15 min, 4 hours, 3 days: a round time in few letters."""
    return spoken(seconds).replace(" minutes", " min").replace(" minute", " min")
