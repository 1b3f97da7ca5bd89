# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A roster: sources are read, people and their phases follow from the rows, and the gate looks at all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .accepted_file import checksum_beside, read_accepted
from .core.errors import InvalidInput
from .core.roster.acceptance import LastRun, acceptance, remembered
from .core.roster.checks import nameless_findings, record_findings, settled
from .core.roster.comparison import number_findings, people_findings
from .core.roster.correlation import Changes, accounts_of, changes
from .core.roster.days import instant_of, shown
from .core.roster.file_checks import content_digest, file_findings, problem_findings
from .core.roster.findings import REFUSE, Finding, SourceRefused, refused
from .core.roster.gate import CHECKS, Gate, gate
from .core.roster.grants import grants
from .core.roster.known import Known, known
from .core.roster.people import Roster, people
from .core.roster.person import PHASES, Person
from .core.roster.rules import rules
from .core.roster.settings import Settings
from .options import Spec
from .roster_source import SOURCES_SPEC, Extract, read_roster

SPEC: Spec = {
    **SOURCES_SPEC,
    "instant": {"type": "str", "required": True},
    "phases": {
        "type": "dict",
        "options": {
            "stage_ahead": {"type": "str", "default": "7d"},
            "look_ahead": {"type": "str", "default": "14d"},
            "end_early": {"type": "str", "default": "0"},
            "on_leave": {"type": "str", "choices": ["keep", "deactivate"], "default": "keep"},
            "default_time_zone": {"type": "str", "default": "UTC"},
            "statuses": {"type": "dict"},
        },
    },
    "rules": {"type": "list", "elements": "dict"},
    "grants": {
        "type": "list",
        "elements": "dict",
        "options": {name: {"type": "str", "required": True} for name in ("person", "group", "reason", "until")},
    },
    "gate": {"type": "dict", "options": {name: {"type": "raw", "no_log": False} for name in CHECKS}},  # a duplicate_key is no secret
    "accepted_file": {"type": "path"},
    "remember_days": {"type": "int", "default": 400},
    "known": {"type": "list", "elements": "dict"},
    "max_reported": {"type": "int", "default": 200},
}


@dataclass(frozen=True)
class _Memory:
    """What the sources are compared with: the last run, and the users of the server, each None if there is none."""

    last: LastRun | None
    server: Known | None


def roster(params: Mapping[str, Any], *, write: bool) -> dict[str, Any]:
    """What roster_info returns. params: as AnsibleModule gives them for ``SPEC``. write: nothing is written in any case.

    Raises InvalidInput for a wrong option or a file that cannot be read, SourceRefused where the gate stays closed.
    """
    for option in ("remember_days", "max_reported"):
        if params[option] < 0:
            raise InvalidInput(f"{option} is {params[option]}; it has to be 0 or more")
    at = instant_of(params["instant"])
    settings, given_rules, given_grants = Settings.from_options(params["phases"]), rules(params["rules"]), grants(params["grants"])
    checks = gate(params["gate"])
    memory = _Memory(read_accepted(params["accepted_file"]), known(params["known"]))
    extract = read_roster(params["sources"], params["mapping"])
    records, withheld = settled(extract.records)
    found = people(records, at, settings, given_rules, given_grants)
    here = {person.key for person in found.people}
    withheld = sorted({*withheld, *(record.key for record in records), *(problem.key for problem in extract.problems if problem.key)} - here)
    now = {person.key: remembered(person) for person in found.people}
    compared = changes(found.people, withheld, now, memory.last, memory.server)
    findings = [
        *_of_sources(extract, at, memory, checks),
        *record_findings(extract.records, checks, settings.status_of),
        *problem_findings(found.problems, checks),
        *nameless_findings(found.people, checks),
        *people_findings(found.people, withheld, now, memory.last, memory.server, checks),
    ]
    findings.sort(key=lambda finding: finding.severity != REFUSE)  # what matters comes first
    most = params["max_reported"]
    told = {
        "findings": [finding.shown(most) for finding in findings],
        "counts": {phase: sum(person.phase.name == phase for person in found.people) for phase in PHASES},
        "files": [{"path": file.path, "rows": file.rows, "sha256": file.sha256, "mtime": file.mtime} for file in extract.files],
        "instant": shown(at),
    }
    if refused(findings):
        raise SourceRefused(findings, {**told, "people": [], "withheld": withheld[:most], "changes": compared.shown(most)})
    accepted = acceptance(at, _rows(extract), now, withheld, content_digest(extract.files), memory.last, params["remember_days"])
    told["withheld_accounts"] = accounts_of(withheld, extract.records, memory.last)
    return {**told, **_returned(found, withheld, compared, accepted), "warnings": [finding.said() for finding in findings]}


def _of_sources(extract: Extract, at: datetime, memory: _Memory, checks: Gate) -> list[Finding]:
    """What is wrong with the sources as such."""
    beside = {file.path: checksum_beside(file.path) for file in extract.files}
    return [
        *file_findings(extract.files, extract.records, beside, at, memory.last, checks),
        *number_findings({file.path: file.rows for file in extract.files}, memory.last, memory.server, checks),
        *problem_findings(extract.problems, checks),
    ]


def _rows(extract: Extract) -> int:
    return sum(file.rows for file in extract.files)


def _returned(found: Roster, withheld: Sequence[str], compared: Changes, accepted: LastRun) -> dict[str, Any]:
    """What is returned once the gate is open: in full, because workflows need all of it."""
    return {
        "people": [person.shown() for person in found.people],
        "withheld": withheld,
        "managers": found.managers,
        "changes": compared.shown(),
        "acceptance": accepted.shown(),
        "digest": _digest(found.people),
    }


def _digest(found: Sequence[Person]) -> str:
    """The same for the same people, in whatever order and place the sources have them."""
    plain = [{name: value for name, value in person.shown().items() if name != "place"} for person in sorted(found, key=lambda person: person.key)]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
