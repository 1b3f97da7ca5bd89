# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a mapping may do to a text between its column and its target: in one fixed order, and without templates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..errors import InvalidInput
from ..json_values import composed, folded
from ..spelling import meant
from .dates import DateFormat, iso
from .problem import in_quotes, word

Step = Callable[[str], str]

# In the order in which they are done; default comes last, in the place of a text that is empty after all others.
STEPS = ("strip", "normalize", "lower", "upper", "replace", "map", "date", "prefix", "suffix", "default")
_WITH_STEPS = ("otherwise",)  # says more of map
SETTINGS = (*STEPS, *_WITH_STEPS)
_FORMS: Mapping[str, Step] = {"NFC": partial(unicodedata.normalize, "NFC"), "NFKC": partial(unicodedata.normalize, "NFKC")}
_OTHERWISE = ("refuse", "keep", "default")
# What was meant for a date; a telephone number, of a column that slipped, has other groups of digits.
_MEANT_FOR_DATE = re.compile(
    r"(?:[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ](?:[0-9]{2}|[0-9]{4})|[0-9]{5,6}|[0-9]{8}|-|0)"
    r"(?:[T ][0-9]{1,2}:[0-9:.]{2,16} ?(?:Z|[+-][0-9:]{4,6})?)?"
)


class NotFitting(ValueError):
    """A value that a mapping cannot take, in words for the end of a sentence; no value in it but a date or a word."""


def scalar(value: Any) -> str:
    """A value of a source as text, empty if there is none. Raises NotFitting for what is not one text.

    A number with a fraction is none: nobody knows whether 1815.0 was an id before a spreadsheet had it.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        if len(value) < 2:
            return scalar(value[0]) if value else ""
        raise NotFitting("there are several values; take one with first, or all with join")
    raise NotFitting("the value is no text" + ("; write the number as text" if isinstance(value, float) else ""))


def steps(option: str, given: Mapping[str, Any], shows_words: bool = False) -> Step:
    """What a value of the mapping does to a text that is not empty; an empty one becomes the default.

    option: what it is called in messages. given: its settings, ``strip: false``, ``lower: true``, ``normalize: NFKC``,
    ``replace: {from: to}``, ``map: {from: to}``, ``otherwise: keep``, ``date: "%d.%m.%Y"``, ``prefix``, ``suffix``, ``default``.
    shows_words: whether a message may quote a word that map does not know. Raises InvalidInput; what is returned, NotFitting.
    """
    found: list[Step] = []
    if flag(option, given, "strip", True):
        found.append(str.strip)
    found += [*_normalize(option, given), *_case(option, given)]
    if "replace" in given:
        found.append(_replace(pairs(option, given, "replace")))
    if "map" in given:
        found.append(_map(pairs(option, given, "map"), choice(option, given, "otherwise", _OTHERWISE), shows_words))
    elif "otherwise" in given:
        raise InvalidInput(f"{option}: otherwise says what becomes of a word that map does not have; give map, or leave it out")
    if "date" in given:
        found.append(_date(formats(f"{option}.date", given["date"])))
    prefix, suffix, default = (text(option, given, name) for name in ("prefix", "suffix", "default"))
    return _chain(found, prefix, suffix, default)


def _chain(found: Sequence[Step], prefix: str, suffix: str, default: str) -> Step:
    def chain(value: str) -> str:
        for step in found:
            if not value:
                return default
            value = step(value)
        return f"{prefix}{value}{suffix}" if value else default

    return chain


def _normalize(option: str, given: Mapping[str, Any]) -> list[Step]:
    if "normalize" not in given:
        return []
    return [_FORMS[choice(option, given, "normalize", tuple(_FORMS))]]


def _case(option: str, given: Mapping[str, Any]) -> list[Step]:
    """Letter case as Unicode has it for everybody: no locale, so that "I" becomes "i" in Turkey, too. Composed, as names are compared."""
    lower, upper = (flag(option, given, name, False) for name in ("lower", "upper"))
    if lower and upper:
        raise InvalidInput(f"{option} has both lower and upper; give one of them")
    return [folded] if lower else [_upper] if upper else []


def _upper(value: str) -> str:
    return composed(composed(value).upper())


def _replace(parts: Mapping[str, str]) -> Step:
    def replace(value: str) -> str:
        for old, new in parts.items():
            value = value.replace(old, new)
        return value

    return replace


def _map(words: Mapping[str, str], otherwise: str, shows_words: bool) -> Step:
    in_lower_case = {word.lower() for word in words}

    def look_up(value: str) -> str:
        found = words.get(value)
        if found is not None:
            return found
        if otherwise == "refuse":
            advice = ", where letter case counts: see lower" if value.lower() in in_lower_case else ""
            raise NotFitting(f"{word(value) if shows_words else 'the value'} is not in map{advice or in_quotes(value, in_lower_case)}")
        return value if otherwise == "keep" else ""

    return look_up


def _date(known: Sequence[DateFormat]) -> Step:
    def date(value: str) -> str:
        found = iso(value, known)
        if found is None:
            shown = repr(value) if _MEANT_FOR_DATE.fullmatch(value) else "the value"
            advice = " or ".join(repr(known_format.text) for known_format in known) or "ISO 8601 (2026-11-30); say its format with date"
            raise NotFitting(f"{shown} is no date in the form of {advice}")
        return found

    return date


ISO_DATE = _date(())


def formats(option: str, given: Any) -> list[DateFormat]:
    """The formats of a setting ``date``: a text or a list of texts. Raises InvalidInput."""
    texts = given if isinstance(given, (list, tuple)) else [given]
    if not texts or not all(isinstance(item, str) and item for item in texts):
        raise InvalidInput(f"{option} has to be a format such as %d.%m.%Y, or a list of formats")
    try:
        return [DateFormat(item) for item in texts]
    except InvalidInput as error:
        raise InvalidInput(f"{option}: {error}") from None


def text(option: str, given: Mapping[str, Any], name: str, default: str = "") -> str:
    """A setting that is a text; numbers and booleans of YAML are texts, too."""
    value = given.get(name, default)
    if isinstance(value, (list, tuple, dict, float)):
        raise InvalidInput(f"{option}.{name} has to be a text")
    return scalar(value)


def flag(option: str, given: Mapping[str, Any], name: str, default: bool) -> bool:
    """A setting that is true or false."""
    value = given.get(name, default)
    if isinstance(value, str) and value.lower() in ("true", "yes", "false", "no"):  # as a task's variable may give it
        return value.lower() in ("true", "yes")
    if not isinstance(value, bool):
        raise InvalidInput(f"{option}.{name} has to be true or false")
    return value


def choice(option: str, given: Mapping[str, Any], name: str, choices: Sequence[str]) -> str:
    """A setting that is one of some words, the first if it is not given."""
    value = given.get(name, choices[0])
    if value not in choices:
        raise InvalidInput(f"{option}.{name} has to be one of {', '.join(choices)}{meant(str(value), choices)}")
    return str(value)


def pairs(option: str, given: Mapping[str, Any], name: str) -> dict[str, str]:
    """A setting that gives texts for texts."""
    table = given[name]
    if not isinstance(table, Mapping) or not table:
        raise InvalidInput(f"{option}.{name} has to be a dictionary such as {{from: to}}")
    found = {text(f"{option}.{name}", {"a key": key}, "a key"): text(f"{option}.{name}", table, key) for key in table}
    if "" in found:
        raise InvalidInput(f"{option}.{name} has an empty key; what an empty text becomes is said by default")
    return found
