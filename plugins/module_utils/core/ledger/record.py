# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a workflow has to say for the evidence, before it is chained.

Personal data is minimised: a record names people by an immutable id, attributes and groups by name, and holds no value of an
attribute. Whoever has to show names brings them to the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import InvalidInput

KINDS = ("joiner", "mover", "leaver", "reinstate", "directory_sync", "group_sync", "deletion", "custom")

PLANNED = "planned"  # before the first write
DONE = "done"
FAILED = "failed"  # something was not done, or is not proven
REFUSED = "refused"  # nothing was written
STAGES = (PLANNED, DONE, FAILED, REFUSED)


def record(
    kind: str,
    stage: str,
    subject: str,
    *,
    asked: Mapping[str, Any] | None = None,
    plan: str = "",
    operations: Iterable[Mapping[str, Any]] = (),
    verdicts: Mapping[str, Mapping[str, Any]] | None = None,
    times: Mapping[str, str] | None = None,
    note: str = "",
) -> dict[str, Any]:
    """One record.

    kind, stage: see KINDS, STAGES. subject: whom or what it is about, see ``person.subject_of``; ``group:NAME`` or ``run:DIGEST``
    otherwise. asked: what was wanted, in a few words by name. plan: the digest of the plan, "" if there is none.
    operations: ``[{"plane", "verb", "id", "what"}]``; what names attributes or groups, never values.
    verdicts: by plane, ``{"verdict", "why"}``. times: left_at, started_at, proven_at, ... as instants in UTC.
    Raises InvalidInput.
    """
    for name, value, choices in (("kind", kind, KINDS), ("stage", stage, STAGES)):
        if value not in choices:
            raise InvalidInput(f"{name} of a record is {value!r}; choose one of {', '.join(choices)}")
    if not subject:
        raise InvalidInput("a record has no subject; name the person by external_id, a group as group:NAME, or the run as run:DIGEST")
    return {
        "kind": kind,
        "stage": stage,
        "subject": subject,
        "asked": dict(asked or {}),
        "plan": plan,
        "operations": [
            {"plane": str(one.get("plane", "")), "verb": str(one.get("verb", "")), "id": str(one.get("id") or ""), "what": str(one.get("what") or "")}
            for one in operations
        ],
        "verdicts": {plane: {"verdict": str(one.get("verdict", "")), "why": str(one.get("why") or "")} for plane, one in (verdicts or {}).items()},
        "times": {name: time for name, time in (times or {}).items() if time},
        "note": note,
    }
