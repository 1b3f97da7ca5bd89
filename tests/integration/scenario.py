# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small company on a sandbox that misbehaves, and steps in its life that are run, looked at and run again.

What is true is asked of ``service.stored()``, past all quirks; what a step makes of it is written down by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import sandbox
from sandbox.profiles import STAFF
from tests.in_process import Result, run, time_flies
from tests.integration.lives import ENTERPRISE, Step
from tests.integration.portraits import Portraits, portraits

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"

# Quirks that take a value show what they do with this one.
VALUES = {"count_rejected": "2", "cursor_only": "2"}


class Expected(NamedTuple):
    """What is different from "it becomes so at once, as check mode said, and stays so".

    unkept: the service accepts these options and does not keep them; the task fails and names them.
    lost: the same by wire path. unverifiable: what the service does not show; the task says so and is content.
    sent: the methods of the writes where the service refuses or mishandles our first form.
    refused: a part of the message with which the task fails. foreseen: check mode fails with it, too.
    settled: there is nothing to do. becomes: what it becomes instead, by wire path.
    remembered: only the memory of the first run keeps the second one from trying again.
    """

    unkept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    unverifiable: tuple[str, ...] = ()
    sent: tuple[str, ...] | None = None
    refused: str = ""
    foreseen: bool = False
    settled: bool = False
    becomes: Mapping[str, Any] | None = None
    remembered: bool = False


AS_IT_SHOULD = Expected()


def with_value(name: str) -> str:
    """A quirk as it is switched on."""
    return f"{name}={VALUES[name]}" if name in VALUES else name


def person(who: str, number: str, **more: Any) -> dict[str, Any]:
    whole = {"schemas": [USER], "id": f"u-{who}", "userName": f"{who}@example.com", "externalId": number, "active": True}
    return {**whole, **more}


# Ada has much that no task ever names, in all three schemas and in single elements of lists.
ADA = person(
    "ada",
    "1815",
    schemas=[USER, ENTERPRISE, STAFF],
    name={"familyName": "Byron", "givenName": "Ada", "middleName": "Augusta"},
    nickName="Countess",
    title="Analyst",
    timezone="Europe/London",
    emails=[
        {"value": "ada@example.com", "type": "work", "primary": True, "display": "Ada at work"},
        {"value": "ada@home.example", "type": "home", "display": "Ada at home"},
        {"value": "ada@old.example", "type": "other"},
    ],
    phoneNumbers=[{"value": "+44 20 7946 0001", "type": "work", "display": "desk"}],
    ims=[{"value": "ada", "type": "xmpp"}],
    roles=[{"value": "author", "type": "house", "primary": True}],
    addresses=[{"type": "home", "locality": "London", "country": "GB"}],
    **{
        ENTERPRISE: {"costCenter": "4130", "department": "Engines", "manager": {"value": "u-grace"}},
        STAFF: {"badge": "A-17", "shift": "late", "locker": {"floor": 1, "number": "7"}},
    },
)
BYSTANDERS = [
    person("grace", "1906", title="Rear Admiral", emails=[{"value": "grace@example.com", "primary": True}]),
    person("hal", "1968"),
    person("ivy", "1970", active=False),
    person("kim", "1972", schemas=[USER, STAFF], **{STAFF: {"badge": "K-1"}}),
    person("lea", "1974"),
    person("max", "1976"),
]


def group(name: str, number: str, *members: str) -> dict[str, Any]:
    entries_ = [{"value": f"u-{member}", "type": "User"} for member in members]
    return {"schemas": [GROUP], "id": f"g-{name}", "displayName": name, "externalId": number, "members": entries_}


GROUPS = [group("Board", "g-10", "kim", "lea"), group("Everybody", "g-11", "grace", "hal", "kim")]
ALL_AT_ONCE = [ADA, *BYSTANDERS, *GROUPS]


class World:
    """A service with the company on it, and tasks against it."""

    def __init__(self, service: sandbox.Running, quirks: Sequence[str], unkept_file: Path) -> None:
        self.service = service
        self.quirks = list(quirks)
        self._common = {"url": service.url, "token": service.token}
        self._unkept = str(unkept_file)

    def run(self, module: str, options: Mapping[str, Any], *, check: bool = False, forgetful: bool = False) -> Result:
        """One task; the journal is about it alone. forgetful: without the file of what the service does not keep."""
        self.service.reset_requests()
        unkept = "" if forgetful else self._unkept
        with time_flies():
            return run(module, {**self._common, "unkept_file": unkept, **options}, check=check, diff=True)

    def truth(self) -> Portraits:
        """Everything that is stored; asserts that nothing is there twice."""
        stored = self.service.stored()
        for key in ("userName", "displayName", "externalId"):
            counted = Counter((document["meta"]["resourceType"], document[key]) for document in stored if document.get(key))
            assert [name for name, count in counted.items() if count > 1] == [], f"{key} is there twice"
        for document in stored:
            for name, value in document.items():
                if isinstance(value, list):
                    assert [element for element in value if value.count(element) > 1] == [], f"{name} holds an element twice"
        return portraits(stored)

    def writes(self) -> int:
        return int(self.service.requests()["writes"])

    def applied(self) -> list[str]:
        """The methods of the writes that really changed something."""
        return [entry["method"] for entry in self.service.requests()["requests"] if entry["applied"]]

    @contextmanager
    def behaving(self) -> Iterator[None]:
        """Without quirks, for a moment."""
        self.service.set_quirks([])
        yield
        self.service.set_quirks(self.quirks)


