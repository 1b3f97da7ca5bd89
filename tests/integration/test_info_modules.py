# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_user_info and scim_group_info on the sandbox: what they return, what they ask, and that they never write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils import query

import sandbox
from tests.in_process import Result, run, time_flies

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PROFILES = ("full", "minimal", "cursor", "small-pages")


def people(count: int = 12) -> list[dict[str, Any]]:
    """p0, p1, ..., who are p0@example.com, ... in the source 1000, ...; the odd ones are inactive."""
    return [
        {
            "schemas": [USER, ENTERPRISE],
            "id": f"p{number}",
            "userName": f"P{number}@example.com",
            "externalId": str(1000 + number),
            "active": number % 2 == 0,
            "name": {"givenName": f"Given {number}", "familyName": "Family"},
            "emails": [{"value": f"p{number}@example.com", "type": "work"}],
            "password": "planted-secret",
            ENTERPRISE: {"department": "Engines", "costCenter": f"C{number}"},
        }
        for number in range(count)
    ]


def groups() -> list[dict[str, Any]]:
    """Twelve groups: p1 is in g1 and g7; the group g0 is in g2, with a member p3; g11 is empty."""
    members = {n: ["p1", "p2"] if n in (1, 7) else ["p2"] for n in range(11)}
    found = [
        {"schemas": [GROUP], "id": f"g{n}", "displayName": f"Group {n}", "members": [{"value": who} for who in members.get(n, [])]}
        for n in range(12)
    ]
    found[2]["members"] = [{"value": "g0", "type": "Group"}, {"value": "p3"}]
    return found


@contextmanager
def service(profile: str = "full", *quirks: str) -> Iterator[sandbox.running.Running]:
    with sandbox.running(profile, quirks) as running, time_flies():
        running.seed(*people(), *groups())
        yield running
        assert running.requests()["writes"] == 0


def ask(running: Any, module: str, **options: Any) -> Result:
    running.reset_requests()
    return run(module, {"url": running.url, "token": running.token, **options})


def asked(running: Any) -> int:
    return sum(running.requests()["counts"].values())


def ids(found: list[dict[str, Any]]) -> list[str]:
    return sorted(entry["id"] for entry in found)


# -- users ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("key", [{"id": "p5"}, {"external_id": "1005"}, {"user_name": "p5@example.com"}], ids=["id", "ext", "name"])
def test_a_user_is_found_by_every_key(profile: str, key: dict[str, str]) -> None:
    with service(profile) as running:
        result = ask(running, "scim_user_info", **key)
        (user,) = result["users"]
        assert (user["id"], user["user_name"], user["active"]) == ("p5", "P5@example.com", False)
        assert user["name"] == {"given_name": "Given 5", "family_name": "Family"}
        assert user["department"] == "Engines"
        assert (result["count"], result["truncated"], result["changed"]) == (1, False, False)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("key", [{"id": "nix"}, {"external_id": "nix"}, {"user_name": "nix"}], ids=["id", "ext", "name"])
def test_nobody_is_an_empty_list(profile: str, key: dict[str, str]) -> None:
    with service(profile) as running:
        result = ask(running, "scim_user_info", **key)
        assert (result["users"], result["count"], result["truncated"], result.failed) == ([], 0, False, False)


@pytest.mark.parametrize("profile", PROFILES)
def test_everybody_is_listed(profile: str) -> None:
    with service(profile) as running:
        result = ask(running, "scim_user_info")
        assert ids(result["users"]) == ids(people())
        assert (result["count"], result["truncated"], result.warnings_said) == (12, False, [])


@pytest.mark.parametrize("quirk", ["cursor_only", "no_pagination", "count_rejected=5", "wrong_total", "last_page_repeats", "no_discovery"])
def test_everybody_is_listed_however_lists_are_paged(quirk: str) -> None:
    with service("full", quirk) as running:
        result = ask(running, "scim_user_info")
        assert (ids(result["users"]), result["truncated"]) == (ids(people()), False)


def test_a_list_by_cursor_needs_no_discovery() -> None:
    with service("full", "cursor_only=5", "no_discovery") as running:
        assert ask(running, "scim_user_info")["count"] == 12


def test_a_list_that_does_not_end_is_truncated_and_said_to_be() -> None:
    with service("small-pages", "startindex_ignored") as running:
        result = ask(running, "scim_user_info")
        assert result["truncated"]
        assert 0 < result["count"] < 12
        assert any("could not be read to its end" in warning for warning in result.warnings_said)


