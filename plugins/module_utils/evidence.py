# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module evidence: records that say something new are appended to the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .client.throttle import Clock
from .core.approval import refuse_unapproved
from .core.ledger.chain import Chain, Head
from .core.ledger.given import normal, text
from .core.ledger.query import micro
from .core.ledger.record import DONE, record
from .core.ledger.sameness import Latest
from .evidence_options import signing, waiting
from .ledger.file import LedgerFile, new_id

_MOST_IN_DIFF = 100

Params = Mapping[str, Any]
Result = dict[str, Any]


def append(params: Params, *, write: bool) -> Result:
    """The result of the task. write: do it; without, the result says what would be done, and nothing is made.

    Raises InvalidInput, Refused, LifecycleError.
    """
    requested_by = text(params["requested_by"], "requested_by")
    approved_by = text(params["approved_by"], "approved_by")
    run = {name: text((params["run"] or {}).get(name), f"run.{name}") for name in ("id", "by")}
    refuse_unapproved(requested_by, approved_by, required=params["require_approval"], option="")
    records = normal(params["records"])
    sign = signing(params)
    clock = Clock()
    with LedgerFile(params["path"], write=write, wait=waiting(params, clock)) as file:
        now = micro(clock.today())  # whoever waited for the file wants the time since then
        chain = Chain(file.head, new_id(), now, run, requested_by, approved_by, sign)
        new = _new(records, file)
        already_there = len(records) - len(new)
        if file.mended and not new:
            new = [record("custom", DONE, "ledger", note="a torn last line was set aside")]
        lines = [chain.line(one, file.mended if number == 0 else None) for number, one in enumerate(new)]
        file.append(lines)
        before = file.head
    head = chain.head if write else before
    return {
        "changed": bool(lines) or file.unended,
        "appended": len(lines),
        "already_there": already_there,
        "head": {"number": head.number, "digest": head.digest},
        "anchor": head.anchor,
        "mended": file.mended,
        "diff": {"before": {"records": before.number}, "after": {"records": before.number + len(lines), "new": new[:_MOST_IN_DIFF]}},
        "warnings": list(_warnings(file, before, now, bool(lines))),
    }


def _new(records: list[dict[str, Any]], file: LedgerFile) -> list[dict[str, Any]]:
    """The records that say something new."""
    latest = Latest(records)
    for line in file.lines() if records else ():
        latest.feed(line)
    new = []
    for one in records:
        if not latest.is_known(one):
            latest.note(one)
            new.append(one)
    return new


def _warnings(file: LedgerFile, before: Head, now: str, appended: bool) -> Iterator[str]:
    if file.mode & 0o022:
        yield f"{file.path} can be written by others (mode {file.mode:04o}), who can write all of it anew; give it the mode 0600"
    if file.torn:
        yield f"{file.path} ended in a torn line of {len(file.torn):,} bytes: whoever wrote it was stopped; it is set aside in {file.path}.torn"
    if file.unended:
        yield f"{file.path} ended in a record whose line had no end: whoever wrote it was stopped; the end was added"
    if appended and now < before.at:
        yield f"the clock of this host shows {now}, and the last record is of {before.at}: the new ones have that time, and the clock's beside it"
