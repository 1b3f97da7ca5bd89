# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that hides people, loses members, refuses long requests or spells names in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Layer, Request
from tests.disasters.company import GROUP, PEOPLE, TEAMS, USER, Company, company, people, teams

EVERYTHING = {"users": "delete", "groups": "delete"}


def shows_nobody(request: Request, ask: Handler) -> Answer:
    """Lists are empty, as if there was nobody; filters work."""
    answer = ask(request)
    if request.method != "GET" or "filter" in request.query or "Resources" not in (answer.body or {}):
        return answer
    return replace(answer, body={**answer.body, "Resources": [], "totalResults": 0})


def shows_no_page(request: Request, ask: Handler) -> Answer:
    """Lists say how many there are, and show nobody."""
    answer = ask(request)
    if request.method != "GET" or "filter" in request.query or "Resources" not in (answer.body or {}):
        return answer
    return replace(answer, body={**answer.body, "Resources": []})


def shows_no_users(request: Request, ask: Handler) -> Answer:
    """Neither a list nor a filter shows a user; groups are shown."""
    answer = ask(request)
    if request.method != "GET" or not request.path.endswith("/Users") or "Resources" not in (answer.body or {}):
        return answer
    return replace(answer, body={**answer.body, "Resources": [], "totalResults": 0})


@pytest.mark.parametrize("bulk", ["never", "auto"])
@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (shows_nobody, "/Users shows nobody, but external_id 'hr-0', name 'person0@example.com' is there: the service's paging is broken"),
        (shows_no_page, "/Users could not be read to its end (0 read): the service's paging is broken"),
    ],
)
def test_the_service_shows_an_empty_list(layer: Layer, said: str, bulk: str) -> None:
    """Everybody would be created again: https://github.com/wso2/product-is/issues/9957 pages wrongly, for example."""
    with company() as here:
        here.service.set_faults([], own=[layer])
        here.refuses(said, users=people(), groups=teams(), unlisted=EVERYTHING, bulk=bulk)


def test_the_list_of_groups_only_is_empty() -> None:
    """Groups may share a name, so nothing keeps the service from making all of them twice."""
    with company() as here:
        here.service.set_faults([], own=[lambda request, ask: shows_nobody(request, ask) if "/Groups" in request.path else ask(request)])
        here.refuses("/Groups shows nobody, but external_id 'team-0', name 'Team 0' is there", users=people(), groups=teams())


@pytest.mark.parametrize("bulk", ["never", "auto"])
def test_users_whom_nothing_shows_do_not_empty_their_groups(bulk: str) -> None:
    """They cannot be created again, so they cannot be put into their groups: that is no reason to take them out."""
    with company() as here:
        here.service.set_faults([], own=[shows_no_users])
        result = here.ensure(users=people(), groups=teams(), bulk=bulk, brakes={"membership_removals": {"percent": 100}})
        assert result.failed
        here.check_nobody_is_harmed()


def shows_nothing(request: Request, ask: Handler) -> Answer:
    """Neither lists nor filters show anybody, nor any group."""
    answer = ask(request)
    if request.method != "GET" or "Resources" not in (answer.body or {}):
        return answer
    return replace(answer, body={**answer.body, "Resources": [], "totalResults": 0})


@pytest.mark.parametrize("bulk", ["never", "auto"])
def test_nothing_shows_anybody_and_no_group_is_made_twice(bulk: str) -> None:
    """Names of users are unique, so the service says that they are there; those of groups need not be."""
    with company() as here:
        here.service.set_faults([], own=[shows_nothing])
        result = here.ensure(users=people(), groups=teams(), bulk=bulk)
        assert result.failed
        assert "the service shows no users, and refuses to create any because they are there" in result["msg"]
        assert (result["counts"]["failed"], result["counts"]["not_attempted"]) == (PEOPLE, TEAMS)
        assert not result.changed
        here.check_nobody_is_harmed()
        assert len(here.service.stored()) == PEOPLE + TEAMS


# -- members -------------------------------------------------------------------------------------------------------------

MANY = 150


def with_a_large_group(here: Company) -> None:
    """"Big", in which there are 150 people, and one more who is to join."""
    users = here.service.seed(*({"schemas": [USER], "externalId": f"big-{number}", "userName": f"big{number}", "active": True} for number in range(MANY + 1)))
    here.service.seed({"schemas": [GROUP], "displayName": "Big", "members": [{"value": user["id"]} for user in users[:MANY]]})
    here.remember()


@pytest.mark.parametrize("quirks", [["max_members_100"], ["replace_list_on_add"], ["members_write_only"], ["duplicate_on_add"]], ids=str)
def test_one_joins_a_group_of_more_than_a_hundred(quirks: list[str]) -> None:
    """https://github.com/FusionAuth/fusionauth-issues/issues/2784: to add one removed the rest. AWS takes 100 changes in a request."""
    with company(quirks=quirks) as here:
        with_a_large_group(here)
        result = here.ensure(groups=[{"display_name": "Big", "members": {"add": [f"big-{MANY}"]}}])
        assert not result.failed, result["msg"]
        here.check_nobody_is_harmed()
        assert len({member["value"] for member in here.resource("Big")["members"]}) == MANY + 1


def test_one_cannot_join_a_group_of_more_than_a_hundred_and_nobody_leaves_it() -> None:
    """Where only whole lists are taken, a long one is not sent: who came in meanwhile would be put out."""
    with company(quirks=["patch_lists_only_whole"]) as here:
        with_a_large_group(here)
        result = here.ensure(groups=[{"display_name": "Big", "members": {"add": [f"big-{MANY}"]}}])
        assert result["unconverged"] == [{"kind": "Group", "key": "Big", "paths": ["members"]}]
        assert "did not keep all that it accepted, see unconverged: Group 'Big' (members)" in result["msg"]
        here.check_nobody_is_harmed()


