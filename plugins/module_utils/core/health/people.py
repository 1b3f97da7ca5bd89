# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is left with a failure: what was tried last for a person or a group and did not work, leavers first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..page.text import inert

Event = Mapping[str, Any]

NAMELESS = "somebody whom the log does not name"
_ENDS = ("user.deactivate", "user.delete")  # what takes a leaver's account
_BEGINS = ("user.activate", "user.create")  # whoever is let in again on purpose is no open leaver any more
_RANKS = {"user.deactivate": 0, "user.delete": 0, "group.member.remove": 1, "user.member.remove": 1, "group.delete": 1}


def open_failures(events: Iterable[Event], failures_only: Collection[str] = ()) -> list[dict[str, Any]]:
    """One entry for each person or group whose last event failed, the worst first and then the newest.

    events: in the order of time. Only what succeeded or failed counts, and no reads: that somebody was looked up, skipped or
    attempted says nothing about whether the last write took. A deactivation or deletion that failed stays open until one
    succeeds or the person is let in again: a later change of the telephone number does not end anybody's access.

    failures_only: the providers that log nothing but failures. Where one of them was the last to tell of somebody, a success that
    another logged ends it; otherwise each provider speaks for itself, because somebody may leave one and stay in another. A
    deactivation that failed is told also where the log does not name whose it was.

    Each is ``{"kind", "who", "leaver", "event", "attempts", "since", "providers"}``: event is the one that failed last, attempts how
    often it failed in a row, since the first of these.
    """
    running: dict[tuple[str, str, str, str], list[Event]] = {}  # (provider, kind, who, course) -> failures in a row
    for event in events:
        kind, who = subject(event)
        action, status = str(event.get("action", "")), event.get("status")
        if status not in ("success", "failure") or action.endswith(".read"):
            continue
        if not who and (action not in _ENDS or status == "success"):  # a success of anybody ends nobody's failure
            continue
        place = (str(event.get("provider", "")), kind, who.casefold())
        if action in _ENDS:
            courses = ["ends", "last"]
        elif action in _BEGINS:
            courses = ["ends", "last"] if status == "success" else ["last"]
        else:
            courses = ["last"]
        for course in courses:
            if status == "success":
                for provider in (place[0], *failures_only):
                    running.pop((provider, *place[1:], course), None)
            elif course == "last" or action in _ENDS:
                running.setdefault((*place, course), []).append(event)
    return _merged(running)


def subject(event: Event) -> tuple[str, str]:
    """("user" | "group", name) of whom an event is about; the name is "" where the log has none."""
    if event.get("user"):
        return "user", str(event["user"])
    if event.get("group"):
        return "group", str(event["group"])
    kind = "group" if str(event.get("action", "")).startswith("group.") else "user"
    return kind, str(event.get("resource_id") or event.get("external_id") or "")


def _merged(running: Mapping[tuple[str, str, str, str], list[Event]]) -> list[dict[str, Any]]:
    """One entry for each person, whatever several logs and courses say about them."""
    people: dict[tuple[str, str], list[list[Event]]] = {}
    for place, row in running.items():
        people.setdefault(place[1:3], []).append(row)
    entries: list[dict[str, Any]] = []
    for rows in people.values():
        worst = min(rows, key=lambda row: _rank(row[-1]))
        same = [row for row in rows if _rank(row[-1]) == _rank(worst[-1])]
        last = max((row[-1] for row in same), key=lambda event: str(event.get("timestamp", "")))
        entries.append(
            {
                "kind": subject(last)[0],
                "who": inert(subject(last)[1]) or NAMELESS,
                "leaver": _rank(last) == 0,
                "event": last,
                "attempts": max(len(row) for row in same),
                "since": min(str(row[0].get("timestamp", "")) for row in same),
                "providers": sorted({str(event.get("provider", "")) for row in rows for event in row}),
            }
        )
    entries.sort(key=lambda entry: str(entry["event"].get("timestamp", "")), reverse=True)
    entries.sort(key=lambda entry: _rank(entry["event"]))
    return entries


def _rank(event: Event) -> int:
    return _RANKS.get(str(event.get("action", "")), 2)


def by_reason(people: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """People of a report in the same order, those with the same failure for the same reason together.

    The reason is the cause; where none is known, it is what the log says, so that these stand for themselves.
    """
    alike: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for person in people:
        reason = person.get("cause") or person.get("detail")
        alike.setdefault((person.get("action"), person.get("error_code"), reason, person.get("remedy")), []).append(person)
    return list(alike.values())
