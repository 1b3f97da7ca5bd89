# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who gets in where, asked of an account: the answer, its reason, and the exact number of requests."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Request
from tests.in_process import Result
from tests.integration.access_world import ADA, BOB, STAFF, AccessWorld, access_world, of_group

GERMANY = {"geo": {"country_code": "DE"}}
ANYBODY = {"everyone": {}}
ENTRA_GROUP = "0f1c2a5e-9d7b-4e1c-8a54-6d8f0f4f7c11"


def company(world: AccessWorld) -> dict[str, dict[str, Any]]:
    """Staff get into the wiki, engineers in Germany into the forge, nobody into the vault, and everybody sees the status page."""
    cloudflare = world.cloudflare
    made = {"idp": cloudflare.seed_idp("Azure AD Contoso"), "list": cloudflare.seed_list("blocked-people")}
    engineers = {"azureAD": {"id": ENTRA_GROUP, "identity_provider_id": made["idp"]["id"]}}
    made["inner"] = cloudflare.seed_group("Employees", [STAFF])
    made["outer"] = cloudflare.seed_group("Everybody inside", [of_group(made["inner"])])
    made["staff"] = cloudflare.seed_policy("Staff", "allow", [of_group(made["outer"])], purpose_justification_required=True)
    made["engineers"] = cloudflare.seed_policy("Engineers", "allow", [engineers], require=[GERMANY])
    made["nobody"] = cloudflare.seed_policy("Nobody", "allow", [BOB], exclude=[BOB])
    made["status"] = cloudflare.seed_policy("Status", "bypass", [ANYBODY])
    made["deny"] = cloudflare.seed_policy("Deny Bob", "deny", [BOB])
    made["wiki"] = cloudflare.seed_app("Wiki", "wiki.example.com", [made["deny"]["id"], made["staff"]["id"]])
    made["forge"] = cloudflare.seed_app("Forge", "forge.example.com", [made["engineers"]["id"]])
    made["vault"] = cloudflare.seed_app("Vault", "vault.example.com", [made["nobody"]["id"]])
    made["page"] = cloudflare.seed_app("Page", "status.example.com", [made["deny"]["id"], made["status"]["id"]])
    identity = {
        "idp": {"id": made["idp"]["id"], "type": "azureAD"},
        "groups": [{"id": ENTRA_GROUP, "name": "Engineers"}],
        "geo": {"country": "DE"},
        "saml_attributes": {"salary": "a-secret-figure"},
    }
    cloudflare.seed_user("Ada@example.com", identity=identity)
    cloudflare.seed_user("bob@example.com", identity={**identity, "geo": {"country": "FR"}})
    return made


def ask(world: AccessWorld, **options: Any) -> Result:
    found = world.run("access_decision_info", options)
    assert not found.failed, found.get("msg")
    assert not found.changed
    assert world.sent("POST", "PUT", "PATCH", "DELETE") == []
    return found


def outcomes(found: Any, name: str = "decisions") -> dict[str, str]:
    return {each["application"]: each["decision"] for each in found[name]}


def asked_for(world: AccessWorld) -> list[str]:
    """What was read by the last task, below the account."""
    return [entry["path"].partition(world.cloudflare.account_id)[2].partition("?")[0] for entry in world.sent()]


@pytest.fixture(scope="module")
def world():
    with access_world() as one:
        yield one


@pytest.fixture(scope="module")
def made(world):
    return company(world)


def test_one_person_everywhere(world, made):
    found = ask(world, email="ada@example.com")
    assert outcomes(found) == {"Wiki": "allowed", "Forge": "allowed", "Vault": "denied", "Page": "allowed"}
    assert (found["summary"], found["allowed"], found["truncated"]) == ({"allowed": 3, "denied": 1, "undecidable": 0}, True, False)
    wiki, forge, vault, page = found["decisions"]
    assert wiki == {
        "application": "Wiki",
        "application_id": made["wiki"]["id"],
        "domain": "wiki.example.com",
        "decision": "allowed",
        "as_last_seen": "",
        "policy": "Staff",
        "policy_id": made["staff"]["id"],
        "rule": {"email_domain": "example.com"},
        "via": ["Everybody inside", "Employees"],
        "depends_on": [],
        "conditions": ["purpose_justification"],
        "said": "allowed by policy 'Staff' (precedence 2): email domain example.com through group 'Employees' within group "
        "'Everybody inside'; they need purpose justification",
    }
    assert forge["rule"] == {"azure_ad": {"id": ENTRA_GROUP, "identity_provider_id": made["idp"]["id"]}}
    assert vault["said"] == "denied: the policy does not match"
    assert page["policy"] == "Status"
    assert found["facts_from"]["groups"] == found["facts_from"]["country"] == "last seen identity"
    assert found["facts_from"]["email"] == "given"
    assert found["last_login"] == world.cloudflare.user("ada@example.com")["last_successful_login"]
    assert "a-secret-figure" not in found.output


