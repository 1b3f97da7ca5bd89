# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups with members, from whatever source, as what ``scim_directory`` has to be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InvalidInput, Protected
from ..json_values import folded
from ..patterns import Patterns
from ..roll import refuse_no_list

SET = "set"
ADD = "add"
WAYS = (SET, ADD)
SKIP = "skip"
FAIL = "fail"
FOR_UNKNOWN = (FAIL, SKIP)
_NAMES = ("name", "display_name")
_KEYS = (*_NAMES, "external_id", "members")


def given_groups(
    groups: Sequence[Any],
    *,
    names: Mapping[str, Any] | None = None,
    scope: Sequence[str] = (),
    members: str = SET,
    unknown_members: str = FAIL,
    known: Sequence[Mapping[str, Any]] | None = None,
    protected: Sequence[str] = (),
) -> dict[str, Any]:
    """The groups to ask for.

    groups: ``[{"name", "members": [user_name, external_id or id:...], "external_id"}]``. names: ``{"map": {theirs: ours}, "prefix", "suffix"}``; what map
    has is taken as it is. scope: patterns of the names, as the service has them, that may be touched; none given are all.
    members: set or add. unknown_members: fail or skip those whom the service does not have; known: its users, for skip.
    protected: patterns of accounts that no source may name.
    Returns ``{"groups", "out_of_scope": [name], "skipped": [{"group", "member"}]}``. Raises InvalidInput, Protected.
    """
    refuse_no_list("group_sync_groups", groups)
    for option, value, choices in (("members", members, WAYS), ("unknown_members", unknown_members, FOR_UNKNOWN)):
        if value not in choices:
            raise InvalidInput(f"group_sync_{option} is {value!r}; choose one of {', '.join(choices)}")
    naming = dict(names or {})
    unknown = sorted(set(naming) - {"map", "prefix", "suffix"})
    if unknown:
        raise InvalidInput(f"group_sync_names has {', '.join(unknown)}; it may have map, prefix and suffix")
    there = _known(known) if unknown_members == SKIP else None
    patterns, within = Patterns(protected), Patterns(scope)
    wished: dict[str, dict[str, Any]] = {}
    out_of_scope, skipped = [], []
    for number, given in enumerate(groups):
        name, listed = _group(number, given, naming)
        if scope and within.matching(name) is None:
            out_of_scope.append(name)
            continue
        if folded(name) in wished:
            raise InvalidInput(f"group_sync_groups[{number}]: {name!r} is there twice; nothing was written: give each group once, with all of its members")
        for member in listed:
            pattern = patterns.matching(member)
            if pattern is not None:
                raise Protected(f"group_sync_groups[{number}]: {member!r} is protected ({pattern!r}): nothing was written; take it out of the source")
        missing = [member for member in listed if there is not None and folded(member) not in there]
        skipped += [{"group": name, "member": member} for member in missing]
        theirs = [member for member in listed if member not in set(missing)]
        external_id = {"external_id": str(given["external_id"])} if given.get("external_id") else {}
        if members == SET or theirs:
            wished[folded(name)] = {"display_name": name, **external_id, "members": {members: theirs}}
    return {"groups": list(wished.values()), "out_of_scope": out_of_scope, "skipped": skipped}


def _group(number: int, given: Any, naming: Mapping[str, Any]) -> tuple[str, list[str]]:
    if not isinstance(given, Mapping):
        raise InvalidInput(f"group_sync_groups[{number}] is not a mapping with name and members")
    unknown = sorted(str(key) for key in given if key not in _KEYS)
    if unknown:
        raise InvalidInput(f"group_sync_groups[{number}] has {', '.join(unknown)}; a group has name, members and external_id")
    theirs = next((str(given[key]) for key in _NAMES if given.get(key)), "")
    if not theirs:
        raise InvalidInput(f"group_sync_groups[{number}] has no name; nothing was written: a group without a name is nobody's")
    if "members" not in given:
        raise InvalidInput(f"group_sync_groups[{number}] ({theirs!r}) has no members; nothing was written: give an empty list if nobody is meant")
    refuse_no_list(f"group_sync_groups[{number}].members", given["members"])
    by_name = naming.get("map") or {}
    name = str(by_name[theirs]) if theirs in by_name else f"{naming.get('prefix') or ''}{theirs}{naming.get('suffix') or ''}"
    listed = list(dict.fromkeys(str(member) for member in given["members"]))
    if any(not member.strip() for member in listed):
        raise InvalidInput(f"group_sync_groups[{number}] ({theirs!r}) has a member without a name; nothing was written: correct the source")
    return name, listed


def _known(users: Sequence[Mapping[str, Any]] | None) -> set[str]:
    if users is None:
        raise InvalidInput("group_sync_unknown_members: skip needs the users of the service, and they were not read")
    names = {folded(str(user[name])) for user in users for name in ("user_name", "external_id") if user.get(name)}
    return names | {folded(f"id:{user['id']}") for user in users if user.get("id")}
