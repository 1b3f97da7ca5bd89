# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests the tasks of Access cost, exactly, each on an account of its own.

The account: groups "Group 1", "Group 2" ..., reusable policies "Policy 1", "Policy 2" ..., all with somebody in them, ten
applications, Entra ID as the identity provider, and three people, of whom Ada is logged in. Cloudflare lists 1,000 groups, applications and
users a page, and 100 policies.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import sandbox
from sandbox.cloudflare import Cloudflare
from tests.benchmark.scenarios import counted
from tests.in_process import Result, run, time_flies

ADA = "ada@example.com"
GROUPS = 20
APPLICATIONS = 10
STAFF = [{"email_domain": "example.com"}]
WITHOUT_ADA: dict[str, Any] = {"selector": {"email": ADA}, "state": "absent", "everywhere": True}
LEFT = {"email": ADA, "sessions": "absent", "devices": True, "seat": "absent"}


class Scenario(NamedTuple):
    """A task. costs: its requests. policies: how many are there before. naming: how many of them name Ada.

    again: whether it is run twice, and the second run counts. changed: whether that changes something.
    """

    module: str
    options: dict[str, Any]
    costs: str
    changed: bool = False
    policies: int = 50
    naming: int = 0
    again: bool = False


SCENARIOS = {
    "policy, nothing to do, by id": Scenario("access_policy", {"id": "policy 7", "include": STAFF}, "1 GET"),
    "policy, nothing to do, by name": Scenario("access_policy", {"name": "Policy 7", "include": STAFF}, "1 GET"),
    "policy, nothing to do, by name, a group named": Scenario(
        "access_policy", {"name": "Policy 8", "require": [{"group": "Group 1"}]}, "2 GET"
    ),
    "policy, nothing to do, by name, one of 500": Scenario(
        "access_policy", {"name": "Policy 7", "include": STAFF}, "5 GET", policies=500
    ),
    "policy, updated, by id": Scenario(
        "access_policy", {"id": "policy 7", "session_duration": "2h"}, "2 GET, 1 PUT", changed=True
    ),
    "group, nothing to do, by id": Scenario("access_group", {"id": "group 7", "include": STAFF}, "1 GET"),
    "group, nothing to do, by name": Scenario("access_group", {"name": "Group 7", "include": STAFF}, "1 GET"),
    "group, nothing to do, by name, a group named": Scenario(
        "access_group", {"name": "Group 8", "exclude": [{"group": "Group 1"}]}, "1 GET"
    ),
    "group, created": Scenario("access_group", {"name": "New", "include": STAFF}, "2 GET, 1 POST", changed=True),
    "group, updated": Scenario(
        "access_group", {"name": "Group 7", "exclude": [{"email": ADA}]}, "2 GET, 1 PUT", changed=True
    ),
    "group, deleted": Scenario("access_group", {"name": "Group 7", "state": "absent"}, "4 GET, 1 DELETE", changed=True),
    "groups read, and what names them": Scenario("access_group_info", {"usage": True}, "3 GET"),
    "a person out of everything, named nowhere": Scenario("access_selector", WITHOUT_ADA, "3 GET"),
    "a person out of everything, named in 1 of 50 policies": Scenario(
        "access_selector", WITHOUT_ADA, "4 GET, 1 PUT", changed=True, naming=1
    ),
    "a person out of everything, named in 25 of 500 policies": Scenario(
        "access_selector", WITHOUT_ADA, "12 GET, 25 PUT", changed=True, policies=500, naming=25
    ),
    "a person out of everything, named in 400 of 500 policies": Scenario(
        "access_selector", WITHOUT_ADA, "12 GET, 400 PUT", changed=True, policies=500, naming=400
    ),
    "a person out of everything, named in 25 of 500 policies, run again": Scenario(
        "access_selector", WITHOUT_ADA, "7 GET", policies=500, naming=25, again=True
    ),
    "a person into two groups": Scenario(
        "access_selector", {"selector": {"email": ADA}, "groups": ["Group 7", "Group 8"]}, "2 GET, 2 PUT", changed=True
    ),
    "identity provider, nothing to do, by name": Scenario(
        "access_identity_provider", {"name": "Entra ID", "scim": {"enabled": False}}, "1 GET"
    ),
    "sessions and seat of a person, nothing to do": Scenario("access_user", {**LEFT, "email": "bob@example.com"}, "2 GET"),
    "sessions and seat of a person, ended and freed": Scenario("access_user", LEFT, "4 GET, 1 PATCH, 1 POST", changed=True),
    "whether a person can get in, everywhere": Scenario("access_decision_info", {"email": ADA}, "2 GET"),
    "whether 3 people can get in, everywhere": Scenario("access_decision_info", {"everybody": True}, "3 GET"),
    "a person read": Scenario("access_user_info", {"email": ADA}, "5 GET"),
}


def seeded(cloudflare: Cloudflare, scenario: Scenario) -> dict[str, str]:
    """Fill an account. Gives ids by name, in small letters."""
    domain = {"email_domain": {"domain": "example.com"}}
    ada = {"email": {"email": ADA}}
    ids = {}
    for number in range(1, GROUPS + 1):
        fields = {"exclude": [{"group": {"id": ids["group 1"]}}]} if number == 8 else {}
        ids[f"group {number}"] = cloudflare.seed_group(f"Group {number}", [domain], **fields)["id"]
    for number in range(1, scenario.policies + 1):
        fields = {"require": [{"group": {"id": ids["group 1"]}}]} if number == 8 else {}
        include = [domain, ada] if number <= scenario.naming else [domain]
        ids[f"policy {number}"] = cloudflare.seed_policy(f"Policy {number}", "allow", include, **fields)["id"]
    cloudflare.seed_idp("Entra ID")
    cloudflare.seed_user(ADA, sessions=2, devices=1, identity={"groups": []})
    for name in ("bob", "eve"):
        cloudflare.seed_user(f"{name}@example.com", sessions=0, access_seat=False, gateway_seat=False)
    for number in range(1, APPLICATIONS + 1):
        cloudflare.seed_app(f"Application {number}", policies=[ids["policy 8"], ids["policy 1"]])
    return ids


@contextmanager
def served(scenario: Scenario) -> Iterator[tuple[sandbox.Running, dict[str, Any]]]:
    """A sandbox with the account of a scenario, and the options of its task."""
    with sandbox.running() as service:
        ids = seeded(service.cloudflare, scenario)
        options = {name: ids.get(value, value) if name == "id" else value for name, value in scenario.options.items()}
        yield service, {**service.cloudflare.options(), **options}


def measured(scenario: Scenario) -> tuple[Result, str]:
    """What the task returns, and what it costs."""
    with served(scenario) as (service, options), time_flies() as slept:
        service.cloudflare.set_clock(lambda: time.time() + sum(slept))  # so that its rate limit sees the waiting of the task
        done = run(scenario.module, options)
        if scenario.again:
            service.reset_requests()
            done = run(scenario.module, options)
        return done, counted(service)


def wrong_counts() -> list[str]:
    """What of the table is not as it is."""
    found = {title: (measured(scenario)[1], scenario.costs) for title, scenario in SCENARIOS.items()}
    return [f"{title}: {is_}, not {said} as in tests/benchmark/access.py" for title, (is_, said) in found.items() if is_ != said]


def table() -> Sequence[Sequence[str]]:
    return [("task", "requests"), *((title, scenario.costs) for title, scenario in SCENARIOS.items())]
