# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The place of a policy: its precedence within one application, and the applications it is attached to."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.exchange import Answer, Ending, Handler, Request
from tests.integration.access_world import ADA, STAFF, AccessWorld, access_world

POLICY = "access_policy"


def order(world: AccessWorld, application: str) -> list[tuple[str, int]]:
    """The names of an application's policies with their precedence, as stored."""
    names = {policy["id"]: policy["name"] for policy in world.cloudflare.stored("policies")}
    stored = world.stored("apps", application)
    assert stored is not None
    return [(names[entry["id"]], entry["precedence"]) for entry in stored["policies"]]


def wiki_with(world: AccessWorld, **policies: int) -> dict[str, Any]:
    """An application with these policies of its own. Returns their ids by name, and its own by ""."""
    wiki = world.cloudflare.seed_app("Wiki")
    ids = {name: world.cloudflare.seed_app_policy(wiki["id"], name, "allow", [ADA], number)["id"] for name, number in policies.items()}
    return {**ids, "": wiki["id"]}


@pytest.mark.parametrize(
    ("before", "name", "wanted", "after", "writes"),
    [
        ({"a": 1, "b": 2, "c": 3}, "c", 1, {"c": 1, "a": 2, "b": 4}, 3),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, "c", 1, {"c": 1, "a": 2, "b": 3, "d": 4}, 4),
        ({"a": 1, "b": 2, "c": 3}, "a", 3, {"b": 2, "a": 3, "c": 4}, 2),
        ({"a": 1, "b": 5}, "b", 2, {"a": 1, "b": 2}, 1),
        ({"a": 1, "b": 2}, "new", 1, {"new": 1, "a": 2, "b": 3}, 3),
        ({"a": 1, "b": 3}, "new", 1, {"new": 1, "a": 2, "b": 3}, 2),
        ({"a": 1, "b": 3}, "new", None, {"a": 1, "b": 3, "new": 4}, 1),
    ],
)
def test_a_policy_gets_its_place(before: dict[str, int], name: str, wanted: int | None, after: dict[str, int], writes: int) -> None:
    with access_world() as world:
        wiki_with(world, **before)
        new = {"decision": "deny", "include": [{"everyone": True}]} if name == "new" else {}
        done = world.passes(POLICY, {"application": "Wiki", "name": name, "precedence": wanted, **new})
        assert order(world, "Wiki") == list(after.items())
        assert len(done["requests"]) == writes
        moved = {name for name, number in after.items() if before.get(name) != number}
        assert {entry["before_header"] for entry in done["diff"]} == {f"AccessPolicy {name}" for name in moved}


def test_a_policy_that_moves_and_changes_is_changed_once_it_is_there() -> None:
    with access_world() as world:
        ids = wiki_with(world, a=1, b=2, c=3)
        done = world.passes(POLICY, {"application": "Wiki", "id": ids["c"], "name": "z", "decision": "deny", "precedence": 2})
        assert order(world, "Wiki") == [("a", 1), ("z", 2), ("b", 4)]
        assert [entry["path"][-36:] for entry in done["requests"]] == [ids["b"], ids["c"]]
        assert done["diff"][0]["after"] == {"name": "z", "decision": "deny", "precedence": 2}
        assert done["diff"][1]["after"] == {"precedence": 4}
        assert world.stored("policies", "z")["decision"] == "deny"  # type: ignore[index]


def test_a_reusable_policy_in_the_way_is_not_pushed_aside() -> None:
    with access_world() as world:
        staff = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        wiki = world.cloudflare.seed_app("Wiki", policies=[{"id": staff["id"], "precedence": 1}])
        world.cloudflare.seed_app_policy(wiki["id"], "Guests", "allow", [ADA], 2)
        done = world.run(POLICY, {"application": "Wiki", "name": "Guests", "precedence": 1})
        assert done.failed
        assert "the reusable policy at 1 gets its place from its application" in done["msg"]
        assert world.sent("PUT") == []


