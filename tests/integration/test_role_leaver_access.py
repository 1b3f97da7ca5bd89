# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role leaver in Cloudflare Access: one name of this machine and one sandbox for each case, so that a run shows many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.integration.many_tasks import play_within
from tests.integration.playbook import Run
from tests.integration.truth import group, stored, user, writes

PLANES = ("sessions", "selectors", "seat", "access")
PLAY = """
- name: Leave, with the credentials of each account
  hosts: all
  gather_facts: false
  module_defaults:
    group/identityops.lifecycle.scim:
      url: "{{ service_url }}"
      token: "{{ service_token }}"
    group/identityops.lifecycle.access:
      base_url: "{{ cloudflare.base_url }}"
      account_id: "{{ cloudflare.account_id }}"
      api_token: "{{ cloudflare.api_token }}"
      rate_file: ""
    identityops.lifecycle.access_user:
      verify_timeout: 0
  tasks:
    - name: Leave
      ansible.builtin.import_role:
        name: identityops.lifecycle.leaver
"""
ADA = {"email": {"email": "ada@example.com"}}
BOB = {"email": {"email": "bob@example.com"}}
CAT = {"email": {"email": "cat@example.com"}}
NOBODY = {"email": {"email": "nobody@disabled.invalid"}}


def company(service: sandbox.Running, *, domain: bool = False) -> None:
    """Ada in a group within a group, by name in a policy, and with a session. domain: an application takes her whole domain."""
    service.seed(
        user("a1", userName="ada@example.com", externalId="1815"),
        user("b1", userName="bob@example.com"),
        group("Engineers", "a1", "b1"),
    )
    cf = service.cloudflare
    engineers = cf.seed_group("Engineers", [ADA, BOB])
    staff = cf.seed_group("Staff", [{"group": {"id": engineers["id"]}}])
    policy = cf.seed_policy("Staff", "allow", [{"group": {"id": staff["id"]}}])
    cf.seed_app("Wiki", policies=[policy["id"]])
    payroll = cf.seed_app("Payroll")
    cf.seed_app_policy(payroll["id"], "Paymasters", "allow", [ADA, BOB])
    if domain:
        leavers = cf.seed_group("Leavers", [NOBODY])
        deny = cf.seed_policy("Deny leavers", "deny", [{"group": {"id": leavers["id"]}}])
        everybody = cf.seed_policy("Everybody", "allow", [{"email_domain": {"domain": "example.com"}}])
        cf.seed_app("Intranet", policies=[deny["id"], everybody["id"]])
    cf.seed_user("ada@example.com", "Ada", sessions=2, devices=1)
    cf.seed_user("bob@example.com", "Bob", sessions=1)


