# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role leaver against services that misbehave: one name of this machine and one sandbox for each quirk."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import sandbox
from tests.integration.many_tasks import play_within
from tests.integration.playbook import verdicts
from tests.integration.truth import group, members, stored, user

PLAY = """
- name: Leave several services, with the credentials of each
  hosts: all
  gather_facts: false
  module_defaults:
    group/identityops.lifecycle.scim:
      url: "{{ service_url }}"
      token: "{{ service_token }}"
  tasks:
    - name: Leave
      ansible.builtin.import_role:
        name: identityops.lifecycle.leaver
"""
CASES = [
    # quirk, mode, verdict on the account, on the groups, on the deletion, the state of the account as it is read
    ("soft_delete", "delete", "proven", "proven", "unproven", "inactive"),
    ("no_delete", "delete_or_deactivate", "proven", "proven", "not_applicable", "inactive"),
    ("members_remove_noop", "deactivate", "proven", "proven", "not_applicable", "inactive"),
    ("delete_ignored", "delete", "unproven", "proven", "unproven", "active"),
    ("write_ignored", "deactivate", "unproven", "unproven", "not_applicable", "active"),
    ("members_write_only", "deactivate", "proven", "unproven", "not_applicable", "inactive"),
]


def test_the_verdict_is_what_is_true_whatever_a_service_does(tmp_path: Path) -> None:
    playbook = tmp_path / "leave.yml"
    playbook.write_text(PLAY)
    variables = {"leaver_people": [{"id": "ada"}]}
    environment = {"SCIM_UNKEPT_FILE": str(tmp_path / "unkept.json")}
    with ExitStack() as running:
        services, hosts = {}, {}
        for quirk, mode in ((case[0], case[1]) for case in CASES):
            service = services[quirk] = running.enter_context(sandbox.running(quirks=[quirk]))
            service.seed(user("ada"), user("stays", active=False), group("Engineers", "ada", "stays"))
            hosts[quirk] = {"service_url": service.url, "service_token": service.token, "leaver_mode": mode}

        first = play_within(hosts, str(playbook), variables, environment=environment)
        fine = []
        for quirk, (account, groups, deletion, state) in ((case[0], case[2:]) for case in CASES):
            (result,) = first.fact("leaver_result", quirk)
            now = stored(services[quirk])
            assert verdicts(first, quirk) == [(account, groups)], first.output
            assert (result["deletion"]["verdict"], result["account"]["evidence"]["state"]) == (deletion, state), quirk
            assert now["ada"]["active"] is (state == "active"), quirk
            if groups == "proven":
                assert members(services[quirk], "Engineers") == {"stays"}, quirk
            if "unproven" not in (account, groups, deletion):
                assert result["problems"] == [], quirk
                fine.append(quirk)
            else:
                assert result["problems"][0] in first.said, quirk

        assert fine == ["no_delete", "members_remove_noop"]
        (result,) = first.fact("leaver_result", "soft_delete")
        assert result["problems"] == ["ada: deletion: the service still shows the account, so it is not deleted"]