@pytest.mark.parametrize(
    ("wish", "after", "writes"),
    [
        ({"add": ["Blog"]}, {"Wiki": ["Old", "Staff"], "Blog": ["Old", "Staff"], "Shop": []}, 1),
        ({"add": ["Blog"], "position": "first"}, {"Wiki": ["Old", "Staff"], "Blog": ["Staff", "Old"], "Shop": []}, 1),
        ({"add": ["Blog", "Wiki"], "position": "first"}, {"Wiki": ["Staff", "Old"], "Blog": ["Staff", "Old"], "Shop": []}, 2),
        ({"add": ["shop.EXAMPLE.com"], "remove": ["Wiki"]}, {"Wiki": ["Old"], "Blog": ["Old"], "Shop": ["Staff"]}, 2),
        ({"set": ["Blog", "Shop"]}, {"Wiki": ["Old"], "Blog": ["Old", "Staff"], "Shop": ["Staff"]}, 3),
        ({"set": []}, {"Wiki": ["Old"], "Blog": ["Old"], "Shop": []}, 1),
        ({"remove": ["Wiki", "Blog"]}, {"Wiki": ["Old"], "Blog": ["Old"], "Shop": []}, 1),
    ],
)
def test_a_policy_is_attached_and_detached(wish: dict[str, Any], after: dict[str, list[str]], writes: int) -> None:
    with access_world() as world:
        old, staff = (world.cloudflare.seed_policy(name, "allow", [STAFF]) for name in ("Old", "Staff"))
        settings = {"cors_headers": {"allowed_origins": ["*"]}, "field_of_next_year": {"deep": [1]}, "session_duration": "6h"}
        world.cloudflare.seed_app("Wiki", policies=[old["id"], staff["id"]], **settings)
        world.cloudflare.seed_app("Blog", policies=[old["id"]], **settings)
        world.cloudflare.seed_app("Shop", **settings)
        before = {app["name"]: app for app in world.cloudflare.stored("apps")}
        done = world.passes(POLICY, {"name": "Staff", "applications": wish})
        assert {name: [policy for policy, _number in order(world, name)] for name in after} == after
        assert len(done["requests"]) == writes == len(done["diff"])
        for app in world.cloudflare.stored("apps"):
            changed = {name for name in app if app[name] != before[app["name"]][name]}
            assert changed <= {"policies", "updated_at"}


def test_a_new_policy_is_attached_with_one_task() -> None:
    with access_world() as world:
        world.cloudflare.seed_app("Wiki")
        wish = {"name": "Staff", "decision": "allow", "include": [{"everyone": True}], "applications": {"add": ["Wiki"], "position": "first"}}
        done = world.passes(POLICY, wish)
        assert [entry["method"] for entry in done["requests"]] == ["POST", "PUT"]
        assert order(world, "Wiki") == [("Staff", 1)]
        assert done["diff"][1]["after"] == {"policies": ["Staff"]}


def test_a_policy_that_was_not_kept_as_a_whole_is_not_attached() -> None:
    with access_world() as world:
        world.cloudflare.seed_app("Wiki")

        def loses_the_exclude(request: Request, ask: Handler) -> Answer:
            answer = ask(request)
            if request.method == "GET" and "/access/policies/" in request.path:
                answer.body["result"].pop("exclude", None)
            return answer

        world.service.set_faults([], own=[loses_the_exclude])
        wish = {"name": "Staff", "decision": "allow", "include": [{"everyone": True}], "exclude": [{"geo": "KP"}], "applications": {"add": ["Wiki"]}}
        done = world.run(POLICY, wish)
        assert done.failed
        assert done["unconverged"] == ["exclude", "applications.Wiki"]
        assert order(world, "Wiki") == []


