# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_group under every quirk of the sandbox: each step of a life in check mode, for real and again.

What is not in DIFFERENT has to happen as if there were no quirk. What is, was looked at: it is the best that is possible there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.quirks import QUIRKS
from tests.integration.lives import Step
from tests.integration.scenario import AS_IT_SHOULD, Expected, company, live, with_value

ADA, GRACE, HAL, IVY, KIM, LEA = (f"{name}@example.com" for name in ("ada", "grace", "hal", "ivy", "kim", "lea"))


def members(*who: str) -> dict[str, frozenset[str]]:
    return {"members": frozenset(who)}


STEPS = [
    Step(
        "A group is made",
        "scim_group",
        {"external_id": "g-1", "display_name": "Engines", "members": {"add": [GRACE, "1968"]}},
        "Engines",
        {"displayName": "Engines", "externalId": "g-1", **members(GRACE, HAL)},
    ),
    Step("Ada joins it", "scim_group", {"display_name": "Engines", "members": {"add": [ADA, GRACE]}}, "Engines", members(GRACE, HAL, ADA)),
    Step("Grace leaves it", "scim_group", {"external_id": "g-1", "members": {"remove": [GRACE, "nobody"]}}, "Engines", members(HAL, ADA)),
    Step(
        "Ivy comes and Hal goes",
        "scim_group",
        {"external_id": "g-1", "members": {"add": [IVY], "remove": [HAL]}},
        "Engines",
        members(ADA, IVY),
    ),
    Step("Grace and Ivy and nobody else", "scim_group", {"external_id": "g-1", "members": {"set": [GRACE, IVY]}}, "Engines", members(GRACE, IVY)),
    Step("It is renamed", "scim_group", {"external_id": "g-1", "display_name": "Mills"}, "Mills", {"displayName": "Mills"}),
    Step("Ada joins others", "scim_group", {"external_id": "g-10", "members": {"add": [ADA]}}, "Board", members(KIM, LEA, ADA)),
    Step("Ada leaves the others", "scim_group", {"display_name": "Board", "members": {"remove": [ADA]}}, "Board", members(KIM, LEA)),
    Step(
        "It is in another group",
        "scim_group",
        {"display_name": "Everybody", "nested_groups": {"add": ["g-1"]}},
        "Everybody",
        members(GRACE, HAL, KIM, "Mills"),
    ),
    Step(
        "It is not any more",
        "scim_group",
        {"external_id": "g-11", "nested_groups": {"remove": ["Mills"]}},
        "Everybody",
        members(GRACE, HAL, KIM),
    ),
    Step("Nobody is in it", "scim_group", {"external_id": "g-1", "members": {"set": []}}, "Mills", {"members": None}),
    Step("It is gone", "scim_group", {"external_id": "g-1", "state": "absent"}, "Mills", None),
    Step("Nothing is gone", "scim_group", {"display_name": "Nothing", "state": "absent"}, "Nothing", None),
]

SETTLED = Expected(settled=True)
OTHERWISE = Expected(sent=("PATCH", "PATCH"))
BY_PUT = Expected(sent=("PATCH", "PUT"))
UPDATES = [step.title for step in STEPS[1:11]]
ADDING = ("Ada joins it", "Ada joins others", "It is in another group")
REMOVING = ("Grace leaves it", "Ada leaves the others", "It is not any more", "Nobody is in it")
BOTH = ("Ivy comes and Hal goes", "Grace and Ivy and nobody else")
HIDDEN_USER = Expected(refused="no user 'ivy@example.com' on the service")
UNKEPT = Expected(unkept=("members",), lost=("members",), sent=("PATCH", "PATCH"))
NESTED_UNKEPT = Expected(unkept=("nested_groups",), lost=("members",), sent=("PATCH", "PATCH"))
UNSEEN, NESTED_UNSEEN = Expected(unverifiable=("members",)), Expected(unverifiable=("nested_groups",))
CANNOT_SET = Expected(refused="members.set: this service does not show the members of a group", foreseen=True)

# What is written is not seen, so it is said to be unverifiable, and it is written once.
WRITE_ONLY = {
    # Members that are not there after a POST may have been dropped, so they are added.
    "A group is made": UNSEEN._replace(sent=("POST", "PATCH")),
    **dict.fromkeys(UPDATES, UNSEEN),
    "It is renamed": AS_IT_SHOULD,
    "It is in another group": NESTED_UNSEEN,
    "It is not any more": NESTED_UNSEEN,
    "Grace and Ivy and nobody else": CANNOT_SET,
    "Nobody is in it": CANNOT_SET,
}

DIFFERENT: dict[str, dict[str, Expected]] = {
    "patch_501": dict.fromkeys(UPDATES, BY_PUT),
    "patch_pathless_only": {
        **dict.fromkeys(UPDATES, OTHERWISE),
        **dict.fromkeys(ADDING, Expected(sent=("PATCH", "PATCH", "PATCH"))),
        "It is in another group": OTHERWISE,
        **dict.fromkeys([*REMOVING, *BOTH], Expected(sent=("PATCH", "PATCH", "PUT"))),
    },
    # Who is hidden cannot be named by name.
    "409_on_inactive": dict.fromkeys(BOTH, HIDDEN_USER),
    "members_write_only": WRITE_ONLY,
    "group_members_filter_only": WRITE_ONLY,  # unless capabilities.members_read says that a filter shows them, see below
    "members_on_create_dropped": {"A group is made": Expected(sent=("POST", "PATCH"))},
    # The whole list is sent: a strict service would read "remove, path members" as "remove all" (RFC 7644 section 3.5.2.2).
    "members_remove_noop": dict.fromkeys([*REMOVING, *BOTH], OTHERWISE),
    "members_remove_value_list_only": dict.fromkeys([*REMOVING, *BOTH], OTHERWISE),
    "patch_lists_only_whole": dict.fromkeys([*ADDING, *REMOVING, *BOTH], OTHERWISE),
    "replace_list_on_add": dict.fromkeys([*ADDING, *BOTH], OTHERWISE),
    "duplicate_on_add": dict.fromkeys(BOTH, OTHERWISE),
    "no_delete": {"It is gone": Expected(refused="status 405: DELETE is not allowed")},
    "delete_500": {"It is gone": Expected(refused="status 500: internal server error")},
    "delete_ignored": {"It is gone": Expected(unkept=("(existence)",), lost=("(existence)",))},
    "write_ignored": {
        "A group is made": Expected(unkept=("(existence)",), lost=("(existence)",)),
        **dict.fromkeys(UPDATES, UNKEPT),
        "It is renamed": Expected(unkept=("display_name",), lost=("displayName",)),
        "It is in another group": NESTED_UNKEPT,
        "It is not any more": NESTED_UNKEPT,
    },
}


def expected(quirk: str, title: str) -> Expected:
    default = SETTLED if title == "Nothing is gone" else AS_IT_SHOULD
    return DIFFERENT.get(quirk, {}).get(title, default)


@pytest.mark.parametrize("quirk", ["", *QUIRKS.entries])
def test_a_life(quirk: str, tmp_path: Path) -> None:
    with company(tmp_path / "unkept", *([with_value(quirk)] if quirk else [])) as world:
        for step in STEPS:
            live(world, step, expected(quirk, step.title))
