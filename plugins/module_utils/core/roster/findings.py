# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the gate finds in a source of people, and how a task says so: by places and keys, never by names or addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import Refused

REFUSE = "refuse"
WARN = "warn"
OFF = "off"
SEVERITIES = (REFUSE, WARN, OFF)

_FIRST = 3  # rows that a message names for each check


@dataclass(frozen=True)
class Spot:
    """Where something is. place: ``file:line``, or a file, or "" for somebody who is not in the source. key: the person_id, if known."""

    place: str
    key: str = ""

    def shown(self) -> dict[str, str]:
        return {"place": self.place, "key": self.key}

    def __str__(self) -> str:
        return f"{self.place} (person_id {self.key!r})" if self.place and self.key else self.place or f"person_id {self.key!r}"


# What belongs together in one finding: the rows of one person_id, the two people who have one e-mail address.
Case = tuple[Spot, ...]


@dataclass(frozen=True)
class Finding:
    """What one check found. message: a sentence with its numbers. advice: what to do. spots: all of the rows, those of one case together."""

    check: str
    severity: str
    message: str
    advice: str = ""
    spots: tuple[Spot, ...] = ()

    def shown(self, most: int) -> dict[str, Any]:
        """The finding as a task returns it, with so many rows at most; ``count`` is of all."""
        return {
            "check": self.check,
            "severity": self.severity,
            "message": self.message,
            "advice": self.advice,
            "count": len(self.spots),
            "rows": [spot.shown() for spot in self.spots[:most]],
        }

    def said(self) -> str:
        """One line for people: the check, the sentence, and the first rows."""
        first = ", ".join(map(str, self.spots[:_FIRST]))
        more = len(self.spots) - _FIRST
        where = f" [{first}{f', and {more:,} more' if more > 0 else ''}]" if first else ""
        return f"{self.check}: {self.message}{where}"


class SourceRefused(Refused):
    """A source of people is not to be trusted. Nothing was returned, and nothing is to be written from it."""

    def __init__(self, findings: Sequence[Finding], shown: Mapping[str, Any]) -> None:
        refused = [finding for finding in findings if finding.severity == REFUSE]
        told = "; ".join(f"{finding.said()}: {finding.advice}" if finding.advice else finding.said() for finding in refused)
        super().__init__(f"the source of people is refused, and nothing was written. {told}")
        self.beside = shown


def refused(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings closes the gate."""
    return any(finding.severity == REFUSE for finding in findings)
