# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who gets in where: policies, groups and people as an account shows them, and what becomes of the people.

Reads applications always, groups only if a rule names one, and of people only what could change the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...client.access_names import AccessNames
from ...client.access_people import USERS, person_path, users_of
from ...client.cloudflare import CloudflareAccount
from ...core.access.decide import ALLOWED, RANK, UNDECIDABLE, Decision, cautious, decide
from ...core.access.evaluate import Evaluator, Nesting
from ...core.access.facts import Facts, Missing, given
from ...core.access.people import checked_email
from ...core.access.suppose import Application
from ...core.errors import InvalidInput, ServerError
from ..shown import MOST_CHARACTERS, size, within
from .admission import Question, applications_asked, nesting_of, rules_of, supposition

Params = Mapping[str, Any]
Result = dict[str, Any]
User = Mapping[str, Any]

_MAY_NOT = (401, 403)
_LEAST_CHARACTERS = 70  # that one decision of one of many takes
# What the facts that an answer depends on may name by id.
_NAMED_IN_FACTS = ("identity_provider", "list", "posture")


@dataclass(frozen=True)
class _World:
    """The applications and groups, as they are or as they are supposed to be."""

    applications: tuple[Application, ...]
    nesting: Nesting

    def decisions(self, facts: Facts) -> list[Decision]:
        """What becomes of a person at each application."""
        evaluator = Evaluator(self.nesting, facts)
        return [decide(application.policies, evaluator) for application in self.applications]


@dataclass(frozen=True)
class _Person:
    """What becomes of one person. supposed: the same in the other world, if there is one."""

    facts: Facts
    decisions: list[Decision]
    supposed: list[Decision]
    last_login: str = ""

    def moved(self, applications: Iterable[Application], direction: int) -> list[str]:
        """The applications at which the person, coming as last seen, is worse (-1) or better (1) off in the other world."""
        ways = zip(applications, self.decisions, self.supposed)
        return [place.called for place, now, then in ways if (RANK[then.expected] - RANK[now.expected]) * direction > 0]


def decisions(account: CloudflareAccount, params: Params) -> Result:
    """The answer to one task."""
    if bool(params["email"]) == bool(params["everybody"]):
        raise InvalidInput("email: give the address of a person, or everybody: true" if not params["email"] else "email: not with everybody")
    if params["email"]:
        checked_email("email", params["email"])
    if params["max_results"] < 1:
        raise InvalidInput(f"max_results: {params['max_results']} is out of range; give a number above 0")
    return _Inquiry(account, params).result()


