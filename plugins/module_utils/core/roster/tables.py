# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of people as text with delimiters (RFC 4180 and what programs make of it)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from ..json_values import composed
from .person import Row
from .problem import DAMAGED_ROWS, Problem
from .rows import NotReadable, Rows

_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_TAB = ("\\t", "tab")  # as people write it where the character itself cannot be seen
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # each with its end; str.splitlines knows more ends than a table has
_SAYS = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's first line, which is none of the table
_LEAST_COLUMNS = 4  # with fewer, a text of two lines and a comma would seem to be two rows
_SAMPLE = 20  # rows that the delimiter is told from


def read_table(name: str, text: str, delimiter: str = "") -> Rows:
    """The rows of a table. name: of the file, for places. delimiter: "" to tell it from the first rows.

    Fields may be in quotes, with delimiters, line ends and doubled quotes in them. Lines that are blank, or have nothing but
    delimiters, are no rows. The place of a row is its first line. Raises NotReadable.
    """
    text = text.lstrip("\ufeff")
    if "\0" in text:
        line = 1 + len(re.findall(r"\r\n|\r|\n", text[: text.index("\0")]))
        raise NotReadable(f"line {line} has a NUL character; the file is damaged, or in another encoding than was said")
    lines = _LINE.findall(text)
    delimiter, skipped = _delimiter(lines, delimiter)
    numbered = _numbered(lines, delimiter, skipped)
    columns = _columns(*next(numbered, (1, [])))
    rows: list[Row] = []
    damaged: list[Problem] = []
    for line, fields in numbered:
        if any(_takes_in_a_row(field, delimiter, len(columns)) for field in fields):
            message = "a quote that is opened in it takes in the next row; a quote within quotes has to be doubled"
            damaged.append(Problem(f"{name}:{line}", "", DAMAGED_ROWS, message))
        elif len(fields) == len(columns):
            rows.append(Row(f"{name}:{line}", dict(zip(columns, fields))))
        else:
            few = "few" if len(fields) < len(columns) else "many"
            message = f"the row has too {few} fields: {len(fields)}, and the header has {len(columns)}"
            damaged.append(Problem(f"{name}:{line}", "", DAMAGED_ROWS, message))
    return Rows(columns, rows, damaged)


def _takes_in_a_row(field: str, delimiter: str, columns: int) -> bool:
    """Whether a field holds the end of one row and the beginning of another: line ends, and for each of them as many delimiters as a row has."""
    if "\n" not in field and "\r" not in field or columns < _LEAST_COLUMNS:
        return False
    rows, rest = divmod(field.count(delimiter), columns - 1)
    return rows > 0 and not rest


def _numbered(lines: Sequence[str], delimiter: str, skipped: int = 0) -> Iterator[tuple[int, list[str]]]:
    """The rows that have anything in them, each with the number of its first line. skipped: lines before the table."""
    reader = csv.reader(islice(lines, skipped, None), delimiter=delimiter, strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "expected after" in str(error):
                last = skipped + reader.line_num
                raise NotReadable(f"line {last}: a quote ends before its field does; a quote within quotes has to be doubled") from None
            raise NotReadable(f"line {line}: a quote that is opened here is never closed; the file is damaged or cut off") from None
        if any(field and not field.isspace() for field in fields):
            yield line, fields


def _columns(line: int, header: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(composed(name.strip()) for name in header)
    if not columns:
        raise NotReadable("there is no header with the names of the columns")
    if "" in columns:
        raise NotReadable(f"line {line}: column {columns.index('') + 1} of the header has no name")
    seen: set[str] = set()
    doubled = next((name for name in columns if name in seen or seen.add(name)), None)  # type: ignore[func-returns-value]
    if doubled is not None:
        raise NotReadable(f"line {line}: the column {doubled[:80]!r} is there twice")
    return columns


def _delimiter(lines: Sequence[str], given: str) -> tuple[str, int]:
    """The delimiter, and how many lines come before the header."""
    given = "\t" if given.lower() in _TAB else given
    if given and (len(given) != 1 or given in '"\r\n'):
        raise NotReadable("delimiter has to be one character, and neither a quote nor a line end")
    said = _SAYS.fullmatch(lines[0]) if lines else None
    if said is None:
        return given or _told(lines), 0
    if given and given != said[1]:
        raise NotReadable(f"its first line says that the delimiter is {_called(said[1])}, and the option delimiter says another one")
    return said[1], 1


def _told(lines: Sequence[str]) -> str:
    """The delimiter that takes the header apart; if several do, the one by which all of the first rows have as many fields."""
    widths = {delimiter: found for delimiter in _DELIMITERS for found in [_widths(lines, delimiter)] if found and found[0] > 1}
    even = {delimiter: found for delimiter, found in widths.items() if len(set(found)) == 1}
    if len(widths) > 1 and len(even) != 1:
        names = " or ".join(map(_called, widths))
        raise NotReadable(f"its columns may be separated by {names}; say by which with the option delimiter")
    return next(iter(even if len(widths) > 1 else widths), ",")


def _widths(lines: Sequence[str], delimiter: str) -> list[int]:
    """How many fields the first rows have; none if they are no table with this delimiter."""
    try:
        return [len(fields) for _line, fields in islice(_numbered(lines, delimiter), _SAMPLE)]
    except NotReadable:
        return []


def _called(delimiter: str) -> str:
    return _DELIMITERS.get(delimiter, repr(delimiter))
