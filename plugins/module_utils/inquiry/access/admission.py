# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a question about decisions is about: applications with their policies, groups, given facts, and what is supposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...client.access_lookup import by_id, policies_of
from ...client.access_names import AccessNames
from ...client.cloudflare import CloudflareAccount
from ...core.access.decide import Policy
from ...core.access.evaluate import Criteria, Group, Nesting, groups_named
from ...core.access.friendly import rules_from_options, rules_of_entry
from ...core.access.kinds import APPLICATION, GROUP, IDENTITY_PROVIDER, LIST, POSTURE, SERVICE_TOKEN
from ...core.access.objects import RULE_LISTS
from ...core.access.rules import Rule
from ...core.access.suppose import Application, Proposal, with_policy, without_selector
from ...core.errors import InvalidInput, SeveralMatches

Params = Mapping[str, Any]
Body = Mapping[str, Any]

# They only link to something; Access lets nobody in there.
_LINKS = ("bookmark",)
_SAID_OF_A_POLICY = ("decision", "approval_required", "isolation_required", "purpose_justification_required", "mfa_config", "precedence")


@dataclass(frozen=True)
class Supposition:
    """What is supposed: the applications with proposed policies, and selectors that are to be removed from everything."""

    applications: tuple[Application, ...]
    selectors: tuple[Rule, ...]
    lists: tuple[str, ...]

    def without(self, asked: Iterable[Application], groups: Iterable[Group]) -> tuple[tuple[Application, ...], tuple[Group, ...]]:
        """Applications and groups without the selectors."""
        applications, left = list(asked), list(groups)
        for selector in self.selectors:
            applications, left = without_selector(applications, left, selector, self.lists)
        return tuple(applications), tuple(left)


class Question:
    """Reads what rules and options name."""

    def __init__(self, account: CloudflareAccount, names: AccessNames) -> None:
        self._account = account
        self.names = names

    def applications(self) -> list[Application]:
        """All applications that Access guards."""
        return [self._application(raw) for raw in self.names.everything(APPLICATION) if raw.get("type") not in _LINKS]

    def application(self, text: str, option: str, known: Iterable[Application]) -> Application:
        """The application that an option names, by id, name or domain. Raises InvalidInput, SeveralMatches."""
        found = next((each for each in known if each.id == text), None)
        if found is None:
            wanted = self.names.id_of(APPLICATION, text, option)
            found = next((each for each in known if each.id == wanted), None)
        if found is None:  # a token with few rights sees short lists
            raw = by_id(self._account, APPLICATION, wanted)
            if raw is None:
                raise InvalidInput(f"{option}: there is no application {text!r} that this token can see")
            found = self._application(raw)
        return found

    def groups(self, rules: Iterable[Rule]) -> tuple[Group, ...]:
        """All Access groups, if one of the rules names one."""
        if not groups_named(rules):
            return ()
        return tuple(Group(str(raw.get("id")), str(raw.get("name") or ""), Criteria.from_wire(raw)) for raw in self.names.everything(GROUP))

    def facts(self, options: Params) -> dict[str, Any]:
        """The facts that a task gives, with ids in the place of names."""
        facts = dict(options)
        for name, thing in (("identity_provider", IDENTITY_PROVIDER), ("service_token", SERVICE_TOKEN), ("linked_app_token", APPLICATION)):
            if facts.get(name):
                facts[name] = self.names.id_of(thing, facts[name], f"facts.{name}")
        for name, thing in (("lists", LIST), ("device_posture", POSTURE)):
            if facts.get(name):
                facts[name] = {self.names.id_of(thing, str(key), f"facts.{name}"): value for key, value in facts[name].items()}
        return facts

    def reusable(self, proposal: Proposal) -> Policy | None:
        """The reusable policy that a proposal means, if there is one. Raises InvalidInput."""
        found = [policy for policy in map(Policy.from_wire, self.names.everything("policy")) if proposal.means(policy)]
        if len(found) > 1:
            raise InvalidInput(f"{proposal.option}: there are {len(found)} reusable policies {proposal.name!r}; name one by its id")
        return replace(found[0], reusable=True) if found else None

    def _application(self, raw: Body) -> Application:
        entries = raw.get("policies")
        if entries is None:
            entries = policies_of(self._account, str(raw.get("id")))
        return Application(
            str(raw.get("id") or ""),
            str(raw.get("name") or ""),
            str(raw.get("domain") or ""),
            tuple(self._policy(entry) for entry in entries),
        )

    def _policy(self, entry: Any) -> Policy:
        """A policy of an application, which may be shown as nothing but its id, or without its rules."""
        body: Body = entry if isinstance(entry, Mapping) else {"id": entry}
        if body.get("decision") and body.get("include") is not None:
            return Policy.from_wire(body)
        found = next((raw for raw in self.names.everything("policy") if raw.get("id") == body.get("id")), None)
        if found is None and body.get("decision"):
            return Policy.from_wire(body)
        if found is None:
            unseen = Rule.of(f"of a policy that is not shown ({body.get('id')})", {})
            return Policy.from_wire({**body, "name": body.get("id"), "decision": "not shown", "include": [unseen.wire()]})
        return Policy.from_wire({**found, "precedence": body.get("precedence"), "reusable": True})