class _Inquiry:
    """Reads what is needed, once."""

    def __init__(self, account: CloudflareAccount, params: Params) -> None:
        self._account = account
        self._params = params
        self._names = names = AccessNames(account)
        question = Question(account, names)
        everything = question.applications()
        asked = applications_asked(question, everything, params["applications"])
        suppose = params["suppose"]
        then = supposition(question, asked, everything, suppose) if suppose else None
        rules = rules_of(asked) + rules_of(then.applications if then else ())
        groups = question.groups(rules)
        self._now = _World(asked, nesting_of(asked, groups))
        self._then: _World | None = None
        if then:
            changed = then.without(asked=then.applications, groups=groups)
            self._then = _World(changed[0], nesting_of(*changed))
        self._facts = given((params["email"] or "").strip(), question.facts(params["facts"] or {}))
        self._warnings: list[str] = []
        self._looks = bool(params["last_seen"])
        if not asked:
            self._warnings.append("Access shows this token no application: nothing is decided, which is no proof that nobody gets in")

    def result(self) -> Result:
        """What the module returns."""
        result = self._of_one() if self._params["email"] else self._of_everybody()
        return {"changed": False, **result, "warnings": self._warnings}

    # -- one person ------------------------------------------------------------------------------------------------------

    def _of_one(self) -> Result:
        person = self._judged(self._facts)
        if self._looks and any(decision.open for decision in person.decisions + person.supposed):
            person = self._seen(person)
        self._read_names(person.decisions + person.supposed)
        result: Result = {
            "summary": _summary(person.decisions),
            "allowed": any(decision.outcome == ALLOWED for decision in person.decisions),
            "facts_from": dict(sorted(person.facts.sources.items())),
            "last_login": person.last_login,
        }
        left = MOST_CHARACTERS
        lists = {"decisions": person.decisions, **({"supposed": person.supposed} if self._then else {})}
        result["truncated"] = False
        for name, each in lists.items():
            entries = [{**_place(place), **decision.shown(self._name_of)} for place, decision in zip(self._now.applications, each)]
            result[name] = within(entries, left)
            left -= size(result[name])
            result["truncated"] |= len(result[name]) < len(entries)
        if self._then:
            pairs = zip(person.decisions, person.supposed)
            result["differs"] = any((now.outcome, now.expected) != (then.outcome, then.expected) for now, then in pairs)
        if result["truncated"]:
            self._warnings.append("not all decisions are returned: the result would be too long for AWX; choose applications")
        return result

    def _judged(self, facts: Facts, last_login: str = "") -> _Person:
        then = self._then.decisions(facts) if self._then else []
        return _Person(facts, self._now.decisions(facts), then, last_login)

    def _seen(self, person: _Person, user: User | None = None) -> _Person:
        """The person judged again with what Access saw at the last login, if it shows that. user: the record, if it was read."""
        try:
            user = user or next(iter(users_of(self._account, person.facts.email)), None)
            identity = self._account.get(person_path(user, "last_seen_identity")) if user else None
        except ServerError as error:
            if error.status not in _MAY_NOT:
                raise
            self._looks = False  # nor may it for others
            self._warnings.append(f"what Access saw at the last login is not known, because it cannot be read: {error}")
            return person
        if user is None or not isinstance(identity, Mapping) or not identity:
            return person
        seen = self._judged(person.facts.filled(identity), str(user.get("last_successful_login") or ""))
        decisions = [cautious(*both) for both in zip(person.decisions, seen.decisions)]
        return replace(seen, decisions=decisions, supposed=[cautious(*both) for both in zip(person.supposed, seen.supposed)])

    def _name_of(self, thing: str, wanted: str) -> str:
        return self._names.name_of(thing, wanted)

    def _read_names(self, judged: Iterable[Decision]) -> None:
        """Read the names of what the missing facts name by id. A token that may not is no reason to fail."""
        missing: set[Missing] = {one for decision in judged for one in decision.missing}
        things = {thing for one in missing for thing, text in one.names if text and not self._name_of(thing, text)}
        for thing in sorted(things.intersection(_NAMED_IN_FACTS)):
            try:
                self._names.everything(thing)
            except ServerError as error:
                self._warnings.append(f"{thing.replace('_', ' ')}s are named by id, because their names cannot be read: {error}")

    # -- everybody -------------------------------------------------------------------------------------------------------

    def _of_everybody(self) -> Result:
        users = sorted(self._account.listed(USERS), key=lambda user: str(user.get("email") or "").lower())
        counts: Counter[str] = Counter()
        # Only so many are kept as can be returned: everybody at every application may be millions of decisions.
        most = min(self._params["max_results"], MOST_CHARACTERS // (_LEAST_CHARACTERS * max(1, len(self._now.applications))) + 1)
        kept: dict[bool, list[_Person]] = {True: [], False: []}
        for user in users:
            if not user.get("email"):
                continue
            person = self._judged(replace(self._facts, email=str(user["email"])))
            if self._looks and any(each.outcome == UNDECIDABLE for each in person.decisions + person.supposed):
                person = self._seen(person, user)
            worse, better = (bool(person.moved(self._now.applications, way)) for way in (-1, 1))
            counts.update(each.outcome for each in person.decisions)
            counts.update({"people": 1, "shut_out": worse, "let_in": better, "moved": worse or better})
            if len(kept[worse or better]) < most:
                kept[worse or better].append(person)
        return self._told(counts, (kept[True] + kept[False])[:most])

    def _told(self, counts: Mapping[str, int], people: list[_Person]) -> Result:
        """The result about everybody. people: those who can be returned."""
        self._read_names(decision for person in people for decision in person.decisions + person.supposed)
        result: Result = {
            "summary": {outcome: counts[outcome] for outcome in RANK},
            "allowed": counts[ALLOWED] > 0,
            "people_count": counts["people"],
        }
        if self._then:
            result.update(differs=counts["moved"] > 0, shut_out_count=counts["shut_out"], let_in_count=counts["let_in"])
        result["people"] = within((self._shown(person) for person in people), MOST_CHARACTERS)
        result["truncated"] = len(result["people"]) < counts["people"]
        if result["truncated"]:
            first = ", those first for whom it makes a difference" if self._then else ""
            self._warnings.append(f"{len(result['people']):,} of {counts['people']:,} people are returned{first}; the counts are of all")
        return result

    def _shown(self, person: _Person) -> Result:
        """One of many, in short."""
        shown: Result = {"email": person.facts.email, "decisions": self._short(person.decisions)}
        if self._then:
            shown["supposed"] = self._short(person.supposed)
            shown["shut_out"] = person.moved(self._now.applications, -1)
            shown["let_in"] = person.moved(self._now.applications, 1)
        return shown

    def _short(self, judged: Iterable[Decision]) -> list[Result]:
        short = []
        for place, decision in zip(self._now.applications, judged):
            shown = decision.shown(self._name_of)
            short.append({"application": place.called, **{name: shown[name] for name in ("decision", "as_last_seen", "policy", "depends_on")}})
        return short


def _place(application: Application) -> Result:
    return {"application": application.called, "application_id": application.id, "domain": application.domain}


def _summary(judged: Iterable[Decision]) -> dict[str, int]:
    counts = Counter(decision.outcome for decision in judged)
    return {outcome: counts[outcome] for outcome in RANK}
