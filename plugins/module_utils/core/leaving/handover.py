# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a manager gets to read about somebody who leaves: who, when, what ends, and what is to be taken over until the account is gone.

It is made here and not by a template, and names stand in it as code spans: what HR or a service calls somebody is data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from json import dumps
from typing import Any

from ..access_planes import called
from ..plan_markdown import code
from ..verdicts import Facts
from .cases import Case, file_name
from .people import is_email, primary_email

_ONE_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"]+@[^\s@,;:<>()\[\]\"]+")  # and not several, or a header
_TASKS = (
    "Files and shared folders: give them another owner.",
    "Calendars: meetings that the person organised, rooms and shared calendars.",
    "Mail: an automatic answer, and who reads what still comes in.",
    "On-call rotas, alerts and escalations that name the person.",
    "Repositories, dashboards, documents and tickets that belong to the person.",
    "Service tokens, API keys and automations that run in the person's name: they are not found by this run.",
    "Accounts at suppliers, licences and subscriptions in the person's name.",
)


def notice(case: Case) -> dict[str, Any]:
    """The notice, ``{}`` if the run takes nothing from the person, or only deletes who has left long ago.

    Returns number and key of the person; name: that of a file; text: Markdown; title: one line for a mail; to: the e-mail of the manager,
    "" if it is not known; renew: whether it replaces one that was written for the same leaving. A run that only takes what an earlier
    one had to leave knows less than that one, and does not.
    """
    if not case.snapshot or (case.deletion.due and case.intent.mode == "deactivate"):
        return {}
    manager = _manager(case)
    who = _called(case.account) or case.key
    mark = sha256(dumps([case.subject, case.leaver.left_at]).encode()).hexdigest()[:16]
    return {
        "number": case.number,
        "key": case.key,
        "name": file_name("handover", case.key, mark, "md"),
        "text": _text(case, who, manager),
        "title": " ".join(f"Handover: {who}".split()),
        "to": "" if manager.get("active") is False else _email(manager),  # who has left is told nothing
        "renew": bool(case.account) and case.account.get("active") is not False,
    }


def _text(case: Case, who: str, manager: Facts) -> str:
    leaver = case.leaver
    boss = f"{code(_called(manager) or manager.get('id'))} {_in_brackets(_email(manager))}".rstrip() if manager else _unknown(case)
    lines = [
        f"# Handover: {code(who)}",
        "",
        f"- Person: {code(who)} ({code(case.key)})",
        f"- Leaves: {code(leaver.left_at or case.intent.instant)}" + (" (at once)" if leaver.lane == "urgent" else ""),
        f"- Manager: {boss}",
        f"- Account: {_account(case)}",
        *(["- Legal hold: nothing of the person may be deleted, whoever takes it over."] if leaver.legal_hold else []),
        "",
        "## Groups that the person was in",
        "",
        *_listed([group.get("display_name") or group.get("id") for group in case.before()["groups"]], "None is known."),
    ]
    if case.intent.access.manage:
        things = [called(thing) for thing in case.side.losing]
        doors = [decision.get("application") for decision in case.side.before()["decisions"] if decision.get("decision") == "allowed"]
        lines += ["", "## Cloudflare Access", "", "Where the person could get in:", "", *_listed(doors, "Nowhere.")]
        lines += ["", "What named the person:", "", *_listed(things, "Nothing.")]
    before = f" before {code(case.deletion.at)}" if case.deletion.at > case.intent.instant else ""
    return "\n".join([*lines, "", f"## To take over{before}", "", *(f"- [ ] {task}" for task in _TASKS), ""])


def _account(case: Case) -> str:
    if not case.account:
        return "none was found"
    if case.deletion.due:
        return "is deleted now"
    if case.deletion.at > case.intent.instant:  # in one form, the order of texts is that of time
        return f"is deactivated now and deleted after {code(case.deletion.at)}"
    return f"is deactivated now; {case.deletion.said}"


def _manager(case: Case) -> Facts:
    """The account of the manager, ``{}`` if it could not be read, or if it is their own."""
    users = list((case.first("superior") or {}).get("users") or ())
    found = users[0] if len(users) == 1 and isinstance(users[0], Mapping) else {}
    return {} if found and str(found.get("id")) == case.id else found


def _unknown(case: Case) -> str:
    return f"not found ({code(case.leaver.manager)})" if case.leaver.manager else "not known"


def _called(account: Facts) -> str:
    """What people call somebody."""
    name = account.get("name")
    parts = [name.get("given_name"), name.get("family_name")] if isinstance(name, Mapping) else []
    return str(account.get("display_name") or " ".join(str(part) for part in parts if part) or account.get("user_name") or "")


def _email(account: Facts) -> str:
    user_name = str(account.get("user_name") or "")
    found = (primary_email(account.get("emails")) or (user_name if is_email(user_name) else "")).strip()
    return found if _ONE_ADDRESS.fullmatch(found) else ""


def _in_brackets(text: str) -> str:
    return f"({code(text)})" if text else ""


def _listed(names: list[Any], none: str) -> list[str]:
    return [f"- {code(str(name))}" for name in names] or [none]
