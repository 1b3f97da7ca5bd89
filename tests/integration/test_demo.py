# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make demo` tells the truth, and notices where it would not."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml

import sandbox
from sandbox.demo import story
from sandbox.demo.days import LEAVER, MISTAKEN, MOVER, write_days
from sandbox.demo.doors import Doors
from sandbox.demo.people import read_people
from sandbox.demo.shortened import shortened
from sandbox.demo.stage import Act, Stage
from sandbox.demo.witness import Truth, look

ROOT = Path(__file__).parents[2]
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
OUTPUT = """
PLAY [Somebody] ********************************

TASK [role : Read] *****************************
ok: [localhost]

TASK [role : Write] ****************************
--- before: User a
+++ after: User a
@@ -1 +1 @@
-    active: true
+    active: false


--- before: User b
+++ after: User b


--- before: User c
+++ after: User c


--- before: User d
+++ after: User d
@@ -1 +1 @@
-    active: true
+    active: false


changed: [localhost]

TASK [Tell] ************************************
ok: [localhost] =>
    msg: told

PLAY RECAP *************************************
localhost                  : ok=3    changed=1    unreachable=0    failed=0
"""


@pytest.fixture(scope="module")
def told() -> str:
    run = subprocess.run(
        [sys.executable, "-m", "sandbox.demo"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_every_claim_of_the_demo_holds(told: str) -> None:
    assert "[NO ]" not in told
    assert len(re.findall(r"^  \[yes\] ", told, re.MULTILINE)) == 21
    assert "All 21 claims hold" in told


def test_the_demo_tells_what_the_readme_shows(told: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sample = re.search(r"^```text\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert sample is not None
    lines = [line.strip() for line in sample[1].splitlines()]
    assert len(lines) > 15
    said = [line.strip() for line in told.splitlines()]
    assert [line for line in lines if line not in said] == []


def test_the_guide_shows_the_playbooks_of_the_demo() -> None:
    guide = (ROOT / "docs" / "joiner-mover-leaver.md").read_text(encoding="utf-8")
    shown = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)]
    files = [*(ROOT / "sandbox" / "demo").glob("*.yml"), ROOT / "docs" / "examples" / "move.yml"]
    played = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in files}
    assert shown == [played[name] for name in ("roster.yml", "sync.yml", "move.yml", "leave.yml", "undo.yml", "evidence.yml")]


def test_the_demo_is_worth_reading(told: str) -> None:
    assert "[WARNING]" not in told
    assert "[DEPRECATION" not in told
    assert re.search(r"^ +\.\.\. \d+ more like these \.\.\.$", told, re.MULTILINE)
    assert told.count("the source of people is refused") == 1
    assert len(told.splitlines()) < 290


WANTED = {key: person.groups for key, person in read_people().items()}
LEFT = ("107",)


@pytest.fixture
def truth() -> Iterator[Truth]:
    """The company without the demo: everybody is there, and one has left."""
    people = read_people()
    with sandbox.running() as service:
        users = service.seed(
            *[
                {"schemas": [USER], "userName": person.email, "externalId": key, "active": key not in LEFT}
                for key, person in people.items()
            ]
        )
        ids = {user["externalId"]: user["id"] for user in users}
        for name in sorted({name for person in people.values() for name in person.groups}):
            members = [{"value": ids[key]} for key, person in people.items() if name in person.groups and key not in LEFT]
            service.seed({"schemas": [GROUP], "displayName": name, "members": members})
        yield look(service.url, service.token)


def test_the_witness_reads_pages_and_notices_what_is_wrong(truth: Truth) -> None:
    assert len(truth.active) == 107
    assert truth.is_as(WANTED, LEFT)
    assert not truth.is_as(WANTED)

    truth.active["107"] = True  # a leaver who is still active
    assert not truth.is_as(WANTED, LEFT)
    truth.active["107"] = False

    truth.groups["IT"].append("107")  # a membership too many
    assert not truth.is_as(WANTED, LEFT)
    truth.groups["IT"].remove("107")

    truth.groups["Staff"].remove("100")  # one that is missing
    assert not truth.is_as(WANTED, LEFT)
    truth.groups["Staff"] += ["100", "100"]  # one that is there twice
    assert not truth.is_as(WANTED, LEFT)
    truth.groups["Staff"].remove("100")
    assert truth.is_as(WANTED, LEFT)

    del truth.active["100"]  # somebody who is missing
    assert not truth.is_as(WANTED, LEFT)


def test_a_broken_claim_ends_the_demo_with_an_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """No playbook runs here: nothing joins, so the claims about writes and about the people do not hold."""
    monkeypatch.setattr(Stage, "play", lambda *_, **__: Act("", 0, 0, 0, 0, 0.0))
    assert story.main() == 1
    assert "[NO ] 0 writes in 0 requests" in capsys.readouterr().out


def test_doors_that_stay_open_are_noticed() -> None:
    before = Doors(2, 1, ["On call"], {"Wiki": ("Deny leavers", "deny")})
    gone = Doors(0, 0, [story.SHUT_OUT], {"Wiki": ("Deny leavers", "deny")})
    for after, broken_claims in (
        (gone, 0),
        (gone._replace(sessions=1), 1),
        (gone._replace(named_in=["On call", story.SHUT_OUT]), 1),
        (gone._replace(first={"Wiki": ("All staff", "allow")}), 1),
    ):
        claims = story.Claims()
        story.compare_doors(before, after, claims)
        assert len(claims.broken) == broken_claims


def test_a_message_is_shown_as_it_was_meant() -> None:
    folded = """TASK [Tell] ***
ok: [localhost] =>
    msg:
    - 'It''s long
        and goes on'
    - short

PLAY RECAP ***
"""
    assert "    - It's long and goes on\n    - short" in shortened(folded)


def test_output_is_shortened_and_says_so() -> None:
    short = shortened(OUTPUT)
    assert "role : Read" not in short
    assert "User a" in short
    assert "User b" not in short
    assert "... 2 more like these ..." in short
    assert "User d" in short
    assert "msg: told" in short
    assert short.count("changed: [localhost]") == 1
    assert "PLAY RECAP\nlocalhost" in short


def test_a_failure_is_not_shortened_away() -> None:
    failing = OUTPUT.replace("ok: [localhost]\n", "fatal: [localhost]: FAILED! => the reason\n", 1)
    assert "the reason" in shortened(failing)

    failed = """TASK [Read] ***
fatal: [localhost]: FAILED! =>
    changed: false
    findings:
    - many
    msg: 'Task failed: Module failed: the
        reason'

TASK [Refuse] ***
fatal: [localhost]: FAILED! =>
    msg: the reason

PLAY RECAP ***
"""
    assert shortened(failed) == "TASK [Read]\nfatal: [localhost]: FAILED! =>\n    msg: the reason\n\nPLAY RECAP"


def test_the_files_differ_by_what_the_story_tells(tmp_path: Path) -> None:
    days = write_days(tmp_path, datetime(2026, 12, 2, 14, tzinfo=timezone.utc))
    lines = {name: set(day.file.read_text(encoding="utf-8").splitlines()) for name, day in days._asdict().items()}
    assert len(lines["first"]) == 108
    assert {line.split(",")[0] for line in lines["second"] - lines["first"]} == {MOVER, LEAVER}
    assert {line.split(",")[0] for line in lines["third"] - lines["second"]} == {MISTAKEN}
    assert lines["corrected"] == lines["second"]
    assert all(line.endswith(",terminated,2026-12-01") for line in lines["third"] - lines["second"])  # yesterday, in Los Angeles
    assert [day.today for day in days[1:4]] == ["2026-12-01T14:00:00Z", "2026-12-02T13:58:00Z", "2026-12-02T13:59:00Z"]


def test_the_groups_of_the_extract_are_worked_out_by_hand() -> None:
    people = read_people()
    assert len(people) == 107
    assert people["100"].groups == ("Staff", "Executive")
    assert people["108"].groups == ("Staff", "Finance", "Managers")
    assert people["178"].groups == ("Staff",)  # nobody knows the department
