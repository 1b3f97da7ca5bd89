# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections about leavers: who is not proven gone, how long it took, and the verdicts on every plane."""

from __future__ import annotations

from collections import Counter

from ..ledger.leaving import Leaving
from ..page.parts import beyond, section, table
from ..page.text import counted, html
from .charts import bars_of, how_long
from .durations import percentile, spoken
from .report import Report, spread
from .words import advice, badge, doubts, outcome, overdue, verdict, when, who

_MOST_OPEN = 100
_MOST_CASES = 200
_MOST_PLANES = 8
IN_CSV = "which stand in the CSV file"


def open_leavers(made: Report) -> str:
    """First, because they may still get in."""
    parts = []
    if made.exposed:
        intro = "<p>They may still get in. What to do stands with each of them.</p>"
        told = "".join(_entry(made, case) for case in made.exposed[:_MOST_OPEN])
        title = f"Not proven gone ({len(made.exposed):,})"
        parts.append(section(title, intro + told + beyond(len(made.exposed), len(made.exposed[:_MOST_OPEN]), IN_CSV), "urgent long", "open"))
    if made.due:
        intro = f'<p class="lead">Not proven yet, and less than {html(spoken(made.options.sla.total_seconds()))} since the HR event.</p>'
        told = "".join(_entry(made, case) for case in made.due[:_MOST_OPEN])
        parts.append(section(f"Still within time ({len(made.due):,})", intro + told + beyond(len(made.due), _MOST_OPEN, IN_CSV), "long", "due"))
    return "".join(parts)


def _entry(made: Report, case: Leaving) -> str:
    return (
        f'<div class="entry"><div class="top"><h3>{who(made, case.subject)}</h3>{badge(case)}</div>'
        f"<p>{html(overdue(made, case))}</p>{doubts(case)}<p class=\"todo\">{html(advice(case))}</p></div>"
    )


def durations(made: Report) -> str:
    """How long it took: three numbers, the chart, and the rule by which they are counted."""
    rule = (
        '<p class="note">From the HR event (left_at) to the moment since when every plane has been proven without a doubt (proven_at of the '
        "record, never later than the record itself). What was proven before the event counts as 0. Percentiles are nearest rank: the "
        "smallest time that at least so many percent did not exceed, so each is the time of a real leaver.</p>"
    )
    allowed = int(made.options.sla.total_seconds())
    unproven = len(made.exposed) + len(made.due)
    if not made.seconds and not unproven:
        return section("Time to proven revocation", "<p>Nobody left in this time, so there is nothing to measure.</p>", identity="time")
    worst = made.seconds[-1] if made.seconds else None
    figures = [(f"p{share}", percentile(made.seconds, share)) for share in (50, 95)] + [("Worst", worst)]
    numbers = "".join(f"<div><dt>{name}</dt><dd>{html(spoken(value)) if value is not None else 'none'}</dd></div>" for name, value in figures)
    numbers += f"<div><dt>Allowed</dt><dd>{html(spoken(allowed))}</dd></div>"
    rows = [[label, f"{count:,}"] for label, count, *dummy in bars_of(spread(made), unproven)]
    same = table(["Time", "Leavers"], rows, numeric=(1,), caption="Leavers by the time from the HR event to the proof")
    missing = made.in_time["unknown"]
    unknown = f"<p>{counted(missing, 'leaver')} without a time of the HR event: not measured.</p>" if missing else ""
    return section(
        "Time to proven revocation",
        f'<p class="lead">{counted(len(made.seconds), "leaver")} measured.</p><dl class="times">{numbers}</dl>{how_long(spread(made), allowed, unproven)}'
        f"<details><summary>The same as numbers</summary>{same}</details>{unknown}{rule}",
        identity="time",
    )


def leavers(made: Report) -> str:
    """A row for each leaving, a column for each plane."""
    if not made.cases:
        return section("Leavers", "<p>The record holds nobody who left in this time.</p>", identity="leavers")
    planes = [plane for plane, dummy in Counter(plane for case in made.cases for plane in case.planes).most_common(_MOST_PLANES)]
    shown = made.cases[:_MOST_CASES]
    rows = [
        [
            who(made, case.subject),
            when(case.left_at),
            outcome(made, case),
            *(verdict(case.planes.get(plane, ("", ""))[0]) for plane in planes),
        ]
        for case in shown
    ]
    headings = ["Person", "Left (HR)", "Proven gone after", *(html(plane.replace("_", " ").capitalize(), 60) for plane in planes)]
    matrix = table(headings, rows, labels=["", *headings[1:]], caption="Leavers with the verdict on every plane")
    lead = '<p class="lead">Each verdict is what was read back from the system, not what was sent to it. Open ones first, then the newest.</p>'
    matrix = f'<div class="scroll" role="group" aria-label="Verdicts, which may be wider than the page" tabindex="0">{matrix}</div>'
    return section(f"Leavers ({len(made.cases):,})", lead + matrix + beyond(len(made.cases), len(shown), IN_CSV), "long", "leavers")
