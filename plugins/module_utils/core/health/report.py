# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Did the sync work, and if not, why? What all logs of a window tell together, as the result of the role sync_health.

Nothing is healthy because nothing is known: a log that could not be read, and a provider of which nothing was logged, are said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..events.causes import explain
from ..events.texts import kind_of
from ..page.text import counted, inert, sentence, stamp
from .people import open_failures, subject
from .providers import (
    FAILING,
    OK,
    SILENT,
    UNKNOWN,
    Event,
    Thresholds,
    failure_rate,
    failures_only,
    providers,
    tally,
)
from .sources import Read, Window
from .text import foreign
from .timeline import timeline

HEALTHY = "healthy"
_MOST = 200  # people, and kinds of failures, in a result
_MOST_NAMES = 5
_MOST_LINES = 20  # of one host

Causes = Sequence[Mapping[str, Any]]


def report(
    read: Sequence[Read], probe: Mapping[str, Any], window: Window, thresholds: Thresholds, causes: Causes = ()
) -> dict[str, Any]:
    """``sync_health_result``, see the README of the role. causes: more of them, in the shape of ``events.causes``."""
    names = {identity: name for source in read for identity, name in source.providers.items()}
    events = _in_order(read, window, names)
    inside = [event for event in events if event["at"] >= window.since]
    # Cloudflare's log holds successes and failures, also of a provider that is not there any more.
    known = set(names.values()) | {str(event["provider"]) for event in events if not event["read_on"]}
    by_provider = providers(events, known, window, thresholds)
    people = [_person(entry, causes) for entry in open_failures(events, failures_only(events, known))]
    problems = _problems(probe, read, by_provider, thresholds)
    failures = _failures(inside, causes)
    counts = tally(inside)
    result = {
        "failed": bool(problems),
        "problems": problems,
        "since": stamp(window.since),
        "until": stamp(window.until),
        "read_from": stamp(window.read_from),
        "counts": {**counts, "unparsed": sum(source.unparsed for source in read)},
        "failure_rate": failure_rate(counts),
        "probe": dict(probe),
        "providers": by_provider,
        "failures": failures[:_MOST],
        "failures_count": len(failures),
        "people": people[:_MOST],
        "people_count": len(people),
        "leavers_count": sum(person["leaver"] for person in people),
        "hosts": [_host(source, window, causes) for source in read if source.host],
        "sources": [source.shown() for source in read],
        "timeline": timeline(inside, window.since, window.until),
        "page": "",
    }
    broken, unknown = _broken(result), [*_unknown(result), *(source.doubtful for source in read if source.doubtful)]
    state = FAILING if broken else UNKNOWN if unknown else HEALTHY
    reasons = [*broken, *unknown] or ["every provider succeeded, and nobody is left with a failure"]
    return {"healthy": state == HEALTHY, "state": state, "said": sentence("; ".join(reasons)), "reasons": reasons, **result}


