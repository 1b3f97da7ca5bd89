# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One event of provisioning in one shape, whichever system wrote it down.

An event is plain data. It always has ``timestamp`` (UTC, milliseconds, Z), ``action`` (``user.create``), ``status`` and ``source``;
the rest is there where the log told it. Texts are kept as they were told, without secrets; ``texts.inert`` is for showing them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InvalidInput
from .redaction import redacted, redacted_value
from .statuses import FAILURE, STATUSES, UNKNOWN, WARNING, code_in, scim_type_in
from .texts import text
from .timestamps import timestamp as spelled_timestamp

__all__ = ["ALL", "CORE", "FIELDS", "RAW", "STATUSES", "Event", "Fields", "chosen", "finished", "key", "shown"]

Event = dict[str, Any]
Fields = Mapping[str, Any]  # what a source tells of an event, before it is finished

# The default output: exactly one of user and group, none for what concerns the service.
CORE = ("timestamp", "action", "user", "group", "status")
RAW = "raw"  # the whole record, without secrets; bodies hold personal data, so it is there only on request
ALL = "all"
FIELDS = (
    "timestamp",
    "action",
    "user",
    "group",
    "status",
    "error_code",
    "scim_type",
    "detail",
    "resource_type",
    "resource_id",
    "external_id",
    "idp",
    "request_id",
    "duration_ms",
    "host",
    "unit",
    "source",
    "record_id",
    RAW,
)
# What makes an entry one entry. Not unit, host and duration: the same entry may be read with or without them.
_IDENTITY = frozenset(FIELDS) - {"scim_type", "resource_type", "duration_ms", "host", "unit", RAW}
_TEXTS = frozenset(FIELDS) - {"timestamp", "action", "status", "error_code", "detail", "resource_type", "duration_ms", RAW}
_LONGEST_DETAIL = 4_000
ACTION = re.compile(r"(?:user|group|service)(?:\.[a-z_]{1,30}){1,3}\Z")
_RESOURCE_TYPES = {"user": "User", "group": "Group"}


def finished(
    fields: Fields | None, *, source: str, timestamp: Any = "", record_id: str = "", raw: Any = None
) -> Event | None:
    """An event of what a source told: complete, in one order, without secrets. ``None`` if it lacks a timestamp or an action.

    source, timestamp, record_id: for fields that have none. raw: the record or line that it is made of, where it is wanted.
    The code and keyword of a failure are read from its detail where they are not told otherwise.
    """
    if fields is None:
        return None
    when = spelled_timestamp(fields.get("timestamp")) or spelled_timestamp(timestamp)
    action = text(fields.get("action")).lower()
    if not when or not ACTION.match(action):
        return None
    status = fields.get("status")
    found: Event = {name: redacted(text(value)) for name, value in fields.items() if name in _TEXTS and value is not None}
    found["timestamp"], found["action"] = when, action
    found["status"] = status if status in STATUSES else UNKNOWN
    if not found.get("source"):
        found["source"] = source
    if record_id and not found.get("record_id"):
        found["record_id"] = text(record_id)
    if fields.get("detail"):
        found["detail"] = text(redacted(text(fields["detail"], 2 * _LONGEST_DETAIL)), _LONGEST_DETAIL)
    if fields.get("error_code"):
        found["error_code"] = redacted(text(fields["error_code"], 100))
    if found["status"] in (FAILURE, WARNING) and found.get("detail"):
        found["error_code"] = found.get("error_code") or code_in(found["detail"])
        found["scim_type"] = found.get("scim_type") or scim_type_in(found["detail"])
    found["resource_type"] = _RESOURCE_TYPES.get(action.split(".", 1)[0], "")
    duration = fields.get("duration_ms")
    if isinstance(duration, (int, float)) and not isinstance(duration, bool) and 0 <= duration < 10**12:
        found["duration_ms"] = int(duration) if float(duration).is_integer() else round(float(duration), 3)
    event = {name: found[name] for name in FIELDS if name in found and found[name] != ""}
    if raw is not None:
        event[RAW] = redacted_value(raw)
    return event


def chosen(fields: Sequence[str] | None) -> tuple[str, ...]:
    """The names of the fields that a task asks for, in output order. Raises InvalidInput for a name that no event has.

    fields: ``None`` or none are ``CORE``; ``all`` is everything but ``raw``, which has to be named.
    """
    if not fields:
        return CORE
    unknown = sorted(set(fields) - set(FIELDS) - {ALL})
    if unknown:
        raise InvalidInput(f"fields: {', '.join(unknown)} is no field of an event; there are {', '.join((ALL, *FIELDS))}")
    return tuple(name for name in FIELDS if name in fields or (ALL in fields and name != RAW))


def shown(event: Event, fields: Sequence[str] | None) -> Event:
    """An event with the fields that were asked for, as far as it has them; see ``chosen``."""
    return {name: event[name] for name in chosen(fields) if name in event}


def key(event: Event) -> str:
    """An id that is the same whenever the same entry is read, 32 hexadecimal digits."""
    told = [[name, event[name]] for name in FIELDS if name in _IDENTITY and event.get(name) not in (None, "")]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()[:32]
