# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role leaver and its playbook, run by ansible-playbook against the sandbox: what is proven is what is stored."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import sandbox
from tests.integration.many_tasks import WITHIN
from tests.integration.playbook import play, verdicts
from tests.integration.truth import group, members, stored, user, writes

LEAVER = "identityops.lifecycle.leaver"


def test_somebody_leaves_and_it_is_proven_once_and_for_all(tmp_path: Path) -> None:
    # Names that would run a lookup if anybody templated them.
    trap = "{{ lookup('ansible.builtin.pipe', 'touch " + str(tmp_path / "sprung") + "') }}"
    variables = {"leaver_people": [{"external_id": "1815"}], "leaver_snapshot_dir": "snapshots", "leaver_instant": "2026-11-30T17:00:00Z"}
    at_home = {"PWD": str(tmp_path)}  # where the command is given; the playbook is the collection's
    with sandbox.running() as service:
        service.seed(user("ada", externalId="1815", displayName=trap, title=trap, userName=trap), user("stays"))
        service.seed({**group(f"Group {trap}", "ada", "stays"), "id": "g-trap"})

        preview = play(service, LEAVER, variables, "--check", "--diff", environment={**WITHIN, **at_home})
        assert preview.code == 0, preview.output
        assert writes(service) == 0
        assert not (tmp_path / "snapshots").exists()
        assert verdicts(preview) == [("predicted", "predicted")]

        first = play(service, LEAVER, variables, environment=at_home)
        assert first.code == 0, first.output
        assert verdicts(first) == [("proven", "proven")]
        assert [stored(service)[name]["active"] for name in (trap, "stays")] == [False, True]
        assert members(service, f"Group {trap}") == {"stays"}
        (ada,) = first.fact("leaver_result")
        assert ada["changed"]
        assert ada["problems"] == []
        assert ada["account"]["evidence"]["state"] == "inactive"
        assert ada["before"]["account"]["active"] is True
        assert ada["before"]["account"]["title"] == trap
        assert [entry["display_name"] for entry in ada["before"]["groups"]] == [f"Group {trap}"]
        assert "proven (inactive)  proven (0 of 1 left)" in first.output

        (file,) = (tmp_path / "snapshots").iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        kept = json.loads(file.read_text())
        assert kept.pop("taken_at") == "2026-11-30T17:00:00Z"
        assert kept.pop("left") == {"mode": "deactivate", "groups": "remove", "lane": "standard", "left_at": ""}
        assert kept == {"person": {"external_id": "1815"}, **ada["before"]}

        service.reset_requests()
        second = play(service, LEAVER, variables, environment={**WITHIN, **at_home})
        assert second.code == 0, second.output
        assert second.changed == []
        assert writes(service) == 0
        assert verdicts(second) == [("proven", "proven")]
        assert list((tmp_path / "snapshots").iterdir()) == [file]
    assert not (tmp_path / "sprung").exists()


def test_a_single_step_brings_its_verification_and_leaving_one_out_is_refused() -> None:
    variables = {"leaver_people": [{"id": "ada"}]}
    with sandbox.running() as service:
        service.seed(user("ada"), group("Engineers", "ada"))

        audit = play(service, LEAVER, variables, "--tags", "leaver_verify", environment=WITHIN)
        assert audit.code != 0
        assert writes(service) == 0
        assert verdicts(audit) == [("unproven", "unproven")]
        assert "ada: account: the account is still active; ada: groups: the person is still in Engineers" in audit.said

        skipping = play(service, LEAVER, variables, "--skip-tags", "leaver_verify", environment=WITHIN)
        assert skipping.code != 0
        assert "would leave out the verification" in skipping.said

        account = play(service, LEAVER, {**variables, "leaver_groups": "keep"}, "--tags", "leaver_account", environment=WITHIN)
        assert account.code == 0, account.output
        assert verdicts(account) == [("proven", "not_applicable")]
        assert stored(service)["ada"]["active"] is False
        assert members(service, "Engineers") == {"ada"}


def test_one_persons_failure_stops_nobody_and_nothing_is_lost() -> None:
    people = [{"external_id": "1", "user_name": "eve"}, {"id": "ada"}, {"user_name": "nobody"}]
    with sandbox.running() as service:
        service.seed(user("eve", externalId="666"), user("ada"), group("Engineers", "eve", "ada"))
        run = play(service, LEAVER, {"leaver_people": people}, environment=WITHIN)
        assert run.code != 0
        assert verdicts(run) == [("unproven", "unproven"), ("proven", "proven"), ("proven", "not_applicable")]
        eve, ada, nobody = run.fact("leaver_result")
        assert "external_id '666'" in eve["account"]["said"]
        assert [error["step"] for error in eve["errors"]] == ["find"]
        assert eve["problems"][0] in run.said
        assert ada["problems"] == []
        assert "there is no account with the user name 'nobody'; the person may have one under another name" in run.output
        assert not nobody["changed"]
        assert [stored(service)[name]["active"] for name in ("eve", "ada")] == [True, False]
        assert members(service, "Engineers") == {"eve"}
