# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups of one person: the right ones, or said to be unverifiable. A wrong "in no group" would prove a lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import sandbox
from sandbox.quirks import QUIRKS
from tests.in_process import Result, run, time_flies

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PROFILES = ("full", "minimal", "cursor", "small-pages")
TRUTH = {"ada": ["g1", "g7"], "bob": ["g0", "g2", "g3", "g4", "g5", "g6", "g8"], "eve": []}


def seeded() -> list[dict[str, Any]]:
    users = [
        {"schemas": [USER], "id": who, "userName": f"{who}@example.com", "externalId": f"hr-{who}"} for who in TRUTH
    ]
    groups = [
        {
            "schemas": [GROUP],
            "id": f"g{number}",
            "displayName": f"Group {number}",
            "members": [{"value": who} for who in TRUTH if f"g{number}" in TRUTH[who]],
        }
        for number in range(10)
    ]
    groups[9]["members"] = [{"value": "g1", "type": "Group"}]
    return [*users, *groups]


@contextmanager
def service(profile: str = "full", *quirks: str) -> Iterator[sandbox.running.Running]:
    with sandbox.running(profile, quirks) as running, time_flies():
        running.seed(*seeded())
        yield running
        assert running.requests()["writes"] == 0


def ask(running: Any, member: str, **options: Any) -> Result:
    running.reset_requests()
    return run("scim_group_info", {"url": running.url, "token": running.token, "member": member, **options})


def asked(running: Any) -> int:
    return sum(running.requests()["counts"].values())


def ids(result: Result) -> list[str]:
    return sorted(group["id"] for group in result["groups"])


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("who", TRUTH)
def test_the_groups_of_a_person_are_those(profile: str, who: str) -> None:
    with service(profile) as running:
        for name in (f"{who}@example.com", f"hr-{who}", f"id:{who}"):
            result = ask(running, name)
            assert (ids(result), result["unverifiable"], result["truncated"]) == (TRUTH[who], False, False)
            assert result["member"] == {
                "exists": True,
                "id": who,
                "user_name": f"{who}@example.com",
                "external_id": f"hr-{who}",
            }


@pytest.mark.parametrize("quirk", QUIRKS.entries)
def test_an_answer_is_right_or_unverifiable_whatever_the_service_does(quirk: str) -> None:
    with service("full", quirk) as running:
        for who, truth in TRUTH.items():
            result = ask(running, f"id:{who}")
            assert not result.failed
            assert result["unverifiable"] or ids(result) == truth, quirk
            assert set(ids(result)) <= set(truth)
            if quirk not in ("members_write_only", "group_members_filter_only"):
                assert not result["unverifiable"], quirk


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("quirks", [["ignore_filter"], ["filter_500"], ["discovery_lies", "no_discovery"]], ids="-".join)
def test_filters_that_lie_or_fail_do_not_matter(profile: str, quirks: list[str]) -> None:
    with service(profile, *quirks) as running:
        for who, truth in TRUTH.items():
            result = ask(running, f"{who}@example.com")
            assert (ids(result), result["unverifiable"]) == (truth, False)


def test_what_a_filter_finds_costs_one_question() -> None:
    with service() as running:
        result = ask(running, "id:ada")
        assert result["read_from"] == ["filter"]
        assert asked(running) == 2  # the user and the filter


def test_in_no_group_is_proven_by_the_list() -> None:
    with service("small-pages") as running:
        result = ask(running, "id:eve")
        assert result["read_from"] == ["groups"]
        assert asked(running) == 2 + 1 + 2  # the user and the filter, discovery, two pages


# -- services that do not show members -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", TRUTH)
def test_a_service_that_shows_no_members_proves_nothing(who: str) -> None:
    with service("minimal", "members_write_only") as running:
        result = ask(running, f"id:{who}")
        assert (result["groups"], result["unverifiable"], result.failed) == ([], True, False)
        assert any("no group shows any member" in warning for warning in result.warnings_said)


def test_a_filter_that_tells_members_apart_is_believed_where_groups_show_none() -> None:
    with service("full", "members_write_only") as running:
        result = ask(running, "id:ada")
        assert (ids(result), result["unverifiable"]) == (["g1", "g7"], False)


def test_a_filter_that_is_ignored_is_not_believed_where_groups_show_none() -> None:
    with service("full", "members_write_only", "ignore_filter") as running:
        result = ask(running, "id:ada")
        assert (result["groups"], result["unverifiable"]) == ([], True)


@pytest.mark.parametrize("who", TRUTH)
def test_aws_is_asked_about_each_group(who: str) -> None:
    with service("full", "group_members_filter_only", "cursor_only") as running:
        result = ask(running, f"{who}@example.com", profile="aws")
        assert (ids(result), result["unverifiable"], result["read_from"]) == (TRUTH[who], False, ["questions"])
        questions = [r for r in running.requests()["requests"] if "members eq" in r["query"].get("filter", "")]
        assert len(questions) == 10 + 1  # one a group, and whether the filter is ignored


