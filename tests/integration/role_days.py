# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several runs of the role directory_sync in one playbook: a run takes a second or two, and a playbook of its own five more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from sandbox import Running
from tests.integration.directory_days import Company
from tests.integration.many_tasks import play_within
from tests.integration.playbook import ROOT, Run

PLAY = """
- name: Days, one after the other
  hosts: localhost
  gather_facts: false
  tasks:
    - name: A day
      ansible.builtin.include_tasks: day.yml
      loop: "{{ days }}"
      loop_control: {loop_var: day, label: "{{ day.directory_sync_instant }}"}
"""
DAY = """
- name: Run, and go on whatever comes of it
  block:
    - name: Sync
      ansible.builtin.include_role:
        name: identityops.lifecycle.directory_sync
      vars:
        OPTIONS
  rescue:
    - name: Go on
      ansible.builtin.debug:
        msg: it failed
- name: Remember what came of it
  ansible.builtin.set_fact:
    results: "{{ results | default([]) + [directory_sync_result] }}"
"""
DEFAULTS = {"lifecycle_protected": []}
DEFAULTS |= yaml.safe_load((ROOT / "roles" / "directory_sync" / "defaults" / "main.yml").read_text(encoding="utf-8"))


def role_days(service: Running, company: Company, days: Sequence[tuple[str, str]], **more: Any) -> list[dict[str, Any]]:
    """directory_sync_result of each day. days: the file, and the instant. more: options of the role for all of them."""
    files = []
    for number, day in enumerate(days):
        file = company.folder / f"people-{number}.csv"
        file.write_text(day[0], encoding="utf-8")
        files.append(file)
    roster = {"mapping": dict(company.mapping), "rules": company.rules, "gate": dict(company.gate)}
    given = [{**more, "roster": {**roster, "sources": [{"path": str(file)}]}, "instant": day[1]} for file, day in zip(files, days, strict=True)]
    return list(role_runs(service, company, given).fact("results"))


def role_runs(service: Running, company: Company, runs: Sequence[dict[str, Any]], *options: str, environment: dict[str, str] | None = None) -> Run:
    """runs: the variables of each run of the role, ``directory_sync_`` left out. options: of ansible-playbook.

    The fact ``results`` has directory_sync_result of each.
    """
    playbook = company.folder / "days.yml"
    playbook.write_text(PLAY, encoding="utf-8")
    given = [{_variable(name): value for name, value in {"create_groups": True, **company.options, **run}.items()} for run in runs]
    names = sorted({name for run in given for name in run})
    days = [{name: run.get(name, DEFAULTS.get(name, "")) for name in names} for run in given]
    lines = [f'{name}: "{{{{ day.{name} }}}}"' for name in names]
    (company.folder / "day.yml").write_text(DAY.replace("OPTIONS", "\n        ".join(lines)), encoding="utf-8")
    variables = {
        "days": days,
        "directory_sync_folder": str(company.folder),
        "lifecycle_evidence_file": str(company.evidence),
    }
    credentials = {"SCIM_URL": service.url, "SCIM_TOKEN": service.token, "SCIM_UNKEPT_FILE": str(company.folder / "unkept.json")}
    return play_within({"localhost": {}}, str(playbook), variables, *options, environment={**credentials, **(environment or {})})


def _variable(name: str) -> str:
    return name if name.startswith("lifecycle_") else f"directory_sync_{name}"
