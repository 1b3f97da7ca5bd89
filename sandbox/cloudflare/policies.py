# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access policies: reusable ones, and those that belong to one application.

Both kinds are in the table "policies"; one of an application has that application's id in "_app". Which policies an application
has, and in which order, is in the application alone: its "policies" are {"id", "precedence"}.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..exchange import Answer, Request
from .account import Account
from .envelope import UNKNOWN_APPLICATION, conflict, invalid, not_found, page, result
from .fields import body_of, duration, flag, name_of, shown, texts, without_false
from .routes import route
from .rules import count, normalised

DECISIONS = ("allow", "deny", "non_identity", "bypass")
BOOLEANS = ("reusable", "approval_required", "isolation_required", "purpose_justification_required")
MOST_REUSABLE = 500
MOST_RULES = 1000
"""Of one application, https://developers.cloudflare.com/cloudflare-one/account-limits/"""

_OWN = ("id", "uid", "reusable", "created_at", "_app")
_AUTHENTICATORS = frozenset(("totp", "biometrics", "security_key", "piv_key", "ssh_fido2_key"))


def policy_from(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    """What a body makes of a policy. What it leaves out is as if it had never been there: PUT replaces everything."""
    decision = body.get("decision")
    if decision not in DECISIONS:
        raise invalid(f"decision must be one of {', '.join(DECISIONS)}")
    linked_app = decision in ("non_identity", "bypass")
    policy = {
        "name": name_of(body),
        "decision": decision,
        **normalised(account, body, linked_app=linked_app),
        # What is left out is 24h; what is empty is left to the application.
        "session_duration": duration(body.get("session_duration", "24h")),
        **{name: flag(body, name) for name in BOOLEANS[1:]},
        "purpose_justification_prompt": _prompt(body),
        "approval_groups": _approval_groups(body.get("approval_groups")),
        "mfa_config": _mfa(body.get("mfa_config")),
        "connection_rules": _connections(body.get("connection_rules")),
    }
    # Cloudflare shows nothing where nothing was said (terraform-provider-cloudflare issue 7165).
    return {name: value for name, value in policy.items() if value not in ("", None)}


def _prompt(body: dict[str, Any]) -> str:
    prompt = body.get("purpose_justification_prompt") or ""
    if not isinstance(prompt, str):
        raise invalid("purpose_justification_prompt must be a text")
    return prompt


def _approval_groups(value: Any) -> list[dict[str, Any]] | None:
    if not value:
        return None
    if not isinstance(value, list) or not all(isinstance(group, dict) for group in value):
        raise invalid("approval_groups must be a list of objects")
    for group in value:
        needed = group.get("approvals_needed")
        if isinstance(needed, bool) or not isinstance(needed, (int, float)) or needed < 0:
            raise invalid("approval_groups.approvals_needed must be a number from 0")
        texts(group.get("email_addresses"), "approval_groups.email_addresses")
    return value


def _mfa(value: Any) -> dict[str, Any] | None:
    if not value:
        return None
    if not isinstance(value, dict):
        raise invalid("mfa_config must be an object")
    allowed = texts(value.get("allowed_authenticators"), "mfa_config.allowed_authenticators")
    if not _AUTHENTICATORS.issuperset(allowed):
        raise invalid(f"mfa_config.allowed_authenticators must be of {', '.join(sorted(_AUTHENTICATORS))}")
    kept = dict(value)
    # This one comes back unasked, false or not (terraform-provider-cloudflare, normalizations.go).
    kept["mfa_disabled"] = flag(value, "mfa_disabled")
    if "session_duration" in value:
        kept["session_duration"] = duration(value["session_duration"], "mfa_config.session_duration")
    return kept


def _connections(value: Any) -> dict[str, Any] | None:
    if not value:
        return None
    if not isinstance(value, dict) or not set(value) <= {"rdp", "ssh"}:
        raise invalid("connection_rules must be an object with rdp or ssh")
    kept = {}
    for kind, rules in value.items():
        if not isinstance(rules, dict):
            raise invalid(f"connection_rules.{kind} must be an object")
        if kind == "ssh" and not texts(rules.get("usernames"), "connection_rules.ssh.usernames"):
            raise invalid("connection_rules.ssh.usernames is required")
        # Empty lists of clipboard formats are not kept.
        kept[kind] = {name: member for name, member in rules.items() if member != []}
    return kept


# How they are shown


def usage(account: Account) -> Counter[str]:
    """How many applications have each policy."""
    return Counter(link["id"] for app in account.table("apps").values() for link in app["policies"])


def reusable_shown(
    account: Account, policy: dict[str, Any], used: Counter[str] | None = None
) -> dict[str, Any]:
    used = usage(account) if used is None else used
    return without_false(account, {**shown(policy), "app_count": used[policy["id"]]}, BOOLEANS)


def of_app_shown(
    account: Account, app: dict[str, Any], used: Counter[str] | None = None
) -> list[dict[str, Any]]:
    """The policies of an application in the order of their precedence."""
    table = account.table("policies")
    found = []
    for link in sorted(app["policies"], key=lambda link: link["precedence"]):
        policy = table[link["id"]]
        whole = (
            reusable_shown(account, policy, used)
            if policy["reusable"]
            else without_false(account, shown(policy), BOOLEANS)
        )
        found.append({**whole, "precedence": link["precedence"]})
    return found


# What is stored


def create(account: Account, fields: dict[str, Any], app_id: str = "") -> dict[str, Any]:
    """Store a policy, without linking it to the application that it belongs to."""
    now = account.now()
    policy_id = account.new_id()
    policy = {
        "id": policy_id,
        "uid": policy_id,
        **fields,
        "reusable": not app_id,
        "created_at": now,
        "updated_at": now,
    }
    if app_id:
        policy["_app"] = app_id
    return account.put("policies", policy)


def replace(account: Account, policy: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """Store a policy anew, with nothing kept but what a client cannot write."""
    kept: dict[str, Any] = {name: policy[name] for name in _OWN if name in policy}
    return account.put("policies", {**kept, **fields, "updated_at": account.now()})


def link(account: Account, app: dict[str, Any], policy_id: str, precedence: int) -> None:
    app["policies"].append({"id": policy_id, "precedence": precedence})
    app["policies"].sort(key=lambda link: link["precedence"])
    account.touch()


def precedence_of(body: dict[str, Any], app: dict[str, Any], policy_id: str = "") -> int:
    """The precedence that a body asks for; without one that which the policy has, or the last of the application."""
    taken = {link["precedence"] for link in app["policies"] if link["id"] != policy_id}
    own = [link["precedence"] for link in app["policies"] if link["id"] == policy_id]
    wanted = body.get("precedence")
    if wanted is None:
        return own[0] if own else max(taken, default=0) + 1
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 1:
        raise invalid("precedence must be a number from 1")
    if wanted in taken:
        raise not_unique()
    return wanted


def not_unique() -> Exception:
    return invalid("policy precedences must be unique")


def check_rules_of(account: Account, app: dict[str, Any], more: int = 0, but: str = "") -> None:
    """Refuse it when an application would have too many rules: `more`, and those of its policies without one of them."""
    table = account.table("policies")
    if more + sum(count(table[link["id"]]) for link in app["policies"] if link["id"] != but) > MOST_RULES:
        raise invalid("maximum number of rules per application reached")


def check_room(account: Account) -> None:
    if sum(policy["reusable"] for policy in account.table("policies").values()) >= MOST_REUSABLE:
        raise invalid("maximum number of reusable policies reached")


# Reusable policies


def _reusable(account: Account, policy_id: str) -> dict[str, Any]:
    policy = account.table("policies").get(policy_id)
    if policy is None or not policy["reusable"]:
        raise not_found()
    return policy


@route("GET", "/access/policies")
def list_reusable(account: Account, request: Request) -> Answer:
    used = usage(account)
    found = [policy for policy in account.table("policies").values() if policy["reusable"]]
    return page(request, [reusable_shown(account, policy, used) for policy in found], default=100)


@route("POST", "/access/policies")
def create_reusable(account: Account, request: Request) -> Answer:
    fields = policy_from(account, body_of(request))
    check_room(account)
    return result(reusable_shown(account, create(account, fields)), 201)


@route("GET", "/access/policies/{policy_id}")
def read_reusable(account: Account, request: Request, policy_id: str) -> Answer:
    return result(reusable_shown(account, _reusable(account, policy_id)))


@route("PUT", "/access/policies/{policy_id}")
def replace_reusable(account: Account, request: Request, policy_id: str) -> Answer:
    policy = _reusable(account, policy_id)
    fields = policy_from(account, body_of(request))
    for app in account.table("apps").values():
        if any(link["id"] == policy_id for link in app["policies"]):
            check_rules_of(account, app, count(fields), but=policy_id)
    return result(reusable_shown(account, replace(account, policy, fields)))


@route("DELETE", "/access/policies/{policy_id}")
def delete_reusable(account: Account, request: Request, policy_id: str) -> Answer:
    _reusable(account, policy_id)
    if usage(account)[policy_id]:
        # Its exact code and text are not known (terraform-provider-cloudflare issue 7284).
        raise conflict("policy is in use by an application")
    account.remove("policies", policy_id)
    return result({"id": policy_id}, 202)


# Policies of an application


def app_of(account: Account, app_id: str) -> dict[str, Any]:
    app = account.table("apps").get(app_id)
    if app is None:
        raise not_found(UNKNOWN_APPLICATION, "access.api.error.unknown_application")
    return app


def _of_app(account: Account, app: dict[str, Any], policy_id: str) -> dict[str, Any]:
    if all(link["id"] != policy_id for link in app["policies"]):
        raise not_found()
    return account.table("policies")[policy_id]


def _one_shown(account: Account, app: dict[str, Any], policy_id: str) -> dict[str, Any]:
    return next(policy for policy in of_app_shown(account, app) if policy["id"] == policy_id)


@route("GET", "/access/apps/{app_id}/policies")
def list_of_app(account: Account, request: Request, app_id: str) -> Answer:
    return page(request, of_app_shown(account, app_of(account, app_id)), default=200)


@route("POST", "/access/apps/{app_id}/policies")
def create_of_app(account: Account, request: Request, app_id: str) -> Answer:
    app = app_of(account, app_id)
    body = body_of(request)
    fields = policy_from(account, body)
    precedence = precedence_of(body, app)
    check_rules_of(account, app, count(fields))
    policy = create(account, fields, app_id)
    link(account, app, policy["id"], precedence)
    return result(_one_shown(account, app, policy["id"]), 201)


@route("GET", "/access/apps/{app_id}/policies/{policy_id}")
def read_of_app(account: Account, request: Request, app_id: str, policy_id: str) -> Answer:
    app = app_of(account, app_id)
    _of_app(account, app, policy_id)
    return result(_one_shown(account, app, policy_id))


@route("PUT", "/access/apps/{app_id}/policies/{policy_id}")
def replace_of_app(account: Account, request: Request, app_id: str, policy_id: str) -> Answer:
    app = app_of(account, app_id)
    policy = _of_app(account, app, policy_id)
    if policy["reusable"]:
        raise invalid("can not update reusable policies through this endpoint")
    body = body_of(request)
    fields = policy_from(account, body)
    precedence = precedence_of(body, app, policy_id)
    check_rules_of(account, app, count(fields), but=policy_id)
    replace(account, policy, fields)
    app["policies"] = [known for known in app["policies"] if known["id"] != policy_id]
    link(account, app, policy_id, precedence)
    return result(_one_shown(account, app, policy_id))


@route("DELETE", "/access/apps/{app_id}/policies/{policy_id}")
def delete_of_app(account: Account, request: Request, app_id: str, policy_id: str) -> Answer:
    app = app_of(account, app_id)
    if _of_app(account, app, policy_id)["reusable"]:
        raise invalid("can not delete reusable policies through this endpoint")
    app["policies"] = [known for known in app["policies"] if known["id"] != policy_id]
    account.remove("policies", policy_id)
    return result({"id": policy_id}, 202)


@route("PUT", "/access/apps/{app_id}/policies/{policy_id}/make_reusable")
def make_reusable(account: Account, request: Request, app_id: str, policy_id: str) -> Answer:
    policy = _of_app(account, app_of(account, app_id), policy_id)
    if policy["reusable"]:
        raise invalid("policy is already reusable")
    check_room(account)
    del policy["_app"]
    policy["reusable"] = True
    policy["updated_at"] = account.now()
    account.touch()
    return result(reusable_shown(account, policy))
