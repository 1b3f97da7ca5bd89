# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How each identity provider does: when it last succeeded, how much fails, and where nothing is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput
from ..page.text import counted, inert, percent
from .sources import Window
from .timeline import timeline

Event = Mapping[str, Any]

FAILING, SILENT, UNKNOWN, OK = "failing", "silent", "unknown", "ok"
_ORDER = (FAILING, SILENT, UNKNOWN, OK)


@dataclass(frozen=True)
class Thresholds:
    """When the role fails. rate: percent of a provider's events that may fail. silence: hours without success, 0 for no limit.

    probe, unread: whether an unhealthy endpoint, and a log that could not be read, let it fail.
    """

    rate: float = 100.0
    silence: float = 0.0
    probe: bool = False
    unread: bool = True

    @classmethod
    def from_options(cls, given: Mapping[str, Any]) -> Thresholds:
        """Raises InvalidInput."""
        rate, silence = float(given.get("rate", 100)), float(given.get("silence", 0))
        if not 0 <= rate <= 100:
            raise InvalidInput(f"sync_health_max_failure_rate is {rate:g}; it is a share in percent, from 0 to 100")
        if silence < 0:
            raise InvalidInput(f"sync_health_max_silence is {silence:g}; it is a number of hours, 0 for no limit")
        return cls(rate, silence, bool(given.get("probe", False)), bool(given.get("unread", True)))


def tally(events: Iterable[Event]) -> dict[str, int]:
    """How many there are, and how they went; other is what neither succeeded nor failed."""
    counts = {"events": 0, "success": 0, "failure": 0, "other": 0}
    for event in events:
        status = event.get("status")
        counts["events"] += 1
        counts[status if status in ("success", "failure") else "other"] += 1
    return counts


def failure_rate(counts: Mapping[str, int]) -> float | None:
    """Percent of what succeeded or failed; ``None`` if nothing did. Two decimals, but never 0 or 100 for what is nearly that."""
    decided = counts["success"] + counts["failure"]
    if not decided:
        return None
    rate = round(100 * counts["failure"] / decided, 2)
    return min(max(rate, 0.01), 99.99) if counts["failure"] and counts["success"] else rate


def failures_only(events: Iterable[Event], known: Iterable[str]) -> set[str]:
    """The providers that logged failures and never a success, and are not known to log both: a connector that only writes errors."""
    events = list(events)
    return {str(event["provider"]) for event in events} - {str(e["provider"]) for e in events if e.get("status") == "success"} - set(known)


def providers(events: Sequence[Event], known: Collection[str], window: Window, thresholds: Thresholds) -> list[dict[str, Any]]:
    """One entry for each provider that logged something or is known to be there, the worst first.

    events: by time, with ``at`` and ``provider``. Of a log that holds failures only, no rate and no silence is told.
    """
    partial = failures_only(events, known)
    by_name: dict[str, list[Event]] = {name: [] for name in known}
    for event in events:
        by_name.setdefault(str(event["provider"]), []).append(event)
    entries = [_provider(name, of_it, window, Thresholds() if name in partial else thresholds, name in partial) for name, of_it in by_name.items()]
    return sorted(entries, key=lambda entry: (_ORDER.index(entry["state"]), str(entry["name"]).casefold()))


def _provider(name: str, events: Sequence[Event], window: Window, thresholds: Thresholds, partial: bool) -> dict[str, Any]:
    inside = [event for event in events if event["at"] >= window.since]
    counts = tally(inside)
    rate = None if partial else failure_rate(counts)
    success, failure = (_last(events, status) for status in ("success", "failure"))
    silence = (window.until - (success["at"] if success else window.read_from)).total_seconds()
    problems = []
    if rate is not None and 100 * counts["failure"] > thresholds.rate * (counts["success"] + counts["failure"]):
        problems.append(f"{rate:g}% of its events failed, {thresholds.rate:g}% may")
    if thresholds.silence and silence >= thresholds.silence * 3600:
        least = "" if success else "at least "
        problems.append(f"no success for {least}{_hours(silence / 3600)}, {_hours(thresholds.silence)} may pass")
    in_a_row = _failed_in_a_row(events)
    if problems:
        state, said = FAILING if counts["failure"] else SILENT, "; ".join(problems)
    elif not inside:
        state, said = SILENT, "nothing was logged in the window"
    elif partial and in_a_row:
        state, said = FAILING, f"{counted(in_a_row, 'failure')}; this log holds no successes, so no rate and no silence is told"
    elif in_a_row:
        state, said = FAILING, "the last event failed" if in_a_row == 1 else f"the last {counted(in_a_row, 'event')} failed"
    elif rate is None:
        state, said = UNKNOWN, "nothing was logged that succeeded or failed"
    else:
        state, said = OK, f"{percent(rate)} of its events failed" if rate else "no event failed"
    return {
        "name": inert(name, 200),
        "state": state,
        "said": said,
        "problems": problems,
        **counts,
        "failure_rate": rate,
        "last_success": str(success["timestamp"]) if success else "",
        "last_failure": str(failure["timestamp"]) if failure else "",
        "hours_since_success": round(silence / 3600, 2) if success else None,
        "timeline": timeline(inside, window.since, window.until),
    }


def _hours(number: float) -> str:
    """In hours, as the threshold is: 1 hour, 8.75 hours, 49 hours. Rounded words would say "2 days, 2 days may pass"."""
    exact = round(number, 2)
    return f"{exact:g} hour{'' if exact == 1 else 's'}"


def _last(events: Sequence[Event], status: str) -> Event | None:
    return next((event for event in reversed(events) if event.get("status") == status), None)


def _failed_in_a_row(events: Sequence[Event]) -> int:
    """How many events failed since the last success."""
    number = 0
    for event in reversed(events):
        if event.get("status") == "success":
            break
        number += event.get("status") == "failure"
    return number
