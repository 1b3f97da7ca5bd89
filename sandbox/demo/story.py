# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo: what a company's HR exports, and what comes of it. Each act says what it claims, and every claim is checked."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from datetime import datetime, timezone

from ..running import Running, running
from .days import DOUBLED, LEAVER, MISTAKEN, MOVER, SHORT, Day, write_days
from .doors import SHUT_OUT, Doors, furnish, look_at_doors
from .people import Person, read_people
from .shortened import shortened
from .stage import EVIDENCE, HERE, KEPT, Act, Stage
from .witness import look

ROOT = HERE.parents[1]


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
    departments = {person.department for person in people.values()} - {""}
    print(f"A company of {len(people)} people in {len(departments)} departments meets a SCIM service and Cloudflare Access.")
    with running() as service:
        furnish(service.cloudflare, people, MISTAKEN)
        stage = Stage(service)
        print(f"Both are a sandbox in memory, {service.origin}. Nothing leaves this machine.")
        print(f"What ansible-playbook prints is shortened here; all of it is kept in {_named(KEPT)}/.")
        play = _Play(stage, service, people, claims)
        play.the_first_file()
        play.the_next_file()
        play.the_leaver()
        play.the_evidence()
    return _close(claims)


class _Play:
    """The acts, in their order."""

    def __init__(self, stage: Stage, service: Running, people: Mapping[str, Person], claims: Claims) -> None:
        self.stage, self.service, self.people, self.claims = stage, service, people, claims
        self.days = write_days(KEPT / "hr", datetime.now(timezone.utc))
        self.wanted = {key: person.groups for key, person in people.items()}

    def the_first_file(self) -> None:
        check, days = self.claims.check, self.days
        act = self._act("1-refused", "Last night's HR file is broken", "sync.yml", days.broken)
        check(f"it was refused, and names {DOUBLED}, who is there twice, and the row of {SHORT}, which has lost a field", act.status != 0 and _names_both(act))
        check(f"the service was sent {act.writes} writes and {act.reads} reads", act.writes == act.reads == 0)

        act = self._act("2-preview", "The file is repaired: what would happen?", "sync.yml", days.first, "--check")
        check("check mode ran through and predicts changes", act.status == 0 and act.changed > 0)
        check(f"the service was sent {act.writes} writes", act.writes == 0)
        plan = KEPT / "sync" / "plan.json"
        document = json.loads(plan.read_text(encoding="utf-8")) if plan.exists() else {}
        number = len(self.people) + len({group for groups in self.wanted.values() for group in groups})
        text = f"the whole plan is in {_named(plan.with_suffix('.md'))}, with all {number} of them"
        check(text, len(document.get("operations", ())) == number)

        act = self._act("3-for-real", "Exactly this plan, for real", "sync.yml", days.first, approved=str(document.get("digest", "")))
        check(f"{act.operations} writes in {_number(act.writes, 'request')}", (act.operations, act.writes) == (number, 1))
        check("it was read again, and nothing was left to do", act.status == 0 and "nothing is left to do" in act.output)
        self._see("everybody is there once, active, and in the groups that the rules give them, and in no other", gone=())

    def the_next_file(self) -> None:
        mover = self.people[MOVER]
        title = f"The next HR file: {mover.name} moves to another department, {self.people[LEAVER].name} has left"
        act = self._act("4-next", title, "sync.yml", self.days.second)
        self.claims.check(f"{act.operations} writes: two accounts and four groups, and nobody else", act.status == 0 and act.operations == 2 + 4)
        self.wanted[MOVER] = ("Staff", "IT")
        text = f"{MOVER} is in {' and '.join(self.wanted[MOVER])}, and in {mover.department} no more; {LEAVER} is inactive and in no group"
        self._see(text, gone=(LEAVER,))

    def the_leaver(self) -> None:
        check, days, cloudflare = self.claims.check, self.days, self.service.cloudflare
        person = self.people[MISTAKEN]
        before = look_at_doors(cloudflare, person.email)
        act = self._act("5-leaver", f"{person.name} leaves at once, from Cloudflare Access, too", "leave.yml", days.third, leaving=MISTAKEN)
        check("everything about it is proven by reading it back, at the service and in Access", act.status == 0)
        self._see(f"{MISTAKEN} is inactive and in no group, read with scim2-client", gone=(LEAVER, MISTAKEN))
        compare_doors(before, look_at_doors(cloudflare, person.email), self.claims)

        act = self._act("6-undo", f"HR made a mistake: {person.name} stays. Undone, from what was kept", "undo.yml", days.corrected, back=MISTAKEN)
        check("everything about it is proven by reading it back", act.status == 0)
        self._see(f"{MISTAKEN} is active, and in the same groups as before", gone=(LEAVER,))
        again = look_at_doors(cloudflare, person.email)
        check(f"{' and '.join(before.named_in)} let the e-mail in by name again, and {SHUT_OUT} does not name it", again.named_in == before.named_in)

    def the_evidence(self) -> None:
        check = self.claims.check
        tampered = KEPT / "tampered.jsonl"
        written = EVIDENCE.read_text(encoding="ascii") if EVIDENCE.exists() else ""
        tampered.write_text(written.replace('"verdict":"proven"', '"verdict":"prowen"', 1), encoding="ascii")
        act = self._act("7-evidence", "What an auditor asks for", "evidence.yml", self.days.corrected, tampered=str(tampered))
        check("the evidence is what was written, and the copy with one letter changed is not", act.status == 0 and _tells_them_apart(act))
        check(f"who left is in it, proven within a day; the report is in {_named(KEPT / 'report.html')}", "1 proven in time, 0 not" in act.output)
        private = [person.email for person in self.people.values() if person.email in written]
        check("no e-mail address is in the evidence", bool(written) and not private)

    def _act(self, name: str, title: str, playbook: str, day: Day, *arguments: str, **variables: str) -> Act:
        _heading(f"{name[0]}. {title}")
        told = {"hr_file": day.file.name, **{name: value[:12] for name, value in variables.items() if name != "tampered"}}
        print(f"  $ ansible-playbook {' '.join([playbook, *arguments, *(f'-e {name}={value}' for name, value in told.items())])}\n", flush=True)
        act = self.stage.play(name, playbook, *arguments, hr_file=str(day.file), today=day.today, **variables)
        print(textwrap.indent(shortened(act.output), "  "))
        print(f"\n  {act.seconds:.1f} s; the service answered {_number(act.reads, 'read')} and {_number(act.writes, 'write')}.")
        return act

    def _see(self, text: str, gone: tuple[str, ...]) -> None:
        """Look at the service with another tool. gone: who has left."""
        self.claims.check(text, look(self.service.url, self.service.token).is_as(self.wanted, gone))


