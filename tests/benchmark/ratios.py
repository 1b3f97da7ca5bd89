# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Speed as ratios within one run: what the collection adds to what the same machine does at the same moment without it.

Nothing of this is asserted: a ratio of two times still depends on what else the machine does.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import plan
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.references import References
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER

import sandbox
from tests.benchmark.scenarios import SCENARIOS, Scenario, carried_out, people, served, user

MANY = 10_000


def seconds(work: Callable[[], Any], times: int) -> float:
    """The median of several runs, after one that does not count."""
    work()
    taken = []
    for _dummy in range(times):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def plain_session(service: sandbox.Running) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {service.token}"
    return session


def one_user() -> float:
    """scim_user with nothing to do, in this process, against a bare GET of what it asks for."""
    scenario = SCENARIOS["user, nothing to do, by external_id"]
    with served(scenario, "full") as service, plain_session(service) as session:
        query = {"filter": 'externalId eq "e7"'}
        bare = seconds(lambda: session.get(service.url + "/Users", params=query, timeout=10).json(), 50)
        return seconds(lambda: carried_out(scenario, service), 50) / bare


def many_members() -> float:
    """scim_group with nothing to do and 1,000 members to read, against a bare GET of the group."""
    scenario = SCENARIOS["group of 1,000, nothing to do, one member named"]
    with served(scenario, "full") as service, plain_session(service) as session:
        bare = seconds(lambda: session.get(service.url + "/Groups/engines", timeout=10).json(), 10)
        return seconds(lambda: carried_out(scenario, service), 10) / bare


def new_directory() -> float:
    """scim_directory with 200 new users, each read back, against bare POST requests with the same bodies: median of 3."""
    count = 200
    scenario = Scenario("scim_directory", {"users": people(count), "bulk": "never"}, changed=True, users=0)
    found = []
    for _dummy in range(3):
        with served(scenario, "full") as service:
            begin = time.perf_counter()
            carried_out(scenario, service)
            ours = time.perf_counter() - begin
            bodies = [entry["body"] for entry in service.requests()["requests"] if entry["method"] == "POST"]
        with served(scenario, "full") as service, plain_session(service) as session:
            begin = time.perf_counter()
            for body in bodies:
                session.post(service.url + "/Users", json=body, timeout=10).raise_for_status()
            found.append(ours / (time.perf_counter() - begin))
    return statistics.median(found)


def planning() -> float:
    """A plan for 10,000 users of whom each tenth changes, against parsing the JSON of these users."""
    documents = [user(number) for number in range(2, MANY + 2)]
    text = json.dumps(documents)
    references = References()
    observed = {one["id"]: USER.from_wire(one, references) for one in documents}
    desired = {
        key: {**seen, "title": "Chief" if index % 10 == 0 else "Analyst"}
        for index, (key, seen) in enumerate(observed.items())
    }
    changes = len(plan(USER, desired, observed))
    if changes != MANY // 10:
        raise ValueError(f"{changes} changes were planned, not {MANY // 10}")
    return seconds(lambda: plan(USER, desired, observed), 5) / seconds(lambda: json.loads(text), 5)


RATIOS: dict[str, Callable[[], float]] = {
    "one scim_user with nothing to do : one bare GET of the same URL": one_user,
    "one scim_group that reads 1,000 members : one bare GET of the group": many_members,
    "scim_directory with 200 new users, read back : 200 bare POST": new_directory,
    "planning for 10,000 users : parsing the JSON of 10,000 users": planning,
}
