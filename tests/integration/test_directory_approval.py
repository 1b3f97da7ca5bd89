# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was approved is what is done: the digest of a plan, and the files that hold the plan and what became of it."""

from __future__ import annotations

import json
import random
import stat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.exchange import Answer, Handler, Request
from tests.integration.directories import NO_BRAKES, listed, person, stored, team
from tests.integration.test_directory import Directory, directory

USERS: list[dict[str, Any]] = [
    {"user_name": "ada", "title": "Countess"},
    {"user_name": "bob", "state": "absent"},
    {"external_id": "hr-cy", "user_name": "cyrus", "active": False},
    {"user_name": "new", "manager": "ada", "emails": [{"value": "b@x", "type": "home"}, {"value": "a@x", "type": "work"}]},
    {"user_name": "newer", "manager": "new"},
    {"user_name": "kept"},
]
GROUPS: list[dict[str, Any]] = [
    {"display_name": "Engines", "members": {"add": ["new", "hr-cy"], "remove": ["bob"]}},
    {"display_name": "Looms", "members": {"set": ["ada", "newer"]}},
    {"display_name": "Old", "state": "absent"},
    {"display_name": "Outer", "nested_groups": {"add": ["Engines"]}},
]
THERE = [
    person("ada"),
    person("bob", externalId="hr-bob"),
    person("cy", externalId="hr-cy"),
    person("kept"),
    person("stray"),
    team("Engines", "bob"),
    team("Looms", "kept", "cy"),
    team("Old", "bob", externalId="grp-old"),
    team("Outer", "ada", nested=("Looms",)),
]
TASK: dict[str, Any] = {"brakes": NO_BRAKES, "unlisted": {"users": "deactivate"}}


def fill(here: Directory, resources: list[dict[str, Any]] | None = None) -> None:
    here.service.seed(*(THERE if resources is None else resources))


def port_of(here: Directory) -> int:
    return urlsplit(here.service.url).port or 0


