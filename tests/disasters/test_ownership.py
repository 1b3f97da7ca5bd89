# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups and users that others look after."""

from __future__ import annotations

import pytest

from tests.disasters.company import GROUP, USER, Company, company, people, teams

CONTROL_TOWER = ["AWSControlTowerAdmins", "AWSAuditAccountAdmins", "AWSLogArchiveViewers"]


def with_others(here: Company) -> None:
    """Groups and an account that some other program made."""
    admin, dummy = here.service.seed(
        {"schemas": [USER], "userName": "breakglass@example.com", "active": True},
        {"schemas": [USER], "userName": "svc-backup@example.com", "active": True},
    )
    here.service.seed(*({"schemas": [GROUP], "displayName": name, "members": [{"value": admin["id"]}]} for name in CONTROL_TOWER))
    here.remember()


@pytest.mark.parametrize(
    "options",
    [
        {"owned": {"groups": {"external_id_prefix": "team-"}}},
        {"owned": {"groups": {"filter": 'externalId sw "team-"'}}},
        {"ignore": {"groups": ["AWS*"]}},
        {"ignore": {"groups": CONTROL_TOWER}},
    ],
    ids=str,
)
def test_groups_that_others_own_stay(options: dict[str, object]) -> None:
    """https://github.com/awslabs/ssosync/issues/88: the groups of Control Tower were deleted; accounts had to be enrolled again."""
    with company() as here:
        with_others(here)
        here.does_nothing(users=people(), groups=teams(), unlisted={"groups": "delete"}, **options)
        # One that is really the task's own may go.
        result = here.ensure(groups=teams()[1:], unlisted={"groups": "delete"}, brakes={"membership_removals": {"percent": 30}}, **options)
        assert not result.failed, result["msg"]
        assert result["counts"]["delete"] == 1
        assert {one["displayName"] for one in here.service.stored() if "displayName" in one} == {"Team 1", "Team 2", "Team 3", *CONTROL_TOWER}


def test_groups_that_others_own_stay_though_nobody_said_so() -> None:
    """The same, with neither owned nor ignore: the brake holds, and says what would allow it."""
    with company() as here:
        with_others(here)
        here.refuses(
            "3 of 7 groups would be deleted (42.9 %), more than brakes.deletions allows",
            "AWSControlTowerAdmins, AWSAuditAccountAdmins",
            "nothing was written",
            users=people(),
            groups=teams(),
            unlisted={"groups": "delete"},
        )


def test_nobody_goes_unless_the_task_says_so() -> None:
    """https://github.com/awslabs/ssosync/pull/105 asked for it: deleting is a switch of its own, and off."""
    with company() as here:
        with_others(here)
        here.does_nothing(users=people(range(3)), groups=teams()[:1])


def test_a_task_about_groups_leaves_all_users_alone() -> None:
    """https://github.com/awslabs/ssosync/issues/286: a mode with the name "groups" created and deleted users."""
    with company() as here:
        with_others(here)
        groups = [*teams(), {"display_name": "New", "members": {"set": ["hr-1"]}}]
        result = here.ensure(groups=groups, unlisted={"groups": "delete"}, ignore={"groups": ["AWS*"]})
        assert not result.failed, result["msg"]
        assert result["counts_by_kind"]["User"] == dict.fromkeys(result["counts_by_kind"]["User"], 0)
        here.check_nobody_is_harmed()


def test_all_administrators_would_go() -> None:
    """https://github.com/cloudflare/cloudflare-docs/pull/26223: a group that was configured wrongly removed all super administrators."""
    with company() as here:
        with_others(here)
        accounts = ["breakglass@*", "svc-*"]
        here.refuses("is protected ('breakglass@*' in protected)", "nothing was written", users=people(), unlisted={"users": "delete"}, protected=accounts)
        without_them = [{"display_name": name, "members": {"set": ["hr-1"]}} for name in CONTROL_TOWER]
        here.refuses("Group 'AWSControlTowerAdmins': 'breakglass@example.com' is protected", groups=without_them, protected=accounts)
        here.does_nothing(users=people(), unlisted={"users": "delete"}, ignore={"users": accounts})
