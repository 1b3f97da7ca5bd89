# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One selector in, or out of, many groups and policies: what changes, what stays, and what is refused before anything is written."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Request
from tests.integration.access_world import (
    ADA,
    BOB,
    BOTH,
    NOBODY,
    STAFF,
    AccessWorld,
    access_world,
    hides,
    of_group,
)

ABSENT = {"selector": {"email": "Ada@Example.com"}, "state": "absent", "everywhere": True}
PRESENT = {"selector": {"email": "ada@example.com"}}
NEWER = {"quantum_badge": {"serial": 7, "note": "as it came"}}


def company(world: AccessWorld) -> dict[str, dict[str, Any]]:
    """Ada is in a group, a reusable policy and one of an application, each with others; and where she is kept out."""
    cloudflare = world.cloudflare
    made = {"crew": cloudflare.seed_group("Crew", [NEWER, ADA, BOB, {"ip": {"ip": "192.0.2.1/32"}}], require=[STAFF])}
    made["others"] = cloudflare.seed_group("Others", [BOB], exclude=[ADA])
    made["blocked"] = cloudflare.seed_group("Blocked", [ADA, BOB])
    more = {"session_duration": "2h", "purpose_justification_required": True, "purpose_justification_prompt": "Why?"}
    made["staff"] = cloudflare.seed_policy("Allow staff", "allow", [STAFF, ADA, of_group(made["crew"])], exclude=[of_group(made["blocked"])], **more)
    made["deny"] = cloudflare.seed_policy("Deny", "deny", [ADA, BOB])
    made["wiki"] = cloudflare.seed_app("Wiki", "wiki.example.com", [made["deny"]["id"], made["staff"]["id"]])
    made["blog"] = cloudflare.seed_app("Blog", "blog.example.com")
    made["own"] = cloudflare.seed_app_policy(made["blog"]["id"], "Own", "allow", [BOB, ADA], 4)
    return made


def without_times(found: dict[str, Any] | None, *lists: str) -> dict[str, Any]:
    assert found is not None
    return {name: value for name, value in found.items() if name not in ("updated_at", *lists)}


@pytest.mark.parametrize("quirks", BOTH, ids=["without false", "with false"])
def test_a_person_is_taken_out_everywhere_and_nothing_else_is_touched(quirks: list[str]) -> None:
    with access_world(*quirks) as world:
        company(world)
        before = {kind: {each["name"]: each for each in world.cloudflare.stored(kind)} for kind in ("groups", "policies", "apps")}
        done = world.passes("access_selector", ABSENT)
        assert [(each["kind"], each["name"], each["action"], each["rules"]) for each in done["objects"]] == [
            ("group", "Crew", "changed", ["include"]),
            ("policy", "Allow staff", "changed", ["include"]),
            ("policy", "Own", "changed", ["include"]),
        ]
        assert done["objects"][2]["application"] == "Blog"
        assert [(each["kind"], each["name"]) for each in done["kept"]] == [("group", "Blocked"), ("policy", "Deny")]
        assert done["counts"] == {"examined": 6, "changed": 3, "deleted": 0, "disabled": 0, "kept": 2, "failed": 0}
        assert done["diff"][0]["before"] == {"include": [{"email": "ada@example.com"}, "... and 3 more, unchanged"]}
        assert done["diff"][0]["after"] == {"include": ["... and 3 more, unchanged"]}
        assert world.stored("groups", "Crew")["include"] == [NEWER, BOB, {"ip": {"ip": "192.0.2.1/32"}}]  # type: ignore[index]
        for kind, objects in before.items():
            for name, was in objects.items():
                changed = ["include"] if name in ("Crew", "Allow staff", "Own") else []
                assert without_times(world.stored(kind, name), *changed) == without_times(was, *changed)


def test_each_costs_one_request_and_all_are_seen_with_one_more_listing() -> None:
    with access_world("new-rule-kinds") as world:
        company(world)
        world.run("access_selector", ABSENT)
        assert world.counts() == {"GET": 6, "PUT": 3}
        world.run("access_selector", ABSENT)
        assert world.counts() == {"GET": 3}
        world.run("access_selector", {**PRESENT, "groups": ["Crew"]})
        assert world.counts() == {"GET": 2, "PUT": 1}