@pytest.mark.parametrize("quirk", ["ignore_filter", "filter_500"])
def test_aws_is_not_believed_where_the_question_is_not_answered(quirk: str) -> None:
    with service("full", "group_members_filter_only", "cursor_only", quirk) as running:
        result = ask(running, "id:ada", profile="aws")
        assert (result["groups"], result["unverifiable"]) == ([], True)
        assert any("memberships cannot be verified" in warning for warning in result.warnings_said)


def test_a_service_that_is_known_to_show_no_members_is_not_asked() -> None:
    with service() as running:
        result = ask(running, "id:ada", capabilities={"members_read": "none"})
        assert (result["groups"], result["unverifiable"], result["read_from"]) == ([], True, [])
        assert asked(running) == 1


def test_all_groups_are_empty_only_if_the_task_says_that_members_are_shown() -> None:
    with sandbox.running() as running:
        running.seed(seeded()[0], {"schemas": [GROUP], "id": "g", "displayName": "Empty"})
        assert ask(running, "id:ada")["unverifiable"]
        sure = ask(running, "id:ada", capabilities={"members_read": "group"})
        assert (sure["groups"], sure["unverifiable"]) == ([], False)


def test_nobody_is_in_a_group_where_there_is_none() -> None:
    with sandbox.running() as running:
        running.seed(seeded()[0])
        result = ask(running, "id:ada")
        assert (result["groups"], result["unverifiable"]) == ([], False)


def test_a_service_without_groups_has_none() -> None:
    with service() as running:
        result = ask(running, "id:ada", capabilities={"groups": False})
        assert (result["groups"], result["unverifiable"]) == ([], False)
        assert asked(running) == 1


def test_a_list_that_does_not_end_proves_nothing() -> None:
    with service("small-pages", "startindex_ignored", "filter_500") as running:
        result = ask(running, "id:eve")
        assert (result["groups"], result["unverifiable"]) == ([], True)
        assert any("could not be read to its end" in warning for warning in result.warnings_said)
        assert ask(running, "id:eve", max_scan=5)["unverifiable"]


# -- who is asked about ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_the_memberships_of_a_deleted_user_are_still_found(profile: str) -> None:
    with service(profile) as running:
        running.seed({"schemas": [GROUP], "id": "left", "displayName": "Left over", "members": [{"value": "deleted"}]})
        result = ask(running, "id:deleted")
        assert (ids(result), result["unverifiable"]) == (["left"], False)
        assert result["member"] == {"exists": False, "id": "deleted"}


@pytest.mark.parametrize("profile", PROFILES)
def test_somebody_who_does_not_exist_is_in_no_group_and_that_is_said(profile: str) -> None:
    with service(profile) as running:
        result = ask(running, "nobody@example.com")
        assert (result["groups"], result["member"], result.failed) == ([], {"exists": False, "id": ""}, False)
        assert any("no user 'nobody@example.com'" in warning for warning in result.warnings_said)


def test_a_user_is_found_by_external_id_where_that_filter_finds_nothing() -> None:
    with service("full", "filter_zero_for_externalId") as running:
        assert ids(ask(running, "hr-ada")) == ["g1", "g7"]


def test_a_name_that_stands_for_two_is_refused() -> None:
    with service() as running:
        running.seed({"schemas": [USER], "id": "twin", "userName": "hr-ada"})
        assert sorted(ask(running, "hr-ada")["candidates"]) == ["ada", "twin"]


def test_a_group_with_the_id_of_a_user_is_not_that_user() -> None:
    with service() as running:
        running.seed({"schemas": [USER], "id": "g1", "userName": "number-1"})
        result = ask(running, "id:g1")
        assert (result["groups"], result["unverifiable"]) == ([], False)


def test_groups_in_groups_are_not_expanded() -> None:
    with service() as running:
        assert "g9" not in ids(ask(running, "id:ada"))


# -- what is returned -----------------------------------------------------------------------------------------------------


def test_members_are_returned_only_if_asked() -> None:
    with service() as running:
        assert not any("members" in group for group in ask(running, "id:ada")["groups"])
        for who in ("ada", "bob"):
            found = ask(running, f"id:{who}", members=True, resolve_members=True)["groups"]
            assert all(f"{who}@example.com" in group["members"] for group in found)


def test_more_groups_than_may_be_returned_are_truncated() -> None:
    with service() as running:
        result = ask(running, "id:bob", max_results=2, query="length(@)")
        assert (result["count"], result["truncated"], result["result"]) == (2, True, 2)
