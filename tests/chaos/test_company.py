# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A company's first load on a bad day, then nothing to do, then the changes of a day."""

from __future__ import annotations

from typing import Any

import sandbox
from tests.chaos.courses import ensure
from tests.chaos.small_company import doubles
from tests.in_process import counts

PEOPLE, TEAMS = 1500, 30


def users(changed: range = range(0)) -> list[dict[str, Any]]:
    """Everybody; the first of each team manages it. changed: the numbers of those who have another title than before."""
    return [
        {
            "external_id": f"hr-{number}",
            "user_name": f"user{number}@example.com",
            "title": "Director" if number in changed else "Engineer",
            **({"manager": f"hr-{number % TEAMS}"} if number >= TEAMS else {}),
        }
        for number in range(PEOPLE)
    ]


def groups() -> list[dict[str, Any]]:
    teams: list[list[str]] = [[] for dummy in range(TEAMS)]
    for number in range(PEOPLE):
        teams[number % TEAMS].append(f"hr-{number}")
    return [{"display_name": f"Team {number}", "members": {"set": members}} for number, members in enumerate(teams)]


def test_a_first_load_on_a_bad_day_and_the_day_after() -> None:
    options = {"bulk": "never", "concurrency": 8, "groups": groups()}
    with sandbox.running() as service:
        service.set_faults(["429=100:1", "drop_after_write=1000"])
        first = ensure(service, {**options, "users": users()})
        journal = service.requests()
        assert not first.failed, first["msg"]
        assert first["counts"] == counts(create=PEOPLE + TEAMS)
        statuses = [entry["status"] for entry in journal["requests"]]
        assert (statuses.count(429) > PEOPLE // 200, statuses.count(None)) == (True, 1)
        assert sum(entry["applied"] for entry in journal["requests"]) == PEOPLE + TEAMS
        assert doubles(service) == []
        assert {len(one["members"]) for one in service.stored() if "members" in one} == {PEOPLE // TEAMS}

        service.reset_requests()
        again = ensure(service, {**options, "users": users()})
        assert (again.failed, again.changed, service.requests()["writes"]) == (False, False, 0)
        assert again["counts"] == counts(unchanged=PEOPLE + TEAMS)

        service.reset_requests()
        changed = range(700, 700 + PEOPLE // 100)
        third = ensure(service, {**options, "users": users(changed)})
        assert third["counts"] == counts(update=len(changed), unchanged=PEOPLE + TEAMS - len(changed))
        ids = {one["externalId"]: one["id"] for one in service.stored() if one.get("externalId")}
        written = sorted(entry["path"] for entry in service.requests()["requests"] if entry["applied"])
        assert written == sorted(f"/scim/v2/Users/{ids[f'hr-{number}']}" for number in changed)
        assert sum(one.get("title") == "Director" for one in service.stored()) == len(changed)
