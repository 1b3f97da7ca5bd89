# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the real HR extracts are, and how their columns are read."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).parents[1]
ORACLE = _ROOT / "sandbox" / "demo" / "hr" / "employees.csv"  # 107 people, clean
ORACLE_JOBS = _ROOT / "tests" / "data" / "hr" / "oracle-hr-job-history.csv"  # 10 positions that some of them had before
ENTRA = _ROOT / "tests" / "data" / "hr" / "entra-employees.csv"  # 332 rows, messy

ORACLE_MAPPING = {
    "person_id": "employee_id",
    "user_name": {"column": "email", "lower": True},
    "name.given_name": "first_name",
    "name.family_name": "last_name",
    "display_name": {"join": ["first_name", "last_name"]},
    "work_email": {"column": "email", "lower": True},
    "work_phone": "phone",
    "title": "job_title",
    "department": "department",
    "start_date": "hire_date",
    "manager_id": "manager_id",
    "status": {"constant": "active"},
}

# As Microsoft maps it: PowerShell/CSV2SCIM/Samples/AttributeMapping.psd1 of AzureAD/entra-id-inbound-provisioning.
ENTRA_MAPPING = {
    "person_id": "WorkerID",
    "status": {"column": "WorkerStatus", "lower": True},
    "user_name": "UserID",
    "name.given_name": "FirstName",
    "name.family_name": "LastName",
    "display_name": "FullName",
    "user_type": "WorkerType",
    "title": "JobTitle",
    "work_address.street_address": "StreetAddress",
    "work_address.locality": "City",
    "work_address.postal_code": "ZipCode",
    "work_address.country": "CountryCode",
    "work_phone": "OfficePhone",
    "employee_number": "WorkerID",
    "cost_center": "CostCenter",
    "organization": "Company",
    "division": "Division",
    "department": "Department",
    "manager_id": "ManagerID",
    "start_date": "HireDate",
    "facts.location": "Location",
    "facts.on_leave": "OnLeave",
}
