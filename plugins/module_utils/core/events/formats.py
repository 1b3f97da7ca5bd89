# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The formats of logs by name, and a record or a line of any of them as an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..errors import InvalidInput
from .event import Event, Fields, finished
from .key_values import pairs
from .sources import (
    cloudflare,
    cloudflare_audit,
    entra,
    idp_scim_sync,
    okta,
    plain,
    scimgateway,
    ssosync,
    windows,
)
from .texts import parsed
from .windows import events_from_xml

AUTO = "auto"


class Format(NamedTuple):
    """One kind of log. fields: what a record of it tells, or ``None``. knows: whether a record is of this kind."""

    fields: Callable[[Mapping[str, Any]], Fields | None]
    knows: Callable[[Mapping[str, Any]], bool]


def _no(dummy: Mapping[str, Any]) -> bool:
    return False


# In the order in which a record is recognized.
FORMATS: Mapping[str, Format] = {
    "cloudflare": Format(cloudflare.fields, cloudflare.knows),
    "cloudflare_audit": Format(cloudflare_audit.fields, cloudflare_audit.knows),
    "scimgateway": Format(scimgateway.fields, scimgateway.knows),
    "entra": Format(entra.fields, entra.knows),
    "okta": Format(okta.fields, okta.knows),
    "ssosync": Format(ssosync.fields, ssosync.knows),
    "idp_scim_sync": Format(idp_scim_sync.fields, idp_scim_sync.knows),
    "windows": Format(windows.fields, windows.knows),
    "json": Format(plain.fields, _no),
    "key_value": Format(plain.fields, _no),
}


def event_from_record(
    format: str, record: Mapping[str, Any], *, record_id: str = "", timestamp: str = "", raw: bool = False
) -> Event | None:
    """The event of a parsed record: a JSON object, or what ``events_from_xml`` makes of a Windows event. ``None`` if it is none.

    format: a name of FORMATS, or ``auto``. record_id, timestamp: for a record that has none; an event without a timestamp is none.
    raw: with the record in it, without its secrets. Raises InvalidInput for a format that does not exist.
    """
    name = _checked(format)
    if not isinstance(record, Mapping):
        return None
    if name == AUTO:
        name = next((known for known, kind in FORMATS.items() if kind.knows(record)), "json")
    return finished(_told(name, record), source=name, timestamp=timestamp, record_id=record_id, raw=record if raw else None)


def event_from_line(
    format: str, line: str, *, record_id: str = "", timestamp: str = "", raw: bool = False
) -> Event | None:
    """The event of one entry of a log, which may have several lines. ``None`` if it is none: whoever calls counts those.

    format: a name of FORMATS, or ``auto`` to recognize each entry. timestamp: that of the journal's entry or the file, for lines
    without one; give it, since an event without a timestamp is none. raw: with the line in it, without its secrets.
    """
    name, told = told_by(format, line)
    return finished(told, source=name, timestamp=timestamp, record_id=record_id, raw=line if raw else None)


def told_by(format: str, line: str) -> tuple[str, Fields | None]:
    """The format of an entry and what it tells, before it is made an event."""
    name = _checked(format)
    entry = line.strip("\ufeff\x1e \t\r\n")
    if not entry:
        return name, None
    if name == "windows" or (name == AUTO and entry.startswith(("<Event", "<?xml"))):
        record: Mapping[str, Any] = next(events_from_xml(entry), {})
        return "windows", _told("windows", record) if record else None
    found = _json_in(entry)
    record = pairs(entry) if found is None else found
    if name == AUTO:
        name = next((known for known, kind in FORMATS.items() if kind.knows(record)), "key_value" if found is None else "json")
    return name, _told(name, record)


def _told(name: str, record: Mapping[str, Any]) -> Fields | None:
    try:
        return FORMATS[name].fields(record)
    except RecursionError:  # nested so deep that nobody meant it
        return None


def _json_in(entry: str) -> Mapping[str, Any] | None:
    """The JSON object that an entry is, or that it ends with after words such as those of syslog."""
    if entry[-1] != "}":
        return None
    start = 0 if entry[0] == "{" else entry.find("{", 0, 500)
    found = parsed(entry[start:] if start else entry) if start >= 0 else None
    return found if isinstance(found, dict) else None


def _checked(format: str) -> str:
    if format != AUTO and format not in FORMATS:
        raise InvalidInput(f"format: {format!r} is none of {', '.join((AUTO, *FORMATS))}")
    return format
