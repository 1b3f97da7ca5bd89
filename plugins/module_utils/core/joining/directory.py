# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People who join, as users and groups of a directory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..json_values import folded
from ..roll import VERBS
from .people import NOT_JOINING, NOT_YET, Joiner, joiners_of

LISTS = ("resources", "failures", "unconverged", "unverifiable", "requests")
# What the role finds out about people; an outcome without it, of the task alone, has empty lists.
ABOUT_PEOPLE = ("people", "memberships", "managers", "access")


def directory(people: Sequence[Any], groups: Sequence[str], without_managers: Collection[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """What M(scim_directory) has to be asked for.

    people: of a roster, see ``roster.person``, or each in the language of scim_user, with ``groups``, the names of the groups to join.
    groups: those that everybody joins. without_managers: the external ids of managers who have no account, and are left out.
    Returns ``{"users": [...], "groups": [{"display_name", "members": {"add": [...]}}], "names": [{"display_name"}]}``, with each group
    once, however often and in whatever letter case it was named; names are the groups without members. Raises InvalidInput.
    """
    return directory_of(joiners_of(people, groups), without_managers)


def directory_of(joiners: Iterable[Joiner], without_managers: Collection[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """The same for people who were read already."""
    users: list[dict[str, Any]] = []
    joined: dict[str, tuple[str, dict[str, None]]] = {}
    for joiner in joiners:
        if not joiner.joins:
            continue
        left_out = ("manager",) if joiner.superior and joiner.superior in without_managers else ()
        users.append({name: value for name, value in joiner.user.items() if name not in left_out})
        for group, _rule in joiner.groups:
            joined.setdefault(folded(group), (group, {}))[1][joiner.member] = None
    return {
        "users": users,
        "groups": [{"display_name": name, "members": {"add": list(members)}} for name, members in joined.values()],
        "names": [{"display_name": name} for name, dummy in joined.values()],
    }


def table(result: Mapping[str, Any]) -> list[str]:
    """``joiner_result`` as lines to print."""
    rows = [("DONE", "WHAT", "WHO")]
    rows += [(str(entry["verb"]), str(entry["kind"]), str(entry["key"])) for entry in result["resources"]]
    rows += [("failed", str(entry["kind"]), f"{entry['key']}: {entry['msg']}") for entry in result["failures"]]
    lines = [f"{verb:<9}  {kind:<5}  {who}" for verb, kind, who in rows]
    counts = ", ".join(f"{number} {verb}" for verb, number in result["counts"].items())
    notes = [result["msg"]] if result["msg"] and not result["failures"] else []
    for name, what in (("unconverged", "not kept"), ("unverifiable", "not shown by the service, so not verified")):
        notes += [f"{entry['kind']} {entry['key']}: {what}: {', '.join(entry['paths'])}" for entry in result[name]]
    people = result.get("people") or ()
    for state in (NOT_YET, NOT_JOINING):
        keys = [str(person["key"]) for person in people if person["state"] == state]
        notes += [f"{state}: {', '.join(keys)}"] if keys else []
    notes += [f"{entry['person']}: {entry['said']}" for entry in result.get("managers") or ()]
    notes += [f"{entry['key']}: {entry['state']} in Access: {entry['said']}" for entry in result.get("access") or ()]
    return [*lines, counts, *notes]


def outcome(registered: Mapping[str, Any], about: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """``joiner_result`` from what the task returned; ``{}`` if the role failed before it. about: what is known of the people besides."""
    refused = "resources" not in registered  # then the counts are those of the plan, and nothing was done
    counts = dict.fromkeys(VERBS, 0) if refused else registered["counts"]
    lists = {name: list(registered.get(name) or ()) for name in LISTS}
    failed = not registered or bool(registered.get("failed"))
    return {
        "changed": bool(registered.get("changed")),
        "failed": failed,
        "msg": str(registered.get("msg") or "nothing was written") if failed else "",
        "counts": dict(counts),
        **lists,
        **{name: list((about or {}).get(name) or ()) for name in ABOUT_PEOPLE},
    }