def compare_doors(before: Doors, after: Doors, claims: Claims) -> None:
    """What Access shows of somebody who has left."""
    numbers = f"{_number(before.sessions, 'session')} and {_number(before.seats, 'seat')}"
    claims.check(f"{MISTAKEN} had {numbers}, and has none", bool(before.sessions and before.seats) and not (after.sessions or after.seats))
    claims.check(f"{' and '.join(before.named_in)} let the e-mail in by name; only {SHUT_OUT} names it now", after.named_in == [SHUT_OUT])
    denied = before.first["Wiki"] == after.first["Wiki"] == ("Deny leavers", "deny")
    claims.check(f"whoever is in {SHUT_OUT} is denied first where the whole domain is let in", denied)


def _names_both(act: Act) -> bool:
    """Whether a refusal names the rows that are wrong: the checks, and the lines."""
    return all(word in act.output for word in ("duplicate_key", "contradictory_status", "damaged_rows", DOUBLED, "broken.csv"))


def _tells_them_apart(act: Act) -> bool:
    return "records, intact" in act.output and "was altered" in act.output


def _named(path: object) -> str:
    return str(path).removeprefix(f"{ROOT}/")


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def _close(claims: Claims) -> int:
    if claims.broken:
        print(f"\n{len(claims.broken)} of {claims.number} claims do NOT hold:", *claims.broken, sep="\n  ")
        return 1
    print(f"\nAll {claims.number} claims hold, on a service that follows the RFC. Services that do not are what most of the tests")
    print("are about; sandbox/README.md lists the quirks that this one can put on.")
    return 0
