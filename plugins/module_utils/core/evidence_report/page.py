# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as one page of HTML, which a manager reads in ten seconds and an auditor to its end.

Whatever records and people wrote goes through ``html()``, and stands in ``bdi`` where it is a name, so that it cannot turn the words
around it. The page needs no network and no script, and can be printed.
"""

from __future__ import annotations

from ..ledger.leaving import KEPT, MISSED
from ..page.document import document
from ..page.parts import time
from ..page.text import counted, html, percent, sentence, stamp
from . import audit_sections, leaving_sections, record_sections
from .durations import percentile, spoken
from .reading import LEAVER
from .report import ATTENTION, FAILING, HEALTHY, Report
from .style import STYLE

_MARKS = {HEALTHY: "\u2713", ATTENTION: "!", FAILING: "\u2715"}
_LINKS = (
    ("open", "Not proven gone"),
    ("time", "Time to revocation"),
    ("over-time-section", "Over time"),
    ("gaps", "Completeness"),
    ("leavers", "Leavers"),
    ("others", "Joined and moved"),
    ("changes", "What was changed"),
    ("runs", "By whom"),
    ("sample", "Sample"),
    ("controls", "Controls"),
    ("verify", "How to check it"),
)


def page(made: Report) -> str:
    """The whole document."""
    title = html(made.options.title, 200)
    sections = "".join(
        [
            audit_sections.chain(made),
            leaving_sections.open_leavers(made),
            leaving_sections.durations(made),
            record_sections.timeline(made),
            audit_sections.completeness(made),
            leaving_sections.leavers(made),
            record_sections.others(made),
            record_sections.changes(made),
            record_sections.runs(made),
            audit_sections.sample(made),
            audit_sections.mapping(made),
            audit_sections.verification(made),
        ]
    )
    links = "".join(f'<li><a href="#{identity}">{words}</a></li>' for identity, words in _LINKS if f' id="{identity}"' in sections)
    body = (
        f'<a class="skip" href="#main">Skip to the report</a>\n<header>\n<p class="kicker">{_about(made)}</p>\n<h1><bdi>{title}</bdi></h1>\n{_verdict(made)}'
        f'{_figures(made)}<nav aria-label="Sections"><ul>{links}</ul></nav>\n</header>\n<main id="main">\n{sections}</main>\n'
        "<footer><p>All times are UTC. The record names people by the id of the HR source; names, where there are any, were given to the report. "
        "This page holds personal data.</p></footer>\n"
    )
    return document(f"{title}: {html(made.headline)}", STYLE, body)


def _about(made: Report) -> str:
    since, until = made.options.since, made.options.until
    bounds = f"{time(stamp(since)) if since else 'From the first record'} to {time(stamp(until)) if until else 'the last'}" if since or until else "All records"
    return f"{bounds}, as of {time(stamp(made.as_of)) if made.as_of else 'no record'}"


def _verdict(made: Report) -> str:
    reasons = "".join(f"<li>{html(sentence(text))}</li>" for text in made.reasons)
    listed = f"<ul>{reasons}</ul>" if reasons else ""
    return f'<div class="verdict {made.state}"><strong>{_MARKS[made.state]} {html(made.headline)}</strong>{listed}</div>\n'


def _figures(made: Report) -> str:
    kept, missed, allowed = made.in_time[KEPT], made.in_time[MISSED], spoken(made.options.sla.total_seconds())
    leavers, p50, p95 = made.done(LEAVER), percentile(made.seconds, 50), percentile(made.seconds, 95)
    worst = f"p95 {spoken(p95)}, worst {spoken(made.seconds[-1])}" if p95 is not None else "no leaver is measured"
    back, deleted = made.done("reinstate"), made.done("deletion")
    figures = [
        ("Chain of records", "\u2713 Intact" if made.chain.intact else "\u2715 Broken", f"{counted(made.chain.records, 'record')} checked"),
        ("Proven gone", f"{made.proven:,} of {leavers:,}" if leavers else "nobody left", f"{len(made.exposed) + len(made.due):,} not proven"),
        (f"Within {allowed}", percent(100 * kept / (kept + missed)) if kept + missed else "none due", f"{kept:,} kept, {missed:,} missed"),
        ("Usual time to proof", spoken(p50) if p50 is not None else "none", worst),
        ("Joined", f"{made.done('joiner'):,}", "people with a first access"),
        ("Moved", f"{made.done('mover'):,}", "people whose access changed"),
        ("Left", f"{leavers:,}", f"of them {len(made.unrecorded):,} without a record" if made.gaps else "completeness not compared"),
        ("Undone", f"{back:,}", f"let in again; {deleted:,} deleted for good"),
    ]
    told = "".join(f"<div><dt>{name}</dt><dd>{html(value)}<small>{html(note)}</small></dd></div>" for name, value, note in figures)
    return f'<dl class="figures">{told}</dl>\n'
