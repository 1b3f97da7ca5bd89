# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a record says nothing new, so that a run that finds everything as it was appends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .lines import canonical, raw_subject, raw_text, sha256_of, wrote_nothing
from .record import DONE, PLANNED

# What a workflow wanted, did and found. By whom and when it ran is not part of it.
_COUNTS = ("kind", "stage", "subject", "asked", "plan", "operations", "verdicts", "note")
COMING_BACK = ("joiner", "reinstate")  # who is let in again has not left any more
LEFT_AT = "left_at"  # the one time that is the source's, and not the run's
_IN = tuple(kind.encode() for kind in COMING_BACK)
_UNDONE = {**dict.fromkeys(_IN, (b"leaver",)), b"leaver": _IN}

Record = Mapping[str, Any]


def content_of(record: Record) -> str:
    """The digest of what a record says. Two of them are the same record.

    Of its times only left_at counts, unless something was written: what was written at another time was written again.
    """
    written = bool(record["operations"]) and record["stage"] != PLANNED
    times = {name: time for name, time in record["times"].items() if written or name == LEFT_AT}
    return sha256_of({**{name: record[name] for name in _COUNTS}, "times": times})


def outcome_of(record: Record) -> str:
    """The digest of what came of it: kind, stage, the verdict of each plane, and the leaving that it is about."""
    verdicts = {plane: verdict["verdict"] for plane, verdict in record["verdicts"].items()}
    return sha256_of([record["kind"], record["stage"], verdicts, record["times"].get(LEFT_AT, "")])


class Latest:
    """What the ledger says last about the subjects of some records, read in one pass that parses no line.

    Who is let in again may leave as before, and who left may be let in as before: after something was written for the one, what was
    found for the other is news again.

    Memory is taken for these subjects only. records: as ``given.normal`` makes them.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self._contents: dict[bytes, bytes] = {canonical(record["subject"]): b"" for record in records}
        self._outcomes: dict[tuple[bytes, bytes], bytes] = {}

    def feed(self, line: bytes) -> None:
        """The next line of the ledger, from the first one on."""
        subject = raw_subject(line)
        if subject in self._contents:
            kind = raw_text(line, b"kind")
            if not wrote_nothing(line):
                self._forget(subject, kind)
            self._contents[subject] = raw_text(line, b"content")
            self._outcomes[subject, kind] = raw_text(line, b"outcome")

    def note(self, record: Record) -> None:
        """This record is going to be the latest one."""
        subject = canonical(record["subject"])
        if record["operations"]:
            self._forget(subject, record["kind"].encode())
        self._contents[subject] = content_of(record).encode()
        self._outcomes[subject, record["kind"].encode()] = outcome_of(record).encode()

    def is_known(self, record: Record) -> bool:
        """Whether the latest record of the subject is this one; or nothing was done, and what was found is what was found before."""
        subject = canonical(record["subject"])
        if self._contents[subject] == content_of(record).encode():
            return True
        nothing_done = record["stage"] == DONE and not record["operations"]
        return nothing_done and self._outcomes.get((subject, record["kind"].encode())) == outcome_of(record).encode()

    def _forget(self, subject: bytes, written: bytes) -> None:
        """Something was written for a record of this kind, which undoes what those of the other direction found."""
        for kind in _UNDONE.get(written, ()):
            self._outcomes.pop((subject, kind), None)
