# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Access policy, reusable or of one application: made, changed field by field, renamed, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Request
from tests.integration.access_world import ADA, BOB, BOTH, STAFF, AccessWorld, access_world, of_group

POLICY = "access_policy"
EVERYTHING = {
    "decision": "allow",
    "include": [{"email_domain": "Example.com"}, {"ip": "192.0.2.1"}, {"email": ["ada@example.com", "bob@example.com"]}],
    "exclude": [{"group": "On leave"}, {"geo": "kp"}],
    "require": [{"auth_method": "hwk"}],
    "session_duration": "2h45m",
    "approval_required": True,
    "approval_groups": [{"approvals_needed": 1, "email_addresses": ["kim@example.com", "lea@example.com"]}],
    "isolation_required": True,
    "purpose_justification_required": True,
    "purpose_justification_prompt": "Why?",
    "mfa_config": {"allowed_authenticators": ["totp", "security_key"], "session_duration": "24h"},
    "connection_rules": {"rdp": {"allowed_clipboard_local_to_remote_formats": ["text"]}},
}
FIELDS = [
    ("decision", "deny", "deny"),
    ("include", [{"everyone": True}], [{"everyone": {}}]),
    ("exclude", [], []),
    ("require", [{"geo": "AT"}], [{"geo": {"country_code": "AT"}}]),
    ("session_duration", "30m", "30m"),
    ("session_duration", "", None),
    ("approval_required", False, False),
    ("approval_groups", [], None),
    ("approval_groups", [{"approvals_needed": 2, "email_addresses": ["lea@example.com"]}], None),
    ("isolation_required", False, False),
    ("purpose_justification_required", False, False),
    ("purpose_justification_prompt", "", None),
    ("mfa_config", {"session_duration": "5m"}, None),
    ("mfa_config", {}, None),
    ("connection_rules", {"rdp": {"allowed_clipboard_remote_to_local_formats": ["text", "file"]}}, None),
    ("connection_rules", {}, None),
    ("name", "Crew", "Crew"),
]


