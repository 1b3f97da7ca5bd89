# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of the role sync_health, and events as they come, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..page.text import clock_time, counted, inert, percent, sentence
from .people import by_reason, subject
from .text import deed

Entry = Mapping[str, Any]

_MOST = 20  # people and kinds of failures
_WORDS = {"success": "ok", "failure": "FAILED"}


def table(result: Entry) -> list[str]:
    """``sync_health_result`` as lines to print, the worst first."""
    lines = [f"{result['state'].upper()}: {result['said']}", f"{clock_time(result['since'])} to {clock_time(result['until'])}"]
    lines += [f"! {problem}" for problem in result["problems"]]
    leavers = [person for person in result["people"] if person["leaver"]]
    others = [person for person in result["people"] if not person["leaver"]]
    lines += _people("NOT DEPROVISIONED", leavers, result["leavers_count"])
    lines += _columns(
        [("PROVIDER", "STATE", "EVENTS", "FAILED", "LAST SUCCESS", "")]
        + [
            (
                provider["name"],
                provider["state"],
                str(provider["events"]),
                "unknown" if provider["failure_rate"] is None else percent(provider["failure_rate"]),
                clock_time(provider["last_success"]) if provider["last_success"] else "none",
                provider["said"],
            )
            for provider in result["providers"]
        ]
    )
    lines += _people("LAST WRITE FAILED", others, result["people_count"] - result["leavers_count"])
    failures = result["failures"][:_MOST]
    if failures:
        lines.append("WHAT FAILED MOST")
    for failure in failures:
        code = f" {failure['error_code']}" if failure["error_code"] else ""
        lines.append(f"  {failure['count']:,} x {deed(failure['action'])}{code}: {failure['detail'] or failure['cause']}")
        lines += [f"    {text}" for text in _advice(failure, bool(failure["detail"]))]
    lines += _more(result["failures_count"], len(failures))
    for host in result["hosts"]:
        lines.append(f"{host['name'].upper()}: {_said_of(host)}")
        lines += [
            f"  {clock_time(line.get('timestamp'))}  {deed(line.get('action'))}  {line['who']}  {line.get('error_code', '')} {line.get('detail', '')}".rstrip()
            for line in host["lines"]
        ]
    lines.append(f"ENDPOINT: {_endpoint(result['probe'])}")
    for source in result["sources"]:
        if source["remarks"] and not (source["host"] and source["problem"]):  # that stands with the host
            lines.append(f"{source['name']}: {'; '.join(source['remarks'])}")
    return [*lines, *([f"PAGE: {result['page']}"] if result["page"] else [])]


def event_lines(events: Iterable[Entry]) -> list[str]:
    """Events as lines, as they come: when, how it went, what, whom, and what the log says of a failure."""
    return [
        "  ".join(
            filter(
                None,
                [
                    inert(event.get("timestamp", ""), 40)[:19].replace("T", " "),
                    _WORDS.get(str(event.get("status")), inert(event.get("status", ""), 20)).ljust(6),
                    inert(event.get("action", ""), 100).ljust(19),
                    inert(subject(event)[1], 200),
                    inert(event.get("error_code", ""), 100),
                    inert(event.get("detail", ""), 300),
                ],
            )
        )
        for event in events
    ]


def _people(title: str, people: Sequence[Entry], number: int) -> list[str]:
    if not people:
        return []
    lines = [title]
    for alike in by_reason(people[:_MOST]):
        first = alike[0]
        code = f" {first['error_code']}" if first.get("error_code") else ""
        lines.append(f"  {sentence(deed(first.get('action')))} failed{code}")
        lines += [f"    {text}" for text in _advice(first, stated=False)]
        lines += [f"      {clock_time(person.get('timestamp'))}  {person['who']}  ({', '.join(person['providers'])})" for person in alike]
    return lines + _more(number, len(people[:_MOST]))


def _advice(entry: Entry, stated: bool) -> list[str]:
    """Cause and remedy. stated: the log's own words stand there already."""
    told = [entry.get("cause", ""), *([] if stated else [entry.get("detail", "")])]
    why = next((text for text in told if text), "")
    return [sentence(text) for text in (why, entry.get("remedy", "")) if text]


def _said_of(host: Entry) -> str:
    if host["problem"]:
        return f"could not be read: {host['problem']}"
    return f"{counted(host['events'], 'event')}, {host['failures']:,} failed" if host["events"] else "nothing was logged in the window"


def _endpoint(probe: Entry) -> str:
    if probe["healthy"]:
        return "healthy"
    return f"not healthy: {probe['problem']}" if probe["healthy"] is False else f"not known: {probe['problem']}"


def _more(number: int, shown: int) -> list[str]:
    return [f"  and {number - shown:,} more"] if number > shown else []


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    if len(rows) < 2:
        return ["No provider is known."]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
