# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small pure functions that rewrite a wish before it is planned. The planner itself has no options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidInput
from .json_values import folded
from .plan import Canonical
from .references import ID


@dataclass(frozen=True)
class Membership:
    """What a task says of the members of a group: ``{add, remove, set}``; ``None`` means not given."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    set: tuple[str, ...] | None = None

    @classmethod
    def from_options(cls, option: str, value: Mapping[str, Any]) -> Membership:
        """Read ``members: {add: [], remove: [], set: []}``; contradictions are refused."""
        given = cls(
            tuple(value.get("add") or ()),
            tuple(value.get("remove") or ()),
            None if value.get("set") is None else tuple(value["set"]),
        )
        for part in ("add", "remove", "set"):
            for position, name in enumerate(value.get(part) or ()):
                if name.strip() in ("", ID):
                    raise InvalidInput(f"{option}.{part}[{position}] is empty; correct the source, or drop the entry")
        if given.set is not None and (given.add or given.remove):
            raise InvalidInput(f"{option}: set already says who is a member; give either set, or add and remove")
        both = sorted({folded(name) for name in given.add} & {folded(name) for name in given.remove})
        if both:
            raise InvalidInput(f"{option}: {', '.join(both)} is in add and in remove; say which one you mean")
        return given

    def names(self) -> tuple[str, ...]:
        """Everyone who is named, once, in the order of the task."""
        return tuple(dict.fromkeys(self.add + self.remove + (self.set or ())))

    def of(self, current: tuple[str, ...]) -> tuple[str, ...]:
        """The members that the group shall have, given those it has. Members that are not named stay."""
        if self.set is not None:
            return tuple(sorted(set(self.set)))
        return tuple(sorted((set(current) | set(self.add)) - set(self.remove)))


def memberships_from(names: Iterable[str], options: Mapping[str, Any]) -> dict[str, Membership]:
    """Those of the options in names (``members``, ``nested_groups``) that a task gives."""
    return {option: Membership.from_options(option, options[option]) for option in names if options[option]}


def with_memberships(wish: Canonical, memberships: Mapping[str, Membership], seen: Canonical | None) -> dict[str, Any]:
    """The wish for a group with its memberships worked out against the group as it is."""
    rewritten = dict(wish)
    for path, membership in memberships.items():
        rewritten[path] = membership.of(tuple((seen or {}).get(path) or ()))
    return rewritten


def deactivated(seen: Canonical | None) -> Canonical | None:
    """The wish "may not sign in" for a user: nothing to wish for where there is nobody."""
    return None if seen is None else {"active": False}


def password_only_on_create(wish: Canonical, seen: Canonical | None) -> Canonical:
    """A password cannot be read back, so by default only a new user gets one."""
    return wish if seen is None else {path: value for path, value in wish.items() if path != "password"}


def without(wish: Canonical, ignored: tuple[str, ...]) -> Canonical:
    """The wish less the attributes that this service is known not to keep."""
    return {path: value for path, value in wish.items() if path not in ignored}
