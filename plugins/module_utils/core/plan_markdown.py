# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document of a plan as people read it: Markdown, one line an operation, what takes something away first.

What services and sources say is data. It stands in code spans, in which neither Markdown nor HTML means anything
(CommonMark section 6.1), and without line breaks, so that no name can end its line and forge a heading or a row.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .plan import CREATE, DEACTIVATE, DELETE, HIDDEN, UPDATE

_LONGEST_VALUE = 200
_MOST_NAMES = 20
_JOINERS = "\u200c\u200d"  # they make one emoji of several, and words of Persian; they turn nothing around
_TITLES = {DELETE: "Deleted", DEACTIVATE: "Deactivated", UPDATE: "Changed", CREATE: "Created"}  # in the order of what matters most

Entry = Mapping[str, Any]


def markdown(document: Mapping[str, Any]) -> str:
    """A summary of what ``plan_document.document`` returns."""
    operations: Sequence[Entry] = document["operations"]
    lines = [
        f"# Plan for {code(document['service'])}",
        "",
        f"Digest: {code(document['digest'])}",
        "",
        *_table(operations, document["counts"]),
        *_remarks("Brakes that this plan trips", [trip.get("said") for trip in document.get("brakes") or ()]),
        *_remarks("Warnings", document.get("warnings") or ()),
    ]
    if not operations:
        lines += ["", "Nothing is to be done."]
    for verb, title in _TITLES.items():
        chosen = [operation for operation in operations if operation["verb"] == verb]
        if chosen:
            chosen.sort(key=lambda operation: not _takes_away(operation))  # keeps the order of the plan otherwise
            lines += ["", f"## {title} ({len(chosen)})", "", *(_line(operation) for operation in chosen)]
    return "\n".join(lines) + "\n"


def _table(operations: Sequence[Entry], counts: Mapping[str, Any]) -> list[str]:
    """Operations by kind and verb; where the counts are by kind, too, what else they tell: who is unchanged."""
    tally = Counter((operation["kind"], operation["verb"]) for operation in operations)
    by_kind = {kind: of for kind, of in counts.items() if isinstance(of, Mapping)}
    others = list(dict.fromkeys(verb for of in by_kind.values() for verb in of if verb not in _TITLES))
    kinds = sorted({kind for kind, dummy in tally} | set(by_kind))
    rows = [
        ["", *_TITLES, *map(_cell, others)],
        ["---", *["---:"] * (len(_TITLES) + len(others))],
    ]
    for kind in kinds:
        further = [_cell(by_kind.get(kind, {}).get(verb, 0)) for verb in others]
        rows.append([_cell(kind), *(str(tally[kind, verb]) for verb in _TITLES), *further])
    return [f"| {' | '.join(row)} |" for row in rows] if kinds else []


def _cell(value: Any) -> str:
    """A count, or a word; within a table, a bar ends the cell even in a code span (GFM section 4.10)."""
    text = str(value)
    return text if re.fullmatch(r"\w+", text) else code(text).replace("|", "\\|")


def _remarks(title: str, sentences: Sequence[Any]) -> list[str]:
    return ["", f"## {title}", "", *(f"- {code(said, cut=2000)}" for said in sentences)] if sentences else []


def _takes_away(operation: Entry) -> bool:
    """Whether somebody loses an account or a membership by this change."""
    return any(change.get("remove") or (change["path"] == "active" and change.get("after") is False) for change in operation["changes"])


def _line(operation: Entry) -> str:
    changes = [_change(operation["verb"], change) for change in operation["changes"]]
    members = f" with {operation['members']} members" if operation.get("members") else ""
    return f"- {_cell(operation['kind'])} {code(operation['key'])}{members}{': ' if changes else ''}{'; '.join(changes)}"


def _change(verb: str, change: Entry) -> str:
    path = code(change["path"])
    if "add" in change or "remove" in change:
        sides = (("-", change.get("remove")), ("+", change.get("add")))
        return f"{path} {', '.join(f'{sign} {_names(names)}' for sign, names in sides if names)}"
    if verb == CREATE:
        return f"{path}: {_value(change['after'])}"
    return f"{path}: {_value(change['before'])} -> {_value(change['after'])}"


def _names(names: Sequence[Any]) -> str:
    more = len(names) - _MOST_NAMES
    return " ".join(code(name) for name in names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _value(value: Any) -> str:
    if value is None or value == HIDDEN:
        return "(none)" if value is None else HIDDEN
    return code(value)


def code(value: Any, cut: int = _LONGEST_VALUE) -> str:
    """A value as a code span that it cannot end: between more backticks than it has in a row, all in one line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=list)
    more = f"... ({len(text)} characters)" if len(text) > cut else ""
    plain = text[:cut]
    if not plain.isprintable():
        plain = "".join(letter if letter.isprintable() or letter in _JOINERS else _escaped(letter) for letter in plain)
    plain += more
    fence = "`" * (1 + max(map(len, re.findall("`+", plain)), default=0))
    edge = " " if not plain or plain[0] in "` " or plain[-1] in "` " else ""  # one space at each end is not shown
    return f"{fence}{edge}{plain}{edge}{fence}"


def _escaped(letter: str) -> str:
    r"""``\n`` and ``\u202e``: what breaks a line, or turns its direction around, is shown and does nothing."""
    return letter.encode("unicode_escape").decode("ascii")
