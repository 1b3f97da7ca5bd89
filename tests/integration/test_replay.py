# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The history of a company, told by its HR export day after day, ends where the last export says; whatever is in between has a reason."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.hr_history import MAPPING, as_csv, as_of, change_days, jobs
from tests.integration.directory_days import BRAKES, GATE, Company
from tests.integration.role_days import role_days
from tests.integration.truth import stored

RULES = [
    {"name": "everybody", "groups": ["Staff"]},
    {"name": "departments", "groups": [{"from": "department", "prefix": "dept-"}]},
    {"name": "heads", "when": {"title": {"glob": "*Manager"}}, "groups": ["Heads"]},
]
# Thirteen years in an hour: the company grows and shrinks much from one export to the next, and superiors come later than their people.
LOOSE = {**GATE, **dict.fromkeys(("shrunken", "manager_left", "manager_danglers", "email_reused"), "off")}
OPTIONS = {"orphans": "remove", "brakes": BRAKES}


def days_of_the_history() -> list[date]:
    """The days on which those who had several jobs begin or are gone, and the last one."""
    found = {change_days()[-1]}
    for career in jobs().values():
        if len(career) > 1:
            found |= {job.start for job in career} | {job.end + timedelta(days=1) for job in career if job.end}
    return sorted(found)


def at_noon(day: date) -> str:
    return f"{day}T12:00:00Z"


def company(service: sandbox.Running, folder: Path) -> Company:
    folder.mkdir(exist_ok=True)
    return Company(service.url, service.token, folder, OPTIONS, mapping=MAPPING, rules=RULES, gate=LOOSE)


def directory(service: sandbox.Running, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """What is there, without what the service numbers; ids are told as names."""
    there = stored(service)
    by_id = {one["id"]: name for name, one in there.items()}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            # A service shows who a manager is beside the id, and addresses of its own.
            return {key: plain(part) for key, part in value.items() if key not in ("id", "meta", "$ref", "type", "displayName") or key == "displayName"}
        if isinstance(value, list):
            return sorted((plain(part) for part in value), key=str)
        return by_id.get(value, value)

    return {name: plain(one) for name, one in there.items() if name not in but}


def memberships(service: sandbox.Running) -> set[tuple[str, str]]:
    """Who is in which group: external id, group."""
    there = stored(service)
    external_ids = {one["id"]: one["externalId"] for one in there.values() if "userName" in one}
    return {(external_ids[member["value"]], name) for name, one in there.items() if "userName" not in one for member in one.get("members") or ()}


def test_every_day_has_its_reasons_and_the_last_one_is_the_extract(tmp_path: Path) -> None:
    days = days_of_the_history()
    assert len(days) > 15
    with sandbox.running() as service, sandbox.running() as fresh:
        here = company(service, tmp_path / "replay")
        seen: set[str] = set()
        for day in days:
            result = here.day(as_csv(as_of(day)), at_noon(day))
            assert not result["failed"], (day, result["msg"])
            reasons = {(person["key"], group["name"]): group["rule"] for person in here.people for group in person["groups"]}
            assert memberships(service) == set(reasons), day
            assert set(reasons.values()) <= {"everybody", "departments", "heads"}
            active = {one["externalId"] for one in stored(service).values() if one.get("active")}
            assert active == {person["key"] for person in here.people if person["account"] == "active"}, day
            seen |= {person["phase"] for person in here.people}
        assert {"active", "left"} <= seen, "somebody left, and came back"
        at_once = company(fresh, tmp_path / "fresh")
        assert not at_once.day(as_csv(as_of(days[-1])), at_noon(days[-1]))["failed"]
        emptied = tuple(name for name, one in stored(service).items() if "userName" not in one and not one.get("members"))
        assert directory(service, but=emptied) == directory(fresh)
        assert here.unfinished() == {}
        kinds = {one["kind"] for one in here.records() if one["stage"] == "done"}
        assert {"joiner", "mover", "leaver", "directory_sync"} <= kinds


@pytest.fixture(scope="module")
def three_days() -> list[tuple[str, str]]:
    """Those who had several jobs, and nobody else: the export and the instant of three days."""
    several = {key for key, career in jobs().items() if len(career) > 1}
    chosen = days_of_the_history()
    days = [chosen[1], chosen[len(chosen) // 2], chosen[-1]]
    return [(as_csv(row for row in as_of(day) if row["employee_id"] in several), at_noon(day)) for day in days]


def test_the_role_does_what_its_filters_do_in_a_row(three_days: list[tuple[str, str]], tmp_path: Path) -> None:
    with sandbox.running() as by_role, sandbox.running() as by_filters:
        there = company(by_filters, tmp_path / "filters")
        for file, instant in three_days:
            assert not there.day(file, instant)["failed"]
        here = company(by_role, tmp_path / "role")
        results = role_days(by_role, here, three_days)
        assert [result["failed"] for result in results] == [False, False, False], [result["msg"] for result in results]
        assert directory(by_role) == directory(by_filters)
        assert [told_of(one) for one in here.records()] == [told_of(one) for one in there.records()]
        for name in ("governed.json", "accepted.json"):
            assert (tmp_path / "role" / name).read_text().replace(" ", "") == (tmp_path / "filters" / name).read_text().replace(" ", "")


def told_of(record: dict[str, Any]) -> tuple[Any, ...]:
    subject = "run" if record["subject"].startswith("run:") else record["subject"]
    return (record["kind"], record["stage"], subject, record["operations"], record["verdicts"], record["asked"].get("groups"))