# host: whether a domain lets people in, quirks of the account, variables, and the verdicts of the planes.
CASES: dict[str, tuple[bool, list[str], dict[str, Any], list[str]]] = {
    "plain": (False, [], {}, ["proven"] * 4),
    "urgent": (
        True,
        [],
        {
            "leaver_urgent": True,
            "leaver_access_block_group": "Leavers",
            "leaver_access_applications": ["Wiki", "Intranet", "CRM"],
            "leaver_access_facts": {"groups": []},
        },
        ["proven"] * 4,
    ),
    "both": (False, [], {"leaver_people": [{"external_id": "1815"}, {"user_name": "bob@example.com"}]}, []),
    "stubborn": (True, ["revoke-does-nothing", "seat-does-nothing", "keeps-nothing"], {}, ["unproven"] * 4),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A preview, a run, and a second run of those that went well."""
    folder = tmp_path_factory.mktemp("leaver")
    playbook = folder / "leave.yml"
    playbook.write_text(PLAY)
    # A name that would run a lookup if anybody templated it.
    trap = "{{ lookup('ansible.builtin.pipe', 'touch " + str(folder / "sprung") + "') }}"
    variables = {
        "leaver_access": True,
        "leaver_snapshot_dir": str(folder / "snapshots" / "{{ inventory_hostname }}"),
    }
    with ExitStack() as running:
        services: dict[str, sandbox.Running] = {}
        hosts = {}
        for name, (domain, quirks, own) in ((name, case[:3]) for name, case in CASES.items()):
            service = services[name] = running.enter_context(sandbox.running(cloudflare_quirks=quirks))
            company(service, domain=domain)
            service.cloudflare.seed_group(trap, [ADA, BOB])
            hosts[name] = {"service_url": service.url, "service_token": service.token, "cloudflare": service.cloudflare.options()}
            hosts[name].update({"leaver_people": [{"external_id": "1815"}], **own})
        federated = services["urgent"].cloudflare
        rule = {"azureAD": {"id": "5b0ba4e0-9d3e-4b3c-9f3a-2d3c9f0f3c11", "identity_provider_id": federated.seed_idp("Entra ID")["id"]}}
        federated.seed_app("CRM", policies=[federated.seed_policy("Sales", "allow", [rule])["id"]])
        services["both"].cloudflare.seed_policy("Three", "allow", [ADA, BOB, CAT])
        preview = play_within(hosts, str(playbook), variables, "--check")
        predicted = {name: writes(service) for name, service in services.items()}
        for service in services.values():
            service.reset_requests()
        first = play_within(hosts, str(playbook), variables)
        journals = {name: service.requests()["requests"] for name, service in services.items()}
        for service in services.values():
            service.reset_requests()
        fine = {name: hosts[name] for name in ("plain",)}
        second = play_within(fine, str(playbook), variables)
        again = {name: writes(services[name]) for name in fine}
        yield {
            "services": services,
            "preview": preview,
            "predicted": predicted,
            "first": first,
            "journals": journals,
            "second": second,
            "again": again,
            "journals_again": {name: services[name].requests()["requests"] for name in fine},
            "folder": folder,
        }


def of(run: Run, host: str) -> dict[str, Any]:
    (result,) = run.fact("leaver_result", host)
    return dict(result)


def test_verdicts_are_what_is_read_back(played: dict[str, Any]) -> None:
    for host, wanted in ((host, case[3]) for host, case in CASES.items() if case[3]):
        result = of(played["first"], host)
        assert [result[plane]["verdict"] for plane in PLANES] == wanted, (host, played["first"].output)
        assert (result["account"]["verdict"], result["groups"]["verdict"]) == ("proven", "proven"), host
        if set(wanted) <= {"proven"}:
            assert result["problems"] == [], host
        else:
            assert result["problems"][0] in played["first"].said, host


def test_what_rests_on_given_facts_says_so(played: dict[str, Any]) -> None:
    """Nobody can read whether Ada has groups of the identity provider; whoever runs the role knows that she has none."""
    assert of(played["first"], "urgent")["access"]["said"] == "denied at all 3 applications, if leaver_access_facts is true"
    told = of(played["preview"], "urgent")["access"]["said"]
    assert "only the run shows whether that denies Intranet" in told
    assert "CRM" not in told


def test_what_is_proven_is_what_is_stored(played: dict[str, Any]) -> None:
    for host in ("plain", "urgent"):
        service = played["services"][host]
        cf = service.cloudflare
        groups = {one["name"]: one for one in cf.stored("groups")}
        policies = {one["name"]: one for one in cf.stored("policies")}
        assert stored(service)["ada@example.com"]["active"] is False
        assert groups["Engineers"]["include"] == [BOB]
        assert policies["Paymasters"]["include"] == [BOB]
        assert cf.sessions("ada@example.com") == []
        assert len(cf.sessions("bob@example.com")) == 1
        ada, bob = cf.user("ada@example.com"), cf.user("bob@example.com")
        assert (ada["access_seat"], ada["active_device_count"], bob["access_seat"]) == (False, 0, True)
    assert groups["Leavers"]["include"] == [ADA]


def test_the_reason_is_told_where_a_domain_still_lets_in(played: dict[str, Any]) -> None:
    access = of(played["first"], "stubborn")["access"]
    assert access["evidence"]["allowed"] == 3
    assert "Intranet: allowed by policy 'Everybody'" in access["said"]
    assert "example.com" in access["said"]
    told = of(played["preview"], "stubborn")["access"]
    assert told["verdict"] == "unproven"
    assert "the run would not be enough: Intranet" in told["said"]


def test_who_is_the_last_one_in_a_policy_leaves_everything_else(played: dict[str, Any]) -> None:
    """Ada went before, and on_empty refuses. What Bob cannot leave does not keep him in the rest."""
    ada, bob = played["first"].fact("leaver_result", "both")
    assert (ada["selectors"]["verdict"], bob["selectors"]["verdict"]) == ("proven", "unproven")
    assert "would include nobody, so it is still there" in bob["selectors"]["said"]
    policies = {one["name"]: one["include"] for one in played["services"]["both"].cloudflare.stored("policies")}
    assert (policies["Three"], policies["Paymasters"]) == ([CAT], [BOB])
    assert not any("nothing was written" in problem for problem in bob["problems"])
    for told in played["preview"].fact("leaver_result", "both"):
        assert "unless group Engineers" in told["access"]["said"]


def test_a_preview_writes_nothing_and_predicts(played: dict[str, Any]) -> None:
    assert set(played["predicted"].values()) == {0}
    assert [of(played["preview"], "plain")[plane]["verdict"] for plane in PLANES] == ["predicted"] * 4
    assert of(played["preview"], "urgent")["access"]["verdict"] == "predicted"


def test_a_second_run_writes_nothing_and_proves_the_same(played: dict[str, Any]) -> None:
    second = played["second"]
    assert second.code == 0, second.output
    assert second.changed == []
    assert played["again"] == {"plain": 0}
    assert [of(second, "plain")[plane]["verdict"] for plane in PLANES] == ["proven"] * 4


def test_the_order_is_deactivate_then_revoke_and_in_a_hurry_revoke_first(played: dict[str, Any]) -> None:
    def order(host: str) -> list[str]:
        words = {"revoke_user": "revoke", "/Users/": "account", "/Groups/": "membership", "/access/groups/": "selector"}
        words.update({"/policies/": "selector", "/seats": "seat"})
        found = []
        for entry in played["journals"][host]:
            if entry["method"] != "GET" and (entry["method"] != "POST" or "revoke" in entry["path"]):
                found += [word for part, word in words.items() if part in entry["path"]]
        return found

    assert order("plain") == ["account", "revoke", "membership", *["selector"] * 3, "seat"]
    assert order("urgent") == ["revoke", "account", "membership", *["selector"] * 4, "seat"]
    assert order("stubborn")[:3] == ["account", "revoke", "membership"]
    assert order("stubborn")[-2:] == ["revoke", "seat"]  # once more for those who are there again
    assert order("stubborn").count("revoke") == 2


def test_what_a_leaver_costs_is_as_the_readme_says(played: dict[str, Any]) -> None:
    asked = {run: [one for one in played[run]["plain"] if "/accounts/" in one["path"]] for run in ("journals", "journals_again")}
    readme = (Path(__file__).parents[2] / "roles" / "leaver" / "README.md").read_text()
    assert f"costs {len(asked['journals'])} requests" in readme
    assert f"{len(asked['journals_again'])} if nothing is left to do" in readme


def test_what_access_had_is_kept_before_it_is_taken(played: dict[str, Any]) -> None:
    (file,) = (played["folder"] / "snapshots" / "plain").iterdir()
    kept = json.loads(file.read_text())["access"]
    assert kept == of(played["first"], "plain")["before"]["access"]
    assert (kept["email"], kept["user"]["sessions"], kept["user"]["access_seat"]) == ("ada@example.com", 2, True)
    assert sorted(thing["name"] for thing in kept["named_in"])[:2] == ["Engineers", "Paymasters"]
    assert kept["named_in"][1]["name"].startswith("{{ lookup(")
    assert not (played["folder"] / "sprung").exists()
    doors = {entry["application"]: entry for entry in kept["decisions"]}
    assert (doors["Wiki"]["policy"], doors["Wiki"]["via"]) == ("Staff", ["Staff", "Engineers"])
    assert (doors["Payroll"]["policy"], doors["Payroll"]["rule"]) == ("Paymasters", {"email": "ada@example.com"})
    assert "nonce" not in file.read_text()


def test_a_protected_person_is_refused_before_anything_is_written_in_access(tmp_path: Path) -> None:
    """Of people without an account no module is asked, so the role has to know the environment as well."""
    playbook = tmp_path / "leave.yml"
    playbook.write_text(PLAY)
    with sandbox.running() as service:
        company(service)
        host = {"service_url": service.url, "service_token": service.token, "cloudflare": service.cloudflare.options()}
        variables = {
            "leaver_people": [{"external_id": "1815", "email": "ada@example.com"}, {"user_name": "cfo@example.com"}, {"id": "b1"}],
            "leaver_protected": "ceo, Bob@*",
            "leaver_access": True,
            "leaver_urgent": True,
        }
        run = play_within({"localhost": host}, str(playbook), variables, environment={"SCIM_PROTECTED": "cfo@*"})
        assert run.code != 0
        assert "'cfo@example.com' is protected" in run.said
        assert "'bob@example.com' is protected" in run.said
        assert "nobody else was touched either" in run.said
        assert writes(service) == 0
