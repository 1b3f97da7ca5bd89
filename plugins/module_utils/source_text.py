# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of people or groups as JSON, JSON lines or YAML, read to the letter: what could mean two things is refused.

Whoever exports identities has to see a file that is cut off, a key that is there twice, or an id that YAML would take for
a number before anybody is changed by it. No message here quotes a value: values are personal data.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from typing import Any, NoReturn

from .core.errors import InvalidInput

try:
    import yaml
except ImportError:
    HAS_YAML = False
else:
    HAS_YAML = True

LINES = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv", ".xls", ".xlsx")
_JSON_WORDS = ("true", "false", "null")
# The one spelling of a value that YAML 1.1, YAML 1.2 and JSON agree on.
_PLAIN = {
    "bool": re.compile(r"true|false", re.IGNORECASE),
    "int": re.compile(r"0|-?[1-9][0-9]*"),
    "float": re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?"),
}
_MARK = b"\xef\xbb\xbf"  # the byte order mark as UTF-8, which some programs write first
_BLANKS = " \t\r\n\v\f"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Doubled(dict[str, Any]):
    """A JSON object in which a key is there twice: the last one would win, without a word. key: the first such key."""

    key = ""


class Ambiguous(str):
    """A scalar without quotes that readers take for different things: ``0123``, ``no``, ``2026-01-02``; in JSON, ``NaN``."""

    __slots__ = ()


class _NotReadable(ValueError):
    """What is wrong with a text, with its line and column where they are known."""


def read_document(path: str) -> Any:
    """What a file holds: JSON, or YAML where its name ends in .yml or .yaml. Raises InvalidInput."""
    data = content(path)
    if path.lower().endswith(_TABLES):
        refuse(path, "tables are not read; write JSON lines, one entry a line, to a file whose name ends in .jsonl")
    return document(path, _text(path, data), as_yaml=path.lower().endswith((".yml", ".yaml")))


def document(path: str, text: str, *, as_yaml: bool) -> Any:
    """What the text of a file holds. path: for messages. Raises InvalidInput."""
    try:
        return _yaml(text) if as_yaml else _json(text)
    except _NotReadable as error:
        refuse(path, str(error))
    except RecursionError:
        refuse(path, "lists and mappings lie too deep in each other")


def read_lines(path: str) -> list[tuple[int, Any]]:
    """What each line of a file of JSON lines holds, with its number; blank lines are left out. Raises InvalidInput."""
    numbered = enumerate(content(path).split(b"\n"), 1)
    return lines(path, ((number, _text(path, line, number)) for number, line in numbered))


def lines(path: str, numbered: Iterable[tuple[int, str]]) -> list[tuple[int, Any]]:
    """The same for lines that are texts, each with its number. path: for messages."""
    found = []
    for number, line in numbered:
        if not line.strip(_BLANKS):
            continue
        try:
            found.append((number, _json(line, number)))
        except _NotReadable as error:
            refuse(path, str(error))
        except RecursionError:
            refuse(path, f"line {number}: lists and objects lie too deep in each other")
    if not found:
        refuse(path, "the file is empty")
    return found


def content(path: str) -> bytes:
    """The bytes of a file that is there, can be read, and is not empty."""
    return content_and_time(path)[0]


def content_and_time(path: str) -> tuple[bytes, float]:
    """The same, and when the file was written, in seconds since 1970."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                refuse(path, "this is no regular file")
            data = file.read()
    except FileNotFoundError:
        refuse(path, "there is no such file on the host that runs the task")
    except IsADirectoryError:
        refuse(path, "this is a directory; give a file")
    except (OSError, ValueError) as error:
        refuse(path, f"the file cannot be read: {getattr(error, 'strerror', None) or 'no valid path'}")
    if not data.removeprefix(_MARK).strip():
        refuse(path, "the file is empty")
    return data, status.st_mtime


def _without_waiting(path: str, flags: int) -> int:
    """Opened in the usual way, a named pipe lets the task wait for somebody to write into it."""
    return os.open(path, flags | os.O_NONBLOCK)


def refuse(path: str, what: str) -> NoReturn:
    raise InvalidInput(f"source: {path}: {what}; nothing was written")


def _text(path: str, data: bytes, line: int = 1) -> str:
    """UTF-8, with or without a byte order mark. line: the number of the first line of the data."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line += data[: error.start].count(b"\n")
        if error.reason == "unexpected end of data" and error.end == len(data):
            refuse(path, f"line {line}: the file ends in the middle; it was cut off")
        seems = "this seems to be UTF-16" if data.startswith(_UTF_16) else f"line {line} is not UTF-8"
        refuse(path, f"{seems}; write the file as UTF-8")