def test_many_applications_are_read_back_in_one_list() -> None:
    with access_world() as world:
        names = [f"App {number}" for number in range(12)]
        for name in names:
            world.cloudflare.seed_app(name)
        policy = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        done = world.passes(POLICY, {"name": "Staff", "applications": {"add": names}})
        assert done["policy"]["app_count"] == 12
        assert not world.run(POLICY, {"id": policy["id"], "applications": {"set": names}}).changed
        assert world.counts() == {"GET": 2}
        world.run(POLICY, {"name": "Staff", "applications": {"set": names[:4]}})
        # The policies, the applications, each that changes, the applications again and the policy.
        assert world.counts() == {"GET": 1 + 1 + 8 + 1 + 1, "PUT": 8}


def test_who_is_left_without_a_policy_is_told() -> None:
    with access_world() as world:
        staff = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        world.cloudflare.seed_app("Wiki", policies=[staff["id"]])
        done = world.passes(POLICY, {"name": "Staff", "applications": {"remove": ["Wiki"]}})
        assert done.warnings_said == ["application 'Wiki' has no policy left, so it lets nobody in"]


def test_an_application_that_shows_secrets_redacted_is_not_written() -> None:
    with access_world() as world:
        staff = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        secret = {"authentication": {"scheme": "httpbasic", "user": "u", "password": "******"}}
        world.cloudflare.seed_app("Wiki")
        world.cloudflare.seed_app("Shop", scim_config=secret)
        for options in ({"name": "Staff"}, {"name": "New", "decision": "allow", "include": [{"everyone": True}]}):
            done = world.run(POLICY, {**options, "applications": {"add": ["Wiki", "Shop"]}})
            assert done.failed
            assert "application 'Shop' shows scim_config.authentication.password redacted" in done["msg"]
            assert world.sent("PUT", "POST") == []
        assert staff["id"]


@pytest.mark.parametrize("count", ["shown", "hidden"])
def test_a_policy_in_use_is_deleted_only_after_it_was_detached(count: str) -> None:
    with access_world() as world:
        if count == "hidden":
            world.service.set_faults([], own=[shows_no_count])
        old, staff = (world.cloudflare.seed_policy(name, "allow", [STAFF]) for name in ("Old", "Staff"))
        world.cloudflare.seed_app("Wiki", policies=[old["id"], staff["id"]])
        world.cloudflare.seed_app("Blog", policies=[staff["id"]])
        for check in (True, False):
            refused = world.run(POLICY, {"name": "Staff", "state": "absent"}, check=check)
            assert refused.failed
            assert refused["used_by"] == ["Wiki", "Blog"]
            assert "2 applications ('Wiki', 'Blog') would lose it; detach: true" in refused["msg"]
            assert world.counts() == {"GET": 2}
        done = world.passes(POLICY, {"name": "Staff", "state": "absent", "detach": True})
        assert [entry["method"] for entry in done["requests"]] == ["PUT", "PUT", "DELETE"]
        assert done.warnings_said == ["application 'Blog' has no policy left, so it lets nobody in"]
        assert order(world, "Wiki") == [("Old", 1)]


def shows_no_count(request: Request, ask: Handler) -> Answer:
    """Policies do not show how many applications use them."""
    answer = ask(request)
    for each in answer.body.get("result") or () if request.path.endswith("/access/policies") else ():
        if isinstance(each, dict):
            each.pop("app_count", None)
    return answer


def test_a_reusable_policy_is_not_deleted_for_others_because_one_application_was_named() -> None:
    with access_world() as world:
        staff = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        world.cloudflare.seed_app("Wiki", policies=[staff["id"]])
        blog = world.cloudflare.seed_app("Blog", policies=[staff["id"]])
        wish = {"name": "Staff", "application": "Wiki", "state": "absent", "detach": True}
        refused = world.run(POLICY, wish)
        assert refused.failed
        assert "leave out application to delete it for all of them" in refused["msg"]
        world.run(POLICY, {"name": "Staff", "applications": {"remove": [blog["id"]]}})
        assert world.passes(POLICY, wish)["policy"] == {}


