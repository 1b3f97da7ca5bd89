# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan may do at most. A wrong source shows in numbers: far more is taken away than on any other day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .attributes import REFERENCE, REFERENCES
from .errors import InvalidInput
from .json_values import boolean, is_absent
from .plan import CREATE, DELETE, UPDATE, Operation, Plan
from .resources import GROUP, USER

_MOST_IN_SAMPLE = 5
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Limit:
    """number: how many at most. percent: at most this share of what there is; 100 is no limit.

    few: so many are allowed whatever their share, or nobody could ever leave a team of ten; none if number or percent is 0.
    """

    number: int
    percent: float
    few: int = 1

    def by_percent(self, of: int) -> float:
        """How many the percentage allows."""
        if self.percent in (0, 100):
            return math.inf if self.percent else 0
        return max(self.few, math.floor(round(self.percent * of / 100, 6)))  # 2.3 * 1000 is 2299.9999999999995

    def allowed(self, of: int) -> int:
        """How many of so many."""
        return int(min(self.number, self.by_percent(of)))


# The percentages hold a wrong source back in a small directory, the numbers in a large one. Deleting cannot be taken
# back, so it has the least: 5 % is more than the leavers of a busy month. Who is deactivated wrongly is locked out, but
# nothing is lost. One group may well be halved, when a team is split; all groups together are not. 30 % of changes is
# where octoDNS refuses a zone, too: a rename of one department passes, a source with a column moved does not.
DEFAULTS = {
    "deletions": Limit(50, 5),
    "deactivations": Limit(200, 10, few=2),
    "membership_removals": Limit(1000, 10, few=5),
    "membership_removals_per_group": Limit(200, 50, few=2),
    "changes": Limit(2000, 30, few=10),
}
LEAST_MEMBERS = 1  # nobody empties a group by accident


@dataclass(frozen=True)
class Brakes:
    """The limits of a task, and how few members a group may be left with."""

    deletions: Limit = DEFAULTS["deletions"]
    deactivations: Limit = DEFAULTS["deactivations"]
    membership_removals: Limit = DEFAULTS["membership_removals"]
    membership_removals_per_group: Limit = DEFAULTS["membership_removals_per_group"]
    changes: Limit = DEFAULTS["changes"]
    least_members: int = LEAST_MEMBERS

    @classmethod
    def from_options(cls, options: Mapping[str, Any] | None) -> Brakes:
        """Read ``brakes: {deletions: {number: 10}, least_members: 2}``; what is not given keeps its default."""
        given = {name: value for name, value in (options or {}).items() if value is not None}
        unknown = sorted(set(given) - set(DEFAULTS) - {"least_members"})
        if unknown:
            raise InvalidInput(f"brakes.{unknown[0]} is no brake; there are {', '.join(DEFAULTS)} and least_members")
        limits = {name: _limit(name, given.get(name) or {}) for name in DEFAULTS}
        return cls(**limits, least_members=_whole("brakes.least_members", given.get("least_members", LEAST_MEMBERS)))


def _limit(name: str, given: Any) -> Limit:
    if not isinstance(given, Mapping) or set(given) - {"number", "percent"}:
        raise InvalidInput(f"brakes.{name} has to be a dictionary with number and percent, not {given!r}")
    number, percent = (given.get(part) for part in ("number", "percent"))
    return Limit(
        DEFAULTS[name].number if number is None else _whole(f"brakes.{name}.number", number),
        DEFAULTS[name].percent if percent is None else _share(f"brakes.{name}.percent", percent),
        DEFAULTS[name].few,
    )


