# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of a source become records: the mapping is bound to the columns of a file, and applied to each row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import InvalidInput
from ..json_values import composed
from ..spelling import meant
from .garbled import garbled_columns
from .mapping import CONSTANT, FIRST, Mapped, Value
from .person import Record, Row
from .problem import ENCODING_DAMAGE, MAPPING, Problem
from .rows import Rows
from .targets import FACTS, KEY, SOURCE, attributes
from .transforms import NotFitting, scalar

Values = Mapping[str, Any]
Pick = Callable[[Values], Any]
# An expression and the option that has it -> the function that applies it: JMESPath, which is no part of the standard library.
Ask = Callable[[str, str], Callable[[Any], Any]]

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)  # the part of JMESPath that needs no library
_DATUM = re.compile(r"\S@\S|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}")  # nothing that a column is called
_NUMBER = re.compile(r"[0-9]+\.0+|[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+")  # what a spreadsheet makes of 1815, and of long ids
_NAMES = (KEY, "external_id", "user_name")  # by what people are told apart
_MOST_NAMED = 30


def records(rows: Rows, mapping: Mapped, ask: Ask) -> tuple[list[Record], list[Problem]]:
    """The records of a file, in its order, and what is wrong with single rows.

    A row with a value that the mapping cannot take makes no record; one with garbled letters makes one. ask: for expressions that are more
    than names with dots between them. Raises InvalidInput for a column that the file lacks.
    """
    reads = {target: _bound(value, rows, ask) for target, value in mapping.items()}
    clearing = frozenset(target for target, value in mapping.items() if value.clears)
    found: list[Record] = []
    problems = list(rows.damaged)
    for row in rows.rows:
        texts, wrong = _texts(row, reads)
        key = texts.get(KEY, "")
        key = key if isinstance(key, str) else ""
        unseen = [target for target in _NAMES if not str(texts.get(target, "")).isprintable()]
        wrong += [f"{target}: a character is in it that cannot be seen; correct the source, or take it out with replace" for target in unseen]
        if _NUMBER.fullmatch(key):
            wrong.append(f"{KEY}: a spreadsheet took it for a number; export it as a text")
        if KEY in unseen:
            key = ""
        problems += [Problem(row.place, key, MAPPING, message) for message in wrong]
        problems += [
            Problem(row.place, key, ENCODING_DAMAGE, f"column {column}: letters were lost or garbled when the file was made or read")
            for column in garbled_columns(row.values)
        ]
        if not wrong:
            found.append(_record(key, row, texts, clearing))
    return found, problems


def _texts(row: Row, reads: Mapping[str, Pick]) -> tuple[dict[str, Any], list[str]]:
    texts: dict[str, Any] = {}
    wrong: list[str] = []
    for target, read in reads.items():
        try:
            texts[target] = read(row.values)
        except (NotFitting, InvalidInput) as error:  # the latter of an expression that does not fit what is in this row
            wrong.append(f"{target}: {error}")
    return texts, wrong


def _record(key: str, row: Row, texts: Mapping[str, Any], clearing: frozenset[str]) -> Record:
    named = {**texts, "external_id": texts.get("external_id") or key}
    return Record(
        key=key,
        place=row.place,
        attributes=attributes(named, clearing),
        source={name: texts[name] for name in SOURCE if texts.get(name)},
        facts={target[len(FACTS) :]: value for target, value in texts.items() if target.startswith(FACTS) and value},
    )


def _bound(value: Value, rows: Rows, ask: Ask) -> Pick:
    """The function that reads a target's text in the values of a row; of a fact with several values, the list of them."""
    if value.origin == CONSTANT:
        constant = value.step(value.constant)
        return lambda values: constant
    picks = [_pick(value, column, rows, ask) for column in value.columns]
    step = value.step
    if len(picks) > 1 or value.origin != "column":
        return _of_several(value, picks)
    pick = picks[0]
    if value.target.startswith(FACTS):
        return lambda values: _fact(pick(values), step)
    return lambda values: step(scalar(pick(values)))


def _of_several(value: Value, picks: Sequence[Pick]) -> Pick:
    def parts(values: Values) -> Iterator[str]:
        for pick in picks:
            given = pick(values)
            for item in given if isinstance(given, (list, tuple)) else (given,):
                text = scalar(item)
                text = text.strip() if value.strips else text
                if text:
                    yield text

    if value.origin == FIRST:
        return lambda values: value.step(next(parts(values), ""))
    return lambda values: value.step(value.between.join(parts(values)))


def _fact(given: Any, step: Callable[[str], str]) -> Any:
    if not isinstance(given, (list, tuple)):
        return step(scalar(given))
    return [text for text in (step(scalar(item)) for item in given) if text]


def _pick(value: Value, name: str, rows: Rows, ask: Ask) -> Pick:
    """The function that finds a column, or what an expression finds, in the values of a row."""
    column = next((known for known in rows.columns if composed(known) == composed(name.strip())), None)
    if column is not None:
        there = column
        return lambda values: values.get(there)
    if rows.nested:
        pick = _of_path(name) if _PATH.fullmatch(name) else ask(name, value.option)
        if value.optional or not rows.rows or any(_finds(pick, row.values) for row in rows.rows):
            return pick
    elif value.optional or not rows.columns:  # an empty file has no columns to miss
        return lambda values: None
    raise InvalidInput(f"{value.option}: {_missing(name, rows)}")


def _finds(pick: Pick, values: Values) -> bool:
    try:
        return pick(values) is not None
    except InvalidInput:  # there is something, which does not fit
        return True


def _of_path(path: str) -> Pick:
    names = path.split(".")

    def pick(values: Any) -> Any:
        for name in names:
            values = values.get(name) if isinstance(values, Mapping) else None
        return values

    return pick


def _missing(name: str, rows: Rows) -> str:
    said = f"nothing in the file is found by {name!r}" if rows.nested else f"the file has no column {name!r}"
    if not rows.nested and any(map(_DATUM.search, rows.columns)):
        return f"{said}; its first line seems to be no header, as an e-mail address or a date is in it: export the table with a header"
    if len(rows.columns) == 1 and not rows.nested:
        return f"{said}; it has one column only, {rows.columns[0][:200]!r}: if these are several, say with delimiter what separates them"
    more = ", ..." if len(rows.columns) > _MOST_NAMED else ""
    near = meant(name, rows.columns) or f"; it has {', '.join(rows.columns[:_MOST_NAMED])}{more}"
    return f"{said}{near} (optional: true is for what a file may lack)"
