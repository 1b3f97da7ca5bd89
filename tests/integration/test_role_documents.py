# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written about a role agrees with it: the argument specification, the defaults and the README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = Path(__file__).resolve().parents[2] / "roles"
NAMES = sorted(folder.name for folder in ROLES.iterdir() if folder.is_dir())


def options(role: str) -> dict[str, Any]:
    specification = yaml.safe_load((ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    return dict(specification["argument_specs"]["main"]["options"])


def test_there_are_roles() -> None:
    assert {"joiner", "leaver"} <= set(NAMES)


@pytest.mark.parametrize("role", NAMES)
def test_every_variable_is_specified_with_its_default_and_prefixed(role: str) -> None:
    defaults = yaml.safe_load((ROLES / role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert {name: option["default"] for name, option in options(role).items() if "default" in option} == defaults
    assert all("default" in option or option.get("required") for option in options(role).values())
    assert all(name.startswith(f"{role}_") for name in options(role))


@pytest.mark.parametrize("role", NAMES)
def test_every_variable_is_in_the_readme_and_its_example_sets_no_other(role: str) -> None:
    readme = (ROLES / role / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+_\w+)` \| ", readme, re.MULTILINE)[: len(options(role))] == list(options(role))
    example = re.search(r"```yaml\n(- name: .*?)```", readme, re.DOTALL)
    assert example
    (play,) = yaml.safe_load(example[1])
    (entry,) = play["roles"]
    assert entry["role"] == f"identityops.lifecycle.{role}"
    assert set(entry) - {"role"} <= set(options(role))


@pytest.mark.parametrize("role", NAMES)
def test_every_role_has_a_playbook_of_its_name(role: str) -> None:
    (play,) = yaml.safe_load((ROLES.parent / "playbooks" / f"{role}.yml").read_text(encoding="utf-8"))
    assert f"{role}_hosts" in play["hosts"]
    assert play["gather_facts"] is False
