# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies of one application in Cloudflare's order: who is let in, who is not, and what that depends on.

Bypass and Service Auth come first, from top to bottom, then Allow and Block by precedence; the first that matches ends it, and
who matches none is denied. https://developers.cloudflare.com/cloudflare-one/access-controls/policies/
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .evaluate import Criteria, Evaluator, Unknown, Verdict
from .facts import Missing, NameOf
from .rules import Rule, references, with_ids

ALLOWED, DENIED, UNDECIDABLE = "allowed", "denied", "undecidable"
RANK = {DENIED: 0, UNDECIDABLE: 1, ALLOWED: 2}  # from who stays out to who comes in

_OUTCOMES = {"allow": ALLOWED, "bypass": ALLOWED, "non_identity": ALLOWED, "deny": DENIED}
_FIRST = ("bypass", "non_identity")
ORDER = Missing("the order of the policies, which their precedence does not tell")
_MOST_OPEN_RULES = 6  # of which every combination is tried: 64 walks

# What somebody who is let in has to do or to bear, by the field that says so.
_CONDITIONS = {
    "approval_required": "approval",
    "purpose_justification_required": "purpose_justification",
    "isolation_required": "isolation",
}


@dataclass(frozen=True)
class Policy:
    """A policy as it counts for decisions. precedence: within the application, ``None`` if it was not shown."""

    id: str
    name: str
    decision: str
    criteria: Criteria
    precedence: int | None = None
    conditions: tuple[str, ...] = ()
    reusable: bool = False

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Policy:
        """A policy as an application shows it."""
        number = body.get("precedence")
        return cls(
            str(body.get("id") or ""),
            str(body.get("name") or ""),
            str(body.get("decision") or ""),
            Criteria.from_wire(body),
            number if isinstance(number, int) and not isinstance(number, bool) else None,
            conditions_of(body),
            bool(body.get("reusable")),
        )

    @property
    def outcome(self) -> str:
        """What becomes of somebody who matches; not decidable where the decision is a word that is not known here."""
        return _OUTCOMES.get(self.decision, UNDECIDABLE)

    @property
    def said(self) -> str:
        """The policy in words."""
        return f"policy {self.name!r}" + (f" (precedence {self.precedence})" if self.precedence is not None else "")


