# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_directory under every quirk and every fault of the sandbox: a small company is made, then changed.

Each in check mode, for real and again. What is not in DIFFERENT has to happen as if there were nothing wrong. What is, was
looked at: it is the best that is possible there.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import FAULTS
from sandbox.quirks import QUIRKS
from tests.integration.directory_company import (
    AS_IT_SHOULD,
    CHANGED,
    MADE,
    MANAGER,
    STEPS,
    Expected,
    Step,
    live,
    world,
)
from tests.integration.scenario import with_value

# What hits every so-manieth request or write hits others, one by one.
COUNTING = ("429_retry_after", "throttle_as_400", "429", "503", "reset_before_write", "502_before", "drop_after_write", "502_after", "truncated_page")
# What a fault does here; a fault without a value is not known to this test.
FAULT_VALUES = {
    "slow": "1",
    "redirect": "http://localhost:9",
    "429": "4",
    "503": "4",
    "reset_before_write": "2",
    "502_before": "2",
    "drop_after_write": "2",
    "502_after": "2",
    "truncated_page": "3",
}
ALONE, AT_ONCE, IN_BULK = ({"bulk": "never", "concurrency": 1}, {"bulk": "never", "concurrency": 8}, {"bulk": "auto", "concurrency": 8})

IS, BECOMES = MADE.becomes, CHANGED.becomes
UNSEEN = {"Engines": ["members"], "Everybody": ["members"]}
CANNOT_SET = "members.set: this service does not show the members of a group"
NOT_READ = "/Users could not be read to its end"
STILL_EVE = {"eve": {**(IS["eve"] or {}), MANAGER: "ada.king"}}
BUT_EVE = {**CHANGED.counts, "delete": 0, "failed": 1}
# Who shall be the whole of a group cannot be told apart from others, where members are not shown: the second run knows that.
WRITE_ONLY = {
    "made": Expected(unseen=UNSEEN, again_refused=CANNOT_SET),
    "changed": Expected(refused=CANNOT_SET),
}
REDIRECTED = Expected(refused="redirects to http://localhost:9; set url to the address that is meant")

DIFFERENT: dict[str, dict[str, Expected]] = {
    "readonly_username": {
        "changed": Expected(
            failed={"ada.king": "(mutability): userName cannot be changed"},
            counts={**CHANGED.counts, "update": 4, "failed": 1},
            truth={
                "ada.king": None,
                "ada": IS["ada"],
                "bob": {MANAGER: "ada"},
                "Everybody": {"members": frozenset({"ada", "bob", "cy", "fay"})},
            },
        )
    },
    "members_write_only": WRITE_ONLY,
    "group_members_filter_only": WRITE_ONLY,  # unless capabilities.members_read says that a filter shows them
    # Who is to be deleted because nobody lists them, is known only if all are read.
    "startindex_ignored": {"made": Expected(again_refused=NOT_READ), "changed": Expected(refused=NOT_READ)},
    "no_delete": {"changed": Expected(failed={"eve": "status 405: DELETE is not allowed"}, counts=BUT_EVE, truth=STILL_EVE)},
    "delete_500": {"changed": Expected(failed={"eve": "status 500: internal server error"}, counts=BUT_EVE, truth=STILL_EVE)},
    "delete_ignored": {"changed": Expected(unkept={"eve": ["(existence)"]}, truth=STILL_EVE)},
    "soft_delete": {"changed": Expected(truth={"eve": {**STILL_EVE["eve"], "active": False}})},
    "write_ignored": {
        "made": Expected(
            unkept={**dict.fromkeys(["ada", "bob", "cy", "dee", "eve", "Everybody"], ["(existence)"]), "Engines": ["members"]},
            truth={**dict.fromkeys(["ada", "bob", "cy", "dee", "eve", "Everybody"]), "Engines": {"members": frozenset({"root"})}},
        ),
        # DELETE is not ignored. Of the second run, Everybody shall have a member of whom the first one learned that she was not kept.
        "changed": Expected(
            unkept={
                "ada.king": ["user_name"],
                "bob": ["title"],
                "cy": ["emails"],
                "hr-4": ["active"],
                "fay": ["(existence)"],
                "Engines": ["members"],
                "Everybody": ["members"],
            },
            truth={
                **dict.fromkeys(["ada.king", "fay"]),
                **{name: IS[name] for name in ("ada", "bob", "cy", "dee", "Engines", "Everybody")},
            },
            again={"Everybody": "User 'fay' does not exist on the service"},
        ),
    },
    "drop_attrs": {
        "made": Expected(unkept={"ada": ["title"], "bob": ["title"]}, truth={"ada": {"title": None}, "bob": {"title": None}}),
        "changed": Expected(unkept={"bob": ["title"]}, truth={"bob": {"title": "Lead"}}),
    },
    "redirect": {"made": REDIRECTED, "changed": REDIRECTED},
}


def expected(wrong: str, step: Step) -> Expected:
    return DIFFERENT.get(wrong, {}).get(step.title, AS_IT_SHOULD)


def ways(wrong: str) -> list[dict[str, Any]]:
    """In which ways a company is made where something is wrong."""
    if wrong.startswith("bulk_"):
        return [IN_BULK]
    return [ALONE, AT_ONCE, IN_BULK] if wrong in COUNTING else [AT_ONCE, IN_BULK]


def cases(names: Iterable[str]) -> list[Any]:
    return [pytest.param(name, way, id=f"{name}-{way['bulk']}-{way['concurrency']}") for name in names for way in ways(name)]


@pytest.mark.parametrize(("quirk", "way"), cases(["", *QUIRKS.entries]))
def test_a_company_where_something_is_odd(quirk: str, way: dict[str, Any], tmp_path: Path) -> None:
    with world(tmp_path / "unkept", way, quirks=[with_value(quirk)] if quirk else []) as here:
        for step in STEPS:
            live(here, step, expected(quirk, step))


@pytest.mark.parametrize(("fault", "way"), cases(FAULTS.entries))
def test_a_company_on_a_bad_day(fault: str, way: dict[str, Any], tmp_path: Path) -> None:
    with world(tmp_path / "unkept", way, faults=[f"{fault}={FAULT_VALUES[fault]}"]) as here:
        for step in STEPS:
            live(here, step, expected(fault, step))


def test_nothing_is_expected_of_what_there_is_not() -> None:
    assert {*DIFFERENT, *COUNTING} <= {*QUIRKS.entries, *FAULTS.entries}
    assert FAULT_VALUES.keys() == FAULTS.entries.keys()
