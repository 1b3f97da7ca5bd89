# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import plan
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.references import References
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.writes import Snapshot
from ansible_collections.identityops.lifecycle.plugins.module_utils.reconcile.wish import Seen
from ansible_collections.identityops.lifecycle.plugins.module_utils.report import diff_of, shortened, shown

PEOPLE = tuple(f"person-{number:05}@corporation.example.com" for number in range(10_000))


def seen_of(resource, body):
    return Seen(Snapshot("1", body), resource.from_wire(body, References()))


def test_the_diff_shows_what_changes_and_nothing_else():
    seen = {"user_name": "ada", "title": "Analyst", "active": True}
    (entry,) = diff_of(plan(USER, {"ada": {"title": "Chief"}}, {"ada": seen}))
    assert entry["before"] == {"title": "Analyst"}
    assert entry["after"] == {"title": "Chief"}
    assert entry["after_header"] == "User ada (update)"


def test_the_diff_calls_a_resource_by_its_name_though_the_task_gave_its_id():
    (entry,) = diff_of(plan(USER, {"id:1": {"title": "Chief"}}, {"id:1": {"user_name": "ada"}}))
    assert entry["before_header"] == "User ada"
    (entry,) = diff_of(plan(GROUP, {"id:1": None}, {"id:1": {}}))
    assert entry["after_header"] == "Group id:1 (delete)"


def test_the_diff_of_a_membership_shows_who_comes_and_who_goes():
    seen = {"display_name": "Engineers", "members": ("ada", "bob")}
    (entry,) = diff_of(plan(GROUP, {"Engineers": {"members": ("bob", "cy")}}, {"Engineers": seen}))
    assert entry["before"] == {"members": ["ada"]}
    assert entry["after"] == {"members": ["cy"]}


def test_the_diff_of_a_removal_shows_no_attribute():
    (entry,) = diff_of(plan(USER, {"ada": None}, {"ada": {"user_name": "ada", "title": "Analyst"}}))
    assert entry["before"] == {"state": "present"}
    assert entry["after"] == {"state": "absent"}


def test_a_password_is_in_no_diff():
    for observed in ({}, {"ada": {"user_name": "ada", "active": True}}):
        entries = diff_of(plan(USER, {"ada": {"user_name": "ada", "password": "hunter2hunter2"}}, observed))
        assert "password" in json.dumps(entries)
        assert "hunter2hunter2" not in json.dumps(entries)


def test_the_diff_of_ten_thousand_members_is_small_and_says_how_many_are_not_shown():
    entries = diff_of(plan(GROUP, {"All": {"members": PEOPLE}}, {"All": {"display_name": "All", "members": ("bob",)}}))
    assert len(json.dumps(entries)) < 20_000
    assert entries[0]["after"]["members"][-1] == "... and 9900 more"
    assert entries[0]["before"]["members"] == ["bob"]


def test_a_group_of_ten_thousand_is_shown_in_part_with_their_number():
    seen = seen_of(GROUP, {"id": "1", "displayName": "All", "members": [{"value": name} for name in PEOPLE]})
    result = shown(GROUP, seen)
    assert result["member_count"] == 10_000
    assert result["members_shortened"] is True
    assert len(result["members"]) == 500
    assert len(json.dumps(result)) < 50_000


def test_a_small_group_is_shown_whole():
    seen = seen_of(GROUP, {"id": "1", "displayName": "Two", "members": [{"value": "a"}, {"value": "b"}]})
    result = shown(GROUP, seen)
    assert result == {"id": "1", "display_name": "Two", "members": ["id:a", "id:b"], "member_count": 2}


def test_a_user_in_thousands_of_groups_with_a_portrait_is_shown_in_part():
    groups = [{"value": str(number), "display": f"Group {number}"} for number in range(5000)]
    body = {"id": "1", "userName": "ada", "displayName": "A" * 10**6, "groups": groups}
    seen = seen_of(USER, body)
    result = shown(USER, seen)
    assert len(json.dumps(result)) < 50_000
    assert result["user_name"] == "ada"
    assert result["groups"][0] == groups[0]


def test_a_password_that_the_service_shows_is_not_shown():
    seen = seen_of(USER, {"id": "1", "userName": "ada", "password": "hunter2hunter2"})
    assert "hunter2hunter2" not in json.dumps(shown(USER, seen))


def test_nobody_is_shown_as_nothing():
    assert shown(USER, None) == {}


def test_short_values_are_left_as_they_are():
    value = {"a": ["x", {"b": ("y", 1, None, True)}]}
    assert shortened(value, 4) == {"a": ["x", {"b": ["y", 1, None, True]}]}
