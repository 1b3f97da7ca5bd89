# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Okta's System Log: the events of GET /api/v1/logs that are about provisioning.

https://developer.okta.com/docs/reference/api/system-log/ and https://developer.okta.com/docs/reference/api/event-types/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..event import Fields
from ..statuses import FAILURE, SKIPPED, WARNING, status_of

_ACTIONS = {
    "application.provision.user.push": "user.create",
    "application.provision.user.push_new_account": "user.create",
    "application.provision.user.push_profile": "user.update",
    "application.provision.user.sync": "user.update",
    "application.provision.user.password": "user.update",
    "application.provision.user.push_password": "user.update",
    "application.provision.user.push_okta_password": "user.update",
    "application.provision.user.activate": "user.activate",
    "application.provision.user.reactivate": "user.activate",
    "application.provision.user.deactivate": "user.deactivate",
    "application.provision.user.deprovision": "user.deactivate",
    "application.provision.user.import": "user.read",
    "application.provision.user.import_profile": "user.read",
    "application.provision.user.verify_exists": "user.read",
    "application.provision.group.add": "group.create",
    "application.provision.group.update": "group.update",
    "application.provision.group.remove": "group.delete",
    "application.provision.group.import": "group.read",
    "application.provision.group.verify_exists": "group.read",
    "application.provision.group_membership.add": "group.member.add",
    "application.provision.group_membership.remove": "group.member.remove",
    "application.provision.group_membership.update": "group.update",
    "application.provision.group_membership.import": "group.read",
    "application.provision.group_push.pushed": "group.create",
    "application.provision.group_push.updated": "group.update",
    "application.provision.group_push.removed": "group.delete",
    "application.provision.group_push.push_memberships": "group.update",
    "application.provision.integration.call_api": "service.read",
    "application.integration.authentication_failure": "service.error",
    "application.integration.general_failure": "service.error",
    "application.integration.rate_limit_exceeded": "service.error",
    "application.integration.transfer_files": "service.update",
    "application.user_membership.provision": "user.create",
    "application.user_membership.deprovision": "user.deactivate",
    "group.user_membership.add": "group.member.add",
    "group.user_membership.remove": "group.member.remove",
    "group.lifecycle.create": "group.create",
    "group.lifecycle.delete": "group.delete",
    "group.profile.update": "group.update",
    "user.lifecycle.create": "user.create",
    "user.lifecycle.activate": "user.activate",
    "user.lifecycle.reactivate": "user.activate",
    "user.lifecycle.unsuspend": "user.activate",
    "user.lifecycle.deactivate": "user.deactivate",
    "user.lifecycle.suspend": "user.deactivate",
    "user.lifecycle.delete.completed": "user.delete",
    "user.account.update_profile": "user.update",
}
# Longer than these names are the ones that tell how a push of a group failed.
_BEGINNINGS = {"application.provision.group_push.": "group.update", "application.provision.group_membership.": "group.update"}
_GROUPS = ("UserGroup", "AppGroup", "Group")


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of these."""
    return "published" in record and "eventType" in record


def fields(record: Mapping[str, Any]) -> Fields | None:
    """What an event tells; ``None`` for the many that are not about provisioning."""
    kind = record.get("eventType")
    if not isinstance(kind, str):
        return None
    action = _ACTIONS.get(kind) or next((done for beginning, done in _BEGINNINGS.items() if kind.startswith(beginning)), "")
    if not action:
        return None
    resource = action.split(".", 1)[0]
    outcome = _part(record, "outcome")
    status = status_of(outcome.get("result")) or (FAILURE if action == "service.error" else "")
    person, account, group, application = (
        _target(record, *names) for names in (("User",), ("AppUser",), _GROUPS, ("AppInstance",))
    )
    reason = outcome.get("reason")
    if not reason and status in (FAILURE, WARNING, SKIPPED):
        reason = record.get("displayMessage")
    return {
        "timestamp": record.get("published"),
        "action": action,
        "user": _name(person) or _name(account) if resource == "user" or ".member." in action else None,
        "group": group.get("displayName") or group.get("alternateId") if resource == "group" else None,
        "status": status,
        "detail": reason,
        "resource_id": account.get("id") if resource == "user" else group.get("id"),
        "external_id": person.get("id") if resource == "user" else None,
        "idp": application.get("displayName") or application.get("alternateId"),
        "request_id": _part(record, "transaction").get("id"),
        "record_id": record.get("uuid"),
    }


def _name(target: Mapping[str, Any]) -> Any:
    told = target.get("alternateId")
    return target.get("displayName") if told in (None, "", "unknown") else told


def _target(record: Mapping[str, Any], *kinds: str) -> Mapping[str, Any]:
    """The first of the things that an event is about which is of such a kind."""
    targets = record.get("target")
    for target in targets[:100] if isinstance(targets, list) else ():
        if isinstance(target, Mapping) and target.get("type") in kinds:
            return target
    return {}


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, Mapping) else {}
