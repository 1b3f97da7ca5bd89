# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of docs/performance.md: the exact ones, made of the numbers that tests assert, and those of times, as measured last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.benchmark import access, many
from tests.benchmark.counts import COUNTS, PROFILES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
Rows = Sequence[Sequence[str]]


def markdown(rows: Rows) -> str:
    """A table in Markdown. rows: the first is its head."""
    head, *others = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *others))


def plain(rows: Rows) -> str:
    """A table for a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def counts() -> Rows:
    return [("task", *PROFILES), *((title, *found) for title, found in COUNTS.items())]


def with_part(document: str, name: str, text: str) -> str:
    """The document with a text in the place that has this name."""
    begin, end = f"<!-- {name}: begin, written by make bench -->", f"<!-- {name}: end -->"
    made, places = re.subn(f"{re.escape(begin)}.*{re.escape(end)}", lambda dummy: f"{begin}\n{text}\n{end}", document, flags=re.DOTALL)
    if places != 1:
        raise ValueError(f"{DOCUMENT} has {places} places between {begin} and {end}")
    return made


def rendered(document: str) -> str:
    """The document with the exact tables as they are now."""
    for name, table in (("counts", counts()), ("many", many.table()), ("access", access.table())):
        document = with_part(document, name, markdown(table))
    return document
