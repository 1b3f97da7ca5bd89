# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to rosters: its example says what it prints, and its table has every check with its severity."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.gate import CHECKS, gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.selection import table

from tests.in_process import run

GUIDE = (Path(__file__).parents[2] / "docs" / "roster.md").read_text(encoding="utf-8")


def block(kind: str, number: int = 0) -> str:
    return re.findall(rf"^```{kind}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)[number]


def test_the_example_shows_what_the_guide_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "people.csv").write_text(block("csv"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    task = yaml.safe_load(block("yaml"))[0]
    result = run("roster_info", task["identityops.lifecycle.roster_info"])
    assert not result.failed, result.get("msg")
    assert table(result) == block("text", 1).splitlines()


def test_the_table_has_every_check_in_the_order_of_the_gate():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", GUIDE.partition("## When it is refused")[2], re.MULTILINE)
    assert {name for name, dummy in rows} == set(CHECKS)
    for name, meaning in rows:
        assert ("(a warning)" in meaning) == (gate({})[name].severity == "warn"), name