def _whole(option: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidInput(f"{option} has to be a whole number, 0 or more, not {value!r}")
    return value


def _share(option: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise InvalidInput(f"{option} has to be a number from 0 to 100, not {value!r}")
    return float(value)


@dataclass(frozen=True)
class Population:
    """What there is now and is owned by the task: of this, the percentages are shares."""

    users: int
    groups: int
    memberships: int


@dataclass(frozen=True)
class Trip:
    """A brake that trips.

    brake: its option, ``deletions``. kind: ``User``, ``Group``, or "" where both count. count: how many the plan has.
    allowed: how many it may have. of: of how many. sample: a few of their keys. said: the sentence for people.
    Where single groups trip, the numbers are those of the worst one; of least_members, count is how many are left.
    """

    brake: str
    kind: str
    count: int
    allowed: int
    of: int
    sample: tuple[str, ...]
    said: str

    def shown(self) -> dict[str, Any]:
        """The trip as a task returns it."""
        return {**vars(self), "sample": list(self.sample)}


@dataclass(frozen=True)
class _Group:
    """What an operation does to the members of a group, people and nested groups alike."""

    key: str
    now: int
    left: int
    gone: tuple[str, ...]


def tripped(plan: Plan, population: Population, brakes: Brakes) -> list[Trip]:
    """The brakes that a plan trips, none if it may be carried out.

    A first load trips none: what is created is not counted, and who only gets a manager or members takes nothing from
    anybody; where a load is done in parts, everybody does in the end. A group that is deleted counts as a deletion and with all
    of its memberships, but not as a group that loses members.
    """
    existing = [operation for operation in plan if operation.verb != CREATE]
    deleted = [operation for operation in existing if operation.verb == DELETE]
    groups = [_group(operation) for operation in existing if operation.kind == GROUP.kind]
    kept = [_group(operation) for operation in existing if operation.kind == GROUP.kind and operation.verb == UPDATE]
    removals = [f"{name} from {group.key}" for group in groups for name in group.gone]
    users, every = population.users, population.users + population.groups

    def keys(kind: str) -> list[str]:
        return [operation.key for operation in deleted if operation.kind == kind]

    leaving = [operation.key for operation in existing if _deactivates(operation)]
    changed = [operation.key for operation in existing if not _only_joins(operation)]
    found = [
        _over("deletions", USER.kind, "users would be deleted", keys(USER.kind), users, brakes.deletions),
        _over("deletions", GROUP.kind, "groups would be deleted", keys(GROUP.kind), population.groups, brakes.deletions),
        _over("deactivations", USER.kind, "users would be deactivated", leaving, users, brakes.deactivations),
        _over("membership_removals", GROUP.kind, "memberships would end", removals, population.memberships, brakes.membership_removals),
        _over_per_group(kept, brakes.membership_removals_per_group),
        _too_few_left(kept, brakes.least_members),
        _over("changes", "", "users and groups would be changed or deleted", changed, every, brakes.changes),
    ]
    return [trip for trip in found if trip]


def _deactivates(operation: Operation) -> bool:
    """Whether a user who can sign in no longer can: who does not show ``active`` can, as far as anybody knows."""
    if operation.kind != USER.kind or operation.verb != UPDATE:
        return False
    return any(c.path == "active" and boolean(c.before) is not False and boolean(c.after) is False for c in operation.changes)


def _only_joins(operation: Operation) -> bool:
    """Whether all that happens is that members come into a group, or that somebody without a manager gets one."""
    if operation.verb != UPDATE:
        return False
    resource = next(resource for resource in (USER, GROUP) if resource.kind == operation.kind)
    for change in operation.changes:
        kind = resource.attribute(change.path).kind
        if kind == REFERENCES and set(change.before or ()) <= set(change.after or ()):
            continue
        if not (kind == REFERENCE and is_absent(change.before)):
            return False
    return bool(operation.changes)


def _group(operation: Operation) -> _Group:
    before, after = operation.before or {}, operation.after or {}
    now = {(path, name) for path in GROUP.memberships for name in before.get(path) or ()}
    then = {(path, name) for path in GROUP.memberships for name in after.get(path) or ()}
    return _Group(operation.key, len(now), len(then), tuple(name for dummy, name in sorted(now - then)))


def _over(brake: str, kind: str, what: str, names: Sequence[str], of: int, limit: Limit) -> Trip | None:
    count, allowed = len(names), limit.allowed(of)
    if count <= allowed:
        return None
    sample = _sample(names)
    said = f"{count} of {of} {what}{_percent(count, of)}, more than {_allows(brake, allowed, limit)}; {_advice(brake, limit, [(count, of)])}"
    return Trip(brake, kind, count, allowed, of, sample, f"{said}: {_listed(sample, count)}")


def _over_per_group(groups: Sequence[_Group], limit: Limit) -> Trip | None:
    """One trip for all groups that lose too many members: advice that holds for one of them only is of no use."""
    brake = "membership_removals_per_group"
    over = [group for group in groups if len(group.gone) > limit.allowed(group.now)]
    if not over:
        return None
    over.sort(key=lambda group: (limit.allowed(group.now) - len(group.gone), group.key))
    worst, sample = over[0], _sample([group.key for group in over])
    count, of, allowed = len(worst.gone), worst.now, limit.allowed(worst.now)
    said = (
        f"group {sample[0]} would lose {count} of its {of} members{_percent(count, of)}, more than {_allows(brake, allowed, limit)}"
        f"{_so_would(over)}; {_advice(brake, limit, [(len(group.gone), group.now) for group in over])}: {_listed(sample, len(over))}"
    )
    return Trip(brake, GROUP.kind, count, allowed, of, sample, said)


def _too_few_left(groups: Sequence[_Group], least: int) -> Trip | None:
    """A group that had enough members and would not any more. One that had too few already may lose them, too."""
    few = sorted((group for group in groups if group.left < least <= group.now), key=lambda group: (group.left, group.key))
    if not few:
        return None
    worst, sample, advised = few[0], _sample([group.key for group in few]), least
    while any(group.left < advised <= group.now for group in groups):  # a lower number guards smaller groups instead
        advised = min(group.left for group in groups if group.left < advised <= group.now)
    said = (
        f"group {sample[0]} would be left with {worst.left} of its {worst.now} members, fewer than brakes.least_members ({least})"
        f"{_so_would(few)}; if that is meant, set brakes.least_members to {advised}: {_listed(sample, len(few))}"
    )
    return Trip("least_members", GROUP.kind, worst.left, least, worst.now, sample, said)


def _allows(brake: str, allowed: int, limit: Limit) -> str:
    return f"brakes.{brake} allows ({allowed}: number {limit.number}, percent {limit.percent:g})"


def _advice(brake: str, limit: Limit, cases: Sequence[tuple[int, int]]) -> str:
    """Which options would allow it, and only those that do not yet. cases: how many, of how many."""
    wanted = []
    most = max(count for count, dummy in cases)
    if most > limit.number:
        wanted.append(f"brakes.{brake}.number to {most}")
    shares = [_needed(count, of) for count, of in cases if count > limit.by_percent(of)]
    if shares:
        wanted.append(f"brakes.{brake}.percent to {max(shares):g}")
    return f"if that is meant, set {' and '.join(wanted)}{'' if shares and max(shares) == 100 and len(wanted) == 1 else ' or more'}"


def _needed(count: int, of: int) -> float:
    """The least percentage that allows so many, to one decimal place."""
    return min(100.0, -(-count * 1000 // of) / 10) if of else 100.0


def _percent(count: int, of: int) -> str:
    return f" ({round(100 * count / of, 1):g} %)" if of else ""


def _so_would(groups: Sequence[_Group]) -> str:
    others = len(groups) - 1
    return f", and so would {others} more {'group' if others == 1 else 'groups'}" if others else ""


def _sample(names: Sequence[str]) -> tuple[str, ...]:
    """The first names, in a form that cannot break a line or fill a screen."""
    plain = (name if name.isprintable() else repr(name) for name in names[:_MOST_IN_SAMPLE])
    return tuple(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..." for name in plain)


def _listed(sample: Sequence[str], count: int) -> str:
    return ", ".join(sample) + (", ..." if count > len(sample) else "")
