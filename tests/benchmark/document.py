# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of docs/performance.md, made of tests.benchmark.counts."""

from __future__ import annotations

import re
from pathlib import Path

from tests.benchmark.counts import COUNTS, PROFILES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- counts: begin, written by make bench -->", "<!-- counts: end -->"


def table() -> str:
    """The counts in Markdown."""
    rows = [
        ("task", *PROFILES),
        ("---",) * (1 + len(PROFILES)),
        *((title, *counts) for title, counts in COUNTS.items()),
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def rendered(document: str) -> str:
    """The document with the table in the place of the one that it has."""
    made, places = re.subn(
        f"{re.escape(BEGIN)}.*{re.escape(END)}",
        lambda dummy: f"{BEGIN}\n{table()}\n{END}",
        document,
        flags=re.DOTALL,
    )
    if places != 1:
        raise ValueError(f"{DOCUMENT} has {places} places for the table, between {BEGIN} and {END}")
    return made
