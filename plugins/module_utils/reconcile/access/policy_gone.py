# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy deleted: one that applications use only after they were told to do without it, and only if the task says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...client.access_names import AccessNames
from ...client.cloudflare import CloudflareAccount
from ...client.throttle import backoff
from ...core.access.applications import called
from ...core.access.objects import POLICY
from ...core.errors import CloudflareError, Refused
from ...core.plan import DELETE, Operation, Plan
from ..wish import EXISTENCE
from .attachments import Applications, emptied, using_count
from .policy_found import Found

Raw = dict[str, Any]
Result = dict[str, Any]

_ATTEMPTS = 4
_NAMED = 10  # applications in a message


def deleted(account: CloudflareAccount, names: AccessNames, params: Mapping[str, Any], found: Found) -> tuple[Plan, Result]:
    """Delete the policy that was found, if any. Gives the plan, for the diff, and the result of the task. Raises Refused if applications use it."""
    result: Result = {"changed": False, "warnings": [], "unconverged": [], "policy": {}}
    if not found.raw:
        return Plan(), result
    applications = Applications(account, names)
    used_by = applications.using(found.id) if found.reusable and found.raw.get("app_count") != 0 else []
    count = max(len(used_by), using_count(found.raw))
    if found.reusable and count:
        _check_use(found, params, used_by, count)
    detached = applications.detached(found.id, used_by)
    for change in detached:
        applications.write(change, found.id)
    _delete(account, applications, found, patiently=bool(count))
    key = str(params.get("name") or found.raw.get("name") or found.id)
    operations = [change.operation({}) for change in detached]
    operations.append(Operation(DELETE, POLICY.kind, key, POLICY.from_wire(found.raw), None))
    result.update(changed=True, warnings=emptied(detached))
    if not account.read_only and account.get(found.path(found.id)) is not None:
        result.update(unconverged=[EXISTENCE], policy=POLICY.shown(found.raw))
    return Plan(tuple(operations)), result


def _check_use(found: Found, params: Mapping[str, Any], used_by: Sequence[Raw], count: int) -> None:
    """Refuse to delete what is in use, unless the task says that it shall be detached."""
    if not params.get("detach"):
        raise _in_use(found, used_by, count, "detach: true takes it out of them first")
    if params.get("application") and count > 1:
        raise _in_use(found, used_by, count, "leave out application to delete it for all of them")
    if count > len(used_by):
        raise _in_use(found, used_by, count, "this token does not see all of them, so it cannot be detached")


def _delete(account: CloudflareAccount, applications: Applications, found: Found, *, patiently: bool) -> None:
    """Send the DELETE. patiently: the policy was detached a moment ago, which Cloudflare may not have noticed yet."""
    for attempt in range(_ATTEMPTS):
        try:
            account.write("DELETE", found.path(found.id))
            return
        except CloudflareError as error:
            if error.status != 409:
                raise
            if not patiently or attempt + 1 == _ATTEMPTS:
                used_by = applications.using(found.id)
                if patiently or not used_by:
                    raise
                raise _in_use(found, used_by, len(used_by), "detach: true takes it out of them first") from None
            account.sent.pop()
            account.transport.gate.hold(backoff(attempt + 1, account.transport.gate.clock), str(error))


def _in_use(found: Found, used_by: Sequence[Raw], count: int, advice: str) -> Refused:
    names = [called(raw) for raw in used_by]
    shown = ", ".join(repr(name) for name in names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    whom = f"{count} application{'s' if count > 1 else ''}{shown and f' ({shown})'}"
    error = Refused(f"policy {found.said} is not deleted, because {whom} would lose it; {advice}")
    error.beside = {"used_by": names}
    return error
