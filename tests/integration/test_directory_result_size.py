# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a directory task stays below 100,000 characters, whatever happens to however many."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.exchange import Answer, Handler, Request
from tests.in_process import Result, counts
from tests.integration.directories import NO_BRAKES, listed, names, person, team
from tests.integration.test_directory import directory

MANY = [f"{'x' * 60}{number:04}" for number in range(2000)]
LONG = "Ωlong <b>text</b> " * 60
MOST = 100_000  # characters


def check_it_is_small(result: Result, most: int = MOST) -> None:
    assert len(result.output) < most


def refuse_everybody(request: Request, ask: Handler) -> Answer:
    if request.is_write:
        return Answer(400, {"detail": LONG * 5, "scimType": "invalidValue", "status": "400"})
    return ask(request)


def test_two_thousand_failures_are_a_small_result() -> None:
    people = listed(*MANY, display_name=LONG, nick_name=LONG, title=LONG)
    with directory() as here:
        here.service.set_faults([], own=[refuse_everybody])
        result = here.ensure(people, max_failures=0, max_reported=10_000, bulk="never", _ansible_inject_invocation=True)
        assert result["counts"] == counts(failed=2000)
        assert result["truncated"]
        assert 0 < len(result["failures"]) < 2000
        check_it_is_small(result)


@pytest.mark.parametrize(("check", "many"), [(True, MANY), (False, MANY[:300])], ids=["check", "run"])
def test_two_thousand_changes_are_a_small_result(check: bool, many: list[str]) -> None:
    people = listed(*many, display_name=LONG, nick_name=LONG, title=LONG, emails=[{"value": f"{number}@{'y' * 60}"} for number in range(5)])
    with directory() as here:
        here.service.seed(*(person(name, displayName="old") for name in many))
        result = here.ensure(people, check=check, brakes=NO_BRAKES, max_reported=10_000, _ansible_inject_invocation=True)
        assert result["counts"] == counts(update=len(many))
        assert result["truncated"]
        for part in ("resources", "requests", "diff"):
            assert 0 < len(result[part]) < len(many) or part == "requests"
        check_it_is_small(result)


def test_those_whom_a_cut_list_does_not_show_are_counted() -> None:
    with directory("drop_attrs=title") as here:
        result = here.ensure(listed(*names(30), title="Analyst"), max_reported=7)
        assert (result.failed, len(result["unconverged"])) == (True, 7)
        assert "(title), and 27 more; list the attributes" in result["msg"]


def test_the_lists_hold_as_many_entries_as_asked_for() -> None:
    with directory() as here:
        result = here.ensure(listed(*names(30)), max_reported=7)
        assert [len(result[part]) for part in ("resources", "requests", "diff")] == [7, 7, 7]
        assert (result["truncated"], result["counts"]["create"]) == (True, 30)


def test_what_the_service_does_not_keep_is_a_small_result() -> None:
    with directory("drop_attrs=title,nickName") as here:
        result = here.ensure(listed(*MANY[:200], title=LONG, nick_name=LONG), max_reported=10_000, _ansible_inject_invocation=True)
        assert result.failed
        assert result["unconverged"]
        check_it_is_small(result)


def test_many_warnings_are_a_small_result() -> None:
    groups = [{"display_name": name, "members": {"add": [f"\u00e9\u00e9\u00e9 {name} {n}" for n in range(4)]}} for name in MANY[:100]]
    with directory() as here:
        result = here.ensure(groups=groups, check=True, _ansible_inject_invocation=True)
        assert result["counts"] == counts(create=100)
        assert result.warnings_said
        check_it_is_small(result)


@pytest.mark.parametrize("number", [3, 20, 21])
def test_a_few_long_entries_are_a_small_result(number: int) -> None:
    """Also with the options of the task, which ansible-core before 2.19 adds to each result."""
    people = [{"user_name": f"{number}{'n' * 3000}", "display_name": "d" * 9000, "title": "t" * 9000, "nick_name": "n" * 9000} for number in range(number)]
    groups = [{"display_name": "g" * 3000, "members": {"add": [one["user_name"] for one in people]}}]
    with directory() as here:
        for check in (True, False):
            result = here.ensure(people, groups, check=check, _ansible_inject_invocation=True)
            assert not result.failed, result["msg"]
            assert result["counts"] == counts(create=number + 1)
            check_it_is_small(result)
        here.service.set_faults([], own=[refuse_everybody])
        others = [{**one, "title": "other" * 1000} for one in people]
        result = here.ensure(others, brakes=NO_BRAKES, bulk="never", _ansible_inject_invocation=True)
        assert result["counts"] == counts(failed=number)
        check_it_is_small(result)


def test_who_has_too_long_a_name_to_be_shown_is_counted_and_not_attempted_all_the_same() -> None:
    long = [f"{number}{'n' * 12_000}" for number in range(4)]
    with directory() as here:
        here.service.set_faults([], own=[refuse_everybody])
        result = here.ensure(listed(*long), max_failures=1, concurrency=1, bulk="never")
        assert (result.failed, result["counts"]) == (True, counts(failed=1, not_attempted=3))
        assert "unexpected" not in result["msg"]
        assert result["failures"]
        check_it_is_small(result)


def test_a_refusal_of_much_is_a_small_result(tmp_path: Path) -> None:
    with directory() as here:
        many = MANY[:200]
        here.service.seed(*map(person, many), team("Everybody", *many))
        for task in (
            {"users": listed(*many, state="absent"), "groups": [{"display_name": "Everybody", "members": {"set": many[:1]}}]},
            {"users": listed(*many, title=LONG), "expect_plan": "0" * 64, "plan_file": str(tmp_path / "plan.json"), "brakes": NO_BRAKES},
            {"users": [{"user_name": name, "external_id": "x"} for name in many]},
            {"users": [{"user_name": name, "manager": f"ghost of {name}"} for name in many]},
            {"users": listed("new"), "groups": [{"display_name": "Everybody", "members": {"add": [f"ghost of {name}" for name in many]}}]},
            {"users": listed("new"), "protected": many, "ignore": {"users": many}, "unlisted": {"users": "delete"}, "brakes": {"deletions": {"number": 0}}},
        ):
            result = here.ensure(**task, _ansible_inject_invocation=True)
            assert here.writes == 0 or not result.failed
            check_it_is_small(result)
