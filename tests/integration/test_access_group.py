# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Access group: made, changed, renamed, deleted, and when it is refused."""

from __future__ import annotations

from typing import Any

import pytest

import sandbox
from sandbox.exchange import Answer, Ending, Handler, Request
from tests.integration.access_world import ADA, BOB, BOTH, STAFF, AccessWorld, access_world, of_group


@pytest.mark.parametrize("quirks", BOTH, ids=["without false", "with false"])
def test_the_life_of_a_group(quirks: list[str]) -> None:
    with access_world(*quirks) as world:
        leave = world.cloudflare.seed_group("On leave", [BOB])
        wish = {"name": "Staff", "include": [{"email_domain": "Example.com"}, {"ip": "192.0.2.1"}], "exclude": [{"group": "On leave"}]}
        made = world.passes("access_group", wish)
        assert made["group"]["include"] == [{"email_domain": "Example.com"}, {"ip": "192.0.2.1/32"}]
        assert made["group"]["exclude"] == [{"group": leave["id"]}]
        stored = world.stored("groups", "Staff")
        assert stored is not None
        assert made["group"]["id"] == stored["id"]

        changed = world.passes("access_group", {"name": "Staff", "include": [{"ip": "192.0.2.1/32"}, {"everyone": True}]})
        assert changed["diff"][0]["before"] == {"include": [{"email_domain": "Example.com"}, "... and 1 more, unchanged"]}
        assert changed["diff"][0]["after"] == {"include": [{"everyone": True}, "... and 1 more, unchanged"]}
        after = world.stored("groups", "Staff")
        assert after is not None
        assert after["exclude"] == [of_group(leave)]  # not named, so it stays

        renamed = world.passes("access_group", {"id": stored["id"], "name": "Crew", "exclude": []})
        assert (renamed["group"]["name"], renamed["group"]["exclude"]) == ("Crew", [])
        gone = world.passes("access_group", {"name": "Crew", "state": "absent"})
        assert gone["group"] == {}
        assert world.stored("groups", "Crew") is None


def test_a_group_that_is_as_it_shall_be_costs_one_request() -> None:
    with access_world() as world:
        group = world.cloudflare.seed_group("Staff", [ADA, STAFF])
        wish = {"include": [{"email_domain": "example.com"}, {"email": "ADA@example.com"}]}
        for named in ({"name": "Staff"}, {"id": group["id"]}):
            done = world.run("access_group", {**named, **wish})
            assert (done.changed, world.counts()) == (False, {"GET": 1})
            assert done["group"]["name"] == "Staff"


