# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role leaver with people of a roster: whose turn it is, what is deleted, handed over, mailed and recorded. One sandbox for each case."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.integration.many_tasks import play_within
from tests.integration.truth import group, stored, user, writes

NOW = "2026-12-01T12:00:00Z"
PLAY = """
- name: Leave several services, with the credentials of each
  hosts: all
  gather_facts: false
  module_defaults:
    group/identityops.lifecycle.scim:
      url: "{{ service_url }}"
      token: "{{ service_token }}"
  tasks:
    - name: Read the people, whose names are not templated
      ansible.builtin.slurp:
        src: "{{ people_file }}"
      register: people

    - name: Leave
      ansible.builtin.import_role:
        name: identityops.lifecycle.leaver
      vars:
        leaver_people: "{{ people.content | b64decode | from_json }}"
        lifecycle_evidence_file: "{{ folder }}/evidence.jsonl"
        leaver_snapshot_dir: "{{ folder }}/snapshots"
        leaver_handover_dir: "{{ folder }}/handovers"
"""
MAIL = """
from __future__ import annotations

import json
import os

from ansible.module_utils.basic import AnsibleModule

names = ("host", "to", "subject", "body")
module = AnsibleModule({"host": {}, "to": {"type": "list", "elements": "str"}, "subject": {}, "body": {}, "password": {"no_log": True}})
with open(os.environ["MAILBOX"], "a") as box:
    box.write(json.dumps({name: module.params[name] for name in names}) + chr(10))
module.exit_json(changed=True)
"""


