# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an HR system would have exported on any day, told from the last extract and the history of jobs (see ``extracts.py``).

    for day in change_days():
        write(as_csv(as_of(day)))     # read it with MAPPING

On the last of these days, and ever after, it is the extract.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from tests.extracts import ORACLE, ORACLE_JOBS, ORACLE_MAPPING

Row = dict[str, str]

_DAY = timedelta(days=1)
NOTICE = timedelta(days=10)  # so long before it, the system knows of a start or an end

MAPPING = {**ORACLE_MAPPING, "status": "status", "last_day": "last_day"}


@dataclass(frozen=True)
class Job:
    """What somebody did from a day to a day. Jobs of which the history says nothing have no title. end: ``None`` if it goes on."""

    start: date
    end: date | None
    title: str
    department: str


def _read(path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def jobs() -> Mapping[str, tuple[Job, ...]]:
    """The jobs of everybody in the extract, in their order, by employee_id. Where there is a gap, they were away."""
    before: dict[str, list[Job]] = {}
    for row in sorted(_read(ORACLE_JOBS), key=lambda row: row["start_date"]):
        dates = date.fromisoformat(row["start_date"]), date.fromisoformat(row["end_date"])
        before.setdefault(row["employee_id"], []).append(Job(*dates, row["job_title"], row["department"]))
    found = {}
    for row in _read(ORACLE):
        past, hired = before.get(row["employee_id"], []), date.fromisoformat(row["hire_date"])
        if past and hired < past[0].start:  # they were there, and nobody wrote down as what
            past = [Job(hired, past[0].start - _DAY, "", ""), *past]
        since = max(hired, past[-1].end + _DAY) if past else hired
        found[row["employee_id"]] = (*past, Job(since, None, row["job_title"], row["department"]))
    return found


def change_days() -> list[date]:
    """The days on which the export shows something new, or on which somebody's first or first free day is."""
    found = set()
    for career in jobs().values():
        for job in career:
            found |= {job.start, job.start - NOTICE}
            if job.end:
                found |= {job.end + _DAY, job.end - NOTICE}
    return sorted(found)


def as_of(day: date) -> list[Row]:
    """The export of a day: the columns of the extract, and ``status`` and ``last_day``; whoever comes in NOTICE or sooner is in it."""
    rows = [_as_of(day, row, jobs()[row["employee_id"]]) for row in _read(ORACLE)]
    return [row for row in rows if row]


def _as_of(day: date, extract: Row, career: tuple[Job, ...]) -> Row | None:
    begun = [job for job in career if job.start <= day]
    ahead = next((job for job in career if day < job.start <= day + NOTICE), None)
    if not begun:
        return {**extract, **_shown(ahead), "hire_date": ahead.start.isoformat(), "status": "prehire", "last_day": ""} if ahead else None
    job, number = begun[-1], len(begun)
    while number > 1 and begun[number - 2].end + _DAY == begun[number - 1].start:
        number -= 1
    hired = begun[number - 1].start
    if hired < date.fromisoformat(extract["hire_date"]) <= day:
        hired = date.fromisoformat(extract["hire_date"])  # one of them changed contracts in between
    follows = any(later.start == job.end + _DAY for later in career) if job.end else True
    last_day = "" if follows or day < job.end - NOTICE else job.end.isoformat()
    gone = not follows and day > job.end
    if gone and ahead:
        return {**extract, **_shown(ahead), "hire_date": ahead.start.isoformat(), "status": "prehire", "last_day": last_day}
    return {**extract, **_shown(job), "hire_date": hired.isoformat(), "status": "terminated" if gone else "active", "last_day": last_day}


def _shown(job: Job) -> Row:
    return {"job_title": job.title, "department": job.department}


def as_csv(rows: Iterable[Row]) -> str:
    """Rows as a file of the HR system."""
    rows = list(rows)
    text = io.StringIO()
    columns = [*_read(ORACLE)[0], "status", "last_day"]
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
