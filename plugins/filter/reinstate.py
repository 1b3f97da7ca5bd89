# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role reinstate: what people had or others have, what is to do for each, and what is proven."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
)

_STAGES = ("planned", "refused", "judged")
_LISTS = {"except": "except_", "scope": "scope"}

# Ansible loads every file of filters in every task that uses one of the collection's. So what a filter needs is imported when it is called.
if TYPE_CHECKING:
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.case import Case
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.images import (
        Snapshot,
    )
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.like import Model
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.wanted import Intent


def reinstate_cases(people: Sequence[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """See the documentation of the filter in reinstate_cases.yml."""
    try:
        model, found = _cases(people, given)
        return {
            "like": {"id": str(model.account.get("id") or ""), "key": model.key, "email": model.email, "known": model.image is not None}
            if model
            else {},
            "people": [_shown(case) for case in found],
            "unasked": any(result.get("failed") for case in found for result in case.results.get("mailed", ())),
        }
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def _shown(case: Case) -> dict[str, Any]:
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.cases import (
        result_of,
    )

    turn = {"number": case.number, "key": case.wanted.key}
    return {
        "target": case.target,
        "account": dict(case.found.account),
        "names": case.names,
        "references": case.references,
        "groups": [{"group_id": str(group["id"])} for group in case.absent],
        "rehearsal": {**turn, "user": case.rehearsal} if case.rehearsal else {},
        "user": {**turn, "user": case.user} if case.user else {},
        "additions": case.additions,
        "access": case.side.target,
        "selectors": case.side.additions,
        "block": case.side.removals,
        "refusals": case.refusals,
        "result": result_of(case),
    }


def reinstate_records(people: Sequence[Any], given: Mapping[str, Any], stage: str, ended: str = "") -> list[dict[str, Any]]:
    """See the documentation of the filter in reinstate_records.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.records import (
        judged,
        planned,
        refused,
    )

    instant = str(given.get("instant") or "")
    try:
        model, found = _cases(people, given)
        like = model.subject if model else None
        if stage == "planned":
            return planned(found, instant, like)
        if stage == "refused":
            return refused(found, instant, like)
        if stage == "judged":
            return judged(found, instant, str(ended), like)
        raise InvalidInput(f"stage is {stage!r}; choose one of {', '.join(_STAGES)}")
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def reinstate_mentions(people: Sequence[Any]) -> str:
    """See the documentation of the filter in reinstate_mentions.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.images import (
        mentions,
    )
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.people import (
        named_people,
    )

    try:
        return mentions(named_people(people))
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem


def reinstate_table(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """See the documentation of the filter in reinstate_table.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.verdicts import table

    return table(results)


def _cases(people: Sequence[Any], given: Mapping[str, Any]) -> tuple[Model | None, list[Case]]:
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.cases import cases
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.people import (
        wanted_back,
        wanted_like_somebody,
    )

    intent = _intent(given)
    steps = given.get("steps") or {}
    files, kept = _snapshots(given.get("files") or {})
    if given.get("like"):
        model, wanted = wanted_like_somebody(people, given["like"], files, steps, intent)
        return model, cases(wanted, steps, intent)
    return None, cases(wanted_back(people, files, kept, intent), steps, intent)


def _intent(given: Mapping[str, Any]) -> Intent:
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.wanted import Intent

    chosen = {name: str(given[name]) for name in ("attributes", "groups", "missing_groups", "block_group", "instant") if given.get(name) is not None}
    lists = {field: _names(f"reinstate_{name}", given.get(name)) for name, field in _LISTS.items()}
    # The modules know who is protected by the environment, but of somebody who needs no change no module is asked.
    protected = (*_names("reinstate_protected", given.get("protected")), *_names("SCIM_PROTECTED", str(given.get("environment") or "")))
    flags = {name: bool(given.get(name)) for name in ("access", "like_access", "predicting")}
    return Intent(**chosen, **lists, **flags, protected=protected, max_age=int(given.get("max_age") or 0))


def _names(option: str, given: Any) -> tuple[str, ...]:
    """Names or patterns; several in one text, with commas, as modules take them; never its letters. Raises InvalidInput."""
    if isinstance(given, str):
        return tuple(pattern.strip() for pattern in given.split(",") if pattern.strip())
    if given is not None and (isinstance(given, Mapping) or not isinstance(given, Sequence)):
        raise InvalidInput(f"{option} is no list of names")
    return tuple(map(str, given or ()))


def _snapshots(files: Mapping[str, Any]) -> tuple[list[Snapshot], list[Snapshot]]:
    """The snapshots that were named, and those that were found. files: what stat, find and slurp returned. Raises InvalidInput."""
    contents = {str(result.get("item")): result for result in _results(files.get("contents")) if result.get("content") is not None}
    named: dict[str, Any] = {}
    for result in _results(files.get("named")):
        path, seen = str(result.get("item")), result.get("stat") or {}
        if not seen.get("exists"):
            raise InvalidInput(f"there is no snapshot {path}; nothing was written: name a file that the role leaver wrote")
        if not seen.get("isreg") or not seen.get("readable"):
            raise InvalidInput(f"the snapshot {path} cannot be read; nothing was written: run this as the one who may")
        named[path] = seen.get("mtime")
    looked = files.get("found") or {}
    if looked.get("skipped_paths"):  # what is not seen may be the newest one
        why = "; ".join(map(str, dict(looked["skipped_paths"]).values()))
        raise InvalidInput(f"reinstate_snapshot_dir cannot be searched: {why}; nothing was written: mend it, or name the files in reinstate_snapshots")
    found = {str(each.get("path")): each.get("mtime") for each in looked.get("files") or ()}
    return _read(named, contents), _read(found, contents)


def _read(times: Mapping[str, Any], contents: Mapping[str, Mapping[str, Any]]) -> list[Snapshot]:
    """What was not read yet is left out."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.images import (
        snapshot_of,
    )

    return [snapshot_of(path, _text(path, contents[path]), times[path]) for path in times if path in contents]


def _text(path: str, result: Mapping[str, Any]) -> str:
    try:
        return base64.b64decode(str(result["content"])).decode("utf-8")
    except ValueError:
        raise InvalidInput(f"the snapshot {path} is damaged: it is no text in UTF-8; nothing was written: take the file from a backup") from None


def _results(registered: Any) -> Iterable[Mapping[str, Any]]:
    return (registered.get("results") or ()) if isinstance(registered, Mapping) else ()


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "reinstate_cases": reinstate_cases,
            "reinstate_records": reinstate_records,
            "reinstate_mentions": reinstate_mentions,
            "reinstate_table": reinstate_table,
        }
