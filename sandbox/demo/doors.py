# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The company's Cloudflare account: what stands there before somebody leaves, and what is true afterwards, read with plain HTTP."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from ..cloudflare import Cloudflare
from .people import Person

SHUT_OUT = "Leavers"
PROXYLESS = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def furnish(cloudflare: Cloudflare, people: Mapping[str, Person], leaver: str) -> None:
    """Four applications: one by a group within a group, one by e-mail, one by the whole domain, and one that is not hers.

    leaver: the number of the one who has a session, a device and a seat.
    """
    programmers = [_email(person.email) for person in people.values() if person.department == "IT"]
    team = cloudflare.seed_group("Programmers", programmers)
    engineers = cloudflare.seed_group("Engineers", [{"group": {"id": team["id"]}}])
    shut_out = cloudflare.seed_group(SHUT_OUT, [_email("nobody@disabled.invalid")])
    deny = cloudflare.seed_policy("Deny leavers", "deny", [{"group": {"id": shut_out["id"]}}])
    by_group = cloudflare.seed_policy("Engineering", "allow", [{"group": {"id": engineers["id"]}}])
    by_domain = cloudflare.seed_policy("All staff", "allow", [{"email_domain": {"domain": "example.com"}}])
    finance = [_email(person.email) for person in people.values() if person.department == "Finance"]
    by_list = cloudflare.seed_policy("Finance", "allow", finance)
    cloudflare.seed_app("Git", policies=[by_group["id"]])
    dashboards = cloudflare.seed_app("Dashboards")
    cloudflare.seed_app_policy(dashboards["id"], "On call", "allow", [_email(people["103"].email), _email(people[leaver].email)])
    cloudflare.seed_app("Wiki", policies=[deny["id"], by_domain["id"]])
    cloudflare.seed_app("Payroll", policies=[by_list["id"]])
    cloudflare.seed_user(people[leaver].email, people[leaver].name, sessions=2, devices=1)
    cloudflare.seed_user(people["103"].email, sessions=1)


def _email(address: str) -> dict[str, Any]:
    return {"email": {"email": address}}


class Doors(NamedTuple):
    """sessions: how many are open. seats: how many are taken. named_in: the groups and policies with a rule about the e-mail.

    first: the name and decision of the policy that comes first at each application.
    """

    sessions: int
    seats: int
    named_in: list[str]
    first: dict[str, tuple[str, str]]


def look_at_doors(cloudflare: Cloudflare, email: str) -> Doors:
    """Read the account as Cloudflare's API shows it."""
    users = _read(cloudflare, f"/access/users?email={quote(email)}")
    sessions = [session for user in users for session in _read(cloudflare, f"/access/users/{user['id']}/active_sessions")]
    apps = _read(cloudflare, "/access/apps")
    policies = {policy["id"]: policy for app in apps for policy in app["policies"]}
    things = [*_read(cloudflare, "/access/groups"), *_read(cloudflare, "/access/policies"), *policies.values()]
    return Doors(
        sessions=len(sessions),
        seats=sum(bool(user.get(seat)) for user in users for seat in ("access_seat", "gateway_seat")),
        named_in=sorted({thing["name"] for thing in things if email in _emails(thing)}),
        first={app["name"]: (app["policies"][0]["name"], app["policies"][0]["decision"]) for app in apps},
    )


def _emails(thing: dict[str, Any]) -> Iterator[str]:
    for rule in thing["include"]:
        yield rule.get("email", {}).get("email", "")


def _read(cloudflare: Cloudflare, path: str) -> Any:
    address = f"{cloudflare.base_url}/accounts/{cloudflare.account_id}{path}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {cloudflare.api_token}"})
    with PROXYLESS.open(request, timeout=30) as answer:
        return json.load(answer)["result"]
