# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""journalctl: the command that reads a journal, and what its output means (man journalctl, systemd.journal-fields).

journalctl says nothing about a journal that is not there, or not readable in part, when its output is JSON. So it is asked once
more without, for no entry at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..core.errors import InvalidInput
from .collection import Answer, CannotCollect, words

PRIORITIES = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
# __CURSOR, __REALTIME_TIMESTAMP, __MONOTONIC_TIMESTAMP and _BOOT_ID are always there.
_FIELDS = (
    "MESSAGE",
    "PRIORITY",
    "SYSLOG_IDENTIFIER",
    "_HOSTNAME",
    "_SYSTEMD_UNIT",
    "UNIT",
    "OBJECT_SYSTEMD_UNIT",
    "_SYSTEMD_USER_UNIT",
    "USER_UNIT",
    "_PID",
    "_COMM",
    "_SOURCE_REALTIME_TIMESTAMP",
)
_CURSOR = re.compile(r"[a-z]=[0-9a-f]{1,32}(?:;[a-z]=[0-9a-f]{1,32}){2,9}", re.ASCII)
_TIME = re.compile(r"(?:^|;)t=([0-9a-f]{1,16})(?:;|$)", re.ASCII)
_KNOWN = "known"  # what stands, after the mark, behind the entry of the cursor


@dataclass(frozen=True)
class JournalQuery:
    """Which entries of which journal. units, identifier, priority: "" and empty for any. since, until: aware, or None.

    directory, files: of the journal; empty for the one of the system. cursor: read what comes after it.
    """

    units: Sequence[str] = ()
    identifier: str = ""
    priority: str = ""
    since: datetime | None = None
    until: datetime | None = None
    directory: str = ""
    files: Sequence[str] = ()
    cursor: str = ""

    def __post_init__(self) -> None:
        for name, values in (
            ("unit", self.units),
            ("identifier", [self.identifier]),
            ("journal_directory", [self.directory]),
            ("journal_files", self.files),
        ):
            for value in values:
                if any(ord(letter) < 32 for letter in value) or (name == "unit" and (not value.strip() or value.startswith("-"))):
                    raise InvalidInput(f"{name}: {value!r} is empty, begins with a dash or has control characters")
        if self.cursor and not (_CURSOR.fullmatch(self.cursor) and _TIME.search(self.cursor)):
            raise InvalidInput("cursor: this is no cursor of a journal; give the one that the last run returned, or leave it out")

    @property
    def where(self) -> list[str]:
        """The journal, as arguments."""
        return [*([f"--directory={self.directory}"] if self.directory else []), *(f"--file={path}" for path in self.files)]


@dataclass(frozen=True)
class Found:
    """records: JSON objects, oldest first. broken: lines that are none. cursor_known: None if none was given."""

    records: list[dict[str, Any]]
    broken: int = 0
    cursor_known: bool | None = None
    warnings: list[str] = field(default_factory=list)


def command(query: JournalQuery, mark: str, newest: int | None) -> str:
    """What to run on the host, for collection.posix. newest: as many entries, the newest; None: all, the oldest first."""
    plain = ["journalctl", "--no-pager", *query.where]
    # Without --all, a field of more than 4096 bytes is null.
    as_json = [*plain, "-q", "--output=json", "--all"]
    match = [f"--unit={unit}" for unit in query.units]
    match += [f"--identifier={query.identifier}"] if query.identifier else []
    match += [f"--priority={query.priority}"] if query.priority else []
    match += [f"--output-fields={','.join(_FIELDS)}"]
    steps = ["SYSTEMD_COLORS=0 SYSTEMD_LOG_LEVEL=info SYSTEMD_LOG_TARGET=console; export SYSTEMD_COLORS SYSTEMD_LOG_LEVEL SYSTEMD_LOG_TARGET"]
    steps.append(f"{words([*plain, '--lines=0'])} > /dev/null")
    if query.cursor:
        # The cursor of another journal is taken for a time, without a word: only the entry itself tells.
        first = [*as_json, "--output-fields=PRIORITY", f"--cursor={query.cursor}"]
        steps.append(f"{words(first)} 2> /dev/null | head -n 1")
        steps.append(f"printf '%s\\n' {mark}{_KNOWN}")
        match.append(f"--after-cursor={query.cursor}")
    elif query.since:
        match.append(f"--since=@{epoch(query.since)}")  # systemd 252 does not read a date with a Z
    if query.until:
        match.append(f"--until=@{epoch(query.until)}")
    if newest is not None:
        match.append(f"--lines={newest}")
    return "; ".join([*steps, words([*as_json, *match])])


