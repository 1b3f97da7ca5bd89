# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of scim_log_info, in ansible-core's terms; what they mean is said in the module's documentation."""

from __future__ import annotations

from typing import Any

from ..core.events.event import ALL, FIELDS, STATUSES
from .collection_journal import PRIORITIES

JOURNALD, FILE, EVENTLOG = "journald", "file", "eventlog"
UNIT = "scim-sync"  # of no product; the names that guides of the field use
NEWEST = 20

_TEXT: dict[str, Any] = {"type": "str"}
_TEXTS: dict[str, Any] = {"type": "list", "elements": "str"}

SPEC: dict[str, dict[str, Any]] = {
    "source": {"type": "str", "choices": [JOURNALD, FILE, EVENTLOG], "default": JOURNALD},
    "unit": _TEXTS,
    "identifier": _TEXT,
    "priority": {"type": "str", "choices": list(PRIORITIES)},
    "journal_directory": {"type": "str", "aliases": ["directory"]},
    "journal_files": {"type": "list", "elements": "str", "aliases": ["file"]},
    "paths": _TEXTS,
    "pattern": {"type": "str", "default": "SCIM_FAILURE"},
    "regex": {"type": "bool", "default": False},
    "rotated": {"type": "bool", "default": True},
    "format": {"type": "str", "default": "auto"},
    "log": {"type": "str", "default": "Application"},
    "provider": {"type": "str", "default": "SCIM-Connector"},
    "path": _TEXT,
    "newest": {"type": "int"},
    "since": _TEXT,
    "until": _TEXT,
    "cursor": _TEXT,
    "status": {"type": "list", "elements": "str", "choices": list(STATUSES)},
    "action": _TEXTS,
    "resource_type": {"type": "list", "elements": "str", "choices": ["User", "Group"]},
    "user": _TEXTS,
    "group": _TEXTS,
    "fields": {"type": "list", "elements": "str", "choices": [ALL, *FIELDS]},
}

CONSTRAINTS: dict[str, Any] = {
    "required_if": [("source", FILE, ("paths",))],
    "mutually_exclusive": [("path", "cursor"), ("journal_directory", "journal_files")],
}