def _json(text: str, line: int = 1) -> Any:
    """line: the number of the first line of the text."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {line + error.lineno - 1} column {error.colno}"
        if _is_cut(text, error):
            raise _NotReadable(f"{place}: the file ends in the middle; it was cut off") from None
        lines = "; if it holds one entry a line, let its name end in .jsonl" if error.msg == "Extra data" and error.lineno > 1 else ""
        raise _NotReadable(f"{place} is no valid JSON: {error.msg}{lines}") from None
    except ValueError:  # Python limits the digits of an integer
        raise _NotReadable("a number has too many digits") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    doubled = Doubled(found)
    doubled.key = next(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return doubled


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=Ambiguous)  # made once, not for every line


def _is_cut(text: str, error: json.JSONDecodeError) -> bool:
    """Whether the text is right so far and stops too early."""
    rest = text[error.pos :].strip()
    if error.msg.startswith("Unterminated string"):
        return True
    if "escape" in error.msg:
        return len(rest) < len(r"\u00e4")
    return not rest or any(word.startswith(rest) for word in _JSON_WORDS)


def _yaml(text: str) -> Any:
    if not HAS_YAML:
        raise _NotReadable("the Python library PyYAML is missing on the host that runs the task; a JSON file works without it")
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
            raise _NotReadable("the file is empty")
        _refuse_doubled_keys(root)
        # What a list or mapping in block style lacks at its end, nobody misses: a line that does not end may be cut off.
        if not getattr(root, "flow_style", False) and not text.endswith("\n"):
            raise _NotReadable("the last line does not end; the file may be cut off: end it with a new line")
        return loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1} column {mark.column + 1}" if mark else "it"
        if mark and not text[mark.index :].strip():
            raise _NotReadable(f"{place}: the file ends in the middle; it was cut off") from None
        raise _NotReadable(f"{place} is no valid YAML: {error.problem}") from None
    except yaml.YAMLError:
        raise _NotReadable("a character that YAML does not allow is in it") from None
    except ValueError as error:
        raise error if isinstance(error, _NotReadable) else _NotReadable("a value is no valid YAML") from None
    finally:
        loader.dispose()


def _refuse_doubled_keys(root: Any) -> None:
    """YAML 1.2 section 3.2.1.1 wants unique keys, PyYAML does not look. Aliases are followed once only."""
    nodes, seen = [root], set()
    while nodes:
        node = nodes.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
            continue
        keys = set()
        for key, value in node.value:
            if key.value in keys and isinstance(key, yaml.ScalarNode):
                raise _NotReadable(f"line {key.start_mark.line + 1}: the key {key.value[:50]} is there twice in one mapping")
            keys.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
            nodes.append(value)


if HAS_YAML:

    class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """What yaml.safe_load does, without its guesses: YAML 1.1 takes 0123 for 83, 12:30 for 750 and NO for false."""

    def _scalar(kind: str) -> Any:
        """A constructor for scalars that keeps the text of those that are not written in the one spelling of all readers."""
        safe = getattr(yaml.SafeLoader, f"construct_yaml_{kind}")

        def construct(loader: Any, node: Any) -> Any:
            plain = _PLAIN.get(kind)
            return safe(loader, node) if plain and plain.fullmatch(node.value) else Ambiguous(node.value)

        return construct

    for _kind in ("bool", "int", "float", "timestamp"):
        _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _scalar(_kind))
