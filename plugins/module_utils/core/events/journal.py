# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An entry of systemd's journal, as ``journalctl --output=json --all`` prints it, as an event.

https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format: a field with bytes that are no text is a list of numbers, one that came several
times is a list of values, and one of more than 4,096 bytes is null without ``--all``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .event import Event, finished
from .formats import told_by
from .statuses import ATTEMPTED, FAILURE, UNKNOWN, WARNING

_GENERIC = ("json", "key_value")
# Syslog's priorities, RFC 5424 table 2: 0 to 3 are emergency to error, 4 is warning.
_FAILED = ("0", "1", "2", "3")
_WARNED = "4"


def entry_from_journal(record: Mapping[str, Any], *, format: str = "auto", raw: bool = False) -> Event | None:
    """The event of an entry; ``None`` if it is none: whoever calls counts those.

    An entry of priority 0 to 3 is a failure unless its message says otherwise, also if the message says nothing else. The message's
    own timestamp goes before the journal's. ``record_id`` is the entry's ``__CURSOR``.
    """
    message = field(record.get("MESSAGE"))
    if not message.strip():
        return None
    priority = field(record.get("PRIORITY"))
    name, told = told_by(format, message)
    if told is None:
        if priority not in _FAILED:
            return None
        name, told = "journald", {"action": "service.error", "status": FAILURE, "detail": message}
    fields = dict(told)
    if fields.get("status") in (ATTEMPTED, UNKNOWN, "", None) and name in (*_GENERIC, "journald"):
        fields["status"] = FAILURE if priority in _FAILED else WARNING if priority == _WARNED else fields.get("status")
        if fields["status"] in (FAILURE, WARNING) and not fields.get("detail"):
            fields["detail"] = message
    fields["host"] = fields.get("host") or field(record.get("_HOSTNAME"))
    fields["unit"] = field(record.get("_SYSTEMD_UNIT")) or field(record.get("SYSLOG_IDENTIFIER"))
    when = field(record.get("__REALTIME_TIMESTAMP")) or field(record.get("_SOURCE_REALTIME_TIMESTAMP"))
    return finished(
        fields,
        source="journald" if name in _GENERIC else name,
        timestamp=when,
        record_id=field(record.get("__CURSOR")),
        raw=message if raw else None,
    )


def field(value: Any) -> str:
    """A field as a text. Of one that came several times the first; bytes that are no UTF-8 are replaced."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value:
        if all(isinstance(item, int) and not isinstance(item, bool) and 0 <= item < 256 for item in value):
            return bytes(value).decode("utf-8", "replace")
        return field(value[0]) if isinstance(value[0], (str, list)) else ""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
