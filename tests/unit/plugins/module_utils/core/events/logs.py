# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs and events that several tests use."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

LOGS = Path(__file__).resolve().parents[5] / "data" / "logs"


def journal_entries(export: bytes) -> list[dict[str, Any]]:
    """The entries of a file in journald's export format, as ``journalctl --output=json --all`` shows them.

    https://systemd.io/JOURNAL_EXPORT_FORMATS/: name=value, or the name alone and then the length, the bytes and a line break.
    """
    entries: list[dict[str, Any]] = [{}]
    at = 0
    while at < len(export):
        end = export.index(b"\n", at)
        line = export[at:end]
        at = end + 1
        if not line:
            entries.append({})
            continue
        name, sign, value = line.partition(b"=")
        if not sign:
            (length,) = struct.unpack("<Q", export[at : at + 8])
            value = export[at + 8 : at + 8 + length]
            at += 8 + length + 1
        entries[-1][name.decode()] = _shown(value)
    return [entry for entry in entries if entry]


def _shown(value: bytes) -> Any:
    """What is no text, or has control characters, is a list of numbers."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return list(value)
    return list(value) if any(ord(sign) < 32 and sign not in "\t\n" for sign in text) else text
