# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everybody outside a circle of provisioned people is denied: the policy, and whom it would shut out before it is written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .brakes import Limit
from .errors import InvalidInput

_MOST = 20  # how many people a message names
_REASONS = 5  # and how many reasons


def policy(name: str, provisioned: Sequence[Any], applications: Sequence[Any]) -> dict[str, Any]:
    """The options of the policy that denies everybody but those whom the rules ``provisioned`` match. Raises InvalidInput."""
    for option, value, what in (
        ("provisioned", provisioned, "no rule would leave nobody out, so everybody would be shut out"),
        ("applications", applications, "name the applications that the policy is for"),
    ):
        if isinstance(value, (str, Mapping)) or not isinstance(value, Sequence):
            raise InvalidInput(f"access_baseline_{option} has to be a list")
        if not value:
            raise InvalidInput(f"access_baseline_{option} is empty: {what}")
    if any(not isinstance(rule, Mapping) or not rule for rule in provisioned):
        raise InvalidInput("access_baseline_provisioned has to be a list of rules, such as {email_domain: example.com}")
    if any("everyone" in rule for rule in provisioned):
        raise InvalidInput("access_baseline_provisioned: everyone would leave nobody to be denied")
    if not name.strip():
        raise InvalidInput("access_baseline_policy is empty: the policy needs a name")
    return {"name": name, "decision": "deny", "include": [{"everyone": {}}], "exclude": list(provisioned)}


def preview(asked: Mapping[str, Any], number: int, percent: float, found: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Who would be shut out, and whether that is too many.

    asked: what M(access_decision_info) returned for everybody. number, percent: how many people may be shut out at most, and
    which share of those whom Access knows. found: what M(access_policy_info) returned for the name of the policy. Returns
    ``{"people_count", "count", "shut_out": [{"email", "applications"}], "in_doubt": [...], "refusal"}``. In doubt is who may be
    shut out and cannot be decided, now or with the policy; they count as well. The lists may be shorter than the count, where the
    answer was cut. The refusal is "" if there is none.
    """
    people = [person for person in asked.get("people") or () if person.get("shut_out")]
    seen = {
        "people_count": int(asked.get("people_count") or 0),
        "count": int(asked.get("shut_out_count") or 0),
        "shut_out": [_named(person, certain=True) for person in people if _worse_off(person, certain=True)],
        "in_doubt": [_named(person, certain=False) for person in people if _worse_off(person, certain=False)],
    }
    for returned in (found or {}, asked):
        if returned.get("failed"):
            return {**seen, "refusal": str(returned.get("msg") or "it could not be told who would be shut out")}
    supposed = [then for person in people for then in person.get("supposed") or () if then.get("decision") == "undecidable"]
    reasons = list(dict.fromkeys(str(reason) for then in supposed for reason in then.get("depends_on") or ()))
    refusal = _mistaken((found or {}).get("policies") or (), number, percent)
    return {**seen, "refusal": refusal or _refusal(seen, Limit(int(number), float(percent), few=0), reasons)}


def _mistaken(policies: Sequence[Mapping[str, Any]], number: float, percent: float) -> str:
    """Why it cannot be meant, whoever is shut out, or ""."""
    for option, value, most in (("", number, math.inf), ("_percent", percent, 100)):
        if not 0 <= value <= most:
            return f"access_baseline_max_shut_out{option} is {value}; give {'0 or more' if most > 100 else 'a number from 0 to 100'}"
    if len(policies) > 1:
        ids = ", ".join(str(policy.get("id")) for policy in policies)
        return f"{len(policies)} policies are called {policies[0].get('name')!r} ({ids}); give access_baseline_policy another name, or rename them"
    for policy_there in policies:
        if policy_there.get("decision") != "deny":
            which = f"{policy_there.get('name')!r} ({policy_there.get('id')})"
            return f"a policy {which} is there with the decision {policy_there.get('decision')}; give access_baseline_policy another name"
    return ""


def _named(person: Mapping[str, Any], *, certain: bool) -> dict[str, Any]:
    return {"email": str(person.get("email", "")), "applications": _worse_off(person, certain=certain)}


def _worse_off(person: Mapping[str, Any], *, certain: bool) -> list[str]:
    """The applications at which the person would be worse off: let in now and denied then, or not as certain as that."""
    sure = {
        str(now.get("application", ""))
        for now, then in zip(person.get("decisions") or (), person.get("supposed") or ())
        if (now.get("decision"), then.get("decision")) == ("allowed", "denied")
    }
    return [str(name) for name in person.get("shut_out") or () if (str(name) in sure) is certain]


def _refusal(seen: Mapping[str, Any], limit: Limit, reasons: Sequence[str]) -> str:
    allowed = limit.allowed(seen["people_count"])
    if seen["count"] <= allowed:
        return ""
    names = list(dict.fromkeys(str(person["email"]) for person in [*seen["shut_out"], *seen["in_doubt"]]))
    more = seen["count"] - len(names[:_MOST])
    listed = ", ".join(names[:_MOST]) + (f", and {more} more" if more > 0 else "")
    limits = {"": limit.number, "_percent": limit.by_percent(seen["people_count"])}
    options = " and ".join(f"access_baseline_max_shut_out{name}" for name, most in limits.items() if seen["count"] > most)
    doubtful = ""
    if seen["in_doubt"]:
        depending = f", which depends on {', '.join(reasons[:_REASONS])}," if reasons else ""
        doubtful = f" ({len(seen['in_doubt'])} of them cannot be decided{depending} and count{'s' if len(seen['in_doubt']) == 1 else ''} as well)"
    return (
        f"{seen['count']} of {seen['people_count']} people would be shut out{doubtful}, {allowed} may be: {listed}. Nothing was written. "
        f"Correct access_baseline_provisioned, or, if it is meant, allow it with {options}"
    )


def outcome(seen: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """``access_baseline_result``. written: what M(access_policy) returned, ``{}`` if the role did not get that far."""
    refusal = str(seen.get("refusal") or "")
    failed = bool(written.get("failed")) or not written
    msg = str(written.get("msg") or "the task failed") if written.get("failed") else refusal
    return {
        "changed": bool(written.get("changed")),
        "failed": failed,
        "msg": (msg or "nothing was written") if failed else "",
        "policy": dict(written.get("policy") or {}),
        "people_count": int(seen.get("people_count", 0)),
        "shut_out": list(seen.get("shut_out") or ()),
        "in_doubt": list(seen.get("in_doubt") or ()),
        "requests": list(written.get("requests") or ()),
    }


def table(result: Mapping[str, Any]) -> list[str]:
    """``access_baseline_result`` as lines to print."""
    rows = [(person["email"], "shut out of", person["applications"]) for person in result["shut_out"]]
    rows += [(person["email"], "in doubt at", person["applications"]) for person in result["in_doubt"]]
    width = max((len(row[0]) for row in rows), default=0)
    lines = [f"{who.ljust(width)}  {what} {', '.join(where)}" for who, what, where in rows]
    counted = f"newly shut out: {len(result['shut_out'])} of {result['people_count']} people whom Access knows; in doubt: {len(result['in_doubt'])}"
    return [*lines, counted, *([result["msg"]] if result["msg"] else [])]
