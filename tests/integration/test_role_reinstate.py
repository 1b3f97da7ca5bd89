# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role reinstate after the role leaver, and for newcomers: one name of this machine and one sandbox for each case, so that a run
shows many. What is compared is what is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests import in_process
from tests.integration.many_tasks import play_within
from tests.integration.playbook import Run
from tests.integration.truth import group, members, stored, user, writes

PLANES = ("account", "attributes", "groups", "selectors")
PLAY = """
- name: {what}, with the credentials of each account
  hosts: all
  gather_facts: false
  module_defaults:
    group/identityops.lifecycle.scim:
      url: "{{{{ service_url }}}}"
      token: "{{{{ service_token }}}}"
    group/identityops.lifecycle.access:
      base_url: "{{{{ cloudflare.base_url }}}}"
      account_id: "{{{{ cloudflare.account_id }}}}"
      api_token: "{{{{ cloudflare.api_token }}}}"
      rate_file: ""
    identityops.lifecycle.access_user:
      verify_timeout: 0
  tasks:
    - name: {what}
      ansible.builtin.import_role:
        name: identityops.lifecycle.{what}
"""
ADA, BOB, CAT = ({"email": {"email": f"{name}@example.com"}} for name in ("ada", "bob", "cat"))
NOBODY = {"email": {"email": "nobody@disabled.invalid"}}
NAME = "Augusta Ada O'Connor-Müller von der Ley\u0065\u0301n \u0130\u0131 \u05e2\u05d3\u05d4 \U0001f642"
AT_LEAVING = "2026-11-30T17:00:00Z"
NOW = "2026-12-02T09:00:00Z"

LEAVING = {"leaver_people": [{"external_id": "1815"}], "leaver_access": True, "leaver_access_block_group": "Leavers"}
BACK = {"reinstate_people": [{"external_id": "1815"}], "reinstate_access": True}
# host: how they come back. The one of "plain" leaves before, by the role leaver.
CASES: dict[str, dict[str, Any]] = {
    "plain": BACK,
    "deleted": {"reinstate_snapshots": ["deleted.json"], "reinstate_except": ["on *"]},
    "broken": {"reinstate_snapshots": ["broken.json"], "reinstate_missing_groups": "skip", "reinstate_access": True},
    "refused": {"reinstate_snapshots": ["ada.json", "bob.json"], "lifecycle_protected": ["BOB@*"]},
    "like": {
        "reinstate_people": [{"user_name": "new@example.com"}, {"external_id": "2"}],
        "reinstate_like": {"external_id": "1815"},
        "reinstate_except": ["on *", "Pay*"],
        "reinstate_like_scope": ["*e*", "*pipe*"],
        "reinstate_access": True,
        "reinstate_like_access": True,
    },
}
FINE = ("plain",)
STAGES = {
    "plain": ["planned", "done"],
    "deleted": ["planned", "done"],
    "broken": ["planned", "failed"],
    "refused": ["refused", "refused"],
    "like": ["planned", "planned", "done", "done"],
}


