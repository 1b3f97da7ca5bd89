# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conditions of rules: what an attribute has to be. Letter case does not count, nor how accents are written."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput
from ..json_values import boolean, folded
from .asked import PHASE, Reading, reading, text_of
from .person import PHASES

# Whether the values that somebody has under a name, folded, are as they have to be.
_BOOLEANS = {True: ("true", "yes", "on"), False: ("false", "no", "off")}
Test = Callable[[Sequence[str]], bool]


@dataclass(frozen=True)
class Condition:
    """What an attribute has to be. said: as a sentence. tests: all of them have to hold."""

    attribute: str
    said: str
    read: Reading
    tests: tuple[Test, ...]

    def holds(self, values: Iterable[str]) -> bool:
        """Whether the values that somebody has under the name are as they have to be."""
        forms = [folded(value) for value in values]
        return all(test(forms) for test in self.tests)


def condition(name: str, given: Any, where: str) -> Condition:
    """Read one condition.

    name: see ``asked.reading``. given: a text (equal), a list of texts (one of them), or a dictionary of which all has to hold:
    ``in`` and ``not_in`` (lists), ``glob``, ``prefix``, ``present`` (whether there is a value). Of several values, one has to fit; for
    ``not_in``, none may. Somebody without a value passes ``not_in`` and ``present: false`` alone. where: for messages. Raises InvalidInput.
    """
    read = reading(name, where)
    where = f"{where}.{name}"
    if not isinstance(given, Mapping):
        given = {"in": given if isinstance(given, (list, tuple)) else [given]}
    unknown = sorted(map(str, set(given) - set(_TESTS)))
    if unknown or not given:
        raise InvalidInput(f"{where} has {repr(unknown[0]) if unknown else 'no condition'}; use a text, a list, or a dictionary with {', '.join(_TESTS)}")
    tests, said = zip(*(_TESTS[word](wanted, where, name) for word, wanted in given.items()))
    return Condition(name, f"{name} {' and '.join(said)}", read, tests)


def _in(wanted: Any, where: str, name: str) -> tuple[Test, str]:
    texts = _wanted(wanted, where, name)
    forms = _forms(wanted)
    return (lambda values: not forms.isdisjoint(values)), f"is {_one_of(texts)}"


def _not_in(wanted: Any, where: str, name: str) -> tuple[Test, str]:
    texts = _wanted(wanted, where, name)
    forms = _forms(wanted)
    return forms.isdisjoint, f"is not {_one_of(texts)}"


def _glob(wanted: Any, where: str, name: str) -> tuple[Test, str]:
    pattern = folded(_text(wanted, where))
    matches = re.compile(fnmatch.translate(pattern)).match
    return (lambda values: any(map(matches, values))), f"matches {wanted!r}"


def _prefix(wanted: Any, where: str, name: str) -> tuple[Test, str]:
    prefix = folded(_text(wanted, where))
    return (lambda values: any(value.startswith(prefix) for value in values)), f"begins with {wanted!r}"


def _present(wanted: Any, where: str, name: str) -> tuple[Test, str]:
    wish = boolean(wanted)
    if not isinstance(wish, bool):
        raise InvalidInput(f"{where}.present is {wanted!r}; it has to be true or false")
    return (lambda values: bool(values) is wish), "has a value" if wish else "has no value"


_TESTS: Mapping[str, Callable[[Any, str, str], tuple[Test, str]]] = {
    "in": _in,
    "not_in": _not_in,
    "glob": _glob,
    "prefix": _prefix,
    "present": _present,
}


def _wanted(given: Any, where: str, name: str) -> list[str]:
    if not isinstance(given, (list, tuple)) or not given:
        raise InvalidInput(f"{where} needs a list of texts, with one at least, not {given!r}")
    texts = [_text(item, where) for item in given]
    odd = [text for text in texts if folded(text) not in PHASES] if name == PHASE else []
    if odd:
        raise InvalidInput(f"{where} is {odd[0]!r}; choose of {', '.join(PHASES)}")
    return texts


def _forms(wanted: Iterable[Any]) -> frozenset[str]:
    """All that a value may look like. YAML made true of an unquoted yes, and the source still has the yes."""
    return frozenset(form for item in wanted for form in (_BOOLEANS[item] if isinstance(item, bool) else (folded(text_of(item)),)))


def _text(given: Any, where: str) -> str:
    if given is None or given == "" or isinstance(given, (Mapping, list, tuple)):
        raise InvalidInput(f"{where} is {given!r}; it has to be a text (for those without a value, use present: false)")
    return text_of(given)


def _one_of(texts: list[str]) -> str:
    shown = ", ".join(map(repr, texts[:10])) + (", ..." if len(texts) > 10 else "")
    return shown if len(texts) == 1 else f"one of {shown}"
