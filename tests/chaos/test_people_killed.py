# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles leaver and reinstate, with ansible-playbook and all that it started killed again and again: the run that may live finishes.

Each run begins where the last one died, so that few runs show many deaths.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path

import pytest

import sandbox
from tests import in_process
from tests.chaos.killing import AFTER, BEFORE, VICTIM, Death
from tests.integration.many_tasks import play_within
from tests.integration.playbook import Run
from tests.integration.truth import group, members, stored, user

# The sandbox may be writing an answer to the dead.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

# The second one's time is over: their account is deleted.
LEAVERS = [{"external_id": "1815", "left_at": "2026-11-30T23:00:00Z"}, {"external_id": "1912", "left_at": "2026-10-01T00:00:00Z"}]
VARIABLES = {
    "leaver_people": LEAVERS,
    "leaver_retention": "30d",
    "leaver_snapshot_dir": "snapshots",
    "leaver_handover_dir": "handovers",
    "leaver_instant": "2026-12-01T12:00:00Z",
    "reinstate_people": [{"external_id": "1815"}],
    "reinstate_snapshot_dir": "snapshots",
    "reinstate_instant": "2026-12-02T12:00:00Z",
}
PLAY = """
- name: One role
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/identityops.lifecycle.scim:
      url: "{{ service_url }}"
      token: "{{ service_token }}"
      headers: "{{ service_headers }}"
  roles:
    - role: "identityops.lifecycle.{{ role }}"
"""


class Plays:
    """Runs a role against one service, in one folder."""

    def __init__(self, service: sandbox.Running, folder: Path, role: str) -> None:
        self._service = service
        self._folder = folder
        self._role = role
        self.evidence = folder / f"{role}.jsonl"
        (folder / "play.yml").write_text(PLAY)

    def run(self, death: Death | None = None) -> Run:
        self._service.set_faults([], own=[death] if death else [])
        about = {"service_url": self._service.url, "service_token": self._service.token, "service_headers": {VICTIM: "the victim"}}
        own = {"role": self._role, "lifecycle_evidence_file": str(self.evidence)}
        aim = (lambda group: death.aim(-group)) if death else (lambda group: None)
        run = play_within({"localhost": about}, str(self._folder / "play.yml"), {**VARIABLES, **own}, environment={"PWD": str(self._folder)}, begun=aim)
        if death:
            death.wait_until_it_is_quiet()
        return run

    def is_finished_after(self, *deaths: tuple[int, str]) -> Run:
        """Die, then live, and see what is on record."""
        for death in (Death(*of) for of in deaths):
            assert self.run(death).code == -signal.SIGKILL
            assert death.came
        last = self.run()
        assert last.code == 0, last.output
        read = in_process.run("evidence_info", {"path": str(self.evidence)})
        assert (read["intact"], read["unfinished"]) == (True, {}), read
        records = [json.loads(line) for line in self.evidence.read_text().splitlines()]
        assert {one["stage"] for one in records} == {"planned", "done"}
        assert set(Counter((one["subject"], one["kind"]) for one in records if one["stage"] == "done").values()) == {1}
        return last


def test_a_leaver_and_an_undo_that_are_killed_at_their_writes_are_finished_by_the_next_run(tmp_path: Path) -> None:
    with sandbox.running() as service:
        service.seed(
            user("ada", externalId="1815", title="Analyst"),
            user("alan", externalId="1912", active=False),
            user("stays"),
            group("Engineers", "ada", "stays"),
            group("On call", "ada"),
        )
        before = stored(service)

        # Before the first write, after one account and the deletion of the other, and after the first membership.
        plays = Plays(service, tmp_path, "leaver")
        plays.is_finished_after((1, BEFORE), (2, AFTER), (1, AFTER))
        now = stored(service)
        assert set(before) - set(now) == {"alan"}
        assert (now["ada"]["active"], members(service, "Engineers"), members(service, "On call")) == (False, {"stays"}, set())
        (handover,) = (tmp_path / "handovers").iterdir()
        assert "Engineers" in handover.read_text()

        # After the account, and after the last membership.
        plays = Plays(service, tmp_path, "reinstate")
        plays.is_finished_after((1, AFTER), (2, AFTER))
        now = stored(service)
        assert (now["ada"]["active"], now["ada"]["title"]) == (True, "Analyst")
        assert (members(service, "Engineers"), members(service, "On call")) == ({"ada", "stays"}, {"ada"})
