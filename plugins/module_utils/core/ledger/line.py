# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A line of the ledger as whoever judges it reads it. A ledger that was tampered with may hold anything, and is read all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..instants import moment

PROVEN = "proven"
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Line:
    """One record. at: when it was appended, as written; when: the same as a point in time, ``None`` if it is none.

    operations: plane, verb, what. verdicts: by plane, the verdict and why. What is missing or of another type is empty.
    """

    number: int = 0
    at: str = ""
    when: datetime | None = None
    kind: str = ""
    stage: str = ""
    subject: str = ""
    operations: tuple[tuple[str, str, str], ...] = ()
    verdicts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    times: Mapping[str, str] = field(default_factory=dict)
    plan: str = ""
    note: str = ""
    run: str = ""
    run_by: str = ""
    requested_by: str = ""
    approved_by: str = ""
    digest: str = ""

    @property
    def wrote(self) -> bool:
        """Whether something was changed, or was about to be."""
        return bool(self.operations)

    @property
    def proven_at(self) -> datetime | None:
        """When what it proves was read: what it says itself, unless that is later than the record."""
        said = moment(self.times.get("proven_at"))
        return said if said and (self.when is None or said <= self.when) else self.when

    @property
    def hours(self) -> float | None:
        """From the HR event to the proof; ``None`` if it proves nothing or no event is told."""
        left, proven = moment(self.times.get("left_at")), self.proven_at
        if left is None or proven is None or not is_proven(self.stage, self.verdicts):
            return None
        return max(0.0, (proven - left).total_seconds() / 3600)


def is_proven(stage: str, verdicts: Mapping[str, tuple[str, str]]) -> bool:
    """Whether an outcome leaves no doubt: the run did all, and every plane is proven, or there is nothing to prove on it."""
    said = {verdict for verdict, dummy in verdicts.values()}
    return stage == "done" and PROVEN in said and said <= {PROVEN, NOT_APPLICABLE}


def line_of(given: Any) -> Line:
    """The record that a line holds."""
    entry = given if isinstance(given, Mapping) else {}
    number, run, at = entry.get("number"), _mapping(entry.get("run")), _text(entry.get("at"))
    operations = entry.get("operations")
    return Line(
        number=number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10**18 else 0,
        at=at,
        when=moment(at),
        kind=_text(entry.get("kind")),
        stage=_text(entry.get("stage")),
        subject=_text(entry.get("subject")),
        operations=tuple(
            (_text(one.get("plane")), _text(one.get("verb")), _text(one.get("what") or one.get("id")))
            for one in (operations if isinstance(operations, list) else ())
            if isinstance(one, Mapping)
        ),
        verdicts={
            str(plane): (_text(one.get("verdict")).replace(" ", "_"), _text(one.get("why")))
            for plane, one in _mapping(entry.get("verdicts")).items()
            if isinstance(one, Mapping)
        },
        times={str(name): _text(value) for name, value in _mapping(entry.get("times")).items()},
        plan=_text(entry.get("plan")),
        note=_text(entry.get("note")),
        run=_text(run.get("id")),
        run_by=_text(run.get("by")),
        requested_by=_text(entry.get("requested_by")),
        approved_by=_text(entry.get("approved_by")),
        digest=_text(entry.get("digest")),
    )


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None or isinstance(value, (Mapping, list)) else str(value)
