# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scenarios of extensions/molecule: each role is previewed, run, run again, and what it did is verified.

Molecule runs them, too, against any service (see CONTRIBUTING); here it is the sandbox, and no Molecule is needed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import sandbox
from sandbox import Running
from tests.integration.many_tasks import play_within
from tests.integration.playbook import Run

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "extensions" / "molecule"
NAMES = sorted(folder.name for folder in SCENARIOS.iterdir() if folder.is_dir())
WITHOUT = {"record", "access_baseline", "sync_health"}  # roles that other tests take through the same steps


def act(service: Running, scenario: str, name: str, folder: Path, *options: str) -> Run:
    """Run one playbook of a scenario. folder: what Molecule calls the ephemeral directory."""
    options_of_account = service.cloudflare.options()
    environment = {
        "SCIM_URL": service.url,
        "SCIM_TOKEN": service.token,
        **{f"CLOUDFLARE_{key.upper()}": str(options_of_account[key]) for key in ("account_id", "api_token", "base_url")},
        "MOLECULE_EPHEMERAL_DIRECTORY": str(folder),
        "PWD": str(folder),
    }
    return play_within({"localhost": {}}, str(SCENARIOS / scenario / f"{name}.yml"), {}, *options, environment=environment)


def test_every_role_has_a_scenario() -> None:
    assert {folder.name for folder in (ROOT / "roles").iterdir()} - WITHOUT == set(NAMES)


@pytest.mark.parametrize("scenario", NAMES)
def test_preview_run_run_again_verify(scenario: str, tmp_path: Path) -> None:
    with sandbox.running() as service:
        service.cloudflare.set_rate(100_000, per_second=0)
        prepared = act(service, scenario, "prepare", tmp_path)
        assert prepared.code == 0, prepared.output
        service.reset_requests()

        preview = act(service, scenario, "converge", tmp_path, "--check", "--diff")
        assert preview.code == 0, preview.output
        assert [one for one in service.requests()["requests"] if one["method"] != "GET"] == []
        assert preview.changed, "the preview promises nothing, so the scenario shows nothing"

        first = act(service, scenario, "converge", tmp_path)
        assert first.code == 0, first.output
        assert first.changed

        second = act(service, scenario, "converge", tmp_path)
        assert second.code == 0, second.output
        assert second.changed == []

        verified = act(service, scenario, "verify", tmp_path)
        assert verified.code == 0, verified.output


@pytest.mark.parametrize("scenario", NAMES)
def test_molecule_can_run_it(scenario: str) -> None:
    settings = yaml.safe_load((SCENARIOS / scenario / "molecule.yml").read_text(encoding="utf-8"))
    assert settings["driver"] == {"name": "default", "options": {"managed": False}}
    assert settings["provisioner"]["inventory"]["host_vars"]["localhost"]["ansible_connection"] == "local"
    assert settings["scenario"]["test_sequence"] == ["prepare", "check", "converge", "idempotence", "verify"]
