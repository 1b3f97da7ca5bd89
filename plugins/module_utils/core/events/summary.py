# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many events as a few numbers: how often what happened, when it last went well, and whose last event failed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from .event import STATUSES, Event
from .statuses import FAILURE, SUCCESS
from .timestamps import moment, spelled

_VARIES = re.compile(
    r"[\w.!#$%&*+/=?^`{|}~-]+@[\w.-]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\b[0-9a-fA-F]{16,}\b|\"[^\"]{0,200}\"|'[^']{0,200}'|\d{4,}|\bid[=:]\s?\S+"
)
_MOST_ERRORS = 5_000  # kinds of errors that are told apart: texts of strangers must not fill the memory


def summary(
    events: Iterable[Event], since: datetime, until: datetime, *, bins: int = 48, errors: int = 10, people: int = 100
) -> dict[str, Any]:
    """Events of a window in numbers; each is looked at once, in any order, and none is kept but the last one of each person.

    since, until: aware; ``bins`` buckets of equal length lie between them. errors, people: how many of them at most.

    Returns ``total``; ``status``, ``action`` and ``idp`` (counts by name; of an identity provider also ``last_success`` and
    ``last_failure``); ``errors`` (the most frequent kinds: ``error_code``, ``scim_type``, ``detail`` of the newest, ``count``, ``last``);
    ``people`` (those whose last event failed, newest first: that event); ``buckets`` (``since``, ``until`` and a count for each status).
    """
    total, outside = 0, 0
    statuses: Counter[str] = Counter()
    actions: Counter[str] = Counter()
    providers: dict[str, dict[str, Any]] = {}
    kinds: dict[tuple[str, str, str], dict[str, Any]] = {}
    last: dict[tuple[str, str], Event] = {}
    buckets = _buckets(since, until, bins)
    begin, end = spelled(since), spelled(until)
    width = (until - since) / bins
    for event in events:
        total += 1
        status, when = str(event["status"]), str(event["timestamp"])
        statuses[status] += 1
        actions[str(event["action"])] += 1
        _count(providers, event, status, when)
        if status == FAILURE:
            _note(kinds, event, when)
        who = event.get("user")
        if who and status in (SUCCESS, FAILURE) and not str(event["action"]).endswith(".read"):
            place = (str(event.get("idp", "")), str(who).lower())
            if place not in last or when >= str(last[place]["timestamp"]):
                last[place] = event
        if begin <= when <= end:
            position = int((moment(when) - since) / width) if width else 0
            buckets[min(max(position, 0), bins - 1)][status] += 1
        else:
            outside += 1
    failed = sorted((event for event in last.values() if event["status"] == FAILURE), key=lambda event: str(event["timestamp"]), reverse=True)
    return {
        "total": total,
        "outside": outside,
        "status": {name: statuses[name] for name in STATUSES if statuses[name]},
        "action": dict(sorted(actions.items())),
        "idp": dict(sorted(providers.items())),
        "errors": sorted(kinds.values(), key=lambda kind: (-kind["count"], kind["error_code"], kind["detail"]))[:errors],
        "people": failed[:people],
        "people_failed": len(failed),
        "buckets": buckets,
    }


def failure_rate(status: dict[str, int]) -> float | None:
    """The part of what succeeded or failed that failed, from 0 to 1; ``None`` if there was neither."""
    decided = status.get(SUCCESS, 0) + status.get(FAILURE, 0)
    return status.get(FAILURE, 0) / decided if decided else None


def kind_of(detail: str) -> str:
    """A detail without what differs from person to person: names in quotes, addresses, ids, long numbers."""
    return _VARIES.sub("…", detail[:500])


def _buckets(since: datetime, until: datetime, bins: int) -> list[dict[str, Any]]:
    if bins < 1 or until < since:
        raise ValueError("a summary needs at least one bucket and a window that does not end before it begins")
    width: timedelta = (until - since) / bins
    edges = [spelled(since + width * number) for number in range(bins)] + [spelled(until)]
    return [{"since": edges[number], "until": edges[number + 1], **dict.fromkeys(STATUSES, 0)} for number in range(bins)]


def _count(providers: dict[str, dict[str, Any]], event: Event, status: str, when: str) -> None:
    name = str(event.get("idp", ""))
    counts = providers.setdefault(name, {"total": 0, SUCCESS: 0, FAILURE: 0, "last_success": "", "last_failure": ""})
    counts["total"] += 1
    if status in (SUCCESS, FAILURE):
        counts[status] += 1
        counts[f"last_{status}"] = max(counts[f"last_{status}"], when)


def _note(kinds: dict[tuple[str, str, str], dict[str, Any]], event: Event, when: str) -> None:
    code, keyword, detail = (str(event.get(name, "")) for name in ("error_code", "scim_type", "detail"))
    place = (code, keyword, kind_of(detail))
    if place not in kinds and len(kinds) >= _MOST_ERRORS:
        place = ("", "", "…")  # all further kinds
        detail = "…"
        code = keyword = ""
    kind = kinds.setdefault(place, {"error_code": code, "scim_type": keyword, "detail": detail, "count": 0, "last": ""})
    kind["count"] += 1
    if when >= kind["last"]:
        kind.update(detail=detail, last=when)
