# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People who join, as users and groups of a directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import InvalidInput
from .json_values import folded
from .roll import VERBS, refuse_no_list


def directory(people: Sequence[Any], groups: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What M(scim_directory) has to be asked for.

    people: each in the language of scim_user, with ``groups``, the names of the groups to join. groups: those that
    everybody joins. Returns ``{"users": [...], "groups": [{"display_name", "members": {"add": [...]}}], "names":
    [{"display_name"}]}``, with each group once, however often and in whatever letter case it was named; names are the groups
    without members. Raises InvalidInput.
    """
    for name, given in (("joiner_people", people), ("joiner_groups", groups)):
        refuse_no_list(name, given)
    users: list[dict[str, Any]] = []
    joined: dict[str, tuple[str, dict[str, None]]] = {}
    for number, person in enumerate(people):
        if not isinstance(person, Mapping):
            raise InvalidInput(f"joiner_people[{number}] is not a mapping of attributes")
        member = str(person.get("user_name") or person.get("external_id") or "")
        if not member:
            raise InvalidInput(f"joiner_people[{number}] names nobody; give external_id, user_name, or both")
        users.append({name: value for name, value in person.items() if name != "groups"})
        own = person.get("groups") or []
        if isinstance(own, (str, Mapping)):
            raise InvalidInput(f"joiner_people[{number}].groups is not a list of names")
        for group in map(str, [*groups, *own]):
            if not group:
                raise InvalidInput(f"joiner_people[{number}] has a group without a name")
            joined.setdefault(folded(group), (group, {}))[1][member] = None
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
    return [*lines, counts, *notes]


def outcome(registered: Mapping[str, Any]) -> dict[str, Any]:
    """``joiner_result`` from what the task returned; ``{}`` if the role failed before it."""
    refused = "resources" not in registered  # then the counts are those of the plan, and nothing was done
    counts = dict.fromkeys(VERBS, 0) if refused else registered["counts"]
    lists = {name: list(registered.get(name) or ()) for name in ("resources", "failures", "unconverged", "unverifiable", "requests")}
    failed = not registered or bool(registered.get("failed"))
    return {
        "changed": bool(registered.get("changed")),
        "failed": failed,
        "msg": str(registered.get("msg") or "nothing was written") if failed else "",
        "counts": dict(counts),
        **lists,
    }