class StillInUse:
    """DELETE is answered 409 a few times, as if the detaching had not come through everywhere."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.method != "DELETE" or self.times == 0:
            return ask(request)
        self.times -= 1
        error = {"code": 12132, "message": "access.api.error.conflict: policy is in use by an application"}
        return Answer(409, {"success": False, "errors": [error], "messages": [], "result": None})


@pytest.mark.parametrize(("times", "failed"), [(3, False), (4, True)])
def test_a_detached_policy_is_deleted_as_soon_as_cloudflare_notices(times: int, failed: bool) -> None:
    with access_world() as world:
        staff = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        world.cloudflare.seed_app("Wiki", policies=[staff["id"]])
        world.service.set_faults([], own=[StillInUse(times)])
        done = world.run(POLICY, {"name": "Staff", "state": "absent", "detach": True})
        assert (done.failed, done.changed) == (failed, True)
        assert [entry["method"] for entry in done["requests"]] == ["PUT", "DELETE"]
        assert len(world.sent("DELETE")) == 4
        if failed:
            assert done["status"] == 409


def test_a_conflict_that_nobody_could_see_coming_is_explained() -> None:
    """The count was 0 when the policy was read; meanwhile somebody attached it."""
    with access_world() as world:
        staff = world.cloudflare.seed_policy("Staff", "allow", [STAFF])

        def attaches(request: Request, ask: Handler) -> Answer:
            if request.method == "DELETE":
                world.cloudflare.seed_app("Wiki", policies=[staff["id"]])
            return ask(request)

        world.service.set_faults([], own=[attaches])
        done = world.run(POLICY, {"name": "Staff", "state": "absent"})
        assert done.failed
        assert done["used_by"] == ["Wiki"]


class LosesTheFirst:
    """The first POST gets no answer. applied: whether it is done."""

    def __init__(self, *, applied: bool) -> None:
        self.applied, self.lost = applied, False

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.method != "POST" or self.lost:
            return ask(request)
        self.lost = True
        if self.applied:
            ask(request)
        return Answer(502, "<html>bad gateway</html>", ending=Ending.DROPPED)


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("where", [{}, {"application": "Wiki"}], ids=["reusable", "of an application"])
def test_a_policy_whose_answer_is_lost_is_looked_for_before_it_is_sent_again(applied: bool, where: dict[str, str]) -> None:
    with access_world() as world:
        world.cloudflare.seed_app("Wiki")
        world.service.set_faults([], own=[LosesTheFirst(applied=applied)])
        done = world.run(POLICY, {**where, "name": "Staff", "decision": "allow", "include": [{"everyone": True}]})
        assert (done.failed, done.changed) == (False, True)
        assert [entry["method"] for entry in done["requests"]] == ["POST"]
        assert len(world.cloudflare.stored("policies")) == 1
        assert len(world.sent("POST")) == (1 if applied else 2)
        assert done["policy"]["name"] == "Staff"


@pytest.mark.parametrize("count", [1, 3])
def test_an_application_that_does_not_show_its_policies_loses_none(count: int) -> None:
    """What is left out may be there; PUT of an application replaces all its policies."""

    def short(request: Request, ask: Handler) -> Answer:
        answer = ask(request)
        if request.method == "GET" and "/access/apps" in request.path and not request.path.endswith("/policies"):
            result = answer.body["result"]
            for app in result if isinstance(result, list) else [result]:
                app.pop("policies", None)
        return answer

    with access_world() as world:
        staff = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        world.cloudflare.seed_policy("New", "deny", [ADA])
        names = [f"App {number}" for number in range(count)]
        for name in names:
            app = world.cloudflare.seed_app(name, policies=[staff["id"]])
            world.cloudflare.seed_app_policy(app["id"], "Own", "allow", [ADA], 2)
        world.service.set_faults([], own=[short])
        world.passes(POLICY, {"name": "New", "applications": {"add": names, "position": "first"}})
        for app in world.cloudflare.stored("apps"):
            assert len(app["policies"]) == 3
        assert len(world.cloudflare.stored("policies")) == 2 + count