def test_who_is_named_is_changed_also_where_people_are_kept_out() -> None:
    with access_world() as world:
        company(world)
        done = world.run("access_selector", {**ABSENT, "groups": ["Blocked"], "policies": ["Deny"]}, check=True)
        assert done["kept"] == []
        assert any("keeps people out" in warning and "'Blocked'" in warning and "'Deny'" in warning for warning in done.warnings_said)
        assert done["counts"]["changed"] == 5


def test_a_selector_is_put_where_it_is_missing() -> None:
    with access_world("new-rule-kinds") as world:
        made = company(world)
        wish = {"selector": {"ip": "198.51.100.7"}, "groups": ["Crew", made["others"]["id"]], "policies": ["Own", "Allow staff"]}
        done = world.passes("access_selector", wish)
        assert done["counts"] == {"examined": 4, "changed": 4, "deleted": 0, "disabled": 0, "kept": 0, "failed": 0}
        for kind, name in (("groups", "Crew"), ("groups", "Others"), ("policies", "Own"), ("policies", "Allow staff")):
            assert world.stored(kind, name)["include"][-1] == {"ip": {"ip": "198.51.100.7/32"}}  # type: ignore[index]
        before = {name: world.stored("policies", name) for name in ("Own", "Allow staff")}
        world.passes("access_selector", {**wish, "selector": {"email": "eve@example.com"}, "rules": ["exclude"]})
        world.passes("access_selector", {**wish, "selector": {"email": "eve@example.com"}, "rules": ["exclude"], "state": "absent"})
        for name, was in before.items():
            assert without_times(world.stored("policies", name)) == without_times(was)


def test_a_selector_is_removed_however_it_is_spelled() -> None:
    with access_world() as world:
        crew = world.cloudflare.seed_group("Crew", [BOB, {"ip": {"ip": "192.0.2.1/32"}}, {"email": {"email": "aDa@eXample.com"}}])
        world.cloudflare.seed_group("Nested", [of_group(crew), BOB])
        for selector in ({"ip": "192.0.2.1"}, {"email": "ADA@EXAMPLE.COM"}):
            assert world.passes("access_selector", {**ABSENT, "selector": selector})["counts"]["changed"] == 1
        world.passes("access_selector", {**ABSENT, "selector": {"group": "Crew"}})
        assert world.stored("groups", "Crew")["include"] == [BOB]  # type: ignore[index]
        assert world.stored("groups", "Nested")["include"] == [BOB]  # type: ignore[index]


@pytest.mark.parametrize("on_empty", ["refuse", "delete"])
def test_what_is_named_by_id_is_read_although_no_list_shows_it(on_empty: str) -> None:
    """A token with rights for some things only is shown short lists; what they leave out is not gone."""
    with access_world() as world:
        crew, staff = world.cloudflare.seed_group("Crew", [ADA, BOB]), world.cloudflare.seed_policy("Staff", "allow", [ADA, BOB])
        world.service.set_faults([], own=[hides("Crew", "Staff")])
        wish = {**PRESENT, "groups": [crew["id"]], "policies": [staff["id"]], "on_empty": on_empty}
        assert world.passes("access_selector", {**wish, "state": "absent"})["counts"]["changed"] == 2
        assert world.passes("access_selector", wish)["counts"]["changed"] == 2
        world.cloudflare.set_quirks(["keeps-nothing"])
        lost = world.run("access_selector", {**wish, "state": "absent"})
        assert len(lost["unconverged"]) == 2


def test_ids_are_found_however_they_are_spelled() -> None:
    with access_world() as world:
        crew, staff = world.cloudflare.seed_group("Crew", [ADA, BOB]), world.cloudflare.seed_policy("Staff", "deny", [ADA, BOB])
        wish = {**ABSENT, "groups": [f" {crew['id'].upper()}"], "policies": [staff["id"].upper()]}
        assert world.passes("access_selector", wish)["counts"]["changed"] == 2
        assert not world.run("access_group", {"id": crew["id"].upper(), "name": "Crew"}).failed
        assert not world.run("access_policy", {"id": f" {staff['id'].upper()} ", "decision": "deny"}).failed
        assert world.run("access_group_info", {"id": crew["id"].upper()})["count"] == 1
        world.passes("access_policy", {"id": staff["id"], "include": [{"group": crew["id"].upper()}]})


