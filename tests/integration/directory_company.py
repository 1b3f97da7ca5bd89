# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small company that one scim_directory task makes and another one changes, on a service with people of others.

What is true is asked of ``service.stored()``, past all quirks; what a step makes of it is written down by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import sandbox
from tests.in_process import Result, counts, run, time_flies
from tests.integration.directories import NO_BRAKES, person, team
from tests.integration.lives import ENTERPRISE, entries
from tests.integration.portraits import Portraits, portraits

MANAGER = f"{ENTERPRISE}:manager"
# Of others: nothing that a task says is about them.
BYSTANDERS = [
    person("root", title="Operator", nickName="r", emails=[{"value": "root@example.com", "type": "work"}, {"value": "r@home.example"}]),
    person("zoe", externalId="x-1", active=False),
    team("Engines", "root"),
    team("Board", "root", externalId="x-2"),
]


def work(name: str) -> list[dict[str, str]]:
    return [{"value": f"{name}@example.com", "type": "work"}]


class Step(NamedTuple):
    """What a task says, and what it makes of the company: by name, the wire paths that are not as before; ``None`` if it is gone."""

    title: str
    options: Mapping[str, Any]
    becomes: Mapping[str, Mapping[str, Any] | None]
    counts: Mapping[str, int]


ADA, BOB, CY, DEE, EVE = (
    {"external_id": "hr-1", "user_name": "ada", "title": "Head", "emails": work("ada")},
    {"external_id": "hr-2", "user_name": "bob", "manager": "ada", "title": "Lead"},
    {"external_id": "hr-3", "user_name": "cy", "manager": "hr-2", "emails": [*work("cy"), {"value": "cy@home.example", "type": "home"}]},
    {"external_id": "hr-4", "user_name": "dee", "manager": "bob"},
    {"external_id": "hr-5", "user_name": "eve", "manager": "ada"},
)
MADE = Step(
    "made",
    {
        "users": [CY, DEE, EVE, BOB, ADA],
        "groups": [
            {"display_name": "Engines", "members": {"add": ["bob", "hr-3"]}},
            {"display_name": "Everybody", "members": {"set": ["ada", "bob", "cy", "dee", "eve"]}},
        ],
    },
    {
        "ada": {"userName": "ada", "externalId": "hr-1", "active": True, "title": "Head", "emails": entries(*work("ada"))},
        "bob": {"userName": "bob", "externalId": "hr-2", "active": True, "title": "Lead", MANAGER: "ada"},
        "cy": {"userName": "cy", "externalId": "hr-3", "active": True, MANAGER: "bob", "emails": entries(*CY["emails"])},
        "dee": {"userName": "dee", "externalId": "hr-4", "active": True, MANAGER: "bob"},
        "eve": {"userName": "eve", "externalId": "hr-5", "active": True, MANAGER: "ada"},
        "Engines": {"members": frozenset({"root", "bob", "cy"})},
        "Everybody": {"displayName": "Everybody", "members": frozenset({"ada", "bob", "cy", "dee", "eve"})},
    },
    {"create": 6, "update": 1},
)
# Ada has another name, Bob leaves the engines, Dee is deactivated, Eve is not listed any more, and Fay joins.
CHANGED = Step(
    "changed",
    {
        "users": [
            {"external_id": "hr-6", "user_name": "fay", "manager": "cy"},
            {**CY, "emails": [*work("cy.young"), {"value": "cy@home.example", "type": "home"}]},
            {"external_id": "hr-4", "state": "absent", "absent_mode": "deactivate"},
            {**BOB, "title": "", "manager": "ada.king"},
            {**ADA, "user_name": "ada.king"},
        ],
        "groups": [
            {"display_name": "Engines", "members": {"add": ["fay"], "remove": ["bob"]}},
            {"display_name": "Everybody", "members": {"set": ["hr-1", "bob", "cy", "fay"]}},
        ],
    },
    {
        "ada.king": {"userName": "ada.king"},
        "bob": {"title": None, MANAGER: "ada.king"},
        "cy": {"emails": entries(*work("cy.young"), {"value": "cy@home.example", "type": "home"})},
        "dee": {"active": False},
        "eve": None,
        "fay": {"userName": "fay", "externalId": "hr-6", "active": True, MANAGER: "cy"},
        "Engines": {"members": frozenset({"root", "cy", "fay"})},
        "Everybody": {"members": frozenset({"ada.king", "bob", "cy", "fay"})},
    },
    {"create": 1, "update": 5, "deactivate": 1, "delete": 1},
)
RENAMED = {"ada": "ada.king"}
STEPS = (MADE, CHANGED)
OPTIONS = {"unlisted": {"users": "delete"}, "owned": {"users": {"external_id_prefix": "hr-"}}, "brakes": NO_BRAKES}


class Expected(NamedTuple):
    """What is different from "it becomes so at once, as check mode said, and stays so".

    unkept: by key, the options that the service accepts and does not keep; the task fails and names them. unseen: what it does
    not show; the task says so and is content. failed: by key, a part of the reason for which one alone fails. refused: a part
    of the message with which the whole task fails, before the first write. truth: by name, the wire paths that become something
    else; ``None`` where somebody is not there. counts: of what is done instead. again: by key, why somebody fails in the second
    run who did not in the first; again_refused: the same for all of it.
    """

    unkept: Mapping[str, Sequence[str]] = {}
    unseen: Mapping[str, Sequence[str]] = {}
    failed: Mapping[str, str] = {}
    refused: str = ""
    truth: Mapping[str, Mapping[str, Any] | None] = {}
    counts: Mapping[str, int] | None = None
    again: Mapping[str, str] = {}
    again_refused: str = ""


AS_IT_SHOULD = Expected()


