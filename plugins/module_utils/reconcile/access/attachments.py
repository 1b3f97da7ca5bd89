# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reusable policies attached to applications and detached from them. An application is written as a whole, so it is read first.

Everything is read, and refused where it has to be, before the first write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...client.access_lookup import by_id, everything, not_found, policies_of, the_only
from ...client.access_names import AccessNames
from ...client.cloudflare import CloudflareAccount
from ...core.access.applications import body_with_policies, called, policy_ids
from ...core.access.ids import is_id, settled
from ...core.access.kinds import APPLICATION
from ...core.access.paths import path_of
from ...core.access.precedence import placed, without
from ...core.errors import InvalidInput, NotFound, Refused
from ...core.plan import UPDATE, Change, Operation

Raw = dict[str, Any]

_KIND = "AccessApplication"
_FEW = 2  # so many are read one by one, more in a list


@dataclass(frozen=True)
class Attachments:
    """What a task says of the applications of a policy; ``None`` means not given. position: where a policy takes its place."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    set: tuple[str, ...] | None = None
    position: str | None = None

    @classmethod
    def from_options(cls, value: Mapping[str, Any] | None) -> Attachments:
        """Read ``applications: {add: [], remove: [], set: [], position: first}``; contradictions are refused."""
        given = value or {}
        result = cls(
            tuple(given.get("add") or ()),
            tuple(given.get("remove") or ()),
            None if given.get("set") is None else tuple(given["set"]),
            given.get("position"),
        )
        if result.set is not None and (result.add or result.remove):
            raise InvalidInput("applications: set already says which they are; give either set, or add and remove")
        both = sorted(set(result.add) & set(result.remove))
        if both:
            raise InvalidInput(f"applications: {both[0]!r} is in add and in remove")
        if result.position and not result.add and result.set is None:
            raise InvalidInput("applications: position says where the policy is put in the applications of add or set; give one of them")
        return result

    def __bool__(self) -> bool:
        return bool(self.add or self.remove) or self.set is not None


@dataclass(frozen=True)
class Reordered:
    """One application that gets other policies, or another order of them. raw: as it was read. after: ids in order."""

    raw: Raw = field(repr=False)
    before: list[str]
    after: list[str]

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def name(self) -> str:
        return called(self.raw)

    @property
    def path(self) -> str:
        """What it is called where it did not take."""
        return f"applications.{self.name}"

    def operation(self, names: Mapping[str, str]) -> Operation:
        """The change for the diff. names: of policies, by id; those of the application itself are known."""
        known = {str(each.get("id")): str(each.get("name") or "") for each in self.raw.get("policies") or () if isinstance(each, Mapping)}
        said = {**known, **names}
        before, after = ([said.get(each) or each for each in ids] for ids in (self.before, self.after))
        return Operation(UPDATE, _KIND, self.name, {"name": self.name}, {"name": self.name}, (Change("policies", before, after),))


class Applications:
    """The applications of an account, as far as one task needs them."""

    def __init__(self, account: CloudflareAccount, names: AccessNames) -> None:
        self._account = account
        self._names = names
        self._read: dict[str, Raw] = {}

    def reordered(self, raw: Raw, wished: Attachments) -> list[Reordered]:
        """What has to be written so that a policy is where it is wished. raw: as it was read, ``{}`` if it does not exist yet.

        Raises NotFound, SeveralMatches, Refused.
        """
        policy = str(raw.get("id") or "")
        texts = [*wished.add, *wished.remove, *(wished.set or ())]
        listing = wished.set is not None or len(texts) > 1
        wanted, gone = (
            {str(one["id"]): one for one in (self._named(text, f"applications.{part}", listing) for text in given)}
            for part, given in (("set" if wished.set is not None else "add", wished.set or wished.add), ("remove", wished.remove))
        )
        twice = sorted(called(wanted[each]) for each in wanted.keys() & gone.keys())
        if twice:
            raise InvalidInput(f"applications: {twice[0]!r} is in add and in remove, by two names")
        if wished.set is not None and policy:
            using = {str(one["id"]): one for one in [*self.using(policy), *wanted.values()] if policy in policy_ids(one)}
            if using_count(raw) > len(using):
                raise Refused(
                    f"applications.set: policy {raw.get('name')!r} is attached to {using_count(raw)} applications, of which this token "
                    f"sees {len(using)}, so it cannot be detached from all others; use add and remove"
                )
            gone = {each: one for each, one in using.items() if each not in wanted}
        changes = [self._change(one, policy, wished.position) for one in wanted.values()]
        changes += [self._change(one, policy, None, leaves=True) for one in gone.values()]
        return [change for change in changes if change is not None]

    def using(self, policy: str) -> list[Raw]:
        """The applications to which a policy is attached."""
        return [raw for raw in self._names.everything(APPLICATION) if policy in policy_ids(raw)]

    def detached(self, policy: str, used_by: Sequence[Raw]) -> list[Reordered]:
        """What has to be written so that none of these applications has the policy any more."""
        changes = [self._change(raw, policy, None, leaves=True) for raw in used_by]
        return [change for change in changes if change is not None]

    def write(self, change: Reordered, policy: str) -> None:
        """Send one application with its new policies. policy: the id of the one that did not exist when this was planned."""
        body = body_with_policies(change.raw, [each or policy for each in change.after])
        self._account.write("PUT", path_of(APPLICATION, change.id), body)

    def not_kept(self, changes: Sequence[Reordered], policy: str) -> list[str]:
        """Read the applications again: which of them do not have the policies that were sent, as paths."""
        listed = everything(self._account, APPLICATION) if len(changes) > _FEW else []
        seen = {str(raw.get("id")): raw for raw in listed if raw.get("policies") is not None}
        missed = []
        for change in changes:
            now = seen.get(change.id) or self._read_now(change.id)
            if now is None or policy_ids(now) != [each or policy for each in change.after]:
                missed.append(change.path)
        return missed

    def _named(self, text: str, option: str, listing: bool) -> Raw:
        """One application by id, name or domain. listing: whether the list of all is worth a request."""
        listed = self._names.everything(APPLICATION) if listing or not is_id(text) else []
        if not is_id(text):
            found = the_only(APPLICATION, text, listed, option)
        else:
            # An id can exist and not be listed to a token with few rights.
            found = next((raw for raw in listed if raw.get("id") == settled(text)), None) or self._by_id(settled(text))
        if found is None:
            raise not_found(APPLICATION, text, listed, option)
        return found

    def _change(self, raw: Raw, policy: str, position: str | None, *, leaves: bool = False) -> Reordered | None:
        """How an application has to be written, ``None`` if it is as wished. Before it is written, it is read by its id."""
        if raw.get("policies") is not None and _order(raw, policy, position, leaves) == policy_ids(raw):
            return None
        fresh = self._by_id(str(raw["id"]))
        if fresh is None:
            raise NotFound(f"application {called(raw)!r} disappeared while the task was running")
        before, after = policy_ids(fresh), _order(fresh, policy, position, leaves)
        if before == after:
            return None
        body_with_policies(fresh, after)  # refuses what could not be sent, while nothing has been written
        return Reordered(fresh, before, after)

    def _by_id(self, application_id: str) -> Raw | None:
        if application_id not in self._read:
            found = self._read_now(application_id)
            if found is None:
                return None
            self._read[application_id] = found
        return self._read[application_id]

    def _read_now(self, application_id: str) -> Raw | None:
        """An application with its policies. Where it does not show them, they are asked for: none shown does not mean that there are none."""
        found = by_id(self._account, APPLICATION, application_id)
        if found is not None and found.get("policies") is None:
            return {**found, "policies": policies_of(self._account, application_id)}
        return found


def using_count(policy: Raw) -> int:
    """How many applications a policy has, as Cloudflare counts them: also those that the token does not see. 0 if it is not shown."""
    count = policy.get("app_count")
    return int(count) if isinstance(count, (int, float)) and not isinstance(count, bool) else 0


def _order(raw: Raw, policy: str, position: str | None, leaves: bool) -> list[str]:
    ids = policy_ids(raw)
    return without(ids, policy) if leaves else placed(ids, policy, position)


def emptied(changes: Sequence[Reordered]) -> list[str]:
    """A warning for each application that is left without a policy."""
    return [f"application {each.name!r} has no policy left, so it lets nobody in" for each in changes if not each.after]
