# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is who: the people of a source, those of the last run, and those of the server, told apart by the key that never changes.

A new name under the same key is a rename, not a leaver and a newcomer. A key that is gone is not a leaver either: the source
did not say that they left. Who left and is back is rehired, and nothing of theirs is to be deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from .acceptance import Accepted, LastRun
from .checks import spot
from .findings import Case, Spot
from .known import Known
from .person import ACTIVE, ACTIVE_ACCOUNT, EXPIRED, GONE, LEAVING, LEFT, ON_LEAVE, STAGED, Person, Record

# Lists of keys, in the order in which a task returns them. Somebody may be in several: renamed and moved.
_PATTERN_SIGN = re.compile(r"([*?[])")
_MOST_OWNERS = 20  # of one address; there are no pairs of everybody with everybody where all have a placeholder
LISTS = ("joined", "started", "renamed", "moved", "on_leave", "returned", "leaving", "left", "expired", "rehired", "disappeared", "adoptable")


@dataclass(frozen=True)
class Changes:
    """Who is in which list of LISTS, by key. unchanged: how many people are in none."""

    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unchanged: int = 0
    against: str = ""  # the instant of the last run, "" if there was none

    def shown(self, most: int | None = None) -> dict[str, Any]:
        """The changes as a task returns them, with so many keys in each list at most; ``counts`` are of all."""
        return {
            "against": self.against,
            "counts": {**{name: len(self.lists.get(name, ())) for name in LISTS}, "unchanged": self.unchanged},
            **{name: list(self.lists.get(name, ()))[:most] for name in LISTS},
        }


def changes(people: Sequence[Person], withheld: Iterable[str], now: Mapping[str, Accepted], last: LastRun | None, server: Known | None) -> Changes:
    """What is different from the last run, and from the server where there was none. withheld: keys of whom nothing is certain.

    now: what is kept of each person, by key, see ``acceptance.remembered``.
    """
    lists: dict[str, list[str]] = {name: [] for name in LISTS}
    unchanged = 0
    for person in people:
        found = list(_changes(person, now[person.key], last.people.get(person.key) if last else None, server))
        for name in found:
            lists[name].append(person.key)
        unchanged += not found
    present = {person.key for person in people} | set(withheld)
    lists["disappeared"] = disappeared(present, last, server)
    return Changes(lists, unchanged, last.instant if last else "")


def _changes(person: Person, now: Accepted, before: Accepted | None, server: Known | None) -> Iterator[str]:
    """The lists in which somebody is."""
    account = server.of(person.user.get("external_id")) if server else None
    gone = person.phase.name in GONE
    if server and not account and now.user_name in server.nameless:
        yield "adoptable"
    if before:
        if before.phase in GONE and not gone:
            yield "rehired"
        else:
            yield from _of_phase(before.phase, person.phase.name)
        if (before.user_name, before.emails) != (now.user_name, now.emails):
            yield "renamed"
        if not gone and before.phase not in (*GONE, STAGED) and (before.groups, before.department) != (now.groups, now.department):
            yield "moved"
    elif account:
        if now.user_name and account.user_name and now.user_name != account.user_name:
            yield "renamed"
        if account.active and gone:
            yield person.phase.name
        if not account.active and person.phase.account == ACTIVE_ACCOUNT:
            yield "rehired"
    elif not gone:
        yield "joined"


def _of_phase(before: str, now: str) -> Iterator[str]:
    """What a change of the phase is called, for somebody who had not left."""
    if now in (before, STAGED):  # a start that was put off is no change for anybody
        return
    if before == STAGED and now not in GONE:
        yield "started"
    if now == ON_LEAVE:
        yield "on_leave"
    if now == ACTIVE and before in (ON_LEAVE, LEAVING):
        yield "returned"
    if now in (LEAVING, LEFT, EXPIRED):
        yield now


def disappeared(present: Iterable[str], last: LastRun | None, server: Known | None) -> list[str]:
    """The keys of people who had not left and are not in the source any more; external ids where there was no last run.

    Those whom the server does not have any more, or has as inactive, are dealt with; a server that has nobody at all says nothing.
    """
    here = set(present)
    if last is None:
        return sorted(user.external_id for user in server.users if user.external_id and user.active and user.external_id not in here) if server else []
    missing = {key: entry for key, entry in last.people.items() if key not in here and entry.phase not in GONE}
    if server and server.users:
        missing = {key: entry for key, entry in missing.items() if _active_there(entry.external_id or key, server)}
    return sorted(missing)


def accounts_of(withheld: Iterable[str], records: Iterable[Record], last: LastRun | None) -> list[str]:
    """The external_ids of people who are withheld: all that their rows name, what the last run knew, and the key where nothing is known.

    As patterns that match them and nothing else, because options such as ignore take patterns, and an id may be an asterisk.
    """
    wanted = {key: {last.people[key].external_id or key} if last and key in last.people else set() for key in withheld}
    for record in records:
        if record.key in wanted:
            wanted[record.key].add(str(record.attributes.get("external_id") or record.key))
    return sorted({_PATTERN_SIGN.sub(r"[\1]", account) for key, accounts in wanted.items() for account in accounts or {key}})


def _active_there(external_id: str, server: Known) -> bool:
    account = server.of(external_id)
    return account is not None and account.active


def reused(people: Sequence[Person], now: Mapping[str, Accepted], last: LastRun | None, server: Known | None) -> list[Case]:
    """Whose user_name or e-mail address was, or is on the server, somebody else's: the newcomer, and the former owner."""
    owners: dict[str, dict[str, None]] = {}
    for key, entry in last.people.items() if last else ():
        for address in entry.addresses:
            owners.setdefault(address, {})[key] = None
    keys = {str(person.user.get("external_id") or person.key): person.key for person in people}
    for user in server.users if server else ():
        for address in user.addresses if user.external_id else ():
            owners.setdefault(address, {})[keys.get(user.external_id, user.external_id)] = None
    places = {person.key: spot(person) for person in people}
    found: dict[Case, None] = {}
    for person in people:
        had = last.people.get(person.key) if last else None
        for address in sorted(now[person.key].addresses - (had.addresses if had else frozenset())):
            for owner in islice(owners.get(address, ()), _MOST_OWNERS):
                if owner != person.key:
                    found[(spot(person), places.get(owner, Spot("", owner)))] = None
    return list(found)
