# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A source that is empty, cut, filtered wrongly or wrong: accidents that others had, each with the thread that tells of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.disasters.company import PEOPLE, TEAMS, company, people, teams
from tests.disasters.entra_rows import entries

EVERYTHING = {"users": "delete", "groups": "delete"}
FIRST_PAGE = range(20)


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ({"users": []}, "users is empty; nothing was written: leave the option out if you mean nobody"),
        ({"users": people(), "groups": []}, "groups is empty; nothing was written"),
        ({"users": people()}, "unlisted.groups: delete, but groups is missing; nothing was written: without a list, everybody would go"),
    ],
    ids=["no users", "no groups", "no list of groups"],
)
def test_the_source_returns_nothing(lists: dict[str, Any], said: str) -> None:
    """https://github.com/awslabs/ssosync/issues/194: a cycle saw nobody and deleted everybody; the next one made them anew."""
    with company() as here:
        here.refuses(said, **lists, unlisted=EVERYTHING)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.json", "", "the file is empty"),
        ("empty.jsonl", "\n\n", "the file is empty"),
        ("nobody.json", "[]", "users is empty"),
        ("nothing.json", "{}", "the file has neither users nor groups"),
        ("null.yml", "users: null\n", "users has to be a list"),
        ("error.json", '{"error": "503 Service Unavailable"}', "unknown key error"),
        ("error.html.json", "<html><body>503</body></html>", "is no valid JSON"),
    ],
)
def test_the_source_file_has_nobody(name: str, content: str, said: str, tmp_path: Path) -> None:
    """The same accident one step earlier: the export failed, and left an empty file or an error page."""
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    with company() as here:
        here.refuses(said, "nothing was written", source=str(file), unlisted={"users": "delete"})


def test_one_page_of_many_and_then_everybody_else_would_go() -> None:
    """https://github.com/bbvch-ai/aihub-core/pull/1525: 20 of 43 were read, and the whole list was replaced by them."""
    with company() as here:
        here.refuses(
            f"{PEOPLE - 20} of {PEOPLE} users would be deleted (53.5 %), more than brakes.deletions allows (2: number 50, percent 5)",
            "if that is meant, set brakes.deletions.percent to 53.5 or more",
            "nothing was written",
            users=people(FIRST_PAGE),
            unlisted={"users": "delete"},
        )
        here.refuses("users would be deactivated", "brakes.deactivations.percent", users=people(FIRST_PAGE), unlisted={"users": "deactivate"})
        here.refuses(
            "23 of 43 memberships would end (53.5 %), more than brakes.membership_removals allows",
            "group Team 0 would lose 6 of its 11 members (54.5 %), more than brakes.membership_removals_per_group allows",
            groups=teams(FIRST_PAGE),
        )


def test_one_user_is_missing_because_of_a_503() -> None:
    """https://github.com/awslabs/ssosync/issues/278: one person was not read, and deleted.

    To a program, that is what a leaver looks like. So nobody goes unless the task says so; where it does, the person is
    named beforehand, can be held back by one number or by an approval, and comes back as who they were.
    """
    without_one = {"users": people(range(1, PEOPLE))}
    with company() as here:
        here.does_nothing(**without_one)

        predicted = here.ensure(**without_one, unlisted={"users": "deactivate"}, check=True)
        assert [one["key"] for one in predicted["resources"] if one["verb"] == "deactivate"] == ["person0@example.com"]
        assert here.writes == []
        here.refuses(
            "1 of 43 users would be deactivated (2.3 %)",
            "if that is meant, set brakes.deactivations.number to 1 or more: person0@example.com",
            **without_one,
            unlisted={"users": "deactivate"},
            brakes={"deactivations": {"number": 0}},
        )
        approved = here.ensure(users=people(), unlisted={"users": "deactivate"}, check=True)["plan"]
        here.refuses("expect_plan: the plan is not", "look at the new plan", **without_one, unlisted={"users": "deactivate"}, expect_plan=approved)

        assert here.ensure(**without_one, unlisted={"users": "deactivate"})["counts"]["deactivate"] == 1
        assert not here.ensure(users=people(), unlisted={"users": "deactivate"}).failed
        here.check_nobody_is_harmed()


def test_the_wrong_filter_selects_other_groups() -> None:
    """https://github.com/awslabs/ssosync/issues/159: another default of the filter, and all groups were wiped."""
    others = [{"display_name": f"Other {number}", "members": {"set": ["hr-1"]}} for number in range(3)]
    with company() as here:
        here.refuses(f"{TEAMS} of {TEAMS} groups would be deleted (100 %), more than brakes.deletions allows", groups=others, unlisted={"groups": "delete"})
        # A filter that makes no sense is no filter that selects nobody, or everybody.
        here.refuses("owned.users.filter", users=people(FIRST_PAGE), unlisted={"users": "delete"}, owned={"users": {"filter": 'userName = "a"'}})
        # One that selects nobody finds nobody who would have to go.
        here.does_nothing(users=people(FIRST_PAGE), unlisted={"users": "delete"}, owned={"users": {"filter": 'userType eq "Employe"'}})