@pytest.fixture(params=["reusable", "of an application"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def place(world: AccessWorld, kind: str) -> dict[str, Any]:
    """The option that says where the policy is."""
    world.cloudflare.seed_group("On leave", [BOB])
    if kind == "reusable":
        return {}
    world.cloudflare.seed_app("Wiki")
    return {"application": "wiki.example.com"}


@pytest.mark.parametrize("quirks", BOTH, ids=["without false", "with false"])
def test_the_life_of_a_policy(kind: str, quirks: list[str]) -> None:
    with access_world(*quirks) as world:
        where = place(world, kind)
        made = world.passes(POLICY, {**where, "name": "Staff", **EVERYTHING})
        policy = made["policy"]
        assert policy["include"] == [
            {"email_domain": "Example.com"},
            {"ip": "192.0.2.1/32"},
            {"email": "ada@example.com"},
            {"email": "bob@example.com"},
        ]
        assert [list(rule) for rule in policy["exclude"]] == [["group"], ["geo"]]
        assert policy.get("reusable", False) is (kind == "reusable")
        assert len(made["requests"]) == 1

        changed = world.passes(POLICY, {**where, "name": "Staff", "include": [{"ip": "192.0.2.1/32"}, {"everyone": True}]})
        assert changed["diff"][0]["after"] == {"include": [{"everyone": True}, "... and 1 more, unchanged"]}
        assert len(changed["diff"][0]["before"]["include"]) == 4
        stored = world.stored("policies", "Staff")
        assert stored is not None
        assert (stored["session_duration"], stored["approval_required"]) == ("2h45m", True)

        renamed = world.passes(POLICY, {**where, "id": policy["id"], "name": "Crew"})
        assert renamed["policy"]["name"] == "Crew"
        gone = world.passes(POLICY, {**where, "name": "Crew", "state": "absent"})
        assert gone["policy"] == {}
        assert world.stored("policies", "Crew") is None
        gone = world.run(POLICY, {**where, "id": policy["id"], "state": "absent"})
        assert (gone.failed, gone.changed) == (False, False)


@pytest.mark.parametrize("quirks", BOTH, ids=["without false", "with false"])
def test_each_field_changes_alone(quirks: list[str]) -> None:
    with access_world(*quirks) as world:
        place(world, "reusable")
        policy = world.run(POLICY, {"name": "Staff", **EVERYTHING})["policy"]
        for option, value, kept in FIELDS:
            before = next(each for each in world.cloudflare.stored("policies") if each["id"] == policy["id"])
            done = world.passes(POLICY, {"id": policy["id"], option: value})
            assert [list(each["after"]) for each in done["diff"]] == [[option]]
            after = next(each for each in world.cloudflare.stored("policies") if each["id"] == policy["id"])
            assert {name for name in before | after if before.get(name) != after.get(name)} <= {option, "updated_at"}
            if kept is not None:
                assert after[option] == kept
            world.run(POLICY, {"id": policy["id"], "name": "Staff", **EVERYTHING})


def test_of_nested_settings_the_rest_stays() -> None:
    with access_world() as world:
        place(world, "reusable")
        world.run(POLICY, {"name": "Staff", **EVERYTHING})
        world.passes(POLICY, {"name": "Staff", "mfa_config": {"session_duration": "5m"}})
        assert world.stored("policies", "Staff")["mfa_config"] == {  # type: ignore[index]
            "allowed_authenticators": ["security_key", "totp"],
            "session_duration": "5m",
            "mfa_disabled": False,
        }


def test_a_session_that_lasts_as_the_application_says_stays_so() -> None:
    """PUT without a duration means 24h, and a policy that shows none does not mean 24h."""
    with access_world() as world:
        world.cloudflare.seed_policy("Staff", "allow", [ADA], session_duration="")
        wiki = world.cloudflare.seed_app("Wiki")
        world.cloudflare.seed_app_policy(wiki["id"], "Guests", "allow", [ADA], 1, session_duration="")
        for options in ({"name": "Staff"}, {"name": "Guests", "application": "Wiki"}):
            world.passes(POLICY, {**options, "include": [{"everyone": True}]})
            assert "session_duration" not in (world.stored("policies", options["name"]) or {})


def test_no_default_is_sent_that_nobody_asked_for() -> None:
    with access_world() as world:
        world.run(POLICY, {"name": "Staff", "decision": "allow", "include": [{"everyone": True}]})
        assert world.bodies() == [{"name": "Staff", "decision": "allow", "include": [{"everyone": {}}]}]


def test_fields_that_are_not_known_survive() -> None:
    with access_world() as world:
        world.service.set_faults([], own=[field_of_next_year])
        world.run(POLICY, {"name": "Staff", "decision": "allow", "include": [{"everyone": True}]})
        world.run(POLICY, {"name": "Staff", "decision": "deny"})
        assert world.bodies()[-1]["field_of_next_year"] == {"deep": [1, False]}


def field_of_next_year(request: Request, ask: Handler) -> Answer:
    """Policies show a field that has not been invented yet."""
    answer = ask(request)
    result = answer.body.get("result")
    if request.method != "GET" or "/access/policies" not in request.path or not result:
        return answer
    news = {"field_of_next_year": {"deep": [1, False]}}
    result = [{**each, **news} for each in result] if isinstance(result, list) else {**result, **news}
    return Answer(answer.status, {**answer.body, "result": result}, answer.headers)


def test_a_policy_that_is_as_it_shall_be_costs_one_or_two_requests() -> None:
    with access_world() as world:
        group = world.cloudflare.seed_group("On leave", [BOB])
        policy = world.cloudflare.seed_policy("Staff", "allow", [ADA, STAFF], exclude=[of_group(group)])
        wiki = world.cloudflare.seed_app("Wiki", policies=[policy["id"]])
        guests = world.cloudflare.seed_app_policy(wiki["id"], "Guests", "allow", [ADA], 7)
        rules = {"include": [{"email_domain": "example.com"}, {"email": "ADA@example.com"}], "exclude": [{"group": group["id"]}]}
        named = {"exclude": [{"group": "On leave"}]}
        for options, count in (
            ({"id": policy["id"], **rules}, 1),
            ({"name": "Staff", **rules}, 1),
            ({"name": "Staff", **rules, **named}, 2),
            ({"name": "Staff", "applications": {"add": ["Wiki"]}}, 2),
            ({"name": "Staff", "applications": {"set": ["wiki.example.com"], "position": "first"}}, 2),
            ({"id": policy["id"], "applications": {"add": [wiki["id"]]}}, 2),
            ({"id": guests["id"], "application": wiki["id"], "decision": "allow", "precedence": 7}, 1),
            ({"name": "Guests", "application": wiki["id"], "precedence": 7}, 1),
            ({"name": "Guests", "application": "Wiki"}, 2),
            ({"name": "Gone", "state": "absent"}, 1),
        ):
            done = world.run(POLICY, options)
            assert (done.failed, done.changed, world.counts()) == (False, False, {"GET": count}), (options, done.get("msg"))


def test_more_policies_than_a_page_holds() -> None:
    with access_world() as world:
        for number in range(150):
            world.cloudflare.seed_policy(f"Policy {number}", "allow", [ADA])
        assert not world.run(POLICY, {"name": "Policy 140", "decision": "allow"}).changed
        assert world.counts() == {"GET": 2}


def test_rules_that_are_not_known_are_sent_with_a_warning() -> None:
    with access_world("new-rule-kinds") as world:
        world.cloudflare.seed_policy("Staff", "allow", [{"quantum_badge": {"serial": 7}}, STAFF], require=[{"moon": {"phase": "full"}}])
        done = world.passes(POLICY, {"name": "Staff", "include": [{"quantum_badge": {"serial": 7}}, {"emial": {"email": "ada@example.com"}}]})
        assert any("'emial'" in warning and "did you mean email" in warning for warning in done.warnings_said)
        assert world.stored("policies", "Staff")["require"] == [{"moon": {"phase": "full"}}]  # type: ignore[index]


def test_a_list_of_approvers_may_be_named() -> None:
    with access_world() as world:
        chiefs = world.cloudflare.seed_list("Chiefs", "EMAIL")
        world.cloudflare.seed_policy("Staff", "allow", [ADA])
        approval = [{"approvals_needed": 1, "email_list_uuid": "Chiefs"}]
        world.passes(POLICY, {"name": "Staff", "approval_required": True, "approval_groups": approval})
        assert world.stored("policies", "Staff")["approval_groups"][0]["email_list_uuid"] == chiefs["id"]  # type: ignore[index]


def test_a_policy_of_an_application_is_found_by_its_id_alone() -> None:
    with access_world() as world:
        world.cloudflare.seed_policy("Staff", "allow", [ADA])
        wiki = world.cloudflare.seed_app("Wiki")
        policy = world.cloudflare.seed_app_policy(wiki["id"], "Guests", "allow", [ADA], 1)
        done = world.passes(POLICY, {"id": policy["id"], "decision": "deny", "precedence": 3})
        assert done["requests"][0]["path"].endswith(f"/access/apps/{wiki['id']}/policies/{policy['id']}")
        assert world.passes(POLICY, {"id": policy["id"], "state": "absent"})["policy"] == {}


def test_a_reusable_policy_is_written_as_one_although_an_application_is_named() -> None:
    with access_world() as world:
        policy = world.cloudflare.seed_policy("Staff", "allow", [ADA])
        world.cloudflare.seed_app("Blog", policies=[policy["id"]])
        world.cloudflare.seed_app("Wiki", policies=[policy["id"]])
        done = world.passes(POLICY, {"name": "Staff", "application": "Wiki", "decision": "deny"})
        assert done["requests"][0]["path"].endswith(f"/access/policies/{policy['id']}")
        assert any("is reusable, so it was changed for all 2 applications" in warning for warning in done.warnings_said)
        assert "precedence" not in world.cloudflare.stored("policies")[0]
        quiet = world.run(POLICY, {"name": "Staff", "application": "Wiki", "decision": "deny"})
        assert quiet.warnings_said == []


@pytest.mark.parametrize(
    ("wish", "unconverged"),
    [
        ({"name": "New", "decision": "allow", "include": [{"everyone": True}]}, ["(existence)"]),
        ({"name": "Staff", "decision": "deny", "include": [{"everyone": True}], "session_duration": "1h"}, ["decision", "include", "session_duration"]),
        ({"name": "Staff", "applications": {"add": ["Wiki"]}}, ["applications.Wiki"]),
        ({"name": "Second", "application": "Blog", "precedence": 3}, ["precedence"]),
        ({"name": "Staff", "state": "absent"}, ["(existence)"]),
    ],
)
def test_what_is_accepted_and_not_kept_is_told(wish: dict[str, Any], unconverged: list[str]) -> None:
    with access_world() as world:
        world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        world.cloudflare.seed_app("Wiki")
        blog = world.cloudflare.seed_app("Blog")
        for number, name in enumerate(("First", "Second"), 1):
            world.cloudflare.seed_app_policy(blog["id"], name, "allow", [STAFF], number)
        world.cloudflare.set_quirks(["keeps-nothing"])
        done = world.run(POLICY, wish)
        assert done.failed
        assert done["unconverged"] == unconverged
        said = {"absent": "accepted that it shall go, and it is still there"}.get(wish.get("state", ""), "and did not keep it")
        assert ("accepted it, and it is not there" if unconverged == ["(existence)"] and "state" not in wish else said) in done["msg"]
        assert not world.run(POLICY, {**wish, "on_unconverged": "warn"}).failed


def test_others_that_were_moved_are_read_back_too() -> None:
    with access_world() as world:
        blog = world.cloudflare.seed_app("Blog")
        for number, name in enumerate(("First", "Second"), 1):
            world.cloudflare.seed_app_policy(blog["id"], name, "allow", [STAFF], number)

        def moves_first_elsewhere(request: Request, ask: Handler) -> Answer:
            answer = ask(request)
            if request.method == "GET" and request.path.endswith("/policies") and world.sent("PUT"):
                for policy in answer.body["result"]:
                    policy["precedence"] += 10 * (policy["name"] == "First")
            return answer

        world.service.set_faults([], own=[moves_first_elsewhere])
        done = world.run(POLICY, {"name": "Second", "application": "Blog", "precedence": 1})
        assert done.failed
        assert done["unconverged"] == ["precedence of First"]


def test_an_empty_variable_does_not_ask_for_every_policy() -> None:
    with access_world() as world:
        world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        for option in ("id", "name", "application"):
            assert f"{option} is empty" in world.run("access_policy_info", {option: " "})["msg"]


def test_the_policies_are_read() -> None:
    with access_world() as world:
        staff = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        for name in ("Twice", "Twice"):
            world.cloudflare.seed_policy(name, "allow", [ADA])
        wiki = world.cloudflare.seed_app("Wiki", policies=[{"id": staff["id"], "precedence": 5}])
        guests = world.cloudflare.seed_app_policy(wiki["id"], "Guests", "deny", [ADA], 2)
        unknown = "00000000-0000-4000-8000-000000000000"
        for options, names, count in (
            ({}, ["Staff", "Twice", "Twice"], 1),
            ({"id": staff["id"]}, ["Staff"], 1),
            ({"id": unknown}, [], 1),
            ({"name": "Twice"}, ["Twice", "Twice"], 1),
            ({"name": "twice"}, [], 1),
            ({"application": "Wiki"}, ["Guests", "Staff"], 2),
            ({"application": wiki["id"], "name": "Guests"}, ["Guests"], 1),
            ({"application": wiki["id"], "id": guests["id"]}, ["Guests"], 1),
        ):
            read = world.run("access_policy_info", options)
            assert ([policy["name"] for policy in read["policies"]], read["count"]) == (names, len(names)), options
            assert (read.changed, world.counts()) == (False, {"GET": count})
        assert world.run("access_policy_info", {"name": "Staff"})["policies"][0]["include"] == [{"email_domain": "example.com"}]
        for application in (unknown, "Wika"):
            failed = world.run("access_policy_info", {"application": application})
            assert failed.failed
            assert f"there is no Access application '{application}'" in failed["msg"]