class World:
    """A service, and tasks against it, all with the same way of writing."""

    def __init__(self, service: sandbox.Running, pace: Mapping[str, Any], unkept_file: Path, quirks: Sequence[str], faults: Sequence[str]) -> None:
        self.service = service
        self.quirks = quirks
        self.faults = faults
        self._common = {"url": service.url, "token": service.token, **OPTIONS, **pace}
        self._unkept = str(unkept_file)
        self._named: dict[str, dict[str, Any]] = {}  # everybody who was ever there, by id

    def run(self, step: Step, *, check: bool = False, forgetful: bool = False) -> Result:
        """The task of a step; the journal is about it alone. forgetful: without the file of what the service does not keep."""
        self.service.reset_requests()
        with time_flies():
            return run("scim_directory", {**self._common, "unkept_file": "" if forgetful else self._unkept, **step.options}, check=check, diff=True)

    def truth(self) -> Portraits:
        """Everything that is stored; asserts that nothing is there twice."""
        stored = self.service.stored()
        for key in ("userName", "displayName", "externalId"):
            counted = Counter((one["meta"]["resourceType"], one[key].lower()) for one in stored if one.get(key))
            assert [name for name, count in counted.items() if count > 1] == [], f"{key} is there twice"
        for one in stored:
            for name, value in one.items():
                if isinstance(value, list):
                    assert [element for element in value if value.count(element) > 1] == [], f"{name} holds an element twice"
        self._named.update({one["id"]: one for one in stored})
        shown = portraits(self._named.values())  # who is gone can still be a member, and has a name
        return {name: shown[name] for name in portraits(stored)}

    def writes(self) -> int:
        return int(self.service.requests()["writes"])

    def applied(self) -> int:
        return sum(entry["applied"] for entry in self.service.requests()["requests"])

    @contextmanager
    def behaving(self) -> Iterator[None]:
        """Without quirks and faults, for a moment."""
        self.service.set_quirks([])
        self.service.set_faults([])
        yield
        self.service.set_quirks(self.quirks)
        self.service.set_faults(self.faults)


@contextmanager
def world(unkept_file: Path, pace: Mapping[str, Any], quirks: Sequence[str] = (), faults: Sequence[str] = ()) -> Iterator[World]:
    """A service with the bystanders on it; its lists take more than a page."""
    with sandbox.running(profile="small-pages") as service:
        service.seed(*BYSTANDERS)
        service.set_quirks(quirks)
        service.set_faults(faults)
        yield World(service, pace, unkept_file, quirks, faults)


def become(before: Portraits, changes: Mapping[str, Mapping[str, Any] | None]) -> Portraits:
    """Portraits with changes: by name, the paths that become something else."""
    after = {name: portrait for name, portrait in before.items() if changes.get(name, {}) is not None}
    for name, change in changes.items():
        if change is not None:
            whole = {**after.get(name, {}), **change}
            after[name] = {path: value for path, value in whole.items() if value is not None}
    return after


def wanted(before: Portraits, step: Step) -> Portraits:
    renamed = {RENAMED.get(name, name) if step is CHANGED else name: portrait for name, portrait in before.items()}
    return become(renamed, step.becomes)


def live(here: World, step: Step, expected: Expected = AS_IT_SHOULD) -> None:
    """Run a step in check mode, for real and again; everything has to be as expected each time."""
    before = here.truth()
    predicted = here.run(step, check=True)
    assert here.writes() == 0, "check mode wrote"
    done = here.run(step)
    if expected.refused:
        check_refused(here, expected.refused, predicted, done)
        assert here.truth() == before
    else:
        check_result(step, expected, predicted, done)
        assert here.truth() == become(wanted(before, step), expected.truth)
        check_again(here, step, expected)
    if expected != AS_IT_SHOULD:
        with here.behaving():
            here.run(step, forgetful=True)
    assert here.truth() == wanted(before, step), f"{step.title}: not made good"


def check_refused(here: World, said: str, *results: Result) -> None:
    assert here.writes() == 0
    for result in results:
        assert (result.failed, result.changed) == (True, False), result
        assert said in result["msg"]


def check_result(step: Step, expected: Expected, predicted: Result, done: Result) -> None:
    assert not predicted.failed, predicted["msg"]
    assert (predicted["counts"], predicted.changed) == (counts(**step.counts), True)
    assert done["plan"] == predicted["plan"]
    check_failures(done, expected.failed)
    assert by_key(done["unconverged"]) == as_lists(expected.unkept)
    assert by_key(done["unverifiable"]) == as_lists(expected.unseen)
    assert done.failed is bool(expected.failed or expected.unkept), done.get("msg")
    assert (done["counts"], done.changed) == (counts(**(step.counts if expected.counts is None else expected.counts)), True)


def check_failures(result: Result, expected: Mapping[str, str]) -> None:
    said = {one["key"]: one["msg"] for one in result["failures"]}
    assert said.keys() == expected.keys(), said
    for key, part in expected.items():
        assert part in said[key]


def check_again(here: World, step: Step, expected: Expected) -> None:
    """Nothing is written a second time; what failed is tried, and fails again."""
    truth = here.truth()
    again = here.run(step, forgetful=not (expected.unkept or expected.unseen or expected.truth))
    assert here.truth() == truth
    if expected.again_refused:
        check_refused(here, expected.again_refused, again)
        return
    assert (again.changed, here.applied(), here.writes()) == (False, 0, len(expected.failed)), again["requests"]
    check_failures(again, {**expected.failed, **expected.again})
    assert by_key(again["unconverged"]) == as_lists({key: paths for key, paths in expected.unkept.items() if key not in expected.again})


def by_key(entries_: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    return {entry["key"]: entry["paths"] for entry in entries_}


def as_lists(given: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {key: sorted(paths) for key, paths in given.items()}