def shuffled(entries: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    result = list(entries)
    random.Random(seed).shuffle(result)
    return result


def approved(here: Directory, users: Any = None, groups: Any = None, **options: Any) -> str:
    result = here.ensure(USERS if users is None else users, GROUPS if groups is None else groups, check=True, **{**TASK, **options})
    assert (result.failed, here.writes) == (False, 0), result["msg"]
    return str(result["plan"])


def instead(name: str, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Who is there once somebody else took the place of the one of that name."""
    return [document if name in (one.get("userName"), one.get("displayName")) else one for one in THERE]


# -- the digest -------------------------------------------------------------------------------------------------------------


def test_a_run_does_what_was_approved_and_says_so_with_the_same_digest() -> None:
    with directory() as here:
        fill(here)
        digest = approved(here)
        assert approved(here) == digest
        assert len(digest) == 64
        result = here.ensure(USERS, GROUPS, expect_plan=f" {digest.upper()} ", **TASK)
        assert not result.failed, result["msg"]
        assert result["plan"] == digest
        assert here.writes > 0
        # To do nothing needs no approval.
        again = here.ensure(USERS, GROUPS, expect_plan=digest, **TASK)
        assert (again.failed, again.changed, here.writes) == (False, False, 0)


@pytest.mark.parametrize("profile", ["full", "small-pages", "minimal"])
def test_the_digest_does_not_depend_on_the_order_of_the_input_or_of_the_lists(profile: str) -> None:
    digests = set()
    port = 0
    for seed in range(6):
        with directory(profile=profile, port=port) as here:
            fill(here, shuffled(THERE, seed))
            port = port_of(here)
            digests.add(approved(here, shuffled(USERS, seed), shuffled(GROUPS, seed + 1)))
    assert len(digests) == 1


def test_the_digest_does_not_depend_on_the_order_of_a_few_groups() -> None:
    """So few that each is asked for alone: the first knows no name of the second, which is in it."""
    groups = [{"display_name": "Outer", "nested_groups": {"add": ["Engines"]}}, {"display_name": "Looms", "members": {"add": ["ada"]}}]
    with directory() as here:
        fill(here)
        assert approved(here, None, groups, unlisted={}) == approved(here, None, groups[::-1], unlisted={})


def test_the_digest_is_that_of_one_service() -> None:
    with directory() as here, directory() as there:
        fill(here)
        fill(there)
        assert approved(here) != approved(there)
        assert approved(here) == approved(here, url=here.service.url + "/")


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("ada", person("ada", title="Duchess")),
        ("bob", person("bob", externalId="hr-another", id="u-2")),
        ("bob", person("bob", id="u-2")),
        ("cy", person("cy", externalId="hr-cy", active=False)),
        ("stray", person("stray", externalId="hr-stray")),
        ("stray", person("stray", active=False)),
        ("kept", person("kept", active=False)),
        ("Looms", team("Looms", "ada", "kept", "cy")),
        ("Looms", team("Looms", "kept", "cy", "stray")),
        ("Engines", team("Engines")),
        ("Old", team("Old", "bob", externalId="grp-new", id="g-2")),
        ("Outer", team("Outer", "ada", nested=("Looms", "Engines"))),
    ],
    ids=str,
)
def test_what_was_changed_meanwhile_has_to_be_approved_again(name: str, document: dict[str, Any], tmp_path: Path) -> None:
    plan = str(tmp_path / "plan.json")
    with directory() as here:
        fill(here)
        digest, port = approved(here, plan_file=plan), port_of(here)
    with directory(port=port) as here:
        fill(here, instead(name, document))
        before = stored(here.service)
        for check in (True, False):
            result = here.ensure(USERS, GROUPS, check=check, expect_plan=digest, plan_file=plan, **TASK)
            assert (result.failed, here.writes, result["requests"]) == (True, 0, [])
            assert digest in result["msg"]
            assert "nothing was written" in result["msg"]
            assert result["plan"] not in ("", digest)
            assert result["plan"] in result["msg"]
            assert f"'{document.get('userName') or document['displayName']}'" in result["msg"] or "cyrus" in result["msg"]
        assert stored(here.service) == before
        now = here.ensure(USERS, GROUPS, expect_plan=result["plan"], **TASK)
        assert not now.failed, now["msg"]


def test_what_does_not_concern_the_plan_needs_no_new_approval() -> None:
    with directory() as here:
        fill(here)
        digest, port = approved(here), port_of(here)
    others = [person("ada", nickName="A") if one["id"] == "u-ada" else one for one in instead("kept", person("kept", title="other"))]
    with directory(port=port) as here:
        fill(here, others)
        assert not here.ensure(USERS, GROUPS, expect_plan=digest, **TASK).failed


def test_the_wrong_digest_is_refused_and_the_drift_is_told(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    with directory() as here:
        fill(here)
        approved(here, plan_file=str(plan))
        held = plan.read_bytes()
        more = [{"user_name": "ada", "title": "Queen"}, *USERS[1:5], {"user_name": "kept", "state": "absent"}, {"user_name": "late"}]
        result = here.ensure(more, GROUPS[:3], expect_plan="0" * 64, plan_file=str(plan), **TASK)
        assert (result.failed, here.writes) == (True, 0)
        for said in (
            "delete User 'kept' was not in the approved plan",
            "create User 'late' was not in the approved plan",
            "update User 'ada' was approved with other changes: title null -> 'Queen' (approved: null -> 'Countess')",
            "update Group 'Outer' was approved and is not needed any more",
        ):
            assert said in result["msg"]
        assert plan.read_bytes() == held  # it is what was approved
        assert result["counts"]["create"] == 3


def test_without_a_file_the_digests_are_told() -> None:
    with directory() as here:
        fill(here)
        for path in ("", "/nonexistent/plan.json"):
            result = here.ensure(USERS, GROUPS, expect_plan="f" * 64, plan_file=path, **TASK)
            assert (result.failed, here.writes) == (True, 0)
            assert "f" * 64 in result["msg"]
            assert result["plan"] in result["msg"]


# -- files ------------------------------------------------------------------------------------------------------------------


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("check", [True, False])
def test_the_whole_plan_is_in_a_file_for_machines_and_one_for_people(check: bool, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with directory() as here:
        fill(here)
        result = here.ensure(USERS, GROUPS, check=check, plan_file=str(path), **TASK)
        assert not result.failed, result["msg"]
        content = json.loads(path.read_text())
        assert (content["digest"], content["service"]) == (result["plan"], here.service.url)
        assert content["brakes"] == []
        told = {(one["verb"], one["kind"], one["key"]) for one in content["operations"]}
        assert told == {(one["verb"], one["kind"], one["key"]) for one in result["resources"] if one["verb"] != "unchanged"}
        assert len(content["operations"]) == len(told) == 10
        for people in (path, tmp_path / "plan.md"):
            assert mode(people) == 0o600
        text = (tmp_path / "plan.md").read_text()
        assert result["plan"] in text
        assert all(key in text for dummy, dummy_kind, key in told)
        assert sorted(one.name for one in tmp_path.iterdir()) == ["plan.json", "plan.md"]


def test_a_plan_that_is_refused_is_in_the_file_with_its_brakes(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with directory() as here:
        fill(here)
        result = here.ensure(USERS, GROUPS, plan_file=str(path), brakes={"changes": {"number": 0}})
        assert (result.failed, here.writes) == (True, 0)
        assert json.loads(path.read_text())["brakes"] == result["brakes"]
        assert result["brakes"][0]["said"] in (tmp_path / "plan.md").read_text()


@pytest.mark.parametrize("option", ["plan_file", "report_file"])
def test_a_file_that_cannot_be_written_is_told_before_the_first_write(option: str, tmp_path: Path) -> None:
    with directory() as here:
        fill(here)
        for path in (tmp_path / "no folder" / "file.json", tmp_path):
            result = here.ensure(USERS, GROUPS, **{option: str(path)}, **TASK)
            assert (result.failed, here.writes) == (True, 0)
            assert option in result["msg"]


def lines_of(path: Path) -> list[dict[str, Any]]:
    text = path.read_text()
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("bulk", ["never", "always"])
def test_a_report_has_one_line_for_each_write(bulk: str, tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    with directory() as here:
        fill(here)
        result = here.ensure(USERS, GROUPS, report_file=str(path), bulk=bulk, **TASK)
        assert not result.failed, result["msg"]
        first, *writes, last = lines_of(path)
        assert (first["run"], first["plan"], first["url"]) == ("started", result["plan"], here.service.url)
        assert (last["run"], last["counts"]) == ("finished", result["counts"])
        assert {line["outcome"] for line in writes} == {"accepted"}
        done = [(line["verb"], line["kind"], line["key"]) for line in writes]
        assert len(done) == len(set(done)) == 10
        assert set(done) == {(one["verb"], one["kind"], one["key"]) for one in result["resources"] if one["verb"] != "unchanged"}
        assert mode(path) == 0o600
        ids = {line["key"]: line["id"] for line in writes}
        assert bulk == "always" or ids["new"] == here.user("new")["id"]
        here.ensure(USERS, GROUPS, report_file=str(path), **TASK)  # nothing is left to do
        assert [line["run"] for line in lines_of(path) if "run" in line] == ["started", "finished"] * 2
        assert len(lines_of(path)) == 10 + 4


def test_check_mode_reports_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    with directory() as here:
        fill(here)
        here.ensure(USERS, GROUPS, check=True, report_file=str(path), **TASK)
        assert not path.exists()


def test_a_refused_plan_reports_no_write(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    with directory() as here:
        fill(here)
        assert here.ensure(USERS, GROUPS, report_file=str(path), expect_plan="0" * 64, **TASK).failed
        assert lines_of(path) == []


def test_a_failure_and_what_did_not_take_are_in_the_report(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    with directory("409_on_inactive", "drop_attrs=title") as here:
        here.service.seed(person("hidden", active=False))
        result = here.ensure([{"user_name": "hidden"}, {"user_name": "ada", "title": "x"}], report_file=str(path))
        assert result.failed
        outcomes = [(line["key"], line["outcome"]) for line in lines_of(path) if "outcome" in line]
        assert ("hidden", "failed") in outcomes
        assert outcomes[-1] in (("ada", "unconverged"), ("hidden", "failed"))
        assert ("ada", "accepted") in outcomes
        assert next(line for line in lines_of(path) if line.get("outcome") == "unconverged")["paths"] == ["title"]


def test_the_report_is_true_while_the_run_goes_on(tmp_path: Path) -> None:
    """At each write, the writes before are in the file already: looked at from within the service."""
    path = tmp_path / "report.jsonl"
    with directory() as here:
        heard: list[int] = []

        def look(request: Request, ask: Handler) -> Answer:
            if request.is_write:
                heard.append(sum("outcome" in line for line in lines_of(path)))
            return ask(request)

        here.service.set_faults([], own=[look])
        result = here.ensure(listed("a", "b", "c", "d"), report_file=str(path), concurrency=1, bulk="never")
        assert not result.failed, result["msg"]
        assert heard == [0, 1, 2, 3]
        assert lines_of(path)[0]["run"] == "started"