def test_rules_that_are_not_known_stay_and_may_be_written_with_a_warning() -> None:
    with access_world("new-rule-kinds") as world:
        world.cloudflare.seed_group("Staff", [{"quantum_badge": {"serial": 7}}, STAFF], require=[{"moon": {"phase": "full"}}])
        done = world.passes("access_group", {"name": "Staff", "include": [{"quantum_badge": {"serial": 7}}, {"emial": {"email": "ada@example.com"}}]})
        assert any("'emial'" in warning and "did you mean email" in warning for warning in done.warnings_said)
        assert world.stored("groups", "Staff")["require"] == [{"moon": {"phase": "full"}}]  # type: ignore[index]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"name": "New"}, "has to include somebody"),
        ({"name": "New", "include": []}, "has to include somebody"),
        ({"name": "Staff", "include": []}, "has to include somebody"),
        ({"name": "Staff", "include": [{"group": "Enginers"}]}, "did you mean 'Engineers'"),
        ({"name": "Staff", "include": [{"email": "ada"}]}, "include[0]"),
        ({"name": ""}, "id and name are empty"),
        ({"id": "00000000-0000-4000-8000-000000000000", "name": "Staff"}, "an id finds a group"),
        ({"id": "", "name": ""}, "id and name are empty"),
        ({"name": " ", "state": "absent"}, "id and name are empty"),
        ({"id": " ", "name": "Staff"}, "id is blank"),
        ({"id": "Staff", "state": "absent"}, "id: 'Staff' is no id; give a name as name"),
        ({"name": "00000000-0000-4000-8000-000000000000", "state": "absent"}, "has the form of an id; give it as id"),
        ({"id": "staff", "name": "Team"}, "another Access group has the name 'Team'"),
        ({"name": "Twice"}, "matches 2 resources"),
        ({"name": "Twice", "state": "absent"}, "matches 2 resources"),
        ({"name": "Staff", "include": [{"group": "Staff"}]}, "would contain itself"),
        ({"name": "Staff", "exclude": [{"group": "Engineers"}]}, "would contain itself through 'Engineers', 'Team'"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_first_write(wish: dict[str, Any], said: str) -> None:
    with access_world() as world:
        staff = world.cloudflare.seed_group("Staff", [STAFF])
        team = world.cloudflare.seed_group("Team", [of_group(staff)])
        world.cloudflare.seed_group("Engineers", [ADA], require=[of_group(team)])
        for name in ("Twice", "Twice"):
            world.cloudflare.seed_group(name, [ADA])
        wish = {**wish, "id": staff["id"]} if wish.get("id") == "staff" else wish
        for check in (True, False):
            done = world.run("access_group", wish, check=check)
            assert done.failed
            assert said in done["msg"]
            assert set(world.counts()) <= {"GET"}
            assert (done.changed, done["requests"]) == (False, [])


def test_a_group_that_is_named_somewhere_is_not_deleted() -> None:
    with access_world() as world:
        cloudflare = world.cloudflare
        staff = cloudflare.seed_group("Staff", [STAFF])
        cloudflare.seed_group("Crew", [ADA], exclude=[of_group(staff)])
        policy = cloudflare.seed_policy("Allow staff", "allow", [of_group(staff)])
        wiki = cloudflare.seed_app("Wiki", "wiki.example.com", [policy["id"]])
        blog = cloudflare.seed_app("Blog", "blog.example.com")
        cloudflare.seed_app_policy(blog["id"], "Only staff", "allow", [ADA], 1, require=[of_group(staff)])
        for check in (True, False):
            done = world.run("access_group", {"name": "Staff", "state": "absent"}, check=check)
            assert done.failed
            assert [(each["kind"], each["name"], each.get("application")) for each in done["used_by"]] == [
                ("group", "Crew", None),
                ("policy", "Allow staff", None),
                ("policy", "Only staff", "Blog"),
            ]
            assert "policy 'Only staff'" in done["msg"]
            assert world.counts() == {"GET": 3}
        assert wiki["id"]

        shown = world.run("access_group_info", {"usage": True})
        assert {group["name"]: len(group["used_by"]) for group in shown["groups"]} == {"Staff": 3, "Crew": 0}
        assert world.counts() == {"GET": 3}


def test_a_name_is_one_however_its_accents_are_written() -> None:
    """Two forms of Unicode that look the same; a second group of what is one name could never be told from the first."""
    composed, taken_apart = "Caf\u00e9", "Cafe\u0301"
    with access_world() as world:
        group = world.cloudflare.seed_group(composed, [ADA, BOB])
        done = world.run("access_group", {"name": taken_apart, "include": [{"email": "ada@example.com"}, {"email": "bob@example.com"}]})
        assert (done.changed, done["group"]["id"]) == (False, group["id"])
        assert world.run("access_group_info", {"name": taken_apart})["count"] == 1
        wish = {"selector": {"email": "ada@example.com"}, "state": "absent", "groups": [taken_apart]}
        assert world.passes("access_selector", wish)["counts"]["changed"] == 1
        assert world.run("access_policy", {"name": "P", "decision": "allow", "include": [{"group": taken_apart}]}).changed
        assert world.stored("policies", "P")["include"] == [of_group(group)]  # type: ignore[index]


def test_an_entry_with_several_values_is_found_again() -> None:
    """Cloudflare splits it; a task that did not would change the group for ever."""
    with access_world() as world:
        world.cloudflare.seed_idp("Entra ID")
        wish = {"name": "Staff", "include": [{"azure_ad": {"id": ["one", "two"], "identity_provider": "Entra ID"}}]}
        assert [rule["azure_ad"]["id"] for rule in world.passes("access_group", wish)["group"]["include"]] == ["one", "two"]


def test_rules_that_are_no_objects_go_back_as_they_came() -> None:
    with access_world("new-rule-kinds") as world:
        newer = [{"quantum": ["a", None]}, {"moon": "full"}]
        world.cloudflare.seed_group("Staff", [*newer, ADA])
        world.passes("access_group", {"name": "Staff", "include": [*newer, {"email": "bob@example.com"}]})
        assert world.stored("groups", "Staff")["include"] == [*newer, BOB]  # type: ignore[index]
        world.passes("access_selector", {"selector": {"moon": "full"}, "state": "absent", "groups": ["Staff"]})
        assert world.stored("groups", "Staff")["include"] == [newer[0], BOB]  # type: ignore[index]


def test_the_groups_are_read() -> None:
    with access_world() as world:
        entra = world.cloudflare.seed_idp("Entra ID")["id"]
        staff = world.cloudflare.seed_group("Staff", [STAFF, {"azureAD": {"id": "x", "identity_provider_id": entra}}])
        for name in ("Twice", "Twice"):
            world.cloudflare.seed_group(name, [ADA])
        by_id = world.run("access_group_info", {"id": staff["id"]})
        assert by_id["groups"][0]["include"][1] == {"azure_ad": {"id": "x", "identity_provider_id": entra}}
        assert world.counts() == {"GET": 1}
        assert world.run("access_group_info", {"name": "Twice"})["count"] == 2
        assert world.counts() == {"GET": 1}
        assert world.run("access_group_info", {"name": "twice"})["groups"] == []
        assert world.run("access_group_info", {})["count"] == 3
        assert world.run("access_group_info", {"id": "00000000-0000-4000-8000-000000000000"})["count"] == 0
        assert world.run("access_group_info", {"id": staff["id"], "usage": True})["groups"][0]["used_by"] == []
        for option in ("id", "name"):  # an empty variable does not ask for everything
            assert "is empty" in world.run("access_group_info", {option: ""})["msg"]


def test_the_default_is_compared_only_where_it_is_shown() -> None:
    with access_world() as world:
        made = world.run("access_group", {"name": "Staff", "include": [{"everyone": True}], "is_default": True})
        assert made.changed
        assert world.bodies()[0]["is_default"] is True
        again = world.run("access_group", {"name": "Staff", "include": [{"everyone": True}], "is_default": True})
        assert (again.changed, world.counts()) == (False, {"GET": 1})
        assert any("does not show is_default" in warning for warning in again.warnings_said)
        world.run("access_group", {"name": "Staff", "include": [{"email": "ada@example.com"}], "is_default": True})
        assert world.bodies()[0]["is_default"] is True


def test_where_the_default_is_shown_it_is_compared() -> None:
    with access_world() as world:
        world.service.set_faults([], own=[shows_the_default])
        world.run("access_group", {"name": "Staff", "include": [{"everyone": True}]})
        done = world.passes("access_group", {"name": "Staff", "is_default": True})
        assert done.warnings_said == []
        assert done["group"]["is_default"] is True


def shows_the_default(request: Request, ask: Handler) -> Answer:
    """Groups show that they are the default, if the last PUT said so."""
    answer = ask(request)
    if "/access/groups" not in request.path:
        return answer
    if request.method == "PUT":
        shows_the_default.said = bool((request.json() or {}).get("is_default"))  # type: ignore[attr-defined]
    result = answer.body.get("result")
    shown = {"is_default": getattr(shows_the_default, "said", False)}
    if isinstance(result, list):
        result = [{**each, **shown} for each in result]
    elif isinstance(result, dict) and "name" in result:
        result = {**result, **shown}
    return Answer(answer.status, {**answer.body, "result": result}, answer.headers)


@pytest.mark.parametrize(
    ("wish", "unconverged"),
    [
        ({"name": "New", "include": [{"everyone": True}]}, ["(existence)"]),
        ({"name": "Staff", "include": [{"everyone": True}], "exclude": [{"email": "bob@example.com"}]}, ["include", "exclude"]),
        ({"name": "Staff", "state": "absent"}, ["(existence)"]),
    ],
)
def test_what_is_accepted_and_not_kept_is_told(wish: dict[str, Any], unconverged: list[str]) -> None:
    with access_world() as world:
        world.cloudflare.seed_group("Staff", [STAFF])
        world.cloudflare.set_quirks(["keeps-nothing"])
        done = world.run("access_group", wish)
        assert done.failed
        assert done["unconverged"] == unconverged
        said = {"absent": "accepted that it shall go, and it is still there"}.get(wish.get("state", ""), "and did not keep it")
        assert ("accepted it, and it is not there" if unconverged == ["(existence)"] and "state" not in wish else said) in done["msg"]
        assert not world.run("access_group", {**wish, "on_unconverged": "warn"}).failed


@pytest.mark.parametrize("applied", [True, False])
def test_a_group_whose_answer_is_lost_is_looked_for_before_it_is_sent_again(applied: bool) -> None:
    with access_world() as world:
        world.service.set_faults([], own=[LosesTheFirst("POST", applied=applied)])
        done = world.run("access_group", {"name": "Staff", "include": [{"everyone": True}]})
        assert (done.failed, done.changed) == (False, True)
        assert len(world.cloudflare.stored("groups")) == 1
        assert len(world.sent("POST")) == (1 if applied else 2)
        assert [entry["method"] for entry in done["requests"]] == ["POST"]  # as check mode says
        assert done["group"]["name"] == "Staff"


class LosesTheFirst:
    """The first request of a method gets no answer. applied: whether it is done."""

    def __init__(self, method: str, *, applied: bool) -> None:
        self.method, self.applied, self.lost = method, applied, False

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.method != self.method or self.lost:
            return ask(request)
        self.lost = True
        if self.applied:
            ask(request)
        return Answer(502, "<html>bad gateway</html>", ending=Ending.DROPPED)


def test_what_the_service_refuses_is_passed_on() -> None:
    with sandbox.running() as service:
        world = AccessWorld(service)
        done = world.run("access_group", {"name": "Staff", "include": [{"group": "11111111-1111-4111-8111-111111111111"}]})
        assert done.failed
        assert (done["status"], done["code"]) == (400, 11020)
        denied = world.run("access_group", {"name": "Staff", "api_token": "wrong", "state": "absent"})
        assert denied.failed
        assert denied["status"] in (400, 401, 403)