def company(service: sandbox.Running, trap: str) -> None:
    """Ada in three groups, and by name in a group and two policies of Access."""
    service.seed(
        user("b1", userName="bob@example.com", externalId="1791"),
        user(
            "a1",
            userName="ada@example.com",
            externalId="1815",
            displayName=trap,
            title=NAME,
            emails=[{"value": "ada@example.com", "type": "work", "primary": True}],
            **{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engines", "manager": {"value": "b1"}}},
        ),
        user("n1", userName="new@example.com"),
        user("n2", userName="second@example.com", externalId="2"),
        group("Engineers", "a1", "b1"),
        group("On call", "a1"),
        {**group(trap, "a1", "b1"), "id": "g-trap"},
    )
    cf = service.cloudflare
    cf.seed_group("Engineers", [ADA, BOB])
    cf.seed_group(trap, [BOB, ADA])
    leavers = cf.seed_group("Leavers", [NOBODY])
    deny = cf.seed_policy("Deny leavers", "deny", [{"group": {"id": leavers["id"]}}])
    staff = cf.seed_policy("Staff", "allow", [ADA, BOB])
    cf.seed_app("Wiki", policies=[deny["id"], staff["id"]])
    payroll = cf.seed_app("Payroll")
    cf.seed_app_policy(payroll["id"], "Paymasters", "allow", [ADA, BOB])
    cf.seed_user("ada@example.com", "Ada", sessions=2)


def state(service: sandbox.Running) -> dict[str, Any]:
    """All that is stored, by name, without what the services note about it. Lists of rules and members are sets."""
    directory = {}
    for name, resource in stored(service).items():
        directory[name] = {key: value for key, value in resource.items() if key not in ("meta", "id", "groups")}
        if "members" in resource:
            directory[name]["members"] = {"ada" if one["value"] not in ("b1", "n1", "n2") else one["value"] for one in resource["members"]}
    cf = service.cloudflare
    rules = {
        (kind, one["name"]): sorted(json.dumps(rule, sort_keys=True) for rule in one["include"])
        for kind in ("groups", "policies")
        for one in cf.stored(kind)
    }
    return {"directory": directory, "access": rules}


def kept(folder: Path, services: dict[str, sandbox.Running]) -> None:
    """Snapshots as the role leaver writes them, of people who left."""
    ada = {"id": "a1", "external_id": "1815", "user_name": "ada@example.com", "active": True, "title": "Analyst"}
    bob = {"id": "b1", "external_id": "1791", "user_name": "bob@example.com", "active": True}
    there = next(each for each in services["broken"].cloudflare.stored("groups") if each["name"] == "Pensioners")
    gone = {"kind": "policy", "id": "699d9864-2c56-4d2e-855e-9661899b7252", "name": "Gone", "rules": ["include"]}
    access = {"email": "ada@example.com", "named_in": [gone, {"kind": "group", "id": there["id"], "name": "Pensioners", "rules": ["include"]}]}
    deleted = {"id": "e9", "external_id": "2101", "user_name": "eve@example.com", "active": True, "name": {"family_name": NAME}, "manager": "id:b1"}
    groups = [{"id": "g-Engineers", "display_name": "Engineers"}, {"id": "g-Gone", "display_name": "Gone"}]
    for name, content in (
        ("ada", {"person": {"external_id": "1815"}, "account": ada, "groups": groups[:1]}),
        ("bob", {"person": {"external_id": "1791"}, "account": bob, "groups": []}),
        ("deleted", {"person": {"external_id": "2101"}, "account": deleted, "groups": [*groups[:1], {"id": "g-On call", "display_name": "On call"}]}),
        ("broken", {"person": {"external_id": "1815"}, "account": ada, "groups": groups, "access": access}),
    ):
        (folder / f"{name}.json").write_text(json.dumps({**content, "groups_shown": True, "taken_at": AT_LEAVING}))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """They leave, a preview of their coming back, a run, and a second run of those that went well."""
    folder = tmp_path_factory.mktemp("reinstate")
    plays = {what: folder / f"{what}.yml" for what in ("leaver", "reinstate")}
    for what, file in plays.items():
        file.write_text(PLAY.format(what=what))
    # A name that would run a lookup if anybody templated it.
    trap = "{{ lookup('ansible.builtin.pipe', 'touch " + str(folder / "sprung") + "') }}"
    variables = {"leaver_snapshot_dir": "snapshots/{{ inventory_hostname }}", "leaver_instant": AT_LEAVING, "reinstate_instant": NOW}
    at_home = {"PWD": str(folder)}  # where the command is given
    with ExitStack() as running:
        services: dict[str, sandbox.Running] = {}
        hosts: dict[str, dict[str, Any]] = {}
        for name, back in CASES.items():
            service = services[name] = running.enter_context(sandbox.running(rate=100_000))
            company(service, trap)
            hosts[name] = {"service_url": service.url, "service_token": service.token, "cloudflare": service.cloudflare.options(), **back}
            hosts[name]["lifecycle_evidence_file"] = f"{name}.jsonl"
        services["broken"].cloudflare.seed_group("Pensioners", [BOB])
        services["refused"].seed(user("x1", userName="a.nother@example.com", emails=[{"value": "ADA@example.com"}]))
        kept(folder, services)
        before = {name: state(service) for name, service in services.items()}
        leaving = {"plain": {**hosts["plain"], **LEAVING, "lifecycle_evidence_file": ""}}
        left = play_within(leaving, str(plays["leaver"]), variables, environment=at_home)
        since = {"url": services["plain"].url, "token": services["plain"].token, "id": "a1", "active": False}
        in_process.run("scim_user", {**since, "title": "Left", "nick_name": "Given since"})
        for service in services.values():
            service.reset_requests()
        preview = play_within({"plain": hosts["plain"]}, str(plays["reinstate"]), variables, "--check", "--diff", environment=at_home)
        predicted = writes(services["plain"])
        first = play_within(hosts, str(plays["reinstate"]), variables, environment=at_home)
        wrote = {name: writes(service) for name, service in services.items()}
        evidence = {name: (folder / f"{name}.jsonl").read_text() for name in CASES}
        for service in services.values():
            service.reset_requests()
        second = play_within({name: hosts[name] for name in FINE}, str(plays["reinstate"]), variables, environment=at_home)
        yield {
            "services": services,
            "before": before,
            "left": left,
            "preview": preview,
            "predicted": predicted,
            "first": first,
            "wrote": wrote,
            "second": second,
            "again": {name: writes(services[name]) for name in FINE},
            "evidence": evidence,
            "folder": folder,
            "trap": trap,
        }


def of(run: Run, host: str) -> list[dict[str, Any]]:
    return list(run.fact("reinstate_result", host))


def verdicts(run: Run, host: str) -> list[list[str]]:
    return [[result[plane]["verdict"] for plane in PLANES] for result in of(run, host)]


def test_who_comes_back_has_exactly_what_they_had(played: dict[str, Any]) -> None:
    (result,) = of(played["first"], "plain")
    now, before = state(played["services"]["plain"]), played["before"]["plain"]
    assert verdicts(played["first"], "plain") == [["proven"] * 4], played["first"].output
    assert now["directory"]["ada@example.com"].pop("nickName") == "Given since"
    assert now == before
    assert result["problems"] == []
    assert result["left_out"] == []
    assert [result[plane]["verdict"] for plane in ("sessions", "seat")] == ["not_applicable"] * 2
    assert played["left"].fact("leaver_result", "plain")[0]["changed"]  # there was something to undo


def test_the_preview_tells_all_of_it_and_writes_nothing(played: dict[str, Any]) -> None:
    (result,) = of(played["preview"], "plain")
    assert played["predicted"] == 0
    assert verdicts(played["preview"], "plain") == [["predicted"] * 4], played["preview"].output
    assert result["account"]["said"] == "the account is inactive now and would be activated"
    assert result["attributes"]["said"] == "would be set back: title"
    assert result["groups"]["said"] == f"would be added to Engineers, On call, {played['trap']}"
    assert "group Leavers" in result["selectors"]["said"]
    assert result["operations"] == of(played["first"], "plain")[0]["operations"]
    assert [one["verb"] for one in result["operations"]].count("include") == 4


def test_a_deleted_account_is_made_again_and_gets_what_is_not_left_out(played: dict[str, Any]) -> None:
    service = played["services"]["deleted"]
    (result,) = of(played["first"], "deleted")
    assert verdicts(played["first"], "deleted") == [["proven", "proven", "proven", "not_applicable"]], played["first"].output
    assert result["id"] not in ("", "e9")
    assert members(service, "Engineers") == {"a1", "b1", result["id"]}
    assert members(service, "On call") == {"a1"}
    assert result["left_out"] == [{"plane": "groups", "what": "On call", "why": "'on *' in reinstate_except"}]
    eve = stored(service)["eve@example.com"]
    assert (eve["externalId"], eve["active"], eve["name"]["familyName"]) == ("2101", True, NAME)
    assert eve["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["manager"]["value"] == "b1"
    assert [one["verb"] for one in result["operations"]] == ["create", "add"]


def test_a_second_run_changes_nothing_and_records_nothing(played: dict[str, Any]) -> None:
    for host in FINE:
        assert played["again"][host] == 0, host
        assert (played["folder"] / f"{host}.jsonl").read_text() == played["evidence"][host], host
        assert [result["problems"] for result in of(played["second"], host)] == [[] for dummy in of(played["first"], host)]
    assert played["second"].changed == []


def test_what_is_gone_is_told_and_holds_up_nothing_else(played: dict[str, Any]) -> None:
    service = played["services"]["broken"]
    (result,) = of(played["first"], "broken")
    assert verdicts(played["first"], "broken") == [["proven", "proven", "proven", "unproven"]], played["first"].output
    assert result["left_out"] == [{"plane": "groups", "what": "Gone", "why": "there is no such group any more"}]
    assert "policy Gone: " in result["selectors"]["said"]
    assert "there is no policy" in result["selectors"]["said"]
    pensioners = next(each for each in service.cloudflare.stored("groups") if each["name"] == "Pensioners")
    assert pensioners["include"] == [BOB, ADA]
    assert result["problems"][0] in played["first"].said


def test_a_name_that_is_used_again_and_protected_people_are_refused_before_the_first_write(played: dict[str, Any]) -> None:
    said = " ".join(task.returned["msg"] for task in played["first"].tasks if task.host == "refused" and task.outcome == "failed")
    assert "ada@example.com: 'ada@example.com' belongs to another account now, 'x1' with no external_id" in said
    assert "'bob@example.com' is protected" in said
    assert "nothing was written for anybody" in said
    assert played["wrote"]["refused"] == 0


def test_newcomers_get_what_somebody_else_has_except_what_is_left_out(played: dict[str, Any]) -> None:
    service, trap = played["services"]["like"], played["trap"]
    results = of(played["first"], "like")
    assert verdicts(played["first"], "like") == [["not_applicable", "not_applicable", "proven", "proven"]] * 2, played["first"].output
    assert members(service, "Engineers") == {"a1", "b1", "n1", "n2"}
    assert members(service, trap) == {"a1", "b1", "n1", "n2"}
    assert members(service, "On call") == {"a1"}
    left = {(one["what"], one["why"]) for one in results[0]["left_out"]}
    assert ("On call", "'on *' in reinstate_except") in left
    assert ("Staff", "not in reinstate_like_scope") in left
    rules = {one["name"]: one["include"] for kind in ("groups", "policies") for one in service.cloudflare.stored(kind)}
    new = [{"email": {"email": name}} for name in ("new@example.com", "second@example.com")]
    assert rules["Engineers"] == [ADA, BOB, *new]
    assert rules["Staff"] == rules["Paymasters"] == [ADA, BOB]
    assert played["before"]["like"]["directory"]["new@example.com"] == state(service)["directory"]["new@example.com"]


def test_the_evidence_names_nobody(played: dict[str, Any]) -> None:
    for host, text in played["evidence"].items():
        records = [json.loads(line) for line in text.splitlines()]
        assert "@" not in text, host
        assert "Ada" not in text, host
        assert {record["kind"] for record in records} == {"reinstate"}, host
        assert [record["stage"] for record in records] == STAGES[host], host
    done = json.loads(played["evidence"]["plain"].splitlines()[-1])
    assert done["subject"] == "1815"
    assert {plane: one["verdict"] for plane, one in done["verdicts"].items()} == {
        **dict.fromkeys(PLANES, "proven"),
        **dict.fromkeys(("sessions", "seat"), "not_applicable"),
    }
    assert done["times"]["started_at"] == NOW
    assert not (played["folder"] / "sprung").exists()