def epoch(moment: datetime) -> str:
    """Seconds since 1970 with microseconds."""
    return f"{moment.timestamp():.6f}"


def time_of(cursor: str) -> datetime | None:
    """When the entry of a cursor was written."""
    found = _TIME.search(cursor)
    try:
        return datetime.fromtimestamp(int(found[1], 16) / 1_000_000).astimezone() if found else None
    except (ValueError, OverflowError, OSError):
        return None


def found(query: JournalQuery, mark: str, answer: Answer) -> Found:
    """What journalctl found. Raises CannotCollect if it could not look."""
    known, separator, lines = answer.data.partition(f"{mark}{_KNOWN}\n".encode())
    if not separator:
        known, lines = b"", answer.data
    records, broken = _records(lines, answer.cut)
    warnings = _warnings(query, answer, bool(records))
    cursor_known = None
    if query.cursor:
        first, _dummy = _records(known, False)
        cursor_known = bool(first) and first[0].get("__CURSOR") == query.cursor
    return Found(records, broken, cursor_known, warnings)


def _records(lines: bytes, cut: bool) -> tuple[list[dict[str, Any]], int]:
    records, broken = [], 0
    given = lines.split(b"\n")
    last = len(given) - 1
    for number, line in enumerate(given):
        if not line.strip() or line.startswith(b"-- "):  # "-- No entries --", "-- Reboot --"
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            records.append(record)
        elif not (cut and number in (0, last)):
            broken += 1
    return records, broken


def _warnings(query: JournalQuery, answer: Answer, any_records: bool) -> list[str]:
    """What journalctl said that matters although it gave entries. Raises CannotCollect where it gave none because of it."""
    said, where = answer.said, "the journal" if not query.where else f"the journal of {' '.join(query.where)!r}"
    if answer.code == 127 and ("not found" in said or not answer.told):
        raise CannotCollect("there is no journalctl on this host; if it logs to files, set source to file")
    if "unrecognized option" in said:
        raise CannotCollect(f"journalctl of this host is older than systemd 236 and cannot choose fields: {answer.told}")
    if answer.forbidden and not any_records:
        raise CannotCollect(
            f"this user may not read {where} ({answer.told}); set become, or add the user to the group systemd-journal"
        )
    if "No journal files were found" in said:
        raise CannotCollect(f"there is no journal: journalctl found no file of {where}; is it kept elsewhere (journal_directory, journal_files)?")
    partly = "not seeing messages from other users" in said
    if partly and not any_records:
        raise CannotCollect(f"this user sees only entries of its own in {where}; set become, or add the user to the group systemd-journal")
    if answer.code != 0 and not any_records and not answer.cut and "Failed to seek to cursor" not in said:
        cut_off = "; a file of it is cut off" if "No data available" in said or "is truncated" in said else ""
        raise CannotCollect(f"journalctl could not read {where}{cut_off}: {answer.told or f'exit code {answer.code}'}")
    warnings = []
    if "is truncated" in said or "No data available" in said:
        warnings.append(f"a file of {where} is cut off, and was left out: {answer.told}")
    if partly or answer.forbidden:
        warnings.append(f"this user does not see all of {where}; set become, or add the user to the group systemd-journal")
    if any_records and answer.code not in (0, 141) and not answer.cut and not warnings:
        warnings.append(f"journalctl ended with exit code {answer.code}: {answer.told}")
    return warnings
