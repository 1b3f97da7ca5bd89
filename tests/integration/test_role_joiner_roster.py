# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role joiner with people of a roster, evidence and Access: one run. That a second one finds nothing to do is what the scenario shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.integration.many_tasks import play_within
from tests.integration.truth import group, members, stored, user

PLAY = """
- name: Join
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Join
      ansible.builtin.import_role:
        name: identityops.lifecycle.joiner
"""


def of_roster(key: str, phase: str = "active", account: str = "active", groups: tuple[str, ...] = (), **attributes: Any) -> dict[str, Any]:
    """A person as roster_info returns them."""
    granted = [{"name": name, "rule": f"of {name}"} for name in groups]
    user_of = {"external_id": key, "user_name": f"p{key}@example.com", **attributes}
    return {"key": key, "place": "", "phase": phase, "account": account, "user": user_of, "groups": granted, "facts": {}}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("joiner")
    trap = "{{ lookup('ansible.builtin.pipe', 'touch " + str(folder / "sprung") + "') }}"
    (folder / "join.yml").write_text(PLAY)
    people = [
        of_roster("1", groups=("Staff", "Engines"), manager="2", title=trap, name={"family_name": "Mu\u0308ller O'Connor \u05d0"}),
        of_roster("2", groups=("Staff",)),
        of_roster("3", "staged", "inactive", groups=("Staff",), manager="4"),
        of_roster("4", "staged", "none"),
        of_roster("5", "left", "inactive"),
    ]
    (folder / "people.json").write_text(json.dumps(people))
    source = "lookup('ansible.builtin.file', '" + str(folder / "people.json") + "') | from_json"  # what a source gives is data
    variables = {"joiner_people": "{{ " + source + " }}", "joiner_access": True, "lifecycle_evidence_file": str(folder / "evidence.jsonl")}
    runs: dict[str, Any] = {"folder": folder, "trap": trap}
    with sandbox.running() as service:
        service.seed(user("c2", userName="p2@example.com", externalId="2", active=False), group("Staff"), group("Engines"))
        service.cloudflare.seed_user("p2@example.com", "Two")
        account = service.cloudflare.options()
        environment = {"SCIM_URL": service.url, "SCIM_TOKEN": service.token}
        environment.update({f"CLOUDFLARE_{name.upper()}": str(account[name]) for name in ("account_id", "api_token", "base_url")})
        runs["first"] = play_within({"localhost": {}}, str(folder / "join.yml"), variables, environment=environment)
        assert runs["first"].code == 0, runs["first"].output
        runs["first evidence"] = [json.loads(line) for line in (folder / "evidence.jsonl").read_text().splitlines()]
        yield {**runs, "service": service}


def test_everybody_is_there_as_their_phase_says(played: dict[str, Any]) -> None:
    now = stored(played["service"])
    ids = {key: now[f"p{key}@example.com"]["id"] for key in ("1", "2", "3")}
    assert {key: now[f"p{key}@example.com"]["active"] for key in ids} == {"1": True, "2": True, "3": False}
    assert not {"p4@example.com", "p5@example.com"} & set(now)
    assert (members(played["service"], "Staff"), members(played["service"], "Engines")) == ({ids["1"], ids["2"]}, {ids["1"]})
    assert now["p1@example.com"]["title"] == played["trap"]
    assert not (played["folder"] / "sprung").exists()
    result = played["first"].fact("joiner_result")
    assert {person["key"]: person["state"] for person in result["people"]} == {
        "1": "active", "2": "active", "3": "inactive", "4": "not yet", "5": "not joining"
    }  # fmt: skip
    assert {"person": "1", "group": "Engines", "rule": "of Engines"} in result["memberships"]
    assert [one["manager"] for one in result["managers"]] == ["4"]
    assert [(one["key"], one["state"]) for one in result["access"]] == [("1", "pending"), ("2", "seen"), ("3", "pending")]


def test_the_evidence_has_what_was_planned_before_and_proven_after(played: dict[str, Any]) -> None:
    told = [(record["subject"], record["stage"]) for record in played["first evidence"]]
    assert told == [(key, stage) for stage in ("planned", "done") for key in ("1", "2", "3")]
    (one,) = [record for record in played["first evidence"] if (record["subject"], record["stage"]) == ("1", "done")]
    assert {plane: verdict["verdict"] for plane, verdict in one["verdicts"].items()} == {"account": "proven", "groups": "proven"}
    assert {(operation["plane"], operation["verb"], operation["what"]) for operation in one["operations"]} >= {("groups", "add", "Engines")}
    text = Path(played["folder"], "evidence.jsonl").read_text()
    assert not any(name in text for name in ("p1@", "O'Connor", "lookup"))
