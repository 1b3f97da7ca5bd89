# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read about people who move: one list of everybody, or an answer for each person. Both end as the same readings.

A list that failed or was cut is no answer about anybody: then each person was asked for alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..json_values import folded
from ..references import ID
from ..verdicts import Facts, Reading
from .memberships import Group
from .people import Mover

TARGET = "mover_target"  # the loop variable of the role: every result carries the person that it is about


@dataclass(frozen=True)
class Account:
    """What was read of somebody's account. doubt: why it is not certain who is meant, "" if it is. found: ``{}`` if there is none."""

    found: Facts
    doubt: str = ""

    @property
    def id(self) -> str:
        return str(self.found.get("id") or "")


def is_whole(registered: Any, resources: str) -> bool:
    """Whether a list was read to its end and nothing of it was cut."""
    return isinstance(registered, Mapping) and not registered.get("failed") and resources in registered and not registered.get("truncated")


def by_number(registered: Any) -> dict[int, list[Facts]]:
    """The results of a loop, by the number of the person."""
    found: dict[int, list[Facts]] = {}
    for result in (registered.get("results") or ()) if isinstance(registered, Mapping) else ():
        number = result.get(TARGET, {}).get("number")
        if isinstance(number, int) and not result.get("skipped"):
            found.setdefault(number, []).append(result)
    return found


class Accounts:
    """The accounts that were read. listing: what scim_user_info returned of everybody. alone: what its loop returned of each."""

    def __init__(self, listing: Any, alone: Any) -> None:
        self.is_list = is_whole(listing, "users")
        self.unverifiable = bool(self.is_list and listing.get("unverifiable"))
        self._alone = by_number(alone)
        self._by: dict[tuple[str, str], list[Facts]] = {}
        users = listing["users"] if self.is_list else [user for results in self._alone.values() for one in results for user in one.get("users") or ()]
        for user in {str(user.get("id")): user for user in users}.values():
            for key, form in (("id", str), ("external_id", str), ("user_name", folded)):
                if user.get(key):
                    self._by.setdefault((key, form(str(user[key]))), []).append(user)

    def of(self, mover: Mover) -> Account | None:
        """The account of a person, ``None`` if nobody has asked."""
        if self.is_list:
            return _judged(mover, self._looked_up(mover))
        for result in self._alone.get(mover.number, ()):
            if result.get("failed"):
                return Account({}, f"the account could not be read: {result.get('msg') or 'the task failed'}")
            if "users" not in result:
                return Account({}, "the answer holds no users")
            if not result["users"] and result.get("unverifiable"):
                return Account({}, "nobody on the service has an external_id, so whether there is an account cannot be told; give user_name or id")
            return _judged(mover, result["users"])
        return None

    def by_external_id(self, external_id: str) -> Facts:
        """An account of anybody who was read; ``{}`` if none is known."""
        found = self._by.get(("external_id", external_id), ())
        return found[0] if len(found) == 1 else {}

    def _looked_up(self, mover: Mover) -> Sequence[Facts]:
        """As the lookup of the service does it: the id decides alone, then external_id, then user_name."""
        names = mover.names
        if "id" in names:
            return self._by.get(("id", names["id"]), ())
        found = self._by.get(("external_id", names.get("external_id", "")), ())
        return found or self._by.get(("user_name", folded(names.get("user_name", ""))), ())


def _judged(mover: Mover, found: Sequence[Facts]) -> Account:
    if len(found) > 1:
        ids = ", ".join(str(account.get("id", "")) for account in found[:10])
        return Account({}, f"{len(found)} accounts answer to it ({ids}); name the one you mean by its id")
    for account in found:
        theirs, ours = str(account.get("external_id") or ""), mover.names.get("external_id", "")
        if theirs and ours and theirs != ours:
            return Account({}, f"the account {account.get('id')!r} has the external_id {theirs!r}, not {ours!r}: it is somebody else's")
    return Account(found[0] if found else {})


def doubles(movers: Iterable[Mover], accounts: Accounts) -> dict[int, str]:
    """By number, another entry of the list that has the same account: which of them counts would be a guess."""
    bearers: dict[str, list[int]] = {}
    for mover in movers:
        account = None if mover.left_alone else accounts.of(mover)
        if account and account.id:
            bearers.setdefault(account.id, []).append(mover.number)
    several = [numbers for numbers in bearers.values() if len(numbers) > 1]
    return {number: f"mover_people[{next(other for other in numbers if other != number)}]" for numbers in several for number in numbers}


class Memberships:
    """Who is in which group, as far as it was read. listing: all groups with members. alone: for each person, the groups they are in."""

    def __init__(self, listing: Any, alone: Any) -> None:
        self.is_list = is_whole(listing, "groups")
        self._hidden = bool(self.is_list and listing.get("unverifiable"))
        self._alone = by_number(alone)
        self._of: dict[str, list[Facts]] = {}
        self._ids: dict[str, set[str]] = {}
        groups = listing["groups"] if self.is_list else [group for results in self._alone.values() for one in results for group in one.get("groups") or ()]
        for group in groups:
            self._ids.setdefault(folded(str(group.get("display_name") or "")), set()).add(str(group.get("id") or ""))
            for member in group.get("members") or () if self.is_list else ():
                self._of.setdefault(folded(str(member)), []).append(group)

    def of(self, number: int, account: Facts) -> Reading | None:
        """The groups that list an account, ``None`` if nobody has asked."""
        asked = {"member": f"{ID}{account.get('id', '')}"}
        if self.is_list:
            names = dict.fromkeys(folded(str(name)) for name in (asked["member"], account.get("user_name")) if name)
            found = {str(group.get("id")): group for name in names for group in self._of.get(name, ())}
            return Reading(asked, tuple(found.values()), unverifiable=self._hidden, source=("groups",))
        for result in self._alone.get(number, ()):
            if result.get("failed"):
                return Reading(asked, failure=str(result.get("msg") or "the task failed"))
            if "groups" not in result:
                return Reading(asked, failure="the answer holds no groups")
            source = tuple(result.get("read_from") or ())
            cut = bool(result.get("truncated"))
            return Reading(asked, tuple(result["groups"]), unverifiable=bool(result.get("unverifiable")) or cut, complete=not cut, source=source)
        return None

    def id_of(self, name: str) -> str:
        """The id of the only group of a name that was seen; "" if there is none, or more than one."""
        ids = self._ids.get(folded(name), set())
        return next(iter(ids)) if len(ids) == 1 else ""


def groups_in(reading: Reading) -> list[Group]:
    """What a reading found, as the algebra takes it."""
    return [Group(str(group.get("id") or ""), str(group.get("display_name") or "")) for group in reading.found]


def failures_in(registered: Iterable[Any]) -> list[str]:
    """What tasks that are about everybody at once said when they failed; loops tell it person by person."""
    failed = [result for result in registered if isinstance(result, Mapping) and result.get("failed") and "results" not in result]
    return [str(result.get("msg") or "a task failed") for result in failed]
