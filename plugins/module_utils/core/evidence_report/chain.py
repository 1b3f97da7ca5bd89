# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the ledger is what was written: the result of its verification, as a report shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chain:
    """records: lines that hold one. head: the digest of the last. anchor: what to keep elsewhere. problems: what does not fit, one sentence each, the first of
    problems_count. anchored: whether the digest that was kept elsewhere was found, ``None`` if there is none.
    notes: what else to know, such as what could not be checked.
    """

    intact: bool = True
    records: int = 0
    head: str = ""
    anchor: str = ""
    problems: tuple[str, ...] = ()
    problems_count: int = 0
    anchored: bool | None = None
    signed: int = 0
    notes: tuple[str, ...] = ()
