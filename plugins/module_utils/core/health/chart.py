# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events over time as SVG: failures in a panel of their own, because one among a thousand successes is what the chart is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ..instants import moment
from ..page.bars import Bars, Panel, Tick
from ..page.text import clock_time, counted, day, html, span
from .timeline import MONDAY

Steps = Sequence[Mapping[str, Any]]

_PANELS = (Panel("Failed", (("failure", "failed"),)), Panel("Succeeded or other", (("success", "succeeded"), ("other", "other"))))
_MOST_TICKS = 5  # on a phone the first, which begins at the edge, would touch the second of six
_APART = (1, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080, 20160, 40320, 80640)  # minutes between two ticks


def chart(steps: Steps, identity: str = "chart") -> str:
    """The SVG of a timeline. identity: unique in the page."""
    each = span(int(steps[0]["minutes"]) * 60)
    return Bars("Events over time", described(steps), _PANELS, _ticks(steps), each, _told, identity).drawn(steps)


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


def _ticks(steps: Steps) -> list[Tick]:
    """Times under the panels, at whole steps: hours of a day or two, days of more."""
    begins = [(index, at) for index, step in enumerate(steps) for at in (moment(step["since"]),) if at]
    each = int(steps[0]["minutes"])
    long = each * len(steps) > 3 * 24 * 60
    apart = next((size for size in _APART if size >= each and each * len(steps) / size <= _MOST_TICKS), _APART[-1])
    ticks, last = [], ""
    for index, at in begins:
        if (at - MONDAY) % timedelta(minutes=apart):
            continue
        today = day(at)
        ticks.append(Tick(index * 100 / len(steps), today if long else f"{at:%H:%M}", "" if long or today == last else today))
        last = today
    return ticks