def test_a_group_of_more_than_a_hundred_is_made_in_pieces() -> None:
    """https://github.com/slashdevops/idp-scim-sync/issues/62: 100 members in a request at most."""
    with company(quirks=["max_members_100"]) as here:
        with_a_large_group(here)
        result = here.ensure(groups=[{"display_name": "New", "members": {"set": [f"big-{number}" for number in range(MANY)]}}])
        assert not result.failed, result["msg"]
        assert len(here.resource("New")["members"]) == MANY
        here.check_nobody_is_harmed()


def put_without_members(request: Request, ask: Handler) -> Answer:
    """PUT of a group is answered 200, and its members are not stored."""
    if request.method != "PUT" or "/Groups/" not in request.path:
        return ask(request)
    return ask(request.with_json({key: value for key, value in request.json().items() if key != "members"}))


def test_a_put_of_a_group_stores_no_members() -> None:
    """https://github.com/gravitational/teleport/issues/67372. The first group cannot be saved, the others can."""
    with company(profile="minimal") as here:
        here.service.set_faults([], own=[put_without_members])
        result = here.ensure(groups=[{**team, "display_name": f"New {team['display_name']}"} for team in teams()])
        assert result.failed
        assert "lost its members by PUT; set capabilities.update to patch if the service takes PATCH" in result["msg"]
        assert (result["counts"]["update"], result["counts"]["not_attempted"]) == (1, TEAMS - 1)
        emptied = [one for one in here.service.stored() if one.get("displayName") and not one.get("members")]
        assert len(emptied) == 1, [one["displayName"] for one in emptied]
        assert result["unconverged"] == [{"kind": "Group", "key": emptied[0]["displayName"], "paths": ["members"]}]


# -- people --------------------------------------------------------------------------------------------------------------


def put_without_active_disables(request: Request, ask: Handler) -> Answer:
    """What a PUT leaves out is cleared, and who has no active is not active."""
    document: Any = request.json()
    if request.method == "PUT" and "/Users/" in request.path and "active" not in document:
        return ask(request.with_json({**document, "active": False}))
    return ask(request)


@pytest.mark.parametrize("profile", ["full", "minimal"])
def test_active_is_left_out(profile: str) -> None:
    """https://github.com/AzureAD/entra-id-inbound-provisioning/issues/16: a manager was disabled by becoming somebody's manager."""
    with company(profile=profile) as here:
        here.service.set_faults([], own=[put_without_active_disables])
        result = here.ensure(users=[{"external_id": "hr-1", "title": "Weaver", "manager": "hr-0"}, {"external_id": "hr-0", "title": "Lead"}])
        assert (result.failed, result["counts"]["update"]) == (False, 2)
        here.check_nobody_is_harmed()
        result = here.ensure(users=[{"external_id": "hr-3", "manager": "hr-2"}])
        assert not result.failed, result["msg"]
        assert here.writes == [f"{'PATCH' if profile == 'full' else 'PUT'} /scim/v2/Users/{here.resource('person3@example.com')['id']}"]
        here.check_nobody_is_harmed()


@pytest.mark.parametrize("change", [str.upper, str.title], ids=["upper", "title"])
@pytest.mark.parametrize("quirks", [[], ["lowercase_usernames"]], ids=str)
def test_only_the_letter_case_differs(quirks: list[str], change: Callable[[str], str]) -> None:
    """https://github.com/databricks/terraform-provider-databricks/issues/2786: a drift that never ended, and dropped the caller's own grant.
    https://github.com/freeipa/ansible-freeipa/issues/743: members were compared to the letter.
    """
    users = [{**one, "user_name": change(one["user_name"])} for one in people()]
    names = {one["external_id"]: one["user_name"] for one in users}
    groups = [{**team, "members": {"set": [names[name] for name in team["members"]["set"]]}} for team in teams()]
    with company(quirks=quirks) as here:
        here.does_nothing(users=users, groups=groups, unlisted=EVERYTHING)
        by_name_only = [{"user_name": one["user_name"]} for one in users]
        here.does_nothing(users=by_name_only, groups=[{**team, "external_id": None} for team in groups], unlisted=EVERYTHING)


class RefusesOne:
    """Whoever asks for one person is answered 503, times times."""

    def __init__(self, whom: str, times: int) -> None:
        self.whom = whom
        self.left = times

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.method != "GET" or self.whom not in request.query.get("filter", "") or not self.left:
            return ask(request)
        self.left -= 1
        return Answer(503, {"detail": "try again"})


def test_the_service_does_not_answer_for_one_user() -> None:
    """https://github.com/awslabs/ssosync/issues/278: a 503 is no answer, least of all "there is no such user"."""
    with company() as here:
        once = RefusesOne("hr-7", 2)
        here.service.set_faults([], own=[once])
        here.does_nothing(users=people(range(7, 8)))
        assert not once.left
        here.service.set_faults([], own=[RefusesOne("hr-7", 1000)])
        here.refuses("status 503: try again", users=[*people(range(7, 8)), {"external_id": "hr-6", "state": "absent"}], time_budget=60)


def test_lists_are_not_answered() -> None:
    """The same for everybody: a list that cannot be read is not an empty one."""
    with company() as here:
        here.service.set_faults(["503=1"])
        here.refuses("status 503", users=people(range(20)), unlisted={"users": "delete"}, time_budget=60)
