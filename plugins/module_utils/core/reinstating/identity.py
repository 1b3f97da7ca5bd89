# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose account it is that answers to what somebody was called: ids and names are used again, by other people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..json_values import folded
from ..verdicts import Facts, Reading
from .wanted import Wanted, differing


@dataclass(frozen=True)
class Found:
    """Who was found. account: theirs now, ``{}`` if they have none. doubt: why that is not known, so that the person is not touched.

    refusals: why it is certain that something is wrong. note: what could not be looked at.
    """

    account: Facts = field(default_factory=dict)
    doubt: str = ""
    refusals: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Looks:
    """What the service answered: by id, by external_id, and about everybody who may have one of the names by now.

    holders: accounts, of which some have the name. unasked: names of which nobody could be asked by a filter. everybody: all
    accounts, where that was needed.
    """

    by_id: Reading | None = None
    by_external_id: Reading | None = None
    holders: Sequence[Facts] = ()
    failure: str = ""
    unasked: Sequence[str] = ()
    everybody: Reading | None = None


def who_was(wanted: Wanted, looks: Looks) -> Found:
    """The account of somebody who left, and whether what they were called is still theirs."""
    failures = [reading.failure for reading in (looks.by_id, looks.by_external_id) if reading and reading.failure]
    if failures or looks.failure:
        return Found(doubt=(failures or [looks.failure])[0])
    if looks.by_id is None and looks.by_external_id is None and not looks.holders and wanted.account:
        return Found(doubt="nobody has looked for the account")
    account = next((reading.found[0] for reading in (looks.by_id, looks.by_external_id) if reading and reading.found), {})
    if account:
        wrong = _somebody_else(wanted, account)
        if wrong:
            return Found(refusals=(wrong,))
    everybody = looks.everybody
    others = [*looks.holders, *(everybody.found if everybody else ())]
    holders = {str(other.get("id")): other for other in others if _held(wanted, other) and other.get("id") != account.get("id")}
    if not account:
        account = next((holder for holder in holders.values() if _made_again(wanted, holder)), {})
        holders.pop(str(account.get("id")), None)
    refusals = tuple(_taken(wanted, holder) for holder in holders.values())
    note = ""
    if looks.unasked and (everybody is None or everybody.failure or not everybody.complete):
        note = f"whether another account has the e-mail {', '.join(looks.unasked)} could not be told"
    return Found({} if refusals else account, refusals=refusals, note=note)


def newcomer(wanted: Wanted, reading: Reading | None) -> Found:
    """The account of somebody who is to get what somebody else has."""
    if reading is None:
        return Found(doubt="nobody has looked for the account")
    if reading.failure:
        return Found(doubt=reading.failure)
    if len(reading.found) > 1:
        return Found(refusals=(f"{len(reading.found)} accounts answer to it; name the one you mean by its id",))
    if not reading.found:
        return Found(refusals=("there is no such account; a newcomer has to exist, see the role joiner",))
    wrong = _other_external_id(wanted, reading.found[0])
    return Found(refusals=(wrong,)) if wrong else Found(reading.found[0])


def mistaken(wanted: Wanted, account: Facts) -> str:
    """Why an account that was read back is not this person's, or ""."""
    return _other_external_id(wanted, account)


def _somebody_else(wanted: Wanted, account: Facts) -> str:
    """Why the account with the id, or the external_id, of the snapshot is somebody else's, or ""."""
    wrong = _other_external_id(wanted, account)
    if wrong or wanted.names.get("external_id") and account.get("external_id"):
        return wrong
    if _held(wanted, account):
        return ""
    return (
        f"the account {account.get('id')!r} has neither the external_id nor any name or e-mail of the snapshot: it is somebody else's, "
        "or the snapshot is of another service"
    )


def _other_external_id(wanted: Wanted, account: Facts) -> str:
    theirs, ours = str(account.get("external_id") or ""), wanted.names.get("external_id", "")
    if theirs and ours and theirs != ours:
        return f"the account {account.get('id')!r} has the external_id {theirs!r}, not {ours!r}: it is somebody else's"
    return ""


def _held(wanted: Wanted, account: Facts) -> bool:
    """Whether an account has the user name or an e-mail that was the person's."""
    return bool(set(map(folded, wanted.held)) & _names_of(account))


def _names_of(account: Facts) -> set[str]:
    emails = account.get("emails") or ()
    names = [account.get("user_name"), *(entry.get("value") for entry in emails if isinstance(entry, Mapping))]
    return {folded(str(name).strip()) for name in names if name}


def _made_again(wanted: Wanted, account: Facts) -> bool:
    """Whether an account with another id is the person's all the same: it was made again, from the same snapshot.

    By external_id it would have been found. Where nobody has one, it is only certain if nothing of the account differs.
    """
    ours = wanted.names.get("external_id", "")
    if ours or account.get("external_id"):
        return bool(ours) and ours == account.get("external_id")
    return bool(wanted.attributes) and not differing(wanted.attributes, account, loosely=True)


def _taken(wanted: Wanted, holder: Facts) -> str:
    name = next(name for name in wanted.held if folded(name) in _names_of(holder))
    who = f"external_id {str(holder['external_id'])!r}" if holder.get("external_id") else "no external_id"
    return (
        f"{name!r} belongs to another account now, {str(holder.get('id'))!r} with {who}: it may be another person's; "
        "give that account another name first, or leave this person out"
    )


def reading_of(result: Mapping[str, Any] | None, resources: str) -> Reading | None:
    """What a task that reads returned, as one answer; ``None`` if it did not run."""
    if result is None or result.get("skipped"):
        return None
    if result.get("failed"):
        return Reading({}, failure=str(result.get("msg") or "the task failed"))
    if resources not in result:
        return Reading({}, failure=f"the answer holds no {resources}")
    return Reading(
        {},
        tuple(result[resources] or ()),
        unverifiable=bool(result.get("unverifiable")),
        complete=not result.get("truncated"),
        source=tuple(result.get("read_from") or ()),
    )


def users_of(results: Iterable[Mapping[str, Any]]) -> list[Facts]:
    """All users that some tasks returned."""
    return [user for result in results if not result.get("failed") for user in result.get("users") or ()]
