# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Microsoft Entra's provisioning log: provisioningObjectSummary of GET /auditLogs/provisioning.

https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...json_values import boolean
from ..event import Fields
from ..requests import resource_of
from ..statuses import FAILURE, WARNING, status_of

_VERBS = {"create": "create", "update": "update", "delete": "delete", "disable": "deactivate", "stageddelete": "delete", "other": "update"}


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of these."""
    return "activityDateTime" in record and ("provisioningStatusInfo" in record or "provisioningAction" in record)


def fields(record: Mapping[str, Any]) -> Fields | None:
    """What a summary tells. The answer of the application, with its HTTP code, stands in the prose of ``reason`` only."""
    source, target = _part(record, "sourceIdentity"), _part(record, "targetIdentity")
    resource = next(filter(None, (resource_of(_last(identity.get("identityType"))) for identity in (source, target))), "service")
    done = record.get("provisioningAction") or record.get("action")
    verb = _VERBS.get(done.lower(), "") if isinstance(done, str) else ""
    if resource == "user" and verb == "update":
        verb = _active(record.get("modifiedProperties")) or verb
    told = _part(record, "provisioningStatusInfo") or _part(record, "statusInfo")
    status = status_of(told.get("status"))
    error = _part(told, "errorInformation")
    bad = status in (FAILURE, WARNING)
    return {
        "timestamp": record.get("activityDateTime"),
        "action": f"{resource}.{verb}" if verb else "",
        resource: (_name(source) or _name(target)) if resource != "service" else None,
        "status": status,
        "error_code": error.get("errorCode") if bad else None,
        "detail": error.get("reason") or told.get("reason"),  # a skipped one says why, too
        "resource_id": target.get("id"),
        "external_id": source.get("id"),
        "idp": _part(record, "sourceSystem").get("displayName"),
        "unit": _part(record, "servicePrincipal").get("displayName"),
        "request_id": record.get("changeId"),
        "record_id": record.get("id"),
        "duration_ms": record.get("durationInMilliseconds"),
    }


def _name(identity: Mapping[str, Any]) -> Any:
    """The user principal name where it is told, since display names are not unique."""
    details = {str(name).lower(): value for name, value in _part(identity, "details").items()}
    return details.get("userprincipalname") or details.get("username") or identity.get("displayName") or details.get("displayname")


def _active(properties: Any) -> str:
    """``deactivate`` or ``activate`` if an update changed that."""
    for name, value in _changes(properties):
        if name in ("active", "accountenabled") and isinstance(value, bool):
            return "activate" if value else "deactivate"
    return ""


def _changes(properties: Any) -> Iterator[tuple[str, Any]]:
    for change in properties[:500] if isinstance(properties, list) else ():
        if isinstance(change, Mapping):
            value = change.get("newValue")
            yield _last(change.get("displayName")).lower(), boolean(value.strip(' "') if isinstance(value, str) else value)


def _last(name: Any) -> str:
    """A name without the URN of its schema, as in urn:ietf:params:scim:schemas:core:2.0:User:active."""
    return str(name).rpartition(":")[2]


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, Mapping) else {}
