# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps over time as panels of bars, in SVG that grows with the page: places along the time are percent, heights and letters are pixels.

Each panel has a scale of its own, because one of a few is as much to be seen as thousands of many. The panels differ by place and word,
not by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .text import html

Step = Mapping[str, Any]

_LOWEST = 4  # pixels; what is not nothing is seen
_FIRST = 30  # where the first panel begins
_BETWEEN = 52  # pixels between two panels, for the words of the second
_BELOW = 32  # for the times


@dataclass(frozen=True)
class Panel:
    """One panel. kinds: what is stacked in it from below, the name of the number in a step and the class that colours it."""

    title: str
    kinds: tuple[tuple[str, str], ...]

    def height(self, step: Step) -> int:
        return sum(int(step[name]) for name, dummy in self.kinds)


@dataclass(frozen=True)
class Tick:
    """A time under the panels. place: in percent of the width. below: a second line, "" for none."""

    place: float
    label: str
    below: str = ""


@dataclass(frozen=True)
class Bars:
    """What a chart needs beside its steps. identity: unique in the page. each: what one step is, in words. told: what a step shows
    when it is pointed at. panel: the height of the highest bar in pixels.
    """

    title: str
    description: str
    panels: Sequence[Panel]
    ticks: Sequence[Tick]
    each: str
    told: Callable[[Step], str]
    identity: str = "chart"
    panel: int = 84

    @property
    def _tops(self) -> list[int]:
        return [_FIRST + number * (self.panel + _BETWEEN) for number in range(len(self.panels))]

    @property
    def _foot(self) -> int:
        return self._tops[-1] + self.panel

    def drawn(self, steps: Sequence[Step]) -> str:
        """The SVG."""
        named, most = self.identity, [max(map(panel.height, steps), default=0) for panel in self.panels]
        return "".join(
            [
                f'<svg class="chart" role="img" aria-labelledby="{named}-title {named}-desc" width="100%" height="{self._foot + _BELOW}">',
                f'<title id="{named}-title">{html(self.title)}</title><desc id="{named}-desc">{html(self.description)}</desc>',
                *(self._ground(*parts) for parts in zip(self.panels, self._tops, most)),
                *(self._bars(index, step, len(steps), most) for index, step in enumerate(steps)),
                *map(self._tick, self.ticks),
                "</svg>",
            ]
        )

    def _ground(self, panel: Panel, top: int, most: int) -> str:
        told = f"at most {most:,} in {self.each}" if most else "none"
        return (
            f'<text y="{top - 10}"><tspan class="name">{panel.title}</tspan><tspan class="scale" dx="8">{told}</tspan></text>'
            f'<rect class="grid" width="100%" y="{top}" height="1"/><rect class="ground" width="100%" y="{top + self.panel}" height="1"/>'
        )

    def _bars(self, index: int, step: Step, number: int, most: Sequence[int]) -> str:
        """What one step shows when it is pointed at, and its bars."""
        width = 100 / number
        place = f'x="{index * width + width * 0.09:.3f}%" width="{width * 0.82:.3f}%"'
        drawn = []
        for panel, top, highest in zip(self.panels, self._tops, most):
            foot = float(top + self.panel)
            heights = self._fitting([self._height(int(step[name]), highest) for name, dummy in panel.kinds])
            for kind, height in zip([kind for dummy, kind in panel.kinds], heights):
                if height > 0:
                    foot -= height
                    drawn.append(f'<rect class="{kind}" {place} y="{foot:g}" height="{height:g}"/>')
        if not drawn:
            return ""
        reach = f'x="{index * width:.3f}%" width="{width:.3f}%" y="{_FIRST}" height="{self._foot - _FIRST}"'
        return f'<g><title>{html(self.told(step))}</title><rect class="reach" {reach}/>{"".join(drawn)}</g>'

    def _height(self, value: int, most: int) -> float:
        return max(_LOWEST, round(value / most * self.panel, 1)) if value else 0

    def _fitting(self, heights: Sequence[float]) -> list[float]:
        """The same, at most as high as a panel together: of what is stacked on another, a little is always seen."""
        return [min(height, self.panel - sum(heights[number + 1 :])) for number, height in enumerate(heights)]

    def _tick(self, tick: Tick) -> str:
        anchor = "start" if tick.place < 4 else "end" if tick.place > 96 else "middle"
        place = f'x="{tick.place:.3f}%" text-anchor="{anchor}"'
        below = f'<text class="scale" {place} y="{self._foot + _BELOW - 2}">{html(tick.below)}</text>' if tick.below else ""
        return (
            f'<rect class="ground" x="{tick.place:.3f}%" width="1" y="{self._foot}" height="5"/>'
            f'<text class="scale" {place} y="{self._foot + 18}">{html(tick.label)}</text>{below}'
        )
