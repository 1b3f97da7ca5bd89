# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of the role sync_health as one page of HTML.

Whatever logs say goes through ``html()``, and stands in ``bdi`` where it is a name, so that it cannot turn the words around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..instants import moment
from ..page.document import document
from ..page.parts import beyond, named, section, table, time
from ..page.style import SHARED
from ..page.text import clock_time, counted, html, percent, sentence, span
from .chart import between, chart, strip
from .people import by_reason
from .text import deed

Entry = Mapping[str, Any]

STYLE = (
    SHARED
    + """
.provider{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.2fr);gap:6px 28px;align-items:center}
@media screen and (max-width:720px){.provider{grid-template-columns:minmax(0,1fr)}}
"""
)
_WORDS = {"healthy": ("\u2713", "Healthy"), "failing": ("\u2715", "Failing"), "unknown": ("?", "Unknown")}
_BADGES = {"ok": "\u2713 working", "failing": "\u2715 failing", "silent": "? silent", "unknown": "? unknown"}


def page(result: Entry) -> str:
    """The whole document."""
    mark, word = _WORDS[result["state"]]
    body = [
        f'<header>\n<p class="kicker">{time(result["since"])} to {time(result["until"])}</p>\n<h1>SCIM provisioning</h1>\n',
        _verdict(result, f"{mark} {word}"),
        "</header>\n<main>\n",
        _leavers(result),
        _figures(result),
        _timeline(result),
        _providers(result),
        _people(result),
        _failures(result),
        _hosts(result),
        _probe(result),
        _sources(result),
        "</main>\n<footer><p>All times are UTC. Names and messages are shown as the logs have them, without secrets: this page holds "
        "personal data.</p></footer>\n",
    ]
    return document(f"{word}: SCIM provisioning, {html(clock_time(result['until']))}", STYLE, "".join(body))


def _verdict(result: Entry, word: str) -> str:
    reasons, limits = ("".join(f"<li>{html(sentence(text))}</li>" for text in result[name]) for name in ("reasons", "problems"))
    beyond = f'<p class="limits">Beyond what is allowed</p><ul>{limits}</ul>' if limits else ""
    return f'<div class="verdict {result["state"]}"><strong>{word}</strong><ul>{reasons}</ul>{beyond}</div>\n'


def _leavers(result: Entry) -> str:
    """First, because somebody who left and was not deprovisioned can still get in."""
    leavers = [person for person in result["people"] if person["leaver"]]
    if not leavers:
        return ""
    told = "".join(
        f'<div class="entry"><div class="top"><h3>{named(person["who"])}</h3><span class="badge b-failed">\u2715 still open</span></div>'
        f"<p>{html(_tried(person))}</p>{_why(person)}</div>"
        for person in leavers
    )
    intro = "To deactivate or delete them was tried and failed, and has not succeeded since. They may still be able to sign in."
    more = beyond(result["leavers_count"], len(leavers))
    return section(f"Not deprovisioned ({result['leavers_count']:,})", f"<p>{intro}</p>{told}{more}", "urgent long")


def _tried(person: Entry) -> str:
    attempts = f", failed {counted(person['attempts'], 'time')} since {clock_time(person['since'])}" if person["attempts"] > 1 else ", failed"
    return f"{sentence(deed(person.get('action')))}{attempts}, last at {clock_time(person.get('timestamp'))}. Seen in: {', '.join(person['providers'])}."


