# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_user under every quirk of the sandbox: each step of two lives in check mode, for real and again.

What is not in DIFFERENT has to happen as if there were no quirk. What is, was looked at: it is the best that is possible there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.profiles import STAFF
from sandbox.quirks import QUIRKS
from tests.integration.lives import ENTERPRISE, Step, entries
from tests.integration.scenario import AS_IT_SHOULD, Expected, company, live, with_value

ADA, JOAN, MAX = "ada@example.com", "Joan@Example.com", "max@example.com"
MOVED = "ada.lovelace@example.com"

STEPS = [
    Step(
        "Joan joins",
        "scim_user",
        {
            "external_id": "1917",
            "user_name": JOAN,
            "password": "Colossus-Mark-2",
            "name": {"given_name": "Joan", "family_name": "Clarke"},
            "title": "Cryptanalyst",
            "emails": [{"value": "joan@example.com", "type": "work", "primary": True}, {"value": "joan@home.example", "type": "home"}],
            "phone_numbers": [{"value": "+44 1908 640404", "type": "work"}],
            "department": "Hut 8",
            "manager": "grace@example.com",
            "extensions": {STAFF: {"badge": "J-8", "locker": {"floor": 2}}},
        },
        JOAN,
        {
            "userName": JOAN,
            "externalId": "1917",
            "active": True,
            "password": "Colossus-Mark-2",
            "name.givenName": "Joan",
            "name.familyName": "Clarke",
            "title": "Cryptanalyst",
            "emails": entries(
                {"value": "joan@example.com", "type": "work", "primary": True}, {"value": "joan@home.example", "type": "home"}
            ),
            "phoneNumbers": entries({"value": "+44 1908 640404", "type": "work"}),
            f"{ENTERPRISE}:department": "Hut 8",
            f"{ENTERPRISE}:manager": "grace@example.com",
            f"{STAFF}:badge": "J-8",
            f"{STAFF}:locker": {"floor": 2},
        },
    ),
    Step(
        "Joan's password is for a new user",
        "scim_user",
        {"external_id": "1917", "password": "Something-else-3", "title": "Deputy head", "name": {"middle_name": "Elisabeth"}},
        JOAN,
        {"title": "Deputy head", "name.middleName": "Elisabeth"},
    ),
    Step(
        "Ada moves",
        "scim_user",
        {"external_id": "1815", "title": "Chief Analyst", "department": "Algorithms"},
        ADA,
        {"title": "Chief Analyst", f"{ENTERPRISE}:department": "Algorithms"},
    ),
    Step(
        "Ada's addresses: one more, one changed, one gone, another one is the main one",
        "scim_user",
        {
            "external_id": "1815",
            "emails": [
                {"value": "ada@analytical.example", "type": "work"},
                {"value": "ada@home.example", "type": "home", "primary": True},
                {"value": "ada@engines.example", "type": "engines"},
            ],
        },
        ADA,
        {
            "emails": entries(
                {"value": "ada@analytical.example", "type": "work", "display": "Ada at work"},
                {"value": "ada@home.example", "type": "home", "primary": True, "display": "Ada at home"},
                {"value": "ada@engines.example", "type": "engines"},
            )
        },
    ),
    Step(
        "Ada has two telephones",
        "scim_user",
        {
            "user_name": ADA,
            "phone_numbers": [{"value": "+44-20-7946-0001", "type": "work"}, {"value": "+44 7700 900001", "type": "mobile"}],
        },
        ADA,
        {
            "phoneNumbers": entries(
                {"value": "+44 20 7946 0001", "type": "work", "display": "desk"}, {"value": "+44 7700 900001", "type": "mobile"}
            )
        },
    ),
    Step("Ada has another manager", "scim_user", {"external_id": "1815", "manager": "hal@example.com"}, ADA, {f"{ENTERPRISE}:manager": "hal@example.com"}),
    Step(
        "Ada has another badge and locker",
        "scim_user",
        {"external_id": "1815", "extensions": {STAFF: {"badge": "A-18", "locker": {"number": "8"}}}},
        ADA,
        {f"{STAFF}:badge": "A-18", f"{STAFF}:locker": {"floor": 1, "number": "8"}},
    ),
    Step(
        "Ada has less",
        "scim_user",
        {"external_id": "1815", "nick_name": "", "name": {"middle_name": ""}, "phone_numbers": [], "cost_center": "", "manager": ""},
        ADA,
        {"nickName": None, "name.middleName": None, "phoneNumbers": None, f"{ENTERPRISE}:costCenter": None, f"{ENTERPRISE}:manager": None},
    ),
    Step("Ada has another name", "scim_user", {"external_id": "1815", "user_name": MOVED}, MOVED, {"userName": MOVED}),
    Step(
        "Ada is deactivated",
        "scim_user",
        {"external_id": "1815", "state": "absent", "absent_mode": "deactivate"},
        MOVED,
        {"active": False},
    ),
    Step("Ada is back", "scim_user", {"external_id": "1815", "user_name": MOVED}, MOVED, {"active": True}),
    Step("Ada is gone", "scim_user", {"external_id": "1815", "state": "absent"}, MOVED, None),
    Step(
        "Max is gone or cannot sign in",
        "scim_user",
        {"external_id": "1976", "state": "absent", "absent_mode": "delete_or_deactivate"},
        MAX,
        None,
    ),
    Step("Nobody is gone", "scim_user", {"external_id": "0000", "user_name": "nobody", "state": "absent"}, "nobody", None),
]

