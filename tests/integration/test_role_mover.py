# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role mover, run by ansible-playbook: one name of this machine and one sandbox for each case, so that a run shows many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.moving.state import FORMAT

import sandbox
from tests.integration.many_tasks import play_within
from tests.integration.playbook import Run
from tests.integration.truth import group, members, stored, user, writes

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PLAY = """
- name: Move, with the credentials of each service
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
    - name: Move
      ansible.builtin.import_role:
        name: identityops.lifecycle.mover
"""
NOW = "2026-12-01T08:00:00Z"


def of_roster(key: str, phase: str = "active", account: str = "active", groups: tuple[str, ...] = (), **attributes: Any) -> dict[str, Any]:
    """A person as roster_info returns them."""
    names = {"external_id": key, "user_name": f"p{key}@example.com"}
    granted = [{"name": name, "rule": f"of {name}"} for name in groups]
    when = {"lane": "standard", "since": "", "until": "", "left_at": "", "legal_hold": False, "time_zone": "Europe/Vienna"}
    person = {"key": key, "place": f"people.csv:{key}", "phase": phase, "account": account, **when, "facts": {}}
    return {**person, "user": {**names, **attributes}, "groups": granted}


def company(service: sandbox.Running, trap: str) -> None:
    """Ada moves from sales to engines; Bob is not on any list; a group has a name that would run a command if anybody templated it."""
    service.seed(
        user("a1", userName="P1815@example.com", externalId="1815", title="Seller"),
        user("c1", userName="p1791@example.com", externalId="1791"),
        user("b1", userName="bob@example.com"),
        user("s1", userName="p7@example.com", externalId="7"),
        user("h1", userName="hand@example.com"),
        group("Sales", "a1", "b1", "h1"),
        group("Engines", "c1", "b1"),
        group("Staff", "a1", "b1", "c1", "h1"),
        group("CRM", "a1", "b1"),
        group("Chess", "a1", "b1"),
        group("Old", "a1", "b1"),
        group(trap, "a1", "b1"),
    )
    cloudflare = service.cloudflare
    reauth = cloudflare.seed_idp("Entra", scim_config={"enabled": True, "identity_update_behavior": "reauth"})
    plain = cloudflare.seed_idp("Okta", type="okta", config={})
    for email, provider in (("p1815@example.com", plain), ("hand@example.com", reauth), ("bob@example.com", plain)):
        cloudflare.seed_user(email, sessions=1, identity={"idp": {"id": provider["id"], "type": provider["type"]}})


def crowd(service: sandbox.Running) -> None:
    """Twenty-five people, of whom everybody is in a group with six hundred others."""
    service.seed(
        *(user(f"u{number}", externalId=str(number)) for number in range(25)),
        group("Everybody", *(f"u{number}" for number in range(25)), *(f"x{number}" for number in range(600))),
        group("Odd", *(f"u{number}" for number in range(25) if number % 2)),
        group("Even"),
    )


