# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/examples/shards: the inventory and the playbook that docs/awx.md hands out, as AWX runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sandbox
from tests.in_process import counts, run
from tests.integration.playbook import ROOT, Run, play_on
from tests.integration.truth import stored, user, writes

EXAMPLE = ROOT / "docs" / "examples" / "shards"
SHARDS = 4
PEOPLE: list[dict[str, Any]] = [{"external_id": f"hr-{i}", "user_name": f"p{i:02}@example.com", "manager": "hr-0"} for i in range(1, 24)]
PEOPLE += [{"external_id": "hr-0", "user_name": "p00@example.com"}]
JOINERS = [{"external_id": f"hr-{i}", "user_name": f"p{i}@example.com", "manager": "hr-0"} for i in range(24, 29)]
NAMES = {person["user_name"] for person in [*PEOPLE, *JOINERS]}
STAFF = {"display_name": "Staff", "members": {"set": [person["external_id"] for person in PEOPLE]}}


class Jobs:
    """Jobs of one service. As AWX does, it hands what set_stats gave on to the next job, in extra variables.

    Everybody was loaded in one task. Since then five have joined, and one has left.
    """

    def __init__(self, service: sandbox.Running, folder: Path) -> None:
        self.service = service
        self.folder = folder
        self.artifacts: dict[str, Any] = {}
        service.seed(user("gone@example.com", externalId="hr-gone"), user("guest@example.com"))
        load = {"url": service.url, "token": service.token, "unkept_file": "", "users": PEOPLE, "groups": [STAFF]}
        assert not run("scim_directory", load).failed
        service.reset_requests()
        lines = [*PEOPLE, *JOINERS, {"kind": "Group", **STAFF}]
        (folder / "people.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in lines), encoding="utf-8")

    def job(self, *options: str) -> Run:
        variables = {"people_source": str(self.folder / "people.jsonl"), "people_folder": str(self.folder), **self.artifacts}
        environment = {"SCIM_URL": self.service.url, "SCIM_TOKEN": self.service.token}
        inventory = ("-i", str(EXAMPLE / "inventory.yml"), "--forks", "2")
        ended = play_on({}, str(EXAMPLE / "people.yml"), variables, *inventory, *options, environment=environment)
        for task in ended.tasks:
            self.artifacts.update(task.returned.get("ansible_stats", {}).get("data", {}))
        return ended

    def results(self, name: str) -> list[dict[str, Any]]:
        return [self.artifacts[f"people_{name}_{index}"] for index in range(SHARDS)]


def total(results: list[dict[str, Any]]) -> dict[str, int]:
    return counts(**{verb: sum(result["counts"][verb] for result in results) for verb in results[0]["counts"]})


def test_parts_are_checked_approved_and_done_and_then_there_is_nothing_to_do(tmp_path: Path) -> None:
    with sandbox.running() as service:
        jobs = Jobs(service, tmp_path)
        without = jobs.job()
        assert without.code != 0
        assert "run the job in check mode first" in without.said

        assert jobs.job("--check").code == 0
        assert writes(service) == 0
        checked = jobs.results("shard")
        assert total(checked) == counts(create=5, deactivate=1, unchanged=25)
        assert len({result["plan"] for result in checked}) == SHARDS
        assert len(list(tmp_path.glob("plan-shard-00?.md"))) == SHARDS

        # Two slices: jobs that know some of the hosts only.
        for hosts in ("shard-000,shard-002", "shard-001,shard-003"):
            done = jobs.job("--limit", hosts)
            assert done.code == 0, done.output
        there = stored(service)
        assert set(there) == {*NAMES, "gone@example.com", "guest@example.com", "Staff"}
        assert len(service.stored()) == len(there)  # everybody once
        assert (there["gone@example.com"]["active"], there["guest@example.com"]["active"]) == (False, True)

        service.reset_requests()
        last = jobs.job()  # nothing to do, so nothing to approve
        assert (last.code, last.changed) == (0, []), last.output
        assert writes(service) == 0
        assert total(jobs.results("done")) == counts(unchanged=len(NAMES) + 2)