def _in_order(read: Sequence[Read], window: Window, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The events of all logs by time; what two logs hold, as Cloudflare and an archive of it do, is one event."""
    found: dict[str, dict[str, Any]] = {}
    for source in read:
        for identity, event in source.events(window, names):
            found.setdefault(identity, event)
    return sorted(found.values(), key=lambda event: (event["at"], str(event["timestamp"])))


def _person(entry: Mapping[str, Any], causes: Causes) -> dict[str, Any]:
    told = {name: foreign(entry["event"][name]) for name in ("timestamp", "action", "error_code", "detail") if entry["event"].get(name)}
    shown = {name: entry[name] for name in ("who", "kind", "leaver", "attempts", "since")}
    return {**shown, **told, "providers": [inert(name, 200) for name in entry["providers"]], **_explained(entry["event"], causes)}


def _failures(events: Iterable[Event], causes: Causes) -> list[dict[str, Any]]:
    """The failures by what they have in common, the most frequent first, with the names of some whom they hit.

    That is the cause; where none is known, the words of the log without what differs from person to person.
    """
    kinds: dict[tuple[str, ...], list[Event]] = {}
    for event in events:
        if event.get("status") == "failure":
            what = tuple(str(event.get(name, "")) for name in ("action", "error_code", "scim_type", "source", "idp"))
            kinds.setdefault((*what, kind_of(str(event.get("detail", "")))), []).append(event)
    groups: dict[tuple[str, ...], list[Event]] = {}
    for kind, alike in kinds.items():
        why = _explained(alike[-1], causes)
        reason = (why["cause"], why["remedy"]) if why["cause"] else (kind[-1],)
        groups.setdefault((*kind[:2], *reason), []).extend(alike)
    for same in groups.values():
        same.sort(key=lambda event: str(event["timestamp"]))
    entries = []
    for same in groups.values():
        who = list(dict.fromkeys(name for name in (subject(event)[1] for event in reversed(same)) if name))
        entries.append(
            {
                "action": inert(same[-1].get("action", ""), 100),
                "error_code": inert(same[-1].get("error_code", ""), 100),
                "detail": foreign(same[-1].get("detail", "")),
                "count": len(same),
                "first": str(same[0]["timestamp"]),
                "last": str(same[-1]["timestamp"]),
                "who": [inert(name) for name in who[:_MOST_NAMES]],
                "who_count": len(who),
                "providers": sorted({inert(event["provider"], 200) for event in same}),
                **_explained(same[-1], causes),
            }
        )
    return sorted(entries, key=lambda entry: (-entry["count"], entry["action"], entry["error_code"], entry["detail"]))


def _host(source: Read, window: Window, causes: Causes) -> dict[str, Any]:
    """What was read on one host, with its newest failures as lines."""
    here = [event for event in _in_order([source], window, {}) if event["at"] >= window.since]
    failures = [event for event in here if event.get("status") == "failure"]
    lines = [
        {
            **{name: foreign(event[name]) for name in ("timestamp", "action", "error_code", "detail") if event.get(name)},
            "who": inert(subject(event)[1]),
            **_explained(event, causes),
        }
        for event in reversed(failures[-_MOST_LINES:])
    ]
    return {**source.shown(), "events": len(here), "failures": len(failures), "lines": lines}


def _explained(event: Event, causes: Causes) -> dict[str, str]:
    told = explain(dict(event), causes)
    return {name: inert(told.get(name, ""), 1_000) for name in ("cause", "remedy")}


def _problems(
    probe: Mapping[str, Any], read: Sequence[Read], by_provider: Sequence[Mapping[str, Any]], thresholds: Thresholds
) -> list[str]:
    """Which thresholds are passed, each as a sentence; the role fails with them."""
    found = []
    if thresholds.probe and not probe["healthy"]:
        found.append(f"the endpoint is not healthy: {probe['problem']}" if probe["healthy"] is False else probe["problem"])
    found += [f"{provider['name']}: {problem}" for provider in by_provider for problem in provider["problems"]]
    if thresholds.unread and not read:
        found.append("no log was named, so nothing is known: sync_health_cloudflare is false and sync_health_connectors names no host")
    if thresholds.unread:
        found += [f"{source.name} could not be read: {source.problem}" for source in read if source.problem]
    return found


def _broken(result: Mapping[str, Any]) -> list[str]:
    """What does not work, in words, the worst first."""
    leavers, others = result["leavers_count"], result["people_count"] - result["leavers_count"]
    failing = [str(provider["name"]) for provider in result["providers"] if provider["state"] == FAILING]
    silent = [str(provider["name"]) for provider in result["providers"] if provider["state"] == SILENT and provider["problems"]]
    found = []
    if leavers:
        found.append(f"{counted(leavers, 'person', 'people')} could not be deprovisioned")
    if result["probe"]["healthy"] is False:
        found.append("the endpoint is not healthy")
    if others:
        more = "other " if leavers else ""
        found.append(f"the last write failed for {counted(others, more + 'person or group', more + 'people or groups')}")
    if failing:
        found.append(f"failing: {_listed(failing)}")
    if silent:
        found.append(f"silent for too long: {_listed(silent)}")
    return found


def _unknown(result: Mapping[str, Any]) -> list[str]:
    """What cannot be told, in words."""
    unread = [str(source["name"]) for source in result["sources"] if source["problem"]]
    doubtful = [str(one["name"]) for one in result["providers"] if one["state"] not in (FAILING, OK) and not one["problems"]]
    found = []
    if unread:
        found.append(f"not read: {_listed(unread)}")
    if not result["sources"]:
        found.append("no log was read, so nothing is known")
    elif not result["counts"]["events"]:
        found.append("nothing was logged in the window, so whether the sync works is not known")
    elif doubtful:
        found.append(f"nothing is known of {_listed(doubtful)}")
    if result["probe"]["asked"] and result["probe"]["healthy"] is None:
        found.append("the endpoint could not be asked")
    return found


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
