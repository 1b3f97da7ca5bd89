# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory task that reads its lists from a file does what it does with the lists in the task, and is as careful."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.in_process import counts
from tests.integration.directories import NO_BRAKES, listed, names, person, stored
from tests.integration.test_directory import GROUPS, PEOPLE, check_everything_is_there, directory


def write(path: Path, users: Any, groups: Any) -> str:
    content = {name: value for name, value in (("users", users), ("groups", groups)) if value is not None}
    if path.suffix in (".jsonl", ".ndjson"):
        lines = [*(users or []), *({"kind": "Group", **group} for group in groups or [])]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    elif path.suffix == ".json":
        path.write_text(json.dumps(content))
    else:
        path.write_text(yaml.safe_dump(content))
    return str(path)


@pytest.mark.parametrize("name", ["all.json", "all.yaml", "all.yml", "all.jsonl", "all.ndjson"])
def test_a_file_is_the_same_as_the_lists(name: str, tmp_path: Path) -> None:
    source = write(tmp_path / name, PEOPLE, GROUPS)
    with directory() as here:
        inline = here.ensure(PEOPLE, GROUPS, check=True)
        predicted = here.ensure(source=source, check=True)
        assert (predicted.failed, predicted["plan"]) == (False, inline["plan"]), predicted.get("msg")
        result = here.ensure(source=source, expect_plan=inline["plan"])
        assert not result.failed, result["msg"]
        assert result["counts"] == counts(create=6)
        check_everything_is_there(here)
        again = here.ensure(source=source)
        assert (again.changed, here.writes) == (False, 0)
        assert here.ensure(PEOPLE, GROUPS).changed is False


def test_a_list_of_users_alone_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text(json.dumps(PEOPLE))
    with directory() as here:
        assert here.ensure(source=str(path))["counts"] == counts(create=4)


def test_what_is_in_a_file_is_nowhere_in_the_result(tmp_path: Path) -> None:
    source = write(tmp_path / "all.json", listed(*names(300), nick_name="a rare word"), None)
    with directory() as here:
        here.service.seed(*(person(name, nickName="a rare word") for name in names(300)))
        result = here.ensure(source=source, _ansible_inject_invocation=True)
        assert result["counts"] == counts(unchanged=300)
        assert "a rare word" not in result.output
        assert result["invocation"]["module_args"]["source"] == source


@pytest.mark.parametrize("unlisted", [{"users": "delete"}, {"users": "deactivate"}, {"groups": "delete"}], ids=str)
@pytest.mark.parametrize("found", ["missing", "empty"])
@pytest.mark.parametrize("suffix", ["json", "yaml", "jsonl"])
def test_a_file_without_the_list_removes_nobody(suffix: str, found: str, unlisted: dict[str, str], tmp_path: Path) -> None:
    (kind,) = unlisted
    lists: dict[str, Any] = {"users": listed("ada"), "groups": [{"display_name": "Engines"}]}
    lists[kind] = None if found == "missing" else []
    source = write(tmp_path / f"all.{suffix}", lists["users"], lists["groups"])
    with directory() as here:
        here.service.seed(person("bob"))
        before = stored(here.service)
        for check in (True, False):
            result = here.ensure(source=source, unlisted=unlisted, brakes=NO_BRAKES, check=check)
            assert (result.failed, here.writes, stored(here.service)) == (True, 0, before)
            assert kind in result["msg"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", "", ""),
        ("a.jsonl", "", ""),
        ("a.yaml", "", ""),
        ("a.json", "[]", "users is empty"),
        ("a.json", "{}", "neither users nor groups"),
        ("a.json", '{"users": [{"user_name": "ada"}, {"user_na', "a.json"),
        ("a.jsonl", '{"user_name": "ada"}\n{"user_name": "bo', "line 2"),
        ("a.jsonl", '{"user_name": "ada"}\n{"user_name": "bob", "user_name": "cy"}\n', "line 2"),
        ("a.json", '{"users": [{"user_name": "ada"}, {"user_name": "ADA"}]}', "users[0] and users[1]"),
        ("a.json", '{"users": [{"user_name": "ada", "external_id": "1"}, {"user_name": "bob", "external_id": "1"}]}', "users[0] and users[1]"),
        ("a.jsonl", '{"user_name": "ada"}\n{"kind": "Group", "display_name": "g"}\n{"kind": "Group", "display_name": "G"}\n', "groups[0] and groups[1]"),
        ("a.json", '{"users": [{"user_name": "ada", "tittle": "x"}]}', "title"),
        ("a.json", '{"users": [{"user_name": 7}]}', "user_name"),
        ("a.yaml", "users:\n- user_name: ada\n  employee_number: 007\n", "employee_number"),
        ("a.json", '{"people": [{"user_name": "ada"}]}', "people"),
        ("a.json", '{"users": [{"title": "x"}]}', "user_name"),
        ("a.json", '{"users": [{"user_name": "ada", "password": "s3cret"}]}', "password"),
    ],
)
def test_a_wrong_file_is_refused_before_anything_is_asked(name: str, text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text)
    with directory() as here:
        here.service.seed(person("bob"))
        result = here.ensure(source=str(path), unlisted={"users": "delete"}, brakes=NO_BRAKES)
        assert (result.failed, here.writes) == (True, 0)
        assert here.service.requests()["counts"] == {}
        assert said in result["msg"]
        assert "unexpected" not in result["msg"]
        assert "s3cret" not in result.output


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with directory() as here:
        for path in (tmp_path / "nothing.json", tmp_path):
            result = here.ensure(source=str(path), unlisted={"users": "delete"})
            assert (result.failed, here.writes) == (True, 0)
            assert str(path) in result["msg"]


def test_a_file_and_lists_are_not_mixed(tmp_path: Path) -> None:
    source = write(tmp_path / "all.json", PEOPLE, None)
    with directory() as here:
        for lists in ({"users": PEOPLE}, {"groups": GROUPS}):
            result = here.ensure(**lists, source=source)
            assert (result.failed, here.writes) == (True, 0)
            assert "mutually exclusive" in result["msg"]
        assert "one of the following is required" in here.ensure()["msg"]
