# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An event of the Windows Event Log, as ``events_from_xml`` reads it: what it says stands in its message or its insertion strings.

Programs that write with .NET's EventLog.WriteEntry put all of the text into the first insertion string.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..event import Fields
from ..key_values import pairs
from ..statuses import ATTEMPTED, FAILURE, UNKNOWN, WARNING, code_in, status_of
from ..texts import parsed, text
from . import plain

# https://learn.microsoft.com/windows/win32/wes/eventmanifestschema-leveltype-complextype: 1 critical, 2 error, 3 warning, 4 information
_LEVELS = {1: FAILURE, 2: FAILURE, 3: WARNING}


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of these."""
    return "provider" in record and "event_id" in record and "channel" in record


def fields(record: Mapping[str, Any]) -> Fields | None:
    """What an event tells. An error (level 1 or 2) is a failure unless its text says otherwise, also if the text says nothing else."""
    strings = record.get("data")
    data = [item for item in strings if isinstance(item, str)] if isinstance(strings, (list, tuple)) else []
    named = record.get("named")
    said = text(record.get("message"), 20_000) or "\n".join(data)
    in_text = parsed(said) if said[:1] == "{" else None
    values: dict[str, Any] = dict(in_text) if isinstance(in_text, Mapping) else pairs(said)
    if isinstance(named, Mapping):
        values = {**named, **values}
    if not any(status_of(value) for name, value in values.items() if str(name).lower() in ("status", "result", "outcome")):
        told = next((item for item in data if not item.isdigit() and status_of(item)), None)
        values.update({"status": told} if told else {})
    number = record.get("level")
    level = _LEVELS.get(number, "") if isinstance(number, int) else ""
    found = plain.fields(values)
    if found is None:
        if level != FAILURE:
            return None
        found = {"action": "service.error", "status": FAILURE}
    status = found["status"]
    if status in (ATTEMPTED, UNKNOWN, ""):
        status = level or status
    detail = found.get("detail") or (said if status in (FAILURE, WARNING) else None)
    code = found.get("error_code") or (code_in(text(detail)) or record.get("event_id") if status in (FAILURE, WARNING) else None)
    return {
        **found,
        "timestamp": found.get("timestamp") or record.get("time"),
        "status": status,
        "detail": detail,
        "error_code": code,
        "idp": found.get("idp") or record.get("provider"),
        "host": record.get("computer"),
        "unit": record.get("channel"),
        "record_id": record.get("record_id"),
    }
