# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access applications, and the policies that are attached to them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..exchange import Answer, Request
from .account import Account
from .envelope import internal, invalid, page, result
from .fields import body_of, duration, flag, name_of, shown
from .policies import MOST_RULES, app_of, create, not_unique, of_app_shown, policy_from, replace, usage
from .routes import route
from .rules import count

MOST_APPS = 500
TYPES = frozenset(
    [
        "self_hosted",
        "saas",
        "ssh",
        "vnc",
        "app_launcher",
        "warp",
        "biso",
        "bookmark",
        "dash_sso",
        "infrastructure",
        "rdp",
        "mcp",
        "mcp_portal",
        "proxy_endpoint",
    ]
)
_WITH_DOMAIN = frozenset(("self_hosted", "ssh", "vnc"))
_NOT_WRITABLE = frozenset(("id", "uid", "aud", "created_at", "updated_at", "policies"))
_DEFAULTS: dict[str, Any] = {
    "type": "self_hosted",
    "session_duration": "24h",
    "app_launcher_visible": True,
    "auto_redirect_to_identity": False,
    "enable_binding_cookie": False,
    "http_only_cookie_attribute": True,
    "allowed_idps": [],
    "tags": [],
    "destinations": [],
}


def app_from(body: dict[str, Any]) -> dict[str, Any]:
    """What a body makes of an application, without its policies; PUT replaces everything."""
    given = {name: value for name, value in body.items() if name not in _NOT_WRITABLE and value is not None}
    app = {**_DEFAULTS, **given}
    if not isinstance(app["type"], str) or app["type"] not in TYPES:
        raise invalid(f"unknown application type {app['type']}")
    if not isinstance(app.get("domain", ""), str):
        raise invalid("domain must be a text")
    if app["type"] in _WITH_DOMAIN and not app.get("domain"):
        raise invalid("domain is required")
    app["name"] = name_of({"name": app["domain"], **app} if "domain" in app else app)
    app["session_duration"] = duration(app["session_duration"])
    for name, default in _DEFAULTS.items():
        if isinstance(default, bool):
            app[name] = flag(app, name, default=default)
    return app


def new_app(account: Account, fields: dict[str, Any]) -> dict[str, Any]:
    """An application without policies, not stored yet."""
    now = account.now()
    app_id = account.new_id()
    own = {"id": app_id, "uid": app_id, "aud": app_id.replace("-", "") * 2}
    return {**own, **fields, "policies": [], "created_at": now, "updated_at": now}


def attach(account: Account, app: dict[str, Any], wanted: Any) -> None:
    """Give an application exactly these policies: ids, {"id", "precedence"}, or whole ones that become its own.

    What is not named is detached, and deleted if it belonged to this application only. A refusal leaves all as it was.
    """
    entries = _entries(account, app, wanted)
    table = account.table("policies")
    wholes = [policy_from(account, entry) if _is_whole(account, entry) else None for entry in entries]
    precedences = _precedences(entries)
    if (
        sum(count(whole or table[entry["id"]]) for entry, whole in zip(entries, wholes, strict=True))
        > MOST_RULES
    ):
        raise invalid("maximum number of rules per application reached")
    links = []
    for entry, whole, precedence in zip(entries, wholes, precedences, strict=True):
        policy = table.get(entry.get("id", ""))
        if whole is not None:
            policy = replace(account, policy, whole) if policy else create(account, whole, app["id"])
        links.append({"id": policy["id"] if policy else "", "precedence": precedence})
    kept = {link["id"] for link in links}
    for link in app["policies"]:
        if link["id"] not in kept and not table[link["id"]]["reusable"]:
            account.remove("policies", link["id"])
    app["policies"] = sorted(links, key=lambda link: link["precedence"])
    account.touch()


