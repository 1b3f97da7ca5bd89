# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would be if: applications with proposed policies, or with one selector removed everywhere. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import InvalidInput
from .decide import Policy, conditions_of
from .evaluate import Criteria, Group
from .objects import RULE_LISTS
from .rules import Rule

FIRST, LAST = "first", "last"


@dataclass(frozen=True)
class Application:
    """An application as it counts for decisions."""

    id: str
    name: str
    domain: str
    policies: tuple[Policy, ...] = ()

    @property
    def called(self) -> str:
        """What people call it."""
        return self.name or self.domain or self.id


@dataclass(frozen=True)
class Proposal:
    """A policy as it shall be.

    option: where it was proposed, for errors. id, name: which policy is meant; one that is there is changed. fields: what is
    said about it, by the names that Cloudflare gives; lists of rules as tuples of Rule. applications: the ids of those that
    shall have it, ``None`` for those that have it, or for all if none has. absent: that they shall not have it.
    """

    option: str
    id: str = ""
    name: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    applications: frozenset[str] | None = None
    position: str = ""
    absent: bool = False

    def means(self, policy: Policy) -> bool:
        """Whether a policy is the one that is meant."""
        return policy.id == self.id if self.id else policy.name == self.name

    def of(self, policy: Policy | None) -> Policy:
        """The policy as proposed. policy: as it is, ``None`` if it is new. Raises InvalidInput."""
        given = {name: value for name, value in self.fields.items() if value is not None}
        if policy is None and not (given.get("decision") and given.get("include")):
            raise InvalidInput(f"{self.option}: {self.name or self.id!r} is not there yet, so it needs a decision and an include")
        now = policy or Policy(self.id, self.name, "", Criteria())
        rules = {name: given.get(name, getattr(now.criteria, name)) for name in RULE_LISTS}
        return replace(
            now,
            name=self.name or now.name,
            decision=given.get("decision", now.decision),
            criteria=Criteria(**rules),
            precedence=given.get("precedence", now.precedence),
            conditions=_conditions(now, given),
        )


def with_policy(applications: Iterable[Application], proposal: Proposal, known: Policy | None = None) -> list[Application]:
    """The applications with a proposed policy. known: the policy as it is, if no application has it. Raises InvalidInput."""
    before = list(applications)
    having = {application.id for application in before if any(proposal.means(policy) for policy in application.policies)}
    wanted = proposal.applications
    if wanted is None:
        wanted = frozenset(having or (application.id for application in before))
    sample = next((policy for application in before for policy in application.policies if proposal.means(policy)), known)
    after = []
    for application in before:
        if proposal.absent:
            after.append(_left_by(application, proposal) if application.id in wanted else application)
        elif application.id in having:
            # One of its own that has the same name is another policy; a reusable one is the same everywhere.
            same = application.id in wanted or any(policy.reusable for policy in application.policies if proposal.means(policy))
            after.append(_changed(application, proposal) if same else application)
        elif application.id in wanted:
            after.append(_joined(application, proposal, sample))
        else:
            after.append(application)
    return after


def without(criteria: Criteria, selector: Rule, lists: Iterable[str] = ("include",)) -> Criteria:
    """The rules without one of them. A list that loses its last one is empty, and an empty include is met by nobody."""
    return replace(criteria, **{name: tuple(rule for rule in getattr(criteria, name) if rule != selector) for name in lists})


def without_selector(
    applications: Iterable[Application], groups: Iterable[Group], selector: Rule, lists: Iterable[str] = ("include",)
) -> tuple[list[Application], list[Group]]:
    """Everything without one selector. lists: from which lists it is taken.

    Taken from exclude it may let somebody in; from require, too.
    """
    lists = tuple(lists)
    return (
        [
            replace(
                application,
                policies=tuple(replace(policy, criteria=without(policy.criteria, selector, lists)) for policy in application.policies),
            )
            for application in applications
        ],
        [replace(group, criteria=without(group.criteria, selector, lists)) for group in groups],
    )


def _left_by(application: Application, proposal: Proposal) -> Application:
    return replace(application, policies=tuple(policy for policy in application.policies if not proposal.means(policy)))


def _changed(application: Application, proposal: Proposal) -> Application:
    """The application with the policy in its place, or in the place that is proposed."""
    found = [policy for policy in application.policies if proposal.means(policy)]
    if len(found) > 1:
        raise InvalidInput(f"{proposal.option}: application {application.called!r} has {len(found)} policies {proposal.name!r}; name one by its id")
    policy = proposal.of(found[0])
    others = tuple(each for each in application.policies if each is not found[0])
    if proposal.position or policy.precedence != found[0].precedence:
        return replace(application, policies=_placed(others, policy, proposal.position))
    return replace(application, policies=tuple(policy if each is found[0] else each for each in application.policies))


def _joined(application: Application, proposal: Proposal, sample: Policy | None) -> Application:
    """The application with the policy added. Its number in another application says nothing here."""
    policy = proposal.of(replace(sample, precedence=None) if sample else None)
    position = proposal.position or ("" if policy.precedence is not None else LAST)
    return replace(application, policies=_placed(application.policies, policy, position))


def _placed(others: tuple[Policy, ...], policy: Policy, position: str) -> tuple[Policy, ...]:
    """The policies with one more. One that gets the number of another goes before it, and the others make room."""
    if all(each.precedence is None for each in others):
        others = tuple(replace(each, precedence=number) for number, each in enumerate(others, 1))
    numbers = [each.precedence for each in others if each.precedence is not None]
    if position == LAST:
        return (*others, replace(policy, precedence=max(numbers, default=0) + 1))
    number = max(min(numbers, default=2) - 1, 1) if position == FIRST else policy.precedence or 0  # numbers start at 1
    return (replace(policy, precedence=number), *(_behind(each, number) if number in numbers else each for each in others))


def _behind(policy: Policy, number: int) -> Policy:
    """The policy after one that has the number was put in."""
    place = policy.precedence
    return policy if place is None or place < number else replace(policy, precedence=place + 1)


def _conditions(now: Policy, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The conditions of a policy after the fields that are given."""
    words = {name: conditions_of({name: value or {}}) for name, value in given.items()}
    asked = {
        "approval": "approval_required",
        "purpose_justification": "purpose_justification_required",
        "isolation": "isolation_required",
        "mfa": "mfa_config",
    }
    return tuple(word for word, name in asked.items() if (word in words[name] if name in words else word in now.conditions))
