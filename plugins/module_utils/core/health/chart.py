# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events over time as SVG that grows with the page: places along the time are percent, heights and letters are pixels.

Failures have a panel and a scale of their own, because one failure among a thousand successes is what the chart is for. The two
panels differ by place and word, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from .text import clock_time, counted, day, html, moment, span
from .timeline import MONDAY

Steps = Sequence[Mapping[str, Any]]

_PANEL = 84  # pixels, the highest bar of a panel
_LOWEST = 4  # what is not nothing is seen
_TOPS = (30, 166)  # where the two panels begin
_HEIGHT = 282
_MOST_TICKS = 5  # on a phone the first, which begins at the edge, would touch the second of six
_APART = (1, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080, 20160, 40320, 80640)  # minutes between two ticks


def chart(steps: Steps, identity: str = "chart") -> str:
    """The SVG of a timeline. identity: unique in the page."""
    failed, succeeded = ([int(step["failure"]) for step in steps], [int(step["success"]) + int(step["other"]) for step in steps])
    each = span(int(steps[0]["minutes"]) * 60)
    return "".join(
        [
            f'<svg class="chart" role="img" aria-labelledby="{identity}-title {identity}-desc" width="100%" height="{_HEIGHT}">',
            f'<title id="{identity}-title">Events over time</title><desc id="{identity}-desc">{html(described(steps))}</desc>',
            _panel(_TOPS[0], "Failed", max(failed), each),
            _panel(_TOPS[1], "Succeeded or other", max(succeeded), each),
            *(_bars(index, step, len(steps), max(failed), max(succeeded)) for index, step in enumerate(steps)),
            _ticks(steps),
            "</svg>",
        ]
    )


def described(steps: Steps) -> str:
    """The chart in a sentence, for those who do not see it."""
    failed, total = sum(step["failure"] for step in steps), sum(step["failure"] + step["success"] + step["other"] for step in steps)
    said = f"{counted(total, 'event')} from {clock_time(steps[0]['since'])} on, {failed:,} failed"
    if failed:
        worst = max(steps, key=lambda step: int(step["failure"]))
        said += f"; most failures, {worst['failure']:,}, in the {span(worst['minutes'] * 60)} from {clock_time(worst['since'])}"
    return said + "."


def strip(steps: Steps, name: str) -> str:
    """One line of the same time for one provider: high where something failed, lower where all succeeded, a gap where it was silent."""
    width = 100 / len(steps)
    bars = []
    for index, step in enumerate(steps):
        kind, height = ("failed", 26) if step["failure"] else ("succeeded", 15) if step["success"] else ("other", 8)
        if step["failure"] or step["success"] or step["other"]:
            place = f'x="{index * width:.3f}%" width="{width * 0.86:.3f}%" y="{26 - height}" height="{height}"'
            bars.append(f'<rect class="{kind}" {place}><title>{html(_told(step))}</title></rect>')
    label = html(f"{name}: {described(steps)}")
    ground = '<rect class="ground" width="100%" y="26" height="1"/>'
    return f'<svg class="strip" role="img" aria-label="{label}" width="100%" height="28">{"".join(bars)}{ground}</svg>'


def _panel(top: int, title: str, most: int, each: str) -> str:
    told = f"at most {most:,} in {each}" if most else "none"
    return (
        f'<text y="{top - 10}"><tspan class="name">{title}</tspan><tspan class="scale" dx="8">{told}</tspan></text>'
        f'<rect class="grid" width="100%" y="{top}" height="1"/><rect class="ground" width="100%" y="{top + _PANEL}" height="1"/>'
    )


def _bars(index: int, step: Mapping[str, Any], number: int, most_failed: int, most_succeeded: int) -> str:
    """What one step shows when it is pointed at, and its bars."""
    width = 100 / number
    x, wide = f"{index * width + width * 0.09:.3f}%", f"{width * 0.82:.3f}%"
    drawn = []
    failed = _height(step["failure"], most_failed)
    other = _height(step["other"], most_succeeded)
    succeeded = min(_height(step["success"], most_succeeded), _PANEL - other)  # of what is stacked on it, a little is always seen
    for kind, height, foot in (
        ("failed", failed, _TOPS[0] + _PANEL),
        ("succeeded", succeeded, _TOPS[1] + _PANEL),
        ("other", other, _TOPS[1] + _PANEL - succeeded),
    ):
        if height > 0:
            drawn.append(f'<rect class="{kind}" x="{x}" width="{wide}" y="{foot - height:g}" height="{height:g}"/>')
    if not drawn:
        return ""
    reach = f'<rect class="reach" x="{index * width:.3f}%" width="{width:.3f}%" y="{_TOPS[0]}" height="{_TOPS[1] + _PANEL - _TOPS[0]}"/>'
    return f"<g><title>{html(_told(step))}</title>{reach}{''.join(drawn)}</g>"


def _height(value: int, most: int) -> float:
    return max(_LOWEST, round(value / most * _PANEL, 1)) if value else 0


def _told(step: Mapping[str, Any]) -> str:
    parts = [f"{step['failure']:,} failed", f"{step['success']:,} succeeded", *([f"{step['other']:,} other"] if step["other"] else [])]
    return f"{between(step)}: {', '.join(parts)}"


def between(step: Mapping[str, Any]) -> str:
    """24 Nov 10:00 to 10:30 UTC."""
    begin = moment(step["since"])
    if begin is None:
        return ""
    end = begin + timedelta(minutes=int(step["minutes"]))
    other_day = f"{day(end)} " if end.date() != begin.date() else ""
    return f"{day(begin)} {begin:%H:%M} to {other_day}{end:%H:%M} UTC"


def _ticks(steps: Steps) -> str:
    """Times under the panels, at whole steps: hours of a day or two, days of more."""
    begins = [(index, at) for index, step in enumerate(steps) for at in (moment(step["since"]),) if at]
    each = int(steps[0]["minutes"])
    long = each * len(steps) > 3 * 24 * 60
    apart = next((size for size in _APART if size >= each and each * len(steps) / size <= _MOST_TICKS), _APART[-1])
    marks, last = [], ""
    for index, at in begins:
        if (at - MONDAY) % timedelta(minutes=apart):
            continue
        today, x = day(at), index * 100 / len(steps)
        anchor = "start" if x < 4 else "end" if x > 96 else "middle"
        place = f'x="{x:.3f}%" text-anchor="{anchor}"'
        below = f'<text class="scale" {place} y="{_HEIGHT - 2}">{today}</text>' if not long and today != last else ""
        marks.append(
            f'<rect class="ground" x="{x:.3f}%" width="1" y="{_TOPS[1] + _PANEL}" height="5"/>'
            f'<text class="scale" {place} y="{_TOPS[1] + _PANEL + 18}">{today if long else f"{at:%H:%M}"}</text>{below}'
        )
        last = today
    return "".join(marks)
