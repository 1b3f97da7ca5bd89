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
_TEXTS = ("user", "group", "scim_type", "resource_id", "external_id", "idp", "request_id", "host", "unit", "record_id", "source")
_LONGEST_DETAIL = 4_000
_ACTION = re.compile(r"(?:user|group|service)(?:\.[a-z_]{1,30}){1,3}\Z")
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
    if not when or not _ACTION.match(action):
        return None
    status = fields.get("status")
    found: Event = {name: redacted(text(fields[name])) for name in _TEXTS if fields.get(name) is not None}
    found.update(timestamp=when, action=action, status=status if status in STATUSES else UNKNOWN)
    found["source"] = found.get("source") or source
    found["record_id"] = found.get("record_id") or text(record_id)
    detail = redacted(text(fields.get("detail"), 2 * _LONGEST_DETAIL))
    found["detail"] = text(detail, _LONGEST_DETAIL)
    code = text(fields.get("error_code"), 100)
    if found["status"] in (FAILURE, WARNING):
        found["error_code"] = redacted(code or code_in(detail))
        found["scim_type"] = found.get("scim_type") or scim_type_in(detail)
    else:
        found["error_code"] = redacted(code)
    found["resource_type"] = _RESOURCE_TYPES.get(action.split(".", 1)[0])
    duration = fields.get("duration_ms")
    if isinstance(duration, (int, float)) and not isinstance(duration, bool) and 0 <= duration < 10**12:
        found["duration_ms"] = int(duration) if float(duration).is_integer() else round(float(duration), 3)
    if raw is not None:
        found[RAW] = redacted_value(raw)
    return {name: found[name] for name in FIELDS if found.get(name) not in (None, "")}


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