@pytest.mark.parametrize("quirk", ["ignore_filter", "filter_500", "discovery_lies", "filter_zero_for_externalId", "html_errors", "no_meta"])
@pytest.mark.parametrize("key", [{"external_id": "1005"}, {"user_name": "p5@example.com"}], ids=["ext", "name"])
def test_a_user_is_found_whatever_filters_do(quirk: str, key: dict[str, str]) -> None:
    with service("full", quirk) as running:
        assert ids(ask(running, "scim_user_info", **key)["users"]) == ["p5"]
        nobody = dict.fromkeys(key, "nix")
        assert ask(running, "scim_user_info", **nobody)["users"] == []


def test_a_user_who_is_found_costs_one_request() -> None:
    with service() as running:
        for key in ({"id": "p5"}, {"external_id": "1005"}, {"user_name": "p5@example.com"}):
            ask(running, "scim_user_info", **key)
            assert asked(running) == 1


def test_everybody_costs_one_request_a_page_and_discovery() -> None:
    with service("small-pages") as running:
        ask(running, "scim_user_info")
        assert asked(running) == 1 + 3  # pages of 5


def test_only_as_much_as_is_asked_for_is_read() -> None:
    with service("small-pages") as running:
        result = ask(running, "scim_user_info", max_results=4)
        assert (result["count"], result["truncated"]) == (4, True)
        assert any("more than 4 users" in warning for warning in result.warnings_said)
        assert asked(running) == 2


def test_exactly_as_many_as_may_be_returned_are_everybody() -> None:
    with service("small-pages") as running:
        result = ask(running, "scim_user_info", max_results=12)
        assert (result["count"], result["truncated"]) == (12, False)


def test_several_users_with_one_external_id_are_refused() -> None:
    twin = {"schemas": [USER], "id": "twin", "userName": "twin@example.com", "externalId": "1005"}
    with service() as running:
        running.seed(twin)
        result = ask(running, "scim_user_info", external_id="1005")
        assert result.failed
        assert sorted(result["candidates"]) == ["p5", "twin"]


def test_somebody_else_with_the_name_is_refused() -> None:
    with service() as running:
        result = ask(running, "scim_user_info", external_id="4711", user_name="p5@example.com")
        assert result.failed
        assert "another identity holds this name" in result["msg"]


def test_a_wrong_token_is_an_error_even_without_a_body() -> None:
    with service("full", "empty_401") as running:
        result = run("scim_user_info", {"url": running.url, "token": "wrong-token", "user_name": "p5@example.com"})
        assert result.failed
        assert result["status"] == 401
        assert "wrong-token" not in result.output


# -- filter, attributes, query -------------------------------------------------------------------------------------------


def test_a_filter_is_applied_by_the_service() -> None:
    with service() as running:
        result = ask(running, "scim_user_info", filter='active eq true and userName sw "p1"')
        assert ids(result["users"]) == ["p10"]
        assert asked(running) == 3  # discovery, the filter, and whether filters are ignored


@pytest.mark.parametrize(
    ("profile", "quirks", "filter"),
    [("full", ["filter_500"], 'active eq "x"'), ("minimal", [], "active eq true"), ("full", [], 'active foo "x"')],
    ids=["500", "501", "syntax"],
)
def test_a_refused_filter_says_how_to_go_on(profile: str, quirks: list[str], filter: str) -> None:
    with service(profile, *quirks) as running:
        result = ask(running, "scim_user_info", filter=filter)
        assert result.failed
        assert result["msg"].startswith("filter: the service refuses")
        assert "query" in result["msg"]


@pytest.mark.parametrize("module", ["scim_user_info", "scim_group_info"])
def test_an_ignored_filter_is_not_answered_with_everybody(module: str) -> None:
    with service("full", "ignore_filter") as running:
        result = ask(running, module, filter='externalId eq "1005"')
        assert result.failed
        assert "ignores filters" in result["msg"]
        assert "users" not in result
        assert "groups" not in result


def test_an_option_in_a_filter_is_refused_before_anything_is_asked() -> None:
    with service() as running:
        result = ask(running, "scim_user_info", filter='user_name eq "ada@example.com"')
        assert result["msg"] == "filter: user_name is the name of an option; in a filter it is userName"
        assert asked(running) == 0


def test_a_filter_and_a_key_exclude_each_other() -> None:
    with service() as running:
        assert "mutually exclusive" in ask(running, "scim_user_info", filter="active pr", user_name="x")["msg"]
        assert "mutually exclusive" in ask(running, "scim_group_info", member="x", display_name="x")["msg"]


@pytest.mark.parametrize("module", ["scim_user_info", "scim_group_info"])
def test_an_empty_key_does_not_ask_for_everybody(module: str) -> None:
    with service() as running:
        result = ask(running, module, external_id="")
        assert result.failed
        assert result["msg"].startswith("external_id: empty")
        assert asked(running) == 0


def test_an_empty_member_does_not_ask_for_all_groups() -> None:
    with service() as running:
        assert ask(running, "scim_group_info", member="")["msg"].startswith("member: empty")


