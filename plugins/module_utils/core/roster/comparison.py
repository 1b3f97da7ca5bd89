# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the gate sees when it compares a source with the last run, or with the server where there was none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from .acceptance import Accepted, LastRun
from .checks import spot
from .correlation import disappeared, reused
from .findings import WARN, Case, Finding, Spot
from .gate import Gate, allowed
from .known import Known
from .person import ACTIVE_ACCOUNT, GONE, Person
from .similar_keys import plain


def number_findings(rows: Mapping[str, int], last: LastRun | None, server: Known | None, gate: Gate) -> list[Finding]:
    """Whether there are far fewer rows than there were, or than there are users of this source on the server. rows: by the path of the file."""
    check = gate["shrunken"]
    total = sum(rows.values())
    if not total:
        return check.finding([(Spot("sources"),)], lambda found: "the sources have no rows")
    empty: list[Case] = [(Spot(path),) for path, count in rows.items() if not count]
    found = check.finding(empty, lambda cases: f"{len(cases):,} of {len(rows):,} files without rows")
    if last is None:
        found += gate["first_run"].finding([(Spot(""),)], lambda cases: "there is no accepted run to compare the source with")
    before = {"rows of the last accepted run": last.rows if last else 0, "users with an external_id in known": len(server.by_external_id) if server else 0}
    fewer = [
        f"{total:,} rows, and there are {of:,} {what}; at most {allowed(check.limit, of)} be missing"
        for what, of in before.items()
        if check.limit and of - total > check.limit.allowed(of)
    ]
    return found + check.finding([(Spot("sources"),)] if fewer else [], lambda cases: "; ".join(fewer))


def people_findings(
    people: Sequence[Person], withheld: Iterable[str], now: Mapping[str, Accepted], last: LastRun | None, server: Known | None, gate: Gate
) -> list[Finding]:
    """What is unlikely in how the people changed. withheld: keys of whom nothing is certain. now: what is kept of each person."""
    here = {person.key: person for person in people}
    return [
        *gate["email_reused"].finding(
            reused(people, now, last, server), lambda found: f"{len(found):,} user_name or e-mail address{'' if len(found) == 1 else 'es'} of somebody else"
        ),
        *_respelled(here, {*here, *withheld}, last, gate),
        *_disappeared({*here, *withheld}, last, server, gate),
        *_phase_share(here, last, gate),
        *_changed_share(here, now, last, gate),
        *_holds_lifted(here, last, gate),
        *_leaving_share(here, last, server, gate),
    ]


def _respelled(here: Mapping[str, Person], present: Collection[str], last: LastRun | None, gate: Gate) -> list[Finding]:
    """People who would be newcomers, and whose person_id is that of somebody in the last run, spelled in another way."""
    known = last.people if last else {}
    newcomers = [key for key in here if key not in known]
    before = {plain(key): key for key in known if key not in present} if newcomers else {}
    cases: list[Case] = [(spot(here[key]), Spot("", before[plain(key)])) for key in newcomers if plain(key) in before]
    return gate["similar_keys"].finding(
        cases, lambda found: f"{_people(len(found))} whose person_id is spelled otherwise than in the last accepted run"
    )


def _disappeared(here: Iterable[str], last: LastRun | None, server: Known | None, gate: Gate) -> list[Finding]:
    """People who are not in the source any more. Those of whom an earlier run told already do not count again for the limit."""
    check = gate["disappeared"]
    known = last.people if last else {}
    cases = [(Spot("", key),) for key in disappeared(here, last, server)]
    new = [case for case in cases if not (case[0].key in known and known[case[0].key].last_seen)]
    of = sum(not entry.last_seen and entry.phase not in GONE for entry in known.values()) if last else len(server.by_external_id) if server else 0
    return check.over(new, of, _missing) or [
        Finding(finding.check, WARN, finding.message, "see whether they left; nothing but the source says so", finding.spots)
        for finding in check.finding(cases, _missing)
    ]


def _missing(cases: Sequence[Case]) -> str:
    return f"{_people(len(cases))} who had not left, and who {'is' if len(cases) == 1 else 'are'} not in the source any more"


def _phase_share(here: Mapping[str, Person], last: LastRun | None, gate: Gate) -> list[Finding]:
    before = {key: entry for key, entry in last.people.items() if not entry.last_seen} if last else {}
    changed = [(spot(person),) for key, person in here.items() if key in before and before[key].phase != person.phase.name]
    return gate["phase_share"].over(changed, len(before), lambda found: f"{_people(len(found))} of {len(before):,} in another phase than in the last run")


def _changed_share(here: Mapping[str, Person], now: Mapping[str, Accepted], last: LastRun | None, gate: Gate) -> list[Finding]:
    """What the source says of people, and not which groups follow from it: rules change, too."""
    before = {key: entry for key, entry in last.people.items() if not entry.last_seen} if last else {}
    changed = [(spot(person),) for key, person in here.items() if key in before and _told_of(before[key]) != _told_of(now[key])]
    what = "with another department, user_name or e-mail address than in the last run"
    return gate["changed_share"].over(changed, len(before), lambda found: f"{_people(len(found))} of {len(before):,} {what}")


def _holds_lifted(here: Mapping[str, Person], last: LastRun | None, gate: Gate) -> list[Finding]:
    known = last.people if last else {}
    cases = [(spot(person),) for key, person in here.items() if key in known and known[key].legal_hold and not person.legal_hold]
    return gate["holds_lifted"].finding(cases, lambda found: f"{_people(len(found))} not on legal hold any more")


def _told_of(entry: Accepted) -> tuple[Any, ...]:
    return entry.department, entry.user_name, entry.emails


def _leaving_share(here: Mapping[str, Person], last: LastRun | None, server: Known | None, gate: Gate) -> list[Finding]:
    """Those who had an active account, by the last run or on the server, and have left now."""
    entries = last.people if last else {}
    active = {key for key, entry in entries.items() if entry.account == ACTIVE_ACCOUNT and not entry.last_seen}
    if server:
        there = {key: server.of(person.user.get("external_id")) for key, person in here.items() if key not in entries}
        active |= {key for key, account in there.items() if account and account.active}
    leaving = [(spot(person),) for key, person in here.items() if key in active and person.phase.name in GONE]
    return gate["leaving_share"].over(leaving, len(active), lambda found: f"{_people(len(found))} of {len(active):,} with an active account have left at once")


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"