def person(key: str, phase: str, left_at: str = "", lane: str = "standard", **more: Any) -> dict[str, Any]:
    name = more.pop("user_name", f"{key}@example.com")
    return {"key": key, "phase": phase, "lane": lane, "left_at": left_at, "user": {"external_id": key, "user_name": name, **more}}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One run, and a second one where it went well."""
    folder = tmp_path_factory.mktemp("roster")
    playbook, people = folder / "leave.yml", folder / "people.json"
    playbook.write_text(PLAY)
    mail = folder / "collections" / "ansible_collections" / "community" / "general" / "plugins" / "modules"
    mail.mkdir(parents=True)
    (mail / "mail.py").write_text(MAIL)
    trap = "{{ lookup('pipe', 'touch " + str(folder / "sprung") + "') }} O'Connor"
    listed = [
        person("left", "left", "2026-11-30T23:00:00Z", user_name=trap, manager="boss"),
        person("over", "left", "2026-10-01T00:00:00Z"),
        person("rehired", "active", "2026-10-01T00:00:00Z"),
        person("leaving", "leaving", "2026-12-24T23:00:00Z"),
        person("cause", "leaving", "2026-12-24T23:00:00Z", "urgent"),
        {"external_id": "again", "left_at": "2026-10-01T00:00:00Z"},
        {"external_id": "held", "left_at": "2026-10-01T00:00:00Z", "legal_hold": True},
    ]
    people.write_text(json.dumps(listed))
    variables = {"leaver_instant": NOW, "leaver_retention": "30d", "people_file": str(people)}
    mailed = {"leaver_handover_mail": {"host": "mail.example.com", "password": "s3cret", "to": "hr@example.com"}}
    own: dict[str, dict[str, Any]] = {"roster": mailed, "liar": {}, "refusing": {"leaver_mode": "delete"}}
    with ExitStack() as running:
        services, hosts = {}, {}
        for name, variables_of_host in own.items():
            service = services[name] = running.enter_context(sandbox.running(quirks=["delete_ignored"] if name == "liar" else []))
            service.seed(user("left", externalId="left", userName=trap, displayName=trap), user("boss", externalId="boss", userName="boss@example.com"))
            service.seed(*(user(key, externalId=key, active=key not in ("over", "held")) for key in ("over", "rehired", "leaving", "cause", "again", "held")))
            service.seed(group("Staff", "left", "rehired", "leaving", "cause"))
            hosts[name] = {"service_url": service.url, "service_token": service.token, "folder": str(folder / name), **variables_of_host}
            (folder / name).mkdir()
        environment = {"MAILBOX": str(folder / "mailbox"), "ANSIBLE_COLLECTIONS_PATH": f"{Path.cwd()}/.cache/tree:{folder}/collections"}
        first = play_within(hosts, str(playbook), variables, environment=environment)
        after = {name: stored(service) for name, service in services.items()}
        kept = {name: (folder / name / "evidence.jsonl").read_text() for name in own}
        services["roster"].reset_requests()
        second = play_within({"roster": hosts["roster"]}, str(playbook), variables, environment=environment)
        yield {
            "folder": folder,
            "trap": trap,
            "first": first,
            "after": after,
            "records": {name: [json.loads(line) for line in text.splitlines()] for name, text in kept.items()},
            "kept": kept,
            "second": second,
            "written": writes(services["roster"]),
            "refused": writes(services["refusing"]),
        }


def test_only_those_leave_whose_turn_it_is(played: dict[str, Any]) -> None:
    now = {name.split("@")[0]: account["active"] for name, account in played["after"]["roster"].items() if "active" in account}
    now["left"] = now.pop(played["trap"])
    assert now == {"left": False, "boss": True, "rehired": True, "leaving": True, "cause": False, "again": False, "held": False}
    due = {result["person"]["external_id"]: result["due"] for result in played["first"].fact("leaver_result", "roster")}
    assert due == {"left": True, "over": True, "rehired": False, "leaving": False, "cause": True, "again": True, "held": True}
    assert not (played["folder"] / "sprung").exists()


def test_an_account_is_deleted_when_its_time_is_over_and_says_when_it_is_not(played: dict[str, Any]) -> None:
    said = {result["person"]["external_id"]: result["deletion"] for result in played["first"].fact("leaver_result", "roster")}
    assert said["over"]["verdict"] == "proven"
    assert said["left"]["evidence"] == {"due": "2026-12-30T23:00:00Z"}
    assert "the account was in use until now" in said["again"]["said"]
    assert said["held"]["said"] == "the account is kept: legal hold"


def test_a_service_that_only_says_that_it_deleted_is_caught(played: dict[str, Any]) -> None:
    assert "deletion: the service still shows the account, so it is not deleted" in played["first"].said
    (record,) = [one for one in played["records"]["liar"] if (one["kind"], one["stage"]) == ("deletion", "failed")]
    assert (record["subject"], record["verdicts"]["deletion"]["verdict"]) == ("over", "unproven")


def test_who_may_not_be_deleted_stops_the_run_and_that_is_recorded(played: dict[str, Any]) -> None:
    assert played["refused"] == 0
    assert "is on legal hold, and leaver_mode delete would delete the account" in played["first"].said
    assert [(one["stage"], one["subject"], one["note"]) for one in played["records"]["refusing"]] == [("refused", "held", "on legal hold")]


def test_the_manager_gets_a_file_and_a_mail(played: dict[str, Any]) -> None:
    (file,) = [one for one in (played["folder"] / "roster" / "handovers").iterdir() if played["trap"] in one.read_text()]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "- Manager: `boss@example.com`" in file.read_text()
    mails = [json.loads(line) for line in (played["folder"] / "mailbox").read_text().splitlines()]
    (mail,) = [mail for mail in mails if mail["to"] == ["boss@example.com"]]
    assert (mail["body"], mail["subject"]) == (file.read_text(), f"Handover: {played['trap']}")
    assert sorted(mail["to"][0] for mail in mails) == ["boss@example.com", "hr@example.com", "hr@example.com"]
    assert "s3cret" not in played["first"].output


def test_the_evidence_has_everybody_and_no_name(played: dict[str, Any]) -> None:
    found = [(one["subject"], one["kind"], one["stage"]) for one in played["records"]["roster"]]
    assert sorted(found) == sorted(
        [
            *((subject, "leaver", stage) for subject in ("left", "cause", "again") for stage in ("planned", "done")),
            *(("over", "deletion", stage) for stage in ("planned", "done")),
            ("over", "leaver", "done"),
            ("held", "leaver", "done"),
        ]
    )
    assert "O'Connor" not in played["kept"]["roster"]
    assert "@example.com" not in played["kept"]["roster"]


def test_a_second_run_writes_nothing_sends_nothing_and_records_nothing(played: dict[str, Any]) -> None:
    """But for whose account was in use, and is deleted now."""
    second = played["second"]
    assert second.code == 0, second.output
    assert played["written"] == 1
    (again,) = [result for result in second.fact("leaver_result", "roster") if result["changed"]]
    assert (again["person"]["external_id"], again["deletion"]["verdict"]) == ("again", "proven")
    added = (played["folder"] / "roster" / "evidence.jsonl").read_text().removeprefix(played["kept"]["roster"])
    assert {json.loads(line)["subject"] for line in added.splitlines()} == {"again"}
    assert len((played["folder"] / "mailbox").read_text().splitlines()) == 3
