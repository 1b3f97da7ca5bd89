# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of people who join as data: from what the tasks of a role returned so far, what is to do, what is proven, and what goes on record.

What M(scim_directory) tells comes from its own reading back, after it wrote; the verdicts here rest on that and on nothing that was sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..directory.people import Subjects
from ..directory.records import operations_of
from ..json_values import folded
from ..ledger.record import DONE, FAILED, PLANNED, REFUSED, record
from ..patterns import Patterns
from ..verdicts import NOT_APPLICABLE, PREDICTED, PROVEN, UNPROVEN, Facts
from .directory import directory_of
from .people import Joiner, joiners_of

TARGET = "joiner_target"  # the loop variable of the role
SEEN = "seen"
PENDING = "pending"
UNKNOWN = "unknown"
_FIRST_SEEN = "a user of Access appears there only after the first login or enrolment"


@dataclass(frozen=True)
class Joining:
    """Everybody of a run.

    steps: by name, what ``register`` kept: all_users, the list of accounts; managers, the loop over single ones; directory, what
    scim_directory returned; everybody and access_user, the same of Access. plan: the document of the rehearsal, see plan_document.
    """

    joiners: list[Joiner]
    steps: Mapping[str, Any]
    protected: tuple[str, ...] = ()
    predicting: bool = False
    plan: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Sequence[Any], groups: Sequence[str], steps: Mapping[str, Any], options: Mapping[str, Any], plan: Mapping[str, Any]) -> Joining:
        """options: protected, predicting. Raises InvalidInput."""
        protected = options.get("protected") or ()
        names = protected.split(",") if isinstance(protected, str) else protected  # "a, b", as modules take it; never its letters
        return cls(joiners_of(people, groups), steps, tuple(str(name).strip() for name in names), bool(options.get("predicting")), plan)

    # -- managers ----------------------------------------------------------------------------------------------------------

    @cached_property
    def superiors(self) -> list[str]:
        """The external ids of managers who are not among those who join now, and have to be looked for."""
        joining = {str(joiner.user.get(name)) for joiner in self.joiners if joiner.joins for name in ("external_id", "user_name")}
        return sorted({joiner.superior for joiner in self.joiners if joiner.joins and joiner.superior} - joining)

    @cached_property
    def without_account(self) -> frozenset[str]:
        """Those of them whom the service does not have. Who was not asked for counts as there: the module refuses what is wrong."""
        listed = self._step("all_users")
        if "users" in listed and not listed.get("truncated"):
            known = {str(user.get("external_id")) for user in listed["users"]} | {folded(str(user.get("user_name"))) for user in listed["users"]}
            return frozenset(name for name in self.superiors if name not in known and folded(name) not in known)
        asked = [result for result in self._step("managers").get("results") or () if not result.get("failed") and "users" in result]
        return frozenset(str(result[TARGET]["external_id"]) for result in asked if not result["users"])

    @property
    def managers(self) -> list[dict[str, str]]:
        """Whose manager is left out, and why."""
        waiting = {str(joiner.user.get("external_id")): joiner.state for joiner in self.joiners if not joiner.joins}
        found = []
        for joiner in self.joiners:
            if joiner.joins and joiner.superior in self.without_account:
                why = f" ({waiting[joiner.superior]})" if joiner.superior in waiting else ""
                said = f"the manager {joiner.superior} has no account{why}, and was left out; the run after there is one sets it"
                found.append({"person": joiner.key, "manager": joiner.superior, "said": said})
        return found

    # -- what is to do -----------------------------------------------------------------------------------------------------

    @property
    def todo(self) -> dict[str, Any]:
        """What the tasks of the role ask for, next."""
        patterns = Patterns(self.protected)
        refused = [joiner.refusal(patterns) for joiner in self.joiners if joiner.joins]
        emails = [(joiner.number, joiner.key, joiner.email) for joiner in self.joiners if joiner.joins and joiner.email]
        return {
            **directory_of(self.joiners, self.without_account),
            "managers": [{"external_id": name} for name in self.superiors],
            "refusals": list(dict.fromkeys(filter(None, refused))),
            "emails": [{"number": number, "key": key, "email": email} for number, key, email in emails],
        }

    @property
    def about(self) -> dict[str, list[dict[str, Any]]]:
        """What ``joiner_result`` tells of people."""
        return {
            "people": [
                {"key": joiner.key, "phase": joiner.phase, "state": joiner.state, "verdicts": self.verdicts(joiner)} for joiner in self.joiners
            ],
            "memberships": [
                {"person": joiner.key, "group": group, "rule": rule}
                for joiner in self.joiners
                for group, rule in {folded(name): (name, rule) for name, rule in reversed(joiner.groups)}.values()
            ],
            "managers": self.managers,
            "access": self.access,
        }

    @property
    def access(self) -> list[dict[str, str]]:
        """Whether Access has seen them; empty if it was not asked."""
        everybody, alone = self._step("everybody"), self._step("access_user")
        if "users" not in everybody and "results" not in alone:
            return []
        listed = None if "users" not in everybody or everybody.get("truncated") else {str(user.get("email") or "").lower() for user in everybody["users"]}
        by_number = {result.get(TARGET, {}).get("number"): result for result in alone.get("results") or ()}
        found = []
        for joiner in self.joiners:
            if joiner.joins:
                state, said = _seen(joiner.email, listed, by_number.get(joiner.number, {}))
                found.append({"key": joiner.key, "email": joiner.email, "state": state, "said": said})
        return found

    # -- what is proven ----------------------------------------------------------------------------------------------------

    def verdicts(self, joiner: Joiner) -> dict[str, dict[str, str]]:
        """By plane, ``{"verdict", "why"}``."""
        if not joiner.joins:
            return {plane: _judged(NOT_APPLICABLE, joiner.state) for plane in ("account", "groups")}
        account = self._account(joiner)
        if not joiner.groups:
            return {"account": account, "groups": _judged(NOT_APPLICABLE, "no memberships are due")}
        names = {folded(group) for group, dummy in joiner.groups}
        found = [self._of("Group", name, folded) for name in sorted(names)]
        worst = next((one for one in found if one["verdict"] == UNPROVEN), None) or next((one for one in found if one["verdict"] == PREDICTED), None)
        if account["verdict"] == UNPROVEN and not worst:
            worst = _judged(UNPROVEN, "the account is not proven, so neither is who is in a group")
        return {"account": account, "groups": worst or _judged(PROVEN, f"in {len(names)} by birthright")}

    def _account(self, joiner: Joiner) -> dict[str, str]:
        found = self._of("User", str(joiner.user.get("user_name") or joiner.user.get("external_id")), str)
        state = "active" if joiner.user.get("active", True) else "inactive"
        return _judged(PROVEN, state) if found["verdict"] == PROVEN else found

    def _of(self, kind: str, key: str, form: Any) -> dict[str, str]:
        """What the module says of one resource. What a list that was cut does not name is not taken for done."""
        done = self._step("directory")
        if "resources" not in done:
            return _judged(UNPROVEN, "nothing was written")
        named = self._named
        place = (kind, form(key))
        for name, why in (("failures", "it could not be done"), ("not_attempted", "it was not attempted")):
            if place in named[name]:
                return _judged(UNPROVEN, why)
        paths = named["unconverged"].get(place)
        if paths:
            return _judged(UNPROVEN, f"not kept: {', '.join(paths['paths'])}")
        if place in named["unverifiable"]:
            return _judged(UNPROVEN, f"the service does not show {', '.join(named['unverifiable'][place]['paths'])}")
        verb = (named["resources"].get(place) or {}).get("verb", "")
        if done.get("truncated") and not verb and (done.get("failed") or named["unverifiable"]):
            return _judged(UNPROVEN, "the result of the task was cut, and does not tell")
        if self.predicting and not verb and done.get("truncated"):
            counts = (done.get("counts_by_kind") or {}).get(kind) or {}
            if any(number for counted, number in counts.items() if counted != "unchanged") or not counts:
                return _judged(PREDICTED, "would change, or is as wished already: the result of the task was cut, and does not tell")
        elif self.predicting and verb != "unchanged":
            return _judged(PREDICTED, f"would {verb or 'change'}")
        return _judged(PROVEN, "read back")

    @cached_property
    def _named(self) -> dict[str, dict[tuple[str, str], Facts]]:
        """The lists of the module's result by kind and key; groups in whatever letter case."""
        done = self._step("directory")
        lists = ("failures", "not_attempted", "unconverged", "unverifiable", "resources")
        return {
            name: {(str(entry["kind"]), (folded if entry["kind"] == "Group" else str)(str(entry["key"]))): entry for entry in done.get(name) or ()}
            for name in lists
        }

    # -- what goes on record -----------------------------------------------------------------------------------------------

    @property
    def planned(self) -> list[dict[str, Any]]:
        """Before the first write: of those for whom something is written."""
        digest = str(self.plan.get("digest") or "")
        return [
            record("joiner", PLANNED, joiner.subject, asked=_asked(joiner), plan=digest, operations=self._operations[joiner.subject])
            for joiner in self.joiners
            if joiner.joins and joiner.subject in self._operations
        ]

    @property
    def ended(self) -> list[dict[str, Any]]:
        """After the module read everything back. Of a run that was refused, those for whom something was to be written."""
        refused = "resources" not in self._step("directory")
        found = []
        for joiner in self.joiners:
            protected = bool(joiner.refusal(Patterns(self.protected)))
            if not joiner.joins or (refused and not protected and joiner.subject not in self._operations):
                continue
            verdicts = {} if refused else self.verdicts(joiner)
            stage = REFUSED if refused else FAILED if any(one["verdict"] == UNPROVEN for one in verdicts.values()) else DONE
            operations = [] if refused else self._operations.get(joiner.subject, [])
            digest = str(self.plan.get("digest") or "") if operations else ""
            note = "protected" if protected else ""
            found.append(record("joiner", stage, joiner.subject, asked=_asked(joiner), plan=digest, operations=operations, verdicts=verdicts, note=note))
        return found

    @cached_property
    def _operations(self) -> dict[str, list[dict[str, Any]]]:
        return operations_of(self.plan, Subjects([{"user": joiner.user} for joiner in self.joiners]))

    def _step(self, name: str) -> Mapping[str, Any]:
        found = self.steps.get(name)
        return found if isinstance(found, Mapping) else {}


def _judged(verdict: str, why: str) -> dict[str, str]:
    return {"verdict": verdict, "why": why}


def _asked(joiner: Joiner) -> dict[str, Any]:
    return {"phase": joiner.phase, "account": joiner.state, "groups": dict(reversed(joiner.groups))}


def _seen(email: str, listed: set[str] | None, alone: Facts) -> tuple[str, str]:
    if not email:
        return PENDING, "no e-mail address is known, and Access knows people by nothing else"
    if listed is not None:
        return (SEEN, "they have signed in or enrolled") if email.lower() in listed else (PENDING, _FIRST_SEEN)
    if alone.get("failed") or "users" not in alone:
        return UNKNOWN, f"it could not be read: {alone.get('msg') or 'nobody has asked'}"
    return (SEEN, "they have signed in or enrolled") if alone["users"] else (PENDING, _FIRST_SEEN)
