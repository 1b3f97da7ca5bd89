# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks whose requests are counted, each on a sandbox of its own with a directory that is already there.

The directory: users u1@example.com, u2@example.com ... with the ids u1, u2 ... and the external ids e1, e2 ..., and as many
groups as are needed to see whether a list is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import sandbox
from tests.in_process import Result, run

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUPS = 20

# Everybody is changed here, which is what brakes are against.
NO_LIMIT = {"brakes": {"changes": {"number": 1_000_000, "percent": 100}}}


class Scenario(NamedTuple):
    """A task. users: how many are there before. members: of the group Engines, e1 ... changed: whether it changes something."""

    module: str
    options: dict[str, Any]
    changed: bool = False
    users: int = 50
    members: int = 0


def user(number: int) -> dict[str, Any]:
    """A user as they are seeded."""
    return {
        "schemas": [USER, ENTERPRISE],
        "id": f"u{number}",
        "externalId": f"e{number}",
        "userName": f"u{number}@example.com",
        "title": "Analyst",
        "active": True,
        ENTERPRISE: {"manager": {"value": "u1"}} if number > 1 else {},
    }


def group(name: str, members: int) -> dict[str, Any]:
    listed = [{"value": f"u{number}"} for number in range(1, members + 1)]
    return {"schemas": [GROUP], "id": name.lower(), "displayName": name, "members": listed}


def people(count: int, **attributes: Any) -> list[dict[str, Any]]:
    """Users 1 to count as entries of scim_directory."""
    return [
        {"external_id": f"e{n}", "user_name": f"u{n}@example.com", **attributes} for n in range(1, count + 1)
    ]


def names(count: int) -> list[str]:
    return [f"u{number}@example.com" for number in range(1, count + 1)]


SCENARIOS = {
    "user, nothing to do, by external_id": Scenario("scim_user", {"external_id": "e7", "title": "Analyst"}),
    "user, nothing to do, by user_name": Scenario(
        "scim_user", {"user_name": "u7@example.com", "title": "Analyst"}
    ),
    "user, nothing to do, by id": Scenario("scim_user", {"id": "u7", "title": "Analyst"}),
    "user, nothing to do, manager named": Scenario(
        "scim_user", {"external_id": "e7", "manager": "u1@example.com"}
    ),
    "user, nothing to do, already absent": Scenario("scim_user", {"external_id": "e99", "state": "absent"}),
    "user, created": Scenario(
        "scim_user", {"external_id": "e99", "user_name": "u99@example.com"}, changed=True
    ),
    "user, updated": Scenario("scim_user", {"external_id": "e7", "title": "Chief"}, changed=True),
    "user, updated, by id": Scenario("scim_user", {"id": "u7", "title": "Chief"}, changed=True),
    "user, deactivated": Scenario(
        "scim_user", {"external_id": "e7", "state": "absent", "absent_mode": "deactivate"}, changed=True
    ),
    "user, deleted": Scenario("scim_user", {"external_id": "e7", "state": "absent"}, changed=True),
    "group, nothing to do": Scenario("scim_group", {"display_name": "Engines"}, members=10),
    "group, nothing to do, one member named": Scenario(
        "scim_group", {"display_name": "Engines", "members": {"add": ["u7@example.com"]}}, members=10
    ),
    "group, created with two members": Scenario(
        "scim_group", {"display_name": "New", "members": {"add": ["u7@example.com", "e8"]}}, changed=True
    ),
    "group, one member added": Scenario(
        "scim_group",
        {"display_name": "Engines", "members": {"add": ["u30@example.com"]}},
        changed=True,
        members=10,
    ),
    "group, one member removed": Scenario(
        "scim_group",
        {"display_name": "Engines", "members": {"remove": ["u7@example.com"]}},
        changed=True,
        members=10,
    ),
    "group, 250 members set": Scenario(
        "scim_group", {"display_name": "Engines", "members": {"set": names(250)}}, changed=True, users=250
    ),
    "group of 1,000, nothing to do": Scenario(
        "scim_group", {"display_name": "Engines"}, users=1000, members=1000
    ),
    "group of 1,000, nothing to do, one member named": Scenario(
        "scim_group",
        {"display_name": "Engines", "members": {"add": ["u7@example.com"]}},
        users=1000,
        members=1000,
    ),
    "group, deleted": Scenario(
        "scim_group", {"display_name": "Engines", "state": "absent"}, changed=True, members=10
    ),
    "directory of 50 users, nothing to do": Scenario(
        "scim_directory", {"users": people(50, title="Analyst")}
    ),
    "directory of 50 users, all updated, one by one": Scenario(
        "scim_directory", {"users": people(50, title="Chief"), "bulk": "never", **NO_LIMIT}, changed=True
    ),
    "directory of 50 users, all updated, in Bulk": Scenario(
        "scim_directory", {"users": people(50, title="Chief"), "bulk": "auto", **NO_LIMIT}, changed=True
    ),
    "directory of 50 users, all created, one by one": Scenario(
        "scim_directory", {"users": people(50), "bulk": "never"}, changed=True, users=0
    ),
    "directory of 50 users, all created, in Bulk": Scenario(
        "scim_directory", {"users": people(50), "bulk": "auto"}, changed=True, users=0
    ),
    "one user read, by external_id": Scenario("scim_user_info", {"external_id": "e7"}),
    "one user read, by id": Scenario("scim_user_info", {"id": "u7"}),
    "all 50 users read": Scenario("scim_user_info", {}),
    "one group read": Scenario("scim_group_info", {"display_name": "Engines"}, members=10),
    "one group read with the names of 10 members": Scenario(
        "scim_group_info", {"display_name": "Engines", "resolve_members": True}, members=10
    ),
    "the groups of one user read": Scenario("scim_group_info", {"member": "u7@example.com"}, members=10),
    "the service read": Scenario("scim_service_info", {}),
    "the service probed": Scenario("scim_service_info", {"probe": True}),
}


@contextmanager
def served(scenario: Scenario, profile: str) -> Iterator[sandbox.Running]:
    """A sandbox with the directory of a scenario, of which nothing has been asked yet."""
    with sandbox.running(profile=profile) as service:
        service.seed(*(user(number) for number in range(1, scenario.users + 1)))
        service.seed(
            group("Engines", scenario.members), *(group(f"Group {number}", 0) for number in range(1, GROUPS))
        )
        yield service


def carried_out(scenario: Scenario, service: sandbox.Running) -> Result:
    common = {"url": service.url, "token": service.token}
    if not scenario.module.endswith("_info"):
        common["unkept_file"] = ""
    return run(scenario.module, {**common, **scenario.options})


def counted(service: sandbox.Running) -> str:
    """The requests that the service has seen, as in tests.benchmark.counts: reads first, then each kind of write."""
    counts = service.requests()["counts"]
    return ", ".join(
        f"{counts[method]} {method}"
        for method in sorted(counts, key=lambda method: (method != "GET", method))
    )
