# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections for an auditor: completeness, a sample to test, which control the records support, and how to check all this."""

from __future__ import annotations

from collections.abc import Sequence

from ..ledger.leaving import Leaving
from ..page.parts import beyond, named, section, table, time
from ..page.text import clock_time, counted, html, stamp
from .controls import controls
from .report import Report
from .words import outcome, when, who

_MOST = 100
_MOST_DIGESTS = 20


def chain(made: Report) -> str:
    """Only if something is wrong, and then before everything else."""
    if made.chain.intact:
        return ""
    told = "".join(f"<li>{html(problem)}</li>" for problem in made.chain.problems[:_MOST])
    rest = beyond(made.chain.problems_count, len(made.chain.problems[:_MOST]))
    intro = (
        "<p>Lines were changed, removed, added or put in another order after they were written. Keep the file as it is, find the last copy that "
        "is intact, and find out who could write to it. What follows shows what the file says now.</p>"
    )
    return section("The chain is broken", f'{intro}<ul class="plain">{told}</ul>{rest}', "urgent long", "chain")


def completeness(made: Report) -> str:
    """What the roster says and the ledger does not."""
    found = made.gaps
    if found is None:
        body = (
            "<p>No roster was given, so nobody can tell whether somebody left without a record. Give the people of roster_info to the module: "
            "records alone cannot show what is missing.</p>"
        )
        return section("Completeness", body, identity="gaps")
    lead = (
        f'<p class="lead">Compared with {counted(found.population, "person", "people")} of the roster, '
        f"of whom {found.leavers:,} left in this time.</p>"
    )
    left = [f"{who(made, case.subject)}, left {when(case.left_at)}" for case in found.left]
    parts = [
        _listed("Left, without a record", left, "Every leaver has a record."),
        _listed("Recorded as gone, and not gone by the roster", [who(made, subject) for subject in found.back], ""),
        _listed("Began since the first record, without a record of joining", [who(made, subject) for subject in found.joined], ""),
    ]
    return section("Completeness", lead + "".join(parts), "long", "gaps")


def _listed(title: str, entries: Sequence[str], none: str) -> str:
    if not entries:
        return f'<p><span class="v-ok">\u2713</span> {none}</p>' if none else ""
    told = "".join(f"<li>{entry}</li>" for entry in entries[:_MOST])
    return f'<h3>{title} ({len(entries):,})</h3><ul class="plain">{told}</ul>{beyond(len(entries), len(entries[:_MOST]))}'


def sample(made: Report) -> str:
    """Leavings to be tested against HR's papers, drawn in a way that anybody can repeat."""
    origin = "the option seed" if made.options.seed else "the digest of the last record, so that nobody chose it"
    method = (
        f'<p class="note">{len(made.sampled):,} of {counted(made.population, "leaving")}: those of this report'
        f"{' and those of the roster without a record, as number 0' if made.gaps else ''}. Drawn in the order of SHA-256 over seed, subject and number of the "
        "first record, joined by line feeds, as hexadecimal. To draw it again: take all leavings (in the CSV, the column leaving), compute "
        "<code>printf '%s\\n%s\\n%s' SEED SUBJECT NUMBER | sha256sum</code> for each, sort, and take the first. "
        f"The seed is {origin}: <code>{named(made.seed) if made.seed else 'empty'}</code></p>"
    )
    if not made.sampled:
        return section("Sample", f"<p>There is nothing to draw from.</p>{method}", identity="sample")
    rows = [[who(made, case.subject), when(case.left_at), outcome(made, case), _records(case)] for case in made.sampled]
    headings = ["Person", "Left (HR)", "Outcome", "Records: number, digest"]
    listed = table(headings, rows, labels=["", "Left (HR)", "Outcome", "Records"], caption="Sample of leavings with their records")
    return section(f"Sample ({len(made.sampled):,})", method + listed, "long page", "sample")


def _records(case: Leaving) -> str:
    if not case.records:
        return '<span class="v-bad">\u2715 none</span>'
    told = "".join(f"<li>{number:,} <code>{html(digest, 130)}</code></li>" for number, dummy, digest in case.records[:_MOST_DIGESTS])
    return f'<ul class="digests">{told}</ul>{beyond(len(case.records), len(case.records[:_MOST_DIGESTS]))}'


def mapping(made: Report) -> str:
    """Which control the records support, and what they do not show."""
    rows = [
        [f"{one.framework} <strong>{one.control}</strong>", html(one.asks), html(one.here), "none" if one.records is None else f"{one.records:,}"]
        for one in controls(made)
    ]
    lead = (
        '<p class="lead">The records of this report support these controls. Whether a control is met is for an auditor to judge, '
        "with more than this report.</p>"
    )
    headings = ["Control", "What it is about", "What supports it here", "Records"]
    listed = table(headings, rows, numeric=(3,), labels=["", *headings[1:]], caption="Controls and what supports them")
    return section("Controls", lead + listed, "long page", "controls")


def verification(made: Report) -> str:
    """How somebody else finds the same."""
    found, reading, options = made.chain, made.reading, made.options
    head = f"<code>{html(found.head, 130)}</code>" if found.head else "none, as there is no record"
    anchor = {
        None: "No anchor that was kept elsewhere was given, so what was cut off at the end would not be seen. Give this page's anchor to the next report.",
        True: "The anchor that was kept elsewhere stands in the chain: nothing was cut off before it.",
        False: "The anchor that was kept elsewhere does not stand in the chain.",
    }[found.anchored]
    signed = f"<li>{counted(found.signed, 'signature')} checked.</li>" if found.signed else ""
    bounds = f"from {clock_time(stamp(options.since)) if options.since else 'the first record'} to {_until(made)}"
    later = f" {counted(reading.later, 'record')} of later are left out." if reading.later else ""
    steps = (
        f"<li>{counted(found.records, 'record')}, each with the digest of the one before it. The digest of the last: {head}</li>"
        f"<li>{anchor}</li>{signed}"
        "<li>To verify it again, run identityops.lifecycle.evidence_info with the file as path, without a network, and the anchor "
        f"<code>{html(found.anchor or 'none', 130)}</code></li>"
        "<li>To make this page again, run identityops.lifecycle.evidence_report with the same file and options. The same bytes come out.</li>"
        f"<li>This report is about what happened {html(bounds)}, as of {time(stamp(made.as_of)) if made.as_of else 'no record'}.{later} "
        "A leaving belongs to it by its HR event, or by its first record where no event is told; it is followed through later records.</li>"
    )
    notes = "".join(f"<li>{html(note)}</li>" for note in found.notes)
    return section("How to check this report", f'<ul class="plain">{steps}{notes}</ul>', "long", "verify")


def _until(made: Report) -> str:
    return clock_time(stamp(made.options.until)) if made.options.until else "the last one"