SETTLED = Expected(settled=True)
EMAILS = "Ada's addresses: one more, one changed, one gone, another one is the main one"
OTHERWISE = Expected(sent=("PATCH", "PATCH"))
BY_PUT = Expected(sent=("PATCH", "PUT"))
UPDATES = [step.title for step in STEPS[1:11]]
INACTIVE = {"active": False}


def unkept(*options: str, lost: tuple[str, ...], **more: Any) -> Expected:
    return Expected(unkept=options, lost=lost, **more)


# A list whose elements cannot be changed one by one is sent whole.
WHOLE_LISTS = {EMAILS: OTHERWISE, "Ada has two telephones": OTHERWISE}

DIFFERENT: dict[str, dict[str, Expected]] = {
    "patch_501": dict.fromkeys(UPDATES, BY_PUT),
    "patch_pathless_only": {
        **dict.fromkeys(UPDATES, OTHERWISE),
        EMAILS: Expected(sent=("PATCH", "PATCH", "PATCH")),
        "Ada has two telephones": Expected(sent=("PATCH", "PATCH", "PATCH")),
        # Nothing but a path clears a reference.
        "Ada has less": Expected(sent=("PATCH", "PATCH", "PUT")),
    },
    "readonly_username": {"Ada has another name": Expected(refused="(mutability): userName cannot be changed")},
    # The service hides her: nobody can tell her id from her name.
    "409_on_inactive": {"Ada is back": Expected(refused="no such user is shown, perhaps because it is inactive: name it by its id")},
    "patch_lists_only_whole": WHOLE_LISTS,
    "replace_list_on_add": WHOLE_LISTS,
    "duplicate_on_add": {EMAILS: OTHERWISE},
    "no_delete": {
        "Ada is gone": Expected(refused="status 405: DELETE is not allowed"),
        "Max is gone or cannot sign in": Expected(sent=("DELETE", "PATCH"), becomes=INACTIVE, remembered=True),
    },
    "delete_500": {
        "Ada is gone": Expected(refused="status 500: internal server error"),
        "Max is gone or cannot sign in": Expected(sent=("DELETE", "PATCH"), becomes=INACTIVE, remembered=True),
    },
    "delete_ignored": {
        "Ada is gone": unkept("(existence)", lost=("(existence)",)),
        "Max is gone or cannot sign in": Expected(sent=("DELETE", "PATCH"), becomes=INACTIVE, remembered=True),
    },
    "soft_delete": {
        "Ada is gone": Expected(becomes=INACTIVE, remembered=True),
        "Max is gone or cannot sign in": Expected(becomes=INACTIVE, remembered=True),
    },
    "write_ignored": {
        "Joan joins": Expected(unkept=("(existence)",), lost=("(existence)",)),
        "Joan's password is for a new user": unkept("name.middle_name", "title", lost=("name.middleName", "title")),
        "Ada moves": unkept("department", "title", lost=("title", f"{ENTERPRISE}:department")),
        EMAILS: unkept("emails", lost=("emails",), sent=("PATCH", "PATCH")),
        "Ada has two telephones": unkept("phone_numbers", lost=("phoneNumbers",), sent=("PATCH", "PATCH")),
        "Ada has another manager": unkept("manager", lost=(f"{ENTERPRISE}:manager",)),
        "Ada has another badge and locker": unkept(
            f"{STAFF}:badge", f"{STAFF}:locker", lost=(f"{STAFF}:badge", f"{STAFF}:locker")
        ),
        "Ada has less": unkept(
            "cost_center",
            "manager",
            "name.middle_name",
            "nick_name",
            "phone_numbers",
            lost=("nickName", "name.middleName", "phoneNumbers", f"{ENTERPRISE}:costCenter", f"{ENTERPRISE}:manager"),
            sent=("PATCH", "PATCH"),
        ),
        "Ada has another name": unkept("user_name", lost=("userName",)),
        "Ada is deactivated": unkept("active", lost=("active",)),
        "Ada is back": unkept("active", lost=("active",)),
    },
    "drop_attrs": {
        "Joan joins": unkept("title", lost=("title",), sent=("POST", "PATCH")),
        "Joan's password is for a new user": unkept("title", lost=("title",)),
        "Ada moves": unkept("title", lost=("title",)),
    },
}


def expected(quirk: str, title: str) -> Expected:
    default = SETTLED if title == "Nobody is gone" else AS_IT_SHOULD
    return DIFFERENT.get(quirk, {}).get(title, default)


@pytest.mark.parametrize("quirk", ["", *QUIRKS.entries])
def test_a_life(quirk: str, tmp_path: Path) -> None:
    with company(tmp_path / "unkept", *([with_value(quirk)] if quirk else [])) as world:
        for step in STEPS:
            live(world, step, expected(quirk, step.title))
