# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a ledger is what was written: each line as it was, none missing, none added, none moved, the end where it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .chain import Head, beginning
from .lines import Entry, is_sealed, parsed, signed_part

_MOST = 100  # problems that are listed

# Looks at a signature. What was signed, and the signature of the line -> why it is wrong, "" if it is right.
Check = Callable[[bytes, Mapping[str, Any]], str]

# What may be wrong, by the names that a result has.
UNREADABLE = "unreadable"
ALTERED = "altered"
BROKEN = "broken"
NUMBER = "number"
TIME = "time"
SIGNATURE = "signature"
UNSIGNED = "unsigned"
ANCHOR = "anchor"
TORN = "torn"


class Verification:
    """Takes the lines of a ledger one by one, keeps none of them.

    anchor: number and digest of a line, as kept elsewhere; ``None`` without. check: looks at signatures; ``None`` without a key.
    problems: ``{"line", "problem", "said"}``, the first ones; count: how many there are. head: the last line that could be read.
    """

    def __init__(self, anchor: tuple[int, str] | None = None, check: Check | None = None) -> None:
        self.problems: list[dict[str, Any]] = []
        self.count = 0
        self.lines = 0
        self.head = Head()
        self.ledger = ""
        self.signed = 0
        self.verified = 0  # signatures that are right
        self.mended = 0
        self._anchor = anchor
        self._anchored = False
        self._check = check
        self._lost = 0  # lines since head that could not be read

    def feed(self, line: bytes) -> Entry | None:
        """The next line without its end, from the first one on. Returns what it holds, ``None`` if it cannot be read."""
        self.lines += 1
        entry = parsed(line)
        if entry is None:
            self._found(UNREADABLE, "this is no record of a ledger; it was altered, or something else wrote into the file")
            self._lost += 1
            return None
        if not is_sealed(line, entry):
            self._found(ALTERED, f"record {entry['number']} was altered: it does not have the digest that it says")
        self._look_at_the_link(entry)
        if self._anchor and entry["number"] == self._anchor[0]:
            self._anchored = True
            if entry["digest"] != self._anchor[1]:
                self._found(ANCHOR, f"record {entry['number']} is not the one of the anchor: it, or something before it, was written anew")
        if "signature" in entry or self._check:
            self._look_at_the_signature(line, entry)
        self.mended += "mended" in entry
        self.head = Head.of(entry)
        self._lost = 0
        return entry

    def end(self, torn: bytes = b"") -> None:
        """There are no more lines. torn: what comes after the last one."""
        if torn:
            self.lines += 1
            self._found(TORN, f"{len(torn):,} bytes are no whole line: whoever wrote them was stopped; the next task that appends sets them aside")
            self.lines -= 1
        if self._anchor and not self._anchored:
            number = self._anchor[0]
            said = f"record {number:,} of the anchor is missing; the last one is {self.head.number:,}: the end was cut off, or it is another ledger"
            self._found(ANCHOR, said)
        if self._check and self.lines and not self.signed:
            self._found(UNSIGNED, "no record is signed, and a key is given: the signatures were taken away, or whoever appends has no key")

    def _look_at_the_link(self, entry: Entry) -> None:
        number = entry["number"]
        if self.lines == 1:
            self.ledger = str(entry.get("ledger", ""))
            if entry["previous"] != beginning(self.ledger) or number != 1:
                self._found(BROKEN, f"record {number} is not the first one of a ledger: what was before it is missing")
            return
        if not self._lost and entry["previous"] != self.head.digest:
            said = f"record {number} does not follow record {self.head.number}: one of them was written anew, or records are missing, added or moved"
            self._found(BROKEN, said)
        if number != self.head.number + 1 + self._lost:
            self._found(NUMBER, f"record {number} comes after record {self.head.number}")
        if entry["at"] < self.head.at:
            self._found(TIME, f"record {number} of {entry['at']} comes after one of {self.head.at}")

    def _look_at_the_signature(self, line: bytes, entry: Entry) -> None:
        number = entry["number"]
        if "signature" not in entry:
            if self.signed:
                self._found(UNSIGNED, f"record {number} is not signed, and records before it are")
            return
        self.signed += 1
        if self._check is None:
            return
        signature = entry["signature"]
        why = self._check(signed_part(line, entry), signature) if isinstance(signature, Mapping) else "it is none"
        if why:
            self._found(SIGNATURE, f"the signature of record {number} is wrong: {why}")
        else:
            self.verified += 1

    def _found(self, problem: str, said: str) -> None:
        self.count += 1
        if len(self.problems) < _MOST:
            self.problems.append({"line": self.lines, "problem": problem, "said": said})
