# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tired people write in a task about a policy: refused before the first write, in words that help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.access_world import ADA, STAFF, AccessWorld, access_world, hides, of_group

POLICY = "access_policy"
NEW = {"name": "New", "decision": "allow", "include": [{"everyone": True}]}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def world() -> Iterator[AccessWorld]:
    """One account for all of them: nothing is ever written."""
    with access_world() as made:
        group = made.cloudflare.seed_group("Engineers", [STAFF])
        staff = made.cloudflare.seed_policy("Staff", "allow", [of_group(group)])
        for dummy in range(2):
            made.cloudflare.seed_policy("Twice", "allow", [ADA])
            made.cloudflare.seed_app("Double", f"double{dummy}.example.com")
        wiki = made.cloudflare.seed_app("Wiki", policies=[staff["id"]])
        made.cloudflare.seed_app_policy(wiki["id"], "Guests", "allow", [ADA], 4)
        hidden = made.cloudflare.seed_policy("Hidden", "allow", [ADA])
        for name in ("Seen", "Unseen"):
            made.cloudflare.seed_app(name, policies=[hidden["id"]])
        made.service.set_faults([], own=[hides("Unseen")])
        yield made


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"name": "Staff", "decision": "block"}, "must be one of: allow, deny, non_identity, bypass, got: block"),
        ({"name": "Staff", "include": ["ada@example.com"]}, "did you mean {email: ada@example.com}?"),
        ({"name": "Staff", "include": "ada@example.com"}, "include[0]: 'ada@example.com' is no rule"),
        ({"name": "Staff", "include": [{"email": "ada"}]}, "include[0]: 'ada' is no e-mail address"),
        ({"name": "Staff", "include": []}, "include is empty: a policy needs at least one rule"),
        ({**NEW, "include": []}, "include is empty: a policy needs at least one rule"),
        ({"name": "Staff", "include": [{"group": "Enginers"}]}, "did you mean 'Engineers'"),
        ({"name": "Staff", "exclude": [{"login_method": "Entra"}]}, "there is no identity provider 'Entra'"),
        ({"name": "New"}, "there is no policy 'New' yet, and to create it decision, include is missing"),
        ({"name": "New", "decision": "deny"}, "to create it include is missing"),
        ({"name": "Twice"}, "matches 2 resources"),
        ({"name": "Twice", "state": "absent", "detach": True}, "matches 2 resources"),
        ({"name": "n" * 351, "decision": "deny"}, "name is longer than 350 characters"),
        ({"name": ""}, "id and name are empty"),
        ({"id": " ", "state": "absent"}, "id and name are empty"),
        ({"id": " ", "name": "Staff"}, "id is blank"),
        ({"id": "Twice", "state": "absent"}, "id: 'Twice' is no id; give a name as name"),
        ({"name": "Staff", "application": "", "state": "absent", "detach": True}, "application is empty; leave it out for a reusable policy"),
        ({"name": "Staff", "applications": {"remove": [""]}}, "applications.remove is empty"),
        ({"id": "staff", "name": "Twice"}, "another policy has the name 'Twice'"),
        ({"id": "guests", "application": "Wiki", "name": "Staff"}, "another policy of the application has the name 'Staff'"),
        ({"name": "Hidden", "applications": {"set": ["Wiki"]}}, "is attached to 2 applications, of which this token sees 1"),
        ({"name": UNKNOWN}, "has the form of an id; give it as id"),
        ({**NEW, "id": UNKNOWN}, f"id: there is no policy '{UNKNOWN}'; an id finds a policy and cannot create one"),
        ({**NEW, "id": UNKNOWN, "application": "Wiki"}, "id: application 'Wiki' has no policy"),
        ({**NEW, "application": "Wikki"}, "application: there is no Access application 'Wikki'; did you mean 'Wiki'?"),
        ({**NEW, "application": "Double"}, "application 'Double' matches 2 resources"),
        ({**NEW, "application": UNKNOWN}, f"there is no Access application '{UNKNOWN}'"),
        ({"name": "Guests", "application": "Wikki", "state": "absent"}, "did you mean 'Wiki'?"),
        ({"name": "Guests", "application": "Wiki", "precedence": 0}, "precedence: 0 is too small"),
        ({"name": "Staff", "precedence": 1}, "use applications with position"),
        ({"name": "Staff", "application": "Wiki", "precedence": 1}, "is reusable, and gets its place with applications and position"),
        ({**NEW, "precedence": 1}, "a reusable policy has its place in each application"),
        ({"name": "Guests", "application": "Wiki", "applications": {"add": ["Double"]}}, "belongs to one application"),
        ({**NEW, "application": "Wiki", "applications": {"set": []}}, "that is to be created belongs to one application"),
        ({"name": "Staff", "applications": {"add": ["Wikki"]}}, "applications.add: there is no Access application 'Wikki'; did you mean 'Wiki'?"),
        ({"name": "Staff", "applications": {"set": ["Double"]}}, "applications.set 'Double' matches 2 resources"),
        ({"name": "Staff", "applications": {"add": [UNKNOWN]}}, "there is no Access application"),
        ({"name": "Staff", "applications": {"add": ["Wiki"], "set": ["Wiki"]}}, "give either set, or add and remove"),
        ({"name": "Staff", "applications": {"add": ["Wiki"], "remove": ["Wiki"]}}, "'Wiki' is in add and in remove"),
        ({"name": "Staff", "applications": {"add": ["Wiki"], "remove": ["wiki.example.com"]}}, "in add and in remove, by two names"),
        ({"name": "Staff", "applications": {"position": "first"}}, "give one of them"),
        ({"name": "Staff", "session_duration": "1 day"}, "session_duration: '1 day' is no duration; write it as in 30m, 24h or 2h45m"),
        ({"name": "Staff", "session_duration": "1d"}, "is no duration"),
        ({"name": "Staff", "mfa_config": {"session_duration": "721h"}}, "is no duration from 0m to 720h"),
        ({"name": "Staff", "mfa_config": {"session_duration": "30s"}}, "is no duration from 0m to 720h"),
        ({"name": "Staff", "approval_groups": [{"email_addresses": ["kim@example.com"]}]}, "approvals_needed"),
        ({"name": "Staff", "approval_groups": [{"approvals_needed": -1, "email_addresses": ["kim@example.com"]}]}, "approval_groups[0]"),
        ({"name": "Staff", "approval_groups": [{"approvals_needed": 1}]}, "approval_groups[0] names nobody who could approve"),
        ({"name": "Staff", "approval_groups": [{"approvals_needed": 1, "email_list_uuid": "Chiefs"}]}, "there is no list 'Chiefs'"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_first_write(world: AccessWorld, wish: dict[str, Any], said: str) -> None:
    before = world.everything()
    ids = {policy["name"].lower(): policy["id"] for policy in world.cloudflare.stored("policies")}
    wish = {**wish, "id": ids.get(wish["id"], wish["id"])} if wish.get("id", "").islower() else wish
    for check in (True, False):
        done = world.run(POLICY, wish, check=check)
        assert done.failed
        assert said in done["msg"]
        assert set(world.counts()) <= {"GET"}
        assert not done.get("changed", False)
    assert world.everything() == before


def test_names_that_are_not_unique_come_with_their_ids(world: AccessWorld) -> None:
    ids = [policy["id"] for policy in world.cloudflare.stored("policies") if policy["name"] == "Twice"]
    assert world.run(POLICY, {"name": "Twice"})["candidates"] == ids


@pytest.mark.parametrize("duration", ["300ms", "2h45m", "1.5h", "10\u00b5s", "0", ""])
def test_durations_that_cloudflare_reads(world: AccessWorld, duration: str) -> None:
    assert not world.run(POLICY, {"name": "Staff", "session_duration": duration}, check=True).failed
