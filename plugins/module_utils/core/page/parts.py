# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of a page: sections, tables, names, times. Cells and bodies are HTML; whatever others wrote went through ``html()`` before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .text import clock_time, html


def section(title: str, body: str, kind: str = "", identity: str = "") -> str:
    """A section with its heading. identity: unique in the page; with it, the section is a landmark and links lead to it."""
    classed = f' class="{kind}"' if kind else ""
    identified = f' id="{identity}" aria-labelledby="{identity}-title"' if identity else ""
    heading = f' id="{identity}-title"' if identity else ""
    return f"<section{identified}{classed}>\n<h2{heading}>{title}</h2>\n{body}\n</section>\n"


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[int] = (),
    labels: Sequence[str] = (),
    caption: str = "",
) -> str:
    """A table of cells that are HTML. On a phone each row stands for itself, with the labels; the roles keep it a table for readers.

    numeric: the columns of numbers. labels: as headings, on a phone. caption: for readers; with it, the first cell of a row is its heading.
    """
    kinds = [' class="n"' if column in numeric else "" for column in range(len(headings))]
    labels = labels or headings
    head = "".join(f'<th role="columnheader" scope="col"{kind}>{heading}</th>' for heading, kind in zip(headings, kinds))
    body = "".join(f'<tr role="row">{_cells(row, kinds, labels, bool(caption))}</tr>' for row in rows)
    told = f"<caption>{caption}</caption>" if caption else ""
    return (
        f'<table class="stack" role="table">{told}<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _cells(row: Sequence[str], kinds: Sequence[str], labels: Sequence[str], headed: bool) -> str:
    cells = [f'<td role="cell"{kind} data-label="{label}">{content}</td>' for content, kind, label in zip(row, kinds, labels)]
    if headed:
        cells[0] = f'<th role="rowheader" scope="row" data-label="{labels[0]}">{row[0]}</th>'
    return "".join(cells)


def named(text: Any) -> str:
    """Somebody's or something's name: it cannot turn the words around it, whichever way it is written."""
    return f"<bdi>{html(text, 300)}</bdi>"


def time(text: Any) -> str:
    """A point in time for people, and for machines as it was."""
    return f'<time datetime="{html(text, 40)}">{html(clock_time(text))}</time>'


def beyond(number: int, shown: int, where: str = "which are not shown") -> str:
    """What a list that is cut says of the rest."""
    return f'<p class="note">And {number - shown:,} more, {where}.</p>' if number > shown else ""
