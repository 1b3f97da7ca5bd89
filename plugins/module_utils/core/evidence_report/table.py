# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records as CSV for whoever filters and counts in a spreadsheet: a row for each record and plane.

RFC 4180: commas, CRLF, quotes where they are needed. UTF-8 with a byte order mark, without which Excel takes it for something else.
What a spreadsheet would take for a formula gets an apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..approval import same_person
from ..events.texts import encodable
from ..ledger.line import Line

MARK = "\ufeff"
HEADINGS = (
    "number",
    "at",
    "kind",
    "stage",
    "subject",
    "name",
    "leaving",  # the number of the first record of the leaving that it is about
    "plane",
    "verdict",
    "why",
    "operations",
    "left_at",
    "proven_at",
    "hours_to_proof",
    "run",
    "run_by",
    "requested_by",
    "approved_by",
    "approval",
    "plan",
    "note",
    "digest",
)
# Those of OWASP and their full-width forms, which Excel takes for the same.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def rows(line: Line, leaving: int, names: Mapping[str, str]) -> Iterator[list[str]]:
    """The rows of one record: one for each plane that has a verdict or was changed, one alone if there is none."""
    done: dict[str, list[str]] = {}
    for plane, verb, what in line.operations:
        done.setdefault(plane, []).append(f"{verb} {what}".strip())
    hours, approval = line.hours, _approval(line)
    for plane in [*line.verdicts, *(plane for plane in done if plane not in line.verdicts)] or [""]:
        verdict, why = line.verdicts.get(plane, ("", ""))
        yield [
            str(line.number),
            line.at,
            line.kind,
            line.stage,
            line.subject,
            names.get(line.subject, ""),
            str(leaving) if leaving else "",
            plane,
            verdict,
            why,
            "; ".join(done.get(plane, ())),
            line.times.get("left_at", ""),
            line.times.get("proven_at", ""),
            "" if hours is None else f"{hours:.2f}",
            line.run,
            line.run_by,
            line.requested_by,
            line.approved_by,
            approval,
            line.plan,
            line.note,
            line.digest,
        ]


def written(lines: Iterable[Sequence[str]]) -> str:
    """Rows as text, each with its end."""
    target = _Collected()
    csv.writer(target, lineterminator="\r\n").writerows([[neutral(cell) for cell in row] for row in lines])
    return "".join(target.parts)


def neutral(cell: str) -> str:
    """A text that no spreadsheet computes, and that can be encoded."""
    if not cell:
        return cell
    said = encodable(cell).replace("\0", "\ufffd")
    return f"'{said}" if said.startswith(_FORMULA) else said


def _approval(line: Line) -> str:
    if not line.wrote:
        return "not needed"
    if not line.approved_by.strip():
        return "missing"
    return "own" if same_person(line.requested_by, line.approved_by) else "yes"


class _Collected:
    """Where the writer of the standard library puts its lines."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> Any:
        self.parts.append(text)