@pytest.mark.parametrize("shown", ["ids", "ids alone", "nothing"])
def test_policies_whose_rules_are_not_shown_are_not_passed_over_in_silence(shown: str) -> None:
    def short(request: Request, ask: Handler) -> Answer:
        answer = ask(request)
        for app in answer.body["result"] if request.path.endswith("/access/apps") else ():
            ids = [each["id"] for each in app.pop("policies")]
            if shown != "nothing":
                app["policies"] = ids if shown == "ids alone" else [{"id": one} for one in ids]
        return answer

    with access_world("new-rule-kinds") as world:
        company(world)
        world.cloudflare.seed_app("Start", type="bookmark")
        quiet = world.run("access_selector", ABSENT, check=True)
        assert not [warning for warning in quiet.warnings_said if "does not show" in warning]
        world.service.set_faults([], own=[short])
        done = world.run("access_selector", ABSENT)
        assert [each["name"] for each in done["objects"]] == ["Crew", "Allow staff"]
        (said,) = [warning for warning in done.warnings_said if "does not show" in warning]
        assert "Blog" in said
        assert "Start" not in said
        assert ("Wiki" in said) is (shown == "nothing")  # the others it has are reusable, and were looked at
        own = world.stored("policies", "Own")
        assert own is not None
        blind = world.run("access_selector", {"selector": {"email": "eve@example.com"}, "policies": [own["id"]]})
        assert blind.failed  # its other rules would be lost
        assert set(world.counts()) <= {"GET"}
        assert world.stored("policies", "Own") == own


def test_that_nobody_names_it_is_no_failure() -> None:
    with access_world() as world:
        company(world)
        done = world.run("access_selector", {**ABSENT, "selector": {"email": "eve@example.com"}})
        assert (done.failed, done.changed, done["objects"]) == (False, False, [])
        assert world.counts() == {"GET": 3}


def lonely(world: AccessWorld) -> None:
    """Ada is all that these include; Pair has others, too."""
    cloudflare = world.cloudflare
    cloudflare.seed_group("Hers", [ADA])
    cloudflare.seed_group("Pair", [ADA, BOB])
    cloudflare.seed_policy("Only Ada", "allow", [ADA], exclude=[BOB])
    blog = cloudflare.seed_app("Blog", "blog.example.com")
    cloudflare.seed_app_policy(blog["id"], "Own", "allow", [ADA], 1)


def test_where_nothing_would_be_left_all_is_refused_before_the_first_write() -> None:
    with access_world() as world:
        lonely(world)
        before = world.everything()
        for check in (True, False):
            done = world.run("access_selector", ABSENT, check=check)
            assert done.failed
            assert [(each["name"], each["reason"]) for each in done["refused"]] == [
                (name, "nothing would be left in its include") for name in ("Hers", "Only Ada", "Own")
            ]
            assert all(name in done["msg"] for name in ("'Hers'", "'Only Ada'", "'Own'", "on_empty=disable"))
            assert (done.changed, done["requests"], world.counts()) == (False, [], {"GET": 3})
        assert world.everything() == before


@pytest.mark.parametrize("quirks", BOTH, ids=["without false", "with false"])
def test_they_are_disabled_and_come_back(quirks: list[str]) -> None:
    with access_world(*quirks) as world:
        lonely(world)
        done = world.passes("access_selector", {**ABSENT, "on_empty": "disable"})
        assert done["counts"] == {"examined": 4, "changed": 1, "deleted": 0, "disabled": 3, "kept": 0, "failed": 0}
        for kind, name in (("groups", "Hers"), ("policies", "Only Ada"), ("policies", "Own")):
            assert world.stored(kind, name)["include"] == [NOBODY]  # type: ignore[index]
        assert world.stored("policies", "Only Ada")["exclude"] == [BOB]  # type: ignore[index]
        world.passes("access_selector", {"selector": {"email": "bob@example.com"}, "groups": ["Hers"], "policies": ["Own"]})
        assert world.stored("groups", "Hers")["include"] == [BOB]  # type: ignore[index]
        assert world.stored("policies", "Own")["include"] == [BOB]  # type: ignore[index]


def test_they_are_deleted_where_nothing_uses_them() -> None:
    with access_world() as world:
        lonely(world)
        done = world.passes("access_selector", {**ABSENT, "on_empty": "delete"})
        assert done["counts"] == {"examined": 4, "changed": 1, "deleted": 3, "disabled": 0, "kept": 0, "failed": 0}
        assert [group["name"] for group in world.cloudflare.stored("groups")] == ["Pair"]
        assert world.cloudflare.stored("policies") == []