def conditions_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The conditions of a policy, in words: approval, purpose_justification, isolation, mfa."""
    found = [word for name, word in _CONDITIONS.items() if body.get(name)]
    second_factor = body.get("mfa_config")
    if isinstance(second_factor, Mapping) and second_factor and not second_factor.get("mfa_disabled"):
        found.append("mfa")
    return tuple(found)


@dataclass(frozen=True)
class Decision:
    """What becomes of one person at one application.

    outcome: ``ALLOWED``, ``DENIED`` or ``UNDECIDABLE``. policy: the one that decides; ``None`` if none matches, or if it is
    not known which one. verdict: why it matches. possible: the policies that may decide, if it is not known which.
    missing: the facts that the outcome depends on. open: those on which it depends which policy decides. as_last_seen: the
    decision by what was seen at the last login, where it is another one, or the outcome rests on that; ``None`` otherwise.
    """

    outcome: str
    policy: Policy | None = None
    verdict: Verdict = Verdict(False)
    possible: tuple[Policy, ...] = ()
    missing: tuple[Missing, ...] = ()
    open: tuple[Missing, ...] = ()
    policies: int = 0
    as_last_seen: Decision | None = None

    @property
    def expected(self) -> str:
        """The outcome if the person comes as they were last seen, or what is certain."""
        return self.as_last_seen.outcome if self.as_last_seen else self.outcome

    @property
    def conditions(self) -> tuple[str, ...]:
        """What is asked of somebody who is let in, whichever policy does it."""
        if self.outcome != ALLOWED:
            return ()
        lists = [policy.conditions for policy in ([self.policy] if self.policy else self.possible)]
        return tuple(word for word in (lists[0] if lists else ()) if all(word in each for each in lists))

    def shown(self, name_of: NameOf) -> dict[str, Any]:
        """The decision as results have it. name_of: gives the name of what a rule names by id, or ""."""
        rule = self.verdict.rule if self.policy else None
        return {
            "decision": self.outcome,
            "as_last_seen": self.as_last_seen.outcome if self.as_last_seen else "",
            "policy": self.policy.name if self.policy else "",
            "policy_id": self.policy.id if self.policy else "",
            "rule": rule.friendly() if rule else {},
            "via": list(self.verdict.via) if self.policy else [],
            "depends_on": [missing.said(name_of) for missing in self.missing],
            "conditions": list(self.conditions),
            "said": self.said(name_of),
        }

    def said(self, name_of: NameOf) -> str:
        """The decision and its reason in one sentence."""
        said = self._said(name_of)
        if self.as_last_seen is None:
            return said
        seen = self.as_last_seen.said(name_of)
        return f"{said}; as they were last seen" + ("" if seen == said else f", {seen}")

    def _said(self, name_of: NameOf) -> str:
        if self.outcome == UNDECIDABLE:
            return f"undecidable: it depends on {', '.join(missing.said(name_of) for missing in self.missing)}"
        needs = f"; they need {', '.join(word.replace('_', ' ') for word in self.conditions)}" if self.conditions else ""
        if self.policy:
            return f"{self.outcome} by {self.policy.said}: {_reason(self.verdict, name_of)}{needs}"
        if self.possible:
            either = " or ".join(policy.said for policy in self.possible) + ("" if self.outcome == ALLOWED else ", or because none matches")
            return f"{self.outcome} in any case: by {either}{needs}"
        return self._said_of_none(name_of)

    def _said_of_none(self, name_of: NameOf) -> str:
        if not self.policies:
            return "denied: the application has no policy"
        said = "denied: the policy does not match" if self.policies == 1 else f"denied: none of {self.policies} policies matches"
        if not self.verdict.blocked or self.verdict.rule is None:
            return said
        verb = "is excluded by" if self.verdict.blocked == "exclude" else "lacks what is required:"
        return f"{said}; who would be included {verb} {_reason(self.verdict, name_of)}"


def in_order(policies: Iterable[Policy]) -> list[Policy]:
    """The policies as Access goes through them. Where none has a number, their order is that of the list."""
    return _sorted(policies, "")


def decide(policies: Iterable[Policy], evaluator: Evaluator) -> Decision:
    """What becomes of the person of the evaluator. policies: all those of one application, in any order."""
    listed = list(policies)
    numbers = {policy.precedence for policy in listed}
    if len(numbers) == len(listed) and None not in numbers or numbers <= {None}:
        return _decided(in_order(listed), evaluator)
    # Numbers are missing or the same, so several orders may be meant; none lets in more, or fewer, than these two.
    most, least = (_decided(_sorted(listed, favoured), evaluator) for favoured in (ALLOWED, DENIED))
    possible = tuple(dict.fromkeys((*_deciding(most), *_deciding(least))))
    if most.outcome == least.outcome != UNDECIDABLE:
        return most if most.policy == least.policy and most.policy else replace(most, policy=None, possible=possible)
    order = (ORDER,) if most.outcome != least.outcome else ()
    missing, unsure = (tuple(dict.fromkeys((*order, *getattr(most, name), *getattr(least, name)))) for name in ("missing", "open"))
    return Decision(UNDECIDABLE, possible=possible, missing=missing, open=unsure, policies=len(listed))


def _sorted(policies: Iterable[Policy], favoured: str) -> list[Policy]:
    """The policies in their order. favoured: the outcome of those that come first where the numbers do not say it."""

    def place(policy: Policy) -> tuple[int, float, bool]:
        # A decision that is not known here may be one that comes first, as bypass does.
        kind = 0 if policy.outcome == UNDECIDABLE else 1 if policy.decision in _FIRST else 2
        unnumbered = -math.inf if policy.outcome == favoured else math.inf
        return kind, unnumbered if policy.precedence is None else policy.precedence, policy.outcome != favoured if favoured else False

    return sorted(policies, key=place)


def _deciding(decision: Decision) -> tuple[Policy, ...]:
    return (decision.policy,) if decision.policy else decision.possible


def _decided(ordered: list[Policy], evaluator: Evaluator) -> Decision:
    reached = _reached(ordered, evaluator)
    unknown = tuple(dict.fromkeys(one for dummy, verdict in reached for one in verdict.unknown))
    outcomes = {policy.outcome if policy else DENIED for policy, dummy in reached}
    missing = _facts(unknown)
    if len(reached) == 1:
        policy, verdict = reached[0]
        if policy is None:
            return Decision(DENIED, verdict=_closest(ordered, evaluator), policies=len(ordered))
        missing = _strange_words([policy])
        return Decision(policy.outcome, None if missing else policy, verdict, missing=missing, open=missing, policies=len(ordered))
    possible = tuple(policy for policy, dummy in reached if policy)
    strange = _strange_words(possible)
    if len(outcomes) == 1 and not strange:
        return Decision(outcomes.pop(), possible=possible, open=missing, policies=len(ordered))
    matters, outcomes = _what_matters(ordered, evaluator, unknown)
    if len(outcomes) == 1 and not strange:
        return Decision(outcomes.pop(), possible=possible, open=missing, policies=len(ordered))
    return Decision(UNDECIDABLE, possible=possible, missing=_facts(matters) + strange, open=missing + strange, policies=len(ordered))


def cautious(without: Decision, seen: Decision) -> Decision:
    """What may be said of somebody of whom it is known how they came the last time.

    without: the decision without that knowledge. seen: with it. Who was let in may come the same way again. Who would not be
    may come from elsewhere, by another identity provider, or be in other groups by now; so nothing is denied by that alone.
    Access reads groups from each login, and what SCIM wrote is in the last seen identity, but not in the login.
    https://developers.cloudflare.com/cloudflare-one/team-and-resources/users/scim/
    """
    if without.outcome == seen.outcome != UNDECIDABLE:
        return seen
    return replace(seen if RANK[seen.outcome] > RANK[without.outcome] else without, as_last_seen=seen)


def _reached(ordered: Iterable[Policy], evaluator: Evaluator) -> list[tuple[Policy | None, Verdict]]:
    """The policies that may decide, and ``None`` at the end if none of them may."""
    reached: list[tuple[Policy | None, Verdict]] = []
    for policy in ordered:
        verdict = evaluator.met(policy.criteria)
        if verdict.value is not False:
            reached.append((policy, verdict))
        if verdict.value:
            return reached
    return [*reached, (None, Verdict(True))]


def _what_matters(ordered: list[Policy], evaluator: Evaluator, unknown: tuple[Unknown, ...]) -> tuple[tuple[Unknown, ...], set[str]]:
    """The rules whose answer changes the outcome, and the outcomes that there can be.

    Each combination of answers is tried. Where that would be too many, everything that is not known counts.
    """
    if len(unknown) > _MOST_OPEN_RULES:
        return unknown, {ALLOWED, DENIED}
    rules = [one.rule for one in unknown]
    worlds: dict[tuple[bool, ...], str] = {}
    for answers in itertools.product((False, True), repeat=len(rules)):
        assumed = evaluator.assuming(dict(zip(rules, answers)))
        policy = _reached(ordered, assumed)[0][0]
        worlds[answers] = policy.outcome if policy else DENIED
    matters = []
    for place, one in enumerate(unknown):
        flipped = ((answers, (*answers[:place], not answers[place], *answers[place + 1 :])) for answers in worlds)
        if any(worlds[left] != worlds[right] for left, right in flipped):
            matters.append(one)
    return tuple(matters), set(worlds.values())


def _facts(unknown: Iterable[Unknown]) -> tuple[Missing, ...]:
    return tuple(dict.fromkeys(missing for one in unknown for missing in one.missing))


def _strange_words(policies: Iterable[Policy]) -> tuple[Missing, ...]:
    strange = [policy for policy in policies if policy.outcome == UNDECIDABLE]
    return tuple(Missing("decision {0} of policy {1}, which is not known here", (("", policy.decision), ("", policy.name))) for policy in strange)


def _closest(ordered: Iterable[Policy], evaluator: Evaluator) -> Verdict:
    """Why the first policy that would let the person in does not, if there is one."""
    verdicts = (evaluator.met(policy.criteria) for policy in ordered if policy.outcome == ALLOWED)
    return next((verdict for verdict in verdicts if verdict.blocked), Verdict(False))


def _reason(verdict: Verdict, name_of: NameOf) -> str:
    through = " within ".join(f"group {name!r}" for name in reversed(verdict.via))
    said = rule_said(verdict.rule, name_of) if verdict.rule else "no rule"
    return f"{said} through {through}" if through else said


def rule_said(rule: Rule, name_of: NameOf) -> str:
    """A rule in words, with the names that are known in place of ids."""
    names = {reference.field: name_of(reference.thing, reference.text) for reference in references(rule)}
    return with_ids(rule, {field: name for field, name in names.items() if name}).said
