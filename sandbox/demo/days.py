# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What HR exports one after the other, and one export that is broken, made of the extract."""

from __future__ import annotations

import csv
import io
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .people import EXTRACT

ZONE = ZoneInfo("America/Los_Angeles")  # as roster.yml says
MOVER, LEAVER, MISTAKEN = "115", "199", "107"  # who moves, who leaves, and who only seemed to
DOUBLED, SHORT = "107", "110"  # the rows that are wrong in the broken file

Row = dict[str, str]


class Day(NamedTuple):
    """An extract, and the instant at which it counts."""

    file: Path
    today: str


class Days(NamedTuple):
    """The extracts of the demo, in their order. All but the first two are of today, by the clock, so that the evidence shows true durations."""

    broken: Day
    first: Day
    second: Day
    third: Day
    corrected: Day


def write_days(folder: Path, now: datetime) -> Days:
    """Write the files. now: aware."""
    folder.mkdir(parents=True, exist_ok=True)
    with EXTRACT.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "status": "active", "last_day": ""} for row in csv.DictReader(file)]
    gone = {"status": "terminated", "last_day": (now.astimezone(ZONE) - timedelta(days=1)).date().isoformat()}
    moved = [_changed(row, MOVER, job_title="Programmer", department="IT", manager_id="103") for row in rows]
    second = [_changed(row, LEAVER, **gone) for row in moved]
    third = [_changed(row, MISTAKEN, **gone) for row in second]
    return Days(
        broken=_day(folder / "broken.csv", _broken(_text(rows)), now - timedelta(days=1, hours=1)),
        first=_day(folder / "first.csv", _text(rows), now - timedelta(days=1)),
        second=_day(folder / "second.csv", _text(second), now - timedelta(minutes=2)),
        third=_day(folder / "third.csv", _text(third), now - timedelta(minutes=1)),
        corrected=_day(folder / "corrected.csv", _text(second), now),
    )


def _changed(row: Row, key: str, **values: str) -> Row:
    return {**row, **values} if row["employee_id"] == key else row


def _text(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _broken(text: str) -> str:
    """What is not rare in exports: somebody is there twice, once as terminated, and a row has lost a field."""
    lines = text.splitlines(keepends=True)
    doubled = next(line for line in lines if line.startswith(f"{DOUBLED},")).replace(",active,", ",terminated,")
    return "".join([line.replace(",", ";", 1) if line.startswith(f"{SHORT},") else line for line in lines] + [doubled])


def _day(path: Path, text: str, at: datetime) -> Day:
    """The file was written just before."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at.timestamp() - 1,) * 2)
    return Day(path, at.strftime("%Y-%m-%dT%H:%M:%SZ"))
