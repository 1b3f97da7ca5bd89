# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each write of access_policy, access_group and access_selector lost, throttled or refused: the same end, no duplicate, an honest result."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.exchange import Answer, Ending, Handler, Request
from tests.in_process import Result
from tests.integration.access_world import ADA, BOB, STAFF, AccessWorld, access_world, of_group

POLICY = "access_policy"
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "created and attached": (
        POLICY,
        {
            "name": "New",
            "decision": "allow",
            "include": [{"group": "Crew"}],
            "applications": {"add": ["Wiki", "Blog"], "position": "first"},
        },
    ),
    "created in between": (
        POLICY,
        {"application": "Only", "name": "New", "precedence": 2, "decision": "deny", "include": [{"everyone": True}]},
    ),
    "moved": (POLICY, {"application": "Only", "name": "Fourth", "precedence": 1}),
    "changed and detached": (
        POLICY,
        {"name": "Allow", "include": [{"everyone": True}], "applications": {"remove": ["Wiki"]}},
    ),
    "deleted": (POLICY, {"name": "Allow", "state": "absent", "detach": True}),
    "group created": ("access_group", {"name": "New", "include": [{"group": "Crew"}]}),
    "group deleted": ("access_group", {"name": "Free", "state": "absent"}),
    "taken out": (
        "access_selector",
        {"selector": {"email": "ada@example.com"}, "state": "absent", "everywhere": True, "on_empty": "delete"},
    ),
}


class Fails:
    """The nth write fails. served: whether it is done. status: the answer to it, 0 for none at all."""

    def __init__(self, number: int, status: int, *, served: bool) -> None:
        self.left, self.status, self.served = number, status, served

    def __call__(self, request: Request, ask: Handler) -> Answer:
        self.left -= request.method != "GET"
        if request.method == "GET" or self.left:
            return ask(request)
        if self.served:
            ask(request)
        errors = [{"code": 10001, "message": "internal_server_error"}]
        body = {"success": False, "errors": errors, "messages": [], "result": None}
        return Answer(self.status, body, ending=Ending.WHOLE if self.status else Ending.DROPPED)


def company(world: AccessWorld) -> None:
    cloudflare = world.cloudflare
    crew = cloudflare.seed_group("Crew", [ADA, BOB])
    cloudflare.seed_group("Free", [ADA])
    allow = cloudflare.seed_policy("Allow", "allow", [ADA, of_group(crew)])
    deny = cloudflare.seed_policy("Deny", "deny", [BOB])
    wiki = cloudflare.seed_app("Wiki", policies=[allow["id"], deny["id"]])
    for number in range(3):
        cloudflare.seed_app_policy(wiki["id"], f"Own {number}", "allow", [ADA, BOB], 10 + number)
    cloudflare.seed_app("Blog", policies=[allow["id"]])
    only = cloudflare.seed_app("Only")
    for number, name in enumerate(("First", "Second", "Third", "Fourth"), 1):
        cloudflare.seed_app_policy(only["id"], name, "allow", [STAFF], number)


def under(fault: Fails | None, name: str) -> tuple[Result, Any, list[dict[str, Any]], Result]:
    """The task under a fault: its result, what it left behind, its writes that were answered with success, and another run."""
    module, options = TASKS[name]
    with access_world() as world:
        company(world)
        world.service.set_faults([], own=[fault] if fault else [])
        done = world.run(module, options)
        taken = [entry for entry in world.sent("POST", "PUT", "DELETE") if 200 <= (entry["status"] or 0) < 300]
        left = without_times(world.everything())
        world.service.set_faults([])
        again = world.run(module, options)
        return done, left if not done.failed else without_times(world.everything()), taken, again


def without_times(kinds: list[list[dict[str, Any]]]) -> Any:
    return [[{name: each[name] for name in each if name not in ("created_at", "updated_at")} for each in kind] for kind in kinds]


@pytest.mark.parametrize("name", TASKS)
def test_every_write_may_fail(name: str) -> None:
    whole, end, taken, again = under(None, name)
    assert (whole.failed, again.failed, again.changed, len(taken)) == (False, False, False, len(whole["requests"]))
    for number in range(1, len(taken) + 1):
        for status, served in ((0, True), (0, False), (502, True), (429, False)):
            done, left, dummy, again = under(Fails(number, status, served=served), name)
            assert not done.failed, (number, status, served, done["msg"])
            assert (done.changed, done["requests"], left, again.changed) == (True, whole["requests"], end, False)
        done, left, before, again = under(Fails(number, 500, served=False), name)
        assert (done.failed, done.changed) == (True, bool(before))
        assert "internal_server_error" in done["msg"]
        assert (again.failed, left) == (False, end)
