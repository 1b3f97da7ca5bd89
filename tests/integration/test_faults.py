# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_user and scim_group when the network, a proxy or a busy service gets in between: the same end, nothing twice, in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import FAULTS
from tests.in_process import Result, run, time_flies
from tests.integration.portraits import Portraits
from tests.integration.scenario import World, company

# A small life, and the writes that each step really needs, by what the service can do.
LIFE: list[tuple[str, str, dict[str, Any]]] = [
    (
        "POST",
        "scim_user",
        {
            "external_id": "2000",
            "user_name": "new@example.com",
            "password": "Secret-1-word",
            "title": "Dr",
            "manager": "grace@example.com",
            "emails": [{"value": "new@example.com", "type": "work"}],
        },
    ),
    (
        "PATCH",
        "scim_user",
        {
            "external_id": "2000",
            "user_name": "renamed@example.com",
            "title": "Prof",
            "emails": [{"value": "new@home.example", "type": "home"}],
        },
    ),
    ("POST", "scim_group", {"display_name": "New", "external_id": "g-2000", "members": {"add": ["grace@example.com", "2000"]}}),
    ("PATCH", "scim_group", {"display_name": "New", "members": {"add": ["hal@example.com"], "remove": ["grace@example.com"]}}),
    ("PATCH", "scim_group", {"display_name": "Board", "members": {"set": ["2000", "kim@example.com"]}}),
    ("DELETE", "scim_group", {"external_id": "g-2000", "state": "absent"}),
    ("PATCH", "scim_user", {"external_id": "2000", "state": "absent", "absent_mode": "deactivate"}),
    ("PATCH", "scim_user", {"external_id": "2000"}),
    ("PATCH", "scim_group", {"display_name": "Board", "members": {"remove": ["2000"]}}),
    ("DELETE", "scim_user", {"external_id": "2000", "state": "absent"}),
]


def writes_of(profile: str) -> list[str]:
    """What has to be applied in that life, in order; there is no PATCH in the profile minimal."""
    return ["PUT" if method == "PATCH" and profile == "minimal" else method for method, _module, _options in LIFE]


@contextmanager
def in_between(tmp_path: Path, profile: str, *faults: str) -> Iterator[World]:
    with company(tmp_path / "unkept", profile=profile) as world:
        world.service.set_faults(faults)
        yield world


def lived(world: World) -> tuple[list[Portraits], list[str]]:
    """Every step, and a second run of it: what is true after each step, and all writes that were applied."""
    history, applied = [], []
    for method, module, options in LIFE:
        done = world.run(module, options)
        assert (done.failed, done.changed) == (False, True), (method, options, done.get("msg"))
        applied += world.applied()
        history.append(world.truth())
        again = world.run(module, options, forgetful=True)
        assert (again.failed, again.changed, again["diff"], world.applied()) == (False, False, [], []), (options, again.get("msg"))
    return history, applied


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Portraits]]:
    """What is true after each step when nothing goes wrong, by profile."""
    histories = {}
    for profile in ("small-pages", "minimal", "cursor"):
        with in_between(tmp_path_factory.mktemp(profile), profile) as world:
            histories[profile], applied = lived(world)
            assert applied == writes_of(profile)
    return histories


REPEATED = [
    "429=2:1",
    "429=3:20",
    "503=2",
    "503=3:5",
    "reset_before_write=2",
    "502_before=2",
    "drop_after_write=1",
    "drop_after_write=2",
    "502_after=1",
    "502_after=2",
    "truncated_page=2",
    "slow=1",
]


def test_every_fault_is_tried() -> None:
    tried = {fault.partition("=")[0] for fault in REPEATED}
    assert tried | {"redirect"} == set(FAULTS.entries)


@pytest.mark.parametrize("fault", REPEATED)
def test_the_same_life(fault: str, undisturbed: dict[str, list[Portraits]], tmp_path: Path) -> None:
    with in_between(tmp_path, "small-pages", fault) as world:
        history, applied = lived(world)
        assert history == undisturbed["small-pages"]
        assert applied == writes_of("small-pages")


# With 1, every write is hit; a write that is lost each time is not tried here.
CHAOS = [
    (profile, fault, number)
    for profile, fault, first in (
        ("minimal", "drop_after_write", 1),
        ("cursor", "drop_after_write", 1),
        ("minimal", "502_after", 1),
        ("cursor", "reset_before_write", 2),
    )
    for number in range(first, len(LIFE) + 1)
]


@pytest.mark.parametrize(("profile", "fault", "number"), CHAOS)
def test_one_answer_is_lost(profile: str, fault: str, number: int, undisturbed: dict[str, list[Portraits]], tmp_path: Path) -> None:
    """The nth write of the life is hit, whichever it is."""
    with in_between(tmp_path, profile, f"{fault}={number}") as world:
        history, applied = lived(world)
        assert history == undisturbed[profile]
        assert applied == writes_of(profile)


def test_a_redirect_to_another_origin_is_not_followed(tmp_path: Path) -> None:
    with in_between(tmp_path, "small-pages", "redirect=http://localhost:1") as world:
        before = world.truth()
        for _method, module, options in LIFE:
            done = world.run(module, options)
            assert done.failed
            assert "redirects to http://localhost:1; set url to the address that is meant" in done["msg"]
        assert world.truth() == before


def timed(world: World, options: dict[str, Any]) -> tuple[Result, float]:
    """A task on the real clock, and how long it took."""
    started = time.monotonic()
    common = {"url": world.service.url, "token": world.service.token, "unkept_file": ""}
    return run("scim_user", {**common, **options}), time.monotonic() - started


def test_a_slow_service_is_waited_for_no_longer_than_the_budget(tmp_path: Path) -> None:
    with in_between(tmp_path, "small-pages", "slow=2000") as world:
        done, seconds = timed(world, {"user_name": "ada@example.com", "title": "x", "timeout": 0.2, "time_budget": 0.8})
        assert done.failed
        assert seconds < 1.9
        assert done.changed is False


@pytest.mark.parametrize("fault", ["429=1:60", "503=1:60", "503=1", "502_before=1", "reset_before_write=1"])
def test_a_service_that_never_does_it_ends_in_one_budget(fault: str, tmp_path: Path) -> None:
    with in_between(tmp_path, "small-pages", fault) as world:
        before = world.truth()
        with time_flies() as slept:
            done, _seconds = timed(world, {"user_name": "ada@example.com", "title": "x", "time_budget": 30})
        assert done.failed
        assert sum(slept) <= 30
        assert done.changed is False
        assert world.truth() == before


def test_a_write_whose_answer_is_always_lost_is_still_made_once(tmp_path: Path) -> None:
    """Also where the answer to the first try of each request is never there: what was done is seen by reading."""
    with in_between(tmp_path, "small-pages", "drop_after_write=1") as world:
        done = world.run("scim_user", {"external_id": "1", "user_name": "new@example.com", "password": "Secret-1-word"})
        assert (done.failed, done.changed, world.applied()) == (False, True, ["POST"])