def applications_asked(question: Question, known: Sequence[Application], wanted: Sequence[str] | None) -> tuple[Application, ...]:
    """The applications that a task asks about, all by default. Raises InvalidInput, SeveralMatches."""
    if wanted is None:
        return tuple(known)
    if not wanted:
        raise InvalidInput("applications: empty; leave it out to ask about all")
    found = [question.application(text, "applications", known) for text in wanted]
    return tuple({application.id: application for application in found}.values())


def rules_of(applications: Iterable[Application]) -> tuple[Rule, ...]:
    """All rules of all policies."""
    return tuple(rule for application in applications for policy in application.policies for rule in policy.criteria.rules)


def nesting_of(applications: Iterable[Application], groups: Iterable[Group]) -> Nesting:
    """The groups that the policies name, and those within them."""
    return Nesting(groups, rules_of(applications))


def supposition(question: Question, asked: tuple[Application, ...], known: Sequence[Application], suppose: Params) -> Supposition:
    """What a task supposes. asked: the applications that it asks about. known: all. Raises InvalidInput, SeveralMatches."""
    after = list(asked)
    for index, options in enumerate(suppose.get("policies") or ()):
        proposal = _proposal(question, f"suppose.policies[{index}]", options, known)
        elsewhere = [policy for application in known for policy in application.policies if proposal.means(policy) and policy.reusable]
        _refuse_several(proposal, elsewhere, after)
        here = any(proposal.means(policy) for application in after for policy in application.policies)
        as_it_is = elsewhere[0] if elsewhere else None
        if not here and as_it_is is None and not proposal.absent and not (proposal.fields["decision"] and proposal.fields["include"]):
            as_it_is = question.reusable(proposal)
        after = with_policy(after, proposal, as_it_is)
    selectors: tuple[Rule, ...] = ()
    if suppose.get("without"):
        selectors = question.names.resolved("suppose.without", tuple(rules_of_entry("suppose.without", suppose["without"])))
    return Supposition(tuple(after), selectors, tuple(suppose.get("rules") or ("include",)))


def _refuse_several(proposal: Proposal, reusable: Sequence[Policy], applications: Iterable[Application]) -> None:
    """Refuse a name that would not be clear to access_policy either. reusable: those that it means."""
    ids = sorted({policy.id for policy in reusable})
    if len(ids) > 1:
        raise SeveralMatches(f"{proposal.option} {proposal.name!r}", ids)
    for application in applications if ids else ():
        if any(proposal.means(policy) and not policy.reusable for policy in application.policies):
            raise InvalidInput(
                f"{proposal.option}: {proposal.name!r} is a reusable policy and one of application {application.called!r}, too; name one by its id"
            )


def _proposal(question: Question, option: str, options: Params, known: Sequence[Application]) -> Proposal:
    """One proposed policy of a task."""
    if not (options.get("id") or options.get("name")):
        raise InvalidInput(f"{option}: a policy needs a name, or the id of one that is there")
    fields = {name: options.get(name) for name in _SAID_OF_A_POLICY}
    for name in RULE_LISTS:
        given = options.get(name)
        place = f"{option}.{name}"
        fields[name] = None if given is None else question.names.resolved(place, rules_from_options(place, given))
    wanted = options.get("applications")
    return Proposal(
        option,
        id=options.get("id") or "",
        name=options.get("name") or "",
        fields=fields,
        applications=None
        if wanted is None
        else frozenset(question.application(text, f"{option}.applications", known).id for text in wanted),
        position=options.get("position") or "",
        absent=options.get("state") == "absent",
    )