def test_what_one_person_costs(world, made):
    ada = world.cloudflare.user("ada@example.com")["id"]
    ask(world, email="ada@example.com")
    assert asked_for(world) == ["/access/apps", "/access/groups", "/access/users", f"/access/users/{ada}/last_seen_identity"]
    # No rule of the forge names an Access group.
    ask(world, email="ada@example.com", applications=["forge.example.com"])
    assert asked_for(world) == ["/access/apps", "/access/users", f"/access/users/{ada}/last_seen_identity"]
    # The address alone settles the others.
    ask(world, email="ada@example.com", applications=["Wiki", made["page"]["id"]])
    assert asked_for(world) == ["/access/apps", "/access/groups"]
    ask(world, email="ada@example.com", applications=["Vault"])
    assert asked_for(world) == ["/access/apps"]


def test_what_is_not_known_is_named(world, made):
    found = ask(world, email="ada@example.com", applications=["Forge"], last_seen=False)
    (forge,) = found["decisions"]
    assert forge["decision"] == "undecidable"
    assert forge["depends_on"] == ["identity provider", f"membership of IdP group {ENTRA_GROUP} (Azure AD Contoso)", "country"]
    assert asked_for(world) == ["/access/apps", "/access/identity_providers"]
    assert found["last_login"] == ""
    # Whom Access has never seen, it knows nothing of.
    found = ask(world, email="new@example.com", applications=["Forge"])
    assert outcomes(found) == {"Forge": "undecidable"}


def test_how_somebody_came_the_last_time_does_not_prove_that_they_stay_out(world, made):
    found = ask(world, email="bob@example.com", applications=["Forge"])
    (forge,) = found["decisions"]
    assert (forge["decision"], forge["as_last_seen"], found["allowed"]) == ("undecidable", "denied", False)
    assert forge["depends_on"] == ["identity provider", f"membership of IdP group {ENTRA_GROUP} (Azure AD Contoso)", "country"]
    assert forge["said"].endswith(
        "country; as they were last seen, denied: the policy does not match; who would be included lacks what is required: geo DE"
    )
    (forge,) = ask(world, email="ada@example.com", applications=["Forge"])["decisions"]
    assert (forge["decision"], forge["as_last_seen"]) == ("allowed", "allowed")
    assert forge["said"].endswith("; as they were last seen")
    # What is given is certain.
    found = ask(world, email="bob@example.com", applications=["Forge"], facts={"country": "FR"})
    assert outcomes(found) == {"Forge": "denied"}


def test_whom_something_shuts_out_is_asked_of_how_they_came_the_last_time(world, made):
    suppose = {"policies": [{"name": "Outsiders", "decision": "deny", "include": [{"everyone": True}], "position": "first"}]}
    found = ask(world, everybody=True, applications=["Forge"], suppose=suppose)
    assert {person["email"]: person["shut_out"] for person in found["people"]} == {"Ada@example.com": ["Forge"], "bob@example.com": []}
    assert found["shut_out_count"] == 1
    # Of one person, it is said that it is certain now.
    assert ask(world, email="bob@example.com", applications=["Forge"], suppose=suppose)["differs"] is True


@pytest.mark.parametrize("path", ["/access/users", "/last_seen_identity"])
@pytest.mark.parametrize("whom", [{"email": "ada@example.com"}, {"everybody": True}])
def test_a_token_that_may_not_read_people(world, made, path, whom):
    def may_not(request: Request, ask_: Handler) -> Answer:
        if request.path.endswith(path):
            return Answer(403, {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}], "messages": [], "result": None})
        return ask_(request)

    world.service.set_faults([], [may_not])
    try:
        found = world.run("access_decision_info", {**whom, "applications": ["Forge"]})
    finally:
        world.service.set_faults([])
    if path == "/access/users" and "everybody" in whom:  # nobody knows who everybody is
        assert found.failed
        return
    assert not found.failed, found.get("msg")
    assert found["summary"] == {"allowed": 0, "denied": 0, "undecidable": len(found.get("people", "1"))}
    assert "what Access saw at the last login is not known" in " ".join(found.warnings_said)
    assert len([asked for asked in asked_for(world) if asked.endswith(path)]) == 1


