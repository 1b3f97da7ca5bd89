# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections about everything else that is recorded: over time, joiners and movers, what was changed, by whom."""

from __future__ import annotations

from ..page.parts import beyond, named, section, table, time
from ..page.text import counted, html, sentence
from .charts import WORDS, over_time
from .leaving_sections import IN_CSV
from .reading import NOT_APPROVED, SELF_APPROVED, Outcome, Run
from .report import Report
from .words import verdict, who

_MOST = 60
_MOST_CHANGES = 40
_KINDS = {"joiner": "joined", "mover": "moved", "reinstate": "let in again", "deletion": "deleted"}
_FLAGS = {
    SELF_APPROVED: '<span class="v-bad">\u2715 by the one who asked</span>',
    NOT_APPROVED: '<span class="v-odd">? none recorded</span>',
}


def timeline(made: Report) -> str:
    """Who came and went."""
    if not made.steps:
        return section("Over time", "<p>Nobody joined, moved or left in this time.</p>", identity="over-time-section")
    rows = [[html(step["label"]), *(f"{step[kind]:,}" for kind in WORDS)] for step in made.steps]
    numbers = table([sentence(made.steps[0]["unit"]), *WORDS.values()], rows, numeric=(1, 2, 3, 4), caption="People over time")
    lead = f'<p class="lead">People per {made.steps[0]["unit"]}. Each panel has a scale of its own.</p>'
    body = f"{lead}{over_time(made.steps)}<details><summary>The same as numbers</summary>{numbers}</details>"
    return section("Over time", body, identity="over-time-section")


def others(made: Report) -> str:
    """Joiners, movers, and who was let in again: what is not finished first, then the newest."""
    stuck = made.stuck
    fine = [outcome for outcome in made.reading.outcomes.values() if not outcome.problem]
    fine.sort(key=lambda outcome: (outcome.line.at, outcome.line.number), reverse=True)
    found = [*stuck, *fine]
    if not found:
        return ""
    rows = [
        [who(made, one.subject), _KINDS.get(one.kind, html(one.kind)), _stands(one), time(one.line.at), _planes(one), f"{one.line.number:,}"]
        for one in found[:_MOST]
    ]
    headings = ["Person", "What", "How it stands", "Last record", "Planes", "Number"]
    listed = table(headings, rows, numeric=(5,), labels=["", *headings[1:]], caption="The last record about each person who did not leave")
    title = f"Joined, moved, let in again, deleted ({len(found):,})"
    return section(title, listed + beyond(len(found), len(rows), IN_CSV), "long", "others")


def _stands(one: Outcome) -> str:
    if one.problem:
        return f'<span class="v-bad">\u2715</span> {html(one.problem)}'
    return '<span class="v-ok">\u2713 done</span>'


def _planes(one: Outcome) -> str:
    said = [f'<span class="plane">{named(plane[:60])} {verdict(said)}</span>' for plane, (said, dummy) in list(one.line.verdicts.items())[:6]]
    return ", ".join(said) or '<span class="soft">no verdict</span>'


def changes(made: Report) -> str:
    """What was changed, by plane and verb, and how the records are spread over kinds and stages."""
    reading = made.reading
    done = reading.operations.most_common(_MOST_CHANGES)
    rows = [[named(plane or "no plane"), named(verb), f"{number:,}"] for (plane, verb), number in done]
    operations = table(["Plane", "Change", "Times"], rows, numeric=(2,), caption="What was changed") if rows else "<p>Nothing was changed.</p>"
    kinds = sorted({kind for kind, dummy in reading.stages})[:_MOST_CHANGES]
    stages = ("planned", "done", "failed", "refused")
    counts = [[named(kind.replace("_", " ")), *(f"{reading.stages[kind, stage]:,}" for stage in stages)] for kind in kinds]
    records = table(["Kind", *map(sentence, stages)], counts, numeric=(1, 2, 3, 4), caption="Records by kind and stage") if counts else ""
    rest = beyond(len(reading.operations), len(rows), IN_CSV)
    return section("What was changed", operations + rest + (f"<h3>Records</h3>{records}" if records else ""), "long", "changes")


def runs(made: Report) -> str:
    """Who did it, who wanted it, who allowed it."""
    if not made.runs:
        return ""
    own, missing = len(made.flagged(SELF_APPROVED)), len(made.flagged(NOT_APPROVED))
    told = []
    if own:
        told.append(f'<strong class="v-bad">\u2715 {counted(own, "run")} approved by the one who asked.</strong>')
    if missing:
        told.append(f'<span class="v-odd">? {counted(missing, "run")} that changed something without a recorded approval.</span>')
    lead = f"<p>{' '.join(told) or 'Every run that changed something was approved by somebody else than who asked.'}</p>"
    shown = made.runs[:_MOST]
    headings = ["Run", "By", "Requested by", "Approved by", "When", "What", "Changes"]
    listed = table(headings, [_run(run) for run in shown], numeric=(6,), labels=["", *headings[1:]], caption="Runs, with who asked and who approved")
    return section(f"By whom ({len(made.runs):,} runs)", lead + listed + beyond(len(made.runs), len(shown), IN_CSV), "long", "runs")


def _run(run: Run) -> list[str]:
    approved = named(run.approved_by) if run.approved_by else ""
    flag = _FLAGS.get(run.flag, "" if approved else '<span class="soft">not needed</span>')
    kinds = ", ".join(f"{number:,} \u00d7 {html(kind.replace('_', ' '), 60)}" for kind, number in run.kinds.most_common(4))
    nobody = '<span class="soft">not recorded</span>'
    return [
        f"<code>{named(run.id or 'none')}</code>",
        named(run.by) if run.by else nobody,
        named(run.requested_by) if run.requested_by else nobody,
        f"{approved} {flag}".strip(),
        time(run.ended),
        kinds,
        f"{run.operations:,}",
    ]