def _figures(result: Entry) -> str:
    counts, rate = result["counts"], result["failure_rate"]
    last = max((provider["last_success"] for provider in result["providers"]), default="")
    decided = counts["success"] + counts["failure"]
    ago = "not in what was read"
    if last:
        passed = moment(result["until"]), moment(last)
        ago = f"{span((passed[0] - passed[1]).total_seconds())} before the end" if passed[0] and passed[1] else ""
    figures = [
        ("Failed", "unknown" if rate is None else percent(rate), f"{counts['failure']:,} of {decided:,} events" if decided else "no event has an outcome"),
        ("Last success", clock_time(last)[-9:-4] if last else "none", f"{clock_time(last)[:-10]}, {ago}" if last else ago),
        ("Left with a failure", f"{result['people_count']:,}", "people and groups whose last write failed"),
        ("Logged", f"{counts['events']:,}", "events of provisioning"),
    ]
    return (
        '<dl class="figures">'
        + "".join(f"<div><dt>{name}</dt><dd>{html(value)}<small>{html(note)}</small></dd></div>" for name, value, note in figures)
        + "</dl>\n"
    )


def _timeline(result: Entry) -> str:
    steps = [step for step in result["timeline"] if step["failure"] or step["success"] or step["other"]]
    if not steps:
        return section("Over time", "<p>Nothing was logged in the window. That is not a sign of health: nothing may have been sent.</p>")
    rows = [[between(step), *(f"{step[name]:,}" for name in ("failure", "success", "other"))] for step in steps]
    numbers = table(["When", "Failed", "Succeeded", "Other"], [[html(cell) for cell in row] for row in rows], numeric=(1, 2, 3))
    return section("Over time", f"{chart(result['timeline'])}<details><summary>The same as numbers</summary>{numbers}</details>")


def _providers(result: Entry) -> str:
    entries = []
    for provider in result["providers"]:
        state = provider["state"]
        last = f"Last success {clock_time(provider['last_success'])}" if provider["last_success"] else f"No success since {clock_time(result['read_from'])}"
        counts = f"{counted(provider['events'], 'event')}, {provider['failure']:,} failed"
        entries.append(
            f'<div class="entry provider"><div><div class="top"><h3>{named(provider["name"])}</h3>'
            f'<span class="badge b-{state}">{_BADGES[state]}</span></div><p>{html(sentence(provider["said"]))}.</p>'
            f'<p class="note">{html(last)}. {html(counts)}.</p></div>{strip(provider["timeline"], provider["name"])}</div>'
        )
    if not entries:
        return section("Identity providers", "<p>None is known, and none logged anything.</p>")
    legend = '<p class="note">Over time: high where something failed, lower where everything succeeded, a gap where nothing was logged.</p>'
    return section("Identity providers", legend + "".join(entries), "long")


def _people(result: Entry) -> str:
    others = [person for person in result["people"] if not person["leaver"]]
    if not others:
        return ""
    entries = []
    for alike in by_reason(others):
        first = alike[0]
        code = f" <code>{html(first['error_code'])}</code>" if first.get("error_code") else ""
        rows = [
            [
                f'<span class="who">{named(person["who"])}</span>{_times(person)}',
                time(person.get("timestamp", "")),
                html(", ".join(person["providers"])),
            ]
            for person in alike
        ]
        entries.append(
            f'<div class="entry"><h3>{html(sentence(deed(first.get("action"))))}{code}</h3>{_why(first)}'
            f"{table(['Who', 'Last tried', 'Seen in'], rows, labels=['', 'Last tried', 'Seen in'])}</div>"
        )
    number = result["people_count"] - result["leavers_count"]
    return section(f"Whose last write failed ({number:,})", "".join(entries) + beyond(number, len(others)), "long")


def _times(person: Entry) -> str:
    return f' <span class="note">{counted(person["attempts"], "time")} in a row</span>' if person["attempts"] > 1 else ""


def _failures(result: Entry) -> str:
    entries = []
    for failure in result["failures"]:
        code = f" <code>{html(failure['error_code'])}</code>" if failure["error_code"] else ""
        who = ", ".join(named(who) for who in failure["who"])
        more = failure["who_count"] - len(failure["who"])
        about = f" About {who}{f' and {more:,} more' if more else ''}." if who else ""
        times = f"last at {clock_time(failure['last'])}" if failure["count"] == 1 else f"from {clock_time(failure['first'])} to {clock_time(failure['last'])}"
        entries.append(
            f'<div class="entry"><div class="top"><h3>{html(sentence(deed(failure["action"])))}{code}</h3>'
            f'<span class="badge b-failed">{html(counted(failure["count"], "time"))}</span></div>'
            f'{_why(failure)}<p class="note">{html(sentence(times))}, in {html(", ".join(failure["providers"]))}.{about}</p></div>'
        )
    if not entries:
        return ""
    return section("What failed most", "".join(entries) + beyond(result["failures_count"], len(entries)), "long")


