# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles joiner and mover, with ansible-playbook and all that it started killed at their writes: the run that may live finishes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.chaos.killing import AFTER
from tests.chaos.test_people_killed import Plays
from tests.integration.truth import group, members, stored, user

# The sandbox may be writing an answer to the dead.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def of_roster(key: str, *groups: str, **attributes: str) -> dict[str, Any]:
    names = {"external_id": key, "user_name": f"p{key}@example.com"}
    granted = [{"name": name, "rule": f"of {name}"} for name in groups]
    return {"key": key, "phase": "active", "account": "active", "user": {**names, **attributes}, "groups": granted}


def test_a_joiner_and_a_mover_that_are_killed_at_their_writes_are_finished_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state.json"
    variables = {
        "joiner_people": [of_roster("1", "Sales"), of_roster("2", "Sales")],
        "mover_people": [of_roster("1", "Engines", title="Engineer")],
        "mover_managed": ["Sales"],
        "mover_orphans": "remove",
        "mover_access": True,
        "mover_state_file": str(state),
    }
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "all.json").write_text(json.dumps(variables))
    with sandbox.running(profile="minimal") as service:  # without Bulk: one write after the other
        for name, value in service.cloudflare.options().items():
            monkeypatch.setenv(f"CLOUDFLARE_{name.upper()}", str(value))
        service.seed(user("c2", userName="p2@example.com", externalId="2"), group("Sales", "c2"), group("Engines"))
        service.cloudflare.seed_user("p1@example.com", sessions=1)

        # After the account and the membership, before the record.
        Plays(service, tmp_path, "joiner").is_finished_after((2, AFTER))
        now = stored(service)
        newcomer = now["p1@example.com"]["id"]
        assert (set(now), now["p1@example.com"]["active"]) == ({"p1@example.com", "p2@example.com", "Sales", "Engines"}, True)
        assert members(service, "Sales") == {newcomer, "c2"}

        # After the account, and after both memberships, before the sessions: the file of state knows that they are owed an end.
        Plays(service, tmp_path, "mover").is_finished_after((1, AFTER), (2, AFTER))
        assert stored(service)["p1@example.com"]["title"] == "Engineer"
        assert (members(service, "Sales"), members(service, "Engines")) == ({"c2"}, {newcomer})
        assert service.cloudflare.sessions("p1@example.com") == []
        assert state.read_text() == "{}\n"