@pytest.mark.parametrize(
    ("name", "cut", "said"),
    [
        ("people.json", -500, "the file ends in the middle; it was cut off"),
        ("people.jsonl", -20, "the file ends in the middle; it was cut off"),
        ("people.yml", -500, "the file ends in the middle; it was cut off"),
    ],
)
def test_a_file_is_cut_off(name: str, cut: int, said: str, tmp_path: Path) -> None:
    """A copy that was interrupted, or a disk that was full."""
    with company() as here:
        here.refuses(said, "line ", "nothing was written", source=str(_written(tmp_path / name, cut)), unlisted={"users": "delete"})


def test_a_file_of_lines_is_cut_off_at_the_end_of_a_line(tmp_path: Path) -> None:
    """Nothing in such a file says that there was more. The numbers do."""
    file = tmp_path / "people.jsonl"
    lines = _written(file).read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:30]), encoding="utf-8")
    with company() as here:
        here.refuses("13 of 43 users would be deleted (30.2 %), more than brakes.deletions allows", source=str(file), unlisted={"users": "delete"})


def _written(file: Path, cut: int | None = None) -> Path:
    """The people as a file; JSON is YAML, too."""
    text = "".join(json.dumps(one) + "\n" for one in people()) if file.suffix == ".jsonl" else json.dumps({"users": people()}, indent=1)
    file.write_text(text[:cut], encoding="utf-8")
    return file


def test_the_source_gave_everybody_a_new_id() -> None:
    """https://github.com/slashdevops/idp-scim-sync/issues/70: what was deleted came back with new ids, and lost what was tied to the old ones.

    Who has the name of somebody with another id is not adopted, not renamed and not removed.
    """
    new_ids = [{**one, "external_id": f"new-{one['external_id']}"} for one in people()]
    with company() as here:
        result = here.refuses("exists with external_id 'hr-0', not 'new-hr-0': another identity holds this name", users=new_ids, unlisted={"users": "delete"})
        assert result["counts"]["failed"] == PEOPLE
        all_new = [{**one, "user_name": f"new-{one['user_name']}"} for one in new_ids]
        here.refuses(f"{PEOPLE} of {PEOPLE} users would be deleted (100 %)", users=all_new, unlisted={"users": "delete"})


@pytest.mark.parametrize(
    ("twice", "said"),
    [
        ({"external_id": "hr-1", "user_name": "another@example.com"}, "have the same external_id, 'hr-1'"),
        ({"external_id": "hr-99", "user_name": "Person1@Example.com"}, "have the same user_name"),
        ({"id": "of hr-1"}, "are the same user on the service"),
    ],
    ids=["external_id", "user_name", "id"],
)
def test_the_same_person_is_there_twice(twice: dict[str, Any], said: str) -> None:
    """Which of the two counts would be a guess: https://github.com/AzureAD/entra-id-inbound-provisioning has such a sample."""
    with company() as here:
        if "id" in twice:
            twice = {"id": here.resource("person1@example.com")["id"], "title": "Director"}
        here.refuses(said, "nothing was written", "drop one of them", users=[*people(), twice], unlisted={"users": "delete"})


def test_one_worker_id_belongs_to_several_people() -> None:
    """The rows as they are: nobody is made, locked out or renamed by chance."""
    with company() as here:
        here.refuses("have the same external_id, '1521'; nothing was written: correct the source, or drop one of them", users=entries())
        by_name_only = [{**one, "external_id": None} for one in entries()]
        here.refuses("have the same user_name, 'emp1521@example.com'", users=by_name_only)


def test_managers_who_exist_nowhere() -> None:
    """The rest of these rows: nobody is made without the manager whom the source names."""
    with company() as here:
        here.refuses("no user '1535'", "create them first, or name them by user_name, external_id or id:<id>", users=entries("1783"))


def test_a_group_would_be_emptied_because_names_do_not_resolve() -> None:
    """https://github.com/awslabs/ssosync/issues/236: suspended users did not resolve, and many members of many groups were removed."""
    team = teams()[0]
    with company() as here:
        unknown = {**team, "members": {"set": [*team["members"]["set"][1:], "hr-suspended"]}}
        here.refuses("members.set: no user 'hr-suspended' on the service", "create them first", groups=[unknown])
        here.refuses("no user 'nobody'", groups=[{**team, "members": {"set": ["nobody"]}}])
        # Where the source drops them without a word, the group would be left without anybody.
        here.refuses(
            "group Team 0 would be left with 0 of its 11 members, fewer than brakes.least_members (1)",
            groups=[{**team, "members": {"set": []}}],
            brakes={"membership_removals": {"percent": 100}, "membership_removals_per_group": {"percent": 100}},
        )
