# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Cloudflare account on loopback, and one task in all passes: check, run, run again, each with its diff."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sandbox
from sandbox.exchange import Answer, Handler, Layer, Request
from tests.in_process import Result, run, time_flies

ADA = {"email": {"email": "ada@example.com"}}
BOB = {"email": {"email": "bob@example.com"}}
NOBODY = {"email": {"email": "nobody@disabled.invalid"}}
STAFF = {"email_domain": {"domain": "example.com"}}

BOTH = (["new-rule-kinds"], ["new-rule-kinds", "show-false-booleans"])
"""Cloudflare leaves out booleans that are false, or shows them."""


def of_group(group: dict[str, Any]) -> dict[str, Any]:
    """The rule that names a group."""
    return {"group": {"id": group["id"]}}


def hides(*names: str) -> Layer:
    """A token with rights for some things only: lists do not show what has one of these names, and its id can be read."""

    def hidden(request: Request, ask: Handler) -> Answer:
        answer = ask(request)
        body = answer.body
        if request.method != "GET" or not isinstance(body, dict) or not isinstance(body.get("result"), list):
            return answer
        shown = [each for each in body["result"] if each.get("name") not in names]
        info = {**body.get("result_info", {}), "total_count": len(shown)}
        return Answer(answer.status, {**body, "result": shown, "result_info": info}, answer.headers)

    return hidden


class AccessWorld:
    """An account that is served."""

    def __init__(self, service: sandbox.Running) -> None:
        self.service = service
        self.cloudflare = service.cloudflare

    def run(self, module: str, options: dict[str, Any], **how: Any) -> Result:
        """One task; the journal is that of this task alone."""
        self.service.reset_requests()
        with time_flies():
            return run(module, {**self.cloudflare.options(), **options}, **how)

    def sent(self, *methods: str) -> list[dict[str, Any]]:
        """The requests of the last task, those with one of the methods if any is given."""
        return [entry for entry in self.service.requests()["requests"] if not methods or entry["method"] in methods]

    def bodies(self) -> list[Any]:
        return [entry["body"] for entry in self.sent("PUT", "POST")]

    def counts(self) -> dict[str, int]:
        """How many requests of each method the last task sent."""
        return dict(self.service.requests()["counts"])

    def stored(self, kind: str, name: str) -> dict[str, Any] | None:
        """The only object of a kind and name as it is really stored."""
        found = [each for each in self.cloudflare.stored(kind) if each["name"] == name]
        assert len(found) <= 1
        return found[0] if found else None

    def everything(self) -> Any:
        return [self.cloudflare.stored(kind) for kind in ("groups", "policies", "apps")]

    def passes(self, module: str, options: dict[str, Any]) -> Result:
        """The task in all passes, of which the first changes something. Gives the result of the run."""
        before = self.everything()
        predicted = self.run(module, options, check=True, diff=True)
        assert not predicted.failed, predicted.get("msg")
        assert self.everything() == before
        assert self.sent("POST", "PUT", "DELETE", "PATCH") == []
        done = self.run(module, options, diff=True)
        assert not done.failed, done.get("msg")
        assert (done.changed, predicted.changed) == (True, True)
        assert done["requests"] == predicted["requests"]
        assert done["diff"] == predicted["diff"] != []
        assert done["unconverged"] == []
        sent = [(entry["method"], entry["path"].partition("/accounts")[2]) for entry in self.sent("POST", "PUT", "DELETE", "PATCH")]
        assert sent == [(entry["method"], entry["path"].partition("/accounts")[2]) for entry in done["requests"]]
        for check in (False, True):
            again = self.run(module, options, check=check, diff=True)
            assert not again.failed, again.get("msg")
            assert (again.changed, again["requests"], again["diff"]) == (False, [], [])
            assert self.sent("POST", "PUT", "DELETE", "PATCH") == []
        return done


@contextmanager
def access_world(*quirks: str) -> Iterator[AccessWorld]:
    with sandbox.running() as service:
        service.cloudflare.set_quirks(quirks)
        yield AccessWorld(service)
