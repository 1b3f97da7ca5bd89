# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A round trip with a user that is thrown away: does this service do what it says, and is nothing left afterwards?

Whatever happens on the way, the user is deleted in the end; where that is impossible it is deactivated and named in the
result. An answer that is lost leaves open whether there is a user, so it is looked up by its name.
"""

from __future__ import annotations

import secrets
from typing import Any

from .client.lookup import Identity, Lookup
from .client.scim import ScimService
from .client.throttle import Gate
from .client.unkept import Unkept
from .core.desired import without
from .core.errors import LifecycleError, OutcomeUnknown, ServerError
from .core.filters import eq
from .core.plan import Canonical, Operation, plan
from .core.resources import USER
from .core.writes import Request, requests_for, resource_path
from .inquiry.selection import NOBODY
from .inquiry.steps import StepFailed, Steps, StepSkipped
from .reconcile.apply import Apply
from .reconcile.observe import Observer
from .reconcile.wish import Seen

_CLEANING = 60.0  # seconds to clean up in, beyond the task's own time budget
_CHANGED = "identityops.lifecycle probe, changed"
_CHANGEABLE = ("display_name", "title", "nick_name", "name.given_name")  # one of them is changed, the first that may be

STEPS = ("create", "filter_user_name", "filter_external_id", "update", "verify", "deactivate", "delete")


class Probe:
    """One round trip: run() it once. steps: what came of it. left: the user that had to be left, ``None`` if it is gone."""

    def __init__(self, service: ScimService) -> None:
        mark = secrets.token_hex(8)
        self.service = service
        self.steps = Steps(service.transport.gate.clock)
        self.name = f"probe-{mark}@identityops.invalid"  # RFC 2606 section 2: never anybody's address
        self.external_id = f"probe-{mark}"
        self.left: dict[str, Any] | None = None
        self._id = ""
        self._shown = False
        self._goal: Canonical = {}
        self._observer = Observer(service, USER, {}, Unkept("", ""))

    def run(self) -> None:
        try:
            self.steps.run("create", self._create)
            for name, step in (
                ("filter_user_name", lambda: self._filter("userName", self.name)),
                ("filter_external_id", lambda: self._filter("externalId", self.external_id)),
                ("update", self._update),
                ("verify", self._verify),
                ("deactivate", self._deactivate),
            ):
                if self._shown:
                    self.steps.run(name, step)
                else:
                    self.steps.skip(name, "there is no user to try it on")
        finally:
            self.steps.run("delete", self._delete)

    # -- the steps ------------------------------------------------------------------------------------------------------

    def _create(self) -> str:
        service = self.service
        wish = {
            "user_name": self.name,
            "external_id": self.external_id,
            "active": True,
            "display_name": "identityops.lifecycle probe",
            "name.formatted": "identityops.lifecycle probe",
            "name.given_name": "identityops.lifecycle",
            "name.family_name": "probe",
            "emails": ({"value": self.name, "type": "work", "primary": True},),
        }
        self._goal = without(wish, service.capabilities.texts("ignored"))
        created = plan(USER, {self.name: self._goal}, {})
        (request,) = (r for o in created for r in requests_for(USER, o, None, service.capabilities, service.references))
        self.left = {"id": "", "user_name": self.name}
        try:
            made = service.create(USER, request)
        except OutcomeUnknown as lost:
            self._look_up()
            found = f"the user was found by its name and has the id {self._id}" if self._id else "there is no such user"
            raise StepFailed(f"{lost}; {found}") from None
        except ServerError as refusal:
            if refusal.status < 500:
                self.left = None
            raise
        if made is not None:
            self._know(made.id)
        else:
            self._look_up()
        self._shown = bool(self._id) and self._observer.again(self._id) is not None
        if not self._shown:
            raise StepFailed("the service answered as if it had created the user, but does not show it")
        return f"id {self._id}"

    def _filter(self, wire: str, value: str) -> str:
        if not self.service.known.flag("filter"):
            raise StepSkipped(f"no filters on this service ({self.service.known.source('filter')})")
        option = USER.option_of(wire)
        if option in self.service.known.texts("ignored"):
            raise StepSkipped(f"this service does not keep {option}")
        found = self.service.search(USER, eq(wire, value))
        others = [snapshot for snapshot in found if snapshot.id != self._id]
        if others or self.service.search(USER, eq(wire, NOBODY)):
            raise StepFailed(f"a filter for one {option} finds others, too: it is ignored")
        if not found:
            raise StepFailed(f"a filter for the {option} does not find the user")
        return "found"

    def _update(self) -> str:
        known = self.service.known
        fixed = known.texts("ignored") + known.texts("immutable")
        option = next((option for option in _CHANGEABLE if option not in fixed), "")
        if not option:
            raise StepSkipped("none of the attributes that a probe changes can be changed on this service")
        return f"{option} by {self._change({**self._goal, option: _CHANGED})}"

    def _verify(self) -> str:
        now = self._there()
        lost = [change.path for change in USER.changes(now.canonical, self._goal, loosely=True)]
        if lost:
            raise StepFailed(f"the service accepted {', '.join(lost)} and did not keep it")
        return "everything is as it was sent"

    def _deactivate(self) -> str:
        if "active" in self.service.known.texts("ignored"):
            raise StepSkipped("this service does not keep active")
        method = self._change({"active": False})
        now = self._observer.again(self._id)
        if now is not None and now.canonical.get("active") is not False:
            raise StepFailed("the service accepted that the user is inactive and shows it as active")
        return f"by {method}" if now else f"by {method}; inactive users are not shown"

    def _delete(self) -> str:
        """Leave nothing behind, whatever happened before."""
        service, known = self.service, self.service.known
        gate = service.transport.gate
        service.transport.gate = Gate(gate.clock, _CLEANING, gate.per_second)
        if self.left is None:
            raise StepSkipped("there is no user to delete")
        if not self._id:
            self._look_up()
            if not self._id:
                self.left = None
                raise StepSkipped("there is no user to delete")
        problem = ""
        if known.flag("delete"):
            try:
                # Also where the user is not shown: some services hide those who are inactive or not yet confirmed.
                service.write(Request("DELETE", resource_path(USER, self._id)))
            except LifecycleError as error:
                problem = str(error)
        else:
            problem = "this service does not delete users"
        now = self._observer.again(self._id)
        if now is None:
            self.left = None
            if problem:
                raise StepFailed(f"{problem}; the user is gone all the same")
            return "the user is gone"
        state = self._made_harmless(now)
        if not known.flag("delete"):
            raise StepSkipped(f"{problem}; {state}")
        if not problem and known.flag("soft_delete"):
            return f"this service keeps users who were deleted; {state}"
        kept = "the service accepted it, and the user is still there (if it always keeps them: capabilities.soft_delete)"
        raise StepFailed(f"{problem or kept}; {state}")

    # -- what they share ------------------------------------------------------------------------------------------------

    def _made_harmless(self, now: Seen) -> str:
        """Deactivate what cannot be deleted, and tell whether that worked."""
        who = f"{self.name} with the id {self._id}"
        if now.canonical.get("active") is not False:
            try:
                self._deactivate()
            except LifecycleError as error:
                return f"{who} had to be left, ACTIVE: {error}"
        return f"{who} had to be left, inactive"

    def _change(self, goal: Canonical) -> str:
        """Bring the user to the goal as a task would, and return the method that did it."""
        self._goal = goal
        now = self._there()
        todo = self._todo(now)
        if todo is None:
            return "nothing, it was so already"
        Apply(self.service, self._observer, self._todo).update(todo, now)
        return self.service.sent[-1]["method"]

    def _todo(self, seen: Seen | None) -> Operation | None:
        return next(iter(plan(USER, {self.name: self._goal}, {self.name: seen.canonical} if seen else {})), None)

    def _there(self) -> Seen:
        now = self._observer.again(self._id)
        if now is None:
            raise StepFailed("the service does not show the user any more")
        return now

    def _look_up(self) -> None:
        found = Lookup(self.service, USER).find(Identity(name=self.name), prove=True)
        if found is not None:
            self._know(found.id)
            self._shown = True

    def _know(self, resource_id: str) -> None:
        self._id = resource_id
        self.left = {"id": resource_id, "user_name": self.name}
