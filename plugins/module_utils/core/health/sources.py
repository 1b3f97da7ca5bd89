# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the steps of the role sync_health returned, as the logs that were read and the ones that could not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..access.ids import settled
from ..errors import InvalidInput
from ..events.event import key
from ..instants import moment
from ..page.text import counted, inert
from .text import foreign

_NO_URL = "url"  # what Ansible names if the task has no endpoint at all


@dataclass(frozen=True)
class Window:
    """From when to when is counted. read_from is earlier where a longer silence has to be seen."""

    since: datetime
    until: datetime
    read_from: datetime

    @classmethod
    def from_options(cls, until: str, hours: float, silence: float = 0) -> Window:
        """Raises InvalidInput."""
        end = moment(until)
        if end is None:
            raise InvalidInput(f"sync_health_until has to be a time such as 2026-11-24T10:00:00Z, not {inert(until, 100)}")
        if not 0 < hours <= 24 * 366 or not 0 <= silence <= 24 * 366:
            raise InvalidInput("sync_health_window and sync_health_max_silence are numbers of hours, not more than a year, and the window more than 0")
        return cls(end - timedelta(hours=hours), end, end - timedelta(hours=max(hours, silence)))


@dataclass(frozen=True)
class Read:
    """One log. name: for people. host: where it was read, "" for a cloud's. problem: why it could not be read, or "".

    providers: name by id, of those that are known to write into it. missing: why no names are known, or "". guessed: whether there
    may be more of them than are known.
    """

    name: str
    host: str = ""
    problem: str = ""
    found: Sequence[Mapping[str, Any]] = ()
    unparsed: int = 0
    truncated: bool = False
    providers: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    guessed: bool = False

    @property
    def doubtful(self) -> str:
        """Why what was read may not be all that there is, or ""."""
        if self.truncated:
            return f"not all of {self.name} was read"
        if self.unparsed and not self.found:
            return f"nothing in {self.name} was understood"
        return "which identity providers there are is not known" if self.guessed else ""

    def remarks(self) -> list[str]:
        """What people shall know about what was read."""
        found = [f"not read: {self.problem}"] if self.problem else []
        found += [f"{counted(self.unparsed, 'other entry', 'other entries')}, no provisioning or not understood"] if self.unparsed else []
        found += ["there was more than was read, so look at a shorter window"] if self.truncated else []
        return [*found, *([f"names of providers are not known: {self.missing}"] if self.missing else [])]

    def events(self, window: Window, names: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each event of the window that was read, with its id and the point in time at which it happened.

        names: of all providers by id, as an archive of Cloudflare's log holds its ids only.
        """
        for event in self.found:
            at = moment(event.get("timestamp"))
            if at is not None and window.read_from <= at <= window.until:
                yield key(dict(event)), {**event, "at": at, "provider": self._provider_of(event, names), "read_on": self.host}

    def _provider_of(self, event: Mapping[str, Any], names: Mapping[str, str]) -> str:
        identity = str(event.get("idp") or "")
        if identity:
            return names.get(identity, identity)
        program = str(event.get("unit") or event.get("source") or "log").removesuffix(".service")
        return f"{program} on {self.host}" if self.host else program

    def shown(self) -> dict[str, Any]:
        """What was read, for the bottom of a report: nobody shall take what is not there for what did not happen."""
        return {
            "name": inert(self.name, 200),
            "host": inert(self.host, 200),
            "problem": inert(self.problem),
            "events": len(self.found),
            "unparsed": self.unparsed,
            "truncated": self.truncated,
            "missing": inert(self.missing),
            "remarks": [inert(text) for text in self.remarks()],
        }


def reads(steps: Mapping[str, Any], asked: Sequence[str] = ()) -> list[Read]:
    """The logs of ``cloudflare`` and ``hosts``, as the tasks of these names returned them; a task that did not run left ``{}``.

    ``empty``: the groups of hosts whose logs were to be read and which have none.
    asked: names or ids of the only identity providers that were asked for; none are all.
    """
    found = []
    cloudflare = steps.get("cloudflare") or {}
    if cloudflare:
        listed = steps.get("providers") or {}
        missing = _problem(listed) if listed.get("failed") else ""
        known = _known(listed.get("identity_providers") or (), asked)
        found.append(_read("Cloudflare", "", cloudflare, known, missing, guessed=bool(missing) and not asked))
    hosts = steps.get("hosts") or {}
    if hosts.get("failed") and not hosts.get("results"):
        found.append(_read("connectors", "", hosts))
    found += [Read(str(group), problem="the group has no hosts") for group in steps.get("empty") or ()]
    for result in hosts.get("results") or ():
        host = str(result.get("sync_health_host", ""))
        found.append(_read(host, host, result))
    return found


def _known(listed: Sequence[Mapping[str, Any]], asked: Sequence[str]) -> dict[str, str]:
    """Name by id of the providers that were asked for. Names need not be unique: two of one name have their ids behind it."""
    names = {str(one.get("id")): str(one.get("name") or one.get("id")) for one in listed}
    often = Counter(names.values())
    known = {identity: name if often[name] == 1 else f"{name} ({identity})" for identity, name in names.items()}
    if not asked:
        return known
    found = {}
    for text in asked:
        same = [one for one in known if text.strip().casefold() in (one.casefold(), names[one].casefold())]
        # One that is not listed has no SCIM any more, or the token may not list it and reads its log by the id.
        found.update({one: known[one] for one in same} or {settled(text.strip()): settled(text.strip())})
    return found


def _read(
    name: str, host: str, result: Mapping[str, Any], known: Mapping[str, str] | None = None, missing: str = "", *, guessed: bool = False
) -> Read:
    problem = _problem(result) if result.get("failed") or result.get("unreachable") else ""
    events = [event for event in result.get("events") or () if isinstance(event, Mapping)]
    truncated = bool(result.get("truncated"))
    return Read(name, host, problem, events, int(result.get("unparsed") or 0), truncated, known or {}, missing, guessed)


def _problem(result: Mapping[str, Any]) -> str:
    return foreign(result.get("msg") or "the task failed and did not say why")


def probe_shown(result: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the endpoint. healthy: ``None`` if that is not known; problem says why it is not, or why it is not known.

    result: what M(scim_service_info) returned, ``{}`` if it did not run.
    """
    shown: dict[str, Any] = {"asked": False, "healthy": None, "problem": "", "latency_ms": None, "steps": []}
    if not result:
        return {**shown, "problem": "the endpoint was not asked"}
    if "healthy" not in result:
        msg = str(result.get("msg") or "")
        if "missing required arguments" in msg and _NO_URL in msg:
            return {**shown, "problem": "the endpoint was not asked, because no url was given"}
        return {**shown, "asked": True, "problem": _problem(result)}
    steps = [
        {"step": str(step.get("step")), "status": str(step.get("status")), "detail": foreign(step.get("detail", ""))}
        for step in [*(result.get("reads") or ()), *(result.get("steps") or ())]
    ]
    healthy = bool(result["healthy"])
    return {
        "asked": True,
        "healthy": healthy,
        "problem": "" if healthy else foreign(result.get("problem") or "it did not say why"),
        "latency_ms": result.get("latency_ms"),
        "steps": steps,
    }
