# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered of a run that was accepted, for the next one to be compared with.

No name and no address is kept, only digests of them, without a salt: whoever has the file can find out whether an address that
they know already is in it, and nothing else. People who are not in the source any more are remembered for a while, or an address
of theirs could be given to somebody else unnoticed, and their return would look like a newcomer's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

from ..errors import InvalidInput
from ..json_values import folded
from .checks import emails, user_names
from .days import before as so_much_before
from .days import instant_of, shown
from .person import ACTIVE_ACCOUNT, INACTIVE_ACCOUNT, NO_ACCOUNT, PHASES, Person

VERSION = 1
KIND = "identityops.lifecycle.roster"
_DIGITS = 24  # of SHA-256: 96 bits, so that two of a million people have the same by chance once in 10^17 times
_TEXTS = ("external_id", "user_name_sha256", "groups_digest", "department_digest", "last_seen")
_PARTS = {"phase", "account", *_TEXTS, "emails_sha256", "former_sha256", "legal_hold"}


@dataclass(frozen=True)
class Accepted:
    """Somebody in the last run.

    external_id: "" if it is the person_id. user_name, emails, groups, department: digests. last_seen: when they were last in the source,
    "" if they were in the last run. former: digests of a user_name and of addresses that they had, each with the instant at which it was seen last.
    """

    phase: str
    account: str
    external_id: str = ""
    user_name: str = ""
    emails: tuple[str, ...] = ()
    groups: str = ""
    department: str = ""
    last_seen: str = ""
    former: Mapping[str, str] = field(default_factory=dict)
    legal_hold: bool = False

    @property
    def own(self) -> frozenset[str]:
        """Those that they have now."""
        return frozenset(filter(None, (self.user_name, *self.emails)))

    @property
    def addresses(self) -> frozenset[str]:
        """All that nobody else may have now: mail to a name of the past still comes."""
        return self.own.union(self.former)

    def shown(self) -> dict[str, Any]:
        """The entry of the file; what is empty is left out, as there may be many thousands."""
        entry = {
            "phase": self.phase,
            "account": self.account,
            "external_id": self.external_id,
            "user_name_sha256": self.user_name,
            "emails_sha256": list(self.emails),
            "groups_digest": self.groups,
            "department_digest": self.department,
            "last_seen": self.last_seen,
            "legal_hold": self.legal_hold,
            "former_sha256": dict(sorted(self.former.items())),
        }
        return {name: value for name, value in entry.items() if value}


@dataclass(frozen=True)
class LastRun:
    """What is remembered. rows: how many the sources had. sources: a digest of their content. since: when they first had it."""

    instant: str
    rows: int
    people: Mapping[str, Accepted] = field(default_factory=dict)
    sources: str = ""
    since: str = ""

    def shown(self) -> dict[str, Any]:
        """What is written to the accepted_file."""
        return {
            "kind": KIND,
            "version": VERSION,
            "instant": self.instant,
            "rows": self.rows,
            "sources": self.sources,
            "since": self.since,
            "people": {key: person.shown() for key, person in sorted(self.people.items())},
        }


