# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in groups and their members."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ..exchange import Answer, Handler, Request
from .message import body_of, current, endpoint, error, is_list, key_of, rewritten, search, with_search
from .operations import Operation, elements, operations, patched, root
from .registry import quirk

_MEMBERS_EQ = re.compile(r"\bmembers\s+eq\b", re.IGNORECASE)


def _without_members(answer: Answer) -> Answer:
    return rewritten(answer, lambda group: group.pop("members", None))


def _is_removal_by_filter(operation: Operation) -> bool:
    path = str(operation.get("path") or "")
    return operation["op"] == "remove" and root(operation) == "members" and "[" in path


@quirk("members_write_only", "groups are read without members", seen_at="AWS IAM Identity Center")
def members_write_only(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    return _without_members(answer) if endpoint(request) == "groups" else answer


@quirk(
    "group_members_filter_only",
    'groups are read without members, but id eq "G" and members eq "U" is answered truthfully',
    seen_at="AWS IAM Identity Center",
)
def group_members_filter_only(request: Request, ask: Handler) -> Answer:
    if endpoint(request) != "groups":
        return ask(request)
    if is_list(request) and search(request).get("filter"):
        # "members" alone has no value to compare; its value sub-attribute has (RFC 7643 section 2.4).
        request = with_search(request, filter=_MEMBERS_EQ.sub("members.value eq", search(request)["filter"]))
    return _without_members(ask(request))


@quirk("members_on_create_dropped", "a group is created without the members that were sent")
def members_on_create_dropped(request: Request, ask: Handler) -> Answer:
    if endpoint(request) != "groups" or request.method != "POST" or is_list(request):
        return ask(request)
    kept = {key: value for key, value in body_of(request).items() if key.lower() != "members"}
    return ask(request.with_json(kept))


@quirk("unknown_member_dropped", "members whose id is unknown are dropped silently")
def unknown_member_dropped(request: Request, ask: Handler) -> Answer:
    if endpoint(request) != "groups" or request.method not in ("POST", "PUT", "PATCH") or is_list(request):
        return ask(request)

    def known(member: Any) -> bool:
        wanted = member.get("value") if isinstance(member, dict) else member
        paths = (f"/Users/{wanted}", f"/Groups/{wanted}")
        return any(current(replace(request, path=path), ask).ok for path in paths)

    if request.method != "PATCH":
        document = body_of(request)
        key = key_of(document, "members")
        return ask(request.with_json({**document, key: list(filter(known, document.get(key) or []))}))
    kept: list[Operation] = []
    for operation in operations(request):
        if root(operation) == "members" and operation["op"] != "remove":
            operation = {**operation, "value": list(filter(known, elements(operation)))}
            if operation["op"] == "add" and not operation["value"]:
                continue
        kept.append(operation)
    return patched(request, ask, kept)


@quirk(
    "members_remove_noop",
    'removing members[value eq "U"] is answered 200 and does nothing',
    seen_at="authentik's SCIM source (2026.5.4)",
)
def members_remove_noop(request: Request, ask: Handler) -> Answer:
    if endpoint(request) != "groups" or request.method != "PATCH":
        return ask(request)
    asked = operations(request)
    kept = [operation for operation in asked if not _is_removal_by_filter(operation)]
    return ask(request) if len(kept) == len(asked) else patched(request, ask, kept)


@quirk(
    "members_remove_value_list_only",
    'removing members[value eq "U"] is answered 400; path members with a list of values works',
    seen_at="services built for Entra ID",
)
def members_remove_value_list_only(request: Request, ask: Handler) -> Answer:
    if endpoint(request) != "groups" or request.method != "PATCH":
        return ask(request)
    asked = operations(request)
    if any(map(_is_removal_by_filter, asked)):
        return error(400, "the path is not understood", "invalidPath")
    if not any(_is_removal_by_value(operation) for operation in asked):
        return ask(request)
    group = current(request, ask)
    if not group.ok:
        return group
    present = {member["value"] for member in group.body.get("members", [])}
    changed: list[Operation] = []
    for operation in asked:
        if not _is_removal_by_value(operation):
            changed.append(operation)
            continue
        values = [
            element["value"] if isinstance(element, dict) else element for element in elements(operation)
        ]
        gone = [value for value in values if value in present]
        changed += [{"op": "remove", "path": f'members[value eq "{value}"]'} for value in gone]
    return patched(request, ask, changed)


def _is_removal_by_value(operation: Operation) -> bool:
    return operation["op"] == "remove" and root(operation) == "members" and bool(elements(operation))
