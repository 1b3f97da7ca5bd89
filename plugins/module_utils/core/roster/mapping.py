# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The declarative mapping of a source of people: a target for each column, checked before a row is read.

    person_id: WorkerID
    status: {column: WorkerStatus, lower: true, map: {active: active, inactive: terminated}}
    display_name: {join: [FirstName, LastName]}
    last_day: {column: Austritt, date: "%d.%m.%Y"}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput
from ..spelling import meant
from .targets import ADDRESSES, BOOLEANS, DATES, EXTENSIONS, FACTS, KEY, NESTED, SOURCE, refuse_unknown
from .transforms import ISO_DATE, SETTINGS, NotFitting, Step, choice, flag, steps, text

COLUMN, CONSTANT, JOIN, FIRST = _FROM = ("column", "constant", "join", "first")
_ALL = (*_FROM, "with", "optional", "empty", *SETTINGS)
_TRUE, _FALSE = ("true", "yes", "on", "y", "t", "1"), ("false", "no", "off", "n", "f", "0")
_ADDRESS = re.compile(r"[^\s@<>;,]+@[^\s@<>;,]+")
_ALWAYS_THERE = (KEY, "user_name", "external_id")


@dataclass(frozen=True)
class Value:
    """What one target gets.

    option: what it is called in messages. origin: column, constant, join or first. columns: their names, or expressions.
    constant: for that origin. between: what join puts between the parts. strips: whether parts lose the space around them.
    step: what is done to the text. optional: the columns may be missing in the file. clears: an empty text clears the attribute.
    """

    target: str
    option: str
    origin: str
    columns: tuple[str, ...]
    constant: str
    between: str
    strips: bool
    step: Step
    optional: bool
    clears: bool


# What each target gets, by target.
Mapped = Mapping[str, Value]


def compiled(given: Mapping[str, Any], overrides: Mapping[str, Any] | None = None, *, option: str = "mapping", source: str = "") -> Mapped:
    """Check a mapping, and make it ready to be applied.

    given: target -> a column, or a dictionary with one of column, constant, join and first, and with what is done to the text. Targets with
    a dot may be nested. overrides: of one source, on top of it; ``None`` there takes a target away.
    option, source: what the two are called in messages. Raises InvalidInput.
    """
    if KEY not in given and KEY in list(given.values()):
        raise InvalidInput(f"{option} is the wrong way round: its keys are targets such as {KEY}, and the values say which column each comes from")
    values = dict(_compiled_each(given, option))
    for target, value in _flat(overrides or {}, source or option):
        if value is None:
            refuse_unknown(source or option, target)
            values.pop(target, None)
        else:
            values[target] = _value(target, value, source or option)
    if KEY not in values:
        raise InvalidInput(f"{option} has no {KEY}; say which column has the id of a person, which never changes")
    return values


def _compiled_each(given: Mapping[str, Any], option: str) -> Iterator[tuple[str, Value]]:
    for target, value in _flat(given, option):
        if value is None:
            raise InvalidInput(f"{option}: {target} has no value; give a column, or leave it out")
        yield target, _value(target, value, option)


def _flat(given: Mapping[str, Any], option: str) -> Iterator[tuple[str, Any]]:
    """Targets with their dots, each once."""
    seen = set()
    for name, value in given.items():
        parts = [(str(name), value)]
        if name in NESTED:
            if not isinstance(value, Mapping):
                raise InvalidInput(f"{option}: {name} has parts; give a dictionary, or {name} with a dot and the part")
            parts = [(f"{name}.{part}", inner) for part, inner in value.items()]
        if name == EXTENSIONS[:-1]:
            parts = [(f"{schema}.{part}", inner) for schema, named in parts for part, inner in _named(option, schema, named)]
        for target, inner in parts:
            if target in seen:
                raise InvalidInput(f"{option}: {target} is there twice, with its dot and in a dictionary")
            seen.add(target)
            yield target, inner


def _named(option: str, schema: str, given: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{option}: {schema} has to be a dictionary with attributes of this schema")
    yield from given.items()


def _value(target: str, given: Any, within: str) -> Value:
    refuse_unknown(within, target)
    option = f"{within}.{target}"
    if isinstance(given, str):
        given = {COLUMN: given}
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{option} has to be the name of a column, or a dictionary such as {{column: NAME, lower: true}}")
    given = {name: value for name, value in given.items() if value is not None}
    unknown = [str(name) for name in given if name not in _ALL]
    if unknown:
        raise InvalidInput(f"{option} has no setting {unknown[0]!r}{meant(unknown[0], _ALL) or '; there are ' + ', '.join(_ALL)}")
    origins = [name for name in _FROM if name in given]
    if len(origins) != 1:
        raise InvalidInput(f"{option} needs one of {', '.join(_FROM)}; it has {' and '.join(origins) or 'none'}")
    if "with" in given and origins[0] != JOIN:
        raise InvalidInput(f"{option}: with is what join puts between its parts; give join, or leave it out")
    clears = choice(option, given, "empty", ("keep", "clear")) == "clear"
    if clears and (target in SOURCE or target in _ALWAYS_THERE or target.startswith(FACTS)):
        raise InvalidInput(f"{option}: empty says whether an attribute of the account is cleared; {target} is none that can be")
    value = Value(
        target,
        option,
        origins[0],
        _columns(option, origins[0], given[origins[0]]),
        text(option, given, CONSTANT) if origins[0] == CONSTANT else "",
        text(option, given, "with", " "),
        flag(option, given, "strip", True),
        _step(target, option, given),
        flag(option, given, "optional", False),
        clears,
    )
    _try(value)
    return value


def _columns(option: str, origin: str, given: Any) -> tuple[str, ...]:
    if origin == CONSTANT:
        return ()
    names = given if isinstance(given, (list, tuple)) else [given]
    several = origin in (JOIN, FIRST)
    if isinstance(given, (list, tuple)) != several or not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise InvalidInput(f"{option}.{origin} has to be {'a list of columns' if several else 'the name of a column'}")
    return tuple(names)


def _step(target: str, option: str, given: Mapping[str, Any]) -> Step:
    """What is done to a text; what a target asks of all its texts comes last, so that nothing else passes."""
    first = steps(option, given, shows_words=target == "status")
    then = ISO_DATE if target in DATES else _boolean if target in BOOLEANS else _address if target in ADDRESSES else None
    if then is None:
        return first
    last = then

    def both(value: str) -> str:
        value = first(value)
        return last(value) if value else ""

    return both


def _boolean(value: str) -> str:
    word = value.lower()
    if word not in _TRUE and word not in _FALSE:
        raise NotFitting("the value is neither true nor false; say with map what it means")
    return "true" if word in _TRUE else "false"


def _address(value: str) -> str:
    """One thing on either side of an @: all else is another column, or several addresses."""
    if not _ADDRESS.fullmatch(value) or not value.isprintable():
        raise NotFitting("the value is no e-mail address; if there are several in the column, or names with them, export one")
    return value


def _try(value: Value) -> None:
    """Constants and defaults are the same in all rows: what is wrong with them is wrong with the mapping."""
    name, given = (CONSTANT, value.constant) if value.origin == CONSTANT else ("default", "")
    try:
        value.step(given)
    except NotFitting as error:
        raise InvalidInput(f"{value.option}.{name}: {error}") from None
