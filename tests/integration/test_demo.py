# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make demo` tells the truth, and notices where it would not."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox
from sandbox.demo import story
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
    assert len(re.findall(r"^  \[yes\] ", told, re.MULTILINE)) == 15
    assert "All 15 claims hold" in told


def test_the_demo_tells_what_the_readme_shows(told: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sample = re.search(r"^```text\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert sample is not None
    lines = [line.strip() for line in sample[1].splitlines()]
    assert len(lines) > 15
    said = [line.strip() for line in told.splitlines()]
    assert [line for line in lines if line not in said] == []


def test_the_demo_is_worth_reading(told: str) -> None:
    assert "[WARNING]" not in told
    assert "[DEPRECATION" not in told
    assert re.search(r"^ +\.\.\. \d+ more like these \.\.\.$", told, re.MULTILINE)
    assert len(told.splitlines()) < 240


@pytest.fixture
def truth() -> Iterator[Truth]:
    """The end of the demo without the demo: everybody is there, and the leaver has left."""
    people = read_people()
    with sandbox.running() as service:
        users = service.seed(
            *[
                {
                    "schemas": [USER],
                    "userName": person["user_name"],
                    "externalId": person["external_id"],
                    "active": person["external_id"] != story.LEAVER,
                }
                for person in people
            ]
        )
        ids = {user["externalId"]: user["id"] for user in users}
        for name in sorted({name for person in people for name in person.get("groups", [])}):
            members = [person["external_id"] for person in people if name in person.get("groups", [])]
            service.seed(
                {
                    "schemas": [GROUP],
                    "displayName": name,
                    "members": [{"value": ids[key]} for key in members if key != story.LEAVER],
                }
            )
        yield look(service.url, service.token)


def broken(truth: Truth) -> list[str]:
    claims = story.Claims()
    story._compare(read_people(), truth, claims)
    return claims.broken


def test_the_witness_reads_pages_and_the_truth_satisfies_the_claims(truth: Truth) -> None:
    assert len(truth.active) == 107
    assert broken(truth) == []


def test_a_leaver_who_is_still_active_is_noticed(truth: Truth) -> None:
    truth.active[story.LEAVER] = True
    assert broken(truth) == ["everybody is active, but the one who left"]


def test_a_membership_too_many_is_noticed(truth: Truth) -> None:
    truth.groups["IT"].append(story.LEAVER)
    assert broken(truth) == ["everybody is in the group of their department, but the one who left"]


def test_somebody_who_is_missing_is_noticed(truth: Truth) -> None:
    del truth.active["100"]
    assert "everybody of the extract is there once, and nobody else" in broken(truth)


def test_a_broken_claim_ends_the_demo_with_an_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """No playbook runs here: nothing joins, so the claims about writes and about the people do not hold."""
    monkeypatch.setattr(Stage, "play", lambda *_: Act("", 0, 0, 0, 0, 0.0))
    assert story.main() == 1
    assert "[NO ] 0 writes in 0 requests: one for each of 107 people and 11 groups" in capsys.readouterr().out


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
        story._compare_doors(before, after, claims)
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


def test_what_the_extract_leaves_empty_is_not_said() -> None:
    people = {person["external_id"]: person for person in read_people()}
    assert len(people) == 107
    assert "manager" not in people["100"]
    assert people["101"]["manager"] == "100"
    assert "groups" not in people["178"]
    assert "department" not in people["178"]
