# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chain: each line holds the digest of the line before, and the last digest stands for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ..errors import InvalidInput
from .lines import DIGEST, Entry, Sign, raw_text, sealed
from .sameness import content_of, outcome_of

_NUMBER = re.compile(r"0*[1-9]\d{0,17}", re.ASCII)
_GENESIS = "identityops.lifecycle ledger 1\n"


@dataclass(frozen=True)
class Head:
    """Where a ledger ends. number: of its last line, 0 if it has none. at: when that was appended."""

    number: int = 0
    digest: str = ""
    at: str = ""

    @property
    def anchor(self) -> str:
        """What to keep elsewhere, "" for a ledger without a line."""
        return f"{self.number}:{self.digest}" if self.number else ""

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Head:
        return cls(entry["number"], entry["digest"], entry["at"])

    def shown(self) -> dict[str, Any]:
        return {"number": self.number, "digest": self.digest, "at": self.at}


def beginning(ledger: str) -> str:
    """What stands for the digest before the first line. ledger: the id of the ledger, which its first line states."""
    return sha256((_GENESIS + ledger).encode("utf-8", "surrogatepass")).hexdigest()


def anchored(anchor: str) -> tuple[int, str]:
    """The number and the digest of an anchor, as ``Head.anchor`` spells it. Raises InvalidInput."""
    number, dummy, digest = anchor.strip().partition(":")
    if not (_NUMBER.fullmatch(number) and DIGEST.fullmatch(digest)):
        raise InvalidInput(f"anchor: {anchor[:100]!r} is none; give NUMBER:DIGEST as the module evidence returned it")
    return int(number), digest


@dataclass
class Chain:
    """Makes lines of records, one after the other.

    head: where the ledger ends. ledger: the id that a ledger without a line gets. run: ``{"id", "by"}``. sign: see ``lines.Sign``.
    now: what the clock shows, as ``2026-11-24T10:00:00.000123Z``. A record is never before the one before it: if the clock of the
    host is behind, it has the time of that one, and says in ``clock`` what the clock showed.
    """

    head: Head
    ledger: str
    now: str
    run: Mapping[str, str] = field(default_factory=dict)
    requested_by: str = ""
    approved_by: str = ""
    sign: Sign | None = None

    def line(self, record: Mapping[str, Any], mended: Mapping[str, Any] | None = None) -> bytes:
        """The next line, without an end. record: as ``given.normal`` makes it. mended: what was torn before it."""
        entry: Entry = {
            **record,
            "number": self.head.number + 1,
            "at": max(self.now, self.head.at),
            "previous": self.head.digest if self.head.number else beginning(self.ledger),
            "run": {"id": self.run.get("id", ""), "by": self.run.get("by", "")},
            "requested_by": self.requested_by,
            "approved_by": self.approved_by,
            "content": content_of(record),
            "outcome": outcome_of(record),
        }
        if not self.head.number:
            entry["ledger"] = self.ledger
        if self.now < self.head.at:
            entry["clock"] = self.now
        if mended:
            entry["mended"] = dict(mended)
        line = sealed(entry, self.sign)
        self.head = Head(entry["number"], raw_text(line, b"digest").decode(), entry["at"])
        return line
