# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole plan as a document: what somebody approves, and what differs once the plan is worked out again.

``{"format": ..., "service": URL, "digest": ..., "counts": ..., "warnings": [...], "brakes": [...], "operations": [
{"verb": "update", "kind": "Group", "key": "Staff", "external_id": "7", "changes": [{"path": "members", "add": [...], "remove": [...]}]}],
"people": {"ada@example.com": "1815"}}``; people are the external ids of members who come or go, as far as they are there and have one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .plan import DELETE, HIDDEN, Change, Operation, Plan
from .resources import GROUP

FORMAT = "identityops.lifecycle plan 1"
NOT_YET = "without --check this task fails"  # part of the warning of a preview that names somebody who is not there
_MOST_SENTENCES = 20
_LONGEST_VALUE = 100
_MOST_NAMES = 5
_WHOM = ("external_id", "name")  # of who is there; the name where it is not the key

Document = Mapping[str, Any]


def document(
    plan: Plan,
    *,
    service: str,
    digest: str,
    counts: Mapping[str, Any],
    warnings: Sequence[str] = (),
    brakes: Sequence[Mapping[str, Any]] = (),
    external_id: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """The plan as JSON has it, without secrets; the operations in the order in which they are carried out.

    service: its URL. counts: of what is planned, and of what needs nothing. brakes: those that the plan trips. external_id: gives that of a
    user by the name that the plan has, "" if there is none.
    """
    operations = [_operation(operation) for operation in plan]
    return {
        "format": FORMAT,
        "service": service,
        "digest": digest,
        "counts": dict(counts),
        "warnings": list(warnings),
        "brakes": [dict(trip) for trip in brakes],
        "operations": operations,
        **({"people": _people(operations, external_id)} if external_id else {}),
    }


def _people(operations: Iterable[Document], external_id: Callable[[str], str]) -> dict[str, str]:
    """Who comes to groups and goes, and is known by an external id."""
    changes = [change for operation in operations for change in operation["changes"] if operation["kind"] == GROUP.kind]
    names = {str(name) for change in changes for side in ("add", "remove") for name in change.get(side) or ()}
    found = {name: external_id(name) for name in sorted(names)}
    return {name: theirs for name, theirs in found.items() if theirs}


def _operation(operation: Operation) -> dict[str, Any]:
    shown: dict[str, Any] = {"verb": operation.effect, "kind": operation.kind, "key": operation.key}
    external_id, name = operation.whom
    shown.update({"external_id": external_id} if external_id else {})
    shown.update({"name": name} if name and name != operation.key else {})
    shown["changes"] = [_change(operation.kind, change) for change in operation.changes]
    if operation.verb == DELETE and operation.kind == GROUP.kind:
        before = operation.before or {}
        shown["members"] = sum(len(before.get(path) or ()) for path in GROUP.memberships)  # who has to look for another
    return shown


def _change(kind: str, change: Change) -> dict[str, Any]:
    """A change; of memberships, who comes and who goes: those who stay are many, and nobody wants to read them."""
    if kind == GROUP.kind and change.path in GROUP.memberships:
        before, after = set(change.before or ()), set(change.after or ())
        return {"path": change.path, "add": sorted(after - before), "remove": sorted(before - after)}
    path, old, new = change.settled()
    return {"path": path, "before": old, "after": new}


def drift(expected: Document, now: Document) -> list[str]:
    """What a plan does now that was not approved, and what it does not do any more: sentences, the worst first.

    expected: the document of the approved plan, as it was read from a file. now: that of the plan as it is. Empty if the
    documents show no difference.
    """
    said = []
    if expected.get("service") != now.get("service"):
        said.append(f"the approval is for {_short(expected.get('service'))}, and this is {_short(now.get('service'))}")
    approved, planned = _by_name(expected), _by_name(now)
    added = [f"{_said(name)} was not in the approved plan" for name in sorted(set(planned) - set(approved), key=_deletions_first)]
    other = []
    for name in sorted(set(planned) & set(approved), key=_deletions_first):
        differences = _differences(approved[name], planned[name])
        if differences:
            other.append(f"{_said(name)} was approved with other changes: {', '.join(differences)}")
    gone = [f"{_said(name)} was approved and is not needed any more" for name in sorted(set(approved) - set(planned), key=_deletions_first)]
    said += added + other + gone
    more = len(said) - _MOST_SENTENCES
    return said[:_MOST_SENTENCES] + ([f"and {more} more differences"] if more > 0 else [])


_Name = tuple[str, str, str]  # verb, kind, key


def _by_name(content: Document) -> dict[_Name, dict[str, Any]]:
    """The changes of each operation by path. A file may hold anything; what is no operation is passed over."""
    found: dict[_Name, dict[str, Any]] = {}
    for operation in _mappings(content.get("operations")):
        name = (str(operation.get("verb")), str(operation.get("kind")), str(operation.get("key")))
        paths = found.setdefault(name, {})
        paths[""] = {fact: operation[fact] for fact in _WHOM if operation.get(fact)}  # no attribute is called so
        for change in _mappings(operation.get("changes")):
            paths[str(change.get("path"))] = {side: value for side, value in change.items() if side != "path"}
    return found


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, (list, tuple)) else []


def _differences(approved: Mapping[str, Any], planned: Mapping[str, Any]) -> list[str]:
    said = []
    if (approved.get("") or {}) != (planned.get("") or {}):
        said.append(f"who is called so has {_facts(planned)} (approved: {_facts(approved)})")
    for path in sorted((set(approved) | set(planned)) - {""}):
        if approved.get(path) == planned.get(path):
            continue
        if path not in planned:
            said.append(f"{_short(path, bare=True)} is not changed any more")
        else:
            was = f" (approved: {_sides(approved[path])})" if path in approved else " (not approved)"
            said.append(f"{_short(path, bare=True)} {_sides(planned[path])}{was}")
    more = len(said) - _MOST_NAMES
    return said[:_MOST_NAMES] + ([f"and {more} more"] if more > 0 else [])


def _facts(paths: Mapping[str, Any]) -> str:
    facts = paths.get("") or {}
    return ", ".join(f"{fact} {_short(value)}" for fact, value in facts.items()) or "no external_id"


def _sides(change: Mapping[str, Any]) -> str:
    if "add" in change or "remove" in change:
        return " ".join(f"{sign}{_names(change.get(side))}" for sign, side in (("+", "add"), ("-", "remove")) if change.get(side))
    return f"{_short(change.get('before'))} -> {_short(change.get('after'))}"


def _names(names: Any) -> str:
    listed = names if isinstance(names, (list, tuple)) else [names]
    more = len(listed) - _MOST_NAMES
    return f"[{', '.join(_short(name) for name in listed[:_MOST_NAMES])}{f', and {more} more' if more > 0 else ''}]"


def _deletions_first(name: _Name) -> tuple[bool, _Name]:
    return name[0] != DELETE, name


def _said(name: _Name) -> str:
    verb, kind, key = name
    return f"{_short(verb, bare=True)} {_short(kind, bare=True)} {_short(key)}"


def _short(value: Any, *, bare: bool = False) -> str:
    """A value in a sentence: quoted, in one line, cut where it is long. bare: without quotes, where it needs none."""
    if value == HIDDEN or (bare and isinstance(value, str) and value.isprintable()):
        text = str(value)
    else:
        text = repr(value) if isinstance(value, str) else json.dumps(value, default=list)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
