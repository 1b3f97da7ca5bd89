# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that people are read from: their bytes, their encoding, their form."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .core.errors import InvalidInput
from .core.roster.ldif import read_ldif
from .core.roster.person import Row
from .core.roster.rows import NotReadable, Rows
from .core.roster.tables import read_table
from .query import compiled
from .source_text import Ambiguous, Doubled, content_and_time, document, lines, refuse

FORMATS = ("auto", "csv", "json", "jsonl", "yaml", "ldif")
_SUFFIXES = {
    "csv": (".csv", ".tsv", ".txt"),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson"),
    "yaml": (".yml", ".yaml"),
    "ldif": (".ldif", ".ldf"),
}
_DOCUMENTS = ("json", "yaml")
# What a file begins with, and the codec that reads it. The longer ones first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PACKED = ((b"PK\x03\x04", "a workbook or a ZIP archive"), (b"\xd0\xcf\x11\xe0", "a workbook of Excel"), (b"\x1f\x8b", "a gzip archive"))
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)


@dataclass(frozen=True)
class FileFacts:
    """What the gate asks of a file.

    path: as it was given. rows: how many it has, damaged ones too. sha256: of its bytes, in hex. expected_sha256: what the source
    said that it is, in the same form, "" if it did not: whether they are equal is for the gate. mtime: when the file was
    written, an instant in UTC (``2026-11-30T04:00:00Z``). columns: their names, in the order of the file.
    """

    path: str
    rows: int
    sha256: str
    expected_sha256: str
    mtime: str
    columns: tuple[str, ...]


def read_rows(source: Mapping[str, Any], name: str = "", option: str = "sources[0]") -> tuple[Rows, FileFacts]:
    """The rows of one file. source: an entry of ``sources``. name: what places call the file. option: what messages call the entry.

    Raises InvalidInput for a file that cannot be read as a whole, and for options that do not go together.
    """
    path = str(source["path"])
    expected = _expected(source.get("sha256") or "", option)
    form = _format(source, path, option)
    data, seconds = content_and_time(path)
    text = decoded(path, data, source.get("encoding") or "")
    rows = _parsed(form, path, name or path, text, source, option)
    written = datetime.fromtimestamp(int(seconds), timezone.utc).replace(tzinfo=None).isoformat()
    count = len(rows.rows) + len(rows.damaged)
    return rows, FileFacts(path, count, hashlib.sha256(data).hexdigest(), expected, f"{written}Z", rows.columns)


def decoded(path: str, data: bytes, encoding: str = "") -> str:
    """The text of a file: by its byte order mark, by the encoding that was given, or as UTF-8; nothing is guessed.

    Raises InvalidInput, with the line at which the bytes are something else.
    """
    for mark, what in _PACKED:
        if data.startswith(mark):
            refuse(path, f"this is {what}; save the table in it as CSV")
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), "")
    given = _codec(path, encoding)
    family = marked.replace("-sig", "")
    if marked and given and not given.startswith(family):
        refuse(path, f"its first bytes say that it is {family.upper()}, and the option encoding says {encoding}; leave the option out")
    codec = marked or given or "utf-8"
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        refuse(path, _not_decoded(data, error, codec, encoding))
    except (LookupError, ValueError):
        refuse(path, f"the encoding {encoding!r} is none of texts; utf-8, utf-16-le, cp1252 and iso-8859-15 are")


def _codec(path: str, encoding: str) -> str:
    """The name that Python knows an encoding by, "" if none was given."""
    try:
        return codecs.lookup(encoding).name if encoding else ""
    except (LookupError, ValueError):
        refuse(path, f"the encoding {encoding!r} is not known; utf-8, utf-16-le, cp1252 and iso-8859-15 are")


def _not_decoded(data: bytes, error: UnicodeDecodeError, codec: str, encoding: str) -> str:
    line = 1 + error.object[: error.start].decode(codec, "ignore").count("\n")
    if error.end == len(error.object) and ("unexpected end" in error.reason or "truncated" in error.reason):
        return f"line {line}: the file ends in the middle; it was cut off"
    at = len(data) - len(error.object) + error.start  # the codec may have taken the mark away
    called = codec.replace("-sig", "").upper()
    where = f"line {line} (byte {at:,} of the file, 0x{data[at]:02x}) is not {called}"
    if encoding:
        return f"{where}; the option encoding has to be another one"
    return f"{where}; say with the option encoding what it is, for example cp1252, or write the file as UTF-8"