def test_no_application_is_no_proof():
    with access_world() as world:
        found = ask(world, email="ada@example.com")
        assert (found["decisions"], found["allowed"]) == ([], False)
        assert "which is no proof that nobody gets in" in found.warnings_said[0]


def test_a_policy_of_which_the_rules_are_not_shown():
    with access_world() as world:
        policy = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        world.cloudflare.seed_app("Wiki", "wiki.example.com", [policy["id"]])

        hidden: list[bool] = []

        def says_little(request: Request, ask_: Handler) -> Answer:
            answer = ask_(request)
            if request.path.endswith("/access/apps"):
                for shown in answer.body["result"][0]["policies"]:
                    del shown["include"]
            if request.path.endswith("/access/policies") and hidden:
                answer.body["result"].clear()
            return answer

        world.service.set_faults([], [says_little])
        assert outcomes(ask(world, email="ada@example.com")) == {"Wiki": "allowed"}  # the list of policies has them
        assert asked_for(world) == ["/access/apps", "/access/policies"]
        hidden.append(True)  # nor does that
        (wiki,) = ask(world, email="ada@example.com")["decisions"]
        assert wiki["said"] == "undecidable: it depends on selector include, of which the rules are not shown, which is not known here"


def test_facts_that_are_given_come_first(world, made):
    facts = {"country": "FR"}
    assert outcomes(ask(world, email="ada@example.com", applications=["Forge"], facts=facts)) == {"Forge": "denied"}
    assert asked_for(world) == ["/access/apps"]
    facts = {"identity_provider": "Azure AD Contoso", "groups": [ENTRA_GROUP.upper()], "country": "de"}
    found = ask(world, email="new@example.com", applications=["Forge"], facts=facts)
    assert outcomes(found) == {"Forge": "allowed"}
    assert asked_for(world) == ["/access/apps", "/access/identity_providers"]
    assert found["facts_from"]["groups"] == "given"


def test_a_list_by_name(world, made):
    suppose = {"policies": [{"name": "Blocked", "decision": "deny", "include": [{"email_list": "blocked-people"}], "position": "first"}]}
    found = ask(world, email="ada@example.com", applications=["Wiki"], suppose=suppose)
    assert found["supposed"][0]["depends_on"] == ["list blocked-people"]
    found = ask(world, email="ada@example.com", applications=["Wiki"], suppose=suppose, facts={"lists": {"blocked-people": True}})
    assert (outcomes(found), outcomes(found, "supposed")) == ({"Wiki": "allowed"}, {"Wiki": "denied"})
    assert found["supposed"][0]["said"] == "denied by policy 'Blocked' (precedence 1): email list blocked-people"


def test_what_would_be_without_a_selector(world, made):
    found = ask(world, email="ada@example.com", suppose={"without": {"email_domain": "Example.com"}})
    assert outcomes(found)["Wiki"] == "allowed"
    assert outcomes(found, "supposed")["Wiki"] == "denied"
    assert found["differs"] is True
    found = ask(world, email="ada@example.com", suppose={"without": ADA})
    assert outcomes(found) == outcomes(found, "supposed")
    assert found["differs"] is False
    found = ask(world, email="bob@example.com", applications=["Vault"], suppose={"without": {"email": "bob@example.com"}, "rules": ["exclude"]})
    assert outcomes(found, "supposed") == {"Vault": "allowed"}


def test_what_would_be_with_other_policies(world, made):
    def supposed(*policies: dict[str, Any], **more: Any) -> dict[str, str]:
        return outcomes(ask(world, email="ada@example.com", suppose={"policies": list(policies)}, **more), "supposed")

    deny: dict[str, Any] = {"name": "Outsiders", "decision": "deny", "include": [{"everyone": True}], "position": "first"}
    assert supposed(deny) == {"Wiki": "denied", "Forge": "denied", "Vault": "denied", "Page": "allowed"}
    assert supposed({**deny, "exclude": [{"group": "Employees"}]})["Wiki"] == "allowed"
    assert supposed({**deny, "applications": ["Forge"]})["Wiki"] == "allowed"
    assert supposed({"name": "Staff", "decision": "deny"})["Wiki"] == "denied"
    assert supposed({"id": made["staff"]["id"], "state": "absent"})["Wiki"] == "denied"
    # A policy that only another application has, and one that none has.
    assert supposed({"name": "Staff", "applications": ["Vault"]}, applications=["Vault"]) == {"Vault": "allowed"}
    spare = world.cloudflare.seed_policy("Spare", "allow", [STAFF])
    assert supposed({"name": "Spare", "applications": ["Vault"]}, applications=["Vault"]) == {"Vault": "allowed"}
    assert supposed({"id": spare["id"]}, applications=["Vault"]) == {"Vault": "allowed"}


