# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role group_sync: several runs in one playbook, one of them after the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sandbox
from tests.integration.many_tasks import play_within
from tests.integration.truth import group, members, stored, user, writes

NAMES = ["O'Connor", "von der Leyen", "M\u00fcller", "Mu\u0308ller-N", "\u0130lker I\u015f\u0131k", "\u0634\u0631\u064a\u0641", "x" * 200, "\U0001f984 emoji"]
NAMES += ["{{ lookup('pipe','id') }}", "API token holders"]
NO_BRAKES = {
    **{name: {"number": 100, "percent": 100} for name in ("membership_removals", "membership_removals_per_group", "changes")},
    "least_members": 0,
}
PLAY = """
- name: Runs, one after the other
  hosts: localhost
  gather_facts: false
  tasks:
    - name: A run
      ansible.builtin.include_tasks: run.yml
      loop: "{{ runs }}"
      loop_control: {loop_var: given, label: ""}
"""
RUN = """
- name: Run, and go on whatever comes of it
  block:
    - name: Sync
      ansible.builtin.include_role:
        name: identityops.lifecycle.group_sync
      vars:
        group_sync_groups: "{{ given.groups }}"
        group_sync_names: "{{ given.names | default({}) }}"
        group_sync_scope: "{{ given.scope | default([]) }}"
        group_sync_unknown_members: "{{ given.unknown_members | default('fail') }}"
        group_sync_create_groups: true
        group_sync_brakes: "{{ given.brakes | default({}) }}"
        group_sync_expect_plan: "{{ given.expect_plan | default('') }}"
  rescue:
    - name: Go on
      ansible.builtin.debug:
        msg: it failed
- name: Remember what came of it
  ansible.builtin.set_fact:
    results: "{{ results | default([]) + [group_sync_result] }}"
"""


def results(service: sandbox.Running, folder: Path, runs: list[dict[str, Any]], *options: str) -> list[dict[str, Any]]:
    """group_sync_result of each run."""
    (folder / "runs.yml").write_text(PLAY, encoding="utf-8")
    (folder / "run.yml").write_text(RUN, encoding="utf-8")
    (folder / "runs.json").write_text(json.dumps(runs), encoding="utf-8")
    variables = {
        # What a file holds is data. What somebody writes into variables may be a template.
        "runs": "{{ lookup('ansible.builtin.file', group_sync_folder ~ '/../runs.json') | from_json }}",
        "group_sync_folder": str(folder / "state"),
        "lifecycle_protected": ["root@*"],
        "lifecycle_evidence_file": str(folder / "evidence.jsonl"),
    }
    ran = play_within({"localhost": {}}, str(folder / "runs.yml"), variables, *options, environment={"SCIM_URL": service.url, "SCIM_TOKEN": service.token})
    assert ran.code == 0, ran.output
    return list(ran.fact("results"))


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "evidence.jsonl").read_text(encoding="utf-8").splitlines()]


def test_names_scope_members_and_what_is_refused(tmp_path: Path) -> None:
    people = [user(f"p{number}@example.com", externalId=str(number)) for number in range(4)]
    with sandbox.running() as service:
        service.seed(*people, user("root@example.com"), group("Others", "p3@example.com"))
        service.seed(group("team-b", "p0@example.com", "p1@example.com", "root@example.com"))
        mapped = {
            "groups": [{"name": name, "members": ["p1@example.com", "2"]} for name in NAMES]
            + [{"name": "b", "members": ["2", "nobody@example.com"]}, {"name": "o", "members": []}, {"name": "empty", "members": []}],
            "names": {"prefix": "team-", "map": {"o": "Others"}},
            "scope": ["team-*"],
            "unknown_members": "skip",
            "brakes": NO_BRAKES,
        }
        (preview,) = results(service, tmp_path, [mapped], "--check")
        assert (preview["changed"], preview["failed"], writes(service), (tmp_path / "evidence.jsonl").exists()) == (True, False, 0, False)
        refused = {
            "protected": {"groups": [{"name": "team-b", "members": ["root@example.com"]}]},
            "nobody@example.com": {"groups": [{"name": "team-b", "members": ["nobody@example.com"]}]},
            "expect_plan": {**mapped, "expect_plan": "1" * 64},
        }
        told = results(service, tmp_path, [*refused.values(), {**mapped, "expect_plan": preview["plan"]}, mapped])
        for word, result in zip(refused, told, strict=False):
            assert result["failed"], word
            assert word in result["msg"]
            assert result["changed"] is False, word
        said = records(tmp_path)
        assert [(one["stage"], one["kind"]) for one in said[: len(refused)]] == [("refused", "group_sync")] * len(refused)
        assert not any("@example.com" in one["note"] for one in said[: len(refused)])

        first, second = told[len(refused) :]
        assert (first["failed"], first["left_to_do"], second["changed"]) == (False, 0, False), first["msg"]
        assert first["skipped"] == [{"group": "team-b", "member": "nobody@example.com"}]
        assert first["out_of_scope"] == ["Others"]
        now = stored(service)
        for name in NAMES:
            assert now[f"team-{name}"]["displayName"] == f"team-{name}"
            assert members(service, f"team-{name}") == {"p1@example.com", "p2@example.com"}
        assert members(service, "team-b") == {"p2@example.com", "root@example.com"}
        assert members(service, "team-empty") == set()
        assert members(service, "Others") == {"p3@example.com"}
        # Members are told by their external ids, as other workflows tell them, though no roster was given.
        assert {one["subject"] for one in said if not one["subject"].startswith(("group:", "run:"))} == {"0", "1", "2"}
        assert {one["subject"]: one["stage"] for one in said}["1"] == "done"