@contextmanager
def company(unkept_file: Path, *quirks: str, profile: str = "small-pages") -> Iterator[World]:
    """The company; its lists take more than a page."""
    with sandbox.running(profile=profile) as service:
        service.seed(*ALL_AT_ONCE)
        service.set_quirks(quirks)
        yield World(service, quirks, unkept_file)


def become(before: Portraits, step: Step, lost: tuple[str, ...] = ()) -> Portraits:
    """What a step makes of the company. lost: the wire paths that do not become so."""
    wanted = {who: portrait for who, portrait in before.items() if not _same(step, who, portrait)}
    (portrait,) = [portrait for who, portrait in before.items() if _same(step, who, portrait)] or [{}]
    if step.becomes is None or "(existence)" in lost:
        return before if "(existence)" in lost else wanted
    changed = {**portrait, **{path: value for path, value in step.becomes.items() if path not in lost}}
    who = changed.get("userName") or changed["displayName"]
    return {**wanted, who: {path: value for path, value in changed.items() if value is not None}}


def _in_fact(step: Step, expected: Expected) -> Step:
    return step if expected.becomes is None else step._replace(becomes=dict(expected.becomes))


def _same(step: Step, who: str, portrait: Mapping[str, Any]) -> bool:
    number = step.options.get("external_id")
    return portrait.get("externalId") == number if number else who == step.who


def live(world: World, step: Step, expected: Expected = AS_IT_SHOULD) -> None:
    """Run a step in check mode, for real and again; everything has to be as expected each time."""
    before = world.truth()
    predicted = world.run(step.module, step.options, check=True)
    assert world.writes() == 0, f"{step.title}: check mode wrote"
    assert world.truth() == before, f"{step.title}: check mode changed something"
    assert predicted.failed is expected.foreseen, (step.title, predicted.get("msg"))

    done = world.run(step.module, step.options)
    if expected.refused:
        assert done.failed, f"{step.title}: {done}"
        assert expected.refused in done["msg"], step.title
        assert world.truth() == before, step.title
        assert done.changed is bool(world.applied()), step.title
        _again_refused(world, step, expected, before)
    else:
        _done(world, step, expected, before, predicted, done)
    if expected.refused or expected.lost or expected.becomes is not None:
        with world.behaving():
            world.run(step.module, step.options, forgetful=True)
    assert world.truth() == become(before, step), f"{step.title}: not made good"


def _again_refused(world: World, step: Step, expected: Expected, before: Portraits) -> None:
    again = world.run(step.module, step.options)
    assert again.failed, step.title
    assert expected.refused in again["msg"], step.title
    assert world.applied() == [], step.title
    assert world.truth() == before, step.title


def _done(world: World, step: Step, expected: Expected, before: Portraits, predicted: Result, done: Result) -> None:
    assert done.failed is bool(expected.unkept), (step.title, done.get("msg"), done["requests"])
    assert tuple(done["unconverged"]) == expected.unkept, step.title
    assert tuple(done["unverifiable"]) == expected.unverifiable, f"{step.title}: {done['unverifiable']}"
    assert predicted.changed is done.changed is not expected.settled, step.title
    assert done["diff"] == predicted["diff"], f"{step.title}: {done['diff']} instead of {predicted['diff']}"
    if expected.sent is None:
        assert done["requests"] == predicted["requests"], f"{step.title}: check mode predicted something else"
    else:
        assert tuple(request["method"] for request in done["requests"]) == expected.sent, f"{step.title}: {done['requests']}"
        assert done["requests"][:1] == predicted["requests"][:1], step.title
    after = become(before, _in_fact(step, expected), expected.lost)
    assert world.truth() == after, step.title
    needs_memory = bool(expected.unkept or expected.unverifiable or expected.remembered)
    again = world.run(step.module, step.options, forgetful=not needs_memory)
    assert world.writes() == 0, f"{step.title}: written again, {again['requests']}"
    assert again.changed is False, (step.title, again)
    assert again["diff"] == [], step.title
    assert tuple(again["unconverged"]) == expected.unkept, step.title
    assert again.failed is bool(expected.unkept), step.title
    if expected.unkept:
        content = world.run(step.module, {**step.options, "on_unconverged": "ignore"})
        assert (content.failed, content.changed, world.writes()) == (False, False, 0), step.title
    assert world.truth() == after, step.title