@pytest.mark.parametrize("profile", PROFILES)
def test_only_the_attributes_that_are_asked_for_are_returned(profile: str) -> None:
    with service(profile) as running:
        names = ["user_name", "name.given_name", "emails", "department", "title"]
        user = next(user for user in ask(running, "scim_user_info", attributes=names)["users"] if user["id"] == "p5")
        assert user == {
            "id": "p5",
            "user_name": "P5@example.com",
            "name": {"given_name": "Given 5"},
            "emails": [{"value": "p5@example.com", "type": "work"}],
            "department": "Engines",
        }


def test_attributes_are_asked_for_in_the_words_of_the_protocol() -> None:
    with service() as running:
        ask(running, "scim_user_info", attributes=["user_name", "name.given_name", "department", "meta", "extensions"])
        assert "attributes" not in running.requests()["requests"][-1]["query"]  # which extensions there are is not known
        ask(running, "scim_user_info", attributes=["user_name", "name.given_name", "department", "meta"])
        sent = running.requests()["requests"][-1]["query"]["attributes"]
        assert sent == f"id,userName,name.givenName,{ENTERPRISE}:department,meta"


def test_attributes_of_one_user_are_chosen_here() -> None:
    with service() as running:
        result = ask(running, "scim_user_info", user_name="p5@example.com", attributes=["name"])
        assert result["users"] == [{"id": "p5", "name": {"given_name": "Given 5", "family_name": "Family"}}]


def test_a_schema_can_be_asked_for() -> None:
    with service() as running:
        result = ask(running, "scim_user_info", id="p5", attributes=[ENTERPRISE])
        assert result["users"] == [{"id": "p5", "department": "Engines", "cost_center": "C5"}]
        result = ask(running, "scim_user_info", id="p5", attributes=[f"{ENTERPRISE}:costCenter"])
        assert result["users"] == [{"id": "p5", "cost_center": "C5"}]


@pytest.mark.parametrize(("name", "advice"), [("userName", "user_name"), ("name.givenName", "name.given_name"), ("xyz", "as the options")])
def test_an_unknown_attribute_is_refused_before_anything_is_asked(name: str, advice: str) -> None:
    with service() as running:
        result = ask(running, "scim_user_info", attributes=[name])
        assert result["msg"].startswith(f"attributes: {name!r}")
        assert advice in result["msg"]
        assert asked(running) == 0


def test_passwords_are_never_returned() -> None:
    with service() as running:
        assert ask(running, "scim_user_info", attributes=["password"]).failed
        for options in ({}, {"id": "p5"}, {"query": "[].password"}, {"attributes": [USER]}):
            assert "planted-secret" not in ask(running, "scim_user_info", **options).output


@pytest.mark.parametrize("profile", PROFILES)
def test_a_query_is_applied_here(profile: str) -> None:
    with service(profile) as running:
        result = ask(running, "scim_user_info", query="[?!active].user_name | sort(@) | [:2]")
        assert result["result"] == ["P11@example.com", "P1@example.com"]
        assert result["count"] == 12


@pytest.mark.parametrize(("expression", "requests"), [("[?", 0), ("nonsense(@)", 1), ("sum([].user_name)", 1)])
def test_a_query_that_cannot_be_applied_names_the_option(expression: str, requests: int) -> None:
    with service() as running:
        result = ask(running, "scim_user_info", query=expression, id="p5")
        assert result.failed
        assert result["msg"].startswith(f"query: {expression!r}")
        assert asked(running) == requests


def test_a_missing_library_is_named() -> None:
    with service() as running, mock.patch.object(query, "PROBLEM", "ImportError: no such thing"):
        result = ask(running, "scim_user_info", id="p5", query="[0]")
        assert result.failed
        assert "jmespath" in result["msg"]
        assert not ask(running, "scim_user_info", id="p5").failed


def test_there_is_no_result_without_a_query() -> None:
    with service() as running:
        assert "result" not in ask(running, "scim_user_info", id="p5")
        assert ask(running, "scim_user_info", id="p5", query="[0].nothing")["result"] is None


def test_a_result_stays_small_enough_for_awx() -> None:
    large = [{"schemas": [USER], "userName": f"u{n}", "id": f"u{n}", "title": "é" * 5000} for n in range(40)]
    with sandbox.running() as running:
        running.seed(*large)
        result = ask(running, "scim_user_info")
        assert 0 < result["count"] == len(result["users"]) < 40
        assert result["truncated"]
        assert any("too long for AWX" in warning for warning in result.warnings_said)
        assert len(json.dumps(result)) < 700_000
        assert ask(running, "scim_user_info", query="[].title").failed
        counted = ask(running, "scim_user_info", query="length(@)")
        assert counted["result"] == 40


