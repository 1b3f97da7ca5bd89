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

from tests.in_process import Result, run, time_flies
from tests.integration.five_services import NAMES, NODE, Service, started
from tests.integration.life_of_a_user import OF_A_USER
from tests.integration.lives import COLLEAGUES, Step
from tests.integration.lives_of_groups import OF_GROUPS, OF_NESTED_GROUPS
from tests.integration.npm_servers import available
from tests.integration.portraits import Portraits, Witness, witness

LIVES = {"user": OF_A_USER, "groups": OF_GROUPS, "nested groups": OF_NESTED_GROUPS}


class Expected(NamedTuple):
    """What is different from "it becomes so".

    unkept: the service accepts these options and does not keep them: the task fails, names them, and does not try again.
    lost: the same by wire path. sent: the writes, where it takes more of them than check mode can know.
    refused: a part of the message with which the task fails, nothing being changed.
    settled: there is nothing to do.
    """

    unkept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    refused: str = ""
    settled: bool = False


# What a service makes up for those who have none.
MADE_UP = {"better_auth": ("displayName", "name.formatted")}

# All that is not here converges at the first run, as check mode predicted, and is not touched again.
DIFFERENT = {
    # Better Auth has no such attributes. PATCH says so, POST and PUT do not.
    ("better_auth", "Ada joins"): Expected(
        unkept=("ims", "nick_name", "photos", "profile_url"),
        lost=("ims", "nickName", "photos", "profileUrl"),
        sent=("POST", "PATCH", "PATCH", "PUT"),
    ),
    # It cannot remove emails[type eq "home"], but it can replace the list.
    ("better_auth", "Ada's addresses change"): Expected(sent=("PATCH", "PATCH")),
    # Its groups have no groups in them.
    ("better_auth", "One group is in the other"): Expected(refused="status 400"),
    ("better_auth", "It is not any more"): Expected(settled=True),
}


class World:
    """A service, tasks against it, and what ought to be true on it."""

    def __init__(self, service: Service, eye: Witness, unkept_file: Path) -> None:
        self.service = service
        self.eye = eye
        self.truth: Portraits = {}
        self._common = {"url": service.url, "token": service.token, "unkept_file": str(unkept_file)}

    def run(self, step: Step, *, check: bool = False) -> Result:
        self.service.forget()
        with time_flies():
            return run(step.module, {**self._common, **step.options}, check=check, diff=True)

    def writes(self) -> list[dict[str, str]]:
        """What was really written since the last task began, as results tell it: below the base URL."""
        base = "/" + self.service.url.split("/", 3)[3]
        return [
            {"method": entry["method"], "path": entry["path"][len(base) :]} for entry in self.service.writes()
        ]

    def seen(self) -> Portraits:
        """What scim2-client sees, without what the service made up."""
        made_up = MADE_UP.get(self.service.name, ())
        return {
            name: {
                path: value
                for path, value in portrait.items()
                if path in self.truth.get(name, {}) or path not in made_up
            }
            for name, portrait in self.eye.portraits().items()
        }

    def becomes(self, step: Step, lost: tuple[str, ...] = ()) -> None:
        """Note in the truth what a step makes of it."""
        key = next((name for name, portrait in self.truth.items() if _same(step, portrait)), step.who)
        portrait = self.truth.pop(key, {})
        if step.becomes is not None:
            changed = {
                path: value for path, value in {**portrait, **step.becomes}.items() if value is not None
            }
            self.truth[step.who] = {path: value for path, value in changed.items() if path not in lost}


def _same(step: Step, portrait: dict[str, Any]) -> bool:
    """Whether a step is about this resource: by the externalId of the task, for names may change."""
    return portrait.get("externalId") == step.options.get("external_id", "")


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param in NODE and not available():
        pytest.skip("Node.js and npm were not found")
    with started(request.param) as service, witness(service.direct, service.token) as eye:
        yield World(service, eye, tmp_path / "unkept.json")


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("world", NAMES, indirect=True)
def test_a_life(world: World, life: str) -> None:
    for step in COLLEAGUES + LIVES[life]:
        live(world, step, DIFFERENT.get((world.service.name, step.title), Expected()))


def live(world: World, step: Step, expected: Expected) -> None:
    before = world.service.everything()

    predicted = world.run(step, check=True)
    assert predicted.failed is False, (step.title, predicted.get("msg"))
    assert predicted.changed is not expected.settled, step.title
    assert world.writes() == [], f"{step.title}: check mode wrote"
    assert world.service.everything() == before, f"{step.title}: check mode changed something"

    done = world.run(step)
    sent = world.writes()
    assert done["requests"] == sent, f"{step.title}: the result does not tell what was sent"
    if expected.refused:
        assert done.failed, step.title
        assert expected.refused in done["msg"], step.title
        assert done.changed is False, step.title
        assert world.service.everything() == before, step.title
        return
    assert done.failed is bool(expected.unkept), (step.title, done.get("msg"))
    assert done.changed is not expected.settled, step.title
    assert done["unconverged"] == list(expected.unkept), step.title
    assert done["diff"] == predicted["diff"], step.title
    if expected.sent:
        assert [request["method"] for request in sent] == list(expected.sent), step.title
    else:
        assert sent == predicted["requests"], f"{step.title}: check mode predicted something else"
    world.becomes(step, expected.lost)
    assert world.seen() == world.truth, step.title

    after = world.service.everything()
    for check in (True, False):
        again = world.run(step, check=check)
        assert again.changed is False, (step.title, again)
        assert again["unconverged"] == list(expected.unkept), step.title
        assert again["diff"] == [], step.title
        assert world.writes() == [], f"{step.title}: written again"
    assert world.service.everything() == after, step.title
