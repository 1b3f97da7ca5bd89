# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people of the HR extract, as far as the demo asks about them itself."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

EXTRACT = Path(__file__).parent / "hr" / "employees.csv"


class Person(NamedTuple):
    """email: which is the user name, too. groups: those of the rules in roster.yml, worked out once more, by hand."""

    name: str
    email: str
    department: str
    groups: tuple[str, ...]


def read_people(extract: Path = EXTRACT) -> dict[str, Person]:
    """Everybody, by the number that HR gave them."""
    with extract.open(encoding="utf-8", newline="") as file:
        return {row["employee_id"]: _person(row) for row in csv.DictReader(file)}


def _person(row: dict[str, str]) -> Person:
    groups = ["Staff"] + ([row["department"]] if row["department"] else []) + (["Managers"] if "Manager" in row["job_title"] else [])
    return Person(f"{row['first_name']} {row['last_name']}", row["email"], row["department"], tuple(groups))
