# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/what-locks-a-leaver-out.md does what it says: its tasks and plays run here, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import sandbox
from tests.in_process import Result, run
from tests.integration.many_tasks import play_within
from tests.integration.playbook import ROOT, Run
from tests.integration.truth import user, writes

PAGE = (ROOT / "docs" / "what-locks-a-leaver-out.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
OURS = "identityops.lifecycle."
ADA = "ada@example.com"


def blocks(text: str = PAGE) -> list[Any]:
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]


def entry(name: str, text: str = PAGE) -> dict[str, Any]:
    (found,) = [entry for block in blocks(text) if isinstance(block, list) for entry in block if entry.get("name") == name]
    return dict(found)


@pytest.fixture
def service() -> Iterator[sandbox.Running]:
    """A company in which the whole domain is let into the Wiki and Payroll, Ada has a session, and SCIM is not switched on."""
    with sandbox.running() as service:
        cf = service.cloudflare
        service.seed(user("a1", userName=ADA, externalId="1815"))
        staff = cf.seed_policy("Staff", "allow", [{"email_domain": {"domain": "example.com"}}])
        for name in ("Wiki", "Payroll"):
            cf.seed_app(name, policies=[staff["id"]])
        for name in ("Staff", "Allowed countries"):
            cf.seed_group(name, [{"everyone": {}}])
        cf.seed_idp("Entra ID")
        cf.seed_user(ADA, sessions=1)
        yield service


def task(service: sandbox.Running, given: dict[str, Any], **more: Any) -> Result:
    """A task of the page in this process."""
    (name,) = [key for key in given if key.startswith(OURS)]
    return run(name.removeprefix(OURS), {**service.cloudflare.options(), **given[name], **more})


def play(service: sandbox.Running, folder: Path, given: dict[str, Any], *options: str) -> Run:
    """A play of the page, with snapshots in a folder of the test."""
    file = folder / "play.yml"
    file.write_text(yaml.safe_dump([given]).replace("/var/lib", str(folder)), encoding="utf-8")
    cf = service.cloudflare
    environment = {
        "SCIM_URL": service.url,
        "SCIM_TOKEN": service.token,
        "CLOUDFLARE_BASE_URL": cf.base_url,
        "CLOUDFLARE_ACCOUNT_ID": cf.account_id,
        "CLOUDFLARE_API_TOKEN": cf.api_token,
        "CLOUDFLARE_RATE_FILE": "",
    }
    return play_within({"localhost": {}}, str(file), {}, *options, environment=environment)


def test_the_course_of_the_page(service: sandbox.Running, tmp_path: Path) -> None:
    doors_of_ada = entry("Can Ada still get in anywhere, and why?")
    doors = task(service, doors_of_ada)
    assert doors["summary"] == {"allowed": 2, "denied": 0, "undecidable": 0}

    preview = play(service, tmp_path, entry("Ada leaves"), "--check")
    assert preview.code != 0
    printed = next(line for line in PAGE.splitlines() if line.startswith(f"{ADA}: access: the run would not be enough"))
    assert printed in preview.said
    assert writes(service) == 0

    recipe = entry("Those who left are denied, before everything else")
    for round_ in range(2):
        (found, make, deny) = recipe["tasks"]
        count = task(service, found)["count"]
        assert count == round_
        if count == 0:
            assert task(service, make).changed
        assert task(service, deny).changed is (round_ == 0)

    for name in ("Ada leaves, and is denied by name", "Ada leaves, now"):
        left = play(service, tmp_path, entry(name))
        assert left.code == 0, left.output
        (result,) = left.fact("leaver_result")
        assert result["access"]["said"] == "denied at all 2 applications"
    assert left.changed == []  # it was done already
    (leavers,) = [group for group in service.cloudflare.stored("groups") if group["name"] == "Leavers"]
    assert leavers["include"] == [{"email": {"email": ADA}}]
    assert not task(service, recipe["tasks"][2]).changed
    assert [task(service, entry("Ada is back")).changed for dummy in range(2)] == [True, False]
    assert task(service, doors_of_ada)["summary"]["allowed"] == 2


def test_every_other_task_of_the_pages_runs(service: sandbox.Running, tmp_path: Path) -> None:
    for given, more in (
        (entry("Whatever Ada has open ends"), {}),
        (entry("A deprovisioned user loses sessions and seat"), {"secret_file": str(tmp_path / "secret")}),
        (entry("Staff, and two people of the partner, from two countries", GUIDE), {}),
    ):
        assert task(service, given, **more).changed, given
        again = task(service, given, **more)
        assert (again.failed, again.changed) == (False, False), again
    assert service.cloudflare.sessions(ADA) == []
    doors = entry("Can Ada still get in anywhere, and what would be if no rule named her?", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert task(service, doors)["differs"] is False


def test_nothing_of_the_page_is_left_out_here() -> None:
    """The play about the baseline is that of the role's own tests."""
    source = Path(__file__).read_text(encoding="utf-8")
    names = {entry["name"] for block in blocks() if isinstance(block, list) for entry in block} - {"Nobody but our own people"}
    assert len(names) == 8
    assert [name for name in names if f'"{name}"' not in source] == []


def test_the_table_names_what_there_is() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    assert len(rows) == 10
    named = set(re.findall(r"`(access_\w+|scim_user|scim_group)`", PAGE))
    files = {file.stem for file in (ROOT / "plugins" / "modules").glob("*.py")} | {folder.name for folder in (ROOT / "roles").iterdir()}
    assert named <= files
