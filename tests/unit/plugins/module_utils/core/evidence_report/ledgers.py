# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ledgers for the tests of the report: a few records in the words of the roles, chained as the module evidence chains them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.chain import (
    Chain as Found,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.options import (
    Options,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.reading import (
    Reading,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.report import (
    Report,
    report,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.chain import Chain, Head
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.record import record

BEGIN = datetime(2026, 9, 1, 8, tzinfo=timezone.utc)
PLANES = ("account", "groups", "sessions", "selectors", "seat", "access")
TAKEN = [{"plane": "account", "verb": "deactivate", "what": "active"}, {"plane": "groups", "verb": "remove", "what": "Engineers"}]
HOSTILE = "</title></style><script>parent.ran=1</script><img src=x onerror=parent.ran=1> \" onload='x' & {{ 7 * 191 }}\x1b[31m\u202e" + "x" * 200
NAMES = {
    "1815": "Ada Lovelace",
    "1791": "Miles O'Connor",
    "1906": "Grit von der Leyen",
    "2001": "J\u00fcrgen M\u00fcller",
    "2002": "Ju\u0308rgen Mu\u0308ller",
    "2003": "\u0130lknur I\u015f\u0131k",
    "2004": "\u0645\u0631\u064a\u0645 \u0627\u0644\u0639\u0628\u062f\u0627\u0644\u0644\u0647",
    "2005": "\U0001f469\u200d\U0001f4bb Kim",
    "2006": "{{ lookup('pipe','id') }}",
    "2007": "Wolfeschlegelsteinhausenbergerdorff" * 5 + "0123456789012345678901234",
}


def at(hours: float) -> str:
    """An instant so many hours after the begin."""
    return (BEGIN + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def said(*unproven: str, why: str = "the account is still active", planes: Iterable[str] = PLANES) -> dict[str, dict[str, str]]:
    """Verdicts on all planes; the seat has none."""
    found = {}
    for plane in planes:
        verdict = "unproven" if plane in unproven else "not_applicable" if plane == "seat" else "proven"
        found[plane] = {"verdict": verdict, "why": why if plane in unproven else "read back"}
    return found


def leaver(hours: float, subject: str, left: float | None, *unproven: str, stage: str = "", **more: Any) -> dict[str, Any]:
    """The outcome of somebody's leaving."""
    times = {"left_at": at(left)} if left is not None else {}
    times["proven_at"] = at(hours) if not unproven else ""
    operations = more.pop("operations", TAKEN)
    planned = stage == "planned"
    return line(hours, "leaver", stage or ("failed" if unproven else "done"), subject, operations, {} if planned else said(*unproven), times, **more)


def line(
    hours: float,
    kind: str,
    stage: str,
    subject: str,
    operations: Iterable[Mapping[str, Any]] = (),
    verdicts: Mapping[str, Any] | None = None,
    times: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A record, and around it what the ledger adds; ``entries`` gives it number and digest."""
    made = record(kind, stage, subject, operations=operations, verdicts=verdicts, times=times, note=more.pop("note", ""))
    around = {"run": {"id": "job-1", "by": "awx"}, "requested_by": "hr", "approved_by": "boss", **more}
    return {**made, "at": at(hours).replace("Z", ".000000Z"), **around}


def lines(records: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """The same as lines of a ledger."""
    head, made = Head(), []
    for one in records:
        plain = {name: one[name] for name in record("custom", "done", "x")}
        chain = Chain(head, "test", one["at"], one["run"], one["requested_by"], one["approved_by"])
        made.append(chain.line(plain))
        head = chain.head
    return made


def ledger(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    path.write_bytes(b"".join(one + b"\n" for one in lines(records)))
    return path


def entries(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same as what is read, without the cost of a chain."""
    return [{**one, "number": number, "digest": f"{number:064x}"} for number, one in enumerate(records, 1)]


def made(records: Iterable[Mapping[str, Any]], people: Iterable[Any] = (), chain: Found | None = None, **options: Any) -> Report:
    """The report of some records. options: of Options."""
    reading = Reading(Options(**options))
    found = entries(records)
    for entry in found:
        reading.take(entry)
    return report(reading, chain or Found(records=len(found), head=found[-1]["digest"] if found else "", anchor="1:0"), people)


def person(key: str, phase: str = "left", left_at: str = "", since: str = "") -> dict[str, Any]:
    """Somebody of a roster."""
    return {"key": key, "phase": phase, "left_at": left_at, "since": since, "user": {"external_id": key, "user_name": f"{key}@example.com"}, "groups": []}


def company() -> list[dict[str, Any]]:
    """Three months of joiners, movers and leavers, with what goes wrong."""
    found = []
    for number in range(60):
        found.append(
            line(
                number * 31 + 1, "joiner", "done", f"j{number}", [{"plane": "account", "verb": "create", "what": ""}], said(planes=("account", "groups")),
                run={"id": f"sync-{number // 5}", "by": "awx"},
            )
        )
    for number in range(25):
        found.append(
            line(
                number * 67 + 30, "mover", "done", f"j{number}", [{"plane": "groups", "verb": "add", "what": "Sales"}], said(planes=("groups",)),
                run={"id": f"sync-{number // 4}", "by": "awx"},
            )
        )
    for number in range(40):
        begin, took = number * 48.0 + 20, (0.05, 0.4, 2.5, 7.0, 18.0)[number % 5]
        found.append(leaver(begin + took - 0.01, f"{2000 + number}", begin, stage="planned", run={"id": f"leave-{number}", "by": "awx"}))
        found.append(leaver(begin + took, f"{2000 + number}", begin, run={"id": f"leave-{number}", "by": "awx"}))
    found.append(leaver(900, "1815", 850, "sessions", run={"id": "leave-late", "by": "ada"}, approved_by="HR"))
    found.append(leaver(940, "1815", 850, run={"id": "leave-late-2", "by": "ada"}, approved_by="HR"))
    found.append(leaver(1500, "1791", 1490, "account", "sessions", note="403 Forbidden", run={"id": "leave-x", "by": "awx"}, approved_by=""))
    found.append(leaver(1600, "1906", 1590, stage="planned", run={"id": "killed", "by": "awx"}))
    found.append(line(1700, "reinstate", "done", "2003", [{"plane": "account", "verb": "activate", "what": "active"}], said(planes=("account",))))
    found.append(line(1710, "mover", "failed", "j7", [{"plane": "groups", "verb": "add", "what": "Sales"}], said("groups", planes=("groups",))))
    found.append(line(1720, "directory_sync", "done", "run:0f3a", [{"plane": "groups", "verb": "add", "what": "Staff"}] * 7))
    found.append(line(1730, "leaver", "refused", "break-glass", [], {}, {"left_at": at(1725)}, note="the account is protected"))
    return sorted(found, key=lambda one: one["at"])
