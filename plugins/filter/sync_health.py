# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role sync_health and of the playbook watch: what the logs tell together, for people and for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError

# Ansible loads every file of filters in every task that uses one of the collection's. So what a filter needs is imported when it is called.


def sync_health_window(until: str, hours: float = 24, silence: float = 0) -> dict[str, str]:
    """See the documentation of the filter in sync_health_window.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.sources import Window
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.page.text import stamp

    try:
        window = Window.from_options(until, float(hours), float(silence))
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem
    return {"since": stamp(window.since), "until": stamp(window.until), "read_from": stamp(window.read_from)}


def sync_health_report(
    steps: Mapping[str, Any],
    until: str,
    hours: float = 24,
    thresholds: Mapping[str, Any] | None = None,
    causes: Sequence[Any] = (),
    providers: Sequence[str] = (),
) -> dict[str, Any]:
    """See the documentation of the filter in sync_health_report.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.causes import checked
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.providers import (
        Thresholds,
    )
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.report import report
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.sources import (
        Window,
        probe_shown,
        reads,
    )

    try:
        limits = Thresholds.from_options(thresholds or {})
        window = Window.from_options(until, float(hours), limits.silence)
        rows = checked(causes, "sync_health_causes")
        return report(reads(steps, [str(name) for name in providers]), probe_shown(steps.get("probe") or {}), window, limits, rows)
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def sync_health_table(result: Mapping[str, Any]) -> list[str]:
    """See the documentation of the filter in sync_health_table.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.table import table

    return table(result)


def sync_health_page(result: Mapping[str, Any]) -> str:
    """See the documentation of the filter in sync_health_page.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.page import page

    return page(result)


def scim_events_unseen(events: Sequence[Mapping[str, Any]], seen: Sequence[str] = ()) -> dict[str, list[Any]]:
    """See the documentation of the filter in scim_events_unseen.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.event import key

    before = set(seen)
    keys = [key(dict(event)) for event in events]
    return {"events": [event for event, identity in zip(events, keys) if identity not in before], "seen": list(dict.fromkeys(keys))}


def scim_events_since(since: str, now: str) -> str:
    """See the documentation of the filter in scim_events_since.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.selection import point
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.instants import moment
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.page.text import stamp

    present = moment(now)
    try:
        begin = point(since, present, "since") if present else None
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem
    if begin is None:
        raise AnsibleFilterError(f"since: {since!r} before {now!r} is no point in time")
    return stamp(begin)


def scim_event_lines(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """See the documentation of the filter in scim_event_lines.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.table import event_lines

    return event_lines(events)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "scim_event_lines": scim_event_lines,
            "scim_events_since": scim_events_since,
            "scim_events_unseen": scim_events_unseen,
            "sync_health_page": sync_health_page,
            "sync_health_report": sync_health_report,
            "sync_health_table": sync_health_table,
            "sync_health_window": sync_health_window,
        }
