# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/safely.md does what it says: its playbooks and tasks run here as they stand there, and print what it prints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.identityops.lifecycle.plugins.action.scim_directory import State, sentence
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.brakes import DEFAULTS, LEAST_MEMBERS

import sandbox
from tests.in_process import Result, counts, run
from tests.integration.playbook import ROOT, Run, play
from tests.integration.truth import members, stored, writes

PAGE = (ROOT / "docs" / "safely.md").read_text(encoding="utf-8")
MODULE = "identityops.lifecycle.scim_directory"
FOLDER = "/var/lib/hr"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def block(language: str, beginning: str) -> str:
    (found,) = [text for text in blocks(language) if text.startswith(beginning)]
    return found


def plain(text: str) -> str:
    """A text without what is another one in each run: address, digest and time."""
    text = re.sub(r"http://127\.0\.0\.1:\d+/|https://directory\.example\.com/", "URL/", text)
    text = re.sub(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{8}\.\.\.", "DIGEST", text)
    return re.sub(r'"at": "[^"]+"', '"at": "NOW"', text)


def user(name: str, external_id: str, **more: Any) -> dict[str, Any]:
    return {
        "schemas": [USER, ENTERPRISE],
        "id": f"u-{external_id}",
        "externalId": external_id,
        "userName": f"{name}@example.com",
        "active": True,
        **more,
    }


OTHERS = [(f"p{number:02}", f"hr-20{number:02}") for number in range(38)]
LINES = block("json", '{"external_id"')
EXPORT = LINES + "".join(json.dumps({"external_id": hr, "user_name": f"{name}@example.com"}) + "\n" for name, hr in OTHERS)


@dataclass(frozen=True)
class Company:
    """The forty people of the page on a service, and the folder of their source."""

    service: sandbox.Running
    folder: Path

    def here(self, text: str) -> str:
        return text.replace(FOLDER, str(self.folder))

    def play(self, name: str, *options: str) -> Run:
        """The playbook of the page whose first play has this name."""
        file = self.folder / "playbook.yml"
        file.write_text(self.here(block("yaml", f"- name: {name}")), encoding="utf-8")
        return play(self.service, str(file), {}, *options)

    def task(self, options: dict[str, Any], *, check: bool = False, **more: Any) -> Result:
        """A task of the page in this process, without its variables."""
        given = {name: value for name, value in options.items() if "{{" not in str(value)}
        here = json.loads(self.here(json.dumps(given)))
        return run("scim_directory", {"url": self.service.url, "token": self.service.token, "unkept_file": "", **here, **more}, check=check)

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with sandbox.running() as service:
        service.seed(
            user("charles", "hr-1791", title="Engineer", **{ENTERPRISE: {"department": "Engines"}}),
            user("zoe", "hr-1700"),
            *(user(name, external_id) for name, external_id in OTHERS),
            {"schemas": [USER], "id": "svc", "userName": "svc-backup", "active": True},
            {"schemas": [GROUP], "id": "g", "displayName": "Engines", "members": [{"value": "u-hr-1791"}, {"value": "u-hr-1700"}]},
        )
        (tmp_path / "people.jsonl").write_text(EXPORT, encoding="utf-8")
        yield Company(service, tmp_path)


def tasks(text: str) -> Iterator[dict[str, Any]]:
    """The options of scim_directory in a block of tasks or plays."""
    for entry in yaml.safe_load(text):
        for task in entry.get("tasks", [entry]):
            if MODULE in task:
                yield task[MODULE]


def the_task() -> dict[str, Any]:
    (options,) = tasks(block("yaml", "- name: The people of HR"))
    return options


def test_the_course_of_the_page_from_the_preview_to_the_way_back(company: Company) -> None:
    service = company.service
    preview = company.play("The people of HR", "--check")
    assert preview.code == 0, preview.output
    assert writes(service) == 0
    assert plain(company.text("plan.md")) == plain(block("text", "# Plan for"))

    hasty = company.play("The people of HR")
    assert hasty.code != 0
    assert "read plan.md" in hasty.said
    assert writes(service) == 0

    digest = json.loads(company.text("plan.json"))["digest"]
    real = company.play("The people of HR", "-e", f"approved={digest}")
    assert real.code == 0, real.output
    assert f"{digest}: " in real.output
    now = stored(service)
    assert (now["zoe@example.com"]["active"], now["svc-backup"]["active"]) == (False, True)
    assert members(service, "Engines") == {now[name]["id"] for name in ("ada@example.com", "charles@example.com")}
    report = plain(company.text("writes.jsonl")).splitlines()
    shown = plain(block("json", '{"at"')).splitlines()
    assert len(shown) == 3
    assert set(shown) <= set(report)

    back = company.play("The plan, turned around")
    assert back.code == 0, back.output
    now = stored(service)
    assert now["zoe@example.com"]["active"] is True
    assert len(members(service, "Engines")) == 3
    assert len(company.text("undo.jsonl").split()) > 1


def test_the_export_that_broke_off_is_refused_as_printed(company: Company) -> None:
    (company.folder / "people.jsonl").write_text(LINES, encoding="utf-8")
    for check in (True, False):
        refused = company.task(the_task(), check=check)
        assert refused.failed
        assert refused["msg"] + "\n" == block("text", "39 of 40")
        assert "## Brakes that this plan trips" in company.text("plan.md")
    assert writes(company.service) == 0
    # The way out that the page shows, with the number that the message gives.
    brakes = {"deactivations": {"percent": 97.5}, "changes": {"percent": 100}, "membership_removals": {"percent": 50}}
    assert not company.task(the_task(), check=True, brakes=brakes).failed


def test_a_plan_that_changed_is_refused_as_printed(company: Company) -> None:
    approved = company.task(the_task(), check=True)["plan"]
    company.service.seed(user("grace", "hr-1906"))
    refused = company.task(the_task(), expect_plan=approved)
    assert plain(refused["msg"] + "\n") == plain(block("text", "expect_plan"))
    assert writes(company.service) == 0


def test_a_run_that_was_killed_needs_another_approval(company: Company) -> None:
    approved = company.task(the_task(), check=True)["plan"]
    done = {"url": company.service.url, "token": company.service.token, "unkept_file": "", "external_id": "hr-1791", "title": "Director"}
    assert run("scim_user", done).changed
    assert "is not needed any more" in company.task(the_task(), expect_plan=approved)["msg"]
    again = company.task(the_task(), check=True)["plan"]
    assert company.task(the_task(), expect_plan=again)["counts"] == counts(create=1, update=1, deactivate=1, unchanged=39)
    # To do nothing needs no approval.
    assert not company.task(the_task(), expect_plan=approved).failed


def test_every_other_task_of_the_page_runs(company: Company) -> None:
    others = [options for text in blocks("yaml") if not text.startswith(("- name: The p",)) for options in tasks(text)]
    assert len(others) == 3
    assert not company.task(the_task()).failed
    company.service.seed({"schemas": [GROUP], "id": "x", "externalId": "grp-old", "displayName": "Old"})
    for options in others:
        assert company.task(options, check=True).failed is False, options
        assert company.task(options).failed is False, options
        assert company.task(options).changed is False, options
    assert "Old" not in stored(company.service)


def test_the_table_of_brakes_is_as_the_code_is() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d*) ?\| .* \| (\d*) ?\|$", PAGE, re.MULTILINE)
    assert [(name, int(number), float(percent or 0), int(few or 0)) for name, number, percent, few in rows] == [
        *((name, limit.number, limit.percent, limit.few) for name, limit in DEFAULTS.items()),
        ("least_members", LEAST_MEMBERS, 0.0, 0),
    ]


def test_progress_looks_as_printed() -> None:
    lines = block("text", "scim_directory on").splitlines()
    states = [State("users", 670, 4000, 0, 1.5), State("users", 2458, 4000, 0, 5.5), State("verification", 0, 0, 0, 0.1)]
    assert lines == [f"scim_directory on localhost: {sentence(state)}" for state in states]