def digest(text: str) -> str:
    """What is kept of a name or an address; the same for all spellings in which it is the same."""
    return hashlib.sha256(folded(text).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def remembered(person: Person) -> Accepted:
    """What is kept of somebody."""
    groups = sorted({folded(group.name) for group in person.groups})
    external_id = str(person.user.get("external_id") or "")
    return Accepted(
        phase=person.phase.name,
        account=person.phase.account,
        external_id="" if external_id == person.key else external_id,
        user_name="".join(digest(name) for name in user_names(person.user)),
        emails=tuple(sorted(digest(address) for address in emails(person.user))),
        groups=digest("\n".join(groups)) if groups else "",
        department=digest(str(person.user["department"])) if person.user.get("department") else "",
        legal_hold=person.legal_hold,
    )


def acceptance(
    now: datetime,
    rows: int,
    people: Mapping[str, Accepted],
    withheld: Iterable[str],
    sources: str,
    last: LastRun | None,
    remember_days: int,
) -> LastRun:
    """What the next run has to know. now: the instant. people: what is kept of each. withheld: keys of people of whom the last run's entry still stands.

    remember_days: so long somebody is remembered who is not in the source any more, and an address that somebody does not have any more.
    """
    before = last.people if last else {}
    oldest = so_much_before(now, timedelta(days=min(remember_days, timedelta.max.days)))
    seen = last.instant if last else ""
    kept = {key: replace(entry, former=_former(entry, before[key], seen, oldest)) if key in before else entry for key, entry in people.items()}
    kept.update((key, before[key]) for key in withheld if key in before)
    for key, entry in before.items():
        last_seen = entry.last_seen or seen
        if key not in kept and instant_of(last_seen) >= oldest:
            kept[key] = replace(entry, last_seen=last_seen)
    same = last is not None and last.sources == sources and bool(last.since)
    return LastRun(shown(now), rows, kept, sources, last.since if last and same else shown(now))


def _former(now: Accepted, before: Accepted, seen: str, oldest: datetime) -> dict[str, str]:
    """What somebody had and has no more. seen: the instant of the last run."""
    had = {**before.former, **dict.fromkeys(before.own, before.last_seen or seen)}
    return {address: when for address, when in had.items() if address not in now.own and instant_of(when) >= oldest}


def last_run(content: Any) -> LastRun:
    """What an accepted_file holds, read to the letter. Raises InvalidInput: half a memory would let half a poisoned file pass."""
    if not isinstance(content, Mapping) or content.get("kind") != KIND:
        _refuse(f"it is not the acceptance of a run of roster_info, which has kind {KIND}")
    if content.get("version") != VERSION:
        _refuse(f"it has version {content.get('version')!r}, and this release reads {VERSION}")
    rows, people = content.get("rows"), content.get("people")
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 0 or not isinstance(people, Mapping):
        _refuse("rows is no number, or people is no dictionary")
    if not _is_instant(content.get("instant")) or not _is_instant(content.get("since")) or not isinstance(content.get("sources"), str):
        _refuse("instant, since or sources is missing or wrong")
    if rows and not people:
        _refuse("it has rows and nobody of them")
    entries = {key: _entry(key, entry) for key, entry in people.items()}
    return LastRun(content["instant"], rows, entries, content["sources"], content["since"])


def _entry(key: Any, entry: Any) -> Accepted:
    ok = isinstance(key, str) and key and isinstance(entry, Mapping) and set(entry) <= _PARTS and entry.get("phase") in PHASES
    if not ok or entry.get("account") not in (NO_ACCOUNT, INACTIVE_ACCOUNT, ACTIVE_ACCOUNT):
        _refuse(f"the entry of person_id {key!r} is damaged")
    addresses, last_seen = entry.get("emails_sha256", []), entry.get("last_seen", "")
    texts = [entry.get(name, "") for name in _TEXTS]
    if not isinstance(addresses, list) or not all(isinstance(text, str) for text in (*addresses, *texts)) or (last_seen and not _is_instant(last_seen)):
        _refuse(f"the entry of person_id {key!r} is damaged")
    former, hold = entry.get("former_sha256", {}), entry.get("legal_hold", False)
    if not isinstance(hold, bool) or not isinstance(former, Mapping) or not all(map(_is_instant, former.values())):
        _refuse(f"the entry of person_id {key!r} is damaged")
    external_id, user_name, groups, department, last_seen = texts
    return Accepted(entry["phase"], entry["account"], external_id, user_name, tuple(addresses), groups, department, last_seen, former, hold)


def _refuse(what: str) -> NoReturn:
    raise InvalidInput(
        f"accepted_file: {what}; take it from a backup, or, if you know that the source is right, move the file away, which makes this a first run"
    )


def _is_instant(text: Any) -> bool:
    try:
        return isinstance(text, str) and bool(instant_of(text))
    except InvalidInput:
        return False