def test_max_results_has_to_be_a_number_above_zero() -> None:
    with service() as running:
        assert "max_results" in ask(running, "scim_user_info", max_results=0)["msg"]


# -- groups --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_a_group_is_read_with_its_members(profile: str) -> None:
    with service(profile) as running:
        result = ask(running, "scim_group_info", display_name="group 2")
        (group,) = result["groups"]
        assert (group["members"], group["member_count"]) == (["id:p3"], 2)
        # Where the group was found by reading the list, the names of all groups are known.
        assert group["nested_groups"] == (["Group 0"] if profile == "minimal" else ["id:g0"])
        assert not result["unverifiable"]


@pytest.mark.parametrize("profile", PROFILES)
def test_names_of_members_are_looked_up(profile: str) -> None:
    with service(profile) as running:
        (group,) = ask(running, "scim_group_info", id="g2", resolve_members=True)["groups"]
        assert (group["members"], group["nested_groups"]) == (["P3@example.com"], ["Group 0"])


def test_names_of_many_members_cost_one_question() -> None:
    everybody = [{"value": f"p{number}"} for number in range(12)]
    with service() as running:
        running.seed({"schemas": [GROUP], "id": "all", "displayName": "All", "members": [*everybody, {"value": "gone"}]})
        (group,) = ask(running, "scim_group_info", id="all", resolve_members=True)["groups"]
        assert len(group["members"]) == 13
        assert "id:gone" in group["members"]
        assert "P4@example.com" in group["members"]
        assert asked(running) == 4  # the group, one filter for all, and the stranger as a user and as a group


def test_lists_leave_the_members_out() -> None:
    with service() as running:
        result = ask(running, "scim_group_info")
        assert ids(result["groups"]) == ids(groups())
        assert not any("members" in group for group in result["groups"])
        assert running.requests()["requests"][-1]["query"]["excludedAttributes"] == "members"


@pytest.mark.parametrize("options", [{"members": True}, {"attributes": ["members"]}, {"resolve_members": True}])
def test_lists_tell_the_members_if_asked(options: dict[str, Any]) -> None:
    with service() as running:
        found = {group["id"]: group for group in ask(running, "scim_group_info", **options)["groups"]}
        assert found["g1"]["member_count"] == 2
        assert found["g11"]["members"] == []


def test_members_can_be_left_out_of_one_group() -> None:
    with service() as running:
        (group,) = ask(running, "scim_group_info", id="g1", members=False)["groups"]
        assert "members" not in group
        assert "member_count" not in group


def test_many_members_are_counted_and_shortened() -> None:
    with service() as running:
        many = [{"value": f"someone-{number:04}"} for number in range(1200)]
        running.seed({"schemas": [GROUP], "id": "many", "displayName": "Many", "members": many})
        (group,) = ask(running, "scim_group_info", id="many")["groups"]
        assert (group["member_count"], len(group["members"]), group["members_shortened"]) == (1200, 500, True)


def test_no_such_group_is_an_empty_list() -> None:
    with service() as running:
        for key in ({"id": "nix"}, {"display_name": "nix"}, {"external_id": "nix"}):
            assert ask(running, "scim_group_info", **key)["groups"] == []


def test_groups_of_one_name_are_refused() -> None:
    with service() as running:
        running.seed({"schemas": [GROUP], "id": "twin", "displayName": "Group 1"})
        assert sorted(ask(running, "scim_group_info", display_name="Group 1")["candidates"]) == ["g1", "twin"]


def test_members_that_are_not_shown_are_not_said_to_be_none() -> None:
    with service("full", "members_write_only") as running:
        result = ask(running, "scim_group_info", members=True)
        assert result["unverifiable"]
        assert not any("members" in group for group in result["groups"])
        result = ask(running, "scim_group_info", display_name="Group 1", profile="aws")
        assert result["unverifiable"]
        assert "members" not in result["groups"][0]
        assert any("does not show who is in a group" in warning for warning in result.warnings_said)


def test_of_the_members_only_some_are_told_and_all_are_counted() -> None:
    with service() as running:
        running.seed({"schemas": [GROUP], "id": "all", "displayName": "All", "members": [{"value": f"x{n}"} for n in range(600)] + [{"value": "p1"}]})
        result = ask(running, "scim_group_info", members_among=["id:P1", "id:x599"])
        told = {group["display_name"]: (group["members"], group["member_count"]) for group in result["groups"]}
        assert told["All"] == (["id:p1", "id:x599"], 601)
        assert told["Group 1"] == (["id:p1"], 2)
        assert told["Group 2"] == ([], 2)
        assert running.requests()["counts"] == {"GET": 2}  # what the service can do, and one page
        everybody = ask(running, "scim_group_info", display_name="All")["groups"][0]
        assert (len(everybody["members"]), everybody["members_shortened"]) == (500, True)