def listed(names: Any) -> list[str]:
    return sorted(names)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A preview, and a run of all cases. That a second run finds nothing to do is what the scenario shows."""
    folder = tmp_path_factory.mktemp("mover")
    playbook = folder / "move.yml"
    playbook.write_text(PLAY)
    trap = "{{ lookup('ansible.builtin.pipe', 'touch " + str(folder / "sprung") + "') }}"
    people = [
        of_roster("1815", groups=("Engines", "staff", trap), title="M\u00fcller's O'Connor \U0001f600", manager="1791", department="Engines"),
        of_roster("1791", "on_leave", "inactive", groups=("Engines", "Staff")),
        of_roster("7", "staged", "none", groups=("Engines",)),
        of_roster("8", "left", "inactive"),
        of_roster("9", groups=("Engines",)),
        {"user_name": "hand@example.com", "groups": ["Staff", "Engines"]},
    ]
    (folder / "people.json").write_text(json.dumps(people))
    data = "lookup('ansible.builtin.file', '" + str(folder / "people.json") + "') | from_json"  # what a source gives is data
    cases: dict[str, dict[str, Any]] = {
        "few": {
            "mover_people": "{{ " + data + " }}",
            "mover_managed": ["Sales", "CRM", "Old"],
            "mover_orphans": "remove",
            "mover_keep": [
                {"person": "1815", "group": "crm", "reason": "hands over", "until": "2026-12-24"},
                {"person": "1815", "group": "Old", "reason": "was needed", "until": "2026-11-30"},
            ],
            "mover_access": True,
            "mover_overlap": "14d",
            "mover_state_file": str(folder / "few.json"),
            "lifecycle_evidence_file": str(folder / "few.jsonl"),
        },
        "many": {
            "mover_people": [{"external_id": str(n), "groups": ["Everybody", "Odd" if n < 3 else "Even"]} for n in range(25)],
            "mover_orphans": "remove",
            "mover_brakes": {"membership_removals": {"percent": 100}, "membership_removals_per_group": {"percent": 100}},
        },
        "refused": {"mover_people": [{"external_id": "1815", "groups": ["Enginers"]}], "lifecycle_protected": ["P1815@*"]},
    }
    since = {"person": "1815", "since": "2026-11-01T08:00:00Z"}
    remembered = {"format": FORMAT, "without_reason": [{**since, "group": "Sales"}, {**since, "group": "old"}], "reauthentication": []}
    (folder / "few.json").write_text(json.dumps(remembered))
    with ExitStack() as running:
        services: dict[str, sandbox.Running] = {}
        hosts = {}
        for name, variables in cases.items():
            service = services[name] = running.enter_context(sandbox.running())
            crowd(service) if name == "many" else company(service, trap)
            hosts[name] = {"service_url": service.url, "service_token": service.token, "cloudflare": service.cloudflare.options()}
            hosts[name].update({"mover_instant": NOW, **variables})
        hosts["wrong"] = {**hosts["refused"], "mover_people": [{"user_name": "hand@example.com"}]}
        services["wrong"] = services["refused"]
        fine = {"few": hosts["few"]}
        runs: dict[str, Any] = {"services": services, "folder": folder, "trap": trap}
        for name, chosen, options in (("preview", fine, ["--check"]), ("first", hosts, ["--tags", "all,mover_plan"])):
            runs[name] = play_within(chosen, str(playbook), {}, *options)
            runs[f"{name} requests"] = {host: services[host].requests()["requests"] for host in chosen}
            runs[f"{name} writes"] = {host: writes(services[host]) for host in chosen}
            if name == "first":
                runs["evidence"] = [json.loads(line) for line in (folder / "few.jsonl").read_text().splitlines()]
            for service in services.values():
                service.reset_requests()
        yield runs


def of(run: Run, host: str, key: str) -> dict[str, Any]:
    (person,) = [person for person in run.fact("mover_result", host)["people"] if person["key"] == key]
    return dict(person)


def verdicts(person: dict[str, Any]) -> dict[str, str]:
    return {plane: verdict["verdict"] for plane, verdict in person["verdicts"].items()}


def test_somebody_moves_and_every_membership_has_its_reason(played: dict[str, Any]) -> None:
    service, trap = played["services"]["few"], played["trap"]
    ada = of(played["first"], "few", "1815")
    assert ada["kept"] == [
        {"group": "CRM", "reason": "hands over (until 2026-12-25T00:00:00Z)"},
        {"group": "Staff", "reason": "rule of staff"},
        {"group": trap, "reason": f"rule of {trap}"},
    ]
    assert ada["added"] == [{"group": "Engines", "reason": "rule of Engines"}]
    assert ada["removed"] == ["Old", "Sales"]
    assert ada["out_of_scope"] == [{"group": "Chess", "reason": "out of scope"}]
    assert listed(ada["attributes"]) == ["department", "manager", "title", "user_name"]
    assert verdicts(ada) == dict.fromkeys(("account", "attributes", "groups", "reauthentication"), "proven")
    there = stored(service)["p1815@example.com"]
    assert there["title"] == "M\u00fcller's O'Connor \U0001f600"
    assert there[ENTERPRISE]["manager"]["value"] == "c1"
    assert stored(service)["p1791@example.com"]["active"] is False
    assert [sorted(members(service, name)) for name in ("Sales", "Engines", "Old", "Chess")] == [["b1", "h1"], ["a1", "b1", "c1", "h1"], ["b1"], ["a1", "b1"]]
    assert "a1" in members(service, trap)
    assert not (played["folder"] / "sprung").exists()


def test_who_is_not_there_or_not_any_more_is_left_alone(played: dict[str, Any]) -> None:
    said = {key: of(played["first"], "few", key) for key in ("7", "8", "9")}
    assert {key: person["verdicts"]["groups"]["why"].partition(":")[0] for key, person in said.items()} == {"7": "not yet", "8": "not moving", "9": "not yet"}
    assert all(set(verdicts(person).values()) == {"not_applicable"} for person in said.values())
    assert set(stored(played["services"]["few"])) >= {"p7@example.com"}
    assert "p9@example.com" not in stored(played["services"]["few"])


def test_sessions_end_where_the_provider_does_not_see_to_it(played: dict[str, Any]) -> None:
    cloudflare = played["services"]["few"].cloudflare
    assert [len(cloudflare.sessions(f"{name}@example.com")) for name in ("p1815", "hand", "bob")] == [0, 1, 1]
    hand = of(played["first"], "few", "hand@example.com")["verdicts"]["reauthentication"]
    assert hand["verdict"] == "not_applicable"
    assert "identity_update_behavior: reauth" in hand["why"]


def test_the_preview_says_the_same_and_sends_nothing(played: dict[str, Any]) -> None:
    preview, first = played["preview"], played["first"]
    assert preview.code == 0, preview.output
    assert played["preview writes"] == {"few": 0}
    predicted, done = preview.fact("mover_result", "few"), first.fact("mover_result", "few")
    assert [{**person, "verdicts": 0} for person in predicted["people"]] == [{**person, "verdicts": 0} for person in done["people"]]
    assert (predicted["requests"], predicted["plan"], predicted["changed"]) == (done["requests"], done["plan"], done["changed"])
    assert verdicts(of(preview, "few", "1815")) == {**dict.fromkeys(("attributes", "groups", "reauthentication"), "predicted"), "account": "proven"}


def test_many_are_read_in_one_listing_of_accounts_and_one_of_groups(played: dict[str, Any]) -> None:
    first = played["first"].fact("mover_result", "many")
    assert first["counts"] == {"people": 25, "moving": 24, "kept": 26, "added": 24, "removed": 11, "orphans": 0, "out_of_scope": 0, "unproven": 0}
    service = played["services"]["many"]
    assert sorted(members(service, "Odd")) == ["u0", "u1", "u2"]
    assert len(members(service, "Everybody")) == 625
    paths = [entry["path"].rpartition("/v2/")[2].partition("?")[0] for entry in played["first requests"]["many"] if entry["method"] == "GET"]
    once = ["ServiceProviderConfig", "Users", "ServiceProviderConfig", "Groups"]
    assert (paths[:4], paths[-4:]) == (once, once)
    assert not [path for path in paths if path.startswith("Users/")], "nobody is asked for alone"
    assert len(paths) <= 17


def test_what_lost_its_reason_stays_until_the_overlap_is_over(played: dict[str, Any]) -> None:
    hand = of(played["first"], "few", "hand@example.com")
    assert hand["kept"][0] == {"group": "Sales", "reason": "overlap until 2026-12-15T08:00:00Z"}
    assert hand["removed"] == []
    assert of(played["first"], "few", "1815")["removed"] == ["Old", "Sales"]  # it was seen without a reason a month ago
    file = played["folder"] / "few.json"
    assert json.loads(file.read_text()) == {
        "format": FORMAT,
        "without_reason": [{"group": "Sales", "person": "id:h1", "since": NOW}],
        "reauthentication": [],
    }
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_protected_and_typing_errors_are_refused_before_the_first_write(played: dict[str, Any]) -> None:
    msg = played["first"].fact("mover_result", "refused")["msg"]
    assert "is protected ('p1815@*' in protected): nothing was written" in msg
    assert "There is no group Enginers. Nothing was written." in msg
    assert played["first writes"]["refused"] == 0


def test_a_result_is_there_even_if_the_list_cannot_be_read(played: dict[str, Any]) -> None:
    result = played["first"].fact("mover_result", "wrong")
    assert (result["failed"], result["msg"], result["people"]) == (True, "nothing was written", [])


def test_the_evidence_says_what_was_planned_done_and_proven_without_names(played: dict[str, Any]) -> None:
    of_ada = [entry for entry in played["evidence"] if entry["subject"] == "1815"]
    assert [entry["stage"] for entry in of_ada] == ["planned", "done"]
    assert of_ada[0]["plan"] == of_ada[1]["plan"] == played["first"].fact("mover_result", "few")["plan"]
    assert {(one["plane"], one["verb"], one["what"]) for one in of_ada[1]["operations"]} >= {
        ("groups", "add", "Engines"),
        ("groups", "remove", "Sales"),
        ("attributes", "update", "title"),
        ("reauthentication", "end", "sessions"),
    }
    assert {plane: verdict["verdict"] for plane, verdict in of_ada[1]["verdicts"].items()} == dict.fromkeys(("account", "attributes", "groups"), "proven")
    text = Path(played["folder"], "few.jsonl").read_text()
    assert "O'Connor" not in text
    assert "p1815" not in text
