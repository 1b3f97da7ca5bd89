# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of any program that names its fields: JSON lines, key=value lines, and our own events read again.

The names are those that are in use, however they are spelled: user_name, userName and USER-NAME are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..event import FIELDS, Fields
from ..key_values import LINE, pairs
from ..phrases import action_in, named_action, person_in
from ..requests import action_of, identity_in, resource_in_path, resource_of
from ..statuses import ATTEMPTED, FAILURE, STATUSES, UNKNOWN, WARNING, status_in, status_of, status_of_level
from ..texts import text

_NAMES = {
    "timestamp": "timestamp @timestamp time ts datetime date logged_at published event_time",
    "action": "action operation op event_type event activity",
    "user": "user username user_name login upn user_principal_name email mail resource_user_email user_email subject",
    "group": "group group_name resource_group_name",
    "status": "status result outcome",
    "error_code": "error_code status_code http_status http_code response_code http_status_code code",
    "scim_type": "scim_type",
    "detail": "detail error_description error_message error reason err exception message msg",
    "resource_type": "resource_type object_type resource entity",
    "resource_id": "resource_id scim_id cf_resource_id",
    "external_id": "external_id idp_resource_id",
    "idp": "idp idp_id idp_name identity_provider provider tenant",
    "request_id": "request_id req_id correlation_id trace_id transaction_id",
    "duration_ms": "duration_ms elapsed_ms latency_ms took_ms",
    "host": "host hostname",
    "unit": "unit",
    "source": "source",
    "record_id": "record_id",
}
_KNOWN = frozenset(FIELDS)
_SIGNS = re.compile(r"[_\-.]")
# The name as it is spelled in a record, without signs and capitals -> (field, rank): the first name of a row wins.
_FIELD = {
    _SIGNS.sub("", name): (field, rank) for field, names in _NAMES.items() for rank, name in enumerate(names.split())
}
_OTHERS = {"level": "level", "severity": "level", "loglevel": "level", "method": "method", "requestmethod": "method", "httpmethod": "method"}
_OTHERS.update(msg="message", message="message", url="path", path="path", uri="path", requestbody="body", body="body")
_INSIDE = ("username", "userprincipalname", "email", "mail", "displayname", "name", "value", "message", "detail", "id", "code", "reason")
_MARKER = re.compile(r"\bSCIM[_ -]?(?:FAILURE|FAILED|ERROR)\b", re.IGNORECASE)
_TROUBLE = re.compile(r"Traceback \(most recent call last\)|\b(?:ERROR|FATAL|CRITICAL|EMERG|ALERT|PANIC|SCIM_FAILURE|SCIM_ERROR)\b")


def fields(record: Mapping[str, Any]) -> Fields | None:
    """What a record tells; ``None`` if nothing in it says what was done and nothing that it failed."""
    if _is_event(record):
        return record
    found, others = _told(record)
    wrapped = others.get("message")
    if isinstance(wrapped, str) and "action" not in found and "action=" in wrapped.lower():
        inner, more = _told(pairs(wrapped))  # a line in the message of a logger
        found, others = {**found, **inner, "timestamp": found.get("timestamp") or inner.get("timestamp")}, {**others, **more}
    line = record.get(LINE, "")
    words = line or " ".join(text(said, 2_000) for said in (others.get("message"), found.get("detail")) if said)
    action = _action(found, others, words)
    status = _status(found, others, words)
    if not action:
        if status != FAILURE:
            return None
        action = "service.error"  # it failed, and did not say at what
    resource = action.split(".", 1)[0]
    said = identity_in(resource, others["body"]) if others.get("body") and resource != "service" else {}
    for name, value in said.items():
        found.setdefault(name, value)
    if resource != "service" and not found.get(resource) and words:
        found[resource] = person_in(words, resource)
    if ".member." in action and not found.get("user") and words:
        found["user"] = person_in(words, "user")
    if others.get("path") and not found.get("resource_id"):
        found["resource_id"] = resource_in_path(others["path"])[1]
    code = found.get("error_code") or (found["status"] if _is_code(found.get("status")) else None)
    if status not in (FAILURE, WARNING) and _is_code(code):
        code = None  # 201 is no error
    detail = found.get("detail")
    if not detail and line and status in (FAILURE, WARNING, UNKNOWN):
        detail = line
    return {**found, "action": action, "status": status, "error_code": code, "detail": detail}


def _is_event(record: Mapping[str, Any]) -> bool:
    """Whether a record is an event that we wrote: it is read as it is, since what was not told then is not told now."""
    return "source" in record and "timestamp" in record and record.get("status") in STATUSES and _KNOWN.issuperset(record)


def _told(record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A record by the names of our fields, and what else is worth reading in it."""
    found: dict[str, Any] = {}
    others: dict[str, Any] = {}
    ranks: dict[str, int] = {}
    for name, value in record.items():
        if value is None or value == "" or name == LINE:
            continue
        plain = _spelling(name) if isinstance(name, str) and len(name) < 100 else ""
        if plain in _FIELD:
            field, rank = _FIELD[plain]
            if rank < ranks.get(field, 1_000):
                ranks[field] = rank
                found[field] = _simple(value) if isinstance(value, Mapping) else value
                if field == "detail" and isinstance(value, Mapping) and "error_code" not in found:
                    found["error_code"] = value.get("code") or value.get("status")
                    ranks["error_code"] = 900
        if plain in _OTHERS:
            others[_OTHERS[plain]] = value
    return found, others


@lru_cache(maxsize=1_000)  # the same names come in every line
def _spelling(name: str) -> str:
    return _SIGNS.sub("", name).lower()


def _simple(value: Mapping[str, Any]) -> Any:
    """The one part of an object that names it."""
    by_name = {_SIGNS.sub("", str(name)).lower(): part for name, part in value.items() if isinstance(part, (str, int, float))}
    return next((by_name[name] for name in _INSIDE if name in by_name), text(value))


def _action(found: Mapping[str, Any], others: Mapping[str, Any], words: str) -> str:
    resource = resource_of(found.get("resource_type"))
    named = found.get("action")
    if isinstance(named, str):
        if not resource:
            resource = "group" if found.get("group") and not found.get("user") else "user" if found.get("user") else ""
        told = named_action(named, resource)
        if told:
            return told
    if others.get("method"):
        if not resource:
            resource = resource_in_path(others.get("path"))[0]
        told = action_of(resource, others["method"], others.get("body"), others.get("path"))
        if told:
            return told
    if words and not resource and _MARKER.search(words) and person_in(words, "user"):
        resource = "user"
    told = action_in(words, resource) if words else ""
    return "" if told.endswith(".read") else told


def _status(found: Mapping[str, Any], others: Mapping[str, Any], words: str) -> str:
    told = status_of(found.get("status"))
    if told:
        return told
    if _MARKER.search(words):
        return FAILURE
    if _is_code(found.get("error_code")):
        return status_of(found["error_code"])
    level = status_of_level(others.get("level"))
    if level:
        return level
    if _TROUBLE.search(words):
        return FAILURE
    if found.get("error_code") or found.get("scim_type"):
        return FAILURE
    return status_in(words) or (ATTEMPTED if found.get("action") is None else UNKNOWN)


def _is_code(value: Any) -> bool:
    return text(value).isdigit() and bool(status_of(value))
