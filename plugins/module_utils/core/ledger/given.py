# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records as a task gives them, checked and in one form: what cannot be kept for years is refused before the first write."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..errors import InvalidInput
from ..events.redaction import is_secret, redacted
from ..instants import instant
from .lines import FIELDS, canonical
from .record import KINDS, STAGES, record

_KEYS = ("kind", "stage", "subject", "asked", "plan", "operations", "verdicts", "times", "note")
_OPERATION = ("plane", "verb", "id", "what")
_VERDICT = ("verdict", "why")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_LARGEST = 100_000  # bytes of one record
_LONGEST_NAME = 1_000  # characters
_DEEPEST = 20


def normal(records: Sequence[Any]) -> list[dict[str, Any]]:
    """The records as ``record`` makes them, with times in one spelling. Raises InvalidInput, which names the record."""
    return [_record(entry, f"records[{number}]") for number, entry in enumerate(records)]


def text(value: Any, where: str, longest: int = _LONGEST_NAME) -> str:
    """A text, or a number that was meant as one. Raises InvalidInput."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise InvalidInput(f"{where} is {type(value).__name__}, and has to be a text")
    found = str(value)
    if len(found) > longest:
        raise InvalidInput(f"{where} has {len(found):,} characters; give {longest:,} at most")
    return found


def _record(entry: Any, where: str) -> dict[str, Any]:
    _refuse_unknown(entry, _KEYS, where)
    subject = text(entry.get("subject"), f"{where}.subject")
    if not subject.strip():
        raise InvalidInput(f"{where}.subject is empty; name the person by external_id, a group as group:NAME, or the run as run:DIGEST")
    asked = entry.get("asked") or {}
    if not isinstance(asked, Mapping):
        raise InvalidInput(f"{where}.asked has to be a dictionary, such as {{mode: deactivate}}")
    _refuse_secrets(asked, f"{where}.asked")
    for name, choices in (("kind", KINDS), ("stage", STAGES)):
        if entry.get(name) not in choices:
            raise InvalidInput(f"{where}.{name} is {str(entry.get(name) or '')[:100]!r}; choose one of {', '.join(choices)}")
    made = record(
        entry["kind"],
        entry["stage"],
        subject,
        asked=asked,
        plan=text(entry.get("plan"), f"{where}.plan"),
        operations=_operations(entry.get("operations") or [], f"{where}.operations"),
        verdicts=_verdicts(entry.get("verdicts") or {}, f"{where}.verdicts"),
        times=_times(entry.get("times") or {}, f"{where}.times"),
        note=redacted(text(entry.get("note"), f"{where}.note", _LARGEST)),
    )
    try:
        size = len(canonical(made))
    except (ValueError, TypeError):
        raise InvalidInput(f"{where}.asked holds what JSON does not have; give texts, numbers, booleans, lists and dictionaries") from None
    if size > _LARGEST:
        raise InvalidInput(f"{where} about {subject[:100]!r} takes {size:,} bytes, more than {_LARGEST:,}; name less in it, or make several of it")
    return made


def _operations(value: Any, where: str) -> list[dict[str, str]]:
    if not isinstance(value, (list, tuple)):
        raise InvalidInput(f"{where} has to be a list of operations, each with {', '.join(_OPERATION)}")
    found = []
    for number, one in enumerate(value):
        _refuse_unknown(one, _OPERATION, f"{where}[{number}]")
        found.append({name: text(one.get(name), f"{where}[{number}].{name}", _LARGEST) for name in _OPERATION})
    return found


def _verdicts(value: Any, where: str) -> dict[str, dict[str, str]]:
    _refuse_names(value, where, "planes")
    found = {}
    for plane, one in value.items():
        _refuse_unknown(one, _VERDICT, f"{where}.{plane}")
        # Why something failed is often what a server said. A record of it must not be lost, so what looks like a secret is hidden.
        found[plane] = {name: redacted(text(one.get(name), f"{where}.{plane}.{name}", _LARGEST)) for name in _VERDICT}
    return found


def _times(value: Any, where: str) -> dict[str, str]:
    _refuse_names(value, where, "times")
    return {name: spelled(time, f"{where}.{name}") for name, time in value.items() if time}


def spelled(value: Any, where: str) -> str:
    """An instant in UTC as ``2026-11-30T23:00:00Z``, with the digits of its fraction if it has one. Raises InvalidInput."""
    plain = value.isoformat() if isinstance(value, datetime) else value
    found = instant(plain.strip()) if isinstance(plain, str) else None
    if found is None:
        raise InvalidInput(f"{where}: {str(value)[:100]!r} is no point in time; write it as 2026-11-30T23:00:00Z")
    seconds, fraction = found
    return f"{seconds.year:04d}-{seconds:%m-%dT%H:%M:%S}{'.' + fraction if fraction else ''}Z"


def _refuse_unknown(value: Any, names: Iterable[str], where: str) -> None:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{where} has to be a dictionary with {', '.join(names)}")
    for name in value:
        if name not in names:
            near = difflib.get_close_matches(str(name), list(names), 1)
            raise InvalidInput(f"{where} has no {str(name)[:100]!r}; {f'did you mean {near[0]}?' if near else 'it has ' + ', '.join(names)}")


def _refuse_names(value: Any, where: str, what: str) -> None:
    """Names of planes and times are words of their own: a line is searched by its fields without being parsed."""
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{where} has to be a dictionary by the names of the {what}")
    for name in value:
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in FIELDS:
            raise InvalidInput(f"{where}: {str(name)[:100]!r} is no name for one of the {what}; give a word of lower-case letters, digits and _")


def _refuse_secrets(value: Any, where: str, depth: int = 0) -> None:
    """What is kept for years, and read by many, is no place for passwords."""
    if depth > _DEEPEST:
        raise InvalidInput(f"{where[:200]} is nested too deeply; a few words by name are enough")
    if isinstance(value, Mapping):
        for name, part in value.items():
            if not isinstance(name, str):
                raise InvalidInput(f"{where}: the name {str(name)[:100]!r} is no text")
            if is_secret(name) and part not in (None, "", True, False):
                raise InvalidInput(f"{where}.{name[:100]} looks like a secret, which the evidence must not hold; leave it out, or say true or false")
            _refuse_secrets(part, f"{where}.{name[:100]}", depth + 1)
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            _refuse_secrets(part, f"{where}[{number}]", depth + 1)
