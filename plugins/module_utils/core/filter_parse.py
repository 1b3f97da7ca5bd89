# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a SCIM filter (the grammar of RFC 7644 section 3.4.2.2). What is none is refused, with where and what was expected.

Keywords and names are read without regard to letter case; any white space separates, so that a filter may be folded in YAML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .attributes import GROUP_ATTRIBUTES, USER_ATTRIBUTES, Attribute
from .errors import InvalidInput
from .filter_match import (
    EQUALITY,
    ORDERED,
    TEXTUAL,
    Comparison,
    Condition,
    Either,
    Element,
    Every,
    Filter,
    Not,
    Path,
    Present,
)
from .filter_names import fault, is_schema

_MOST_NESTED = 50  # nobody writes more, and Python's stack ends somewhere
_LITERALS = {"true": True, "false": False, "null": None}
_KEYWORDS = ("and", "or", "not")

# A schema's URN ends at the last colon; "$ref" is the one name with a dollar (RFC 7643 section 2.4).
_NAME = r"\$?[a-z][\w$-]*"
_PATH = re.compile(rf"(urn:[\w.:-]+:)?({_NAME})(?:\.({_NAME}))?", re.ASCII | re.IGNORECASE)
_WORD = re.compile(r"[a-z]+(?![\w$.:-])", re.ASCII | re.IGNORECASE)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])", re.ASCII | re.IGNORECASE)
_OPEN, _CLOSE, _OPEN_ELEMENT, _CLOSE_ELEMENT = (re.compile(re.escape(bracket)) for bracket in "()[]")


def parse(option: str, text: str, attributes: Sequence[Attribute] = (*USER_ATTRIBUTES, *GROUP_ATTRIBUTES)) -> Filter:
    """The filter that a text spells. option: the text's name in the task, for messages.

    attributes: those of the resources that are selected; other names need the URN of their schema.
    """
    reader = _Reader(option, text, attributes)
    condition = reader.either()
    if not reader.at_end():
        raise reader.expected("and, or, or the end")
    return Filter(text, condition)


@dataclass
class _Reader:
    """A text and how far it is read. within: the attribute whose brackets are being read."""

    option: str
    text: str
    attributes: Sequence[Attribute]
    position: int = 0
    depth: int = 0
    within: Path | None = None

    # -- the grammar, from what binds loosest ---------------------------------------------------------------------

    def either(self) -> Condition:
        conditions = self._joined("or", self._every)
        return conditions[0] if len(conditions) == 1 else Either(conditions)

    def _every(self) -> Condition:
        conditions = self._joined("and", self._one)
        return conditions[0] if len(conditions) == 1 else Every(conditions)

    def _joined(self, word: str, part: Callable[[], Condition]) -> tuple[Condition, ...]:
        found = [part()]
        while self._word((word,)):
            found.append(part())
        return tuple(found)

    def _one(self) -> Condition:
        if self._word(("not",)):
            if not self._take(_OPEN):
                raise self.expected('"(" after not')
            return Not(self._until(_CLOSE, '")"'))
        if self._take(_OPEN):
            return self._until(_CLOSE, '")"')
        path = self._path()
        if self.within is None and not path.sub and self._take(_OPEN_ELEMENT):
            self.within = path
            condition = self._until(_CLOSE_ELEMENT, '"]"')
            self.within = None
            return Element(path, condition)
        return Present(path) if self._word(("pr",)) else self._comparison(path)

    def _until(self, bracket: re.Pattern[str], name: str) -> Condition:
        if self.depth == _MOST_NESTED:
            raise self.expected(f"no more than {_MOST_NESTED} brackets in one another")
        self.depth += 1
        condition = self.either()
        self.depth -= 1
        if not self._take(bracket):
            raise self.expected(f"and, or, or {name}")
        return condition

    def _comparison(self, path: Path) -> Condition:
        operator = self._word((*EQUALITY, *TEXTUAL, *ORDERED))
        if not operator:
            raise self.expected("an operator (eq ne co sw ew gt ge lt le pr)")
        start = self.position
        found, literal = self._literal()
        if operator in TEXTUAL:
            wanted, fits = "a text in double quotes", isinstance(literal, str)
        elif operator in ORDERED:  # of true and false none is greater: RFC 7644 section 3.4.2.2
            wanted, fits = "a text in double quotes or a number", literal is not None and not isinstance(literal, bool)
        else:
            wanted, fits = "a text in double quotes, a number, true, false or null", True
        if not found or not fits:
            self.position = start
            raise self.expected(f"{wanted} after {operator}")
        return Comparison(path, operator, literal, path.exact(self.within))

    # -- its words --------------------------------------------------------------------------------------------------

    def _path(self) -> Path:
        self._skip()
        start = self.position
        found = self._take(_PATH)
        if not found or found.group().lower() in _KEYWORDS:
            self.position = start
            raise self.expected("an attribute")
        schema, name, sub = found.groups(default="")
        if self.within is not None and (schema or sub):
            self.position = start
            raise self.expected(f"the name of a sub-attribute of {self.within.name}")
        if is_schema(schema + name):
            self.position = found.end(2)
            raise self.expected("a colon and the name of an attribute after the URN of the schema")
        if not schema and not (self.within and self.within.schema):
            self._check_name(found.group(), start)
        return Path(name, sub, schema.rstrip(":"))

    def _check_name(self, name: str, start: int) -> None:
        """Refuse a name that no resource has."""
        path = f"{self.within.name}.{name}" if self.within else name
        problem = fault(path, self.attributes)
        if problem:
            raise InvalidInput(f"{self.option}: at position {start + 1}: {problem}")

    def _literal(self) -> tuple[bool, Any]:
        """Whether there is a literal, and its value: all are written as in JSON."""
        found = self._take(_STRING) or self._take(_NUMBER)
        if found:
            try:
                return True, json.loads(found.group())
            except ValueError:  # a backslash before a letter that it cannot be before, or a line break
                return False, None
        word = self._word(tuple(_LITERALS))
        return bool(word), _LITERALS.get(word)

    def _word(self, among: Sequence[str]) -> str:
        """The next word in lower case if it is one of these, else ""."""
        found = _WORD.match(self.text, self._skip())
        if not found or found.group().lower() not in among:
            return ""
        self.position = found.end()
        return found.group().lower()

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self._skip())
        self.position = found.end() if found else self.position
        return found

    def _skip(self) -> int:
        """Go over white space; where the next word begins."""
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1
        return self.position

    def at_end(self) -> bool:
        return self._skip() == len(self.text)

    def expected(self, what: str) -> InvalidInput:
        """The refusal of what stands at the position."""
        rest = self.text[self._skip() :]
        shown = repr(rest if len(rest) <= 30 else rest[:27] + "...") if rest else "the end"
        return InvalidInput(f"{self.option}: at position {self.position + 1} ({shown}) {what} was expected")