def test_a_name_that_several_policies_have_is_not_guessed_at():
    with access_world() as world:
        cloudflare = world.cloudflare
        one, two = (cloudflare.seed_policy("Staff", "allow", [STAFF]) for _policy in range(2))
        cloudflare.seed_app("Wiki", "wiki.example.com", [one["id"]])
        cloudflare.seed_app("Forge", "forge.example.com", [two["id"]])
        blog = cloudflare.seed_app("Blog", "blog.example.com")
        mine = cloudflare.seed_app_policy(blog["id"], "Staff", "allow", [STAFF], 1)
        third = cloudflare.seed_policy("Engineers", "allow", [STAFF])
        cloudflare.seed_app("Vault", "vault.example.com", [third["id"]])
        cloudflare.seed_app_policy(blog["id"], "Engineers", "allow", [BOB], 2)

        def supposed(**policy: Any) -> Result:
            return world.run("access_decision_info", {"email": "ada@example.com", "suppose": {"policies": [{"decision": "deny", **policy}]}})

        found = supposed(name="Staff")
        assert sorted(found["candidates"]) == sorted([one["id"], two["id"]])
        found = supposed(name="Engineers", applications=["Blog"])
        assert "is a reusable policy and one of application 'Blog', too; name one by its id" in found["msg"]
        assert outcomes(supposed(id=mine["id"]), "supposed") == {"Wiki": "allowed", "Forge": "allowed", "Blog": "denied", "Vault": "allowed"}


def test_everybody(world, made):
    suppose = {"policies": [{"name": "Outsiders", "decision": "deny", "include": [{"everyone": True}], "position": "first"}]}
    found = ask(world, everybody=True, applications=["Wiki", "Forge"])
    assert found["people_count"] == 2
    assert {person["email"]: outcomes(person) for person in found["people"]} == {
        "Ada@example.com": {"Wiki": "allowed", "Forge": "allowed"},
        "bob@example.com": {"Wiki": "denied", "Forge": "undecidable"},  # he was in France, and may be in Germany tomorrow
    }
    assert found["summary"] == {"allowed": 2, "denied": 1, "undecidable": 1}
    assert len(asked_for(world)) == 6  # applications, groups, users, the identities of two, and the names of identity providers
    found = ask(world, everybody=True, applications=["Wiki"], last_seen=True, suppose=suppose)
    assert asked_for(world) == ["/access/apps", "/access/groups", "/access/users"]
    assert (found["shut_out_count"], found["let_in_count"], found["differs"]) == (1, 0, True)
    assert found["people"][0] == {
        "email": "Ada@example.com",
        "decisions": [{"application": "Wiki", "decision": "allowed", "as_last_seen": "", "policy": "Staff", "depends_on": []}],
        "supposed": [{"application": "Wiki", "decision": "denied", "as_last_seen": "", "policy": "Outsiders", "depends_on": []}],
        "shut_out": ["Wiki"],
        "let_in": [],
    }
    found = ask(world, everybody=True, applications=["Forge"], last_seen=False)
    assert found["summary"]["undecidable"] == 2
    assert asked_for(world) == ["/access/apps", "/access/users", "/access/identity_providers"]
    assert found["people"][0]["decisions"][0]["depends_on"][-1] == "country"


def test_those_for_whom_it_makes_a_difference_come_first(world, made):
    suppose = {"policies": [{"name": "Deny Bob", "state": "absent"}]}
    found = ask(world, everybody=True, applications=["Wiki"], suppose=suppose, max_results=1)
    assert [(person["email"], person["let_in"]) for person in found["people"]] == [("bob@example.com", ["Wiki"])]
    assert (found["people_count"], found["let_in_count"], found["truncated"]) == (2, 1, True)
    assert "the counts are of all" in found.warnings_said[0]