def test_who_names_a_group_is_deleted_before_it() -> None:
    with access_world() as world:
        inner = world.cloudflare.seed_group("Inner", [ADA])
        outer = world.cloudflare.seed_group("Outer", [ADA], exclude=[of_group(inner)])
        world.cloudflare.seed_policy("Only Ada", "allow", [ADA], exclude=[of_group(outer)])
        done = world.passes("access_selector", {**ABSENT, "on_empty": "delete", "groups": ["Inner", "Outer"]})
        assert [each["name"] for each in done["objects"]] == ["Only Ada", "Outer", "Inner"]
        again = world.run("access_selector", {**ABSENT, "on_empty": "delete", "groups": ["Inner", "Outer"]})
        assert ["'Inner'" in warning or "'Outer'" in warning for warning in again.warnings_said] == [True, True]


def test_what_is_in_use_is_not_deleted_and_neither_is_anything_else() -> None:
    with access_world() as world:
        lonely(world)
        used = world.cloudflare.seed_group("Used", [ADA])
        policy = world.cloudflare.seed_policy("Attached", "allow", [ADA])
        world.cloudflare.seed_policy("Names a group", "allow", [of_group(used)])
        world.cloudflare.seed_app("Wiki", "wiki.example.com", [policy["id"]])
        before = world.everything()
        done = world.run("access_selector", {**ABSENT, "on_empty": "delete"})
        assert done.failed
        assert [(each["name"], [user["name"] for user in each["used_by"]]) for each in done["refused"]] == [
            ("Used", ["Names a group"]),
            ("Attached", ["Wiki"]),
        ]
        assert "on_empty=disable" in done["msg"]
        assert world.everything() == before
        alone = world.run("access_selector", {**PRESENT, "state": "absent", "policies": ["Attached"], "on_empty": "delete"})
        assert "'Wiki'" in alone["msg"] or "Wiki" in alone["msg"]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({**PRESENT}, "groups and policies are empty"),
        ({**PRESENT, "everywhere": True}, "would let the selector in everywhere"),
        ({**PRESENT, "groups": ["Crwe"]}, "did you mean 'Crew'"),
        ({**PRESENT, "policies": ["Own", "allow staf"]}, "did you mean 'Allow staff'"),
        ({**PRESENT, "groups": ["Twice"]}, "matches 2 resources"),
        ({"selector": {"email": "a@example.com", "ip": "192.0.2.1"}, "groups": ["Crew"]}, "selector holds 2 rules"),
        ({"selector": {"email": "ada"}, "groups": ["Crew"]}, "is no e-mail address"),
        ({"selector": {"group": "Nobody"}, "groups": ["Crew"]}, "there is no Access group 'Nobody'"),
        ({"selector": {"group": "Outer"}, "groups": ["Crew"]}, "it would contain itself"),
        ({**PRESENT, "groups": ["Crew"], "rules": []}, "rules is empty"),
        ({**PRESENT, "groups": ["Crew", ""]}, "groups: a name is empty"),
        ({**PRESENT, "policies": [" "], "state": "absent", "on_empty": "delete"}, "policies: a name is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_first_write(wish: dict[str, Any], said: str) -> None:
    with access_world() as world:
        made = company(world)
        world.cloudflare.seed_group("Outer", [of_group(made["crew"])])
        for name in ("Twice", "Twice"):
            world.cloudflare.seed_group(name, [ADA])
        for check in (True, False):
            done = world.run("access_selector", wish, check=check)
            assert done.failed
            assert said in done["msg"]
            assert set(world.counts()) <= {"GET"}


def test_removals_that_may_let_somebody_in_are_said() -> None:
    with access_world() as world:
        company(world)
        world.cloudflare.seed_group("Strict", [STAFF], require=[ADA])
        done = world.run("access_selector", {**ABSENT, "rules": ["exclude", "require"]})
        assert done["counts"]["changed"] == 2
        assert [warning for warning in done.warnings_said if "out of exclude" in warning and "'Others'" in warning]
        assert [warning for warning in done.warnings_said if "out of require" in warning and "'Strict'" in warning]
        assert world.run("access_selector", {**ABSENT, "rules": ["exclude", "require"]}).warnings_said == []


class Answers:
    """The first writes to objects are answered with a status of ours; with 0 they are done and the answer is lost."""

    def __init__(self, status: int, *ids: str) -> None:
        self.status, self.ids = status, ids

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.method == "GET" or not any(request.path.endswith(one) for one in self.ids):
            return ask(request)
        if not self.status:
            ask(request)
            return Answer(502, "<html>bad gateway</html>")
        errors = [{"code": 10001, "message": "internal_server_error"}]
        return Answer(self.status, {"success": False, "errors": errors, "messages": [], "result": None})


def test_if_one_fails_the_others_are_finished_and_the_next_run_does_the_rest() -> None:
    with access_world("new-rule-kinds") as world:
        made = company(world)
        world.service.set_faults([], own=[Answers(403, made["staff"]["id"])])
        done = world.run("access_selector", ABSENT)
        assert (done.failed, done.changed) == (True, True)
        assert [each["name"] for each in done["failures"]] == ["Allow staff"]
        assert "10001" in done["failures"][0]["error"]
        assert [each["name"] for each in done["objects"]] == ["Crew", "Own"]
        assert done["counts"]["changed"] == 2
        assert world.stored("policies", "Own")["include"] == [BOB]  # type: ignore[index]
        world.service.set_faults([])
        rest = world.run("access_selector", ABSENT)
        assert [each["name"] for each in rest["objects"]] == ["Allow staff"]


def test_many_failures_are_counted_and_the_result_stays_small() -> None:
    with access_world() as world:
        for number in range(130):
            world.cloudflare.seed_group(f"Group {number}", [ADA, BOB])
        world.service.set_faults([], own=[AnswersAll(403)])
        done = world.run("access_selector", ABSENT)
        assert done["msg"].endswith("; and 127 more")
        assert (done["counts"]["failed"], len(done["failures"])) == (130, 100)
        world.service.set_faults([])
        lonely_ones = world.run("access_selector", {**ABSENT, "selector": {"email": "bob@example.com"}})
        assert (lonely_ones["counts"]["changed"], len(lonely_ones["objects"])) == (130, 130)
        refused = world.run("access_selector", ABSENT)
        assert "130 of 130 groups and policies cannot be changed" in refused["msg"]
        assert len(refused["refused"]) == 100


class AnswersAll:
    """Every write is refused."""

    def __init__(self, status: int) -> None:
        self.status = status

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.method == "GET":
            return ask(request)
        errors = [{"code": 10000, "message": "Authentication error"}]
        return Answer(self.status, {"success": False, "errors": errors, "messages": [], "result": None})


def test_if_none_works_nothing_has_changed() -> None:
    with access_world() as world:
        made = company(world)
        world.service.set_faults([], own=[Answers(403, *(each["id"] for each in made.values()))])
        done = world.run("access_selector", ABSENT)
        assert (done.failed, done.changed, len(done["failures"])) == (True, False, 3)


def test_when_the_time_is_up_what_is_left_is_told() -> None:
    with access_world("new-rule-kinds") as world:
        made = company(world)
        world.service.set_faults([], own=[LaterThan(made["staff"]["id"])])
        done = world.run("access_selector", ABSENT)
        assert (done.failed, done.changed) == (True, True)
        assert [each["name"] for each in done["objects"]] == ["Crew"]
        assert [each["name"] for each in done["failures"]] == ["Allow staff", "Own"]
        assert len(world.sent("PUT")) == 2


class LaterThan:
    """Writes to one object are to come again in a day."""

    def __init__(self, object_id: str) -> None:
        self.id = object_id

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.method == "GET" or not request.path.endswith(self.id):
            return ask(request)
        return Answer(429, {"success": False, "errors": [], "messages": [], "result": None}, {"Retry-After": "86400"})


def test_an_answer_that_was_lost_is_settled_by_the_listing() -> None:
    with access_world("new-rule-kinds") as world:
        made = company(world)
        world.service.set_faults([], own=[Answers(0, made["staff"]["id"])])
        done = world.run("access_selector", ABSENT)
        assert (done.failed, done.changed, done["failures"]) == (False, True, [])
        assert done["counts"]["changed"] == 3


@pytest.mark.parametrize("on_empty", ["disable", "delete"])
def test_what_is_accepted_and_not_kept_is_told(on_empty: str) -> None:
    with access_world() as world:
        lonely(world)
        world.cloudflare.set_quirks(["keeps-nothing"])
        done = world.run("access_selector", {**ABSENT, "on_empty": on_empty})
        assert done.failed
        assert len(done["unconverged"]) == 4
        assert any(entry.startswith("policy 'Own'") and "of application 'Blog'" in entry for entry in done["unconverged"])
        ignored = world.run("access_selector", {**ABSENT, "on_empty": on_empty, "on_unconverged": "ignore"})
        assert (ignored.failed, ignored.changed) == (False, True)
