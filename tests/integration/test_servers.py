# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole lives of users and groups on five services: each step in check mode, for real, and both again.

After every real run everything on the service is read by scim2-client and has to be as tests.integration.lives says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sandbox.profiles import STAFF
from tests.integration.five_services import NAMES
from tests.integration.life_of_a_user import OF_A_USER, OF_OWN_ATTRIBUTES
from tests.integration.lives import COLLEAGUES, Step
from tests.integration.lives_of_groups import OF_GROUPS, OF_NESTED_GROUPS
from tests.integration.lives_with_odd_names import OF_ODD_NAMES
from tests.integration.world import World, world

LIVES = {
    "user": OF_A_USER,
    "own attributes": OF_OWN_ATTRIBUTES,
    "groups": OF_GROUPS,
    "nested groups": OF_NESTED_GROUPS,
    "odd names": OF_ODD_NAMES,
}


class Expected(NamedTuple):
    """What is different from "it becomes so".

    unkept: the service accepts these options and does not keep them: the task fails, names them, and does not try again.
    lost: the same by wire path. more: the writes that it takes beyond those that check mode can know.
    plainly: scim2-client refuses to read the service then, so plain requests do.
    refused: a part of the message with which the task fails, nothing being changed.
    settled: there is nothing to do. becomes: what it becomes instead.
    """

    unkept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    plainly: bool = False
    refused: str = ""
    settled: bool = False
    becomes: dict[str, Any] | None = None


# All that is not here converges at the first run, as check mode predicted, and is not touched again.
DIFFERENT = {
    # SCIMMY drops what belongs to a schema that it does not know, but keeps the name of the schema.
    ("scimmy", "Eve joins with a badge"): Expected(
        unkept=(f"{STAFF}:badge", f"{STAFF}:locker", f"{STAFF}:shift"),
        lost=(f"{STAFF}:badge", f"{STAFF}:locker", f"{STAFF}:shift"),
        more=("PATCH", "PATCH", "PUT"),
        plainly=True,
    ),
    ("scimmy", "Eve gets another badge"): Expected(
        unkept=(f"{STAFF}:badge",), lost=(f"{STAFF}:badge",), more=("PATCH", "PUT"), plainly=True
    ),
    # Better Auth refuses it.
    ("better_auth", "Eve joins with a badge"): Expected(refused="status 400"),
    ("better_auth", "Eve gets another badge"): Expected(refused="status 400"),
    # Better Auth has no such attributes. PATCH says so, POST and PUT do not.
    ("better_auth", "Ada joins"): Expected(
        unkept=("ims", "nick_name", "photos", "profile_url"),
        lost=("ims", "nickName", "photos", "profileUrl"),
        more=("PATCH", "PATCH", "PUT"),
    ),
    # It cannot remove emails[type eq "home"], but it can replace the list.
    ("better_auth", "Ada's addresses change"): Expected(more=("PATCH",)),
    # Its groups have no groups in them.
    ("better_auth", "One group is in the other"): Expected(refused="status 400"),
    ("better_auth", "Other people, and the group stays"): Expected(
        becomes={"members": frozenset({"hal@example.com"})}
    ),
    ("better_auth", "It is not any more"): Expected(settled=True),
}


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("name", NAMES)
def test_a_life(name: str, life: str, tmp_path: Path) -> None:
    with world(name, tmp_path) as here:
        for step in COLLEAGUES + LIVES[life]:
            live(here, step, DIFFERENT.get((name, step.title), Expected()))


def live(here: World, step: Step, expected: Expected) -> None:
    before = here.service.everything()

    predicted = here.run(step.module, step.options, check=True)
    assert predicted.failed is False, (step.title, predicted.get("msg"))
    assert predicted.changed is not expected.settled, step.title
    assert here.writes() == [], f"{step.title}: check mode wrote"
    assert here.service.everything() == before, f"{step.title}: check mode changed something"

    done = here.run(step.module, step.options)
    sent = here.writes()
    assert done["requests"] == sent, f"{step.title}: the result does not tell what was sent"
    planned = predicted["requests"]
    assert sent[: len(planned)] == planned, f"{step.title}: check mode predicted something else"
    if expected.refused:
        assert done.failed, step.title
        assert expected.refused in done["msg"], step.title
        assert done.changed is False, step.title
        assert here.service.everything() == before, step.title
        return
    assert done.failed is bool(expected.unkept), (step.title, done.get("msg"))
    assert done.changed is not expected.settled, step.title
    assert done["unconverged"] == list(expected.unkept), step.title
    assert done["diff"] == predicted["diff"], step.title
    assert [request["method"] for request in sent[len(planned) :]] == list(expected.more), step.title
    here.becomes(step if expected.becomes is None else step._replace(becomes=expected.becomes), expected.lost)
    assert here.seen(plainly=expected.plainly) == here.truth, step.title

    after = here.service.everything()
    for check in (True, False):
        again = here.run(step.module, step.options, check=check)
        assert again.changed is False, (step.title, again)
        assert again["unconverged"] == list(expected.unkept), step.title
        assert again["diff"] == [], step.title
        assert here.writes() == [], f"{step.title}: written again"
    assert here.service.everything() == after, step.title