def _entries(account: Account, app: dict[str, Any], wanted: Any) -> list[dict[str, Any]]:
    """The policies of a body as objects, an id as {"id": id}."""
    if not isinstance(wanted, list):
        raise invalid("policies must be a list")
    entries = [entry if isinstance(entry, dict) else {"id": entry} for entry in wanted]
    named = [entry["id"] for entry in entries if "id" in entry]
    table = account.table("policies")
    for policy_id in named:
        policy = table.get(policy_id) if isinstance(policy_id, str) else None
        # So is the id of a group answered (terraform-provider-cloudflare issue 4495).
        if policy is None or policy.get("_app", app["id"]) != app["id"]:
            raise internal()
    if len(set(named)) != len(named):
        raise invalid("a policy is attached more than once")
    if any(table[policy_id]["reusable"] for policy_id in named) and any(
        _is_whole(account, entry) for entry in entries
    ):
        raise invalid("reusable and inline policies are mutually exclusive")
    return entries


def _is_whole(account: Account, entry: dict[str, Any]) -> bool:
    """Whether an entry is a policy itself. One that is reusable stays as it is, even if it is sent as a whole."""
    if "id" not in entry:
        return True
    return not account.table("policies")[entry["id"]]["reusable"] and (
        "include" in entry or "decision" in entry
    )


def _precedences(entries: list[dict[str, Any]]) -> list[int]:
    """Those that are given, and for the others the next after all before: the order of the list."""
    found: list[int] = []
    for entry in entries:
        wanted = entry.get("precedence")
        if wanted is None:
            wanted = max(found, default=0) + 1
        if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 1:
            raise invalid("precedence must be a number from 1")
        found.append(wanted)
    if len(set(found)) != len(found):
        raise not_unique()
    return found


def app_shown(account: Account, app: dict[str, Any], used: Counter[str] | None = None) -> dict[str, Any]:
    return {**shown(app), "policies": of_app_shown(account, app, used)}


@route("GET", "/access/apps")
def list_apps(account: Account, request: Request) -> Answer:
    apps = list(account.table("apps").values())
    for name in ("name", "domain", "aud"):
        if name in request.query:
            wanted = request.query[name]
            exact = name == "aud" or request.query.get("exact") == "true"
            apps = [app for app in apps if _fits(str(app.get(name, "")), wanted, exact=exact)]
    wanted = request.query.get("search", "")
    apps = [
        app
        for app in apps
        if any(_fits(str(app.get(name, "")), wanted) for name in ("name", "domain", "aud"))
    ]
    used = usage(account)
    answer = page(request, apps, default=1000)
    return result(
        [app_shown(account, app, used) for app in answer.body["result"]],
        result_info=answer.body["result_info"],
    )


def _fits(value: str, wanted: str, *, exact: bool = False) -> bool:
    return value == wanted if exact else wanted.lower() in value.lower()


@route("POST", "/access/apps")
def post_app(account: Account, request: Request) -> Answer:
    body = body_of(request)
    fields = app_from(body)
    if len(account.table("apps")) >= MOST_APPS:
        raise invalid("maximum number of applications reached")
    app = new_app(account, fields)
    if body.get("policies") is not None:
        attach(account, app, body["policies"])
    account.put("apps", app)
    return result(app_shown(account, app), 201)


@route("GET", "/access/apps/{app_id}")
def read_app(account: Account, request: Request, app_id: str) -> Answer:
    return result(app_shown(account, app_of(account, app_id)))


@route("PUT", "/access/apps/{app_id}")
def replace_app(account: Account, request: Request, app_id: str) -> Answer:
    app = app_of(account, app_id)
    body = body_of(request)
    kept = {name: app[name] for name in ("id", "uid", "aud", "created_at", "policies")}
    changed = {**kept, **app_from(body), "updated_at": account.now()}
    # Without "policies" they stay as they are: so do those that are managed by their own endpoint.
    if body.get("policies") is not None:
        attach(account, changed, body["policies"])
    account.put("apps", changed)
    return result(app_shown(account, changed))


@route("DELETE", "/access/apps/{app_id}")
def delete_app(account: Account, request: Request, app_id: str) -> Answer:
    app = app_of(account, app_id)
    for link in app["policies"]:
        if not account.table("policies")[link["id"]]["reusable"]:
            account.remove("policies", link["id"])
    account.remove("apps", app_id)
    return result({"id": app_id}, 202)
