# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_directory on five services: in check mode, for real, and both again; read back by scim2-client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.in_process import counts
from tests.integration.five_services import NAMES
from tests.integration.lives import ENTERPRISE, GRACE, GRACE_IS, HAL, HAL_IS, entries
from tests.integration.world import World, world

ADA = {
    "external_id": "1815",
    "user_name": "ada@example.com",
    "emails": [{"value": "ada@example.com", "primary": True}],
    "title": "Analyst",
    "manager": "1906",
}
COMPANY = {
    "users": [ADA, {**HAL, "department": "Engines"}, GRACE],
    "groups": [
        {"display_name": "Engines", "members": {"add": ["1815", "hal@example.com"]}},
        {"display_name": "Everybody", "members": {"add": ["ada@example.com", "1906", "1968"]}},
    ],
}
COMPANY_IS = {
    "ada@example.com": {
        "userName": "ada@example.com",
        "externalId": "1815",
        "active": True,
        "emails": entries({"value": "ada@example.com", "primary": True}),
        "title": "Analyst",
        f"{ENTERPRISE}:manager": "grace@example.com",
    },
    "hal@example.com": {**HAL_IS, f"{ENTERPRISE}:department": "Engines"},
    "grace@example.com": GRACE_IS,
    "Engines": {"displayName": "Engines", "members": frozenset({"ada@example.com", "hal@example.com"})},
    "Everybody": {
        "displayName": "Everybody",
        "members": frozenset({"ada@example.com", "hal@example.com", "grace@example.com"}),
    },
}
# Ada is promoted, Hal is away, Grace joins the engines; who is not named stays as they are.
LATER = {
    "users": [{"external_id": "1815", "title": "Chief Analyst"}, {"external_id": "1968", "active": False}],
    "groups": [{"display_name": "Engines", "members": {"add": ["grace@example.com"]}}],
}
LATER_IS = {
    **COMPANY_IS,
    "ada@example.com": {**COMPANY_IS["ada@example.com"], "title": "Chief Analyst"},
    "hal@example.com": {**COMPANY_IS["hal@example.com"], "active": False},
    "Engines": {
        "displayName": "Engines",
        "members": frozenset({"ada@example.com", "hal@example.com", "grace@example.com"}),
    },
}


ALONE = {"bulk": "never", "concurrency": 1}


@pytest.mark.parametrize("how", [ALONE, {"bulk": "never"}, {"bulk": "auto"}], ids=["one by one", "several at a time", "in bulk"])
@pytest.mark.parametrize("name", NAMES)
def test_a_company(name: str, how: dict[str, Any], tmp_path: Path) -> None:
    with world(name, tmp_path) as here:
        happens(here, {**COMPANY, **how}, COMPANY_IS, counts(create=5))
        happens(here, {**LATER, **how}, LATER_IS, counts(update=2, deactivate=1))


def happens(here: World, wish: dict[str, Any], becomes: dict[str, Any], expected: dict[str, int]) -> None:
    before = here.service.everything()
    predicted = here.run("scim_directory", wish, check=True)
    assert not predicted.failed, predicted.get("msg")
    assert predicted.changed
    assert predicted["counts"] == expected
    assert here.writes() == []
    assert here.service.everything() == before

    done = here.run("scim_directory", wish)
    assert not done.failed, done.get("msg")
    assert done.changed
    assert done["counts"] == expected
    assert done["unconverged"] == done["unverifiable"] == done["failures"] == []
    assert done["diff"] == predicted["diff"]
    assert done["plan"] == predicted["plan"]
    if (here.service.name, wish["bulk"]) != ("scimmy", "auto"):  # its Bulk does not know what a member's bulkId stands for
        assert done["requests"] == predicted["requests"]
    if wish["bulk"] == "never":
        assert sorted(map(str, done["requests"])) == sorted(map(str, here.writes()))
    if wish.get("concurrency") == 1:
        assert done["requests"] == here.writes()
    here.truth = becomes
    assert here.seen() == becomes

    after = here.service.everything()
    for check in (True, False):
        again = here.run("scim_directory", wish, check=check)
        assert not again.changed
        assert again["counts"] == counts(unchanged=sum(expected.values()))
        assert again["diff"] == []
        assert here.writes() == []
    assert here.service.everything() == after
