# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo in five acts. Each says what it claims, and every claim is checked."""

from __future__ import annotations

import textwrap
from typing import Any

from ..running import running
from .doors import SHUT_OUT, Doors, furnish, look_at_doors
from .people import read_people
from .shortened import shortened
from .stage import HERE, KEPT, Act, Stage
from .witness import Truth, look

LEAVER = "107"


class Claims:
    """What the demo says is true, and whether it is."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.number = 0

    def check(self, text: str, holds: bool) -> None:
        self.number += 1
        print(f"  [{'yes' if holds else 'NO '}] {text}", flush=True)
        if not holds:
            self.broken.append(text)


def main() -> int:
    """Play it. Returns the exit status: 0 if every claim holds."""
    people, claims = read_people(), Claims()
    email = next(person["user_name"] for person in people if person["external_id"] == LEAVER)
    departments = {name for person in people for name in person.get("groups", [])}
    print(f"A company of {len(people)} people in {len(departments)} departments meets a SCIM service and Cloudflare Access.")
    with running() as service:
        furnish(service.cloudflare, people, LEAVER)
        stage = Stage(service, people)
        print(f"Both are a sandbox in memory, {service.origin}. Nothing leaves this machine.")
        print(f"What ansible-playbook prints is shortened here; all of it is kept in {KEPT.relative_to(HERE.parents[1])}/.")

        act = _act(stage, "1-preview", "Preview: what would happen?", "joiners.yml", "--check", "--diff")
        claims.check("check mode ran through and predicts changes", act.status == 0 and act.changed == 1)
        claims.check(f"the service was sent {act.writes} writes", act.writes == 0)
        wanted = len(people) + len(departments)
        plan = KEPT / "1-preview-plan.md"
        named = plan.read_text(encoding="utf-8").count("\n- ") if plan.exists() else 0
        claims.check(f"the whole plan is in {plan.relative_to(HERE.parents[1])}, with all {named} of them", named == wanted)

        act = _act(stage, "2-joiners", "The same playbook, for real", "joiners.yml")
        said = f"{act.operations} writes in {_number(act.writes, 'request')}: one for each of {len(people)} people and {len(departments)} groups"
        claims.check(said, (act.operations, act.writes) == (wanted, 1))
        claims.check("nothing failed", act.status == 0 and act.changed == 1)

        act = _act(stage, "3-again", "Once more: a second run has nothing to do", "joiners.yml")
        claims.check("Ansible says changed=0", act.status == 0 and act.changed == 0)
        claims.check(f"the service was sent {act.writes} writes, and {act.reads} reads for all {wanted} of them", act.writes == 0)

        before = look_at_doors(service.cloudflare, email)
        title = "One person leaves, from the service and from Cloudflare Access"
        act = _act(stage, "4-leaver", title, "leaver.yml", "--diff", "-e", f"leaver={LEAVER}")
        claims.check("everything about the leaver is proven by reading it back", act.status == 0)
        said = "the account, the membership, the sessions, a group, a policy, the group of leavers, the seat"
        claims.check(f"{_number(act.writes, 'write')}: {said}", act.writes == len(said.split(", ")))

        _heading("5. What is true on the services now, read with other tools: scim2-client, and plain HTTP")
        truth, doors = look(service.url, service.token), look_at_doors(service.cloudflare, email)
    _table(people, truth)
    _compare(people, truth, claims)
    _compare_doors(before, doors, claims)
    return _close(claims)


def _act(stage: Stage, name: str, title: str, playbook: str, *arguments: str) -> Act:
    _heading(f"{name[0]}. {title}")
    print(f"  $ ansible-playbook {' '.join([playbook, *arguments])}\n", flush=True)
    act = stage.play(name, playbook, *arguments)
    print(textwrap.indent(shortened(act.output), "  "))
    print(f"\n  {act.seconds:.1f} s; the service answered {_number(act.reads, 'read')} and {_number(act.writes, 'write')}.")
    return act


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def _table(people: list[dict[str, Any]], truth: Truth) -> None:
    active = sum(truth.active.values())
    print(f"  {'users':<20}{len(truth.active):>4}   {active} active, {len(truth.active) - active} inactive")
    print(f"  {'groups':<20}{len(truth.groups):>4}   with {sum(map(len, truth.groups.values()))} memberships:")
    for name in sorted(truth.groups):
        print(f"    {name:<18}{len(truth.groups[name]):>4}")
    leaver = next(person for person in people if person["external_id"] == LEAVER)
    state = {True: "active", False: "inactive", None: "not there"}[truth.active.get(LEAVER)]
    groups = ", ".join(truth.groups_of(LEAVER)) or "no group"
    print(f"  {LEAVER} {leaver['display_name']}, {leaver['user_name']}: {state}, in {groups}\n")


def _compare(people: list[dict[str, Any]], truth: Truth, claims: Claims) -> None:
    everybody = {person["external_id"]: person["external_id"] != LEAVER for person in people}
    claims.check("everybody of the extract is there once, and nobody else", truth.active.keys() == everybody.keys())
    claims.check("everybody is active, but the one who left", truth.active == everybody)
    wanted: dict[str, list[str]] = {}
    for person in people:
        for name in person.get("groups", []):
            wanted.setdefault(name, [])
            if person["external_id"] != LEAVER:
                wanted[name].append(person["external_id"])
    seen = {name: sorted(members) for name, members in truth.groups.items()}
    claims.check("everybody is in the group of their department, but the one who left", seen == wanted)


def _compare_doors(before: Doors, after: Doors, claims: Claims) -> None:
    numbers = f"{_number(before.sessions, 'session')} and {_number(before.seats, 'seat')}"
    claims.check(f"the leaver had {numbers}, and has none", bool(before.sessions and before.seats) and not (after.sessions or after.seats))
    claims.check(f"{' and '.join(before.named_in)} let the e-mail in by name; only {SHUT_OUT} names it now", after.named_in == [SHUT_OUT])
    denied = before.first["Wiki"] == after.first["Wiki"] == ("Deny leavers", "deny")
    claims.check(f"whoever is in {SHUT_OUT} is denied first where the whole domain is let in", denied)


def _close(claims: Claims) -> int:
    if claims.broken:
        print(f"\n{len(claims.broken)} of {claims.number} claims do NOT hold:", *claims.broken, sep="\n  ")
        return 1
    print(f"\nAll {claims.number} claims hold, on a service that follows the RFC. Services that do not are what most of the tests")
    print("are about; sandbox/README.md lists the quirks that this one can put on.")
    return 0