def _why(entry: Entry) -> str:
    """Cause, remedy, and the log's own words."""
    cause = f"<p>{html(entry['cause'], 1_000)}</p>" if entry.get("cause") else ""
    remedy = f'<p class="todo">{html(entry["remedy"], 1_000)}</p>' if entry.get("remedy") else ""
    detail = f"<blockquote><bdi>{html(entry['detail'])}</bdi></blockquote>" if entry.get("detail") else ""
    return cause + remedy + detail


def _hosts(result: Entry) -> str:
    parts = []
    for host in result["hosts"]:
        if host["problem"]:
            told = f'<p class="bad">Could not be read: {html(host["problem"])}</p>'
        elif not host["events"]:
            told = "<p>Nothing was logged in the window.</p>"
        else:
            told = f'<p class="note">{html(counted(host["events"], "event"))}, {host["failures"]:,} failed.</p>'
        rows = [
            [time(line.get("timestamp", "")), html(sentence(deed(line.get("action")))), named(line["who"]), _line(line)]
            for line in host["lines"]
        ]
        lines = table(["When", "Failed to", "Who", "What the log says"], rows, labels=["", "Failed to", "Who", ""]) if rows else ""
        parts.append(f'<div class="entry"><h3>{named(host["name"])}</h3>{told}{lines}{beyond(host["failures"], len(rows))}</div>')
    return section("On the connector hosts", "".join(parts), "long") if parts else ""


def _line(line: Entry) -> str:
    code = f"<code>{html(line['error_code'])}</code> " if line.get("error_code") else ""
    return f"{code}<bdi>{html(line.get('detail') or line.get('cause') or '')}</bdi>"


def _probe(result: Entry) -> str:
    probe = result["probe"]
    if not probe["asked"]:
        return section("Endpoint", f"<p>{html(sentence(probe['problem']))}.</p>")
    state = "unknown" if probe["healthy"] is None else "healthy" if probe["healthy"] else "failing"
    mark, word = _WORDS[state]
    fast = f'<p class="note">It answered in {probe["latency_ms"]:.0f} ms (median).</p>' if isinstance(probe["latency_ms"], (int, float)) else ""
    problem = f"<p>{html(probe['problem'])}</p>" if probe["problem"] else ""
    rows = [
        [html(step["step"].replace("_", " ")), f'<span class="badge b-{_step(step)}">{html(step["status"])}</span>', html(step["detail"])]
        for step in probe["steps"]
    ]
    steps = f"<details><summary>Its steps</summary>{table(['Step', 'Outcome', 'Detail'], rows)}</details>" if rows else ""
    badge = f'<span class="badge b-{state}">{mark} {word.lower()}</span>'
    return section("Endpoint", f"<p>{badge}</p>{problem}{fast}{steps}")


def _step(step: Entry) -> str:
    return {"ok": "ok", "failed": "failed"}.get(step["status"], "skipped")


def _sources(result: Entry) -> str:
    rows = []
    for source in result["sources"]:
        rows.append([html(source["name"]), f"{source['events']:,}", html("; ".join(source["remarks"]) or "complete", 1_000)])
    body = table(["Log", "Events", "Remarks"], rows, numeric=(1,)) if rows else "<p>No log was read.</p>"
    earlier = f'<p class="note">Read from {time(result["read_from"])} on.</p>' if result["read_from"] != result["since"] else ""
    return section("What this rests on", body + earlier)