def test_a_result_has_its_bounds(world, made, monkeypatch):
    monkeypatch.setattr("ansible_collections.identityops.lifecycle.plugins.module_utils.inquiry.access.decisions.MOST_CHARACTERS", 1000)
    found = ask(world, email="ada@example.com")
    assert 0 < len(found["decisions"]) < 4
    assert found["truncated"] is True
    assert found["summary"] == {"allowed": 3, "denied": 1, "undecidable": 0}
    assert "choose applications" in found.warnings_said[0]
    assert len(json.dumps(found["decisions"])) < 1000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "email: give the address"),
        ({"email": "ada@example.com", "everybody": True}, "not with everybody"),
        ({"email": "ada"}, "no e-mail address"),
        ({"everybody": True, "max_results": 0}, "max_results: 0 is out of range"),
        ({"email": "ada@example.com", "applications": []}, "applications: empty"),
        ({"email": "ada@example.com", "applications": ["Wikki"]}, "applications: there is no .*application 'Wikki'.*did you mean 'Wiki'"),
        ({"email": "ada@example.com", "applications": ["0" * 32]}, "there is no application"),
        ({"email": "ada@example.com", "facts": {"identity_provider": "Nowhere"}}, "facts.identity_provider: there is no identity provider"),
        ({"email": "ada@example.com", "suppose": {"policies": [{"decision": "deny"}]}}, r"suppose.policies\[0\]: a policy needs a name"),
        ({"email": "ada@example.com", "suppose": {"policies": [{"name": "New", "decision": "deny"}]}}, "needs a decision and an include"),
        (
            {"email": "ada@example.com", "suppose": {"policies": [{"name": "New", "decision": "deny", "include": ["x"]}]}},
            r"suppose.policies\[0\].include\[0\]: 'x' is no rule",
        ),
        ({"email": "ada@example.com", "suppose": {"without": {"group": "Nowhere"}}}, "suppose.without: there is no Access group 'Nowhere'"),
    ],
)
def test_what_cannot_be_asked(world, made, options, message):
    found = world.run("access_decision_info", options)
    assert found.failed
    assert re.search(message, found["msg"]), found["msg"]


def test_policies_of_one_application_and_links():
    with access_world() as world:
        cloudflare = world.cloudflare
        blog = cloudflare.seed_app("Blog", "blog.example.com")
        cloudflare.seed_app_policy(blog["id"], "Second", "allow", [ANYBODY], 2)
        cloudflare.seed_app_policy(blog["id"], "First", "deny", [BOB], 1)
        cloudflare.seed_app("Handbook", "handbook.example.com", type="bookmark")
        assert outcomes(ask(world, email="ada@example.com")) == {"Blog": "allowed"}
        assert outcomes(ask(world, email="bob@example.com")) == {"Blog": "denied"}
        assert asked_for(world) == ["/access/apps"]


def test_a_group_of_which_a_policy_speaks_is_gone():
    with access_world() as world:
        cloudflare = world.cloudflare
        gone = cloudflare.seed_group("Gone", [STAFF])
        policy = cloudflare.seed_policy("Staff", "allow", [of_group(gone)])
        cloudflare.seed_app("Wiki", "wiki.example.com", [policy["id"]])
        cloudflare.account.table("groups").pop(gone["id"])
        (wiki,) = ask(world, email="ada@example.com")["decisions"]
        assert wiki["said"] == f"undecidable: it depends on Access group {gone['id']}, which is not there"


def test_of_many_people_only_some_are_returned_and_all_are_counted(monkeypatch):
    monkeypatch.setattr("ansible_collections.identityops.lifecycle.plugins.module_utils.inquiry.access.decisions.MOST_CHARACTERS", 3000)
    with access_world() as world:
        policy = world.cloudflare.seed_policy("Staff", "allow", [STAFF])
        world.cloudflare.seed_app("Wiki", "wiki.example.com", [policy["id"]])
        for number in range(60):
            world.cloudflare.seed_user(f"person-{number:02}@{'example.com' if number % 2 else 'example.org'}")
        found = ask(world, everybody=True, suppose={"without": {"email_domain": "example.com"}})
        assert (found["people_count"], found["shut_out_count"], found["summary"]["allowed"]) == (60, 30, 30)
        assert 0 < len(found["people"]) < 30
        assert all(person["shut_out"] == ["Wiki"] for person in found["people"])
        assert found["truncated"] is True
        assert asked_for(world) == ["/access/apps", "/access/users"]