def _expected(sha256: str, option: str) -> str:
    found = _SHA256.fullmatch(sha256.strip())
    if sha256.strip() and not found:
        raise InvalidInput(f"{option}.sha256 has to be 64 hexadecimal digits")
    return found[1].lower() if found else ""


def _format(source: Mapping[str, Any], path: str, option: str) -> str:
    form = str(source.get("format") or "auto")
    if form == "auto":
        form = next((known for known, suffixes in _SUFFIXES.items() if path.lower().endswith(suffixes)), "")
    if not form:
        refuse(path, f"its name does not say what is in it; set format to one of {', '.join(FORMATS[1:])} (workbooks are not read: save them as CSV)")
    if source.get("delimiter") and form != "csv":
        raise InvalidInput(f"{option}.delimiter is for CSV, and the file is {form}; leave it out, or set format")
    if source.get("items") and form not in _DOCUMENTS:
        raise InvalidInput(f"{option}.items is for JSON and YAML, and the file is {form}; leave it out, or set format")
    return form


def _parsed(form: str, path: str, name: str, text: str, source: Mapping[str, Any], option: str) -> Rows:
    try:
        if form == "csv":
            return read_table(name, text, source.get("delimiter") or "")
        if form == "ldif":
            return read_ldif(name, text)
    except NotReadable as error:
        refuse(path, str(error))
    strictly = form != "yaml"
    if form == "jsonl":
        numbered = lines(path, enumerate(text.split("\n"), 1))
        return _of_entries(path, ((f"{name}:{number}", entry) for number, entry in numbered), strictly)
    items = compiled(source.get("items"), f"{option}.items")
    entries = _entries(path, document(path, text, as_yaml=form == "yaml"), items)
    return _of_entries(path, ((f"{name}[{position}]", entry) for position, entry in enumerate(entries)), strictly)


def _entries(path: str, given: Any, items: Callable[[Any], Any] | None) -> list[Any]:
    """The list of people in a document. A key that is there twice is looked for where the list is looked for, too."""
    if isinstance(given, dict):
        _refuse_ambiguous(path, "the document", given, strictly=False)
    found = items(given) if items else given
    if not isinstance(found, list):
        where = f"it is no list; say with the option items where in it the list of people is{_lists(given)}"
        refuse(path, "the option items finds no list in it" if items else where)
    return found


def _lists(given: Any) -> str:
    within = [key for key, value in given.items() if isinstance(value, list)] if isinstance(given, dict) else []
    return f", for example {within[0][:80]!r}" if within else ""


def _of_entries(path: str, entries: Iterable[tuple[str, Any]], strictly: bool) -> Rows:
    columns: dict[str, None] = {}
    rows: list[Row] = []
    for place, entry in entries:
        if not isinstance(entry, dict) or not all(isinstance(key, str) for key in entry):
            refuse(path, f"{place} is no object with names and values")
        _refuse_ambiguous(path, place, entry, strictly)
        columns.update(dict.fromkeys(entry))
        rows.append(Row(place, entry))
    return Rows(tuple(columns), rows, nested=True)


def _refuse_ambiguous(path: str, place: str, given: Any, strictly: bool) -> None:
    """A key that is there twice, of which readers take one or the other; and what is no JSON, as NaN, if strictly.

    What readers of YAML take for different things, as 0123, is read as it is written: here all values are texts. Aliases are followed once.
    """
    waiting, seen = [given], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, Ambiguous) and strictly:
            refuse(path, f"{place}: {part[:20]} is no JSON; export null where there is no value")
        if not isinstance(part, (dict, list)) or id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, Doubled):
            refuse(path, f"{place}: the key {part.key[:80]!r} is there twice")
        waiting += part.values() if isinstance(part, dict) else part
