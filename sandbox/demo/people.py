# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of an HR extract as people in the words of scim_user's options."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

EXTRACT = Path(__file__).parent / "hr" / "employees.csv"


def read_people(extract: Path = EXTRACT) -> list[dict[str, Any]]:
    """One dictionary per row. A column that is empty is left out: it says nothing."""
    with extract.open(encoding="utf-8", newline="") as file:
        return [_person(row) for row in csv.DictReader(file)]


def _person(row: dict[str, str]) -> dict[str, Any]:
    person = {
        "external_id": row["employee_id"],
        "user_name": row["email"],
        "display_name": f"{row['first_name']} {row['last_name']}",
        "name": {"given_name": row["first_name"], "family_name": row["last_name"]},
        "emails": [{"value": row["email"], "type": "work", "primary": True}],
        "phone_numbers": [{"value": row["phone"], "type": "work"}] if row["phone"] else [],
        "title": row["job_title"],
        "employee_number": row["employee_id"],
        "department": row["department"],
        "manager": row["manager_id"],  # the manager's external_id
        "groups": [row["department"]] if row["department"] else [],
    }
    return {option: value for option, value in person.items() if value}
